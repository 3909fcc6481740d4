"""Lane rates as operators see and change them, one by one or as a table."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from busybee.console import (
    ChoicesDropdownFilter,
    DialogForm,
    DropdownFilter,
    ModelAdmin,
    TextAreaWidget,
    TextWidget,
    action,
    dialog,
    display,
    done,
)
from freight import places, rates_import
from freight.admin.rows import KnowsPlaces
from freight.errors import RatesUnreadable
from freight.fact_rows import LABELS, place_name
from freight.models import LaneRate
from freight.pages import won
from freight.request_form import PlaceField

VALIDITY = {
    "valid": gettext_lazy("valid"),
    "coming": gettext_lazy("not yet valid"),
    "expired": gettext_lazy("expired"),
}
VALIDITY_COLOURS = {"valid": "success", "coming": "info", "expired": "default"}
MOST_LANES = 200
SHOWN_PROBLEMS = 10


def lane(origin: str, destination: str) -> str:
    """`부산 → 상하이` in the reader's language."""
    return f"{place_name(origin)} → {place_name(destination)}"


def validity(row: LaneRate) -> str:
    """Whether the rate is `valid`, `coming` or `expired` today."""
    today = timezone.localdate()
    if row.valid_to < today:
        return "expired"
    return "coming" if row.valid_from > today else "valid"


class LaneFilter(DropdownFilter):
    title = gettext_lazy("lane")
    parameter_name = "lane"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        pairs = LaneRate.objects.order_by("origin", "destination").values_list(
            "origin", "destination"
        )
        return [(f"{a}-{b}", lane(a, b)) for a, b in pairs.distinct()[:MOST_LANES]]

    def queryset(self, request: HttpRequest, queryset: QuerySet[LaneRate]) -> QuerySet[LaneRate]:
        origin, _dash, destination = (self.value() or "").partition("-")
        return queryset.filter(origin=origin, destination=destination) if origin else queryset


class ValidityFilter(DropdownFilter):
    title = gettext_lazy("validity")
    parameter_name = "validity"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [*VALIDITY.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[LaneRate]) -> QuerySet[LaneRate]:
        today = timezone.localdate()
        match self.value():
            case "valid":
                return queryset.filter(valid_from__lte=today, valid_to__gte=today)
            case "coming":
                return queryset.filter(valid_from__gt=today)
            case "expired":
                return queryset.filter(valid_to__lt=today)
        return queryset


class LaneRateForm(forms.ModelForm):
    origin = PlaceField(label=LABELS["origin"], widget=TextWidget)
    destination = PlaceField(label=LABELS["destination"], widget=TextWidget)

    class Meta:
        model = LaneRate
        fields = [
            "origin",
            "destination",
            "container",
            "amount",
            "valid_from",
            "valid_to",
            "note",
        ]

    def clean_amount(self) -> Decimal:
        amount: Decimal = self.cleaned_data["amount"]
        if not 0 < amount < rates_import.MOST_WON:
            raise forms.ValidationError(
                _("An amount is more than nothing, and less than a trillion won.")
            )
        return amount

    def clean(self) -> dict[str, Any]:
        """The rate; no lane leads to where it starts, and no validity ends before it begins."""
        cleaned = super().clean() or {}
        if cleaned.get("origin") and cleaned["origin"] == cleaned.get("destination"):
            self.add_error("destination", _("The destination is the origin."))
        first, last = cleaned.get("valid_from"), cleaned.get("valid_to")
        if first and last and last < first:
            self.add_error("valid_to", _("The validity ends before it begins."))
        return cleaned


class TableForm(DialogForm):
    table = forms.CharField(
        label=gettext_lazy("table, with its heading"),
        help_text=gettext_lazy(
            "Copied from a spreadsheet, or CSV: origin, destination, container, amount, "
            "valid_from, valid_to, and if you like currency (KRW) and note."
        ),
        widget=TextAreaWidget(attrs={"rows": 12}),
        strip=False,
    )

    def clean_table(self) -> list[rates_import.Rate]:
        try:
            reading = rates_import.read(self.cleaned_data["table"].encode(), "table.csv")
        except RatesUnreadable as exc:
            raise forms.ValidationError(str(exc)) from exc
        if reading.problems:
            shown = [str(problem) for problem in reading.problems[:SHOWN_PROBLEMS]]
            more = len(reading.problems) - len(shown)
            tail = [_("and %(count)s more") % {"count": more}] if more else []
            raise forms.ValidationError([*shown, *tail])
        return reading.rates


@admin.register(LaneRate)
class LaneRateAdmin(KnowsPlaces, ModelAdmin):
    form = LaneRateForm
    list_display = [
        "shown_lane",
        "container",
        "shown_amount",
        "shown_days",
        "shown_validity",
        "note",
    ]
    list_display_links = ["shown_lane"]
    list_filter = [LaneFilter, ("container", ChoicesDropdownFilter), ValidityFilter]
    list_filter_submit = True
    list_per_page = 50
    show_full_result_count = False
    search_fields = ["origin", "destination", "note"]
    search_help_text = gettext_lazy("Places by name or UN/LOCODE, or words of the note")
    actions = ["export_selected"]
    actions_list = ["take_table", "export_all"]
    warn_unsaved_form = True
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("origin", "destination"),
                    ("container", "amount"),
                    ("valid_from", "valid_to"),
                    "note",
                ],
                "description": gettext_lazy(
                    "KRW without VAT for one container, all in. The validity is that of the "
                    "departure (ETD). Where several rates apply, the one that is valid from the "
                    "latest day wins."
                ),
            },
        )
    ]

    @display(description=gettext_lazy("lane"), ordering="origin")
    def shown_lane(self, row: LaneRate) -> str:
        return f"{lane(row.origin, row.destination)} ({row.origin}-{row.destination})"

    @display(description=gettext_lazy("amount per container"), ordering="amount")
    def shown_amount(self, row: LaneRate) -> str:
        return won(row.amount, row.currency)

    @display(description=gettext_lazy("for departures"), ordering="valid_from")
    def shown_days(self, row: LaneRate) -> str:
        return f"{row.valid_from} – {row.valid_to}"

    @display(description=gettext_lazy("validity"), ordering="valid_to", label=VALIDITY_COLOURS)
    def shown_validity(self, row: LaneRate) -> tuple[str, str]:
        state = validity(row)
        return state, str(VALIDITY[state])

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[LaneRate], search_term: str
    ) -> tuple[QuerySet[LaneRate], bool]:
        """Rates whose ends or note have every word; a place may be called by any of its names."""
        words = [word for word in re.split(r"[\s,/>→-]+", search_term) if word]
        every = queryset
        for word in words:
            every = every.filter(_named(word))
        return (every | queryset.filter(_at(search_term))) if words else queryset, False

    def save_model(self, request: HttpRequest, obj: LaneRate, form: Any, change: bool) -> None:
        """Save, and say which other rates of the lane are valid on some of the same days."""
        super().save_model(request, obj, form, change)
        others = LaneRate.objects.overlapping(obj)[:SHOWN_PROBLEMS]
        if others:
            told = ", ".join(
                f"{row.valid_from} – {row.valid_to} {won(row.amount)}" for row in others
            )
            text = _(
                "Other rates of this lane are valid on some of these days: %(rates)s. There, the "
                "one that is valid from the latest day wins."
            )
            messages.warning(request, text % {"rates": told})

    def has_export_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_table_permission(self, request: HttpRequest) -> bool:
        return self.has_add_permission(request) and self.has_change_permission(request)

    @admin.action(description=gettext_lazy("Export as CSV"), permissions=["export"])
    def export_selected(self, request: HttpRequest, queryset: QuerySet[LaneRate]) -> HttpResponse:
        return _file(queryset)

    @action(description=gettext_lazy("Export as CSV"), permissions=["export"], icon="download")
    def export_all(self, request: HttpRequest) -> HttpResponse:
        return _file(LaneRate.objects.all())

    @action(
        description=gettext_lazy("Import a table"),
        permissions=["table"],
        icon="upload",
        dialog=dialog(
            gettext_lazy("Import lane rates"),
            gettext_lazy(
                "All lines are taken or none. A rate of the same lane, container and days takes "
                "the new amount."
            ),
            form=TableForm,
            button=gettext_lazy("Import"),
        ),
    )
    def take_table(self, request: HttpRequest, form: TableForm) -> HttpResponse:
        taken = rates_import.take_in(form.cleaned_data["table"])
        text = ngettext(
            "%(new)s new rate, %(changed)s changed, %(same)s as they were.",
            "%(new)s new rates, %(changed)s changed, %(same)s as they were.",
            taken.new,
        )
        counts = {"new": taken.new, "changed": taken.changed, "same": taken.same}
        messages.success(request, text % counts)
        return done(request, reverse("admin:freight_lanerate_changelist"))


def _named(word: str) -> Q:
    texts = Q(origin__iexact=word) | Q(destination__iexact=word) | Q(note__icontains=word)
    return texts | _at(word)


def _at(name: str) -> Q:
    """Rates that begin or end at the place of that name; none where it names no place."""
    codes = [place.locode for place in places.lookup(name)]
    return Q(origin__in=codes) | Q(destination__in=codes)


def _file(rows: QuerySet[LaneRate]) -> HttpResponse:
    # the byte order mark: without it a spreadsheet reads notes in its own code page
    text = "\ufeff" + rates_import.table(rows)
    head = {"Content-Disposition": 'attachment; filename="lane-rates.csv"'}
    return HttpResponse(text, content_type="text/csv; charset=utf-8", headers=head)
