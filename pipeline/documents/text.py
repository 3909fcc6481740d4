"""Plain text files."""

from pipeline.charsets import decode
from pipeline.documents.results import MAX_CHARACTERS, Text

MAX_BYTES = 4 * MAX_CHARACTERS


def read(data: bytes) -> Text:
    """The text in the charset that it is found to be in, cut at 200,000 characters."""
    text = decode(data[:MAX_BYTES])
    cut = len(data) > MAX_BYTES or len(text) > MAX_CHARACTERS
    return Text(text[:MAX_CHARACTERS], ("cut",) if cut else ())
