"""Loopback ports for the embedded services: free ones, the same as last time where possible."""

import json
import socket
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path


def choose(path: Path, preferred: Mapping[str, int]) -> dict[str, int]:
    """A free port for each name in `preferred`, remembered in `path` for the next time.

    The remembered one if it is free, else the preferred one (0: none), else any.
    """
    remembered = _remembered(path)
    chosen: dict[str, int] = {}
    with ExitStack() as held:  # held until all are chosen, so no two names get the same
        for name, wish in preferred.items():
            for candidate in (*filter(None, (remembered.get(name), wish)), 0):
                taken = _take(candidate)
                if taken:
                    held.enter_context(taken)
                    chosen[name] = taken.getsockname()[1]
                    break
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({**remembered, **chosen}), encoding="utf-8")
    return chosen


def _remembered(path: Path) -> dict[str, int]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return {str(name): int(port) for name, port in found.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}


def _take(port: int) -> socket.socket | None:
    """A socket bound to `port` on loopback, or None where somebody listens there."""
    taken = socket.socket()
    # else a connection of the last run, still in TIME_WAIT, would make the port look taken
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind(("127.0.0.1", port))
    except (OSError, OverflowError):
        taken.close()
        return None
    return taken
