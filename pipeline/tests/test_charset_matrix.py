"""Every charset label that mail carries x where text stands x how it travels: the right text comes.

"No U+FFFD where the bytes are valid", and no exception for a label that is none.
"""

import base64
import quopri
from collections.abc import Callable
from urllib.parse import quote_from_bytes

import pytest

from pipeline import bodies, mime

KO = "똠방각하 펲시콜라 햏 뷁: 부산 출발 견적 문의드립니다"
JA = "①㈱お見積り依頼 髙橋 ～ 釜山からハンブルク"
TH = "ขอใบเสนอราคา “แหลมฉบัง” น้ำหนัก ๑๘ ตัน…"
ZH = "询价 鎔 €朱镕基 從釜山到漢堡"
EN = "Rate request: “20ft” – Busan to Hamburg, 18 t…"

# the codec that the bytes are in -> (text, labels that such mails carry)
LABELS = {
    "cp949": (KO, "ks_c_5601-1987 euc-kr windows-949 ksc5601 KS_C_5601-1989 uhc cp949 ms949"),
    "cp932": (JA, "shift_jis x-sjis windows-31j sjis Shift-JIS ms_kanji cp932 csShiftJIS"),
    "cp874": (TH, "tis-620 windows-874 TIS620 iso-8859-11 cp874 x-windows-874"),
    "gb18030": (ZH, "gb2312 gbk gb18030 GB_2312-80 cp936 euc-cn"),
    "cp1252": (EN, "iso-8859-1 windows-1252 latin1 cp1252"),
}
# no charset to us, or one that says nothing: the bytes are utf-8 then
UNKNOWN = "utf-8 utf8mb4 x-unknown rot13 rot_13 zlib bz2 hex base64 utf-7 unicode_escape".split()
UNKNOWN += ["raw_unicode_escape", "idna", "punycode", "undefined", "mbcs", "iso-8859-1", "us-ascii"]
CASES = [
    (label, text, codec) for codec, (text, labels) in LABELS.items() for label in labels.split()
] + [(label, text, "utf-8") for label in UNKNOWN for text in (KO, JA, TH, ZH, EN)]
CASES += [("utf-7", text, "utf-7") for text in (KO, JA, TH, ZH, EN)]


def b_words(data: bytes, label: str) -> bytes:
    """`data` as B words of 20 bytes, wherever that cuts a character."""
    pieces = [data[at : at + 20] for at in range(0, len(data), 20)]
    return b"\r\n ".join(
        b"=?%b?B?%b?=" % (label.encode(), base64.b64encode(piece)) for piece in pieces
    )


def q_words(data: bytes, label: str) -> bytes:
    pieces = [data[at : at + 13] for at in range(0, len(data), 13)]
    hexed = (b"".join(b"=%02X" % byte for byte in piece) for piece in pieces)
    return b"\r\n ".join(b"=?%b?Q?%b?=" % (label.encode(), each) for each in hexed)


def subject_raw(data: bytes, label: str) -> bytes:
    return b"Subject: %b\r\n\r\n" % data


def named(parameter: bytes) -> bytes:
    return b"Content-Disposition: attachment;\r\n filename" + parameter + b"\r\n\r\nx"


def rfc2231(data: bytes, label: str) -> bytes:
    quoted = quote_from_bytes(data)
    first, second = quoted[:33], quoted[33:]
    return named(f"*0*={label}''{first};\r\n filename*1*={second}".encode())


def body(data: bytes, label: str, encoding: bytes, payload: bytes) -> bytes:
    head = b'Content-Type: text/plain; charset="%b"\r\nContent-Transfer-Encoding: %b\r\n\r\n'
    return head % (label.encode(), encoding) + payload


def subject(raw: bytes) -> str:
    return mime.parse(raw).subject


def file_name(raw: bytes) -> str:
    return mime.parse(raw).parts[0].filename


def text(raw: bytes) -> str:
    return bodies.texts(mime.parse(raw).parts).full


Build = Callable[[bytes, str], bytes]
LABELLED: dict[str, tuple[Build, Callable[[bytes], str]]] = {
    "subject, base64": (lambda d, c: b"Subject: %b\r\n\r\n" % b_words(d, c), subject),
    "subject, quoted": (lambda d, c: b"Subject: %b\r\n\r\n" % q_words(d, c), subject),
    "file, base64": (lambda d, c: named(b'="%b"' % b_words(d, c)), file_name),
    "file, quoted": (lambda d, c: named(b'="%b"' % q_words(d, c)), file_name),
    "file, rfc 2231": (rfc2231, file_name),
    "body, 8bit": (lambda d, c: body(d, c, b"8bit", d), text),
    "body, quoted": (lambda d, c: body(d, c, b"quoted-printable", quopri.encodestring(d)), text),
    "body, base64": (lambda d, c: body(d, c, b"base64", base64.encodebytes(d)), text),
}
RAW: dict[str, tuple[Build, Callable[[bytes], str]]] = {
    "subject": (subject_raw, subject),
    "file": (lambda d, c: named(b'="%b"' % d), file_name),
    "name": (lambda d, c: b'Content-Type: application/x; name="%b"\r\n\r\nx' % d, file_name),
}


@pytest.mark.parametrize(("label", "said", "codec"), CASES)
def test_a_labelled_text_is_read_right(label: str, said: str, codec: str) -> None:
    data = said.encode(codec)
    found = {place: read(build(data, label)) for place, (build, read) in LABELLED.items()}
    assert found == dict.fromkeys(LABELLED, said)


@pytest.mark.parametrize("place", RAW)
@pytest.mark.parametrize(
    ("said", "codec"),
    [(each, "utf-8") for each in (KO, JA, TH, ZH)]
    + [(text, codec) for codec, (text, _) in LABELS.items() if codec in {"cp949", "cp874"}]
    + [("お見積りのお願い、釜山からハンブルクまでの運賃について", "cp932")],
)
def test_raw_bytes_in_a_header_find_their_charset(said: str, codec: str, place: str) -> None:
    build, read = RAW[place]
    assert read(build(said.encode(codec), "")) == said


@pytest.mark.parametrize("label", [*UNKNOWN, "euc-kr", "shift_jis", "tis-620", "gb2312", "utf-16"])
def test_bytes_that_are_no_text_under_any_label_raise_nothing(label: str) -> None:
    for build, read in LABELLED.values():
        read(build(bytes(range(256)), label))


def test_utf7_that_could_be_plain_text_is_plain_text() -> None:
    """A plus sign must not swallow a weight."""
    for said in ("18+2 t, 20ft +40ft", "call +82-51-123-4567", "half a pair: +2AA-"):
        assert text(body(said.encode(), "utf-7", b"7bit", said.encode())) == said
