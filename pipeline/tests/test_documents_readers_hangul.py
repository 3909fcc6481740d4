"""Hangul documents (.hwp, .hwpx): text, tables cell by cell, and files that mean harm."""

import contextlib
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.documents import detect, hwp, read, sandbox
from pipeline.documents.results import MAX_CHARACTERS, Unreadable
from pipeline.documents.streams import Compound
from pipeline.tests.office import (
    hwp_bytes,
    hwp_cell,
    hwp_control,
    hwp_of,
    hwp_paragraph,
    hwp_record,
    hwp_table,
    hwpx_bytes,
    hwpx_table,
    ole_bytes,
)

ROWS = [["품목", "수량", "중량"], ["볼트", "", "18,500 kg"], ["", "", "200 kg"]]
SHOWN = "안녕하세요\n품목\t수량\t중량\n볼트\t\t18,500 kg\n\t\t200 kg\n감사합니다"


def paragraph(text: str) -> str:
    return f"<hp:p><hp:run><hp:t>{text}</hp:t></hp:run></hp:p>"


def deflated(data: bytes) -> bytes:
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    return deflate.compress(data) + deflate.flush()


HWP = hwp_bytes(hwp_paragraph("안녕하세요"), hwp_table(ROWS), hwp_paragraph("감사합니다"))
HWPX = hwpx_bytes(paragraph("안녕하세요") + hwpx_table(ROWS), paragraph("감사합니다"))


@pytest.mark.parametrize(("kind", "data"), [("hwp", HWP), ("hwpx", HWPX)])
def test_hangul_paragraphs_and_tables(kind: str, data: bytes) -> None:
    text = sandbox.read_document(kind, data)
    assert (detect(data).kind, text.text, text.notes) == (kind, SHOWN, ())
    assert [(text.text[each.start], each.sheet, each.row) for each in text.places] == [
        ("품", "table 1", 1),
        ("볼", "table 1", 2),
        ("\t", "table 1", 3),
        ("감", "", 0),
    ]


def test_hwp_that_is_not_deflated() -> None:
    assert read("hwp", hwp_bytes(hwp_paragraph("안녕"), flags=0)).text == "안녕"


def test_hwp_sections_over_a_sector_are_found() -> None:
    """Above 4,096 bytes a stream lies in sectors of its own, below among others."""
    text = "\n".join(f"{number}번째 줄입니다" for number in range(2000))
    records = [hwp_paragraph(line) for line in text.split("\n")]
    assert read("hwp", hwp_bytes(*records, flags=0)).text == text
    assert read("hwp", hwp_bytes(*records)).text == text


def test_hwp_control_characters() -> None:
    tab = "\t" + "\x00" * 6 + "\t"
    table = "\x0b" + "lbt\x20" + "\x00" * 2 + "\x0b"
    field = "\x03" + "\x00" * 6 + "\x03", "\x04" + "\x00" * 6 + "\x04"
    text = f"a{tab}b{table}c{field[0]}d{field[1]}e\nf\x18g\x1eh\x1fi"
    assert read("hwp", hwp_bytes(hwp_paragraph(text))).text == "a\tbcde\nf-g h i"


def test_hwp_long_paragraphs_have_a_longer_header() -> None:
    assert read("hwp", hwp_bytes(hwp_paragraph("가" * 5000))).text == "가" * 5000


@pytest.mark.parametrize("name", [b"head", b"foot", b"fn  ", b"en  ", b"tcmt"])
def test_hwp_leaves_headers_and_notes_out(name: bytes) -> None:
    inner = hwp_record(72, 2, bytes(16)) + hwp_paragraph("left out", 2)
    data = hwp_bytes(hwp_paragraph("a"), hwp_control(name), inner, hwp_paragraph("b"))
    assert read("hwp", data).text == "a\nb"


def test_hwp_text_boxes_are_read() -> None:
    inner = hwp_record(72, 3, bytes(16)) + hwp_paragraph("상자", 3)
    assert read("hwp", hwp_bytes(hwp_paragraph("a"), hwp_control(b"gso "), inner)).text == "a\n상자"


def test_hwp_captions_and_tables_within_cells() -> None:
    caption = hwp_record(72, 2, bytes(22)) + hwp_paragraph("표 1", 2)
    inner = hwp_table([["x", "y"], ["", "z"]], level=3)
    outer = hwp_control(b"tbl ") + caption + hwp_record(77, 2, bytes(22))
    cells = hwp_cell(0, 0, "a") + inner + hwp_cell(0, 1, "b")
    assert read("hwp", hwp_bytes(outer + cells)).text == "표 1\na x y z\tb"


@pytest.mark.parametrize(
    ("flags", "reason"),
    [(3, "encrypted"), (5, "distribution"), (17, "encrypted"), (0x101, "encrypted")],
)
def test_hwp_that_is_locked_says_so(flags: int, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        read("hwp", hwp_bytes(hwp_paragraph("a"), flags=flags, folder="ViewText"))


def test_hwp_of_the_nineties_is_refused() -> None:
    with pytest.raises(Unreadable, match="old-format"):
        read("hwp", b"HWP Document File V3.00 \x1a\x01\x02\x03\x04\x05" + bytes(100))


@pytest.mark.parametrize(
    "data",
    [
        hwp_of(b"\xff" * 100),
        hwp_of(b""),
        hwp_of(deflated(struct.pack("<II", 67 | 0xFFF << 20, 0xFFFFFFFF))),
        hwp_of(deflated(b"\x43")),
        ole_bytes({"FileHeader": b"x" * 40}),
        ole_bytes({"FileHeader": b"HWP Document File".ljust(256, b"\0")}),
        HWP[:1000],
    ],
)
def test_hwp_that_is_damaged(data: bytes) -> None:
    if data == hwp_of(b""):
        assert read("hwp", data).text == ""
        return
    with pytest.raises(Unreadable, match="damaged"):
        read("hwp", data)


def test_hwp_that_is_damaged_behind_its_text_keeps_the_text() -> None:
    section = hwp_paragraph("안녕") + struct.pack("<I", 67 | 0xFFE << 20) + b"short"
    text = read("hwp", hwp_of(deflated(section)))
    assert (text.text, text.notes) == ("안녕", ("damaged-part",))


@pytest.mark.parametrize(
    "section",
    [
        bytes(20_000_000),  # records of nothing
        hwp_record(67, 1, bytes(100_000_000)),  # one paragraph
        hwp_record(90, 1, bytes(100_000_000)),  # one record that is not read
        hwp_paragraph("가" * 1000) * 20_000,
        hwp_table([["x"]]) * 100_000,
    ],
    ids=["records", "paragraph", "unread", "paragraphs", "tables"],
)
def test_hwp_bombs_end_in_bounds(section: bytes) -> None:
    """100 MB of section in 100 KB of file: read until a cap, in the child's memory."""
    text = sandbox.read_document("hwp", hwp_of(deflated(section)))
    assert text.notes == ("cut",)
    assert len(text.text) <= MAX_CHARACTERS


def test_hwp_tables_in_one_another_without_end() -> None:
    records = [hwp_table([["x"]], level=level) for level in range(1, 1000, 2)]
    assert len(read("hwp", hwp_bytes(*records)).text) <= MAX_CHARACTERS


def test_hwp_cells_far_out_are_left_out() -> None:
    cells = hwp_cell(0, 0, "near") + hwp_cell(65535, 65535, "far") + hwp_cell(65535, 3, "low")
    data = hwp_bytes(hwp_control(b"tbl ") + hwp_record(77, 2, bytes(22)) + cells)
    text = read("hwp", data)
    assert (text.text, text.notes) == ("near\n\t\t\tlow", ("cut",))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_any_section_is_read_or_refused(section: bytes) -> None:
    for data in (hwp_of(section), hwp_of(deflated(section)), hwp_of(section, 0)):
        with contextlib.suppress(Unreadable):
            read("hwp", data)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from([66, 67, 71, 72, 77]), st.integers(0, 6), st.binary(max_size=40)),
        max_size=12,
    )
)
def test_any_order_of_records_is_read(records: list[tuple[int, int, bytes]]) -> None:
    names = [b"tbl ", b"head", b"gso "]
    section = b"".join(
        hwp_record(tag, level, names[len(data) % 3][::-1] + data if tag == 71 else data)
        for tag, level, data in records
    )
    assert len(hwp.read(hwp_of(section, 0)).text) <= MAX_CHARACTERS


def test_hwpx_spaces_breaks_and_deleted_text() -> None:
    inner = "a<hp:tab/>b<hp:lineBreak/>c<hp:nbSpace/>d<hp:deleteBegin/>x<hp:deleteEnd/>e"
    assert read("hwpx", hwpx_bytes(paragraph(inner))).text == "a\tb\nc de"


@pytest.mark.parametrize("tag", ["header", "footNote", "endNote", "hiddenComment"])
def test_hwpx_leaves_headers_and_notes_out(tag: str) -> None:
    words = f"<hp:subList>{paragraph('left out')}</hp:subList>"
    xml = f"<hp:p><hp:run><hp:t>a</hp:t><hp:ctrl><hp:{tag}>{words}</hp:{tag}></hp:ctrl></hp:run>"
    assert read("hwpx", hwpx_bytes(xml + "</hp:p>" + paragraph("b"))).text == "a\nb"


def test_hwpx_that_is_encrypted_says_so() -> None:
    with pytest.raises(Unreadable, match="encrypted"):
        read("hwpx", hwpx_bytes("x", manifest="<m><encryption-data/></m>"))


@pytest.mark.parametrize("xml", [paragraph("가" * 100) * 10_000, hwpx_table([["x"]]) * 100_000])
def test_hwpx_bombs_end_in_bounds(xml: str) -> None:
    text = sandbox.read_document("hwpx", hwpx_bytes(xml))
    assert text.notes == ("cut",)


def ring(data: bytes, at: int) -> bytes:
    """`data` with every sector's successor in the FAT being sector `at`."""
    (fat_start,) = struct.unpack_from("<I", data, 76)
    start = (fat_start + 1) * 512
    return data[:start] + struct.pack("<I", at) * 128 + data[start + 512 :]


@pytest.mark.parametrize("at", [0, 1, 2, 3, 100_000])
def test_ole_chains_that_go_round_end(at: int) -> None:
    with pytest.raises(Unreadable, match="damaged"):
        read("hwp", ring(HWP, at))


def test_ole_directories_that_go_round_end() -> None:
    data = bytearray(HWP)
    (directory,) = struct.unpack_from("<I", data, 48)
    for entry in range(4):
        struct.pack_into("<III", data, (directory + 1) * 512 + entry * 128 + 68, 1, 2, 1)
    assert len(Compound(bytes(data)).names()) < 5


def test_ole_streams_that_share_one_holder_are_bounded() -> None:
    """Thousands of small streams in one holder of megabytes: each would be searched anew."""
    file = Compound(ole_bytes({f"BodyText/Section{n}": b"x" * 4000 for n in range(200)}))
    for _ in range(100):
        file.stream("BodyText/Section1")
    with pytest.raises(Unreadable, match="too-large"):
        list(map(file.stream, ["BodyText/Section1"] * 100))
