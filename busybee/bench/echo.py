"""The baselines of the chat: a socket that answers at once, and one that lets a worker answer."""

from typing import Any

from asgiref.sync import async_to_sync
from celery import shared_task
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.layers import get_channel_layer
from django.urls import URLPattern, path


class EchoConsumer(AsyncWebsocketConsumer):
    """What comes in goes out."""

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        await self.send(text_data=text_data)


class HopConsumer(AsyncWebsocketConsumer):
    """What comes in goes to a worker, and from there through the channel layer out."""

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        answer.apply_async(args=[self.channel_name, text_data], queue="chat")

    async def bench_answer(self, event: dict[str, Any]) -> None:
        await self.send(text_data=event["text"])


@shared_task
def answer(channel: str, text: str) -> None:
    layer = get_channel_layer()
    async_to_sync(layer.send)(channel, {"type": "bench.answer", "text": text})


websocket_urlpatterns: list[URLPattern] = [
    path("ws/bench/echo/", EchoConsumer.as_asgi()),
    path("ws/bench/hop/", HopConsumer.as_asgi()),
]
