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
from django.conf import settings  # noqa: E402  # needs the loaded apps

from busybee import bodies  # noqa: E402  # needs the loaded apps
from chat import warming  # noqa: E402  # needs the loaded apps
from chat.routing import websocket_urlpatterns as chat_sockets  # noqa: E402
from iot.routing import websocket_urlpatterns as device_sockets  # noqa: E402

# the largest thing that anybody may send us is a file in the chat
bodies.bound(settings.BUSYBEE_CHAT_FILE_MB * 1024 * 1024)

warming.warm()

sockets = [*chat_sockets, *device_sockets]
if settings.BUSYBEE_BENCH:
    from busybee.bench.echo import websocket_urlpatterns as bench_sockets

    sockets += bench_sockets

application = ProtocolTypeRouter(
    {
        "http": http,
        "websocket": AllowedHostsOriginValidator(AuthMiddlewareStack(URLRouter(sockets))),
    }
)
