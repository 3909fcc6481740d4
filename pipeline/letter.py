"""A mail as its reader gets it: headers, text and files. Read in the sandbox's child, and carried
from there to the worker as JSON and bytes.
"""

from dataclasses import dataclass, field, fields, replace
from typing import Any

from pipeline import bodies, bounces, mime
from pipeline.bounces import DeliveryReport
from pipeline.documents.filetypes import detect
from pipeline.mime import ParsedMail

MAX_FILES = 500


@dataclass(frozen=True, slots=True)
class File:
    """A part of a mail, or a member of an archive, and what it is by its bytes.

    `path` is the part's IMAP number; `danger` is the code of why the file must stay closed, or "".
    """

    path: str
    filename: str
    declared_type: str
    kind: str
    danger: str
    inline: bool
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail with its text. `mail` keeps neither parts nor raw headers: what of them is told on is
    here.
    """

    mail: ParsedMail
    text: str
    new_text: str
    language: str
    files: tuple[File, ...]
    report: DeliveryReport | None = None


def open_letter(raw: bytes, *, authserv_id: str = "", html: bool = True) -> Letter:
    """What stands in the mail `raw`, whatever its bytes are; the text of HTML only with `html`."""
    mail = mime.parse(raw, authserv_id=authserv_id)
    shown = [part for part in mail.parts if html or part.content_type != "text/html"]
    texts = bodies.texts(shown, mail.subject)
    if texts.cut:
        mail = replace(mail, warnings=(*mail.warnings, "too-many-parts"))
    if len(shown) < len(mail.parts):
        mail = replace(mail, warnings=(*mail.warnings, "html-skipped"))
    files = [part for part in mail.parts if not bodies.is_body(part)]
    if len(files) > MAX_FILES:
        mail = replace(mail, warnings=(*mail.warnings, "too-many-files"))
    return Letter(
        mail=replace(mail, parts=(), headers={}),
        text=texts.full,
        new_text=texts.new,
        language=bodies.language(texts.new or f"{mail.subject}\n{texts.full}"),
        files=tuple(_of_part(part) for part in files[:MAX_FILES]),
        report=bounces.report_of(mail, texts.full),
    )


def _of_part(part: mime.Part) -> File:
    return known_file(part.path, part.filename, part.content_type, part.payload, part.inline)


def known_file(
    path: str, filename: str, declared_type: str, data: bytes, inline: bool = False
) -> File:
    """`data` as a file whose type was told from its bytes."""
    what = detect(data, filename, declared_type)
    return File(path, filename, declared_type, what.kind, what.dangerous_reason, inline, data)


# parts and raw headers stay in the child
_TOLD = tuple(each.name for each in fields(ParsedMail) if each.name not in {"headers", "parts"})


def pack(letter: Letter) -> tuple[dict[str, Any], bytes]:
    """The letter as a JSON object and the bytes of its files: documents.answers reads it."""
    mail = {name: getattr(letter.mail, name) for name in _TOLD}
    mail["date"] = letter.mail.date.isoformat() if letter.mail.date else None
    return {
        "mail": mail,
        "text": letter.text,
        "new_text": letter.new_text,
        "language": letter.language,
        "files": [packed_file(each) for each in letter.files],
        "report": bounces.as_json(letter.report),
    }, b"".join([each.data for each in letter.files])


def packed_file(file: File) -> dict[str, Any]:
    """The file without its bytes, of which only the size is told."""
    names = ("path", "filename", "declared_type", "kind", "danger", "inline")
    return {**{name: getattr(file, name) for name in names}, "size": len(file.data)}
