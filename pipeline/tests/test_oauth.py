"""Logging in by XOAUTH2: a real token server on loopback, and a real Dovecot that asks it."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.core import signing
from django.db import connection
from imapclient import IMAPClient

from freight.sealing import seal
from pipeline.errors import ConsentGone, MailboxError
from pipeline.mailbox import oauth, oauth_flow
from pipeline.mailbox.oauth import Keys, access_token, authenticate, change_keys, cleaned, keys_of
from pipeline.mailbox.oauth_flow import ConsentError, begin, finish
from pipeline.models import Mailbox
from pipeline.tests import dovecot, oauth_server
from pipeline.tests.oauth_server import CLIENT, SECRET, OAuthServer

CALLBACK = "http://127.0.0.1:8000/back/"


@pytest.fixture
def provider() -> Iterator[OAuthServer]:
    with oauth_server.running() as running:
        yield running


@pytest.fixture
def mailbox(db: None, provider: OAuthServer) -> Mailbox:
    return connected(provider)


def connected(provider: OAuthServer, **changes: Any) -> Mailbox:
    box = Mailbox.objects.create(
        name="sales",
        host="127.0.0.1",
        tls=False,
        username=dovecot.USER,
        login=Mailbox.Login.OTHER,
        oauth_token_url=f"{provider.url}/token",
        oauth_authorize_url=f"{provider.url}/authorize",
        oauth_client_id=CLIENT,
        oauth_scope="imap",
        **changes,
    )
    change_keys(box, lambda _: Keys(client_secret=SECRET, refresh_token=provider.refresh_token))
    return box


def aged(box: Mailbox) -> None:
    """Let the access token come to its time."""
    change_keys(box, lambda keys: oauth.dataclasses.replace(keys, renew_at=time.time() - 1))


def test_a_token_is_asked_for_once_and_kept(mailbox: Mailbox, provider: OAuthServer) -> None:
    assert access_token(mailbox) == access_token(Mailbox.objects.get()) == "access-1"
    assert len(provider.asked) == 1


def test_a_token_is_renewed_five_minutes_before_it_ends(
    mailbox: Mailbox, provider: OAuthServer
) -> None:
    access_token(mailbox)
    assert 3200 < keys_of(mailbox).renew_at - time.time() <= 3300
    aged(mailbox)
    assert access_token(mailbox) == "access-2"


@pytest.mark.parametrize(
    ("life", "used"), [(60, 30), ("3600", 3300), (None, 3300), ("nan", 3300), (-5, 3300)]
)
def test_odd_lives_are_bounded(
    mailbox: Mailbox, provider: OAuthServer, life: Any, used: int
) -> None:
    provider.life = life
    access_token(mailbox)
    assert used - 30 < keys_of(mailbox).renew_at - time.time() <= used


def test_a_rotated_refresh_token_is_kept(mailbox: Mailbox, provider: OAuthServer) -> None:
    for _ in range(3):
        access_token(mailbox)
        aged(mailbox)
    assert [form["refresh_token"] for form in provider.asked] == [
        "refresh-0",
        "refresh-1",
        "refresh-2",
    ]
    assert keys_of(Mailbox.objects.get()).refresh_token == provider.refresh_token


def test_without_rotation_the_refresh_token_stays(mailbox: Mailbox, provider: OAuthServer) -> None:
    provider.rotates = False
    access_token(mailbox)
    assert keys_of(Mailbox.objects.get()).refresh_token == "refresh-0"


@pytest.mark.django_db(transaction=True)
def test_pollers_at_once_do_not_use_a_refresh_token_twice(provider: OAuthServer) -> None:
    box = connected(provider)
    provider.slow = threading.Event()
    tokens: list[str] = []

    def poll() -> None:
        try:
            tokens.append(access_token(Mailbox.objects.get(pk=box.pk)))
        finally:
            connection.close()

    threads = [threading.Thread(target=poll) for _ in range(4)]
    for thread in threads:
        thread.start()
    time.sleep(0.3)
    provider.slow.set()
    for thread in threads:
        thread.join(20)
    assert tokens == ["access-1"] * 4
    assert len(provider.asked) == 1


def test_the_lease_of_a_killed_process_runs_out(mailbox: Mailbox) -> None:
    dead = oauth.dataclasses.replace(keys_of(mailbox), lease="dead", lease_until=time.time() - 1)
    change_keys(mailbox, lambda _: dead)
    assert access_token(mailbox) == "access-1"


def test_a_failure_gives_the_lease_back(mailbox: Mailbox, provider: OAuthServer) -> None:
    provider.answers = [(503, b"busy")]
    with pytest.raises(MailboxError, match="status 503"):
        access_token(mailbox)
    assert access_token(mailbox) == "access-1"


def test_a_new_consent_wins_over_a_refresh_under_way(
    mailbox: Mailbox, provider: OAuthServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = oauth.ask

    def slow(box: Mailbox, keys: Keys, grant: Any) -> Keys:
        granted = real(box, keys, grant)
        change_keys(Mailbox.objects.get(), lambda _: Keys(refresh_token="newer"))
        return granted

    monkeypatch.setattr(oauth, "ask", slow)
    access_token(mailbox)
    assert keys_of(Mailbox.objects.get()).refresh_token == "newer"


def test_nothing_of_it_can_be_read_in_the_database(mailbox: Mailbox) -> None:
    access_token(mailbox)
    kept = bytes(Mailbox.objects.get().sealed_oauth)
    assert kept
    for word in (b"secret-1", b"refresh-", b"access-"):
        assert word not in kept


def test_keys_of_another_installation_say_so(mailbox: Mailbox, settings: Any) -> None:
    settings.SECRET_KEY = "another"
    with pytest.raises(MailboxError, match="the secret key has changed"):
        access_token(mailbox)
    oauth.forget(mailbox, secret=False)
    assert keys_of(Mailbox.objects.get()) == Keys()


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        ((400, {"error": "invalid_grant"}), ConsentGone, r"connect the mailbox again \(invalid"),
        ((401, {"error": "invalid_client", "error_description": "no\r\nsuch"}), MailboxError,
         "refuses: invalid_client: no such"),
        ((200, {"error": "slow_down"}), MailboxError, "refuses: slow_down"),
        ((200, {"token_type": "Bearer"}), MailboxError, "without an access token"),
        ((200, {"access_token": "a\r\nb"}), MailboxError, "without an access token"),
        ((200, b"<html>"), MailboxError, "without an access token"),
        ((500, b"<html>"), MailboxError, "status 500"),
        ((302, b""), MailboxError, "status 302"),
        ((400, {"error": ["x"], "error_description": {}}), MailboxError, "status 400"),
        ((200, b"[" + b" " * 70_000), MailboxError, "too long"),
    ],
)  # fmt: skip
def test_refusals_in_words(
    mailbox: Mailbox, provider: OAuthServer, answer: Any, kind: type[MailboxError], words: str
) -> None:
    provider.answers = [answer]
    with pytest.raises(kind, match=words):
        access_token(mailbox)


def test_an_unreachable_server_in_words(mailbox: Mailbox) -> None:
    mailbox.oauth_token_url = "http://127.0.0.1:9/token"
    with pytest.raises(MailboxError, match=r"cannot be reached \(127.0.0.1: ConnectionError\)"):
        access_token(mailbox)


def test_strangers_words_are_short_and_hold_no_secret() -> None:
    words = cleaned("bad\x00 \u202etoken refresh-0 " + "x" * 900, "refresh-0")
    assert words.startswith("bad token … xxx")
    assert len(words) == oauth.LARGEST_WORDS


def test_an_application_logs_in_as_itself(mailbox: Mailbox, provider: OAuthServer) -> None:
    mailbox.oauth_scope = oauth.APP_ONLY_SCOPE
    change_keys(mailbox, lambda _: Keys(client_secret=SECRET))
    assert access_token(mailbox) == "access-1"
    assert provider.asked[0]["grant_type"] == "client_credentials"
    assert "refresh_token" not in provider.asked[0]


def test_a_public_client_sends_no_secret(mailbox: Mailbox, provider: OAuthServer) -> None:
    change_keys(mailbox, lambda _: Keys(refresh_token="refresh-0"))
    access_token(mailbox)
    assert "client_secret" not in provider.asked[0]


def test_a_mailbox_that_was_never_connected_says_so(mailbox: Mailbox) -> None:
    change_keys(mailbox, lambda _: Keys(client_secret=SECRET))
    with pytest.raises(ConsentGone, match="not connected yet"):
        access_token(mailbox)


@pytest.mark.parametrize(
    ("login", "host"),
    [("google", "oauth2.googleapis.com"), ("microsoft", "login.microsoftonline.com")],
)
def test_known_providers_need_no_addresses(login: str, host: str) -> None:
    found = oauth.provider_of(Mailbox(login=login, oauth_tenant="forwarder.example"))
    assert host in found.token_url
    assert oauth.safe_url(found.token_url)
    assert oauth.safe_url(found.authorize_url)


@pytest.mark.parametrize(
    "url", ["http://login.example/token", "ftp://127.0.0.1/", "https://", "file:///etc/passwd"]
)
def test_secrets_go_nowhere_unsafe(url: str) -> None:
    with pytest.raises(MailboxError):
        oauth.provider_of(Mailbox(login="other", oauth_token_url=url))


def test_a_tenant_cannot_change_the_address() -> None:
    with pytest.raises(MailboxError, match="tenant"):
        oauth.provider_of(Mailbox(login="microsoft", oauth_tenant="../../evil.example/x"))


# consent


def test_consent_brings_a_refresh_token(mailbox: Mailbox, provider: OAuthServer) -> None:
    oauth.forget(mailbox, secret=False)
    session: dict[str, Any] = {}
    answer = provider.consent(begin(mailbox, redirect_uri=CALLBACK, session=session))
    finish(mailbox, answer, session=session)
    assert keys_of(Mailbox.objects.get()).refresh_token == "refresh-1"
    assert keys_of(Mailbox.objects.get()).client_secret == SECRET
    assert provider.asked[0]["client_secret"] == SECRET
    assert access_token(mailbox) == "access-1"


def test_an_answer_counts_once_and_in_its_own_session_only(
    mailbox: Mailbox, provider: OAuthServer
) -> None:
    session: dict[str, Any] = {}
    answer = provider.consent(begin(mailbox, redirect_uri=CALLBACK, session=session))
    other: dict[str, Any] = {}
    begin(mailbox, redirect_uri=CALLBACK, session=other)
    for strange in ({}, other):
        with pytest.raises(ConsentError, match="another session"):
            finish(mailbox, answer, session=strange)
    finish(mailbox, answer, session=session)
    with pytest.raises(ConsentError, match="another session"):
        finish(mailbox, answer, session=session)
    assert len(provider.asked) == 1


def test_a_forged_or_old_state_is_refused(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    forged = signing.dumps([mailbox.pk, "x"], salt="other")
    with pytest.raises(ConsentError, match="not one to a question of ours"):
        oauth_flow.mailbox_of(forged)
    old = signing.dumps([mailbox.pk, "x"], salt=oauth_flow.SALT)
    monkeypatch.setattr(oauth_flow, "LONGEST_SECONDS", -1)
    with pytest.raises(ConsentError, match="too late"):
        oauth_flow.mailbox_of(old)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"error": "access_denied", "error_description": "The user\n said no"},
         "says no: access_denied: The user said no"),
        ({"code": ""}, "holds no code"),
        ({"code": "guessed"}, "connect the mailbox again"),
    ],
)  # fmt: skip
def test_consent_that_fails_says_why_and_keeps_what_was(
    mailbox: Mailbox, provider: OAuthServer, change: dict[str, str], words: str
) -> None:
    session: dict[str, Any] = {}
    answer = provider.consent(begin(mailbox, redirect_uri=CALLBACK, session=session))
    with pytest.raises(MailboxError, match=words):
        finish(mailbox, answer | change, session=session)
    assert keys_of(Mailbox.objects.get()).refresh_token == "refresh-0"


def test_a_code_is_worthless_without_our_verifier(mailbox: Mailbox, provider: OAuthServer) -> None:
    session: dict[str, Any] = {}
    answer = provider.consent(begin(mailbox, redirect_uri=CALLBACK, session=session))
    session[oauth_flow.SESSION_KEY]["verifier"] = "another"
    with pytest.raises(ConsentGone, match="bad code"):
        finish(mailbox, answer, session=session)


def test_a_mailbox_changed_meanwhile_takes_no_code(mailbox: Mailbox, provider: OAuthServer) -> None:
    session: dict[str, Any] = {}
    answer = provider.consent(begin(mailbox, redirect_uri=CALLBACK, session=session))
    mailbox.oauth_client_id = "client-2"
    with pytest.raises(ConsentError, match="changed meanwhile"):
        finish(mailbox, answer, session=session)


def test_consent_without_offline_access_says_so(mailbox: Mailbox, provider: OAuthServer) -> None:
    session: dict[str, Any] = {}
    answer = provider.consent(begin(mailbox, redirect_uri=CALLBACK, session=session))
    provider.answers = [(200, {"access_token": "a", "expires_in": 60})]
    with pytest.raises(ConsentError, match="no refresh token"):
        finish(mailbox, answer, session=session)


# the login itself


@pytest.fixture
def server(provider: OAuthServer) -> Iterator[dovecot.Dovecot]:
    with dovecot.running(token_info=f"{provider.url}/info?access_token=") as running:
        yield running


@pytest.mark.needs("dovecot")
def test_a_real_server_takes_the_token(mailbox: Mailbox, server: dovecot.Dovecot) -> None:
    with IMAPClient("127.0.0.1", server.port, ssl=False) as client:
        authenticate(client, mailbox)
        assert client.select_folder("INBOX")[b"EXISTS"] == 0


@pytest.mark.needs("dovecot")
def test_a_token_that_the_server_refuses_is_renewed_once(
    mailbox: Mailbox, provider: OAuthServer, server: dovecot.Dovecot
) -> None:
    access_token(mailbox)
    provider.valid.clear()  # withdrawn before its time
    with IMAPClient("127.0.0.1", server.port, ssl=False) as client:
        authenticate(client, mailbox)
        client.noop()
    assert keys_of(mailbox).access_token == "access-2"


@pytest.mark.needs("dovecot")
def test_a_user_without_access_is_told_so_after_two_tries(
    mailbox: Mailbox, provider: OAuthServer, server: dovecot.Dovecot
) -> None:
    mailbox.username = "somebody-else"
    with (
        IMAPClient("127.0.0.1", server.port, ssl=False) as client,
        pytest.raises(MailboxError, match="the server refuses the login"),
    ):
        authenticate(client, mailbox)
    assert len(provider.asked) == 2


def test_a_token_never_leaves_without_tls(mailbox: Mailbox) -> None:
    mailbox.host = "imap.example"
    with IMAPClientNobodyMeets() as client, pytest.raises(MailboxError, match="over TLS only"):
        authenticate(client, mailbox)


class IMAPClientNobodyMeets:
    """A client whose use is a fault."""

    def __enter__(self) -> "IMAPClientNobodyMeets":
        return self

    def __exit__(self, *args: object) -> None:
        pass

    def sasl_login(self, mech_name: str, mech_callable: Any) -> object:
        raise AssertionError("a token went out")


def test_sealed_keys_of_a_later_version_can_be_read(mailbox: Mailbox) -> None:
    mailbox.sealed_oauth = seal(b'{"refresh_token": "r", "something_new": 1}')
    assert keys_of(mailbox).refresh_token == "r"
