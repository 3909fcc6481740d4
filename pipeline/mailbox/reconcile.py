"""Which mails of the selected folder are to be read, by the server's list and by our Location rows.

Lists are asked for by sequence number in pieces, from the newest: imaplib refuses a line of more
than a million characters, and a mail that is removed meanwhile shifts none that is still to be
listed past us.
"""

import datetime as dt
from collections.abc import Iterator, Sequence

from django.utils import timezone
from imapclient import IMAPClient

from pipeline.models import Location, Mailbox

LISTED_AT_ONCE = 5000
ASKED_AT_ONCE = 1000
A_DAY = dt.timedelta(days=1)


def listed(client: IMAPClient, exists: int, criteria: Sequence[object]) -> Iterator[list[int]]:
    """The UIDs that match, in pieces; `exists` mails lie in the folder. ASCII criteria only."""
    for top in range(exists, 0, -LISTED_AT_ONCE):
        numbers = f"{max(1, top - LISTED_AT_ONCE + 1)}:{top}"
        yield sorted(client.search([numbers, *criteria]))


def days(since: dt.date | None, before: dt.date | None = None) -> list[object]:
    """Criteria by the day on which the server got the mail, with a day more on either side: the
    server's calendar may be behind or ahead of ours. What is too early, fetching passes over.
    """
    criteria: list[object] = ["SINCE", since - A_DAY] if since else []
    return [*criteria, "BEFORE", before + A_DAY] if before else criteria


def above(client: IMAPClient, mailbox: Mailbox, exists: int) -> list[int]:
    """The UIDs above the cursor from about the day `since` on, in rising order."""
    wanted = days(mailbox.since)
    if not mailbox.last_uid:
        return sorted(uid for piece in listed(client, exists, wanted) for uid in piece)
    # "n:*" names the last mail even where its UID is below n: filtered
    found = client.search(["UID", f"{mailbox.last_uid + 1}:*", *wanted])
    return sorted(uid for uid in found if uid > mailbox.last_uid)


def missing(client: IMAPClient, mailbox: Mailbox, exists: int) -> Iterator[list[int]]:
    """The UIDs up to the cursor, from about the day `since` on, that we have no Location of."""
    for piece in listed(client, exists, days(mailbox.since)):
        yield unknown(mailbox, [uid for uid in piece if uid <= mailbox.last_uid])


def unknown(mailbox: Mailbox, uids: Sequence[int]) -> list[int]:
    """Those of `uids` that were never taken in, in their order."""
    rows = Location.objects.filter(mailbox=mailbox, uidvalidity=mailbox.uidvalidity)
    found: list[int] = []
    for start in range(0, len(uids), ASKED_AT_ONCE):
        asked = uids[start : start + ASKED_AT_ONCE]
        known = set(rows.filter(uid__in=[str(uid) for uid in asked]).values_list("uid", flat=True))
        found += [uid for uid in asked if str(uid) not in known]
    return found


def recent(mailbox: Mailbox, since: dt.datetime | None) -> set[int]:
    """The UIDs that were taken in since then, or ever."""
    rows = Location.objects.filter(mailbox=mailbox, uidvalidity=mailbox.uidvalidity)
    if since:
        rows = rows.filter(created_at__gte=since - dt.timedelta(minutes=5))
    return {int(uid) for uid in rows.values_list("uid", flat=True)}


def finished(mailbox: Mailbox, began: dt.datetime) -> None:
    """Remember that all up to `began` has been compared."""
    Mailbox.objects.filter(pk=mailbox.pk).update(reconciled_at=began)
    mailbox.reconciled_at = began


def now() -> dt.datetime:
    return timezone.now()
