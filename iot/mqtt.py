"""The MQTT client library behind BusyBee's words: an address from a URL, a client for it."""

import random
import ssl
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

import paho.mqtt.client as paho

from iot.errors import BadBrokerAddress

PORTS = {"mqtt": 1883, "mqtts": 8883}
KEEPALIVE_SECONDS = 30


@dataclass(frozen=True, slots=True)
class BrokerAddress:
    host: str
    port: int
    tls: bool
    username: str
    password: str = field(repr=False)


def broker_address(url: str) -> BrokerAddress:
    """The parts of `mqtt://user:password@host:port` (`mqtts` for TLS); raises BadBrokerAddress."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as exc:
        raise BadBrokerAddress("the MQTT URL has no valid host or port") from exc
    if parts.scheme not in PORTS or not parts.hostname:
        raise BadBrokerAddress("an MQTT URL looks like mqtt://user:password@host:1883 (or mqtts)")
    return BrokerAddress(
        host=parts.hostname,
        port=port or PORTS[parts.scheme],
        tls=parts.scheme == "mqtts",
        username=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )


def new_client(
    address: BrokerAddress, client_id: str, *, clean_session: bool, manual_ack: bool = False
) -> paho.Client:
    """A client for `address` that is not connected yet and never reconnects by itself."""
    client = paho.Client(
        paho.CallbackAPIVersion.VERSION2,
        client_id=client_id,
        clean_session=clean_session,
        protocol=paho.MQTTv311,  # the embedded broker speaks no MQTT 5
        reconnect_on_failure=False,  # paho's own way has no jitter: a fleet would come back at once
        manual_ack=manual_ack,
    )
    client.connect_timeout = 10
    if address.username:
        client.username_pw_set(address.username, address.password)
    if address.tls:
        client.tls_set_context(ssl.create_default_context())
    return client


def backoff_seconds(failures: int) -> float:
    """The wait after `failures` tries in a row: full jitter under 0.5 s doubling to 30 s."""
    return 0.1 + random.uniform(0, min(30.0, 0.5 * 2 ** min(failures, 10)))
