"""Why a file has no text, in sentences for people. The codes are what is stored."""


def gettext_noop(message: str) -> str:
    """`message` itself: the name makes it known to makemessages without importing Django here."""
    return message


REASONS = {
    "program": gettext_noop("This is a program or a file that can start one; it was not opened."),
    "macros": gettext_noop("This document carries macros; it was not opened."),
    "objects": gettext_noop("This document carries embedded objects; it was not opened."),
    "media": gettext_noop("Sound and video are not read."),
    "image": gettext_noop("Pictures cannot be read here: OCR is not installed."),
    "image-no-text": gettext_noop("No readable text was found in this picture."),
    "scan": gettext_noop("The pages are pictures; they cannot be read here: OCR is not installed."),
    "scan-no-text": gettext_noop("No readable text was found on the pages."),
    "unmapped-font": gettext_noop("The fonts of this file do not tell which letters they show."),
    "encrypted-mail": gettext_noop(
        "This message or file is encrypted; please send it without encryption."
    ),
    "key": gettext_noop("This is a key or a certificate; there is nothing in it to read."),
    "empty": gettext_noop("The file is empty."),
    "unknown-type": gettext_noop("The type of this file is not known."),
    "unsupported-kind": gettext_noop("Files of this kind cannot be read yet."),
    "unsupported-archive": gettext_noop(
        "Archives of this kind cannot be opened; please send a ZIP file."
    ),
    "encrypted": gettext_noop("The file is protected by a password."),
    "distribution": gettext_noop(
        "The document is locked for distribution; please send an ordinary copy of it."
    ),
    "old-format": gettext_noop(
        "The file was written by a program of before 1997; please save it in a newer format."
    ),
    "damaged": gettext_noop("The file is damaged."),
    "too-large": gettext_noop("The file is too large when unpacked."),
    "too-many-members": gettext_noop("There are too many files in the archive."),
    "too-deep": gettext_noop("Archives are nested too deep."),
    "ratio": gettext_noop("The archive unpacks to far more than it holds."),
    "size-lie": gettext_noop("The archive misstates the size of this file."),
    "overlapping": gettext_noop("The archive holds this file within another one."),
    "symlink": gettext_noop("The archive holds a link in place of a file."),
    "traversal": gettext_noop("The name of this file points outside the archive."),
    "bad-name": gettext_noop("This file has no usable name."),
    "zip64": gettext_noop("The sizes in this ZIP64 archive contradict one another."),
    "device": gettext_noop("The archive holds a device in place of a file."),
    "prefixed": gettext_noop(
        "There is something else in front of the archive; please send a plain ZIP file."
    ),
    "split": gettext_noop("This is one piece of a split archive; please send it as one ZIP file."),
    "method": gettext_noop("This way of compression is not supported."),
    "archive-time": gettext_noop("Unpacking took too long."),
    "mail-time": gettext_noop("The files of this mail took too long to read."),
    "mail-text": gettext_noop(
        "The files of this mail hold more text than is kept; some of it was left out."
    ),
    "killed-time": gettext_noop("Reading this file took too long and was stopped."),
    "killed-memory": gettext_noop("Reading this file needed too much memory and was stopped."),
    "killed-crash": gettext_noop("Reading this file failed hard and was stopped."),
}

# what was left out of a text that could be read
NOTES = {
    "cut": gettext_noop("The file is long; the rest of it was not read."),
    "damaged-part": gettext_noop("A part of the file is damaged and was not read."),
    "hidden-sheets": gettext_noop("Hidden sheets were left out."),
    "hidden-rows": gettext_noop("Hidden rows were left out."),
    "hidden-columns": gettext_noop("Hidden columns were left out."),
    "hidden-slides": gettext_noop("Hidden slides were left out."),
    "struck-text": gettext_noop("Text that is struck through was left out."),
    "hidden-text": gettext_noop("Text that nobody can see was left out."),
    "unmapped-font": gettext_noop(
        "Some letters were left out: their fonts do not tell what they are."
    ),
    "keys": gettext_noop("Keys, signatures and encrypted parts were left out."),
    "speaker-notes": gettext_noop("The speaker's notes were left out."),
    "formulas-without-values": gettext_noop(
        "Some formulas were never calculated; their cells are empty here."
    ),
}
