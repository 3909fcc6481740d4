"""What an extraction found, in one line that a case can be compared with."""

import datetime as dt

from freight.extraction import extract
from freight.fields import FACT_NAMES, Extraction, Source

# a Friday; relative dates of the cases count from it
TODAY = dt.date(2026, 11, 20)


def read(body: str, *others: Source, subject: str = "", language: str = "") -> Extraction:
    """The extraction of a mail with that body, subject and attachments."""
    sources = [Source("body", body), Source("subject", subject), *others]
    return extract(sources, today=TODAY, language=language)


def line(extraction: Extraction) -> str:
    """`18500 40ft 2026-12-05 - KRPUS CNSHA`: the six facts in their order, `-` where not stated."""
    facts = extraction.facts
    values = [getattr(facts, name) for name in FACT_NAMES]
    if facts.gross_weight_kg is not None:
        values[0] = int(facts.gross_weight_kg.to_integral_value())
    return " ".join("-" if value is None else str(value) for value in values)
