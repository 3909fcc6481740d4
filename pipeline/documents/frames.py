"""How the sandbox's two ends talk: a JSON header and a blob, each with its length in front.

No pickle: what the child says is data to us even after a parser in it was taken over.
"""

import json
import struct
from typing import Any

LENGTHS = struct.Struct(">IQ")
MAX_HEADER = 8 * 1024 * 1024
MAX_BLOB = 128 * 1024 * 1024


class BadFrame(ValueError):
    """The other end does not keep to the protocol."""


def pack(header: dict[str, Any], blob: bytes) -> list[bytes]:
    """The pieces of a frame, to be written one after the other."""
    head = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")
    return [LENGTHS.pack(len(head), len(blob)) + head, blob]


def lengths(start: bytes) -> tuple[int, int]:
    """Sizes of header and blob, from a frame's first bytes; raises BadFrame on absurd ones."""
    head, blob = LENGTHS.unpack(start)
    if head > MAX_HEADER or blob > MAX_BLOB:
        raise BadFrame("frame too long")
    return head, blob


def header_of(data: bytes) -> dict[str, Any]:
    """The header in `data`; raises BadFrame where it is no JSON object."""
    try:
        header = json.loads(data)
    except (ValueError, RecursionError) as exc:
        raise BadFrame("header is no JSON") from exc
    if not isinstance(header, dict):
        raise BadFrame("header is no object")
    return header
