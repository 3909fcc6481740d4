"""A poller that stays on a real IMAP server: it hears of new mail, and notices a dead line."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from pipeline.mailbox import watching
from pipeline.mailbox.imap import Session
from pipeline.mailbox.poller import Poller, Watch, poll_once
from pipeline.models import Email, Mailbox
from pipeline.tests import dovecot, imap_proxy
from pipeline.tests.dovecot import Dovecot
from pipeline.tests.factories import imap_mailbox
from pipeline.tests.imap_proxy import Proxy
from pipeline.tests.test_imap import raw

pytestmark = [
    pytest.mark.needs("dovecot"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("redis_url"),
]


@pytest.fixture
def proxy(server: Dovecot) -> Iterator[Proxy]:
    with imap_proxy.to(server.port) as proxy:
        yield proxy


@pytest.fixture
def mailbox(proxy: Proxy) -> Mailbox:
    return imap_mailbox(proxy.port)


@contextlib.contextmanager
def polling() -> Iterator[Poller]:
    poller = Poller()
    thread = threading.Thread(target=poller.run)
    thread.start()
    try:
        yield poller
    finally:
        poller.stop()
        thread.join(20)
        assert not thread.is_alive()


def until(what: Callable[[], Any], seconds: float = 20) -> float:
    """How long it took until `what` was true."""
    began = time.monotonic()
    while not what():
        assert time.monotonic() - began < seconds, what
        time.sleep(0.02)
    return time.monotonic() - began


def idles(proxy: Proxy) -> int:
    return sum(b"IDLE" in line for line in proxy.seen)


def has_idled(proxy: Proxy, times: int) -> bool:
    return idles(proxy) == times


def there_are(number: int) -> bool:
    return Email.objects.count() == number


def heartbeat() -> float:
    at = Mailbox.objects.get().heartbeat_at
    return at.timestamp() if at else 0.0


def test_new_mail_is_heard_of_at_once(
    server: Dovecot, mailbox: Mailbox, proxy: Proxy, settings: Settings
) -> None:
    settings.BUSYBEE_POLL_SECONDS = 600
    with polling():
        until(lambda: idles(proxy) == 1)
        for number in range(3):
            server.append(raw(number))
            took = until(partial(there_are, number + 1), 10)
            print(f"recorded {took:.2f} s after the server had it")
            until(partial(has_idled, proxy, number + 2))
        began = time.monotonic()
    print(f"stopped within {time.monotonic() - began:.2f} s")
    assert time.monotonic() - began < 8
    assert proxy.connections == 1


def test_server_is_asked_every_interval_all_the_same(
    server: Dovecot, mailbox: Mailbox, proxy: Proxy, settings: Settings
) -> None:
    settings.BUSYBEE_POLL_SECONDS = 1
    with polling():
        until(lambda: sum(b"NOOP" in line for line in proxy.seen) >= 3)
        before = heartbeat()
        until(lambda: heartbeat() > before)
    assert idles(proxy) >= 3
    assert Mailbox.objects.get().last_success


@pytest.mark.parametrize("hidden", [(), (b"IDLE",)])
def test_line_that_drops_packets_is_noticed(
    server: Dovecot,
    mailbox: Mailbox,
    proxy: Proxy,
    settings: Settings,
    hidden: tuple[bytes, ...],
) -> None:
    # at the worst one interval, half a one for an answer, and up to a second of backoff
    settings.BUSYBEE_POLL_SECONDS = 6
    proxy.hidden = hidden
    with polling():
        until(lambda: Mailbox.objects.get().last_success)
        until(lambda: hidden or idles(proxy))
        proxy.silent = True
        began = time.monotonic()
        time.sleep(0.3)
        proxy.silent = False  # for connections that are made from now on
        server.append(raw(1))
        until(lambda: proxy.connections == 2, 30)
        noticed = time.monotonic() - began
        until(Email.objects.exists, 30)
    print(f"noticed after {noticed:.1f} s, polling every 6 s")
    assert noticed < 2 * settings.BUSYBEE_POLL_SECONDS


def test_mail_that_came_during_another_command_is_not_waited_for(
    server: Dovecot, mailbox: Mailbox, settings: Settings
) -> None:
    settings.BUSYBEE_POLL_SECONDS = 60
    session = Session()
    poll_once(mailbox, session)
    server.append(raw(1))
    assert session.client
    session.client.search("ALL")  # in its answer the server tells of the mail, and only there
    began = time.monotonic()
    session.wait(mailbox, 60, threading.Event())
    session.close()

    assert time.monotonic() - began < 20


def test_idle_is_issued_again_before_servers_hang_up(
    server: Dovecot, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert watching.IDLE_SECONDS <= 9 * 60
    monkeypatch.setattr(watching, "IDLE_SECONDS", 0.2)
    session = Session()
    poll_once(mailbox, session)
    began = time.monotonic()
    session.wait(mailbox, 600, threading.Event())
    session.close()

    assert time.monotonic() - began < 20


def test_server_that_is_away_is_tried_again(
    server: Dovecot, mailbox: Mailbox, proxy: Proxy, settings: Settings
) -> None:
    settings.BUSYBEE_POLL_SECONDS = 1
    port, mailbox.port = mailbox.port, 9  # nobody listens there
    mailbox.save()
    server.append(raw(1))
    with polling():
        until(lambda: Mailbox.objects.get().last_error)
        before = heartbeat()
        Mailbox.objects.update(port=port)
        until(lambda: Mailbox.objects.get().last_success)
    assert Mailbox.objects.get().last_error == ""
    assert heartbeat() > before
    assert Email.objects.count() == 1


def test_mailbox_that_is_switched_off_is_left(
    server: Dovecot, mailbox: Mailbox, settings: Settings
) -> None:
    settings.BUSYBEE_POLL_SECONDS = 1
    with polling() as poller:
        until(lambda: Mailbox.objects.get().last_success)
        Mailbox.objects.update(active=False)
        until(lambda: not poller.threads[mailbox.pk].is_alive())


def test_backoff_grows_with_full_jitter_to_five_minutes() -> None:
    watch = Watch(1, threading.Event())
    first = [Watch(1, threading.Event())._backoff() for _ in range(200)]
    for _ in range(30):
        watch._backoff()
    later = [watch._backoff() for _ in range(200)]

    assert min(first) < 0.5 < max(first) <= 2
    assert min(later) < 100 < max(later) <= 300


def test_bug_is_seen_on_the_mailbox_and_passes(
    server: Dovecot,
    mailbox: Mailbox,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def bug(*_: object) -> None:
        raise KeyError("planted")

    with monkeypatch.context() as patch, polling():
        patch.setattr(Session, "_new", bug)
        until(lambda: "planted" in Mailbox.objects.get().last_error)
        patch.undo()
        until(lambda: Mailbox.objects.get().last_success)
    assert Mailbox.objects.get().last_error == ""


def test_session_starts_anew_where_the_password_was_changed(
    server: Dovecot, mailbox: Mailbox, proxy: Proxy
) -> None:
    session = Session()
    poll_once(mailbox, session)
    mailbox.password = dovecot.PASSWORD  # sealed anew
    poll_once(mailbox, session)
    session.close()

    assert proxy.connections == 2
