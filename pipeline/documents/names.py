"""Names of archive members: their charset, how they are shown, and which ones are refused.

They are for people to read and never become a path of the file system.
"""

import re
import unicodedata
from collections.abc import Iterable

from pipeline.charsets import clean

MAX_NAME = 300
NAMELESS = "?"  # "" would stand for the archive itself
SAMPLE = 8192

_DRIVE = re.compile(r"[A-Za-z]:")
# our customers' letters take three bytes and more in utf-8, one or two in their old charsets
_THREE_BYTES = re.compile(rb"[\xe0-\xf4][\x80-\xbf][\x80-\xbf]")


def _is_common_hangul(char: str) -> bool:
    return "\uac00" <= char <= "\ud7a3" and len(char.encode("euc_kr", errors="ignore")) == 2


# Which of the trade's charsets a name is in: the one that makes the most common letters of it.
# Hangul counts within KS X 1001 only; any pair of bytes is some rare syllable in cp949.
_LEGACY = (
    ("cp949", _is_common_hangul),
    ("cp932", lambda char: "\u3041" <= char <= "\u30ff" or "\u4e00" <= char <= "\u9fff"),
    ("cp874", lambda char: "\u0e01" <= char <= "\u0e5b"),
)


def utf8(raw: bytes) -> str | None:
    """`raw` as utf-8, None where it is none."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return None


def is_surely_utf8(raw: bytes) -> bool:
    """Whether `raw` is utf-8 that no old charset of the trade gives by chance."""
    return utf8(raw) is not None and (raw.isascii() or _THREE_BYTES.search(raw) is not None)


def legacy_codec(raw_names: Iterable[bytes]) -> str:
    """The charset in which the names read best; cp437 where none of the trade's fits."""
    best, codec = 0.0, "cp437"
    sample = _sample(raw_names)
    for name, is_common in _LEGACY:
        try:
            letters = [char for char in sample.decode(name) if not char.isascii()]
        except UnicodeDecodeError:
            continue
        share = sum(map(is_common, letters)) / max(1, len(letters))
        if share > best:
            best, codec = share, name
    return codec


def _sample(raw_names: Iterable[bytes]) -> bytes:
    """Whole names up to some kilobytes: one cut within a letter would rule out its charset."""
    taken: list[bytes] = []
    size = 0
    for raw in raw_names:
        size += len(raw)
        if taken and size > SAMPLE:
            break
        taken.append(raw)
    return b"/".join(taken)


def decode_legacy(raw: bytes, codec: str) -> str:
    """`raw` in `codec`, or in its own best charset where it is not in that one."""
    try:
        return raw.decode(codec)
    except UnicodeDecodeError:
        return raw.decode(legacy_codec([raw]), errors="replace")


def refusal(name: str) -> str:
    """Why a member of this name is not taken: "bad-name", "traversal", or "" where it is."""
    if not safe_name(name) or "\0" in name:
        return "bad-name"
    return "traversal" if _climbs(name) or _climbs(clean(name)) else ""


def _climbs(name: str) -> bool:
    parts = [part.strip() for part in name.replace("\\", "/").split("/")]
    return ".." in parts or parts[0] == "" or _DRIVE.match(name) is not None


def safe_name(name: str) -> str:
    """A member's name for people to read: no invisible characters, forward slashes, bounded."""
    text = unicodedata.normalize("NFC", clean(name[:2000]).replace("\n", " ").replace("\\", "/"))
    return text[-MAX_NAME:].strip()


def shown(name: str) -> str:
    """`safe_name`, or a stand-in where nothing of it can be seen."""
    return safe_name(name) or NAMELESS
