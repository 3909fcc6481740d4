"""What a language model points at, read again by our own rules.

A model supplies no value. It names words; where those stand in the mail's own new text, the rules
read them there, in their sentence. What they do not read, what they read otherwise, and what
stands beside a word that forbids it, counts as not stated.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from itertools import islice
from typing import Any, Protocol

from freight import places
from freight.extraction import commands, vetoes
from freight.extraction.containers import read_container
from freight.extraction.dates import Context, day_first, find_dates
from freight.extraction.found import Found, Reading
from freight.extraction.prompt import MAX_CHARACTERS
from freight.extraction.review import review_reasons
from freight.extraction.routes import Route, read_route
from freight.extraction.rules import MAX_CHARS
from freight.extraction.schedule import Schedule, read_schedule
from freight.extraction.text import (
    RETURN_LEG,
    Prepared,
    language_of,
    prepare,
    prepare_forwarded,
    sentence,
    speaks_of_past,
    without_codes,
)
from freight.extraction.weights import close, read_weight
from freight.fields import Container, Evidence, Source

MAX_QUOTE = 300
# a quote that stands more often tells nothing
MAX_OCCURRENCES = 5
# no cargo weighs more; with a number of any length arithmetic fails
MOST_KG = 10**9
# nobody books a sailing further ahead
HORIZON = dt.timedelta(days=400)


class Claim(Protocol):
    """One fact as a model reads it."""

    @property
    def quote(self) -> str: ...
    @property
    def value(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Page:
    """A text of the mail as a model may see it: without old mails and signature, these blanked.

    `text` is folded for the rules, `cased` has its own letters; offsets are the source's.
    """

    source: Source
    text: str
    cased: str
    language: str
    country: str
    schedule: Schedule
    route: Route


@dataclass(frozen=True, slots=True)
class Spot:
    """The words pointed at, `text[start:end]`, and their sentence; line ends within are blanks."""

    page: Page
    text: str
    cased: str
    start: int
    end: int
    first: int
    last: int
    today: dt.date

    @property
    def sentence(self) -> str:
        return self.text[self.first : self.last]

    @property
    def paragraph(self) -> str:
        """The lines around the words, up to an empty one on each side."""
        top = self.text.rfind("\n\n", 0, self.start)
        bottom = self.text.find("\n\n", self.end)
        return self.text[max(top, 0) : bottom if bottom >= 0 else len(self.text)]

    def touches(self, found: Found[Any] | None) -> bool:
        """Whether `found`, with offsets in the page, shares words with the spot."""
        return found is not None and found.start < self.end and self.start < found.end


def pages_of(
    sources: Sequence[Source],
    seen: Iterable[Evidence],
    *,
    today: dt.date,
    language: str,
    country: str = "",
) -> list[Page]:
    """The texts that a model is shown, the letter first: those that fit into one question.

    `seen`: where the rules have read. A source that only forwards a mail is shown with that mail.
    """
    pages: list[Page] = []
    read = list(seen)
    left = MAX_CHARACTERS
    for source in sources:
        prepared = _prepared(source, [one for one in read if one.source == source.name])
        if left > 0 and prepared.text.strip():
            pages.append(_page(source, prepared, today, language, country))
            left -= len(" ".join(prepared.text.split()))
    return pages


def _prepared(source: Source, seen: Sequence[Evidence]) -> Prepared:
    """The sender's own words; the mail that they forward where the rules read nothing in them."""
    text = commands.without(source.text[:MAX_CHARS])
    prepared = prepare(text)
    if any(prepared.text[one.start : one.end].strip() for one in seen):
        return prepared
    return prepare_forwarded(text) or prepared


def _page(source: Source, prepared: Prepared, today: dt.date, language: str, country: str) -> Page:
    plain = without_codes(prepared.text)
    spoken = language or language_of(prepared.text)
    return Page(
        source,
        plain,
        prepared.cased,
        spoken,
        country,
        read_schedule(plain, today=today, language=spoken, country=country),
        read_route(prepared.text, prepared.cased),
    )


def read_claims(
    claims: Mapping[str, Claim], pages: Sequence[Page], *, today: dt.date
) -> dict[str, tuple[Source, Found[Any]]]:
    """The facts that hold of those claimed, each with its source and the words of its value."""
    read = {name: _read_claim(name, claim, pages, today) for name, claim in claims.items()}
    return {name: answer for name, answer in read.items() if answer is not None}


def count_beside(
    page_of: Source, found: Found[Container], pages: Sequence[Page]
) -> Found[int] | None:
    """How many containers the sentence of `found` asks for, None where it does not say."""
    page = next(page for page in pages if page.source is page_of)
    first, last = sentence(page.text, found.start, found.end)
    return _moved(read_container(page.text[first:last])[1], first)


def _read_claim(
    name: str, claim: Claim, pages: Sequence[Page], today: dt.date
) -> tuple[Source, Found[Any]] | None:
    """The fact where each place that holds the quote says the same; None where one does not."""
    every = (spot for page in pages for spot in _spots(page, claim.quote, today))
    # each holds a copy of its text: no more of them than tell whether there are too many
    spots = list(islice(every, MAX_OCCURRENCES + 1))
    if not 0 < len(spots) <= MAX_OCCURRENCES:
        return None
    answers = [_reread(name, spot) for spot in spots]
    for answer in answers:
        if answer is None or not _agrees(name, answer.value, claim.value):
            return None
    first = answers[0]
    same = first is not None and all(other and other.value == first.value for other in answers)
    return (spots[0].page.source, first) if first is not None and same else None


def _spots(page: Page, quote: str, today: dt.date) -> Iterator[Spot]:
    """Where `quote` stands in the page, letter by letter but for white space, unblanked."""
    words = quote.split()
    if not words or len(quote) > MAX_QUOTE:
        return
    pattern = re.compile(r"\s+".join(map(re.escape, words)))
    for match in pattern.finditer(page.source.text[: len(page.text)]):
        start, end = match.span()
        if page.cased[start:end].split() != match.group().split():
            continue  # in an old mail, or in the signature
        text, cased = _on_one_line(page.text, start, end), _on_one_line(page.cased, start, end)
        yield Spot(page, text, cased, start, end, *sentence(text, start, end), today)


def _on_one_line(text: str, start: int, end: int) -> str:
    return text[:start] + text[start:end].replace("\n", " ") + text[end:]


def _reread(name: str, spot: Spot) -> Found[Any] | None:
    if vetoes.speaks_to_a_machine(spot.paragraph):
        return None
    back = RETURN_LEG.search(spot.text)
    if back and back.start() < spot.end:
        return None
    found = _READERS[name](spot)
    if found is None or vetoes.is_denied(spot.text, found.start, found.end):
        return None
    return None if speaks_of_past(spot.text, spot.first, found.start) else found


def _weight(spot: Spot) -> Found[Decimal] | None:
    if vetoes.is_other_weight(spot.text, (spot.first, spot.last)):
        return None
    found = _moved(read_weight(spot.sentence).found, spot.first)
    return found if spot.touches(found) else None


def _container(spot: Spot) -> Found[Container] | None:
    if "lcl" in review_reasons(spot.page.text):
        return None
    found = _moved(read_container(spot.sentence)[0].found, spot.first)
    return found if spot.touches(found) else None


def _etd(spot: Spot) -> Found[dt.date] | None:
    return _day("etd", spot, lambda schedule: (schedule.departure, schedule.arrival))


def _eta(spot: Spot) -> Found[dt.date] | None:
    return _day("eta", spot, lambda schedule: (schedule.arrival, schedule.departure))


def _day(
    name: str,
    spot: Spot,
    ends: Callable[[Schedule], tuple[Reading[dt.date], Reading[dt.date]]],
) -> Found[dt.date] | None:
    """The one day named in the spot: of the end `name` by the rules, or by what its words lean to
    where the rules tell nothing.
    """
    page = spot.page
    own, other = ends(
        read_schedule(spot.sentence, today=spot.today, language=page.language, country=page.country)
    )
    found = _moved(own.found, spot.first)
    if own.warning or spot.touches(ends(spot.page.schedule)[1].found):
        return None
    if found is None:
        if spot.touches(_moved(other.found, spot.first)) or vetoes.is_other_day(spot.sentence):
            return None
        if not vetoes.leans_to(name, spot.sentence):
            return None
    elif not spot.touches(found):
        return None  # the sentence names another day for this end
    return _dated(spot, found)


def _dated(spot: Spot, found: Found[dt.date] | None) -> Found[dt.date] | None:
    """The day of the spot, of `found` if given, as the whole text reads it: 5/12 in its manner."""
    language = spot.page.language
    order = day_first(spot.text, language, country=spot.page.country, today=spot.today)
    context = Context(spot.today, order, language in ("ko", "ja"))
    begin, end = (found.start, found.end) if found else (spot.start, spot.end)
    named = [
        mention
        for mention in find_dates(spot.text, context)
        if mention.start < end and begin < mention.end
    ]
    values = {mention.value for mention in named}
    value = named[0].value if named else None
    if len(values) != 1 or value is None or (found and found.value != value):
        return None
    if not spot.today <= value <= spot.today + HORIZON:
        return None
    return Found(value, named[0].start, named[0].end)


def _origin(spot: Spot) -> Found[str] | None:
    return _place("origin", spot, lambda route: (route.origin, route.destination))


def _destination(spot: Spot) -> Found[str] | None:
    return _place("destination", spot, lambda route: (route.destination, route.origin))


def _place(
    name: str, spot: Spot, ends: Callable[[Route], tuple[Reading[str], Reading[str]]]
) -> Found[str] | None:
    """The one place named in the spot: of the end `name` by the rules, or by what its words lean
    to where the rules tell nothing.
    """
    route = read_route(spot.sentence, spot.cased[spot.first : spot.last])
    own, other = ends(route)
    if own.warning or route.several or spot.touches(ends(spot.page.route)[1].found):
        return None
    if own.found:
        found = _moved(own.found, spot.first)
        return found if spot.touches(found) else None
    if spot.touches(_moved(other.found, spot.first)) or not vetoes.leans_to(name, spot.sentence):
        return None
    found = _only_place(spot)
    if found is None or vetoes.is_on_the_way(spot.text, found.start, found.end):
        return None
    return found


def _only_place(spot: Spot) -> Found[str] | None:
    named = [
        match
        for match in places.find(spot.cased)
        if spot.start <= match.start and match.end <= spot.end
    ]
    beside = {match.locodes for match in places.find(spot.cased[spot.first : spot.last])}
    if len(beside) > 1:
        return None
    codes = set.intersection(*(set(match.locodes) for match in named)) if named else set()
    return Found(codes.pop(), named[0].start, named[-1].end) if len(codes) == 1 else None


def _moved(found: Found[Any] | None, by: int) -> Found[Any] | None:
    return replace(found, start=found.start + by, end=found.end + by) if found else None


_READERS: dict[str, Callable[[Spot], Found[Any] | None]] = {
    "gross_weight_kg": _weight,
    "container": _container,
    "etd": _etd,
    "eta": _eta,
    "origin": _origin,
    "destination": _destination,
}


def _agrees(name: str, value: Any, claimed: str) -> bool:
    """Whether the model means what our rules have read; a city that we do not know says nothing."""
    if name == "gross_weight_kg":
        number = _number(claimed)
        return number is not None and close(number, value)
    if name in ("etd", "eta"):
        return claimed.strip() == value.isoformat()
    if name == "container":
        return claimed.strip().lower() == value.lower() or _says(claimed, value)
    codes = {place.locode for place in places.lookup(claimed)} or {claimed.strip().upper()}
    return value in codes or not any(places.get(code) for code in codes)


def _says(claimed: str, value: Container) -> bool:
    found = read_container(prepare(claimed[:MAX_QUOTE]).text)[0].found
    return found is not None and found.value is value


def _number(claimed: str) -> Decimal | None:
    try:
        number = Decimal(claimed.strip().lower().removesuffix("kg").strip().replace(",", ""))
    except InvalidOperation:
        return None
    return number if number.is_finite() and 0 < number < MOST_KG else None
