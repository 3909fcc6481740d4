from pathlib import Path
from typing import Any

import numpy as np
import pytest

from classifier import baselines
from classifier.baselines import DistilSettings, distilbert, rule
from classifier.corpus import Sample
from classifier.errors import Missing
from classifier.labelled import MailSet
from classifier.labels import LABELS

TINY = DistilSettings(
    epochs=2, steps=3, batch=4, tokens=16, layers=1, width=16, heads=2, pieces=300
)
MAILS = [
    Sample(f"{text} {number}", label, "en", f"{label}{number}")
    for number in range(4)
    for label, text in zip(LABELS, ("win money", "PO-12345 go ahead", "price", ""), strict=True)
]


def test_rule_says_order_where_a_number_is_named() -> None:
    samples = [
        Sample("Re: order\n\nPlease proceed with PO-88123", "order", "en", "1"),
        Sample("PO 88123 please\n\nthank you", "order", "en", "2"),
        Sample("hello\n\nwhere is my cargo?", "inquiry", "en", "3"),
        # only in what is quoted
        Sample("Re: hello\n\nthank you all\n> our order PO-88123", "inquiry", "en", "4"),
    ]
    found = rule(samples)
    given = [found.labels[i] for i in found.probabilities.argmax(axis=1)]
    assert given == ["order", "order", "quote", "quote"]


@pytest.mark.needs("module:torch", "module:transformers")
def test_distilbert_is_trained_once_and_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    measured = MailSet("few", tuple(MAILS[:6]))
    found = distilbert(MAILS, measured, tmp_path, TINY, say=said.append)
    assert found.probabilities.shape == (6, 4)
    assert np.allclose(found.probabilities.sum(axis=1), 1, atol=1e-4)
    assert "step 3 of 3" in said[-1]
    assert len(list(tmp_path.glob("distilbert-*/weights.safetensors"))) == 1

    def refuse(*_: Any) -> None:
        raise AssertionError("trained again")

    monkeypatch.setattr(baselines, "_train", refuse)
    # another set: the kept weights answer; the same set: the kept answers do
    other = distilbert(MAILS, MailSet("one", tuple(MAILS[1:3])), tmp_path, TINY)
    assert np.allclose(other.probabilities, found.probabilities[1:3], atol=1e-4)
    monkeypatch.setattr(baselines, "_probabilities", refuse)
    again = distilbert(MAILS, measured, tmp_path, TINY)
    assert np.array_equal(again.probabilities, found.probabilities)


def test_other_mails_or_settings_are_another_baseline() -> None:
    keys = {
        baselines._key(MAILS, TINY, None),
        baselines._key(MAILS[1:], TINY, None),
        baselines._key(MAILS, DistilSettings(), None),
    }
    assert len(keys) == 3


@pytest.mark.needs("module:torch", "module:transformers")
def test_distilbert_is_the_same_every_time(tmp_path: Path) -> None:
    measured = MailSet("few", tuple(MAILS[:4]))
    one, other = (
        distilbert(MAILS, measured, tmp_path / name, TINY).probabilities for name in ("a", "b")
    )
    assert np.array_equal(one, other)


def test_every_mail_is_in_one_batch_an_epoch() -> None:
    lengths = np.random.default_rng(7).integers(1, 100, 200).tolist()
    draw = np.random.default_rng(1)
    batches = list(baselines._batches(lengths, DistilSettings(batch=4), draw, 100))
    for epoch in (batches[:50], batches[50:]):
        assert sorted(place for batch in epoch for place in batch) == list(range(200))
    assert batches[:50] != batches[50:]
    # of near length: far less padding than batches drawn at random would need
    padded = sum(len(batch) * max(lengths[i] for i in batch) for batch in batches)
    assert padded < 1.15 * 2 * sum(lengths)


def test_without_torch_there_is_no_figure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(Missing, match=r"torch.*TRAIN=1"):
        distilbert(MAILS, MailSet("few", tuple(MAILS[:2])), tmp_path, TINY)
    assert not list(tmp_path.iterdir())
