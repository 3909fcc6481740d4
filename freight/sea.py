"""How far it is by sea, along the shipping lanes that the package searoute carries.

Only its network is used, and only read: its own function snaps inland points to the sea without a
word, and keeps the passages to avoid in a graph that every thread shares.
"""

from decimal import Decimal
from functools import cache, lru_cache
from itertools import pairwise
from typing import Any

from freight.places import Place
from freight.tariff import haversine_km, kilometres

# no liner takes it
ALWAYS_AVOIDED = "northwest"
# a place farther than this from the network is not at the sea
INLAND_KM = 50
# the network is coarse off some coasts: Callao 63 km, Mokpo 105, Manzanillo (Mexico) 153
PORT_KM = 160

Point = tuple[float, float]  # longitude, latitude, as the network has them


def sea_km(origin: Place, destination: Place, avoid: tuple[str, ...] = ()) -> Decimal | None:
    """Kilometres by sea from place to place, the ways to the lanes included; None where there are
    none: an end lies inland, or no way is left without the passages of `avoid` (names as in
    BUSYBEE_SEA_AVOIDS).
    """
    start, end = _point(origin), _point(destination)
    ends = [_lane_near(start, _reach(origin)), _lane_near(end, _reach(destination))]
    path = _path(ends[0], ends[1], avoid) if ends[0] and ends[1] else None
    if path is None:
        return None
    way = pairwise((start, *path, end))
    return kilometres(sum(haversine_km(a[1], a[0], b[1], b[0]) for a, b in way))


def _point(place: Place) -> Point:
    return (place.longitude, place.latitude)


def _reach(place: Place) -> int:
    return PORT_KM if place.kind == "port" else INLAND_KM


@cache
def _network() -> Any:
    """The graph of the lanes, some 20 MB of memory; nobody writes to it."""
    from searoute.searoute import setup_M

    return setup_M("networkx")


@lru_cache(maxsize=4096)
def _lane_near(point: Point, within_km: int) -> Point | None:
    """The nearest point of the network, by kilometres, not degrees, which differ in the north."""
    longitude, latitude = point

    def away(node: Point) -> float:
        return haversine_km(latitude, longitude, node[1], node[0])

    nearest: Point = min(_network(), key=away)
    return nearest if away(nearest) <= within_km else None


@lru_cache(maxsize=4096)
def _path(start: Point, end: Point, avoid: tuple[str, ...]) -> tuple[Point, ...] | None:
    from networkx import NetworkXNoPath, bidirectional_dijkstra

    closed = {ALWAYS_AVOIDED, *avoid}

    def weight(_from: Point, _to: Point, edge: dict[str, Any]) -> float | None:
        return None if edge.get("passage") in closed else edge["weight"]

    try:
        _length, path = bidirectional_dijkstra(_network(), start, end, weight)
    except NetworkXNoPath:
        return None
    return tuple(path)
