import datetime as dt
import errno
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from iot import telemetry
from iot.errors import PictureNotKept
from iot.models import Alarm, Device, DeviceState, Frame, Reading
from iot.telemetry import Received, frame_path, record
from iot.tests.factories import DeviceFactory

pytestmark = pytest.mark.django_db


def received(topic: str = "busybee/v1/box-1/telemetry", **fields: Any) -> Received:
    values = {"boot": 1, "temperature": 20.0, "isOpen": False, "status": 4, **fields}
    return Received(topic, json.dumps(values).encode(), timezone.now())


def temperatures(values: Iterable[float]) -> list[Received]:
    return [received(seq=seq, temperature=value) for seq, value in enumerate(values, start=1)]


def test_a_reading_and_the_latest_state_are_stored() -> None:
    recorded = record([received(seq=1), received(seq=2, temperature=21.5)])
    assert recorded.stored == 2
    assert Reading.objects.count() == 2
    assert DeviceState.objects.get().temperature == 21.5
    assert recorded.states[0]["temperature"] == 21.5


def test_a_redelivery_is_stored_once() -> None:
    message = received(seq=1)
    assert record([message, message]).repeated == 1
    assert record([message]).repeated == 1
    assert Reading.objects.count() == 1


def test_an_older_message_does_not_change_the_state() -> None:
    late, early = received(seq=9, temperature=9.0), received(seq=8, temperature=8.0)
    record([late])
    record([early])
    assert DeviceState.objects.get().temperature == 9.0
    assert Reading.objects.count() == 2


def test_a_restarted_device_counts_from_one_again() -> None:
    record([received(seq=900)])
    record([received(boot=2, seq=1, temperature=5.0)])
    assert DeviceState.objects.get().temperature == 5.0


def test_an_unknown_device_is_new_and_unapproved() -> None:
    record([received(seq=1)])
    device = Device.objects.get()
    assert (device.name, device.approved) == ("box-1", False)
    assert device.last_seen is not None


def test_invented_names_do_not_fill_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telemetry, "MAX_UNAPPROVED", 2)
    recorded = record([received(f"busybee/v1/n{n}/telemetry", seq=1) for n in range(4)])
    assert recorded.stored == 2
    assert recorded.refused == {"too many unapproved devices": 2}


def test_bad_payloads_are_counted_and_the_others_stored() -> None:
    recorded = record([Received("sensor/data", b"?", timezone.now()), received(seq=1)])
    assert (recorded.stored, recorded.refused.total()) == (1, 1)


def test_two_equal_messages_of_the_seed_are_two_readings() -> None:
    message = Received("sensor/data", b'{"temperature":20}', timezone.now())
    assert record([message, message]).stored == 2


def test_a_clock_that_runs_ahead_is_not_believed() -> None:
    ahead = timezone.now() + dt.timedelta(days=3)
    message = received(seq=1, at=ahead.timestamp())
    record([message])
    assert Reading.objects.get().taken_at == message.at


def test_a_picture_is_kept_by_its_sha256() -> None:
    picture = Received("busybee/v1/cam/frame", b"\xff\xd8\xff 1 \xff\xd9", timezone.now())
    record([picture, picture])
    assert frame_path(Frame.objects.get().path).read_bytes() == picture.payload


def pictures(numbers: range, device: str = "cam") -> list[Received]:
    return [
        Received(f"busybee/v1/{device}/frame", b"\xff\xd8\xff %d \xff\xd9" % n, timezone.now())
        for n in numbers
    ]


def test_an_unapproved_device_does_not_fill_the_disk_with_pictures(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(telemetry, "MAX_UNAPPROVED_PICTURES", 3)

    first, later = record(pictures(range(5))), record(pictures(range(5, 7)))

    assert (first.stored, later.stored, Frame.objects.count()) == (3, 0, 3)
    assert later.refused == {"too many pictures of an unapproved device": 2}
    Device.objects.update(approved=True)
    assert record(pictures(range(7, 12))).stored == 5


def test_a_full_disk_leaves_no_half_picture_and_no_row(
    monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path
) -> None:
    settings.BUSYBEE_STORAGE = tmp_path

    def full(path: Path, data: bytes) -> int:
        path.touch()
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", full)
        with pytest.raises(PictureNotKept, match="No space left"):
            record([*pictures(range(1)), received("busybee/v1/cam/telemetry", seq=1)])

    assert not Reading.objects.exists()
    assert not list(tmp_path.rglob("*.part"))
    assert record(pictures(range(1))).stored == 1


def test_a_retained_presence_is_no_sign_of_life() -> None:
    topic, payload = "busybee/v1/box-1/status", b'{"online":false,"kind":"uno"}'
    record([Received(topic, payload, timezone.now(), retained=True)])
    device = Device.objects.get()
    assert (device.last_seen, device.kind, device.state.online) == (None, "uno", False)


def test_heat_opens_an_alarm_and_cooling_closes_it() -> None:
    DeviceFactory(name="box-1", temperature_max=25.0)
    record(temperatures([24.9, 25.1, 24.8]))
    assert Alarm.objects.get().closed_at is None  # within the hysteresis: still open
    record([received(seq=9, temperature=24.4)])
    assert [(a.kind, a.value, a.closed_at is None) for a in Alarm.objects.all()] == [
        ("hot", 25.1, False)
    ]


def test_a_broken_sensor_keeps_the_alarm() -> None:
    DeviceFactory(name="box-1", temperature_min=2.0)
    record([received(seq=1, temperature=1.0), received(seq=2, temperature=None)])
    assert Alarm.objects.get().closed_at is None


def test_a_door_open_in_transit_is_an_alarm() -> None:
    DeviceFactory(name="box-1")
    assert record([received(seq=1, isOpen=True)]).states[0]["alarms"] == ["door"]
    assert record([received(seq=2, isOpen=False)]).states[0]["alarms"] == []
    assert Alarm.objects.get().closed_at is not None


def test_a_door_open_before_departure_is_none() -> None:
    DeviceFactory(name="box-1")
    record([received(seq=1, isOpen=True, status=3)])
    assert not Alarm.objects.exists()


def test_an_unapproved_device_raises_no_alarm() -> None:
    record([received(seq=1, isOpen=True)])
    assert not Alarm.objects.exists()
