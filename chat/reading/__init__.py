"""The facts of one chat message: what the extractor reads, and bare answers to the question.

In this order: what states nothing is blanked (`moods`), and so is what is taken back
(`corrections`); the extractor reads the rest; then days told by other days (`shifts`), and bare
answers to what was asked (`bare`, `ends`). A fact is read only where the words are the customer's.
"""

from dataclasses import replace

from chat.reading import bare, corrections, ends, kana, moods, shifts
from chat.reading.values import (
    CARGO,
    DATES,
    ENDS,
    Found,
    Question,
    Reader,
    Reading,
    blank,
    evidence,
    stated,
    without,
)
from freight import places
from freight.extraction.text import simplified
from freight.fields import Extraction, Source

__all__ = ["Question", "Reader", "Reading", "read_message"]
# a longer message is a letter: nothing in it is a bare answer
MAX_BARE = 80


def read_message(source: Source, question: Question, read: Reader) -> Reading:
    """The facts of one message; each one's evidence lies in its text."""
    plain = kana.spelled(source.text)
    if plain.text == source.text:
        return _read_message(source, question, read)
    reading = _read_message(replace(source, text=plain.text), question, read)
    return kana.put_back(reading, plain, source)


def _read_message(source: Source, question: Question, read: Reader) -> Reading:
    cased = ends.readable(source.text) if len(source.text) <= MAX_BARE else source.text
    plain = moods.without_unsaid(simplified(cased), cased)
    told = corrections.without_rejected(plain, _cased(cased, plain), question)
    asking = replace(question, asked=told.fact) if told.fact else question
    swapped = corrections.swapped(told.text, question)
    moved = shifts.read(told.text, asking)
    text = ends.without_change(told.text, cased)
    for start, end in (*shifts.stretches(text), *((one.start, one.end) for one in moved)):
        text = blank(text, start, end)
    found = _extracted(source, text, asking, read)
    if moved:
        found = stated(
            without(found, *(n for n in DATES if n not in found.evidence)), source, *moved
        )
    if swapped:
        return Reading(stated(found, source, *swapped))
    return _answered(_Message(source, text, _cased(cased, text), asking, bool(told.fact)), found)


def _cased(cased: str, masked: str) -> str:
    """`cased` with blanks where `masked` has them."""
    return "".join(raw if seen != " " else " " for raw, seen in zip(cased, masked, strict=True))


def _extracted(source: Source, text: str, question: Question, read: Reader) -> Extraction:
    """What the extractor reads in `text`, the message with blanks; quotes are the message's."""
    masked = _cased(ends.readable(source.text), text)
    found = read([Source(source.name, masked)], today=question.today, language=question.language)
    quoted = {
        name: replace(seen, quote=source.text[seen.start : seen.end])
        for name, seen in found.evidence.items()
    }
    return replace(found, evidence=quoted)


class _Message:
    """One message on its way: its own words, what of them states something, and the question."""

    __slots__ = ("cased", "corrects", "question", "source", "text")

    def __init__(
        self, source: Source, text: str, cased: str, question: Question, corrects: bool
    ) -> None:
        self.source, self.text, self.cased = source, text, cased
        self.question, self.corrects = question, corrects

    @property
    def is_short(self) -> bool:
        return len(self.text.strip()) <= MAX_BARE


def _answered(message: _Message, found: Extraction) -> Reading:
    """`found` with the bare answers of the message, and what is doubtful or unknown in it."""
    found = _without_departure(message, _with_cargo(message, found))
    reading = _with_days(message, found) if message.is_short else Reading(found)
    return _with_ends(message, reading)


def _spans(found: Extraction, *but: str) -> list[tuple[int, int]]:
    return [(seen.start, seen.end) for name, seen in found.evidence.items() if name not in but]


def _with_cargo(message: _Message, found: Extraction) -> Extraction:
    text, question = message.text, message.question
    if more := bare.added_weight(text, question):
        return stated(found, message.source, more)
    if found.facts.gross_weight_kg is None:
        item = bare.labelled_weight(text)
        if item is None and question.asked == "gross_weight_kg" and message.is_short:
            item = bare.weight(text)
            if item:
                found = without(found, *DATES)
        if item and not bare.overlap(item, _spans(found)):
            found = stated(found, message.source, item)
    if message.corrects and question.asked == "containers" and found.facts.containers is None:
        found = stated(found, message.source, *filter(None, (bare.bare_count(text),)))
    if question.asked == "container" and message.is_short and _is_free(found, *CARGO):
        found = stated(found, message.source, *bare.container(text))
    if found.facts.containers is None and (count := bare.count(text, question)):
        found = stated(found, message.source, count)
    return found


def _is_free(found: Extraction, *names: str) -> bool:
    """Whether nothing else than `names` was read."""
    return all(name in names for name in found.evidence)


def _with_days(message: _Message, found: Extraction) -> Reading:
    text, question = message.text, message.question
    dated = [name for name in DATES if name in found.evidence]
    if len(dated) < 2 and {*DATES} & {*question.open, question.asked}:
        both = bare.both_days(text, question)
        if both:
            return Reading(stated(found, message.source, *both))
    if message.corrects and not dated and (left := bare.corrected_day(text, question)):
        return Reading(stated(found, message.source, left))
    if question.asked in DATES and question.asked not in dated:
        item = bare.day(text, question) or (None if dated else bare.led_day(text, question))
        if item and not bare.overlap(item, _spans(found, *DATES)):
            item = bare.rolled(text, item, question)
            return Reading(stated(without(found, *DATES), message.source, item))
    if question.asked not in DATES and not _past(found):
        return _doubtful_day(message, found)
    if found.facts.eta and "etd" not in dated:
        seen = found.evidence["eta"]
        item = Found("eta", found.facts.eta, seen.start, seen.end)
        found = stated(found, message.source, bare.rolled(text, item, question))
    return Reading(found)


def _without_departure(message: _Message, found: Extraction) -> Extraction:
    """`found`, where a day that no word of departure names changes none that is known: the arrival
    was asked for.
    """
    question = message.question
    if question.asked != "eta" or question.told.etd is None or message.corrects:
        return found
    if found.facts.etd is None or found.facts.eta is not None:
        return found
    return found if bare.names_departure(message.text) else without(found, "etd")


def _past(found: Extraction) -> bool:
    return any(warning.endswith(":date_past") for warning in found.warnings)


def _doubtful_day(message: _Message, found: Extraction) -> Reading:
    """A bare day that nobody asked for: departure or arrival."""
    named = bare.days(message.text, message.question)
    if len(named) != 1 or named[0].value is None or not _is_free(found, *DATES):
        return Reading(found)
    seen = evidence(message.source, Found("etd", named[0].value, named[0].start, named[0].end))
    found = without(found, *DATES)
    return Reading(
        replace(found, evidence={**found.evidence, "etd": seen}),
        doubtful=(("etd", DATES),),
        day=named[0].value,
    )


def _with_ends(message: _Message, reading: Reading) -> Reading:
    found, question = reading.extraction, message.question
    named = ends.alone(message.cased, message.text) if message.is_short else []
    if both := ends.pair(named):
        if not (found.facts.origin and found.facts.destination):
            found = stated(found, message.source, *both)
        return replace(reading, extraction=found)
    item = (
        None if message.corrects and named else ends.labelled(message.cased, message.text, question)
    )
    if item and not (found.facts.origin and found.facts.destination):
        found = stated(without(found, *ENDS), message.source, item)
        return _with_unknown(message, replace(reading, extraction=found))
    days = {name: seen.end for name, seen in found.evidence.items() if name in DATES}
    if beside := ends.of_dates(message.cased, message.text, days, question):
        untold = [one for one in beside if getattr(found.facts, one.name) is None]
        found = stated(found, message.source, *untold)
        return _with_unknown(message, replace(reading, extraction=found))
    if len(named) == 1:
        return _with_bare_place(message, reading, named[0])
    if _is_elsewhere(message, found):
        place = places.find(message.cased)[0]
        found = stated(
            without(found, *ENDS),
            message.source,
            Found(question.asked or "", place.locodes[0], place.start, place.end),
        )
    return _with_unknown(message, replace(reading, extraction=found))


def _is_elsewhere(message: _Message, found: Extraction) -> bool:
    """Whether one place stands in a short answer, of some more words, to the question for one."""
    named = places.find(message.cased)
    asked = message.question.asked
    return (
        asked in ENDS
        and len(message.text.strip()) <= 40
        and len(named) == 1
        and len(named[0].locodes) == 1
        and named[0].known
        and not (found.facts.origin or found.facts.destination)
    )


def _with_bare_place(message: _Message, reading: Reading, match: places.PlaceMatch) -> Reading:
    found, question = without(reading.extraction, *ENDS), message.question
    name, sure = ends.asked_end(question)
    if name is None:
        name, sure = ends.end_of_country(match.locodes, question), False
    if name is None:
        return replace(reading, extraction=found)
    item = Found(name, match.locodes[0], match.start, match.end)
    if sure and len(match.locodes) == 1:
        return replace(reading, extraction=stated(found, message.source, item))
    return _doubted(message, replace(reading, extraction=found), item, match.locodes)


def _doubted(message: _Message, reading: Reading, item: Found, choices: tuple[str, ...]) -> Reading:
    seen = {**reading.extraction.evidence, item.name: evidence(message.source, item)}
    return replace(
        reading,
        extraction=replace(reading.extraction, evidence=seen),
        doubtful=(*reading.doubtful, (item.name, choices)),
    )


def _with_unknown(message: _Message, reading: Reading) -> Reading:
    """With places that we do not serve; a slip of the pen in a place that was asked for is
    doubtful.
    """
    facts, question = reading.extraction.facts, message.question
    taken = {name for name in ENDS if getattr(facts, name) is not None}
    told = list(ends.unknown(message.cased, question, taken))
    if not (message.corrects or ends.corrects(message.text)):
        told = [one for one in told if ends.is_open(one[0], question)]
    name, _ = ends.asked_end(question)
    if not told and question.asked in ENDS and not reading.extraction.evidence and name:
        alone = ends.bare_name(message.cased, message.text)
        if alone and not places.find(message.cased):
            told = [(name, alone[0], alone[1])]
    for end, written, start in told:
        near = places.misspelt(written) if question.asked in ENDS and message.is_short else None
        if near:
            item = Found(end, near.locode, start, start + len(written))
            reading = _doubted(message, reading, item, (near.locode,))
        else:
            reading = replace(reading, unknown=(*reading.unknown, (end, written)))
    return reading
