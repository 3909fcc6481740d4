"""The benchmark runs on two mails; its figures are nobody's assertion."""

import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from classifier import benchmarking, contestants, corpus, inference, speed_table
from classifier.benchmarking import BenchSettings, int8_loss, sample_texts, speed
from classifier.contestants import CASCADE, SEED, Contestant, ours, seeds
from classifier.corpus import Sample
from classifier.errors import Missing
from classifier.folders import ENCODER
from classifier.inference import Classifier
from classifier.labelled import MailSet

from .encoders import write_encoder


def another_encoder(folder: Path) -> Path:
    """An encoder whose table is the small model's with its rows in another order."""
    import onnx

    write_encoder(folder)
    graph = onnx.load(str(folder / ENCODER))
    table = next(each for each in graph.graph.initializer if each.name == "table")
    turned = onnx.numpy_helper.to_array(table)[::-1].copy()
    table.CopyFrom(onnx.numpy_helper.from_array(turned, "table"))
    onnx.save(graph, str(folder / ENCODER))
    return folder


FEW = BenchSettings(mails=2, rounds=1)


@pytest.fixture
def model(mixed_folder: Path) -> Classifier:
    return Classifier(mixed_folder)


@pytest.fixture
def _without_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contestants, "NEEDS", ("no_such_module",))


def test_sample_is_unseen_and_has_the_corpus_lengths() -> None:
    texts = sample_texts(BenchSettings(mails=40))
    assert texts == sample_texts(BenchSettings(mails=40))
    assert len(set(texts)) == 40
    assert set(texts) <= {mail.text for mail in corpus.frozen_mails()}
    long = sorted(len(mail.text) for mail in corpus.training_mails())
    assert 0.5 < sorted(map(len, texts))[20] / long[len(long) // 2] < 2


@pytest.mark.usefixtures("_without_torch")
def test_speed_without_torch_measures_ours_alone(model: Classifier) -> None:
    found = speed(model, FEW)
    rows = {row["name"]: row for row in found["contestants"]}
    assert "TRAIN=1" in rows[SEED]["why_not"]
    assert "batch" not in rows[SEED]
    assert rows["ours: cascade"]["one"]["ratio"] is None
    assert "not run" in "\n".join(speed_table.speed_lines(found))


@pytest.mark.needs("module:torch", "module:transformers")
def test_speed_of_all(model: Classifier, monkeypatch: pytest.MonkeyPatch) -> None:
    # a small network: the real one takes seconds to export
    small = contestants.DistilSettings(layers=1, width=24, heads=2)
    monkeypatch.setattr(contestants, "DistilSettings", lambda: small)
    found = speed(model, FEW)
    rows = {row["name"]: row for row in found["contestants"]}
    assert rows[SEED]["batch"]["ratio"] == 1.0
    assert {"ONNX Runtime fp32, CPU", "ONNX Runtime int8, CPU", "ours: encoder alone"} <= set(rows)
    assert all(row["batch"]["ms"] > 0 for row in rows.values() if not row["why_not"])
    rows[CASCADE]["batch"]["ratio"], rows[CASCADE]["one"]["ratio"] = 16.0, 19.9
    verdicts = [line.rpartition(": ")[2] for line in speed_table.speed_lines(found)]
    assert verdicts[-2:] == ["target met", "MISSED"]


@pytest.mark.needs("module:torch", "module:transformers")
def test_the_seeds_way_reads_as_it_did(monkeypatch: pytest.MonkeyPatch) -> None:
    small = contestants.DistilSettings(layers=1, width=24, heads=2)
    monkeypatch.setattr(contestants, "DistilSettings", lambda: small)
    shapes: list[Any] = []
    found = seeds([mail.text for mail in corpus.training_mails()[:50]])
    way = next(each for each in found if each.name == SEED)
    assert isinstance(way.answer, partial)
    network = way.answer.args[0]
    network.register_forward_pre_hook(
        lambda _, args, kwargs: shapes.append(tuple(kwargs["input_ids"].shape)), with_kwargs=True
    )
    way.answer(["short", "text"])
    assert shapes == [(2, 128)]
    assert "pure-Python" in way.about or "fast tokenizer" in way.about


def test_rounds_are_shuffled_and_medians_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []

    def answer(name: str, _: Sequence[str]) -> None:
        ran.append(name)

    entered = [Contestant(name, "", partial(answer, name)) for name in "abc"]
    costs = benchmarking._race(entered, ["x"], BenchSettings(rounds=6), lambda _: None)
    assert all(len(costs[name][way]) == 6 for name in "abc" for way in ("batch", "one"))
    rounds = [tuple(dict.fromkeys(ran[6 + i : 12 + i])) for i in range(0, 36, 6)]
    assert len(set(rounds)) > 1
    costs = {
        SEED: {"batch": [(6.0, 6.0)] * 3},
        "x": {"batch": [(1.0, 1.0), (2.0, 2.0), (9.0, 9.0)]},
    }
    timing = benchmarking._timing("x", "batch", costs)
    assert (timing.ms, timing.ratio) == (2.0, 3.0)


def test_int8_loss_is_measured_on_the_same_mails(model: Classifier, frozen: list[Sample]) -> None:
    found = int8_loss(model, model.folder / ENCODER, MailSet("few", tuple(frozen[:20])))
    assert found["mails"] == 20
    assert found["deep"]["points_lost"] == 0.0
    assert found["whole"]["same_label"] == 1.0


def test_int8_loss_without_the_file_says_so(model: Classifier, tmp_path: Path) -> None:
    with pytest.raises(Missing, match="build_release"):
        int8_loss(model, tmp_path / "none.onnx", MailSet("few", ()))


def test_int8_loss_of_another_encoder_is_seen(
    model: Classifier, frozen: list[Sample], tmp_path: Path
) -> None:
    other = another_encoder(tmp_path / "other")
    found = int8_loss(model, other / ENCODER, MailSet("some", tuple(frozen)))
    assert found["deep"]["same_label"] < 1.0


def test_ours_are_the_parts_and_the_whole(model: Classifier) -> None:
    names = [each.name for each in ours(model)]
    assert names == ["ours: wide alone", "ours: encoder alone", "ours: cascade"]


def test_command_measures_cold_start_and_memory(
    mixed_folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(inference, "RELEASE_DIR", mixed_folder.parent)
    target = tmp_path / "found.json"
    call_command(
        "benchmark_inference",
        *("--only", "cold", "--only", "stream", "--only", "int8"),
        *("--times", "1", "--stream", "40", "--json", str(target)),
        *("--fp32", str(tmp_path / "none.onnx")),
    )
    found = json.loads(target.read_text())
    texts = found["cold"]["texts"]
    # a mail that the wide part is sure of starts without ONNX Runtime
    assert texts["wide part alone"]["onnxruntime"] is False
    assert texts["asks the encoder"]["onnxruntime"] is True
    assert found["stream"]["rows"][-1]["mails"] == 40
    assert found["stream"]["rows"][-1]["mib"] > 10
    assert "none.onnx" in found["int8"]["why_not"]


def test_command_refuses_nothing_to_measure() -> None:
    with pytest.raises(CommandError, match="--rounds"):
        call_command("benchmark_inference", "--rounds", "0")
