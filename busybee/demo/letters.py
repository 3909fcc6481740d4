"""A letter as an RFC 5322 mail, in the encodings that real mail programs use.

Written by hand on compat32: the modern policy of the standard library can only write UTF-8
headers, and the demo needs what Outlook in Korea or an old Japanese client sends.
"""

import base64
import datetime as dt
import email.utils
import hashlib
import quopri
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import Message
from email.policy import compat32

POLICY = compat32.clone(linesep="\r\n", cte_type="8bit")
# an encoded word may be 75 characters long (RFC 2047); leaves room for =?charset?B?...?=
WORD_OCTETS = 36


@dataclass(frozen=True, slots=True)
class Attached:
    """A file in a mail."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail says and how it is encoded.

    charset: the codec of texts and headers; charset_label, header_label: what body and headers
    claim instead, if anything; transfer: `base64`, `quoted-printable`, `8bit` or `7bit`.
    An empty `text` makes a mail of HTML only.
    """

    sender: tuple[str, str]
    recipient: tuple[str, str]
    subject: str
    text: str
    sent: dt.datetime
    message_id: str
    html: str = ""
    charset: str = "utf-8"
    charset_label: str = ""
    header_label: str = ""
    transfer: str = "base64"
    headers: Mapping[str, str] = field(default_factory=dict)
    attachments: tuple[Attached, ...] = ()


def render(letter: Letter) -> bytes:
    """The mail's bytes with CRLF line ends; the same letter gives the same bytes."""
    message = _with_attachments(letter, _content(letter))
    label = letter.header_label or letter.charset
    envelope = {
        "Message-ID": letter.message_id,
        "Date": email.utils.format_datetime(letter.sent),
        "From": _address(letter.sender, letter.charset, label),
        "To": _address(letter.recipient, letter.charset, label),
        "Subject": encoded(letter.subject, letter.charset, label),
        "MIME-Version": "1.0",
        **letter.headers,
    }
    for name, value in envelope.items():
        message[name] = value
    return message.as_bytes(policy=POLICY)


def encoded(text: str, codec: str, label: str) -> str:
    """`text` as a header value: itself if ASCII, else base64 encoded words."""
    if text.isascii():
        return text
    words, chunk = [], ""
    for character in text:
        if len((chunk + character).encode(codec)) > WORD_OCTETS:
            words.append(chunk)
            chunk = ""
        chunk += character
    coded = (base64.b64encode(word.encode(codec)).decode() for word in [*words, chunk])
    return " ".join(f"=?{label}?B?{word}?=" for word in coded)


def _address(who: tuple[str, str], codec: str, label: str) -> str:
    name, address = who
    if not name:
        return address
    if name.isascii():
        return email.utils.formataddr(who)
    return f"{encoded(name, codec, label)} <{address}>"


def _content(letter: Letter) -> Message:
    """The text, the HTML, or both as alternatives."""
    parts = [
        _text_part(letter, text, subtype)
        for text, subtype in ((letter.text, "plain"), (letter.html, "html"))
        if text
    ]
    return parts[0] if len(parts) == 1 else _multipart("alternative", parts, letter)


def _with_attachments(letter: Letter, content: Message) -> Message:
    if not letter.attachments:
        return content
    return _multipart("mixed", [content, *map(_file_part, letter.attachments)], letter)


def _multipart(subtype: str, parts: list[Message], letter: Letter) -> Message:
    message = Message(policy=POLICY)
    boundary = hashlib.sha256(f"{subtype} {letter.message_id}".encode()).hexdigest()[:24]
    message.add_header("Content-Type", f"multipart/{subtype}", boundary=f"=_{boundary}")
    for part in parts:
        message.attach(part)
    return message


def _text_part(letter: Letter, text: str, subtype: str) -> Message:
    part = Message(policy=POLICY)
    label = letter.charset_label or letter.charset
    part.add_header("Content-Type", f"text/{subtype}", charset=label)
    part["Content-Transfer-Encoding"] = letter.transfer
    part.set_payload(_transferred(text.encode(letter.charset), letter.transfer))
    return part


def _transferred(content: bytes, transfer: str) -> str:
    if transfer == "base64":
        return base64.encodebytes(content.replace(b"\n", b"\r\n")).decode("ascii")
    if transfer == "quoted-printable":
        return quopri.encodestring(content).decode("ascii")
    # raw 8-bit octets: surrogates that the generator writes out as they were
    return content.decode("ascii", "surrogateescape")


def _file_part(attached: Attached) -> Message:
    part = Message(policy=POLICY)
    name = encoded(attached.name, "utf-8", "utf-8")
    part["Content-Type"] = f'{attached.content_type}; name="{name}"'
    part["Content-Transfer-Encoding"] = "base64"
    filename = attached.name if attached.name.isascii() else ("utf-8", "", attached.name)
    part.add_header("Content-Disposition", "attachment", filename=filename)
    part.set_payload(base64.encodebytes(attached.content).decode("ascii"))
    return part
