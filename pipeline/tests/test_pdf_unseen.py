"""Words of PDF files that nobody sees, that a scanner has guessed, or that no font names."""

import zlib
from collections.abc import Sequence

import pytest

from pipeline.documents import ocr, read, sandbox
from pipeline.documents.results import Unreadable

HELVETICA = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
# a font of glyph numbers that says of none of them which letter it is
NAMELESS = (
    b"<< /Type /Font /Subtype /Type0 /BaseFont /ABCDEF+Batang /Encoding /Identity-H "
    b"/DescendantFonts [<< /Type /Font /Subtype /CIDFontType2 /BaseFont /ABCDEF+Batang /DW 1000 "
    b"/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /FontDescriptor "
    b"<< /Type /FontDescriptor /FontName /ABCDEF+Batang /Flags 4 /FontBBox [0 0 1000 1000] "
    b"/ItalicAngle 0 /Ascent 800 /Descent -200 /CapHeight 700 /StemV 80 >> >>] >>"
)
PICTURE = zlib.compress(b"\xff" * 600 * 800)
LETTER = (
    "Shipping advice of Hanbit Trading. Port of loading Busan",
    "Port of discharge Hamburg. Gross weight 22.000 KG, ETD 2026-11-02",
    "Please find the packing list and the invoice attached",
)


def page_bytes(content: str) -> bytes:
    """A PDF of one page of 600 by 800 with the fonts /F and /N and the white picture /I."""
    raw = content.encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R /Resources "
        b"<< /Font << /F 5 0 R /N 6 0 R >> /XObject << /I 7 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(raw), raw),
        HELVETICA,
        NAMELESS,
        b"<< /Type /XObject /Subtype /Image /Width 600 /Height 800 /ColorSpace /DeviceGray "
        b"/BitsPerComponent 8 /Filter /FlateDecode /Length %d >>\nstream\n%b\nendstream"
        % (len(PICTURE), PICTURE),
    ]
    out, offsets = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer << /Size %d /Root 1 0 R >>\n" % (len(objects) + 1)
    return bytes(out) + b"startxref\n%d\n%%%%EOF\n" % start


def line(text: str, *, y: int = 700, x: int = 50, how: str = "0 Tr 0 g") -> str:
    return f"BT {how} /F 12 Tf {x} {y} Td ({text}) Tj ET\n"


def lines(texts: Sequence[str], how: str) -> str:
    return "".join(line(text, y=700 - 20 * n, how=how) for n, text in enumerate(texts))


SHOWN = line("Weight: 500 kg")
SCAN = "q 600 0 0 800 0 0 cm /I Do Q\n"


@pytest.mark.parametrize(
    "unseen",
    [
        line("ETD: 2026-11-02", y=600, how="3 Tr"),
        line("ETD: 2026-11-02", y=600, how="0 Tr 1 g"),
        line("ETD: 2026-11-02", y=-600),
        line("ETD: 2026-11-02", x=900),
        "1 g 40 590 200 30 re f " + line("ETD: 2026-11-02", y=600, how="0 Tr 1 1 1 rg"),
    ],
)
def test_words_that_nobody_sees_are_left_out_and_noted(unseen: str) -> None:
    text = read("pdf", page_bytes(SHOWN + unseen))
    assert (text.text, text.notes) == ("Weight: 500 kg", ("hidden-text",))


@pytest.mark.parametrize(
    "ground", ["0 0 1 rg 40 590 200 30 re f ", "q 300 0 0 60 40 580 cm /I Do Q "]
)
def test_white_words_on_something_dark_are_read(ground: str) -> None:
    text = read("pdf", page_bytes(ground + line("ETD: 11-02", y=600, how="1 g") + SHOWN))
    assert (sorted(text.text.split("\n")), text.notes) == (["ETD: 11-02", "Weight: 500 kg"], ())


@pytest.mark.parametrize(
    "content", [SCAN + lines(LETTER, "3 Tr"), lines(LETTER, "0 Tr 0 g") + SCAN]
)
def test_the_own_words_of_a_searchable_scan_are_noted_as_ocr(content: str) -> None:
    text = read("pdf", page_bytes(content))
    assert (text.text, text.notes) == ("\n".join(LETTER), ("ocr",))


def test_words_on_a_picture_are_no_ocr() -> None:
    text = read("pdf", page_bytes(SCAN + lines(LETTER, "0 Tr 0 g")))
    assert (text.text, text.notes) == ("\n".join(LETTER), ())


def test_invisible_words_beside_a_small_picture_are_left_out() -> None:
    small = "q 60 0 0 80 0 0 cm /I Do Q\n"
    text = read("pdf", page_bytes(small + SHOWN + lines(LETTER, "3 Tr").replace("700", "500")))
    assert (text.text, text.notes) == ("Weight: 500 kg", ("hidden-text",))


def test_strips_of_a_scanner_are_one_picture() -> None:
    strips = "".join(f"q 600 0 0 100 0 {n * 100} cm /I Do Q\n" for n in range(8))
    assert read("pdf", page_bytes(strips + lines(LETTER, "3 Tr"))).notes == ("ocr",)


def nameless(rows: int) -> str:
    codes = ["".join(f"{n * 30 + m + 0x1200:04X}" for m in range(30)) for n in range(rows)]
    return "".join(
        f"BT /N 12 Tf 50 {600 - 15 * n} Td <{each}> Tj ET\n" for n, each in enumerate(codes)
    )


def test_a_page_whose_fonts_name_no_letters_is_read_as_a_picture(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[object] = []

    def look(_work: ocr.Work, make: object) -> str:
        seen.append(make)
        return "Busan"

    monkeypatch.setattr(ocr.Work, "read", look)
    assert read("pdf", page_bytes(SHOWN + nameless(20))).text == "Busan"
    assert len(seen) == 1


def test_without_ocr_a_page_of_nameless_letters_has_no_text(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ocr, "languages", tuple)
    with pytest.raises(Unreadable, match="unmapped-font"):
        read("pdf", page_bytes(nameless(20)))


def test_a_few_nameless_letters_leave_gaps_and_a_note() -> None:
    content = lines(LETTER * 3, "0 Tr 0 g") + "BT /N 12 Tf 50 400 Td <12011202> Tj ET"
    text = read("pdf", page_bytes(content))
    assert text.text == "\n".join(LETTER * 3) + "\n\ufffd\ufffd"
    assert text.notes == ("unmapped-font",)


@pytest.mark.parametrize("shape", ["0 0 1 rg {} 5 1 1 re f ", "q 1 0 0 1 {} 5 cm /I Do Q "])
def test_a_page_of_many_letters_and_shapes_is_read_in_time(shape: str) -> None:
    shapes = "".join(shape.format(n % 600) for n in range(20_000))
    words = "".join(line("w" * 80, y=n % 800, how=f"{n % 2} g") for n in range(2400))
    text = sandbox.read_document("pdf", page_bytes(words + shapes))  # SandboxKilled after 20 s
    assert "ww" in text.text
    assert "hidden-text" in text.notes
