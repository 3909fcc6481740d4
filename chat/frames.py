"""What a page may send over the socket, as values. Pure."""

import json
from dataclasses import dataclass

from chat.errors import BadFrame

FRAME_LIMIT = 16 * 1024


@dataclass(frozen=True, slots=True)
class Hello:
    """The first frame: who it is (a token, or the cookie speaks) and what the page has seen.

    `conversation` is the public id of the request that the page was made for: the browser may hold
    the cookies of several.
    """

    token: str
    conversation: str
    last_seq: int
    lang: str


@dataclass(frozen=True, slots=True)
class Said:
    """A message of the customer under the page's own name for it."""

    cid: str
    text: str


@dataclass(frozen=True, slots=True)
class Speak:
    """The language to go on in."""

    lang: str


def parse(frame: str) -> Hello | Said | Speak:
    """The frame's meaning; raises BadFrame."""
    try:
        content = json.loads(frame)
    except (ValueError, RecursionError) as exc:
        raise BadFrame from exc
    if not isinstance(content, dict):
        raise BadFrame
    match content.get("type"):
        case "hello":
            return Hello(
                token=_text(content, "token"),
                conversation=_text(content, "conversation"),
                last_seq=_number(content),
                lang=_text(content, "lang"),
            )
        case "message":
            return Said(_text(content, "cid"), _text(content, "text"))
        case "language":
            return Speak(_text(content, "lang"))
    raise BadFrame


def _text(content: dict[str, object], name: str) -> str:
    value = content.get(name) or ""
    if not isinstance(value, str):
        raise BadFrame
    try:
        value.encode()  # a lone surrogate is JSON, but no text that a database takes
    except UnicodeEncodeError as exc:
        raise BadFrame from exc
    return value


def _number(content: dict[str, object]) -> int:
    value = content.get("last_seq", 0)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**31:
        raise BadFrame
    return value
