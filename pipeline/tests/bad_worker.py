"""A sandbox child whose jobs misbehave; started by test_sandbox in the place of the real one."""

import os
import socket
import subprocess
import sys
import time
from typing import Any

from pipeline.documents.worker import Answer, main


def spin(header: dict[str, Any], blob: bytes) -> Answer:
    while True:
        pass


def sleep(header: dict[str, Any], blob: bytes) -> Answer:
    time.sleep(3600)
    return {}, b""


def start(header: dict[str, Any], blob: bytes) -> Answer:
    subprocess.Popen([sys.executable, "-S", "-c", f"import time; time.sleep({header['for']})"])
    time.sleep(3600)
    return {}, b""


def hog(header: dict[str, Any], blob: bytes) -> Answer:
    held = [bytearray(64 * 1024 * 1024) for _ in range(64)]
    return {"held": len(held)}, b""


def crash(header: dict[str, Any], blob: bytes) -> Answer:
    os.abort()


def write(header: dict[str, Any], blob: bytes) -> Answer:
    with open(header["path"], "wb") as file:
        file.write(b"x")
    return {"written": True}, b""


def connect(header: dict[str, Any], blob: bytes) -> Answer:
    with socket.create_connection(("127.0.0.1", header["port"]), timeout=2):
        return {"connected": True}, b""


def chatter(header: dict[str, Any], blob: bytes) -> Answer:
    os.write(1, b"a library's greeting")
    return {"pid": os.getpid(), "environment": sorted(os.environ)}, blob


def garbage(header: dict[str, Any], blob: bytes) -> Answer:
    os.write(header["fd"], b"\xff" * 4096)
    time.sleep(3600)
    return {}, b""


if __name__ == "__main__":
    main(
        {
            job.__name__: job
            for job in (spin, sleep, start, hog, crash, write, connect, chatter, garbage)
        }
    )
