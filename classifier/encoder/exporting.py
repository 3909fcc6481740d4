"""A torch encoder -> encoder.onnx: int8 weights, the table of words in 4 bits a number."""

import logging
import math
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt
import onnx
import torch
from onnx import ModelProto, TensorProto, checker, helper, numpy_helper

from classifier.errors import ExportMismatch

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

logger = logging.getLogger(__name__)

Bits = Literal[4, 8, 32]
Floats = npt.NDArray[np.float32]

FILE_NAME = "encoder.onnx"
OPSET = 17
# float32 in another order; a mask that is not read or a length that is frozen is far above
PARITY = 1e-4
# int8 and 4-bit numbers turn an embedding a little; one that points elsewhere is another encoder
LEAST_COSINE = 0.9
# numbers of a row that share one scale
BLOCK = 32
# a smaller table is not worth packing
_LEAST_TABLE = 1 << 14
# scales tried for a block of 4-bit numbers, as shares of the one that just holds the largest number
_SHRINKS = (1.0, 0.95, 0.9, 0.85, 0.8)


@dataclass(frozen=True, slots=True)
class Difference:
    """How far a file is from its module on probes: largest difference, and least cosine."""

    largest: float
    cosine: float


def export_encoder(
    module: torch.nn.Module,
    folder: Path,
    *,
    dimensions: int,
    int8: bool = True,
    embedding_bits: Bits = 4,
    probe_tokens: int = 24,
) -> Path:
    """The file `encoder.onnx` in `folder`; the same weights give the same bytes.

    `module(input_ids, attention_mask)`, built with attn_implementation="eager", gives float32
    (n, dimensions); it is moved to the CPU and left in eval(). `probe_tokens` is the length of the
    texts that torch and the file are compared on. Raises ExportMismatch, and leaves no file, where
    they differ.
    """
    module.cpu().eval()
    probes = _probes(_vocabulary(module), probe_tokens)
    expected = _answers(module, probes)
    if expected[0].shape[1] != dimensions:
        raise ExportMismatch(f"{expected[0].shape[1]} numbers a text where {dimensions} were named")
    with tempfile.TemporaryDirectory(prefix="busybee-export-") as scratch:
        plain = Path(scratch) / "plain.onnx"
        _trace(module, probes[0], plain)
        exact = _difference(expected, plain, probes)
        if not exact.largest < PARITY:
            raise ExportMismatch(f"the ONNX file differs from torch by {exact.largest:.2g}")
        graph = onnx.load(str(_quantised(plain) if int8 else plain))
        small = Path(scratch) / FILE_NAME
        small.write_bytes(_tidy(pack_tables(graph, embedding_bits)))
        lossy = _difference(expected, small, probes)
        if not lossy.cosine > LEAST_COSINE:
            raise ExportMismatch(f"the small numbers turn an embedding to {lossy.cosine:.3f}")
        written = folder / FILE_NAME
        written.write_bytes(small.read_bytes())
    logger.info(
        "Encoder of %.1f MB: float32 differs by %.1g, the small numbers leave a cosine of %.4f",
        written.stat().st_size / 1e6,
        exact.largest,
        lossy.cosine,
    )
    return written


def difference(module: torch.nn.Module, path: Path, *, probe_tokens: int = 24) -> Difference:
    """How far the file at `path` is from `module`, on the probes of the export."""
    module.eval()
    probes = _probes(_vocabulary(module), probe_tokens)
    return _difference(_answers(module, probes), path, probes)


def pack_tables(model: ModelProto, bits: Bits) -> ModelProto:
    """`model` with its largest Gather table in `bits` bits a number, the other large ones in 8.

    Standard operators unpack the gathered rows, so that every execution provider can run them.
    """
    if bits == 32:
        return model
    stored = {tensor.name: tensor for tensor in model.graph.initializer}
    gathers = [
        node
        for node in model.graph.node
        if node.op_type == "Gather" and _is_table(stored.get(node.input[0]))
    ]
    sizes = {node.input[0]: math.prod(stored[node.input[0]].dims) for node in gathers}
    for node in gathers:
        table = node.input[0]
        # the largest is the words; positions are few, and each of them is in every text
        few = bits == 4 and sizes[table] == max(sizes.values())
        nodes, constants = (_four_bits if few else _eight_bits)(
            numpy_helper.to_array(stored[table]), node
        )
        place = list(model.graph.node).index(node)
        model.graph.node.remove(node)
        for offset, new in enumerate(nodes):
            model.graph.node.insert(place + offset, new)
        model.graph.initializer.extend(
            numpy_helper.from_array(value, name)
            for name, value in constants.items()
            if name not in {tensor.name for tensor in model.graph.initializer}
        )
    used = {name for node in model.graph.node for name in node.input}
    for tensor in [t for t in model.graph.initializer if t.name not in used]:
        model.graph.initializer.remove(tensor)
    return model


def four_bit_blocks(table: Floats) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.float16]]:
    """`table` (rows, width) as numbers 0 to 15 of the same shape and scales (rows, blocks).

    A number stands for (number - 8) * scale. A table that was 4-bit in such blocks comes back
    as it was.
    """
    rows, width = table.shape
    blocks = table.reshape(rows, -1, _block(width)).astype(np.float32)
    places = np.abs(blocks).argmax(axis=2)[..., None]
    # the largest number sits on -8, which +7 has no partner for
    full = np.take_along_axis(blocks, places, axis=2)[..., 0] / -8
    best = np.full(full.shape, np.inf, np.float32)
    numbers = np.zeros(blocks.shape, np.uint8)
    scales = np.zeros(full.shape, np.float16)
    for shrink in _SHRINKS:
        scale = (full * shrink).astype(np.float16)
        wide = scale.astype(np.float32)[..., None]
        safe = np.where(wide == 0, 1, wide)
        tried = np.clip(np.rint(blocks / safe), -8, 7)
        error = ((tried * wide - blocks) ** 2).sum(axis=2)
        better = error < best
        best[better] = error[better]
        scales[better] = scale[better]
        numbers[better] = (tried[better] + 8).astype(np.uint8)
    return numbers.reshape(rows, width), scales


def _four_bits(
    table: Floats, gather: onnx.NodeProto
) -> tuple[list[onnx.NodeProto], dict[str, npt.NDArray[Any]]]:
    """Nodes and constants that answer `gather` from a table of two numbers a byte."""
    numbers, scales = four_bit_blocks(table)
    name, indices, answer = gather.input[0], gather.input[1], gather.output[0]
    half = table.shape[1] // 2
    constants = {
        # the first half of a row in the low four bits, the second in the high ones
        f"{name}_packed": numbers[:, :half] | numbers[:, half:] << 4,
        f"{name}_scales": scales,
        "bb_sixteen": np.array(16, np.float32),
        "bb_sixteenth": np.array(1 / 16, np.float32),
        "bb_eight": np.array(8, np.float32),
        "bb_last": np.array([-1], np.int64),
        f"{name}_blocks": np.array([0, 0, -1, _block(table.shape[1])], np.int64),
        f"{name}_row": np.array([0, 0, table.shape[1]], np.int64),
    }
    own = f"{answer}_bb"
    nodes = [
        helper.make_node("Gather", [f"{name}_packed", indices], [f"{own}_bytes"]),
        helper.make_node("Cast", [f"{own}_bytes"], [f"{own}_both"], to=TensorProto.FLOAT),
        helper.make_node("Mul", [f"{own}_both", "bb_sixteenth"], [f"{own}_shifted"]),
        helper.make_node("Floor", [f"{own}_shifted"], [f"{own}_high"]),
        helper.make_node("Mul", [f"{own}_high", "bb_sixteen"], [f"{own}_high16"]),
        helper.make_node("Sub", [f"{own}_both", f"{own}_high16"], [f"{own}_low"]),
        helper.make_node("Concat", [f"{own}_low", f"{own}_high"], [f"{own}_all"], axis=-1),
        helper.make_node("Sub", [f"{own}_all", "bb_eight"], [f"{own}_signed"]),
        helper.make_node("Reshape", [f"{own}_signed", f"{name}_blocks"], [f"{own}_parted"]),
        helper.make_node("Gather", [f"{name}_scales", indices], [f"{own}_scale16"]),
        helper.make_node("Cast", [f"{own}_scale16"], [f"{own}_scale32"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", [f"{own}_scale32", "bb_last"], [f"{own}_scale"]),
        helper.make_node("Mul", [f"{own}_parted", f"{own}_scale"], [f"{own}_scaled"]),
        helper.make_node("Reshape", [f"{own}_scaled", f"{name}_row"], [answer]),
    ]
    return nodes, constants


def _eight_bits(
    table: Floats, gather: onnx.NodeProto
) -> tuple[list[onnx.NodeProto], dict[str, npt.NDArray[Any]]]:
    """Nodes and constants that answer `gather` from int8 numbers with one scale a row."""
    name, indices, answer = gather.input[0], gather.input[1], gather.output[0]
    scales = np.abs(table).max(axis=1, keepdims=True).astype(np.float32) / 127
    safe = np.where(scales == 0, 1, scales)
    constants = {
        f"{name}_bytes": np.rint(table / safe).astype(np.int8),
        f"{name}_scales": scales,
    }
    own = f"{answer}_bb"
    nodes = [
        helper.make_node("Gather", [f"{name}_bytes", indices], [f"{own}_bytes"]),
        helper.make_node("Cast", [f"{own}_bytes"], [f"{own}_floats"], to=TensorProto.FLOAT),
        helper.make_node("Gather", [f"{name}_scales", indices], [f"{own}_scale"]),
        helper.make_node("Mul", [f"{own}_floats", f"{own}_scale"], [answer]),
    ]
    return nodes, constants


def _is_table(tensor: TensorProto | None) -> bool:
    """Whether `tensor` is a table of rows of numbers, large enough and of an even width."""
    if tensor is None or tensor.data_type != TensorProto.FLOAT or len(tensor.dims) != 2:
        return False
    return math.prod(tensor.dims) >= _LEAST_TABLE and tensor.dims[1] % 2 == 0


def _block(width: int) -> int:
    """How many numbers of a row of `width` share a scale: BLOCK, or what divides the width."""
    shared = math.gcd(width, BLOCK)
    return shared if shared >= 8 else width


def _vocabulary(module: torch.nn.Module) -> int:
    """Rows of the largest embedding of `module`: the ids that it can be asked."""
    sizes = [part.num_embeddings for part in module.modules() if hasattr(part, "num_embeddings")]
    if not sizes:
        raise ExportMismatch("the module has no embedding to look words up in")
    return max(sizes)


def _probes(vocabulary: int, tokens: int) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """Ids and masks of several batch sizes, lengths and paddings; the same every time."""
    random = torch.Generator().manual_seed(4)
    probes = []
    for mails, length in ((2, tokens - 1), (3, tokens), (1, max(1, tokens // 4)), (1, 1)):
        ids = torch.randint(0, vocabulary, (mails, length), generator=random)
        ends = torch.randint(1, length + 1, (mails, 1), generator=random)
        ends[0] = length
        mask = (torch.arange(length)[None, :] < ends).long()
        probes.append((ids, mask))
    return probes


def _answers(
    module: torch.nn.Module, probes: Sequence[tuple[torch.Tensor, torch.Tensor]]
) -> list[Floats]:
    with torch.inference_mode():
        return [module(ids, mask).float().cpu().numpy() for ids, mask in probes]


def _difference(
    expected: Sequence[Floats],
    path: Path,
    probes: Sequence[tuple[torch.Tensor, torch.Tensor]],
) -> Difference:
    session = _session(path)
    largest, cosine = 0.0, 1.0
    for (ids, mask), wanted in zip(probes, expected, strict=True):
        inputs = {"input_ids": ids.numpy(), "attention_mask": mask.numpy()}
        found: Floats = session.run(["embedding"], inputs)[0]
        largest = max(largest, float(np.abs(found - wanted).max()))
        lengths = np.linalg.norm(found, axis=1) * np.linalg.norm(wanted, axis=1)
        cosine = min(
            cosine, float(((found * wanted).sum(axis=1) / np.maximum(lengths, 1e-9)).min())
        )
    return Difference(largest, cosine)


def _session(path: Path) -> "InferenceSession":
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def _trace(module: torch.nn.Module, probe: tuple[torch.Tensor, torch.Tensor], path: Path) -> None:
    """Write `module` as float32 ONNX, mails and tokens of any number."""
    with _quiet():
        torch.onnx.export(
            module,
            probe,
            str(path),
            input_names=["input_ids", "attention_mask"],
            output_names=["embedding"],
            dynamic_axes={
                "input_ids": {0: "n", 1: "t"},
                "attention_mask": {0: "n", 1: "t"},
                "embedding": {0: "n"},
            },
            opset_version=OPSET,
            dynamo=False,
        )


def _quantised(plain: Path) -> Path:
    """The path of `plain` with int8 weights; activations become uint8 as they come."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    # uint8 weights would be 3.2 times slower; Gather is packed by pack_tables
    small = plain.with_name("int8.onnx")
    with _quiet():
        quantize_dynamic(
            str(plain),
            str(small),
            op_types_to_quantize=["MatMul"],
            per_channel=True,
            weight_type=QuantType.QInt8,
        )
    return small


def _tidy(model: ModelProto) -> bytes:
    """The bytes of `model` without what differs between two runs: names of tools, remarks."""
    model.producer_name, model.producer_version, model.doc_string = "busybee", "", ""
    model.graph.name, model.graph.doc_string = "encoder", ""
    del model.metadata_props[:]
    for node in model.graph.node:
        node.doc_string = ""
        del node.metadata_props[:]
    checker.check_model(model)
    return model.SerializeToString(deterministic=True)


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the exporters' remarks: on tracing, on dynamo to come, on their own preprocessing."""
    root = logging.getLogger()
    level = root.level
    root.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        root.setLevel(level)
