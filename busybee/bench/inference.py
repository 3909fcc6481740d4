"""Mails classified a second of one core, ours beside the plain way. A light version of
`manage.py benchmark_inference`, which measures memory and cold start as well.
"""

from collections.abc import Callable
from typing import Any

from classifier import benchmarking, speed_table
from classifier.inference import release_classifier

MAILS = 32


def left_out() -> str:
    """Why this part cannot run here, or ""."""
    return ""


def measure(*, rounds: int, each: int, say: Callable[[str], None]) -> dict[str, Any]:
    """The figures of speed, on at most MAILS mails a round."""
    settings = benchmarking.BenchSettings(mails=min(MAILS, each), rounds=rounds)
    return benchmarking.speed(release_classifier(), settings, say)


def as_json(figures: dict[str, Any]) -> dict[str, Any]:
    """The figures as JSON knows them."""
    return figures


def report(figures: dict[str, Any]) -> str:
    """The figures as lines of text."""
    return "\n".join(speed_table.speed_lines(figures))
