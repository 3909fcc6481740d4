"""A file from a conversation, read as the attachments of mails are: in the sandbox, in budgets."""

import datetime as dt
import hashlib
import io
import logging
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from chat import file_store, uploads
from chat.errors import FileGone
from chat.uploads import Document
from pipeline.documents import sandbox
from pipeline.documents.archives import Budget, Refused
from pipeline.documents.filetypes import NO_FACTS
from pipeline.letter import File
from pipeline.reading import Item, expanded, with_text

logger = logging.getLogger(__name__)
# with at most 10 s for archives (and 5 s for a child to end) below uploads.TRY_SECONDS
DOCUMENT_SECONDS = 20.0
# where an archive has several reasons, the one that says most about all of it comes first
_TELLING = ("encrypted", "ratio", "too-large", "program", "macros")


@dataclass(frozen=True, slots=True)
class Contents:
    """What a file holds: its kind, its documents, and the reason code where there is no text."""

    kind: str
    documents: tuple[Document, ...] = ()
    reason: str = ""


def read(upload_id: int, clock: Callable[[], dt.datetime]) -> bool:
    """Read the file and store what it holds; False where that was not to be done, or was done."""
    upload = uploads.claim(upload_id, clock())
    if upload is None:
        return False
    try:
        data = file_store.get(upload.sha256)
    except FileGone:
        return uploads.refuse(upload_id, uploads.GONE, clock())
    found = contents(upload.name, data)
    told = uploads.finish(
        upload_id, found.documents, kind=found.kind, reason=found.reason, now=clock()
    )
    logger.info("file %s read: %s, %s texts", upload_id, found.kind, len(found.documents))
    return told


def contents(name: str, data: bytes) -> Contents:
    """What stands in a file of this name. Total: whatever the bytes are."""
    try:
        first = _item(name, data)
    except sandbox.SandboxKilled as exc:
        return Contents("unknown", reason=f"killed-{exc.limit}")
    items, _warnings = expanded([first])
    items = with_text(items, seconds=DOCUMENT_SECONDS)
    documents = tuple(_documents(items))
    return Contents(first.kind, documents, "" if documents else _reason(items))


def _item(name: str, data: bytes) -> Item:
    """The file with its type, which the sandbox's child tells as it does of an archive's members;
    raises SandboxKilled.
    """
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(zipfile.ZipInfo(name), data)
    told = sandbox.expand("zip", packed.getvalue(), Budget(), filename="file.zip")
    file = told[0] if told else Refused(name, "damaged")
    item = Item(
        path=name,
        parent="",
        filename=name,
        declared_type="",
        kind="unknown",
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        data=data,
    )
    if isinstance(file, File):
        return replace(item, kind=file.kind, refused=file.danger)
    return replace(item, refused=file.reason)


def _documents(items: Iterable[Item]) -> Iterator[Document]:
    """The texts that facts may be read from, those nearest to the file itself first."""
    for item in sorted(items, key=lambda each: each.path.count("/")):
        if item.text.strip() and item.kind not in NO_FACTS:
            yield Document(item.path, item.text, ocr="ocr" in item.notes)


def _reason(items: Sequence[Item]) -> str:
    """Why there is no text: the file's own reason, or the one that tells most of its members'."""
    codes = [item.refused for item in items if item.refused]
    telling = [code for code in _TELLING if code in codes]
    return next(iter([*codes[:1], *telling] if items[0].refused else [*telling, *codes]), "no-text")
