"""The places that ship: a short list written by hand, and the wide one that `build_places` makes.

Pure: files of the package, read once a process and when first asked for; no database.
"""

import csv
import gzip
import io
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

DATA = Path(__file__).with_name("data")
HAND = DATA / "places.csv"
WIDE = DATA / "gazetteer.csv.gz"
COUNTRIES = DATA / "countries.csv"
COMMON_WORDS = DATA / "common_words.txt"
LANGUAGES = ("ko", "en", "ja", "th")
COLUMNS = (
    "locode", "kind", "en", "ko", "ja", "th",
    "latitude", "longitude", "region", "weight", "aliases",
)  # fmt: skip
# where a place's name in Han characters is what a Japanese, Chinese or Korean writer means by it
KANJI_LANDS = ("JP", "CN", "TW", "HK", "MO", "KR")
# a namesake with under a fiftieth of the people is not what a writer means
HAMLET = 50

# letters that Unicode does not take apart into a plain one and its mark
_LETTERS = {
    "æ": "ae", "œ": "oe", "đ": "d", "ø": "o", "ł": "l", "ß": "ss", "ð": "d", "þ": "th", "ı": "i",
}  # fmt: skip
_ACCENTED = (*range(0xE0, 0x250), *range(0x1E00, 0x1F00), *range(0xFF01, 0xFF5F))
_PLAIN = str.maketrans(
    {
        **{chr(code): unicodedata.normalize("NFKD", chr(code))[0] for code in _ACCENTED},
        **_LETTERS,
        **dict.fromkeys("-‐–\u3000\xa0", " "),
        **dict.fromkeys("'’‘`.・*ʻʼ", ""),
        **{chr(code): "" for code in range(0x300, 0x370)},
    }
)


@dataclass(frozen=True, slots=True)
class Place:
    """A port, city, airport, station or depot. Names are keyed by language; degrees are WGS 84.

    `region` is the state or province in the USA, Canada and Australia; `weight` the people of the
    city, at least 100,000 where ships of liner services call.
    """

    locode: str
    kind: str
    names: dict[str, str] = field(hash=False)
    aliases: tuple[str, ...]
    latitude: float
    longitude: float
    region: str = ""
    weight: int = 0

    @property
    def country(self) -> str:
        """ISO 3166 code of the country."""
        return self.locode[:2]

    def barred(self) -> set[str]:
        """Spellings listed as `-name`: no text means this place by them (세부: "detail")."""
        return {alias[1:] for alias in self.aliases if alias.startswith("-")}

    def spellings(self) -> Iterator[str]:
        """What a text may call this place, whatever stands around it."""
        barred = self.barred() | set(self.weak())
        yield self.locode
        for spelling in (*self.names.values(), *self.aliases):
            if spelling and spelling not in barred and not spelling.startswith(("-", "?")):
                yield spelling

    def weak(self) -> Iterator[str]:
        """Spellings listed as `?name` or `??name`, which are other words too (Tema, RTM): they want
        a label, a particle or an arrow beside them; with two marks a particle is not enough.
        """
        return (alias.lstrip("?") for alias in self.aliases if alias.startswith("?"))


def key(name: str) -> str:
    """`name` as the wide gazetteer compares names: small letters, no accents, hyphens as blanks."""
    return " ".join(name.lower().translate(_PLAIN).split())


def cells(place: Place) -> tuple[str, ...]:
    """The place as a row of the built file, in the order of COLUMNS."""
    names = (place.names.get(language, "") for language in ("en", "ko", "ja", "th"))
    numbers = (f"{place.latitude:g}", f"{place.longitude:g}", place.region, str(place.weight))
    return (place.locode, place.kind, *names, *numbers, "|".join(place.aliases))


def _place(row: dict[str, str]) -> Place:
    return Place(
        locode=row["locode"],
        kind=row["kind"],
        names={language: row[language] for language in LANGUAGES if row[language]},
        aliases=tuple(row["aliases"].split("|")) if row["aliases"] else (),
        latitude=float(row["latitude"]),
        longitude=float(row["longitude"]),
        region=row.get("region", ""),
        weight=int(row.get("weight") or 0),
    )


@cache
def hand_written() -> dict[str, Place]:
    """Places of the hand-written list by UN/LOCODE, in the order of the file."""
    with HAND.open(encoding="utf-8", newline="") as lines:
        return {row["locode"]: _place(row) for row in csv.DictReader(lines)}


@cache
def wide() -> dict[str, Place]:
    """Places of the built file by UN/LOCODE; those of hand-written places have further names."""
    if not WIDE.exists():  # only while it is being built for the first time
        return {}
    text = io.StringIO(gzip.decompress(WIDE.read_bytes()).decode(), newline="")
    return {row["locode"]: _place(row) for row in csv.DictReader(text)}


@cache
def common_words() -> frozenset[str]:
    """Keys of names that in a mail are nearly always another word, a person or a company."""
    lines = COMMON_WORDS.read_text(encoding="utf-8").splitlines()
    return frozenset(
        key(word) for line in lines if not line.startswith("#") for word in line.split(",") if word
    )


@cache
def countries() -> dict[str, frozenset[str]]:
    """By the key of each name and code: the countries and regions (`US`, `US-OR`) it may mean."""
    found: dict[str, set[str]] = {}
    with COUNTRIES.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            code = row["code"]
            for name in (code.rpartition("-")[2], *row["names"].split("|")):
                found.setdefault(key(name), set()).add(code)
    return {name: frozenset(codes) for name, codes in found.items()}


@cache
def weak() -> frozenset[str]:
    """Keys of the names that hand-written places list as other words too."""
    return frozenset(key(name) for place in hand_written().values() for name in place.weak())


@cache
def shy() -> frozenset[str]:
    """Keys of those weak names that even beside a particle are mostly a person or a body."""
    return frozenset(
        key(alias[2:])
        for place in hand_written().values()
        for alias in place.aliases
        if alias.startswith("??")
    )


@cache
def wide_index() -> dict[str, tuple[str, ...]]:
    """UN/LOCODEs by the key of each name of the built file and of each weak one; without the names
    that a hand-written place bars and without hamlets that share a city's name.
    """
    wide_places, hand = wide(), hand_written()
    barred = {key(name) for place in hand.values() for name in place.barred()} | _lands()
    found: dict[str, tuple[str, ...]] = {}
    for locode, place in wide_places.items():
        own = () if locode in hand else place.names.values()
        for name in dict.fromkeys(map(key, (locode, *own, *place.aliases))):
            if name not in barred:
                found[name] = (*found.get(name, ()), locode)
    for name, codes in found.items():
        if len(codes) > 1:
            found[name] = _without_hamlets(codes, wide_places)
    for place in hand.values():
        found.update((key(name), (place.locode,)) for name in place.weak())
    return found


def _lands() -> set[str]:
    """Names of countries, American states and provinces: as a name alone they are no port.

    Islands that are one port (Malta, Gibraltar), and Victoria, keep their names.
    """
    kept = ("MT", "GI", "BB", "DJ", "AU-")
    return {
        name
        for name, codes in countries().items()
        if len(name) > 3 and not any(code.startswith(kept) for code in codes)
    }


def _without_hamlets(codes: Iterable[str], among: dict[str, Place]) -> tuple[str, ...]:
    people = {code: among[code].weight for code in codes}
    least = max(people.values()) / HAMLET
    return tuple(code for code, count in people.items() if count >= least)
