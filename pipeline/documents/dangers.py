"""Why a file must not be opened: programs, documents that carry programs, and their disguises."""

import re
import struct
import zlib

from pipeline.charsets import clean
from pipeline.documents import archives, oledir

PROGRAM_NAMES = frozenset(
    "exe com scr pif bat cmd vbs vbe js jse ws wsf wsh ps1 psm1 psd1 msi msp mst hta cpl jar lnk "
    "reg inf dll sys ocx drv iso img vhd vhdx udf apk aab app appx msix dmg pkg deb rpm sh bash "
    "chm hlp gadget application scf url website xll wll one onepkg library-ms search-ms "
    "settingcontent-ms appref-ms diagcab theme msc sct ade adp mdb mde accde iqy slk rdp desktop "
    "py pyw pyz php pl rb swf xbap cab crx xpi class dex".split()
)
MACRO_NAMES = frozenset(
    {"docm", "dotm", "xlsm", "xltm", "xlam", "pptm", "potm", "ppam", "ppsm", "sldm", "xlsb", "xla"}
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
    (0, b"ITSF"),  # compiled help
    (0, b"dex\n"),
    (0, b"\0asm"),
    (0, b"Cr24"),
    (0, b"!<arch>\n"),
    (0, b"\xed\xab\xee\xdb"),
    (0, b"vhdxfile"),
    (0, b"conectix"),
    (0, b"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d"),  # OneNote, which starts what lies in it
    # a disk image, which Windows mounts and runs
    (32769, b"CD001"),
    (32769, b"BEA01"),
)
# a ZIP with one of these is a program's: Java's, Android's, Windows'
_PROGRAM_PARTS = frozenset(
    {"META-INF/MANIFEST.MF", "classes.dex", "AndroidManifest.xml", "AppxManifest.xml"}
)
_SCRIPT = re.compile(
    rb"(\xef\xbb\xbf)?\s*(#!|@echo\s+off|<\?php|\[InternetShortcut\]"
    rb"|Windows Registry Editor|REGEDIT4"
    rb"|<\?xml[^>]{0,200}\?>\s{0,20}<(job|package|scriptlet)\b|<(job|package|scriptlet)\b"
    rb"|on error resume next\b|(set|dim|var|let|const)\s[^\n]{0,200}\b(CreateObject|ActiveXObject)"
    rb"|powershell(\.exe)?\s+-)",
    re.IGNORECASE,
)
_HTML_PROGRAM = re.compile(rb"<hta:application", re.IGNORECASE)
# Word's old web formats carry macros as "ActiveMime", base64 in a web archive
_TEXT_MACROS = (b"QWN0aXZlTWlt", b"ActiveMime", b'macrosPresent="yes"')
_RTF_OBJECTS = re.compile(rb"\\objdata|\\objupdate|\\objocx|\\ddeauto|\bDDEAUTO\b", re.IGNORECASE)
_OPENXML_MACROS = re.compile(rb"macroEnabled|vbaProject|ms-excel\.(intl)?macrosheet", re.IGNORECASE)
_OLE_MACROS = frozenset({"_vba_project", "_vba_project_cur", "vba", "macros"})
# classes of Windows Installer packages, transforms and patches
_INSTALLERS = tuple(
    bytes([number, 0x10, 0x0C, 0]) + bytes(4) + b"\xc0\0\0\0\0\0\0\x46"
    for number in (0x82, 0x84, 0x86)
)
_PPT_MACROS = re.compile(rb"\x02\x00\x00\x04\x0c\x00\x00\x00....\x01\x00\x00\x00", re.DOTALL)
_HWP_COMMENT = re.compile(r"//[^\r\n\u2028\u2029]*|/\*.*?\*/", re.DOTALL)
_HWP_IDLE = re.compile(
    r"var\s+Documents?\s*=\s*(XHwpDocuments|Documents\.Active_XHwpDocument)\s*;"
    r"|function\s+On\w+\s*\(\s*\)\s*\{\s*\}"
)
_EXTENSION = re.compile(r"\.([A-Za-z0-9-]{1,20})[\s.\"'`;,]*$")
_OPENXML = frozenset({"docx", "xlsx", "pptx", "xlsb"})


def extensions(filename: str) -> list[str]:
    """The extensions that a system may go by, in lower case; the one that a person sees first.

    Windows drops dots and spaces at the end and reads "a.exe:x.pdf" as a stream of a.exe; a zero
    byte ends the name for some programs.
    """
    pieces = [filename, *re.split(r"[:\0]", filename)]
    found = [_EXTENSION.search(clean(piece)) for piece in pieces]
    return list(dict.fromkeys(each[1].lower() for each in found if each))


def is_program(data: bytes) -> bool:
    """Whether the bytes are those of a program, or of something that a system starts or mounts."""
    if any(data[offset : offset + len(magic)] == magic for offset, magic in _PROGRAMS):
        return True
    if data.startswith((b"MZ", b"ZM")):
        # "MZ" may begin a letter; a program's header holds zero bytes at once
        return b"\0" in data[:64]
    return data[:3] in {b"FWS", b"CWS", b"ZWS"} and len(data) > 8 and data[3] < 60


def is_script(head: bytes) -> bool:
    """Whether a text begins as only a script does."""
    return _SCRIPT.match(head) is not None


def has_program_parts(data: bytes) -> bool:
    """Whether the ZIP at the end of `data` (whatever it begins as) is a program's."""
    return not _PROGRAM_PARTS.isdisjoint(archives.names(archives.behind(data) or data))


def danger(data: bytes, kind: str, filename: str) -> str:
    """The code of why a file of this kind and name stays closed, or ""."""
    names = set(extensions(filename))
    if kind == "program" or (kind != "eml" and not PROGRAM_NAMES.isdisjoint(names)):
        return "program"
    if kind == "xlsb" or not MACRO_NAMES.isdisjoint(names):
        return "macros"
    if data.startswith(oledir.SIGNATURE):
        return _ole_danger(data)
    if kind == "rtf":
        return "objects" if _RTF_OBJECTS.search(data) else ""
    if kind in _OPENXML:
        return _openxml_danger(data)
    if kind in {"odt", "ods", "odf"}:
        scripts = any(name.startswith(("Basic/", "Scripts/")) for name in archives.names(data))
        return "macros" if scripts else ""
    if kind == "html" and _HTML_PROGRAM.search(data[:65536]):
        return "program"
    if kind in {"txt", "html", "xml"} and any(words in data for words in _TEXT_MACROS):
        return "macros"
    return ""


def _openxml_danger(data: bytes) -> str:
    names = [name.lower() for name in archives.names(data)]
    if any(n.endswith("vbaproject.bin") or n.startswith("xl/macrosheets/") for n in names):
        return "macros"
    # the project may have any name; its type is told here
    found = archives.find(data, "[Content_Types].xml")
    types = archives.first(data, *found, 512 * 1024) if found else b""
    return "macros" if _OPENXML_MACROS.search(types) else ""


def _ole_danger(data: bytes) -> str:
    try:
        file = oledir.opened(data)
    except oledir.BadOle:
        # nothing but a search is left; a program may mend what we cannot read
        lost = (b"_\0V\0B\0A\0_\0P\0R\0O\0J\0E\0C\0T", b"M\0a\0c\0r\0o\0s\0\0\0")
        return "macros" if any(name in data for name in lost) else ""
    if file.root.class_id in _INSTALLERS:
        return "program"
    top = file.top()
    if "EncryptedPackage" in top:
        return "encrypted"
    names = {e.name.lower() for e in file.entries if e.kind in {oledir.STORAGE, oledir.STREAM}}
    if not _OLE_MACROS.isdisjoint(names):
        return "macros"
    if "FileHeader" in top:
        return "macros" if _has_hwp_script(file, top["FileHeader"]) else ""
    book = top.get("Workbook") or top.get("Book")
    if book and _has_macro_sheet(file.start_of(book, 1024 * 1024)):
        return "macros"
    show = top.get("PowerPoint Document")
    return "macros" if show and _PPT_MACROS.search(file.start_of(show, 16 * 1024 * 1024)) else ""


def _has_macro_sheet(book: bytes) -> bool:
    """Whether the workbook names a sheet of Excel 4 macros or a Visual Basic module."""
    at = 0
    while at + 4 <= len(book):
        number, size = struct.unpack_from("<HH", book, at)
        if number == 0x85 and size > 6 and at + 10 <= len(book) and book[at + 9] in {1, 6}:
            return True
        if number == 0x0A:
            return False
        at += 4 + size
    return False


def _has_hwp_script(file: oledir.Ole, header: oledir.Entry) -> bool:
    """Whether the document's script does anything: nearly every hwp file carries an empty one."""
    flags = file.start_of(header, 40)[36:37]
    packed = bool(flags and flags[0] & 1)
    scripts = [
        file.start_of(entry, 256 * 1024) for entry in file.entries if entry.name == "DefaultJScript"
    ]
    return any(_does_anything(_inflated(each) if packed else each) for each in scripts)


def _does_anything(script: bytes) -> bool:
    """Whether more is left than the empty functions that the word processor writes itself."""
    text = _HWP_COMMENT.sub(" ", script.decode("utf-16-le", errors="replace"))
    left = [char for char in _HWP_IDLE.sub(" ", text) if "!" <= char <= "~"]
    return len(left) > 8  # lengths stand between the parts, and look like letters


def _inflated(packed: bytes) -> bytes:
    try:
        return zlib.decompressobj(-15).decompress(packed, 256 * 1024)
    except zlib.error:
        return packed
