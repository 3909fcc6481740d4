"""Files that are damaged, forged or half written: refused or computed again, never a crash."""

import gc
import json
import os
import shutil
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.utils import timezone

from classifier import embeddings, inference, learning, registry
from classifier.corpus import Sample
from classifier.errors import BrokenModel
from classifier.features import FLAGS
from classifier.folders import ENCODER, TOKENIZER, WIDE, file_sha256, read_manifest
from classifier.inference import Classifier
from classifier.parts import Encoder, open_heads, pack
from classifier.training import LinearModel

from .conftest import write
from .encoders import (
    DIMENSIONS,
    answering_a_list,
    open_encoder,
    some_deep,
    spoilt,
    write_encoder,
)

UNSURE = "BB-2026-000123 rate? thanks, which cost for another container?"


@pytest.fixture
def copy(mixed_folder: Path, tmp_path: Path) -> Path:
    return shutil.copytree(mixed_folder, tmp_path / "copy")


def signed(folder: Path, change: Callable[[dict[str, Any]], object] = lambda _: None) -> Path:
    """`folder` with a manifest that names its files as they are now, and `change` made to it."""
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["files"] = {name: file_sha256(folder / name) for name in manifest["files"]}
    change(manifest)
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


@pytest.mark.parametrize("name", ["../outside", "/dev/null", "sub/file", "", "..", "a\0b"])
def test_manifest_that_names_a_file_elsewhere_is_refused(copy: Path, name: str) -> None:
    (copy.parent / "outside").write_bytes(b"")
    nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    signed(copy, lambda manifest: manifest["files"].update({name: nothing}))
    with pytest.raises(BrokenModel, match="copy: "):
        Classifier(copy)
    with pytest.raises(BrokenModel, match="copy: "):
        read_manifest(copy)


@pytest.mark.parametrize(
    "change",
    [
        lambda manifest: manifest["encoder"].update(dimensions=float(DIMENSIONS)),
        lambda manifest: manifest["encoder"].update(tokens=64.5),
        lambda manifest: manifest["features"].update(characters=4000.5),
        lambda manifest: manifest["features"].update(longest=2.5),
        lambda manifest: manifest.update(labels="abcd"),
    ],
)
def test_manifest_with_numbers_of_another_kind_is_refused(
    copy: Path, change: Callable[[dict[str, Any]], object]
) -> None:
    with pytest.raises(BrokenModel, match="copy: "):
        Classifier(signed(copy, change))


def test_text_that_the_encoder_has_no_number_for_is_answered(copy: Path) -> None:
    model = Classifier(signed(spoilt(copy), lambda each: each["mixing"].update(sure=1.0)))
    answers = model.predict([f"Z{UNSURE}", UNSURE])
    assert np.isfinite(answers).all()
    assert np.allclose(answers[1], model.predict([UNSURE])[0], atol=1e-6)


def test_text_that_the_encoder_has_no_number_for_spoils_no_training(tmp_path: Path) -> None:
    encoder = open_encoder(spoilt(write_encoder(tmp_path / "encoder")))
    assert np.isfinite(embeddings.embeddings(["Z", "a"], encoder, "0", tmp_path)).all()


def test_wide_part_that_overflows_is_refused(copy: Path) -> None:
    with np.load(copy / WIDE) as archive:
        tables = {name: archive[name] for name in archive}
    tables["weights"] = np.full(tables["weights"].shape, 3e38, np.float32)
    (copy / WIDE).write_bytes(pack(tables))
    with pytest.raises(BrokenModel, match="no number"), np.errstate(all="ignore"):
        Classifier(signed(copy)).predict([UNSURE * 9])


def test_encoder_that_answers_a_list_is_refused(copy: Path) -> None:
    answering_a_list(copy)
    with pytest.raises(BrokenModel, match="copy: "):
        Classifier(signed(copy)).load()


def each_damage(content: bytes) -> list[bytes]:
    """`content` with one byte changed, where that is not in the middle of the numbers."""
    ends = [*range(160), *range(len(content) - 300, len(content))]
    return [
        content[:place] + bytes([content[place] ^ bits]) + content[place + 1 :]
        for place in ends
        for bits in (1, 8, 255)
    ]


def test_any_damage_to_kept_embeddings_is_computed_again(tmp_path: Path) -> None:
    encoder = open_encoder(write_encoder(tmp_path / "encoder"))
    expected = embeddings.embeddings(["a", "b"], encoder, "0", tmp_path)
    path = tmp_path / embeddings.FOLDER / "0.npz"
    for damaged in [*each_damage(path.read_bytes()), b""]:
        path.write_bytes(damaged)
        assert np.array_equal(embeddings.embeddings(["a", "b"], encoder, "0", tmp_path), expected)


@pytest.mark.parametrize(
    "tables",
    [
        {"keys": np.zeros((2, 32), np.uint8), "rows": np.float32(1)},
        {"keys": np.zeros(32, np.uint8), "rows": np.zeros((1, DIMENSIONS), np.float32)},
        {"keys": np.zeros((1, 32), np.int64), "rows": np.zeros((1, DIMENSIONS), np.float32)},
    ],
)
def test_kept_embeddings_of_another_shape_are_computed_again(
    tmp_path: Path, tables: dict[str, Any]
) -> None:
    encoder = open_encoder(write_encoder(tmp_path / "encoder"))
    path = tmp_path / embeddings.FOLDER / "0.npz"
    path.parent.mkdir()
    path.write_bytes(pack(tables))
    assert embeddings.embeddings(["a", "b"], encoder, "0", tmp_path).shape == (2, DIMENSIONS)
    assert len(embeddings.embeddings(["a", "c"], encoder, "0", tmp_path)) == 2


def test_kept_embeddings_that_are_no_numbers_are_computed_again(tmp_path: Path) -> None:
    encoder = open_encoder(write_encoder(tmp_path / "encoder"))
    embeddings.embeddings(["a"], encoder, "0", tmp_path)
    path = tmp_path / embeddings.FOLDER / "0.npz"
    with np.load(path) as archive:
        keys, rows = archive["keys"], archive["rows"]
    path.write_bytes(pack({"keys": keys, "rows": np.full_like(rows, np.nan)}))
    assert np.isfinite(embeddings.embeddings(["a"], encoder, "0", tmp_path)).all()


def test_embeddings_of_another_tokenizer_are_computed_again(tmp_path: Path) -> None:
    folder = write_encoder(tmp_path / "encoder")
    embeddings.embeddings(["ab"], open_encoder(folder), "0", tmp_path)
    tokenizer = json.loads((folder / TOKENIZER).read_text())
    vocabulary = tokenizer["model"]["vocab"]
    vocabulary["a"], vocabulary["c"] = vocabulary["c"], vocabulary["a"]
    (folder / TOKENIZER).write_text(json.dumps(tokenizer))
    other = open_encoder(folder)
    kept = embeddings.embeddings(["ab"], other, "0", tmp_path)
    assert np.array_equal(kept, other.embed(["ab"]))


def test_what_a_killed_run_left_beside_the_embeddings_is_removed(tmp_path: Path) -> None:
    encoder = open_encoder(write_encoder(tmp_path / "encoder"))
    embeddings.embeddings(["a"], encoder, "0", tmp_path)
    (tmp_path / embeddings.FOLDER / f"{embeddings.UNFINISHED}dead").write_bytes(b"half")
    embeddings.forget_others(tmp_path, {"0"})
    assert os.listdir(tmp_path / embeddings.FOLDER) == ["0.npz"]


def test_any_damage_to_heads_is_refused_or_harmless() -> None:
    tables = {"deep_weights": np.ones((DIMENSIONS + len(FLAGS), 4)), "deep_bias": np.zeros(4)}
    refused = 0
    for damaged in each_damage(pack(tables)):
        try:
            open_heads(damaged, DIMENSIONS, 4)
        except BrokenModel:
            refused += 1
    assert refused > 200


def test_another_mixing_makes_another_folder(
    mixed_folder: Path, trained: LinearModel, frozen: list[Sample], tmp_path: Path
) -> None:
    deep = some_deep(mixed_folder, len(FLAGS), 4)
    mixing = replace(deep.heads.mixing, sure=0.5)
    other = replace(deep, heads=replace(deep.heads, mixing=mixing))
    write(trained, tmp_path, "new", frozen, deep)
    folder = write(trained, tmp_path, "new", frozen, other)
    assert Classifier(folder).manifest.mixing.sure == 0.5


@pytest.mark.parametrize("name", [ENCODER, TOKENIZER])
def test_damaged_encoder_is_not_handed_on(
    copy: Path, trained: LinearModel, frozen: list[Sample], tmp_path: Path, name: str
) -> None:
    content = (copy / name).read_bytes()
    (copy / name).unlink()
    # still one that opens: a number or a blank is another
    changed = (
        content + b" "
        if name == TOKENIZER
        else (spoilt(copy_of(content, copy)) / name).read_bytes()
    )
    (copy / name).write_bytes(changed)
    with pytest.raises(BrokenModel, match=name):
        write(trained, tmp_path / "new", "new", frozen, some_deep(copy, len(FLAGS), 4))
    assert not list((tmp_path / "new").iterdir())


def copy_of(content: bytes, folder: Path) -> Path:
    (folder / ENCODER).write_bytes(content)
    return folder


def test_models_share_an_encoder_of_the_same_files(mixed_folder: Path, copy: Path) -> None:
    one, other = Classifier(mixed_folder), Classifier(copy)
    assert one.encoder() is other.encoder()
    signed(copy, lambda manifest: manifest["encoder"].update(tokens=32))
    assert Classifier(copy).encoder() is not one.encoder()


def test_encoder_that_nobody_holds_is_let_go(mixed_folder: Path) -> None:
    Classifier(mixed_folder).encoder()
    assert not len(inference._encoders.open)


def test_threads_that_ask_at_once_open_one_encoder(mixed_folder: Path, copy: Path) -> None:
    models = [Classifier(folder) for folder in (mixed_folder, copy) * 4]
    found: list[Encoder] = []
    start = threading.Barrier(len(models))

    def ask(model: Classifier) -> None:
        start.wait()
        found.append(model.encoder())

    threads = [threading.Thread(target=ask, args=(model,)) for model in models]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == len(models)
    assert len(set(map(id, found))) == 1


@pytest.mark.django_db
@pytest.mark.usefixtures("_small_release")
def test_training_goes_on_where_the_active_models_encoder_is_damaged(
    mixed_folder: Path, trained: LinearModel, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    models_dir = Path(settings.BUSYBEE_MODELS_DIR)
    folder = shutil.copytree(mixed_folder, models_dir / mixed_folder.name)
    sha256 = file_sha256(folder / "manifest.json")
    registry.ModelVersion.objects.create(version=folder.name, folder=folder.name, sha256=sha256)
    registry.promote(folder.name, "kim")
    (folder / ENCODER).unlink()
    (folder / ENCODER).write_bytes(b"damaged")
    monkeypatch.setattr(learning, "fit_parts", lambda *_, **__: (trained, None))
    run = learning.train_now(timezone.now())
    assert run.state != "failed", run.reason


def test_open_encoder_keeps_no_copy_of_its_file(mixed_folder: Path) -> None:
    encoder = Classifier(mixed_folder).encoder()
    size = (mixed_folder / ENCODER).stat().st_size
    held = [each for each in gc.get_referents(encoder._session.__dict__) if type(each) is bytes]
    assert not [each for each in held if len(each) == size]
