"""A small real encoder: a table of letters in ONNX and a tokenizer that cuts text into them."""

from pathlib import Path

import numpy as np
from onnx import (  # noqa: TID253  helpers of tests: no serving process loads them
    ModelProto,
    TensorProto,
    checker,
    helper,
    load_from_string,
    numpy_helper,
)
from tokenizers import Tokenizer, models, processors

from classifier.export import Deep
from classifier.folders import ENCODER, TOKENIZER, EncoderSettings, Mixing
from classifier.heads import Heads
from classifier.parts import Encoder

DIMENSIONS = 16
TOKENS = 64
SPECIAL = ("<pad>", "<s>", "</s>", "<unk>")
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,?!-/견적부탁주문진행"
SETTINGS = EncoderSettings("letters", DIMENSIONS, TOKENS, "mean")


def write_encoder(folder: Path, *, rows: int | None = None, dimensions: int = DIMENSIONS) -> Path:
    """`folder` with encoder.onnx (a table of `rows` letters) and tokenizer.json."""
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = [*SPECIAL, *dict.fromkeys(LETTERS)]
    table = np.random.default_rng(5).normal(size=(rows or len(vocabulary), dimensions))
    (folder / ENCODER).write_bytes(_graph(table.astype(np.float32)).SerializeToString())
    (folder / TOKENIZER).write_text(_tokenizer(vocabulary).to_str(), encoding="utf-8")
    return folder


def open_encoder(folder: Path) -> Encoder:
    """The encoder in `folder`, open."""
    return Encoder((folder / ENCODER).read_bytes(), (folder / TOKENIZER).read_bytes(), SETTINGS)


def spoilt(folder: Path) -> Path:
    """`folder` with an encoder that answers what is no number where a text has a Z."""
    model = load_from_string((folder / ENCODER).read_bytes())
    table = next(each for each in model.graph.initializer if each.name == "table")
    values = numpy_helper.to_array(table).copy()
    values[len(SPECIAL) + list(dict.fromkeys(LETTERS)).index("Z")] = np.nan
    table.CopyFrom(numpy_helper.from_array(values, "table"))
    return _rewritten(folder, model)


def answering_a_list(folder: Path) -> Path:
    """`folder` with an encoder whose first answer is a list of embeddings."""
    model = load_from_string((folder / ENCODER).read_bytes())
    model.graph.node.append(helper.make_node("SequenceConstruct", ["embedding"], ["list"]))
    answer = helper.make_tensor_sequence_value_info("list", TensorProto.FLOAT, None)
    model.graph.output.insert(0, answer)
    return _rewritten(folder, model)


def _rewritten(folder: Path, model: ModelProto) -> Path:
    # not written into: other folders may share the file
    (folder / ENCODER).unlink()
    (folder / ENCODER).write_bytes(model.SerializeToString())
    return folder


def some_deep(folder: Path, flags: int, labels: int, *, sure: float = 0.7) -> Deep:
    """The encoder in `folder` with heads of random numbers."""
    rng = np.random.default_rng(6)
    heads = Heads(
        rng.normal(size=(DIMENSIONS + flags, labels)).astype(np.float32),
        rng.normal(size=labels).astype(np.float32),
        Mixing(0.6, 0.4, 1.0, 0.8, sure),
    )
    return Deep(folder, SETTINGS, heads)


def _tokenizer(vocabulary: list[str]) -> Tokenizer:
    numbers = {piece: number for number, piece in enumerate(vocabulary)}
    tokenizer = Tokenizer(models.BPE(vocab=numbers, merges=[], unk_token="<unk>"))
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 1), ("</s>", 2)]
    )
    return tokenizer


def _graph(table: np.ndarray) -> ModelProto:
    constants = {
        "table": table,
        "one": np.array([1], np.int64),
        "last": np.array([-1], np.int64),
        "tiny": np.array([1e-6], np.float32),
    }
    nodes = [
        helper.make_node("Gather", ["table", "input_ids"], ["letters"]),
        helper.make_node("Cast", ["attention_mask"], ["mask"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["mask", "last"], ["column"]),
        helper.make_node("Mul", ["letters", "column"], ["seen"]),
        helper.make_node("ReduceSum", ["seen", "one"], ["sum"], keepdims=0),
        helper.make_node("ReduceL2", ["sum"], ["length"], axes=[1], keepdims=1),
        helper.make_node("Max", ["length", "tiny"], ["divisor"]),
        helper.make_node("Div", ["sum", "divisor"], ["embedding"]),
    ]
    graph = helper.make_graph(
        nodes,
        "letters",
        [
            helper.make_tensor_value_info(name, TensorProto.INT64, ["n", "t"])
            for name in ("input_ids", "attention_mask")
        ],
        [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["n", table.shape[1]])],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    written = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    checker.check_model(written)
    return written
