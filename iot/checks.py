"""Finds a wrong device setting at the start instead of at the first message."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from iot.errors import BadBrokerAddress
from iot.mqtt import broker_address


@register
def mqtt_url_is_an_address(**kwargs: Any) -> list[CheckMessage]:
    try:
        broker_address(settings.BUSYBEE_MQTT_URL)
    except BadBrokerAddress as exc:
        return [Error(str(exc), hint="Set BUSYBEE_MQTT_URL.", id="iot.E001")]
    return []
