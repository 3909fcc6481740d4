from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from classifier import corpus, inference
from classifier.corpus import Sample
from classifier.export import export
from classifier.learning import measure
from classifier.training import LinearModel, TrainingConfig, train

# one fit instead of four: the temperature is not what these tests are about
QUICK = TrainingConfig(folds=0, iterations=25)


@pytest.fixture(autouse=True)
def _fresh_models(settings: Any, tmp_path: Path) -> Iterator[None]:
    """Each test with a models folder of its own, and nothing loaded by the one before."""
    settings.BUSYBEE_MODELS_DIR = tmp_path / "models"
    inference.forget_models()
    yield
    inference.forget_models()


@pytest.fixture(scope="session")
def frozen() -> list[Sample]:
    return corpus.frozen_mails()


@pytest.fixture(scope="session")
def trained() -> LinearModel:
    """A model of the corpus, fitted in a second."""
    return train(corpus.training_mails(), QUICK)


def write(model: LinearModel, parent: Path, name: str, frozen: list[Sample]) -> Path:
    """The folder of `model`, exported as the training does it."""
    return export(
        model,
        parent,
        name=name,
        probes=[sample.text for sample in frozen[:12]],
        trained_at=timezone.now(),
        about={"mails": 1, "examples": 0},
        measure=lambda written: measure(written, frozen[:12]),
    )
