"""Tariffs as operators see and change them."""

from django.contrib import admin
from django.utils.translation import gettext_lazy

from busybee.console import ModelAdmin, display
from freight.models import Tariff
from freight.pages import won


@admin.register(Tariff)
class TariffAdmin(ModelAdmin):
    list_display = [
        "name",
        "active",
        "shown_base",
        "shown_distance",
        "shown_weight",
        "express_factor",
        "created_at",
    ]
    list_per_page = 50
    warn_unsaved_form = True
    readonly_fields = ["created_at"]
    fieldsets = [
        (None, {"fields": ["name", "active", "created_at"]}),
        (gettext_lazy("Amounts (KRW without VAT)"), {"fields": [("base", "per_100km", "per_kg")]}),
        (
            gettext_lazy("Factors by container"),
            {"fields": [("factor_20ft", "factor_40ft"), ("factor_40ft_hc", "factor_45ft")]},
        ),
        (gettext_lazy("Express"), {"fields": [("express_days", "express_factor")]}),
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
