"""Telling open pages that something is new. What it is they read from the rows."""

import logging

import redis
from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer

logger = logging.getLogger(__name__)


def tell(group: str) -> None:
    """Send `chat.news` to all who look at a conversation; without a Redis they see it later."""
    layer = get_channel_layer()
    if layer is None:
        return
    try:
        async_to_sync(layer.group_send)(group, {"type": "chat.news"})
    except (redis.RedisError, OSError) as exc:
        logger.warning("%s not told: %s", group, type(exc).__name__)
