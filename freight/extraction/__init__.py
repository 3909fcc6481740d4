"""The six facts out of a mail's texts, each with the words that state it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from freight.extraction import certainty, rules
from freight.fields import Extraction, Source

__all__ = ["cut", "extract"]


def extract(
    sources: Sequence[Source],
    *,
    today: dt.date,
    language: str = "",
    country: str = "",
    deadline: float | None = None,
) -> Extraction:
    """What the sources of one mail state, by rules.

    `today` is the day of the mail's Date header: relative dates count from it. `language`
    is `ko`, `en`, `ja` or `th`, empty to tell by each text; `country` (ISO 3166, of
    `senders.country_of`) is where the sender sits, and says what 5/12 is. After the monotonic
    `deadline` no source is begun: what was read stands, and is `cut`. Never raises, whatever the
    text.
    """
    readings = list(
        rules.read_all(
            sources,
            today=today,
            language=language[:2].lower(),
            country=country.upper(),
            deadline=deadline,
        )
    )
    found = certainty.with_manner(
        rules.merge(readings),
        sources[: len(readings)],
        today=today,
        language=language,
        country=country,
    )
    return found if len(readings) == len(sources) else cut(found)


def cut(found: Extraction) -> Extraction:
    """`found` with the word that not all was read: a person looks before a price goes out."""
    if "facts-cut" in found.warnings:
        return found
    return replace(
        found, warnings=(*found.warnings, "facts-cut"), review=(*found.review, "facts-cut")
    )
