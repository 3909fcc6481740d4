from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.utils import timezone

from classifier import corpus, fitting, inference
from classifier.corpus import Sample
from classifier.corpus.mails import Mail
from classifier.corpus.splitting import Split
from classifier.export import Deep, export
from classifier.features import FLAGS
from classifier.fitting import EncoderFolder, fit_parts
from classifier.folders import ENCODER, file_sha256
from classifier.labels import LABELS
from classifier.learning import measure
from classifier.training import LinearModel, TrainingConfig, train

from .encoders import SETTINGS, open_encoder, some_deep, write_encoder

# one fit instead of four: the temperature is not what these tests are about
QUICK = TrainingConfig(folds=0, iterations=25)
# with the folds that the heads of an encoder need
QUICK_FOLDS = TrainingConfig(folds=2, iterations=25)
# mails of each language and label in the small corpus: 160 and 48 in all
FEW: dict[Split, int] = {"training": 10, "frozen": 3}

Groups = tuple[tuple[tuple[Mail, Split], ...], ...]


@pytest.fixture(autouse=True)
def _fresh_models(settings: Any, tmp_path: Path) -> Iterator[None]:
    """Each test with a models folder of its own, and nothing loaded by the one before."""
    settings.BUSYBEE_MODELS_DIR = tmp_path / "models"
    inference.forget_models()
    yield
    inference.forget_models()


@pytest.fixture(scope="session")
def few() -> Groups:
    """The groups of the corpus with FEW mails of each language and label, the same every time."""
    whole = corpus._groups()
    cells: dict[tuple[Split, str, str], list[str]] = {}
    for group in whole:
        for mail, split in group:
            cells.setdefault((split, mail.language, mail.label), []).append(mail.base)
    random = Random(7)
    chosen = {base for cell in cells for base in random.sample(cells[cell], FEW[cell[0]])}
    return tuple(tuple(pair for pair in group if pair[0].base in chosen) for group in whole)


@pytest.fixture
def _small_corpus(few: Groups, monkeypatch: pytest.MonkeyPatch) -> None:
    """The corpus is the few mails, for whoever asks: a training takes less than a second."""
    monkeypatch.setattr(corpus, "_groups", lambda: few)


@pytest.fixture(scope="session")
def training(few: Groups) -> list[Sample]:
    """The training mails of the small corpus."""
    return corpus.samples(mail for group in few for mail, split in group if split == "training")


@pytest.fixture(scope="session")
def frozen(few: Groups) -> list[Sample]:
    """The frozen mails of the small corpus."""
    return corpus.samples(mail for group in few for mail, split in group if split == "frozen")


@pytest.fixture(scope="session")
def trained(training: list[Sample]) -> LinearModel:
    """A model of the small corpus."""
    return train(training, QUICK)


@pytest.fixture(scope="session")
def small_release(
    training: list[Sample], frozen: list[Sample], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A folder with one model, fitted to the small corpus on a small encoder as releases are."""
    parent = tmp_path_factory.mktemp("small")
    encoder = write_encoder(parent / "encoder")
    source = EncoderFolder(encoder, SETTINGS, file_sha256(encoder / ENCODER), open_encoder(encoder))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fitting, "TrainingConfig", lambda: QUICK_FOLDS)
        # all mails are unseen by letters
        patch.setattr(fitting, "is_unseen", lambda *_: True)
        model, deep = fit_parts(training, LABELS, source, parent)
    write(model, parent / "release", "small", frozen, deep)
    return parent / "release"


@pytest.fixture
def _small_release(
    small_release: Path, _small_corpus: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The release is the small model, and refits have its corpus and its fewer rounds."""
    monkeypatch.setattr(inference, "RELEASE_DIR", small_release)
    monkeypatch.setattr(fitting, "TrainingConfig", lambda: QUICK_FOLDS)


@pytest.fixture(scope="session")
def mixed_folder(
    trained: LinearModel, frozen: list[Sample], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A model whose wide part asks a small encoder where it is less than 0.7 sure."""
    parent = tmp_path_factory.mktemp("mixed")
    deep = some_deep(write_encoder(parent / "encoder"), len(FLAGS), len(trained.labels))
    return write(trained, parent, "mixed", frozen, deep)


def write(
    model: LinearModel, parent: Path, name: str, frozen: list[Sample], deep: Deep | None = None
) -> Path:
    """The folder of `model`, exported as the training does it."""
    return export(
        model,
        parent,
        name=name,
        probes=[sample.text for sample in frozen[:12]],
        trained_at=timezone.now(),
        about={"mails": 1, "examples": 0},
        measure=lambda written: measure(written, frozen[:12]),
        deep=deep,
    )
