"""Every notation of a day: what is written is read again, and any text is read in time."""

import calendar
import datetime as dt
import time
from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from freight.extraction.calendar_words import THAI_MONTHS
from freight.extraction.dates import Context, find_dates
from freight.extraction.day_order import day_first
from freight.extraction.schedule import read_schedule
from freight.extraction.senders import country_of
from freight.extraction.text import prepare

TODAY = dt.date(2026, 11, 20)
DAYS = st.dates(dt.date(2026, 1, 1), dt.date(2035, 12, 31))
_THAI = [min((n for n, m in THAI_MONTHS.items() if m == month), key=len) for month in range(1, 13)]
_THAI_LONG = [
    max((n for n, m in THAI_MONTHS.items() if m == month), key=len) for month in range(1, 13)
]
_NUMBERS = " 一二三四五六七八九"


def _ordinal(day: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(0 if 10 < day < 20 else day % 10, "th")
    return f"{day}{ending}"


def _kanji(number: int) -> str:
    tens, ones = divmod(number, 10)
    return ("" if tens < 2 else _NUMBERS[tens]) + ("十" if tens else "") + _NUMBERS[ones].strip()


def _hangul(number: int) -> str:
    return _kanji(number).translate(str.maketrans("一二三四五六七八九十", "일이삼사오육칠팔구십"))


Format = Callable[[dt.date], str]
FORMATS: dict[str, list[Format]] = {
    "ko": [
        lambda d: f"{d.year}년 {d.month}월 {d.day}일",
        lambda d: f"{d.year}년{d.month:02}월{d.day:02}일({'월화수목금토일'[d.weekday()]})",
        lambda d: f"{d.year}. {d.month}. {d.day}.",
        lambda d: f"{d:%Y.%m.%d}",
        lambda d: f"{d:%Y-%m-%d}",
        lambda d: f"{d:%Y/%m/%d}",
        lambda d: f"{d:%Y%m%d}",
    ],
    "en": [
        lambda d: f"{d.day} {calendar.month_name[d.month]} {d.year}",
        lambda d: f"{d.day} {calendar.month_abbr[d.month]} {d.year}",
        lambda d: f"{calendar.month_name[d.month]} {d.day}, {d.year}",
        lambda d: f"{calendar.month_abbr[d.month]}. {_ordinal(d.day)}, {d.year}",
        lambda d: f"the {_ordinal(d.day)} of {calendar.month_name[d.month]}, {d.year}",
        lambda d: (
            f"{calendar.day_name[d.weekday()]}, {d.day} {calendar.month_name[d.month]} {d.year}"
        ),
        lambda d: f"{d.day:02}-{calendar.month_abbr[d.month].upper()}-{d.year}",
        lambda d: f"{d.year}-{calendar.month_abbr[d.month].upper()}-{d.day:02}",
        lambda d: f"{d:%d/%m/%Y}",
        lambda d: f"{d:%d.%m.%Y}",
        lambda d: f"{d.isoformat()}T00:00:00",
    ],
    "ja": [
        lambda d: f"{d.year}年{d.month}月{d.day}日",
        lambda d: f"{d.year}年{d.month}月{d.day}日({'月火水木金土日'[d.weekday()]})",
        lambda d: f"令和{d.year - 2018}年{d.month}月{d.day}日",
        lambda d: f"令和{_kanji(d.year - 2018)}年{_kanji(d.month)}月{_kanji(d.day)}日",
        lambda d: f"R{d.year - 2018}.{d.month}.{d.day}",
        lambda d: f"{d:%Y/%m/%d}",
    ],
    "th": [
        lambda d: f"{d.day} {_THAI_LONG[d.month - 1]} {d.year + 543}",
        lambda d: f"{d.day} {_THAI_LONG[d.month - 1]} พ.ศ. {d.year + 543}",
        lambda d: f"วันที่ {d.day} {_THAI[d.month - 1]} {d.year}",
        lambda d: f"{d.day}/{d.month}/{d.year + 543}",
        lambda d: f"{d.day:02}-{d.month:02}-{d.year + 543}",
        lambda d: f"{d.year + 543}-{d.month:02}-{d.day:02}",
    ],
}
# without a year: the next such day; with two digits: of these years
SHORT_FORMATS: dict[str, list[Format]] = {
    "ko": [
        lambda d: f"{d.month}월 {d.day}일",
        lambda d: f"{d.month}/{d.day}",
        lambda d: f"'{d:%y.%m.%d}",
        lambda d: f"{d:%y}년 {d.month}월 {d.day}일",
    ],
    "en": [
        lambda d: f"{d.day} {calendar.month_abbr[d.month]}",
        lambda d: f"{calendar.month_name[d.month]} {_ordinal(d.day)}",
        lambda d: f"{d.day:02}{calendar.month_abbr[d.month].upper()}{d:%y}",
        lambda d: f"{d.day}-{calendar.month_abbr[d.month]}-{(d.year + 543) % 100}",
        lambda d: f"{calendar.month_abbr[d.month]} {d.day} '{d:%y}",
        lambda d: f"{d:%d/%m}",
    ],
    "ja": [
        lambda d: f"{d.month}月{d.day}日",
        lambda d: f"{_kanji(d.month)}月{_kanji(d.day)}日",
        lambda d: f"{d.month}/{d.day}({'月火水木金土日'[d.weekday()]})",
    ],
    "th": [
        lambda d: f"{d.day} {_THAI[d.month - 1]}",
        lambda d: f"{d.day} {_THAI_LONG[d.month - 1]} {(d.year + 543) % 100}",
        lambda d: f"{d.day}/{d.month}/{(d.year + 543) % 100}",
    ],
}
CASES = [(language, write) for language, all_ in FORMATS.items() for write in all_]
SHORT_CASES = [(language, write) for language, all_ in SHORT_FORMATS.items() for write in all_]
LABELS = {"ko": "출항일: ", "en": "ETD ", "ja": "出港日:", "th": "ออกเรือ "}


def _context(language: str, today: dt.date) -> Context:
    return Context(today, language in ("en", "th"), language in ("ko", "ja"))


@pytest.mark.parametrize(("language", "write"), CASES)
@settings(max_examples=40)
@given(day=DAYS)
def test_a_day_that_is_written_is_read_again(language: str, write: Format, day: dt.date) -> None:
    text = prepare(LABELS[language] + write(day)).text
    (mention,) = find_dates(text, _context(language, TODAY))
    assert mention.value == day
    assert text[mention.start : mention.end].strip(".") in write(day).lower()


@pytest.mark.parametrize(("language", "write"), SHORT_CASES)
@settings(max_examples=40)
@given(day=DAYS, before=st.integers(0, 200))
def test_a_day_without_its_century_is_the_coming_one(
    language: str, write: Format, day: dt.date, before: int
) -> None:
    today = day - dt.timedelta(days=before)
    text = prepare(LABELS[language] + write(day)).text
    (mention,) = find_dates(text, _context(language, today))
    assert mention.value == day


@pytest.mark.parametrize("language", sorted(FORMATS))
@given(day=st.dates(TODAY + dt.timedelta(days=1), dt.date(2035, 12, 31)), number=st.integers(0, 20))
def test_a_labelled_day_is_the_departure(language: str, day: dt.date, number: int) -> None:
    write = FORMATS[language][number % len(FORMATS[language])]
    text = prepare(LABELS[language] + write(day) + "\n").text
    found = read_schedule(text, today=TODAY, language=language, country="GB").departure.found
    assert found is not None
    assert found.value == day


@given(
    text=st.text(
        alphabet=st.sampled_from(
            list("0123456789/.-~ \n:,()월일年月日令和etda말경次曜ธ.ค.พุธหน้าวันที่")
        ),
        max_size=120,
    ),
    today=DAYS,
)
@example(text="12/10" * 40, today=TODAY)
@example(text="feb 29", today=TODAY)
@example(text="令和元年13月40日", today=TODAY)
def test_any_text_is_read(text: str, today: dt.date) -> None:
    prepared = prepare(text).text
    for order in (None, True, False):
        for mention in find_dates(prepared, Context(today, order)):
            assert 0 <= mention.start < mention.end <= len(prepared)
    for language in ("ko", "en", "ja", "th"):
        read_schedule(prepared, today=today, language=language)


@given(text=st.text(max_size=200))
def test_any_signs_are_read(text: str) -> None:
    read_schedule(prepare(text).text, today=TODAY, language="en")


NASTY = [
    "12/",
    "1.",
    "12월 ",
    "출 ",
    "a week ",
    "12/10 - ",
    "출항 12/10, ",
    "to a b c ",
    "from 12 dec ",
    "변경 전 12/10 > ",
    "l/c ",
    "when will ",
    "いつ",
    "วันที่ 1 ",
    "x.... 1\n",
    " ",
]


@pytest.mark.parametrize("piece", NASTY)
def test_time_grows_with_length_alone(piece: str) -> None:
    text = (piece * (30_000 // len(piece)))[:30_000]

    def seconds(part: str) -> float:
        began = time.process_time()
        read_schedule(part, today=TODAY, language="ko")
        return time.process_time() - began

    seconds(text[:500])
    short, long = seconds(text[:7_500]), seconds(text)
    # four times the length: sixteen times the time would be quadratic
    assert long < 0.2 or long < 10 * short


@pytest.mark.parametrize(
    ("text", "country", "expected"),
    [
        ("etd 02/01/2027", "", None),
        ("etd 02/01/2027", "GB", True),
        ("etd 02/01/2027", "US", False),
        ("etd 02/01/2027", "KR", None),
        ("etd 02/01/2027, eta 28/02/2027", "US", True),
        ("etd 02/01/2027, eta 02/28/2027", "GB", False),
        ("palletised, kind regards. etd 02/01/2027", "", True),
        ("houston, tx 77002. etd 02/01/2027", "", False),
        ("etd sat 02/01/2027", "", True),
        ("etd mon 02/01/2027", "", False),
        ("etd 12/11", "", False),
        ("etd 1/12", "", None),
        ("ready 12/01, eta 1/8", "", False),
    ],
)
def test_what_is_first(text: str, country: str, expected: bool | None) -> None:
    assert day_first(text, "en", country=country, today=TODAY) is expected


@pytest.mark.parametrize(
    ("address", "sent", "country"),
    [
        ("a@firm.co.uk", None, "GB"),
        ("a@firm.de", None, "DE"),
        ("a@firm.com", None, ""),
        ("a@firm.io", None, ""),
        ("a@firm.example", "2026-11-20T09:00:00-05:00", "US"),
        ("a@firm.example", "2026-11-20T09:00:00+01:00", "DE"),
        ("a@firm.example", "2026-11-20T09:00:00+00:00", ""),
        ("a@firm.example", "2026-11-20T09:00:00+09:00", ""),
        ("a@firm.example", "2026-11-20T09:00:00", ""),
        ("", None, ""),
    ],
)
def test_country_of_a_sender(address: str, sent: str | None, country: str) -> None:
    assert country_of(address, dt.datetime.fromisoformat(sent) if sent else None) == country
