"""Where mail that was sent can be found again, to settle a send whose answer never came."""

from email import message_from_bytes, policy
from functools import lru_cache
from pathlib import Path

HEAD = 64 * 1024  # of a file: its header lines


class DirectoryJournal:
    """A folder of .eml files that the relay fills: the embedded sink's."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def holds(self, message_id: str) -> bool:
        """Whether a mail with this Message-ID lies in the folder."""
        return any(_message_id(path) == message_id for path in self.folder.glob("*.eml"))


@lru_cache(maxsize=20_000)  # files are written whole, under names of their own, and never changed
def _message_id(path: Path) -> str:
    with path.open("rb") as file:
        headers = message_from_bytes(file.read(HEAD), policy=policy.compat32)
    return str(headers.get("Message-ID", "")).strip()
