"""What a file is, by its content; its name and label only decide among kinds of text."""

import re
from dataclasses import dataclass

from pipeline.documents import archives

LOOK = 4096


@dataclass(frozen=True, slots=True)
class FileType:
    """`kind` is a reader's name or one we only name; with a `dangerous_reason`: never open."""

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
    "zip": "application/zip",
    "7z": "application/x-7z-compressed",
    "rar": "application/vnd.rar",
    "tar": "application/x-tar",
    "gz": "application/gzip",
    "bz2": "application/x-bzip2",
    "xz": "application/x-xz",
    "egg": "application/x-egg",
    "alz": "application/x-alz",
    "tnef": "application/ms-tnef",
    "program": "application/x-executable",
    "empty": "application/x-empty",
    "unknown": "application/octet-stream",
}
IMAGES = frozenset({"jpg", "png", "gif", "bmp", "tiff", "webp"})
ARCHIVES = frozenset({"zip", "7z", "rar", "tar", "gz", "bz2", "xz", "egg", "alz"})

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
    (257, b"ustar", "tar"),
    (0, b"\x1f\x8b\x08", "gz"),
    (0, b"BZh", "bz2"),
    (0, b"\xfd7zXZ\0", "xz"),
    (0, b"EGGA", "egg"),
    (0, b"ALZ\x01", "alz"),
    (0, b"HWP Document File V", "hwp"),
    (0, b"\x78\x9f\x3e\x22", "tnef"),
)
_PROGRAMS: tuple[tuple[int, bytes], ...] = (
    (0, b"\x7fELF"),
    (0, b"\xca\xfe\xba\xbe"),
    (0, b"\xfe\xed\xfa\xce"),
    (0, b"\xfe\xed\xfa\xcf"),
    (0, b"\xcf\xfa\xed\xfe"),
    (0, b"\xce\xfa\xed\xfe"),
    (0, b"L\0\0\0\x01\x14\x02\0"),  # a Windows shortcut
    (0, b"MSCF"),  # a cabinet
    (0, b"dex\n"),
    (0, b"#!"),
    (32769, b"CD001"),  # a disk image, which Windows mounts and runs
)
_DANGEROUS_NAMES = frozenset(
    "exe com scr pif bat cmd vbs vbe js jse ws wsf wsh ps1 psm1 msi msp mst hta cpl jar lnk reg "
    "inf dll sys "
    "iso img vhd vhdx apk app dmg deb rpm sh chm hlp gadget application scf url xll wll one onepkg "
    "library-ms settingcontent-ms appref-ms".split()
)
_MACRO_NAMES = frozenset(
    {"docm", "dotm", "xlsm", "xltm", "xlam", "pptm", "potm", "ppam", "ppsm", "xlsb"}
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# names in an OLE file's directory are UTF-16; a VBA project or an Excel 4 macro sheet has these
_OLE_MACROS = tuple(
    name.encode("utf-16-le") for name in ("_VBA_PROJECT", "VBA_PROJECT_CUR", "Macros\0")
)
_OLE_KINDS = tuple(
    (name.encode("utf-16-le"), kind)
    for name, kind in (
        ("HwpSummaryInformation", "hwp"),
        ("FileHeader\0", "hwp"),
        ("WordDocument\0", "doc"),
        ("Workbook\0", "xls"),
        ("Book\0", "xls"),
        ("PowerPoint Document\0", "ppt"),
        ("__substg1.0_", "msg"),
    )
)
_HTML = re.compile(
    rb"\s*(<\?xml[^>]{0,200}>\s*)?(<!--((?!-->).)*-->\s*)*"
    rb"<(!doctype html|html|head|body|table|div|meta|p\b)",
    re.IGNORECASE | re.DOTALL,
)
_MAIL = re.compile(
    rb"(received|return-path|delivered-to|message-id|from|mime-version|date|subject): ",
    re.IGNORECASE,
)
_EXTENSION = re.compile(r"\.([A-Za-z0-9-]{1,20})[\s.]*$")


def detect(data: bytes, filename: str = "", declared: str = "") -> FileType:
    """The type of `data`. `filename` and `declared` decide only among kinds of text."""
    extension = extension_of(filename)
    kind = _kind(data, extension, declared.lower())
    reason = _danger(data, kind, extension)
    return FileType(kind, MEDIA_TYPES.get(kind, MEDIA_TYPES["unknown"]), reason)


def extension_of(filename: str) -> str:
    """The last extension in lower case, as Windows sees it: without dots and spaces behind."""
    found = _EXTENSION.search(filename)
    return found[1].lower() if found else ""


def _kind(data: bytes, extension: str, declared: str) -> str:
    if not data:
        return "empty"
    if _is_program(data):
        return "program"
    for offset, magic, kind in _MAGIC:
        if data[offset : offset + len(magic)] == magic:
            return kind
    if data.startswith(_OLE):
        return _ole_kind(data)
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_kind(data)
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data.startswith(b"BM") and data[6:10] == b"\0\0\0\0":
        return "bmp"
    return _text_kind(data, extension, declared)


def _is_program(data: bytes) -> bool:
    if any(data[offset : offset + len(magic)] == magic for offset, magic in _PROGRAMS):
        return True
    # "MZ" may begin a letter; a program's header points to "PE", or it holds zero bytes at once
    return data.startswith((b"MZ", b"ZM")) and b"\0" in data[:64]


def _ole_kind(data: bytes) -> str:
    return next((kind for name, kind in _OLE_KINDS if name in data), "ole")


def _zip_kind(data: bytes) -> str:
    names = archives.names(data)
    if "[Content_Types].xml" in names:
        for folder, kind in (("word/", "docx"), ("xl/", "xlsx"), ("ppt/", "pptx")):
            if any(name.startswith(folder) for name in names):
                return "xlsb" if "xl/workbook.bin" in names else kind
    if names and names[0] == "mimetype":
        return (
            "hwpx"
            if b"hwp+zip" in data[:120] or any(n.startswith("Contents/") for n in names)
            else "odf"
        )
    if "META-INF/MANIFEST.MF" in names or "classes.dex" in names:
        return "program"
    return "zip"


def _text_kind(data: bytes, extension: str, declared: str) -> str:
    head = data[:LOOK]
    if not _is_text(head):
        return "unknown"
    if declared == "message/rfc822" or (extension == "eml" and _MAIL.match(data.lstrip())):
        return "eml"
    if _HTML.match(head) or (b"<" in head and (extension in {"html", "htm", "xhtml"})):
        return "html"
    return "csv" if extension in {"csv", "tsv"} or declared == "text/csv" else "txt"


def _is_text(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    controls = sum(byte < 32 and byte not in b"\t\n\r\x0b\x0c\x1b\x1a" for byte in head)
    return b"\0" not in head and controls * 50 <= len(head)


def _danger(data: bytes, kind: str, extension: str) -> str:
    if kind == "program" or extension in _DANGEROUS_NAMES:
        return "program"
    if kind == "xlsb" or extension in _MACRO_NAMES:
        return "macros"
    if kind in {"docx", "xlsx", "pptx"}:
        parts = {name.rpartition("/")[2].lower() for name in archives.names(data)}
        sheets = any(name.startswith("xl/macrosheets/") for name in archives.names(data))
        return "macros" if "vbaproject.bin" in parts or sheets else ""
    if data.startswith(_OLE) and kind != "hwp" and any(name in data for name in _OLE_MACROS):
        return "macros"
    return ""
