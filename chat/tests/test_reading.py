"""What the facts of chat messages are: a table for each language, and what holds of any text.

The tables lie in `readings/<language>.txt`: asked | told | message | what is read. Letters: w gross
weight in kg, c container, n how many, d departure, a arrival, o origin, t destination (to);
`?o=` doubtful with its choices, `!o=` not served. A day without a year is the next one.
"""

# ruff: noqa: E501 - lists of words stay in one piece

import datetime as dt
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chat.reading import Question, Reading, read_message
from freight.extraction import extract
from freight.fields import FACT_NAMES, Container, Facts, Source

TODAY = dt.date(2026, 11, 23)  # a Monday
NAMES = {
    "w": "gross_weight_kg", "c": "container", "n": "containers", "d": "etd", "a": "eta",
    "o": "origin", "t": "destination",
}  # fmt: skip
LETTERS = {name: letter for letter, name in NAMES.items()}
TABLES = Path(__file__).parent / "readings"


def _rows() -> Iterator[Any]:
    for table in sorted(TABLES.glob("*.txt")):
        for number, line in enumerate(table.read_text("utf-8").splitlines(), start=1):
            if line and not line.startswith("#"):
                cells = [cell.strip() for cell in line.split("|")]
                yield pytest.param(table.stem, *cells, id=f"{table.stem}-{number}")


def told_of(cell: str) -> Facts:
    values: Any = {}
    for item in cell.split():
        letter, value = item.split("=")
        values[NAMES[letter]] = _value(letter, value)
    return Facts(**values)


def _value(letter: str, value: str) -> Any:
    if letter in "da":
        month, day = map(int, value.split("-"))
        return dt.date(2026 if month > 10 else 2027, month, day)
    return {"w": Decimal, "c": Container, "n": int}.get(letter, str)(value)


def question(language: str, asked: str, told: Facts) -> Question:
    missing = tuple(name for name in FACT_NAMES if getattr(told, name) is None)
    return Question(NAMES.get(asked), missing, language, TODAY, told)


def shown(reading: Reading) -> str:
    """What was read as the tables write it."""
    facts = reading.extraction.facts
    told = [(letter, getattr(facts, name)) for letter, name in NAMES.items()]
    said = [f"{letter}={_shown(value)}" for letter, value in told if value is not None]
    said += [f"?{LETTERS[name]}={'/'.join(options)}" for name, options in reading.doubtful]
    said += [f"!{LETTERS.get(name, '')}={written}" for name, written in reading.unknown]
    return " ".join(said) or "-"


def _shown(value: Any) -> str:
    if isinstance(value, dt.date):
        assert value.year == (2026 if value.month > 10 else 2027)
        return f"{value:%m-%d}"
    return str(round(value)) if isinstance(value, Decimal) else str(value)


def read(language: str, asked: str, told: str, text: str) -> Reading:
    asking = question(language, asked, told_of(told))
    return read_message(Source("chat:7", text), asking, extract)


@pytest.mark.parametrize(("language", "asked", "told", "text", "expected"), list(_rows()))
def test_a_message_holds(language: str, asked: str, told: str, text: str, expected: str) -> None:
    reading = read(language, asked, told, text)

    assert shown(reading) == expected
    for name, seen in reading.extraction.evidence.items():
        assert text[seen.start : seen.end] == seen.quote, name
        assert seen.source == "chat:7"


WORDS = (
    "18500", "18.5", "톤", "kg", "40", "ft", "HC", "부산", "에서", "상하이", "까지", "말고", "12월", "5일", "Dec", "next",
    "friday", "from", "to", "not", "instead of", "Busan", "LA", "port", "via", "or", "?", ",", ".", "\n", "横浜", "から",
    "ではなく", "10日後", "出港", "トン半", "จาก", "ไม่ใช่", "เป็น", "แหลมฉบัง", "ตู้", "２０", "๑๘", "일주일", "미뤄", "both", "later",
    "swap origin and destination", "make it", "ﾊﾞﾝｺｸ", "ﾌｨｰﾄ", "おおさか", "から", "にじゅっふぃーと", "とん", "2", "x", "개", "\u200b", "İ", "ß", "\ufdfa", "😀", "\0", "<b>", "‮",
)  # fmt: skip
ASKED = [*(letter for letter in NAMES if letter != "n"), "-"]
TOLD = ["", "d=12-05", "d=12-05 a=12-20", "w=18500 c=40ft o=KRPUS t=CNSHA", "o=KRPUS"]
texts = st.one_of(
    st.lists(st.sampled_from(WORDS), max_size=12).flatmap(
        lambda words: st.sampled_from([" ".join(words), "".join(words)])
    ),
    st.text(max_size=60),
)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(["ko", "en", "ja", "th"]),
    st.sampled_from(ASKED),
    st.sampled_from(TOLD),
    texts,
)
def test_any_text_is_read_and_quoted_as_it_stands(
    language: str, asked: str, told: str, text: str
) -> None:
    reading = read(language, asked, told, text)

    facts, seen = reading.extraction.facts, reading.extraction.evidence
    for where in seen.values():
        assert text[where.start : where.end] == where.quote
        assert where.quote
        assert where.source == "chat:7"
    stated = {name for name, _ in facts.stated()}
    assert stated <= seen.keys()
    assert not stated & {name for name, _ in reading.doubtful}
    for _name, written in reading.unknown:
        assert written in text
    assert (reading.day is None) is not any(
        choices == ("etd", "eta") for _, choices in reading.doubtful
    )


NASTY = (
    "not ", "from 20 to ", "1,", "18톤 말고 ", "12월 5일 ", "1만", "ไม่ใช่ ", "เปลี่ยนจาก", "ではなく", "一", "부산 ", "or ",
    "change ", "18.5 ", "a ", " ", "\n", ".", ",", "에서", "x2 ", "i will ", "출발하고 ", "10 days ", "สาม", "หลังเรือออก ",
    "출발지랑 ", "Busan or ", "via Busan ", "그 다음", "일주일 ", "switch the origin ", "발", "high cube ", "the ", "ตู้", "おおさかから", "ﾊﾞ", "4대로 ", "change to ", "ลูกค้ารับ",
    "pallet 5kg ", "5kg袋x2 ", "customer needs the ", "from A-",
)  # fmt: skip


@pytest.mark.parametrize("piece", NASTY)
def test_repeats_cost_no_more_than_their_length(piece: str) -> None:
    def cost(length: int) -> float:
        text = (piece * length)[:length]
        return min(_timed(lambda: read("ko", "w", "d=12-05 o=KRPUS", text)) for _ in range(2))

    short, long = cost(500), cost(2_000)

    # four times the text: square growth would be sixteen times the work
    assert long < 10 * short + 0.05


def _timed(call: Callable[[], object]) -> float:
    start = time.process_time()
    call()
    return time.process_time() - start
