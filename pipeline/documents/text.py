"""Plain text files."""

from pipeline.charsets import decode
from pipeline.documents.results import MAX_CHARACTERS, Text, Writer

MAX_BYTES = 4 * MAX_CHARACTERS


def read(data: bytes) -> Text:
    """The text in the charset that it is found to be in, cut at 200,000 characters."""
    writer = Writer()
    writer.add(decode(data[:MAX_BYTES]))
    if len(data) > MAX_BYTES:
        writer.note("cut")
    return writer.text()
