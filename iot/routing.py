from django.urls import path

from iot.consumers import DeviceConsumer

websocket_urlpatterns = [path("ws/devices/<slug:name>/", DeviceConsumer.as_asgi())]
