"""Header lines of a mail: encoded words, parameters, addresses. Nothing raises.

A header is handled here as `wire` text: its bytes one to one as Latin-1 characters. So structure
can be read before charsets are known, and raw 8-bit names still find their charset. Python's own
parser under policy.default takes 15 s for a 1 MB subject and recurses on nested comments.
"""

import binascii
import re
import unicodedata
from collections.abc import Iterator

from pipeline.charsets import clean, decode

# lower-case name -> values in their order
Wire = dict[str, list[str]]

_WORD = re.compile(r"=\?([^?\s*]{1,40})(?:\*[^?\s]{0,40})?\?([bBqQ])\?([^?]*|.*?)\?=", re.DOTALL)
_FOLD = re.compile(r"\r?\n[ \t]*|\r")
_SPACES = re.compile(r"\s+")
_NOT_BASE64 = bytes(
    b for b in range(256) if not (chr(b).isascii() and chr(b).isalnum()) and b not in b"+/"
)
_Q_HEX = re.compile(rb"=([0-9A-Fa-f]{2})")
_PERCENT = re.compile(rb"%([0-9A-Fa-f]{2})")
_PERCENT_UTF8 = re.compile(r"%[C-Fc-f][0-9A-Fa-f]%[89ABab]")
_PARAMETER = re.compile(r';\s*([^\s=;"]{1,80})\s*=\s*("(?:[^"\\]|\\.)*"?|[^;]*)', re.DOTALL)
_QUOTED_PAIR = re.compile(r"\\(.)", re.DOTALL)
_ADDRESS = re.compile(r"[^\s<>,;:\"()\[\]\\@]{1,64}@[^\s<>,;:\"()\[\]\\@]{1,189}")
# no control characters: a database refuses NUL, a header line would be cut by the others
MESSAGE_ID = re.compile(r"<[^<>\s\x00-\x1f\x7f-\x9f]{1,996}>")


def base64_bytes(data: bytes) -> bytes:
    """The bytes that a base64 text stands for, ignoring what is no base64 and a broken end."""
    data = data.translate(None, _NOT_BASE64)
    if len(data) % 4 == 1:
        data = data[:-1]
    return binascii.a2b_base64(data + b"=" * (-len(data) % 4))


def text_of(wire: str) -> str:
    """A header's value for a reader, on one line: encoded words and raw 8-bit bytes decoded."""
    if wire.isascii() and "=?" not in wire and wire.isprintable():
        return " ".join(wire.split())[:4096]
    plain = decode_words(_FOLD.sub(" ", wire))
    return compose(_SPACES.sub(" ", clean(plain)).strip())


def compose(text: str) -> str:
    """`text` in composed form; only for short texts, as long runs of marks take quadratic time."""
    return unicodedata.normalize("NFC", text[:4096])


def decode_words(wire: str) -> str:
    """`wire` with RFC 2047 words decoded; neighbours in one charset are joined before decoding.

    Korean and Japanese mailers cut a character in two and put the halves into two words.
    """
    out: list[str] = []
    pending, charset, end = b"", "", 0
    for word in _WORD.finditer(wire):
        between = wire[end : word.start()]
        adjacent = bool(charset) and not between.strip()
        if pending and not (adjacent and word[1].lower() == charset):
            out.append(decode(pending, charset))
            pending = b""
        if not adjacent:
            out.append(_raw(between))
        charset, end = word[1].lower(), word.end()
        pending += _word_bytes(word[2], word[3])
    if pending:
        out.append(decode(pending, charset))
    out.append(_raw(wire[end:]))
    return "".join(out)


def _word_bytes(encoding: str, body: str) -> bytes:
    data = body.encode("latin-1", errors="replace")
    if encoding in "bB":
        return base64_bytes(data)
    return _Q_HEX.sub(lambda m: binascii.unhexlify(m[1]), data.replace(b"_", b" "))


def _raw(wire: str) -> str:
    return wire if wire.isascii() else decode(wire.encode("latin-1", errors="replace"), None)


def parameters(wire: str) -> tuple[str, dict[str, str]]:
    """The lower-case main value of a header and its parameters, RFC 2231 pieces joined."""
    wire = _FOLD.sub(" ", wire)
    main, _, _ = wire.partition(";")
    plain: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[bool, str]]] = {}
    for match in _PARAMETER.finditer(wire):
        name, value = match[1].lower(), _unquote(match[2].strip())
        base, star, rest = name.partition("*")
        if not star:
            plain.setdefault(name, _percent_decoded(text_of(value)))
            continue
        number = rest.rstrip("*")
        index = int(number) if number.isascii() and number.isdigit() and len(number) < 4 else 0
        pieces.setdefault(base, {}).setdefault(index, (name.endswith("*"), value))
    # RFC 2231 wins over the plain form that is given for old readers
    plain |= {name: _joined(numbered) for name, numbered in pieces.items()}
    return main.strip().lower(), plain


def _percent_decoded(value: str) -> str:
    """`value`, or what it stands for where a webmail wrote UTF-8 as %EA%B2%AC without RFC 2231."""
    if not _PERCENT_UTF8.search(value) or not value.isascii():
        return value
    data = _PERCENT.sub(lambda m: binascii.unhexlify(m[1]), value.encode())
    try:
        return compose(clean(data.decode()))
    except UnicodeDecodeError:
        return value


def _unquote(value: str) -> str:
    if not value.startswith('"'):
        return value
    return _QUOTED_PAIR.sub(r"\1", value[1:].removesuffix('"'))


def _joined(pieces: dict[int, tuple[bool, str]]) -> str:
    charset, data, escaped = "", b"", b""
    for index in sorted(pieces):
        is_escaped, value = pieces[index]
        if is_escaped and not data and not escaped and value.count("'") >= 2:
            charset, _, value = value.split("'", 2)
        raw = value.encode("latin-1", errors="replace")
        if is_escaped:
            # joined before it is read: some cut between the two digits of a %EC
            escaped += raw
        else:
            data, escaped = data + _unescaped(escaped) + raw, b""
    data += _unescaped(escaped)
    if not charset and b"=?" in data:
        return text_of(data.decode("latin-1"))
    return compose(_SPACES.sub(" ", decode(data, charset)).strip())


def _unescaped(data: bytes) -> bytes:
    return _PERCENT.sub(lambda m: binascii.unhexlify(m[1]), data)


def addresses(wire: str) -> Iterator[tuple[str, str]]:
    """(name, address) of each mailbox in an address header; addresses in lower case.

    An address that is not plain (spaces, quotes, several @) comes back as "": nobody writes to it.
    """
    for wire_name, address in map(_mailbox, _split(_FOLD.sub(" ", wire))):
        name = _name(wire_name)
        if name or address:
            yield name, address


def plain_addresses(wire: str) -> Iterator[str]:
    """The plain addresses in an address header; to decode their names may cost much more."""
    return (address for _, address in map(_mailbox, _split(_FOLD.sub(" ", wire))) if address)


_SPECIAL = re.compile(r'[\\"()<>,;:]')


def _split(wire: str) -> Iterator[str]:
    """The pieces between commas (or group marks) outside quotes, comments and brackets."""
    start, quoted, depth, angle, escaped = 0, False, 0, False, -1
    for match in _SPECIAL.finditer(wire):
        at, char = match.start(), match[0]
        if at == escaped:
            continue
        if char == "\\":
            escaped = at + 1
        elif char == '"' and not depth:
            quoted = not quoted
        elif quoted:
            continue
        elif char == "(":
            depth += 1
        elif char == ")":
            depth = max(0, depth - 1)
        elif not depth and char in "<>":
            angle = char == "<"
        elif not depth and (char in ",;" or (char == ":" and not angle)):
            if char != ":":
                yield wire[start:at]
            start = at + 1
    yield wire[start:]


def _mailbox(piece: str) -> tuple[str, str]:
    """The name, as on the wire, and the address."""
    head, bracket, tail = piece.rpartition("<")
    if bracket:
        return head, _plain_address(tail.partition(">")[0])
    comment = re.search(r"\(([^()]*)\)", piece)
    bare = re.sub(r"\([^()]*\)", " ", piece) if comment else piece
    if address := _plain_address(bare):
        return (comment[1] if comment else ""), address
    return piece, ""


def _plain_address(wire: str) -> str:
    """`wire` in lower case if it is a plain address, else "".

    RFC 2047 5(3) forbids encoded words here: decoded, they would name a sender that no DMARC or SPF
    check ever saw.
    """
    if "=?" in wire or "@" not in wire:
        return ""
    try:
        # RFC 6532: other letters are UTF-8 here and never in another charset
        text = clean(wire.encode("latin-1").decode()).strip()
    except UnicodeError:
        return ""
    return text.lower() if _ADDRESS.fullmatch(text) and len(text) <= 254 else ""


def _name(wire: str) -> str:
    return text_of(_unquote(wire.strip())).strip("\"' ")
