"""Telling open pages that something is new. What it is they read from the rows."""

import logging
from functools import cache
from typing import Any

import redis
from channels.layers import get_channel_layer
from django.conf import settings

logger = logging.getLogger(__name__)


def tell(group: str, heard: int = 0) -> None:
    """Send `chat.news` to all who look at a conversation; without a Redis they see it later.

    heard: nothing is new but the customer's message of that number, which its page has sent itself.

    Published past the layer's own group_send: called from a worker that opens a loop and a
    connection for every notice, ten times the price of the notice.
    """
    layer = get_channel_layer()
    if layer is None:
        return
    layers: Any = settings.CHANNEL_LAYERS
    prefix = layers["default"]["CONFIG"]["prefix"]
    try:
        event = layer.serialize({"type": "chat.news", "heard": heard})
        _client().publish(f"{prefix}__group__{group}", event)
    except (redis.RedisError, OSError) as exc:
        logger.warning("%s not told: %s", group, type(exc).__name__)


@cache
def _client() -> redis.Redis:
    # a retry would hold up the customer; the page looks at the rows by itself
    return redis.Redis.from_url(
        settings.BUSYBEE_REDIS_URL, socket_timeout=1, socket_connect_timeout=1, retry=None
    )
