"""The ingest over real brokers: nothing lost, nothing twice, whatever dies."""

import contextlib
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from paho.mqtt.client import Client, MQTTMessage

from iot import ingest
from iot.errors import PictureNotKept
from iot.ingest import Ingester
from iot.models import Device, DeviceState, Reading
from iot.mqtt import broker_address, new_client
from iot.payloads import MAX_FRAME_BYTES
from iot.telemetry import record
from iot.tests.processes import MANAGE, Broker, wait_for

TOPIC = "busybee/v1/box-1/telemetry"

pytestmark = pytest.mark.django_db(transaction=True)


@contextlib.contextmanager
def publisher(broker: Broker) -> Iterator[Client]:
    client = new_client(broker_address(broker.url), "test-publisher", clean_session=True)
    client.connect(broker_address(broker.url).host, broker.port)
    client.loop_start()
    try:
        wait_for(client.is_connected, "the publisher is connected")
        yield client
    finally:
        client.disconnect()
        client.loop_stop()


def publish(broker: Broker, numbers: range) -> None:
    """Publish telemetry messages; the broker has acknowledged them all when this returns."""
    with publisher(broker) as client:
        payloads = [json.dumps({"boot": 1, "seq": seq, "temperature": 20}) for seq in numbers]
        for info in [client.publish(TOPIC, payload, qos=1) for payload in payloads]:
            info.wait_for_publish(20)
            assert info.is_published()


@contextlib.contextmanager
def running_ingest(broker: Broker, **changes: Any) -> Iterator[Ingester]:
    """The ingest in a thread of this process."""
    told: list[Any] = []
    ingester = Ingester(
        broker_address(broker.url),
        client_id=broker.client_id,
        **{"announce": told.extend, **changes},
    )

    def run() -> None:
        try:
            ingester.run()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        wait_for(ingester.connected.is_set, "the ingest is connected")
        yield ingester
    finally:
        ingester.stop()
        thread.join(timeout=15)
        assert not thread.is_alive()


def test_published_telemetry_is_stored_and_announced(broker: Broker) -> None:
    told: list[dict[str, Any]] = []
    with running_ingest(broker, announce=told.extend) as ingester:
        publish(broker, range(1, 101))
        wait_for(lambda: ingester.counts["stored"] == 100, "100 readings are stored")
    assert Reading.objects.count() == 100
    assert DeviceState.objects.get().seq == 100
    assert told[-1]["device"] == "box-1"


def test_what_came_while_no_ingest_ran_is_stored_later(broker: Broker) -> None:
    with running_ingest(broker):
        pass  # the broker knows the session now
    publish(broker, range(1, 31))
    with running_ingest(broker) as ingester:
        wait_for(lambda: ingester.counts["stored"] == 30, "the kept messages are stored")


def test_bad_payloads_are_counted_and_do_not_stop_it(broker: Broker) -> None:
    with running_ingest(broker) as ingester:
        with publisher(broker) as client:
            for payload in (b"\xff", b"", b"{}", b"[" * 3000):
                client.publish(TOPIC, payload, qos=1).wait_for_publish(10)
        publish(broker, range(1, 2))
        wait_for(lambda: ingester.counts["stored"] == 1, "the good one is stored")
        assert ingester.counts["refused"] == 4


# the child's ingest writes its batch and dies before the transaction commits
CRASHING = """
import os, django
django.setup()
from django.conf import settings
from django.db import transaction
from iot import ingest, telemetry
from iot.mqtt import broker_address

def record(batch):
    with transaction.atomic():
        telemetry.record(batch)
        os._exit(9)

ingest.Ingester(
    broker_address(settings.BUSYBEE_MQTT_URL), client_id=settings.BUSYBEE_MQTT_CLIENT_ID,
    announce=lambda states: None, record=record,
).run()
"""


def test_a_crash_before_the_commit_loses_nothing(broker: Broker) -> None:
    with running_ingest(broker):
        pass
    publish(broker, range(1, 51))
    child = {
        **broker.environment(),
        "DJANGO_SETTINGS_MODULE": "busybee.settings",
    }
    assert subprocess.run([sys.executable, "-c", CRASHING], env=child, timeout=60).returncode == 9
    assert not Reading.objects.exists()
    with running_ingest(broker) as ingester:
        wait_for(lambda: ingester.counts["stored"] == 50, "the broker delivered all of them again")
    assert Reading.objects.count() == 50


def test_killed_again_and_again_it_stores_each_message_once(broker: Broker) -> None:
    command, child = [*MANAGE, "ingest_telemetry"], broker.environment()
    with running_ingest(broker):
        pass
    for start in range(1, 301, 100):
        process = subprocess.Popen(command, env=child)
        try:
            publish(broker, range(start, start + 100))
            wait_for(Reading.objects.exists, "the ingest has begun")
        finally:
            process.kill()
            process.wait(timeout=10)
    with running_ingest(broker):
        wait_for(lambda: Reading.objects.count() == 300, "all are stored")
        time.sleep(0.5)  # were one doubled, it would show now
    assert Reading.objects.count() == 300


def test_a_broken_database_keeps_the_batch(broker: Broker) -> None:
    from django.db import OperationalError

    failures = iter([OperationalError("gone"), OperationalError("still gone")])

    def failing(batch: Any) -> Any:
        for failure in failures:
            raise failure
        return record(batch)

    with running_ingest(broker, record=failing) as ingester:
        publish(broker, range(1, 6))
        wait_for(lambda: ingester.counts["stored"] == 5, "stored at the third try")


def test_a_full_disk_keeps_the_batch_and_the_process(broker: Broker) -> None:
    failures = iter([PictureNotKept("No space left on device")] * 2)

    def failing(batch: Any) -> Any:
        for failure in failures:
            raise failure
        return record(batch)

    with running_ingest(broker, record=failing) as ingester:
        publish(broker, range(1, 6))
        wait_for(lambda: ingester.counts["stored"] == 5, "stored at the third try")


def test_an_unforeseen_failure_of_the_connection_does_not_leave_it_deaf(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    trips = iter([RuntimeError("unforeseen")])
    take = Ingester._on_message

    def tripping(self: Ingester, *args: Any) -> None:
        for trip in trips:
            raise trip
        take(self, *args)

    monkeypatch.setattr(Ingester, "_on_message", tripping)
    with running_ingest(broker) as ingester:
        publish(broker, range(1, 6))
        wait_for(lambda: ingester.counts["stored"] == 5, "the broker delivered all of them again")


def test_a_flood_of_messages_that_nobody_holds_back_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest, "MAX_WAITING", 3)
    address = broker_address("mqtt://127.0.0.1:1")
    ingester = Ingester(address, client_id="flood", announce=lambda states: None)
    message = MQTTMessage(topic=TOPIC.encode())
    message.payload = b"x" * (MAX_FRAME_BYTES + 1000)

    for message.qos in (0, 0, 0, 0, 0, 1):
        ingester._on_message(ingester._client, None, message)

    waiting = ingester._collect()
    assert [delivery.qos for delivery in waiting] == [0, 0, 0, 1]
    assert ingester.counts["overflow"] == 2
    assert {len(delivery.received.payload) for delivery in waiting} == {MAX_FRAME_BYTES + 1}


def test_the_command_ends_on_sigterm(broker: Broker) -> None:
    with running_ingest(broker):
        pass
    publish(broker, range(1, 4))
    command, child = [*MANAGE, "ingest_telemetry"], broker.environment()
    with subprocess.Popen(command, env=child) as process:
        try:
            wait_for(Device.objects.exists, "it works")
            process.terminate()
            assert process.wait(timeout=15) == 0
        finally:
            process.kill()


def test_simulated_device_arrives_with_its_state(broker: Broker) -> None:
    command = [*MANAGE, "simulate_device", "--device", "demo-box", "--count", "5"]
    with running_ingest(broker) as ingester:
        subprocess.run(
            [*command, "--interval", "0.05"],
            env=broker.environment(),
            check=True,
            timeout=60,
        )
        wait_for(lambda: ingester.counts["stored"] >= 9, "5 telemetry, 2 position, 2 presence")
    device = Device.objects.get(name="demo-box")
    assert (device.approved, device.kind, device.state.online) == (False, "simulated", False)
    assert device.state.temperature == pytest.approx(21, abs=5)
    assert device.state.lat == pytest.approx(35, abs=1)
    with publisher(broker) as client:  # the broker is shared: no retained message for the others
        client.publish("busybee/v1/demo-box/status", b"", qos=1, retain=True).wait_for_publish(10)
