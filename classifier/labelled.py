"""Labelled mails to measure a model on: the frozen set, or a file of one's own."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from classifier import corpus
from classifier.corpus import Sample
from classifier.errors import BadMails
from classifier.features import compose

_FIELDS = ("lang", "label", "subject", "body")


@dataclass(frozen=True, slots=True)
class MailSet:
    """Mails with their labels, and the name that figures on them carry."""

    name: str
    samples: tuple[Sample, ...]

    def sha256(self) -> str:
        """A hash of texts, labels and languages in their order."""
        return samples_sha256(self.samples)


def frozen_set() -> MailSet:
    """The corpus's mails that no model is trained on."""
    return MailSet(corpus.FROZEN_NAME, tuple(corpus.frozen_mails()))


def read_set(path: Path, labels: Sequence[str]) -> MailSet:
    """The mails of a JSON Lines file: objects with id, lang, label, subject and body.

    Raises BadMails, with the number of the line, where one cannot be measured on.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as exc:
        raise BadMails(f"{path.name} cannot be read: {exc}") from exc
    samples = [
        _sample(line, f"{path.name} line {number}", labels)
        for number, line in enumerate(lines, 1)
        if line.strip()
    ]
    if not samples:
        raise BadMails(f"{path.name} has no mail")
    return MailSet(path.stem[:80], tuple(samples))


def samples_sha256(samples: Sequence[Sample]) -> str:
    """A hash of texts, labels and languages of `samples` in their order."""
    digest = hashlib.sha256()
    for sample in samples:
        row = (sample.language, sample.label, sample.text)
        digest.update(json.dumps(row).encode())
    return digest.hexdigest()


def _sample(line: str, where: str, labels: Sequence[str]) -> Sample:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as exc:
        raise BadMails(f"{where} is no JSON: {exc}") from exc
    if not isinstance(row, dict) or not all(isinstance(row.get(name), str) for name in _FIELDS):
        raise BadMails(f"{where} must be an object with {', '.join(_FIELDS)} as text")
    values: dict[str, Any] = row
    if values["label"] not in labels:
        raise BadMails(f"{where}: the model knows no label {values['label'][:40]!r}")
    text = compose(values["subject"], values["body"])
    return Sample(text, values["label"], values["lang"][:8], str(values.get("id", where)))
