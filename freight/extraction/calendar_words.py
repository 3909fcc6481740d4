"""Names of months, weekdays and spans of days, and the numbers that they stand for."""

# ruff: noqa: E501 - the alternatives of a pattern read best on one line

import calendar
import re
from collections.abc import Iterable

from freight.extraction.numerals import COUNT, count_number, sino_number

_ENGLISH = [name.lower() for name in calendar.month_name if name]
ENGLISH_MONTHS = {name: number for number, name in enumerate(_ENGLISH, start=1)}
ENGLISH_MONTHS |= {name[:3]: number for name, number in ENGLISH_MONTHS.items()} | {"sept": 9}

_THAI = (
    "มกราคม กุมภาพันธ์ มีนาคม เมษายน พฤษภาคม มิถุนายน กรกฎาคม สิงหาคม กันยายน ตุลาคม พฤศจิกายน ธันวาคม".split()
)
_THAI_SHORT = "ม.ค. ก.พ. มี.ค. เม.ย. พ.ค. มิ.ย. ก.ค. ส.ค. ก.ย. ต.ค. พ.ย. ธ.ค.".split()
THAI_MONTHS = {
    spelling: number
    for number, (name, short) in enumerate(zip(_THAI, _THAI_SHORT, strict=True), start=1)
    for spelling in (
        name,
        name.removesuffix("คม").removesuffix("ยน").removesuffix("พันธ์"),
        short,
        short.removesuffix("."),
        short.replace(".", ""),
    )
}

_KOREAN_MONTHS = {"일": 1, "이": 2, "삼": 3, "사": 4, "오": 5, "유": 6, "육": 6, "칠": 7, "팔": 8, "구": 9, "시": 10, "십": 10, "십일": 11, "십이": 12}  # fmt: skip
_UNITS = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth".split()
ORDINALS = {word: number for number, word in enumerate(_UNITS, start=1)} | {"thirtieth": 30, "thirty-first": 31, "thirty first": 31}  # fmt: skip
ORDINALS |= {f"twenty{sign}{word}": 20 + number for number, word in enumerate(_UNITS[:9], start=1) for sign in "- "}  # fmt: skip

ENGLISH_WEEKDAYS = (
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
)
THAI_WEEKDAYS = {"จันทร์": 0, "อังคาร": 1, "พุธ": 2, "พฤหัสบดี": 3, "พฤหัสฯ": 3, "พฤหัส": 3, "ศุกร์": 4, "เสาร์": 5, "อาทิตย์": 6}  # fmt: skip

# Korean words for a number of days
KOREAN_SPANS = {"하루": 1, "이틀": 2, "사흘": 3, "나흘": 4, "닷새": 5, "엿새": 6, "이레": 7, "여드레": 8, "아흐레": 9, "일주일": 7, "열흘": 10, "보름": 15}  # fmt: skip


def alternatives(words: Iterable[str]) -> str:
    """A pattern of any of `words`, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


ENGLISH_MONTH = alternatives(ENGLISH_MONTHS)
THAI_MONTH = alternatives(THAI_MONTHS)
THAI_WEEKDAY = alternatives(THAI_WEEKDAYS)
ORDINAL = alternatives(ORDINALS)
KOREAN_MONTH = alternatives(_KOREAN_MONTHS)
ENGLISH_WEEKDAY = r"(?:mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:r?s(?:day)?)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)\.?(?![a-z])"
KANJI_NUMBER = r"(?:[二三]?十[一二三四五六七八九]?|[一二三四五六七八九])"
HANGUL_NUMBER = r"(?:[이삼]?십[일이삼사오육칠팔구]?|[일이삼사오육칠팔구])"
SMALL_COUNT = COUNT


def weekday_number(name: str) -> int:
    """0 for Monday, from a name in any of the four languages; Korean and Japanese ones by their first sign."""
    if name in THAI_WEEKDAYS:
        return THAI_WEEKDAYS[name]
    if len(name) == 1:
        return max("월화수목금토일".find(name), "月火水木金土日".find(name))
    return next(n for n, day in enumerate(ENGLISH_WEEKDAYS) if day.startswith(name[:3]))


def korean_month(word: str) -> int:
    """The month of 십이 in 십이월."""
    return _KOREAN_MONTHS[word]


def number(word: str) -> int:
    """A day or a count: digits, 二十, 이십, twelfth, eight."""
    if word.isascii() and word.isdigit():
        return int(word)
    if word in ORDINALS:
        return ORDINALS[word]
    sino = 0 if word.isascii() else int(sino_number(word))
    return sino or count_number(word)
