"""Taking mails in: bytes to storage first, then mails, places, first steps and cursor in one
transaction.
"""

import datetime as dt
import hashlib
import logging
import os
import random
import re
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from django.conf import settings
from django.db import IntegrityError, OperationalError, transaction
from django.utils import timezone

from pipeline import storage
from pipeline.chain import publish
from pipeline.documents import sandbox
from pipeline.mailbox import rows
from pipeline.models import Email, Location, Mailbox, Step, StepName

logger = logging.getLogger(__name__)
HEADER_BYTES = 256 * 1024
END_OF_HEADER = re.compile(rb"\r?\n\r?\n")
TRIES = 4

Wake = Callable[[Sequence[int]], None]
Columns = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Arrival:
    """A mail as it came, and its name at its place. One that is larger than BUSYBEE_MAX_MAIL_BYTES
    has only its header block in `raw`; `size` is the whole mail's, and so is the sha256 `whole`,
    where somebody has read it all. `digest` is the sha256 of what is in storage already. `came_at`
    is when the server got it, where that is known.
    """

    uid: str
    raw: bytes = field(repr=False)
    size: int
    header_only: bool = False
    digest: str = ""
    whole: str = ""
    came_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Received:
    """The mail that was taken in; `new` is False where these bytes or this place were known."""

    email_id: int
    new: bool
    due: bool = False  # its first step can be done


def whole(uid: str, raw: bytes) -> Arrival:
    """The arrival of a mail whose bytes are all at hand; of a too large one the header is kept."""
    if len(raw) <= settings.BUSYBEE_MAX_MAIL_BYTES:
        return Arrival(uid, raw, size=len(raw))
    digest = hashlib.sha256(raw).hexdigest()
    return Arrival(uid, header_block(raw), size=len(raw), header_only=True, whole=digest)


def header_block(raw: bytes) -> bytes:
    """The header lines of a mail and the empty line below them, 256 KiB at most."""
    head = raw[:HEADER_BYTES]
    end = END_OF_HEADER.search(head)
    return head[: end.end()] if end else head


def kept(arrival: Arrival) -> bytes:
    """The bytes that go into storage, under whose sha256 the mail is known.

    Below a mere header a line says what is missing. So two mails with the same header are two: a
    scanner sends nothing else.
    """
    if not arrival.header_only:
        return arrival.raw
    sha256 = f", sha256 {arrival.whole}" if arrival.whole else ""
    gap = b"" if END_OF_HEADER.search(arrival.raw) else b"\r\n\r\n"
    line = f"[{arrival.size} bytes{sha256}: too large, only the header is kept]\r\n"
    return arrival.raw + gap + line.encode()


def receive(raw: bytes, *, mailbox: Mailbox, uid: str, uidvalidity: int = 0) -> Received:
    """The mail of `raw`, recorded with where it lay. Doing it again changes nothing."""
    return receive_all([whole(uid, raw)], mailbox=mailbox, uidvalidity=uidvalidity)[0]


def publish_all(email_ids: Sequence[int]) -> None:
    """Publish the chains of new mails, one after the other."""
    for email_id in email_ids:
        if not publish(email_id, StepName.EXTRACT):
            return  # no broker: the sweeper publishes the rest, and need not wait as often


def receive_all(
    arrivals: Sequence[Arrival],
    *,
    mailbox: Mailbox,
    uidvalidity: int = 0,
    cursor: int = 0,
    wake: Wake = publish_all,
) -> list[Received]:
    """The mails of `arrivals` in their order, recorded with where they lay, all or none.

    The same place is read once; the same bytes from another place are the same mail. Message-IDs
    play no part: anybody can write one. For an IMAP mailbox the cursor moves to `cursor` in the
    same transaction, never backwards. `wake` gets the new mails' ids after the commit.
    """
    arrivals = stored(arrivals)
    columns = [_columns(each) for each in arrivals]  # not inside: a hostile header takes its time
    for attempt in range(1, TRIES + 1):
        try:
            with transaction.atomic():
                received = _record(arrivals, columns, mailbox, uidvalidity)
                advance_cursor(mailbox, uidvalidity, cursor)
                due = [each.email_id for each in received if each.due]
                transaction.on_commit(partial(wake, due))
            return received
        except (IntegrityError, OperationalError):
            # another poller was at the same place at the same time: its rows are as good
            if attempt == TRIES:
                raise
            time.sleep(random.uniform(0, 0.1 * attempt))
    raise AssertionError("unreachable")


def stored(arrivals: Sequence[Arrival]) -> list[Arrival]:
    """`arrivals` with their digests: all their bytes are in storage (synced)."""
    digests = iter(storage.put_all([kept(each) for each in arrivals if not each.digest]))
    return [each if each.digest else replace(each, digest=next(digests)) for each in arrivals]


def _record(
    arrivals: Sequence[Arrival], columns: Sequence[Columns], mailbox: Mailbox, uidvalidity: int
) -> list[Received]:
    """One Received for each arrival; runs inside a transaction."""
    here = Location.objects.filter(mailbox=mailbox, uidvalidity=uidvalidity)
    known_places = dict(
        here.filter(uid__in=[each.uid for each in arrivals]).values_list("uid", "email_id")
    )
    emails = _ids([each.digest for each in arrivals])
    fresh: dict[str, Columns] = {}
    for each, values in zip(arrivals, columns, strict=True):
        if each.uid not in known_places and each.digest not in emails:
            fresh[each.digest] = {"mailbox_id": mailbox.pk, **values}
    emails |= _make_emails(fresh)
    places, received = [], []
    for each in arrivals:
        email_id = known_places.get(each.uid)
        if email_id is not None:
            received.append(Received(email_id, new=False))
            continue
        email_id = known_places[each.uid] = emails[each.digest]
        places.append({"uid": each.uid, "email_id": email_id})
        new = fresh.pop(each.digest, None) is not None
        received.append(Received(email_id, new=new, due=new and not each.header_only))
    place = {"mailbox_id": mailbox.pk, "uidvalidity": uidvalidity}
    rows.insert(Location, [{**place, **each} for each in places])
    return received


def _ids(digests: Collection[str]) -> dict[str, int]:
    """The mails that have these bytes: sha256 -> id."""
    known = Email.objects.filter(raw_sha256__in=digests)
    return dict(known.values_list("raw_sha256", "pk"))


def _make_emails(fresh: dict[str, Columns]) -> dict[str, int]:
    """The ids of these mails by digest, which now have rows and first steps."""
    if not fresh:
        return {}
    rows.insert(Email, list(fresh.values()))
    ids = _ids(fresh)
    rows.insert(Step, [_first_step(ids[digest], email) for digest, email in fresh.items()])
    return ids


def _columns(arrival: Arrival) -> Columns:
    """What a mail's row says from the first."""
    columns: Columns = {"raw_sha256": arrival.digest, "size": arrival.size}
    if arrival.came_at:  # a server may believe what a mail program says, of the future too
        columns["received_at"] = min(arrival.came_at, timezone.now())
    if not arrival.header_only:
        return columns
    return {
        **columns,
        "header_only": True,
        "state": Email.State.QUARANTINED,
        "quarantine_reason": f"larger than {settings.BUSYBEE_MAX_MAIL_BYTES} bytes",
        **_who_wrote_what(arrival.raw),
    }


def _who_wrote_what(header: bytes) -> Columns:
    """What an operator must see of a mail that no step will read; nothing where even its header is
    more than the sandbox bears.
    """
    try:
        mail = sandbox.read_mail(header).mail
    except sandbox.SandboxKilled as exc:
        logger.warning("the header of a too large mail: reading was stopped: %s", exc.limit)
        return {}
    return {
        "subject": mail.subject[:1000],
        "from_name": mail.from_name[:200],
        "from_address": mail.from_address[:254],
        "date": mail.date,
        "message_id": mail.message_id[:998],
    }


def _first_step(email_id: int, email: Columns) -> Columns:
    step = {"email_id": email_id, "name": StepName.EXTRACT}
    if "quarantine_reason" not in email:
        return step
    return {**step, "state": Step.State.QUARANTINED, "reason": email["quarantine_reason"]}


def advance_cursor(mailbox: Mailbox, uidvalidity: int, uid: int) -> None:
    """Remember that everything up to `uid` of this epoch has been read, unless another poller has
    read on.
    """
    behind = Mailbox.objects.filter(pk=mailbox.pk, uidvalidity=uidvalidity, last_uid__lt=uid)
    if behind.update(last_uid=uid):
        mailbox.last_uid = uid


def begin_epoch(mailbox: Mailbox, uidvalidity: int) -> None:
    """Begin at the first UID again: those of the old epoch mean nothing any more.

    `mailbox` then has this epoch whatever another poller writes meanwhile, which may have been led
    to another server: under its epoch our UIDs would be those of other mails.
    """
    row = Mailbox.objects.filter(pk=mailbox.pk)
    row.exclude(uidvalidity=uidvalidity).update(uidvalidity=uidvalidity, last_uid=0, backfill_uid=0)
    ours = row.filter(uidvalidity=uidvalidity).values_list("last_uid", "backfill_uid").first()
    mailbox.uidvalidity = uidvalidity
    mailbox.last_uid, mailbox.backfill_uid = ours or (0, 0)


def file_uid(name: str, raw: bytes) -> str:
    """How a mail in a folder is known: by name and content, so a name that is used again is a new
    mail.
    """
    return named(name, hashlib.sha256(raw).hexdigest())


def named(name: str, digest: str) -> str:
    """As `file_uid`, of a file whose bytes have this sha256."""
    # a file's name is bytes: those that are no text would be refused by the database
    text = os.fsencode(name).decode("utf-8", "replace")
    return f"{text[:300]}:{digest[:32]}"
