"""Mails, archives and documents read in limited child processes, which live on for the next mail.

A child has memory, CPU, file and wall limits for each job and is replaced once it is worn: after
200 documents or 5,000 mails, whichever mix. subprocess and not multiprocessing:
Celery's prefork workers are daemons, which may have no multiprocessing children. A process that was
forked from one with children leaves those alone and starts its own.
"""

import atexit
import contextlib
import logging
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from pipeline.authentication import Verdict
from pipeline.documents import answers, frames
from pipeline.documents.archives import Budget, Refused
from pipeline.documents.results import Text, Unreadable
from pipeline.errors import PipelineError
from pipeline.letter import File, Letter

logger = logging.getLogger(__name__)

WORKER = "pipeline.documents.worker"
ROOT = Path(__file__).resolve().parents[2]
SECONDS = 20.0
# a mail's two tries together
MAIL_SECONDS = 30.0
START_SECONDS = 15.0
MAX_WEAR = 5000
# a document's parser may leave more behind than a mail's
WEAR = {"mail": 1, "read": 25, "expand": 25}
PIECE = 256 * 1024


Answer = tuple[dict[str, Any], bytes]
Told = TypeVar("Told")


class SandboxKilled(PipelineError):
    """The child overran a limit and was ended; `limit` is "time", "memory" or "crash"."""

    def __init__(self, limit: str) -> None:
        super().__init__(limit)
        self.limit = limit


class _Gone(Exception):
    """The child ended before it could take the job."""


class Child:
    """One limited process and the pipes to it. Not shared between threads while a job runs."""

    def __init__(self, module: str = WORKER, seconds: float = START_SECONDS) -> None:
        path = os.pathsep.join(dict.fromkeys([str(ROOT), *(p or os.getcwd() for p in sys.path)]))
        self.process = subprocess.Popen(
            # -S -P: nothing is looked for beside what our own path already holds; -B: no .pyc
            [sys.executable, "-S", "-P", "-B", "-m", module, str(os.getpid())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/",
            # no secrets of ours; one thread, so that the memory limit is not spent on stacks
            env={"PYTHONPATH": path, "LC_ALL": "C.UTF-8", "OMP_NUM_THREADS": "1"},
            # a group of its own, to be ended with all that a job may have started
            start_new_session=True,
        )
        assert self.process.stdin
        assert self.process.stdout
        self.to_child, self.from_child = self.process.stdin.fileno(), self.process.stdout.fileno()
        os.set_blocking(self.to_child, False)
        os.set_blocking(self.from_child, False)
        self.wear = 0
        self.limits = self._started(min(seconds, START_SECONDS))

    def _started(self, seconds: float) -> dict[str, Any]:
        try:
            header, _ = self._receive(time.monotonic() + seconds)
        except (SandboxKilled, _Gone):
            self.kill()
            raise
        return header

    def ask(self, header: dict[str, Any], blob: bytes, seconds: float) -> Answer:
        """The child's answer within `seconds`; raises SandboxKilled, and _Gone if it has died."""
        if self.process.poll() is not None:
            raise _Gone
        deadline = time.monotonic() + seconds
        self.wear += WEAR.get(header["job"], 1)
        try:
            self._send(frames.pack({**header, "seconds": seconds}, blob), deadline)
            answer = self._receive(deadline)
        except frames.BadFrame as exc:
            raise SandboxKilled("crash") from exc
        if "memory" in answer[0]:
            raise SandboxKilled("memory")
        return answer

    def _send(self, pieces: list[bytes], deadline: float) -> None:
        for piece in pieces:
            view = memoryview(piece)
            while view:
                self._wait(self.to_child, select.POLLOUT, deadline)
                try:
                    view = view[os.write(self.to_child, view[:PIECE]) :]
                except BlockingIOError:
                    continue
                except BrokenPipeError as exc:
                    raise _Gone from exc

    def _receive(self, deadline: float) -> Answer:
        head, size = frames.lengths(self._read(frames.LENGTHS.size, deadline))
        return frames.header_of(self._read(head, deadline)), self._read(size, deadline)

    def _read(self, size: int, deadline: float) -> bytes:
        data = bytearray()
        while len(data) < size:
            self._wait(self.from_child, select.POLLIN, deadline)
            try:
                piece = os.read(self.from_child, min(PIECE, size - len(data)))
            except BlockingIOError:
                continue
            if not piece:
                raise self._end()
            data += piece
        return bytes(data)

    def _wait(self, fd: int, event: int, deadline: float) -> None:
        """Return when `fd` is ready; raises SandboxKilled("time") at the deadline."""
        poll = select.poll()
        poll.register(fd, event)
        if not poll.poll(max(0.0, deadline - time.monotonic()) * 1000):
            raise SandboxKilled("time")

    def _end(self) -> Exception:
        """What to raise for a child that has ended by itself: the limit it overran."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(1)
        if self.process.returncode == -signal.SIGKILL:
            # not by a limit of ours: the machine ran short, or the thread that started it has ended
            return _Gone()
        timed = {-signal.SIGXCPU, -signal.SIGALRM}
        return SandboxKilled("time" if self.process.returncode in timed else "crash")

    def kill(self) -> None:
        """End the child and all that it started, and free what it held here."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self._close()

    def forget(self) -> None:
        """Let go of a child that belongs to the process we were forked from."""
        self.process.returncode = 0
        self._close()

    def _close(self) -> None:
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe:
                with contextlib.suppress(OSError):
                    pipe.close()


@dataclass(slots=True)
class Pool:
    """The idle children of this process; each job takes one, so a slow one blocks no other."""

    module: str = WORKER
    max_wear: int = MAX_WEAR
    idle: list[Child] = field(default_factory=list)
    pid: int = field(default_factory=os.getpid)

    def run(self, header: dict[str, Any], blob: bytes, seconds: float) -> Answer:
        """The answer to one job as it came; raises SandboxKilled."""
        return self.told(header, blob, seconds, answers.untold)

    def told(
        self,
        header: dict[str, Any],
        blob: bytes,
        seconds: float,
        read: Callable[[dict[str, Any], bytes], Told],
    ) -> Told:
        """What `read` makes of the answer to one job; raises SandboxKilled, also if it takes none.

        Where a child has to be started first, that is part of the `seconds`.
        """
        self._own()
        deadline = time.monotonic() + seconds
        # an idle child may have died with the thread that started it: PDEATHSIG is the thread's
        while self.idle:
            with contextlib.suppress(IndexError, _Gone):
                return self._with(self.idle.pop(), header, blob, deadline, read)
        try:
            child = Child(self.module, seconds)
            return self._with(child, header, blob, deadline, read)
        except _Gone as exc:
            raise SandboxKilled("crash") from exc

    def _with(
        self,
        child: Child,
        header: dict[str, Any],
        blob: bytes,
        deadline: float,
        read: Callable[[dict[str, Any], bytes], Told],
    ) -> Told:
        kept = False
        try:
            answer = child.ask(header, blob, max(0.0, deadline - time.monotonic()))
            told = read(*answer)
            kept = child.wear < self.max_wear
        except SandboxKilled as exc:
            logger.warning("sandbox: %s job ended by limit %s", header.get("job"), exc.limit)
            raise
        except (ValueError, OverflowError) as exc:
            # BadAnswer, and what the library says of a date or a text that is none
            logger.warning("sandbox: %s job: %s", header.get("job"), exc)
            raise SandboxKilled("crash") from exc
        finally:
            if kept:
                self.idle.append(child)
            else:
                child.kill()
        return told

    def limits(self) -> dict[str, Any]:
        """What a child could take on, for `status`: "offline", whether it has no network, and
        "readonly", whether it can change no file. Raises SandboxKilled where none can be started.
        """
        self._own()
        if not self.idle:
            try:
                self.idle.append(Child(self.module))
            except _Gone as exc:
                raise SandboxKilled("crash") from exc
        return self.idle[0].limits

    def close(self) -> None:
        """End the children; the next job starts a new one."""
        self._own()
        while self.idle:
            self.idle.pop().kill()

    def _own(self) -> None:
        if self.pid != os.getpid():
            children, self.idle, self.pid = self.idle, [], os.getpid()
            for child in children:
                child.forget()


pool = Pool()
atexit.register(pool.close)
os.register_at_fork(after_in_child=pool._own)


def read_document(kind: str, data: bytes, *, seconds: float = SECONDS) -> Text:
    """The text of a document of `kind`, read in the child. Raises Unreadable and SandboxKilled."""
    found = pool.told({"job": "read", "kind": kind}, data, seconds, answers.document)
    if isinstance(found, Text):
        return found
    if found.error:
        size = len(data)
        logger.info("sandbox: a %s of %s bytes made its reader fail: %s", kind, size, found.error)
    raise Unreadable(found.reason)


def read_mail(raw: bytes, *, authserv_id: str = "", seconds: float = MAIL_SECONDS) -> Letter:
    """The mail in `raw`, taken apart in the child; raises SandboxKilled.

    HTML is what costs most: a mail that overruns a limit is read again without that of its HTML, in
    what is left of the `seconds`, a third at least.
    """
    deadline = time.monotonic() + seconds
    try:
        return _mail(raw, authserv_id, html=True, seconds=seconds * 2 / 3)
    except SandboxKilled:
        return _mail(raw, authserv_id, html=False, seconds=deadline - time.monotonic())


def _mail(raw: bytes, authserv_id: str, *, html: bool, seconds: float) -> Letter:
    job = {"job": "mail", "authserv_id": authserv_id, "html": html}
    return pool.told(job, raw, seconds, answers.letter)


def dns_names(raw: bytes, *, seconds: float = SECONDS) -> tuple[str, ...]:
    """The names whose TXT records `proof` wants of this mail; raises SandboxKilled."""
    return pool.told({"job": "names"}, raw, seconds, answers.names)


def proof(raw: bytes, records: Mapping[str, Sequence[str]], *, seconds: float = SECONDS) -> Verdict:
    """What the mail's DKIM signatures prove of its sender; raises SandboxKilled."""
    return pool.told({"job": "proof", "records": dict(records)}, raw, seconds, answers.verdict)


def expand(kind: str, data: bytes, budget: Budget, *, filename: str = "") -> list[File | Refused]:
    """The members of an archive of `kind`, unpacked in the child; `budget` is used up.

    `filename` is the archive's own. Raises SandboxKilled.
    """
    fields = ("entries", "bytes", "seconds", "depth", "member_bytes")
    given = {name: getattr(budget, name) for name in fields}
    job = {"job": "expand", "kind": kind, "budget": given, "filename": filename}
    return pool.told(job, data, budget.seconds + 5, partial(answers.members, budget=budget))
