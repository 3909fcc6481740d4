"""Header values that go into columns hold nothing that a database or a header line refuses."""

import pytest

from pipeline import charsets, mime

CONTROLS = "".join(map(chr, [*range(0x20), 0x7F]))


@pytest.mark.parametrize("character", ["\x00", "\x01", "\x1b", "\x7f"])
def test_message_ids_hold_no_control_characters(character: str) -> None:
    bad = f"<a{character}b@c.example>"
    mail = mime.parse(
        f"From: a@b.example\r\nMessage-ID: {bad}\r\nIn-Reply-To: {bad}\r\n"
        f"References: {bad} <good@c.example>\r\n\r\nhi".encode()
    )
    assert character not in f"{mail.message_id}{mail.in_reply_to}"
    assert mail.references == ("<good@c.example>",)


def test_no_value_of_a_mail_holds_a_nul() -> None:
    mail = mime.parse(
        b"From: A\x00B <a\x00@b.example>\r\nReply-To: \x00@b.example\r\nSubject: s\x00ubject\r\n"
        b"Auto-Submitted: auto\x00\r\nList-Id: <l\x00>\r\nPrecedence: bulk\x00\r\n"
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
        b'--b\r\nContent-Type: applica\x00tion/p\x00df; name="f\x00.pdf"\r\n'
        b'Content-Disposition: attachment; filename="f\x00.pdf"\r\n\r\ndata\r\n--b--\r\n'
    )
    parts = [(part.path, part.content_type, part.filename) for part in mail.parts]
    columns = [mail.subject, mail.from_name, mail.from_address, mail.reply_to, mail.machine, *parts]
    assert "\\x00" not in repr(columns)


@pytest.mark.parametrize(
    "sender",
    [
        b"<=?utf-8?B?Ym9zc0B0cmFkZS5leGFtcGxl?=>",
        b"=?utf-8?B?Ym9zc0B0cmFkZS5leGFtcGxl?=",
        b"Boss <=?utf-8?Q?boss?=@trade.example>",
        b"boss@=?utf-8?Q?trade?=.example (Boss)",
        "boss@부산.example".encode("cp949"),
    ],
)
def test_what_is_encoded_is_no_address(sender: bytes) -> None:
    """It would name a sender whom nobody has checked."""
    mail = mime.parse(b"From: " + sender + b"\r\nReply-To: " + sender + b"\r\n\r\nhi")

    assert (mail.from_address, mail.reply_to) == ("", "")
    assert "no-sender" in mail.warnings


def test_an_address_in_utf8_is_one() -> None:
    assert mime.parse("From: 김@부산.example\r\n\r\nhi".encode()).from_address == "김@부산.example"


@pytest.mark.parametrize("name", [b"From", b"To", b"Cc", b"Reply-To"])
def test_few_names_of_an_address_header_are_guessed(
    name: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each guess takes some 3 ms, and 256 KiB of headers hold 20,000 names."""
    seen: list[bytes] = []
    monkeypatch.setattr(charsets, "_detected", seen.append)

    mime.parse((name + b": " + b"\xe9\xff <a@b.example>," * 200 + b"\r\n") * 20 + b"\r\nhi")

    assert len(seen) <= 4
