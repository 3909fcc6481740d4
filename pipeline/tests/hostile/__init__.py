"""Hostile mails by theme: CASES has them all by name."""

from pipeline.tests.hostile import (
    archives,
    headers,
    letters,
    mime_tricks,
    names,
    office,
    ole,
    pdfs,
    pictures,
)
from pipeline.tests.hostile.cases import CASES, Bait, Case

__all__ = [
    "CASES",
    "Bait",
    "Case",
    "archives",
    "headers",
    "letters",
    "mime_tricks",
    "names",
    "office",
    "ole",
    "pdfs",
    "pictures",
]
