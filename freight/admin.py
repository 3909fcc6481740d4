"""Requests, quotations, orders, shipments, tariffs and the outbox as operators see them."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from busybee.console import (
    ActionVariant,
    ChoicesDropdownFilter,
    DialogForm,
    DropdownFilter,
    ModelAdmin,
    RangeDateFilter,
    ReadOnlyAdmin,
    SwitchWidget,
    TextWidget,
    action,
    dialog,
    display,
    done,
)
from freight import outbox, quotes
from freight.errors import FreightError
from freight.fact_rows import REVIEW, fact_rows, review_labels, route
from freight.models import (
    Order,
    OutgoingMail,
    Quotation,
    QuoteRequest,
    Sending,
    Shipment,
    State,
    Tariff,
)
from freight.pages import (
    MAIL_COLOURS,
    QUOTATION_COLOURS,
    REQUEST_COLOURS,
    quotation_page,
    request_page,
    text_of,
    won,
)
from freight.remarks import remark
from freight.request_form import PlaceField, RequestForm

# a priced or finished request keeps the facts that its price was made of
EDITABLE = (State.EXTRACTED, State.AWAITING_CUSTOMER, State.CONFIRMED)


def _each(
    request: HttpRequest, rows: list[Any], act: Callable[[Any], object], *, quiet: bool = False
) -> None:
    """Do `act` to each row; one that cannot take it says why and does not stop the others."""
    count = 0
    for row in rows:
        try:
            act(row)
        except FreightError as exc:
            messages.error(request, f"{row}: {exc}")
        else:
            count += 1
    if count:
        text = ngettext("Done for %(count)s row.", "Done for %(count)s rows.", count)
        messages.success(request, text % {"count": count})
    elif not rows and not quiet:
        messages.warning(request, _("Nothing was changed."))


class ReviewFilter(DropdownFilter):
    title = gettext_lazy("for the operator")
    parameter_name = "for"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("operator", gettext_lazy("An operator decides")), *REVIEW.items()]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[QuoteRequest]
    ) -> QuerySet[QuoteRequest]:
        if self.value() == "operator":
            return queryset.for_operator()  # type: ignore[attr-defined]
        # a search in the JSON's text: SQLite has no `contains` for JSON
        return queryset.filter(review__icontains=f'"{self.value()}"') if self.value() else queryset


class ConsoleRequestForm(RequestForm):
    origin = PlaceField(label=gettext_lazy("origin"), required=False, widget=TextWidget)
    destination = PlaceField(label=gettext_lazy("destination"), required=False, widget=TextWidget)


class AdvanceForm(DialogForm):
    cleared = forms.BooleanField(
        required=False,
        widget=SwitchWidget,
        label=gettext_lazy(
            "I have looked at what was left to the operator: the machine may carry on"
        ),
    )


@admin.register(QuoteRequest)
class QuoteRequestAdmin(ModelAdmin):
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
        return allowed and not (isinstance(obj, QuoteRequest) and obj.state not in EDITABLE)

    def has_operate_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm("freight.change_quoterequest"))

    @display(description=gettext_lazy("number"), ordering="pk")
    def shown_number(self, row: QuoteRequest) -> str:
        return str(row)

    @display(description=gettext_lazy("customer"), ordering="customer_name")
    def customer(self, row: QuoteRequest) -> str:
        return row.customer_name or row.customer_address

    @display(description=gettext_lazy("route"))
    def shown_route(self, row: QuoteRequest) -> str:
        return route(row) or "–"

    @display(description=gettext_lazy("container"), ordering="container")
    def shown_container(self, row: QuoteRequest) -> str:
        return f"{row.container} × {row.containers}" if row.container else "–"

    @display(description=gettext_lazy("state"), ordering="state", label=REQUEST_COLOURS)
    def shown_state(self, row: QuoteRequest) -> tuple[str, str]:
        return row.state, row.get_state_display()

    @display(description=gettext_lazy("for the operator because"))
    def shown_review(self, row: QuoteRequest) -> str:
        return ", ".join(review_labels(row)) or "–"

    @admin.action(description=gettext_lazy("Carry on: ask or price"), permissions=["operate"])
    def advance_selected(self, request: HttpRequest, queryset: QuerySet[QuoteRequest]) -> None:
        _each(request, list(queryset), lambda row: quotes.advance(row, timezone.now()))

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
            cleared = form.cleaned_data["cleared"]
            _each(request, [row], lambda one: _advance(one, cleared=cleared))
        return done(request, reverse("admin:freight_quoterequest_change", args=[object_id]))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Record the changed facts with the operator as their evidence; nothing else is written."""
        changes = {name: form.cleaned_data[name] for name in form.changed_data}
        if changes:
            by = request.user.get_username()
            quotes.record_operator_facts(obj, changes, by=by, now=timezone.now())

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        extra = {**(extra_context or {})}
        if isinstance(row, QuoteRequest):
            extra |= request_page(row)
        return super().change_view(request, object_id, form_url, extra)


@transaction.atomic
def _advance(row: QuoteRequest, *, cleared: bool) -> None:
    if cleared and row.review:
        QuoteRequest.objects.filter(pk=row.pk).update(review=[])
        row.review = []
    quotes.advance(row, timezone.now())


@admin.register(Quotation)
class QuotationAdmin(ReadOnlyAdmin):
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
        return route(row.request) or "–"

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
        _each(request, rows, lambda row: quotes.approve(row, by=by, now=timezone.now()))

    def _refuse(self, request: HttpRequest, rows: list[Quotation]) -> None:
        by = request.user.get_username()
        _each(request, rows, lambda row: quotes.refuse(row, by=by, now=timezone.now()))

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

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        extra = {**(extra_context or {})}
        if isinstance(row, Quotation):
            extra |= {
                "quotation": quotation_page(row),
                "facts": fact_rows(row.request),
                "route": route(row.request),
            }
        return super().change_view(request, object_id, form_url, extra)


@admin.register(Order)
class OrderAdmin(ReadOnlyAdmin):
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
        return _link("freight_quotation", row.quotation_id, row.quotation)

    @display(description=gettext_lazy("quote request"))
    def shown_request(self, row: Order) -> SafeString:
        return _link("freight_quoterequest", row.quotation.request_id, row.quotation.request)

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


def _link(name: str, pk: int, text: object) -> SafeString:
    url = reverse(f"admin:{name}_change", args=[pk])
    return format_html('<a class="bb-link" href="{}">{}</a>', url, text)


@admin.register(Shipment)
class ShipmentAdmin(ModelAdmin):
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
        return _link("freight_order", row.order_id, row.order)

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


# which action makes sense in which state
OUTBOX_ACTIONS = {
    "release": {Sending.DRAFT},
    "retry": {Sending.FAILED},
    "settle_sent": {Sending.UNCERTAIN},
    "settle_not_sent": {Sending.UNCERTAIN},
}


@admin.register(OutgoingMail)
class OutgoingMailAdmin(ReadOnlyAdmin):
    change_form_template = "console/outgoing.html"
    list_display = [
        "shown_subject",
        "recipient",
        "shown_kind",
        "shown_state",
        "attempt",
        "shown_remark",
        "created_at",
        "sent_at",
    ]
    list_display_links = ["shown_subject"]
    list_filter = [
        ("state", ChoicesDropdownFilter),
        ("kind", ChoicesDropdownFilter),
        ("created_at", RangeDateFilter),
    ]
    list_filter_submit = True
    list_per_page = 50
    show_full_result_count = False
    search_fields = ["subject", "recipient", "key", "message_id"]
    actions = [
        "release_selected",
        "retry_selected",
        "settle_sent_selected",
        "settle_not_sent_selected",
    ]
    actions_detail = ["release", "retry", "settle_sent", "settle_not_sent"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[OutgoingMail]:
        return super().get_queryset(request).defer("sealed")

    @display(description=gettext_lazy("subject"), ordering="subject")
    def shown_subject(self, row: OutgoingMail) -> str:
        return row.subject

    @display(description=gettext_lazy("kind"), ordering="kind")
    def shown_kind(self, row: OutgoingMail) -> str:
        return row.get_kind_display()

    @display(description=gettext_lazy("state"), ordering="state", label=MAIL_COLOURS)
    def shown_state(self, row: OutgoingMail) -> tuple[str, str]:
        return row.state, row.get_state_display()

    @display(description=gettext_lazy("remark"))
    def shown_remark(self, row: OutgoingMail) -> str:
        return remark(row.last_error) or "–"

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """The actions that the mail's state allows."""
        state = OutgoingMail.objects.filter(pk=object_id).values_list("state", flat=True).first()
        fitting = {
            f"freight_outgoingmail_{name}"
            for name, states in OUTBOX_ACTIONS.items()
            if state in states
        }
        return [
            item
            for item in super().get_actions_detail(request, object_id)
            if item.action_name in fitting
        ]

    @admin.action(description=gettext_lazy("Release held-back mails"), permissions=["operate"])
    def release_selected(self, request: HttpRequest, queryset: QuerySet[OutgoingMail]) -> None:
        self._act(request, queryset, "release")

    @admin.action(description=gettext_lazy("Try failed mails again"), permissions=["operate"])
    def retry_selected(self, request: HttpRequest, queryset: QuerySet[OutgoingMail]) -> None:
        self._act(request, queryset, "retry")

    @admin.action(description=gettext_lazy("Uncertain: it was sent"), permissions=["operate"])
    def settle_sent_selected(self, request: HttpRequest, queryset: QuerySet[OutgoingMail]) -> None:
        self._act(request, queryset, "settle_sent")

    @admin.action(description=gettext_lazy("Uncertain: it was not sent"), permissions=["operate"])
    def settle_not_sent_selected(
        self, request: HttpRequest, queryset: QuerySet[OutgoingMail]
    ) -> None:
        self._act(request, queryset, "settle_not_sent")

    def _act(self, request: HttpRequest, queryset: QuerySet[OutgoingMail], name: str) -> None:
        by = request.user.get_username()
        acts: dict[str, Callable[[OutgoingMail], None]] = {
            "release": lambda mail: outbox.release(mail, by=by),
            "retry": lambda mail: outbox.retry(mail, by=by),
            "settle_sent": lambda mail: outbox.settle(mail, sent=True, by=by),
            "settle_not_sent": lambda mail: outbox.settle(mail, sent=False, by=by),
        }
        # what is in another state is left alone: a selection of 50 rarely has one state
        _each(request, list(queryset.filter(state__in=OUTBOX_ACTIONS[name])), acts[name])

    def _one(self, request: HttpRequest, object_id: str, name: str) -> HttpResponse:
        self._act(request, self.get_queryset(request).filter(pk=object_id), name)
        return done(request, reverse("admin:freight_outgoingmail_change", args=[object_id]))

    @action(
        description=gettext_lazy("Release"),
        permissions=["operate"],
        icon="send",
        variant=ActionVariant.PRIMARY,
        dialog=dialog(
            gettext_lazy("Release this mail"),
            gettext_lazy("It goes to the customer as it stands here."),
            button=gettext_lazy("Release"),
        ),
    )
    def release(self, request: HttpRequest, form: DialogForm, object_id: str) -> HttpResponse:
        return self._one(request, object_id, "release")

    @action(
        description=gettext_lazy("Try again"),
        permissions=["operate"],
        icon="refresh",
        dialog=dialog(
            gettext_lazy("Try this mail again"),
            gettext_lazy("The same bytes are offered to the relay again."),
            button=gettext_lazy("Try again"),
        ),
    )
    def retry(self, request: HttpRequest, form: DialogForm, object_id: str) -> HttpResponse:
        return self._one(request, object_id, "retry")

    @action(
        description=gettext_lazy("It was sent"),
        permissions=["operate"],
        icon="mark_email_read",
        dialog=dialog(
            gettext_lazy("This mail was sent"),
            gettext_lazy("You have seen it in the Sent folder, or the customer has it."),
            button=gettext_lazy("It was sent"),
        ),
    )
    def settle_sent(self, request: HttpRequest, form: DialogForm, object_id: str) -> HttpResponse:
        return self._one(request, object_id, "settle_sent")

    @action(
        description=gettext_lazy("It was not sent"),
        permissions=["operate"],
        icon="unsubscribe",
        dialog=dialog(
            gettext_lazy("This mail was not sent"),
            gettext_lazy("It counts as failed then and can be tried again."),
            button=gettext_lazy("It was not sent"),
        ),
    )
    def settle_not_sent(
        self, request: HttpRequest, form: DialogForm, object_id: str
    ) -> HttpResponse:
        return self._one(request, object_id, "settle_not_sent")

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        extra = {**(extra_context or {})}
        if isinstance(row, OutgoingMail):
            extra |= {
                "text": text_of(row),
                "remark": remark(row.last_error),
                "state_colour": MAIL_COLOURS.get(Sending(row.state), ""),
                "has_link": row.kind in (OutgoingMail.Kind.QUESTION, OutgoingMail.Kind.REMINDER),
            }
        return super().change_view(request, object_id, form_url, extra)
