"""Writes a batch of received messages: readings, pictures, latest states and alarms at once."""

import contextlib
import datetime as dt
import logging
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import Count

from iot import alarms
from iot.errors import PictureNotKept
from iot.live import state_json
from iot.models import Alarm, Device, DeviceState, Frame, Reading
from iot.payloads import Message, Picture, Position, Presence, Refusal, Telemetry, parse

logger = logging.getLogger(__name__)

# anyone with the broker's password can invent names: the table must not grow with them
MAX_UNAPPROVED = 200
# enough for an operator to see whose camera it is
MAX_UNAPPROVED_PICTURES = 5
STATE_FIELDS = [f.name for f in DeviceState._meta.fields if f.name != "device"]


@dataclass(frozen=True, slots=True)
class Received:
    topic: str
    payload: bytes
    at: dt.datetime
    retained: bool = False


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of a batch, and the new states of the devices that it changed."""

    stored: int = 0
    repeated: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    states: tuple[dict[str, Any], ...] = ()


@dataclass(slots=True)
class _Sight:
    """A device while a batch is written: its row, its latest values, its open alarms."""

    device: Device
    state: DeviceState
    alarms: dict[str, Alarm]


def record(batch: Sequence[Received]) -> Recorded:
    """Write `batch` in one transaction; a message that is there already is only counted.

    When this returns, all of it is committed and may be acknowledged to the broker. Raises
    PictureNotKept, with nothing written, where the disk takes no picture.
    """
    refused: Counter[str] = Counter()
    messages: list[tuple[Message, Received]] = []
    for received in batch:
        message = parse(received.topic, received.payload)
        if isinstance(message, Refusal):
            _count_refused(refused, message.reason, received)
        else:
            messages.append((message, received))
    if not messages:
        return Recorded(refused=refused)
    with transaction.atomic():
        return _write(messages, refused)


def _count_refused(refused: Counter[str], reason: str, received: Received) -> None:
    refused[reason] += 1
    # the topic is a stranger's text: shortened and escaped
    size = len(received.payload)
    logger.warning("message refused: %s (%s, %s bytes)", reason, ascii(received.topic[:60]), size)


def _write(messages: list[tuple[Message, Received]], refused: Counter[str]) -> Recorded:
    sights = _sights({device_of(message) for message, _ in messages})
    room = _picture_room(messages, sights)
    known = []
    for message, received in messages:
        device = device_of(message)
        if device not in sights:
            _count_refused(refused, "too many unapproved devices", received)
        elif isinstance(message, Picture) and room.get(device, 1) <= 0:
            _count_refused(refused, "too many pictures of an unapproved device", received)
        else:
            known.append((message, received))
            if isinstance(message, Picture) and device in room:
                room[device] -= 1
    fresh = _insert(known, sights)
    for message, received in fresh:
        _apply(sights[device_of(message)], message, received)
    touched = [sights[name] for name in dict.fromkeys(device_of(m) for m, _ in fresh)]
    _save(touched)
    return Recorded(
        stored=len(fresh),
        repeated=len(known) - len(fresh),
        refused=refused,
        states=tuple(state_json(s.device, s.state, sorted(s.alarms)) for s in touched),
    )


def _picture_room(
    messages: list[tuple[Message, Received]], sights: dict[str, _Sight]
) -> dict[str, int]:
    """How many pictures each unapproved device may still send; approved ones are not in it."""
    cameras = {device_of(message) for message, _ in messages if isinstance(message, Picture)}
    waiting = [s.device for name, s in sights.items() if name in cameras and not s.device.approved]
    if not waiting:
        return {}
    rows = Frame.objects.filter(device__in=waiting).values("device").order_by("device")
    kept = dict(rows.annotate(kept=Count("pk")).values_list("device", "kept"))
    return {device.name: MAX_UNAPPROVED_PICTURES - kept.get(device.pk, 0) for device in waiting}


def device_of(message: Message) -> str:
    """The name of the device that sent `message`."""
    if isinstance(message, Telemetry | Position):
        return message.identity.device
    return message.device


def _sights(names: set[str]) -> dict[str, _Sight]:
    """The devices of `names`, unknown ones created as unapproved as long as there is room."""
    query = Device.objects.select_related("shipment", "state").filter(name__in=names)
    devices = {device.name: device for device in query}
    missing = sorted(names - devices.keys())
    if missing:
        room = max(0, MAX_UNAPPROVED - Device.objects.unapproved().count())
        devices |= {name: _new_device(name) for name in missing[:room]}
    sights = {name: _Sight(device, _state_of(device), {}) for name, device in devices.items()}
    by_id = {sight.device.pk: sight for sight in sights.values()}
    for alarm in Alarm.objects.filter(device__in=by_id, closed_at=None):
        by_id[alarm.device_id].alarms[alarm.kind] = alarm
    return sights


def _new_device(name: str) -> Device:
    device, created = Device.objects.get_or_create(name=name)
    if created:
        logger.warning("new device %s reported: it waits for approval", name)
    return device


def _state_of(device: Device) -> DeviceState:
    try:
        return device.state
    except DeviceState.DoesNotExist:
        return DeviceState(device=device)


def _insert(
    messages: list[tuple[Message, Received]], sights: dict[str, _Sight]
) -> list[tuple[Message, Received]]:
    """Insert rows for `messages`; returns those that were not stored before, in order."""
    rows: dict[tuple[int, str], Reading | Frame] = {}
    fresh: dict[tuple[int, str], tuple[Message, Received]] = {}
    for number, (message, received) in enumerate(messages):
        device = sights[device_of(message)].device
        if isinstance(message, Presence):
            fresh[device.pk, f"presence {number}"] = (message, received)
            continue
        row = _row(device, message, received)
        name = row.key if isinstance(row, Reading) else row.sha256
        if (device.pk, name) not in rows:
            rows[device.pk, name] = row
            fresh[device.pk, name] = (message, received)
    for known in _known(rows):
        rows.pop(known, None)
        fresh.pop(known, None)
    Reading.objects.bulk_create([row for row in rows.values() if isinstance(row, Reading)])
    Frame.objects.bulk_create([row for row in rows.values() if isinstance(row, Frame)])
    return list(fresh.values())


def _known(rows: dict[tuple[int, str], Reading | Frame]) -> Iterable[tuple[int, str]]:
    """The keys of `rows` that the database holds already."""
    devices = {device for device, _ in rows}
    names = [name for _, name in rows]
    yield from Reading.objects.filter(device__in=devices, key__in=names).values_list(
        "device_id", "key"
    )
    yield from Frame.objects.filter(device__in=devices, sha256__in=names).values_list(
        "device_id", "sha256"
    )


def _row(
    device: Device, message: Telemetry | Position | Picture, received: Received
) -> Reading | Frame:
    if isinstance(message, Picture):
        path = _keep_picture(message)
        size = len(message.data)
        return Frame(
            device=device, sha256=message.sha256, path=path, size=size, received_at=received.at
        )
    identity = message.identity
    return Reading(
        device=device,
        key=identity.key or uuid4().hex,
        taken_at=taken_at(message, received),
        received_at=received.at,
        boot=identity.boot,
        seq=identity.seq,
        **_values(message),
    )


def taken_at(message: Telemetry | Position, received: Received) -> dt.datetime:
    """When the values were measured: the device's own time, unless its clock runs ahead of ours."""
    if message.identity.at is None:
        return received.at
    at = dt.datetime.fromtimestamp(message.identity.at, dt.UTC)
    return min(at, received.at)


def _values(message: Telemetry | Position) -> dict[str, Any]:
    if isinstance(message, Position):
        return {"lat": message.lat, "lon": message.lon, "accuracy": message.accuracy}
    return {
        "temperature": message.temperature,
        "humidity": message.humidity,
        "is_open": message.is_open,
        "distance_cm": message.distance_cm,
        "status": message.status,
    }


def frame_path(name: str) -> Path:
    """Where the picture with the stored path `name` lies."""
    return Path(settings.BUSYBEE_STORAGE) / name


def _keep_picture(picture: Picture) -> str:
    """Write the bytes under their sha256; the stored path. The file appears whole or not at all."""
    name = f"frames/{picture.sha256[:2]}/{picture.sha256}.jpg"
    path = frame_path(name)
    part = path.with_suffix(f".{os.getpid()}.part")
    try:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            part.write_bytes(picture.data)
            part.replace(path)
    except OSError as exc:
        # half a picture would take up the room that is short
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise PictureNotKept(exc.strerror or type(exc).__name__) from exc
    return name


def _apply(sight: _Sight, message: Message, received: Received) -> None:
    """Bring the device's state and alarms up to `message`."""
    state = sight.state
    if not (received.retained and isinstance(message, Presence)):
        # a retained presence was left with the broker at some time in the past
        sight.device.last_seen = received.at
    if isinstance(message, Presence):
        state.online = message.online
        sight.device.kind = message.kind or sight.device.kind
    elif isinstance(message, Telemetry):
        _apply_telemetry(sight, message, taken_at(message, received))
    elif isinstance(message, Position):
        _apply_position(state, message, taken_at(message, received))


def _apply_telemetry(sight: _Sight, message: Telemetry, at: dt.datetime) -> None:
    state, identity = sight.state, message.identity
    if not _newer((identity.boot, identity.seq, at), (state.boot, state.seq, state.telemetry_at)):
        return
    for name, value in _values(message).items():
        setattr(state, name, value)
    state.boot, state.seq, state.telemetry_at = identity.boot, identity.seq, at
    if sight.device.approved:
        _judge(sight, at)


def _apply_position(state: DeviceState, message: Position, at: dt.datetime) -> None:
    identity = message.identity
    before = (state.position_boot, state.position_seq, state.position_at)
    if not _newer((identity.boot, identity.seq, at), before):
        return
    for name, value in _values(message).items():
        setattr(state, name, value)
    state.position_boot, state.position_seq = identity.boot, identity.seq
    state.position_at = at


_Stamp = tuple[int | None, int | None, dt.datetime | None]


def _newer(stamp: _Stamp, before: _Stamp) -> bool:
    """Whether `stamp` comes after `before`: by the counter within one boot, else by the time."""
    (boot, seq, at), (old_boot, old_seq, old_at) = stamp, before
    if boot is not None and boot == old_boot and seq is not None and old_seq is not None:
        return seq > old_seq
    return old_at is None or (at is not None and at >= old_at)


def _judge(sight: _Sight, at: dt.datetime) -> None:
    state = sight.state
    kinds = alarms.wanted(
        rules_of(sight.device, state),
        is_open=state.is_open,
        temperature=state.temperature,
        open_kinds=frozenset(sight.alarms),
    )
    for kind in kinds - sight.alarms.keys():
        value = state.distance_cm if kind == Alarm.Kind.DOOR else state.temperature
        sight.alarms[kind] = Alarm.objects.create(
            device=sight.device, kind=kind, opened_at=at, value=value
        )
        logger.warning("alarm %s of device %s opened", kind, sight.device.name)
    for kind in sight.alarms.keys() - kinds:
        alarm = sight.alarms.pop(kind)
        Alarm.objects.filter(pk=alarm.pk, closed_at=None).update(closed_at=at)
        logger.info("alarm %s of device %s closed", kind, sight.device.name)


def rules_of(device: Device, state: DeviceState) -> alarms.Rules:
    """The device's limits; under way by its shipment's status, without one by its own."""
    status = device.shipment.status if device.shipment else state.status
    return alarms.Rules(
        in_transit=status == alarms.IN_TRANSIT,
        temperature_min=device.temperature_min,
        temperature_max=device.temperature_max,
    )


def _save(sights: list[_Sight]) -> None:
    if not sights:
        return
    DeviceState.objects.bulk_create(
        [sight.state for sight in sights],
        update_conflicts=True,
        unique_fields=["device"],
        update_fields=STATE_FIELDS,
    )
    Device.objects.bulk_update([sight.device for sight in sights], ["last_seen", "kind"])
