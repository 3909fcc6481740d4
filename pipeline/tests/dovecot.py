"""A real IMAP server for the tests: Dovecot as an unprivileged user in a temporary folder."""

import datetime as dt
import grp
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import imapclient

USER, PASSWORD = "quote", "secret"


@dataclass(frozen=True, slots=True)
class Dovecot:
    """A running server; mail is put into INBOX by IMAP APPEND, as a user's program would."""

    port: int
    folder: Path

    @contextmanager
    def client(self) -> Iterator[imapclient.IMAPClient]:
        with imapclient.IMAPClient("127.0.0.1", self.port, ssl=False) as client:
            client.login(USER, PASSWORD)
            yield client

    def append(self, *raws: bytes, folder: str = "INBOX", when: dt.datetime | None = None) -> None:
        with self.client() as client:
            for raw in raws:
                client.append(folder, raw, msg_time=when)

    def empty(self) -> None:
        """Remove all folders and mails; nobody may be connected."""
        shutil.rmtree(self.folder / "mail", ignore_errors=True)

    def file_of(self, uid: int) -> Path:
        """Where the mail of INBOX lies."""
        for line in (self.folder / "mail" / "dovecot-uidlist").read_text().splitlines()[1:]:
            number, _, name = line.partition(" ")
            if int(number) == uid:
                (found,) = (self.folder / "mail").glob(f"*/{name.partition(':')[2]}*")
                return found
        raise LookupError(uid)

    def uids(self, folder: str = "INBOX", criteria: str = "ALL") -> list[int]:
        with self.client() as client:
            client.select_folder(folder, readonly=True)
            return sorted(client.search(criteria))

    def new_epoch(self, folder: str = "INBOX") -> None:
        """Give the folder another UIDVALIDITY, as a restored or migrated server does."""
        place = self.folder / "mail"
        if folder != "INBOX":
            place /= f".{folder}"
        epoch_and_uids = place / "dovecot-uidlist"
        version, epoch, rest = epoch_and_uids.read_text().split(" ", 2)
        assert epoch.startswith("V")
        epoch_and_uids.write_text(f"{version} V{int(epoch[1:]) + 1} {rest}")
        for index in place.glob("dovecot.index*"):
            index.unlink()


@contextmanager
def running(token_info: str = "", *, zone: str = "") -> Iterator[Dovecot]:
    """A server on a free loopback port, ended with its folder on leaving.

    With the address of an OAuth server's token information it takes XOAUTH2 as well. `zone` is its
    calendar's; without one it is this process's.
    """
    folder = Path(tempfile.mkdtemp(prefix="bb-imap-"))
    account = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    os.chown(folder, account.pw_uid, account.pw_gid)
    port = _free_port()
    configuration = folder / "dovecot.conf"
    configuration.write_text(_configuration(folder, port, account) + _xoauth2(folder, token_info))
    (folder / "users").write_text(f"{USER}:{{PLAIN}}{PASSWORD}\n")
    for path in (configuration, folder / "users", *folder.glob("oauth2.conf")):
        os.chown(path, account.pw_uid, account.pw_gid)
    command = [_binary(), "-F", "-c", str(configuration)]
    root = os.geteuid() == 0
    process = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        user=account.pw_uid if root else None,
        group=account.pw_gid if root else None,
        extra_groups=[] if root else None,
        env=os.environ | ({"TZ": zone} if zone else {}),
    )
    try:
        _wait(port, process, folder)
        yield Dovecot(port, folder)
    finally:
        process.terminate()
        process.wait(10)
        shutil.rmtree(folder, ignore_errors=True)


def _binary() -> str:
    return shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin") or "dovecot"


def _free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        return int(server.getsockname()[1])


def _configuration(folder: Path, port: int, account: pwd.struct_passwd) -> str:
    group = grp.getgrgid(account.pw_gid).gr_name
    return f"""
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
default_internal_user = {account.pw_name}
default_login_user = {account.pw_name}
default_internal_group = {group}
first_valid_uid = 0
first_valid_gid = 0
mail_location = maildir:{folder}/mail
passdb {{
  driver = passwd-file
  args = {folder}/users
}}
userdb {{
  driver = static
  args = uid={account.pw_uid} gid={account.pw_gid} home={folder}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


def _xoauth2(folder: Path, token_info: str) -> str:
    """Lines for the configuration; what a token is worth, Dovecot asks at `token_info`."""
    if not token_info:
        return ""
    lines = f"tokeninfo_url = {token_info}\nusername_attribute = email\n"
    (folder / "oauth2.conf").write_text(lines)
    return f"""
auth_mechanisms = plain xoauth2
auth_failure_delay = 0
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {folder}/oauth2.conf
}}
"""


def _wait(port: int, process: subprocess.Popen[bytes], folder: Path) -> None:
    deadline = time.monotonic() + 15
    while True:
        try:
            with closing(socket.create_connection(("127.0.0.1", port), timeout=1)):
                return
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                log = folder / "log"
                raise RuntimeError(log.read_text() if log.exists() else "no log") from None
            time.sleep(0.05)
