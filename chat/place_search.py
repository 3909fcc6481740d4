"""Places by the first letters of a name in any language, for who fills one in."""

from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache

from freight import places
from freight.gazetteer import Place, hand_written, key

MOST = 8
LONGEST = 60


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A place, its name in the customer's language, and what tells it from its namesakes."""

    locode: str
    name: str
    note: str


def suggest(typed: str, language: str) -> list[Suggestion]:
    """The likeliest places whose names begin with `typed`: those we know by hand, then by size."""
    sought = key(typed[:LONGEST])
    if not sought:
        return []
    names = _names(places.own())
    found: dict[str, Place] = {}
    for name, place in names[bisect_left(names, sought, key=lambda each: each[0]) :]:
        if not name.startswith(sought):
            break
        found[place.locode] = place
    chosen = sorted(found.values(), key=lambda place: _rank(place, sought))[:MOST]
    return [_suggestion(place, language) for place in chosen]


def _rank(place: Place, sought: str) -> tuple[bool, bool, int, str]:
    exact = sought in map(key, place.spellings())
    return (not exact, place.locode not in hand_written(), -place.weight, place.locode)


def _suggestion(place: Place, language: str) -> Suggestion:
    name = places.display_name(place.locode, language)
    english = place.names["en"]
    parts = [english] * (name != english) + [place.region or place.country, place.locode]
    return Suggestion(place.locode, name, ", ".join(parts))


@lru_cache(maxsize=2)
def _names(own: tuple[Place, ...]) -> list[tuple[str, Place]]:
    """(key, place) of every name in order; `own` are the rows that stand over what ships."""
    pairs = ((key(name), place) for place in places.all_places() for name in place.spellings())
    return sorted(pairs, key=lambda pair: (pair[0], pair[1].locode))
