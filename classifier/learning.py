"""Online learning: operators' labels become examples, examples a model that has to prove itself.

A run lives in its row. Whoever holds the lease trains without an open transaction and writes the
result only while the attempt is still its own; a run whose worker was killed is taken up when the
lease ends.
"""

import logging
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max

from classifier import corpus, registry
from classifier.corpus import FROZEN_NAME, Sample
from classifier.embeddings import forget_others
from classifier.errors import BrokenModel, ClassifierError, StateConflict, UnknownLabel
from classifier.evaluation import Figures, Verdict, evaluate, gate
from classifier.export import export, remove_unfinished
from classifier.fitting import EXAMPLE, EncoderFolder, encoder_of, fit_parts
from classifier.inference import Classifier, file_sha256, release_classifier
from classifier.labels import LABELS, is_label_name
from classifier.models import Evaluation, Example, ModelVersion, TrainingRun

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
RENEW_SECONDS = 20.0
# a run that kills its process is not taken up for ever
ATTEMPTS = 3
# a label that an operator has added is learned once it has this many mails
LEAST_OF_NEW_LABEL = 8
# what an operator says about this company's own mail counts more than the shipped corpus
EXAMPLE_WEIGHT = 2.0
# a text that is stored for learning; more is never read
STORED_CHARACTERS = 20_000
# makes the encoder of a run: from its samples, in a folder below the given one; the last is to be
# called every few seconds, so that the run's lease does not end
EncoderMaker = Callable[[Sequence[Sample], Path, Callable[[], None]], EncoderFolder]


@dataclass(frozen=True, slots=True)
class _Trained:
    """A candidate on the disk, measured beside the models that it is compared with."""

    folder: Path
    parent: ModelVersion | None
    figures: Figures
    active: Figures
    release: Figures
    mails: int
    examples: int


def record_label(*, text: str, label: str, language: str, source_key: str, by: str) -> Example:
    """The example that keeps `label` for `text`; the newest of a `source_key` counts.

    Saying the same again adds nothing. Raises UnknownLabel where the word cannot be a label.
    """
    if not is_label_name(label):
        raise UnknownLabel(f"{label[:40]!r} cannot be a label")
    text = text[:STORED_CHARACTERS].replace("\0", " ")
    for _ in range(5):
        newest = Example.objects.filter(source_key=source_key).order_by("-sequence").first()
        if newest is not None and (newest.label, newest.text) == (label, text):
            return newest
        sequence = newest.sequence + 1 if newest else 1
        try:
            with transaction.atomic():
                return Example.objects.create(
                    text=text,
                    label=label,
                    language=language,
                    source_key=source_key,
                    sequence=sequence,
                    by=by,
                )
        except IntegrityError:
            # someone else labelled the same source in this moment: behind them, then
            continue
    raise StateConflict(f"{source_key} is being labelled by others")


def train_if_due(now: datetime) -> TrainingRun | None:
    """The run that was finished now, or None where nothing is due or another worker is at it.

    Due: BUSYBEE_TRAIN_BATCH new examples, or one that waits for BUSYBEE_TRAIN_WAIT_SECONDS, or a
    run whose lease has ended.
    """
    run = _take_up(now) or _begin_if_due(now)
    return None if run is None else _carry_out(run, now)


def train_now(now: datetime, encoder: EncoderMaker | None = None) -> TrainingRun:
    """The run over corpus and examples, done whether due or not; StateConflict if one runs.

    `encoder` makes the encoder; without it that of the active model, or of the release, stays.
    """
    run = _take_up(now) or _begin(TrainingRun.Trigger.COMMAND, now)
    if run is None:
        raise StateConflict("a training run is under way")
    return _carry_out(run, now, encoder)


def new_examples() -> int:
    """How many examples no ended run has seen."""
    seen = TrainingRun.objects.ended().aggregate(seen=Max("examples_seen"))["seen"] or 0
    return max(0, Example.objects.count() - seen)


def training_samples() -> list[Sample]:
    """The corpus and the newest example of each source, without the frozen set's own texts."""
    frozen = {sample.text for sample in corpus.frozen_mails()}
    rows = [row for row in Example.objects.newest_of_each_source() if row.text not in frozen]
    many = Counter(row.label for row in rows)
    known = {*LABELS, *(label for label, count in many.items() if count >= LEAST_OF_NEW_LABEL)}
    examples = [
        Sample(row.text, row.label, row.language, f"{EXAMPLE}{row.source_key}", EXAMPLE_WEIGHT)
        for row in rows
        if row.label in known
    ]
    return corpus.training_mails() + examples


def labels_of(samples: Sequence[Sample]) -> tuple[str, ...]:
    """The shipped labels, then those that operators have added."""
    return LABELS + tuple(sorted({sample.label for sample in samples} - set(LABELS)))


def _begin_if_due(now: datetime) -> TrainingRun | None:
    fresh = new_examples()
    if not fresh:
        return None
    if fresh >= settings.BUSYBEE_TRAIN_BATCH:
        return _begin(TrainingRun.Trigger.BATCH, now)
    oldest = Example.objects.order_by("-pk")[fresh - 1]
    if oldest.created <= now - timedelta(seconds=settings.BUSYBEE_TRAIN_WAIT_SECONDS):
        return _begin(TrainingRun.Trigger.AGE, now)
    return None


def _begin(trigger: str, now: datetime) -> TrainingRun | None:
    try:
        with transaction.atomic():
            return TrainingRun.objects.create(
                trigger=trigger,
                started=now,
                lease_until=now + LEASE,
                examples_seen=Example.objects.count(),
                examples_new=new_examples(),
            )
    except IntegrityError:
        return None


def _take_up(now: datetime) -> TrainingRun | None:
    """A run whose worker is gone, as ours; one that has killed too many workers is ended."""
    run = TrainingRun.objects.running().filter(lease_until__lt=now).first()
    if run is None:
        return None
    if run.attempt >= ATTEMPTS:
        reason = f"its worker died {run.attempt} times"
        run.still_mine().update(state=TrainingRun.State.FAILED, reason=reason, finished=now)
        return None
    taken = run.still_mine().filter(lease_until=run.lease_until)
    if taken.update(attempt=run.attempt + 1, lease_until=now + LEASE) != 1:
        return None
    run.refresh_from_db()
    logger.warning("Training run %s is taken up again, attempt %s", run.pk, run.attempt)
    return run


def _carry_out(run: TrainingRun, now: datetime, encoder: EncoderMaker | None = None) -> TrainingRun:
    started = time.monotonic()

    def clock() -> datetime:
        return now + timedelta(seconds=time.monotonic() - started)

    try:
        trained = _train(run, clock, encoder)
        _finish(run, trained, clock())
    except StateConflict as exc:
        # another worker has the run, or an operator promoted meanwhile; it is taken up again
        logger.warning("Training run %s is given up: %s", run.pk, exc)
    except ClassifierError as exc:
        logger.error("Training run %s failed: %s", run.pk, exc)
        ended = {"state": TrainingRun.State.FAILED, "reason": str(exc), "finished": clock()}
        run.still_mine().update(**ended)
    run.refresh_from_db()
    return run


def _train(
    run: TrainingRun, clock: Callable[[], datetime], encoder: EncoderMaker | None
) -> _Trained:
    """Fit, write, measure: the long part, outside any transaction."""
    models_dir = Path(settings.BUSYBEE_MODELS_DIR)
    beat = _lease_renewer(run, clock)
    remove_unfinished(models_dir)
    seen = Example.objects.count()
    run.still_mine().update(examples_seen=seen)
    samples = training_samples()
    frozen = corpus.frozen_mails()
    parent, active_model = _active_model()
    if encoder:
        source: EncoderFolder | None = encoder(samples, models_dir, beat)
    else:
        source = encoder_of(active_model) or encoder_of(release_classifier())
    model, deep = fit_parts(samples, labels_of(samples), source, models_dir, progress=beat)
    if source:
        forget_others(models_dir, {source.sha256})
    measured: list[Figures] = []

    def candidate(written: Classifier) -> Figures:
        measured.append(measure(written, frozen, beat))
        return measured[-1]

    examples = sum(sample.base.startswith(EXAMPLE) for sample in samples)
    folder = export(
        model,
        models_dir,
        name=f"{'mixed' if deep else 'wide'}-r{run.pk}",
        probes=[sample.text for sample in frozen],
        trained_at=clock(),
        about={"corpus": corpus.fingerprint(), "mails": len(samples), "examples": examples},
        measure=candidate,
        deep=deep,
    )
    return _Trained(
        folder=folder,
        parent=parent,
        figures=measured[-1],
        active=measure(active_model, frozen, beat),
        release=measure(release_classifier(), frozen, beat),
        mails=len(samples),
        examples=seen,
    )


def measure(
    model: Classifier, samples: Sequence[Sample], progress: Callable[[], None] = lambda: None
) -> Figures:
    """Figures of an exported model on `samples`; `progress` is called for each of them."""

    def predict(texts: Sequence[str]) -> npt.NDArray[np.float32]:
        progress()
        return model.predict(texts)

    return evaluate(predict, model.labels, samples)


def _active_model() -> tuple[ModelVersion | None, Classifier]:
    """The promoted row and its model; the release where none is promoted or its files are bad."""
    row = registry.active()
    if row is None:
        return None, release_classifier()
    try:
        model = registry.open_version(row.folder, row.sha256)
        # its encoder too: a damaged one would end every run from here on
        model.load()
    except BrokenModel as exc:
        logger.error("The active model cannot be compared with, the release stands in: %s", exc)
        return row, release_classifier()
    return row, model


def _lease_renewer(run: TrainingRun, clock: Callable[[], datetime]) -> Callable[[], None]:
    """A function to call often: it extends the lease, and raises StateConflict if that is lost."""
    renewed = time.monotonic()

    def beat() -> None:
        nonlocal renewed
        if time.monotonic() - renewed < RENEW_SECONDS:
            return
        renewed = time.monotonic()
        if run.still_mine().update(lease_until=clock() + LEASE) != 1:
            raise StateConflict("another worker has taken the run")

    return beat


def _finish(run: TrainingRun, trained: _Trained, now: datetime) -> None:
    """Write model, figures and verdict in one transaction, if the run is still ours."""
    verdict = gate(trained.figures, trained.active, release=trained.release)
    state = TrainingRun.State.PROMOTED if verdict.promote else TrainingRun.State.REJECTED
    with transaction.atomic():
        model = _register(trained)
        ended = {
            "state": state,
            "reason": verdict.reason,
            "finished": now,
            "mails": trained.mails,
            "model": model,
            "figures": {"candidate": trained.figures.as_json(), "active": trained.active.as_json()},
        }
        if run.still_mine().update(**ended) != 1:
            raise StateConflict("another worker has taken the run")
        _decide(model, trained, verdict)
    logger.info("Training run %s: %s is %s: %s", run.pk, model.version, state, verdict.reason)
    registry.prune()


def _register(trained: _Trained) -> ModelVersion:
    model, _ = ModelVersion.objects.get_or_create(
        version=trained.folder.name,
        defaults={
            "folder": trained.folder.name,
            "sha256": file_sha256(trained.folder / "manifest.json"),
            "parent": trained.parent,
        },
    )
    Evaluation.objects.create(
        model=model,
        version=model.version,
        dataset=FROZEN_NAME,
        figures=trained.figures.as_json(),
    )
    return model


def _decide(model: ModelVersion, trained: _Trained, verdict: Verdict) -> None:
    if not verdict.promote:
        model.move(ModelVersion.State.REJECTED)
        return
    current = registry.active()
    if (current and current.pk) != (trained.parent and trained.parent.pk):
        raise StateConflict("another model became active during the training")
    registry.promote(model.version, "learning")
