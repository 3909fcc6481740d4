"""Where the ink is on a page: a cheap look before OCR, which takes 15 s over a page of noise."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

LOOK_PIXELS = 1e6
STRIPS = 8
# corners of ink in a million pixels: of a letter's page 1,400 to 15,000, of noise from 11,000
ROUGH = 5000
# lines of text 0.8 to 2.5 and also with specks, turned or skewed; noise of any grain to 0.4
EVEN = 0.5
# tesseract takes some 3 s for so many corners in four languages, and 0.7 s to start
BAND_CORNERS = 3000
MAX_BANDS = 8


@dataclass(frozen=True, slots=True)
class Look:
    """`corners` of ink, what OCR costs; `rough`, corners in a million pixels; `uneven`, how much
    the ink of one line of pixels differs from that of the others: that is 0 for noise.
    """

    corners: int
    rough: float
    uneven: float

    @property
    def is_noise(self) -> bool:
        """Whether the page is full of specks that stand in no lines, in neither direction."""
        return self.rough > ROUGH and self.uneven < EVEN

    @property
    def bands(self) -> int:
        """In how many pieces the page is to be read, so that each costs a few seconds."""
        return min(MAX_BANDS, math.ceil(max(1, self.corners) / BAND_CORNERS))


def look(picture: "Image") -> Look:
    """What the ink on a grey picture is like."""
    from PIL import Image, ImageChops

    ink = _ink(picture)
    width, height = ink.size
    # ink with none to the left and none above
    apart = ImageChops.subtract(ink, ImageChops.offset(ink, 1, 0))
    corners = ImageChops.subtract(apart, ImageChops.offset(ink, 0, 1)).histogram()[255]
    # in strips: over the whole width a skewed page has ink in every line
    rows = ink.resize((STRIPS, height), Image.Resampling.BOX)
    columns = ink.resize((width, STRIPS), Image.Resampling.BOX).transpose(Image.Transpose.TRANSPOSE)
    uneven = max(_unevenness(rows), _unevenness(columns))
    return Look(corners, corners * 1e6 / (width * height), uneven)


def split(picture: "Image", count: int) -> "list[Image]":
    """The picture in `count` bands from top to bottom, cut where a line has least ink."""
    from PIL import Image

    if count <= 1:
        return [picture]
    small = _ink(picture)
    # of some lines together: a cut runs through the middle of a gap
    ink = (
        small.resize((1, max(1, small.height // 4)), Image.Resampling.BOX)
        .resize((1, picture.height), Image.Resampling.BILINEAR)
        .tobytes()
    )
    step = picture.height // count
    cuts = [0]
    for number in range(1, count):
        around = range(number * step - step // 3, number * step + step // 3)
        cuts.append(min(around, key=lambda y: (ink[y], abs(y - number * step))))
    ends = [*cuts[1:], picture.height]
    return [picture.crop((0, top, picture.width, end)) for top, end in zip(cuts, ends, strict=True)]


def _ink(picture: "Image") -> "Image":
    """Ink in white on black, whichever of the two the picture has more of; made smaller."""
    from PIL import ImageChops

    factor = max(1, round(math.sqrt(picture.width * picture.height / LOOK_PIXELS)))
    small = picture.reduce(factor) if factor > 1 else picture
    limit = threshold(small.histogram())
    ink = small.point([255] * limit + [0] * (256 - limit))
    return ImageChops.invert(ink) if ink.histogram()[255] * 2 > ink.width * ink.height else ink


def threshold(counts: list[int]) -> int:
    """The grey value that parts the dark pixels from the light ones best (Otsu's rule)."""
    total, whole = sum(counts), sum(value * count for value, count in enumerate(counts))
    below = weight = 0
    best, found = 0.0, 128
    for value, count in enumerate(counts):
        below += count
        weight += value * count
        if not 0 < below < total:
            continue
        apart = weight / below - (whole - weight) / (total - below)
        if (between := below * (total - below) * apart * apart) > best:
            best, found = between, value + 1
    return found


def _unevenness(strips: "Image") -> float:
    """Standard deviation of the ink down each column, in shares of its mean."""
    from PIL import ImageStat

    found = [
        ImageStat.Stat(strips.crop((column, 0, column + 1, strips.height)))
        for column in range(strips.width)
    ]
    mean = sum(each.mean[0] for each in found)
    return sum(each.stddev[0] for each in found) / mean if mean else 0.0
