"""The chat's WebSocket addresses."""

from django.urls import URLPattern, path

from chat.consumers import ChatConsumer

websocket_urlpatterns: list[URLPattern] = [
    path("ws/chat/", ChatConsumer.as_asgi()),  # type: ignore[arg-type]  # an ASGI application, as Channels routes them
]
