"""Tariffs as operators see and change them, with what they make of an example."""

import datetime as dt
from decimal import Decimal

from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from busybee.console import ModelAdmin, display
from freight import places, pricing, tariff
from freight.fact_rows import place_name
from freight.fields import Container
from freight.models import Tariff
from freight.pages import won

# Busan to Shanghai, and to Hamburg, where the way by sea is more than twice the great circle
EXAMPLES = (("KRPUS", "CNSHA", 5), ("KRPUS", "DEHAM", 40))
EXAMPLE_KG = Decimal(18_500)


@admin.register(Tariff)
class TariffAdmin(ModelAdmin):
    list_display = [
        "name",
        "active",
        "distance",
        "shown_base",
        "shown_distance",
        "shown_weight",
        "express_factor",
        "created_at",
    ]
    list_per_page = 50
    warn_unsaved_form = True
    readonly_fields = ["created_at", "shown_examples"]
    fieldsets = [
        (
            None,
            {
                "fields": ["name", "active", "distance", "created_at"],
                "description": gettext_lazy(
                    "What has no lane rate is priced by the newest active tariff."
                ),
            },
        ),
        (gettext_lazy("Amounts (KRW without VAT)"), {"fields": [("base", "per_100km"), "per_kg"]}),
        (
            gettext_lazy("Factors by container"),
            {"fields": [("factor_20ft", "factor_40ft"), ("factor_40ft_hc", "factor_45ft")]},
        ),
        (gettext_lazy("Express"), {"fields": [("express_days", "express_factor")]}),
        (gettext_lazy("What it makes of an example"), {"fields": ["shown_examples"]}),
    ]

    @display(description=gettext_lazy("base amount"), ordering="base")
    def shown_base(self, row: Tariff) -> str:
        return won(row.base)

    @display(description=gettext_lazy("amount per 100 km"), ordering="per_100km")
    def shown_distance(self, row: Tariff) -> str:
        return won(row.per_100km)

    @display(description=gettext_lazy("amount per kg"), ordering="per_kg")
    def shown_weight(self, row: Tariff) -> str:
        return won(row.per_kg)

    @display(description=gettext_lazy("40ft, 18,500 kg, as saved"))
    def shown_examples(self, row: Tariff) -> str:
        return " · ".join(_example(row, *ends) for ends in EXAMPLES) if row.pk else "–"


def _example(row: Tariff, start: str, end: str, days: int) -> str:
    """`부산 → 상하이, 5 days: 18,397,843 KRW` by the tariff's formula."""
    origin, destination = places.get(start), places.get(end)
    if origin is None or destination is None:
        return f"{start} → {end}: ?"
    etd = timezone.localdate()
    eta = etd + dt.timedelta(days=days)
    transport = tariff.Transport(start, end, Container.FT40, 1, EXAMPLE_KG, etd, eta)
    price = pricing.by_formula(row, transport, origin, destination)
    text = _("%(lane)s in %(days)s days: %(total)s (%(km)s km)")
    lane = f"{place_name(start)} → {place_name(end)}"
    km = f"{price.distance.km:,.0f}" if price.distance else "?"
    return text % {"lane": lane, "days": days, "total": won(price.total), "km": km}
