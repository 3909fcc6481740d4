"""What happens on the server to a mail that has been taken in: nothing, read, or moved away.

Always after the commit, and again by the next comparison (reconcile) for mails that were taken in
shortly before a crash. Doing it twice does no harm: a mail that is gone is not moved.
"""

from collections.abc import Sequence

from imapclient import IMAPClient

from pipeline.models import Mailbox

SEEN, DELETED = rb"\Seen", rb"\Deleted"


def action(mailbox: Mailbox) -> str:
    """What to do: one of Mailbox.After. A mail is never moved to where it lies."""
    if mailbox.after == Mailbox.After.MOVE:
        same = mailbox.after_folder == mailbox.folder
        same = same or mailbox.after_folder.upper() == mailbox.folder.upper() == "INBOX"
        return Mailbox.After.KEEP if same or not mailbox.after_folder else Mailbox.After.MOVE
    return mailbox.after


def apply(client: IMAPClient, mailbox: Mailbox, uids: Sequence[int]) -> None:
    """Do it to these mails of the selected folder."""
    if not uids:
        return
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
