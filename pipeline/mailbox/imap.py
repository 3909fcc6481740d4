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
    """The raw mail, or None where it is gone meanwhile.

    RFC822.SIZE is an estimate on some servers: a mail that comes shorter twice, with the same
    bytes, is whole. Raises MailboxError where the two differ, and where the server gives nothing
    for a UID that it still lists: the cursor must not pass that mail.
    """
    raw, size = _read_once(client, uid)
    if raw is not None and len(raw) < size:
        again, _ = _read_once(client, uid)
        if again != raw:
            raise MailboxError(f"UID {uid}: {len(raw)} of {size} bytes, and others when read again")
        logger.warning("UID %s: %s bytes, though the server says %s", uid, len(raw), size)
    if raw is None and uid in client.search(["UID", str(uid)]):
        raise MailboxError(f"UID {uid}: the server lists it and gives nothing")
    return raw


def _read_once(client: IMAPClient, uid: int) -> tuple[bytes | None, int]:
    """The mail's bytes, None where the server gave none, and the size that it says."""
    answer = client.fetch([uid], ["BODY.PEEK[]", "RFC822.SIZE"]).get(uid, {})
    return answer.get(b"BODY[]"), answer.get(b"RFC822.SIZE", 0)
