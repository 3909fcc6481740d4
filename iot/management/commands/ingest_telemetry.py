import signal
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from iot.announce import Announcer
from iot.ingest import Ingester
from iot.mqtt import broker_address


class Command(BaseCommand):
    help = (
        "Takes the devices' telemetry from the MQTT broker into the database until it is stopped."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        ingester = Ingester(
            broker_address(settings.BUSYBEE_MQTT_URL),
            client_id=settings.BUSYBEE_MQTT_CLIENT_ID,
            announce=Announcer(),
        )
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: ingester.stop())
        ingester.run()
