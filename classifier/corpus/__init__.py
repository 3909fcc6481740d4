"""The hand-written mails: what the model learns from, and the frozen set that it never sees."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from classifier.features import compose

_HERE = Path(__file__).resolve().parent
# name of the frozen set in evaluations; a changed set needs another name
FROZEN_NAME = "frozen-1"


@dataclass(frozen=True, slots=True)
class Sample:
    """A mail as the classifier reads it, with its label; mails of one base stay together."""

    text: str
    label: str
    language: str
    base: str
    weight: float = 1.0


def training_mails() -> list[Sample]:
    """The mails to train on."""
    return _read("training.jsonl")


def frozen_mails() -> list[Sample]:
    """The mails to measure on; never trained on."""
    return _read("frozen.jsonl")


def fingerprint() -> str:
    """SHA-256 over both sets, so that a model says what it was made from."""
    digest = hashlib.sha256()
    for name in ("training.jsonl", "frozen.jsonl"):
        digest.update((_HERE / name).read_bytes())
    return digest.hexdigest()


def _read(name: str) -> list[Sample]:
    with (_HERE / name).open(encoding="utf-8") as lines:
        return [_sample(json.loads(line)) for line in lines if line.strip()]


def _sample(row: dict[str, str]) -> Sample:
    return Sample(
        text=compose(row["subject"], row["body"]),
        label=row["label"],
        language=row["lang"],
        base=row["base"],
    )
