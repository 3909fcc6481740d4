"""Wide part and heads, fitted to labelled mails on an encoder that stays as it is: numpy only."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from classifier import corpus
from classifier.corpus import Sample
from classifier.embeddings import embeddings
from classifier.export import Deep
from classifier.folders import ENCODER, EncoderSettings
from classifier.heads import fit_heads
from classifier.inference import Classifier
from classifier.parts import Encoder
from classifier.training import LinearModel, TrainingConfig, fit

# marks the base of a mail that an operator has labelled
EXAMPLE = "example:"


@dataclass(frozen=True, slots=True)
class EncoderFolder:
    """An open encoder: `folder` holds its two files, `sha256` is that of encoder.onnx."""

    folder: Path
    settings: EncoderSettings
    sha256: str
    encoder: Encoder


def encoder_of(model: Classifier) -> EncoderFolder | None:
    """The encoder in a model's folder; None where it has none, BrokenModel where it is damaged."""
    settings = model.manifest.encoder
    if settings is None:
        return None
    return EncoderFolder(model.folder, settings, model.manifest.files[ENCODER], model.encoder())


def fit_parts(
    samples: Sequence[Sample],
    labels: tuple[str, ...],
    source: EncoderFolder | None,
    cache: Path,
    *,
    progress: Callable[[], None] = lambda: None,
) -> tuple[LinearModel, Deep | None]:
    """The wide part, and the heads on the encoder of `source` where there is one.

    Embeddings are kept under `cache`: the next refit computes those of new mails only. `progress`
    is called every few seconds.
    """
    fitted = fit(samples, TrainingConfig(), labels=labels, progress=progress)
    if source is None or fitted.held_out is None:
        return fitted.model, None
    texts = [sample.text for sample in samples]
    kept = corpus.calibration_bases()
    heads = fit_heads(
        embeddings(texts, source.encoder, source.sha256, cache, progress=progress),
        fitted.flags,
        np.array([labels.index(sample.label) for sample in samples]),
        np.array([sample.weight for sample in samples]),
        fitted.held_out,
        [sample.base for sample in samples],
        np.array([is_unseen(sample, kept, source.settings) for sample in samples]),
        progress=progress,
    )
    return fitted.model, Deep(source.folder, source.settings, heads)


def is_unseen(sample: Sample, kept: frozenset[str], encoder: EncoderSettings) -> bool:
    """Whether the encoder was not fine-tuned on the mail.

    Those are the mails of the bases `kept` from it, and operators' mails: of an encoder that was
    fine-tuned here, every eighth of them.
    """
    if not sample.base.startswith(EXAMPLE):
        return sample.base in kept
    return not encoder.own_mails or is_kept_example(sample)


def is_kept_example(sample: Sample) -> bool:
    """Whether it is an operator's mail that no fine-tuning may see: every eighth, by its source."""
    digest = hashlib.sha256(sample.base.encode()).digest()
    return sample.base.startswith(EXAMPLE) and digest[0] % 8 == 0
