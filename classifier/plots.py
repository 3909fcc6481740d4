"""Pictures of an evaluation, as SVG files for light and for dark pages.

Drawn from the JSON of `manage.py evaluate` and `benchmark_inference`. The same figures give the
same bytes. matplotlib belongs to the test requirements: it is imported when something is drawn.
"""

import importlib.util
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from classifier.errors import BadMails, Missing

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Values = dict[str, Any]

_PART_NAMES = {
    "whole": "whole (cascade)",
    "wide": "wide alone",
    "deep": "encoder alone",
    "both": "both, always",
}
_PATH = re.compile(r'\bd="[^"]*"')
_PLACE = re.compile(r'translate\([^)]*\)|\b[xy]="[^"]*"')
# indents, remarks, and names of groups, which nothing refers to
_IDLE = re.compile(r'^ *(?:<!--[^\n]*-->\n)?|(?<=<g) id="[^"]*"', re.MULTILINE)
_NUMBER = re.compile(r"-?\d+\.\d+")


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours of a picture; `suffix` goes to the file's name."""

    suffix: str
    paper: str
    ink: str
    faint: str  # grid, frames
    series: tuple[str, ...]
    shades: tuple[str, str]  # of the confusion matrix, from none to all


LIGHT = Theme(
    suffix="",
    paper="#ffffff",
    ink="#1f2328",
    faint="#d1d9e0",
    series=("#0969da", "#bc4c00", "#1a7f37", "#8250df", "#9a6700"),
    shades=("#ffffff", "#0969da"),
)
DARK = Theme(
    suffix="-dark",
    paper="#0d1117",
    ink="#e6edf3",
    faint="#3d444d",
    series=("#4493f8", "#f0883e", "#3fb950", "#ab7df8", "#d29922"),
    shades=("#0d1117", "#1f6feb"),
)
THEMES = (LIGHT, DARK)


def check() -> None:
    """Raises Missing where matplotlib is not installed."""
    if importlib.util.find_spec("matplotlib") is None:
        raise Missing("plots need matplotlib: `make setup-test` installs it")


def draw(
    report: Values,
    folder: Path,
    *,
    curve: Sequence[Values] | None = None,
    speed: Values | None = None,
) -> list[Path]:
    """The SVG files written to `folder`, each in both themes.

    Raises Missing where matplotlib is not installed, BadMails where a JSON is not what it must be.
    """
    check()
    pictures: dict[str, Callable[[Theme], Figure]] = {
        "confusion": lambda theme: _confusion(report, theme),
        "reliability": lambda theme: _reliability(report, theme),
        "languages": lambda theme: _languages(report, theme),
        "labels": lambda theme: _labels(report, theme),
        "recall": lambda theme: _recall(report, theme),
        "abstain": lambda theme: _abstain(report, theme),
        "parts": lambda theme: _parts(report, theme),
    }
    if curve is not None:
        pictures["curve"] = lambda theme: _curve(curve, theme)
    if speed is not None:
        pictures["speed"] = lambda theme: _speed(speed, theme)
    folder.mkdir(parents=True, exist_ok=True)
    try:
        return [path for name, make in pictures.items() for path in _both(folder, name, make)]
    except (KeyError, TypeError, IndexError) as exc:
        raise BadMails(f"the report to draw lacks or misnames something: {exc!r}") from exc


def _both(folder: Path, name: str, make: "Callable[[Theme], Figure]") -> Iterator[Path]:
    import matplotlib

    for theme in THEMES:
        with matplotlib.rc_context(_style(theme)):
            path = folder / f"{name}{theme.suffix}.svg"
            # no date, and ids that are the same every time: the same figures, the same bytes
            content = io.StringIO()
            metadata = dict.fromkeys(("Date", "Creator", "Format", "Type"))
            make(theme).savefig(content, format="svg", metadata=metadata)
            path.write_text(_short(content.getvalue()), encoding="utf-8")
            yield path


def _short(svg: str) -> str:
    """`svg` at half its size: paths at one decimal, places at two, names short or gone."""

    def one_decimal(path: re.Match[str]) -> str:
        numbers = _NUMBER.sub(lambda number: f"{float(number[0]):.1f}".removesuffix(".0"), path[0])
        return " ".join(numbers.split())

    def two_decimals(place: re.Match[str]) -> str:
        return _NUMBER.sub(lambda number: f"{float(number[0]):.2f}", place[0])

    svg = _PLACE.sub(two_decimals, _PATH.sub(one_decimal, svg))
    # the name of a letter stands wherever the letter does
    svg = svg.replace("DejaVuSans-Bold-", "b").replace("DejaVuSans-", "g")
    return _IDLE.sub("", svg)


def _style(theme: Theme) -> dict[str, Any]:
    return {
        "figure.facecolor": theme.paper,
        "savefig.facecolor": theme.paper,
        "axes.facecolor": theme.paper,
        "axes.edgecolor": theme.faint,
        "axes.labelcolor": theme.ink,
        "axes.titlesize": 11,
        "axes.titleweight": "bold",
        "axes.titlelocation": "left",
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.axisbelow": True,
        "text.color": theme.ink,
        "xtick.color": theme.ink,
        "ytick.color": theme.ink,
        "grid.color": theme.faint,
        "grid.linewidth": 0.6,
        "legend.frameon": False,
        "font.size": 9,
        "svg.hashsalt": "busybee",
        # glyphs as paths, each once: the text is as wide on every machine
        "svg.fonttype": "path",
    }


def _canvas(width: float, height: float) -> "tuple[Figure, Axes]":
    # no pyplot: it keeps every figure and chooses a window system
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.add_subplot()


def _where(report: Values) -> str:
    return f"{report['model']}, {report['mails']} mails of {report['set']}"


def _confusion(report: Values, theme: Theme) -> "Figure":
    from matplotlib.colors import LinearSegmentedColormap

    whole = report["parts"]["whole"]
    labels, rows = whole["labels"], whole["confusion"]
    shares = [[count / max(1, sum(row)) for count in row] for row in rows]
    figure, axes = _canvas(5.2, 4.2)
    shades = LinearSegmentedColormap.from_list("shades", theme.shades)
    axes.imshow(shares, cmap=shades, vmin=0, vmax=1, aspect="auto", interpolation="nearest")
    for y, row in enumerate(rows):
        for x, count in enumerate(row):
            colour = "#ffffff" if shares[y][x] > 0.5 else theme.ink
            text = f"{count}\n{100 * shares[y][x]:.0f} %"
            axes.text(x, y, text, ha="center", va="center", color=colour)
    axes.set_xticks(range(len(labels)), labels)
    axes.set_yticks(range(len(labels)), labels)
    axes.tick_params(length=0)
    axes.set_xlabel("answer")
    axes.set_ylabel("truth")
    _title(axes, "Truth and answer", _where(report))
    return figure


def _reliability(report: Values, theme: Theme) -> "Figure":
    whole = report["parts"]["whole"]
    figure, axes = _canvas(5.2, 4.2)
    axes.plot([0, 1], [0, 1], color=theme.ink, linestyle=":", linewidth=0.9, label="honest")
    bins = whole["bins"]
    _with_interval(
        axes,
        [row["confidence"] for row in bins],
        [row["right"] for row in bins],
        theme.series[0],
        "measured, 95 % interval",
    )
    for row in bins:
        axes.annotate(
            f"{row['right']['mails']}",
            (row["confidence"], row["right"]["value"]),
            xytext=(6, -11),
            textcoords="offset points",
            fontsize=7.5,
        )
    axes.set_xlim(0.2, 1.02)
    axes.set_ylim(0, 1.04)
    axes.set_xlabel("probability that the answer has (numbers: mails)")
    axes.set_ylabel("share that is right")
    axes.grid(visible=True)
    axes.legend(loc="lower right")
    error = whole["calibration_error"]
    _title(axes, f"How honest the probabilities are (error {error:.3f})", _where(report))
    return figure


def _languages(report: Values, theme: Theme) -> "Figure":
    whole = report["parts"]["whole"]
    groups = {"all": whole["whole"], **whole["per_language"]}
    names = [f"{name}\n{group['mails']} mails" for name, group in groups.items()]
    series = {
        "accuracy": [group["accuracy"] for group in groups.values()],
        "macro F1": [group["macro_f1"] for group in groups.values()],
    }
    figure, axes = _canvas(6.4, 3.6)
    _bars(axes, names, series, theme)
    _title(axes, "Accuracy and macro F1 by language (95 % intervals)", _where(report))
    return figure


def _labels(report: Values, theme: Theme) -> "Figure":
    whole = report["parts"]["whole"]
    per_label = whole["whole"]["per_label"]
    names = [f"{name}\n{row['recall']['mails']} mails" for name, row in per_label.items()]
    series = {
        what: [row[key] for row in per_label.values()]
        for what, key in (("precision", "precision"), ("recall", "recall"), ("F1", "f1"))
    }
    figure, axes = _canvas(6.4, 3.6)
    _bars(axes, names, series, theme)
    _title(axes, "Precision, recall and F1 by label (95 % intervals)", _where(report))
    return figure


def _recall(report: Values, theme: Theme) -> "Figure":
    whole = report["parts"]["whole"]
    groups = whole["per_language"]
    names = [f"{name}\n{group['mails']} mails" for name, group in groups.items()]
    series = {
        label: [group["per_label"][label]["recall"] for group in groups.values()]
        for label in whole["labels"]
    }
    figure, axes = _canvas(7.2, 3.6)
    _bars(axes, names, series, theme)
    _title(axes, "Recall of each label in each language (95 % intervals)", _where(report))
    return figure


def _parts(report: Values, theme: Theme) -> "Figure":
    """The whole, its parts and the baselines."""
    rows = {_PART_NAMES[name]: part for name, part in report["parts"].items()}
    for baseline in report["baselines"]:
        if not baseline["why_not"] and baseline["name"] not in rows:
            rows[baseline["name"]] = baseline["report"]
    figure, axes = _canvas(6.4, 1.3 + 0.36 * len(rows))
    for place, (name, part) in enumerate(reversed(rows.items())):
        share = part["whole"]["accuracy"]
        colour = theme.series[0] if name.startswith("whole") else theme.series[1]
        _lying_bar(axes, place, share["value"], colour, f"{share['value']:.3f}", share)
    axes.set_yticks(range(len(rows)), list(reversed(rows)))
    axes.set_xlim(0, 1.12)
    axes.set_xlabel("accuracy, 95 % interval")
    axes.grid(visible=True, axis="x")
    _title(axes, "The whole beside its parts and the baselines", _where(report))
    return figure


def _abstain(report: Values, theme: Theme) -> "Figure":
    rows = [row for row in report["parts"]["whole"]["thresholds"] if row["right"]["mails"]]
    figure, axes = _canvas(5.8, 3.8)
    places = [row["above"] for row in rows]
    _with_interval(
        axes, places, [row["right"] for row in rows], theme.series[0], "right, of those answered"
    )
    axes.plot(
        places,
        [row["answered"]["value"] for row in rows],
        color=theme.series[1],
        marker="s",
        markersize=4,
        label="mails answered",
    )
    axes.set_ylim(min(0.5, *(row["answered"]["value"] for row in rows)) - 0.02, 1.01)
    axes.set_xlabel("an answer less probable than this is left to a person")
    axes.set_ylabel("share")
    axes.grid(visible=True)
    axes.legend(loc="lower left")
    _title(axes, "What abstaining costs and gains", _where(report))
    return figure


def _curve(curve: Sequence[Values], theme: Theme) -> "Figure":
    figure, axes = _canvas(5.8, 3.8)
    for place, name in enumerate(dict.fromkeys(row.get("name", "accuracy") for row in curve)):
        rows = sorted(
            (row for row in curve if row.get("name", "accuracy") == name),
            key=lambda row: row["mails"],
        )
        shares = [
            {
                "value": row["accuracy"],
                "low": row.get("low", row["accuracy"]),
                "high": row.get("high", row["accuracy"]),
            }
            for row in rows
        ]
        mails = [row["mails"] for row in rows]
        colour = theme.series[place % len(theme.series)]
        _with_interval(axes, mails, shares, colour, name)
    axes.set_xscale("log")
    ticks = sorted({row["mails"] for row in curve})
    axes.set_xticks(ticks, [f"{tick:,}" for tick in ticks], rotation=45)
    axes.minorticks_off()
    axes.set_xlabel("training mails")
    axes.set_ylabel("accuracy")
    axes.grid(visible=True)
    axes.legend(loc="lower right")
    _title(axes, "Learning curve", str(curve[0].get("set", "")))
    return figure


def _speed(speed: Values, theme: Theme) -> "Figure":
    """Mails a second of CPU, on a scale of powers of ten."""
    rows = [row for row in speed["speed"]["contestants"] if not row["why_not"]]
    figure, axes = _canvas(7.2, 1.4 + 0.5 * len(rows))
    height = 0.38
    for place, row in enumerate(reversed(rows)):
        for shift, key, colour in (
            (height / 2, "batch", theme.series[0]),
            (-height / 2, "one", theme.series[1]),
        ):
            rate = 1000 / row[key]["ms"]
            ratio = row[key]["ratio"]
            text = f"{rate:,.0f}" + (f" ({ratio:.1f}x)" if ratio else "")
            _lying_bar(axes, place + shift, rate, colour, text, None, height=height)
    axes.set_yticks(range(len(rows)), [row["name"] for row in reversed(rows)])
    axes.set_xscale("log")
    fastest = max(1000 / row[key]["ms"] for row in rows for key in ("batch", "one"))
    axes.set_xlim(1, fastest * 8)
    axes.set_xticks([1, 10, 100, 1000], ["1", "10", "100", "1,000"])
    axes.minorticks_off()
    axes.set_xlabel("mails per second of one core (and times the plain way)")
    axes.legend(
        handles=_patches((("32 at once", theme.series[0]), ("one by one", theme.series[1]))),
        loc="upper center",
        bbox_to_anchor=(0.3, -0.16 - 0.3 / len(rows)),
        ncols=2,
    )
    axes.grid(visible=True, axis="x")
    _title(axes, "Speed of classification", speed["machine"])
    return figure


def _with_interval(
    axes: "Axes", places: Sequence[float], shares: Sequence[Values], colour: str, label: str
) -> None:
    values = [share["value"] for share in shares]
    axes.errorbar(
        places,
        values,
        yerr=_arms(shares),
        color=colour,
        marker="o",
        markersize=4,
        capsize=2.5,
        linewidth=1.4,
        elinewidth=0.9,
        label=label,
    )


def _bars(
    axes: "Axes", names: Sequence[str], series: dict[str, list[Values]], theme: Theme
) -> None:
    """Groups of standing bars with intervals, one colour a series, values above them."""
    width = 0.8 / len(series)
    for number, (label, shares) in enumerate(series.items()):
        places = [i + (number - (len(series) - 1) / 2) * width for i in range(len(shares))]
        axes.bar(
            places,
            [share["value"] for share in shares],
            width * 0.92,
            color=theme.series[number],
            label=label,
            yerr=_arms(shares),
            error_kw={"ecolor": theme.ink, "elinewidth": 0.9, "capsize": 2},
        )
        for place, share in zip(places, shares, strict=True):
            text = f"{share['value']:.2f}"
            axes.text(place, share["high"] + 0.015, text, ha="center", fontsize=7.5)
    axes.set_xticks(range(len(names)), names)
    axes.tick_params(axis="x", length=0)
    axes.set_ylim(0, 1.08)
    axes.grid(visible=True, axis="y")
    axes.legend(loc="lower right", ncols=len(series), bbox_to_anchor=(1.0, -0.32))


def _lying_bar(
    axes: "Axes",
    place: float,
    value: float,
    colour: str,
    text: str,
    share: Values | None,
    *,
    height: float = 0.62,
) -> None:
    arms = _arms([share]) if share else None
    ink = axes.xaxis.label.get_color()
    kwargs = {"ecolor": ink, "elinewidth": 0.9, "capsize": 2}
    axes.barh(place, value, height, color=colour, xerr=arms, error_kw=kwargs)
    end = share["high"] if share else value
    axes.annotate(
        text, (end, place), xytext=(5, 0), textcoords="offset points", va="center", fontsize=8
    )


def _arms(shares: Sequence[Values]) -> list[list[float]]:
    """How far the intervals reach below and above the values."""
    below = [max(0.0, share["value"] - share["low"]) for share in shares]
    above = [max(0.0, share["high"] - share["value"]) for share in shares]
    return [below, above]


def _patches(pairs: Sequence[tuple[str, str]]) -> list[Any]:
    from matplotlib.patches import Patch

    return [Patch(color=colour, label=name) for name, colour in pairs]


def _title(axes: "Axes", title: str, below: str) -> None:
    axes.set_title(f"{title}\n", fontsize=11)
    axes.text(0, 1.03, below, transform=axes.transAxes, fontsize=8)
