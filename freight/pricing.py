"""What a request costs: a lane's rate, else the formula; and why an operator must see it first."""

import datetime as dt
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from django.conf import settings

from freight import own_places, places, sea, tariff
from freight.errors import StateConflict
from freight.extraction import certainty
from freight.fields import FACT_NAMES, Container, Facts
from freight.models import LaneRate, Mode, QuoteRequest, Tariff
from freight.places import Place

# reasons of a draft as rows keep them, `BETWEEN` them where there are several; freight.remarks
# has them in the operators' language
NO_LANE_RATE = "no lane rate for this departure"
NO_SEA_WAY = "no way by sea was found: great circle instead"
ABOVE_LIMIT = "approval limit"
UNCERTAIN = "facts are not read surely enough"
MODEL_ALONE = "facts that only the language model has read"
BETWEEN = "; "
# won; above it a rate is mistyped or a number of containers misread, and no row holds much more
MOST = Decimal(10**12)


def current_tariff() -> Tariff | None:
    """The newest active tariff, None where there is none: then the default one prices."""
    return Tariff.objects.filter(active=True).order_by("-pk").first()


def rates_of(row: Tariff | None) -> tariff.Tariff:
    """A row's rates as values; those of the default tariff where there is no row."""
    if row is None:
        return tariff.DEFAULT_TARIFF
    factors = {
        Container.FT20: row.factor_20ft,
        Container.FT40: row.factor_40ft,
        Container.FT40HC: row.factor_40ft_hc,
        Container.FT45: row.factor_45ft,
    }
    return tariff.Tariff(
        base=row.base,
        per_100km=row.per_100km,
        factors=factors,
        per_kg=row.per_kg,
        express_days=row.express_days,
        express_factor=row.express_factor,
        currency=tariff.WON,
        version=f"tariff-{row.pk}",
    )


def priced(facts: Facts) -> tariff.Price:
    """The price of complete `facts` now: by the lane's rate for its departure, else by the formula.

    Raises StateConflict where a fact is gone.
    """
    own_places.refresh()
    transport, origin, destination = _transport(facts)
    if lane := lane_for(transport):
        return tariff.by_lane(lane, transport)
    return by_formula(current_tariff(), transport, origin, destination)


def by_formula(
    row: Tariff | None, transport: tariff.Transport, origin: Place, destination: Place
) -> tariff.Price:
    """The price by that tariff's formula, over the distance that it asks for."""
    return tariff.by_formula(rates_of(row), distance(row, origin, destination), transport)


def lane_for(transport: tariff.Transport) -> tariff.Lane | None:
    """The rate of the lane for a departure on the day of `transport`; None where there is none."""
    lane = (transport.origin, transport.destination, transport.container)
    row = LaneRate.objects.of_lane(*lane).valid_on(transport.etd).first()
    if row is None:
        return None
    return tariff.Lane(
        pk=row.pk,
        origin=row.origin,
        destination=row.destination,
        container=Container(row.container),
        amount=row.amount,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
    )


def distance(row: Tariff | None, origin: Place, destination: Place) -> tariff.Distance:
    """The distance by the tariff's method; where there is no way by sea, the great circle says
    that it stands in for one.
    """
    if row is None or row.distance != Tariff.Distance.SEA:
        return tariff.great_circle(origin, destination)
    avoids = tuple(sorted(settings.BUSYBEE_SEA_AVOIDS))
    km = sea.sea_km(origin, destination, avoids)
    if km is None:
        return tariff.great_circle(origin, destination, instead_of=tariff.SEA)
    return tariff.Distance(km, tariff.SEA, avoids=avoids)


def _transport(facts: Facts) -> tuple[tariff.Transport, Place, Place]:
    origin, destination = places.get(facts.origin or ""), places.get(facts.destination or "")
    if not (
        origin
        and destination
        and facts.container
        and facts.gross_weight_kg
        and facts.etd
        and facts.eta
    ):
        raise StateConflict("a fact was lost since they were verified")
    transport = tariff.Transport(
        origin=origin.locode,
        destination=destination.locode,
        container=facts.container,
        containers=facts.boxes,
        gross_weight_kg=facts.gross_weight_kg,
        etd=facts.etd,
        eta=facts.eta,
    )
    return transport, origin, destination


def valid_until(snapshot: Mapping[str, Any], today: dt.date) -> dt.date:
    """The last day of an offer that is made today: BUSYBEE_QUOTATION_DAYS on, but neither beyond
    its lane rate nor beyond its departure.
    """
    ends = [today + dt.timedelta(days=settings.BUSYBEE_QUOTATION_DAYS)]
    ends.append(dt.date.fromisoformat(snapshot["facts"]["etd"]))
    if "lane" in snapshot:
        ends.append(dt.date.fromisoformat(snapshot["lane"]["valid_to"]))
    return min(ends)


def draft_reason(request: QuoteRequest, price: tariff.Price) -> str:
    """Why an operator must see the quotation first, all reasons; empty: it may go out by itself."""
    return BETWEEN.join(_draft_reasons(request, price))


def _draft_reasons(request: QuoteRequest, price: tariff.Price) -> Iterator[str]:
    mode = request.present_mode
    if mode != Mode.AUTO:
        yield f"mode {mode}"
    if request.needs_lane_rate and price.lane is None:
        yield NO_LANE_RATE
    if price.distance and price.distance.instead_of:
        yield NO_SEA_WAY
    if price.total > Decimal(settings.BUSYBEE_APPROVAL_ABOVE_KRW):
        yield ABOVE_LIMIT
    evidence = request.fact_evidence
    read = {evidence[name].method for name in (*FACT_NAMES, "containers") if name in evidence}
    if "llm" in read:
        yield MODEL_ALONE
    # a demo's folder may guess; of a real mailbox the certainty was measured (extraction.certainty)
    if request.needs_lane_rate and not _is_sure(request):
        yield UNCERTAIN


def _is_sure(request: QuoteRequest) -> bool:
    evidence = request.fact_evidence
    counted = request.facts.boxes == 1 or certainty.counts_surely(evidence)
    return counted and certainty.of_facts(evidence) >= certainty.shipped().threshold
