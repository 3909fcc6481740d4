"""Orders and their shipments as operators see them."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from busybee.console import (
    ChoicesDropdownFilter,
    ModelAdmin,
    RangeDateFilter,
    ReadOnlyAdmin,
    display,
)
from freight.admin.rows import KnowsPlaces, link_to
from freight.fact_rows import route
from freight.models import Order, Shipment
from freight.pages import won


@admin.register(Order)
class OrderAdmin(KnowsPlaces, ReadOnlyAdmin):
    list_display = [
        "shown_number",
        "customer",
        "shown_route",
        "shown_total",
        "customer_reference",
        "placed_at",
    ]
    list_display_links = ["shown_number"]
    list_filter = [("placed_at", RangeDateFilter)]
    list_filter_submit = True
    list_per_page = 50
    list_select_related = ["quotation__request"]
    show_full_result_count = False
    search_fields = [
        "quotation__request__number",
        "customer_reference",
        "quotation__request__customer_name",
    ]
    fields = [
        "shown_request",
        "shown_quotation",
        "shown_route",
        "shown_total",
        "customer_reference",
        "evidence",
        "placed_at",
    ]
    readonly_fields = fields

    @display(description=gettext_lazy("number"), ordering="pk")
    def shown_number(self, row: Order) -> str:
        return str(row)

    @display(description=gettext_lazy("quotation"))
    def shown_quotation(self, row: Order) -> SafeString:
        return link_to("freight_quotation", row.quotation_id, row.quotation)

    @display(description=gettext_lazy("quote request"))
    def shown_request(self, row: Order) -> SafeString:
        return link_to("freight_quoterequest", row.quotation.request_id, row.quotation.request)

    @display(description=gettext_lazy("customer"))
    def customer(self, row: Order) -> str:
        request = row.quotation.request
        return request.customer_name or request.customer_address

    @display(description=gettext_lazy("route"))
    def shown_route(self, row: Order) -> str:
        return route(row.quotation.request) or "–"

    @display(description=gettext_lazy("total"), ordering="quotation__total")
    def shown_total(self, row: Order) -> str:
        return won(row.quotation.total, row.quotation.currency)


@admin.register(Shipment)
class ShipmentAdmin(KnowsPlaces, ModelAdmin):
    list_display = ["number", "customer", "shown_route", "shown_status", "updated_at"]
    list_filter = [("status", ChoicesDropdownFilter)]
    list_filter_submit = True
    list_per_page = 50
    list_select_related = ["order__quotation__request"]
    show_full_result_count = False
    search_fields = ["number", "order__quotation__request__number"]
    fields = ["number", "shown_order", "shown_route", "status", "created_at", "updated_at"]
    readonly_fields = ["number", "shown_order", "shown_route", "created_at", "updated_at"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @display(description=gettext_lazy("order"))
    def shown_order(self, row: Shipment) -> SafeString:
        return link_to("freight_order", row.order_id, row.order)

    @display(description=gettext_lazy("customer"))
    def customer(self, row: Shipment) -> str:
        request = row.order.quotation.request
        return request.customer_name or request.customer_address

    @display(description=gettext_lazy("route"))
    def shown_route(self, row: Shipment) -> str:
        return route(row.order.quotation.request) or "–"

    @display(
        description=gettext_lazy("status"),
        ordering="status",
        label={3: "info", 4: "primary", 5: "success"},
    )
    def shown_status(self, row: Shipment) -> tuple[int, str]:
        return row.status, row.get_status_display()
