"""What a page may send, over the socket or by POST, as values. Pure."""

import json
from dataclasses import dataclass

from chat.errors import BadFrame

# bytes: 2,000 characters of any script, however they are escaped
FRAME_LIMIT = 16 * 1024
FRAMES_A_POST = 8


@dataclass(frozen=True, slots=True)
class Hello:
    """The first frame: who it is (a bearer or token, or the cookie speaks) and what it has seen.

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


@dataclass(frozen=True, slots=True)
class Earlier:
    """The page wants what was said before a number."""

    before: int


Frame = Hello | Said | Speak | Earlier


@dataclass(frozen=True, slots=True)
class Poll:
    """What a page without a socket sends: frames, not yet looked at, and what it has seen."""

    frames: tuple[object, ...]
    last_seq: int


def parse(frame: str) -> Frame:
    """The frame's meaning; raises BadFrame."""
    return meaning(_json(frame))


def parse_poll(body: bytes) -> Poll:
    """What a POST holds; raises BadFrame."""
    content = _json(body)
    frames = content.get("frames", []) if isinstance(content, dict) else None
    if not isinstance(content, dict) or not isinstance(frames, list) or len(frames) > FRAMES_A_POST:
        raise BadFrame
    return Poll(tuple(frames), _number(content, "last_seq"))


def parse_token(body: bytes) -> str:
    """The token that a POST holds; raises BadFrame."""
    content = _json(body)
    if not isinstance(content, dict):
        raise BadFrame
    return _text(content, "token")


def parse_start(body: bytes) -> str:
    """The language that a POST asks a conversation to be in, or ""; raises BadFrame."""
    content = _json(body)
    if not isinstance(content, dict):
        raise BadFrame
    return _text(content, "lang")


def _json(text: str | bytes) -> object:
    try:
        found: object = json.loads(text)
    except (ValueError, RecursionError) as exc:
        raise BadFrame from exc
    return found


def meaning(content: object) -> Frame:
    """The meaning of a frame that is no longer JSON; raises BadFrame."""
    if not isinstance(content, dict):
        raise BadFrame
    match content.get("type"):
        case "hello":
            return Hello(
                token=_text(content, "token"),
                conversation=_text(content, "conversation"),
                last_seq=_number(content, "last_seq"),
                lang=_text(content, "lang"),
            )
        case "message":
            return Said(_text(content, "cid"), _text(content, "text"))
        case "language":
            return Speak(_text(content, "lang"))
        case "earlier":
            return Earlier(_number(content, "before"))
    raise BadFrame


def _text(content: dict[str, object], name: str) -> str:
    value = content.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadFrame
    try:
        value.encode()  # a lone surrogate is JSON, but no text that a database takes
    except UnicodeEncodeError as exc:
        raise BadFrame from exc
    return value


def _number(content: dict[str, object], name: str) -> int:
    value = content.get(name, 0)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**31:
        raise BadFrame
    return value
