"""Signatures, keys and cipher text: no words of theirs are facts, and signed letters are opened."""

import base64
import random
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.documents import READERS, armor, can_read, cms, detect, read, unread_reason
from pipeline.documents.archives import Budget, Member, Refused
from pipeline.documents.filetypes import NO_FACTS, FileType
from pipeline.documents.reasons import REASONS
from pipeline.reading import understand
from pipeline.tests.files import mail_bytes

DOCUMENTS = Path(__file__).parent / "documents"
SIGNED, STREAMED, ENCRYPTED, DETACHED = (
    (DOCUMENTS / name).read_bytes()
    for name in ("signed.p7m", "streamed.p7m", "encrypted.p7m", "detached.p7s")
)
INNER = b"Content-Type: text/plain; charset=utf-8\r\n\r\nBusan to Hamburg 40ft 18,500kg"


def block(label: str, size: int = 600) -> str:
    data = base64.encodebytes(random.Random(label).randbytes(size)).decode()
    return f"-----BEGIN {label}-----\nVersion: 7 t\n\n{data}=ab7t\n-----END {label}-----\n"


@pytest.mark.parametrize(
    ("data", "kind", "refused"),
    [
        (SIGNED, "smime", ""),
        (STREAMED, "smime", ""),
        (ENCRYPTED, "encrypted", "encrypted-mail"),
        (DETACHED, "signature", ""),
        (block("PGP MESSAGE").encode(), "encrypted", "encrypted-mail"),
        (block("PGP SIGNATURE").encode(), "signature", ""),
        (block("PGP PUBLIC KEY BLOCK").encode(), "key", "key"),
        ((block("CERTIFICATE") + block("PRIVATE KEY")).encode(), "key", "key"),
        (block("PGP PUBLIC KEY BLOCK").encode() + b"Weight 7 kg", "txt", ""),
        (b"BEGIN:VCALENDAR\r\nDTSTART:20261110T050000Z", "calendar", ""),
        (b"BEGIN:VCARD\r\nADR:Busan", "vcard", ""),
    ],
)
def test_sealed_files_are_told_by_their_content(data: bytes, kind: str, refused: str) -> None:
    assert detect(data, "a.txt", "text/plain").kind == kind
    assert kind in READERS or kind == "smime" or unread_reason(kind) == refused
    assert not refused or refused in REASONS


@pytest.mark.parametrize(
    ("declared", "kind"),
    [
        ("message/delivery-status", "report"),
        ("message/disposition-notification", "report"),
        ("text/rfc822-headers", "report"),
        ("text/calendar", "calendar"),
        ("application/pgp-encrypted", "pgp"),
    ],
)
def test_parts_about_the_mail_go_by_their_label(declared: str, kind: str) -> None:
    assert detect(b"Version: 1\r\n", "", declared).kind == kind
    assert kind in NO_FACTS
    assert detect(b"#!/bin/sh\n", "", declared).kind != kind or kind == "pgp"


def test_a_signature_has_no_text_and_nothing_is_amiss() -> None:
    assert can_read("signature")
    assert read("signature", DETACHED).text == ""


def test_keys_within_a_text_are_left_out_and_noted() -> None:
    text = read("txt", f"Weight 500 kg\n{block('PGP PUBLIC KEY BLOCK')}ETD 11-02".encode())
    assert (text.text, text.notes) == ("Weight 500 kg\nETD 11-02", ("keys",))


def test_a_signed_letter_in_armor_keeps_its_words() -> None:
    head = "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n"
    signed = f"{head}Weight: 5 t\n\nETD: 11-02\n{block('PGP SIGNATURE')}"
    assert armor.without_blocks(signed).text.strip() == "Weight: 5 t\n\nETD: 11-02"


def test_a_block_that_is_cut_off_ends_with_its_data() -> None:
    cut = block("PGP MESSAGE").rpartition("-----END")[0]
    assert armor.without_blocks(f"{cut}Weight is 500 kg\nBusan").text == "Weight is 500 kg\nBusan"


def test_a_quoted_block_is_one_too() -> None:
    quoted = "\n".join(f"> {line}" for line in block("PGP SIGNATURE").split("\n"))
    assert armor.without_blocks(f"hello\n{quoted}").text.strip("> \n") == "hello"


def test_many_beginnings_of_blocks_are_gone_through_once() -> None:
    started = time.process_time()
    armor.without_blocks("-----BEGIN PGP MESSAGE-----\n" * 30_000)
    armor.without_blocks("-----BEGIN PGP MESSAGE-----" * 30_000)
    assert time.process_time() - started < 5


@pytest.mark.parametrize("data", [SIGNED, STREAMED])
def test_a_letter_within_a_signature_is_opened(data: bytes) -> None:
    budget = Budget()
    (found,) = cms.members(data, budget, "smime.p7m")
    assert isinstance(found, Member)
    assert found.name == "smime.eml"
    assert found.data.startswith(INNER)
    assert (budget.entries, budget.bytes) == (
        Budget().entries - 1,
        Budget().bytes - len(found.data),
    )


def test_a_signed_mail_is_read_through_to_its_letter() -> None:
    found = understand(mail_bytes(files={"smime.p7m": SIGNED, "smime.p7s": DETACHED}))
    kinds = [(item.kind, item.refused, item.text) for item in found.items]
    letter = "Busan to Hamburg 40ft 18,500kg ETD 2026-11-02"
    assert kinds == [("smime", "", ""), ("eml", "", letter), ("signature", "", "")]


def test_an_encrypted_mail_is_refused_with_its_reason() -> None:
    (item,) = understand(mail_bytes(files={"smime.p7m": ENCRYPTED})).items
    assert (item.kind, item.refused) == ("encrypted", "encrypted-mail")


@pytest.mark.parametrize(
    ("budget", "reason"),
    [
        (Budget(entries=0), "too-many-members"),
        (Budget(bytes=10), "too-large"),
        (Budget(member_bytes=10), "too-large"),
    ],
)
def test_what_is_within_a_signature_counts(budget: Budget, reason: str) -> None:
    (found,) = cms.members(SIGNED, budget)
    assert isinstance(found, Refused)
    assert found.reason == reason


@pytest.mark.parametrize(
    ("name", "inner"),
    [("list.xlsx.p7m", "list.xlsx"), ("smime.p7m", "smime.eml"), ("", "smime.eml")],
)
def test_the_file_within_has_the_name_without_its_seal(name: str, inner: str) -> None:
    assert cms.inner_name(name) == inner


HEAD = b"\x30\x80\x06\x09" + bytes.fromhex("2a864886f70d010702") + b"\xa0\x80\x30\x80\x02\x01\x01"


@pytest.mark.parametrize(
    "tail",
    [
        b"",
        b"\x30\x80" * 200_000,
        b"\x04\x00" * 2_000_000,
        b"\x31\x80" + b"\x04\x00" * 2_000_000,
        b"\x30\x84\xff\xff\xff\xff",
        b"\x30\xff" + b"\xff" * 127,
        b"\x30\x80\x06\x01\x01\xa0\x80" + b"\x24\x80" * 100_000,
    ],
)
def test_hostile_lengths_and_depths_end_soon(tail: bytes) -> None:
    started = time.process_time()
    assert detect(HEAD + tail, "smime.p7m").kind in {"signature", "smime"}
    list(cms.members(HEAD + tail, Budget()))
    assert time.process_time() - started < 5


@given(data=st.data())
def test_any_change_of_a_byte_gives_a_kind(data: st.DataObject) -> None:
    raw = bytearray(STREAMED)
    for _ in range(3):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    assert isinstance(detect(bytes(raw)), FileType)
    list(cms.members(bytes(raw), Budget()))
