import base64
import bz2
import gzip
import io
import lzma
import struct
import tarfile
import time
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.documents import libarchive, libraries, sandbox
from pipeline.documents.archives import Budget, Member, Refused
from pipeline.documents.libarchive import members
from pipeline.reading import understand
from pipeline.tests.files import mail_bytes
from pipeline.tests.packed import (
    LOCKED_7Z,
    LOCKED_7Z_NAMES,
    rar4_bytes,
    rar5_bytes,
    seven_zip_bytes,
    tar_bytes,
    tar_of,
)

pytestmark = pytest.mark.needs("library:libarchive.so.13")
MIB = 1024 * 1024


def opened(data: bytes, budget: Budget | None = None) -> dict[str, object]:
    """name -> content, or the reason of the refusal."""
    found = members(data, budget or Budget())
    return {each.name: each.data if isinstance(each, Member) else each.reason for each in found}


FILES = {"폴더/견적서.txt": "18톤".encode(), "b.bin": bytes(range(256)) * 40}


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(seven_zip_bytes(FILES), id="7z"),
        pytest.param(rar5_bytes(FILES), id="rar5"),
        pytest.param(tar_bytes(FILES), id="tar"),
        pytest.param(tar_bytes(FILES, mode="w:gz"), id="tgz"),
        pytest.param(tar_bytes(FILES, mode="w:bz2"), id="tbz"),
        pytest.param(tar_bytes(FILES, mode="w:xz"), id="txz"),
    ],
)
def test_members_of_ordinary_archives(data: bytes) -> None:
    assert opened(data) == FILES


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (gzip.compress(b"18 tons"), "data"),
        (bz2.compress(b"18 tons"), "data"),
        (lzma.compress(b"18 tons"), "data"),
    ],
)
def test_a_packed_file_alone(data: bytes, name: str) -> None:
    assert opened(data) == {name: b"18 tons"}


def test_a_gzip_file_keeps_its_name() -> None:
    plain = gzip.compress(b"x")
    named = plain[:3] + b"\x08" + plain[4:10] + "견적.csv".encode("cp949") + b"\0" + plain[10:]
    assert list(opened(named)) == ["견적.csv"]


@pytest.mark.parametrize(
    ("codec", "names"),
    [
        ("cp949", ["견적서.xlsx", "패킹리스트 11월.pdf"]),
        ("cp932", ["見積依頼書.xlsx", "パッキングリスト.pdf"]),
        ("cp874", ["ใบเสนอราคา.xlsx", "รายการสินค้า.pdf"]),
    ],
)
def test_names_in_the_trades_charsets(codec: str, names: list[str]) -> None:
    tar = tar_bytes(dict.fromkeys(names, b"x"), encoding=codec)
    rar = rar4_bytes({name.encode(codec): b"x" for name in names})
    assert list(opened(tar)) == names
    assert list(opened(rar)) == names


def line(name: str, kind: bytes, target: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (tar_of(line("a", tarfile.SYMTYPE, "/etc/passwd")), "symlink"),
        (tar_of(line("a", tarfile.LNKTYPE, "/etc/passwd")), "symlink"),
        (tar_of(line("a", tarfile.CHRTYPE)), "device"),
        (tar_of(line("a", tarfile.BLKTYPE)), "device"),
        (tar_of(line("a", tarfile.FIFOTYPE)), "device"),
        (tar_bytes({"../../a": b"x"}), "traversal"),
        (tar_bytes({"/etc/a": b"x"}), "traversal"),
        (tar_bytes({"\u202e": b"x"}), "bad-name"),
        (rar4_bytes({b"..\\a": b"x"}), "traversal"),
        (rar4_bytes({b"a": b"x"}, flags=4), "encrypted"),
        (base64.b64decode(LOCKED_7Z), "encrypted"),
    ],
)
def test_a_member_is_refused_with_its_reason(data: bytes, reason: str) -> None:
    assert next(members(data, Budget())) in [
        Refused(name, reason, size)
        for name in ("a", "../../a", "/etc/a", "../a", "a.txt", "?")
        for size in (0, 1, 11)
    ]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (base64.b64decode(LOCKED_7Z_NAMES), "encrypted"),
        (rar4_bytes({b"a": b"x"}, main_flags=0x80), "encrypted"),
        (seven_zip_bytes({"a": b"x" * 99})[:60], "damaged"),
        (b"7z\xbc\xaf\x27\x1c" + b"\xff" * 40, "damaged"),
        (b"Rar!\x1a\x07\x01\x00" + b"\xff" * 40, "damaged"),
        (gzip.compress(b"x" * 5000)[:20], "damaged"),
        (b"\x1f\x8b\x08" + bytes(40), "damaged"),
    ],
)
def test_an_archive_is_refused_with_its_reason(data: bytes, reason: str) -> None:
    assert list(members(data, Budget()))[-1] == Refused("", reason)


def test_a_gzip_of_zeros_stops_at_the_ratio() -> None:
    budget = Budget()
    assert opened(gzip.compress(bytes(60 * MIB)), budget) == {"": "ratio"}
    assert budget.bytes > 40 * MIB


@pytest.mark.parametrize(
    ("data", "filename", "name"),
    [
        (bz2.compress(b"x"), "견적.csv.bz2", "견적.csv"),
        (lzma.compress(b"x"), "C:\\tmp\\a.csv.XZ", "a.csv"),
        (gzip.compress(b"x", mtime=0), "a.csv.gz", "a.csv"),
        (bz2.compress(b"x"), "noname", "data"),
        (bz2.compress(b"x"), ".bz2", "data"),
        (tar_bytes({"data": b"x"}, mode="w:bz2"), "a.tar.bz2", "data"),
    ],
)
def test_a_packed_file_is_named_after_its_archive(data: bytes, filename: str, name: str) -> None:
    assert [each.name for each in members(data, Budget(), filename)] == [name]


def test_a_packed_table_is_read_as_a_table() -> None:
    raw = mail_bytes("20ft", files={"a.csv.bz2": bz2.compress(b"20ft,18t\n40ft,20t")})

    assert [item.text for item in understand(raw).items] == ["", "20ft\t18t\n40ft\t20t"]


@pytest.mark.parametrize("pack", [bz2.compress, lzma.compress])
def test_other_packed_zeros_stop_as_well(pack: Callable[[bytes], bytes]) -> None:
    assert opened(pack(bytes(40 * MIB))) == {"": "ratio"}


def test_a_7z_of_zeros_stops_at_the_ratio() -> None:
    assert opened(seven_zip_bytes({"a": bytes(30 * MIB)})) == {"": "ratio"}


def test_gzip_in_gzip_in_gzip_ends() -> None:
    data = b"x" * 100
    for _ in range(60):
        data = gzip.compress(data)
    assert opened(data) == {"": "too-deep"}


def test_a_sparse_file_of_terabytes_ends() -> None:
    info = tarfile.TarInfo("a")
    info.size = 512
    info.pax_headers = {
        "GNU.sparse.major": "1",
        "GNU.sparse.minor": "0",
        "GNU.sparse.name": "a",
        "GNU.sparse.realsize": str(2**42),
    }
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as tar:
        sparse = b"1\n" + str(2**42).encode() + b"\n0\n"
        tar.addfile(info, io.BytesIO(sparse.ljust(512, b"\0")))
    found = opened(buffer.getvalue())
    assert set(found.values()) <= {"too-large", "ratio", "damaged"}
    assert found


def test_a_member_that_is_too_large_is_refused_and_the_next_one_read() -> None:
    noise = bytes(range(256)) * (21 * MIB // 256)
    data = tar_bytes({"a": noise, "b": b"x"})
    assert opened(data) == {"a": "too-large", "b": b"x"}


def test_the_bytes_of_all_members_count_together() -> None:
    data = tar_bytes({str(n): bytes(range(256)) * 4096 for n in range(8)})
    found = opened(data, Budget(bytes=3 * MIB + 1))
    assert [name for name, value in found.items() if isinstance(value, bytes)] == ["0", "1", "2"]
    assert found[""] == "too-large"


@pytest.mark.parametrize("kind", [tarfile.REGTYPE, tarfile.DIRTYPE, tarfile.SYMTYPE])
@pytest.mark.parametrize("count", [20_000, pytest.param(1_000_000, marks=pytest.mark.soak)])
def test_a_million_empty_members_end_at_the_budget(kind: bytes, count: int) -> None:
    one = line("a", kind).tobuf()
    budget = Budget()
    started = time.process_time()
    found = list(members(one * count + bytes(1024), budget))

    assert found[-1] == Refused("", "too-many-members")
    assert len(found) <= 201
    assert time.process_time() - started < 5


def test_a_7z_that_claims_a_hundred_million_files() -> None:
    header = b"\x01\x05" + b"\xe0\x00\xe1\xf5\x05" + bytes(60)
    start = struct.pack("<QQI", 0, len(header), zlib.crc32(header))
    data = b"7z\xbc\xaf\x27\x1c\x00\x04" + struct.pack("<I", zlib.crc32(start)) + start + header
    found = sandbox.expand("7z", data, Budget())
    assert isinstance(found[-1], Refused)
    assert found[-1].reason in {"damaged", "too-large"}


def test_a_rar_that_claims_terabytes() -> None:
    found = opened(rar5_bytes({"a": b"x"}, size=2**42))
    assert set(found.values()) <= {"too-large", "damaged"}
    assert found["a"] == "too-large"


def test_no_time_left_ends_the_archive() -> None:
    assert opened(tar_bytes({"a": b"x"}), Budget(seconds=-1)) == {"": "archive-time"}


def test_the_sandbox_finds_the_library_too() -> None:
    found = sandbox.expand("7z", seven_zip_bytes(FILES), Budget())
    assert sorted(getattr(each, "filename", "") for each in found) == sorted(FILES)


def test_without_the_library_a_zip_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libarchive, "library", lambda: libraries.load(("no-such.so.1",)))
    assert opened(tar_bytes({"a": b"x"})) == {"": "unsupported-archive"}


SEEDS = [
    seven_zip_bytes({"a.txt": b"hello " * 50, "b": b"x"}),
    rar5_bytes({"a.txt": b"hello"}),
    rar4_bytes({b"a.txt": b"hello"}),
    tar_bytes({"a.txt": b"hello"}, mode="w:gz"),
    tar_bytes({"a.txt": b"hello"}),
]


@pytest.mark.parametrize("length", [2, 3, 5, 9])
def test_a_gzip_that_ends_in_its_header_gives_no_words(length: int) -> None:
    found = list(members(gzip.compress(b"weight 18 t")[:length], Budget(), "a.txt.gz"))
    assert not any(isinstance(each, Member) and b"weight" in each.data for each in found)


@given(
    st.sampled_from(SEEDS),
    st.lists(st.tuples(st.integers(0, 4096), st.integers(0, 255)), max_size=6),
    st.integers(0, 4096),
)
def test_members_is_total(seed: bytes, changes: list[tuple[int, int]], cut: int) -> None:
    data = bytearray(seed)
    for at, value in changes:
        data[at % len(data)] = value
    for piece in (bytes(data), bytes(data[: cut % len(data)])):
        for each in members(piece, Budget(bytes=4 * MIB, seconds=3)):
            assert each.name or isinstance(each, Refused)
