"""What the live page shows of a device, as values that JSON can hold."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from iot.models import Alarm, Device, DeviceState, Reading, measured

HISTORY = 120


def group_name(device: str) -> str:
    """The channel-layer group of a device's live page."""
    return f"device.{device}"


def state_json(device: Device, state: DeviceState | None, alarms: Iterable[str]) -> dict[str, Any]:
    """The latest values of `device` and the kinds of its open alarms; times in ISO 8601, UTC."""
    values = measured(state or DeviceState(device=device))
    return {
        "device": device.name,
        "approved": device.approved,
        "last_seen": _iso(device.last_seen),
        "online": state.online if state else None,
        "telemetry_at": _iso(state.telemetry_at) if state else None,
        "position_at": _iso(state.position_at) if state else None,
        "alarms": list(alarms),
        **values,
    }


def current(device: Device) -> dict[str, Any]:
    """state_json of `device` as the database has it."""
    state = DeviceState.objects.filter(device=device).first()
    kinds = Alarm.objects.filter(device=device, closed_at=None).values_list("kind", flat=True)
    return state_json(device, state, sorted(kinds))


def history(device: Device) -> list[dict[str, Any]]:
    """The last telemetry readings, oldest first: {t, temperature, humidity}."""
    rows = (
        Reading.objects.filter(device=device, lat=None)
        .order_by("-taken_at", "-pk")
        .values_list("taken_at", "temperature", "humidity")[:HISTORY]
    )
    return [{"t": _iso(t), "temperature": c, "humidity": h} for t, c, h in reversed(rows)]


def alarm_log(device: Device) -> list[dict[str, Any]]:
    """The last ten alarms, newest first: {kind, opened_at, closed_at}."""
    return [
        {"kind": a.kind, "opened_at": _iso(a.opened_at), "closed_at": _iso(a.closed_at)}
        for a in Alarm.objects.filter(device=device)[:10]
    ]


def _iso(at: dt.datetime | None) -> str | None:
    return at.astimezone(dt.UTC).isoformat(timespec="milliseconds") if at else None
