"""The hand-written mails: what the model learns from, and the frozen set that it never sees."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from classifier.corpus.mails import Mail, group_files, read_group
from classifier.corpus.splitting import Split, split_group
from classifier.features import compose

# name of the frozen set in evaluations; a changed set needs another name
FROZEN_NAME = "frozen-2"
# of the recombination
SEED = 4
SPLITS: tuple[Split, ...] = ("training", "frozen")


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
    return samples(hand_written("training"))


def frozen_mails() -> list[Sample]:
    """The mails to measure on; never trained on."""
    return samples(hand_written("frozen"))


def hand_written(split: Split) -> list[Mail]:
    """The hand-written mails of one split, group by group."""
    return [mail for mail, dealt in _dealt() if dealt == split]


def samples(mails: Iterable[Mail]) -> list[Sample]:
    """`mails` as the classifier reads them."""
    return [
        Sample(compose(mail.subject, mail.body), mail.label, mail.language, mail.base)
        for mail in mails
    ]


def fingerprint() -> str:
    """SHA-256 over all hand-written mails, so that a model says what it was made from."""
    digest = hashlib.sha256()
    for path in group_files():
        digest.update(path.read_bytes())
    return digest.hexdigest()


@cache
def _dealt() -> tuple[tuple[Mail, Split], ...]:
    dealt: list[tuple[Mail, Split]] = []
    for path in group_files():
        mails = read_group(path)
        splits = split_group(mails)
        dealt += [(mail, splits[mail.base]) for mail in mails]
    return tuple(dealt)
