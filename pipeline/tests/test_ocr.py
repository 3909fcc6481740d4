import contextlib
import io
import os
import random
import signal
import struct
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image, ImageDraw, ImageFilter

from pipeline.documents import clock, images, ink, ocr, read, sandbox, scans
from pipeline.documents.ocr import OutOfTime, Reading, Work
from pipeline.documents.results import Place, Unreadable
from pipeline.documents.sandbox import Pool, SandboxKilled
from pipeline.tests.files import pdf_bytes
from pipeline.tests.pictures import CJK, LETTERS, THAI, drawn, error_rate, saved, scanned_pdf

tesseract = pytest.mark.needs("tesseract")
fonts = pytest.mark.needs(CJK, THAI)
ENGLISH = LETTERS["en"]


@tesseract
@fonts
@pytest.mark.parametrize("language", LETTERS)
def test_a_picture_in_each_language(language: str) -> None:
    text = sandbox.read_document("png", saved(drawn(LETTERS[language]), "PNG"))

    rate = error_rate(LETTERS[language], text.text)
    print(f"{language}: character error {rate:.3f}")
    assert rate < 0.2
    assert text.notes == ("ocr",)
    assert "18,500" in text.text.replace("18.500", "18,500")


@tesseract
@fonts
@pytest.mark.parametrize("kind", ["JPEG", "GIF", "BMP", "TIFF", "WEBP"])
def test_every_kind_of_picture(kind: str) -> None:
    text = read({"JPEG": "jpg"}.get(kind, kind.lower()), saved(drawn(ENGLISH), kind))

    assert error_rate(ENGLISH, text.text) < 0.1


@tesseract
@fonts
def test_cells_apart_in_a_row_come_apart_by_tabs() -> None:
    table = "No\tGoods\tGross weight\n1\tBolts M8\t6,250 kg\n2\tNuts\t12,250 kg"

    text = read("png", saved(drawn(table), "PNG"))

    rows = text.text.split("\n")
    assert rows[1].split("\t") == ["1", "Bolts M8", "6,250 kg"]
    assert rows[2].split("\t")[1:] == ["Nuts", "12,250 kg"]


@tesseract
@fonts
@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_turned_page_is_turned_back(turn: int) -> None:
    picture = drawn(ENGLISH, size=24).rotate(turn, expand=True)

    assert error_rate(ENGLISH, read("png", saved(picture, "PNG")).text) < 0.1


@tesseract
@fonts
def test_specks_of_a_bad_scan_are_taken_out() -> None:
    picture, dice = drawn(ENGLISH), random.Random(1)
    for _ in range(picture.width * picture.height // 60):
        place = dice.randrange(picture.width), dice.randrange(picture.height)
        picture.putpixel(place, dice.choice((0, 255)))

    assert error_rate(ENGLISH, read("png", saved(picture, "PNG")).text) < 0.1


@tesseract
@fonts
def test_small_letters_of_a_screen_are_read() -> None:
    text = LETTERS["ko"]

    read_text = read("png", saved(drawn(text, size=14, width=600), "PNG")).text

    assert error_rate(text, read_text) < 0.15


@fonts
def test_a_camera_says_which_side_is_up() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees
    picture = drawn(ENGLISH)
    data = saved(picture.rotate(90, expand=True), "JPEG", exif=exif, quality=95)

    assert images.grey(images._opened(data)).size == picture.size


@fonts
@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "1", "I;16", "CMYK", "RGB"])
def test_every_mode_of_colour_becomes_black_on_white(mode: str) -> None:
    picture = drawn(ENGLISH)
    if mode in {"RGBA", "LA"}:
        # black on black, and only the transparency tells the letters
        made = Image.new(mode, picture.size, 0)
        made.putalpha(picture.point(lambda value: 255 - value))
    elif mode == "I;16":
        made = picture.convert("I").point(lambda value: value * 257).convert("I;16")
    else:
        made = picture.convert(mode)
    data = saved(made, "TIFF" if mode == "CMYK" else "PNG")

    grey = images.grey(images._opened(data))

    assert (grey.mode, grey.size) == ("L", picture.size)
    white = sum(grey.histogram()[200:]) / (grey.width * grey.height)
    assert 0.8 < white < 0.99


def test_a_large_photo_is_made_smaller_first() -> None:
    data = saved(Image.new("RGB", (6000, 4500), "white"), "JPEG")

    grey = images.grey(images._opened(data))

    assert grey.width * grey.height <= ocr.OCR_PIXELS * 1.01
    assert grey.width / grey.height == pytest.approx(4 / 3, rel=0.01)


def png_header(width: int, height: int) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress(bytes(100_000))) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + header + body


@tesseract
@pytest.mark.parametrize("side", [6400, 10_000, 30_000])
def test_a_picture_of_too_many_pixels_is_not_decoded(side: int) -> None:
    with pytest.raises(Unreadable, match="too-large"):
        sandbox.read_document("png", png_header(side, side))


@tesseract
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP"])
@pytest.mark.parametrize("part", [0.5, 0.02])
def test_a_picture_that_is_cut_off_is_damaged(kind: str, part: float) -> None:
    noise = Image.effect_noise((600, 400), 90)
    data = saved(noise, kind)

    with pytest.raises(Unreadable, match="damaged"):
        read({"JPEG": "jpg"}.get(kind, kind.lower()), data[: int(len(data) * part)])


@pytest.mark.parametrize("size", [(1, 1), (180, 60), (900, 12)])
def test_logos_and_icons_are_passed_over(size: tuple[int, int]) -> None:
    text = read("gif", saved(Image.new("L", size, 200), "GIF"))

    assert (text.text, text.notes) == ("", ("tiny-picture",))


def photo() -> Image.Image:
    dice = random.Random(3)
    picture = Image.new("L", (1200, 900), 120)
    pen = ImageDraw.Draw(picture)
    for _ in range(150):
        x, y = dice.randrange(1200), dice.randrange(900)
        box = (x, y, x + dice.randrange(10, 300), y + dice.randrange(10, 300))
        (pen.ellipse if dice.random() < 0.5 else pen.rectangle)(box, fill=dice.randrange(256))
    return picture.filter(ImageFilter.GaussianBlur(2))


@tesseract
@pytest.mark.parametrize("make", [photo, lambda: Image.new("L", (900, 600), 255)])
def test_a_picture_without_letters_says_so(make: Callable[[], Image.Image]) -> None:
    with pytest.raises(Unreadable, match="image-no-text"):
        read("png", saved(make(), "PNG"))


@tesseract
@fonts
def test_the_pages_of_a_tiff_have_numbers() -> None:
    pages = [drawn(f"Packing list page {number}\n{ENGLISH}") for number in (1, 2)]

    text = read("tiff", saved(pages[0], "TIFF", save_all=True, append_images=pages[1:]))

    assert [place.page for place in text.places] == [1, 2]
    assert text.text[text.places[1].start :].startswith("Packing list page 2")


@tesseract
@fonts
def test_a_scanned_pdf() -> None:
    data = scanned_pdf([drawn(LETTERS["ko"]), drawn(ENGLISH)])

    text = sandbox.read_document("pdf", data)

    assert error_rate(LETTERS["ko"] + ENGLISH, text.text) < 0.15
    assert text.notes == ("ocr",)
    assert [place.page for place in text.places] == [1, 2]


def merged(*documents: bytes) -> bytes:
    made, buffer = pypdfium2.PdfDocument.new(), io.BytesIO()
    for data in documents:
        made.import_pages(pypdfium2.PdfDocument(data))
    made.save(buffer)
    return buffer.getvalue()


@tesseract
@fonts
def test_a_pdf_of_text_and_scans_keeps_its_order() -> None:
    data = merged(
        pdf_bytes([["Invoice of Hansol"]]), scanned_pdf([drawn(ENGLISH)]), pdf_bytes([["the end"]])
    )

    text = read("pdf", data)

    pages = text.text.split("\n\n")
    assert (pages[0], pages[-1]) == ("Invoice of Hansol", "the end")
    assert error_rate(ENGLISH, pages[1]) < 0.1
    assert text.places == (
        Place(0, 1),
        Place(len(pages[0]) + 2, 2),
        Place(text.text.index("the end"), 3),
    )


@tesseract
@fonts
def test_a_scanner_s_stamp_does_not_stand_for_the_page() -> None:
    data = merged(scanned_pdf([drawn(ENGLISH)]))
    document = pypdfium2.PdfDocument(data)
    page = document[0]
    assert scans.is_scan(page, "Scanned with a telephone")
    assert not scans.is_scan(page, "long text " * 30)
    page.close()
    document.close()


def test_a_page_of_text_is_no_scan() -> None:
    document = pypdfium2.PdfDocument(pdf_bytes([["short"], []]))
    pages = [document[0], document[1]]
    assert not scans.is_scan(pages[0], "short")
    assert not scans.is_scan(pages[1], "")
    for page in pages:
        page.close()
    document.close()


def test_letters_drawn_as_outlines_are_a_scan() -> None:
    data = pdf_bytes([["ab"]]).replace(b"(ab) Tj 0 -20 Td", b"0 0 200 200 re f")
    document = pypdfium2.PdfDocument(data)
    page = document[0]
    assert scans.is_scan(page, "")
    page.close()
    document.close()


@tesseract
@fonts
def test_more_pages_than_are_read_are_noted() -> None:
    pages = [drawn(f"Packing list page {number}", size=40) for number in range(7)]

    text = read("pdf", scanned_pdf(pages))

    assert len(text.places) == ocr.MAX_OCR_PAGES
    assert text.notes == ("ocr", "cut")


@pytest.fixture
def without_tesseract(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "languages", lambda: ())


@pytest.mark.usefixtures("without_tesseract")
def test_without_tesseract_the_file_says_so() -> None:
    picture = Image.new("L", (600, 400), 255)

    with pytest.raises(Unreadable, match=r"^image$"):
        read("png", saved(picture, "PNG"))
    with pytest.raises(Unreadable, match=r"^scan$"):
        read("pdf", scanned_pdf([picture]))
    mixed = read("pdf", merged(pdf_bytes([["Weight 18,500 kg"]]), scanned_pdf([picture])))
    assert (mixed.text, mixed.notes) == ("Weight 18,500 kg", ("scan",))


def test_languages_that_are_not_installed_are_not_asked_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fake = tmp_path / "tesseract"
    fake.write_text("#!/bin/sh\necho 'List of languages (3):'\necho osd\necho eng\necho tha\n")
    fake.chmod(0o755)
    monkeypatch.setattr(ocr, "PATHS", str(tmp_path))
    ocr.program.cache_clear()
    ocr.languages.cache_clear()
    try:
        assert ocr.languages() == ("eng", "tha")
    finally:
        ocr.program.cache_clear()
        ocr.languages.cache_clear()


def test_no_page_is_begun_without_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "languages", lambda: ("eng",))
    work = Work(until=time.monotonic() - 1)

    assert work.read(lambda: pytest.fail("no time left")) == ""
    assert work.notes() == ("cut",)


def test_a_document_ends_before_its_job(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "left", lambda default: 8.0)

    assert ocr.deadline() - time.monotonic() == pytest.approx(5.0, abs=0.5)


@tesseract
@fonts
def test_what_was_read_in_time_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    real, seen = ocr.read_picture, []

    def slower(picture: Image.Image, until: float) -> Reading:
        seen.append(picture)
        if len(seen) > 1:
            raise OutOfTime
        return real(picture, until)

    monkeypatch.setattr(ocr, "read_picture", slower)
    text = read("pdf", scanned_pdf([drawn(ENGLISH), drawn(LETTERS["ko"])]))

    assert error_rate(ENGLISH, text.text) < 0.1
    assert text.notes == ("ocr", "cut")


def noise(size: tuple[int, int] = (1600, 2200), seed: int = 1) -> Image.Image:
    return Image.frombytes("L", size, random.Random(seed).randbytes(size[0] * size[1]))


def dense(language: str = "ko", copies: int = 24) -> Image.Image:
    return drawn("\n".join([LETTERS[language]] * copies), size=20)


@fonts
@pytest.mark.parametrize(
    ("picture", "is_noise"),
    [
        (lambda: noise(), True),
        (lambda: noise((400, 550)).resize((1600, 2200)), True),
        (lambda: noise().filter(ImageFilter.GaussianBlur(3)), True),
        (lambda: noise().convert("1").convert("L"), True),
        (lambda: noise().point(lambda value: 0 if value < 8 else 255), True),
        (lambda: dense(), False),
        (lambda: dense().rotate(90, expand=True), False),
        (lambda: dense().rotate(3, fillcolor=255), False),
        (lambda: dense("th").point(lambda value: 255 - value), False),
        (lambda: Image.blend(dense("ja"), noise(dense("ja").size), 0.4), False),
        (lambda: Image.new("L", (900, 600), 255), False),
        (lambda: photo(), False),
    ],
)
def test_noise_is_told_from_text(picture: Callable[[], Image.Image], is_noise: bool) -> None:
    found = ink.look(picture())

    print(found)
    assert found.is_noise is is_noise


@fonts
def test_bands_are_cut_between_the_lines() -> None:
    page = dense()

    bands = ink.split(page, 5)

    assert sum(band.height for band in bands) == page.height
    edges = [band.crop((0, y, band.width, y + 1)) for band in bands for y in (0, band.height - 1)]
    assert {edge.getextrema() for edge in edges} == {(255, 255)}


@tesseract
@fonts
def test_pages_of_noise_cost_nothing_and_hide_no_page() -> None:
    started = time.monotonic()

    text = sandbox.read_document("pdf", scanned_pdf([noise(), noise(seed=2), drawn(ENGLISH)]))

    assert error_rate(ENGLISH, text.text) < 0.1
    assert text.notes == ("ocr",)
    assert time.monotonic() - started < 15


def slow(after: int, seen: list[int]) -> Callable[[Image.Image, float], Reading]:
    """tesseract as it is on a busy machine: `after` bands are read, then the time is up."""

    def recognized(picture: Image.Image, until: float) -> Reading:
        seen.append(picture.height)
        if len(seen) > after:
            raise OutOfTime
        return Reading(f"band {len(seen)} of the page", 90.0, 20)

    return recognized


@fonts
def test_what_was_read_of_a_page_in_time_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    monkeypatch.setattr(ocr, "languages", lambda: ("eng",))
    monkeypatch.setattr(ocr, "_recognized", slow(2, seen))
    work = Work()

    assert work.read(dense) == "band 1 of the page\nband 2 of the page"
    assert work.notes() == ("ocr", "cut")
    assert len(seen) == 3


@fonts
def test_after_a_slow_page_only_light_ones_are_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    monkeypatch.setattr(ocr, "languages", lambda: ("eng",))
    monkeypatch.setattr(ocr, "_recognized", slow(0, seen))
    work = Work()
    assert [work.read(dense), work.read(dense)] == ["", ""]
    assert len(seen) == 1

    monkeypatch.setattr(ocr, "_recognized", slow(9, []))

    assert work.read(lambda: drawn(ENGLISH)) == "band 1 of the page"
    assert work.notes() == ("ocr", "cut")


def children_of(pid: int) -> list[int]:
    return [int(found) for found in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def busy_children_of(pid: int) -> list[int]:
    """Those that have a picture in work: the others only list the languages."""
    found = []
    for child in children_of(pid):
        with contextlib.suppress(OSError):
            if b"--psm" in Path(f"/proc/{child}/cmdline").read_bytes():
                found.append(child)
    return found


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def wait_for(what: Callable[[], list[int]], seconds: float = 30.0) -> list[int]:
    end = time.monotonic() + seconds
    while not (found := what()) and time.monotonic() < end:
        time.sleep(0.02)
    return found


@tesseract
@pytest.mark.needs("/proc/self/task")
@pytest.mark.parametrize("how", [signal.SIGSTOP, signal.SIGKILL])
def test_tesseract_ends_with_its_job(how: signal.Signals) -> None:
    """The child hangs and is ended at the deadline, or it dies by itself."""
    pool, child = Pool(), sandbox.Child()
    pool.idle.append(child)
    busy = saved(drawn("\n".join([LETTERS["ko"]] * 12), size=12), "PNG")
    seen: list[int] = []

    def meddle() -> None:
        seen.extend(wait_for(lambda: busy_children_of(child.process.pid)))
        time.sleep(0.3)
        os.kill(child.process.pid, how)

    meddler = threading.Thread(target=meddle)
    meddler.start()
    # a job that lost its child is begun again in another, and its busy page runs out of time
    with contextlib.suppress(SandboxKilled):
        pool.run({"job": "read", "kind": "png"}, busy, 6.0)
    meddler.join()

    assert len(seen) == 1
    assert wait_for(lambda: [1] * gone(seen[0])), "tesseract has outlived its job"
    pool.close()


ALONE = """
import time
from PIL import Image
from pipeline.documents import ocr
ocr.read_picture(Image.effect_noise((1200, 900), 60), time.monotonic() + 60)
"""


@tesseract
@pytest.mark.needs("/proc/self/task")
def test_tesseract_ends_where_nobody_is_left_to_end_it() -> None:
    root = Path(__file__).parents[2]
    with subprocess.Popen([sys.executable, "-c", ALONE], cwd=root) as parent:
        seen = wait_for(lambda: busy_children_of(parent.pid))
        time.sleep(1.5)  # the picture is through the pipe; reading it takes ten seconds and more
        parent.kill()

    assert len(seen) == 1
    assert wait_for(lambda: [1] * gone(seen[0]), 5), "tesseract has outlived its parent"


@pytest.mark.parametrize(
    ("answer", "text", "confidence", "characters"),
    [
        ("", "", 0.0, 0),
        (
            "level\tpage_num\tblock_num\n1\t1\t0\t0\t0\t0\t0\t0\t9\t9\t-1\t\n"
            "5\t1\t1\t1\t1\t1\t0\t0\t9\t9\t90.0\tGross\n5\t1\t1\t1\t1\t2\t0\t0\t9\t9\t60.0\t9\n"
            "Gross          9\n\n\x0c",
            "Gross\t9",
            85.0,
            6,
        ),
    ],
)
def test_an_answer_is_taken_apart(
    answer: str, text: str, confidence: float, characters: int
) -> None:
    assert ocr.parsed(answer) == Reading(text, confidence, characters)


@pytest.mark.parametrize(
    ("reading", "believable"),
    [
        (Reading("Gross weight 18,500 kg", 92.0, 18), True),
        (Reading("Gross weight 18,500 kg", 60.0, 18), False),
        (Reading("a 1", 95.0, 2), False),
        (Reading("개 แท ฯน เพ 떠 เห 고", 90.0, 12), False),
        (Reading("총중량 18,500 kg 라벨 ไทย 한국어 화물 부산", 90.0, 25), True),
    ],
)
def test_what_is_believed_to_be_text(reading: Reading, believable: bool) -> None:
    assert reading.believable is believable
