"""The conversation as a function: what is known and what was said in, what to answer out. Pure."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from chat import catalogue, intents
from chat.reading import Question, Reader, Reading, read_message
from freight import verification
from freight.fields import FACT_NAMES, Evidence, Facts, Source

CLOSED = ("quoted", "ordered", "expired", "declined")


@dataclass(frozen=True, slots=True)
class Pending:
    """Facts that were told but not confirmed yet, each with its evidence."""

    facts: Facts = field(default_factory=Facts)
    evidence: Mapping[str, Evidence] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return any(True for _ in self.facts.stated()) or self.facts.containers is not None


@dataclass(frozen=True, slots=True)
class Situation:
    """Where a conversation stands; `status` is the request's, `review` why a person must look."""

    language: str
    number: str
    facts: Facts
    pending: Pending
    status: str
    today: dt.date
    review: tuple[str, ...] = ()

    @property
    def told(self) -> Facts:
        """The stored facts with the pending ones laid over them."""
        return overlaid(self.facts, self.pending.facts)

    def open(self, facts: Facts | None = None) -> tuple[str, ...]:
        """Names of the facts that are missing or do not fit, in the order they are asked for."""
        wrong = {p.field for p in verification.problems(facts or self.told, today=self.today)}
        return tuple(name for name in FACT_NAMES if name in wrong)


@dataclass(frozen=True, slots=True)
class Turn:
    """What to say and what changes. `confirmed` holds the facts to be stored now."""

    replies: tuple[str, ...]
    language: str
    pending: Pending
    confirmed: Pending | None = None
    review: tuple[str, ...] = ()


def overlaid(below: Facts, above: Facts) -> Facts:
    """`below` with every stated fact of `above` in its place."""
    containers = below.containers if above.containers is None else above.containers
    return replace(below, **dict(above.stated()), containers=containers)


def greet(situation: Situation) -> tuple[str, ...]:
    """The first words to a customer: a greeting, and what is missing, numbered."""
    hello = catalogue.say(situation.language, "greeting", number=situation.number)
    return (hello, *restate(situation))


def restate(situation: Situation) -> tuple[str, ...]:
    """What the customer is expected to do next, in the situation's language."""
    language = situation.language
    if situation.status in CLOSED or not (situation.pending or situation.open()):
        return (_status(situation),)
    if situation.pending:
        return (_confirm(situation),)
    return (_ask(language, situation.open(), situation.today),)


def welcome_back(situation: Situation, since: dt.date) -> str:
    """One line for somebody who comes back: what is still open since that day."""
    language, day = situation.language, catalogue.date(situation.language, since)
    if situation.status in CLOSED or not (situation.pending or situation.open()):
        return _status(situation)
    if situation.pending:
        return catalogue.say(language, "welcome_back_confirm", since=day)
    names = ", ".join(catalogue.label(language, name) for name in situation.open())
    return catalogue.say(language, "welcome_back", since=day, items=names)


def turn(situation: Situation, source: Source, read: Reader) -> Turn:
    """The answer to one message of the customer."""
    situation = replace(situation, language=intents.language_of(source.text, situation.language))
    if situation.status in CLOSED:
        return _stay(situation, _status(situation))
    if situation.pending and intents.says_yes(source.text):
        return Turn((), situation.language, Pending(), confirmed=situation.pending)
    if situation.pending and intents.says_no(source.text):
        return _reset(situation)
    open_names = situation.open()
    asked = open_names[0] if open_names else None
    question = Question(asked, open_names, situation.language, situation.today)
    reading = read_message(source, question, read)
    news = _news(situation.told, reading)
    if news:
        return _heard(situation, news, reading)
    return _without_facts(situation, source.text, reading)


def after_saving(situation: Situation) -> tuple[str, ...]:
    """What to say once the confirmed facts are stored; `situation` is the one afterwards."""
    language = situation.language
    if situation.status == "quoted":
        return (catalogue.say(language, "quoted"),)
    if not situation.open():
        return (catalogue.say(language, "by_staff"),)
    saved = catalogue.say(language, "saved")
    wrong = _problems(situation, situation.facts)
    return ("\n".join([saved, *wrong]), _ask(language, situation.open(), situation.today))


def _news(told: Facts, reading: Reading) -> Pending:
    """What the message says that was not known, or is not what was known."""
    found, evidence = reading.extraction.facts, reading.extraction.evidence
    fresh = {n: v for n, v in found.stated() if n in evidence and v != getattr(told, n)}
    counted = evidence.get("containers") or evidence.get("container")  # "2 x 40ft" says both
    if counted and found.containers is not None and found.containers != told.containers:
        fresh["containers"] = found.containers
        evidence = {**evidence, "containers": counted}
    return Pending(Facts(**fresh), {n: e for n, e in evidence.items() if n in fresh})


def _heard(situation: Situation, news: Pending, reading: Reading) -> Turn:
    """Take the news up, say what does not fit, and ask whether the rest is right."""
    pending = Pending(
        overlaid(situation.pending.facts, news.facts),
        {**situation.pending.evidence, **news.evidence},
    )
    replies = _refused(situation, reading)
    wrong = _problems(situation, overlaid(situation.facts, pending.facts))
    pending = _without_wrong(situation, pending)
    after = replace(situation, pending=pending)
    replies += ["\n".join(wrong)] if wrong else []
    replies += [_confirm(after)] if pending else [_ask(after.language, after.open(), after.today)]
    return Turn(tuple(replies), after.language, pending, review=reading.extraction.review)


def _without_wrong(situation: Situation, pending: Pending) -> Pending:
    """The pending facts without those that cannot be."""
    told = overlaid(situation.facts, pending.facts)
    wrong = {p.field for p in verification.problems(told, today=situation.today)}
    dropped: Any = {name: None for name in (*FACT_NAMES, "containers") if name in wrong}
    facts = replace(pending.facts, **dropped)
    return Pending(facts, {n: e for n, e in pending.evidence.items() if n not in wrong})


def _problems(situation: Situation, facts: Facts) -> list[str]:
    """A sentence for each stated fact that cannot be."""
    return [
        catalogue.problem(situation.language, p.field, p.code)
        for p in verification.problems(facts, today=situation.today)
        if p.field in FACT_NAMES and getattr(facts, p.field) is not None
    ]


def _without_facts(situation: Situation, text: str, reading: Reading) -> Turn:
    language = situation.language
    refused = _refused(situation, reading)
    if refused:
        return _stay(situation, *refused, review=reading.extraction.review)
    if intents.asks_status(text):
        return _stay(situation, _status(situation), *_next(situation))
    if any(True for _ in reading.extraction.facts.stated()):
        return _stay(situation, catalogue.say(language, "already"), *_next(situation))
    if situation.pending:
        return _stay(situation, _repeat(situation))
    if intents.says_hello(text):
        return _stay(situation, *restate(situation))
    return _stay(situation, catalogue.say(language, "other"), *_next(situation))


def _refused(situation: Situation, reading: Reading) -> list[str]:
    """Words about what we cannot take: an unserved place, a day that has passed, cargo that a
    person must look at.
    """
    language, replies = situation.language, []
    if reading.unknown_place:
        place = reading.unknown_place
        replies.append(catalogue.say(language, "unsupported_place", place=place))
    replies += [
        catalogue.problem(language, name, "past")
        for name in ("etd", "eta")
        if f"{name}:date_past" in reading.extraction.warnings
    ]
    if set(reading.extraction.review) - set(situation.review):
        replies.append(catalogue.say(language, "by_colleague"))
    return replies


def _reset(situation: Situation) -> Turn:
    after = replace(situation, pending=Pending())
    replies = (catalogue.say(after.language, "reset"), *_next(after))
    return Turn(replies, after.language, Pending())


def _stay(situation: Situation, *replies: str, review: tuple[str, ...] = ()) -> Turn:
    """An answer that changes nothing but, perhaps, the language."""
    return Turn(replies, situation.language, situation.pending, review=review)


def _next(situation: Situation) -> tuple[str, ...]:
    """The confirmation or the question that is still open, if one is."""
    if situation.pending:
        return (_confirm(situation),)
    names = situation.open()
    return (_ask(situation.language, names, situation.today),) if names else ()


def _ask(language: str, names: tuple[str, ...], today: dt.date) -> str:
    """All that is open as a numbered list, and the first of it as a question."""
    if not names:
        return ""
    if len(names) == 1:
        return catalogue.question(language, names[0], today)
    needed = [catalogue.say(language, "needed"), catalogue.numbered(language, names)]
    first = catalogue.question(language, names[0], today)
    return "\n".join([*needed, "", first, catalogue.say(language, "several_at_once")])


def _confirm(situation: Situation) -> str:
    return _listed(situation, "understood", situation.pending.facts)


def _repeat(situation: Situation) -> str:
    return _listed(situation, "yes_or_no", situation.told)


def _listed(situation: Situation, key: str, facts: Facts) -> str:
    language = situation.language
    if facts.container is not None or facts.containers is not None:
        # size and number make one line, and "make it 2" changes the number alone
        told = situation.told
        facts = replace(facts, container=told.container, containers=told.containers)
    lines = catalogue.listed(language, facts)
    return "\n".join(
        [catalogue.say(language, key), lines, "", catalogue.say(language, "is_this_right")]
    )


def _status(situation: Situation) -> str:
    """How far the request is, in one sentence."""
    known = len(FACT_NAMES) - len(situation.facts.missing())
    key = {
        "quoted": "status_quoted",
        "ordered": "status_ordered",
        "expired": "status_closed",
        "declined": "status_closed",
    }.get(situation.status, "status_open")
    if key == "status_open" and not situation.open(situation.facts):
        key = "status_confirmed"
    return catalogue.say(situation.language, key, number=situation.number, count=known)
