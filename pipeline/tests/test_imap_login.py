"""Logging in to an IMAP server by password: which words go out, and which come back."""

import io
import logging
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from pipeline.errors import MailboxError
from pipeline.mailbox.connection import LoginRefused, connect, drop
from pipeline.mailbox.poller import poll_once
from pipeline.mailbox.probe import probe
from pipeline.mailbox.words import SENTENCES
from pipeline.models import Mailbox
from pipeline.tests import dovecot, login_server
from pipeline.tests.factories import MailboxFactory
from pipeline.tests.login_server import LoginServer

pytestmark = pytest.mark.django_db
NASTY = 'S3c"ret\\Pw!비밀'


def box(port: int = 143, password: str = "pass-1", **fields: object) -> Mailbox:
    values = {"name": f"m{port}", "host": "127.0.0.1", "tls": False, "username": "quote"}
    mailbox = Mailbox(port=port, **(values | fields))
    mailbox.password = password
    mailbox.save()
    return mailbox


def sent(server: LoginServer, password: str, user: str) -> str:
    """The login that the server saw."""
    drop(connect(box(server.port, password, username=user)))
    return server.lines[-1]


@pytest.mark.parametrize("user", ["quote", "two words", "DOMAIN\\user", "견적"])
@pytest.mark.parametrize("password", ["pass-1", "비밀번호", NASTY])
def test_any_words_go_out_by_plain(user: str, password: str) -> None:
    with login_server.running(able="AUTH=PLAIN") as server:
        assert sent(server, password, user) == f"\0{user}\0{password}"


@pytest.mark.parametrize(
    ("user", "line"),
    [
        ("quote", 'LOGIN "quote" "pass \\"1\\""'),
        ("two words", 'LOGIN "two words" "pass \\"1\\""'),
        ("DOMAIN\\user", 'LOGIN "DOMAIN\\\\user" "pass \\"1\\""'),
    ],
)
def test_login_is_quoted_where_there_is_no_plain(user: str, line: str) -> None:
    with login_server.running() as server:
        assert sent(server, 'pass "1"', user) == line


def test_login_speaks_ascii_only() -> None:
    with login_server.running() as server:
        mailbox = box(server.port, "비밀번호")
        with pytest.raises(LoginRefused, match="plain ASCII only"):
            connect(mailbox)
        assert server.lines == []


@pytest.mark.parametrize("able", ["", "AUTH=PLAIN"])
@pytest.mark.parametrize(
    ("user", "password"), [("x\r\nA1 DELETE INBOX", "p"), ("x", "p\nq"), ("x\0y", "p")]
)
def test_a_line_break_cannot_smuggle_a_command_in(able: str, user: str, password: str) -> None:
    with login_server.running(able=able) as server:
        with pytest.raises(LoginRefused, match="control character"):
            connect(box(server.port, password, username=user))
        assert server.lines == []


def python_bytes(command: str) -> str:
    return f"NO what is {command.encode()!r}?"


def cut_off(command: str) -> str:
    return f"BAD near: {command[:-4]}"


@pytest.mark.parametrize("able", ["", "AUTH=PLAIN"])
@pytest.mark.parametrize("answer", [login_server.repeats, python_bytes, cut_off])
@pytest.mark.parametrize("password", ["S3cretPw!", 'S3c"ret\\Pw!', "S3cret Pw'!"])
def test_a_repeated_password_is_shown_nowhere(
    able: str, answer: Callable[[str], str], password: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    with login_server.running(answer, able) as server:
        mailbox = box(server.port, password)
        with pytest.raises(LoginRefused) as refused:
            poll_once(mailbox)
        logging.getLogger(__name__).warning("as a bug would be told", exc_info=refused.value)
    mailbox.refresh_from_db()
    shown = mailbox.last_error + caplog.text
    assert "127.0.0.1: " in mailbox.last_error
    assert ("b'" in mailbox.last_error) <= (answer is not login_server.repeats)
    for piece in ("S3c", server.lines[-1], "AHF1b3Rl"):  # base64 of what PLAIN begins with
        assert piece not in shown


@pytest.mark.parametrize("login", ["password", "other"])
def test_nothing_is_sent_without_tls_but_on_this_machine(login: str) -> None:
    with login_server.running(able="AUTH=PLAIN") as server:
        # another name for this machine, but nothing that says so
        mailbox = box(server.port, host="127.0.0.2", login=login)
        server_there = "127.0.0.2"
        with pytest.raises(MailboxError) as refused:
            _log_in_at(mailbox, server)
        assert "over TLS only" in str(refused.value)
        assert str(refused.value) in SENTENCES
        assert server.lines == []
        assert mailbox.host == server_there


def _log_in_at(mailbox: Mailbox, server: LoginServer) -> None:
    """Log in at `server` under the mailbox's own host name."""
    from imapclient import IMAPClient

    from pipeline.mailbox import connection

    client = IMAPClient("127.0.0.1", server.port, ssl=False)
    try:
        connection._log_in(client, mailbox)
    finally:
        drop(client)


def test_localhost_in_capitals_is_this_machine() -> None:
    with login_server.running(able="AUTH=PLAIN") as server:
        drop(connect(box(server.port, host="LOCALHOST")))
        assert server.lines == ["\0quote\0pass-1"]


@pytest.mark.parametrize("host", ["imap..example", f"{'a' * 64}.example"])
def test_a_host_that_is_no_name_is_no_bug(host: str) -> None:
    with pytest.raises(MailboxError, match="idna"):
        probe(box(host=host, tls=True))


def test_keys_that_cannot_be_opened_are_no_bug() -> None:
    with login_server.running(able="AUTH=PLAIN") as server:
        mailbox = box(server.port)
        mailbox.sealed_password = b"gAAAA"
        with pytest.raises(MailboxError, match="the secret key has changed"):
            probe(mailbox)


@pytest.mark.needs("dovecot")
def test_a_real_server_takes_a_password_in_any_script() -> None:
    with dovecot.running() as server:
        (server.folder / "users").write_text(f"quote:{{PLAIN}}{NASTY}\n")
        assert probe(box(server.port, NASTY)).mails == 0


@pytest.mark.usefixtures("redis_url")
@pytest.mark.parametrize("kind", ["a bug", "no words"])
def test_one_mailbox_does_not_keep_the_others_from_being_read(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with login_server.running() as server:
        box(server.port, "비밀", name="a")
        good = MailboxFactory.create(name="b", directory=str(tmp_path))
        if kind == "a bug":
            monkeypatch.setattr("pipeline.mailbox.imap.Session.poll", planted)
        with pytest.raises(CommandError, match="not every mailbox"):
            call_command("poll_mailboxes", "--once", stderr=io.StringIO(), stdout=io.StringIO())
    good.refresh_from_db()
    assert good.last_success is not None


def planted(*_: object) -> None:
    raise KeyError("planted")
