"""The six facts out of a mail's texts, each with the words that state it."""

import datetime as dt
from collections.abc import Sequence

from freight.extraction import rules
from freight.fields import Extraction, Source

__all__ = ["extract"]


def extract(sources: Sequence[Source], *, today: dt.date, language: str = "") -> Extraction:
    """What the sources of one mail state, by rules.

    `today` is the day of the mail's Date header: relative dates count from it. `language`
    is `ko`, `en`, `ja` or `th`, empty to tell by each text. Never raises, whatever the text.
    """
    return rules.merge(list(rules.read_all(sources, today=today, language=language[:2].lower())))
