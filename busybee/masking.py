"""Log lines without the tokens of chat links: who reads a log must not talk for a customer."""

import logging
import re

# /chat/<token>/: 43 characters as we make them; a cut or mistyped one is still most of a token
_TOKEN = re.compile(r"(?<=/chat/)[\w-]{16,}")


def masked(text: str) -> str:
    """`text` with stars in the place of each token."""
    return _TOKEN.sub("***", text)


class MaskedLines(logging.Formatter):
    """Formats records, and masks the whole of it: arguments, traceback and stack alike."""

    def format(self, record: logging.LogRecord) -> str:
        """The line or lines to be written."""
        return masked(super().format(record))
