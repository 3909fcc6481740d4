"""Tells the open live pages about new states. Best effort: the rows are the truth."""

import asyncio
import logging
import time
from collections.abc import Sequence
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import BaseChannelLayer, get_channel_layer
from redis.exceptions import RedisError

from iot.live import group_name

logger = logging.getLogger(__name__)

PATIENCE_SECONDS = 2.0
PAUSE_SECONDS = 10.0


class Announcer:
    """Sends states to their groups; after a failure it stays silent a while, so nothing waits."""

    def __init__(self) -> None:
        self._silent_until = 0.0

    def __call__(self, states: Sequence[dict[str, Any]]) -> None:
        layer = get_channel_layer()
        if layer is None or time.monotonic() < self._silent_until:
            return
        try:
            async_to_sync(_send)(layer, states)
        except (OSError, RedisError, TimeoutError) as exc:
            self._silent_until = time.monotonic() + PAUSE_SECONDS
            logger.warning("live pages not told: %s", type(exc).__name__)


async def _send(layer: BaseChannelLayer, states: Sequence[dict[str, Any]]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        for state in states:
            message = {"type": "device.state", "state": state}
            await layer.group_send(group_name(state["device"]), message)
