import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.documents import detect, sandbox
from pipeline.documents.archives import Budget, Member, Refused
from pipeline.documents.tnef import members, unpacked_rtf
from pipeline.tests.packed import mapi_properties, tnef_attribute, tnef_bytes, tnef_file

STRING8, UNICODE, BINARY, OBJECT = 0x1E, 0x1F, 0x102, 0x0D


def opened(data: bytes, budget: Budget | None = None) -> dict[str, object]:
    """name -> content, or the reason of the refusal."""
    found = members(data, budget or Budget())
    return {each.name: each.data if isinstance(each, Member) else each.reason for each in found}


def message(*properties: tuple[int, int, bytes]) -> bytes:
    return tnef_attribute(1, 0x69003, mapi_properties(properties))


def wide(text: str) -> bytes:
    return text.encode("utf-16-le") + b"\0\0"


def test_a_file_keeps_its_long_name() -> None:
    data = tnef_bytes(
        tnef_file(b"LIST~1.XLS", b"rows", (UNICODE, 0x3707, wide("견적서 11월.xlsx")))
    )
    assert opened(data) == {"견적서 11월.xlsx": b"rows"}


@pytest.mark.parametrize(
    ("page", "name"), [(949, "견적서.xlsx"), (932, "見積書.xlsx"), (874, "ใบเสนอราคา.xlsx")]
)
def test_names_in_the_code_page_of_the_message(page: int, name: str) -> None:
    raw = name.encode(f"cp{page}")
    assert list(opened(tnef_bytes(tnef_file(raw, b"x"), code_page=page))) == [name]
    long = tnef_file(b"A~1.XLS", b"x", (STRING8, 0x3707, raw + b"\0"))
    assert list(opened(tnef_bytes(long, code_page=page))) == [name]


def test_a_wrong_code_page_does_not_spoil_a_name() -> None:
    data = tnef_bytes(tnef_file("견적서.xlsx".encode("cp949"), b"x"), code_page=65001)
    assert list(opened(data)) == ["견적서.xlsx"]


def test_the_letter_is_a_member() -> None:
    body = tnef_attribute(1, 0x2800C, "20피트 한 대".encode("cp949") + b"\0")
    assert opened(tnef_bytes(body)) == {"message.txt": "20피트 한 대".encode()}


@pytest.mark.parametrize(
    ("value", "name", "content"),
    [
        ((UNICODE, 0x1000, wide("부산에서")), "message.txt", "부산에서".encode()),
        ((BINARY, 0x1013, b"<p>Busan</p>"), "message.html", b"<p>Busan</p>"),
        ((UNICODE, 0x1013, wide("<p>부산")), "message.html", "<p>부산".encode()),
    ],
)
def test_the_letter_in_its_other_forms(
    value: tuple[int, int, bytes], name: str, content: bytes
) -> None:
    assert opened(tnef_bytes(message((3, 0x3FDE, struct.pack("<I", 949)), value))) == {
        name: content
    }


# six letters from the common start, seven of its own, then those repeated over themselves
RTF = struct.pack("<II4sI", 40, 28, b"LZFu", 0)
RTF += b"\x01" + b"\x00\x04" + b" Busan " + b"\x01" + struct.pack(">H", (213 << 4) | 12) + b"}"


def test_packed_rtf_is_unpacked() -> None:
    assert unpacked_rtf(RTF) == b"{\\rtf1" + b" Busan " * 3 + b"}"
    assert list(opened(tnef_bytes(message((BINARY, 0x1009, RTF))))) == ["message.rtf"]


def test_plain_rtf_and_nonsense() -> None:
    plain = struct.pack("<II4sI", 20, 8, b"MELA", 0) + b"{\\rtf1 }"
    assert unpacked_rtf(plain) == b"{\\rtf1 }"
    assert unpacked_rtf(b"x" * 40) == b""


def test_rtf_that_claims_gigabytes_stays_small() -> None:
    # each pair of bytes stands for 17
    tokens = b"\xff" + b"\x00\x0f" * 8
    packed = struct.pack("<II4sI", 0, 0xFFFFFFFF, b"LZFu", 0) + tokens * 100_000
    assert len(unpacked_rtf(packed)) <= 1024 * 1024


def test_a_forwarded_message_opens_again() -> None:
    inner = tnef_bytes(tnef_file(b"a.txt", b"18 tons"))
    value = (OBJECT, 0x3701, bytes(16) + inner)
    (found,) = members(tnef_bytes(tnef_file(b"inner", b"", value)), Budget())
    assert isinstance(found, Member)
    assert detect(found.data, found.name).kind == "tnef"
    assert opened(found.data) == {"a.txt": b"18 tons"}


def test_named_properties_and_lists_are_passed_over() -> None:
    named = struct.pack("<HH16sII", 3, 0x8001, b"", 0, 7) + struct.pack("<I", 5)
    texts = struct.pack("<HH16sII", 0x101F, 0x8002, b"", 1, 4) + "ab".encode("utf-16-le")
    texts += struct.pack("<I", 2) + 2 * (struct.pack("<I", 4) + b"x\0\0\0")
    last = struct.pack("<HHII", UNICODE, 0x3707, 1, 12) + wide("a.txt")
    value = struct.pack("<I", 3) + named + texts + last
    data = tnef_bytes(tnef_file(b"A~1", b"x") + tnef_attribute(2, 0x69005, value))
    assert list(opened(data)) == ["a.txt"]


@pytest.mark.parametrize("name", ["..\\..\\evil.txt", "/etc/evil.txt", "C:\\users\\kim\\evil.txt"])
def test_a_senders_path_is_no_part_of_the_name(name: str) -> None:
    assert list(opened(tnef_bytes(tnef_file(name.encode(), b"x")))) == ["evil.txt"]


def test_wrong_checksums_are_not_looked_at() -> None:
    data = bytearray(tnef_bytes(tnef_file(b"a.txt", b"18 tons")))
    data[-1] ^= 0xFF
    assert opened(bytes(data)) == {"a.txt": b"18 tons"}


def test_what_came_before_the_damage_is_kept() -> None:
    data = tnef_bytes(tnef_file(b"a.txt", b"18 tons"), tnef_file(b"b.txt", b"x" * 500))
    assert opened(data[:-100]) == {"": "damaged", "a.txt": b"18 tons", "b.txt": b""}


def test_budgets_hold() -> None:
    many = tnef_bytes(*[tnef_file(b"a%d" % n, b"x" * 1000) for n in range(50)])
    assert opened(many, Budget(entries=3))[""] == "too-many-members"
    read = [each for each in opened(many, Budget(bytes=2500)).values() if isinstance(each, bytes)]
    assert len(read) == 2
    assert set(opened(many, Budget(member_bytes=999)).values()) == {"too-large"}
    assert opened(many, Budget(seconds=-1)) == {"": "archive-time"}


@pytest.mark.parametrize("count", [20_000, pytest.param(400_000, marks=pytest.mark.soak)])
def test_a_hundred_thousand_attachments_end_at_the_budget(count: int) -> None:
    data = tnef_bytes(tnef_attribute(2, 0x69002, b"") * count)
    found = list(members(data, Budget()))
    assert len(found) == 201
    assert found[-1] == Refused("", "too-many-members")


def test_the_sandbox_opens_it() -> None:
    data = tnef_bytes(tnef_file(b"a.txt", b"18 tons"))
    (found,) = sandbox.expand("tnef", data, Budget())
    assert getattr(found, "data", b"") == b"18 tons"


GOOD = tnef_bytes(
    message((BINARY, 0x1009, RTF), (UNICODE, 0x1000, wide("x"))),
    tnef_file(b"a.txt", b"18 tons", (UNICODE, 0x3707, wide("abc.txt"))),
)


@given(
    st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)), max_size=8),
    st.integers(0, len(GOOD)),
)
def test_members_is_total(changes: list[tuple[int, int]], cut: int) -> None:
    data = bytearray(GOOD)
    for at, value in changes:
        data[at] = value
    for piece in (bytes(data), bytes(data[:cut])):
        for each in members(piece, Budget()):
            assert each.name or isinstance(each, Refused)


@given(st.binary(max_size=300))
def test_packed_rtf_is_total(data: bytes) -> None:
    assert len(unpacked_rtf(struct.pack("<II4sI", 0, 5000, b"LZFu", 0) + data)) <= 5000
