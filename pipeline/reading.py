"""A raw mail understood in one call, without a database: what the steps do one after the other.

extract = mime.parse, decode = bodies, unzip = attachments and expanded, classify_files = with_text.
"""

import hashlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from pipeline import bodies, mime
from pipeline.documents import OPENERS, can_read, detect, sandbox, unread_reason
from pipeline.documents.archives import Budget, Member, Refused
from pipeline.documents.results import Place, Unreadable
from pipeline.mime import ParsedMail, Part

MAX_ITEMS = 500
MAX_PATH = 400
# all documents of one mail together; below the lease of a step
MAIL_SECONDS = 40.0


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
    mail = mime.parse(raw)
    text = bodies.body_text(mail.parts)
    new = bodies.new_text(text)
    items, warnings = expanded(attachments(mail))
    return Understood(
        mail=mail,
        text=text,
        new_text=new,
        language=bodies.language(new if new.strip() else f"{mail.subject}\n{text}"),
        items=with_text(items),
        warnings=(*mail.warnings, *warnings),
    )


def attachments(mail: ParsedMail, prefix: str = "") -> tuple[Item, ...]:
    """The mail's parts that are not its letter, with their types told from their bytes."""
    return tuple(_of_part(part, prefix) for part in mail.parts if not bodies.is_body(part))


def _of_part(part: Part, prefix: str) -> Item:
    path = f"{prefix}/{part.path}" if prefix else part.path
    return _item(path, prefix, part.filename, part.content_type, part.payload, inline=part.inline)


def _item(
    path: str,
    parent: str,
    filename: str,
    declared: str,
    data: bytes,
    *,
    inline: bool = False,
    refused: str = "",
) -> Item:
    file_type = detect(data, filename, declared)
    return Item(
        path=path,
        parent=parent,
        filename=filename,
        declared_type=declared,
        kind=file_type.kind,
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        data=data,
        refused=refused or file_type.dangerous_reason,
        inline=inline,
    )


def expanded(
    items: Sequence[Item], budget: Budget | None = None
) -> tuple[tuple[Item, ...], tuple[str, ...]]:
    """`items` and all that the archives and mails among them hold, under one budget; warnings."""
    budget = budget or Budget()
    found: list[Item] = []
    for item in items:
        for each in _opened(item, budget, 1):
            if len(found) >= MAX_ITEMS:
                return tuple(found), ("too-many-files",)
            found.append(each)
    return tuple(found), ()


def _opened(item: Item, budget: Budget, depth: int) -> Iterator[Item]:
    """`item` and, if it is an archive or a mail, what comes out of it."""
    if item.refused or item.kind not in {"eml", *OPENERS}:
        yield item
    elif depth > budget.depth:
        yield replace(item, refused="too-deep")
    elif item.kind == "eml":
        yield from _opened_mail(item, budget, depth)
    else:
        yield from _opened_archive(item, budget, depth)


def _opened_mail(item: Item, budget: Budget, depth: int) -> Iterator[Item]:
    inner = mime.parse(item.data)
    text = "\n\n".join(
        filter(None, (inner.subject, bodies.new_text(bodies.body_text(inner.parts))))
    )
    yield replace(item, text=text, filename=item.filename or f"{inner.subject[:100]}.eml")
    for each in attachments(inner, item.path):
        yield from _opened(each, budget, depth + 1)


def _opened_archive(item: Item, budget: Budget, depth: int) -> Iterator[Item]:
    try:
        members = sandbox.expand(item.kind, item.data, budget)
    except sandbox.SandboxKilled as exc:
        yield replace(item, refused=f"killed-{exc.limit}")
        return
    whole = next((e.reason for e in members if isinstance(e, Refused) and not e.name), "")
    yield replace(item, refused=whole)
    used: set[str] = set()
    for number, member in enumerate(members, start=1):
        if not member.name:
            continue
        path = _member_path(item.path, member.name, number, used)
        yield from _opened(_of_member(member, path, item.path), budget, depth + 1)


def _of_member(member: Member | Refused, path: str, parent: str) -> Item:
    if isinstance(member, Refused):
        empty = _item(path, parent, member.name, "", b"", refused=member.reason)
        return replace(empty, kind="unknown", size=max(0, member.size), sha256="")
    return _item(path, parent, member.name, "", member.data)


def _member_path(parent: str, name: str, number: int, used: set[str]) -> str:
    """A path that no other member has (names may come twice), and that climbs nowhere."""
    path = f"{parent}/{name}"
    if path in used or len(path) > MAX_PATH or name.startswith("/") or ".." in name:
        path = f"{parent}/{number}"
    used.add(path)
    return path


def with_text(items: Sequence[Item], *, seconds: float = MAIL_SECONDS) -> tuple[Item, ...]:
    """`items` with the text of each, or why it has none, within `seconds` for all of them."""
    deadline = time.monotonic() + seconds
    return tuple(read_item(item, deadline - time.monotonic()) for item in items)


def read_item(item: Item, seconds: float = sandbox.SECONDS) -> Item:
    """`item` with its text, or with the reason why it has none."""
    if item.refused or item.text or item.kind in {"eml", *OPENERS}:
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
