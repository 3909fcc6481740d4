"""The report of an evaluation (plain values, as its JSON has them) as lines of text. Pure."""

from collections.abc import Iterator
from typing import Any

Values = dict[str, Any]


def lines(report: Values) -> Iterator[str]:
    """The report for a terminal."""
    yield f"{report['model']} on {report['set']}: {report['mails']} mails"
    yield from _parts(report)
    whole = report["parts"]["whole"]
    yield from _groups(whole)
    yield from _confusion(whole)
    yield from _calibration(whole)
    yield from _thresholds(whole)
    yield from _differences(report)
    yield from _baselines(report)


def _parts(report: Values) -> Iterator[str]:
    yield "part    accuracy                 macro F1                 calibration error"
    for name, part in report["parts"].items():
        yield (
            f"  {name:6} {_interval(part['whole']['accuracy'])}  "
            f"{_interval(part['whole']['macro_f1'])}  {part['calibration_error']:.3f}"
        )
    yield "part    CPU ms a mail: one by one (p50, p95), 32 at once (p50, p95)"
    for name, part in report["parts"].items():
        yield f"  {name:6} {_latency(part['cost']['one'])}   {_latency(part['cost']['batch'])}"
    yield f"share of mails that ask the encoder: {report['asked']:.3f}"


def _groups(part: Values) -> Iterator[str]:
    yield "language, label  mails  precision                recall                   F1"
    for language, group in {"all": part["whole"], **part["per_language"]}.items():
        yield (
            f"  {language:14} {group['mails']:5}  accuracy {_interval(group['accuracy'])}"
            f"  macro F1 {_interval(group['macro_f1'])}"
        )
        for label, figures in group["per_label"].items():
            yield (
                f"    {label:12} {figures['recall']['mails']:5}  "
                + "  ".join(_interval(figures[name]) for name in ("precision", "recall", "f1"))
            )


def _confusion(part: Values) -> Iterator[str]:
    width = max(7, *(len(label) for label in part["labels"])) + 1
    yield "truth \\ answer " + "".join(f"{label:>{width}}" for label in part["labels"])
    for label, row in zip(part["labels"], part["confusion"], strict=True):
        yield f"  {label:13}" + "".join(f"{count:{width}}" for count in row)


def _calibration(part: Values) -> Iterator[str]:
    yield "said      mails  mean said  right"
    for row in part["bins"]:
        yield (
            f"  {row['low']:.1f}-{row['high']:.1f} {row['right']['mails']:5}  "
            f"{row['confidence']:9.3f}  {_interval(row['right'])}"
        )


def _thresholds(part: Values) -> Iterator[str]:
    yield "answers at least so sure  share of mails  right"
    for row in part["thresholds"]:
        yield f"  {row['above']:22.2f}  {row['answered']['value']:14.3f}  {_interval(row['right'])}"


def _differences(report: Values) -> Iterator[str]:
    if report["comparisons"]:
        yield "the whole's lead, paired, in points (95 % interval)"
    for each in report["comparisons"]:
        yield from _comparison(each)


def _baselines(report: Values) -> Iterator[str]:
    for row in report["baselines"]:
        yield f"baseline {row['name']}: {row['about']}"
        if row["why_not"]:
            yield f"  {row['why_not']}"
            continue
        whole = row["report"]["whole"]
        yield (
            f"  accuracy {_interval(whole['accuracy'])}  macro F1 {_interval(whole['macro_f1'])}"
        )
        yield from _comparison(row["comparison"])


def _comparison(each: Values) -> Iterator[str]:
    verdict = "beaten" if each["beats"] else "not beaten"
    if each["beats"] and each["whole"]["low"] > 0:
        verdict += " beyond the interval"
    yield (
        f"  over {each['other']}: {_points(each['whole'])}, McNemar {_chance(each['whole'])}; "
        + ", ".join(f"{name} {_points(row)}" for name, row in each["per_language"].items())
        + f": {verdict}"
    )


def _points(row: Values) -> str:
    return f"{100 * row['value']:+.1f} ({100 * row['low']:+.1f} to {100 * row['high']:+.1f})"


def _interval(row: Values) -> str:
    return f"{row['value']:.3f} ({row['low']:.3f} to {row['high']:.3f})"


def _latency(row: Values) -> str:
    return f"{row['mean']:7.2f} ({row['p50']:.2f}, {row['p95']:.2f})"


def _chance(row: Values) -> str:
    return f"{row['chance']:.4f}" if row["chance"] else "under 0.0001"
