"""The live page's socket: the current state on connect, then each new one."""

from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer

from iot.live import current, group_name
from iot.models import Device


class DeviceConsumer(AsyncJsonWebsocketConsumer):
    """Sends `{"type": "state", "state": {...}}` to staff; takes nothing from the page."""

    async def connect(self) -> None:
        if not getattr(self.scope["user"], "is_staff", False):
            await self.close()  # before accept: the handshake is answered with 403
            return
        self.name: str = self.scope["url_route"]["kwargs"]["name"]
        # joined before the state is read: what comes between the two is not lost
        await self.channel_layer.group_add(group_name(self.name), self.channel_name)
        state = await _state(self.name)
        if state is None:
            await self.close()
            return
        await self.accept()
        await self.send_json({"type": "state", "state": state})

    async def disconnect(self, code: int) -> None:
        if hasattr(self, "name"):
            await self.channel_layer.group_discard(group_name(self.name), self.channel_name)

    async def receive(self, *args: Any, **kwargs: Any) -> None:
        """Nothing is expected from the page: whatever comes is not even parsed."""

    async def device_state(self, event: dict[str, Any]) -> None:
        await self.send_json({"type": "state", "state": event["state"]})


@database_sync_to_async
def _state(name: str) -> dict[str, Any] | None:
    device = Device.objects.filter(name=name).first()
    return current(device) if device else None
