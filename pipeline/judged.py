"""The text that the label of a mail is judged by."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from freight.extraction import commands

# a letter with fewer letters than this only says "see attachment"
SHORT = 20
MAX_DOCUMENTS = 2000
# the classifier reads less of a letter
MOST_LETTERS = 30_000


class Document(Protocol):
    """A file of a mail, as far as its text counts here."""

    @property
    def text(self) -> str: ...

    @property
    def notes(self) -> Sequence[str]: ...


def judged_text(new_text: str, documents: Iterable[Document]) -> str:
    """What its sender wrote; where that is next to nothing, also how the documents begin.

    Text that was read from a picture is left aside: it may be misread. `documents` are looked at
    only where they are needed.
    """
    new_text = commands.without(new_text[:MOST_LETTERS]) + new_text[MOST_LETTERS:]
    if sum(map(str.isalpha, new_text)) >= SHORT:
        return new_text
    found, left = [new_text], MAX_DOCUMENTS
    for each in documents:
        text = "" if "ocr" in each.notes else each.text[:left].strip()
        if text:
            found.append(text)
            left -= len(text)
        if left <= 0:
            break
    return "\n\n".join(part for part in found if part)
