import signal
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from iot.errors import BrokerUnreachable
from iot.mqtt import broker_address
from iot.payloads import DEVICE_NAME
from iot.simulator import Simulator


class Command(BaseCommand):
    help = "Publishes a simulated device's telemetry and position over MQTT until it is stopped."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--device", default="demo-box", help="its name in the topics")
        parser.add_argument("--count", type=int, help="stop after so many telemetry messages")
        parser.add_argument("--interval", type=float, default=1.5, help="seconds between them")

    def handle(self, *args: Any, **options: Any) -> None:
        if not DEVICE_NAME.fullmatch(options["device"]):
            raise CommandError("a device's name has a-z, 0-9 and inner hyphens, at most 40")
        address = broker_address(settings.BUSYBEE_MQTT_URL)
        simulator = Simulator(address, options["device"], interval=options["interval"])
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: simulator.stop())
        try:
            simulator.run(count=options["count"])
        except BrokerUnreachable as exc:
            raise CommandError(str(exc)) from exc
