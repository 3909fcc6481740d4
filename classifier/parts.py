"""The parts of a model, opened from verified bytes: wide tables, encoder, heads.

NumPy answers for the wide part: faster for one mail than ONNX Runtime (17 against 24 microseconds),
and a mail of which it is sure needs no ONNX Runtime at all. That and the tokenizers library are
loaded when the encoder is first asked.
"""

import io
import tokenize
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import numpy.typing as npt

from classifier.errors import BrokenModel
from classifier.features import FLAGS, Features, FeatureSettings, encoder_characters, encoder_text
from classifier.folders import EncoderSettings, Mixing

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

Floats = npt.NDArray[np.float32]
Real = TypeVar("Real", np.float32, np.float64)

# what numpy and zipfile raise for a file that is cut, empty, changed, pickled or no archive
NO_TABLES = (
    ValueError,
    KeyError,
    TypeError,
    OSError,
    EOFError,
    SyntaxError,
    MemoryError,
    OverflowError,
    RuntimeError,  # a kind of compression that there is not, a password
    tokenize.TokenError,
    zipfile.BadZipFile,
    zlib.error,
)


@dataclass(frozen=True, slots=True)
class Wide:
    """Logistic regression on hashed n-grams: tables of (buckets,), (buckets, labels) and so on."""

    idf: Floats
    weights: Floats
    flag_weights: Floats
    bias: Floats

    def scores(self, row: Features) -> Floats:
        """Scores of one text before temperature: (labels,)."""
        values = row.counts * self.idf.take(row.indices)
        length = max(float(values @ values) ** 0.5, 1e-6)
        warm = values @ self.weights.take(row.indices, axis=0) / length
        result: Floats = warm + row.flags @ self.flag_weights + self.bias
        return result


@dataclass(frozen=True, slots=True)
class DeepHeads:
    """Logistic regression on [embedding, flags]: (dimensions + FLAGS, labels) and (labels,)."""

    weights: Floats
    bias: Floats

    def scores(self, embeddings: Floats, flags: Floats) -> Floats:
        """Scores before mixing: (n, labels)."""
        result: Floats = np.concatenate((embeddings, flags), axis=1) @ self.weights + self.bias
        return result


def open_wide(content: bytes, settings: FeatureSettings, labels: int) -> Wide:
    """The tables in the npz file `content`; raises BrokenModel where one is not as it must be."""
    shapes = {
        "idf": (settings.buckets,),
        "weights": (settings.buckets, labels),
        "flag_weights": (len(FLAGS), labels),
        "bias": (labels,),
    }
    return Wide(**_tables(content, shapes))


def open_heads(content: bytes, dimensions: int, labels: int) -> DeepHeads:
    """The heads in the npz file `content`; raises BrokenModel where one is not as it must be."""
    shapes = {"deep_weights": (dimensions + len(FLAGS), labels), "deep_bias": (labels,)}
    tables = _tables(content, shapes)
    return DeepHeads(tables["deep_weights"], tables["deep_bias"])


def pack(tables: Mapping[str, npt.NDArray[Any]]) -> bytes:
    """`tables` as an npz file; the same tables give the same bytes on any day."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, table in tables.items():
            entry = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            inner = io.BytesIO()
            np.lib.format.write_array(inner, np.ascontiguousarray(table), allow_pickle=False)
            archive.writestr(entry, inner.getvalue())
    return buffer.getvalue()


def _tables(content: bytes, shapes: Mapping[str, tuple[int, ...]]) -> dict[str, Floats]:
    tables = {}
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as archive:
            for name, shape in shapes.items():
                if archive[name].shape != shape:
                    raise BrokenModel(f"{name} is {archive[name].shape}, it must be {shape}")
                tables[name] = archive[name].astype(np.float32)
    except NO_TABLES as exc:
        raise BrokenModel(f"the tables cannot be read: {exc}") from exc
    for name, table in tables.items():
        if not np.isfinite(table).all():
            raise BrokenModel(f"{name} has values that are no numbers")
    return tables


class Encoder:
    """Text -> embedding by ONNX Runtime, one thread."""

    def __init__(self, onnx: bytes, tokenizer: bytes, settings: EncoderSettings) -> None:
        """Opens both files and asks them once; raises BrokenModel where they do not fit."""
        self.settings = settings
        self._tokenizer = _open_tokenizer(tokenizer, settings.tokens)
        self._session = _open_session(onnx)
        self._probe()

    def embed(self, texts: Sequence[str]) -> Floats:
        """Embeddings of `texts` (as `compose` makes them): (len(texts), dimensions).

        Each goes alone: int8 scales a batch by its largest number, so that in batches of four an
        answer leaned on its neighbours (2 of 200 mails changed their label), for 12.0 in place of
        12.4 ms a mail. A text for which the encoder answers what is no number has an embedding of
        zeros. Raises BrokenModel where the encoder fails.
        """
        rows = [self._run([self.tokens(text)])[0] for text in texts]
        answers = np.array(rows, np.float32).reshape(len(texts), self.settings.dimensions)
        # one such row would spoil the heads that are fitted to it
        answers[~np.isfinite(answers).all(axis=1)] = 0
        return answers

    def tokens(self, text: str) -> list[int]:
        """Ids of what the encoder reads of `text`, special tokens included."""
        # one at a time: `encode_batch` starts threads, and a fork after it hangs or warns
        ids: list[int] = self._tokenizer.encode(self.read(text)).ids
        return ids

    def read(self, text: str) -> str:
        """The part of `text` that the encoder reads, as it is cut into pieces."""
        return encoder_text(text, encoder_characters(self.settings.tokens))

    def _run(self, rows: Sequence[Sequence[int]]) -> Floats:
        ids = np.zeros((len(rows), max(map(len, rows)) or 1), np.int64)
        mask = np.zeros_like(ids)
        for number, row in enumerate(rows):
            ids[number, : len(row)] = row
            mask[number, : len(row)] = 1
        try:
            answers = self._session.run(None, {"input_ids": ids, "attention_mask": mask})[0]
        except _runtime_errors() as exc:
            raise BrokenModel(f"the encoder fails: {str(exc)[:300]}") from exc
        if not isinstance(answers, np.ndarray) or answers.dtype.kind != "f":
            raise BrokenModel("the encoder answers what is no table of numbers")
        if answers.shape != (len(rows), self.settings.dimensions):
            raise BrokenModel(f"the encoder answers {answers.shape} to {len(rows)} texts")
        result: Floats = answers
        return result

    def _probe(self) -> None:
        """Ask for the last piece of the vocabulary: beyond the encoder's table is a fault now."""
        last = self._tokenizer.get_vocab_size(with_added_tokens=True) - 1
        if last < 0 or self._tokenizer.id_to_token(last) is None:
            raise BrokenModel("the tokenizer's pieces are not numbered without gaps")
        if not np.isfinite(self._run([[last, 0], [0]])).all():
            raise BrokenModel("the encoder answers what is no number")


def needs_encoder(wide: Floats, mixing: Mixing) -> npt.NDArray[np.bool_]:
    """Which texts the wide part is not sure of, by its scores (n, labels)."""
    if mixing.sure >= 1:
        return np.ones(len(wide), bool)
    if mixing.sure <= 0:
        return np.zeros(len(wide), bool)
    unsure: npt.NDArray[np.bool_] = softmax(wide / mixing.wide_temperature).max(1) < mixing.sure
    return unsure


def mixed(wide: Floats, deep: Floats, mixing: Mixing) -> Floats:
    """Probabilities (n, labels) where both parts were asked."""
    scores = mixing.wide * wide + mixing.deep * deep
    scores /= mixing.temperature
    return softmax(scores)


def softmax(scores: npt.NDArray[Real]) -> npt.NDArray[Real]:
    """Shares of each row that add up to 1."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    result: npt.NDArray[Real] = powers / powers.sum(axis=1, keepdims=True)
    return result


def _open_tokenizer(content: bytes, tokens: int) -> "Tokenizer":
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_str(content.decode())
        tokenizer.no_padding()
        tokenizer.enable_truncation(tokens)
    except Exception as exc:
        raise BrokenModel(f"the tokenizer cannot be read: {str(exc)[:300]}") from exc
    return tokenizer


def _open_session(content: bytes) -> "InferenceSession":
    import onnxruntime

    options = onnxruntime.SessionOptions()
    # one thread a worker: the workers are the parallelism, and spinning threads starve them
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # after 600 mails of random length, alone and in batches, the process has grown by 88 MiB; by 91
    # without pattern, 124 without arena (it is the C library then that keeps pieces), and every
    # setting takes 11 to 13 ms a mail. Prepacked or not, the session opens with 80 MiB; without
    # prepacking or with fewer optimisations a mail takes 5 to 20 % longer
    options.enable_cpu_mem_arena = True
    options.enable_mem_pattern = True
    options.log_severity_level = 4
    try:
        session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    except _runtime_errors() as exc:
        raise BrokenModel(f"ONNX Runtime does not open the encoder: {str(exc)[:300]}") from exc
    # it would keep the file's 18 MiB to fall back on another provider; there is none
    session.disable_fallback()
    session._model_bytes = None
    names = {each.name for each in session.get_inputs()}
    if names != {"input_ids", "attention_mask"}:
        raise BrokenModel(f"the encoder asks for {', '.join(sorted(names))}")
    return session


def _runtime_errors() -> tuple[type[Exception], ...]:
    from onnxruntime.capi import onnxruntime_pybind11_state as state

    return (
        state.Fail,
        state.InvalidArgument,
        state.InvalidGraph,
        state.InvalidProtobuf,
        state.NoModel,
        state.NotImplemented,
        state.RuntimeException,
    )
