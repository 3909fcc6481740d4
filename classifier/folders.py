"""A model folder (format 2) on the disk: its manifest, and its files as verified bytes.

Shipped and trained models have the same shape, and a folder needs nothing outside itself.
"""

import hashlib
import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from classifier.errors import BrokenModel
from classifier.features import FLAGS, FeatureSettings

FORMAT = 2
MANIFEST = "manifest.json"
WIDE = "wide.npz"
ENCODER = "encoder.onnx"
TOKENIZER = "tokenizer.json"
HEADS = "heads.npz"
# written once by the build of the release, shared by every model that is fitted after it
ENCODER_FILES = (ENCODER, TOKENIZER)


@dataclass(frozen=True, slots=True)
class EncoderSettings:
    """What the encoder of a folder is: numbers of an embedding, most tokens that it reads."""

    name: str
    dimensions: int
    tokens: int
    pooling: str = ""
    licence: str = ""  # of the weights that it was made from
    origin: str = ""  # how it was made: seed, mails, versions
    own_mails: bool = False  # it was fine-tuned here, on operators' examples too


@dataclass(frozen=True, slots=True)
class Mixing:
    """How the two parts make one answer.

    The wide part answers alone, its scores divided by `wide_temperature`, where its likeliest label
    has at least the probability `sure`. Else the scores are wide * z_wide + deep * z_deep, divided
    by `temperature`. `sure` 0: the encoder is never asked; 1 or more: always.
    """

    wide: float = 1.0
    deep: float = 0.0
    wide_temperature: float = 1.0
    temperature: float = 1.0
    sure: float = 0.0


@dataclass(frozen=True, slots=True)
class Manifest:
    """The manifest as far as serving needs it."""

    version: str
    labels: tuple[str, ...]
    settings: FeatureSettings
    encoder: EncoderSettings | None
    mixing: Mixing
    files: dict[str, str]


def open_manifest(folder: Path) -> Manifest:
    """The checked manifest of `folder`; raises BrokenModel. The files are not looked at yet."""
    raw = load_manifest(folder)
    try:
        if raw["format"] != FORMAT:
            raise BrokenModel(f"{folder.name}: format {raw['format']}, this version reads {FORMAT}")
        features = dict(raw["features"])
        flags = tuple(features.pop("flags"))
        manifest = Manifest(
            version=str(raw["version"]),
            labels=_labels(raw["labels"]),
            settings=FeatureSettings(**features),
            encoder=EncoderSettings(**raw["encoder"]) if raw["encoder"] else None,
            mixing=Mixing(**{key: float(value) for key, value in raw["mixing"].items()}),
            files={str(name): str(sha256) for name, sha256 in raw["files"].items()},
        )
        _check(manifest)
    except (KeyError, TypeError, AttributeError, ValueError) as exc:
        raise BrokenModel(
            f"{folder.name}: the manifest lacks or misnames something: {exc}"
        ) from exc
    if flags != FLAGS:
        raise BrokenModel(f"{folder.name}: made for other yes/no features than this version has")
    return manifest


def _labels(raw: object) -> tuple[str, ...]:
    if not isinstance(raw, list):
        raise TypeError("labels must be a list")
    return tuple(map(str, raw))


def _check(manifest: Manifest) -> None:
    """Raises ValueError where a number of the manifest cannot be worked with."""
    settings, encoder, mixing = manifest.settings, manifest.encoder, manifest.mixing
    numbers = (mixing.wide, mixing.deep, mixing.wide_temperature, mixing.temperature, mixing.sure)
    counted = [settings.buckets, settings.characters, settings.longest]
    counted += [encoder.dimensions, encoder.tokens] if encoder else []
    if not all(isinstance(number, int) for number in counted):
        raise ValueError("counts must be whole numbers")
    if not all(map(math.isfinite, numbers)):
        raise ValueError("mixing must be numbers")
    if min(mixing.wide_temperature, mixing.temperature) <= 0:
        raise ValueError("a temperature must be above 0")
    if len(set(manifest.labels)) != len(manifest.labels) or not manifest.labels:
        raise ValueError("labels must be different from each other")
    if settings.buckets < 1 or settings.buckets & (settings.buckets - 1):
        raise ValueError("buckets must be a power of two")
    if not (settings.characters > 0 and settings.longest > 0):
        raise ValueError("characters and longest must be above 0")
    if encoder and not (0 < encoder.dimensions < 1 << 16 and 2 < encoder.tokens <= 1 << 13):
        raise ValueError("the encoder's dimensions or tokens are out of bounds")
    if mixing.sure > 0 and not encoder:
        raise ValueError("no encoder to ask")
    needed = {WIDE, HEADS, *ENCODER_FILES} if encoder else {WIDE}
    for name in sorted(needed - manifest.files.keys()):
        raise ValueError(f"{name} is not named")
    _check_names(manifest.files)


def _check_names(files: Iterable[str]) -> None:
    """Raises ValueError where one of `files` would lie elsewhere than in the folder."""
    for name in files:
        if not name or Path(name).name != name or "\0" in name or name == "..":
            raise ValueError(f"{name!r} cannot be the name of a file here")


def load_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of `folder` as it stands there; raises BrokenModel where it is no object."""
    try:
        manifest = json.loads(read_content(folder / MANIFEST))
    except (ValueError, RecursionError) as exc:
        raise BrokenModel(f"{folder.name}: the manifest cannot be read: {exc}") from exc
    if not isinstance(manifest, dict):
        raise BrokenModel(f"{folder.name}: the manifest is no JSON object")
    return manifest


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of `folder`, all of whose files are as it says; raises BrokenModel."""
    manifest = load_manifest(folder)
    try:
        files = dict(manifest["files"])
        _check_names(files)
    except (KeyError, TypeError, ValueError) as exc:
        raise BrokenModel(f"{folder.name}: the manifest cannot be read: {exc}") from exc
    for name, sha256 in files.items():
        verified(folder, name, sha256)
    return manifest


def verified(folder: Path, name: str, sha256: str) -> bytes:
    """The bytes of `folder`/`name`, which have that hash; raises BrokenModel.

    Callers open these bytes, not the file: it may change between two readings.
    """
    content = read_content(folder / name)
    if hashlib.sha256(content).hexdigest() != sha256:
        raise BrokenModel(f"{folder.name}: {name} is not the file that the manifest names")
    return content


def file_sha256(path: Path) -> str:
    """SHA-256 of the file; raises BrokenModel where it cannot be read."""
    return hashlib.sha256(read_content(path)).hexdigest()


def read_content(path: Path) -> bytes:
    """The bytes of the file; raises BrokenModel where it cannot be read."""
    try:
        return path.read_bytes()
    except (OSError, ValueError) as exc:
        raise BrokenModel(f"{path.parent.name}: {path.name} cannot be read: {exc}") from exc
