"""MQTT topic and bytes in, a message or a refusal out. The words of firmware/PROTOCOL.md; no I/O.

Every input ends in one of the two: what a device sends can be wrong, but it can't stop the ingest.
"""

import hashlib
import json
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

PREFIX = "busybee/v1"
SEED_TOPICS = {"sensor/data": "telemetry", "gps/data": "position"}
# the earlier system's topics name no device: all of it was one box
SEED_DEVICE = "seed"
SUBSCRIPTIONS = (
    f"{PREFIX}/+/telemetry",
    f"{PREFIX}/+/position",
    f"{PREFIX}/+/frame",
    f"{PREFIX}/+/status",
    *SEED_TOPICS,
)
MAX_JSON_BYTES = 4096
MAX_FRAME_BYTES = 512 * 1024
UINT32 = 2**32 - 1
# 2000-01-01 and 2100-01-01: outside of them a clock was never set
EARLIEST, LATEST = 946_684_800, 4_102_444_800
DEVICE_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose message and which; `key` is empty where nothing in the payload tells it apart."""

    device: str
    key: str
    boot: int | None
    seq: int | None
    at: float | None


@dataclass(frozen=True, slots=True)
class Telemetry:
    identity: Identity
    temperature: float | None
    humidity: float | None
    is_open: bool | None
    distance_cm: float | None
    status: int | None


@dataclass(frozen=True, slots=True)
class Position:
    identity: Identity
    lat: float
    lon: float
    accuracy: float | None


@dataclass(frozen=True, slots=True)
class Picture:
    device: str
    sha256: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Presence:
    device: str
    online: bool
    kind: str


@dataclass(frozen=True, slots=True)
class Refusal:
    reason: str


Message = Telemetry | Position | Picture | Presence


class _BadPayload(Exception):
    """The payload breaks the protocol; the text says where."""


def parse(topic: str, payload: bytes) -> Message | Refusal:
    """What `payload` on `topic` says, or why it is refused. Never raises."""
    try:
        device, leaf = _address(topic)
        return _READERS[leaf](device, payload)
    except _BadPayload as exc:
        return Refusal(str(exc))


def _address(topic: str) -> tuple[str, str]:
    if topic in SEED_TOPICS:
        return SEED_DEVICE, f"seed {SEED_TOPICS[topic]}"
    parts = topic.split("/")
    if len(parts) != 4 or "/".join(parts[:2]) != PREFIX or parts[3] not in LEAVES:
        raise _BadPayload("unknown topic")
    if not DEVICE_NAME.fullmatch(parts[2]):
        raise _BadPayload("bad device name")
    return parts[2], parts[3]


def _telemetry(device: str, payload: bytes) -> Telemetry:
    fields = _fields(payload)
    return _checked(
        Telemetry(
            identity=_identity(device, payload, fields),
            temperature=_number(fields, "temperature", -60, 125),
            humidity=_number(fields, "humidity", 0, 100),
            is_open=_truth(fields, "isOpen"),
            distance_cm=_number(fields, "distance_cm", 0, 1000),
            status=_whole(fields, "status", 1, 5),
        )
    )


def _seed_telemetry(device: str, payload: bytes) -> Telemetry:
    fields = _fields(payload)
    return _checked(
        Telemetry(
            # no clock, no counter: two equal payloads may be two readings, so there is no key
            identity=Identity(device, "", None, None, None),
            temperature=_number(fields, "temperature", -60, 125),
            humidity=_number(fields, "humidity", 0, 100),
            is_open=_truth(fields, "isOpen"),
            distance_cm=None,
            status=_whole(fields, "status", 1, 5),
        )
    )


def _checked(message: Telemetry) -> Telemetry:
    values = (
        message.temperature,
        message.humidity,
        message.is_open,
        message.distance_cm,
        message.status,
    )
    if all(value is None for value in values):
        raise _BadPayload("no value in it")
    return message


def _position(device: str, payload: bytes) -> Position:
    fields = _fields(payload)
    return _place(fields, _identity(device, payload, fields))


def _seed_position(device: str, payload: bytes) -> Position:
    fields = _fields(payload)
    at = _number(fields, "tst", EARLIEST, LATEST)
    key = f"tst-{_digest(payload)}" if at is not None else ""
    return _place(fields, Identity(device, key, None, None, at))


def _place(fields: dict[str, Any], identity: Identity) -> Position:
    lat, lon = _number(fields, "lat", -90, 90), _number(fields, "lon", -180, 180)
    if lat is None or lon is None:
        raise _BadPayload("lat and lon are needed")
    if lat == lon == 0:
        raise _BadPayload("0, 0 is a receiver without a fix")
    return Position(identity, lat, lon, _number(fields, "acc", 0, 100_000))


def _picture(device: str, payload: bytes) -> Picture:
    if len(payload) > MAX_FRAME_BYTES:
        raise _BadPayload("picture too big")
    if not (payload.startswith(b"\xff\xd8\xff") and payload.rstrip(b"\0").endswith(b"\xff\xd9")):
        raise _BadPayload("not a whole JPEG")
    return Picture(device, hashlib.sha256(payload).hexdigest(), payload)


def _presence(device: str, payload: bytes) -> Presence:
    fields = _fields(payload)
    online = _truth(fields, "online")
    kind = fields.get("kind", "")
    if online is None:
        raise _BadPayload("online is needed")
    if not isinstance(kind, str) or not re.fullmatch(r"[ -~]{0,40}", kind):
        raise _BadPayload("bad kind")
    return Presence(device, online, kind)


LEAVES = ("telemetry", "position", "frame", "status")
_READERS: dict[str, Callable[[str, bytes], Message]] = {
    "telemetry": _telemetry,
    "position": _position,
    "frame": _picture,
    "status": _presence,
    "seed telemetry": _seed_telemetry,
    "seed position": _seed_position,
}


def _identity(device: str, payload: bytes, fields: dict[str, Any]) -> Identity:
    boot, seq = _whole(fields, "boot", 0, UINT32), _whole(fields, "seq", 0, UINT32)
    if boot is None or seq is None:
        raise _BadPayload("boot and seq are needed")
    # the digest: a board whose counter starts anew must not have its readings taken for old ones
    key = f"{boot}-{seq}-{_digest(payload)}"
    return Identity(device, key, boot, seq, _number(fields, "at", EARLIEST, LATEST))


def _digest(payload: bytes) -> str:
    return hashlib.sha256(payload).hexdigest()[:24]


def _fields(payload: bytes) -> dict[str, Any]:
    if len(payload) > MAX_JSON_BYTES:
        raise _BadPayload("payload too long")
    try:
        fields = json.loads(payload.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError) as exc:
        raise _BadPayload("not JSON") from exc
    if not isinstance(fields, dict):
        raise _BadPayload("not a JSON object")
    return fields


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)  # NaN and Infinity are Python's, not JSON's


def _number(fields: dict[str, Any], name: str, low: float, high: float) -> float | None:
    value = fields.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _BadPayload(f"{name} is not a number")
    # compared before it becomes a float: a whole number of 4,000 digits would not fit into one
    if not low <= value <= high or not math.isfinite(value):
        raise _BadPayload(f"{name} is out of range")
    return float(value)


def _whole(fields: dict[str, Any], name: str, low: int, high: int) -> int | None:
    value = fields.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        raise _BadPayload(f"{name} is not a whole number")
    if not low <= value <= high:
        raise _BadPayload(f"{name} is out of range")
    return value


def _truth(fields: dict[str, Any], name: str) -> bool | None:
    value = fields.get(name)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int) and value in (0, 1):
        return bool(value)
    raise _BadPayload(f"{name} is neither true nor false")
