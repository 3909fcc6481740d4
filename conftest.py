"""The ground under every test: an own BUSYBEE_HOME, an own Redis, an own database.

Django reads its settings once, so what they are made of is chosen here, at import, before
pytest-django looks for them.
"""

import importlib.util
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

for _name in [name for name in os.environ if name.startswith("BUSYBEE_")]:
    if not _name.startswith("BUSYBEE_TEST_"):
        del os.environ[_name]  # a developer's own settings must not colour the tests

# short and outside of pytest's long temporary paths: a unix socket's path ends at 107 bytes
HOME = Path(tempfile.mkdtemp(prefix="bb-"))
REDIS_SOCKET = HOME / "redis.sock"
REDIS_PASSWORD = "test-password"
(HOME / "static").mkdir()  # whitenoise warns where there is none
os.environ["BUSYBEE_HOME"] = str(HOME)
os.environ["BUSYBEE_REDIS_URL"] = f"unix://:{REDIS_PASSWORD}@{REDIS_SOCKET}?db=0"
# nobody listens there: a test that needs an SMTP server or a broker starts its own
os.environ["BUSYBEE_SMTP_URL"] = "smtp://127.0.0.1:9"
os.environ["BUSYBEE_MQTT_URL"] = "mqtt://127.0.0.1:9"

_POSTGRES = None
if os.environ.get("BUSYBEE_TEST_DB") == "postgres":
    from busybee.tests import postgres

    _POSTGRES = postgres.start(HOME)
    os.environ["BUSYBEE_DATABASE_URL"] = _POSTGRES.url

if "django.conf" in sys.modules and sys.modules["django.conf"].settings.configured:
    raise pytest.UsageError("unset DJANGO_SETTINGS_MODULE: the tests choose their own settings")
os.environ["DJANGO_SETTINGS_MODULE"] = "busybee.settings"

import django  # noqa: E402  # after the environment: pytest-django has looked for settings too early

django.setup()

from pipeline.documents import libraries  # noqa: E402  # after django.setup(), as all of ours


def missing(need: str) -> bool:
    """Whether this machine lacks `need`: a command, a path, `module:NAME` or `library:SONAME`."""
    if need.startswith("module:"):
        return importlib.util.find_spec(need.removeprefix("module:")) is None
    if need.startswith("library:"):
        return libraries.load((need.removeprefix("library:"),)) is None
    if need.startswith("/"):
        return not Path(need).exists()
    return shutil.which(need, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin") is None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the long tests for `make soak`."""
    if os.environ.get("BUSYBEE_TEST_SOAK"):
        return
    long = [item for item in items if item.get_closest_marker("soak")]
    items[:] = [item for item in items if not item.get_closest_marker("soak")]
    if long:
        config.hook.pytest_deselected(items=long)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Leave out what this machine cannot run, by name; CI may leave out nothing."""
    needs = [need for marker in item.iter_markers("needs") for need in marker.args]
    absent = [need for need in needs if missing(need)]
    if not absent:
        return
    reason = f"not on this machine: {', '.join(absent)} (make test-deps brings it)"
    if os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def pytest_unconfigure() -> None:
    if _POSTGRES is not None:
        _POSTGRES.stop()
    shutil.rmtree(HOME, ignore_errors=True)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The test database; at the end nobody else is connected to it, so that it can be dropped.

    Consumers' tests leave the connections of asgiref's threads, which outlive their event loops.
    """
    from django.db import connection

    yield
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """The URL of a real redis-server; the settings (broker, channel layer) name it already."""
    from busybee.tests.redis_server import running_redis

    with running_redis(REDIS_SOCKET, REDIS_PASSWORD, HOME):
        yield os.environ["BUSYBEE_REDIS_URL"]


@pytest.fixture
def surely_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every reading is certain enough for mode auto, whose bound has tests of its own."""
    from freight.extraction import certainty

    monkeypatch.setattr(certainty, "shipped", lambda: certainty.Table({}, 0.0))


@pytest.fixture
def empty_redis(redis_url: str) -> str:
    """The URL of the same server, emptied for this test."""
    import redis

    with redis.Redis.from_url(redis_url) as client:
        client.flushall()
    return redis_url
