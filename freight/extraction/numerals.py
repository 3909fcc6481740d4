"""Numbers as customers write them: 18,500 and 18.500, 1만8천, 십팔, eighteen and a half."""

# ruff: noqa: E501 - the alternatives of a pattern read best on one line

import re
from decimal import Decimal

_UNITS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
          "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]  # fmt: skip
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50}
_WORDS = {word: number for number, word in enumerate(_UNITS, start=1)}
_SINO = {char: number for number, char in enumerate("일이삼사오육칠팔구", start=1)} | {
    char: number for number, char in enumerate("一二三四五六七八九", start=1)
}
_NATIVE = {"한": 1, "하나": 1, "두": 2, "둘": 2, "세": 3, "셋": 3, "네": 4, "넷": 4, "다섯": 5, "여섯": 6, "일곱": 7, "여덟": 8,
           "아홉": 9, "열": 10, "스무": 20}  # fmt: skip

DIGITS = r"(?<![a-z\d.,#])(?:\d{1,3}(?:[,.' ]\d{3})+(?!\d)(?:[.,]\d{1,3})?|\d{1,12}(?:[.,]\d{1,6})?)(?!\d)"
MYRIADS = (
    r"(?<![\d.,])(?:\d{1,4}(?:\.\d{1,3})? ?[만万](?: ?\d{1,4}(?:\.\d{1,3})? ?[천千])?(?: ?\d{1,4} ?[백百])?(?: ?\d[\d,]{0,6})?"
    r"|\d{1,4}(?:\.\d{1,3})? ?[천千](?: ?\d{1,4} ?[백百])?(?: ?\d{1,4})?)"
)
SINO = r"(?:(?<![가-힣])[일이삼사오육칠팔구십백천만]{1,8}|[一二三四五六七八九十百千万]{1,8})"
WORDS = (
    r"(?<![a-z])(?:(?:twenty|thirty|forty|fifty)(?:[- ](?:one|two|three|four|five|six|seven|eight|nine))?"
    rf"|{'|'.join(sorted(_UNITS, key=len, reverse=True))})(?: and a half)?(?![a-z])"
)
COUNT = rf"(?:\d{{1,4}}(?:,\d{{3}})?|{'|'.join(sorted(_UNITS, key=len, reverse=True))}|twenty|thirty|forty|fifty|다섯|여섯|일곱|여덟|아홉|스무|한|두|세|네|열|[一二三四五六七八九])"


def decimal_number(text: str, *, tonnes: bool) -> Decimal:
    """The value of digits with separators. A lone group of three after a point or comma is thousands in kg, but
    decimals in tonnes where thousands would be absurd (18.250 t)."""
    compact = text.replace(" ", "").replace("'", "")
    last = max(compact.rfind(","), compact.rfind("."))
    if last < 0:
        return Decimal(compact)
    whole, fraction = re.sub(r"[.,]", "", compact[:last]), compact[last + 1 :]
    separators = {char for char in compact if char in ",."}
    grouped = len(fraction) == 3 and whole not in ("", "0") and (len(separators) == 1)
    if grouped and (not tonnes or compact.count(compact[last]) > 1):
        return Decimal(whole + fraction)
    return Decimal(f"{whole or 0}.{fraction}")


def myriad_number(text: str) -> Decimal:
    """The value of 1만8천, 2万, 8천5백, 1만 8,500."""
    total, rest = Decimal(0), text.replace(" ", "").replace(",", "")
    for signs, size in (("만万", 10_000), ("천千", 1_000), ("백百", 100)):
        match = re.match(rf"(\d+(?:\.\d+)?)[{signs}]", rest)
        if match:
            total += Decimal(match.group(1)) * size
            rest = rest[match.end() :]
    return total + (Decimal(rest) if rest else 0)


def sino_number(text: str) -> Decimal:
    """The value of 십팔, 이만천, 만팔천오백."""
    total = section = digit = 0
    for char in text:
        if char in _SINO:
            digit = _SINO[char]
        elif char in "만万":
            total, section, digit = total + (section + digit or 1) * 10_000, 0, 0
        else:
            section, digit = (
                section
                + (digit or 1)
                * {"십": 10, "백": 100, "천": 1000, "十": 10, "百": 100, "千": 1000}[char],
                0,
            )
    return Decimal(total + section + digit)


def word_number(text: str) -> Decimal:
    """The value of eighteen, twenty-two, eighteen and a half."""
    half = Decimal("0.5") if text.endswith(" and a half") else Decimal(0)
    parts = re.split(r"[- ]", text.removesuffix(" and a half"))
    return Decimal(sum(_TENS.get(part, 0) or _WORDS.get(part, 0) for part in parts)) + half


def count_number(text: str) -> int:
    """A small count: digits, eight, 두, 二."""
    text = text.strip().replace(",", "")
    if text.isascii() and text.isdigit():
        return int(text)
    return _WORDS.get(text) or _TENS.get(text) or _NATIVE.get(text) or _SINO.get(text) or 1
