import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iot.payloads import (
    SEED_DEVICE,
    Identity,
    Picture,
    Position,
    Presence,
    Refusal,
    Telemetry,
    parse,
)

TELEMETRY = {
    "boot": 7,
    "seq": 3,
    "temperature": 23.0,
    "humidity": 45.0,
    "isOpen": False,
    "distance_cm": 12.5,
    "status": 4,
}


def telemetry(**changes: Any) -> bytes:
    """A telemetry payload with `changes`; a value of ... leaves the field out."""
    fields = {**TELEMETRY, **changes}
    return json.dumps({name: value for name, value in fields.items() if value is not ...}).encode()


def box(leaf: str, payload: bytes) -> Any:
    return parse(f"busybee/v1/box-1/{leaf}", payload)


def test_telemetry_says_all_it_holds() -> None:
    message = box("telemetry", telemetry(at=1_800_000_000.5))
    assert message.identity.device == "box-1"
    assert (message.identity.boot, message.identity.seq) == (7, 3)
    assert message.identity.at == 1_800_000_000.5
    assert (message.temperature, message.humidity, message.is_open) == (23.0, 45.0, False)
    assert (message.distance_cm, message.status) == (12.5, 4)


def test_same_bytes_have_the_same_key() -> None:
    assert box("telemetry", telemetry()).identity.key == box("telemetry", telemetry()).identity.key


def test_a_counter_that_starts_anew_makes_another_key() -> None:
    first, second = box("telemetry", telemetry()), box("telemetry", telemetry(temperature=9))
    assert first.identity.key != second.identity.key


def test_a_failed_sensor_is_null_and_the_rest_counts() -> None:
    message = box("telemetry", telemetry(temperature=None, humidity=None))
    assert message.temperature is None
    assert message.is_open is False


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"boot": ...}, "boot and seq are needed"),
        ({"seq": -1}, "seq is out of range"),
        ({"seq": 2**32}, "seq is out of range"),
        ({"seq": 1.0}, "seq is not a whole number"),
        ({"seq": True}, "seq is not a whole number"),
        ({"temperature": "23"}, "temperature is not a number"),
        ({"temperature": True}, "temperature is not a number"),
        ({"temperature": 126}, "temperature is out of range"),
        ({"temperature": 10**400}, "temperature is out of range"),
        ({"humidity": 100.1}, "humidity is out of range"),
        ({"isOpen": "false"}, "isOpen is neither true nor false"),
        ({"isOpen": 2}, "isOpen is neither true nor false"),
        ({"distance_cm": -1}, "distance_cm is out of range"),
        ({"status": 6}, "status is out of range"),
        ({"at": 5}, "at is out of range"),
        (dict.fromkeys(("temperature", "humidity", "isOpen", "distance_cm", "status")), "no value"),
    ],
)
def test_bad_telemetry_is_refused_with_its_reason(changes: dict[str, Any], reason: str) -> None:
    refusal = box("telemetry", telemetry(**changes))
    assert isinstance(refusal, Refusal)
    assert refusal.reason.startswith(reason)


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[1]", "not a JSON object"),
        (b'{"temperature": NaN}', "not JSON"),
        (b'{"boot":1,"seq":1,"temperature": 1e999}', "temperature is out of range"),
        (b"[" * 4000, "not JSON"),
        (b" " * 4097, "payload too long"),
    ],
)
def test_bytes_that_are_no_message_are_refused(payload: bytes, reason: str) -> None:
    assert box("telemetry", payload) == Refusal(reason)


@pytest.mark.parametrize(
    "topic",
    ["", "x", "busybee/v2/a/telemetry", "busybee/v1/a/b/telemetry", "busybee/v1/a/control"],
)
def test_unknown_topics_are_refused(topic: str) -> None:
    assert parse(topic, telemetry()) == Refusal("unknown topic")


@pytest.mark.parametrize("name", ["", "A", "a_b", "-a", "a-", "a" * 41, "a\n", "가"])
def test_bad_device_names_are_refused(name: str) -> None:
    assert parse(f"busybee/v1/{name}/telemetry", telemetry()) == Refusal("bad device name")


def test_position() -> None:
    message = box("position", b'{"boot":1,"seq":2,"lat":35.1,"lon":129.04,"acc":5}')
    assert isinstance(message, Position)
    assert (message.lat, message.lon, message.accuracy) == (35.1, 129.04, 5.0)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ('"lat":35.1', "lat and lon are needed"),
        ('"lat":0,"lon":0', "0, 0 is a receiver without a fix"),
        ('"lat":90.1,"lon":0', "lat is out of range"),
        ('"lat":0,"lon":-180.1', "lon is out of range"),
    ],
)
def test_bad_positions_are_refused(fields: str, reason: str) -> None:
    assert box("position", f'{{"boot":1,"seq":2,{fields}}}'.encode()) == Refusal(reason)


def test_picture_is_a_whole_jpeg() -> None:
    message = box("frame", b"\xff\xd8\xff\xe0 picture \xff\xd9\0\0")
    assert isinstance(message, Picture)
    assert len(message.sha256) == 64


@pytest.mark.parametrize("payload", [b"", b"\xff\xd8\xff\xe0 cut", b"GIF89a"])
def test_other_pictures_are_refused(payload: bytes) -> None:
    assert box("frame", payload) == Refusal("not a whole JPEG")


def test_a_picture_too_big_is_refused() -> None:
    assert box("frame", b"\xff\xd8\xff" + b"0" * 600_000) == Refusal("picture too big")


def test_presence() -> None:
    assert box("status", b'{"online":true,"kind":"uno"}') == Presence("box-1", True, "uno")
    assert box("status", b"{}") == Refusal("online is needed")
    assert box("status", b'{"online":true,"kind":"\\u0000"}') == Refusal("bad kind")


def test_the_seeds_sensor_topic() -> None:
    payload = b'{"isOpen":true,"temperature":24.5,"humidity":51,"status":4}'
    assert parse("sensor/data", payload) == Telemetry(
        Identity(SEED_DEVICE, "", None, None, None), 24.5, 51.0, True, None, 4
    )


def test_the_seeds_gps_topic_is_known_by_its_time() -> None:
    payload = b'{"lat":37.5,"lon":127.0,"acc":12,"tst":1800000000}'
    message = parse("gps/data", payload)
    assert isinstance(message, Position)
    assert message.identity.at == 1_800_000_000
    assert message.identity.key.startswith("tst-")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)
NAMES = ("boot", "seq", "at", "temperature", "isOpen", "lat", "lon", "acc", "tst", "online", "kind")
FIELDS = st.dictionaries(st.sampled_from(NAMES), JSON).map(lambda d: json.dumps(d).encode())
TOPICS = st.sampled_from(
    ["sensor/data", "gps/data"]
    + [f"busybee/v1/box-1/{leaf}" for leaf in ("telemetry", "position", "frame", "status")]
)


@given(topic=TOPICS | st.text(), payload=FIELDS | st.binary(max_size=300))
def test_every_input_is_a_message_or_a_refusal(topic: str, payload: bytes) -> None:
    assert isinstance(parse(topic, payload), Telemetry | Position | Picture | Presence | Refusal)
