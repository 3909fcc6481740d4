"""A real redis-server for the tests."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis

from busybee.services import redis_binary
from busybee.supervisor import leash


@contextmanager
def running_redis(socket: Path, password: str, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A redis-server that listens on `socket` only, answering, and ended on leaving."""
    command = [str(redis_binary()), "--port", "0", "--unixsocket", str(socket)]
    command += ["--requirepass", password, "--dir", str(folder), "--save", "", "--daemonize", "no"]
    process = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=leash(os.getpid()),  # a test run that is killed leaves no server behind
    )
    try:
        wait_for(f"unix://:{password}@{socket}?db=0")
        yield process
    finally:
        process.terminate()
        process.wait(10)


def wait_for(url: str, seconds: float = 10) -> None:
    """Return once the Redis at `url` answers; raises the last error after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            with redis.Redis.from_url(url) as client:
                client.ping()
            return
        except redis.ConnectionError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
