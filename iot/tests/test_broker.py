"""The embedded brokers: who may come in, and how they end."""

import threading
from pathlib import Path

import pytest
from django.test import override_settings
from paho.mqtt.client import Client

from iot.broker import password_hash
from iot.checks import mqtt_url_is_an_address
from iot.errors import BadBrokerAddress
from iot.mqtt import BrokerAddress, broker_address, new_client
from iot.tests.processes import Broker, running_broker


def accepted(address: BrokerAddress) -> bool:
    """Whether the broker lets a client with these credentials in."""
    client = new_client(address, "visitor", clean_session=True)
    answered, answers = threading.Event(), []

    def on_connect(_: Client, userdata: object, flags: object, code: object, more: object) -> None:
        answers.append(code)
        answered.set()

    client.on_connect = on_connect
    client.on_disconnect = lambda *_: answered.set()
    client.connect(address.host, address.port)
    client.loop_start()
    assert answered.wait(10)
    client.disconnect()
    client.loop_stop()
    return answers == ["Success"]


def test_only_the_right_password_comes_in(broker: Broker) -> None:
    right = broker_address(broker.url)
    wrong = broker_address(f"mqtt://bee:wrong@127.0.0.1:{broker.port}")
    nobody = broker_address(f"mqtt://127.0.0.1:{broker.port}")
    assert [accepted(address) for address in (right, wrong, nobody)] == [True, False, False]


def test_it_ends_on_sigterm(broker: Broker, tmp_path: Path) -> None:
    with running_broker(broker.kind, tmp_path) as another:
        assert another.stop() == 0


def test_passwords_are_readable_by_their_owner_only(broker: Broker) -> None:
    files = [path for path in (broker.home / "mqtt").glob("*") if path.suffix != ".db"]
    assert all(path.stat().st_mode & 0o077 == 0 for path in files)


def test_an_address_has_its_parts() -> None:
    address = broker_address("mqtts://a%40b:p%2Fw@broker.example")
    assert address == BrokerAddress("broker.example", 8883, True, "a@b", "p/w")
    assert "p/w" not in repr(address)


@pytest.mark.parametrize("url", ["", "http://x", "mqtt://", "mqtt://h:99999", "mqtt://[::1"])
def test_other_urls_are_refused(url: str) -> None:
    with pytest.raises(BadBrokerAddress):
        broker_address(url)


def test_a_password_is_kept_salted() -> None:
    assert password_hash("x").startswith("$7$101$")
    assert password_hash("x") != password_hash("x")


def test_a_wrong_url_is_a_system_check() -> None:
    assert mqtt_url_is_an_address() == []
    with override_settings(BUSYBEE_MQTT_URL="redis://127.0.0.1"):
        assert [error.id for error in mqtt_url_is_an_address()] == ["iot.E001"]
