import hashlib
import re
import unicodedata
from collections import Counter
from dataclasses import replace
from io import StringIO
from pathlib import Path
from random import Random

import pytest
from django.core.management import call_command

from classifier import corpus
from classifier.corpus import perturbing
from classifier.corpus.mails import Mail, group_files, read_group
from classifier.corpus.pieces import PIECES
from classifier.corpus.recombining import (
    LABEL_SHARES,
    LANGUAGE_SHARES,
    recombine,
    take_apart,
    variant,
)
from classifier.corpus.splitting import BLOCK, split_group
from classifier.features import compose, names_number
from classifier.labels import LABELS

# what FROZEN_NAME stands for: figures of different sets must not be compared
FROZEN = {"frozen-3": "0decedab0e92ec2b930e01973a596ff3b560f60c62a9d0672c6cf57d3a07e4d3"}


def numbered(mail: Mail) -> bool:
    return names_number(compose(mail.subject, mail.body))


@pytest.fixture(scope="module")
def made() -> dict[str, list[Mail]]:
    many = {"training": 8000, "frozen": 2000}
    return {
        split: recombine(corpus.hand_written(split), many=many[split], seed=corpus.SEED)
        for split in corpus.SPLITS
    }


def test_there_are_enough_hand_written_mails() -> None:
    mails = [mail for path in group_files() for mail in read_group(path)]
    assert len(mails) >= 3700
    assert len({mail.base for mail in mails}) == len(mails)


def test_frozen_set_is_the_one_of_its_name() -> None:
    text = "\0".join(mail.text for mail in corpus.frozen_mails())
    assert FROZEN[corpus.FROZEN_NAME] == hashlib.sha256(text.encode()).hexdigest()


def test_no_base_is_in_two_splits(made: dict[str, list[Mail]]) -> None:
    assert not {mail.base for mail in made["training"]} & {mail.base for mail in made["frozen"]}
    texts = [{(mail.subject, mail.body) for mail in mails} for mails in made.values()]
    assert not texts[0] & texts[1]


def test_neighbours_stay_together() -> None:
    for path in group_files():
        mails = [mail for mail in read_group(path) if not mail.split]
        splits = split_group(mails)
        for start in range(0, len(mails), BLOCK):
            assert len({splits[mail.base] for mail in mails[start : start + BLOCK]}) == 1


def test_an_eighth_of_the_training_mails_is_kept_from_the_encoder() -> None:
    training = {mail.base for mail in corpus.hand_written("training")}
    kept = corpus.calibration_bases()
    assert kept < training
    assert 0.1 < len(kept) / len(training) < 0.15


def test_about_a_fifth_of_each_label_and_language_is_held_out() -> None:
    kept, held = (
        Counter((mail.language, mail.label) for mail in corpus.hand_written(split))
        for split in corpus.SPLITS
    )
    for cell in kept:
        assert 0.12 < held[cell] / (held[cell] + kept[cell]) < 0.28


def test_recombined_mails_are_many_distinct_and_shared_out(made: dict[str, list[Mail]]) -> None:
    mails = made["training"]
    assert len({(mail.subject, mail.body) for mail in mails}) == len(mails) >= 8000
    for shares, counts in (
        (LANGUAGE_SHARES, Counter(mail.language for mail in mails)),
        (LABEL_SHARES, Counter(mail.label for mail in mails)),
    ):
        for name, share in shares.items():
            assert counts[name] / len(mails) == pytest.approx(share, abs=0.015)


def test_every_base_is_there_as_it_was_written(made: dict[str, list[Mail]]) -> None:
    texts = {(mail.subject, mail.body) for mail in made["training"]}
    assert {(mail.subject, mail.body) for mail in corpus.hand_written("training")} <= texts


def test_a_made_mail_names_a_number_where_its_base_does(made: dict[str, list[Mail]]) -> None:
    bases = {mail.base: mail for split in corpus.SPLITS for mail in corpus.hand_written(split)}
    carry = {base: numbered(mail) for base, mail in bases.items()}
    for mails in made.values():
        for mail in mails:
            assert mail.label == bases[mail.base].label
            assert numbered(mail) == carry[mail.base]


ORDER = Mail(
    "x",
    "ko",
    "order",
    "진행 건",
    "안녕하세요.\n\n견적 BB-2026-000418 진행 부탁드립니다.\n\n감사합니다.\n김가람 드림",
)


def test_an_order_keeps_its_number_in_its_own_words() -> None:
    for seed in range(200):
        mail = variant(ORDER, Random(seed))
        assert names_number(compose(mail.subject, mail.body)), mail.body


def test_a_go_ahead_without_number_gets_none() -> None:
    base = Mail("x", "ko", "inquiry", "진행", "보내주신 조건으로 진행해 주세요.")
    variants = [variant(base, Random(seed)) for seed in range(200)]
    assert not [mail for mail in variants if numbered(mail)]
    # numbers do stand in the old text below
    assert [mail for mail in variants if "BB-" in mail.body]


def test_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        options = {"training": 3500, "frozen": 900, "seed": seed, "json": True}
        call_command("make_corpus", tmp_path / name, **options, stdout=StringIO())
    for split in corpus.SPLITS:
        one, same, other = (
            (tmp_path / name / f"{split}.jsonl").read_bytes() for name in ("a", "b", "c")
        )
        assert one == same != other


@pytest.mark.parametrize("language", PIECES)
def test_pieces_carry_no_number(language: str) -> None:
    pieces = PIECES[language]
    own = (
        *pieces.greetings,
        *pieces.closings,
        *pieces.signatures,
        *pieces.disclaimers,
        *pieces.phones,
        *pieces.forward_notes,
    )
    assert not [text for text in own if names_number(text)]


def test_numbers_change_alike_and_years_stay() -> None:
    text = perturbing.numbers("BB-2026-000418 ... BB-2026-000418", Random(1))
    first, second = text.split(" ... ")
    assert first == second != "BB-2026-000418"
    assert re.fullmatch(r"BB-2026-000\d{3}", first)


def test_take_apart() -> None:
    parts = take_apart(ORDER.body)
    assert parts.greeting == "안녕하세요."
    assert parts.core == "견적 BB-2026-000418 진행 부탁드립니다."
    assert parts.tail.startswith("감사합니다.")


def test_labels_are_the_shipped_ones() -> None:
    assert set(LABEL_SHARES) == set(LABELS)


def test_an_order_is_forwarded_only_with_its_number_in_the_subject() -> None:
    plain = [variant(ORDER, Random(seed)).subject for seed in range(300)]
    assert not [subject for subject in plain if subject.lower().startswith(("fw", "fwd"))]
    named = replace(ORDER, subject="BB-2026-000418 진행 건")
    subjects = [variant(named, Random(seed)).subject for seed in range(300)]
    assert [subject for subject in subjects if subject.lower().startswith(("fw", "fwd"))]


def test_a_piece_that_would_change_the_label_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    bad = replace(PIECES["ko"], greetings=("견적 BB-2026-000999 건입니다.",))
    monkeypatch.setitem(PIECES, "ko", bad)
    base = Mail("x", "ko", "inquiry", "진행", "보내주신 조건으로 진행해 주세요.")
    assert not [seed for seed in range(200) if numbered(variant(base, Random(seed)))]


def test_an_order_that_lost_its_own_code_is_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    # the other number hides the loss from the yes/no feature
    monkeypatch.setattr(perturbing, "spacing", lambda text, random: text.replace("PO-", "QX-"))
    base = replace(ORDER, body="견적 BB-2026-000418, PO-77123 진행 부탁드립니다.")
    bodies = [variant(base, Random(seed)).body for seed in range(100)]
    assert all("po-" in unicodedata.normalize("NFKC", body).lower() for body in bodies)
