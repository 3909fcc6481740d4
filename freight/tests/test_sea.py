"""Distances by sea, on the real network of the package searoute."""

import threading
from itertools import pairwise

import pytest

from freight import places, sea
from freight.places import Place
from freight.tariff import great_circle_km


def at(locode: str) -> Place:
    place = places.get(locode)
    assert place is not None, locode
    return place


def km(origin: str, destination: str, *avoid: str) -> int:
    found = sea.sea_km(at(origin), at(destination), avoid)
    assert found is not None
    return round(found)


@pytest.mark.parametrize(
    ("origin", "destination", "nautical_miles"),
    [
        # the trade's port-to-port tables; the network is coarse: within 5 %
        ("KRPUS", "DEHAM", 11_050),
        ("KRPUS", "USLAX", 5_230),
        ("KRPUS", "USNYC", 10_060),
    ],
)
def test_distance_is_that_of_the_trade(origin: str, destination: str, nautical_miles: int) -> None:
    assert km(origin, destination) == pytest.approx(nautical_miles * 1.852, rel=0.05)


def test_no_way_leads_through_the_northwest_passage() -> None:
    """By the ice it would be some 15,000 km. What else is avoided does not open it."""
    assert km("KRPUS", "DEHAM") > 20_000
    assert km("KRPUS", "DEHAM", "suez") > km("KRPUS", "DEHAM") + 3_000
    assert km("KRPUS", "USNYC", "panama") > km("KRPUS", "USNYC") + 3_000


def test_way_without_suez_leaves_the_next_one_alone() -> None:
    before = km("KRPUS", "NLRTM")
    km("KRPUS", "DEHAM", "suez")
    assert km("KRPUS", "NLRTM") == before


@pytest.mark.parametrize("inland", ["KZALA", "CNCKG", "MNULN", "KRSEL"])
def test_inland_place_has_no_way_by_sea(inland: str) -> None:
    assert sea.sea_km(at(inland), at("CNSHA")) is None
    assert sea.sea_km(at("CNSHA"), at(inland)) is None


@pytest.mark.parametrize("port", ["KRMOK", "PECLL", "MXZLO", "CNTSN"])
def test_port_off_a_coast_where_the_network_is_coarse_has_a_way(port: str) -> None:
    assert sea.sea_km(at(port), at("KRPUS")) is not None


def test_gulf_has_no_way_out_but_hormuz() -> None:
    assert sea.sea_km(at("KRPUS"), at("AEJEA"), ("ormuz",)) is None


def test_way_by_sea_is_no_shorter_than_the_great_circle() -> None:
    ports = [place for place in places.all_places() if place.kind == "port"][::12][:20]
    ways = [(a, b, sea.sea_km(a, b)) for a, b in pairwise(ports)]
    assert sum(way is not None for _a, _b, way in ways) > 10
    assert all(float(way) >= great_circle_km(a, b) - 0.001 for a, b, way in ways if way)


def test_threads_do_not_see_each_others_passages() -> None:
    """What one thread avoids, the others may take: the package's own function shares it."""
    found: dict[str, set[int]] = {"": set(), "suez": set()}
    start = threading.Barrier(4)

    def look(avoid: str) -> None:
        start.wait()
        for end in ("DEHAM", "NLRTM", "GBFXT") * 2:
            sea._path.cache_clear()
            passages = (avoid,) if avoid else ()
            way = sea.sea_km(at("KRPUS"), at(end), passages)
            if end == "DEHAM" and way is not None:
                found[avoid].add(round(way))

    threads = [threading.Thread(target=look, args=(avoid,)) for avoid in ("", "suez") * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [len(found[avoid]) for avoid in ("", "suez")] == [1, 1]
    assert found[""] != found["suez"]
