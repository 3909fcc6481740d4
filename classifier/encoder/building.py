"""Corpus -> the encoder that ships: words cut, teacher fine-tuned, student taught, exported."""

import hashlib
import logging
import platform
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch.nn import functional
from transformers import BertModel

from classifier.corpus import Sample, samples
from classifier.corpus.mails import Mail
from classifier.corpus.recombining import recombine
from classifier.encoder import teacher as e5
from classifier.encoder.batches import Ids
from classifier.encoder.distilling import DistilConfig, distil, first_layers, verdicts
from classifier.encoder.exporting import export_encoder
from classifier.encoder.tuning import Head, Labelled, TuningConfig, embed, tune
from classifier.encoder.vocabulary import kept_pieces, tokenizer
from classifier.features import FeatureSettings, encoder_characters, encoder_text, features
from classifier.folders import ENCODER, TOKENIZER, EncoderSettings
from classifier.labels import LABELS

logger = logging.getLogger(__name__)

FULL_PRECISION = "encoder-fp32.onnx"
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class BuildConfig:
    """What the build can be told."""

    seed: int = 4
    tokens: int = 128  # that are read of a mail
    made: int = 8000  # recombined mails that the student listens to
    threads: int = 2
    teacher: TuningConfig = field(default_factory=TuningConfig)
    student: DistilConfig = field(default_factory=DistilConfig)


@dataclass(frozen=True, slots=True)
class BuiltEncoder:
    """The encoder in `folder`."""

    folder: Path
    settings: EncoderSettings


class Encoder(torch.nn.Module):
    """What is exported: the mean state of a text's tokens, centred, of length 1."""

    def __init__(self, body: BertModel, centre: torch.Tensor) -> None:
        super().__init__()
        self.body = body
        self.register_buffer("centre", centre)

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """Embeddings: (texts, width) float32."""
        states = self.body(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        mask = attention_mask.unsqueeze(-1).to(states.dtype)
        mean = (states * mask).sum(1) / mask.sum(1).clamp(min=1.0)
        return functional.normalize(mean - self.centre, dim=-1)


def build_encoder(
    mails: Sequence[Mail], folder: Path, config: BuildConfig, *, say: Say = lambda line: None
) -> BuiltEncoder:
    """The encoder fitted to `mails`: int8 and full precision in `folder`, with its tokenizer.

    An hour on two cores. Seeded: the same mails give the same encoder on the same machine and
    versions. `say` is told what is being done.
    """
    torch.set_num_threads(config.threads)
    torch.manual_seed(config.seed)
    folder.mkdir(parents=True, exist_ok=True)
    made = samples(recombine(mails, many=config.made, seed=config.seed))
    source = e5.read_teacher()
    kept = kept_pieces(source.vocabulary, (sample.text for sample in made))
    cutter = tokenizer(source.vocabulary, kept)
    cutter.enable_truncation(config.tokens)
    say(f"{len(kept)} pieces are kept; {len(made)} mails to listen to")
    model = e5.bert(source, kept, tuple(range(source.shape.layers)))
    with _timed(say, "the teacher is fine-tuned"):
        head = _tuned_once(model, cutter, samples(mails), config, folder, say)
    with _timed(say, "the student is taught"):
        student = _student(model, head, cutter, made, config, say)
    settings = EncoderSettings(
        name=f"{e5.NAME}, fine-tuned, distilled to {config.student.layers} layers",
        dimensions=source.shape.width,
        tokens=config.tokens,
        pooling="mean of the last states, centred, of length 1",
        licence=e5.LICENCE,
        origin=_origin(config, len(kept), len(mails), len(made)),
    )
    _write(student, cutter, _ids(cutter, samples(mails), config), folder, settings, say)
    return BuiltEncoder(folder, settings)


def _tuned_once(
    model: BertModel,
    cutter: Tokenizer,
    mails: Sequence[Sample],
    config: BuildConfig,
    folder: Path,
    say: Say,
) -> Head:
    """The fine-tuned teacher's head; a build that was broken off behind it takes it up again."""
    said = repr((config.seed, config.tokens, config.teacher, cutter.to_str(), mails))
    path = folder / f"teacher-{hashlib.sha256(said.encode()).hexdigest()[:12]}.pt"
    if path.exists():
        say("the teacher of the last build is taken up again")
        return _taken_up(model, path)
    head = _tuned(model, cutter, mails, config, say)
    torch.save(
        {"model": model.state_dict(), "head": head.state_dict(), "spread": head.spread}, path
    )
    return head


def _taken_up(model: BertModel, path: Path) -> Head:
    kept = torch.load(path, weights_only=True)
    model.load_state_dict(kept["model"])
    flags = kept["head"]["flags.weight"].shape[1]
    head = Head(kept["head"]["centre"], kept["spread"], flags, len(LABELS))
    head.load_state_dict(kept["head"])
    return head


def _tuned(
    model: BertModel, cutter: Tokenizer, mails: Sequence[Sample], config: BuildConfig, say: Say
) -> Head:
    return tune(model, _labelled(cutter, mails, config), config.teacher, progress=_progress(say))


def _student(
    model: BertModel,
    head: Head,
    cutter: Tokenizer,
    made: Sequence[Sample],
    config: BuildConfig,
    say: Say,
) -> BertModel:
    data = _labelled(cutter, made, config)
    say("the teacher judges what the student learns from")
    verdict = verdicts(model, head, data.ids, data.flags, config.student.softness)
    student = first_layers(model, config.student.layers)
    distil(student, verdict, data, config.student, progress=_progress(say))
    return student


def _labelled(cutter: Tokenizer, mails: Sequence[Sample], config: BuildConfig) -> Labelled:
    labels = np.array([LABELS.index(mail.label) for mail in mails])
    return Labelled(
        ids=_ids(cutter, mails, config),
        flags=np.stack([features(mail.text, FeatureSettings()).flags for mail in mails]),
        targets=np.eye(len(LABELS), dtype=np.float32)[labels],
        weights=np.ones(len(mails), np.float32),
    )


def _ids(cutter: Tokenizer, mails: Sequence[Sample], config: BuildConfig) -> list[Ids]:
    characters = encoder_characters(config.tokens)
    return [cutter.encode(encoder_text(mail.text, characters)).ids for mail in mails]


def _write(
    student: BertModel,
    cutter: Tokenizer,
    ids: Sequence[Ids],
    folder: Path,
    settings: EncoderSettings,
    say: Say,
) -> None:
    whole = Encoder(student, torch.from_numpy(embed(student, ids)).mean(0)).eval()
    width = settings.dimensions
    full = export_encoder(whole, folder, dimensions=width, int8=False, embedding_bits=32)
    full.replace(folder / FULL_PRECISION)
    export_encoder(whole, folder, dimensions=width, int8=True, embedding_bits=4)
    cutter.no_truncation()
    cutter.save(str(folder / TOKENIZER), pretty=False)
    size = sum((folder / name).stat().st_size for name in (ENCODER, TOKENIZER))
    say(f"encoder and tokenizer: {size / 1e6:.1f} MB")


def _origin(config: BuildConfig, pieces: int, mails: int, made: int) -> str:
    return (
        f"seed {config.seed}: {pieces} pieces, teacher fine-tuned on {mails} mails, student taught "
        f"on {made} recombined ones, torch {torch.__version__} on {platform.machine()}"
    )


def _progress(say: Say) -> Callable[[int, int, float], None]:
    """Says where the work is, every half a minute."""
    said = time.monotonic()

    def progress(step: int, steps: int, loss: float) -> None:
        nonlocal said
        if time.monotonic() - said > 30 or step == steps:
            said = time.monotonic()
            say(f"  step {step} of {steps}, loss {loss:.3f}")

    return progress


@contextmanager
def _timed(say: Say, what: str) -> Iterator[None]:
    started = time.monotonic()
    yield
    say(f"{what}: {time.monotonic() - started:.0f} s")
