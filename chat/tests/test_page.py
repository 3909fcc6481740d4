"""The page's words and weight, without a browser."""

import datetime as dt
import gzip
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from chat import cards, intents
from chat.models import Session
from chat.tests.factories import QuoteRequestFactory
from chat.wording import PAGE
from freight import gazetteer, places
from freight.extraction import extract
from freight.fields import Container, Facts, Source
from freight.models import Quotation, QuoteRequest, State
from freight.tests.factories import QuotationFactory

STATIC = Path(__file__).parents[1] / "static" / "chat"
TODAY = dt.date(2026, 11, 22)
MOST_BYTES = 40 * 1024


def read(language: str, name: str, value: str) -> Facts:
    """What the extractor reads in the message that an edit of `name` sends."""
    said = PAGE[language][f"say_{name}"].format(value=value)
    found = extract([Source("chat:1", said)], today=TODAY, language=language)
    assert not found.review
    return found.facts


@pytest.mark.parametrize("language", PAGE)
@pytest.mark.parametrize(
    ("value", "kg"),
    [
        ("800 kg", "800"),
        ("18500 kg", "18500"),
        ("18500.5 kg", "18500.5"),
        ("0.75 kg", "0.75"),
        ("40000 lb", "18143.6948"),
    ],
)
def test_a_weight_is_read_as_entered(language: str, value: str, kg: str) -> None:
    assert read(language, "gross_weight_kg", value) == Facts(gross_weight_kg=Decimal(kg))


@pytest.mark.parametrize("language", PAGE)
@pytest.mark.parametrize("container", list(Container))
@pytest.mark.parametrize("boxes", [1, 2, 12, 99])
def test_a_container_is_read_as_chosen(language: str, container: Container, boxes: int) -> None:
    value = f"{boxes} x {container.replace('HC', ' HC')}"
    assert read(language, "container", value) == Facts(container=container, containers=boxes)


@pytest.mark.parametrize("language", PAGE)
@pytest.mark.parametrize("days", [0, 1, 13, 49, 301])
def test_a_date_is_read_as_picked(language: str, days: int) -> None:
    day = TODAY + dt.timedelta(days=days)
    assert read(language, "etd", str(day)) == Facts(etd=day)
    day += dt.timedelta(days=1)  # nothing arrives today
    assert read(language, "eta", str(day)) == Facts(eta=day)


# names that are words, people or firms as well say nothing by themselves; the code decides
AMBIGUOUS = ("FRNCE", "PAONX", "GBBHM", "ITROM", "USMOB", "MXZLO", "CNSHA", "KRPUS", "THBKK")


@pytest.mark.parametrize("language", PAGE)
@pytest.mark.parametrize("locode", [*AMBIGUOUS, *list(gazetteer.hand_written())[::23]])
def test_a_place_is_read_as_chosen(language: str, locode: str) -> None:
    value = f"{locode} ({places.display_name(locode, language)})"
    assert read(language, "origin", value) == Facts(origin=locode)
    assert read(language, "destination", value) == Facts(destination=locode)


@pytest.mark.parametrize("language", PAGE)
def test_an_edit_keeps_the_language(language: str) -> None:
    values = {
        "gross_weight_kg": "800 kg",
        "container": "2 x 40ft HC",
        "etd": "2026-12-05",
        "eta": "2026-12-25",
        "origin": f"KRPUS ({places.display_name('KRPUS', language)})",
        "destination": f"CNSHA ({places.display_name('CNSHA', language)})",
    }
    for name, value in values.items():
        said = PAGE[language][f"say_{name}"].format(value=value)
        assert intents.language_of(said, language) == language, said


def test_the_words_are_the_same_in_every_language() -> None:
    holes = re.compile(r"\{\w+\}")
    english = {key: sorted(holes.findall(text)) for key, text in PAGE["en"].items()}
    for language, words in PAGE.items():
        assert {k: sorted(holes.findall(text)) for k, text in words.items()} == english, language


def test_the_page_finds_its_words() -> None:
    scripts = "".join(path.read_text(encoding="utf-8") for path in modules())
    template = STATIC.parents[1] / "templates" / "chat" / "_conversation.html"
    used = set(re.findall(r'\bword\("(\w+)"', scripts))
    used |= set(re.findall(r'data-(?:word|label)="(\w+)"', template.read_text(encoding="utf-8")))
    assert used <= set(PAGE["en"])
    assert "$" not in template.read_text(encoding="utf-8")


def modules() -> list[Path]:
    """The scripts that the page loads: page.js and what it imports, and so on."""
    found, todo = [STATIC / "page.js"], [STATIC / "page.js"]
    while todo:
        for name in re.findall(r'from "\./([\w-]+\.js)"', todo.pop().read_text(encoding="utf-8")):
            if STATIC / name not in found:
                found.append(STATIC / name)
                todo.append(STATIC / name)
    return found


@pytest.mark.django_db
def test_the_whole_page_is_light(client: Client, token_for: Callable[[QuoteRequest], str]) -> None:
    door = reverse("chat:open", args=[token_for(QuoteRequestFactory.create())])
    html = client.post(door, follow=True).content
    assert b"_conversation" not in html
    assert b'id="words"' in html
    files = [html, (STATIC / "chat.css").read_bytes(), *(path.read_bytes() for path in modules())]

    assert sum(len(gzip.compress(each)) for each in files) < MOST_BYTES


def test_the_scripts_make_no_markup_of_text() -> None:
    for path in modules():
        script = path.read_text(encoding="utf-8")
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write", script), (
            path
        )


@pytest.mark.django_db
def test_the_card_shows_the_newest_issued_quotation() -> None:
    issued = QuotationFactory.create(
        state=Quotation.State.ISSUED, request__state=State.QUOTED, request__language="en"
    )
    QuotationFactory.create(request=issued.request, revision=2)  # a draft is nobody's business
    session = Session.objects.create(request=issued.request, language="en")

    shown = cards.news_after(session.pk, 0).card["quotation"]

    assert shown["total"] == "KRW 18,397,843"
    assert shown["revision"] == 1
    assert shown["lines"][0] == {"text": "Base charge", "amount": "KRW 1,000,000"}
    assert shown["note"] == "Amounts do not include VAT."
    assert not shown["stamp"]


@pytest.mark.django_db
def test_the_card_says_that_a_quotation_has_expired() -> None:
    issued = QuotationFactory.create(
        state=Quotation.State.ISSUED,
        request__state=State.EXPIRED,
        valid_until=dt.date(2026, 1, 2),
    )
    session = Session.objects.create(request=issued.request, language="ko")

    assert cards.news_after(session.pk, 0).card["quotation"]["stamp"]


@pytest.mark.django_db
def test_the_card_has_no_quotation_before_one_is_issued() -> None:
    draft = QuotationFactory.create()
    session = Session.objects.create(request=draft.request, language="ko")

    assert cards.news_after(session.pk, 0).card["quotation"] is None
