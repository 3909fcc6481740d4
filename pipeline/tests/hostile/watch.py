"""What reading a mail costs: time, memory of this process and of the sandbox's children, writes."""

import contextlib
import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

EVERY = 0.02


@dataclass(slots=True)
class Cost:
    """Peaks in bytes; `parent` is by how much this process grew over what it had before."""

    seconds: float = 0.0
    parent: int = 0
    children: int = 0
    written: int = 0  # by children since they were first seen, to any disk
    before: dict[int, int] = field(default_factory=dict)

    def __str__(self) -> str:
        sizes = (self.parent, self.children, self.written)
        parent, children, written = (size // 1024**2 for size in sizes)
        return f"{self.seconds:.1f} s, parent +{parent}, child {children}, written {written} MiB"


@contextlib.contextmanager
def watched() -> Iterator[Cost]:
    """The cost of what runs meanwhile; it stands when the block has ended."""
    cost, done = Cost(), threading.Event()
    Path("/proc/self/clear_refs").write_text("5")  # VmHWM begins anew
    before, started = _status(os.getpid(), "VmRSS"), time.monotonic()
    sampler = threading.Thread(target=_sample, args=(cost, done), daemon=True)
    sampler.start()
    try:
        yield cost
    finally:
        cost.seconds = time.monotonic() - started
        done.set()
        sampler.join()
        cost.parent = max(0, _status(os.getpid(), "VmHWM") - before)


def _sample(cost: Cost, done: threading.Event) -> None:
    while True:
        last = done.is_set()
        for pid in _children():
            cost.children = max(cost.children, _status(pid, "VmHWM"))
            before = cost.before.setdefault(pid, _written(pid))
            cost.written = max(cost.written, _written(pid) - before)
        if last:
            return
        done.wait(EVERY)


def _children() -> list[int]:
    """The sandbox's children and what they have started; not other servers of the test run."""
    return [pid for pid in _descendants() if _in_sandbox(pid)]


def _in_sandbox(pid: int) -> bool:
    with contextlib.suppress(OSError):
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        return b"pipeline.documents.worker" in words or words[0].endswith(b"tesseract")
    return False


def _descendants() -> list[int]:
    found: list[int] = []
    waiting = [os.getpid()]
    while waiting:
        pid = waiting.pop()
        for task in Path(f"/proc/{pid}/task").glob("*/children"):
            with contextlib.suppress(OSError):
                waiting += map(int, task.read_text().split())
        found.append(pid)
    return found[1:]


def _status(pid: int, name: str) -> int:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith(f"{name}:"):
                return int(line.split()[1]) * 1024
    return 0


def _written(pid: int) -> int:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/io").read_text().splitlines():
            if line.startswith("write_bytes:"):
                return int(line.split()[1])
    return 0
