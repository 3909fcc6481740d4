"""The fonts of our PDFs: pieces of Noto Sans, Noto Sans KR and JP, and Sarabun, all under the OFL.

They lie in data/fonts, packed; `manage.py build_fonts` makes them from the packages that carry
them. A letter is drawn by the first family of `FAMILIES` that has it.
"""

import lzma
from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).with_name("data") / "fonts"
FAMILIES = ("latin", "thai", "hangul", "han")
STYLES = ("", "B")


@cache
def _face(family: str, style: str) -> Any:
    # a dependency of PDFs only: web processes and workers that make none do without
    import uharfbuzz

    name = f"{family}-{'bold' if style else 'regular'}.ttf.xz"
    return uharfbuzz.Face(lzma.decompress((DATA / name).read_bytes()))


@cache
def letters_of(family: str, style: str = "") -> frozenset[int]:
    """The code points that the family has; `style` is "" or "B"."""
    return frozenset(_face(family, style).unicodes)


def family_of(letter: str, style: str = "") -> str | None:
    """The family that draws `letter`; None where no font of ours has it."""
    # asked in order, so that a font that nobody needs is not unpacked
    return next((name for name in FAMILIES if ord(letter) in letters_of(name, style)), None)


def subset(family: str, style: str, letters: Collection[str]) -> bytes:
    """A TrueType font with what is needed to write `letters`: the same bytes for the same ones."""
    import uharfbuzz

    wanted = uharfbuzz.SubsetInput()
    wanted.unicode_set.clear()
    wanted.unicode_set.update({ord(letter) for letter in letters})
    wanted.flags = uharfbuzz.SubsetFlags.NO_HINTING
    made: bytes = uharfbuzz.subset(_face(family, style), wanted).blob.data
    return made
