"""What a request costs: the tariff that is in force, and why a price may not go out by itself."""

import datetime as dt
from decimal import Decimal

from django.conf import settings

from freight import places, tariff
from freight.errors import StateConflict
from freight.fields import Container, Facts
from freight.models import Mode, QuoteRequest, Tariff


def current_tariff() -> tariff.Tariff:
    """The price list that prices now: the newest active row, else the default one."""
    row = Tariff.objects.filter(active=True).order_by("-pk").first()
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
        currency="KRW",
        version=f"tariff-{row.pk}",
    )


def priced(facts: Facts, today: dt.date) -> tariff.Price:
    """The price of complete `facts` on the day `today`. Raises StateConflict where one is gone."""
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
    return tariff.price(
        tariff=current_tariff(),
        origin=origin,
        destination=destination,
        container=facts.container,
        containers=facts.boxes,
        gross_weight_kg=facts.gross_weight_kg,
        etd=facts.etd,
        eta=facts.eta,
    )


def draft_reason(request: QuoteRequest, price: tariff.Price) -> str:
    """Why an operator must see the quotation first; empty where it may go out by itself."""
    mode = request.present_mode
    if mode != Mode.AUTO:
        return f"mode {mode}"
    if price.total > Decimal(settings.BUSYBEE_APPROVAL_ABOVE_KRW):
        return "approval limit"
    return ""
