"""A company mailbox over IMAP: read by UID, changed by nothing."""

import imaplib
import logging
import ssl
from collections.abc import Iterator

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError

from pipeline.errors import MailboxError
from pipeline.mailbox.ingest import Received, advance_cursor, receive
from pipeline.models import Mailbox

logger = logging.getLogger(__name__)
TIMEOUT_SECONDS = 30


def poll(mailbox: Mailbox) -> Iterator[Received]:
    """Each mail above the cursor, taken in. The server's flags stay as they are (BODY.PEEK, read-
    only).

    A changed UIDVALIDITY begins a new epoch at UID 1: mails that were read under the old numbers
    have the same bytes and are recognised by them. Raises MailboxError where the server cannot be
    read.
    """
    try:
        with _connect(mailbox) as client:
            yield from _read(client, mailbox)
    except (OSError, imaplib.IMAP4.error, IMAPClientError) as exc:
        raise MailboxError(f"{mailbox.host}: {exc}") from exc


def _connect(mailbox: Mailbox) -> IMAPClient:
    context = ssl.create_default_context() if mailbox.tls else None
    client = IMAPClient(
        mailbox.host, mailbox.port, ssl=mailbox.tls, ssl_context=context, timeout=TIMEOUT_SECONDS
    )
    try:
        client.login(mailbox.username, mailbox.password)
    except BaseException:
        client.shutdown()  # or the socket stays open until the collector finds it
        raise
    return client


def _read(client: IMAPClient, mailbox: Mailbox) -> Iterator[Received]:
    status = client.select_folder(mailbox.folder, readonly=True)
    epoch = int(status[b"UIDVALIDITY"])
    if epoch != mailbox.uidvalidity:
        logger.info("mailbox %s: new UIDVALIDITY %s", mailbox.pk, epoch)
        advance_cursor(mailbox, epoch, 0)
    for uid in _above(client, mailbox.last_uid):
        raw = _fetch(client, uid)
        if raw is not None:
            yield receive(raw, mailbox=mailbox, uid=str(uid), uidvalidity=epoch)


def _above(client: IMAPClient, last_uid: int) -> list[int]:
    # "n:*" names the last mail even where its UID is below n: filtered
    return sorted(uid for uid in client.search(["UID", f"{last_uid + 1}:*"]) if uid > last_uid)


def _fetch(client: IMAPClient, uid: int) -> bytes | None:
    """The raw mail, or None where it is gone meanwhile; raises MailboxError on a short read."""
    answer = client.fetch([uid], ["BODY.PEEK[]", "RFC822.SIZE"]).get(uid)
    if answer is None or b"BODY[]" not in answer:
        return None
    raw: bytes = answer[b"BODY[]"]
    if len(raw) < answer[b"RFC822.SIZE"]:
        raise MailboxError(f"UID {uid}: {len(raw)} of {answer[b'RFC822.SIZE']} bytes")
    return raw
