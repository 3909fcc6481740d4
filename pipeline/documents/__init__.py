"""Files to text. `detect` says what a file is; `read` and `members` open it here, `sandbox` in a
child.

A new kind is a module with `read(data) -> Text` and a line in READERS, or one with
`members(data, budget, filename)` and a line in OPENERS; docs/adding-a-document-type.md tells the
rest.
"""

from collections.abc import Iterator
from importlib import import_module

from pipeline.documents.archives import Budget, Member, Refused
from pipeline.documents.filetypes import ARCHIVES, IMAGES, FileType, detect
from pipeline.documents.results import Text, Unreadable

__all__ = [
    "OPENERS",
    "READERS",
    "FileType",
    "Text",
    "Unreadable",
    "can_read",
    "detect",
    "members",
    "read",
    "unread_reason",
]

# kind -> module; imported in the child, when the first file of the kind comes
READERS = {
    **dict.fromkeys(IMAGES, "pipeline.documents.images"),
    "txt": "pipeline.documents.text",
    "csv": "pipeline.documents.tables",
    **dict.fromkeys(("calendar", "vcard", "report"), "pipeline.documents.text"),
    **dict.fromkeys(("signature", "pgp"), "pipeline.documents.wordless"),
    "html": "pipeline.documents.html",
    "pdf": "pipeline.documents.pdf",
    "docx": "pipeline.documents.docx",
    "doc": "pipeline.documents.doc",
    "rtf": "pipeline.documents.rtf",
    "xlsx": "pipeline.documents.xlsx",
    "xls": "pipeline.documents.xls",
    "pptx": "pipeline.documents.pptx",
    "odt": "pipeline.documents.odf",
    "ods": "pipeline.documents.odf",
    "hwp": "pipeline.documents.hwp",
    "hwpx": "pipeline.documents.hwpx",
}

# kind of archive -> module
OPENERS = {
    "zip": "pipeline.documents.archives",
    "7z": "pipeline.documents.libarchive",
    "rar": "pipeline.documents.libarchive",
    "tar": "pipeline.documents.libarchive",
    "gz": "pipeline.documents.libarchive",
    "bz2": "pipeline.documents.libarchive",
    "xz": "pipeline.documents.libarchive",
    "tnef": "pipeline.documents.tnef",
    "smime": "pipeline.documents.cms",
}


def members(
    kind: str, data: bytes, budget: Budget, filename: str = ""
) -> Iterator[Member | Refused]:
    """What is in an archive of `kind`, within `budget`, which is used up. For the child.

    `filename` is the archive's own: a single packed file is named after it.
    """
    opener = import_module(OPENERS[kind])
    found: Iterator[Member | Refused] = opener.members(data, budget, filename)
    return found


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
    if kind in ARCHIVES:
        return "unsupported-archive"
    told = {"unknown": "unknown-type", "encrypted": "encrypted-mail"}
    told |= {code: code for code in ("empty", "program", "media", "key")}
    return told.get(kind, "unsupported-kind")
