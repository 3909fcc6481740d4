"""Quotations as operators see them: a draft is approved or refused."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from busybee.console import (
    ActionVariant,
    ChoicesDropdownFilter,
    DialogForm,
    OwnPage,
    RangeDateFilter,
    ReadOnlyAdmin,
    action,
    dialog,
    display,
    done,
)
from freight import quotes
from freight.admin.rows import KnowsPlaces, each
from freight.fact_rows import priced_route, priced_rows
from freight.models import Quotation
from freight.pages import QUOTATION_COLOURS, quotation_page, won
from freight.remarks import remark


@admin.register(Quotation)
class QuotationAdmin(KnowsPlaces, OwnPage, ReadOnlyAdmin):
    change_form_template = "console/quotation.html"
    list_display = [
        "shown_number",
        "customer",
        "shown_route",
        "shown_total",
        "shown_state",
        "shown_draft_reason",
        "valid_until",
        "approved_by",
        "created_at",
    ]
    list_display_links = ["shown_number"]
    list_filter = [("state", ChoicesDropdownFilter), ("created_at", RangeDateFilter)]
    list_filter_submit = True
    list_per_page = 50
    list_select_related = ["request"]
    show_full_result_count = False
    search_fields = ["request__number", "request__customer_name", "request__customer_address"]
    actions = ["approve_selected", "refuse_selected"]
    actions_detail = ["approve", "refuse"]

    @display(description=gettext_lazy("quotation"), ordering="pk")
    def shown_number(self, row: Quotation) -> str:
        return str(row)

    @display(description=gettext_lazy("customer"))
    def customer(self, row: Quotation) -> str:
        return row.request.customer_name or row.request.customer_address

    @display(description=gettext_lazy("route"))
    def shown_route(self, row: Quotation) -> str:
        return priced_route(row)

    @display(description=gettext_lazy("total"), ordering="total")
    def shown_total(self, row: Quotation) -> str:
        return won(row.total, row.currency)

    @display(description=gettext_lazy("state"), ordering="state", label=QUOTATION_COLOURS)
    def shown_state(self, row: Quotation) -> tuple[str, str]:
        return row.state, row.get_state_display()

    @display(description=gettext_lazy("draft because"), ordering="draft_reason")
    def shown_draft_reason(self, row: Quotation) -> str:
        return remark(row.draft_reason) or "–"

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Approve and refuse, for a draft only."""
        draft = Quotation.objects.filter(pk=object_id, state=Quotation.State.DRAFT).exists()
        return super().get_actions_detail(request, object_id) if draft else []

    @admin.action(description=gettext_lazy("Approve and send"), permissions=["operate"])
    def approve_selected(self, request: HttpRequest, queryset: QuerySet[Quotation]) -> None:
        self._approve(request, list(queryset.select_related("request")))

    @admin.action(description=gettext_lazy("Refuse"), permissions=["operate"])
    def refuse_selected(self, request: HttpRequest, queryset: QuerySet[Quotation]) -> None:
        self._refuse(request, list(queryset.select_related("request")))

    def _approve(self, request: HttpRequest, rows: list[Quotation]) -> None:
        by = request.user.get_username()
        each(request, rows, lambda row: quotes.approve(row, by=by, now=timezone.now()))

    def _refuse(self, request: HttpRequest, rows: list[Quotation]) -> None:
        by = request.user.get_username()
        each(request, rows, lambda row: quotes.refuse(row, by=by))

    @action(
        description=gettext_lazy("Approve and send"),
        permissions=["operate"],
        icon="check",
        variant=ActionVariant.PRIMARY,
        dialog=dialog(
            gettext_lazy("Approve this quotation"),
            gettext_lazy("It becomes binding and is mailed to the customer."),
            button=gettext_lazy("Approve and send"),
        ),
    )
    def approve(self, request: HttpRequest, form: DialogForm, object_id: str) -> HttpResponse:
        return self._decide(request, object_id, self._approve)

    @action(
        description=gettext_lazy("Refuse"),
        permissions=["operate"],
        icon="close",
        variant=ActionVariant.DANGER,
        dialog=dialog(
            gettext_lazy("Refuse this quotation"),
            gettext_lazy("Nothing is sent, and the request is declined."),
            button=gettext_lazy("Refuse"),
        ),
    )
    def refuse(self, request: HttpRequest, form: DialogForm, object_id: str) -> HttpResponse:
        return self._decide(request, object_id, self._refuse)

    def _decide(
        self,
        request: HttpRequest,
        object_id: str,
        act: Callable[[HttpRequest, list[Quotation]], None],
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        if not isinstance(row, Quotation):
            return done(request, reverse("admin:freight_quotation_changelist"))
        act(request, [row])
        return done(request, reverse("admin:freight_quoterequest_change", args=[row.request_id]))

    def page_context(self, row: Quotation) -> dict[str, Any]:
        return {
            "quotation": quotation_page(row),
            "facts": priced_rows(row),
            "route": priced_route(row),
        }
