"""The live pages: all devices, one device, and the same as JSON for pages without a socket."""

from typing import Any

from django.contrib.admin.views.decorators import staff_member_required
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from iot.live import alarm_log, current, history
from iot.models import Alarm, Device
from iot.telemetry import frame_path


@require_safe
@staff_member_required(login_url="admin:login")
def devices(request: HttpRequest) -> HttpResponse:
    return render(request, "iot/devices.html", {"devices": _all_devices(), "texts": texts()})


@require_safe
@staff_member_required(login_url="admin:login")
def devices_json(request: HttpRequest) -> JsonResponse:
    return _json({"devices": [current(device) for device in _all_devices()]})


@require_safe
@staff_member_required(login_url="admin:login")
def device(request: HttpRequest, name: str) -> HttpResponse:
    found = get_object_or_404(Device.objects.select_related("shipment"), name=name)
    context = {
        "device": found,
        "state": current(found),
        "has_frame": found.frames.exists(),
        "texts": texts(),
    }
    return render(request, "iot/device.html", context)


@require_safe
@staff_member_required(login_url="admin:login")
def device_json(request: HttpRequest, name: str) -> JsonResponse:
    found = get_object_or_404(Device, name=name)
    return _json({"state": current(found), "history": history(found), "alarms": alarm_log(found)})


@require_safe
@staff_member_required(login_url="admin:login")
def frame(request: HttpRequest, name: str) -> FileResponse:
    """The device's newest picture."""
    newest = get_object_or_404(Device, name=name).frames.first()
    if newest is None:
        raise Http404
    response = FileResponse(frame_path(newest.path).open("rb"), content_type="image/jpeg")
    response.headers["Cache-Control"] = "no-store"
    return response


def texts() -> dict[str, Any]:
    """The words that the page's script writes, in the reader's language."""
    return {
        "open": pgettext("door", "open"),
        "closed": pgettext("door", "closed"),
        "live": _("live"),
        "polling": _("refreshed every few seconds"),
        "offline": _("no connection"),
        "never": _("never"),
        "ago": _("%(seconds)s s ago"),
        "minutes": _("%(minutes)s min ago"),
        "none": _("none"),
        "alarms": {str(kind.value): str(kind.label) for kind in Alarm.Kind},
    }


def _all_devices() -> QuerySet[Device]:
    return Device.objects.select_related("shipment", "state")[:200]


def _json(data: dict[str, Any]) -> JsonResponse:
    response = JsonResponse(data)
    response.headers["Cache-Control"] = "no-store"
    return response
