class IotError(Exception):
    """Base of what can go wrong with devices."""


class BadBrokerAddress(IotError):
    """BUSYBEE_MQTT_URL is no address of an MQTT broker."""


class PictureNotKept(IotError):
    """The disk does not take a picture now: it is full, or its folder is not ours to write in."""


class BrokerUnreachable(IotError):
    """The broker did not take the connection or the messages in time."""
