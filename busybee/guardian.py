"""Ends a supervisor's whole tree when the supervisor is gone, however it went.

PR_SET_PDEATHSIG reaches children only, not theirs. So a guardian runs beside the supervisor, holds
the reading end of a pipe, hears which process groups live, and kills them when the pipe breaks.
Run as a script by the supervisor; needs nothing but the standard library.
"""

import contextlib
import os
import signal
import sys
from collections.abc import Iterable
from pathlib import Path

TOKEN = "BUSYBEE_SUPERVISOR"
NAME = "BUSYBEE_PROCESS"


def tagged(token: str, name: str = "") -> set[int]:
    """The pids whose environment carries `token` (and `name`): also those that left their group.

    Linux only, and blind to programs that overwrite their environment: the group is the first net,
    this the second.
    """
    marks = {f"{TOKEN}={token}".encode()}
    if name:
        marks.add(f"{NAME}={name}".encode())
    found = set()
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if marks <= set((entry / "environ").read_bytes().split(b"\0")):
                found.add(int(entry.name))
    return found - {os.getpid()}


def kill(pids: Iterable[int] = (), groups: Iterable[int] = ()) -> None:
    """Send SIGKILL to `pids` and to every member of `groups`; the dead are no error."""
    for group in groups:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)
    for pid in pids:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)


def watch(token: str) -> None:
    """Read `+group` and `-group` lines until the supervisor is gone, then kill what is left."""
    groups: set[int] = set()
    for line in sys.stdin:
        change = groups.add if line[0] == "+" else groups.discard
        change(int(line[1:]))
    kill(groups=groups)
    for _ in range(3):  # a process may fork while we look
        kill(tagged(token))


if __name__ == "__main__":
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    watch(sys.argv[1])
