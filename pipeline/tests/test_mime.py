# ruff: noqa: E501  (wire text in four languages is kept on its line)
import base64
import datetime as dt
import time
import tracemalloc
from email.header import Header
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import mime
from pipeline.headers import addresses, decode_words, parameters, text_of
from pipeline.mime import parse
from pipeline.tests.files import mail_bytes


def test_parse_reads_the_headers() -> None:
    mail = parse(mail_bytes(subject="견적 문의 20ft"))

    assert mail.subject == "견적 문의 20ft"
    assert (mail.from_name, mail.from_address) == ("김철수", "kim@trade.example")
    assert mail.to == ("quote@busybee.example",)
    assert mail.message_id == "<one@trade.example>"
    assert mail.date == dt.datetime(2026, 11, 3, 10, tzinfo=dt.timezone(dt.timedelta(hours=9)))
    assert (mail.machine, mail.auth, mail.warnings) == ("", "none", ())


def test_parse_numbers_the_parts_as_imap_does() -> None:
    raw = (
        b"Content-Type: multipart/mixed; boundary=a\n\n--a\n"
        b"Content-Type: multipart/alternative; boundary=b\n\n"
        b"--b\n\nplain\n--b\nContent-Type: text/html\n\n<p>html\n--b--\n"
        b"--a\nContent-Type: application/pdf; name=x.pdf\n"
        b"Content-Transfer-Encoding: base64\n\nJVBERg==\n--a--\nepilogue\n"
    )
    parts = parse(raw).parts

    assert [(p.path, p.content_type, p.inline) for p in parts] == [
        ("1.1", "text/plain", True),
        ("1.2", "text/html", True),
        ("2", "application/pdf", False),
    ]
    assert [p.payload for p in parts] == [b"plain", b"<p>html", b"%PDF"]
    assert (parts[0].alternative, parts[2].alternative) == ("1", "")
    assert parts[2].filename == "x.pdf"


def test_a_mail_within_a_mail_is_an_attachment() -> None:
    inner = mail_bytes("안쪽", subject="안쪽")
    raw = (
        b"Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: message/rfc822\n\n%b\n--a--"
        % inner
    )

    (part,) = parse(raw).parts

    assert (part.content_type, part.disposition) == ("message/rfc822", "attachment")
    assert parse(part.payload).subject == "안쪽"


@pytest.mark.parametrize("charset", ["ks_c_5601-1987", "euc-kr", "windows-949", "utf-8", "utf8mb4"])
@pytest.mark.parametrize("encoding", ["b", "q", "8bit"])
def test_a_subject_in_every_korean_charset(charset: str, encoding: str) -> None:
    data = "똠방 견적".encode("utf-8" if "utf" in charset else "cp949")
    forms = {
        "b": b"=?%b?B?%b?=" % (charset.encode(), base64.b64encode(data)),
        "q": b"=?%b?q?%b?=" % (charset.encode(), b"".join(b"=%02X" % byte for byte in data)),
        "8bit": data,
    }
    assert parse(b"Subject: %b\n\n" % forms[encoding]).subject == "똠방 견적"


def test_a_character_cut_in_two_by_encoded_words_is_whole_again() -> None:
    data = "견적".encode()
    words = " \r\n ".join(
        f"=?utf-8?B?{base64.b64encode(half).decode()}?=" for half in (data[:4], data[4:])
    )
    assert decode_words(words) == "견적"


def test_text_between_encoded_words_keeps_its_spaces() -> None:
    assert text_of(
        f"Re: {Header('견적', 'utf-8').encode()} for {Header('부산', 'euc-kr').encode()} now"
    ) == ("Re: 견적 for 부산 now")


@pytest.mark.parametrize(
    "wire",
    [
        f"attachment; filename*=utf-8''{quote('견적 서.pdf')}",
        f"attachment; filename*0*=utf-8''{quote('견적')}; filename*1=\" \"; filename*2*={quote('서.pdf')}",
        f"attachment; filename*=ks_c_5601-1987'ko'{quote('견적 서.pdf'.encode('cp949'))}; filename=x.pdf",
        f'attachment; filename="=?utf-8?B?{base64.b64encode("견적 서.pdf".encode()).decode()}?="',
        'attachment; filename="' + "견적 서.pdf".encode("cp949").decode("latin-1") + '"',
    ],
)
def test_a_file_name_in_every_form(wire: str) -> None:
    assert parameters(wire)[1]["filename"] == "견적 서.pdf"


@pytest.mark.parametrize(
    ("wire", "expected"),
    [
        (
            '"Kim, C." <Kim@Trade.example>, b@c.example',
            [("Kim, C.", "kim@trade.example"), ("", "b@c.example")],
        ),
        ("kim@trade.example (Kim)", [("Kim", "kim@trade.example")]),
        ("Team: a@b.example, c@d.example;", [("", "a@b.example"), ("", "c@d.example")]),
        ('"boss@good.example" <evil@bad.example>', [("boss@good.example", "evil@bad.example")]),
        ("a b@c.example", [("a b@c.example", "")]),
        ("<a@b.example\r\nBcc: x@y.example>", [("", "")][:0]),
        ("", []),
    ],
)
def test_addresses(wire: str, expected: list[tuple[str, str]]) -> None:
    assert list(addresses(wire)) == expected


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ("Auto-Submitted: auto-replied", "auto-submitted"),
        ("Auto-Submitted: auto-generated; owner=x", "auto-submitted"),
        ("Auto-Submitted: no", ""),
        ("Precedence: bulk", "precedence"),
        ("List-Id: <news.example>", "list"),
        ("List-Unsubscribe: <https://news.example>", "list"),
        ("Return-Path: <>", "empty-return-path"),
        ("Return-Path: <kim@trade.example>", ""),
        ("Content-Type: multipart/report; boundary=x", "report"),
        ("From: MAILER-DAEMON@mx.example", "sender"),
        ("From: no-reply@shop.example", "sender"),
        ("From: Shop <orders.noreply@shop.example>", "sender"),
        ("From: norepla@shop.example", ""),
        ("Subject: Automatic reply: rate", "subject"),
        ("Subject: [자동회신] 부재중입니다", "subject"),
        ("Subject: 견적 문의", ""),
        ("X-Auto-Response-Suppress: All", "auto-response-suppress"),
        ("X-Auto-Response-Suppress: DR, OOF, AutoReply", "auto-response-suppress"),
        ("X-Auto-Response-Suppress: DR, RN", ""),
        ("X-Autoreply: yes", "auto-reply"),
        ("X-POST-MessageClass: 9; Autoresponder", "auto-reply"),
        ("List-Help: <mailto:help@list.example>", "list"),
        ("Precedence: first-class", ""),
        ("Feedback-ID: 1:relay.example", ""),
        ("Subject: Out of Office: rate", "subject"),
        ("Subject: Auto-Reply: rate", "subject"),
        ("Subject: On vacation", "subject"),
        ("Subject: Undeliverable: quotation", "subject"),
        ("Subject: [부재중] Re: 견적", "subject"),
        ("Subject: 부재중입니다", "subject"),
        ("Subject: 휴가중 자동응답", "subject"),
        ("Subject: 【自動返信】お問い合わせ", "subject"),
        ("Subject: 不在のお知らせ", "subject"),
        ("Subject: ตอบกลับอัตโนมัติ: ราคา", "subject"),
        ("Subject: ไม่อยู่ที่สำนักงาน", "subject"),
        # written by people
        ("Subject: [부재중] 관련 문의", ""),
        ("Subject: Re: your vacation notice to 20ft shippers", ""),
        ("Subject: 자동차 운송 견적", ""),
        ("Subject: 不在者投票用品の輸送", ""),
        ("Subject: Automatic doors, 20ft to Hamburg", ""),
        ("From: list@trade.example", ""),
    ],
)
def test_machines_are_known(header: str, reason: str) -> None:
    assert parse(header.encode() + b"\n\nhi").machine == reason


@pytest.mark.parametrize(
    "date", ["nonsense", "Tue, 99 Nov 2026 10:00:00 +0900", "Fri, 31 Dec 9999 23:59:59 -2300", ""]
)
def test_a_date_that_is_none(date: str) -> None:
    assert parse(f"Date: {date}\n\n".encode()).date is None


def test_a_date_without_a_zone_is_utc() -> None:
    assert parse(b"Date: 3 Nov 2026 10:00:00\n\n").date == dt.datetime(
        2026, 11, 3, 10, tzinfo=dt.UTC
    )


@pytest.mark.parametrize("ending", [b"\n", b"\r\n", b"\r"])
def test_every_line_ending(ending: bytes) -> None:
    raw = (
        b"Subject: a\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b\n\ntwo\n--b--\n"
    )
    mail = parse(raw.replace(b"\n", ending))
    assert (mail.subject, [p.payload for p in mail.parts]) == ("a", [b"one", b"two"])


def test_a_forgotten_blank_line_loses_no_text() -> None:
    mail = parse(b"Subject: a\nplease quote, 20ft\nBusan: Hamburg\n\nmore")
    assert mail.parts[0].payload == b"please quote, 20ft\nBusan: Hamburg\n\nmore"


@pytest.mark.parametrize(
    ("encoding", "body", "payload"),
    [
        ("base64", b"7Iq5\n!! 7Iq5", "승승".encode()),
        ("base64", b"YWJjZ", b"abc"),
        ("quoted-printable", b"a=3Db=\nc=ZZ", b"a=bc=ZZ"),
        ("x-uuencode", b"begin 644 x\n#86)C\n`\nend\n", b"abc"),
        ("8bit", b"x", b"x"),
        ("x-unknown", b"x", b"x"),
    ],
)
def test_transfer_encodings(encoding: str, body: bytes, payload: bytes) -> None:
    raw = b"Content-Transfer-Encoding: %b\n\n%b" % (encoding.encode(), body)
    assert parse(raw).parts[0].payload == payload


NESTED = b"".join(
    b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(1000)
)
HOSTILE = {
    "1 MB subject": b"Subject: =?utf-8?q?" + b"a" * 1_000_000 + b"?=\n\nhi",
    "1 MB of encoded words": b"Subject: " + b"=?utf-8?q?a?= " * 75_000 + b"\n\nhi",
    "half-open words": b"Subject: " + b"=?" * 500_000 + b"\n\nhi",
    "8 MB of headers": b"X-A: b\n" * 1_200_000 + b"\nhi",
    "999 raw headers": b"".join(b"X-%d: \xff\xfe\xe0\n" % n for n in range(999)) + b"\nhi",
    "nested comments": b"From: " + b"(" * 4000 + b"\nTo: " + b"<" * 4000 + b"\n\nhi",
    "20,000 parts": b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nhi\n" * 20_000,
    "nested 1,000 deep": NESTED,
    "one boundary within itself": b"Content-Type: multipart/mixed; boundary=b\n\n"
    + b"--b\nContent-Type: multipart/mixed; boundary=b\n\n" * 20_000,
    "open parameters": b"Content-Type: text/plain; " + b'a="' * 1300 + b"\n\nhi",
    "no line ends": b"a" * 3_000_000,
    "only line ends": b"\n" * 3_000_000,
}


@pytest.mark.parametrize("raw", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_mail_is_parsed_in_bounds(raw: bytes) -> None:
    started = time.process_time()
    mail = parse(raw)

    assert len(mail.parts) <= mime.MAX_PARTS
    assert len(mail.subject) <= mime.MAX_SUBJECT
    # 0.02-0.15 s measured; the standard library's policy.default takes 15 s and more for some
    assert time.process_time() - started < 5


def test_limits_are_told() -> None:
    assert "too-many-parts" in parse(HOSTILE["20,000 parts"]).warnings
    assert "too-deep" in parse(NESTED).warnings
    assert "header-cut" in parse(HOSTILE["1 MB subject"]).warnings


HEADERISH = st.lists(
    st.sampled_from(
        [
            b"From: ",
            b"Subject: ",
            b"Date: ",
            b"Content-Type: multipart/mixed; boundary=b",
            b"\n",
            b"\r\n",
            b"\n\n",
            b"--b",
            b"--b--",
            b"=?utf-8?B?",
            b"?=",
            b'"',
            b"(",
            b"<",
            b">",
            b";",
            b"name*0*=",
            b"a@b.example",
            b"\xff",
            b"Content-Transfer-Encoding: base64",
            b"Content-Disposition: attachment; filename*=",
            b"utf-7''%ff",
            b"\0",
        ]
    ),
    max_size=60,
).map(b"".join)


@settings(deadline=None)
@given(st.one_of(HEADERISH, st.binary(max_size=300)))
def test_parse_is_total(raw: bytes) -> None:
    mail = parse(raw)
    repr(mail).encode()


UU = b"begin 644 %b\n#86)C\n`\nend\n"


def test_uuencoded_files_are_taken_out_of_a_text() -> None:
    name = "견적.txt".encode("cp949")
    raw = (
        b"Content-Type: text/plain; charset=euc-kr\n\n20ft\n\n"
        + UU % name
        + b"between\n"
        + UU % b"b.pdf"
        + b"18 t\n"
    )
    text, first, second = parse(raw).parts

    assert text.payload == b"20ft\n\nbetween\n18 t\n"
    assert [(p.path, p.filename, p.payload) for p in (first, second)] == [
        ("1.1", "견적.txt", b"abc"),
        ("1.2", "b.pdf", b"abc"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        b"begin 644 x\nplease quote\nend\n",
        b"begin 644 x\n#86)C\n",
        b"We begin 644 x\n#86)C\n`\nend\n",
        b"begin 644 x\nend\n",
    ],
)
def test_what_is_no_uuencoded_file_stays_in_the_text(text: bytes) -> None:
    (part,) = parse(b"\n" + text).parts
    assert part.payload == text


def test_many_beginnings_are_not_read_over_and_over() -> None:
    started = time.process_time()
    parse(b"\n" + b"begin 644 x\n" * 500_000)
    assert time.process_time() - started < 5


def test_a_percent_encoded_name_is_decoded_where_it_is_utf8() -> None:
    def name(value: str) -> str:
        return parameters(f'attachment; filename="{value}"')[1]["filename"]

    assert name(quote("견적 서") + ".pdf") == "견적 서.pdf"
    assert name("100%E5 off.pdf") == "100%E5 off.pdf"
    assert name("50%20.pdf") == "50%20.pdf"


def test_invisible_characters_are_gone_from_names_and_subject() -> None:
    mail = parse(
        "Subject: 18\u200b,5\u202e00\nFrom: K\u2066im <k@trade.example>\n"
        'Content-Disposition: attachment; filename="a\u202efdp.exe"\n\nx'.encode()
    )
    assert (mail.subject, mail.from_name, mail.parts[0].filename) == ("18,500", "Kim", "afdp.exe")


def test_a_boundary_within_lines_costs_no_look() -> None:
    walk = mime._Walk(b"--b" * 100_000)

    assert len(list(mime._delimiters(1, len(walk.data), b"--b", walk))) == 0
    assert walk.marks == 0


def test_lines_that_begin_like_a_boundary_are_looked_at_to_a_number() -> None:
    head = b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nletter\n"
    walk = mime._Walk(head + b"--bx\n" * (mime.MAX_MARKS + 10_000))
    list(mime._delimiters(0, len(walk.data), b"--b", walk))

    assert walk.marks == mime.MAX_MARKS + 1
    mail = parse(walk.data)
    assert "too-many-parts" in mail.warnings
    assert mail.parts[0].payload.startswith(b"letter")


def test_nested_parts_share_one_body() -> None:
    """Copied once a level, 25 of them with 30 MB would take 1 GB."""
    nested = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (level, level)
        for level in range(20)
    )
    raw = nested + b"\n" + b"x" * 2_000_000
    tracemalloc.start()
    mail = parse(raw)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert len(mail.parts[0].payload) == 2_000_000
    assert peak < 3 * len(raw)


LETTER = b'Content-Type: text/plain; name="body.txt"\n'


@pytest.mark.parametrize(
    ("raw", "names"),
    [
        (LETTER + b"\n18 t", [""]),
        (LETTER + b"Content-Disposition: inline\n\n18 t", [""]),
        (LETTER + b"Content-Disposition: attachment\n\n18 t", ["body.txt"]),
        (b"Content-Type: multipart/mixed; boundary=b\n\n--b\n" + LETTER + b"\n18 t\n--b\n" + LETTER + b"\nfile\n--b--", ["", "body.txt"]),
        (b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nletter\n--b\n" + LETTER + b"\nfile\n--b--", ["", "body.txt"]),
        (b"Content-Type: multipart/alternative; boundary=b\n\n--b\n" + LETTER + b"\n18 t\n--b\nContent-Type: text/html; name=b.html\n\n18 t\n--b--", ["", ""]),
        (b"Content-Type: text/csv; name=\"a.csv\"\n\n18 t", ["a.csv"]),
    ],
)  # fmt: skip
def test_a_letter_with_a_file_name_is_a_letter(raw: bytes, names: list[str]) -> None:
    parts = parse(b"From: a@b.example\n" + raw).parts
    assert [each.filename for each in parts] == names
    assert [each.inline for each in parts] == [not name for name in names]
