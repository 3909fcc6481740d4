"""Bytes of a mail or a file to text, whatever charset they claim to be in."""

import codecs
import re
import unicodedata

# Mail names a charset and means its superset: Outlook's ks_c_5601-1987 is cp949, of which Python's
# euc_kr knows 2,350 of 11,172 syllables. What is not listed here is no charset to us: Python's
# codec registry also holds rot13, zlib, unicode_escape and idna.
_ALIASES: dict[str, str] = {
    "utf-8": "utf8 utf8mb4 utf8mb3 unicode-1-1-utf-8 x-utf-8 cp65001",
    "utf-16": "utf16 unicode ucs-2 iso-10646-ucs-2",
    "utf-16-le": "utf-16le unicodelittle",
    "utf-16-be": "utf-16be unicodebig",
    "utf-32": "utf32 ucs-4",
    "utf-7": "utf7 unicode-1-1-utf-7",
    "ascii": "us-ascii ansi-x3.4-1968 iso646-us 646 ansi-x3.110-1983",
    "cp949": (
        "ks-c-5601-1987 ks-c-5601-1989 ks-c-5601 ksc5601 ksc-5601 ks-x-1001 ksx1001 korean "
        "euc-kr euckr iso-ir-149 windows-949 uhc ms949 x-windows-949 csksc56011987 cseuckr"
    ),
    "iso2022_kr": "iso-2022-kr csiso2022kr",
    "johab": "cp1361 ms1361",
    "cp932": (
        "shift-jis shiftjis sjis x-sjis x-ms-cp932 "
        "ms-kanji windows-31j windows-932 ms932 csshiftjis cswindows31j"
    ),
    "euc_jis_2004": "euc-jp eucjp x-euc-jp ujis cseucpkdfmtjapanese",
    "iso2022_jp": "iso-2022-jp iso-2022-jp-1 iso-2022-jp-ms csiso2022jp jis cp50220",
    "iso2022_jp_2": "iso-2022-jp-2",
    "cp874": "tis-620 tis620 tis620-2533 windows-874 x-windows-874 iso-8859-11 ms874",
    "gb18030": "gb2312 gbk gb-2312 gb-2312-80 x-gbk cp936 windows-936 ms936 euc-cn csgb2312",
    "hz": "hz-gb-2312",
    "big5hkscs": "big5 big-5 big5-hkscs cn-big5 x-x-big5 csbig5 cp950",
    "cp1252": "iso-8859-1 iso8859-1 latin1 latin-1 l1 windows-1252 x-ansi cp819",
    "cp1254": "iso-8859-9 windows-1254 latin5",
    "iso8859-15": "iso-8859-15 latin9 latin-9",
    "cp1250": "windows-1250",
    "cp1251": "windows-1251 win-1251",
    "cp1253": "windows-1253",
    "cp1255": "windows-1255 iso-8859-8 iso-8859-8-i",
    "cp1256": "windows-1256",
    "cp1257": "windows-1257",
    "cp1258": "windows-1258",
    "koi8-r": "koi8r koi8",
    "koi8-u": "koi8u",
    "cp437": "ibm437",
    "cp850": "ibm850",
    "cp866": "ibm866",
    "mac-roman": "macintosh x-mac-roman",
} | {f"iso8859-{n}": f"iso-8859-{n}" for n in (2, 3, 4, 5, 6, 7, 10, 13, 14, 16)}

CODECS: dict[str, str] = {
    name: codec
    for codec, names in _ALIASES.items()
    for name in (codec.replace("_", "-"), *names.split())
}
# a label that any byte string satisfies says little: bytes that are valid utf-8 are utf-8
_LATIN = {"cp1252", "cp1254", "iso8859-15", "cp1250", "cp1257", "mac-roman", "cp437", "cp850"}
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
DETECT_BYTES = 64 * 1024


def _unseen() -> str:
    """The inside of a character class: what no reader sees (controls, bidi marks, fillers)."""
    points = [
        p
        for p in range(0x10000)
        if unicodedata.category(chr(p)) in {"Cc", "Cf"} and chr(p) not in "\n\t"
    ]
    # Hangul fillers, the combining grapheme joiner, variation selectors, non-characters
    points += [0x034F, 0x115F, 0x1160, 0x3164, 0xFFA0, *range(0xFE00, 0xFE10), 0xFFFE, 0xFFFF]
    # musical and shorthand controls; language tags and more variation selectors
    ranges = "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
    return "".join(re.escape(chr(p)) for p in points) + ranges


_UNSEEN = re.compile(f"[{_unseen()}]+")
# all that the expressions below look for, or a part of it: most texts hold none
_ODD = re.compile(f"[{_unseen()}\u2028\u2029\ud800-\udfff\u1100-\u11ff\u3099\u309a]")
_BREAKS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_SURROGATES = re.compile("[\ud800-\udfff]")
# macOS writes Hangul as jamo and kana marks apart; runs of these compose in linear time
_APART = re.compile("[\u1100-\u11ff]{2,}|[\u3041-\u30ff][\u3099\u309a]")
_JIS_SHIFT = re.compile(rb"\x1b(\$[@B]|\([BJI])")


def codec_of(declared: str | None) -> str | None:
    """The codec to read a declared charset with, or None for a charset we do not know."""
    name = (declared or "").strip().strip("\"'").lower().replace("_", "-")
    return CODECS.get(name)


def decode(data: bytes, declared: str | None = None, *, guess: int = DETECT_BYTES) -> str:
    """Text of `data` for a reader: the declared charset, else utf-8, else what chardet finds.

    Never fails; what can't be read is U+FFFD. Line ends are "\\n", nothing invisible is left.
    chardet is shown the first `guess` bytes.
    """
    return clean(_decode(data, declared, guess))


def clean(text: str) -> str:
    """`text` without invisible, bidi and control characters, except newline and tab."""
    unix = text.replace("\r\n", "\n")
    text = text if "\r" in unix else unix
    if text.isascii() and text.replace("\n", "").replace("\t", "").isprintable():
        return text
    if not _ODD.search(text):
        return text
    text = _SURROGATES.sub("\ufffd", _BREAKS.sub("\n", text))
    text = _UNSEEN.sub("", text)
    return _APART.sub(lambda run: unicodedata.normalize("NFC", run[0]), text)


def _decode(data: bytes, declared: str | None, guess: int) -> str:
    for mark, wide in _BOMS:
        if data.startswith(mark) and (text := _strict(data, wide)) is not None:
            return text
    codec = codec_of(declared)
    if codec in _LATIN and (text := _strict(data, "utf-8")) is not None:
        return text
    for name in (codec, "utf-8"):
        if name and (text := _strict(data, name)) is not None:
            return text
    return _best_guess(data, codec, guess)


def _strict(data: bytes, codec: str) -> str | None:
    try:
        if codec == "utf-7":
            return _utf7(data)
        return _iso2022_jp(data) if codec == "iso2022_jp" else data.decode(codec)
    except UnicodeError:
        # five bytes are undefined in Python's cp1252 and controls in everyone else's
        return data.decode("latin-1") if codec == "cp1252" else None


def _utf7(data: bytes) -> str:
    """UTF-7 where the whole of it is valid: a stray "+" makes it plain text.

    Nothing in a mail is looked at before it is decoded, so what it hides from other readers (a
    "<script>" from a filter of bytes) is seen here like any other text.
    """
    if not data.isascii():
        raise UnicodeError("8-bit bytes in UTF-7")
    text = data.decode("utf-7")
    if _SURROGATES.search(text):
        raise UnicodeError("half a surrogate pair in UTF-7")
    return text


def _iso2022_jp(data: bytes) -> str:
    """ISO-2022-JP with the NEC row (① ㈱) that Japanese mail uses and Python refuses."""
    if not data.isascii():
        raise UnicodeError("8-bit bytes in ISO-2022-JP")
    text, double, kana, start = [], False, False, 0
    for shift in [*_JIS_SHIFT.finditer(data), None]:
        piece = data[start : shift.start() if shift else len(data)]
        text.append(_jis_segment(piece, double, kana))
        if shift:
            double, kana, start = shift[1].startswith(b"$"), shift[1] == b"(I", shift.end()
    return "".join(text)


def _jis_segment(piece: bytes, double: bool, kana: bool) -> str:
    if kana:
        return bytes(b | 0x80 for b in piece).decode("cp932")
    return _rows_to_sjis(piece).decode("cp932") if double else piece.decode("ascii")


def _rows_to_sjis(piece: bytes) -> bytes:
    """Pairs of 7-bit JIS bytes as the Shift-JIS bytes of the same characters."""
    piece = piece.translate(None, b"\r\n")
    out = bytearray()
    for row, cell in zip(piece[::2], piece[1::2], strict=False):
        lead = (row - 0x21) // 2 + 0x81
        trail = cell + (0x7E if row % 2 == 0 else 0x1F + (cell >= 0x60))
        out += bytes(((lead + 0x40 if lead > 0x9F else lead) & 0xFF, trail & 0xFF))
    return bytes(out)


def _best_guess(data: bytes, declared: str | None, guess: int) -> str:
    """The reading with the fewest unreadable characters; one bad byte does not overrule a label."""
    tries = [data.decode(name, errors="replace") for name in (declared, "utf-8") if name]
    for text in tries:
        if text.count("\ufffd") * 50 <= len(text):
            return text
    if (found := _detected(data[:guess])) is not None:
        tries.insert(0, data.decode(found, errors="replace"))
    return min(tries, key=lambda text: text.count("\ufffd"))


def _detected(data: bytes) -> str | None:
    import chardet

    return codec_of(chardet.detect(data)["encoding"])
