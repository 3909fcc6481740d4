"""What a transport costs, by a lane's rate or by the formula of a tariff. Pure and in Decimal: the
same facts at the same rates make the same lines for ever.
"""

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Self

from freight.fields import Container
from freight.places import Place

EARTH_RADIUS_KM = 6371
WON = "KRW"
GREAT_CIRCLE, SEA = "great_circle", "sea"


@dataclass(frozen=True, slots=True)
class Tariff:
    """Rates in `currency`.

    `base` and `per_100km` are for one container, `per_100km` times `factors[container]`;
    `per_kg` is for the whole shipment. The sum is multiplied by `express_factor` when eta is at
    most `express_days` after etd. No rate is negative and `express_factor` is at least 1.
    """

    base: Decimal
    per_100km: Decimal
    factors: Mapping[Container, Decimal] = field(hash=False)
    per_kg: Decimal
    express_days: int
    express_factor: Decimal
    currency: str
    version: str
    # smallest amount of the currency: a won has no part
    quantum: Decimal = Decimal(1)

    def rounded(self, amount: Decimal) -> Decimal:
        """`amount` rounded half up to the currency's smallest part."""
        return amount.quantize(self.quantum, rounding=ROUND_HALF_UP)

    def snapshot(self) -> dict[str, Any]:
        """The rates as plain JSON values."""
        return {
            "base": str(self.base),
            "per_100km": str(self.per_100km),
            "factors": {str(container): str(factor) for container, factor in self.factors.items()},
            "per_kg": str(self.per_kg),
            "express_days": self.express_days,
            "express_factor": str(self.express_factor),
            "currency": self.currency,
            "version": self.version,
            "quantum": str(self.quantum),
        }

    @classmethod
    def from_snapshot(cls, told: Mapping[str, Any]) -> Self:
        """The inverse of `snapshot`."""
        return cls(
            base=Decimal(told["base"]),
            per_100km=Decimal(told["per_100km"]),
            factors={Container(name): Decimal(value) for name, value in told["factors"].items()},
            per_kg=Decimal(told["per_kg"]),
            express_days=told["express_days"],
            express_factor=Decimal(told["express_factor"]),
            currency=told["currency"],
            version=told["version"],
            quantum=Decimal(told["quantum"]),
        )


DEFAULT_TARIFF = Tariff(
    base=Decimal(1_000_000),
    per_100km=Decimal(1_000_000),
    factors={
        Container.FT20: Decimal("1.0"),
        Container.FT40: Decimal("1.5"),
        Container.FT40HC: Decimal("1.75"),
        Container.FT45: Decimal("2.0"),
    },
    per_kg=Decimal(100),
    express_days=7,
    express_factor=Decimal("1.2"),
    currency=WON,
    version="seed-1",
)


@dataclass(frozen=True, slots=True)
class Lane:
    """What one container costs from place to place, all in, if it sails within the validity.

    `pk` is the key of its row, for the operator; won.
    """

    pk: int
    origin: str
    destination: str
    container: Container
    amount: Decimal
    valid_from: dt.date
    valid_to: dt.date

    def snapshot(self) -> dict[str, Any]:
        """The rate as plain JSON values."""
        return {
            "id": self.pk,
            "origin": self.origin,
            "destination": self.destination,
            "container": str(self.container),
            "amount": str(self.amount),
            "currency": WON,
            "valid_from": self.valid_from.isoformat(),
            "valid_to": self.valid_to.isoformat(),
        }

    @classmethod
    def from_snapshot(cls, told: Mapping[str, Any]) -> Self:
        """The inverse of `snapshot`."""
        return cls(
            pk=told["id"],
            origin=told["origin"],
            destination=told["destination"],
            container=Container(told["container"]),
            amount=Decimal(told["amount"]),
            valid_from=dt.date.fromisoformat(told["valid_from"]),
            valid_to=dt.date.fromisoformat(told["valid_to"]),
        )

    def covers(self, transport: "Transport") -> bool:
        """Whether this is the rate of that lane and container on the day it sails."""
        asked = (transport.origin, transport.destination, transport.container)
        same = (self.origin, self.destination, self.container) == asked
        return same and self.valid_from <= transport.etd <= self.valid_to


@dataclass(frozen=True, slots=True)
class Transport:
    """The facts that are priced, none missing; origin and destination are UN/LOCODEs.

    Raises ValueError on what `verification.problems` would refuse before.
    """

    origin: str
    destination: str
    container: Container
    containers: int
    gross_weight_kg: Decimal
    etd: dt.date
    eta: dt.date

    def __post_init__(self) -> None:
        if self.containers < 1 or not self.gross_weight_kg > 0 or self.eta < self.etd:
            raise ValueError("containers and weight must be positive and eta not before etd")

    @property
    def days(self) -> int:
        """Days from departure to arrival."""
        return (self.eta - self.etd).days

    def snapshot(self) -> dict[str, Any]:
        """The facts as plain JSON values."""
        return {
            "origin": self.origin,
            "destination": self.destination,
            "container": str(self.container),
            "containers": self.containers,
            "gross_weight_kg": str(self.gross_weight_kg),
            "etd": self.etd.isoformat(),
            "eta": self.eta.isoformat(),
        }

    @classmethod
    def from_snapshot(cls, told: Mapping[str, Any]) -> Self:
        """The inverse of `snapshot`."""
        return cls(
            origin=told["origin"],
            destination=told["destination"],
            container=Container(told["container"]),
            containers=told["containers"],
            gross_weight_kg=Decimal(told["gross_weight_kg"]),
            etd=dt.date.fromisoformat(told["etd"]),
            eta=dt.date.fromisoformat(told["eta"]),
        )


@dataclass(frozen=True, slots=True)
class Distance:
    """A way's length; `method` is `great_circle` or `sea`.

    `instead_of` is the method that the tariff asks for and that had no answer; `avoids` are the
    passages that the way by sea leaves out.
    """

    km: Decimal
    method: str = GREAT_CIRCLE
    instead_of: str = ""
    avoids: tuple[str, ...] = ()

    def snapshot(self) -> dict[str, Any]:
        """The distance as plain JSON values."""
        return {
            "km": str(self.km),
            "method": self.method,
            "instead_of": self.instead_of,
            "avoids": list(self.avoids),
        }

    @classmethod
    def from_snapshot(cls, told: Mapping[str, Any]) -> Self:
        """The inverse of `snapshot`."""
        return cls(Decimal(told["km"]), told["method"], told["instead_of"], tuple(told["avoids"]))


@dataclass(frozen=True, slots=True)
class PriceLine:
    """One line of a quotation; `data` fills the description that belongs to `code`.

    Codes: `lane`; or `base`, `distance`, `weight`, `express`.
    """

    code: str
    data: Mapping[str, Any] = field(hash=False)
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Price:
    """Lines that add up to `total`, not including VAT.

    `snapshot` holds rates, facts and distance as JSON values: `priced_again` makes the same price
    of it. `lane` is the rate it stands on, None where it is the formula's.
    """

    lines: tuple[PriceLine, ...]
    total: Decimal
    currency: str
    snapshot: Mapping[str, Any] = field(hash=False)
    lane: Lane | None = None
    distance: Distance | None = None


def great_circle(origin: Place, destination: Place, *, instead_of: str = "") -> Distance:
    """The distance over ground; `instead_of`: of a tariff that asks for another one."""
    return Distance(kilometres(great_circle_km(origin, destination)), instead_of=instead_of)


def kilometres(measured: float) -> Decimal:
    """A measured distance for a price: whole millimetres, since below that the sine of one machine
    differs from that of another.
    """
    return Decimal(measured).quantize(Decimal("0.000001"))


def great_circle_km(a: Place, b: Place) -> float:
    """Distance over ground in km on a sphere of 6,371 km, by the haversine formula."""
    return haversine_km(a.latitude, a.longitude, b.latitude, b.longitude)


def haversine_km(lat_a: float, lon_a: float, lat_b: float, lon_b: float) -> float:
    """Great circle distance in km of two points in degrees."""
    phi_a, phi_b = math.radians(lat_a), math.radians(lat_b)
    half_lat, half_lon = (phi_b - phi_a) / 2, math.radians(lon_b - lon_a) / 2
    chord = math.sin(half_lat) ** 2 + math.cos(phi_a) * math.cos(phi_b) * math.sin(half_lon) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(min(1.0, chord)))


def by_lane(lane: Lane, transport: Transport) -> Price:
    """The price by a lane's rate: its amount for each container, all in.

    Raises ValueError where the rate is not that of this transport.
    """
    if not lane.covers(transport):
        raise ValueError("this rate is another lane's, or not valid on the day of departure")
    total = lane.amount * transport.containers
    data = {
        "origin": lane.origin,
        "destination": lane.destination,
        "container": str(lane.container),
        "containers": transport.containers,
        "rate": str(lane.amount),
    }
    return Price(
        lines=(PriceLine("lane", data, total),),
        total=total,
        currency=WON,
        snapshot={"lane": lane.snapshot(), "facts": transport.snapshot()},
        lane=lane,
    )


def by_formula(tariff: Tariff, distance: Distance, transport: Transport) -> Price:
    """The price by the tariff's formula.

    Each container pays base and distance, the weight is paid once. The total is the formula's,
    rounded once. A line is the rounded sum up to it less the rounded sum before it, so lines add
    up to the total and none is negative.
    """
    is_express = transport.days <= tariff.express_days and tariff.express_factor != 1
    factor = tariff.factors[transport.container]
    parts = {
        "base": tariff.base * transport.containers,
        "distance": distance.km / 100 * factor * tariff.per_100km * transport.containers,
        "weight": tariff.per_kg * transport.gross_weight_kg,
    }
    if is_express:
        parts["express"] = sum(parts.values()) * (tariff.express_factor - 1)
    lines, so_far, rounded = [], Decimal(0), Decimal(0)
    for code, part in parts.items():
        so_far += part
        amount = tariff.rounded(so_far) - rounded
        rounded += amount
        lines.append(PriceLine(code, _line_data(code, transport, distance, factor), amount))
    return Price(
        lines=tuple(lines),
        total=rounded,
        currency=tariff.currency,
        snapshot={
            "tariff": tariff.snapshot(),
            "distance": distance.snapshot(),
            "facts": transport.snapshot(),
        },
        distance=distance,
    )


def _line_data(
    code: str, transport: Transport, distance: Distance, factor: Decimal
) -> dict[str, Any]:
    match code:
        case "base":
            return {"containers": transport.containers}
        case "weight":
            return {"gross_weight_kg": str(transport.gross_weight_kg)}
        case "express":
            return {"days": transport.days}
    return {
        "origin": transport.origin,
        "destination": transport.destination,
        "distance_km": str(distance.km),
        "method": distance.method,
        "container": str(transport.container),
        "containers": transport.containers,
        "factor": str(factor),
    }


def priced_again(snapshot: Mapping[str, Any]) -> Price:
    """The price that `snapshot` was kept of, to the same lines, whatever the rates are by now."""
    transport = Transport.from_snapshot(snapshot["facts"])
    if "lane" in snapshot:
        return by_lane(Lane.from_snapshot(snapshot["lane"]), transport)
    tariff = Tariff.from_snapshot(snapshot["tariff"])
    return by_formula(tariff, Distance.from_snapshot(snapshot["distance"]), transport)
