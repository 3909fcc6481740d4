"""A raw mail taken apart. Any bytes give a ParsedMail; what had to be cut is told in its warnings.

The walk over the parts is our own: the standard library's feed parser reads line by line, recurses
once a nesting and has no limits (a mail nested 1,000 deep ends it, 8 MB of headers cost it 4 GB).
"""

import binascii
import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from email.utils import parsedate_to_datetime
from itertools import chain, islice

from pipeline import uuencode
from pipeline.authentication import from_results
from pipeline.headers import (
    MESSAGE_ID,
    Wire,
    addresses,
    base64_bytes,
    parameters,
    plain_addresses,
    text_of,
)

MAX_HEADER_BLOCK = 256 * 1024
MAX_HEADER = 4 * 1024
MAX_HEADERS = 1000
MAX_PARTS = 300
MAX_DEPTH = 25
# lines that begin like a delimiter, in the whole mail
MAX_MARKS = 20_000
# the columns of the database
MAX_SUBJECT, MAX_NAME, MAX_FILENAME, MAX_TYPE, MAX_ID = 1000, 200, 300, 150, 998
MAX_RECIPIENTS, MAX_REFERENCES = 100, 100


@dataclass(frozen=True, slots=True)
class Part:
    """A leaf of the MIME tree; `path` is its IMAP part number."""

    path: str
    content_type: str
    charset: str
    filename: str
    disposition: str  # "inline", "attachment" or ""
    payload: bytes  # transfer-decoded
    inline: bool  # shown as part of the letter: its text, or a picture in it
    alternative: str = ""  # path of the enclosing multipart/alternative: one of its parts is enough
    flowed: str = ""  # RFC 3676: "", "flowed" or "delsp"


@dataclass(frozen=True, slots=True)
class ParsedMail:
    """What the headers say, and the parts. Addresses are lower case; ids keep their <brackets>."""

    subject: str
    from_name: str
    from_address: str
    reply_to: str
    to: tuple[str, ...]
    cc: tuple[str, ...]
    date: dt.datetime | None
    message_id: str
    in_reply_to: str
    references: tuple[str, ...]
    headers: Wire  # as they came: headers.text_of reads one
    machine: str  # "" or why this mail must never be answered
    # the verdicts of our own mail server: "pass", "fail" or "none"; auth is DMARC's
    spf: str
    dkim: str
    auth: str
    parts: tuple[Part, ...]
    warnings: tuple[str, ...]


@dataclass(slots=True)
class _Walk:
    """What the walk over the parts of `data` has found and used up so far.

    It goes by offsets: nested parts that share one big body would else copy it once a level.
    """

    data: bytes
    parts: list[Part] = field(default_factory=list)
    seen: int = 0
    marks: int = 0
    warnings: dict[str, None] = field(default_factory=dict)

    def warn(self, code: str) -> None:
        self.warnings[code] = None


def parse(raw: bytes, *, authserv_id: str = "") -> ParsedMail:
    """The mail in `raw`. Only Authentication-Results of the server `authserv_id` are believed."""
    walk = _Walk(_normal(raw))
    end = len(walk.data)
    wire, body = _open(0, end, walk)
    whole = not walk.warnings
    _walk(wire, body, end, "", 0, "", walk)
    _name_no_letter(walk.parts)
    name, address = _sender(wire, walk)
    proof = from_results(wire, authserv_id, whole=whole)
    return ParsedMail(
        subject=text_of(_first(wire, "subject"))[:MAX_SUBJECT],
        from_name=name[:MAX_NAME],
        from_address=address,
        reply_to=next(iter(_recipients(wire, "reply-to")), ""),
        to=_recipients(wire, "to"),
        cc=_recipients(wire, "cc"),
        date=_date(_first(wire, "date")),
        message_id=_message_id(_first(wire, "message-id")),
        in_reply_to=next(iter(_ids(wire, "in-reply-to")), ""),
        references=_ids(wire, "references"),
        headers=wire,
        machine=machine_reason(wire, address),
        spf=proof.spf,
        dkim=proof.dkim,
        auth=proof.dmarc,
        parts=tuple(walk.parts),
        warnings=tuple(walk.warnings),
    )


def _name_no_letter(parts: list[Part]) -> None:
    """Take the name off a letter that some programs give one, as if it were a file.

    That is text which comes first, or alone, and is not called an attachment.
    """
    allowed = {""} if len(parts) > 1 else {"", "inline"}
    if not parts or not parts[0].filename or parts[0].disposition not in allowed:
        return
    for at, part in enumerate(parts):
        same = at == 0 or (part.alternative and part.alternative == parts[0].alternative)
        if (
            same
            and part.disposition in allowed
            and part.content_type in {"text/plain", "text/html"}
        ):
            parts[at] = replace(part, filename="", inline=True)


def headers_of(raw: bytes) -> tuple[Wire, bool]:
    """The headers of the mail in `raw`, and whether they are all there: none was cut."""
    walk = _Walk(_normal(raw))
    wire, _ = _open(0, len(walk.data), walk)
    return wire, not walk.warnings


def _normal(raw: bytes) -> bytes:
    """`raw` without an mbox "From " line, a BOM or leading blank lines; lone CR ends a line too."""
    raw = raw.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    if b"\n" not in raw[:MAX_HEADER_BLOCK]:
        raw = raw.replace(b"\r", b"\n")
    if raw.startswith((b"From ", b">From ")):
        raw = raw.partition(b"\n")[2]
    return raw


_HEADER = re.compile(rb"([!-9;-~]{1,200})[ \t]*:")
_TAIL = re.compile(rb"(--)?[ \t]*(?=\r?\n|\Z)")


def _open(start: int, end: int, walk: _Walk) -> tuple[Wire, int]:
    """The headers of the entity from `start` to `end`, as lower-case name -> wire values in their
    order, and where its body begins.
    """
    data = walk.data
    if data.startswith((b"\n", b"\r\n"), start, end):
        return {}, data.find(b"\n", start) + 1
    stop, body = _blank_line(data, start, end)
    if stop - start > MAX_HEADER_BLOCK:
        walk.warn("headers-cut")
    wire, cut = _headers(data[start : min(stop, start + MAX_HEADER_BLOCK)], walk)
    # a line that is no header ends the headers, as if the blank line had been forgotten
    return wire, body if cut is None else start + cut


def _blank_line(data: bytes, start: int, end: int) -> tuple[int, int]:
    """Where the first empty line begins and ends; both `end` where there is none."""
    crlf = data.find(b"\n\r\n", start, end)
    lf = data.find(b"\n\n", start, end if crlf < 0 else crlf + 1)
    if lf >= 0:
        return lf, lf + 2
    return (crlf, crlf + 3) if crlf >= 0 else (end, end)


def _headers(block: bytes, walk: _Walk) -> tuple[Wire, int | None]:
    wire: Wire = {}
    current: list[bytes] = []
    at = count = 0
    for line in block.splitlines(keepends=True) if b"\n" in block else [block]:
        if line[:1] in (b" ", b"\t") and current:
            current.append(line)
        elif match := _HEADER.match(line):
            _keep(wire, current, walk)
            current, count = [match[1], line[match.end() :]], count + 1
            if count > MAX_HEADERS:
                walk.warn("headers-cut")
                return wire, None
        elif line.strip():
            _keep(wire, current, walk)
            return wire, at
        at += len(line)
    _keep(wire, current, walk)
    return wire, None


def _keep(wire: Wire, lines: list[bytes], walk: _Walk) -> None:
    if not lines:
        return
    name, value = lines[0].decode("latin-1").lower(), b"".join(lines[1:]).strip()
    if len(value) > MAX_HEADER:
        walk.warn("header-cut")
        # the newest references stand last
        value = value[-MAX_HEADER:] if name == "references" else value[:MAX_HEADER]
    wire.setdefault(name, []).append(value.decode("latin-1"))


def _first(wire: Wire, name: str) -> str:
    return next(iter(wire.get(name, ())), "")


def _walk(
    wire: Wire, start: int, end: int, path: str, depth: int, alternative: str, walk: _Walk
) -> None:
    walk.seen += 1
    kind, params = parameters(_first(wire, "content-type"))
    boundary = params.get("boundary", "").encode("utf-8", errors="replace")
    if not (kind.startswith("multipart/") and boundary):
        body = walk.data[start:end]
        part = _leaf(wire, body, path or "1", kind, params, alternative, walk)
        walk.parts.extend(_with_files(part) if part.content_type == "text/plain" else (part,))
        return
    if depth >= MAX_DEPTH:
        walk.warn("too-deep")
        return
    if kind == "multipart/alternative":
        alternative = path or "0"
    default = "message/rfc822" if kind == "multipart/digest" else ""
    found = False
    for number, (first, last) in enumerate(_entities(start, end, boundary, walk), start=1):
        if walk.seen >= MAX_PARTS:
            walk.warn("too-many-parts")
            return
        found = True
        inner, body_start = _open(first, last, walk)
        if default and "content-type" not in inner:
            inner["content-type"] = [default]
        below = f"{path}.{number}" if path else str(number)
        _walk(inner, body_start, last, below, depth + 1, alternative, walk)
    if not found:
        walk.warn("boundary-missing")
        body = walk.data[start:end]
        walk.parts.append(_leaf({}, body, path or "1", "text/plain", {}, "", walk))


def _entities(start: int, end: int, boundary: bytes, walk: _Walk) -> Iterator[tuple[int, int]]:
    """Where what stands between the lines of --boundary begins and ends, up to the closing one."""
    first: int | None = None
    for begin, after, closing in _delimiters(start, end, b"--" + boundary, walk):
        if first is not None:
            yield _entity(first, begin, walk)
        if closing:
            return
        first = after
    if first is not None:
        yield _entity(first, end, walk)


def _delimiters(start: int, end: int, mark: bytes, walk: _Walk) -> Iterator[tuple[int, int, bool]]:
    """Start, end and whether it is the closing one, of each line made of `mark` alone."""
    for at in _marks(start, end, mark, walk.data):
        walk.marks += 1
        if walk.marks > MAX_MARKS:
            walk.warn("too-many-parts")
            return
        if tail := _TAIL.match(walk.data, at + len(mark), end):
            begin = at - 2 if walk.data.endswith(b"\r\n", start, at) else at - 1
            yield max(start, begin), tail.end(), bool(tail[1])


def _marks(start: int, end: int, mark: bytes, data: bytes) -> Iterator[int]:
    """Where a line begins with `mark`.

    bytes.find, not a regular expression: 40 MB of base64 pass in milliseconds.
    """
    if data.startswith(mark, start, end):
        yield start
    at = start
    while at := data.find(b"\n" + mark, at, end) + 1:
        yield at


def _entity(start: int, end: int, walk: _Walk) -> tuple[int, int]:
    if walk.data.startswith((b"\n", b"\r\n"), start, end):
        start = walk.data.find(b"\n", start) + 1
    return start, max(start, end)


def _leaf(
    wire: Wire,
    body: bytes,
    path: str,
    kind: str,
    params: dict[str, str],
    alternative: str,
    walk: _Walk,
) -> Part:
    disposition, more = parameters(_first(wire, "content-disposition"))
    filename = more.get("filename") or params.get("name", "")
    kind = kind if re.fullmatch(r"[\w.+-]+/[\w.+-]+", kind, re.ASCII) else "text/plain"
    if kind.startswith("multipart/"):
        kind = "text/plain"
    attached = disposition == "attachment" or kind == "message/rfc822"
    text = kind in {"text/plain", "text/html"} and not filename
    picture = kind.startswith("image/") and bool(_first(wire, "content-id"))
    flowed = "delsp" if params.get("delsp", "").lower() == "yes" else "flowed"
    return Part(
        path=path,
        content_type=kind[:MAX_TYPE],
        charset=params.get("charset", "")[:60],
        filename=filename[-MAX_FILENAME:],
        disposition="attachment" if attached else "inline" if disposition else "",
        payload=_transfer_decoded(body, _first(wire, "content-transfer-encoding"), walk),
        inline=not attached and (text or picture or (disposition == "inline" and not filename)),
        alternative=alternative,
        flowed=flowed if params.get("format", "").lower() == "flowed" else "",
    )


def _with_files(part: Part) -> list[Part]:
    """`part` and the uuencoded files that stood in its text, numbered as if they were below it."""
    text, files = uuencode.taken_out(part.payload)
    if not files:
        return [part]
    return [
        replace(part, payload=text),
        *(
            Part(
                path=f"{part.path}.{number}",
                content_type="application/octet-stream",
                charset="",
                filename=text_of(file.name.decode("latin-1"))[-MAX_FILENAME:],
                disposition="attachment",
                payload=file.data,
                inline=False,
            )
            for number, file in enumerate(files, start=1)
        ),
    ]


def _transfer_decoded(body: bytes, wire: str, walk: _Walk) -> bytes:
    encoding = parameters(wire)[0]
    if encoding == "base64":
        return base64_bytes(body)
    if encoding == "quoted-printable":
        return binascii.a2b_qp(body)
    if encoding in {"x-uuencode", "uuencode", "uue", "x-uue"}:
        return _uudecoded(body)
    if encoding not in {"", "7bit", "8bit", "binary"}:
        walk.warn("unknown-transfer-encoding")
    return body


def _uudecoded(body: bytes) -> bytes:
    """The first file in `body`, as a whole part in this encoding holds one."""
    _, begin, rest = body.partition(b"begin ")
    lines = rest.partition(b"\n")[2] if begin else body
    return uuencode.decoded(re.split(rb"^end\b", lines, maxsplit=1, flags=re.MULTILINE)[0])


def _sender(wire: Wire, walk: _Walk) -> tuple[str, str]:
    found = list(islice(chain.from_iterable(map(addresses, wire.get("from", ()))), 2))
    if len(found) > 1:
        walk.warn("several-senders")
    if not found or not found[0][1]:
        walk.warn("no-sender")
    return found[0] if found else ("", "")


def _recipients(wire: Wire, name: str) -> tuple[str, ...]:
    found = chain.from_iterable(map(plain_addresses, wire.get(name, ())))
    return tuple(dict.fromkeys(found))[:MAX_RECIPIENTS]


def _ids(wire: Wire, name: str) -> tuple[str, ...]:
    found = [
        each for value in wire.get(name, ()) for each in MESSAGE_ID.findall(value) if each.isascii()
    ]
    return tuple(dict.fromkeys(found))[-MAX_REFERENCES:]


def _message_id(wire: str) -> str:
    found = MESSAGE_ID.search(wire)
    return (found[0] if found and found[0].isascii() else text_of(wire))[:MAX_ID]


def _date(wire: str) -> dt.datetime | None:
    """The Date header; a zone that is not given counts as UTC."""
    try:
        date = parsedate_to_datetime(text_of(wire)[:100])
        if date.tzinfo is None:
            date = date.replace(tzinfo=dt.UTC)
        date.astimezone(dt.UTC)  # a year-1 date with an offset has no UTC
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return date


_ROBOTS = re.compile(
    r"(mailer[-_.]?daemon|postmaster|(no|do[-_.]?not|donot|never)[-_.]?reply|bounces?|"
    r"auto[-_.]?(reply|responder|matic)|daemon|root)([-_.+=].*)?@.*|.*[-_.+](no|do[-_.]?not)[-_.]?reply@.*"
)
_AWAY = re.compile(
    r"\W*((automatic|automated|auto)[- ]?(reply|response|answer)\b|autoreply\b|"
    r"out[- ]of[- ](the[- ])?office\b|ooo:|"
    r"(i am |i'm )?on (annual |sick )?(leave|vacation)\W*(re:|$)|"
    r"vacation (reply|response|notice)|undeliver(able|ed)\b|returned mail:|"
    r"delivery (status notification|failure|has failed)|mail delivery (failed|failure|system)|"
    r"자동 ?(회신|응답|답장|발신|발송)|"
    r"부재 ?중?\W*(자동|응답|회신|답장|알림|메시지|메일|안내|입니다|re:|$)|"
    r"휴가 ?중?\W*(자동|응답|회신|답장|알림|입니다|re:|$)|"
    r"(메일 ?)?(발송|전송|배달) ?실패|반송(된)? ?메일|"
    r"自動(応答|返信|配信)|不在(の(お知らせ|連絡)|通知|連絡)|不在\W*(re:|$)|休暇中\W*(re:|$)|"
    r"(メール)?配信(エラー|不能)|"
    r"(ข้อความ)?(ตอบ|การตอบ)(กลับ|รับ)(โดย)?อัตโนมัติ|แจ้งลาพักร้อน|"
    r"ไม่อยู่(ที่|ใน)?(สำนักงาน|ออฟฟิศ))",
    re.IGNORECASE,
)
# any of them, whatever it says
_AUTO_HEADERS = frozenset(
    "x-autoreply x-autorespond x-autoresponder x-auto-reply x-autoreply-from x-mail-autoreply "
    "x-fc-machinegenerated x-failed-recipients x-loop x-busybee".split()
)
_LIST_HEADERS = frozenset(
    "list-id list-unsubscribe list-post list-help list-owner list-archive list-subscribe".split()
)


def machine_reason(wire: Wire, sender: str) -> str:
    """Why a mail with these headers must never be answered (RFC 3834), or "".

    It is filed and read like any other: also people write through lists. Feedback-ID does not
    count, as a relay adds it to everything that passes it, letters included.
    """

    def value(name: str) -> str:
        return _first(wire, name).strip().lower()

    suppressed = set(re.split(r"[\s,;]+", value("x-auto-response-suppress")))
    kind = parameters(_first(wire, "content-type"))[0]
    rules = (
        (parameters(value("auto-submitted"))[0] not in {"", "no"}, "auto-submitted"),
        (
            value("precedence") in {"bulk", "junk", "list", "auto_reply", "auto-reply"},
            "precedence",
        ),
        (not _LIST_HEADERS.isdisjoint(wire), "list"),
        (any(each.strip() == "<>" for each in wire.get("return-path", ())), "empty-return-path"),
        (kind in {"multipart/report", "message/delivery-status"}, "report"),
        (not suppressed.isdisjoint({"all", "autoreply", "oof"}), "auto-response-suppress"),
        (not _AUTO_HEADERS.isdisjoint(wire), "auto-reply"),
        ("autoresponder" in value("x-post-messageclass"), "auto-reply"),
        (bool(_ROBOTS.fullmatch(sender)), "sender"),
        (bool(_AWAY.match(text_of(_first(wire, "subject")))), "subject"),
    )
    return next((reason for applies, reason in rules if applies), "")
