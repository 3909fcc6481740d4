"""Whether 5/12 is the fifth of December, by the text itself and by where its writer sits."""

# ruff: noqa: E501 - the alternatives of a pattern read best on one line

import datetime as dt
import re
from collections.abc import Iterator

from freight.extraction.calendar_words import ENGLISH_WEEKDAY, weekday_number

_SLASHED = re.compile(
    r"(?<![\d/.-])(\d{1,2})[/.-](\d{1,2})[/.-](\d{2,4})(?![\d/])|(?<![\d/x])(\d{1,2})/(\d{1,2})(?![\d/]| ?(?:ft|'|inch|hc|hq|gp|page|original))"
)
_WEEKDAY_BEFORE = re.compile(rf"(?<![a-z])(?P<wd>{ENGLISH_WEEKDAY})[ ,(]{{1,3}}(?:the )?$")
_WEEKDAY_AFTER = re.compile(rf"^[ ,(]{{1,3}}(?P<wd>{ENGLISH_WEEKDAY})")
# day and month swapped, a wish this near beats one this far
_NEAR, _FAR = dt.timedelta(days=100), dt.timedelta(days=150)
_OF_THE_PAST = re.compile(
    r"(?:dated|your (?:mail|email|message|letter)|(?:enquiry|inquiry|request|order|mail|email|letter|quote|quotation|invoice|wrote|sent)(?: (?:of|on|from|dated))|last \w+|previous|since) [^\n]{0,8}$"
)
_BRITISH = re.compile(
    r"\.(?:co\.)?uk(?![a-z])|\+ ?(?:44|49|61|33|31|32|34|39|41|43|45|46|47|48|353|358|351|420|64|65|66|91|971|27|60|852)(?!\d)|(?<![a-z])(?:gmbh|plc|pty|b\.v\.|s\.a\.r?\.?l?\.?|s\.?p\.?a\.|a/s|oy|pvt|united kingdom|england|scotland|wales|britain|british"
    r"|enquir\w+|kind regards|cheers|whilst|colour\w*|organis\w+|lorry|palletis\w+|containeris\w+|tonnes?|favour\w*|fortnight|haulage|centre|programme|australia|g'day|mate|metres?|litres?|aluminium|authoris\w+|utilis\w+|artics?|ta very much|bst|aest|sgd|aud|gbp|inr)(?![a-z])|£"
)
_AMERICAN = re.compile(
    r"\+ ?1[ -(]\d|\(\d{3}\) ?\d{3}-\d{4}|(?<![a-z])(?:llc|inc\.|corp\.|u\.s\.a?\.?|usa|united states|american|[a-z]+, (?:ca|tx|ny|nj|ga|il|wa|fl|oh|mi|pa|nc|sc|va|md|ma|la|tn|in|wi|mn|mo|or|al)(?: ?\d{5})?(?![a-z])|zip code|short tons?|y'all|fedex ground|drayage|aluminum|color|(?:me|can|quart)liter|dock door|semi truck|p\.?[se]?t\.? time|a\.?m\.? est)(?![a-z])|(?<!\d)\d{3}[-.]\d{3}[-.]\d{4}(?!\d)"
)
# countries where the month is written first in English letters; all others write the day first
MONTH_FIRST = frozenset({"US", "PH"})
# the day stands last there, and English letters follow either habit
_UNDECIDED = frozenset({"CA", "KR", "JP", "CN", "TW", "HU", "LT", "MN", "KP", "HK"})


def day_first(
    text: str, language: str, *, country: str = "", today: dt.date | None = None
) -> bool | None:
    """Whether 5/12 is 5 December; None if that is unclear.

    By other dates of the text, then by its language, by signs of the writer's country, by
    `country` (ISO 3166, of the sender's address), last by which of the two lies near `today`.
    """
    pairs = list(_pairs(text))
    for first, second, *_ in pairs:
        if 12 < first <= 31 and second <= 12 and not (first >= 24 and language in ("ko", "ja")):
            return True
        if first <= 12 < second <= 31:
            return False
    if language != "en":
        return language == "th"
    british, american = _BRITISH.search(text), _AMERICAN.search(text)
    if bool(british) != bool(american):
        return bool(british)
    if country and country not in _UNDECIDED:
        return country not in MONTH_FIRST
    return _by_calendar(text, pairs, today) if today else None


def _pairs(text: str) -> Iterator[tuple[int, int, int, int, int]]:
    """(first, second, year or 0, start, end) of every pair of numbers that may be a day and a month."""
    for match in _SLASHED.finditer(text):
        first, second = match[1] or match[4], match[2] or match[5]
        yield int(first), int(second), int(match[3] or 0), match.start(), match.end()


def _by_calendar(
    text: str, pairs: list[tuple[int, int, int, int, int]], today: dt.date
) -> bool | None:
    """What weekdays beside the dates, or their nearness, say of all of them alike; None where they differ."""
    votes = set()
    for first, second, year, start, end in pairs[:20]:
        if _OF_THE_PAST.search(text[max(0, start - 40) : start]):
            continue
        by_day = _upcoming(second, first, year, today)
        by_month = _upcoming(first, second, year, today)
        weekday = _WEEKDAY_BEFORE.search(text[max(0, start - 16) : start]) or _WEEKDAY_AFTER.match(
            text[end : end + 16]
        )
        votes.add(
            _by_weekday(by_day, by_month, weekday["wd"])
            if weekday
            else _nearer(by_day, by_month, today)
        )
    votes.discard(None)
    return votes.pop() if len(votes) == 1 else None


def _upcoming(month: int, day: int, year: int, today: dt.date) -> dt.date | None:
    try:
        if year:
            return dt.date(year + 2000 if year < 100 else year, month, day)
        this = dt.date(today.year, month, day)
        return this if this >= today else dt.date(today.year + 1, month, day)
    except ValueError:
        return None


def _by_weekday(by_day: dt.date | None, by_month: dt.date | None, name: str) -> bool | None:
    wanted = weekday_number(name.rstrip("."))
    fits = [each is not None and each.weekday() == wanted for each in (by_day, by_month)]
    return fits[0] if fits[0] != fits[1] else None


def _nearer(by_day: dt.date | None, by_month: dt.date | None, today: dt.date) -> bool | None:
    def within(day: dt.date | None, span: dt.timedelta) -> bool:
        return day is not None and dt.timedelta(0) <= day - today <= span

    if by_day == by_month:
        return None
    if within(by_day, _NEAR) and not within(by_month, _FAR):
        return True
    return False if within(by_month, _NEAR) and not within(by_day, _FAR) else None
