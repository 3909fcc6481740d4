"""The bytes of a mail of ours: text, HTML and files as MIME, the same bytes for the same values.

Pure: no clock, no random boundary. Lines end in CRLF and are short enough for any relay.
"""

import datetime as dt
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.charset import BASE64, QP, Charset
from email.encoders import encode_base64
from email.header import Header
from email.message import EmailMessage, Message
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.parser import BytesParser
from email.policy import compat32, default
from email.utils import format_datetime, formataddr
from typing import Any
from urllib.parse import quote

from freight.letters import File, Letter

WIRE = compat32.clone(linesep="\r\n")
THREAD = 20  # Message-IDs in References; more only make the line longer
LONGEST_ID = 900  # RFC 5322 allows a line of 998 characters
NAME_PIECE = 54  # of a file's name, percent-encoded, a line
CONTENT_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,63}/[a-z0-9][a-z0-9!#$&^_.+-]{0,63}")
LINE_BREAK = re.compile(r"\r\n?|\n")
# what no file system or mail program takes in a name
NOT_IN_NAMES = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]+')
# other BusyBees know a machine by it, whatever a relay does to Auto-Submitted
MARK = "X-BusyBee"


@dataclass(frozen=True, slots=True)
class Head:
    """Who writes to whom, and in answer to what; addresses are ASCII."""

    sender: tuple[str, str]  # name, address
    recipient: tuple[str, str]
    message_id: str
    date: dt.datetime
    answers: str = ""  # the Message-ID of the mail that is answered
    references: tuple[str, ...] = ()  # those before it, the oldest first


def render(head: Head, letter: Letter) -> bytes:
    """The mail as it goes to the relay."""
    message = _body(letter, _boundaries(head.message_id))
    message["From"] = _address(*head.sender)
    message["To"] = _address(*head.recipient)
    message["Subject"] = _subject(one_line(letter.subject))
    message["Date"] = format_datetime(head.date)
    message["Message-ID"] = head.message_id
    answers = one_line(head.answers)
    if answers and len(answers) <= LONGEST_ID:
        message["In-Reply-To"] = answers
        thread = [each for each in head.references if len(each) <= LONGEST_ID and each != answers]
        # the first is the conversation's root: programs hang the thread on it
        kept = thread if len(thread) < THREAD else [thread[0], *thread[-THREAD + 2 :]]
        message["References"] = "\r\n ".join([*kept, answers])
    # RFC 3834: so that no other machine answers ours
    message["Auto-Submitted"] = "auto-replied"
    message["X-Auto-Response-Suppress"] = "All"
    message[MARK] = "1"
    raw = message.as_bytes(policy=WIRE)
    # or the relay's copy would differ by the line end that SMTP needs
    return raw if raw.endswith(b"\r\n") else raw + b"\r\n"


def letter_of(raw: bytes) -> Letter:
    """The letter that `render` made `raw` of."""
    message = BytesParser(policy=default).parsebytes(raw)
    if not isinstance(message, EmailMessage):
        return Letter(subject="", text="")
    return Letter(
        subject=str(message["Subject"] or ""),
        text=_text_of(message, "plain"),
        html=_text_of(message, "html"),
        files=tuple(_file_of(part) for part in message.iter_attachments()),
    )


def one_line(text: str) -> str:
    return " ".join(text.split())


def _text_of(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    return str(body.get_content()).replace("\r\n", "\n") if body else ""


def _file_of(part: "Message[Any, Any]") -> File:
    data = part.get_payload(decode=True)
    name = part.get_filename("")
    return File(name, part.get_content_type(), data if isinstance(data, bytes) else b"")


def _boundaries(message_id: str) -> Iterator[str]:
    """Lines that no part of the mail holds: base64 and quoted-printable never write `=_`."""
    digest = hashlib.sha256(message_id.encode()).hexdigest()[:24]
    return (f"=_{digest}_{number}" for number in range(2))


def _body(letter: Letter, boundaries: Iterator[str]) -> "Message[str, Any]":
    words: Message[str, Any] = _text(letter.text, "plain")
    if letter.html:
        # RFC 2046: the plainest first, the best last
        words = _multipart("alternative", next(boundaries), words, _text(letter.html, "html"))
    if not letter.files:
        return words
    return _multipart("mixed", next(boundaries), words, *map(_attached, letter.files))


def _multipart(kind: str, boundary: str, *parts: "Message[str, Any]") -> "Message[str, Any]":
    whole = MIMEMultipart(kind, boundary=boundary, policy=WIRE)
    for part in parts:
        del part["MIME-Version"]  # it stands once, at the top
        whole.attach(part)
    return whole


def _text(text: str, kind: str) -> "Message[str, Any]":
    """`text` in UTF-8, quoted-printable where that is the shorter: people read it in raw mails."""
    # RFC 2045: the canonical line break, whatever the template's was
    canonical = LINE_BREAK.sub("\r\n", text)
    data = canonical.encode()
    charset = Charset("utf-8")
    charset.body_encoding = QP if sum(byte > 126 for byte in data) * 6 < len(data) else BASE64
    part = MIMENonMultipart("text", kind, charset="utf-8", policy=WIRE)
    part.set_payload(canonical, charset)
    return part


def _attached(file: File) -> "Message[str, Any]":
    kind = file.content_type.lower()
    main, _, sub = (kind if CONTENT_TYPE.fullmatch(kind) else "application/octet-stream").partition(
        "/"
    )
    if main in ("multipart", "message"):  # whose data may not be base64
        main, sub = "application", "octet-stream"
    part = MIMEBase(main, sub, policy=WIRE)
    part.set_payload(file.data)
    encode_base64(part)
    part["Content-Disposition"] = _disposition(file.name)
    return part


def _disposition(name: str) -> str:
    """`attachment` with the file's name, in pieces of RFC 2231 where it is not plain and short."""
    plain = NOT_IN_NAMES.sub("_", one_line(name)).strip(". ") or "file"
    if plain.isascii() and len(plain) <= NAME_PIECE:
        return f'attachment; filename="{plain}"'
    pieces = list(_pieces(quote(plain, safe="!#$&+-.^_`{}~")))
    if len(pieces) == 1:
        return f"attachment;\r\n filename*=utf-8''{pieces[0]}"
    pieces[0] = f"utf-8''{pieces[0]}"
    lines = [f"filename*{number}*={piece}" for number, piece in enumerate(pieces)]
    return "attachment;\r\n " + ";\r\n ".join(lines)


def _pieces(escaped: str) -> Iterator[str]:
    """`escaped` in pieces of NAME_PIECE at most; none is cut between the characters of a %EC."""
    while escaped:
        end = NAME_PIECE
        if "%" in escaped[end - 2 : end]:
            end = escaped.rindex("%", 0, end)
        yield escaped[:end]
        escaped = escaped[end:]


def _subject(subject: str) -> Header:
    """Encoded where it must be. Not by EmailMessage: Python 3.11 loses spaces where it folds a
    long subject in Korean.
    """
    plain = subject.isascii() and "=?" not in subject
    return Header(subject, "us-ascii" if plain else "utf-8", header_name="Subject")


def _address(name: str, address: str) -> str:
    return formataddr((Header(one_line(name), "utf-8").encode(), address))
