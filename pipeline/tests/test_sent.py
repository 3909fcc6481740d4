"""Sent folders of a real Dovecot: looked into, filed into, and a reason to keep silent."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from freight import copies, outbox
from freight.errors import CannotLook
from freight.letters import Letter
from freight.models import OutgoingMail, QuoteRequest, Sending
from freight.sealing import unseal
from pipeline.mailbox.sent import MailboxAccount, account_of
from pipeline.models import Mailbox
from pipeline.tests.dovecot import Dovecot
from pipeline.tests.factories import EmailFactory, imap_mailbox

pytestmark = [
    pytest.mark.needs("dovecot"),
    pytest.mark.django_db,
    pytest.mark.usefixtures("redis_url"),
]
ASKED = "<q1@shipper.example>"


@pytest.fixture
def box(server: Dovecot) -> Mailbox:
    with server.client() as client:
        client.create_folder("Sent")
    box = imap_mailbox(server.port)
    box.save()
    return box


@pytest.fixture
def mail(box: Mailbox) -> OutgoingMail:
    request = QuoteRequest.objects.create(
        customer_address="kim@shipper.example", message_id=ASKED, language="ko"
    )
    EmailFactory.create(mailbox=box, request=request, message_id=ASKED)
    letter = Letter("견적", "안녕하세요")
    return outbox.intend(key="quotation:1", kind="quotation", request=request, letter=letter)


@pytest.fixture
def no_journal(settings: Any) -> None:
    settings.BUSYBEE_JOURNAL_DIR = ""


def uncertain(mail: OutgoingMail) -> OutgoingMail:
    OutgoingMail.objects.filter(pk=mail.pk).update(
        state=Sending.UNCERTAIN, attempt=1, next_at=timezone.now()
    )
    return mail


def raw_of(mail: OutgoingMail) -> bytes:
    return unseal(bytes(mail.sealed))


def a_colleagues(answers: str, more: str = "") -> bytes:
    return (
        f"From: lee@forwarder.example\r\nMessage-ID: <by-hand@forwarder.example>\r\n"
        f"In-Reply-To: {answers}\r\n{more}Subject: Re\r\n\r\nWe have called you.\r\n"
    ).encode()


@pytest.mark.usefixtures("no_journal")
@pytest.mark.parametrize("by_server", [True, False])
def test_uncertain_mail_that_lies_in_sent_was_sent(
    mail: OutgoingMail, server: Dovecot, by_server: bool
) -> None:
    Mailbox.objects.update(sent_by_server=by_server)
    server.append(raw_of(mail), folder="Sent")

    assert outbox.send(uncertain(mail).pk) == Sending.SENT


@pytest.mark.usefixtures("no_journal")
def test_uncertain_mail_that_is_not_in_a_journal_goes_again(
    mail: OutgoingMail, settings: Any
) -> None:
    Mailbox.objects.update(sent_by_server=True)
    settings.BUSYBEE_SMTP_URL = "smtp://127.0.0.1:9"

    assert outbox.send(uncertain(mail).pk) == Sending.QUEUED  # tried, and nobody was there
    assert OutgoingMail.objects.get().attempt == 2


@pytest.mark.usefixtures("no_journal")
def test_sent_folder_that_only_we_fill_proves_nothing(mail: OutgoingMail) -> None:
    assert outbox.send(uncertain(mail).pk) == Sending.UNCERTAIN
    mail.refresh_from_db()
    assert (mail.next_at, mail.attempt) == (None, 1)  # for the operator, and not sent again


@pytest.mark.usefixtures("no_journal")
def test_mailbox_that_does_not_answer_settles_nothing(mail: OutgoingMail) -> None:
    Mailbox.objects.update(sent_by_server=True, port=9)
    assert outbox.send(uncertain(mail).pk) == Sending.UNCERTAIN
    mail.refresh_from_db()
    assert mail.next_at is not None
    assert mail.next_at > timezone.now()
    assert mail.attempt == 1


def test_what_we_send_is_filed_once(mail: OutgoingMail, server: Dovecot) -> None:
    now = timezone.now()
    for _ in range(2):  # the second is one whose first end was lost
        OutgoingMail.objects.update(state=Sending.SENT, sent_at=now, next_at=now)
        assert copies.due_ids(timezone.now()) == [mail.pk]
        assert copies.file_copy(mail.pk)

    assert copies.due_ids(now + dt.timedelta(days=9)) == []
    assert len(server.uids("Sent")) == 1
    with server.client() as client:
        client.select_folder("Sent", readonly=True)
        (kept,) = client.fetch(server.uids("Sent"), ["BODY.PEEK[]", "FLAGS"]).values()
    assert kept[b"BODY[]"] == raw_of(mail)
    assert rb"\Seen" in kept[b"FLAGS"]


def test_copy_waits_for_a_server_that_is_away(mail: OutgoingMail) -> None:
    now = timezone.now()
    OutgoingMail.objects.update(state=Sending.SENT, sent_at=now, next_at=now)
    Mailbox.objects.update(port=9)

    assert not copies.file_copy(mail.pk)
    mail.refresh_from_db()
    assert mail.state == Sending.SENT
    assert mail.next_at is not None
    assert mail.next_at > now
    OutgoingMail.objects.update(sent_at=now - dt.timedelta(days=3), next_at=now)
    copies.file_copy(mail.pk)
    mail.refresh_from_db()
    assert mail.next_at is None


@pytest.mark.parametrize(
    ("answer", "silent"),
    [
        (a_colleagues(ASKED), True),
        (a_colleagues("<another@shipper.example>"), False),
        (a_colleagues(ASKED, "Auto-Submitted: auto-replied\r\n"), False),
        (a_colleagues(ASKED, "X-BusyBee: 1\r\n"), False),
    ],
)
def test_busybee_is_silent_where_a_colleague_has_answered(
    mail: OutgoingMail, server: Dovecot, settings: Any, answer: bytes, silent: bool
) -> None:
    settings.BUSYBEE_SMTP_URL = "smtp://127.0.0.1:9"
    server.append(answer, folder="Sent")

    assert outbox.send(mail.pk) == (Sending.DRAFT if silent else Sending.QUEUED)
    mail.refresh_from_db()
    assert (mail.last_error == outbox.ANSWERED) is silent


def test_our_own_copy_is_no_colleagues_answer(
    mail: OutgoingMail, server: Dovecot, settings: Any
) -> None:
    settings.BUSYBEE_SMTP_URL = "smtp://127.0.0.1:9"
    raw = raw_of(mail).replace(b"X-BusyBee: 1\r\n", b"").replace(b"auto-replied", b"no")
    server.append(raw, folder="Sent")

    assert outbox.send(mail.pk) == Sending.QUEUED


def test_what_an_operator_releases_goes(mail: OutgoingMail, server: Dovecot, settings: Any) -> None:
    settings.BUSYBEE_SMTP_URL = "smtp://127.0.0.1:9"
    server.append(a_colleagues(ASKED), folder="Sent")
    outbox.send(mail.pk)
    mail.refresh_from_db()
    outbox.release(mail, by="lee")

    assert outbox.send(mail.pk) == Sending.QUEUED
    mail.refresh_from_db()
    assert "no connection" in mail.last_error


def test_mailbox_that_is_away_delays_and_then_asks_a_person(mail: OutgoingMail) -> None:
    Mailbox.objects.update(port=9)
    assert outbox.send(mail.pk) == Sending.QUEUED
    mail.refresh_from_db()
    assert (mail.attempt, mail.next_at is not None and mail.next_at > timezone.now()) == (0, True)
    long_ago = timezone.now() - dt.timedelta(hours=2)
    OutgoingMail.objects.update(created_at=long_ago, next_at=timezone.now())

    assert outbox.send(mail.pk) == Sending.DRAFT


@pytest.mark.parametrize(
    "message_id", ['<a" OR ALL@x.example>', "<a\\@x.example>", "<가@x.example>", "no id", ""]
)
def test_odd_message_id_is_not_searched_for(box: Mailbox, server: Dovecot, message_id: str) -> None:
    server.append(a_colleagues(ASKED), folder="Sent")
    assert not MailboxAccount(box).answered([message_id], timezone.localdate())


def test_without_a_sent_folder_nothing_is_known(server: Dovecot) -> None:
    account = MailboxAccount(imap_mailbox(server.port))
    with pytest.raises(CannotLook):
        account.holds("<a@x.example>", timezone.localdate())
    assert not account.answered(["<a@x.example>"], timezone.localdate())


def test_named_folder_is_the_journal(mail: OutgoingMail, server: Dovecot) -> None:
    with server.client() as client:
        client.create_folder("Journal")
    server.append(raw_of(mail), folder="Journal")
    account = account_of(QuoteRequest.objects.get())
    assert account
    account.mailbox.sent_folder = "Journal"

    assert account.holds(mail.message_id, timezone.localdate())


def test_mailbox_that_is_off_is_not_asked(mail: OutgoingMail, tmp_path: Path) -> None:
    Mailbox.objects.update(active=False, port=9)
    account = account_of(QuoteRequest.objects.get())
    assert account
    assert (account.journals, account.keeps_copies) == (False, False)
    assert not account.answered([ASKED], timezone.localdate())
