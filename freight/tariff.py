"""What a transport costs by a tariff. Pure and in Decimal: same facts, same lines for ever."""

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from freight.fields import Container
from freight.places import Place

EARTH_RADIUS_KM = 6371


@dataclass(frozen=True, slots=True)
class Tariff:
    """Rates in `currency`.

    `base` and `per_100km` are for one container, `per_100km` times `factors[container]`;
    `per_kg` is for the whole shipment. The sum is multiplied by `express_factor` when eta is at
    most `express_days` after etd.
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
    currency="KRW",
    version="seed-1",
)


@dataclass(frozen=True, slots=True)
class PriceLine:
    """One line of a quotation; `data` fills the description that belongs to `code`.

    Codes: `base`, `distance`, `weight`, `express`.
    """

    code: str
    data: Mapping[str, Any] = field(hash=False)
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Price:
    """Lines that add up to `total`.

    `snapshot` holds rates and facts as JSON values, enough to price again.
    """

    lines: tuple[PriceLine, ...]
    total: Decimal
    currency: str
    distance_km: Decimal
    snapshot: Mapping[str, Any] = field(hash=False)


def great_circle_km(a: Place, b: Place) -> float:
    """Distance over ground in km on a sphere of 6,371 km, by the haversine formula."""
    lat_a, lat_b = math.radians(a.latitude), math.radians(b.latitude)
    half_lat = (lat_b - lat_a) / 2
    half_lon = math.radians(b.longitude - a.longitude) / 2
    chord = math.sin(half_lat) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin(half_lon) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(min(1.0, chord)))


def price(
    *,
    tariff: Tariff,
    origin: Place,
    destination: Place,
    container: Container,
    containers: int,
    gross_weight_kg: Decimal,
    etd: dt.date,
    eta: dt.date,
) -> Price:
    """The price of a transport, not including VAT.

    Each container pays base and distance, the weight is paid once. The total is the formula's,
    rounded once; what rounding of the lines leaves over goes to the express line, else to the
    distance line. Raises ValueError on facts that `verification.problems` would refuse.
    """
    if containers < 1 or gross_weight_kg <= 0 or eta < etd:
        raise ValueError("containers and weight must be positive and eta not before etd")
    # millimetres: below that the sine of one machine differs from that of another
    distance = Decimal(great_circle_km(origin, destination)).quantize(Decimal("0.000001"))
    days = (eta - etd).days
    base = tariff.base * containers
    freight = distance / 100 * tariff.factors[container] * tariff.per_100km * containers
    weight = tariff.per_kg * gross_weight_kg
    is_express = days <= tariff.express_days
    total = tariff.rounded((base + freight + weight) * (tariff.express_factor if is_express else 1))
    amounts = {
        "base": tariff.rounded(base),
        "distance": tariff.rounded(freight),
        "weight": tariff.rounded(weight),
    }
    if is_express:
        amounts["express"] = total - sum(amounts.values())
    else:
        amounts["distance"] = total - amounts["base"] - amounts["weight"]
    facts = {
        "origin": origin.locode,
        "destination": destination.locode,
        "distance_km": str(distance),
        "container": str(container),
        "containers": containers,
        "gross_weight_kg": str(gross_weight_kg),
        "etd": etd.isoformat(),
        "eta": eta.isoformat(),
    }
    return Price(
        lines=tuple(
            PriceLine(code, _line_data(code, facts, days), amount)
            for code, amount in amounts.items()
        ),
        total=total,
        currency=tariff.currency,
        distance_km=distance.quantize(Decimal("0.001")),
        snapshot={"tariff": tariff.snapshot(), "facts": facts},
    )


def _line_data(code: str, facts: Mapping[str, Any], days: int) -> dict[str, Any]:
    wanted = {
        "base": ("containers",),
        "distance": ("origin", "destination", "distance_km", "container", "containers"),
        "weight": ("gross_weight_kg",),
        "express": (),
    }[code]
    return {name: facts[name] for name in wanted} | ({"days": days} if code == "express" else {})
