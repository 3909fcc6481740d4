"""`manage.py evaluate` with a small model: the report, sets of one's own, and pictures."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from classifier import corpus, inference, plots
from classifier.corpus import Sample
from classifier.errors import BadMails, Missing
from classifier.inference import Classifier
from classifier.labelled import read_set
from classifier.labels import LABELS
from classifier.measuring import asked_share, measure_part, part

MAIL = {"id": "m1", "lang": "ko", "label": "quote", "subject": "견적", "body": "부산 상하이 운임"}


@pytest.fixture
def _small(mixed_folder: Path, monkeypatch: pytest.MonkeyPatch, frozen: list[Sample]) -> None:
    """The small model as the release, and few frozen mails."""
    monkeypatch.setattr(inference, "RELEASE_DIR", mixed_folder.parent)
    monkeypatch.setattr(corpus, "frozen_mails", lambda: frozen)


@pytest.fixture
def report(_small: None, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    call_command("evaluate", "--model", "release", "--json", "--baselines", "--epochs", "0")
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def lines(path: Path, *rows: object) -> Path:
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return path


def test_parts_answer_as_their_names_say(mixed_folder: Path, frozen: list[Sample]) -> None:
    model = Classifier(mixed_folder)
    texts = [mail.text for mail in frozen[:40]]
    found = {name: measure_part(model, name, texts).answers for name in ("whole", "wide", "both")}
    assert np.array_equal(found["wide"].probabilities, model.predict_wide(texts))
    sure = found["wide"].probabilities.max(axis=1) >= model.manifest.mixing.sure
    assert 0 < asked_share(model, found["wide"]) == (~sure).mean() < 1
    # the whole is the wide part where that is sure, and both where it is not
    whole, both = found["whole"].probabilities, found["both"].probabilities
    assert np.array_equal(whole[sure], found["wide"].probabilities[sure])
    assert np.allclose(whole[~sure], both[~sure], atol=1e-4)
    assert model.manifest.mixing.sure == 0.7  # the model itself is as it was


def test_encoder_alone_reads_no_wide_score(mixed_folder: Path) -> None:
    model = Classifier(mixed_folder)
    before = part(model, "deep").predict(["quote"])
    model.wide = replace(model.wide, weights=model.wide.weights * 0)
    assert np.array_equal(part(model, "deep").predict(["quote"]), before)
    assert not np.array_equal(part(model, "both").predict(["quote"]), before)


def test_report_has_parts_comparisons_and_baselines(report: dict[str, Any]) -> None:
    assert set(report["parts"]) == {"whole", "wide", "deep", "both"}
    assert [row["other"] for row in report["comparisons"]] == ["wide", "deep", "both"]
    rows = {row["name"]: row for row in report["baselines"]}
    assert rows["wide alone"]["report"]["whole"] == report["parts"]["wide"]["whole"]
    assert rows["rule"]["report"]["whole"]["accuracy"]["value"] < 0.8
    assert rows["rule"]["comparison"]["beats"] is True
    # no figure where nothing was made
    assert rows["DistilBERT from scratch"] == {
        "name": "DistilBERT from scratch",
        "about": "3 layers x 768, random start, same training mails",
        "why_not": "not made: --epochs 0",
    }
    assert report["mails"] == report["parts"]["whole"]["whole"]["mails"]
    assert report["parts"]["whole"]["cost"]["one"]["p95"] >= 0


@pytest.mark.usefixtures("_small")
def test_tables_say_what_was_measured(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("evaluate", "--model", "release", "--baselines", "--epochs", "0")
    out = capsys.readouterr().out
    for words in ("macro F1", "truth \\ answer", "ask the encoder", "over wide:", "--epochs 0"):
        assert words in out


@pytest.mark.usefixtures("_small")
def test_mails_of_ones_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = lines(tmp_path / "blind-9.jsonl", MAIL, {**MAIL, "lang": "en", "label": "spam"})
    target = tmp_path / "report.json"
    call_command("evaluate", "--model", "release", "--mails", str(path), "--json", str(target))
    found = json.loads(target.read_text())
    assert (found["set"], found["mails"]) == ("blind-9", 2)
    assert set(found["parts"]["whole"]["per_language"]) == {"ko", "en"}
    assert "blind-9: 2 mails" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "has no mail"),
        ("{", "line 1 is no JSON"),
        ("[" * 100_000, "line 1 is no JSON"),
        ("[1]", "line 1 must be an object"),
        (json.dumps({**MAIL, "body": None}), "must be an object with lang, label"),
        (f"{json.dumps(MAIL)}\n{json.dumps({**MAIL, 'label': 'other'})}", "line 2: .*no label"),
    ],
)
def test_bad_mails_are_refused(content: str, reason: str, tmp_path: Path) -> None:
    path = tmp_path / "mails.jsonl"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(BadMails, match=reason):
        read_set(path, LABELS)


def test_line_separators_within_a_mail_are_no_new_line(tmp_path: Path) -> None:
    path = tmp_path / "mails.jsonl"
    path.write_text(json.dumps({**MAIL, "body": "a\u2028b"}, ensure_ascii=False), encoding="utf-8")
    (sample,) = read_set(path, LABELS).samples
    assert sample.text == "견적\n\na\u2028b"


def test_mails_that_are_not_there_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("evaluate", "--model", "release", "--mails", str(tmp_path / "none.jsonl"))


CURVE = [{"mails": 100, "accuracy": 0.8, "low": 0.7, "high": 0.9}, {"mails": 200, "accuracy": 0.9}]
SPEED = {
    "machine": "small",
    "speed": {
        "contestants": [
            {"name": name, "why_not": "", "batch": timing, "one": timing}
            for name, timing in (
                ("slow", {"ms": 60.0, "ratio": 1.0}),
                ("fast", {"ms": 1.0, "ratio": None}),
            )
        ]
    },
}


@pytest.mark.needs("module:matplotlib")
def test_pictures_are_small_svg_files(
    report: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, values in (("report", report), ("curve", CURVE), ("speed", SPEED)):
        (tmp_path / f"{name}.json").write_text(json.dumps(values))
    call_command(
        "evaluate",
        *("--from", str(tmp_path / "report.json"), "--plots", str(tmp_path / "plots")),
        *("--curve", str(tmp_path / "curve.json"), "--speed", str(tmp_path / "speed.json")),
    )
    found = sorted((tmp_path / "plots").iterdir())
    names = "abstain confusion curve labels languages parts recall reliability speed".split()
    assert {path.name for path in found} == {
        f"{name}{suffix}.svg" for name in names for suffix in ("", "-dark")
    }
    for path in found:
        assert ElementTree.parse(path).getroot().tag.endswith("svg")
        assert path.stat().st_size < 60_000
    light, dark = (tmp_path / "plots" / f"confusion{s}.svg" for s in ("", "-dark"))
    assert plots.LIGHT.paper in light.read_text()
    assert plots.DARK.paper in dark.read_text()


@pytest.mark.needs("module:matplotlib")
def test_pictures_of_the_same_figures_are_the_same_bytes(
    report: dict[str, Any], tmp_path: Path
) -> None:
    contents = [
        [path.read_bytes() for path in plots.draw(report, tmp_path / name)] for name in ("a", "b")
    ]
    assert contents[0] == contents[1]


@pytest.mark.needs("module:matplotlib")
def test_report_that_is_none_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    for content in ("{", "[]", '{"parts": {}}'):
        path.write_text(content)
        with pytest.raises(CommandError):
            call_command("evaluate", "--from", str(path), "--plots", str(tmp_path))


def test_plots_without_matplotlib_say_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(Missing, match="matplotlib"):
        plots.check()
