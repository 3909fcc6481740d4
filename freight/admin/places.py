"""Places as operators see, search and change them."""

from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from busybee.console import ChoicesDropdownFilter, DropdownFilter, ModelAdmin, display
from freight import own_places
from freight.models import Place
from freight.place_form import PlaceForm


class CountryFilter(DropdownFilter):
    title = gettext_lazy("country")
    parameter_name = "country"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        codes = {place.country for place in own_places.shipped_places().values()}
        return [(code, code) for code in sorted(codes)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Place]) -> QuerySet[Place]:
        return queryset.filter(locode__startswith=self.value()) if self.value() else queryset


class OwnFilter(DropdownFilter):
    title = gettext_lazy("entered here")
    parameter_name = "own"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("1", gettext_lazy("entered or changed here"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Place]) -> QuerySet[Place]:
        return queryset.filter(own=True) if self.value() == "1" else queryset


@admin.register(Place)
class PlaceAdmin(ModelAdmin):
    """All places, those that ship included. Saving a shipped one makes it the installation's own;
    deleting an own one brings the shipped one back.
    """

    form = PlaceForm
    list_display = ["locode", "en", "ko", "ja", "th", "kind", "shown_own"]
    list_display_links = ["locode", "en"]
    list_filter = [("kind", ChoicesDropdownFilter), CountryFilter, OwnFilter]
    list_filter_submit = True
    list_per_page = 50
    show_full_result_count = False
    search_fields = ["locode", "en", "ko", "ja", "th", "aliases"]
    warn_unsaved_form = True
    readonly_fields = ["updated_at"]
    fieldsets = [
        (None, {"fields": [("locode", "kind")]}),
        (
            gettext_lazy("Names"),
            {
                "fields": [("ko", "en"), ("ja", "th"), "aliases"],
                "description": gettext_lazy(
                    "A name here counts in mails, chat and forms within ten seconds. A line that "
                    "begins with a hyphen is a name that never counts in a mail."
                ),
            },
        ),
        (gettext_lazy("Position"), {"fields": [("latitude", "longitude"), "updated_at"]}),
    ]

    @display(description=gettext_lazy("entered here"), ordering="own", label="success")
    def shown_own(self, row: Place) -> Any:
        return gettext_lazy("own place") if row.own else None

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if request.method == "GET" and not Place.objects.filter(own=False).exists():
            own_places.mirror()  # an installation from before there were rows of what ships
        return super().changelist_view(request, extra_context)

    def get_readonly_fields(self, request: HttpRequest, obj: Place | None = None) -> list[str]:
        return ["updated_at"] if obj is None else ["locode", "updated_at"]

    def has_delete_permission(self, request: HttpRequest, obj: Place | None = None) -> bool:
        allowed: bool = super().has_delete_permission(request, obj)
        return allowed and (obj is None or obj.own)

    def save_model(self, request: HttpRequest, obj: Place, form: Any, change: bool) -> None:
        obj.own = True
        super().save_model(request, obj, form, change)
        transaction.on_commit(lambda: own_places.refresh(at_once=True))
        for name in form.common_words():
            text = _(
                "“%(name)s” is a common word: it counts in forms, in mails only beside its country."
            )
            messages.warning(request, text % {"name": name})

    def delete_model(self, request: HttpRequest, obj: Place) -> None:
        own_places.give_up([obj])

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Place]) -> None:
        own_places.give_up(queryset.filter(own=True))
