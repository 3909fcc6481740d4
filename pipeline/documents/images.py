"""Pictures: the text in them by OCR; of a TIFF with several pages the first ones."""

import functools
import io
import warnings
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from pipeline.documents import ocr
from pipeline.documents.results import Text, Unreadable, Writer

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFile import ImageFile

FORMATS = ("JPEG", "PNG", "GIF", "BMP", "TIFF", "WEBP")
# logos, icons and counting pixels of signatures: hardly a word in them, and in every mail
TINY_PIXELS = 20_000
TINY_SIDE = 20


def read(data: bytes) -> Text:
    """The text in a picture, noted "ocr"; empty and noted "tiny-picture" for a logo or icon.

    Raises Unreadable("image") where OCR is not installed, and "image-no-text", "too-large",
    "damaged", "killed-time".
    """
    picture = _opened(data)
    if _is_tiny(picture):
        return Text("", ("tiny-picture",))
    if not ocr.languages():
        raise Unreadable("image")
    writer, work = Writer(), ocr.Work()
    for number, make in _pages(picture, writer):
        writer.line(work.read(make), page=number, gap=2)
    if not writer.pieces:
        raise Unreadable(work.left_out or "image-no-text")
    for note in work.notes():
        writer.note(note)
    return writer.text()


def _opened(data: bytes) -> "ImageFile":
    """The picture with its header read, nothing decoded."""
    from PIL import Image

    with warnings.catch_warnings():
        # its own limit is another one and only warns; ours is looked at for every page
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        warnings.simplefilter("ignore", UserWarning)
        try:
            return Image.open(io.BytesIO(data), formats=FORMATS)
        except Image.DecompressionBombError as exc:
            raise Unreadable("too-large") from exc
        except _FAULTS as exc:
            raise Unreadable("damaged") from exc


# what Pillow's plugins raise over bytes that are not as they should be
_FAULTS = (OSError, ValueError, SyntaxError, KeyError, IndexError, TypeError, EOFError)


def _is_tiny(picture: "ImageFile") -> bool:
    return picture.width * picture.height < TINY_PIXELS or min(picture.size) < TINY_SIDE


def _pages(picture: "ImageFile", writer: Writer) -> Iterator[tuple[int, Callable[[], "Image"]]]:
    """The pages of a TIFF with their numbers; else the first frame, which is no page (0)."""
    count = getattr(picture, "n_frames", 1) if picture.format == "TIFF" else 1
    if count > ocr.MAX_OCR_PAGES:
        writer.note("cut")
    for number in range(min(count, ocr.MAX_OCR_PAGES)):
        yield number + 1 if count > 1 else 0, functools.partial(_page, picture, number)


def _page(picture: "ImageFile", number: int) -> "Image":
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            if number:
                picture.seek(number)
            return grey(picture)
        except _FAULTS as exc:
            raise Unreadable("damaged") from exc


def grey(picture: "Image") -> "Image":
    """The picture in grey, upright as its maker says, on white, not larger than OCR can use."""
    from PIL import Image, ImageOps

    if picture.width * picture.height > ocr.MAX_PIXELS:
        raise Unreadable("too-large")
    if hasattr(picture, "draft"):
        picture.draft("L", _fitting(picture))
    made = picture.convert("LA" if picture.has_transparency_data else _grey_mode(picture))
    if made.mode.startswith("I"):
        made = made.point(lambda value: value / 256).convert("L")
    made.thumbnail(_fitting(made), Image.Resampling.LANCZOS)
    made = ImageOps.exif_transpose(made)
    if made.mode == "LA":
        white = Image.new("L", made.size, 255)
        white.paste(made.getchannel("L"), mask=made.getchannel("A"))
        made = white
    return made


def _grey_mode(picture: "Image") -> str:
    # 16 bits: convert("L") would cut at 255 instead of scaling
    return "I" if picture.mode.startswith("I") else "L"


def _fitting(picture: "Image") -> tuple[int, int]:
    """The size that OCR wants at most, in the shape of `picture`."""
    scale = min(1.0, (ocr.OCR_PIXELS / (picture.width * picture.height)) ** 0.5)
    return max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
