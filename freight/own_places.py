"""An installation's own places: rows of the table Place that stand over the places that ship.

Whoever reads or prices a request calls `refresh` first; the gazetteer itself knows no database, so
`triage` and pure code have the shipped places alone.
"""

import logging
import threading
import time
from collections.abc import Iterable

from django.db import transaction

from freight import gazetteer, places
from freight.models import Place

logger = logging.getLogger(__name__)

# an operator's change counts everywhere within this
REFRESH_SECONDS = 10.0
CHUNK = 500

_lock = threading.Lock()
_due = 0.0
_seen: tuple[tuple[int, object], ...] = ()


def refresh(*, at_once: bool = False) -> None:
    """Bring the own rows into this process, where ten seconds have passed since the last look.

    One query as long as nothing has changed. The rows are compared one by one: two machines' clocks
    may differ, so the newest time alone would miss an edit.
    """
    global _due, _seen
    now = time.monotonic()
    if now < _due and not at_once:
        return
    with _lock:
        _due = now + REFRESH_SECONDS
        rows = Place.objects.filter(own=True).order_by("pk")
        seen = tuple(rows.values_list("pk", "updated_at"))
        if seen != _seen:
            places.use_own([as_place(row) for row in rows])
            _seen = seen
            logger.info("%s own places", len(seen))


def forget() -> None:
    """Back to the places that ship alone; the next `refresh` looks again."""
    global _due, _seen
    with _lock:
        _due, _seen = 0.0, ()
        places.use_own(())


def as_place(row: Place) -> places.Place:
    """The row as the gazetteer has places; region and weight as the shipped place has them."""
    shipped = shipped_places().get(row.locode)
    return places.Place(
        locode=row.locode,
        kind=row.kind,
        names={lang: name for lang in gazetteer.LANGUAGES if (name := getattr(row, lang))},
        aliases=tuple(line for line in row.aliases.splitlines() if line),
        latitude=row.latitude,
        longitude=row.longitude,
        region=shipped.region if shipped else "",
        weight=max(shipped.weight if shipped else 0, places.PROMINENT_AMERICAN),
    )


def shipped_places() -> dict[str, places.Place]:
    """The places that ship, by UN/LOCODE."""
    return {**gazetteer.wide(), **gazetteer.hand_written()}


def mirror() -> int:
    """Show the places that ship in the console's table: rows written, none where all are there.

    They are what operators search and change; the machine reads own rows only.
    """
    wanted = [as_row(place) for place in shipped_places().values()]
    own = set(Place.objects.filter(own=True).values_list("locode", flat=True))
    wanted = [row for row in wanted if row.locode not in own]
    there = set(Place.objects.filter(own=False).values_list(*_COLUMNS))
    if there == {tuple(getattr(row, name) for name in _COLUMNS) for row in wanted}:
        return 0
    with transaction.atomic():
        Place.objects.filter(own=False).delete()
        Place.objects.bulk_create(wanted, batch_size=CHUNK, ignore_conflicts=True)
    return len(wanted)


_COLUMNS = ("locode", "kind", "ko", "en", "ja", "th", "aliases", "latitude", "longitude")


def as_row(place: places.Place) -> Place:
    """An unsaved row of a place that ships."""
    names = {lang: place.names.get(lang, "") for lang in gazetteer.LANGUAGES}
    return Place(
        locode=place.locode,
        kind=place.kind,
        aliases="\n".join(place.aliases),
        latitude=place.latitude,
        longitude=place.longitude,
        own=False,
        **names,
    )


def give_up(rows: Iterable[Place]) -> None:
    """Delete own rows; where a place of that code ships, its row as it ships comes back."""
    shipped = shipped_places()
    with transaction.atomic():
        for row in rows:
            locode = row.locode
            row.delete()
            if place := shipped.get(locode):
                as_row(place).save()
    transaction.on_commit(lambda: refresh(at_once=True))
