"""The sentences: all four languages, the same blanks, polite."""

import datetime as dt
from decimal import Decimal
from string import Formatter

import pytest
from django.utils import translation

from chat import catalogue, wording
from freight.fields import Container, Facts

TABLES = {
    name: getattr(catalogue, name)
    for name in ("LABELS", "QUESTIONS", "EASIER", "TEXTS", "PROBLEMS", "REFUSALS")
}
SENTENCES = [
    (f"{table}.{key}", sentence)
    for table, sentences in TABLES.items()
    for key, sentence in sentences.items()
]
# labels are names, and "or" is a word
NO_SENTENCES = ("LABELS.", "TEXTS.or", "TEXTS.no")


def spoken(language: str, sentence: object) -> str:
    with translation.override(language):
        return str(sentence)


def blanks(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in Formatter().parse(text) if name)


@pytest.mark.parametrize(("key", "sentence"), SENTENCES)
def test_every_sentence_is_there_in_four_languages_with_the_same_blanks(
    key: str, sentence: object
) -> None:
    said = {language: spoken(language, sentence) for language in catalogue.LANGUAGES}

    assert len(set(said.values())) == len(said)
    assert len({tuple(blanks(text)) for text in said.values()}) == 1
    assert all(text.strip() == text for text in said.values())


@pytest.mark.parametrize(("key", "sentence"), SENTENCES)
def test_thai_is_polite(key: str, sentence: object) -> None:
    said = spoken("th", sentence)

    assert "ครับ" not in said
    assert key.startswith(NO_SENTENCES) or any(end in said for end in ("ค่ะ", "คะ", "นะ")), said


@pytest.mark.parametrize("table", [wording.PAGE, wording.DOOR, wording.GONE])
def test_the_pages_words_are_there_in_four_languages(table: dict[str, dict[str, str]]) -> None:
    assert set(table) == set(catalogue.LANGUAGES)
    assert len({tuple(words) for words in table.values()}) == 1


def test_braces_in_what_customers_wrote_stay_as_they_are() -> None:
    assert "{place}" in catalogue.say("en", "unsupported_place", place="{place}")


@pytest.mark.parametrize(
    ("items", "language", "said"),
    [
        (["A"], "en", "A"),
        (["A", "B", "C"], "en", "A, B or C"),
        (["A", "B"], "ko", "A 또는 B"),
        (["A", "B", "C"], "ja", "A、BまたはC"),
        (["A", "B"], "th", "A หรือ B"),
    ],
)
def test_either(items: list[str], language: str, said: str) -> None:
    assert catalogue.either(language, items) == said


def test_a_change_is_shown_as_was_and_is() -> None:
    before = Facts(gross_weight_kg=Decimal(900), container=Container.FT20)
    after = Facts(gross_weight_kg=Decimal(950), container=Container.FT20, etd=dt.date(2030, 1, 2))

    line = catalogue.noted("en", before, after, ("gross_weight_kg", "etd"))

    assert line == "Noted: Gross weight 900 kg → 950 kg, Departure Wed 2 Jan 2030."
    assert catalogue.raw(after, "etd") == "2030-01-02"
    assert catalogue.raw(Facts(gross_weight_kg=Decimal("18500.00")), "gross_weight_kg") == "18500"


@pytest.mark.parametrize(
    ("kg", "shown"),
    [
        ("18143.69", "18,144 kg"),  # 40,000 lb
        ("19958.06", "19,958 kg"),  # 44,000 lb
        ("7350.5", "7,350.5 kg"),
        ("18500.00", "18,500 kg"),
    ],
)
def test_what_was_told_in_pounds_is_shown_in_whole_kilograms(kg: str, shown: str) -> None:
    assert catalogue.weight(Decimal(kg)) == shown
