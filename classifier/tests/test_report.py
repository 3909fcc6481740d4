"""Figures, intervals and comparisons on answers made by hand, whose results are known."""

import numpy as np
import pytest

from classifier.corpus import Sample
from classifier.intervals import f1_estimates, paired, share
from classifier.labels import LABELS
from classifier.report import Answers, compare, report


def mails(*pairs: tuple[str, str]) -> list[Sample]:
    return [
        Sample(f"mail {number}", label, language, f"{number}")
        for number, (language, label) in enumerate(pairs)
    ]


def answers(name: str, *given: str, sure: float = 0.7) -> Answers:
    """Each likeliest label as sure as `sure`, the others sharing the rest."""
    rows = np.full((len(given), len(LABELS)), (1 - sure) / 3, np.float32)
    for row, label in enumerate(given):
        rows[row, LABELS.index(label)] = sure
    return Answers(name, LABELS, rows)


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    # Wilson's intervals as any table has them
    [(8, 10, 0.4902, 0.9433), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (0, 0, 0.0, 1.0)],
)
def test_share_has_wilsons_interval(hits: int, of: int, low: float, high: float) -> None:
    found = share(hits, of)
    assert found.low == pytest.approx(low, abs=1e-4)
    assert found.high == pytest.approx(high, abs=1e-4)


def rights(only_one: int, only_other: int, both: int) -> tuple[np.ndarray, np.ndarray]:
    one = np.array([True] * only_one + [False] * only_other + [True] * both)
    other = np.array([False] * only_one + [True] * only_other + [True] * both)
    return one, other


def test_paired_difference() -> None:
    found = paired(*rights(10, 2, 88))
    assert (found.mails, found.only_one, found.only_other) == (100, 10, 2)
    assert found.value == pytest.approx(0.08)
    # by hand: 11/102 - 3/102 -+ 1.96 * sqrt((14/102 - (8/102)^2) / 102)
    assert found.low == pytest.approx(0.0082, abs=1e-4)
    assert found.high == pytest.approx(0.1487, abs=1e-4)
    assert found.chance == pytest.approx(2 * (1 + 12 + 66) / 4096)
    assert found.better
    assert not found.worse


def test_paired_difference_of_the_other_way_round_is_worse() -> None:
    found = paired(*rights(2, 10, 88))
    assert found.worse
    assert found.value == pytest.approx(-0.08)


def test_paired_difference_of_equals_has_a_width() -> None:
    found = paired(*rights(0, 0, 20))
    assert (found.value, found.chance) == (0.0, 1.0)
    assert found.low < 0 < found.high


def test_paired_difference_of_other_mails_is_refused() -> None:
    with pytest.raises(ValueError, match="3 answers beside 2"):
        paired(np.ones(3, bool), np.ones(2, bool))


def test_f1_by_hand() -> None:
    each, macro = f1_estimates(np.array([[8, 2], [4, 6]]))
    assert each[0].value == pytest.approx(16 / 22)
    assert each[1].value == pytest.approx(12 / 18)
    assert macro.value == pytest.approx((16 / 22 + 12 / 18) / 2)
    assert macro.low < macro.value < macro.high


def test_f1_leaves_out_labels_without_mails() -> None:
    _, macro = f1_estimates(np.array([[5, 0, 0], [0, 5, 0], [0, 0, 0]]))
    assert (macro.value, macro.low, macro.high) == (1.0, 1.0, 1.0)


SAMPLES = mails(
    ("ko", "quote"), ("ko", "quote"), ("ko", "order"), ("ko", "spam"), ("en", "inquiry")
)


def test_report_counts() -> None:
    found = report(answers("x", "quote", "order", "order", "spam", "quote"), SAMPLES)
    assert (found.whole.accuracy.hits, found.whole.accuracy.mails) == (3, 5)
    assert list(found.per_language) == ["ko", "en"]  # the language with most mails first
    assert found.per_language["ko"].accuracy.value == 0.75
    assert found.per_language["en"].accuracy.value == 0.0
    order = found.whole.per_label["order"]
    assert (order.precision.value, order.recall.value) == (0.5, 1.0)
    ko_quote = found.per_language["ko"].per_label["quote"]
    assert (ko_quote.recall.hits, ko_quote.recall.mails) == (1, 2)
    # rows are the truth
    assert found.confusion == ((1, 0, 0, 0), (0, 1, 0, 0), (0, 1, 1, 0), (0, 0, 1, 0))


def test_report_says_how_honest_and_how_often_it_abstains() -> None:
    found = report(answers("x", "quote", "order", "order", "spam", "quote"), SAMPLES)
    (row,) = found.bins
    assert (row.low, row.right.mails, row.right.value) == (0.7, 5, 0.6)
    assert found.calibration_error == pytest.approx(0.1, abs=1e-6)
    by_threshold = {row.above: row for row in found.thresholds}
    assert by_threshold[0.6].answered.value == 1.0
    assert by_threshold[0.6].right.value == 0.6
    assert by_threshold[0.8].answered.hits == by_threshold[0.8].right.mails == 0


def test_report_rounds_for_json() -> None:
    found = report(answers("x", "quote", "order", "order", "spam", "quote"), SAMPLES).as_json()
    assert found["whole"]["accuracy"]["low"] == round(found["whole"]["accuracy"]["low"], 4)
    assert found["bins"][0]["right"]["mails"] == 5


def test_comparison_by_language() -> None:
    samples = mails(*[("ko", "quote")] * 30, *[("en", "order")] * 30)
    good = answers("good", *["quote"] * 30, *["order"] * 30)
    bad = answers("bad", *["spam"] * 20, *["quote"] * 10, *["order"] * 30)
    found = compare(good, bad, samples)
    assert found.whole.value == pytest.approx(1 / 3)
    assert found.per_language["ko"].only_one == 20
    assert found.per_language["en"].value == 0.0
    assert found.beats
    assert not compare(bad, good, samples).beats


def test_better_on_all_but_worse_in_one_language_does_not_beat() -> None:
    samples = mails(*[("ko", "quote")] * 60, *[("en", "order")] * 20)
    one = answers("one", *["quote"] * 60, *["spam"] * 20)
    other = answers("other", *["quote"] * 20, *["spam"] * 40, *["order"] * 20)
    found = compare(one, other, samples)
    assert found.whole.better
    assert found.per_language["en"].worse
    assert not found.beats
