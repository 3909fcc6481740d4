"""Facts read by the rules, milliseconds a mail, beside the standard library's parse of that mail.

The mails are the demo's and the development mails of freight/gold; their files count as texts, as
in the step. Nothing is read twice: each text is new to the rules in each round, as mails are.
"""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from django.utils import timezone

from busybee.bench.parsing import parse_by_library
from busybee.demo.mails import build
from freight.fields import Source
from pipeline import gold, reading
from pipeline.fact_sources import read_facts

TARGET_MS = 30


@dataclass(frozen=True, slots=True)
class Figures:
    """Milliseconds a mail: median and 99th percentile over mails (each its median over rounds)."""

    mails: int
    p50: float
    p99: float
    worst: float
    baseline_p50: float

    @property
    def ratio(self) -> float:
        return self.p50 / self.baseline_p50


def left_out() -> str:
    """Why this part cannot run here, or ""."""
    return ""


def measure(*, rounds: int, each: int, say: Callable[[str], None]) -> Figures:
    """The figures of at most `each` mails."""
    raws = [mail.raw for mail in build(timezone.localtime())]
    raws += [gold.as_eml(row) for row in gold.read(gold.FOLDER / "dev.jsonl")]
    mails = [(raw, reading.understand(raw)) for raw in raws[:each]]
    ours = [_median(partial(_facts, mail), rounds) for _, mail in mails]
    library = [_median(partial(parse_by_library, raw), rounds) for raw, _ in mails]
    ordered = sorted(ours)
    return Figures(
        mails=len(mails),
        p50=statistics.median(ours),
        p99=ordered[int(len(ordered) * 0.99)],
        worst=ordered[-1],
        baseline_p50=statistics.median(library),
    )


def _facts(mail: reading.Understood) -> None:
    letter = [Source("body", mail.new_text), Source("subject", mail.mail.subject)]
    day = mail.mail.date.date() if mail.mail.date else timezone.localdate()
    read_facts(letter, mail.items, today=day, language=mail.language)


def _median(once: Callable[[], Any], rounds: int) -> float:
    took: Sequence[float] = [_milliseconds(once) for _ in range(max(1, rounds))]
    return statistics.median(took)


def _milliseconds(once: Callable[[], Any]) -> float:
    started = time.perf_counter()
    once()
    return (time.perf_counter() - started) * 1000


def as_json(figures: Figures) -> dict[str, Any]:
    """The figures as JSON knows them."""
    return {**asdict(figures), "ratio": figures.ratio}


def report(figures: Figures) -> str:
    """The figures as lines of text."""
    return (
        f"six facts read by rules, ms a mail over {figures.mails} mails\n"
        f"  median {figures.p50:.2f}, 99 % within {figures.p99:.2f}, worst {figures.worst:.2f}   "
        f"standard library's parse {figures.baseline_p50:.2f} (ratio {figures.ratio:.1f})\n"
        f"  target: under {TARGET_MS}"
    )
