"""Text -> label: which model serves, and its answers.

The wide part answers alone where it is sure; ONNX Runtime and the encoder are loaded at the first
text of which it is not. No Django is needed for the shipped model.
"""

import hashlib
import logging
import os
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal
from weakref import WeakValueDictionary

import numpy as np
import numpy.typing as npt

from classifier.errors import BrokenModel
from classifier.features import Features, compose, features
from classifier.folders import (
    ENCODER,
    HEADS,
    TOKENIZER,
    WIDE,
    EncoderSettings,
    file_sha256,
    open_manifest,
    read_manifest,
    verified,
)
from classifier.parts import (
    Encoder,
    mixed,
    needs_encoder,
    open_heads,
    open_wide,
    softmax,
)

__all__ = [
    "Classifier",
    "Prediction",
    "active_classifier",
    "classify",
    "classify_all",
    "compose",
    "file_sha256",
    "predict",
    "read_manifest",
]

logger = logging.getLogger(__name__)

RELEASE_DIR = Path(__file__).resolve().parent / "release"
# how often the row of the active model is read at most
CHECK_SECONDS = 2.0
# a folder that did not load is tried again after this: someone may have put it right
RETRY_SECONDS = 60.0
# a likeliest label less probable than this is a guess: BUSYBEE_ABSTAIN_BELOW says otherwise
ABSTAIN_BELOW = 0.5

Registry = Literal["active", "release"]


@dataclass(frozen=True, slots=True)
class Prediction:
    """The likeliest label of a text, the probability of each label, and the model that says so.

    Where it is not `sure` a person should look.
    """

    label: str
    probabilities: dict[str, float]
    model: str
    sure: bool


class _Encoders:
    """Encoders that are open, by their files: models that were fitted on one have it in common.

    A switch then costs no second encoder in memory, and a training, that compares four models, none
    of four.
    """

    def __init__(self) -> None:
        self.open: WeakValueDictionary[tuple[str, str, EncoderSettings], Encoder] = (
            WeakValueDictionary()
        )
        self._lock = threading.Lock()

    def open_or_shared(self, onnx: bytes, tokenizer: bytes, settings: EncoderSettings) -> Encoder:
        """The encoder of these files; raises BrokenModel where they do not fit."""
        key = (hashlib.sha256(onnx).hexdigest(), hashlib.sha256(tokenizer).hexdigest(), settings)
        with self._lock:
            encoder = self.open.get(key)
            if encoder is None:
                encoder = self.open[key] = Encoder(onnx, tokenizer, settings)
            return encoder


_encoders = _Encoders()


class Classifier:
    """One model folder. Wide part and heads are open when it is made, the encoder when needed."""

    def __init__(self, folder: Path) -> None:
        """Reads manifest and tables; raises BrokenModel where one is not what it must be."""
        self.folder = folder
        self.manifest = open_manifest(folder)
        self.version = self.manifest.version
        self.labels = self.manifest.labels
        self.settings = self.manifest.settings
        self._encoder: Encoder | None = None
        self._lock = threading.Lock()
        try:
            self.wide = open_wide(self._content(WIDE), self.settings, len(self.labels))
            encoder = self.manifest.encoder
            self.heads = (
                open_heads(self._content(HEADS), encoder.dimensions, len(self.labels))
                if encoder
                else None
            )
        except BrokenModel as exc:
            raise self._named(exc) from exc

    def predict(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Class probabilities of `texts`: (len(texts), len(labels)), rows sum to 1.

        Of each text the wide part reads the first `settings.characters`, the encoder the newest
        part first. Raises BrokenModel where the encoder is asked and cannot answer.
        """
        rows = [features(text, self.settings) for text in texts]
        wide, mixing = self._wide_scores(rows), self.manifest.mixing
        answers = softmax(wide / mixing.wide_temperature)
        if self.heads is None:
            return answers
        asked = np.flatnonzero(needs_encoder(wide, mixing))
        if len(asked):
            embeddings = self._embed([texts[i] for i in asked.tolist()])
            deep = self.heads.scores(embeddings, np.stack([rows[i].flags for i in asked.tolist()]))
            answers[asked] = mixed(wide[asked], self._numbers(deep), mixing)
        return answers

    def predict_wide(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """As `predict`, by the wide part alone: what it would answer were it always sure."""
        rows = [features(text, self.settings) for text in texts]
        return softmax(self._wide_scores(rows) / self.manifest.mixing.wide_temperature)

    def _wide_scores(self, rows: Sequence[Features]) -> npt.NDArray[np.float32]:
        scores = [self.wide.scores(row) for row in rows]
        result = np.array(scores, np.float32).reshape(len(rows), len(self.labels))
        return self._numbers(result)

    def _numbers(self, scores: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """`scores`, all of which are numbers; BrokenModel where weights are beyond all bounds."""
        if not np.isfinite(scores).all():
            raise BrokenModel(f"{self.folder.name}: a score is no number")
        return scores

    def classify_all(
        self, texts: Sequence[str], *, abstain_below: float = ABSTAIN_BELOW
    ) -> list[Prediction]:
        """The label of each text, in their order."""
        answers = []
        for row in self.predict(texts):
            shares = {label: float(p) for label, p in zip(self.labels, row, strict=True)}
            best = self.labels[int(row.argmax())]
            sure = shares[best] >= abstain_below
            answers.append(Prediction(best, shares, self.version, sure))
        return answers

    def classify(self, text: str, *, abstain_below: float = ABSTAIN_BELOW) -> Prediction:
        """The label of one text."""
        return self.classify_all([text], abstain_below=abstain_below)[0]

    def load(self) -> None:
        """Open what is left to open and check every file; raises BrokenModel."""
        for name in self.manifest.files.keys() - {WIDE, HEADS, ENCODER, TOKENIZER}:
            self._content(name)
        if self.manifest.encoder:
            self.encoder()

    def encoder(self) -> Encoder:
        """The open encoder; raises BrokenModel where there is none or its files are damaged."""
        with self._lock:
            if self._encoder is None:
                self._encoder = self._open_encoder()
            return self._encoder

    def _open_encoder(self) -> Encoder:
        settings = self.manifest.encoder
        if settings is None:
            raise BrokenModel(f"{self.folder.name}: it has no encoder")
        try:
            return _encoders.open_or_shared(
                self._content(ENCODER), self._content(TOKENIZER), settings
            )
        except BrokenModel as exc:
            raise self._named(exc) from exc

    def _embed(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        try:
            return self.encoder().embed(texts)
        except BrokenModel as exc:
            raise self._named(exc) from exc

    def _content(self, name: str) -> bytes:
        return verified(self.folder, name, self.manifest.files[name])

    def _named(self, exc: BrokenModel) -> BrokenModel:
        """`exc` with the name of the folder before it."""
        name = self.folder.name
        return exc if str(exc).startswith(name) else BrokenModel(f"{name}: {exc}")


def predict(texts: Sequence[str], *, registry: Registry = "active") -> npt.NDArray[np.float32]:
    """Class probabilities of `texts`: float32 (len(texts), labels), rows sum to 1.

    Columns are in the order of the model's labels. `registry="release"` asks the shipped model and
    touches no database. Raises BrokenModel where no model can answer.
    """
    return _serving(registry).predict(texts)


def classify(
    text: str, *, registry: Registry = "active", abstain_below: float = ABSTAIN_BELOW
) -> Prediction:
    """The label of `text` by the serving model; every text has one. Raises BrokenModel."""
    return _serving(registry).classify(text, abstain_below=abstain_below)


def classify_all(
    texts: Sequence[str], *, registry: Registry = "active", abstain_below: float = ABSTAIN_BELOW
) -> list[Prediction]:
    """The label of each text, by one model and in one call. Raises BrokenModel."""
    return _serving(registry).classify_all(texts, abstain_below=abstain_below)


def active_classifier() -> Classifier:
    """The model that serves: the promoted one, else the last good one, else the release."""
    return _switch.current()


def release_folder() -> Path:
    """The folder of the model that ships with this version of BusyBee."""
    folders = sorted(path.parent for path in RELEASE_DIR.glob("[a-z]*/manifest.json"))
    if len(folders) != 1:
        raise BrokenModel(f"{len(folders)} models in {RELEASE_DIR}, there must be one")
    return folders[0]


@cache
def release_classifier() -> Classifier:
    """The shipped model."""
    return Classifier(release_folder())


def _serving(registry: Registry) -> Classifier:
    return release_classifier() if registry == "release" else active_classifier()


class _Switch:
    """Follows the row of the active model; a request never waits for it nor fails by it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._serving: Classifier | None = None
        self._key: tuple[str, str] | None = None
        self._checked = float("-inf")
        self._refused: dict[tuple[str, str], float] = {}

    def current(self) -> Classifier:
        """The model that serves now; the row is read at most every CHECK_SECONDS."""
        serving = self._serving
        if serving is not None and time.monotonic() - self._checked < CHECK_SECONDS:
            return serving
        # while one thread looks, the others go on with what they have
        if self._lock.acquire(blocking=serving is None):
            try:
                self._look()
            finally:
                self._lock.release()
        return self._serving or release_classifier()

    def _look(self) -> None:
        self._checked = time.monotonic()
        key = self._wanted()
        if self._serving is not None and key == self._key:
            return
        if key is None:
            self._take(release_classifier(), None)
        elif self._refused.get(key, float("-inf")) + RETRY_SECONDS < self._checked:
            self._try(key)
        if self._serving is None:
            self._serving = release_classifier()

    def _wanted(self) -> tuple[str, str] | None:
        """Folder and hash of the active row; what serves now where the database does not answer."""
        from django.db import Error

        from classifier.registry import active_key

        try:
            return active_key()
        except Error as exc:
            logger.warning(
                "The active model is not known, the last one stays: %s", type(exc).__name__
            )
            return self._key

    def _try(self, key: tuple[str, str]) -> None:
        from classifier.registry import open_version

        try:
            model = open_version(*key)
            model.load()
        except BrokenModel as exc:
            self._refused[key] = time.monotonic()
            logger.error("Model %s is set aside, the last good one stays: %s", key[0], exc)
            self._report(key[0], str(exc))
            return
        self._take(model, key)

    def _take(self, model: Classifier, key: tuple[str, str] | None) -> None:
        if self._serving is not None:
            logger.info("Model %s serves now, after %s", model.version, self._serving.version)
        self._serving, self._key = model, key

    def _report(self, folder: str, problem: str) -> None:
        """Let the operator see it on the row; losing this note harms nothing."""
        from django.db import Error

        from classifier.registry import note_problem

        try:
            note_problem(folder, problem)
        except Error as exc:
            logger.warning("The problem could not be noted: %s", type(exc).__name__)


_switch = _Switch()


def forget_models() -> None:
    """Start anew: nothing loaded, nothing refused."""
    global _switch, _encoders
    _switch, _encoders = _Switch(), _Encoders()
    release_classifier.cache_clear()


# threads and locks of a session do not survive a fork: the child loads its own
os.register_at_fork(after_in_child=forget_models)
