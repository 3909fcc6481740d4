"""What customers read: subject, text and HTML of every kind in every language."""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

import pytest
from inscriptis import get_text

from freight import letters
from freight.fields import Container, Facts
from freight.goahead import is_go_ahead, without_lines_of
from freight.letters import Letter
from freight.mail_words import COMMON, LETTERS
from freight.models import Language, OutgoingMail
from freight.quotation_document import PriceRow
from freight.tests import reading

KINDS = OutgoingMail.Kind.values
NUMBER = "BB-2026-000123"
LINK = "https://busybee.example/chat/3yq9vW-1kxGQmS2eRrXyB0uYtZpLfHcJdNaO5w7iKsM/"
FACTS = Facts(
    gross_weight_kg=Decimal("18500.5"),
    container=Container.FT40HC,
    etd=dt.date(2026, 12, 5),
    eta=dt.date(2026, 12, 10),
    origin="KRPUS",
    destination="CNSHA",
    containers=2,
)
ACCEPTANCE = {
    "ko": "BB-2026-000123 진행 부탁드립니다",
    "en": "Please proceed with BB-2026-000123",
    "ja": "BB-2026-000123 で手配をお願いします",
    "th": "ยืนยันตามใบเสนอราคา BB-2026-000123",
}


def written(kind: str, language: str, **changes: Any) -> Letter:
    values = {
        "name": "Kim",
        "number": NUMBER,
        "known": letters.fact_lines(FACTS, language),
        "asked": letters.asked_lines(["gross_weight_kg", "eta"], language),
        "link": LINK,
        "closes_on": dt.date(2026, 12, 4),
        "shipment": f"{NUMBER}-S1",
        "revision": 1,
        "prices": (PriceRow("Freight", "832 km", letters.money(Decimal(1), "KRW", language)),),
        "total": letters.money(Decimal(18_397_843), "KRW", language),
        "valid_until": "2026-12-06",
        "attached": True,
    }
    return letters.write(kind, language, **{**values, **changes})


def said(text: str) -> str:
    """The letters and digits of a text: how it is laid out says nothing."""
    return "".join(each for each in text if unicodedata.category(each)[0] in "LNMS")


def visible(html: str) -> str:
    return get_text(re.sub(r"(?s)<head>.*?</head>", "", html))


every = pytest.mark.parametrize(
    ("kind", "language"), [(kind, language) for kind in KINDS for language in Language.values]
)


@every
def test_subject_has_the_number_in_brackets(kind: str, language: str) -> None:
    subject = written(kind, language).subject
    assert re.match(rf"\[{NUMBER}\] \S|【{NUMBER}】\S", subject)
    assert "\n" not in subject


@every
def test_text_and_html_say_the_same(kind: str, language: str) -> None:
    letter = written(kind, language)
    shown = said(visible(letter.html)).removeprefix(said("BusyBee"))
    button = said(LETTERS[language][kind].get("button", ""))
    assert shown.replace(button, "", 1) == said(letter.text)


@every
def test_sentences_have_all_their_values(kind: str, language: str) -> None:
    letter = written(kind, language, revision=3)
    assert not re.search(r"[{}]", letter.text)
    assert not re.search(r"\{[{%]|[%}]\}", letter.html)


def test_every_language_has_every_sentence() -> None:
    for words in (COMMON, *({key: LETTERS[key][kind] for key in LETTERS} for kind in KINDS)):
        assert [set(words[language]) - set(words["ko"]) for language in words] == [set()] * 4
        assert [set(words["ko"]) - set(words[language]) for language in words] == [set()] * 4


@every
def test_what_customers_wrote_stays_text(kind: str, language: str) -> None:
    name = "O'Brien & <b>Sons</b>"
    known = [letters.Line("Origin", '<img src=x onerror="alert(1)"> & Co')]
    letter = written(kind, language, name=name, known=known)
    assert name in letter.text
    assert "O&#x27;Brien &amp; &lt;b&gt;Sons&lt;/b&gt;" in letter.html
    assert "<b>" not in letter.html
    assert "<img" not in letter.html


@pytest.mark.parametrize(
    "name", ["\u202eKim \u2066Lee\u2069", "Kim\r\nBcc: all@shipper.example", "Kim\x00\x07"]
)
def test_name_turns_no_text_around_and_begins_no_line(name: str) -> None:
    letter = written("quotation", "en", name=name)
    assert not re.search(
        "[\u202a-\u202e\u2066-\u2069\x00-\x09\x0b-\x1f]", letter.text + letter.html
    )
    assert "\nBcc" not in letter.text


@pytest.mark.parametrize(
    "name",
    ["Win now https://evil.example/x", "www.evil.example", "evil.example", "ceo@evil.example"],
)
@pytest.mark.parametrize("language", Language.values)
def test_name_that_programs_would_make_a_link_of_is_left_out(name: str, language: str) -> None:
    letter = written("question", language, name=name)
    assert "evil" not in letter.text + letter.html
    assert COMMON[language]["greeting_unknown"] in letter.text


@pytest.mark.parametrize("name", ["J. Smith", "Kim Co., Ltd.", "J.R. Smith", "김하나 (주)한빛"])
def test_names_with_points_are_names(name: str) -> None:
    assert name in written("question", "en", name=name).text


@pytest.mark.parametrize(
    ("language", "greeting"),
    [
        ("ko", "주식회사 한빛 담당자님, 안녕하세요."),
        ("en", "Dear 주식회사 한빛,"),
        ("ja", "주식회사 한빛 ご担当者様"),
        ("th", "เรียน 주식회사 한빛"),
    ],
)
def test_firm_is_greeted_as_a_firm(language: str, greeting: str) -> None:
    assert f"{greeting}\n" in written("question", language, name="주식회사 한빛").text


def test_long_name_is_cut() -> None:
    assert max(map(len, written("question", "ko", name="김" * 500).text.splitlines())) < 120


class Tags(HTMLParser):
    """The tags of a page with their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def values(self, name: str) -> Iterator[str]:
        return (attrs[name] or "" for _, attrs in self.found if name in attrs)


@every
def test_html_is_what_mail_programs_take(kind: str, language: str) -> None:
    tags = Tags(written(kind, language).html)
    names = {tag for tag, _ in tags.found}
    assert not names & {"script", "img", "link", "form", "iframe", "object", "div", "svg"}
    assert not list(tags.values("src"))
    assert set(tags.values("href")) <= {LINK}
    assert all("url(" not in style for style in tags.values("style"))
    assert ("html", language) in [(tag, attrs.get("lang")) for tag, attrs in tags.found]
    assert "color-scheme" in list(tags.values("name"))
    assert all(attrs.get("role") == "presentation" for tag, attrs in tags.found if tag == "table")


@pytest.mark.parametrize("kind", ["question", "reminder"])
@pytest.mark.parametrize("language", Language.values)
def test_question_and_reminder_carry_the_link(kind: str, language: str) -> None:
    letter = written(kind, language)
    assert f"\n{LINK}\n" in letter.text
    assert letter.html.count(f'href="{LINK}"') == 2


@pytest.mark.parametrize("language", Language.values)
def test_reminder_says_until_when_if_it_is_told(language: str) -> None:
    until = letters.day(dt.date(2026, 12, 4), language)
    assert until in written("reminder", language).text
    without = letters.write(
        "reminder", language, name="", number=NUMBER, asked=[], known=[], link=LINK
    )
    assert until not in without.text


@pytest.mark.parametrize("language", Language.values)
def test_revision_is_named_from_the_second_on(language: str) -> None:
    first, third = written("quotation", language), written("quotation", language, revision=3)
    assert first.subject != third.subject
    assert re.search(r"(?<!\d)3(?!\d)", third.subject)


@every
def test_letter_quoted_whole_accepts_nothing(kind: str, language: str) -> None:
    letter = written(kind, language)
    for quoted in (letter.text, visible(letter.html)):
        assert not is_go_ahead(quoted, offered=letter.text)
        assert not is_go_ahead(f"감사합니다. Thank you.\n\n{quoted}", offered=letter.text)
        assert not is_go_ahead(" ".join(quoted.split()), offered=letter.text)


@pytest.mark.parametrize("language", Language.values)
def test_words_that_the_letter_asks_for_accept_it(language: str) -> None:
    letter = written("quotation", language)
    assert ACCEPTANCE[language] in letter.text
    for quoted in (letter.text, visible(letter.html)):
        reply = f"{ACCEPTANCE[language]}.\n\n" + re.sub("(?m)^", "> ", quoted)
        own = without_lines_of(reply, [letter.text])
        assert is_go_ahead(own, offered=letter.text)


@pytest.mark.parametrize("language", Language.values)
def test_facts_as_we_write_them_are_read_back(language: str) -> None:
    lines = letters.fact_lines(FACTS, language)
    text = "\n".join(f"{line.name}: {line.value}" for line in lines)
    assert reading.read(text, language=language).facts == FACTS


def test_company_signs(settings: Any) -> None:
    settings.BUSYBEE_COMPANY_NAME = "한빛국제물류 <주>"
    settings.BUSYBEE_COMPANY_PHONE = "051-000-0000"
    letter = written("quotation", "ko")
    assert letter.text.endswith("감사합니다.\n한빛국제물류 <주>\n전화: 051-000-0000\n")
    assert "한빛국제물류 &lt;주&gt;" in letter.html


@pytest.mark.parametrize(
    ("language", "amount"),
    [
        ("ko", "18,397,843원"),
        ("en", "KRW 18,397,843"),
        ("ja", "18,397,843ウォン"),
        ("th", "18,397,843 วอน"),
    ],
)
def test_amounts_as_the_language_writes_them(language: str, amount: str) -> None:
    assert letters.money(Decimal("18397843.00"), "KRW", language) == amount
    assert letters.money(Decimal("1234.5"), "USD", language) == "USD 1,234.50"
