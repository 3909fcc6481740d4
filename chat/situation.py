"""Where a conversation stands, as values: what is known, told, doubted and left open. Pure."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from chat.information import Background
from freight import verification
from freight.fields import FACT_NAMES, Evidence, Facts

# a request in one of these takes no more facts here
CLOSED = ("ordered", "expired", "declined")
# what only a person prices: such a request is noted for them, and not asked on
FOR_PERSONS = frozenset({"lcl", "air", "dangerous", "several_shipments"})


@dataclass(frozen=True, slots=True)
class Pending:
    """Facts that were told but not confirmed yet, each with its evidence."""

    facts: Facts = field(default_factory=Facts)
    evidence: Mapping[str, Evidence] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return any(True for _ in self.facts.stated()) or self.facts.containers is not None

    def names(self) -> tuple[str, ...]:
        """The facts that are there; a number of containers counts as the container."""
        names = dict(self.facts.stated())
        if self.facts.containers is not None:
            names["container"] = self.facts.containers
        return tuple(name for name in FACT_NAMES if name in names)

    def without(self, dropped: Iterable[str]) -> "Pending":
        """The rest; who drops the container drops their number."""
        gone = {*dropped}
        if "container" in gone:
            gone.add("containers")
        names = [name for name in (*FACT_NAMES, "containers") if name in gone]
        facts = replace(self.facts, **dict.fromkeys(names))
        return Pending(facts, {n: e for n, e in self.evidence.items() if n not in gone})


@dataclass(frozen=True, slots=True)
class Choice:
    """Something said that may mean several things.

    kind: `place` (options are UN/LOCODEs for `fact`; `name` is one that we do not serve, which they
    are offered for), `date` (options are the facts that `day` may be, read at `evidence`) or `end`
    (options are the ends that the place `name`, a UN/LOCODE read at `evidence`, may be).
    """

    kind: str
    options: tuple[str, ...]
    fact: str = ""
    name: str = ""
    day: dt.date | None = None
    evidence: Evidence | None = None


@dataclass(frozen=True, slots=True)
class Memory:
    """What the dialogue keeps in mind from turn to turn.

    asked: the fact asked for last. last: what the last message with facts told. doubted: what a
    "no" put in question and was not listed since. later: what the customer does not know yet.
    agreed: the six as they are stored were listed and got a "yes". quoted: that was said with a
    quotation out: what was told before it is listed again before it replaces it.
    """

    asked: str = ""
    last: tuple[str, ...] = ()
    doubted: tuple[str, ...] = ()
    later: tuple[str, ...] = ()
    agreed: bool = False
    quoted: bool = False
    choice: Choice | None = None


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
    memory: Memory = field(default_factory=Memory)
    background: Background = field(default_factory=Background)

    @property
    def told(self) -> Facts:
        """The stored facts with the pending ones laid over them."""
        return overlaid(self.facts, self.pending.facts)

    def open(self, facts: Facts | None = None) -> tuple[str, ...]:
        """Names of the facts that are missing or do not fit, in the order they are asked for."""
        wrong = {p.field for p in verification.problems(facts or self.told, today=self.today)}
        if "containers" in wrong:
            wrong.add("container")
        return tuple(name for name in FACT_NAMES if name in wrong)

    @property
    def for_persons(self) -> bool:
        """Whether only a person can price this."""
        return not FOR_PERSONS.isdisjoint(self.review)

    @property
    def stage(self) -> str:
        """`closed`, `ask` (facts are open), `confirm` (all six are told and wait for a yes), or
        `done`.
        """
        if self.status in CLOSED:
            return "closed"
        if self.status == "quoted" and not self.pending:
            return "done"
        if self.open():
            return "ask"
        return "done" if self.memory.agreed and not self.pending else "confirm"

    @property
    def is_listed(self) -> bool:
        """Whether the six stand on the page with the question whether they are right."""
        seen = not self.pending or self.memory.quoted == (self.status == "quoted")
        return self.stage == "confirm" and seen and not self.memory.doubted

    @property
    def asked(self) -> str:
        """The fact that is asked for now; empty where none is."""
        if self.stage not in ("ask", "confirm"):
            return self.memory.asked if self.memory.asked in self.memory.doubted else ""
        names = (*self.open(), *self.memory.doubted)
        if self.memory.asked in names:
            return self.memory.asked
        return next((n for n in self.open() if n not in self.memory.later), "")


def overlaid(below: Facts, above: Facts) -> Facts:
    """`below` with every stated fact of `above` in its place."""
    containers = below.containers if above.containers is None else above.containers
    return replace(below, **dict(above.stated()), containers=containers)
