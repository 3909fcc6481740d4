"""What a model has to beat: a rule, its own parts alone, and DistilBERT from scratch.

Trained on the same mails and measured on the same set. torch and transformers are needed for
DistilBERT only; without them that row says so.
"""

import hashlib
import importlib.util
import json
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from classifier.corpus import Sample
from classifier.errors import Missing
from classifier.features import names_number
from classifier.labelled import MailSet, samples_sha256
from classifier.labels import LABELS
from classifier.report import Answers

if TYPE_CHECKING:
    from tokenizers import Tokenizer

logger = logging.getLogger(__name__)

Progress = Callable[[str], None]
Floats = npt.NDArray[np.float32]

NEEDS = ("torch", "transformers", "safetensors")
HOW = "`make test-deps TRAIN=1` installs what is missing"
SAY_EVERY_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class DistilSettings:
    """How DistilBERT is trained from scratch."""

    seed: int = 20
    epochs: int = 4
    steps: int = 0  # ends after so many; 0: after the epochs
    batch: int = 32
    rate: float = 1e-4  # of AdamW, after the warm-up; falls to 0 in a line
    warm_up: float = 0.1  # share of the steps in which the rate rises
    decay: float = 0.01
    tokens: int = 128  # most tokens of a mail that are read
    layers: int = 3
    width: int = 768
    heads: int = 12
    # of the tokenizer that is made from the training mails where the model has none
    pieces: int = 16_000


def rule(samples: Sequence[Sample]) -> Answers:
    """The rule "has a number -> order": where the mail's new text or subject names one.

    Every other mail is a quote, the most frequent label. It is as sure as can be.
    """
    given = ["order" if names_number(sample.text) else "quote" for sample in samples]
    rows = np.eye(len(LABELS), dtype=np.float32)[[LABELS.index(label) for label in given]]
    return Answers("rule", LABELS, rows)


def distilbert(
    training: Sequence[Sample],
    measured: MailSet,
    folder: Path,
    settings: DistilSettings,
    *,
    tokenizer: Path | None = None,
    say: Progress = lambda _: None,
) -> Answers:
    """Answers of DistilBERT, trained from scratch on `training`, to the mails of `measured`.

    Weights and answers are kept under `folder`, by what they were made from, and taken from there
    the next time. `tokenizer` is a file of the tokenizers library; without one a BPE is made from
    the training mails. Raises Missing where torch is not installed and nothing is kept.
    """
    made_from = _key(training, settings, tokenizer)
    home = folder / made_from
    kept = home / f"{measured.sha256()[:16]}.json"
    if not kept.exists():
        rows = _probabilities(training, measured, home, settings, tokenizer, say)
        _write(kept, rows)
    labels, rows = _read(kept)
    return Answers("DistilBERT from scratch", labels, rows)


def _key(training: Sequence[Sample], settings: DistilSettings, tokenizer: Path | None) -> str:
    """What a trained baseline is kept under: corpus, settings and tokenizer."""
    digest = hashlib.sha256(samples_sha256(training).encode())
    digest.update(json.dumps(asdict(settings), sort_keys=True).encode())
    digest.update(tokenizer.read_bytes() if tokenizer else b"")
    return f"distilbert-{digest.hexdigest()[:16]}"


def _write(path: Path, rows: Floats) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {"labels": LABELS, "probabilities": rows.astype(float).round(6).tolist()}
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(content), encoding="utf-8")
    fresh.rename(path)


def _read(path: Path) -> tuple[tuple[str, ...], Floats]:
    content = json.loads(path.read_text(encoding="utf-8"))
    return tuple(content["labels"]), np.array(content["probabilities"], np.float32)


def _probabilities(
    training: Sequence[Sample],
    measured: MailSet,
    home: Path,
    settings: DistilSettings,
    tokenizer: Path | None,
    say: Progress,
) -> Floats:
    """Probabilities of the trained network, which is trained first where none is kept."""
    absent = [name for name in NEEDS if importlib.util.find_spec(name) is None]
    if absent:
        raise Missing(f"not made: {', '.join(absent)} not installed; {HOW}")
    from safetensors.torch import load_file, save_file

    pieces = _open_tokenizer(tokenizer, training, settings)
    network = new_network(pieces.get_vocab_size(), settings)
    weights = home / "weights.safetensors"
    if weights.exists():
        network.load_state_dict(load_file(weights))
    else:
        _train(network, pieces, training, settings, say)
        home.mkdir(parents=True, exist_ok=True)
        save_file(network.state_dict(), weights.with_suffix(".new"))
        weights.with_suffix(".new").rename(weights)
    return _answer(network, pieces, [sample.text for sample in measured.samples], settings)


def _open_tokenizer(
    path: Path | None, training: Sequence[Sample], settings: DistilSettings
) -> "Tokenizer":
    from tokenizers import Tokenizer

    pieces = Tokenizer.from_file(str(path)) if path else _new_tokenizer(training, settings.pieces)
    pieces.no_padding()
    pieces.enable_truncation(settings.tokens)
    return pieces


def _new_tokenizer(training: Sequence[Sample], many: int) -> "Tokenizer":
    """A byte-level BPE of `many` pieces, made from the training mails."""
    from tokenizers import ByteLevelBPETokenizer

    made = ByteLevelBPETokenizer()
    made.train_from_iterator(
        [sample.text for sample in training], vocab_size=many, show_progress=False
    )
    return made._tokenizer


def new_network(vocabulary: int, settings: DistilSettings, *, attention: str = "sdpa") -> Any:
    """A DistilBERT with seeded random weights and a head of LABELS."""
    import torch
    from transformers import DistilBertConfig, DistilBertForSequenceClassification

    torch.manual_seed(settings.seed)
    config = DistilBertConfig(
        vocab_size=vocabulary,
        n_layers=settings.layers,
        dim=settings.width,
        n_heads=settings.heads,
        hidden_dim=4 * settings.width,
        num_labels=len(LABELS),
        max_position_embeddings=max(512, settings.tokens),
        attn_implementation=attention,
    )
    return DistilBertForSequenceClassification(config)


def _train(
    network: Any,
    pieces: "Tokenizer",
    training: Sequence[Sample],
    settings: DistilSettings,
    say: Progress,
) -> None:
    """Fit `network` to `training`: AdamW, a rate that rises and falls, batches of near length."""
    import torch

    device = _device()
    network.to(device).train()
    ids = [pieces.encode(sample.text).ids for sample in training]
    labels = torch.tensor([LABELS.index(sample.label) for sample in training])
    draw = np.random.default_rng(settings.seed)
    steps = -(-len(ids) // settings.batch) * settings.epochs
    steps = min(steps, settings.steps) if settings.steps else steps
    optimiser = torch.optim.AdamW(
        network.parameters(), lr=settings.rate, weight_decay=settings.decay
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: _share_of_rate(step, steps, settings.warm_up)
    )
    started = said = time.monotonic()
    lengths = [len(row) for row in ids]
    for step, places in enumerate(_batches(lengths, settings, draw, steps), 1):
        inputs, mask = _padded([ids[i] for i in places])
        # half precision: twice as fast where the processor has it, and as good for training
        with torch.autocast(device, dtype=torch.bfloat16):
            scores = network(input_ids=inputs.to(device), attention_mask=mask.to(device)).logits
        loss = torch.nn.functional.cross_entropy(scores.float(), labels[places].to(device))
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        now = time.monotonic()
        if now - said > SAY_EVERY_SECONDS or step == steps:
            said = now
            left = (now - started) / step * (steps - step)
            say(f"  DistilBERT step {step} of {steps}, loss {loss.item():.3f}, {left:.0f} s left")
    network.to("cpu").eval()


def _share_of_rate(step: int, steps: int, warm_up: float) -> float:
    """The share of the rate at `step`: up in a line, then down in a line."""
    rising = max(1, round(steps * warm_up))
    return min((step + 1) / rising, (steps - step) / max(1, steps - rising), 1.0)


def _batches(
    lengths: Sequence[int], settings: DistilSettings, draw: np.random.Generator, steps: int
) -> Iterator[list[int]]:
    """`steps` batches; each epoch has each mail once, shuffled, in buckets of near length.

    A pool of 16 batches is sorted, cut and shuffled: padding to the longest costs most of the time.
    """
    done = 0
    pool = 16 * settings.batch
    while True:
        order = draw.permutation(len(lengths)).tolist()
        batches = []
        for start in range(0, len(order), pool):
            near = sorted(order[start : start + pool], key=lengths.__getitem__)
            batches += [near[i : i + settings.batch] for i in range(0, len(near), settings.batch)]
        for number in draw.permutation(len(batches)).tolist():
            if done == steps:
                return
            done += 1
            yield batches[number]


def _padded(rows: Sequence[Sequence[int]]) -> tuple[Any, Any]:
    """Ids and mask of `rows` as tensors (n, longest)."""
    import torch

    ids = torch.zeros((len(rows), max(1, *map(len, rows))), dtype=torch.int64)
    mask = torch.zeros_like(ids)
    for number, row in enumerate(rows):
        ids[number, : len(row)] = torch.tensor(row, dtype=torch.int64)
        mask[number, : len(row)] = 1
    mask[:, 0] = 1  # an empty mail attends to something
    return ids, mask


def _answer(
    network: Any, pieces: "Tokenizer", texts: Sequence[str], settings: DistilSettings
) -> Floats:
    """Probabilities of `texts`: (n, labels)."""
    import torch

    network.eval()
    ids = [pieces.encode(text).ids for text in texts]
    order = sorted(range(len(ids)), key=lambda i: len(ids[i]))
    rows = np.zeros((len(ids), len(LABELS)), np.float32)
    with torch.inference_mode():
        for start in range(0, len(order), settings.batch):
            places = order[start : start + settings.batch]
            inputs, mask = _padded([ids[i] for i in places])
            scores = network(input_ids=inputs, attention_mask=mask).logits
            rows[places] = torch.softmax(scores, dim=1).numpy()
    return rows


def _device() -> str:
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"
