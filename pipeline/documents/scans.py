"""Pages of a PDF that are pictures, or next to nothing else."""

import math
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from pipeline.documents import ocr
from pipeline.documents.results import Unreadable

if TYPE_CHECKING:
    from PIL.Image import Image
    from pypdfium2 import PdfImage, PdfPage

# a scanner's stamp is shorter, a page of text longer
STAMP = 100
MAX_PICTURES = 100
POINTS = 72
MIN_DPI, DPI, MAX_DPI = 150.0, 200.0, 300.0


def is_scan(page: "PdfPage", words: str) -> bool:
    """Whether the page shows what `words`, the text that stands in it, does not say."""
    letters = len("".join(words.split()))
    if not letters:
        return any(True for _ in page.get_objects(max_depth=2))
    if letters >= STAMP:
        return False
    return is_pictured(page)


def is_pictured(page: "PdfPage") -> bool:
    """Whether pictures cover half of the page; scanners lay several strips on one."""
    width, height = page.get_size()
    return sum(map(_area, _pictures(page))) * 2 >= width * height


def picture(page: "PdfPage") -> "Image":
    """The page in grey, at the resolution of the picture on it.

    Raises Unreadable("too-large") and ("damaged").
    """
    from pypdfium2 import PdfiumError

    width, height = page.get_size()
    pictures = [(math.prod(each.get_px_size()), _area(each)) for each in _pictures(page)]
    if sum(pixels for pixels, _ in pictures) > ocr.MAX_PIXELS:
        raise Unreadable("too-large")
    _, dpi = max(
        ((area, math.sqrt(pixels / area) * POINTS) for pixels, area in pictures if area),
        default=(0.0, DPI),
    )
    scale = min(max(MIN_DPI, dpi), MAX_DPI) / POINTS
    scale = min(scale, math.sqrt(ocr.OCR_PIXELS / (width * height)))
    try:
        made: Image = page.render(scale=scale, grayscale=True, may_draw_forms=False).to_pil()
    except PdfiumError as exc:
        raise Unreadable("damaged") from exc
    return made.convert("L")


def _pictures(page: "PdfPage") -> "Iterator[PdfImage]":
    from pypdfium2.raw import FPDF_PAGEOBJ_IMAGE

    return islice(page.get_objects(filter=[FPDF_PAGEOBJ_IMAGE], max_depth=3), MAX_PICTURES)


def _area(placed: "PdfImage") -> float:
    left, bottom, right, top = placed.get_bounds()
    return max(0.0, right - left) * max(0.0, top - bottom)
