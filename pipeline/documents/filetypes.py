"""What a file is, by its content; its name and label only decide among kinds of text.

A table of our own decides; libmagic, where it is installed, is asked about what the table does not
know and about plain text (a script has no signature).
"""

import re
from dataclasses import dataclass

from pipeline.documents import archives, armor, cms, dangers, libarchive, libmagic, oledir

LOOK = 4096


@dataclass(frozen=True, slots=True)
class FileType:
    """`kind` is a reader's name or one we only name; with a `dangerous_reason`: never open.

    The reason is the code of a program, macros, embedded objects or a password.
    """

    kind: str
    media_type: str
    dangerous_reason: str = ""


_OPENXML = "application/vnd.openxmlformats-officedocument."
MEDIA_TYPES = {
    "txt": "text/plain",
    "csv": "text/csv",
    "html": "text/html",
    "eml": "message/rfc822",
    "rtf": "application/rtf",
    "pdf": "application/pdf",
    "docx": _OPENXML + "wordprocessingml.document",
    "xlsx": _OPENXML + "spreadsheetml.sheet",
    "pptx": _OPENXML + "presentationml.presentation",
    "xlsb": "application/vnd.ms-excel.sheet.binary.macroenabled.12",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odf": "application/vnd.oasis.opendocument",
    "hwpx": "application/hwp+zip",
    "hwp": "application/x-hwp",
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "ppt": "application/vnd.ms-powerpoint",
    "msg": "application/vnd.ms-outlook",
    "ole": "application/x-ole-storage",
    "jpg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "bmp": "image/bmp",
    "tiff": "image/tiff",
    "webp": "image/webp",
    "svg": "image/svg+xml",
    "xml": "application/xml",
    "zip": "application/zip",
    "7z": "application/x-7z-compressed",
    "rar": "application/vnd.rar",
    "tar": "application/x-tar",
    "gz": "application/gzip",
    "bz2": "application/x-bzip2",
    "xz": "application/x-xz",
    "egg": "application/x-egg",
    "alz": "application/x-alz",
    "zst": "application/zstd",
    "lzh": "application/x-lzh-compressed",
    "arj": "application/x-arj",
    "ace": "application/x-ace-compressed",
    "media": "application/x-media",
    "tnef": "application/ms-tnef",
    "calendar": "text/calendar",
    "vcard": "text/vcard",
    "report": "message/delivery-status",
    "signature": "application/pkcs7-signature",
    "pgp": "application/pgp-encrypted",
    "smime": "application/pkcs7-mime",
    "encrypted": "application/x-encrypted",
    "key": "application/x-key",
    "program": "application/x-executable",
    "empty": "application/x-empty",
    "unknown": "application/octet-stream",
}
IMAGES = frozenset({"jpg", "png", "gif", "bmp", "tiff", "webp"})
# about a mail or a person: what they say of dates, places and weights is not what is asked for
NO_FACTS = frozenset({"calendar", "vcard", "report", "signature", "pgp", "encrypted", "key"})
_REPORTS = frozenset(
    {
        "message/delivery-status",
        "message/disposition-notification",
        "message/feedback-report",
        "text/rfc822-headers",
    }
)
# known only to say that a ZIP is wanted in their place
UNOPENED = frozenset({"egg", "alz", "zst", "lzh", "arj", "ace"})
ARCHIVES = frozenset({"zip", "7z", "rar", "tar", "gz", "bz2", "xz"}) | UNOPENED

_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"{\\rtf", "rtf"),
    (0, b"\xff\xd8\xff", "jpg"),
    (0, b"\x89PNG\r\n\x1a\n", "png"),
    (0, b"GIF8", "gif"),
    (0, b"II*\0", "tiff"),
    (0, b"MM\0*", "tiff"),
    (8, b"WEBP", "webp"),
    (0, b"7z\xbc\xaf\x27\x1c", "7z"),
    (0, b"Rar!\x1a\x07", "rar"),
    (0, b"\x1f\x8b\x08", "gz"),
    (4, b"1AY&SY", "bz2"),
    (4, b"\x17\x72\x45\x38\x50\x90", "bz2"),
    (0, b"\xfd7zXZ\0", "xz"),
    (0, b"EGGA", "egg"),
    (0, b"ALZ\x01", "alz"),
    (0, b"\x28\xb5\x2f\xfd", "zst"),
    (2, b"-lh", "lzh"),
    (0, b"\x60\xea", "arj"),
    (7, b"**ACE**", "ace"),
    (0, b"HWP Document File V", "hwp"),
    (0, b"\x78\x9f\x3e\x22", "tnef"),
)
# what an OLE file has in its outermost folder
_OLE_KINDS = (
    ("\x05HwpSummaryInformation", "hwp"),
    ("FileHeader", "hwp"),
    ("WordDocument", "doc"),
    ("Workbook", "xls"),
    ("Book", "xls"),
    ("PowerPoint Document", "ppt"),
    ("__properties_version1.0", "msg"),
)
_MAGIC_PROGRAMS = re.compile(
    r"application/(x-dosexec|vnd\.microsoft\.portable-executable|x-(pie-)?executable|x-sharedlib"
    r"|x-object|x-mach-binary|x-java-applet|java-archive|x-ms-shortcut|x-msi|x-iso9660-image"
    r"|x-mswinurl|vnd\.android\.package-archive|x-wine-extension-.*)"
)
_MAGIC_SCRIPTS = frozenset({"text/x-shellscript", "text/x-msdos-batch", "text/x-php"})
_PLAIN = frozenset({"txt", "calendar", "vcard", "report", "encrypted", "key", "signature"})
_TEXTS = _PLAIN | {"csv", "xml", "html"}
TEXT_LOOK = 512  # a script shows at its start; libmagic takes 0.6 ms for this and 2.3 for 8 KB
_HTML = re.compile(
    rb"\s*(<\?xml[^>]{0,200}>\s*)?(<!--((?!-->).)*-->\s*)*"
    rb"<(!doctype html|html|head|body|table|div|meta|p\b)",
    re.IGNORECASE | re.DOTALL,
)
_MAIL = re.compile(
    rb"(received|return-path|delivered-to|message-id|from|mime-version|date|subject"
    rb"|content-[a-z-]{1,40}): ",
    re.IGNORECASE,
)
_CARD = re.compile(rb"(\xef\xbb\xbf)?\s*BEGIN:V(CALENDAR|CARD)\b", re.IGNORECASE)
_XML = re.compile(rb"\s*<(\?xml|svg)\b", re.IGNORECASE)


def detect(data: bytes, filename: str = "", declared: str = "") -> FileType:
    """The type of `data`. `filename` and `declared` decide only among kinds of text."""
    kind = _kind(data, extension_of(filename), declared.lower())
    media_type = ""
    if kind in _TEXTS and dangers.is_script(data[:LOOK]):
        kind = "program"
    elif kind in {"unknown", "txt"}:
        kind, media_type = _second_opinion(data, kind)
    reason = dangers.danger(data, kind, filename)
    return FileType(kind, media_type or MEDIA_TYPES.get(kind, MEDIA_TYPES["unknown"]), reason)


def extension_of(filename: str) -> str:
    """The last extension in lower case, as Windows sees it: without dots and spaces behind."""
    return next(iter(dangers.extensions(filename)), "")


def _kind(data: bytes, extension: str, declared: str) -> str:
    if not data:
        return "empty"
    if dangers.is_program(data):
        return "program"
    if data.startswith(oledir.SIGNATURE):
        return _ole_kind(data)
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK00PK\x03\x04", b"PK\x07\x08")):
        return _zip_kind(data)
    # Java and others read a ZIP from its end: a picture or a PDF may be a program as well
    if dangers.has_program_parts(data):
        return "program"
    kind = _kind_by_magic(data) or _text_kind(data, extension, declared)
    return "zip" if kind in {"unknown", *_PLAIN} and archives.behind(data) else kind


def _kind_by_magic(data: bytes) -> str:
    for offset, magic, kind in _MAGIC:
        if data[offset : offset + len(magic)] == magic and (kind != "lzh" or data[6:7] == b"-"):
            return kind
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data.startswith(b"BM") and data[6:10] == b"\0\0\0\0":
        return "bmp"
    return "tar" if libarchive.is_tar(data[:512]) else cms.kind(data)


def _second_opinion(data: bytes, kind: str) -> tuple[str, str]:
    """The kind, and the media type where it is libmagic's."""
    if kind == "txt":
        found = libmagic.media_type(data[:TEXT_LOOK])
        return ("program" if found in _MAGIC_SCRIPTS else "txt"), ""
    found = libmagic.media_type(data)
    if _MAGIC_PROGRAMS.fullmatch(found):
        return "program", found
    return ("media" if found.startswith(("audio/", "video/")) else kind), found


def _ole_kind(data: bytes) -> str:
    try:
        top = oledir.opened(data).top()
    except oledir.BadOle:
        # a damaged directory: the name may still be found
        return next(
            (k for name, k in _OLE_KINDS if (name + "\0").encode("utf-16-le") in data), "ole"
        )
    return next((kind for name, kind in _OLE_KINDS if name in top), "ole")


def _zip_kind(data: bytes) -> str:
    names = archives.names(data)
    if "[Content_Types].xml" in names:
        for folder, kind in (("word/", "docx"), ("xl/", "xlsx"), ("ppt/", "pptx")):
            if any(name.startswith(folder) for name in names):
                return "xlsb" if "xl/workbook.bin" in names else kind
    if names and names[0] == "mimetype":
        return _kind_by_mimetype(data, names)
    if dangers.has_program_parts(data):
        return "program"
    return "zip"


def _kind_by_mimetype(data: bytes, names: list[str]) -> str:
    """The kind of a package whose first member tells it."""
    found = archives.find(data, "mimetype")
    told = archives.first(data, *found, 100) if found else b""
    if b"hwp+zip" in data[:120] or any(name.startswith("Contents/") for name in names):
        return "hwpx"
    if b"opendocument.text" in told:
        return "odt"
    return "ods" if b"opendocument.spreadsheet" in told else "odf"


def _text_kind(data: bytes, extension: str, declared: str) -> str:
    head = data[:LOOK]
    if not _is_text(head):
        return "unknown"
    if declared == "message/rfc822" or (extension == "eml" and _MAIL.match(data.lstrip())):
        return "eml"
    if special := _special_kind(data, declared):
        return special
    if _HTML.match(head) or (b"<" in head and (extension in {"html", "htm", "xhtml"})):
        return "html"
    if _XML.match(head):
        return "svg" if b"<svg" in head else "xml"
    return "csv" if extension in {"csv", "tsv"} or declared == "text/csv" else "txt"


def _special_kind(data: bytes, declared: str) -> str:
    """The kind of a text that is about the mail or a person and not about goods, or ""."""
    if found := _CARD.match(data):
        return "calendar" if found[2].upper() == b"CALENDAR" else "vcard"
    if declared == "application/pgp-encrypted" and len(data) < LOOK:
        return "pgp"
    if declared == "text/calendar" or declared in _REPORTS:
        return "report" if declared in _REPORTS else "calendar"
    if data.lstrip().startswith(b"-----BEGIN "):
        return armor.kind(data.decode("latin-1"))
    return ""


def _is_text(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    controls = sum(byte < 32 and byte not in b"\t\n\r\x0b\x0c\x1b\x1a" for byte in head)
    return b"\0" not in head and controls * 50 <= len(head)
