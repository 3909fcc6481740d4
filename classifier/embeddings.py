"""Embeddings of training mails, kept on the disk: an encoder is asked once for each text."""

import hashlib
import io
import logging
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from uuid import uuid4

import numpy as np
import numpy.typing as npt

from classifier.parts import NO_TABLES, Encoder, pack

logger = logging.getLogger(__name__)

Floats = npt.NDArray[np.float32]

FOLDER = ".embeddings"
UNFINISHED = ".writing-"
# asked and kept in one go: a killed run goes on behind the last of them
_CHUNK = 256


def embeddings(
    texts: Sequence[str],
    encoder: Encoder,
    sha256: str,
    parent: Path,
    *,
    progress: Callable[[], None] = lambda: None,
) -> Floats:
    """Embeddings of `texts`: (len(texts), dimensions), of the encoder whose file has that hash.

    What `parent` keeps is not asked for again; `progress` is called every second or two.
    """
    path = parent / FOLDER / f"{sha256}.npz"
    known = _read(path, encoder.settings.dimensions)
    keys = [_key(encoder.tokens(text)) for text in texts]
    left = [i for i, key in enumerate(keys) if key not in known]
    for start in range(0, len(left), _CHUNK):
        chunk = left[start : start + _CHUNK]
        for some in np.array_split(chunk, len(chunk) // 32 + 1):
            rows = encoder.embed([texts[i] for i in some])
            known.update(zip((keys[i] for i in some), rows, strict=True))
            progress()
        _write(path, known)
    if not texts:
        return np.zeros((0, encoder.settings.dimensions), np.float32)
    return np.stack([known[key] for key in keys])


def forget_others(parent: Path, kept: set[str]) -> None:
    """Delete the embeddings of encoders whose hash is not in `kept`, and what killed runs left."""
    for path in (parent / FOLDER).glob(f"{UNFINISHED}*"):
        path.unlink(missing_ok=True)
    for path in (parent / FOLDER).glob("*.npz"):
        if path.stem not in kept:
            path.unlink(missing_ok=True)


def _key(tokens: Sequence[int]) -> bytes:
    # all that the encoder sees of a text: another tokenizer or length makes another key
    return hashlib.sha256(np.array(tokens, "<i8").tobytes()).digest()


def _read(path: Path, dimensions: int) -> dict[bytes, Floats]:
    """What is kept in `path`; nothing where it is damaged: it can be computed again."""
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as archive:
            keys, rows = archive["keys"], archive["rows"]
    except FileNotFoundError:
        return {}
    except NO_TABLES as exc:
        logger.warning("The kept embeddings are read anew: %s", type(exc).__name__)
        return {}
    fits = keys.shape == (len(keys), 32) and rows.shape == (len(keys), dimensions)
    if not fits or keys.dtype != np.uint8 or rows.dtype != np.float32:
        return {}
    if not np.isfinite(rows).all():
        return {}
    return {key.tobytes(): row for key, row in zip(keys, rows, strict=True)}


def _write(path: Path, known: dict[bytes, Floats]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    writing = path.with_name(f"{UNFINISHED}{uuid4().hex}")
    keys = np.frombuffer(b"".join(known), np.uint8).reshape(-1, 32)
    try:
        writing.write_bytes(pack({"keys": keys, "rows": np.stack(list(known.values()))}))
        os.replace(writing, path)
    finally:
        writing.unlink(missing_ok=True)
