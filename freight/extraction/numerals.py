"""Numbers as customers write them: 18,500 and 18.500, 1만8천, 십팔, eighteen and a half."""

# ruff: noqa: E501 - the alternatives of a pattern read best on one line

import re
from decimal import Decimal

_UNITS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
          "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]  # fmt: skip
_TENS = {
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
}
_WORDS = {word: number for number, word in enumerate(_UNITS, start=1)}
_SINO = {char: number for number, char in enumerate("일이삼사오육칠팔구", start=1)} | {
    char: number for number, char in enumerate("一二三四五六七八九", start=1)
}
_NATIVE = {"한": 1, "하나": 1, "두": 2, "둘": 2, "세": 3, "셋": 3, "네": 4, "넷": 4, "다섯": 5, "여섯": 6, "일곱": 7, "여덟": 8,
           "아홉": 9, "열": 10, "스무": 20}  # fmt: skip
_NATIVE_TENS = {"열": 10, "스물": 20, "서른": 30, "마흔": 40, "쉰": 50}
_THAI = {"หนึ่ง": 1, "เอ็ด": 1, "ยี่": 2, "สอง": 2, "สาม": 3, "สี่": 4, "ห้า": 5, "หก": 6, "เจ็ด": 7, "แปด": 8, "เก้า": 9}  # fmt: skip
_THAI_SIZES = {"สิบ": 10, "ร้อย": 100, "พัน": 1000, "หมื่น": 10_000, "แสน": 100_000}

# "G.W.18,500": only a digit makes the full stop before it a decimal point; "GW7,350kg": a label
# of the weight is the one word that a number may run into
DIGITS = r"(?:(?<![a-z\d,#])|(?<=(?<![a-z])[gn]w)|(?<=(?<![a-z])[gn]\.w)|(?<=(?<![a-z])[gn]/w)|(?<=(?<![a-z])wt)|(?<=(?<![a-z])net)|(?<=(?<![a-z])gross)|(?<=(?<![a-z])weight))(?<!\d\.)(?:\d{1,3}(?:[,.' ]\d{3})+(?!\d)(?:[.,]\d{1,3})?|\d{1,12}(?:[.,]\d{1,6})?)(?!\d)"
MYRIADS = (
    r"(?<![\d.,])(?:\d{1,4}(?:\.\d{1,3})? ?[만万](?: ?\d{1,4}(?:\.\d{1,3})? ?[천千])?(?: ?\d{1,4} ?[백百])?(?: ?\d[\d,]{0,6})?"
    r"|\d{1,4}(?:\.\d{1,3})? ?[천千](?: ?\d{1,4} ?[백百])?(?: ?\d{1,4})?)"
)
SINO = r"(?:(?<![가-힣])[일이삼사오육칠팔구십백천만](?: ?[일이삼사오육칠팔구십백천만]){0,8}|[一二三四五六七八九十百千万]{1,8})"
_UNIT_WORD = "|".join(sorted(_UNITS, key=len, reverse=True))
_TENS_WORD = "|".join(_TENS)
# at most nine words: "eighteen thousand five hundred and fifty-five"
WORDS = (
    rf"(?<![a-z-])(?:{_TENS_WORD}|{_UNIT_WORD})(?:(?:-| and | )(?:{_TENS_WORD}|{_UNIT_WORD}|hundred|thousand)){{0,8}}"
    r"(?: and a half)?(?![a-z])"
)
NATIVE = (
    rf"(?<![가-힣])(?:(?:{'|'.join(_NATIVE_TENS)})(?:한|두|세|네|다섯|여섯|일곱|여덟|아홉)?|스무)"
)
THAI = rf"(?:{'|'.join((*_THAI, *_THAI_SIZES))}){{1,10}}"
WORD_COUNTS = (
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "twelve",
    "twenty",
)
COUNT = rf"(?:\d{{1,4}}(?:,\d{{3}})?|(?:열|스물)(?:한|두|세|네|다섯|여섯|일곱|여덟|아홉)|{'|'.join(sorted(_UNITS, key=len, reverse=True))}|twenty|thirty|forty|fifty|다섯|여섯|일곱|여덟|아홉|스무|한|두|세|네|열|[一二三四五六七八九])"


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
    for char in text.replace(" ", ""):
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
    """The value of eighteen, twenty-two, eighteen and a half, eighteen thousand five hundred."""
    half = Decimal("0.5") if text.endswith(" and a half") else Decimal(0)
    total = section = 0
    for part in re.split(r"[- ]", text.removesuffix(" and a half")):
        if part == "thousand":
            total, section = total + (section or 1) * 1000, 0
        elif part == "hundred":
            section = (section or 1) * 100
        else:
            section += _TENS.get(part, 0) or _WORDS.get(part, 0)
    return Decimal(total + section) + half


def native_number(text: str) -> int:
    """The value of 열두, 스무, 서른다섯."""
    for word, tens in _NATIVE_TENS.items():
        if text.startswith(word):
            return tens + _NATIVE.get(text[len(word) :], 0)
    return _NATIVE.get(text, 0)


def thai_number(text: str) -> Decimal:
    """The value of สิบแปด, ยี่สิบเอ็ด, หนึ่งหมื่นสองพัน."""
    total = digit = 0
    words = "|".join((*_THAI, *_THAI_SIZES))
    for word in re.findall(words, text):
        if word in _THAI:
            digit = _THAI[word]
        else:
            total, digit = total + (digit or 1) * _THAI_SIZES[word], 0
    return Decimal(total + digit)


def count_number(text: str) -> int:
    """A small count: digits, eight, 두, 열두, 二."""
    text = text.strip().replace(",", "")
    if text.isascii() and text.isdigit():
        return int(text)
    known = _WORDS.get(text) or _TENS.get(text) or _NATIVE.get(text) or _SINO.get(text)
    return known or native_number(text) or 1
