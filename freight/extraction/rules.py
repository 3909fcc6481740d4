"""The facts of one text by rules, and how several texts of a mail are put together."""

import datetime as dt
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from freight.extraction import commands, ends
from freight.extraction.containers import read_container
from freight.extraction.found import Found, Reading
from freight.extraction.numbers import read_order_number
from freight.extraction.review import review_reasons
from freight.extraction.routes import read_route
from freight.extraction.schedule import read_schedule
from freight.extraction.tables import transpose
from freight.extraction.text import (
    Prepared,
    language_of,
    prepare,
    prepare_forwarded,
    prepare_older,
    says_unchanged,
    without_codes,
)
from freight.extraction.weights import close, read_weight
from freight.fields import FACT_NAMES, Container, Evidence, Extraction, Facts, Source

METHOD = "rules"
# a mail is read to here; a longer one is a document, and every reader's time grows with its length
MAX_CHARS = 30_000
# a source of this name is a mail with the mails that it quotes, of which those alone are read
THREAD = "thread"


@dataclass(frozen=True, slots=True)
class SourceReading:
    """What one source says: a reading for each fact, how many containers, what needs a person.

    words: what was read of it. rest: places whose end it does not tell.
    """

    source: Source
    facts: dict[str, Reading[Any]]
    containers: Found[int] | None
    review: tuple[str, ...]
    order_number: Found[str] | None
    words: str = ""
    language: str = ""
    rest: tuple[Found[tuple[str, ...]], ...] = ()

    def states_something(self) -> bool:
        """Whether any fact or an open question about one was found."""
        return any(reading.found or reading.warning for reading in self.facts.values())


def read_source(
    source: Source,
    *,
    today: dt.date,
    language: str,
    country: str = "",
    boxes: int | None = None,
) -> SourceReading:
    """The facts that `source` states in its newest words, else in the mail that it forwards.

    boxes: how many containers another source names, for a weight of each.
    """
    text = commands.without(source.text[:MAX_CHARS])
    if source.name == THREAD:
        return _read_thread(
            replace(source, text=text), today=today, language=language, country=country
        )
    prepared = prepare(text)
    reading = _with_tables(
        _read(source, prepared, today=today, language=language, country=country, boxes=boxes),
        prepared,
        today,
        language,
        country,
    )
    if reading.states_something():
        return reading
    forwarded = prepare_forwarded(text)
    return (
        _read(source, forwarded, today=today, language=language, country=country)
        if forwarded
        else reading
    )


def _read_thread(source: Source, *, today: dt.date, language: str, country: str) -> SourceReading:
    """What the mails quoted in `source` state, the newest first; no day that counts from theirs."""
    facts: dict[str, Reading[Any]] = {name: Reading() for name in FACT_NAMES}
    containers: Found[int] | None = None
    for older in prepare_older(source.text):
        reading = _read(source, older, today=today, language=language, country=country)
        later = _read(
            source, older, today=today + dt.timedelta(days=9), language=language, country=country
        )
        for name, answer in reading.facts.items():
            if facts[name].found or facts[name].warning or answer != later.facts[name]:
                continue
            facts[name] = answer
            containers = reading.containers if name == "container" else containers
    return SourceReading(source, facts, containers, (), None)


def _read(
    source: Source,
    prepared: Prepared,
    *,
    today: dt.date,
    language: str,
    country: str,
    boxes: int | None = None,
) -> SourceReading:
    plain = without_codes(prepared.text)
    language = language or language_of(prepared.text)
    container, containers = read_container(plain)
    route = read_route(prepared.text, prepared.cased)
    schedule = read_schedule(plain, today=today, language=language, country=country)
    review = review_reasons(prepared.text)
    if "lcl" in review:
        container = Reading(warning="container_lcl")
    return SourceReading(
        source=source,
        facts={
            "gross_weight_kg": read_weight(plain, boxes=boxes),
            "container": container,
            "etd": schedule.departure,
            "eta": schedule.arrival,
            "origin": route.origin,
            "destination": route.destination,
        },
        containers=containers,
        review=(*review, "several_shipments") if route.several else review,
        order_number=read_order_number(prepared.cased),
        words=prepared.text,
        language=language,
        rest=route.rest,
    )


def _with_tables(
    reading: SourceReading, prepared: Prepared, today: dt.date, language: str, country: str
) -> SourceReading:
    """`reading`, with what its tables say more plainly: a header may stand far above its value."""
    table = transpose(prepared.cased, commas=_is_attachment(reading.source.name))
    if table is None:
        return reading
    lines = _read(
        reading.source, prepare(table.text), today=today, language=language, country=country
    )
    facts = dict(reading.facts)
    for name, answer in lines.facts.items():
        found = table.back(answer.found) if answer.found else None
        own = facts[name].found
        if found and not facts[name].warning and (own is None or own.rank < found.rank):
            facts[name] = Reading(found)
    return replace(reading, facts=facts)


def merge(readings: Sequence[SourceReading]) -> Extraction:
    """One answer from readings in the order of their sources.

    The body comes before the subject, both before attachments, and what the mail quotes last: it
    fills in what the new words leave out. What body and attachment say differently stays open.
    """
    readings = [each for each in readings if each.source.name != THREAD or _goes_on(readings)]
    ordered = sorted(readings, key=lambda reading: _precedence(reading.source.name))
    chosen: dict[str, tuple[Source, Found[Any]]] = {}
    warnings: list[str] = []
    own = [reading for reading in ordered if reading.source.name != THREAD]
    for name in FACT_NAMES:
        answer, notes = _choose(name, [(reading, reading.facts[name]) for reading in own])
        warnings += notes
        if answer is not None:
            chosen[name] = answer
    chosen |= _remaining_ends(own, chosen, warnings)
    for name in FACT_NAMES:
        quoted = [r for r in ordered if r.source.name == THREAD and r.facts[name].found]
        found = quoted[0].facts[name].found if quoted else None
        if found and name not in chosen and not _is_open(name, warnings):
            chosen[name] = quoted[0].source, found
    warnings += _without_circles(chosen)
    values = {name: found.value for name, (_, found) in chosen.items()}
    evidence = {name: evidence_of(source, found) for name, (source, found) in chosen.items()}
    review = tuple(dict.fromkeys(reason for reading in ordered for reason in reading.review))
    counted = _containers(ordered, evidence)
    if counted is not None:
        evidence["containers"] = evidence_of(*counted)
    # ours in the subject before a purchase order in the body; the body first where both name alike
    number = max(
        (r for r in own if r.order_number and not _is_attachment(r.source.name)),
        key=lambda r: r.order_number.rank if r.order_number else 0,
        default=None,
    )
    return Extraction(
        facts=Facts(**values, containers=counted[1].value if counted else None),
        evidence=evidence,
        order_number=number.order_number.value if number and number.order_number else None,
        order_number_evidence=evidence_of(number.source, number.order_number)
        if number and number.order_number
        else None,
        review=review,
        warnings=tuple(dict.fromkeys(warnings)),
    )


def evidence_of(source: Source, found: Found[Any]) -> Evidence:
    """The words of `source` that `found` was read from."""
    return Evidence(
        source.text[found.start : found.end],
        source.name,
        found.start,
        found.end,
        METHOD,
        manner=str(found.rank),
    )


def _precedence(name: str) -> int:
    return {"body": 0, "subject": 1, THREAD: 3}.get(name, 2)


def _is_attachment(name: str) -> bool:
    return name.startswith("attachment:")


def _goes_on(readings: Sequence[SourceReading]) -> bool:
    """Whether the new words go on with the quoted request; a way of their own is another one."""
    body = next((each for each in readings if each.source.name == "body"), None)
    if body is None or says_unchanged(body.words):
        return body is not None
    return not (body.facts["origin"].found and body.facts["destination"].found)


def _is_open(name: str, warnings: Sequence[str]) -> bool:
    return any(warning.startswith(f"{name}:") for warning in warnings)


def _remaining_ends(
    readings: Sequence[SourceReading],
    chosen: dict[str, tuple[Source, Found[Any]]],
    warnings: Sequence[str],
) -> dict[str, tuple[Source, Found[Any]]]:
    """Origin or destination where the mail names one other place and does not say what it is."""
    letter = [each for each in readings if each.source.name in ("body", "subject")]
    if not letter:
        return {}
    named = [ends.Named(each.source, each.words, letter[0].language, each.rest) for each in letter]
    known = {name: chosen[name][1].value if name in chosen else None for name in ends.NAMES}
    return ends.by_elimination(known, {n for n in ends.NAMES if _is_open(n, warnings)}, named)


def _without_circles(chosen: dict[str, tuple[Source, Found[Any]]]) -> list[str]:
    """Warnings, with both ends taken out of `chosen` where they are one place."""
    if not all(name in chosen for name in ends.NAMES):
        return []
    first, last = (chosen[name][1].value for name in ends.NAMES)
    if first != last:
        return []
    for name in ends.NAMES:
        del chosen[name]
    return [f"{name}:same_place" for name in ends.NAMES]


def _choose(
    name: str, stated: Sequence[tuple[SourceReading, Reading[Any]]]
) -> tuple[tuple[Source, Found[Any]] | None, list[str]]:
    """The first source's answer; none where it left the fact open or an attachment differs."""
    chosen: tuple[Source, Found[Any]] | None = None
    warnings: list[str] = []
    is_open = False
    for reading, answer in stated:
        if answer.warning:
            warnings.append(answer.warning if ":" in answer.warning else f"{name}:{answer.warning}")
            is_open = is_open or chosen is None
        elif answer.found is not None and chosen is None and not is_open:
            chosen = (reading.source, answer.found)
        elif (
            answer.found is not None
            and chosen is not None
            and _differs(name, chosen[1].value, answer.found.value)
        ):
            if _refines(chosen[1].value, answer.found.value):
                chosen = (reading.source, answer.found)
            elif _is_attachment(reading.source.name):
                return None, [*warnings, f"{name}:conflict"]
    return (None if is_open else chosen), warnings


def _differs(name: str, first: Any, second: Any) -> bool:
    return not close(first, second) if name == "gross_weight_kg" else bool(first != second)


def _refines(first: Any, second: Any) -> bool:
    """Whether the second says the same more exactly: a 40ft that is a high cube."""
    return first is Container.FT40 and second is Container.FT40HC


def _containers(
    readings: Sequence[SourceReading], evidence: dict[str, Evidence]
) -> tuple[Source, Found[int]] | None:
    """The number of containers, of the source that named the size first; None where not said."""
    named = evidence["container"].source if "container" in evidence else None
    counted = [
        (reading.source, reading.containers)
        for reading in readings
        if reading.containers
        and (reading.source.name == named or reading.source.name in ("body", "subject"))
    ]
    return max(counted, key=lambda one: one[1].value, default=None)


def read_all(
    sources: Sequence[Source],
    *,
    today: dt.date,
    language: str,
    country: str = "",
    deadline: float | None = None,
) -> Iterator[SourceReading]:
    """Readings of the sources, in the order given; none is begun after the monotonic `deadline`."""
    boxes = _boxes_of_subject(sources)
    for source in sources:
        if deadline is not None and time.monotonic() >= deadline:
            return
        told = boxes if source.name == "body" else None
        yield read_source(source, today=today, language=language, country=country, boxes=told)


def _boxes_of_subject(sources: Sequence[Source]) -> int | None:
    """How many containers the subject names; None where it names none."""
    subject = next((one.text for one in sources if one.name == "subject"), "")
    own = commands.without(subject[:MAX_CHARS])
    _, said = read_container(without_codes(prepare(own).text))
    return said.value if said else None
