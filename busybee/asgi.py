"""The ASGI application: pages over HTTP, the chat and the live page over WebSockets."""

import os

from django.core.asgi import get_asgi_application

from busybee.secret_files import keep_private

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "busybee.settings")
keep_private()
http = get_asgi_application()

from channels.auth import AuthMiddlewareStack  # noqa: E402  # needs the loaded apps
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.security.websocket import AllowedHostsOriginValidator  # noqa: E402

from chat.routing import websocket_urlpatterns as chat_sockets  # noqa: E402
from iot.routing import websocket_urlpatterns as device_sockets  # noqa: E402

application = ProtocolTypeRouter(
    {
        "http": http,
        "websocket": AllowedHostsOriginValidator(
            AuthMiddlewareStack(URLRouter([*chat_sockets, *device_sockets]))
        ),
    }
)
