from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from busybee.console import ModelAdmin, action, display
from iot.models import Alarm, Device, Frame, Reading


class Seen(ModelAdmin):
    """Rows that devices write: operators look at them and change nothing."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Device)
class DeviceAdmin(ModelAdmin):
    list_display = ("name", "title", "kind", "approval", "shipment", "last_seen")
    list_filter = ("approved", "kind")
    list_select_related = ("shipment",)
    search_fields = ("name", "title")
    readonly_fields = ("created_at", "last_seen")
    raw_id_fields = ("shipment",)
    actions = ("approve",)

    @display(description=_("approved"), label={"yes": "success", "new": "warning"})
    def approval(self, device: Device) -> tuple[str, Any]:
        return ("yes", _("approved")) if device.approved else ("new", _("new, not approved"))

    @action(description=_("Approve the chosen devices"))
    def approve(self, request: HttpRequest, queryset: QuerySet[Device]) -> None:
        queryset.update(approved=True)

    def view_on_site(self, device: Device) -> str:
        return reverse("iot:device", args=[device.name])


@admin.register(Alarm)
class AlarmAdmin(Seen):
    list_display = ("device", "kind", "opened_at", "closed_at", "value")
    list_filter = ("kind", ("closed_at", admin.EmptyFieldListFilter))
    list_select_related = ("device",)


@admin.register(Reading)
class ReadingAdmin(Seen):
    list_display = ("device", "taken_at", "temperature", "humidity", "is_open", "lat", "lon")
    list_filter = ("device",)
    list_select_related = ("device",)
    show_full_result_count = False


@admin.register(Frame)
class FrameAdmin(Seen):
    list_display = ("device", "received_at", "size", "sha256")
    list_select_related = ("device",)
