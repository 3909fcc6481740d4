"""Texts as padded tensors: texts of near length together, so that little is padding."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from transformers import PreTrainedModel

Ids = Sequence[int]
# how far from its place in the order of length a text may be dealt, in tokens
_JITTER = 20


@dataclass(frozen=True, slots=True)
class Batch:
    """Several texts: their places in the list that they are from, ids and mask (texts, tokens)."""

    places: tuple[int, ...]
    ids: torch.Tensor
    mask: torch.Tensor


def batches(
    ids: Sequence[Ids], size: int, rng: np.random.Generator | None = None
) -> Iterator[Batch]:
    """Batches of `size` texts of near length, shuffled where `rng` is given."""
    noise = rng.random(len(ids)) * _JITTER if rng else np.zeros(len(ids))
    order = np.argsort(np.array([len(row) for row in ids]) + noise, kind="stable")
    starts = np.arange(0, len(order), size)
    if rng:
        rng.shuffle(starts)
    for start in starts.tolist():
        yield padded(ids, tuple(order[start : start + size].tolist()))


def padded(ids: Sequence[Ids], places: tuple[int, ...]) -> Batch:
    """The texts at `places`, padded to the longest of them."""
    width = max(len(ids[place]) for place in places)
    rows = np.zeros((len(places), width), np.int64)
    mask = np.zeros((len(places), width), np.int64)
    for row, place in enumerate(places):
        rows[row, : len(ids[place])] = ids[place]
        mask[row, : len(ids[place])] = 1
    return Batch(places, torch.from_numpy(rows), torch.from_numpy(mask))


def hidden(model: PreTrainedModel, batch: Batch) -> torch.Tensor:
    """The model's last states: (texts, tokens, width) float32, on the CPU's own half precision."""
    device = next(model.parameters()).device
    with torch.autocast(device.type, dtype=torch.bfloat16):
        output = model(input_ids=batch.ids.to(device), attention_mask=batch.mask.to(device))
    states: torch.Tensor = output.last_hidden_state
    return states.float().to(batch.ids.device)


def pooled(states: torch.Tensor, batch: Batch) -> torch.Tensor:
    """The mean state of each text's tokens: (texts, width)."""
    mask = batch.mask[..., None].to(states.dtype)
    return (states * mask).sum(1) / mask.sum(1)
