"""Fine-tuning an encoder on labelled texts: cross-entropy through a linear head on its mean."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import nn
from torch.nn import functional
from transformers import PreTrainedModel

from classifier.encoder.batches import Batch, Ids, batches, hidden, pooled

# texts whose mean state is the head's centre; more move it by less than training does
_CENTRED_ON = 400
Progress = Callable[[int, int, float], None]


@dataclass(frozen=True, slots=True)
class TuningConfig:
    """How an encoder is fine-tuned."""

    seed: int = 4
    epochs: int = 3
    batch: int = 16
    rate: float = 6e-5
    head_rate: float = 2e-3
    warm_up: float = 0.06  # share of the steps
    smoothing: float = 0.05  # of the labels: nobody is sure beyond doubt
    flags_left_out: float = 0.3  # share of the texts whose yes/no features are hidden from the head


@dataclass(frozen=True, slots=True)
class Labelled:
    """Texts to learn: token ids, yes/no features (texts, flags), targets, weights (texts,)."""

    ids: Sequence[Ids]
    flags: npt.NDArray[np.float32]
    targets: npt.NDArray[np.float32]  # probabilities (texts, labels)
    weights: npt.NDArray[np.float32]


class Head(nn.Module):
    """Scores of the labels from mean states and yes/no features."""

    def __init__(self, centre: torch.Tensor, spread: float, flags: int, labels: int) -> None:
        super().__init__()
        self.register_buffer("centre", centre)
        self.spread = spread
        self.text = nn.Linear(len(centre), labels)
        self.flags = nn.Linear(flags, labels, bias=False)
        nn.init.zeros_(self.text.weight)
        nn.init.zeros_(self.flags.weight)

    def of_text(self, states: torch.Tensor) -> torch.Tensor:
        """The scores of the text alone: (texts, labels)."""
        scores: torch.Tensor = self.text((states - self.centre) / self.spread)
        return scores

    def forward(self, states: torch.Tensor, flags: torch.Tensor) -> torch.Tensor:
        scores: torch.Tensor = self.of_text(states) + self.flags(flags)
        return scores


def embed(
    model: PreTrainedModel, ids: Sequence[Ids], *, batch: int = 32
) -> npt.NDArray[np.float32]:
    """The mean state of each text: (texts, width)."""
    model.eval()
    states = np.zeros((len(ids), model.config.hidden_size), np.float32)
    with torch.no_grad():
        for chunk in batches(ids, batch):
            states[list(chunk.places)] = pooled(hidden(model, chunk), chunk).numpy()
    return states


def tune(
    model: PreTrainedModel,
    data: Labelled,
    config: TuningConfig,
    *,
    progress: Progress = lambda step, steps, loss: None,
) -> Head:
    """Fine-tune `model` in place, and the head that was trained with it. Its word table stays.

    `progress` is called with step, steps and loss. Seeded: the same input gives the same weights on
    the same machine.
    """
    torch.manual_seed(config.seed)
    rng = np.random.default_rng(config.seed)
    some = rng.permutation(len(data.ids))[:_CENTRED_ON]
    before = torch.from_numpy(embed(model, [data.ids[place] for place in some]))
    centre = before.mean(0)
    head = Head(centre, float((before - centre).std()), data.flags.shape[1], data.targets.shape[1])
    # few mails move few words: the others would no longer fit
    model.get_input_embeddings().weight.requires_grad_(False)
    optimiser = _optimiser(model, head, config)
    plan = [c for _ in range(config.epochs) for c in batches(data.ids, config.batch, rng)]
    model.train()
    for step, chunk in enumerate(plan):
        _set_rates(optimiser, config, step / len(plan))
        loss = _loss(model, head, data, chunk, config, rng)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        progress(step + 1, len(plan), loss.item())
    model.eval()
    return head


def _optimiser(model: nn.Module, head: Head, config: TuningConfig) -> torch.optim.AdamW:
    moving = [weight for weight in model.parameters() if weight.requires_grad]
    groups = [
        {"params": moving, "lr": config.rate, "rate": config.rate},
        {"params": head.parameters(), "lr": config.head_rate, "rate": config.head_rate},
    ]
    return torch.optim.AdamW(groups, weight_decay=0.01)


def _set_rates(optimiser: torch.optim.AdamW, config: TuningConfig, done: float) -> None:
    """Linear warm-up, then linear decay to nothing."""
    share = min(1.0, (done + 1e-3) / config.warm_up) * (1 - done)
    for group in optimiser.param_groups:
        group["lr"] = group["rate"] * share


def _loss(
    model: PreTrainedModel,
    head: Head,
    data: Labelled,
    chunk: Batch,
    config: TuningConfig,
    rng: np.random.Generator,
) -> torch.Tensor:
    places = list(chunk.places)
    shown = rng.random((len(places), 1)) >= config.flags_left_out
    flags = torch.from_numpy(data.flags[places] * shown.astype(np.float32))
    scores = head(pooled(hidden(model, chunk), chunk), flags)
    targets = torch.from_numpy(data.targets[places])
    losses = functional.cross_entropy(
        scores, targets, label_smoothing=config.smoothing, reduction="none"
    )
    weights = torch.from_numpy(data.weights[places])
    return (losses * weights).sum() / weights.sum()
