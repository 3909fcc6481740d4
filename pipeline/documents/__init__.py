"""Files to text. `detect` says what a file is; `read` reads it here, `sandbox` in a child.

A new kind is a module with `read(data) -> Text`, a line in READERS and, if its content is not yet
told apart, one in filetypes.
"""

from importlib import import_module

from pipeline.documents.filetypes import ARCHIVES, IMAGES, FileType, detect
from pipeline.documents.results import Text, Unreadable

__all__ = [
    "READERS",
    "FileType",
    "Text",
    "Unreadable",
    "can_read",
    "detect",
    "read",
    "unread_reason",
]

# kind -> module; imported in the child, when the first file of the kind comes
READERS = {
    "txt": "pipeline.documents.text",
    "csv": "pipeline.documents.tables",
    "html": "pipeline.documents.html",
    "pdf": "pipeline.documents.pdf",
    "docx": "pipeline.documents.docx",
    "xlsx": "pipeline.documents.xlsx",
}


def can_read(kind: str) -> bool:
    """Whether files of this kind have text for us."""
    return kind in READERS


def read(kind: str, data: bytes) -> Text:
    """The text of a file of `kind`; raises Unreadable. For the child: see sandbox."""
    if kind not in READERS:
        raise Unreadable(unread_reason(kind))
    text: Text = import_module(READERS[kind]).read(data)
    return text


def unread_reason(kind: str) -> str:
    """The reason code for a kind without a reader."""
    if kind in IMAGES:
        return "image"
    if kind in ARCHIVES:
        return "unsupported-archive"
    return {"empty": "empty", "unknown": "unknown-type", "program": "program"}.get(
        kind, "unsupported-kind"
    )
