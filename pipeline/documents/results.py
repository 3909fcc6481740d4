"""What reading a document comes to: its text, or why there is none."""

from dataclasses import dataclass

from pipeline.errors import PipelineError

MAX_CHARACTERS = 200_000
MAX_ROWS = 2000
MAX_COLUMNS = 50
MAX_PAGES = 30


@dataclass(frozen=True, slots=True)
class Text:
    """Text of a document; `notes` are codes of what was left out ("cut", "hidden-sheets")."""

    text: str
    notes: tuple[str, ...] = ()


class Unreadable(PipelineError):
    """This document has no text for us; `reason_code` says why (documents.reasons explains it)."""

    def __init__(self, reason_code: str) -> None:
        super().__init__(reason_code)
        self.reason_code = reason_code
