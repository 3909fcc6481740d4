"""Runs a set of processes as one: ordered start, restart with back-off, clean stop of whole trees.

asyncio and the standard library only; what the processes are is `busybee.services`' business.
"""

import asyncio
import contextlib
import ctypes
import fcntl
import json
import os
import random
import re
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, TextIO

from busybee import guardian
from busybee.probes import Probe
from busybee.process_logs import Console, Lines, LogFile

PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class Process:
    """One process to run: what, how one sees that it is ready, how it is stopped."""

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    ready: Probe | None = None  # asked until it says True
    ready_line: str = ""  # else: a pattern that shows in its output
    ready_within_s: float = 90  # a process that is not ready by then is killed and started again
    one_shot: bool = False  # runs once, to its end, before those that start after it
    stop_signal: signal.Signals = signal.SIGTERM
    grace_s: float = 10  # between the stop signal and SIGKILL
    start_after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Backoff:
    """How long a process that died stays down: doubling, with jitter, forgiven in time."""

    first_s: float = 0.5
    most_s: float = 30
    forgiven_after_s: float = 30

    def delay(self, failures: int) -> float:
        """Seconds before the next start after `failures` short lives in a row (at least one)."""
        base = min(self.most_s, self.first_s * 2 ** min(failures - 1, 16))
        return base * random.uniform(0.5, 1.5)


class AlreadyRunning(Exception):
    """Another supervisor holds this home; `str()` names its pid and addresses."""


class StartFailed(Exception):
    """A one-shot process ended with an error, so nothing after it can start."""


class Lock:
    """The exclusive hold on a home folder; its file tells others who holds it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[str] | None = None

    def __enter__(self) -> "Lock":
        """The lock, taken; raises AlreadyRunning at once when another process has it."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        file = self._path.open("a+", encoding="utf-8")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read()
            file.close()
            raise AlreadyRunning(_held_by(holder)) from None
        self._file = file
        self.describe({})
        return self

    def describe(self, addresses: Mapping[str, str]) -> None:
        """Leave word, for whoever is refused, of this process and its `addresses`."""
        assert self._file is not None
        self._file.truncate(0)
        self._file.write(json.dumps({"pid": os.getpid(), "addresses": dict(addresses)}))
        self._file.flush()

    def __exit__(self, *exc: object) -> None:
        """Give the lock back; the file stays, since removing it would let two hold "the" lock."""
        if self._file:
            self._file.truncate(0)
            self._file.close()
            self._file = None


def _held_by(text: str) -> str:
    """A sentence about the holder that `text`, the lock file's content, names."""
    try:
        holder = json.loads(text)
    except ValueError:
        return "BusyBee is already starting here"
    where = ", ".join(f"{name} {url}" for name, url in holder["addresses"].items())
    return f"BusyBee is already running here: process {holder['pid']}" + (
        f" ({where})" if where else ""
    )


class Child:
    """One process under supervision through all its lives."""

    def __init__(self, process: Process, supervisor: "Supervisor") -> None:
        self.process, self._supervisor = process, supervisor
        self.state, self.pid, self.restarts = "waiting", 0, 0
        self.is_ready, self.is_gone = asyncio.Event(), asyncio.Event()
        self._failures = 0
        self._popen: subprocess.Popen[bytes] | None = None
        self._ready_line = re.compile(process.ready_line) if process.ready_line else None
        self._line_seen = asyncio.Event()

    async def live(self) -> None:
        """Run the process, again and again unless it is a one-shot, until cancelled."""
        try:
            await self._supervisor.ready(self.process.start_after)
            while True:
                status, lived_s = await self._one_life()
                if self.process.one_shot:
                    self._finish(status)
                    return
                await self._rest(status, lived_s)
        finally:
            self.is_gone.set()

    async def _one_life(self) -> tuple[int, float]:
        """Start the process and see it end: its exit status and the seconds it lived."""
        started = time.monotonic()
        self._line_seen.clear()
        popen = self._spawn()
        pump = asyncio.create_task(self._pump(popen))
        watch = asyncio.create_task(self._see_ready())
        try:
            status = await exit_status(popen)
        except asyncio.CancelledError:
            await self._end(popen)
            raise
        finally:
            watch.cancel()
            self._clear_up(popen)
            await self._drain(pump)
        return status, time.monotonic() - started

    def _spawn(self) -> subprocess.Popen[bytes]:
        self._popen = self._supervisor.spawn(self.process)
        self.pid = self._popen.pid
        self._set_state("starting")
        return self._popen

    async def _pump(self, popen: subprocess.Popen[bytes]) -> None:
        """Carry the output to the console and the log file until it ends."""
        assert popen.stdout is not None
        reader = asyncio.StreamReader()
        loop = asyncio.get_running_loop()
        transport, _ = await loop.connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), popen.stdout
        )
        lines, file = Lines(), LogFile(self._supervisor.log_path(self.process.name))
        try:
            while data := await reader.read(64 * 1024):
                file.write(data)
                self._show(lines.feed(data))
            self._show(lines.feed(b""))
        finally:
            transport.close()
            file.close()

    def _show(self, lines: list[str]) -> None:
        for line in lines:
            self._supervisor.console.line(self.process.name, line)
            if self._ready_line and self._ready_line.search(line):
                self._line_seen.set()

    async def _drain(self, pump: "asyncio.Task[None]") -> None:
        """Let the last lines through; whoever escaped with the pipe does not hold us up."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(pump, 2)

    async def _see_ready(self) -> None:
        """Set `is_ready` when the process answers; kill it when that takes too long."""
        if self.process.one_shot:
            return
        try:
            async with asyncio.timeout(self.process.ready_within_s):
                await self._answers()
        except TimeoutError:
            self._supervisor.say(f"{self.process.name} is not ready in time and is started again")
            guardian.kill(groups=[self.pid])
            return
        self._set_state("ready")
        self._supervisor.say(f"{self.process.name} is ready")
        self.is_ready.set()

    async def _answers(self) -> None:
        if self._ready_line:
            await self._line_seen.wait()
        pause = 0.05
        while self.process.ready and not await self.process.ready():
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, 0.5)

    async def _end(self, popen: subprocess.Popen[bytes]) -> None:
        """Ask the leader to stop, wait out its grace, then leave the rest to SIGKILL."""
        self._set_state("stopping")
        with contextlib.suppress(ProcessLookupError):
            popen.send_signal(self.process.stop_signal)
        gone = asyncio.create_task(exit_status(popen))
        hurry = asyncio.create_task(self._supervisor.hurry.wait())
        await asyncio.wait(
            {gone, hurry}, timeout=self.process.grace_s, return_when=asyncio.FIRST_COMPLETED
        )
        hurry.cancel()
        guardian.kill(groups=[popen.pid])
        await gone
        self._set_state("stopped")

    def _clear_up(self, popen: subprocess.Popen[bytes]) -> None:
        """Kill what the leader left behind: its group, and those of its tree that left it."""
        guardian.kill(groups=[popen.pid])
        guardian.kill(guardian.tagged(self._supervisor.token, self.process.name))
        self._supervisor.forget(popen.pid)
        self.pid = 0

    def _finish(self, status: int) -> None:
        """Mark the one-shot as done; raises StartFailed when it ended with an error."""
        if status:
            self._set_state("failed")
            log = self._supervisor.log_path(self.process.name)
            raise StartFailed(f"{self.process.name} ended with status {status}; see {log}")
        self._set_state("done")
        self.is_ready.set()

    async def _rest(self, status: int, lived_s: float) -> None:
        """Wait before the next life, the longer the more short ones there were."""
        backoff = self._supervisor.backoff
        self._failures = 1 if lived_s >= backoff.forgiven_after_s else self._failures + 1
        self.restarts += 1
        delay = backoff.delay(self._failures)
        self._set_state("resting")
        self._supervisor.say(
            f"{self.process.name} ended ({describe(status)}) after {lived_s:.1f} s; "
            f"starts again in {delay:.1f} s"
        )
        await asyncio.sleep(delay)

    def _set_state(self, state: str) -> None:
        self.state = state
        self._supervisor.publish()


class Supervisor:
    """Runs `processes` below `home`: logs/ and up.json there are its own.

    Whoever runs one holds the `Lock` of that home.
    """

    def __init__(
        self,
        processes: Sequence[Process],
        *,
        home: Path,
        addresses: Mapping[str, str] | None = None,
        console: TextIO | None = None,
        backoff: Backoff | None = None,
    ) -> None:
        self._home, self._addresses = home, dict(addresses or {})
        self.backoff = backoff or Backoff()
        self.token = secrets.token_hex(8)
        self.hurry = asyncio.Event()
        self._stop_asked = asyncio.Event()
        names = [process.name for process in processes]
        self.console = Console(console, [*names, "up"], colour=wants_colour(console))
        self._children = {process.name: Child(process, self) for process in processes}
        unknown = {n for p in processes for n in p.start_after} - self._children.keys()
        if unknown or len(self._children) != len(names):
            raise ValueError(f"processes are named twice or unknown: {sorted(unknown) or names}")
        self._guardian: subprocess.Popen[bytes] | None = None

    async def run(self, then: Callable[[], Awaitable[int]] | None = None) -> int:
        """Start everything, run `then` once all is ready, stop everything; the exit status.

        Without `then` it runs until SIGINT, SIGTERM or SIGHUP, and returns 0. A second signal
        kills at once. Raises StartFailed when a one-shot process fails.
        """
        self._end_leftovers()
        try:
            with self._signals():
                return await self._supervise(then)
        finally:
            (self._home / "up.json").unlink(missing_ok=True)

    async def _supervise(self, then: Callable[[], Awaitable[int]] | None) -> int:
        self._start_guardian()
        lives = {name: asyncio.create_task(c.live()) for name, c in self._children.items()}
        body = asyncio.create_task(self._body(then))
        asked = asyncio.create_task(self._stop_asked.wait())
        try:
            await self._until_over({*lives.values(), body, asked}, body, asked)
            return body.result() if body.done() else 0
        finally:
            for task in (body, asked):
                task.cancel()
            await self._stop(lives)
            await asyncio.gather(body, asked, return_exceptions=True)
            self._dismiss_guardian()

    async def _until_over(
        self,
        tasks: "set[asyncio.Task[Any]]",
        body: "asyncio.Task[int]",
        asked: "asyncio.Task[bool]",
    ) -> None:
        """Return when the body has ended or a signal came; raise what a life died of."""
        while not (body.done() or asked.done()):
            done, tasks = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()

    async def _body(self, then: Callable[[], Awaitable[int]] | None) -> int:
        await self.ready(tuple(self._children))
        if then is None:
            await self._stop_asked.wait()
            return 0
        return await then()

    async def ready(self, names: Sequence[str]) -> None:
        """Return once each of `names` has been ready (a one-shot: has ended well)."""
        for name in names:
            await self._children[name].is_ready.wait()

    async def _stop(self, lives: "Mapping[str, asyncio.Task[None]]") -> None:
        """End every process, each only after those that were started after it."""
        self._stop_asked.set()

        async def end(name: str) -> None:
            for other in self._children.values():
                if name in other.process.start_after:
                    await other.is_gone.wait()
            lives[name].cancel()
            await asyncio.gather(lives[name], return_exceptions=True)
            self._children[name].is_gone.set()

        await asyncio.gather(*(end(name) for name in lives))
        guardian.kill(guardian.tagged(self.token))

    @contextlib.contextmanager
    def _signals(self) -> Iterator[None]:
        """Turn the first stop signal into a stop and the second into a kill."""
        loop = asyncio.get_running_loop()
        wanted = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        for number in wanted:
            loop.add_signal_handler(number, self.request_stop)
        try:
            yield
        finally:
            for number in wanted:
                loop.remove_signal_handler(number)

    def request_stop(self) -> None:
        """Ask for a stop; asked a second time, for the quick one."""
        if self._stop_asked.is_set():
            self.hurry.set()
        self.say("killing" if self.hurry.is_set() else "stopping (a second time: at once)")
        self._stop_asked.set()

    def spawn(self, process: Process) -> subprocess.Popen[bytes]:
        """Start `process` as the leader of its own session, on the kernel's leash."""
        tags = {guardian.TOKEN: self.token, guardian.NAME: process.name}
        popen = subprocess.Popen(
            process.argv,
            env={**os.environ, **process.env, **tags},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=leash(os.getpid()),
        )
        self._tell_guardian(f"+{popen.pid}")
        return popen

    def forget(self, group: int) -> None:
        """Tell the guardian that `group` is gone: its number may soon be another's."""
        self._tell_guardian(f"-{group}")

    def _start_guardian(self) -> None:
        command = [sys.executable, "-I", "-S", guardian.__file__, self.token]
        self._guardian = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, start_new_session=True
        )

    def _tell_guardian(self, line: str) -> None:
        if self._guardian and self._guardian.stdin:
            with contextlib.suppress(OSError):
                self._guardian.stdin.write(f"{line}\n".encode())
                self._guardian.stdin.flush()

    def _dismiss_guardian(self) -> None:
        if self._guardian and self._guardian.stdin:
            with contextlib.suppress(OSError):
                self._guardian.stdin.close()
            self._guardian.wait()

    def _end_leftovers(self) -> None:
        """Kill what an earlier supervisor left here, should its guardian have died with it."""
        with contextlib.suppress(OSError, ValueError, KeyError):
            token = json.loads((self._home / "up.json").read_text(encoding="utf-8"))["token"]
            guardian.kill(guardian.tagged(token))

    def log_path(self, name: str) -> Path:
        """The log file of the process `name`."""
        return self._home / "logs" / f"{name}.log"

    def say(self, text: str) -> None:
        """Print a line of the supervisor's own."""
        self.console.line("up", text)

    def publish(self) -> None:
        """Write up.json: what runs, for `status` and for whoever looks a process up by name."""
        rows = [
            {"name": name, "pid": c.pid, "restarts": c.restarts, "state": c.state}
            for name, c in self._children.items()
        ]
        report = {"pid": os.getpid(), "token": self.token, "addresses": self._addresses}
        path = self._home / "up.json"
        fresh = path.with_name("up.json.new")
        fresh.write_text(json.dumps({**report, "processes": rows}, indent=1), encoding="utf-8")
        fresh.replace(path)


def leash(supervisor: int) -> Callable[[], None]:
    """What a child does before exec: have the kernel kill it when the supervisor dies."""
    if sys.platform != "linux":
        return lambda: None
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def hold() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != supervisor:  # it died before the leash was on
            os._exit(1)

    return hold


async def exit_status(popen: subprocess.Popen[bytes]) -> int:
    """The exit status of `popen` once it has ended; negative: the signal that ended it.

    asyncio's own wait() may wait for the output to close too, which a grandchild can keep open.
    """
    if not hasattr(os, "pidfd_open"):
        while popen.poll() is None:
            await asyncio.sleep(0.1)
        return popen.wait()
    if popen.poll() is None:
        ended = asyncio.Event()
        descriptor = os.pidfd_open(popen.pid)
        loop = asyncio.get_running_loop()
        loop.add_reader(descriptor, ended.set)
        try:
            await ended.wait()
        finally:
            loop.remove_reader(descriptor)
            os.close(descriptor)
    return popen.wait()


def describe(status: int) -> str:
    """An exit status in words: `status 1`, `SIGKILL`."""
    return signal.Signals(-status).name if status < 0 else f"status {status}"


def wants_colour(stream: TextIO | None) -> bool:
    """Whether to colour what goes to `stream`: a terminal, and nobody asked for none."""
    return stream is not None and stream.isatty() and not os.environ.get("NO_COLOR")
