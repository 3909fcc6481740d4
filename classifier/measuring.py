"""A model, whole and in parts, asked for labelled mails: its answers, and what they cost."""

import copy
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from classifier.errors import Missing
from classifier.evaluation import rounded
from classifier.folders import Mixing
from classifier.inference import Classifier
from classifier.labelled import MailSet
from classifier.report import Answers, compare, report

Progress = Callable[[str], None]

BATCH = 32
# what each part is called in reports, and what it is
PARTS = {
    "whole": "as it serves: the encoder is asked where the wide part is not sure",
    "wide": "the wide part alone",
    "deep": "the encoder alone (temperature of the mix: its calibration is not its own)",
    "both": "both parts asked for every mail",
}
SAY_EVERY_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds of CPU a mail: the mean, and the quantiles over calls."""

    mean: float
    p50: float
    p95: float


@dataclass(frozen=True, slots=True)
class Cost:
    """What answers cost: one mail a call, and BATCH mails a call."""

    one: Latency
    batch: Latency


@dataclass(frozen=True, slots=True)
class Measured:
    """Answers of a contestant, and their cost."""

    answers: Answers
    cost: Cost


def part(model: Classifier, name: str) -> Classifier:
    """`model` with only one part answering, by the names of PARTS; it shares the open encoder.

    A model without encoder has "whole" and "wide", which are the same.
    """
    mixing = model.manifest.mixing
    other = {
        "whole": mixing,
        "wide": replace(mixing, sure=0.0),
        "deep": Mixing(wide=0.0, deep=1.0, temperature=mixing.temperature, sure=1.0),
        "both": replace(mixing, sure=1.0),
    }[name]
    twin = copy.copy(model)
    twin.manifest = replace(model.manifest, mixing=other)
    return twin


def parts_of(model: Classifier) -> tuple[str, ...]:
    """The names of PARTS that `model` can answer by."""
    if model.manifest.encoder is None:
        return ("whole",)
    return tuple(PARTS)


def measure_part(
    model: Classifier, name: str, texts: Sequence[str], say: Progress = lambda _: None
) -> Measured:
    """Answers to `texts` one at a time, as mails come in, and the cost of that and of batches."""
    model.load()  # before the copy, which shares what is open
    twin = part(model, name)
    for text in texts[:5]:
        twin.predict([text])  # warm-up
    rows, one = _timed(twin, [[text] for text in texts], f"{name}, one by one", say)
    chunks = [texts[start : start + BATCH] for start in range(0, len(texts), BATCH)]
    _, batch = _timed(twin, chunks, f"{name}, {BATCH} at once", say)
    return Measured(Answers(name, model.labels, rows), Cost(one, batch))


def asked_share(model: Classifier, wide: Answers) -> float:
    """The share of mails that asks the encoder, by the answers of the wide part alone."""
    sure = model.manifest.mixing.sure
    if model.manifest.encoder is None or sure <= 0:
        return 0.0
    if sure >= 1:
        return 1.0
    return float((wide.probabilities.max(axis=1) < sure).mean())


def _timed(
    model: Classifier, chunks: Sequence[Sequence[str]], what: str, say: Progress
) -> tuple[npt.NDArray[np.float32], Latency]:
    rows, took, said, done = [], [], time.monotonic(), 0
    for chunk in chunks:
        started = time.process_time()
        rows.append(model.predict(chunk))
        took.append((time.process_time() - started) * 1000 / len(chunk))
        done += len(chunk)
        if time.monotonic() - said > SAY_EVERY_SECONDS:
            said = time.monotonic()
            say(f"  {what}: {done} of {sum(map(len, chunks))} mails")
    sizes = [len(chunk) for chunk in chunks]
    p50, p95 = np.percentile(took, (50, 95))
    mean = float(np.average(took, weights=sizes))
    return np.concatenate(rows), Latency(mean, float(p50), float(p95))


def evaluate_parts(
    model: Classifier, measured: MailSet, say: Progress = lambda _: None
) -> tuple[dict[str, Any], dict[str, Answers]]:
    """The report of `model` on a set as plain values, and the answers of each of its parts.

    The whole is compared with every other part, mail by mail.
    """
    texts = [sample.text for sample in measured.samples]
    parts, answers = {}, {}
    for name in parts_of(model):
        say(f"{name}: {PARTS[name]}")
        found = measure_part(model, name, texts, say)
        answers[name] = found.answers
        figures = report(found.answers, measured.samples).as_json()
        parts[name] = {"about": PARTS[name], **figures, "cost": rounded(asdict(found.cost))}
    result = {
        "model": model.version,
        "set": measured.name,
        "set_sha256": measured.sha256(),
        "mails": len(texts),
        "labels": list(model.labels),
        "asked": round(asked_share(model, answers["wide"]), 4) if "wide" in answers else 0.0,
        "parts": parts,
        "comparisons": [
            compare(answers["whole"], answers[name], measured.samples).as_json()
            for name in answers
            if name != "whole"
        ],
        "baselines": [],
    }
    return result, answers


def baseline_row(
    name: str, about: str, make: Callable[[], Answers], whole: Answers, measured: MailSet
) -> dict[str, Any]:
    """One baseline as plain values, with the whole's lead over it; or why it was not made."""
    row: dict[str, Any] = {"name": name, "about": about}
    try:
        answers = make()
    except Missing as exc:
        return {**row, "why_not": str(exc)}
    answers = _widened(replace(answers, name=name), whole.labels)
    return {
        **row,
        "why_not": None,
        "report": report(answers, measured.samples).as_json(),
        "comparison": compare(whole, answers, measured.samples).as_json(),
    }


def _widened(answers: Answers, labels: tuple[str, ...]) -> Answers:
    """`answers` with a column for each of `labels`; 0 for those that it does not know."""
    rows = np.zeros((len(answers.probabilities), len(labels)), np.float32)
    for column, label in enumerate(answers.labels):
        rows[:, labels.index(label)] = answers.probabilities[:, column]
    return replace(answers, labels=labels, probabilities=rows)
