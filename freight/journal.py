"""Where mail that was sent can be found again, to settle a send whose answer never came."""

from email import message_from_binary_file, policy
from pathlib import Path


class DirectoryJournal:
    """A folder of .eml files that the relay fills: the embedded sink's."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def holds(self, message_id: str) -> bool:
        """Whether a mail with this Message-ID lies in the folder."""
        return any(_message_id(path) == message_id for path in self.folder.glob("*.eml"))


def _message_id(path: Path) -> str:
    with path.open("rb") as file:
        headers = message_from_binary_file(file, policy=policy.compat32)
    return str(headers.get("Message-ID", "")).strip()
