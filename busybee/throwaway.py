"""A whole BusyBee for a test or a benchmark: `manage.py up` in a home and on ports of its own."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import psycopg

CODE = Path(__file__).resolve().parents[1]
# leases and ages short enough for a test to see what happens after a kill
QUICK = {
    "BUSYBEE_LEASE_SECONDS": "5",
    "BUSYBEE_SWEEP_AGE_SECONDS": "2",
    "BUSYBEE_SEND_LEASE_SECONDS": "6",
    "BUSYBEE_POLL_SECONDS": "1",
    "BUSYBEE_RESTART_MAX_SECONDS": "1",
    "BUSYBEE_APPROVAL_ABOVE_KRW": "1000000000",
}


@dataclass
class Installation:
    """A running BusyBee. Everything is looked at from outside: files, rows, sockets, processes."""

    home: Path
    process: subprocess.Popen[bytes]
    database_url: str

    @property
    def inbox(self) -> Path:
        return self.home / "mailbox-demo"

    def drop(self, name: str, raw: bytes) -> None:
        """Put a mail into the mailbox folder, whole."""
        fresh = self.inbox / f".{name}.new"
        fresh.write_bytes(raw)
        fresh.rename(self.inbox / f"{name}.eml")

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a query that both databases understand."""
        if self.database_url:
            with psycopg.connect(self.database_url) as connection:
                return list(connection.execute(sql.encode()))
        with closing(sqlite3.connect(self.home / "busybee.sqlite3", timeout=20)) as connection:
            return list(connection.execute(sql))

    def value(self, sql: str) -> Any:
        return self.rows(sql)[0][0]

    def report(self) -> dict[str, Any]:
        """What the supervisor says of its processes."""
        report: dict[str, Any] = json.loads((self.home / "up.json").read_text(encoding="utf-8"))
        return report

    def pid_of(self, name: str) -> int | None:
        """The process id of `name` while it runs."""
        rows = {row["name"]: row for row in self.report()["processes"]}
        return rows[name]["pid"] if rows[name]["state"] == "ready" else None

    def runtime(self) -> dict[str, str]:
        """The settings that the supervisor has handed down."""
        lines = (self.home / "runtime.env").read_text(encoding="utf-8").splitlines()
        return dict(line.split("=", 1) for line in lines)

    def sent(self, kind: str = "") -> list[EmailMessage]:
        """The mails in the sink, oldest first; of one kind by the outbox's word."""
        ids = {
            row[0]
            for row in self.rows("SELECT message_id, kind FROM freight_outgoingmail")
            if kind in ("", row[1])
        }
        mails = [
            message_from_bytes(path.read_bytes(), policy=policy.default)
            for path in sorted((self.home / "sink").glob("*.eml"))
        ]
        return [mail for mail in mails if mail["Message-ID"] in ids]

    def wait(self, what: Callable[[], Any], seconds: float = 60, *, why: str = "") -> Any:
        """The first true value of `what`; fails with the state of things after `seconds`."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            value = what()
            if value:
                return value
            if self.process.poll() is not None:
                raise AssertionError(f"`up` ended with {self.process.returncode}\n{self.logs()}")
            time.sleep(0.2)
        raise AssertionError(f"not within {seconds} s: {why or what}\n{self.logs()}")

    def logs(self) -> str:
        """The last lines of each process."""
        parts = []
        for path in sorted((self.home / "logs").glob("*.log")):
            lines = path.read_text(encoding="utf-8", errors="replace").splitlines()[-15:]
            parts.append("\n".join([f"--- {path.name}", *lines]))
        return "\n".join(parts)


@contextmanager
def running(
    environment: Mapping[str, str] | None = None,
    *,
    only: tuple[str, ...] = (),
    database_url: str = "",
) -> Iterator[Installation]:
    """A BusyBee that is up; ended with all its processes, and its home removed, on leaving."""
    home = Path(tempfile.mkdtemp(prefix="bb-up-"))
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith("BUSYBEE_")
    }
    own = {"BUSYBEE_HOME": str(home), **QUICK, **(environment or {})}
    if database_url:
        own["BUSYBEE_DATABASE_URL"] = database_url
    command = [sys.executable, str(CODE / "manage.py"), "up", "--demo"]
    if only:
        command += ["--only", *only]
    with (home / "up.log").open("wb") as log:
        process = subprocess.Popen(
            command, env={**inherited, **own}, stdout=log, stderr=log, cwd="/"
        )
    installation = Installation(home, process, database_url)
    try:
        installation.wait(lambda: _all_ready(installation, only), 120, why="everything ready")
        yield installation
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(40)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        shutil.rmtree(home, ignore_errors=True)


def _all_ready(installation: Installation, only: tuple[str, ...]) -> bool:
    try:
        rows = installation.report()["processes"]
    except (FileNotFoundError, json.JSONDecodeError):
        return False
    return bool(rows) and all(row["state"] in ("ready", "done") for row in rows)
