"""Where the hostile mails are told of: a name, how it is made, and what must be said of it.

Everything is made on the fly and comes out the same each time. Each size has two values: the full
one for `make soak`, and a small one of the same shape for the suite.
"""

import base64
import random
from collections.abc import Callable
from dataclasses import dataclass, field

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Bait:
    """What a case is made with: its size, an address nobody may call, a file nobody may read."""

    full: bool = False
    url: str = "http://127.0.0.1:9/"
    secret: str = "/etc/hostname"
    chance: random.Random = field(default_factory=lambda: random.Random(7))

    def of(self, full: int, small: int) -> int:
        return full if self.full else small


Build = Callable[[Bait], bytes]


@dataclass(frozen=True, slots=True)
class Case:
    """A hostile mail; of its reasons, warnings and notes one must be in `told`, if there are any.

    `file` makes the attachment alone, where the mail is only its envelope.
    """

    name: str
    build: Build
    told: frozenset[str]
    file: Build | None = None


CASES: dict[str, Case] = {}


def mail(name: str, *told: str) -> Callable[[Build], Build]:
    """Registers a function that makes a whole raw mail."""

    def register(build: Build) -> Build:
        assert name not in CASES, name
        CASES[name] = Case(name, build, frozenset(told))
        return build

    return register


def attached(name: str, filename: str, *told: str) -> Callable[[Build], Build]:
    """Registers a function that makes a file; the mail around it is ordinary."""

    def register(build: Build) -> Build:
        assert name not in CASES, name
        CASES[name] = Case(
            name, lambda bait: envelope(filename, build(bait)), frozenset(told), build
        )
        return build

    return register


HEAD = (
    b"From: Kim <kim@trade.example>\r\nTo: quote@busybee.example\r\nSubject: quote please\r\n"
    b"Date: Tue, 03 Nov 2026 10:00:00 +0900\r\nMIME-Version: 1.0\r\n"
)


def envelope(
    filename: str, data: bytes, *, content_type: str = "application/octet-stream"
) -> bytes:
    """A mail with the letter "20ft Busan to Hamburg" and one file."""
    return (
        HEAD + b'Content-Type: multipart/mixed; boundary="outer"\r\n\r\n'
        b"--outer\r\nContent-Type: text/plain\r\n\r\n20ft Busan to Hamburg\r\n"
        b"--outer\r\nContent-Type: %b\r\nContent-Transfer-Encoding: base64\r\n"
        b'Content-Disposition: attachment; filename="%b"\r\n\r\n%b\r\n--outer--\r\n'
        % (content_type.encode(), filename.encode(), base64.encodebytes(data))
    )


def letter(body: bytes, content_type: str = "text/plain; charset=utf-8") -> bytes:
    """A mail of one part with `body` as it is."""
    return HEAD + b"Content-Type: %b\r\n\r\n%b" % (content_type.encode(), body)
