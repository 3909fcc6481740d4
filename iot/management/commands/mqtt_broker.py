import dataclasses
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from iot import broker
from iot.mqtt import broker_address


class Command(BaseCommand):
    help = "Runs the embedded MQTT broker on loopback: mosquitto if it is installed, else amqtt."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, help="default: that of BUSYBEE_MQTT_URL")
        parser.add_argument("--kind", choices=["auto", "mosquitto", "amqtt"], default="auto")

    def handle(self, *args: Any, **options: Any) -> None:
        address = broker_address(settings.BUSYBEE_MQTT_URL)
        if options["port"]:
            address = dataclasses.replace(address, port=options["port"])
        binary = broker.mosquitto_binary() if options["kind"] != "amqtt" else None
        if binary:
            broker.run_mosquitto(binary, Path(settings.BUSYBEE_HOME) / "mqtt", address)
        elif options["kind"] == "mosquitto":
            raise CommandError("mosquitto is not installed (apt-get install mosquitto)")
        from iot.amqtt_broker import run_amqtt  # amqtt takes long to import

        run_amqtt(address)
