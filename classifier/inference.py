"""Text -> label: which model serves, and its answers. ONNX Runtime is loaded at the first call."""

import hashlib
import json
import logging
import os
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from classifier.errors import BrokenModel
from classifier.features import FLAGS, FeatureSettings, batch, compose

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

__all__ = ["Classifier", "Prediction", "active_classifier", "classify", "compose", "predict"]

logger = logging.getLogger(__name__)

RELEASE_DIR = Path(__file__).resolve().parent / "release"
# how often the row of the active model is read at most
CHECK_SECONDS = 2.0
# a folder that did not load is tried again after this: someone may have put it right
RETRY_SECONDS = 60.0
# sorted by length, few at a time: a long mail widens the rows of its batch only
_BATCH = 16

Registry = Literal["active", "release"]


@dataclass(frozen=True, slots=True)
class Prediction:
    """The likeliest label of a text, the probability of each label, and the model that says so."""

    label: str
    probabilities: dict[str, float]
    model: str


class Classifier:
    """One model folder, verified when made; the session is opened at the first prediction."""

    def __init__(self, folder: Path) -> None:
        """Reads the manifest; raises BrokenModel where a file is not the one that it names."""
        self.folder = folder
        manifest = read_manifest(folder)
        try:
            self.version = str(manifest["version"])
            self.labels = tuple(manifest["labels"])
            known = {key: value for key, value in manifest["features"].items() if key != "flags"}
            self.settings = FeatureSettings(**known)
            self._sha256 = str(manifest["files"]["model.onnx"])
            flags = tuple(manifest["features"]["flags"])
        except (KeyError, TypeError, AttributeError) as exc:
            raise BrokenModel(
                f"{folder.name}: the manifest lacks or misnames something: {exc}"
            ) from exc
        if flags != FLAGS:
            raise BrokenModel(
                f"{folder.name}: made for other yes/no features than this version has"
            )
        self._session: InferenceSession | None = None
        self._lock = threading.Lock()

    def predict(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Class probabilities of `texts`: (len(texts), len(labels)), rows sum to 1.

        Of each text the first `settings.characters` are read. Raises BrokenModel.
        """
        answers = np.zeros((len(texts), len(self.labels)), np.float32)
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        for start in range(0, len(order), _BATCH):
            chunk = order[start : start + _BATCH]
            answers[chunk] = self._run([texts[i] for i in chunk])
        return answers

    def classify(self, text: str) -> Prediction:
        """The label of one text."""
        row = self.predict([text])[0]
        shares = {label: float(p) for label, p in zip(self.labels, row, strict=True)}
        return Prediction(self.labels[int(row.argmax())], shares, self.version)

    def load(self) -> "InferenceSession":
        """The open session; raises BrokenModel where the file is not the manifest's."""
        with self._lock:
            if self._session is None:
                self._session = self._open()
            return self._session

    def _run(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        rows = batch(texts, self.settings)
        inputs = {"indices": rows.indices, "counts": rows.counts, "flags": rows.flags}
        answers: npt.NDArray[np.float32] = self.load().run(None, inputs)[0]
        return answers

    def _open(self) -> "InferenceSession":
        import onnxruntime
        from onnxruntime.capi.onnxruntime_pybind11_state import (
            Fail,
            InvalidGraph,
            InvalidProtobuf,
            RuntimeException,
        )

        content = _content(self.folder / "model.onnx")
        if hashlib.sha256(content).hexdigest() != self._sha256:
            raise BrokenModel(
                f"{self.folder.name}: model.onnx is not the file that the manifest names"
            )
        options = onnxruntime.SessionOptions()
        # one thread a worker: the workers are the parallelism, and spinning threads starve them
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 3
        try:
            session = onnxruntime.InferenceSession(
                content, options, providers=["CPUExecutionProvider"]
            )
        except (Fail, InvalidGraph, InvalidProtobuf, RuntimeException) as exc:
            raise BrokenModel(f"{self.folder.name}: ONNX Runtime does not open it: {exc}") from exc
        width = session.get_outputs()[0].shape[-1]
        if width != len(self.labels):
            raise BrokenModel(
                f"{self.folder.name}: {width} answers a mail for {len(self.labels)} labels"
            )
        return session


def predict(texts: Sequence[str], *, registry: Registry = "active") -> npt.NDArray[np.float32]:
    """Class probabilities of `texts`: float32 (len(texts), labels), rows sum to 1.

    Columns are in the order of the model's labels. `registry="release"` asks the shipped model and
    touches no database.
    """
    return _serving(registry).predict(texts)


def classify(text: str, *, registry: Registry = "active") -> Prediction:
    """The label of `text` by the serving model; every text has one."""
    return _serving(registry).classify(text)


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


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of `folder`, whose files were checked against it; raises BrokenModel."""
    try:
        manifest = json.loads(_content(folder / "manifest.json"))
        files = dict(manifest["files"])
    except (ValueError, KeyError, TypeError) as exc:
        raise BrokenModel(f"{folder.name}: the manifest cannot be read: {exc}") from exc
    for name, sha256 in files.items():
        if file_sha256(folder / name) != sha256:
            raise BrokenModel(f"{folder.name}: {name} is not the file that the manifest names")
    result: dict[str, Any] = manifest
    return result


def file_sha256(path: Path) -> str:
    """SHA-256 of the file; raises BrokenModel where it cannot be read."""
    return hashlib.sha256(_content(path)).hexdigest()


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as exc:
        raise BrokenModel(
            f"{path.parent.name}: {path.name} cannot be read: {exc.strerror}"
        ) from exc


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
    global _switch
    _switch = _Switch()
    release_classifier.cache_clear()


# threads and locks of a session do not survive a fork: the child loads its own
os.register_at_fork(after_in_child=forget_models)
