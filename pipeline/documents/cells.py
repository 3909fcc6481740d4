"""Numbers of spreadsheets as their cells show them: dates, percentages, units out of the format."""

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

# the formats that are known by number alone; 27 to 58 are dates in East Asian editions
_BUILT_IN = (
    {number: "yyyy-mm-dd" for number in (14, 15, 16, 17, *range(27, 32), 36, *range(50, 59))}
    | {number: "h:mm" for number in (18, 19, 20, 21, 32, 33, 34, 35, 45)}
    | {9: "0%", 10: "0.00%", 22: "yyyy-mm-dd h:mm", 46: "[h]:mm", 47: "h:mm"}
)
_SECTION = re.compile(r'(?:"[^"]*"|\\.|\[[^\]]*\]|[^;"\\\[])*')
_PIECES = re.compile(r'"([^"]*)"|\\(.)|_.|\*.|\[([^\]]*)\]|(.)', re.DOTALL)
_ELAPSED = re.compile(r"h+|m+|s+", re.IGNORECASE)
# letters that stand in a format for a part of a date; e and g are Japanese years
_DATE, _TIME = frozenset("ydegbYDEGB"), frozenset("hsHS")
MAX_UNIT = 20


@dataclass(frozen=True, slots=True)
class Style:
    """How a cell shows its number: `kind` is number, percent, date, time, datetime or elapsed.

    `before` and `after` are words that the format writes around the number: `0 "kg"`.
    """

    kind: str = "number"
    before: str = ""
    after: str = ""


def style_of(number: int, code: str = "") -> Style:
    """The style of a number format by its number, or by its code where the file defines one."""
    return _style((code or _BUILT_IN.get(number, "")).replace("General", "0"))


@lru_cache(maxsize=1000)
def _style(code: str) -> Style:
    found = _SECTION.match(code[:255])
    before: list[str] = []
    after: list[str] = []
    marks, elapsed = "", False
    for quoted, escaped, bracket, mark in _PIECES.findall(found[0] if found else ""):
        if bracket:
            elapsed = elapsed or _ELAPSED.fullmatch(bracket) is not None
            # [$€-407] is a currency in a locale
            currency = bracket[1:].partition("-")[0] if bracket.startswith("$") else ""
            (after if marks else before).append(currency)
        elif quoted or escaped:
            (after if marks else before).append(quoted or escaped)
        elif mark in "$€£¥₩฿" and mark:
            (after if marks else before).append(mark)
        elif mark.strip():
            marks += mark
        elif mark:
            (after if marks else before).append(mark)
    kind = _kind(marks, elapsed)
    if kind not in {"number", "percent"}:
        return Style(kind)
    return Style(kind, "".join(before).lstrip()[:MAX_UNIT], "".join(after).rstrip()[:MAX_UNIT])


def _kind(marks: str, elapsed: bool) -> str:
    if elapsed:
        return "elapsed"
    plain = marks.replace("E+", "").replace("E-", "").replace("AM/PM", "h")
    letters = set(plain)
    if letters & _DATE or (set("mM") & letters and not letters & _TIME):
        return "datetime" if letters & _TIME else "date"
    if letters & _TIME:
        return "time"
    return "percent" if "%" in marks else "number"


def shown(value: float, style: Style, *, from_1904: bool = False) -> str:
    """`value` as people read it; dates as ISO, no exponent and no noise of binary fractions."""
    if value != value or value in (float("inf"), float("-inf")):
        return ""
    if style.kind == "percent":
        return f"{style.before}{plain(round(value * 100, 8))}%{style.after.lstrip('%')}"
    if style.kind == "elapsed" and abs(value) < 1e6:
        minutes = round(value * 1440)
        return f"{minutes // 60}:{minutes % 60:02}" if minutes >= 0 else plain(value)
    if style.kind in {"date", "time", "datetime"}:
        return _moment(value, style.kind, from_1904) or plain(value)
    return f"{style.before}{plain(value)}{style.after}"


def plain(value: float) -> str:
    """A number as people write it, of at most 15 digits, which is what a cell holds."""
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    text = format(Decimal(f"{value:.15g}"), "f")
    return text if len(text) <= 40 else f"{value:.15g}"


def _moment(value: float, kind: str, from_1904: bool) -> str:
    """A serial number of days as ISO, or "" where it is none."""
    if not 0 <= value < 2_958_466:
        return ""
    # Excel's 1900 has a 29 February; serials below 60 are a day early against this epoch
    epoch = dt.datetime(1904, 1, 1) if from_1904 else dt.datetime(1899, 12, 30)
    early = not from_1904 and 1 <= value < 60
    try:
        moment = epoch + dt.timedelta(days=int(value) + early, seconds=round(value % 1 * 86400))
    except OverflowError:
        return ""
    if kind == "time" or (value < 1 and not from_1904):
        return moment.time().isoformat("minutes" if not moment.second else "seconds")
    if kind == "date" or moment.time() == dt.time():
        return moment.date().isoformat()
    return moment.isoformat(" ", "minutes")
