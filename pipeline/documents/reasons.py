"""Why a file has no text, in sentences for people. The codes are what is stored."""


def gettext_noop(message: str) -> str:
    """`message` itself: the name makes it known to makemessages without importing Django here."""
    return message


REASONS = {
    "program": gettext_noop("This is a program or a file that can start one; it was not opened."),
    "macros": gettext_noop("This document carries macros; it was not opened."),
    "image": gettext_noop("Pictures cannot be read yet."),
    "scan": gettext_noop("The pages are pictures without text; they cannot be read yet."),
    "empty": gettext_noop("The file is empty."),
    "unknown-type": gettext_noop("The type of this file is not known."),
    "unsupported-kind": gettext_noop("Files of this kind cannot be read yet."),
    "unsupported-archive": gettext_noop(
        "Archives of this kind cannot be opened; please send a ZIP file."
    ),
    "encrypted": gettext_noop("The file is protected by a password."),
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
    "zip64": gettext_noop("ZIP64 archives are not opened."),
    "method": gettext_noop("This way of compression is not supported."),
    "archive-time": gettext_noop("Unpacking took too long."),
    "mail-time": gettext_noop("The files of this mail took too long to read."),
    "killed-time": gettext_noop("Reading this file took too long and was stopped."),
    "killed-memory": gettext_noop("Reading this file needed too much memory and was stopped."),
    "killed-crash": gettext_noop("Reading this file failed hard and was stopped."),
}
