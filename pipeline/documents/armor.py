"""Keys, signatures and cipher text in letters ("-----BEGIN PGP ..."): found, and taken out.

What stands in them is base64: read as words it states weights and dates that nobody has written.
"""

import re
from dataclasses import dataclass

# of a line, this much is looked at; a block has at most so many lines
LINE, MAX_LINES = 400, 2000
_MARK = re.compile(r"^[ \t>]{0,20}-----(BEGIN|END) ([A-Z0-9 ]{2,40})-----[ \t\r]*$")
_SIGNED = "PGP SIGNED MESSAGE"
_HEADER = re.compile(r"[ \t>]{0,20}(Hash|Charset|NotDashEscaped): ")
_DATA = re.compile(r"[A-Za-z0-9+/=]{1,100}|[A-Z][A-Za-z-]{2,30}: .{0,200}|")
# surely no word: long, with a digit early on; the last line and the checksum
_CIPHER = re.compile(
    r"(?=\S{0,40}\d)[A-Za-z0-9+/=]{40,100}|[A-Za-z0-9+/]{0,100}={1,2}|=[A-Za-z0-9+/]{4}|"
    r"[A-Z][A-Za-z-]{2,30}: .{0,200}"
)


@dataclass(frozen=True, slots=True)
class Rest:
    """A text without its blocks, and what these called themselves ("PGP SIGNATURE")."""

    text: str
    labels: tuple[str, ...] = ()


def without_blocks(text: str) -> Rest:
    """`text` without blocks; of a letter signed in clear the words stay, as they were before."""
    if "-----BEGIN " not in text:
        return Rest(text)
    lines, kept, labels = text.split("\n"), list[str](), list[str]()
    at, signed = 0, False
    while at < len(lines):
        mark = _MARK.match(lines[at][:LINE])
        if mark is None:
            kept.append(lines[at][2:] if signed and lines[at].startswith("- ") else lines[at])
        at += 1
        if mark and mark[1] == "BEGIN":
            labels.append(mark[2].strip())
            signed = labels[-1] == _SIGNED
            at = _after_headers(lines, at) if signed else _after_block(lines, at, labels[-1])
    return Rest("\n".join(kept), tuple(labels))


def _after_headers(lines: list[str], at: int) -> int:
    while at < len(lines) and _HEADER.match(lines[at]):
        at += 1
    return at


def _after_block(lines: list[str], at: int, label: str) -> int:
    """The line after the block called `label` that begins above `at`.

    Where its end is missing, it ends with its long lines: a word alone may be a port.
    """
    cut, end = None, min(len(lines), at + MAX_LINES)
    for number in range(at, end):
        line = lines[number].strip(" \t>\r")
        if line == f"-----END {label}-----":
            return number + 1
        if cut is None and line and not _CIPHER.fullmatch(line):
            cut = number
        if not _DATA.fullmatch(line):
            break
    else:
        number = end
    return number if cut is None else cut


def kind(text: str) -> str:
    """ "encrypted", "key" or "signature" where a text is nothing but blocks of this, else ""."""
    rest = without_blocks(text)
    if not rest.labels or rest.text.strip():
        return ""
    if "PGP MESSAGE" in rest.labels:
        return "encrypted"
    return "signature" if set(rest.labels) == {"PGP SIGNATURE"} else "key"
