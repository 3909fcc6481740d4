"""KoBERT's tokenizer as a fast one: the same ids as the reference, on whatever text."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from classifier import corpus
from classifier.errors import BrokenModel

from . import small_kobert

pytestmark = pytest.mark.needs("module:torch", "module:sentencepiece")

# characters that normalisation moves, joins, drops or takes apart
ODD = (
    "가각한힣ㄱㅏㄳㅋ\u1100\u1161\u11a8\u119e\uffa1\uffc2"
    "がｶﾞﾊﾟ～－＠กำ้เ่aéÅẞª①½™©´¨\u0301\u0308\u0323\u0327\u3099"
    "👍🏽👩🇰🇷\u200b\u200d\ufe0f\ufeff\u00ad\u00a0\u3000 \t\n\r\x01▁[]CLSEP,.0-\U0010ffff\U0010fffe"
)
TEXTS = st.one_of(
    st.text(st.sampled_from(ODD), max_size=12),
    st.text(st.characters(codec="utf-8"), max_size=12),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kobert")
    small_kobert.write_tokenizer(folder, 600)
    return folder


@pytest.fixture(scope="module")
def reference(folder: Path) -> Any:
    from classifier.encoder.reference import Reference

    return Reference(folder)


def test_mails_have_the_references_ids(reference: Any) -> None:
    found = reference.compare(mail.text for mail in corpus.training_mails()[::8])
    assert found.texts > 300
    assert not found.differing
    # equally likely cuts ("0" "00" and "00" "0"): rounding decides there, see docs/finetuning.md
    assert len(found.ties) <= 0.01 * found.texts


@given(TEXTS)
@example("네ㄳ 견적 가\u11a8\u3133")
@example("\u2122\u0301 e\u0327\u0301 \u0327\u0e49")
@example("[CLS] [UNK][SEP]")
def test_any_text_has_the_references_ids(reference: Any, text: str) -> None:
    assert reference.fast_ids(text) == reference.ids(text) or reference.is_tie(text)


def test_tie_is_no_excuse_for_another_cut(reference: Any, folder: Path) -> None:
    from classifier.encoder.reference import Reference

    other = Reference(folder, fast=_letters(folder))
    text = "견적 부탁드립니다"
    assert other.fast_ids(text) != other.ids(text)
    assert other.compare([text]).differing == (text,)


def test_special_tokens_stand_around_and_are_never_typed(reference: Any) -> None:
    ids = reference.fast.encode("[MASK] 견적").ids
    assert (ids[0], ids[-1]) == (2, 3)
    assert not {1, 2, 3, 4} & set(ids[1:-1])


def test_kept_tokenizer_reads_the_same(reference: Any, tmp_path: Path) -> None:
    from tokenizers import Tokenizer

    reference.fast.save(str(tmp_path / "tokenizer.json"))
    again = Tokenizer.from_file(str(tmp_path / "tokenizer.json"))
    assert again.encode(ODD).ids == reference.fast.encode(ODD).ids


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ("[UNK]\n[PAD]\n", "lacks"),
        ("[UNK]\n[PAD]\n[CLS]\n[SEP]\n[MASK]\na\na\n", "twice"),
        ("[UNK]\n[PAD]\n[CLS]\n[SEP]\n[MASK]\na\n", "are not in vocab.txt"),
    ],
)
def test_vocabulary_that_does_not_fit_is_refused(
    folder: Path, tmp_path: Path, lines: str, why: str
) -> None:
    from classifier.encoder.kobert import kobert_tokenizer

    (tmp_path / "a.model").write_bytes((folder / "tokenizer_small.model").read_bytes())
    (tmp_path / "vocab.txt").write_text(lines)
    with pytest.raises(BrokenModel, match=why):
        kobert_tokenizer(tmp_path)


@pytest.mark.parametrize("content", [b"", b"no model", b"\x0a\x05\x0a\x01a"])
def test_file_that_is_no_model_is_refused(tmp_path: Path, content: bytes) -> None:
    from classifier.encoder.kobert import kobert_tokenizer

    (tmp_path / "a.model").write_bytes(content)
    with pytest.raises(BrokenModel):
        kobert_tokenizer(tmp_path)


def _letters(folder: Path) -> Any:
    """A tokenizer of the same words that knows single letters only."""
    from tokenizers import Tokenizer, models

    from classifier.encoder.kobert import read_vocabulary

    words = read_vocabulary(folder / "vocab.txt")
    numbers = {word: number for number, word in enumerate(words)}
    return Tokenizer(models.BPE(vocab=numbers, merges=[], unk_token="[UNK]"))
