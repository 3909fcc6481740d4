class IotError(Exception):
    """Base of what can go wrong with devices."""


class BadBrokerAddress(IotError):
    """BUSYBEE_MQTT_URL is no address of an MQTT broker."""


class BrokerUnreachable(IotError):
    """The broker did not take the connection or the messages in time."""
