"""What happens on the server to a mail that has been taken in: nothing, read, or moved away.

Always after the commit, and again by the next comparison (reconcile) for mails that were taken in
shortly before a crash. Doing it twice does no harm: a mail that is gone is not moved.
"""

import imaplib
from collections.abc import Sequence

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError

from pipeline.errors import MailboxError
from pipeline.models import Mailbox

SEEN, DELETED = rb"\Seen", rb"\Deleted"
REFUSALS = 3


class NotDone(MailboxError):
    """The server refuses to mark or to move; the mails were taken in."""


def action(mailbox: Mailbox) -> str:
    """What to do: one of Mailbox.After. A mail is never moved to where it lies."""
    if mailbox.after == Mailbox.After.MOVE:
        same = mailbox.after_folder == mailbox.folder
        same = same or mailbox.after_folder.upper() == mailbox.folder.upper() == "INBOX"
        return Mailbox.After.KEEP if same or not mailbox.after_folder else Mailbox.After.MOVE
    return mailbox.after


def apply(client: IMAPClient, mailbox: Mailbox, uids: Sequence[int]) -> None:
    """Do it to these mails of the selected folder.

    Raises NotDone where the server refuses; for one of the mails only: once all others were done.
    """
    if not uids or action(mailbox) == Mailbox.After.KEEP:
        return
    try:
        _apply(client, mailbox, uids)
    except imaplib.IMAP4.abort:
        raise
    except IMAPClientError as exc:
        refusal = str(exc)
        if len(uids) > 1:
            refusal = _one_by_one(client, mailbox, uids)
        if refusal:
            raise NotDone(refusal) from exc


def _one_by_one(client: IMAPClient, mailbox: Mailbox, uids: Sequence[int]) -> str:
    """The last refusal; after some in a row the others are not tried."""
    refusal, in_a_row = "", 0
    for uid in uids:
        try:
            _apply(client, mailbox, [uid])
            in_a_row = 0
        except imaplib.IMAP4.abort:
            raise
        except IMAPClientError as exc:
            refusal, in_a_row = str(exc), in_a_row + 1
            if in_a_row >= REFUSALS:
                break
    return refusal


def _apply(client: IMAPClient, mailbox: Mailbox, uids: Sequence[int]) -> None:
    match action(mailbox):
        case Mailbox.After.SEEN:
            client.add_flags(uids, [SEEN], silent=True)
        case Mailbox.After.MOVE:
            _move(client, uids, mailbox.after_folder)


def undone(mailbox: Mailbox) -> list[str]:
    """The search criteria of mails that the action has not reached; empty: there is none."""
    match action(mailbox):
        case Mailbox.After.SEEN:
            return ["UNSEEN"]
        case Mailbox.After.MOVE:
            return ["UNDELETED"]  # without UIDPLUS a copied mail stays, marked as deleted
    return []


def _move(client: IMAPClient, uids: Sequence[int], folder: str) -> None:
    if not client.folder_exists(folder):
        client.create_folder(folder)
    if client.has_capability("MOVE"):
        client.move(uids, folder)
        return
    client.copy(uids, folder)
    client.add_flags(uids, [DELETED], silent=True)
    # a plain EXPUNGE would also remove what people have marked
    if client.has_capability("UIDPLUS"):
        client.uid_expunge(uids)
