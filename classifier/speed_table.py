"""The figures of the benchmark (plain values, as its JSON has them) as lines of text. Pure."""

from collections.abc import Iterator
from typing import Any

Values = dict[str, Any]

CASCADE = "ours: cascade"


def lines(found: Values) -> Iterator[str]:
    """All that was measured, for a terminal; a part that was not says why."""
    parts = (
        ("speed", speed_lines),
        ("int8", _int8),
        ("cold", _cold),
        ("worker", _worker),
        ("stream", _stream),
    )
    yield found["machine"]
    for name, make in parts:
        if name not in found:
            continue
        if why_not := found[name].get("why_not"):
            yield f"{name}: not measured: {why_not}"
        else:
            yield from make(found[name])


def speed_lines(found: Values) -> Iterator[str]:
    """CPU time of each contestant, and how many times as fast as the plain way it is."""
    lengths = found["characters"]
    yield (
        f"CPU ms a mail, one thread, medians of {found['rounds']} rounds of {found['mails']} mails "
        f"({lengths['mean']:.0f} characters in the mean, p50 {lengths['p50']:.0f}, "
        f"p95 {lengths['p95']:.0f}; {100 * found['asked']:.0f} % ask the encoder); "
        "times the plain way"
    )
    yield f"  {'':42}  32 at once       one by one"
    for row in found["contestants"]:
        if row["why_not"]:
            yield f"  {row['name']:42}  not run: {row['why_not']}"
            continue
        yield f"  {row['name']:42}  {_timing(row['batch'])}  {_timing(row['one'])}"
        clock = f"{row['batch']['wall_ms']:.2f} and {row['one']['wall_ms']:.2f} ms by the clock"
        yield f"      {row['about']}; {clock}"
    yield from _verdicts(found)


def _verdicts(found: Values) -> Iterator[str]:
    """Whether the cascade reaches target and goal; nothing where the plain way was not run."""
    rows = {row["name"]: row for row in found["contestants"]}
    for way, words in (("batch", "32 at once"), ("one", "one by one")):
        ratio = rows[CASCADE][way]["ratio"]
        if ratio is None:
            continue
        target, goal = found["targets"][way], found["goals"][way]
        verdict = "goal met" if ratio >= goal else "target met" if ratio >= target else "MISSED"
        yield f"  {words}: {ratio:.1f} times, target {target:.0f}, goal {goal:.0f}: {verdict}"


def _timing(row: Values) -> str:
    ratio = "       " if row["ratio"] is None else f"{row['ratio']:6.1f}x"
    return f"{row['ms']:7.2f} {ratio}"


def _int8(found: Values) -> Iterator[str]:
    yield f"int8 beside fp32 on {found['set']}, {found['mails']} mails (at most 0.5 points lost)"
    for name in ("deep", "whole"):
        row = found[name]
        yield (
            f"  {name:6} int8 {row['int8']['value']:.4f}  fp32 {row['fp32']['value']:.4f}  "
            f"points lost {row['points_lost']:+.2f}, same label {row['same_label']:.4f}"
        )


def _cold(found: Values) -> Iterator[str]:
    yield f"cold start, median of {found['times']} (target: under {found['target']:.1f} s)"
    for name, row in found["texts"].items():
        yield f"  {name:18} {row['seconds']:.3f} s"


def _worker(found: Values) -> Iterator[str]:
    yield (
        f"mail worker after {found['mails']} mails: PSS {found['pss_mib']:.0f} MiB, "
        f"RSS added up {found['rss_mib']:.0f} MiB (target: PSS under {found['target']:.0f}); "
        f"{found['children_with_runtime']} processes have loaded ONNX Runtime"
    )
    for row in found["processes"]:
        runtime = ", ONNX Runtime" if row["runtime"] else ""
        yield f"  {row['what']:8} PSS {row['pss_mib']:7.1f} RSS {row['rss_mib']:7.1f}{runtime}"


def _stream(found: Values) -> Iterator[str]:
    verdict = "flat" if found["flat"] else "NOT flat"
    yield f"memory over mails of random length: grown by {found['grown_mib']:+.1f} MiB, {verdict}"
    for row in found["rows"]:
        yield f"  {row['mails']:6} mails {row['mib']:7.1f} MiB, {row['asked']} asked the encoder"
