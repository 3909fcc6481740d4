"""A raw mail understood in one call, without a database: what the steps do one after the other.

extract and decode = sandbox.read_mail, unzip = expanded, classify_files = with_text. No parser runs
in this process: each job goes to the sandbox's child.
"""

import hashlib
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from pipeline.documents import OPENERS, can_read, sandbox, unread_reason
from pipeline.documents.archives import Budget, Refused
from pipeline.documents.filetypes import IMAGES
from pipeline.documents.results import Place, Unreadable
from pipeline.errors import BadMail
from pipeline.letter import File, Letter, open_letter
from pipeline.mime import ParsedMail

MAX_ITEMS = 500
MAX_PATH = 400
# all documents of one mail together; below the lease of a step
MAIL_SECONDS = 40.0
# of these, the pictures that stand in the letter: as a rule the logos of its signatures
INLINE_SECONDS = 10.0
# of all files of one mail together: a row for each is written, read and shown
MAIL_CHARACTERS = 1_000_000
MAIL_PLACES = 50_000


@dataclass(frozen=True, slots=True)
class Item:
    """An attachment or a member of one; `refused` is the code of why it has no text."""

    path: str  # "2" in the mail, "2/list.xlsx" in the archive
    parent: str  # path of the archive or mail that it came out of, or ""
    filename: str
    declared_type: str
    kind: str
    size: int
    sha256: str
    data: bytes = field(repr=False)
    text: str = ""
    refused: str = ""
    inline: bool = False
    notes: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Understood:
    """A mail with its text and files; `items` in tree order, each parent before its members."""

    mail: ParsedMail
    text: str
    new_text: str
    language: str
    items: tuple[Item, ...]
    warnings: tuple[str, ...]


def understand(raw: bytes) -> Understood:
    """What stands in the mail `raw`. Total: whatever the bytes are, and whatever its files do."""
    killed: tuple[str, ...] = ()
    try:
        letter = sandbox.read_mail(raw)
    except sandbox.SandboxKilled as exc:
        letter, killed = open_letter(b""), (f"killed-{exc.limit}",)
    items, warnings = expanded(attachments(letter))
    return Understood(
        mail=letter.mail,
        text=letter.text,
        new_text=letter.new_text,
        language=letter.language,
        items=with_text(items),
        warnings=(*letter.mail.warnings, *warnings, *killed),
    )


def read_letter(raw: bytes, *, authserv_id: str = "") -> Letter:
    """The mail in `raw`; raises BadMail where reading it had to be stopped."""
    try:
        return sandbox.read_mail(raw, authserv_id=authserv_id)
    except sandbox.SandboxKilled as exc:
        raise BadMail(f"reading was stopped: {exc.limit}") from exc


def attachments(letter: Letter, parent: str = "") -> tuple[Item, ...]:
    """The mail's files; `parent` is the path of the mail itself where it is an attachment."""
    return tuple(
        _item(f"{parent}/{file.path}" if parent else file.path, parent, file)
        for file in letter.files
    )


def _item(path: str, parent: str, file: File) -> Item:
    return Item(
        path=path,
        parent=parent,
        filename=file.filename,
        declared_type=file.declared_type,
        kind=file.kind,
        size=len(file.data),
        sha256=hashlib.sha256(file.data).hexdigest(),
        data=file.data,
        refused=file.danger,
        inline=file.inline,
    )


def expanded(
    items: Sequence[Item], budget: Budget | None = None
) -> tuple[tuple[Item, ...], tuple[str, ...]]:
    """`items` and all that the archives and mails among them hold, under one budget; warnings."""
    budget, room = budget or Budget(), _Room(MAIL_CHARACTERS)
    found: list[Item] = []
    used = {item.path for item in items}
    for item in items:
        for each in _opened(item, budget, 1, used):
            if len(found) >= MAX_ITEMS:
                return tuple(found), ("too-many-files",)
            found.append(room.fitted(each))
    return tuple(found), ()


def _opened(item: Item, budget: Budget, depth: int, used: set[str]) -> Iterator[Item]:
    """`item` and, if it is an archive or a mail, what comes out of it; `used` are taken paths."""
    if item.refused or item.kind not in {"eml", *OPENERS}:
        yield item
    elif depth > budget.depth:
        yield replace(item, refused="too-deep")
    elif budget.seconds <= 0:
        yield replace(item, refused="archive-time")
    elif item.kind == "eml":
        yield from _opened_mail(item, budget, depth, used)
    else:
        yield from _opened_archive(item, budget, depth, used)


@contextmanager
def _charged(budget: Budget) -> Iterator[None]:
    """Takes the time of the block off `budget`, also where the child had to be ended."""
    started, before = time.monotonic(), budget.seconds
    try:
        yield
    finally:
        budget.seconds = min(budget.seconds, before - (time.monotonic() - started))


def _opened_mail(item: Item, budget: Budget, depth: int, used: set[str]) -> Iterator[Item]:
    try:
        with _charged(budget):
            inner = sandbox.read_mail(item.data, seconds=budget.seconds)
    except sandbox.SandboxKilled as exc:
        yield replace(item, refused=f"killed-{exc.limit}")
        return
    subject = inner.mail.subject
    text = "\n\n".join(filter(None, (subject, inner.new_text)))
    yield replace(item, text=text, filename=item.filename or f"{subject[:100]}.eml")
    for each in attachments(inner, item.path):
        path = _free_path(each.path, each.path, used)
        yield from _opened(replace(each, path=path), budget, depth + 1, used)


def _opened_archive(item: Item, budget: Budget, depth: int, used: set[str]) -> Iterator[Item]:
    try:
        with _charged(budget):
            members = sandbox.expand(item.kind, item.data, budget, filename=item.filename)
    except sandbox.SandboxKilled as exc:
        yield replace(item, refused=f"killed-{exc.limit}")
        return
    whole = next((e.reason for e in members if isinstance(e, Refused) and not e.name), "")
    yield replace(item, refused=whole)
    for number, member in enumerate(members, start=1):
        name = member.name if isinstance(member, Refused) else member.filename
        if not name:
            continue
        path = _member_path(item.path, name, number, used)
        if isinstance(member, Refused):
            yield _closed(member, path, item.path)
        else:
            yield from _opened(_item(path, item.path, member), budget, depth + 1, used)


def _closed(member: Refused, path: str, parent: str) -> Item:
    return Item(
        path=path,
        parent=parent,
        filename=member.name,
        declared_type="",
        kind="unknown",
        size=max(0, member.size),
        sha256="",
        data=b"",
        refused=member.reason,
    )


def _member_path(parent: str, name: str, number: int, used: set[str]) -> str:
    """A path that no other file of the mail has (names may come twice), and that climbs nowhere."""
    path = f"{parent}/{name}"
    if len(path) > MAX_PATH or name.startswith("/") or ".." in name:
        path = f"{parent}/{number}"
    return _free_path(path, f"{parent}/{number}", used)


def _free_path(path: str, other: str, used: set[str]) -> str:
    """`path`, or where that is in `used` one like `other` that is not; taken from now on.

    "a.zip/b" may be a member of the archive a.zip, or a name with a slash beside it.
    """
    path = other if path in used else path
    while path in used:
        path += "'"
    used.add(path)
    return path


def with_text(
    items: Sequence[Item], *, seconds: float = MAIL_SECONDS, taken: int = 0
) -> tuple[Item, ...]:
    """`items` with the text of each, or why it has none, within `seconds` for all of them.

    The cheapest are read first, equal bytes once. `taken` characters are in other files of the mail
    already.
    """
    room = _Room(MAIL_CHARACTERS - taken - sum(len(item.text) for item in items))
    deadlines = _Deadlines(time.monotonic() + seconds)
    found = list(items)
    known: dict[tuple[str, str], Item] = {}
    for index in sorted(range(len(found)), key=lambda each: _cost(found[each])):
        item = found[index]
        if not _is_unread(item):
            continue
        if room.characters <= 0 and can_read(item.kind):
            found[index] = replace(item, refused="mail-text")
            continue
        key = item.kind, item.sha256
        if key not in known:
            known[key] = read_item(item, deadlines.left(item))
        found[index] = room.fitted(_like(item, known[key]))
    return tuple(found)


@dataclass(slots=True)
class _Deadlines:
    """Until when a mail's files are read; pictures in the letter have less, from the first one on.

    They come last: a long thread has a hundred, and its one scan would be left out for them.
    """

    all: float
    inline: float = 0.0

    def left(self, item: Item) -> float:
        now = time.monotonic()
        if not _is_inline_picture(item):
            return self.all - now
        self.inline = self.inline or now + INLINE_SECONDS
        return min(self.all, self.inline) - now


def _cost(item: Item) -> int:
    """The order in which files are read: texts, office documents, PDF, pictures."""
    if item.kind in IMAGES:
        return 4 if item.inline else 3
    return {"txt": 0, "csv": 0, "html": 0, "pdf": 2}.get(item.kind, 1)


def _is_inline_picture(item: Item) -> bool:
    return item.inline and item.kind in IMAGES


def _is_unread(item: Item) -> bool:
    return not (item.refused or item.text or item.kind in {"eml", *OPENERS})


def _like(item: Item, read: Item) -> Item:
    """`item` with what was read from the same bytes."""
    return replace(item, text=read.text, refused=read.refused, notes=read.notes, places=read.places)


@dataclass(slots=True)
class _Room:
    """What the texts of a mail may still hold together."""

    characters: int
    places: int = MAIL_PLACES

    def fitted(self, item: Item) -> Item:
        """`item` with as much of its text as there is room for, which is used up."""
        text, places, notes = item.text[: max(0, self.characters)], item.places, item.notes
        if len(text) < len(item.text):
            notes = (*notes, "mail-text")
            places = tuple(place for place in places if place.start < len(text))
        if len(places) > self.places:
            # the last one says that from there on no place is known
            last = places[self.places - 1 : self.places]
            kept = places[: max(0, self.places - 1)]
            places = (*kept, *(Place(each.start) for each in last))
        self.characters -= len(text)
        self.places -= len(places)
        return replace(item, text=text, places=places, notes=notes)


def read_item(item: Item, seconds: float = sandbox.SECONDS) -> Item:
    """`item` with its text, or with the reason why it has none."""
    if not _is_unread(item):
        return item
    if not can_read(item.kind):
        return replace(item, refused=unread_reason(item.kind))
    if seconds <= 0:
        return replace(item, refused="mail-time")
    try:
        text = sandbox.read_document(item.kind, item.data, seconds=min(seconds, sandbox.SECONDS))
    except Unreadable as exc:
        return replace(item, refused=exc.reason_code)
    except sandbox.SandboxKilled as exc:
        return replace(item, refused=f"killed-{exc.limit}")
    return replace(item, text=text.text, notes=text.notes, places=text.places)
