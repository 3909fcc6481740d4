"""Mails understood in a second, beside the standard library's parser on the same mails.

The baseline parses with email.policy.default, decodes every part and makes text of HTML with
inscriptis; headers, which we decode too, it leaves alone. compat32, the library's older policy, is
measured as well.
"""

import email
import email.policy
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from email.message import EmailMessage, Message
from typing import Any

from django.utils import timezone

from busybee.demo.mails import build
from pipeline import reading


@dataclass(frozen=True, slots=True)
class Parsing:
    """Milliseconds a mail, medians over the rounds. `ratio` is ours to the baseline's."""

    mails: int
    ours: float
    baseline: float
    compat32: float

    @property
    def ratio(self) -> float:
        return self.ours / self.baseline


def left_out() -> str:
    """Why this part cannot run here, or ""."""
    return ""


def measure(*, rounds: int, each: int, say: Callable[[str], None]) -> dict[str, Parsing]:
    """The figures, `each` mails a round: for the demo's mails without files ("small"), and for
    those with files, whose documents only we read.
    """
    raws = [mail.raw for mail in build(timezone.localtime())]
    filed = [bool(reading.understand(raw).items) for raw in raws]  # starts the child, too
    small = [raw for raw, has_files in zip(raws, filed, strict=True) if not has_files]
    others = [raw for raw, has_files in zip(raws, filed, strict=True) if has_files]
    return {
        "small": _compare(small, rounds, max(1, each // len(small))),
        "with files": _compare(others, rounds, max(1, each // 10 // len(others))),
    }


def _compare(raws: Sequence[bytes], rounds: int, repeat: int) -> Parsing:
    each = (reading.understand, parse_by_library, _compat32)
    took: list[list[float]] = [[] for _ in each]
    for _ in range(rounds):  # interleaved: a slow minute of the machine hits all
        for figures, read in zip(took, each, strict=True):
            figures.append(_milliseconds(read, raws, repeat))
    return Parsing(len(raws), *(statistics.median(figures) for figures in took))


def _milliseconds(read: Callable[[bytes], Any], raws: Sequence[bytes], repeat: int) -> float:
    started = time.perf_counter()
    for _ in range(repeat):
        for raw in raws:
            read(raw)
    return (time.perf_counter() - started) * 1000 / (repeat * len(raws))


def parse_by_library(raw: bytes) -> None:
    """Parse `raw` and make text of each part, as the baseline does."""
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    for part in mail.walk():
        if not part.is_multipart():
            assert isinstance(part, EmailMessage)
            _as_text(part, _content(part))


def _content(part: EmailMessage) -> Any:
    try:
        return part.get_content()
    except LookupError:  # a charset that Python does not know
        return bytes(part.get_payload(decode=True)).decode(errors="replace")


def _compat32(raw: bytes) -> None:
    mail = email.message_from_bytes(raw, policy=email.policy.compat32)
    for part in mail.walk():
        if not part.is_multipart():
            data = part.get_payload(decode=True)
            assert isinstance(data, bytes)
            text = part.get_content_maintype() == "text"
            _as_text(part, _decoded(data, part.get_content_charset()) if text else data)


def _decoded(data: bytes, charset: str | None) -> str:
    try:
        return data.decode(charset or "utf-8", errors="replace")
    except LookupError:
        return data.decode(errors="replace")


def _as_text(part: Message, content: Any) -> None:
    from inscriptis import get_text

    if part.get_content_type() == "text/html" and isinstance(content, str):
        get_text(content)


def as_json(figures: dict[str, Parsing]) -> dict[str, Any]:
    """The figures as JSON knows them."""
    return {name: {**asdict(each), "ratio": each.ratio} for name, each in figures.items()}


def report(figures: dict[str, Parsing]) -> str:
    """The figures as lines of text."""
    lines = ["mails understood (parsed, unpacked, read) in the sandbox's child, ms a mail, medians"]
    for name, each in figures.items():
        lines.append(
            f"  {each.mails:3} mails, {name:10} {each.ours:7.2f}   "
            f"standard library {each.baseline:6.2f} (ratio {each.ratio:.2f}), "
            f"its compat32 policy {each.compat32:6.2f}"
        )
    return "\n".join([*lines, "  target: at most 2 times the standard library on small mails"])
