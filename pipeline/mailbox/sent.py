"""A mailbox as mail leaves from it: its own relay, and its Sent folder, where colleagues look.

freight.accounts finds `account_of` and `own_addresses` by name. All searches are in ASCII and
without CHARSET; folders are opened read-only but for the one APPEND.
"""

import contextlib
import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import parseaddr

from django.conf import settings
from django.utils import timezone
from imapclient import IMAPClient

from freight.errors import CannotLook, NotAccepted
from freight.mime_out import MARK
from freight.models import OutgoingMail, QuoteRequest
from freight.smtp import Relay
from pipeline.errors import MailboxError
from pipeline.mailbox import oauth
from pipeline.mailbox.connection import connect, drop, password_of, told
from pipeline.models import Mailbox

SEEN, SENT = rb"\Seen", rb"\Sent"
# where the server marks none (RFC 6154): what programs and providers here call theirs
NAMES = {
    "sent messages",
    "보낸메일함",
    "보낸 메일함",
    "보낸 편지함",
    "送信済みメール",
    "送信済みアイテム",
}
# in a search only what needs no quoting: a Message-ID is the sender's word
SEARCHABLE = re.compile(r"<[A-Za-z0-9!#$&'*+./=?^_`{|}~@:\[\]-]{1,300}>")
HEAD = b"BODY.PEEK[HEADER.FIELDS (MESSAGE-ID AUTO-SUBMITTED X-BUSYBEE)]"
ANSWERS_LOOKED_AT = 50
A_DAY = dt.timedelta(days=1)  # a server's calendar may be behind ours


def account_of(request: QuoteRequest) -> "MailboxAccount | None":
    """The mailbox that the customer wrote to first, None where no mailbox has the request."""
    first = request.emails.filter(mailbox__isnull=False).order_by("pk").select_related("mailbox")
    email = first.defer("text", "new_text").first()
    return MailboxAccount(email.mailbox) if email and email.mailbox else None


def own_addresses() -> set[str]:
    """What our mailboxes log in or answer as, where it is an address."""
    rows = Mailbox.objects.values_list("username", "send_from")
    named = {parseaddr(name)[1] for row in rows for name in row if name}
    return {address for address in named if "@" in address}


@dataclass(frozen=True, slots=True)
class MailboxAccount:
    """A freight.accounts.Account. A folder of files, or a mailbox that is off, has no server."""

    mailbox: Mailbox

    @property
    def sender(self) -> str:
        return self.mailbox.send_from

    @property
    def relay(self) -> Relay | None:
        """The mailbox's own relay with the mailbox's own login. Raises NotAccepted."""
        box = self.mailbox
        if not box.relay:
            return None
        try:
            place = Relay.from_url(box.relay)
            by_token = box.login != Mailbox.Login.PASSWORD
            return Relay(
                host=place.host,
                port=place.port,
                security=place.security,
                username=box.username,
                password="" if by_token else password_of(box),
                token=self._token if by_token else None,
                ca_file=settings.BUSYBEE_SMTP_CA_FILE,
            )
        except (ValueError, MailboxError) as exc:
            raise NotAccepted(f"mailbox {box.name}: {exc}", permanent=False) from exc

    @property
    def own_relay(self) -> bool:
        return bool(self.mailbox.relay)

    def _token(self, refused: str) -> str:
        try:
            return oauth.access_token(self.mailbox, refused=refused)
        except MailboxError as exc:
            raise NotAccepted(f"mailbox {self.mailbox.name}: {exc}", permanent=False) from exc

    @property
    def journals(self) -> bool:
        return self._has_server and self.mailbox.sent_by_server

    @property
    def keeps_copies(self) -> bool:
        return self._has_server and not self.mailbox.sent_by_server

    @property
    def _has_server(self) -> bool:
        return self.mailbox.kind == Mailbox.Kind.IMAP and self.mailbox.active

    def holds(self, message_id: str, since: dt.date) -> bool:
        if not self._has_server:
            return False
        with self._folder() as (client, folder):
            if folder is None:
                raise CannotLook(f"mailbox {self.mailbox.name}: there is no Sent folder")
            client.select_folder(folder, readonly=True)
            return bool(_found(client, "Message-ID", message_id, since))

    def answered(self, message_ids: Iterable[str], since: dt.date) -> bool:
        if not self._has_server:
            return False
        with self._folder() as (client, folder):
            if folder is None:
                return False
            client.select_folder(folder, readonly=True)
            for message_id in message_ids:
                uids = _found(client, "In-Reply-To", message_id, since)
                if _is_by_a_person(client, uids[-ANSWERS_LOOKED_AT:]):
                    return True
        return False

    def file(self, message_id: str, raw: bytes, sent_at: dt.datetime) -> None:
        with self._folder() as (client, folder):
            if folder is None:
                raise CannotLook(f"mailbox {self.mailbox.name}: there is no Sent folder")
            client.select_folder(folder, readonly=True)
            if not _found(client, "Message-ID", message_id, timezone.localdate(sent_at)):
                client.append(folder, raw, flags=[SEEN], msg_time=sent_at)

    @contextlib.contextmanager
    def _folder(self) -> Iterator[tuple[IMAPClient, str | None]]:
        """A connection, and the name of the Sent folder if there is one."""
        try:
            client = connect(self.mailbox)
            try:
                with told(self.mailbox):
                    yield client, self.mailbox.sent_folder or _sent_folder(client)
            finally:
                drop(client)
        except MailboxError as exc:
            raise CannotLook(f"mailbox {self.mailbox.name}: {exc}") from exc


def _sent_folder(client: IMAPClient) -> str | None:
    """The folder that the server marks as Sent, else one that is called so."""
    marked = client.find_special_folder(SENT)
    if marked:
        return str(marked)
    names = [str(name) for _flags, _delimiter, name in client.list_folders()]
    return next((name for name in names if name.lower() in NAMES), None)


def _found(client: IMAPClient, header: str, message_id: str, since: dt.date) -> list[int]:
    """The UIDs of the folder's mails since about that day whose `header` names the Message-ID."""
    if not SEARCHABLE.fullmatch(message_id):
        return []
    return sorted(client.search(["SINCE", since - A_DAY, "HEADER", header, message_id]))


def _is_by_a_person(client: IMAPClient, uids: list[int]) -> bool:
    """Whether one of these mails is a colleague's: not ours, and no automatic one."""
    if not uids:
        return False
    heads = [_head(data) for data in client.fetch(uids, [HEAD]).values()]
    people = [
        head
        for head in heads
        if head.get(MARK) is None
        and str(head.get("Auto-Submitted", "no")).strip().lower() in ("", "no")
    ]
    ids = [str(head.get("Message-ID", "")).strip() for head in people]
    ours = set(OutgoingMail.objects.filter(message_id__in=ids).values_list("message_id", flat=True))
    return any(each not in ours for each in ids)


def _head(data: dict[bytes, bytes]) -> "Message[str, str]":
    block = next((value for name, value in data.items() if name.startswith(b"BODY")), b"")
    return BytesHeaderParser().parsebytes(block)
