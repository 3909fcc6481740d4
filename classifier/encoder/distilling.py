"""A small encoder that learns a large one's verdicts on many mails (Hinton et al. 2015)."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import torch
from transformers import BertModel

from classifier.encoder.batches import Ids
from classifier.encoder.tuning import Head, Labelled, Progress, TuningConfig, embed, tune


@dataclass(frozen=True, slots=True)
class DistilConfig:
    """How the student learns."""

    layers: int = 6  # the teacher's first: they fit one another without having to learn it anew
    softness: float = 2.0  # the teacher's scores are divided by it, so that its doubts are heard
    teacher_share: float = 0.7  # of its verdict, beside the label that the mail's author gave
    tuning: TuningConfig = field(
        default_factory=lambda: TuningConfig(epochs=2, rate=1e-4, smoothing=0.0)
    )


def verdicts(
    teacher: BertModel,
    head: Head,
    ids: Sequence[Ids],
    flags: npt.NDArray[np.float32],
    softness: float,
) -> npt.NDArray[np.float32]:
    """What the teacher says of each text: probabilities (texts, labels), softened."""
    states = torch.from_numpy(embed(teacher, ids))
    with torch.no_grad():
        scores = head(states, torch.from_numpy(flags))
    softened: npt.NDArray[np.float32] = (scores / softness).softmax(-1).numpy()
    return softened


def first_layers(model: BertModel, layers: int) -> BertModel:
    """A copy of `model` with its first `layers` only."""
    settings = model.config.to_dict() | {"num_hidden_layers": layers}
    student = BertModel(type(model.config)(**settings), add_pooling_layer=False)
    student.set_attn_implementation("eager")
    student.embeddings.load_state_dict(model.embeddings.state_dict())
    for block, source in zip(student.encoder.layer, model.encoder.layer, strict=False):
        block.load_state_dict(source.state_dict())
    return student


def distil(
    student: BertModel,
    verdict: npt.NDArray[np.float32],
    data: Labelled,
    config: DistilConfig,
    *,
    progress: Progress = lambda step, steps, loss: None,
) -> Head:
    """Teach `student` in place `verdict` on the texts of `data`, beside their labels; its head."""
    targets = config.teacher_share * verdict + (1 - config.teacher_share) * data.targets
    mixed = Labelled(data.ids, data.flags, targets.astype(np.float32), data.weights)
    return tune(student, mixed, config.tuning, progress=progress)
