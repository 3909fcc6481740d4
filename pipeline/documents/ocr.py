"""Text of pictures, read by Debian's tesseract where it is installed.

tesseract is a child of the sandbox's child: it has the same limits and no network, gets the picture
through a pipe and writes its answer to another one, and ends with its parent. Digits and letters
stay as it read them, right or wrong: who uses the text sees the note "ocr" and can be careful.
"""

import ctypes
import functools
import io
import math
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipeline.charsets import clean
from pipeline.documents import clock, ink
from pipeline.documents.results import Unreadable

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_PIXELS = 40_000_000
MAX_OCR_PAGES = 5
# all pages of one document, and one of them; a job has 20 s, of which the rest is for its answer
SECONDS = 15.0
PAGE_SECONDS = 10.0
MARGIN_SECONDS = 3.0
# what drawing a page and taking its specks out may take: none is begun with less
BEGIN_SECONDS = 2.0
# an A4 page at 300 dpi: more pixels cost time and bring no better text
OCR_PIXELS = 2480 * 3508
SCALE = 1.5
BLUR = 0.8
# of a million pixels; a clean page has none, a bad fax thousands
SPECKS = 1000
SPECK_CONTRAST = 60
# tesseract's own, measured: good pages 85 to 96, poor ones from 75, sideways ones and photos to 74
MIN_CONFIDENCE = 75.0
SURE = 82.0
MIN_CHARACTERS = 6
# a page in Korean may quote Thai; what is seen in a photo has a letter of each script
MAX_MIXED = 0.2

PATHS = "/usr/bin:/usr/local/bin:/opt/homebrew/bin:/opt/local/bin"
# the first one decides how words are put together: English first tears Korean and Thai apart
LANGUAGES = ("kor", "jpn", "eng", "tha")
_PR_SET_PDEATHSIG = 1
_SCRIPTS = tuple(map(re.compile, ("[\uac00-\ud7a3]", "[\u3040-\u30ff]", "[\u0e00-\u0e7f]")))
_ROW = re.compile(r"[1-5](?:\t[^\t]*){11}")
_WIDE = re.compile(r" {3,}")


@dataclass(frozen=True, slots=True)
class Reading:
    """What tesseract made of a picture: `confidence` is its own, 0 to 100, over all characters.

    `cut` where only the upper part of the page was read in time.
    """

    text: str
    confidence: float
    characters: int
    cut: bool = False

    @property
    def believable(self) -> bool:
        """Whether this is text at all, and not what is seen in the grain of a photo."""
        return (
            self.confidence >= MIN_CONFIDENCE
            and self.characters >= MIN_CHARACTERS
            and mixed(self.text) <= MAX_MIXED
        )


class OutOfTime(Exception):
    """The time for pictures is used up."""


@functools.cache
def program() -> str:
    """The path of tesseract on this machine, or ""."""
    return shutil.which("tesseract", path=PATHS) or ""


@functools.cache
def languages() -> tuple[str, ...]:
    """Those of our languages that tesseract has here; () means that pictures cannot be read."""
    if not program():
        return ()
    try:
        listed = _run(["--list-langs"], b"", 10.0).split()
    except (OutOfTime, Unreadable):
        return ()
    return tuple(name for name in LANGUAGES if name in listed)


def deadline() -> float:
    """The time.monotonic() at which no further picture may be in work for this document."""
    return time.monotonic() + min(SECONDS, clock.left(SECONDS + MARGIN_SECONDS) - MARGIN_SECONDS)


@dataclass(slots=True)
class Work:
    """OCR in one document: until when, how many pages more, and why some were left out.

    Pages of noise are passed over. Once a page took too long no other slow one is begun (`tired`).
    """

    until: float = field(default_factory=deadline)
    pages: int = MAX_OCR_PAGES
    read_some: bool = False
    left_out: str = ""
    tired: bool = False

    def read(self, make: "Callable[[], Image]") -> str:
        """The text of the picture that `make` gives, or "": no text, or no time or page left."""
        if not languages():
            self.left_out = "scan"
            return ""
        try:
            found = self._read(make)
        except OutOfTime:
            self.left_out = "killed-time"
            return ""
        except Unreadable as exc:
            self.left_out = exc.reason_code
            return ""
        if found.cut:
            self.left_out, self.tired = "killed-time", True
        self.read_some |= found.believable
        return found.text if found.believable else ""

    def _read(self, make: "Callable[[], Image]") -> Reading:
        if self.pages <= 0 or time.monotonic() >= self.until - BEGIN_SECONDS:
            raise OutOfTime
        self.pages -= 1
        picture = make()
        look = ink.look(picture)
        if look.is_noise:
            return Reading("", 0.0, 0)
        if self.tired and look.bands > 1:
            raise OutOfTime
        try:
            return read_picture(picture, self.until)
        except OutOfTime:
            self.tired = True
            raise

    def notes(self) -> tuple[str, ...]:
        """What to note on the document."""
        skipped = {"": (), "scan": ("scan",)}.get(self.left_out, ("cut",))
        return ("ocr",) * self.read_some + skipped


def read_picture(picture: "Image", until: float) -> Reading:
    """The text of a grey picture: a line for each line, wide gaps as tabs.

    A picture that comes out as nonsense is tried again the way round that it seems to stand. Raises
    OutOfTime where nothing was read by `until` (time.monotonic()) or in PAGE_SECONDS, and
    Unreadable("damaged") where tesseract fails.
    """
    until = min(until, time.monotonic() + PAGE_SECONDS)
    made = prepared(picture)
    count = ink.look(picture).bands
    # a band after the other: what was read of a page in time is kept
    bands = ink.split(made, count)
    first = _recognized(bands[0], until)
    if not first.believable or first.confidence < SURE:
        turned = _turned(made, count, until)
        if turned and _rank(turned[0]) > _rank(first):
            first, bands = turned
    found = [first]
    for band in bands[1:]:
        try:
            found.append(_recognized(band, until))
        except (OutOfTime, Unreadable):
            break
    return _joined(found, cut=len(found) < len(bands))


def _turned(made: "Image", count: int, until: float) -> "tuple[Reading, list[Image]] | None":
    """The first band of the page and all of them, with the page turned upright."""
    try:
        turn = _turn(made, until)
        bands = ink.split(made.rotate(turn, expand=True), count) if turn else []
        return (_recognized(bands[0], until), bands) if bands else None
    except OutOfTime:
        return None


def _rank(found: Reading) -> tuple[bool, float]:
    return found.believable, found.confidence


def _joined(found: Sequence[Reading], *, cut: bool) -> Reading:
    characters = sum(each.characters for each in found)
    confidence = sum(each.confidence * each.characters for each in found) / max(1, characters)
    text = "\n".join(each.text for each in found if each.text)
    return Reading(text, confidence, characters, cut)


def prepared(picture: "Image") -> "Image":
    """A grey picture as tesseract reads it best: without specks, letters large enough."""
    from PIL import Image, ImageFilter

    # the filter eats thin strokes, so small clean letters must not see it
    if _specks(picture) > SPECKS:
        picture = picture.filter(ImageFilter.MedianFilter(3))
    scale = min(SCALE, math.sqrt(OCR_PIXELS / (picture.width * picture.height)))
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    # a little blur: letters as sharp as a screen's are read worse than those of a scanner
    return picture.resize(size, Image.Resampling.LANCZOS).filter(ImageFilter.GaussianBlur(BLUR))


def _specks(picture: "Image") -> float:
    """Single pixels much darker or lighter than all eight around them, in a million."""
    from PIL import ImageChops, ImageFilter

    found = 0
    for rank, lower in ((1, False), (7, True)):
        # the second darkest of nine is the darkest neighbour of a dark speck
        around = picture.filter(ImageFilter.RankFilter(3, rank))
        apart = ImageChops.subtract(*((picture, around) if lower else (around, picture)))
        found += sum(apart.histogram()[SPECK_CONTRAST:])
    return found * 1e6 / (picture.width * picture.height)


def _recognized(picture: "Image", until: float) -> Reading:
    arguments = ["-l", "+".join(languages()), "--psm", "6"]
    for name in ("tessedit_create_tsv", "tessedit_create_txt", "preserve_interword_spaces"):
        arguments += ["-c", f"{name}=1"]
    return parsed(_on_picture(picture, arguments, until))


def _turn(picture: "Image", until: float) -> int:
    """By how many degrees, against the clock, the picture must be turned to stand upright."""
    try:
        answer = _on_picture(picture, ["--psm", "0", "-c", "min_characters_to_try=8"], until)
    except Unreadable:  # too few letters, or its data are not installed
        return 0
    found = re.search(r"^Rotate: (90|180|270)$", answer, re.MULTILINE)
    return 360 - int(found[1]) if found else 0


def parsed(answer: str) -> Reading:
    """tesseract's answer: a table of words with their confidence, then the same as text."""
    confidence, characters, lines = 0.0, 0, []
    for line in answer.split("\n"):
        if _ROW.fullmatch(line):
            *_, sure, word = line.split("\t")
            weight = sum(character.isalnum() for character in word)
            confidence += weight * max(0.0, float(sure))
            characters += weight
        elif line.strip() and not line.startswith("level\t"):
            lines.append(_WIDE.sub("\t", line.replace("\t", " ").strip()))
    text = clean("\n".join(lines).replace("\f", ""))
    return Reading(text, confidence / max(1, characters), characters)


def mixed(text: str) -> float:
    """The share of letters of Hangul, kana and Thai that are not of the most frequent of them."""
    counts = sorted(len(script.findall(text)) for script in _SCRIPTS)
    letters = sum(character.isalpha() for character in text)
    return sum(counts[:-1]) / max(1, letters)


def _on_picture(picture: "Image", arguments: list[str], until: float) -> str:
    buffer = io.BytesIO()
    # not packed: packing costs more than the pipe
    picture.save(buffer, "PPM")
    seconds = until - time.monotonic()
    return _run(["stdin", "stdout", *arguments], buffer.getvalue(), seconds)


def _run(arguments: list[str], data: bytes, seconds: float) -> str:
    """What tesseract says. Raises OutOfTime, or Unreadable where it fails."""
    if seconds <= 0:
        raise OutOfTime
    try:
        done = subprocess.run(
            [program(), *arguments],
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/",
            # one thread: several are slower on a page, and cost stacks under the memory limit
            env={"OMP_THREAD_LIMIT": "1", "LC_ALL": "C.UTF-8"},
            timeout=seconds,
            preexec_fn=_dies_with(os.getpid()),
            check=True,
        )
    except subprocess.TimeoutExpired as exc:
        raise OutOfTime from exc
    except (subprocess.CalledProcessError, OSError) as exc:
        raise Unreadable("damaged") from exc
    return done.stdout.decode("utf-8", errors="replace")


def _dies_with(parent: int) -> Callable[[], None] | None:
    """For the new process to call: it is to end when `parent` ends."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl

    def bind() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)

    return bind
