"""Makes freight/data/fonts from the packages that carry the whole fonts."""

import lzma
from argparse import ArgumentParser
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uharfbuzz
from django.core.management.base import BaseCommand, CommandError

from freight.fonts import DATA

PACKAGES = "@expo-google-fonts"
# layout that is of no use to horizontal text of one letter a glyph
PLAIN = ("GSUB", "GPOS", "GDEF", "BASE", "vhea", "vmtx")


@dataclass(frozen=True, slots=True)
class Piece:
    """What is taken of a font: the letters of `ranges`, or all of them where there are none."""

    package: str
    prefix: str
    ranges: tuple[tuple[int, int], ...] = ()
    dropped: tuple[str, ...] = ()


LATIN = ((0x20, 0x52F), (0x1E00, 0x1FFF), (0x2010, 0x205E), (0x20A0, 0x20C0), (0x2100, 0x214F))
THAI = ((0x20, 0x20), (0x0E01, 0x0E5B))
HANGUL = ((0x3131, 0x318E), (0xAC00, 0xD7A3))
PIECES = {
    "latin": Piece("noto-sans", "NotoSans", LATIN),
    "thai": Piece("sarabun", "Sarabun", THAI),
    "hangul": Piece("noto-sans-kr", "NotoSansKR", HANGUL, PLAIN),
    "han": Piece("noto-sans-jp", "NotoSansJP", (), PLAIN),
}


class Command(BaseCommand):
    help = (
        "Make the fonts of our PDFs from a folder into which npm has installed "
        "@expo-google-fonts/noto-sans@0.4.2, noto-sans-kr@0.4.3, noto-sans-jp@0.4.3 and "
        "sarabun@0.4.1 (npm install --prefix FOLDER --ignore-scripts PACKAGE...)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="where npm has put node_modules")

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        for family, piece in PIECES.items():
            home = folder / "node_modules" / PACKAGES / piece.package
            for weight, style in (("400Regular", "regular"), ("700Bold", "bold")):
                source = home / weight / f"{piece.prefix}_{weight}.ttf"
                if not source.is_file():
                    raise CommandError(f"{source} is not there: install the packages first")
                wanted = _wanted(family, style, piece)
                packed = lzma.compress(
                    _piece(source, wanted, piece), preset=9 | lzma.PRESET_EXTREME
                )
                (DATA / f"{family}-{style}.ttf.xz").write_bytes(packed)
                self.stdout.write(f"{family} {style}: {len(packed):,} bytes")
            licence = (home / "LICENSE_FONT").read_bytes()
            (DATA / f"{family}.LICENCE.txt").write_bytes(licence)


def _wanted(family: str, style: str, piece: Piece) -> set[int] | None:
    """Code points to take; None for all. Bold is for our own words: JIS X 0208 is enough of it."""
    if family == "han" and style == "bold":
        return {ord(letter) for letter in _jis_x_0208()}
    return {point for first, last in piece.ranges for point in range(first, last + 1)} or None


def _jis_x_0208() -> str:
    rows = (bytes((row, cell)) for row in range(0xA1, 0xF5) for cell in range(0xA1, 0xFF))
    return "".join(code.decode("euc_jp", "ignore") for code in rows)


def _piece(source: Path, wanted: set[int] | None, piece: Piece) -> bytes:
    face = uharfbuzz.Face(source.read_bytes())
    task = uharfbuzz.SubsetInput()
    task.unicode_set.clear()
    task.unicode_set.update(set(face.unicodes) if wanted is None else wanted)
    task.drop_table_tag_set.update({int.from_bytes(tag.encode(), "big") for tag in piece.dropped})
    task.flags = uharfbuzz.SubsetFlags.NO_HINTING
    made: bytes = uharfbuzz.subset(face, task).blob.data
    return made
