import json

import pytest

from chat import frames
from chat.errors import BadFrame
from chat.frames import Earlier, Hello, Poll, Said, Speak


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ({"type": "hello"}, Hello("", "", 0, "")),
        (
            {"type": "hello", "token": "t", "conversation": "c", "last_seq": 7, "lang": "th"},
            Hello("t", "c", 7, "th"),
        ),
        ({"type": "message", "cid": "a", "text": "x\u202e<b>"}, Said("a", "x\u202e<b>")),
        ({"type": "language", "lang": "ja"}, Speak("ja")),
        ({"type": "earlier", "before": 201}, Earlier(201)),
    ],
)
def test_parse(sent: dict[str, object], meant: object) -> None:
    assert frames.parse(json.dumps(sent)) == meant


@pytest.mark.parametrize(
    "frame",
    [
        "", "{", "null", "7", "[]", '"hello"', "[" * 100_000, "{}", '{"type": []}',
        '{"type": "hello", "last_seq": -1}',
        '{"type": "hello", "last_seq": true}',
        '{"type": "hello", "last_seq": 2147483648}',
        '{"type": "hello", "last_seq": 1e99}',
        '{"type": "hello", "last_seq": "7"}',
        '{"type": "hello", "token": {}}',
        '{"type": "message", "cid": 1, "text": "x"}',
        '{"type": "message", "cid": "a", "text": "\\ud800"}',
        '{"type": "earlier", "before": "x"}',
    ],
)  # fmt: skip
def test_parse_refuses(frame: str) -> None:
    with pytest.raises(BadFrame):
        frames.parse(frame)


def test_a_poll_is_frames_and_what_was_seen() -> None:
    assert frames.parse_poll(b"{}") == Poll((), 0)
    assert frames.parse_poll(b'{"frames": [1], "last_seq": 3}') == Poll((1,), 3)


@pytest.mark.parametrize(
    "body",
    [
        b"", b"[]", b"\xff\xfe", b'{"frames": {}}', b'{"frames": "x"}', b'{"last_seq": -1}',
        json.dumps({"frames": [{}] * (frames.FRAMES_A_POST + 1)}).encode(),
    ],
)  # fmt: skip
def test_a_poll_that_is_none(body: bytes) -> None:
    with pytest.raises(BadFrame):
        frames.parse_poll(body)


@pytest.mark.parametrize("body", [b"", b"[]", b'{"token": 1}'])
def test_a_token_that_is_none(body: bytes) -> None:
    with pytest.raises(BadFrame):
        frames.parse_token(body)
