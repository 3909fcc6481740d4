"""The DistilKoBERT path, from a folder of random weights to a model that serves."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from classifier import corpus, learning, registry
from classifier.corpus import Sample
from classifier.errors import BrokenModel
from classifier.evaluation import Verdict
from classifier.fitting import EXAMPLE, encoder_of, is_kept_example, is_unseen
from classifier.folders import EncoderSettings
from classifier.inference import classify
from classifier.labels import LABELS
from classifier.models import TrainingRun

from . import small_kobert

pytestmark = pytest.mark.needs("module:torch", "module:transformers", "module:sentencepiece")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_kobert.write_folder(tmp_path_factory.mktemp("base") / "small-kobert")


@pytest.fixture
def base(whole: Path, tmp_path: Path) -> Path:
    """A copy of the folder that a test may spoil."""
    return Path(shutil.copytree(whole, tmp_path / "base"))


def finetune(base: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    call_command("finetune", base=str(base), epochs=1, json=True)
    result: dict[str, Any] = json.loads(capsys.readouterr().out)
    return result


@pytest.mark.django_db
@pytest.mark.usefixtures("_small_release")
def test_finetuned_model_passes_the_gate_and_serves(
    base: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], settings: Any
) -> None:
    monkeypatch.setattr(learning, "gate", lambda *_, **__: Verdict(True, "as the test wants it"))
    result = finetune(base, capsys)
    assert result["state"] == "promoted"
    active = registry.active()
    assert active is not None
    assert classify("견적 부탁드립니다").model == active.version == result["model"]
    opened = registry.open_version(active.folder, active.sha256)
    source = encoder_of(opened)
    assert source is not None
    assert source.settings.name == "base, fine-tuned"
    rows = source.encoder.embed(["견적 부탁드립니다", "Please quote", ""])
    assert rows.shape == (3, small_kobert.WIDTH)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-3)
    assert source.encoder.tokens("견적")[0] == 2
    assert not list(Path(settings.BUSYBEE_MODELS_DIR).glob(".writing-*"))
    # a refit of the heads keeps this encoder
    later = learning.train_now(timezone.now())
    assert later.model is not None
    kept = json.loads((later.model.path / "manifest.json").read_text())
    assert kept["files"]["encoder.onnx"] == source.sha256


@pytest.mark.django_db
@pytest.mark.usefixtures("_small_release")
def test_finetuned_model_that_is_worse_does_not_serve(
    base: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(learning, "gate", lambda *_, **__: Verdict(False, "it is worse"))
    assert finetune(base, capsys)["state"] == "rejected"
    assert registry.active() is None


def test_finetuning_is_the_same_again_and_leaves_mails_out(
    base: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from classifier.encoder import finetuning
    from classifier.encoder.tuning import TuningConfig

    kept = corpus.calibration_bases()
    every = corpus.training_mails()
    held = [m for m in every if m.base in kept][:8]
    mails = [m for m in every if m.base not in kept][:24]
    said: list[str] = []
    hashes = [
        finetuning.finetuned(
            finetuning.open_base(base),
            some,
            LABELS,
            tmp_path,
            TuningConfig(epochs=1),
            say=said.append,
        ).sha256
        for some in (mails, mails + held)
    ]
    assert hashes[0] == hashes[1]
    assert "24 mails" in said[0]


def test_every_eighth_example_stays_unseen() -> None:
    rows = [Sample("x", "quote", "ko", f"{EXAMPLE}email:{n}") for n in range(800)]
    unseen = [row for row in rows if is_kept_example(row)]
    assert 60 < len(unseen) < 140
    here = EncoderSettings("x", 8, 8, own_mails=True)
    assert [row for row in rows if is_unseen(row, frozenset(), here)] == unseen
    assert all(is_unseen(row, frozenset(), EncoderSettings("x", 8, 8)) for row in rows)


def spoil(folder: Path, how: str) -> None:
    weights, words = folder / "model.safetensors", folder / "vocab.txt"
    if how == "no weights":
        weights.unlink()
    elif how == "cut weights":
        weights.write_bytes(weights.read_bytes()[:1000])
    elif how == "no tokenizer":
        words.unlink()
        (folder / "tokenizer_small.model").unlink()
    elif how == "more words":
        words.write_text(words.read_text(encoding="utf-8") + "another\n", encoding="utf-8")
    elif how == "no config":
        (folder / "config.json").unlink()
    elif how == "another kind":
        small_kobert.change_config(folder, model_type="gpt2")
    elif how == "more layers":
        small_kobert.change_config(folder, n_layers=3)
    else:
        (folder / "config.json").write_text("{")


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ("no weights", "no weights"),
        ("cut weights", "cannot be read"),
        ("no tokenizer", "no tokenizer"),
        ("more words", "pieces, the model"),
        ("no config", "no config.json"),
        ("another kind", "gpt2"),
        ("more layers", "lack"),
        ("cut config", "config.json cannot be read"),
    ],
)
@pytest.mark.django_db
def test_folder_that_cannot_be_worked_with_is_refused(base: Path, how: str, why: str) -> None:
    spoil(base, how)
    with pytest.raises(CommandError, match=why):
        call_command("finetune", base=str(base))
    assert not TrainingRun.objects.exists()


def test_hub_without_a_network_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import huggingface_hub

    from classifier.encoder import finetuning

    def unreachable(*_: Any, **__: Any) -> str:
        raise ConnectionError("no route")

    monkeypatch.setattr(huggingface_hub, "snapshot_download", unreachable)
    with pytest.raises(BrokenModel, match="BUSYBEE_BASE_MODEL=/path"):
        finetuning.base_folder("someone.example/model")
    with pytest.raises(BrokenModel, match="no such folder"):
        finetuning.base_folder(str(tmp_path / "none"))


def test_plain_vocabulary_and_fast_tokenizer_are_read_too(tmp_path: Path) -> None:
    from classifier.encoder import finetuning

    words = [*small_kobert.SPECIAL, "1", "##1"]
    (tmp_path / "vocab.txt").write_text("\n".join(words) + "\n")
    plain = finetuning.open_tokenizer(tmp_path)
    ids = plain.encode("11").ids
    assert ids == [2, 5, 6, 3]
    plain.save(str(tmp_path / "tokenizer.json"))
    assert finetuning.open_tokenizer(tmp_path).encode("11").ids == ids
