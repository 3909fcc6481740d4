"""Plain text files."""

from pipeline.charsets import decode
from pipeline.documents import armor
from pipeline.documents.results import MAX_CHARACTERS, Text, Writer

MAX_BYTES = 4 * MAX_CHARACTERS


def read(data: bytes) -> Text:
    """The text in the charset that it is found to be in, without keys, cut at 200,000 letters."""
    writer = Writer()
    rest = armor.without_blocks(decode(data[:MAX_BYTES]))
    writer.add(rest.text)
    if rest.labels:
        writer.note("keys")
    if len(data) > MAX_BYTES:
        writer.note("cut")
    return writer.text()
