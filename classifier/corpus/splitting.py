"""Which hand-written mails are trained on and which are only measured on. Pure."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from typing import Literal

from classifier.corpus.mails import Mail

Split = Literal["training", "frozen"]

# authors wrote hard pairs side by side (with and without a number, say): neighbours stay together
BLOCK = 4
FROZEN_SHARE = 0.2
# of the training mails: the encoder never sees them, so that it can be weighed on them
CALIBRATION_SHARE = 0.125
# deals that are compared; the one nearest to an equal share of every label is taken
DEALS = 300


def split_group(mails: Sequence[Mail]) -> dict[str, Split]:
    """The split of each base of one author group, whose mails are in the order of the file.

    A mail that says its split keeps it; the others are dealt in blocks of BLOCK neighbours. A group
    that is never changed is dealt the same for ever, whatever groups are added beside it.
    """
    said: dict[str, Split] = {mail.base: mail.split for mail in mails if mail.split}
    rest = [mail for mail in mails if not mail.split]
    blocks = [rest[start : start + BLOCK] for start in range(0, len(rest), BLOCK)]
    frozen = {mail.base for block in _held_out(blocks) for mail in block}
    dealt: dict[str, Split] = {
        mail.base: "frozen" if mail.base in frozen else "training" for mail in rest
    }
    return said | dealt


def is_for_calibration(mails: Sequence[Mail]) -> dict[str, bool]:
    """Whether each base of the training mails of one group is kept from the encoder, by blocks."""
    kept: dict[str, bool] = {}
    for start in range(0, len(mails), BLOCK):
        block = mails[start : start + BLOCK]
        digest = hashlib.sha256(f"calibration:{block[0].base}".encode()).digest()
        kept |= dict.fromkeys((m.base for m in block), digest[0] < 256 * CALIBRATION_SHARE)
    return kept


def _held_out(blocks: Sequence[Sequence[Mail]]) -> list[Sequence[Mail]]:
    """The blocks of the frozen set: of DEALS seeded choices the best stratified one."""
    many = round(FROZEN_SHARE * len(blocks))
    deals = [_deal(blocks, many, number) for number in range(DEALS)]
    whole = Counter(mail.label for block in blocks for mail in block)
    return min(deals, key=lambda deal: _unevenness(deal, whole))


def _deal(blocks: Sequence[Sequence[Mail]], many: int, number: int) -> list[Sequence[Mail]]:
    # by hash, not by random.sample: the same in every version of Python
    def place(block: Sequence[Mail]) -> str:
        return hashlib.sha256(f"{number}:{block[0].base}".encode()).hexdigest()

    return sorted(blocks, key=place)[:many]


def _unevenness(deal: Sequence[Sequence[Mail]], whole: Counter[str]) -> float:
    here = Counter(mail.label for block in deal for mail in block)
    return sum((here[label] - FROZEN_SHARE * count) ** 2 / count for label, count in whole.items())
