"""What classification costs: ours beside the plain way, in one run and one thread.

CPU time of this process a mail, medians of rounds; each round runs the contestants in another
order, so that a slow minute of the machine hits no one alone.
"""

import copy
import platform
import random
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from classifier import corpus
from classifier.contestants import SEED, Answer, Contestant, ours, seeds
from classifier.errors import Missing
from classifier.evaluation import rounded
from classifier.folders import TOKENIZER, verified
from classifier.inference import Classifier
from classifier.intervals import share
from classifier.labelled import MailSet
from classifier.measuring import BATCH, asked_share, part
from classifier.parts import Encoder
from classifier.report import Answers

Progress = Callable[[str], None]

# mails per core-second, as times of the plain way
TARGETS = {"batch": 15.0, "one": 20.0}
GOALS = {"batch": 20.0, "one": 30.0}
# int8 may cost this many points of accuracy
INT8_POINTS = 0.5


@dataclass(frozen=True, slots=True)
class BenchSettings:
    """How much is measured."""

    mails: int = 64
    rounds: int = 5
    seed: int = 20  # of the sample of mails and of the orders


@dataclass(frozen=True, slots=True)
class Timing:
    """Milliseconds a mail, medians: CPU of this process, and of the clock; `ratio` is how many
    times as many mails a core-second as the plain way gets (None where that was not run).
    """

    ms: float
    wall_ms: float
    ratio: float | None


def sample_texts(settings: BenchSettings) -> list[str]:
    """Frozen mails of the lengths that seeded training mails have.

    Of a mail that it was trained on the wide part is surer, and would ask the encoder too seldom.
    """
    draw = random.Random(settings.seed)
    unseen = sorted((mail.text for mail in corpus.frozen_mails()), key=len)
    many = min(settings.mails, len(unseen))
    texts = []
    for mail in draw.sample(corpus.training_mails(), many):
        nearest = min(range(len(unseen)), key=lambda i: abs(len(unseen[i]) - len(mail.text)))
        texts.append(unseen.pop(nearest))
    return texts


def speed(
    model: Classifier, settings: BenchSettings, say: Progress = lambda _: None
) -> dict[str, Any]:
    """Each contestant's cost as plain values, with the lengths that it was measured on."""
    texts = sample_texts(settings)
    say("making the plain network")
    entered = [*seeds([mail.text for mail in corpus.training_mails()]), *ours(model)]
    costs = _race(entered, texts, settings, say)
    return {
        "mails": len(texts),
        "rounds": settings.rounds,
        "characters": _lengths(texts),
        "asked": round(asked_share(model, _wide_answers(model, texts)), 4),
        "contestants": _rows(entered, costs),
        "targets": TARGETS,
        "goals": GOALS,
    }


def _wide_answers(model: Classifier, texts: Sequence[str]) -> Answers:
    return Answers("wide", model.labels, part(model, "wide").predict(texts))


def machine(model: Classifier) -> str:
    """The model and what it ran on, in a line."""
    import onnxruntime

    python = platform.python_version()
    return (
        f"{model.version}, {_processor()}, Python {python}, ONNX Runtime {onnxruntime.__version__}"
    )


def int8_loss(model: Classifier, fp32: Path, measured: MailSet) -> dict[str, Any]:
    """int8 beside fp32: accuracy of the encoder alone and of the whole, and the points between.

    `fp32` is the encoder before quantising, which a build keeps. Raises Missing where it is not
    there, or the model has no encoder.
    """
    if model.manifest.encoder is None:
        raise Missing("this model is the wide part only")
    if not fp32.exists():
        raise Missing(f"no {fp32}: `manage.py build_release` leaves it there")
    plain = copy.copy(model)
    tokenizer = verified(model.folder, TOKENIZER, model.manifest.files[TOKENIZER])
    plain._encoder = Encoder(fp32.read_bytes(), tokenizer, model.manifest.encoder)
    model.load()
    rows = {
        name: _loss(part(model, name), part(plain, name), measured) for name in ("deep", "whole")
    }
    return {"set": measured.name, "mails": len(measured.samples), **rounded(rows)}


def _loss(small: Classifier, plain: Classifier, measured: MailSet) -> dict[str, Any]:
    truth = [small.labels.index(sample.label) for sample in measured.samples]
    texts = [sample.text for sample in measured.samples]
    by_small = np.array([small.predict([text])[0].argmax() for text in texts])
    by_plain = np.array([plain.predict([text])[0].argmax() for text in texts])
    hits = {"int8": int((by_small == truth).sum()), "fp32": int((by_plain == truth).sum())}
    return {
        **{name: asdict(share(count, len(texts))) for name, count in hits.items()},
        "same_label": float((by_small == by_plain).mean()),
        "points_lost": 100 * (hits["fp32"] - hits["int8"]) / len(texts),
    }


def _race(
    entered: Sequence[Contestant], texts: Sequence[str], settings: BenchSettings, say: Progress
) -> dict[str, dict[str, list[tuple[float, float]]]]:
    """By contestant and way ("batch", "one"): CPU and clock milliseconds a mail of each round."""
    runners = [(each.name, each.answer) for each in entered if each.answer is not None]
    for name, answer in runners:
        say(f"warming up {name}")
        for chunk in (texts[:1], texts[:BATCH]):
            answer(chunk)
    order = random.Random(settings.seed)
    costs: dict[str, dict[str, list[tuple[float, float]]]] = {
        name: {"batch": [], "one": []} for name, _ in runners
    }
    for number in range(settings.rounds):
        order.shuffle(runners)
        for name, answer in runners:
            costs[name]["batch"].append(_cost(answer, texts, BATCH))
            costs[name]["one"].append(_cost(answer, texts, 1))
        say(f"round {number + 1} of {settings.rounds}")
    return costs


def _cost(answer: Answer, texts: Sequence[str], batch: int) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    for start in range(0, len(texts), batch):
        answer(texts[start : start + batch])
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    return cpu * 1000 / len(texts), wall * 1000 / len(texts)


def _rows(
    entered: Sequence[Contestant], costs: dict[str, dict[str, list[tuple[float, float]]]]
) -> list[dict[str, Any]]:
    rows = []
    for each in entered:
        row: dict[str, Any] = {"name": each.name, "about": each.about, "why_not": each.why_not}
        for way in ("batch", "one"):
            if each.name in costs:
                row[way] = rounded(asdict(_timing(each.name, way, costs)))
        rows.append(row)
    return rows


def _timing(name: str, way: str, costs: dict[str, dict[str, list[tuple[float, float]]]]) -> Timing:
    ms = statistics.median(cpu for cpu, _ in costs[name][way])
    wall = statistics.median(clock for _, clock in costs[name][way])
    if SEED not in costs:
        return Timing(ms, wall, None)
    return Timing(ms, wall, statistics.median(cpu for cpu, _ in costs[SEED][way]) / ms)


def _lengths(texts: Sequence[str]) -> dict[str, float]:
    lengths = [len(text) for text in texts]
    p50, p95 = np.percentile(lengths, (50, 95))
    return {"mean": round(statistics.mean(lengths), 1), "p50": float(p50), "p95": float(p95)}


def _processor() -> str:
    """The processor's name where Linux tells it."""
    try:
        rows = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return platform.machine()
    names = [row.partition(":")[2].strip() for row in rows if row.startswith("model name")]
    return f"{len(names)} x {names[0]}" if names else platform.machine()
