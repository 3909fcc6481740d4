"""The PDF of a quotation, read back by a PDF reader."""

import datetime as dt
import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pypdfium2
import pytest

from freight import fonts
from freight.company import Company
from freight.letters import FACT_WORDS, LINE_WORDS, Line
from freight.mail_words import COMMON
from freight.models import Language
from freight.quotation_document import WORDS, PriceRow, QuotationDocument
from freight.quotation_pdf import MISSING, pdf

NAMES = {
    "ko": "똠방각하 뷁쀍 주식회사 김하나",
    "en": "Zoë Müller-Łukasz & <b>Sons</b>, Ltd.",
    "ja": "株式会社髙橋﨑商会 渡邉さくら",
    "th": "บริษัท น้ำใจไทย จำกัด กิ่งแก้ว",
}
MONEY = {
    "ko": "18,397,843원",
    "en": "KRW 18,397,843",
    "ja": "18,397,843ウォン",
    "th": "18,397,843 วอน",
}


def made(language: str = "ko", **changes: Any) -> QuotationDocument:
    words = {**COMMON[language], **WORDS[language]}
    facts = FACT_WORDS[language]
    values = {
        "language": language,
        "name": "BB-2026-000123-r1",
        "number": "BB-2026-000123",
        "revision": 1,
        "customer": NAMES[language],
        "company": Company("한빛국제물류", "부산광역시 중구", "051-000-0000", "", "123-45-67890"),
        "heads": (Line(words["number"], "BB-2026-000123"), Line(words["revision"], "1")),
        "facts": (Line(facts["gross_weight_kg"], "18,500 kg"), Line(facts["eta"], "2026-12-10")),
        "prices": tuple(PriceRow(name, "", "1") for name in LINE_WORDS[language].values()),
        "total": MONEY[language],
        "valid_until": "2026-12-06",
        "accept": words["accept"].format(number="BB-2026-000123"),
        "notes": (words["vat"], words["basis"]),
        "stamp": "",
        "issued_on": dt.date(2026, 11, 22),
        "words": words,
    }
    return QuotationDocument(**{**values, **changes})


@contextmanager
def opened(data: bytes) -> Iterator[Any]:
    document = pypdfium2.PdfDocument(data)
    try:
        yield document
    finally:
        document.close()


def read(data: bytes) -> str:
    """The text of the PDF's only page, as copying it would give it, without line ends."""
    with opened(data) as document:
        assert len(document) == 1
        page = document[0]
        text = page.get_textpage()
        found = text.get_text_range()
        text.close()
        page.close()
    return " ".join(found.split())


@pytest.mark.parametrize("language", Language.values)
def test_every_word_is_read_back(language: str) -> None:
    document = made(language)
    text = read(pdf(document))
    told = [document.customer, document.total, document.number, document.accept, *document.notes]
    told += [part for row in (*document.heads, *document.facts) for part in (row.name, row.value)]
    told += [row.name for row in document.prices]
    told += [document.words["title"], document.company.name, document.company.address]
    # a sentence may go on in the next line
    assert [each for each in told if "".join(each.split()) not in "".join(text.split())] == []
    assert document.customer in text
    assert MISSING not in text


@pytest.mark.parametrize("language", Language.values)
def test_same_quotation_is_the_same_file(language: str) -> None:
    first, second = pdf(made(language)), pdf(made(language))
    assert hashlib.sha256(first).digest() == hashlib.sha256(second).digest()
    assert pdf(made(language, total="1")) != first


@pytest.mark.parametrize("language", Language.values)
def test_file_is_small_and_carries_its_fonts(language: str) -> None:
    data = pdf(made(language))
    assert len(data) < 200_000
    assert b"/FontFile2" in data
    assert not re.search(rb"/BaseFont /(?:Helvetica|Times|Courier)", data)


@pytest.mark.parametrize("language", Language.values)
def test_bold_has_every_letter_of_our_own_words(language: str) -> None:
    words = "".join([*COMMON[language].values(), *WORDS[language].values()])
    assert {letter for letter in words if not fonts.family_of(letter, "B")} == set()


def test_fonts_have_all_syllables_and_the_kanji_of_names() -> None:
    syllables = {chr(point) for point in range(0xAC00, 0xD7A4)}
    assert {letter for letter in syllables if not fonts.family_of(letter)} == set()
    assert all(fonts.family_of(letter) for letter in "髙﨑邉邊濵𠮷德瀨纊①㈱ヴゞー〆々")
    assert all(fonts.family_of(letter) for letter in "ก์ํ๎฿๏ÅéñßŁőşŽẾαЖ₩€–—…“”№")


def test_letter_that_no_font_has_is_marked() -> None:
    assert f"Kim {MISSING}" in read(pdf(made("en", customer="Kim \U0001f41d")))


def test_sara_am_is_drawn_whole() -> None:
    """น้ำ has its ring: fpdf2 lost it, and moved what stood behind it."""
    with_ring, without = (ink("น้ำ " * 8), ink("น้า " * 8))
    assert with_ring > without + 100


def ink(text: str) -> int:
    """How many dark pixels the title in large letters has."""
    document = made("th")
    words = {**document.words, "title": text}
    data = pdf(replace(document, words=words))
    with opened(data) as opened_document:
        page = opened_document[0]
        bitmap = page.render(scale=4)
        picture = bitmap.to_pil().convert("L").crop((1300, 150, 2300, 360))
        bitmap.close()
        page.close()
    return sum(picture.histogram()[:128])


@pytest.mark.parametrize(
    "customer", ["주식회사 한빛국제물류 " * 20, "가" * 300, "W" * 300, "กำ" * 150, "株" * 200]
)
def test_long_names_stay_on_the_page(customer: str) -> None:
    text = read(pdf(made("ko", customer=customer[:80])))
    assert "18,397,843원" in text
    assert text.replace(" ", "").count(customer[:80].strip()[:4].replace(" ", "")) >= 1


def test_stamp_is_on_the_paper() -> None:
    assert WORDS["en"]["draft"] in read(pdf(made("en", stamp=WORDS["en"]["draft"], accept="")))


def test_document_says_its_language_and_title() -> None:
    data = pdf(made("th"))
    assert b"/Lang (th)" in data
    with opened(data) as document:
        assert document.get_metadata_dict()["Title"] == "ใบเสนอราคาค่าขนส่ง BB-2026-000123-r1"
