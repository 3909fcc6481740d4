"""The hand-written mails: what the model learns from, and the frozen set that it never sees."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from classifier.corpus.mails import Mail, group_files, read_group
from classifier.corpus.splitting import Split, is_for_calibration, split_group
from classifier.features import compose

# name of the frozen set in evaluations; a changed set needs another name
FROZEN_NAME = "frozen-3"
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
    return [mail for group in _groups() for mail, dealt in group if dealt == split]


def calibration_bases() -> frozenset[str]:
    """The bases of training mails that no shipped encoder was tuned on: its weight is found there.

    Heads are fitted to them as to the others.
    """
    groups = [[m for m, dealt in group if dealt == "training"] for group in _groups()]
    return frozenset(
        base for group in groups for base, kept in is_for_calibration(group).items() if kept
    )


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
def _groups() -> tuple[tuple[tuple[Mail, Split], ...], ...]:
    """The mails of each group with their splits."""
    groups = []
    for path in group_files():
        mails = read_group(path)
        splits = split_group(mails)
        groups.append(tuple((mail, splits[mail.base]) for mail in mails))
    return tuple(groups)
