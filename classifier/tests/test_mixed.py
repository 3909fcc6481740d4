"""Models with an encoder: the cascade, and what is refused."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from classifier.contestants import micro_batches
from classifier.corpus import Sample
from classifier.errors import BrokenModel, ExportMismatch
from classifier.export import check_parity
from classifier.features import FLAGS, batch, encoder_text
from classifier.folders import ENCODER, HEADS, TOKENIZER, WIDE, file_sha256
from classifier.inference import Classifier
from classifier.parts import Encoder, pack
from classifier.training import LinearModel

from .conftest import write
from .encoders import DIMENSIONS, SETTINGS, some_deep, write_encoder

UNSURE = "BB-2026-000123 rate? thanks, which cost for another container?"
SURE = "부산 상하이 40HQ 견적 부탁드립니다. 운임 얼마인가요?"


@pytest.fixture
def copy(mixed_folder: Path, tmp_path: Path) -> Path:
    return shutil.copytree(mixed_folder, tmp_path / "copy")


def signed(folder: Path, change: Callable[[dict[str, Any]], object] = lambda _: None) -> Path:
    """`folder` with a manifest that names its files as they are now, and `change` made to it."""
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["files"] = {
        name: file_sha256(folder / name) for name in manifest["files"] if (folder / name).exists()
    }
    change(manifest)
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


def test_encoder_is_asked_only_where_the_wide_part_is_unsure(mixed_folder: Path) -> None:
    model = Classifier(mixed_folder)
    wide, both = model.predict_wide([SURE, UNSURE]), model.predict([SURE, UNSURE])
    assert wide[0].max() > 0.7 > wide[1].max()
    assert np.array_equal(wide[0], both[0])
    assert np.abs(wide[1] - both[1]).max() > 0.01


def test_mixed_answer_is_what_the_manifest_says(mixed_folder: Path) -> None:
    model = Classifier(mixed_folder)
    row = batch([UNSURE], model.settings)
    assert model.heads is not None
    embedding = model.encoder().embed([UNSURE])
    deep = np.concatenate((embedding, row.flags), axis=1) @ model.heads.weights + model.heads.bias
    heat = model.manifest.mixing.wide_temperature
    scores = 0.6 * np.log(model.predict_wide([UNSURE])) * heat + 0.4 * deep
    # log-probabilities are the scores but for one number a row, which softmax takes out
    expected = np.exp(scores / 0.8) / np.exp(scores / 0.8).sum()
    assert np.allclose(model.predict([UNSURE]), expected, atol=1e-4)


@pytest.mark.parametrize(("sure", "asked"), [(0.0, 0), (1.0, 3), (2.0, 3)])
def test_sure_at_its_ends(
    copy: Path, sure: float, asked: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = Classifier(signed(copy, lambda manifest: manifest["mixing"].update(sure=sure)))
    seen: list[str] = []
    real = Encoder.embed

    def embed(encoder: Encoder, texts: list[str]) -> Any:
        seen.extend(texts)
        return real(encoder, texts)

    monkeypatch.setattr(Encoder, "embed", embed)
    model.predict([SURE, UNSURE, ""])
    assert len(seen) == asked


def test_encoder_is_opened_when_it_is_needed(mixed_folder: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from classifier.inference import Classifier\n"
        f"model = Classifier(Path({str(mixed_folder)!r}))\n"
        "heavy = lambda: [m for m in ('onnxruntime', 'tokenizers', 'django') if m in sys.modules]\n"
        f"model.predict([{SURE!r}]); print(heavy()); model.predict([{UNSURE!r}]); print(heavy())"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.splitlines() == ["[]", "['onnxruntime', 'tokenizers']"]


@hypothesis_settings(max_examples=80, deadline=None)
@given(texts=st.lists(st.text(st.characters(), max_size=300), max_size=6))
def test_any_text_is_answered(mixed_folder: Path, texts: list[str]) -> None:
    answers = Classifier(mixed_folder).predict(texts)
    assert answers.shape == (len(texts), 4)
    assert np.allclose(answers.sum(axis=1), 1, atol=1e-5)


@pytest.mark.parametrize(
    "text",
    ["", "\0\x01\x1b" * 50, "\ud800" * 9, "x" * 10_000_000, "﷽" * 50_000, "\u200b", "፨ꙮ" * 99],
    ids=["empty", "control", "surrogate", "10M", "expanding", "invisible", "unknown"],
)
def test_strange_text_reaches_the_encoder(mixed_folder: Path, text: str) -> None:
    embedding = Classifier(mixed_folder).encoder().embed([text])
    assert np.isfinite(embedding).all()


def test_a_thousand_texts_in_one_call(mixed_folder: Path, frozen: list[Sample]) -> None:
    model = Classifier(mixed_folder)
    texts = [f"{n} {mail.text[: 5 * (n % 90)]}" for n, mail in enumerate(frozen * 21)][:1000]
    assert len(texts) == 1000
    answers = model.predict(texts)
    assert np.allclose(answers[::50], [model.predict([t])[0] for t in texts[::50]], atol=1e-5)


def test_long_text_is_cut_for_the_encoder(mixed_folder: Path) -> None:
    assert len(Classifier(mixed_folder).encoder().tokens("a" * 100_000)) == SETTINGS.tokens


@pytest.mark.parametrize("name", [WIDE, HEADS, ENCODER, TOKENIZER, "MODEL_CARD.md"])
@pytest.mark.parametrize("damage", ["absent", "cut", "empty", "changed"])
def test_damaged_file_is_refused(copy: Path, name: str, damage: str) -> None:
    content = (copy / name).read_bytes()
    (copy / name).unlink()
    if damage != "absent":
        left = {"cut": content[:-9], "empty": b"", "changed": content + b" "}[damage]
        (copy / name).write_bytes(left)
    with pytest.raises(BrokenModel, match=name):
        Classifier(copy).load()


@pytest.mark.parametrize("name", [WIDE, HEADS, ENCODER, TOKENIZER])
@pytest.mark.parametrize("content", [b"", b"PK\3\4 nothing", b"{}", b"\x80\x04]\x94."])
def test_signed_nonsense_is_refused(copy: Path, name: str, content: bytes) -> None:
    (copy / name).write_bytes(content)
    with pytest.raises(BrokenModel, match="copy: "):
        Classifier(signed(copy)).load()


@pytest.mark.parametrize("name", [WIDE, HEADS, ENCODER, TOKENIZER])
def test_signed_half_of_a_file_is_refused(copy: Path, name: str) -> None:
    content = (copy / name).read_bytes()
    (copy / name).write_bytes(content[: len(content) // 2])
    with pytest.raises(BrokenModel, match="copy: "):
        Classifier(signed(copy)).load()


def test_pickled_heads_are_refused(copy: Path) -> None:
    np.savez(copy / HEADS, deep_weights=np.array([{}], object), deep_bias=np.zeros(4))
    with pytest.raises(BrokenModel, match="cannot be read"):
        Classifier(signed(copy))


@pytest.mark.parametrize(
    ("weights", "bias"),
    [
        ((DIMENSIONS, 4), (4,)),
        ((DIMENSIONS + len(FLAGS), 3), (4,)),
        ((DIMENSIONS + len(FLAGS), 4), (4, 1)),
        ((), ()),
    ],
)
def test_heads_of_other_shapes_are_refused(
    copy: Path, weights: tuple[int, ...], bias: tuple[int, ...]
) -> None:
    tables = {"deep_weights": np.zeros(weights), "deep_bias": np.zeros(bias)}
    (copy / HEADS).write_bytes(pack(tables))
    with pytest.raises(BrokenModel, match="must be"):
        Classifier(signed(copy))


def test_heads_that_are_no_numbers_are_refused(copy: Path) -> None:
    tables = {
        "deep_weights": np.full((DIMENSIONS + len(FLAGS), 4), np.nan),
        "deep_bias": np.zeros(4),
    }
    (copy / HEADS).write_bytes(pack(tables))
    with pytest.raises(BrokenModel, match="no numbers"):
        Classifier(signed(copy))


def test_tokenizer_with_pieces_beyond_the_table_is_refused(copy: Path) -> None:
    write_encoder(copy, rows=9)
    with pytest.raises(BrokenModel, match="the encoder fails"):
        Classifier(signed(copy)).load()


def test_encoder_of_another_width_is_refused(copy: Path) -> None:
    write_encoder(copy, dimensions=7)
    with pytest.raises(BrokenModel, match="the encoder answers"):
        Classifier(signed(copy)).load()


@pytest.mark.parametrize(
    "change",
    [
        lambda manifest: manifest.update(format=1),
        lambda manifest: manifest.update(format=3),
        lambda manifest: manifest.pop("mixing"),
        lambda manifest: manifest["mixing"].update(temperature=0),
        lambda manifest: manifest["mixing"].update(wide="much"),
        lambda manifest: manifest["mixing"].update(deep=float("nan")),
        lambda manifest: manifest["mixing"].update(other=1),
        lambda manifest: manifest.update(encoder=None),
        lambda manifest: manifest.update(encoder=[1]),
        lambda manifest: manifest["encoder"].update(tokens=0),
        lambda manifest: manifest["encoder"].update(dimensions="16"),
        lambda manifest: manifest["features"].update(buckets=1000),
        lambda manifest: manifest["features"].update(flags=[]),
        lambda manifest: manifest["files"].pop(HEADS),
        lambda manifest: manifest.update(labels=["a", "a", "b", "c"]),
        lambda manifest: manifest.update(files={WIDE: "0", "../x": "0"}),
    ],
)
def test_manifest_that_cannot_be_worked_with_is_refused(
    copy: Path, change: Callable[[dict[str, Any]], object]
) -> None:
    with pytest.raises(BrokenModel, match="copy: "):
        Classifier(signed(copy, change))


def test_export_that_answers_otherwise_is_refused(
    mixed_folder: Path, trained: LinearModel, frozen: list[Sample]
) -> None:
    other = some_deep(mixed_folder, len(FLAGS), 4)
    other.heads.deep_bias[0] += 0.1
    texts = [mail.text for mail in frozen]
    with pytest.raises(ExportMismatch):
        check_parity(trained, Classifier(mixed_folder), texts, other)


def test_files_of_the_encoder_are_shared(
    mixed_folder: Path, trained: LinearModel, frozen: list[Sample], tmp_path: Path
) -> None:
    deep = some_deep(mixed_folder, len(FLAGS), 4, sure=0.5)
    folder = write(trained, tmp_path, "again", frozen, deep)
    assert (folder / ENCODER).samefile(mixed_folder / ENCODER)
    shutil.rmtree(folder)
    Classifier(mixed_folder).load()


def test_files_of_the_encoder_are_copied_where_links_are_refused(
    mixed_folder: Path,
    trained: LinearModel,
    frozen: list[Sample],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def no_links(*_: object) -> None:
        raise OSError("no links here")

    monkeypatch.setattr(os, "link", no_links)
    folder = write(trained, tmp_path, "again", frozen, some_deep(mixed_folder, len(FLAGS), 4))
    assert not (folder / ENCODER).samefile(mixed_folder / ENCODER)
    Classifier(folder).load()


def test_fork_after_use_neither_hangs_nor_warns(mixed_folder: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from classifier import inference\n"
        f"folder = Path({str(mixed_folder)!r}); texts = [{UNSURE!r}, 'Other one'] * 20\n"
        "model = inference.Classifier(folder); before = model.predict(texts)\n"
        "pid = os.fork()\n"
        "if not pid:\n"
        "    after = inference.Classifier(folder).predict(texts)\n"
        "    os._exit(0 if (before == after).all() else 3)\n"
        "sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60
    )
    assert (run.returncode, run.stderr) == (0, "")


@given(st.lists(st.integers(0, 300), max_size=40))
def test_micro_batches_hold_each_place_once_and_near_lengths(lengths: list[int]) -> None:
    chunks = list(micro_batches(lengths))
    assert sorted(place for chunk in chunks for place in chunk) == list(range(len(lengths)))
    for chunk in chunks:
        assert len(chunk) <= 4
        assert lengths[chunk[-1]] <= 1.25 * lengths[chunk[0]]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Re: Hi\n\nYES please\n\n> old\n> older", "Re: Hi\n\nYES please\n\n> old\n> older"),
        ("Re: Hi\n\n> old\n> older\nMy answer", "Re: Hi\n\nMy answer\n\n> old\n> older"),
        (
            "Re: 견적\n\n확인\n\nOn Monday, someone wrote:\n> old\nlast words",
            "Re: 견적\n\n확인\n\nlast words\n\nOn Monday, someone wrote:\n> old",
        ),
        (
            "FW: x\n\n---- Original Message ----\nBody 12",
            "FW: x\n\n---- Original Message ----\nBody 12",
        ),
        ("A\u200bb\ud800 c\0\t\u3000d", "Ab c d"),
        ("e\u0301te\u0301 １2", "été １2"),
        ("", ""),
    ],
    ids=["above", "below", "between", "forwarded", "unseen", "nfc", "empty"],
)
def test_what_the_encoder_reads(text: str, read: str) -> None:
    assert encoder_text(text, 1000) == read


def test_new_words_come_before_old_ones_where_room_is_short() -> None:
    text = "Re: a\n\n" + "> quoted\n" * 50 + "the answer"
    assert encoder_text(text, 30) == "Re: a\n\nthe answer\n\n> quoted\n>"


@given(st.text(st.characters(), max_size=400), st.integers(1, 300))
def test_any_text_is_readable(text: str, characters: int) -> None:
    read = encoder_text(text, characters)
    assert len(read) <= characters
    assert all(c == "\n" or c.isprintable() for c in read)
    read.encode()
