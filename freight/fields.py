"""The six facts of a quotation request as values, with where each was read."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from decimal import Decimal
from enum import StrEnum
from typing import Any

FACT_NAMES = ("gross_weight_kg", "container", "etd", "eta", "origin", "destination")


class Container(StrEnum):
    """Container sizes that are priced, by the trade's short name."""

    FT20 = "20ft"
    FT40 = "40ft"
    FT40HC = "40ftHC"
    FT45 = "45ft"

    @property
    def iso_code(self) -> str:
        """Size and type code of ISO 6346."""
        return {"20ft": "22G1", "40ft": "42G1", "40ftHC": "45G1", "45ft": "L5G1"}[self.value]

    @property
    def payload_kg(self) -> int:
        """Most cargo one container takes, in kg, as its CSC plate usually allows."""
        return {"20ft": 28_200, "40ft": 28_800, "40ftHC": 28_600, "45ft": 27_700}[self.value]


@dataclass(frozen=True, slots=True)
class Position:
    """Where in a document something stands, counted from 1; 0 and "" for what it does not have.

    cell: `C5`, or `B5:C5` for more than one.
    """

    page: int = 0
    slide: int = 0
    sheet: str = ""
    cell: str = ""

    def as_json(self) -> dict[str, Any]:
        """What is known of the position, by name."""
        return {name: value for name, value in asdict(self).items() if value}


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a fact was read: `quote` is `text[start:end]` of the source that `source` names.

    source: `subject`, `body`, `thread` (mails that it quotes), `attachment:<path>`,
    `chat:<message id>`, `form`, `operator:<name>`.
    method: `rules`, `llm`, `choice` or `operator`. place: where in an attachment, if it is known.
    manner: how it was read, which tells how often such values are right, or that the customer has
    confirmed it (`extraction.certainty`); empty where nobody counts: nothing is sure of it.
    """

    quote: str
    source: str
    start: int
    end: int
    method: str
    place: Position | None = None
    manner: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """The six facts; None where not stated. `origin` and `destination` are UN/LOCODEs.

    `containers` is not asked for: where nobody has said a number, one is priced.
    """

    gross_weight_kg: Decimal | None = None
    container: Container | None = None
    etd: dt.date | None = None
    eta: dt.date | None = None
    origin: str | None = None
    destination: str | None = None
    containers: int | None = None

    @property
    def boxes(self) -> int:
        """How many containers are priced: one where no number was said."""
        return 1 if self.containers is None else self.containers

    def missing(self) -> tuple[str, ...]:
        """Names of the facts that are not there yet, in the order they are asked for."""
        return tuple(name for name in FACT_NAMES if getattr(self, name) is None)

    def stated(self) -> Iterator[tuple[str, Any]]:
        """(name, value) of the facts that are there."""
        return (
            (name, getattr(self, name)) for name in FACT_NAMES if getattr(self, name) is not None
        )

    def changes(self, known: "Facts") -> bool:
        """Whether anything stated here is not what `known` says."""
        count = self.containers not in (None, known.boxes)
        return count or any(value != getattr(known, name) for name, value in self.stated())


@dataclass(frozen=True, slots=True)
class Source:
    """A text that facts may be read from, newest and most trusted first in a sequence of them."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Extraction:
    """What was read from a mail: facts, the evidence of each, and what a person should know.

    `review` names why the machine must not price this by itself (`lcl`, `air`, `dangerous`,
    `several_shipments`), empty where it may.
    """

    facts: Facts = field(default_factory=Facts)
    evidence: Mapping[str, Evidence] = field(default_factory=dict)
    order_number: str | None = None
    order_number_evidence: Evidence | None = None
    review: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def evidence_as_json(evidence: Mapping[str, Evidence]) -> dict[str, dict[str, Any]]:
    """Evidence as plain JSON values; `place` and `manner` are there only where they are known."""
    return {name: _as_json(item) for name, item in evidence.items()}


def _as_json(item: Evidence) -> dict[str, Any]:
    told = asdict(item)
    place = told.pop("place") and item.place
    if not item.manner:
        del told["manner"]
    return {**told, "place": place.as_json()} if place else told


def evidence_from_json(stored: Mapping[str, Mapping[str, Any]]) -> dict[str, Evidence]:
    """The inverse of `evidence_as_json`; keys that Evidence does not have are left out."""
    return {
        name: Evidence(**{**_known(Evidence, item), "place": _place(item.get("place"))})
        for name, item in stored.items()
    }


def _place(stored: Any) -> Position | None:
    return Position(**_known(Position, stored)) if isinstance(stored, dict) else None


def _known(kind: type[Evidence | Position], stored: Mapping[str, Any]) -> dict[str, Any]:
    names = {item.name for item in fields(kind)}
    return {key: value for key, value in stored.items() if key in names}
