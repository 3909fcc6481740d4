"""Random input by hypothesis: small in the suite, with more examples in `make soak`.

The same targets take atheris' bytes in `make fuzz`.
"""

import os
import struct

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.tests.files import zip_bytes
from pipeline.tests.hostile import ole, targets
from pipeline.tests.hostile.archives import deflated, raw_zip

MANY = 20_000 if os.environ.get("BUSYBEE_TEST_SOAK") else 40
examples = settings(
    max_examples=MANY,
    deadline=None,
    derandomize=not os.environ.get("BUSYBEE_TEST_SOAK"),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

CHARSETS = st.sampled_from(
    "utf-8 euc-kr ks_c_5601-1987 shift_jis iso-2022-jp tis-620 utf-16 utf-7 zlib x-unknown".split()
).map(str.encode)
NOISE = st.binary(max_size=40)
WORDS = st.builds(
    lambda charset, kind, body: b"=?" + charset + b"?" + kind + b"?" + body + b"?=",
    CHARSETS,
    st.sampled_from([b"B", b"q", b"x", b""]),
    NOISE | st.just(b"sN/A+w=="),
)
PIECES = st.sampled_from(
    [
        *(b" ", b"\r\n ", b"\n", b'"', b"\\", b"(", b")", b"<", b">", b"@", b";", b",", b":", b"="),
        *(b"filename", b"*0*=", b"*1=", b"utf-8''%EA%B2%AC", b"name=", b"a@b.example", b"\0"),
    ]
)
HEADERS = st.lists(WORDS | PIECES | NOISE, max_size=30).map(b"".join)


@examples
@given(HEADERS)
def test_no_header_raises(data: bytes) -> None:
    targets.headers_of(data)


NAMES = st.sampled_from(
    b"From Subject Date Content-Type Content-Disposition Content-Transfer-Encoding To Received "
    b"Message-ID References Authentication-Results Auto-Submitted".split()
)
KINDS = st.sampled_from(
    b"text/plain text/html multipart/mixed multipart/alternative multipart/report message/rfc822 "
    b"message/delivery-status application/ms-tnef application/zip image/png".split()
)
ENCODINGS = st.sampled_from(b"base64 quoted-printable x-uuencode 7bit strange".split())


@st.composite
def entities(draw: st.DrawFn, depth: int = 0) -> bytes:
    """A part and what is in it, its boundaries mostly in their places."""
    kind, mark = draw(KINDS), draw(st.sampled_from([b"b", b"bb", b"c", b"a b", b"(+"]))
    lines = draw(st.lists(st.tuples(NAMES, HEADERS), max_size=3))
    head = b"".join(name + b": " + value + b"\r\n" for name, value in lines)
    head += b"Content-Type: " + kind + b'; boundary="' + mark + b'"; charset=' + draw(CHARSETS)
    head += b"\r\nContent-Transfer-Encoding: " + draw(ENCODINGS) + b"\r\n\r\n"
    if depth >= 3 or not kind.startswith((b"multipart", b"message")):
        return head + draw(st.binary(max_size=80))
    parts = draw(st.lists(entities(depth=depth + 1), max_size=3))
    if kind.startswith(b"message"):
        return head + b"".join(parts[:1])
    ends = draw(st.sampled_from([b"--", b"", b"\r\n--" + mark]))
    return (
        head
        + b"".join(b"--" + mark + b"\r\n" + each + b"\r\n" for each in parts)
        + (b"--" + mark + ends)
    )


@examples
@given(entities())
def test_no_mail_raises(data: bytes) -> None:
    targets.mail(data)


CHANGES = st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=6)
ZIPPED = zip_bytes({"a.txt": b"20ft" * 50, "b/견적.csv": b"18t", "c.zip": zip_bytes({"d": b"x"})})
FIELDS = st.dictionaries(
    st.sampled_from(["flags", "method", "crc", "packed", "size", "offset"]),
    st.integers(0, 0xFFFF) | st.sampled_from([0x7FFF, 0xFFFE, 0xFFFF]),
    max_size=3,
)


def changed(data: bytes, changes: list[tuple[int, int]]) -> bytes:
    out = bytearray(data)
    for at, byte in changes:
        out[at % len(out)] = byte
    return bytes(out)


@examples
@given(CHANGES)
def test_no_spoilt_zip_raises(changes: list[tuple[int, int]]) -> None:
    targets.zip_of(changed(ZIPPED, changes))


@examples
@given(st.lists(st.tuples(NOISE, NOISE), max_size=5), FIELDS)
def test_no_lying_zip_raises(files: list[tuple[bytes, bytes]], told: dict[str, int]) -> None:
    members = [(name, deflated(data), len(data)) for name, data in files]
    targets.zip_of(raw_zip(members, **told))


RECORDS = st.builds(
    lambda tag, level, data, size: ole.record(tag, data, level=level, size=size),
    st.sampled_from([66, 67, 68, 71, 72, 76, 77, 1023]),
    st.integers(0, 5) | st.just(1023),
    st.binary(max_size=60) | st.sampled_from([b" lbt", b"daeh", b"  nf"]).map(lambda b: b * 3),
    st.none() | st.sampled_from([0, 1, 0xFFE, 0xFFF, 0x7FFFFFFF, 0xFFFFFFFF]),
)


@examples
@given(st.lists(RECORDS, max_size=30).map(b"".join))
def test_no_hwp_record_raises(data: bytes) -> None:
    targets.hwp_records(data)


@examples
@given(CHANGES, st.lists(st.tuples(st.integers(0, 127), st.integers(0, 2**32 - 1)), max_size=4))
def test_no_spoilt_compound_file_raises(
    changes: list[tuple[int, int]], links: list[tuple[int, int]]
) -> None:
    made = ole.Compound(
        {"FileHeader": ole.HWP_HEAD, "BodyText/Section0": ole.packed(ole.LINE), "Workbook": b"x"}
    )
    for at, to in links:
        made.fat[at % len(made.fat)] = to
    targets.hwp_file(changed(made.written(), changes))


@examples
@given(st.binary(max_size=200))
def test_no_section_raises(data: bytes) -> None:
    targets.hwp_stream(data)


DATES = st.lists(
    st.sampled_from(
        "2026 11 3 31 0 99 / - . , 년 월 일 年 月 日 令和 พ.ศ. 2569 ม.ค. Jan February 3rd 12/5 "
        "next this week month Friday 다음 주 이번 달 월요일 말 초 来週 金曜日 สัปดาห์หน้า ETD: ~ "
        "10:00 in days \n １２ ② days 2026-02-30".split(" ")
    )
    | st.integers(0, 99_999).map(str)
    | st.just(" "),
    max_size=25,
).map("".join)


@examples
@given(DATES)
def test_no_date_raises(text: str) -> None:
    targets.dates_in(text.encode())


@examples
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2**32 - 1), NOISE), max_size=10))
def test_no_tnef_raises(attributes: list[tuple[int, int, bytes]]) -> None:
    codes = (0x00069005, 0x00069002, 0x00018010, 0x0006800F, 0x00069003)
    data = b"".join(
        struct.pack("<BII", level, codes[code % 5], len(each) if code % 3 else code)
        + each
        + b"\0\0"
        for level, code, each in attributes
    )
    targets.tnef(b"\1\0" + data)


@examples
@given(
    st.sampled_from(["doc", "xls", "compound", "xml", "html"]), st.binary(max_size=300) | HEADERS
)
def test_no_document_raises(name: str, data: bytes) -> None:
    targets.TARGETS[name](data)


@pytest.mark.parametrize("name", targets.TARGETS)
@pytest.mark.parametrize("data", [b"", b"\0", b"\xff" * 64, b"\0" * 5000, b"PK\3\4" * 30])
def test_targets_take_the_plainest_bytes(name: str, data: bytes) -> None:
    targets.TARGETS[name](data)
