import io
import struct
import time
import unicodedata
import zipfile
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.documents.archives import Budget, Entry, Member, Refused, decode_names, members
from pipeline.tests.files import zip_bytes
from pipeline.tests.packed import zip64_bytes

MIB = 1024 * 1024


def opened(data: bytes, budget: Budget | None = None) -> dict[str, object]:
    """name -> content, or the reason of the refusal."""
    found = members(data, budget or Budget())
    return {each.name: each.data if isinstance(each, Member) else each.reason for each in found}


def raw_zip(
    entries: list[tuple[bytes, bytes]], *, local_extra: bytes = b"", **fields: int
) -> bytes:
    """A ZIP of deflated entries whose directory says of each what `fields` say."""
    body, lines = b"", b""
    for name, data in entries:
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        packed = packer.compress(data) + packer.flush()
        packed = data if fields.get("method") == 0 else packed
        told = {
            "flags": 0,
            "method": 8,
            "crc": zlib.crc32(data),
            "packed": len(packed),
            "size": len(data),
            "offset": len(body),
            "mode": 0o100644,
        } | fields
        sizes = (told["crc"], told["packed"], told["size"], len(name), 0)
        common = struct.pack("<HHHH", told["flags"], told["method"], 0, 0)
        lines += (
            b"PK\x01\x02" + struct.pack("<HH", 0x314, 20) + common + struct.pack("<IIIHH", *sizes)
        )
        lines += struct.pack("<HHHII", 0, 0, 0, told["mode"] << 16, told["offset"]) + name
        body += (
            b"PK\x03\x04"
            + struct.pack("<H", 20)
            + common
            + struct.pack("<IIIHH", *sizes[:4], len(local_extra))
            + name
            + local_extra
            + packed
        )
    end = struct.pack("<HHHHIIH", 0, 0, len(entries), len(entries), len(lines), len(body), 0)
    return body + lines + b"PK\x05\x06" + end


def test_members_of_an_ordinary_archive() -> None:
    data = zip_bytes({"폴더/": b"", "폴더/견적.txt": "18톤".encode(), "b.bin": b"\0" * 500})
    assert opened(data) == {"폴더/견적.txt": "18톤".encode(), "b.bin": b"\0" * 500}


def test_members_of_a_stored_archive() -> None:
    assert opened(zip_bytes({"a": b"x" * MIB}, method=zipfile.ZIP_STORED)) == {"a": b"x" * MIB}


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"flags": 1}, "encrypted"),
        ({"method": 99}, "encrypted"),
        ({"method": 12}, "method"),
        ({"mode": 0o120777}, "symlink"),
        ({"size": 0xFFFFFFFF}, "zip64"),
        ({"size": 3}, "size-lie"),
        ({"size": 21 * MIB}, "too-large"),
        ({"crc": 1}, "damaged"),
        ({"offset": 7}, "damaged"),
        ({"packed": 5000}, "damaged"),
    ],
)
def test_an_entry_is_refused_with_its_reason(fields: dict[str, Any], reason: str) -> None:
    assert opened(raw_zip([(b"a.txt", b"hello hello")], **fields)) == {"a.txt": reason}


@pytest.mark.parametrize(
    "name", ["../evil", "a/../../evil", "/etc/passwd", "C:/evil", "..\\evil", "\\\\host\\share"]
)
def test_a_name_that_climbs_is_refused(name: str) -> None:
    (found,) = members(raw_zip([(name.encode(), b"x")]), Budget())
    assert isinstance(found, Refused)
    assert found.reason == "traversal"


def test_a_name_of_control_characters_is_readable() -> None:
    assert list(opened(raw_zip([("safe\u202efdp.exe\n".encode(), b"x")]))) == ["safefdp.exe"]


def test_overlapping_entries_are_refused() -> None:
    one = raw_zip([(b"a", b"hello" * 100), (b"a", b"hello" * 100)], offset=0)
    found = list(members(one, Budget()))
    assert [getattr(each, "reason", "") for each in found] == ["", "overlapping"]


def test_a_flat_bomb_stops_at_the_ratio() -> None:
    data = zip_bytes({"bomb": bytes(19 * MIB), "good.txt": b"good"})
    budget = Budget()

    assert opened(data, budget) == {"bomb": "ratio", "good.txt": b"good"}
    assert budget.bytes > 60 * MIB


def test_the_bytes_of_all_members_count_together() -> None:
    data = zip_bytes(
        {f"{n}": bytes(range(256)) * 4096 for n in range(8)}, method=zipfile.ZIP_STORED
    )
    found = opened(data, Budget(bytes=3 * MIB + 1))

    assert [name for name, value in found.items() if isinstance(value, bytes)] == ["0", "1", "2"]
    assert "too-large" in found.values()


def test_entries_have_a_budget_over_all_archives_of_a_mail() -> None:
    data = zip_bytes({f"{n}": b"x" for n in range(150)})
    budget = Budget()
    list(members(data, budget))
    second = list(members(data, budget))

    assert len([each for each in second if isinstance(each, Member)]) == 50
    assert second[-1] == Refused("", "too-many-members")


def test_200_000_entries_are_not_even_listed() -> None:
    line = b"PK\x01\x02" + bytes(42)
    data = b"PK\x03\x04" + line * 65535 + b"PK\x05\x06"
    data += struct.pack("<HHHHIIH", 0, 0, 65535, 65535, 46 * 65535, 4, 0)
    started = time.process_time()
    found = list(members(data, Budget()))

    assert found[-1] == Refused("", "too-many-members")
    assert len(found) <= 201
    assert time.process_time() - started < 2


def test_no_time_left_ends_the_archive() -> None:
    assert list(members(zip_bytes({"a": b"x"}), Budget(seconds=-1))) == [
        Refused("", "archive-time")
    ]


@pytest.mark.parametrize(
    "data", [b"", b"PK\x03\x04", b"PK\x05\x06" + bytes(4) + b"\1" * 14, b"x" * 100]
)
def test_no_directory_is_damage(data: bytes) -> None:
    assert list(members(data, Budget())) == [Refused("", "damaged")]


@pytest.mark.parametrize(
    ("codec", "names"),
    [
        ("cp949", ["견적서.xlsx", "패킹리스트 11월.pdf"]),
        ("cp932", ["見積依頼書.xlsx", "パッキングリスト.pdf"]),
        ("cp874", ["ใบเสนอราคา.xlsx", "รายการสินค้า.pdf"]),
        ("utf-8", ["견적서.xlsx", "ใบเสนอราคา.pdf"]),
    ],
)
def test_names_in_the_trades_charsets(codec: str, names: list[str]) -> None:
    assert list(opened(raw_zip([(name.encode(codec), b"x") for name in names]))) == names


def test_the_unicode_path_field_wins_over_a_legacy_name() -> None:
    raw = "견적".encode("cp949")
    path = struct.pack("<BI", 1, zlib.crc32(raw)) + "견적".encode()
    extra = struct.pack("<HH", 0x7075, len(path)) + path
    assert decode_names([Entry(raw, 0, 8, 0, 0, 0, 0, 0, extra)]) == ["견적"]


def test_our_zip_is_one_for_the_standard_library_too() -> None:
    archive = zipfile.ZipFile(io.BytesIO(raw_zip([(b"a.txt", b"hello")])))
    assert archive.read("a.txt") == b"hello"


GOOD = zip_bytes({"a.txt": b"hello " * 50, "b/c.txt": b"x"})


@given(
    st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)), max_size=8),
    st.integers(0, len(GOOD)),
)
def test_members_is_total(changes: list[tuple[int, int]], cut: int) -> None:
    data = bytearray(GOOD)
    for at, value in changes:
        data[at] = value
    for piece in (bytes(data), bytes(data[cut:])):
        for each in members(piece, Budget()):
            assert each.name or isinstance(each, Refused)


def test_an_honest_zip64_archive_is_read() -> None:
    files = {"견적.txt": b"18 tons", "b.bin": b"x" * 5000}
    assert opened(zip64_bytes(files)) == files


@pytest.mark.parametrize("lie", [{"lie": 1}, {"local_lie": 1}, {"lie": 2**40}])
def test_zip64_sizes_that_disagree_are_refused(lie: dict[str, int]) -> None:
    (reason,) = opened(zip64_bytes({"a": b"18 tons"}, **lie)).values()
    assert reason in {"zip64", "too-large"}


def test_zip64_ends_that_disagree_are_refused() -> None:
    assert opened(zip64_bytes({"a": b"x"}, end_lie=1)) == {"": "zip64"}


def test_a_zip64_field_beside_true_sizes_must_repeat_them() -> None:
    for told, wanted in ((7, b"18 tons"), (8, "zip64")):
        extra = struct.pack("<HHQQ", 1, 16, told, told)
        assert opened(raw_zip([(b"a", b"18 tons")], local_extra=extra, method=0)) == {"a": wanted}


def test_sizes_in_the_entrys_own_header_must_agree() -> None:
    data = bytearray(raw_zip([(b"a", b"hello")]))
    data[22] += 1
    assert opened(bytes(data)) == {"a": "size-lie"}


def test_sizes_behind_the_data_are_no_lie() -> None:
    buffer = Unseekable()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", b"hello" * 100)
    assert opened(bytes(buffer.data)) == {"a.txt": b"hello" * 100}


class Unseekable(io.RawIOBase):
    """A pipe: zipfile writes the sizes behind each member."""

    def __init__(self) -> None:
        self.data = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, piece: bytes) -> int:  # type: ignore[override]  # any buffer elsewhere
        self.data += piece
        return len(piece)


def test_an_archive_behind_something_else_is_refused() -> None:
    inner = zip_bytes({"a": b"x"})
    assert opened(b"self-extractor" + inner) == {"": "prefixed"}
    assert opened(inner + zip_bytes({"b": b"x", "c": b"x"})) == {"": "prefixed"}


def test_bytes_behind_an_archive_do_no_harm() -> None:
    assert opened(zip_bytes({"a": b"x"}) + b"\r\n") == {"a": b"x"}


def test_a_piece_of_a_split_archive_is_refused() -> None:
    data = bytearray(zip_bytes({"a": b"x"}))
    data[-18] = 1
    assert opened(bytes(data)) == {"": "split"}


def test_a_member_over_the_directory_is_refused() -> None:
    assert opened(raw_zip([(b"a", b"x" * 50)], method=0, packed=80, size=80)) == {
        "a": "overlapping"
    }


@pytest.mark.parametrize("mode", [0o020666, 0o060666, 0o010666, 0o140666])
def test_a_device_is_refused(mode: int) -> None:
    assert opened(raw_zip([(b"a", b"x")], mode=mode)) == {"a": "device"}


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        (["견적서.txt".encode(), "품목표.txt".encode("cp949")], ["견적서.txt", "품목표.txt"]),
        # two bytes that are utf-8 as well: the neighbours tell
        ([b"\xc2\xa5.txt", "견적서 품목표.txt".encode("cp949")], ["짜.txt", "견적서 품목표.txt"]),
        ([unicodedata.normalize("NFD", "견적서.txt").encode()], ["견적서.txt"]),
        (["견적서.txt".encode("cp949")] * 2, ["견적서.txt", "견적서.txt"]),
    ],
)
def test_names_of_mixed_making(raw: list[bytes], name: list[str]) -> None:
    found = list(members(raw_zip([(each, b"x") for each in raw]), Budget()))
    assert [each.name for each in found] == name


def test_a_utf8_flag_that_lies_is_not_believed() -> None:
    data = raw_zip([("견적서.txt".encode("cp949"), b"x")], flags=0x800)
    assert list(opened(data)) == ["견적서.txt"]


def test_many_long_names_keep_their_charset() -> None:
    """A sample cut within a letter would fit no charset."""
    raw = [f"{'가' * 60}{n}.txt".encode("cp949") for n in range(100)]
    assert next(members(raw_zip([(each, b"x") for each in raw]), Budget())).name.startswith("가가")


@pytest.mark.parametrize("name", ["\u202e", "\u200b\u200d", " ", "a\0.exe"])
def test_a_name_that_nobody_sees_is_refused_under_a_stand_in(name: str) -> None:
    (found,) = members(raw_zip([(name.encode(), b"x")]), Budget())
    assert isinstance(found, Refused)
    assert found.reason == "bad-name"
    assert found.name


@pytest.mark.parametrize("name", [".\u200b./a", "a/.. /b", " ../a", "a\\..\\..\\b"])
def test_a_name_that_climbs_in_disguise_is_refused(name: str) -> None:
    assert list(opened(raw_zip([(name.encode(), b"x")])).values()) == ["traversal"]
