"""A simulated sensor box: plausible values, published as firmware/PROTOCOL.md has it."""

import json
import logging
import random
import threading
import time
from collections.abc import Iterator
from typing import Any

from iot.errors import BrokerUnreachable
from iot.mqtt import KEEPALIVE_SECONDS, BrokerAddress, backoff_seconds, new_client
from iot.payloads import PREFIX

logger = logging.getLogger(__name__)

ROUTE = (
    (35.1028, 129.0403),
    (34.65, 128.90),
    (33.90, 127.60),
    (32.60, 124.80),
    (31.2304, 121.4737),
)
STEPS_PER_LEG = 60
OPEN_CM = 40.0
POSITION_EVERY = 4
PATIENCE_SECONDS = 30.0


def journey(random_source: random.Random) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Endless (telemetry, position) values: a slow drift, a door that opens now and then."""
    temperature, humidity, opened = 21.0, 48.0, 0
    step = 0
    while True:
        temperature += random_source.uniform(-0.3, 0.3) + (21.0 - temperature) * 0.05
        humidity += random_source.uniform(-0.8, 0.8) + (48.0 - humidity) * 0.05
        if opened == 0 and random_source.random() < 0.02:
            opened = 6
        opened = max(0, opened - 1)
        distance = random_source.uniform(55, 75) if opened else random_source.uniform(9, 12)
        telemetry = {
            "temperature": round(temperature, 1),
            "humidity": round(humidity, 1),
            "isOpen": distance >= OPEN_CM,
            "distance_cm": round(distance, 1),
            "status": 4,
        }
        yield telemetry, _place(step)
        step += 1


def _place(step: int) -> dict[str, Any]:
    """Where the box is after `step` steps: along the route, and round again."""
    leg, part = divmod(step % (STEPS_PER_LEG * (len(ROUTE) - 1)), STEPS_PER_LEG)
    share = part / STEPS_PER_LEG
    lat, lon = (
        round(start + (end - start) * share, 5)
        for start, end in zip(ROUTE[leg], ROUTE[leg + 1], strict=True)
    )
    return {"lat": lat, "lon": lon, "acc": 5.0}


class Simulator:
    """Publishes one device's messages with QoS 1; survives a broker that goes away."""

    def __init__(self, address: BrokerAddress, device: str, *, interval: float = 1.5) -> None:
        self._address = address
        self._device = device
        self._interval = interval
        self._stopping = threading.Event()
        self._connected = threading.Event()
        self._boot = int(time.time())
        self._seq = 0
        self._client = new_client(address, f"sim-{device}", clean_session=False)
        self._client.on_connect = self._on_connect
        # said by the broker when the device falls silent without a word
        self._client.will_set(self._topic("status"), self._presence(False), qos=1, retain=True)

    def stop(self) -> None:
        """Ask `run` to return."""
        self._stopping.set()

    def run(self, *, count: int | None = None) -> None:
        """Publish until `stop` or `count` telemetry messages, all acknowledged by the broker.

        Raises BrokerUnreachable where the broker has not answered within 30 s, at the start or end.
        """
        network = threading.Thread(target=self._network, name="mqtt", daemon=True)
        network.start()
        try:
            if not self._wait_for_broker():
                return
            last = self._publish_until(count)
            self._settle(last)
        finally:
            self._stopping.set()
            self._client.disconnect()
            network.join(timeout=5)

    def _wait_for_broker(self) -> bool:
        until = time.monotonic() + PATIENCE_SECONDS
        while not self._connected.wait(0.1):
            if self._stopping.is_set():
                return False
            if time.monotonic() > until:
                raise BrokerUnreachable(f"no broker answers on port {self._address.port}")
        return True

    def _publish_until(self, count: int | None) -> list[Any]:
        """Publish at the interval; the messages that the broker may not have yet."""
        pending: list[Any] = []
        for number, (telemetry, place) in enumerate(journey(random.Random(self._boot))):
            if self._stopping.is_set() or number == count:
                break
            pending = [info for info in pending if not info.is_published()]
            pending.append(self._publish("telemetry", telemetry))
            if number % POSITION_EVERY == 0:
                pending.append(self._publish("position", place))
            if number + 1 != count:
                self._stopping.wait(self._interval)
        return pending

    def _settle(self, pending: list[Any]) -> None:
        offline = self._client.publish(self._topic("status"), self._presence(False), 1, retain=True)
        until = time.monotonic() + (2.0 if self._stopping.is_set() else PATIENCE_SECONDS)
        for info in [*pending, offline]:
            info.wait_for_publish(max(0.0, until - time.monotonic()))
        if not self._stopping.is_set() and not all(info.is_published() for info in pending):
            raise BrokerUnreachable("the broker has not acknowledged the last messages")

    def _publish(self, leaf: str, values: dict[str, Any]) -> Any:
        self._seq += 1
        fields = {"boot": self._boot, "seq": self._seq, "at": round(time.time(), 3), **values}
        return self._client.publish(self._topic(leaf), json.dumps(fields), qos=1)

    def _topic(self, leaf: str) -> str:
        return f"{PREFIX}/{self._device}/{leaf}"

    def _presence(self, online: bool) -> str:
        return json.dumps({"online": online, "kind": "simulated"})

    def _network(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            try:
                self._client.connect(self._address.host, self._address.port, KEEPALIVE_SECONDS)
                self._client.loop_forever()
            except OSError as exc:
                logger.warning("no connection to the broker: %s", type(exc).__name__)
            failures = 0 if self._connected.is_set() else failures + 1
            self._connected.clear()
            self._stopping.wait(backoff_seconds(failures))

    def _on_connect(self, client: Any, userdata: Any, flags: Any, code: Any, _: Any) -> None:
        if code.is_failure:
            logger.error("the broker refused the connection: %s", code)
            return
        self._connected.set()
        client.publish(self._topic("status"), self._presence(True), qos=1, retain=True)
