"""Writes a trained model as a folder of format 2 (see `folders`), and proves what it wrote."""

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import numpy.typing as npt

from classifier.errors import BrokenModel, ExportMismatch
from classifier.evaluation import Figures
from classifier.features import FLAGS, batch
from classifier.folders import (
    ENCODER,
    ENCODER_FILES,
    FORMAT,
    HEADS,
    MANIFEST,
    TOKENIZER,
    WIDE,
    EncoderSettings,
    Mixing,
    file_sha256,
    open_manifest,
    verified,
)
from classifier.heads import Heads
from classifier.inference import Classifier
from classifier.parts import needs_encoder, pack, softmax
from classifier.training import LinearModel, logits

UNFINISHED = ".writing-"
# float32 sums in another order; a real fault is far above
PARITY = 1e-4
# probes that the encoder is asked for in the comparison: it takes milliseconds a mail
DEEP_PROBES = 64


@dataclass(frozen=True, slots=True)
class Deep:
    """The deep part of a model to be written: `folder` holds encoder.onnx and tokenizer.json."""

    folder: Path
    settings: EncoderSettings
    heads: Heads


def export(
    model: LinearModel,
    parent: Path,
    *,
    name: str,
    probes: Sequence[str],
    trained_at: datetime,
    about: Mapping[str, Any],
    measure: Callable[[Classifier], Figures],
    deep: Deep | None = None,
) -> Path:
    """The new folder of `model` under `parent`, called `name` and a piece of its hash.

    It is written under a temporary name, loaded again, compared with numpy on `probes`, measured,
    then renamed; raises ExportMismatch and leaves nothing where the answers differ. An equal folder
    is kept as it is. Files of the encoder are linked where the file system can, else copied.
    """
    parent.mkdir(parents=True, exist_ok=True)
    writing = parent / f"{UNFINISHED}{uuid4().hex}"
    writing.mkdir()
    try:
        _write_parts(writing, model, deep)
        version = f"{name}-{_fingerprint(writing, model, deep)}"
        _describe(writing, model, deep, version, trained_at, about)
        written = Classifier(writing)
        written.load()
        check_parity(model, written, probes, deep)
        figures = measure(written).as_json()
        _describe(writing, model, deep, version, trained_at, {**about, "figures": figures})
        return _settle(writing, parent / version)
    finally:
        shutil.rmtree(writing, ignore_errors=True)


def check_parity(
    model: LinearModel, exported: Classifier, probes: Sequence[str], deep: Deep | None = None
) -> float:
    """The largest difference between numpy and the folder; raises ExportMismatch above PARITY."""
    worst = _difference(model, exported, probes, None)
    if deep:
        worst = max(worst, _difference(model, exported, probes[:DEEP_PROBES], deep))
    return worst


def _difference(
    model: LinearModel, exported: Classifier, probes: Sequence[str], deep: Deep | None
) -> float:
    expected = expected_answers(model, exported, probes, deep)
    # without `deep` the wide part is compared alone, on all probes: it costs next to nothing
    found = exported.predict(probes) if deep else exported.predict_wide(probes)
    worst = float(np.abs(expected - found).max())
    # two labels that are equally likely may change places by rounding alone
    moved = found.argmax(axis=1) != expected.argmax(axis=1)
    if not worst < PARITY or (moved & (np.ptp(expected, axis=1) > PARITY)).any():
        raise ExportMismatch(f"the written folder differs from the model by {worst:.2g}")
    return worst


def expected_answers(
    model: LinearModel, exported: Classifier, probes: Sequence[str], deep: Deep | None
) -> npt.NDArray[np.float64]:
    """What the trained numbers say of `probes`; only the embeddings come from the folder."""
    rows = batch(probes, model.settings)
    wide = logits(model, rows)
    answers = softmax(wide / model.temperature)
    if deep is None:
        return answers
    heads, mixing = deep.heads, _mixing(model, deep)
    # the same texts in one call, as int8 makes an embedding depend on its batch
    asked = needs_encoder(wide.astype(np.float32), mixing)
    if not asked.any():
        return answers
    texts = [text for text, ask in zip(probes, asked, strict=True) if ask]
    inputs = np.concatenate((exported.encoder().embed(texts), rows.flags[asked]), axis=1)
    scores = inputs.astype(np.float64) @ heads.deep_weights + heads.deep_bias
    both = mixing.wide * wide[asked] + mixing.deep * scores
    answers[asked] = softmax(both / mixing.temperature)
    return answers


def remove_unfinished(parent: Path) -> None:
    """Delete what killed exports have left behind."""
    for folder in parent.glob(f"{UNFINISHED}*"):
        shutil.rmtree(folder, ignore_errors=True)


def _settle(writing: Path, final: Path) -> Path:
    for path in (*writing.iterdir(), writing):
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
        Classifier(folder).load()
    except BrokenModel:
        return False
    return True


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write_parts(folder: Path, model: LinearModel, deep: Deep | None) -> None:
    tables: dict[str, npt.NDArray[Any]] = {
        "idf": model.idf,
        "weights": model.weights,
        "flag_weights": model.flag_weights,
        "bias": model.bias,
    }
    (folder / WIDE).write_bytes(pack(tables))
    if deep is None:
        return
    heads = {
        "deep_weights": deep.heads.deep_weights.astype(np.float32),
        "deep_bias": deep.heads.deep_bias.astype(np.float32),
    }
    (folder / HEADS).write_bytes(pack(heads))
    # of a model's folder the files must be those of its manifest: a damaged one that still opens
    # would be signed anew. That of a build has none yet
    is_model = (deep.folder / MANIFEST).exists()
    signed = open_manifest(deep.folder).files if is_model else {}
    for name in ENCODER_FILES:
        _share(deep.folder / name, folder / name)
        if is_model:
            verified(folder, name, signed[name])


def _share(source: Path, target: Path) -> None:
    """`source` under the name `target` too; a copy where links are not possible."""
    try:
        os.link(source, target)
    except FileNotFoundError as exc:
        raise BrokenModel(f"{source.parent.name}: {source.name} is not there") from exc
    except OSError:
        # another file system, or one without hard links
        shutil.copyfile(source, target)


def _fingerprint(folder: Path, model: LinearModel, deep: Deep | None) -> str:
    """Eight letters by which folders that answer otherwise have other names."""
    parts = [WIDE, HEADS, ENCODER, TOKENIZER]
    said = [file_sha256(folder / name) for name in parts if (folder / name).exists()]
    said.append(repr((model.labels, model.settings, deep and deep.settings, _mixing(model, deep))))
    return hashlib.sha256("".join(said).encode()).hexdigest()[:8]


def _mixing(model: LinearModel, deep: Deep | None) -> Mixing:
    """The mixing of the folder; the wide part's temperature is the model's."""
    if deep is None:
        return Mixing(wide_temperature=model.temperature, temperature=model.temperature)
    return replace(deep.heads.mixing, wide_temperature=model.temperature)


def _describe(
    folder: Path,
    model: LinearModel,
    deep: Deep | None,
    version: str,
    trained_at: datetime,
    about: Mapping[str, Any],
) -> None:
    card = _card(model, deep, version, trained_at, about)
    (folder / "MODEL_CARD.md").write_text(card, encoding="utf-8")
    names = sorted(path.name for path in folder.iterdir() if path.name != MANIFEST)
    manifest = {
        "format": FORMAT,
        "version": version,
        "labels": model.labels,
        "features": {**asdict(model.settings), "flags": FLAGS},
        "encoder": asdict(deep.settings) if deep else None,
        "mixing": asdict(_mixing(model, deep)),
        "trained_at": trained_at.isoformat(timespec="seconds"),
        **about,
        "files": {name: file_sha256(folder / name) for name in names},
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=1)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


def _card(
    model: LinearModel,
    deep: Deep | None,
    version: str,
    trained_at: datetime,
    about: Mapping[str, Any],
) -> str:
    figures = about.get("figures", {})
    lines = [
        f"# {version}",
        "",
        f"Sorts a freight forwarder's mail into {', '.join(model.labels)};",
        "reads Korean, English, Japanese and Thai.",
        "",
        "- Wide part: logistic regression on hashed character n-grams, words and yes/no features",
        '  such as "names an order number"; numpy trains and serves it.',
    ]
    if deep:
        mixing = _mixing(model, deep)
        lines += [
            f"- Deep part: the encoder {deep.settings.name}, served by ONNX Runtime, and logistic",
            f"  regression on its {deep.settings.dimensions} numbers and the yes/no features.",
            f"- The encoder is asked where the wide part is less than {mixing.sure:g} sure; then",
            f"  the scores are {mixing.wide:g} x wide + {mixing.deep:g} x deep.",
        ]
        if deep.settings.licence:
            lines.append(f"- Weights of the encoder: {deep.settings.licence}.")
        if deep.settings.origin:
            lines.append(f"- The encoder was built with {deep.settings.origin}.")
    lines += [
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
        "- Weakest: quotes and orders worded like inquiries, and inquiries full of freight facts.",
        "- Licence: Apache-2.0, with the corpus.",
    ]
    return "\n".join(lines) + "\n"
