"""The mails that the embedded SMTP sink kept, for reading: what a customer would have got."""

import datetime as dt
from dataclasses import dataclass
from email import policy
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesParser
from email.utils import parsedate_to_datetime
from pathlib import Path

from django.conf import settings

LISTED = 200
LARGEST = 2 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class SinkMail:
    """A kept mail; `text` is empty in lists."""

    name: str
    subject: str
    sender: str
    recipient: str
    date: dt.datetime | None
    text: str = ""


def newest() -> list[SinkMail]:
    """The newest kept mails, newest first, without their text."""
    return [_read(path, with_text=False) for path in _files()[:LISTED]]


def find(name: str) -> SinkMail | None:
    """The mail in the file `name`, or None.

    The name is compared with those in the folder and never made into a path: no trick leads out.
    """
    path = next((path for path in _files() if path.name == name), None)
    return _read(path, with_text=True) if path else None


def _files() -> list[Path]:
    if not settings.BUSYBEE_JOURNAL_DIR:
        return []
    kept = [
        (path.stat().st_mtime_ns, path.name, path)
        for path in Path(settings.BUSYBEE_JOURNAL_DIR).glob("*.eml")
        if path.is_file() and not path.is_symlink()
    ]
    return [path for _time, _name, path in sorted(kept, reverse=True)]


def _read(path: Path, *, with_text: bool) -> SinkMail:
    with path.open("rb") as file:
        raw = file.read(LARGEST)
    # compat32: the newer policies raise on what others may have put into headers
    message = BytesParser(policy=policy.compat32).parsebytes(raw, headersonly=not with_text)
    return SinkMail(
        name=path.name,
        subject=_header(message, "Subject"),
        sender=_header(message, "From"),
        recipient=_header(message, "To"),
        date=_date(message),
        text=_text(message) if with_text else "",
    )


def _header(message: Message, name: str) -> str:
    value = message.get(name, "")
    try:
        return " ".join(str(make_header(decode_header(value))).split())
    except (HeaderParseError, LookupError, UnicodeError, ValueError):
        return str(value)


def _date(message: Message) -> dt.datetime | None:
    try:
        date = parsedate_to_datetime(message.get("Date", ""))
    except (TypeError, ValueError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=dt.UTC)


def _text(message: Message) -> str:
    for part in message.walk():
        if part.get_content_type() == "text/plain":
            return _decoded(part)
    return ""


def _decoded(part: Message) -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    try:
        return payload.decode(part.get_content_charset("utf-8"), "replace")
    except LookupError:
        return payload.decode("utf-8", "replace")
