"""Base models that would train for an hour and then be worth nothing: refused before it."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from classifier.corpus import Sample
from classifier.errors import BrokenModel
from classifier.labels import LABELS

from .small_kobert import SPECIAL, write_weights

pytestmark = pytest.mark.needs("module:torch", "module:transformers", "module:sentencepiece")


def write_vocabulary(folder: Path, *words: str) -> None:
    text = "\n".join((*SPECIAL, *words)) + "\n"
    (folder / "vocab.txt").write_text(text, encoding="utf-8")


def test_kobert_vocabulary_without_its_model_is_not_read_as_wordpiece(tmp_path: Path) -> None:
    """The seed served so by mistake, with two thirds of Korean mail unknown."""
    from classifier.encoder.finetuning import open_tokenizer

    write_vocabulary(tmp_path, "▁견적", "을", "▁부탁")
    with pytest.raises(BrokenModel, match=r"its \*\.model must lie there too"):
        open_tokenizer(tmp_path)


def test_fast_tokenizer_that_disagrees_with_the_vocabulary_is_refused(tmp_path: Path) -> None:
    from classifier.encoder.finetuning import open_tokenizer

    write_vocabulary(tmp_path, "a", "b", "c")
    open_tokenizer(tmp_path).save(str(tmp_path / "tokenizer.json"))
    assert open_tokenizer(tmp_path).token_to_id("b") == 6
    write_vocabulary(tmp_path, "a", "c", "b")
    with pytest.raises(BrokenModel, match="disagree about 2 pieces"):
        open_tokenizer(tmp_path)


@pytest.fixture
def base(tmp_path: Path) -> Any:
    """An opened WordPiece model with random weights."""
    from classifier.encoder.finetuning import open_base

    write_vocabulary(tmp_path, *"abcdefghijklmnopqrstuvwxyz")
    write_weights(tmp_path, 31)
    return open_base(tmp_path)


def test_too_little_memory_is_said_before_the_training(
    base: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from classifier.encoder import finetuning

    finetuning.check_memory(base.model)
    monkeypatch.setattr(finetuning, "_free_bytes", lambda: 1000)
    with pytest.raises(BrokenModel, match="GB of memory"):
        finetuning.check_memory(base.model)


def test_every_label_counts_alike(base: Any) -> None:
    from classifier.encoder.finetuning import labelled

    many = {"spam": 1, "order": 5, "quote": 9, "inquiry": 2}
    mails = [
        Sample(f"mail {i}", label, "en", f"b{i}") for label in LABELS for i in range(many[label])
    ]
    data = labelled(base, mails, LABELS)
    sums = data.weights @ data.targets
    assert np.allclose(sums, sums[0])
    assert data.weights.mean() == pytest.approx(1)
