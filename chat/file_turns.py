"""The answer to a file: what was found in it, or why it could not be read. Pure."""

import datetime as dt
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from chat import catalogue, dialogue
from chat.dialogue import Situation, Turn
from chat.reading import Reader
from chat.spoken import LEFT_TO_A_PERSON, spoken, why
from chat.uploads import ReadFile
from freight.extraction import extract
from freight.fields import FACT_NAMES, Extraction, Source

# reading facts: a customer waits, and others wait behind the same worker
SECONDS = 8.0


def read_facts(sources: Sequence[Source], *, today: dt.date, language: str) -> Extraction:
    """The facts of a file's texts, from as many of them as there is time for."""
    deadline = time.monotonic() + SECONDS
    return extract(sources, today=today, language=language, deadline=deadline)


def turn(situation: Situation, file: ReadFile, read: Reader = read_facts) -> Turn:
    """The answer to a file: it fills in what is missing, and what is known its customer changes."""
    if situation.stage == "closed":
        closed = spoken(situation.language, "file_closed", name=file.name)
        return replace(_only(situation, closed), person=True)
    if file.reason:
        reason = why(situation.language, file.reason)
        said = spoken(situation.language, "file_refused", name=file.name, why=reason)
        answer = _only(situation, said, *dialogue.restate(situation))
        return replace(answer, person=file.reason in LEFT_TO_A_PERSON)
    found = read(file.sources, today=situation.today, language=situation.language)
    fresh = _missing_only(found, situation)
    differing = _differing(found, situation)
    if not fresh.evidence:
        nothing = spoken(situation.language, "file_nothing", name=file.name)
        said = differing or nothing
        answer = _only(situation, said, *dialogue.restate(situation))
        return replace(answer, review=found.review)
    return _taken_up(situation, file, fresh, differing)


def _taken_up(situation: Situation, file: ReadFile, fresh: Extraction, differing: str) -> Turn:
    """The turn of a message that says what was found in the file."""
    answer = dialogue.take_up(situation, fresh)
    pictured = any(seen.source in file.pictures for seen in fresh.evidence.values())
    key = "file_picture" if pictured else "file_read"
    head = spoken(situation.language, key, name=file.name)
    said = "\n".join(part for part in (head, differing) if part)
    return replace(answer, replies=(said, *answer.replies))


def _only(situation: Situation, *replies: str) -> Turn:
    """A turn that changes nothing."""
    return Turn(tuple(replies), situation.language, situation.pending, situation.memory)


def _missing_only(found: Extraction, situation: Situation) -> Extraction:
    """`found` without the facts that are known already."""
    known = {name for name, _ in situation.told.stated()}
    if situation.told.containers is not None:
        known.add("containers")
    dropped: Any = {name: None for name in (*FACT_NAMES, "containers") if name in known}
    left = {name: seen for name, seen in found.evidence.items() if name not in known}
    return replace(found, facts=replace(found.facts, **dropped), evidence=left)


def _differing(found: Extraction, situation: Situation) -> str:
    """A line for each fact that the file states in another way than it is known."""
    language, known = situation.language, situation.told
    names = [name for name, _ in known.stated() if name in found.evidence]
    lines = [
        spoken(
            language,
            "file_differs",
            label=catalogue.label(language, name),
            value=catalogue.value(language, found.facts, name),
            known=catalogue.value(language, known, name),
        )
        for name in names
        if getattr(found.facts, name) != getattr(known, name)
    ]
    return "\n".join(lines)
