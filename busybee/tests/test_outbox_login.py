"""TLS and logins on the way out, against real SMTP servers with certificates of a private CA."""

import asyncio
import base64
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from django.core.checks import run_checks

from busybee.mail_sink import Sink
from busybee.tests.certificates import server_context
from busybee.tests.smtp_server import serving
from freight import outbox
from freight.errors import NotAccepted
from freight.letters import Letter
from freight.models import OutgoingMail, QuoteRequest, Sending
from freight.smtp import Relay, deliver
from pipeline.models import Mailbox
from pipeline.tests import oauth_server
from pipeline.tests.factories import EmailFactory
from pipeline.tests.oauth_server import CLIENT, OAuthServer
from pipeline.tests.test_oauth import connected

USER, PASSWORD = "quote@forwarder.example", "secret"
RAW = b"Message-ID: <1@busybee.example>\r\n\r\nx\r\n"


class Guarded(Sink):
    """A sink that wants a login: a password, or an XOAUTH2 token that `tokens` has."""

    def __init__(self, folder: Path, tokens: set[str]) -> None:
        super().__init__(folder)
        self.tokens, self.logins = tokens, list[str]()

    async def auth_XOAUTH2(self, server: SMTP, args: list[str]) -> AuthResult:
        told = base64.b64decode(args[1]).decode()
        user, bearer = told.removesuffix("\x01\x01").split("\x01")
        token = bearer.removeprefix("auth=Bearer ")
        self.logins.append(token)
        if user == f"user={USER}" and token in self.tokens:
            return AuthResult(success=True, auth_data=user)
        # as the great providers do: the reason first, and 535 after the client's empty line
        await server.challenge_auth(json.dumps({"status": "401"}))
        return AuthResult(success=False, handled=False)


@dataclass
class Servers:
    """Starts servers; each URL is without a login."""

    folder: Path
    stack: ExitStack
    tokens: set[str] = field(default_factory=set)
    handler: Guarded = field(init=False)

    def start(self, kind: str = "starttls", *, login: bool = False, host: str = "127.0.0.1") -> str:
        context = server_context(self.folder, host=host)
        self.handler = handler = Guarded(self.folder / "kept", self.tokens)

        def protocol(loop: asyncio.AbstractEventLoop) -> SMTP:
            return SMTP(
                handler,
                hostname="r.example",
                loop=loop,
                tls_context=context if kind == "starttls" else None,
                authenticator=_authenticator,
                auth_required=login,
                auth_require_tls=kind == "starttls",
                auth_exclude_mechanism=["LOGIN"],
            )

        running = serving(protocol, context if kind == "tls" else None)
        port = self.stack.enter_context(running)
        scheme = {"tls": "smtps", "starttls": "smtp+starttls"}.get(kind, "smtp")
        return f"{scheme}://127.0.0.1:{port}"

    def kept(self) -> list[bytes]:
        return [path.read_bytes() for path in (self.folder / "kept").glob("*.eml")]


def _authenticator(
    server: object, session: object, envelope: object, mechanism: str, data: Any
) -> AuthResult:
    good = LoginPassword(USER.encode(), PASSWORD.encode())
    return AuthResult(success=data == good, handled=False)


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[Servers]:
    with ExitStack() as stack:
        yield Servers(tmp_path, stack)


def hand_over(relay: Relay) -> None:
    deliver(relay, sender="a@busybee.example", recipient="b@c.example", raw=RAW, seconds=8)


def trusted(servers: Servers, url: str, **changes: Any) -> Relay:
    relay = Relay.from_url(url, ca_file=str(servers.folder / "ca.pem"))
    return replace(relay, **changes)


@pytest.mark.parametrize("kind", ["starttls", "tls"])
def test_mail_goes_over_tls_to_a_relay_of_a_private_ca(servers: Servers, kind: str) -> None:
    hand_over(trusted(servers, servers.start(kind)))
    assert len(servers.kept()) == 1


@pytest.mark.parametrize("kind", ["starttls", "tls"])
def test_certificate_that_nobody_vouches_for_is_refused(servers: Servers, kind: str) -> None:
    url = servers.start(kind)
    with pytest.raises(NotAccepted, match="certificate"):
        hand_over(Relay.from_url(url))
    assert servers.kept() == []


def test_certificate_of_another_host_is_refused(servers: Servers) -> None:
    url = servers.start(host="127.0.0.2")
    with pytest.raises(NotAccepted, match="certificate"):
        hand_over(trusted(servers, url))


def test_relay_that_offers_no_starttls_gets_nothing_in_clear(servers: Servers) -> None:
    url = servers.start("clear").replace("smtp://", f"smtp+starttls://{CLIENT}:{PASSWORD}@")
    with pytest.raises(NotAccepted, match="STARTTLS"):
        hand_over(trusted(servers, url))
    assert servers.kept() == []


@pytest.mark.parametrize("token", [None, lambda refused: "t"])
def test_secret_leaves_over_tls_only(token: Callable[[str], str] | None) -> None:
    relay = Relay("relay.example", 25, "", username=USER, password=PASSWORD, token=token)
    with pytest.raises(NotAccepted, match="over TLS only"):
        hand_over(relay)


def test_password_is_asked_for_and_taken(servers: Servers) -> None:
    url = servers.start(login=True)
    hand_over(trusted(servers, url, username=USER, password=PASSWORD))
    assert len(servers.kept()) == 1


def test_refused_password_is_tried_again_and_not_told(servers: Servers) -> None:
    url = servers.start(login=True)
    with pytest.raises(NotAccepted, match="535") as refused:
        hand_over(trusted(servers, url, username=USER, password="wrong-one"))
    assert not refused.value.permanent
    assert "wrong-one" not in str(refused.value)


def test_token_that_the_relay_refuses_is_renewed_once(servers: Servers) -> None:
    url = servers.start(login=True)
    servers.tokens.add("new")
    hand_over(trusted(servers, url, username=USER, token=lambda old: "new" if old else "old"))

    assert servers.handler.logins == ["old", "new"]
    assert len(servers.kept()) == 1


def test_second_refusal_ends_the_attempt(servers: Servers) -> None:
    url = servers.start(login=True)
    with pytest.raises(NotAccepted, match="535") as refused:
        hand_over(trusted(servers, url, username=USER, token=lambda old: f"{old}x"))

    assert servers.handler.logins == ["x", "xx"]
    assert not refused.value.permanent


@pytest.fixture
def provider() -> Iterator[OAuthServer]:
    with oauth_server.running() as running:
        yield running


@pytest.mark.django_db
@pytest.mark.usefixtures("redis_url")
def test_answer_leaves_from_the_mailbox_that_the_customer_wrote_to(
    servers: Servers, provider: OAuthServer, settings: Any
) -> None:
    settings.BUSYBEE_SMTP_CA_FILE = str(servers.folder / "ca.pem")
    url = servers.start(login=True)
    servers.tokens = servers.handler.tokens = provider.valid
    box = connected(provider, relay=url, send_from=f"견적팀 <{USER}>")
    Mailbox.objects.filter(pk=box.pk).update(active=False, username=USER)
    request = QuoteRequest.objects.create(customer_address="kim@shipper.example")
    EmailFactory.create(mailbox=box, request=request)
    mail = outbox.intend(key="k", kind="quotation", request=request, letter=Letter("s", "t"))
    provider.valid.add("access-0")

    assert outbox.send(mail.pk) == Sending.SENT
    (raw,) = servers.kept()
    message = message_from_bytes(raw, policy=policy.default)
    assert message["X-Envelope-From"] == message["From"].addresses[0].addr_spec == USER
    assert message["From"].addresses[0].display_name == "견적팀"
    assert servers.handler.logins == ["access-1"]


@pytest.mark.django_db
@pytest.mark.usefixtures("redis_url")
def test_withdrawn_token_is_renewed_by_the_refresh_token(
    servers: Servers, provider: OAuthServer, settings: Any
) -> None:
    settings.BUSYBEE_SMTP_CA_FILE = str(servers.folder / "ca.pem")
    url = servers.start(login=True)
    servers.handler.tokens = provider.valid
    box = connected(provider, relay=url)
    Mailbox.objects.filter(pk=box.pk).update(active=False, username=USER)
    request = QuoteRequest.objects.create(customer_address="kim@shipper.example")
    EmailFactory.create(mailbox=box, request=request)
    for number in range(2):
        key = f"k{number}"
        mail = outbox.intend(key=key, kind="quotation", request=request, letter=Letter("s", "t"))
        assert outbox.send(mail.pk) == Sending.SENT
        provider.valid.discard("access-1")

    assert servers.handler.logins == ["access-1", "access-1", "access-2"]


@pytest.mark.django_db
@pytest.mark.usefixtures("redis_url")
def test_withdrawn_consent_keeps_the_mail(servers: Servers, provider: OAuthServer) -> None:
    url = servers.start(login=True)
    box = connected(provider, relay=url)
    Mailbox.objects.filter(pk=box.pk).update(active=False)
    provider.refresh_token = "withdrawn"
    request = QuoteRequest.objects.create(customer_address="kim@shipper.example")
    EmailFactory.create(mailbox=box, request=request)
    mail = outbox.intend(key="k", kind="quotation", request=request, letter=Letter("s", "t"))

    assert outbox.send(mail.pk) == Sending.QUEUED
    mail = OutgoingMail.objects.get()
    assert mail.last_error
    assert mail.attempt == 1


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("BUSYBEE_SMTP_URL", "ftp://user:secret@host", "freight.E001"),
        ("BUSYBEE_SMTP_URL", "smtp://", "freight.E001"),
        ("BUSYBEE_SMTP_CA_FILE", "/nowhere/ca.pem", "freight.E002"),
    ],
)
def test_unusable_relay_is_found_at_the_start(
    settings: Any, name: str, value: str, error: str
) -> None:
    setattr(settings, name, value)
    (found,) = [each for each in run_checks() if (each.id or "").startswith("freight.E")]
    assert found.id == error
    assert "secret" not in str(found)
