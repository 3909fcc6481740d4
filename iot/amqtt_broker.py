"""The embedded MQTT broker from the package index: amqtt with a login and redelivery of our own.

As it comes it checks passwords with argon2 in its event loop, and forgets a QoS 1 message whose
subscriber has died or has not acknowledged it within five seconds. It keeps all in memory: what a
restart of the broker must not lose needs mosquitto.
"""

import asyncio
import hmac
import logging
import signal
from dataclasses import dataclass
from typing import Any

import amqtt.broker
from amqtt.mqtt.protocol.broker_handler import BrokerProtocolHandler
from amqtt.plugins.base import BaseAuthPlugin
from amqtt.session import OutgoingApplicationMessage, Session

from iot.mqtt import BrokerAddress

logger = logging.getLogger(__name__)


class PatientHandler(BrokerProtocolHandler):
    """Keeps what it sent with QoS 1 until it is acknowledged, over connections."""

    async def _handle_qos1_message_flow(self, app_message: Any) -> None:
        if not isinstance(app_message, OutgoingApplicationMessage):
            await super()._handle_qos1_message_flow(app_message)
            return
        if self.session is None or app_message.packet_id is None:
            return
        # amqtt sends again at the next connection what is in this dictionary
        in_flight = self.session.inflight_out
        in_flight[app_message.packet_id] = app_message
        waiter: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._puback_waiters[app_message.packet_id] = waiter
        try:
            packet = app_message.build_publish_packet(dup=app_message.publish_packet is not None)
            app_message.publish_packet = packet
            await self._send_packet(packet)
            app_message.puback_packet = await waiter
            in_flight.pop(app_message.packet_id, None)
        finally:
            self._puback_waiters.pop(app_message.packet_id, None)


class OneUserPlugin(BaseAuthPlugin):
    """Lets the one user of BUSYBEE_MQTT_URL in; anybody on loopback where it names none.

    amqtt's own file plugin checks argon2 hashes in its event loop and stands still meanwhile.
    """

    @dataclass
    class Config:
        username: str = ""
        password: str = ""

    async def authenticate(self, *, session: Session) -> bool | None:
        if not self.config.username:
            return True
        return _same(session.username, self.config.username) and _same(
            session.password, self.config.password
        )


def _same(given: str | None, expected: str) -> bool:
    return hmac.compare_digest((given or "").encode(), expected.encode())


def amqtt_config(address: BrokerAddress) -> dict[str, Any]:
    """amqtt's configuration for one loopback listener with our plugin only."""
    return {
        "listeners": {"default": {"type": "tcp", "bind": f"127.0.0.1:{address.port}"}},
        "plugins": {
            f"{OneUserPlugin.__module__}.{OneUserPlugin.__qualname__}": {
                "username": address.username,
                "password": address.password,
            }
        },
    }


def run_amqtt(address: BrokerAddress) -> None:
    """Serve until SIGTERM or SIGINT."""
    asyncio.run(_serve_amqtt(address))


async def _serve_amqtt(address: BrokerAddress) -> None:
    for name in ("amqtt", "transitions"):
        # it logs a line per packet and warns of each client that leaves
        logging.getLogger(name).setLevel(logging.ERROR)
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    amqtt.broker.BrokerProtocolHandler = PatientHandler
    broker = amqtt.broker.Broker(amqtt_config(address))
    await broker.start()
    logger.info("amqtt listens on 127.0.0.1:%s", address.port)
    await stopped.wait()
    await broker.shutdown()
