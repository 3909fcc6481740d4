"""A torch encoder as ONNX: the same answers, in few bytes, the same bytes every time."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from classifier.errors import ExportMismatch

pytestmark = pytest.mark.needs("module:torch", "module:transformers")

WORDS, WIDTH = 700, 32


@pytest.fixture
def encoder() -> Any:
    """A tiny DistilBERT with random weights, pooled."""
    import torch
    from transformers import DistilBertConfig, DistilBertModel

    from classifier.encoder.building import Encoder

    torch.manual_seed(7)
    config = DistilBertConfig(
        vocab_size=WORDS,
        dim=WIDTH,
        n_layers=1,
        n_heads=2,
        hidden_dim=64,
        max_position_embeddings=64,
        attn_implementation="eager",
    )
    return Encoder(DistilBertModel(config), torch.full((WIDTH,), 0.01))


def ask(path: Path, ids: np.ndarray, mask: np.ndarray) -> np.ndarray:
    import onnxruntime

    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    answer: np.ndarray = session.run(None, {"input_ids": ids, "attention_mask": mask})[0]
    return answer


def test_small_numbers_leave_the_embedding_in_its_place(encoder: Any, tmp_path: Path) -> None:
    from classifier.encoder.exporting import Bits, difference, export_encoder

    sizes: dict[Bits, int] = {}
    bounds: tuple[tuple[Bits, float], ...] = ((32, 0.999), (8, 0.999), (4, 0.97))
    for bits, least in bounds:
        path = export_encoder(encoder, tmp_path, dimensions=WIDTH, embedding_bits=bits)
        assert difference(encoder, path).cosine > least
        sizes[bits] = path.stat().st_size
    assert sizes[4] < sizes[8] < sizes[32]


def test_full_precision_is_the_module(encoder: Any, tmp_path: Path) -> None:
    from classifier.encoder.exporting import difference, export_encoder

    path = export_encoder(encoder, tmp_path, dimensions=WIDTH, int8=False, embedding_bits=32)
    assert difference(encoder, path).largest < 1e-5


def test_same_weights_give_the_same_bytes(encoder: Any, tmp_path: Path) -> None:
    from classifier.encoder.exporting import export_encoder

    one = export_encoder(encoder, tmp_path, dimensions=WIDTH).read_bytes()
    assert export_encoder(encoder, tmp_path, dimensions=WIDTH).read_bytes() == one


def test_padding_changes_next_to_nothing(encoder: Any, tmp_path: Path) -> None:
    from classifier.encoder.exporting import export_encoder

    path = export_encoder(encoder, tmp_path, dimensions=WIDTH, int8=False)
    alone = ask(path, np.array([[5, 6, 7]]), np.ones((1, 3), np.int64))
    rows = np.array([[5, 6, 7, 0, 0], [9, 9, 9, 9, 9]])
    padded = ask(path, rows, np.array([[1, 1, 1, 0, 0], [1, 1, 1, 1, 1]]))
    assert np.abs(alone[0] - padded[0]).max() < 1e-5
    assert np.allclose(np.linalg.norm(padded, axis=1), 1, atol=1e-5)


def test_table_that_was_four_bit_comes_back_as_it_was() -> None:
    from classifier.encoder.exporting import four_bit_blocks

    rng = np.random.default_rng(2)
    numbers = rng.integers(-8, 8, (50, 3, 32))
    numbers[:, :, 0] = -8
    scales = rng.normal(size=(50, 3, 1)).astype(np.float16).astype(np.float32)
    table = (numbers * scales).reshape(50, 96).astype(np.float32)
    found, found_scales = four_bit_blocks(table)
    again = (found.reshape(50, 3, 32) - 8.0) * found_scales.astype(np.float32)[..., None]
    assert np.array_equal(again.reshape(50, 96), table)


def test_row_of_zeros_stays_zero() -> None:
    from classifier.encoder.exporting import four_bit_blocks

    numbers, scales = four_bit_blocks(np.zeros((2, 64), np.float32))
    assert not ((numbers.reshape(2, 2, 32) - 8.0) * scales[..., None]).any()


def test_other_width_than_named_is_refused(encoder: Any, tmp_path: Path) -> None:
    from classifier.encoder.exporting import export_encoder

    with pytest.raises(ExportMismatch, match="32 numbers a text where 16"):
        export_encoder(encoder, tmp_path, dimensions=16)
    assert not list(tmp_path.iterdir())


def test_module_that_freezes_a_length_is_refused(tmp_path: Path) -> None:
    """Tracing writes a Python number as a constant: the file answers for one length only."""
    import torch

    from classifier.encoder.exporting import export_encoder

    class Frozen(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.words = torch.nn.Embedding(WORDS, WIDTH)

        def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
            return (self.words(ids) * mask[..., None]).sum(1) / float(ids.shape[1])

    torch.manual_seed(1)
    with pytest.raises(ExportMismatch, match="differs from torch"):
        export_encoder(Frozen(), tmp_path, dimensions=WIDTH)
    assert not list(tmp_path.iterdir())
