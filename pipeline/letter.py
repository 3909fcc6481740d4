"""A mail as its reader gets it: headers, text and files. Read in the sandbox's child, and carried
from there to the worker as JSON and bytes.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from pipeline import bodies, bounces, mime
from pipeline.bounces import DeliveryReport
from pipeline.documents.filetypes import detect
from pipeline.mime import ParsedMail


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
    return Letter(
        mail=replace(mail, parts=(), headers={}),
        text=texts.full,
        new_text=texts.new,
        language=bodies.language(texts.new or f"{mail.subject}\n{texts.full}"),
        files=tuple(_of_part(part) for part in mail.parts if not bodies.is_body(part)),
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


def pack(letter: Letter) -> tuple[dict[str, Any], bytes]:
    """The letter as a JSON object and the bytes of its files."""
    mail = asdict(letter.mail)
    mail["date"] = mail["date"].isoformat() if mail["date"] else None
    return {
        "mail": mail,
        "text": letter.text,
        "new_text": letter.new_text,
        "language": letter.language,
        "files": [packed_file(each) for each in letter.files],
        "report": bounces.as_json(letter.report),
    }, b"".join(each.data for each in letter.files)


def packed_file(file: File) -> dict[str, Any]:
    """The file without its bytes, of which only the size is told."""
    names = ("path", "filename", "declared_type", "kind", "danger", "inline")
    return {**{name: getattr(file, name) for name in names}, "size": len(file.data)}


def unpack(header: dict[str, Any], blob: bytes) -> Letter:
    """What `pack` made; raises KeyError, TypeError or ValueError where it is something else."""
    mail: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in header["mail"].items()
    }
    mail["date"] = dt.datetime.fromisoformat(mail["date"]) if mail["date"] else None
    return Letter(
        mail=ParsedMail(**mail),
        text=str(header["text"]),
        new_text=str(header["new_text"]),
        language=str(header["language"]),
        files=tuple(unpacked_files(header["files"], blob)),
        report=bounces.from_json(header["report"]),
    )


def unpacked_files(told: Sequence[dict[str, Any]], blob: bytes) -> Iterator[File]:
    """The files of `told`, each with its share of `blob`."""
    at = 0
    for each in told:
        size = int(each["size"])
        yield File(
            path=str(each["path"]),
            filename=str(each["filename"]),
            declared_type=str(each["declared_type"]),
            kind=str(each["kind"]),
            danger=str(each["danger"]),
            inline=bool(each["inline"]),
            data=blob[at : at + size],
        )
        at += size
