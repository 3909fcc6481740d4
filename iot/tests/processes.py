"""Real processes for the tests: brokers and ingests, each ended by its own id."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.db import connection

ROOT = Path(__file__).parents[2]
MANAGE = (sys.executable, str(ROOT / "manage.py"))


@dataclass(slots=True)
class Broker:
    """A running broker, and the name under which it keeps what an ingest has missed."""

    kind: str
    port: int
    home: Path
    client_id: str = "busybee-ingest"
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"mqtt://bee:{quote('s3cret/?', safe='')}@127.0.0.1:{self.port}"

    def start(self) -> None:
        command = [*MANAGE, "mqtt_broker", "--kind", self.kind]
        self.process = subprocess.Popen(command, env=self.environment())
        process = self.process
        wait_for(lambda: _listens(self.port) or process.poll() is not None, "the broker listens")
        assert process.poll() is None, "the broker has ended"

    def environment(self) -> dict[str, str]:
        """The environment of a process that shares this broker and the test's database."""
        return environment(self.url, self.home) | {"BUSYBEE_MQTT_CLIENT_ID": self.client_id}

    def stop(self) -> int:
        """End it by SIGTERM; its exit status."""
        assert self.process is not None
        self.process.terminate()
        return self.process.wait(timeout=15)


@contextlib.contextmanager
def running_broker(kind: str, home: Path) -> Iterator[Broker]:
    """A broker of `kind` ("amqtt" or "mosquitto") on a free port."""
    broker = Broker(kind, free_port(), home)
    try:
        broker.start()
        yield broker
    finally:
        if broker.process is not None and broker.process.poll() is None:
            broker.stop()


def environment(mqtt_url: str, home: Path) -> dict[str, str]:
    """The environment of a process that shares this test's database and Redis."""
    return {
        **os.environ,
        "BUSYBEE_HOME": str(home),
        "BUSYBEE_STORAGE": str(settings.BUSYBEE_STORAGE),
        "BUSYBEE_MQTT_URL": mqtt_url,
        "BUSYBEE_DATABASE_URL": _database_url(),
        "PYTHONPATH": str(ROOT),
    }


def _database_url() -> str:
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{database['NAME']}"
    login = f"{quote(database['USER'], safe='')}:{quote(database['PASSWORD'], safe='')}"
    host, port = quote(database["HOST"], safe=""), database["PORT"] or 5432
    return f"postgres://{login}@{host}:{port}/{database['NAME']}"


def wait_for(condition: Callable[[], bool], what: str, seconds: float = 30) -> None:
    """Return when `condition` holds; fails after `seconds`."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, f"waited {seconds} s in vain: {what}"
        time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0
