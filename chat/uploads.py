"""Files that customers drop into the conversation: taken in, read elsewhere, answered like words.

The row is the queue of record: a reader of the floor above claims it and says what stands in the
file, the sweeper wakes another one where that one died.
"""

import datetime as dt
import logging
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial

from django.conf import settings
from django.db import transaction
from django.db.models import F

from chat import file_store, notices
from chat.errors import BadFrame, FileEmpty, FileTooLarge, TooMany, TooManyFiles
from chat.models import Message, Session, Upload
from chat.rows import append
from freight.fields import Source
from freight.wake import wake

logger = logging.getLogger(__name__)
READ = "busybee.tasks.read_chat_file"
ANSWER = "chat.tasks.answer"
FILES_A_DAY = 10
# a full disk is seen to by a person
FULL_SECONDS = 600
NAME_LENGTH = 120
# one try has so long; the next one may begin then, whether the first has died or not
TRY_SECONDS = 40
TRIES = 3
# nobody waits longer for a file than all tries together take
WAIT_SECONDS = TRY_SECONDS * TRIES
# texts of one file's documents: what is more is left out
MAX_CHARACTERS = 120_000
LATE, GONE = "late", "gone"
_PATH = re.compile(r".*[/\\]", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Document:
    """The text of one document in a file; an archive has several. `ocr`: read from a picture."""

    name: str
    text: str
    ocr: bool = False


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A customer's file as it was read: its texts, or the code of why there are none.

    `pictures` are the sources that were read from a picture.
    """

    name: str
    sources: tuple[Source, ...] = ()
    pictures: frozenset[str] = frozenset()
    reason: str = ""


def limit_bytes() -> int:
    """How large a file may be, in bytes."""
    return settings.BUSYBEE_CHAT_FILE_MB * 1024 * 1024


def shown_name(name: str) -> str:
    """A file's name for people: no folders, no controls or bidi marks, at most 120 characters."""
    name = unicodedata.normalize("NFC", _PATH.sub("", name[:4000]))
    kept = "".join(" " if char.isspace() else char for char in name if _is_seen(char))
    kept = " ".join(kept.split()).strip(". ")
    if len(kept) > NAME_LENGTH:
        stem, dot, ending = kept.rpartition(".")
        ending = dot + ending if stem and len(ending) <= 10 else ""
        kept = kept[: NAME_LENGTH - len(ending)] + ending
    return kept or "file"


def _is_seen(char: str) -> bool:
    return char.isspace() or unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn"}


def receive(session_id: int, *, cid: str, name: str, data: bytes, now: dt.datetime) -> Message:
    """The stored message of a file; a `cid` that is there already is not stored again.

    Raises FileEmpty, FileTooLarge, TooManyFiles, TooMany or BadFrame. Reading it is a task's work.
    """
    if not cid or len(cid) > 64 or not cid.isprintable():
        raise BadFrame
    if not data:
        raise FileEmpty
    if len(data) > limit_bytes():
        raise FileTooLarge
    before = Message.objects.filter(session_id=session_id, cid=cid).first()
    if before is not None:
        return before
    _check_room(session_id, now)  # what is refused must not stay on the disk
    return _store(session_id, cid, shown_name(name), data, now)


def _check_room(session_id: int, now: dt.datetime) -> None:
    """Raises TooManyFiles, or TooMany while the disk of the storage is nearly full."""
    day = now - dt.timedelta(days=1)
    files = Upload.objects.filter(message__session=session_id, message__created_at__gt=day)
    if files.count() >= FILES_A_DAY:
        raise TooManyFiles
    if file_store.free_bytes() < settings.BUSYBEE_MIN_FREE_BYTES:
        logger.warning("no file is taken in: the disk of the storage is nearly full")
        raise TooMany(FULL_SECONDS)


def _store(session_id: int, cid: str, name: str, data: bytes, now: dt.datetime) -> Message:
    digest = file_store.put(data)  # before the transaction that names it
    with transaction.atomic():
        session = Session.objects.select_for_update().get(pk=session_id)
        before = session.messages.filter(cid=cid).first()
        if before is not None:
            return before
        _check_room(session_id, now)  # several that came at once count one after the other here
        message = append(session, Message.Author.CUSTOMER, name, cid=cid)
        upload = Upload.objects.create(message=message, name=name, size=len(data), sha256=digest)
        transaction.on_commit(partial(notices.tell, session.group))
        wake(READ, upload.pk)
    logger.info("conversation %s: file %s of %s bytes", session_id, upload.pk, len(data))
    return message


def claim(upload_id: int, now: dt.datetime) -> Upload | None:
    """The file, to be read by the caller; None where it is read, given up or not due again yet.

    Each try counts before it begins: a file that kills its reader is not tried for ever.
    """
    upload = Upload.objects.select_related("message").filter(pk=upload_id).first()
    if upload is None or upload.state != Upload.State.RECEIVED or not _is_due(upload, now):
        return None
    own = Upload.objects.filter(
        pk=upload_id, state=Upload.State.RECEIVED, failures=upload.failures
    ).update(failures=F("failures") + 1)
    return upload if own == 1 else None


def _is_due(upload: Upload, now: dt.datetime) -> bool:
    earliest = upload.message.created_at + dt.timedelta(seconds=TRY_SECONDS * upload.failures)
    return upload.failures < TRIES and now >= earliest


def is_late(upload: Upload, now: dt.datetime) -> bool:
    """Whether nobody waits for the file any longer."""
    return now >= upload.message.created_at + dt.timedelta(seconds=WAIT_SECONDS)


def finish(
    upload_id: int, documents: Sequence[Document], *, kind: str, reason: str, now: dt.datetime
) -> bool:
    """Store what was read, or why nothing was; False where others did. Its message is due then."""
    state = Upload.State.READ if documents else Upload.State.REFUSED
    texts = [asdict(document) for document in _fitted(documents)]
    return _settle(
        upload_id, state=state, texts=texts, kind=kind[:20], reason=reason[:60], read_at=now
    )


def refuse(upload_id: int, reason: str, now: dt.datetime) -> bool:
    """Give a file up for a reason that lies with us; False where it is settled already."""
    logger.warning("file %s is given up: %s", upload_id, reason)
    return _settle(upload_id, state=Upload.State.REFUSED, reason=reason, read_at=now)


@transaction.atomic
def _settle(upload_id: int, **values: object) -> bool:
    due = Upload.objects.filter(pk=upload_id, state=Upload.State.RECEIVED)
    if due.update(**values) != 1:
        return False
    message = Message.objects.select_related("session").get(upload=upload_id)
    wake(ANSWER, message.pk)
    transaction.on_commit(partial(notices.tell, message.session.group))
    return True


def _fitted(documents: Sequence[Document]) -> list[Document]:
    """`documents` with no more text together than is read for facts."""
    room, fitted = MAX_CHARACTERS, []
    for document in documents:
        text = document.text[:room].replace("\0", "")  # PostgreSQL takes none
        room -= len(text)
        if text:
            fitted.append(Document(document.name, text, document.ocr))
    return fitted


def read_file(upload: Upload) -> ReadFile:
    """A settled file; its texts are sources of facts, named as the attachments of mails are."""
    documents = [(f"attachment:{each['name']}", each) for each in upload.texts]
    return ReadFile(
        name=upload.name,
        sources=tuple(Source(source, each["text"]) for source, each in documents),
        pictures=frozenset(source for source, each in documents if each["ocr"]),
        reason=upload.reason,
    )


def wake_unread(now: dt.datetime) -> int:
    """Wake a reader for files whose reader is lost, give up those that are late; how many."""
    before = now - dt.timedelta(seconds=settings.BUSYBEE_SWEEP_AGE_SECONDS)
    unread = Upload.objects.filter(state=Upload.State.RECEIVED, message__created_at__lte=before)
    rows = list(unread.select_related("message").order_by("pk")[:200])
    for upload in rows:
        if is_late(upload, now):
            refuse(upload.pk, LATE, now)
        elif _is_due(upload, now):
            wake(READ, upload.pk)
    return len(rows)
