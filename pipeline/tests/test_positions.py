"""Where a fact stands in its document, in the row, on the screen and in triage's JSON."""

import base64
import io
from typing import Any

import pytest
from django.utils import translation
from openpyxl import Workbook

from freight.fact_rows import position_label, where_read
from freight.fields import Evidence, Position, evidence_as_json, evidence_from_json
from pipeline.documents.results import Place, Writer
from pipeline.mail_page import marked
from pipeline.positions import Document, column, placed, position
from pipeline.triage import triage

OLD: dict[str, Any] = {"quote": "40ft", "source": "body", "start": 0, "end": 4, "method": "rules"}


def sheet() -> tuple[str, list[Place]]:
    writer = Writer()
    writer.line("[화물]", sheet="화물")
    writer.line("품명\t중량\t컨테이너", sheet="화물", row=4)
    writer.line("기계\t18,500 kg\t40ft", sheet="화물", row=5)
    writer.line("[둘]", sheet="둘")
    writer.line("\t\t20ft", sheet="둘", row=1)
    told = writer.text()
    return told.text, list(told.places)


def at(words: str, **options: Any) -> Position | None:
    text, places = sheet()
    start = text.index(words)
    return position(places, text, start, start + len(words), **options)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("18,500 kg", Position(sheet="화물", cell="B5")),
        ("기계", Position(sheet="화물", cell="A5")),
        ("40ft", Position(sheet="화물", cell="C5")),
        ("18,500 kg\t40ft", Position(sheet="화물", cell="B5:C5")),
        ("중량\t컨테이너\n기계", Position(sheet="화물", cell="B4:A5")),
        ("20ft", Position(sheet="둘", cell="C1")),
        ("40ft\n[둘]\n\t\t20ft", Position(sheet="화물", cell="C5")),
        ("[둘]", Position(sheet="둘")),
    ],
)
def test_position_of_a_cell(words: str, expected: Position) -> None:
    assert at(words) == expected


def test_position_of_a_page_or_slide() -> None:
    places = [Place(0, page=1), Place(10, page=2)]
    assert position(places, "x" * 20, 12) == Position(page=2)
    assert position(places, "x" * 20, 12, slides=True) == Position(slide=2)


@pytest.mark.parametrize(
    ("places", "start"),
    [
        ([], 3),
        ([Place(5, page=1)], 3),
        ([Place(0, page=1), Place(2)], 3),
        ([Place(0, sheet="S", row=1)], 7),
    ],
    ids=["none", "before the first", "known to be unknown", "a line behind the row"],
)
def test_position_that_nothing_tells(places: list[Place], start: int) -> None:
    assert position(places, "a\tb\nc\td\n", start) is None


@pytest.mark.parametrize(
    ("index", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA"), (16383, "XFD")]
)
def test_column_has_its_spreadsheet_name(index: int, name: str) -> None:
    assert column(index) == name


@pytest.mark.parametrize(
    ("where", "words"),
    [
        (Position(page=2), "page 2"),
        (Position(slide=3), "slide 3"),
        (Position(sheet="화물", cell="C5"), "sheet 화물, cell C5"),
        (Position(cell="B5:C5"), "cells B5:C5"),
        (Position(page=2, cell="A1"), "page 2, cell A1"),
        (Position(), ""),
    ],
)
def test_position_in_words(where: Position, words: str) -> None:
    with translation.override("en"):
        assert position_label(where) == words


def test_evidence_of_an_attachment_gets_its_place() -> None:
    text, places = sheet()
    start = text.index("40ft")
    items = {
        "container": Evidence("40ft", "attachment:2", start, start + 4, "rules"),
        "origin": Evidence("부산", "body", 0, 2, "rules"),
    }
    found = placed(items, {"attachment:2": Document("xlsx", text, places)})

    assert found["container"].place == Position(sheet="화물", cell="C5")
    assert found["origin"].place is None


def test_evidence_with_a_place_comes_back_from_its_row() -> None:
    item = Evidence(**OLD, place=Position(sheet="화물", cell="C5"))
    stored = evidence_as_json({"container": item})

    assert stored["container"]["place"] == {"sheet": "화물", "cell": "C5"}
    assert evidence_from_json(stored) == {"container": item}


@pytest.mark.parametrize("more", [{}, {"place": None}, {"place": "C5"}, {"place": {"shelf": 1}}])
def test_evidence_of_old_and_odd_rows_loads(more: dict[str, Any]) -> None:
    assert evidence_from_json({"container": {**OLD, **more}})["container"].quote == "40ft"


def test_evidence_without_a_place_keeps_its_five_keys() -> None:
    assert evidence_as_json({"container": Evidence(**OLD)}) == {"container": OLD}


def test_place_is_shown_with_the_source_and_the_mark() -> None:
    item = Evidence(**{**OLD, "source": "attachment:2"}, place=Position(page=2))
    with translation.override("en"):
        assert where_read(item) == "attachment 2, page 2"
        assert marked("40ft", {"container": item})[0].facts == "Container (page 2)"


@pytest.mark.django_db
def test_triage_tells_the_cell(raw_with_sheet: bytes) -> None:
    told = triage("x", raw_with_sheet)["evidence"]["weight_kg"]
    assert told["place"] == {"sheet": "화물", "cell": "B3"}
    assert told["quote"] in ("18,500", "18,500 kg")


@pytest.fixture
def raw_with_sheet() -> bytes:
    book = Workbook(write_only=True)
    page = book.create_sheet("화물")
    for row in (["Packing list"], [], ["Gross weight", "18,500 kg"], ["Container", "40ft"]):
        page.append(row)
    data = io.BytesIO()
    book.save(data)
    payload = base64.b64encode(data.getvalue()).decode()
    return (
        "From: kim@customer.example\nSubject: quote\nMIME-Version: 1.0\n"
        'Content-Type: multipart/mixed; boundary="b"\n\n'
        "--b\nContent-Type: text/plain\n\nPlease quote Busan to Hamburg, see the list.\n"
        '--b\nContent-Type: application/octet-stream; name="list.xlsx"\n'
        "Content-Transfer-Encoding: base64\n\n"
        f"{payload}\n--b--\n"
    ).encode()


def test_slides_are_known_by_their_kind() -> None:
    items = {"container": Evidence("40ft", "attachment:2", 0, 4, "rules")}
    found = placed(items, {"attachment:2": Document("pptx", "40ft", [Place(0, page=3)])})
    assert found["container"].place == Position(slide=3)
