"""Mails as bytes: what every mail program reads, and the same bytes for the same values."""

import datetime as dt
import re
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from freight.letters import File, Letter
from freight.mime_out import LONGEST_ID, Head, letter_of, render
from pipeline.mime import parse

HEAD = Head(
    sender=("견적팀", "quote@busybee.example"),
    recipient=("김하나", "kim@shipper.example"),
    message_id="<1@busybee.example>",
    date=dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC),
    answers="<q2@shipper.example>",
    references=("<q1@shipper.example>",),
)
LONG = "견적서 BB-2026-000123 부산에서 상하이까지 40피트 하이큐브 컨테이너 두 대 (개정 2).pdf"
FULL = Letter(
    subject="[BB-2026-000123] 견적서",
    text="안녕하세요.\n.\n 끝 \n",
    html="<p>안녕하세요.</p>\n",
    files=(File(LONG, "application/pdf", bytes(range(256)) * 9), File("a.txt", "text/plain", b"")),
)


def parsed(letter: Letter, head: Head = HEAD) -> EmailMessage:
    message = message_from_bytes(render(head, letter), policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


@pytest.mark.parametrize(
    ("letter", "kinds"),
    [
        (replace(FULL, html="", files=()), ["text/plain"]),
        (replace(FULL, files=()), ["multipart/alternative", "text/plain", "text/html"]),
        (
            replace(FULL, html=""),
            ["multipart/mixed", "text/plain", "application/pdf", "text/plain"],
        ),
        (
            FULL,
            [
                "multipart/mixed",
                "multipart/alternative",
                "text/plain",
                "text/html",
                "application/pdf",
                "text/plain",
            ],
        ),
    ],
)
def test_parts_stand_as_programs_expect_them(letter: Letter, kinds: list[str]) -> None:
    assert [part.get_content_type() for part in parsed(letter).walk()] == kinds
    assert letter_of(render(HEAD, letter)) == letter


def test_same_values_make_the_same_bytes() -> None:
    assert render(HEAD, FULL) == render(HEAD, FULL)


@pytest.mark.parametrize(
    "text", ["안녕하세요 " * 200, "a " * 600, "x" * 3000, "가" * 3000, "\t \n"]
)
def test_lines_are_short_and_end_in_crlf(text: str) -> None:
    raw = render(HEAD, replace(FULL, text=text, html=f"<p>{text}</p>"))
    assert max(map(len, raw.split(b"\r\n"))) <= 78
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", raw)
    assert raw.isascii()


@pytest.mark.parametrize(
    "name", [LONG, "ใบเสนอราคา.pdf", "見積書.pdf", "quotation.pdf", "a b'c%.pdf"]
)
def test_file_name_arrives_to_the_letter(name: str) -> None:
    letter = replace(FULL, files=(File(name, "application/pdf", b"%PDF"),))
    (part,) = parsed(letter).iter_attachments()
    assert part.get_filename() == name
    ours = [each.filename for each in parse(render(HEAD, letter)).parts if each.filename]
    assert ours == [name]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ('a"\r\nBcc: all@other.example\r\n.pdf', "a_ Bcc_ all@other.example .pdf"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("", "file"),
        ("\x00", "_"),
    ],
)
def test_file_name_is_a_name_and_nothing_else(name: str, told: str) -> None:
    message = parsed(replace(FULL, files=(File(name, "application/pdf", b"x"),)))
    assert [part.get_filename() for part in message.iter_attachments()] == [told]
    assert message["Bcc"] is None


@pytest.mark.parametrize(
    "kind", ["", "pdf", "a/b\r\nBcc: x@y.example", "multipart/mixed", "a/b; c=d"]
)
def test_odd_content_type_is_only_bytes(kind: str) -> None:
    message = parsed(replace(FULL, files=(File("a", kind, b"x"),)))
    (part,) = message.iter_attachments()
    assert part.get_content_type() == "application/octet-stream"
    assert message["Bcc"] is None


def test_headers_answer_the_mail_and_no_machine_answers_them() -> None:
    message = parsed(FULL)
    assert message["In-Reply-To"] == "<q2@shipper.example>"
    assert message["References"].split() == ["<q1@shipper.example>", "<q2@shipper.example>"]
    assert parse(render(HEAD, FULL)).machine == "auto-submitted"


@pytest.mark.parametrize("header", [b"Auto-Submitted", b"X-Auto-Response-Suppress"])
def test_busybee_is_known_where_a_relay_takes_headers_out(header: bytes) -> None:
    raw = re.sub(
        rb"(?m)^(Auto-Submitted|X-Auto-Response-Suppress): .*\r\n", b"", render(HEAD, FULL)
    )
    assert header not in raw
    assert parse(raw).machine == "auto-reply"


def test_root_of_a_long_thread_stays_named() -> None:
    long = replace(HEAD, references=tuple(f"<{n}@shipper.example>" for n in range(60)))
    named = parsed(FULL, long)["References"].split()
    assert (len(named), named[0], named[-1]) == (20, "<0@shipper.example>", "<q2@shipper.example>")


def test_endless_message_id_makes_no_endless_line() -> None:
    odd = replace(HEAD, answers=f"<{'a' * LONGEST_ID}@shipper.example>")
    assert parsed(FULL, odd)["In-Reply-To"] is None
