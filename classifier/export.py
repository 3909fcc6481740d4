"""Writes a trained model as a folder: model.onnx, manifest.json, MODEL_CARD.md."""

import json
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import numpy as np

from classifier.errors import BrokenModel, ExportMismatch
from classifier.evaluation import Figures
from classifier.features import FLAGS, batch
from classifier.inference import Classifier, file_sha256
from classifier.training import LinearModel, probabilities

if TYPE_CHECKING:
    from onnx import ModelProto

UNFINISHED = ".writing-"
# float32 sums in another order; a real fault is far above
PARITY = 1e-4


def export(
    model: LinearModel,
    parent: Path,
    *,
    name: str,
    probes: Sequence[str],
    trained_at: datetime,
    about: Mapping[str, Any],
    measure: Callable[[Classifier], Figures],
) -> Path:
    """The new folder of `model` under `parent`, called `name` and a piece of its hash.

    It is written under a temporary name, loaded again, compared with numpy on `probes`, measured,
    then renamed; raises ExportMismatch and leaves nothing where the answers differ. An equal folder
    is kept as it is.
    """
    parent.mkdir(parents=True, exist_ok=True)
    writing = parent / f"{UNFINISHED}{uuid4().hex}"
    writing.mkdir()
    try:
        (writing / "model.onnx").write_bytes(_graph(model).SerializeToString(deterministic=True))
        version = f"{name}-{file_sha256(writing / 'model.onnx')[:8]}"
        _describe(writing, model, version, trained_at, about)
        written = Classifier(writing)
        check_parity(model, written, probes)
        figures = measure(written).as_json()
        _describe(writing, model, version, trained_at, {**about, "figures": figures})
        return _settle(writing, parent / version)
    finally:
        shutil.rmtree(writing, ignore_errors=True)


def check_parity(model: LinearModel, exported: Classifier, probes: Sequence[str]) -> float:
    """The largest difference between numpy and the file; raises ExportMismatch above PARITY."""
    expected = probabilities(model, batch(probes, model.settings))
    difference = np.abs(expected - exported.predict(probes))
    worst = float(difference.max())
    # two labels that are equally likely may change places by rounding alone
    moved = exported.predict(probes).argmax(axis=1) != expected.argmax(axis=1)
    if not worst < PARITY or (moved & (np.ptp(expected, axis=1) > PARITY)).any():
        raise ExportMismatch(f"the ONNX file differs from the model by {worst:.2g}")
    return worst


def remove_unfinished(parent: Path) -> None:
    """Delete what killed exports have left behind."""
    for folder in parent.glob(f"{UNFINISHED}*"):
        shutil.rmtree(folder, ignore_errors=True)


def _settle(writing: Path, final: Path) -> Path:
    for path in writing.iterdir():
        _flush(path)
    if final.exists():
        # a run that was killed after the rename comes here again with the same model
        if _is_whole(final):
            return final
        os.replace(final, final.with_name(f"{UNFINISHED}{uuid4().hex}"))
    os.replace(writing, final)
    _flush(final.parent)
    return final


def _is_whole(folder: Path) -> bool:
    try:
        Classifier(folder).predict([""])
    except BrokenModel:
        return False
    return True


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _describe(
    folder: Path, model: LinearModel, version: str, trained_at: datetime, about: Mapping[str, Any]
) -> None:
    card = _card(model, version, trained_at, about)
    (folder / "MODEL_CARD.md").write_text(card, encoding="utf-8")
    manifest = {
        "format": 1,
        "version": version,
        "labels": model.labels,
        "features": {**asdict(model.settings), "flags": FLAGS},
        "temperature": model.temperature,
        "trained_at": trained_at.isoformat(timespec="seconds"),
        **about,
        "files": {name: file_sha256(folder / name) for name in ("MODEL_CARD.md", "model.onnx")},
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=1)
    (folder / "manifest.json").write_text(text + "\n", encoding="utf-8")


def _card(model: LinearModel, version: str, trained_at: datetime, about: Mapping[str, Any]) -> str:
    figures = about.get("figures", {})
    lines = [
        f"# {version}",
        "",
        f"Sorts a freight forwarder's mail into {', '.join(model.labels)};",
        "reads Korean, English, Japanese and Thai.",
        "",
        "- Logistic regression on hashed character n-grams, words and yes/no features such as",
        '  "names an order number"; numpy trains it, ONNX Runtime serves it.',
        f"- Trained {trained_at:%Y-%m-%d} on {about.get('mails', '?')} mails: BusyBee's own",
        f"  hand-written corpus and {about.get('examples', 0)} mails that operators here labelled.",
    ]
    if figures:
        lines += [
            f"- Frozen set, {figures['mails']} mails by the corpus's author, so not blind:",
            f"  accuracy {figures['accuracy']:.3f} (one standard error",
            f"  {figures['standard_error']:.3f}), macro F1 {figures['macro_f1']:.3f},",
            f"  calibration error {figures['calibration_error']:.3f}.",
        ]
    lines += [
        "- Weak where the label hangs on meaning, not words: inquiries full of freight facts.",
        "- Licence: Apache-2.0, with the corpus.",
    ]
    return "\n".join(lines) + "\n"


def _graph(model: LinearModel) -> "ModelProto":
    """indices, counts, flags -> probabilities; the temperature is folded into the weights."""
    from onnx import TensorProto, checker, helper, numpy_helper

    heat = np.float32(model.temperature)
    constants = {
        "idf": model.idf,
        "weights": model.weights,
        "flag_weights": model.flag_weights / heat,
        "bias": model.bias / heat,
        "heat": np.array([heat], np.float32),
        "tiny": np.array([1e-6], np.float32),
        "last": np.array([1], np.int64),
    }
    nodes = [
        helper.make_node("Gather", ["idf", "indices"], ["idf16"]),
        helper.make_node("Cast", ["idf16"], ["idf32"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["counts", "idf32"], ["raw"]),
        helper.make_node("ReduceL2", ["raw"], ["length"], axes=[1], keepdims=1),
        helper.make_node("Max", ["length", "tiny"], ["divisor"]),
        helper.make_node("Div", ["raw", "divisor"], ["values"]),
        helper.make_node("Unsqueeze", ["values", "last"], ["row"]),
        helper.make_node("Gather", ["weights", "indices"], ["table16"]),
        helper.make_node("Cast", ["table16"], ["table"], to=TensorProto.FLOAT),
        helper.make_node("MatMul", ["row", "table"], ["product"]),
        helper.make_node("Squeeze", ["product", "last"], ["warm"]),
        helper.make_node("Div", ["warm", "heat"], ["wide"]),
        helper.make_node("MatMul", ["flags", "flag_weights"], ["explicit"]),
        helper.make_node("Add", ["wide", "explicit"], ["both"]),
        helper.make_node("Add", ["both", "bias"], ["scores"]),
        helper.make_node("Softmax", ["scores"], ["probabilities"], axis=1),
    ]
    graph = helper.make_graph(
        nodes,
        "busybee_wide",
        [
            helper.make_tensor_value_info("indices", TensorProto.INT64, ["n", "k"]),
            helper.make_tensor_value_info("counts", TensorProto.FLOAT, ["n", "k"]),
            helper.make_tensor_value_info("flags", TensorProto.FLOAT, ["n", len(FLAGS)]),
        ],
        [
            helper.make_tensor_value_info(
                "probabilities", TensorProto.FLOAT, ["n", len(model.labels)]
            )
        ],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    written = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8, producer_name="busybee"
    )
    checker.check_model(written)
    return written
