"""The build of the model that ships: corpus -> encoder -> wide part and heads -> folder."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.utils import timezone

from classifier import corpus
from classifier.embeddings import forget_others
from classifier.errors import BrokenModel, Missing
from classifier.evaluation import evaluate
from classifier.export import export
from classifier.fitting import EncoderFolder, encoder_of, fit_parts
from classifier.folders import ENCODER, TOKENIZER, file_sha256
from classifier.inference import RELEASE_DIR, release_classifier
from classifier.labels import LABELS
from classifier.parts import Encoder

SEED = 4
Say = Callable[[str], None]


def new_encoder(build: Path, seed: int, *, say: Say) -> EncoderFolder:
    """The encoder fine-tuned on the corpus and distilled, in `build`; about an hour.

    The mails of `corpus.calibration_bases` stay unseen. Raises Missing without torch.
    """
    try:
        from classifier.encoder.building import BuildConfig, build_encoder
    except ImportError as exc:
        raise Missing(f"{exc.name} is not installed: make test-deps TRAIN=1") from exc
    kept = corpus.calibration_bases()
    mails = [mail for mail in corpus.hand_written("training") if mail.base not in kept]
    built = build_encoder(mails, build, BuildConfig(seed=seed), say=say)
    encoder = Encoder(
        (built.folder / ENCODER).read_bytes(),
        (built.folder / TOKENIZER).read_bytes(),
        built.settings,
    )
    sha256 = file_sha256(built.folder / ENCODER)
    return EncoderFolder(built.folder, built.settings, sha256, encoder)


def shipped_encoder() -> EncoderFolder:
    """The encoder of the release; raises BrokenModel where that has none."""
    source = encoder_of(release_classifier())
    if source is None:
        raise BrokenModel("the release has no encoder to keep")
    return source


def release(name: str, source: EncoderFolder, build: Path, *, say: Say) -> Path:
    """The new folder below RELEASE_DIR: parts fitted to the training mails, measured on frozen."""
    mails, frozen = corpus.training_mails(), corpus.frozen_mails()
    say(f"wide part and heads are fitted to {len(mails)} mails")
    model, deep = fit_parts(mails, LABELS, source, build)
    forget_others(build, {source.sha256})
    about: dict[str, Any] = {"corpus": corpus.fingerprint(), "mails": len(mails), "examples": 0}
    say(f"the whole is written and measured on {len(frozen)} mails")
    return export(
        model,
        RELEASE_DIR,
        name=name,
        probes=[sample.text for sample in frozen],
        trained_at=timezone.now(),
        about=about,
        measure=lambda written: evaluate(written.predict, written.labels, frozen),
        deep=deep,
    )
