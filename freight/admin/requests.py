"""Quote requests as operators see them: facts to correct, and carrying on."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from busybee.console import (
    ChoicesDropdownFilter,
    DialogForm,
    DropdownFilter,
    ModelAdmin,
    OwnPage,
    RangeDateFilter,
    SwitchWidget,
    TextWidget,
    action,
    dialog,
    display,
    done,
)
from freight import quotes
from freight.admin.rows import KnowsPlaces, each
from freight.errors import FreightError
from freight.fact_rows import LABELS, REVIEW, review_labels, route
from freight.models import AddressProof, Quotation, QuoteRequest
from freight.pages import REQUEST_COLOURS, request_page
from freight.remarks import remark
from freight.request_form import PlaceField, RequestForm


class ReviewFilter(DropdownFilter):
    title = gettext_lazy("for the operator")
    parameter_name = "for"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("operator", gettext_lazy("An operator decides")), *REVIEW.items()]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[QuoteRequest]
    ) -> QuerySet[QuoteRequest]:
        if self.value() == "operator":
            return queryset.filter(pk__in=QuoteRequest.objects.for_operator())
        # a search in the JSON's text: SQLite has no `contains` for JSON
        return queryset.filter(review__icontains=f'"{self.value()}"') if self.value() else queryset


class ConsoleRequestForm(RequestForm):
    origin = PlaceField(label=LABELS["origin"], required=False, widget=TextWidget)
    destination = PlaceField(label=LABELS["destination"], required=False, widget=TextWidget)


class AdvanceForm(DialogForm):
    cleared = forms.BooleanField(
        required=False,
        widget=SwitchWidget,
        label=gettext_lazy(
            "I have looked at what was left to the operator: the machine may carry on"
        ),
    )


@admin.register(QuoteRequest)
class QuoteRequestAdmin(KnowsPlaces, OwnPage, ModelAdmin):
    form = ConsoleRequestForm
    change_form_template = "console/request.html"
    list_display = [
        "shown_number",
        "customer",
        "shown_route",
        "shown_container",
        "shown_state",
        "shown_review",
        "created_at",
    ]
    list_display_links = ["shown_number"]
    list_filter = [
        ("state", ChoicesDropdownFilter),
        ReviewFilter,
        ("language", ChoicesDropdownFilter),
        ("mode", ChoicesDropdownFilter),
        ("address_proof", ChoicesDropdownFilter),
        ("created_at", RangeDateFilter),
    ]
    list_filter_submit = True
    list_per_page = 50
    show_full_result_count = False
    search_fields = ["number", "customer_name", "customer_address", "subject"]
    search_help_text = gettext_lazy("Number, customer or subject")
    actions = ["advance_selected"]
    actions_detail = ["advance"]
    warn_unsaved_form = True
    fieldsets = [
        (
            gettext_lazy("Correct the facts"),
            {
                "fields": [
                    ("origin", "destination"),
                    ("gross_weight_kg", "container", "containers"),
                    ("etd", "eta"),
                ]
            },
        )
    ]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Facts change only while no price hangs on them."""
        allowed = super().has_change_permission(request, obj)
        return allowed and not (isinstance(obj, QuoteRequest) and obj.state not in quotes.WAITING)

    def has_operate_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm("freight.change_quoterequest"))

    @display(description=gettext_lazy("number"), ordering="pk")
    def shown_number(self, row: QuoteRequest) -> str:
        return str(row)

    @display(description=gettext_lazy("customer"), ordering="customer_name")
    def customer(self, row: QuoteRequest) -> str:
        """Who asks; of a visitor of the site also whether the address is known to be theirs."""
        known = row.customer_name or row.customer_address
        if row.address_proof == AddressProof.MAILED:
            return known
        proof = row.get_address_proof_display()
        return f"{known} ({proof})" if known else _("visitor of the site")

    @display(description=gettext_lazy("route"))
    def shown_route(self, row: QuoteRequest) -> str:
        return route(row) or "–"

    @display(description=gettext_lazy("container"), ordering="container")
    def shown_container(self, row: QuoteRequest) -> str:
        return f"{row.container} × {row.facts.boxes}" if row.container else "–"

    @display(description=gettext_lazy("state"), ordering="state", label=REQUEST_COLOURS)
    def shown_state(self, row: QuoteRequest) -> tuple[str, str]:
        return row.state, row.get_state_display()

    @display(description=gettext_lazy("for the operator because"))
    def shown_review(self, row: QuoteRequest) -> str:
        return ", ".join(review_labels(row)) or "–"

    @admin.action(description=gettext_lazy("Carry on: ask or price"), permissions=["operate"])
    def advance_selected(self, request: HttpRequest, queryset: QuerySet[QuoteRequest]) -> None:
        each(request, list(queryset), lambda row: quotes.advance(row, timezone.now()))

    @action(
        description=gettext_lazy("Carry on"),
        permissions=["operate"],
        icon="play_arrow",
        dialog=dialog(
            gettext_lazy("Carry on with this request"),
            gettext_lazy("Missing facts are asked for, complete ones are priced."),
            form=AdvanceForm,
            button=gettext_lazy("Carry on"),
        ),
    )
    def advance(self, request: HttpRequest, form: AdvanceForm, object_id: str) -> HttpResponse:
        row = self.get_object(request, object_id)
        if isinstance(row, QuoteRequest):
            by, cleared = request.user.get_username(), form.cleaned_data["cleared"]
            each(request, [row], lambda one: _advance(one, by=by, cleared=cleared))
        return done(request, reverse("admin:freight_quoterequest_change", args=[object_id]))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Record the changed facts with the operator as their evidence; nothing else is written."""
        changes = {name: form.cleaned_data[name] for name in form.changed_data}
        if not changes:
            return
        had_draft = obj.quotations.filter(state=Quotation.State.DRAFT).exists()
        by = request.user.get_username()
        try:
            quotes.record_operator_facts(obj, changes, by=by, now=timezone.now())
        except FreightError as exc:
            messages.error(request, f"{obj}: {remark(str(exc))}")
        else:
            if had_draft:
                messages.warning(
                    request, _("The draft quotation no longer fits. Carry on to price anew.")
                )

    def page_context(self, row: QuoteRequest) -> dict[str, Any]:
        return request_page(row)


@transaction.atomic
def _advance(row: QuoteRequest, *, by: str, cleared: bool) -> None:
    now = timezone.now()
    if cleared:
        quotes.clear_review(row, by=by, now=now)
    quotes.advance(row, now)
