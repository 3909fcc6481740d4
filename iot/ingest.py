"""The MQTT side of the ingest: collect, record, then acknowledge. The broker keeps the rest."""

import logging
import queue
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import paho.mqtt.client as paho
from django.db import DatabaseError, DataError, IntegrityError, close_old_connections
from django.utils import timezone

from iot.errors import PictureNotKept
from iot.mqtt import KEEPALIVE_SECONDS, BrokerAddress, backoff_seconds, new_client
from iot.payloads import MAX_FRAME_BYTES, SUBSCRIPTIONS
from iot.telemetry import Received, Recorded, record

logger = logging.getLogger(__name__)

BATCH = 500
BATCH_SECONDS = 0.1
# a broker that allows 20 messages in flight sends no more before these are acknowledged
IDLE_SECONDS = 0.02
REPORT_SECONDS = 60.0
# the broker holds back QoS 1 until we acknowledge; nothing but this holds back QoS 0
MAX_WAITING = 500


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message in hand: `epoch` numbers the connection on which it must be acknowledged."""

    mid: int
    qos: int
    epoch: int
    received: Received


class Ingester:
    """Takes telemetry from the broker into the database until it is stopped.

    A message is acknowledged after its transaction has committed: whatever dies before that, the
    broker delivers it again, and its key makes the second row impossible.
    """

    def __init__(
        self,
        address: BrokerAddress,
        *,
        client_id: str,
        announce: Callable[[Sequence[dict[str, Any]]], None],
        record: Callable[[Sequence[Received]], Recorded] = record,
    ) -> None:
        self.counts: Counter[str] = Counter()
        self.connected = threading.Event()
        self._address = address
        self._announce = announce
        self._record = record
        self._deliveries: queue.SimpleQueue[Delivery] = queue.SimpleQueue()
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._epoch = 0
        self._client = new_client(address, client_id, clean_session=False, manual_ack=True)
        self._client.on_connect = self._on_connect
        self._client.on_subscribe = self._on_subscribe
        self._client.on_disconnect = self._on_disconnect
        self._client.on_message = self._on_message

    def stop(self) -> None:
        """Ask `run` to return; what is not acknowledged by then comes again."""
        self._stopping.set()

    def run(self) -> None:
        """Work until `stop`; survives a broker and a database that go away."""
        network = threading.Thread(target=self._network, name="mqtt", daemon=True)
        network.start()
        report_at = time.monotonic() + REPORT_SECONDS
        while not self._stopping.is_set():
            batch = self._collect()
            if batch:
                self._settle(batch)
            if time.monotonic() >= report_at:
                report_at += REPORT_SECONDS
                self.report()
        self._client.disconnect()
        network.join(timeout=5)
        self.report()

    def report(self) -> None:
        """One line with what was counted since the start."""
        # a copy: the network's thread counts as well
        counted = " ".join(f"{name}={count}" for name, count in sorted(dict(self.counts).items()))
        logger.info("ingest: %s", counted or "nothing yet")

    def _collect(self) -> list[Delivery]:
        """The next messages: at most 500, those of 100 ms or up to a pause; maybe none."""
        try:
            batch = [self._deliveries.get(timeout=0.5)]
        except queue.Empty:
            return []
        until = time.monotonic() + BATCH_SECONDS
        while len(batch) < BATCH and (left := until - time.monotonic()) > 0:
            try:
                batch.append(self._deliveries.get(timeout=min(left, IDLE_SECONDS)))
            except queue.Empty:
                break
        return batch

    def _settle(self, batch: list[Delivery]) -> None:
        """Record `batch` however often it takes, then acknowledge it."""
        failures = 0
        while not self._stopping.is_set():
            try:
                self._finish(batch)
                return
            except (DataError, IntegrityError):
                if len(batch) == 1:
                    self._set_aside(batch)
                    return
                # one of them does not fit its columns; it must not hold up the others
                for delivery in batch:
                    self._settle([delivery])
                return
            except (DatabaseError, PictureNotKept) as exc:
                logger.warning("not stored: %s; the batch is kept", type(exc).__name__)
                close_old_connections()
                failures += 1
                self._stopping.wait(backoff_seconds(failures))

    def _finish(self, batch: list[Delivery]) -> None:
        recorded = self._record([delivery.received for delivery in batch])
        self._acknowledge(batch)
        self.counts["stored"] += recorded.stored
        self.counts["repeated"] += recorded.repeated
        self.counts["refused"] += recorded.refused.total()
        if recorded.states:
            self._announce(recorded.states)

    def _set_aside(self, batch: list[Delivery]) -> None:
        logger.error("a message does not fit its columns and is dropped")
        self.counts["dropped"] += len(batch)
        self._acknowledge(batch)

    def _acknowledge(self, batch: list[Delivery]) -> None:
        # an id of a former connection may by now name another message, not yet recorded
        with self._lock:
            for delivery in batch:
                if delivery.epoch == self._epoch and delivery.qos > 0:
                    self._client.ack(delivery.mid, delivery.qos)

    def _network(self) -> None:
        """Keep a connection, with growing pauses after failures."""
        failures = 0
        while not self._stopping.is_set():
            with self._lock:
                self._epoch += 1
            try:
                self._client.connect(self._address.host, self._address.port, KEEPALIVE_SECONDS)
                self._client.loop_forever()
            except (OSError, ValueError) as exc:
                logger.warning("no connection to the broker: %s", type(exc).__name__)
            except Exception:  # the edge of the loop: alive and deaf would be the worst end
                logger.exception("the connection to the broker broke off")
                self.connected.clear()  # a failure, though it had been connected: longer pauses
            failures = 0 if self.connected.is_set() else failures + 1
            self.connected.clear()
            self._stopping.wait(backoff_seconds(failures))

    def _on_connect(
        self, client: paho.Client, userdata: Any, flags: Any, code: Any, properties: Any
    ) -> None:
        if code.is_failure:
            logger.error("the broker refused the connection: %s", code)
            return
        client.subscribe([(topic, 1) for topic in SUBSCRIPTIONS])

    def _on_subscribe(
        self, client: paho.Client, userdata: Any, mid: int, codes: list[Any], properties: Any
    ) -> None:
        if any(code.is_failure for code in codes):
            logger.error("the broker refused a subscription: %s", [str(code) for code in codes])
            client.disconnect()
            return
        logger.info("connected to the broker at port %s", self._address.port)
        self.connected.set()

    def _on_disconnect(
        self, client: paho.Client, userdata: Any, flags: Any, code: Any, properties: Any
    ) -> None:
        if not self._stopping.is_set():
            logger.warning("the broker's connection ended: %s", code)

    def _on_message(self, client: paho.Client, userdata: Any, message: paho.MQTTMessage) -> None:
        try:
            topic = message.topic
        except UnicodeDecodeError:
            topic = "\N{REPLACEMENT CHARACTER}"
        if message.qos == 0 and self._deliveries.qsize() >= MAX_WAITING:
            self.counts["overflow"] += 1
            return
        # a byte too many is enough to refuse it; MQTT would allow 256 MB
        payload = message.payload[: MAX_FRAME_BYTES + 1]
        received = Received(topic, payload, timezone.now(), message.retain)
        self._deliveries.put(Delivery(message.mid, message.qos, self._epoch, received))
