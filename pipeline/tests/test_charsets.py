import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.charsets import CODECS, clean, codec_of, decode

KOREAN, JAPANESE, THAI, CHINESE = (
    "견적 똠방각하 문의",
    "①㈱お見積り テスト",
    "ขอใบเสนอราคา",
    "询价鎔",
)


@pytest.mark.parametrize(
    ("text", "codec", "declared"),
    [
        (KOREAN, "cp949", "ks_c_5601-1987"),
        (KOREAN, "cp949", "EUC-KR"),
        (KOREAN, "cp949", '"windows-949"'),
        (JAPANESE, "cp932", "Shift_JIS"),
        (JAPANESE, "cp932", "x-sjis"),
        (JAPANESE, "cp932", "windows-31j"),
        (THAI, "cp874", "TIS-620"),
        (THAI, "cp874", "windows-874"),
        (CHINESE, "gb18030", "gb2312"),
        (KOREAN, "utf-8", "utf8mb4"),
        (KOREAN, "utf-16", "utf-16"),
        (KOREAN, "utf-8", "ks_c_5601-1987"),
        (KOREAN, "utf-8", "iso-8859-1"),
        (KOREAN, "utf-8", "us-ascii"),
        ("“18,5 t”", "cp1252", "iso-8859-1"),
    ],
)
def test_decode_reads_what_a_label_means(text: str, codec: str, declared: str) -> None:
    assert decode(text.encode(codec), declared) == text


@pytest.mark.parametrize(
    ("codec", "names"),
    [
        ("cp949", "ks_c_5601-1987 KS_C_5601-1989 euc-kr windows-949 'uhc' ksc5601 cp949"),
        ("cp932", "shift_jis Shift-JIS x-sjis windows-31j ms_kanji cp932"),
        ("cp874", "tis-620 windows-874 iso-8859-11"),
        ("gb18030", "gb2312 gbk GB_2312-80 gb18030"),
    ],
)
def test_a_label_means_its_superset(codec: str, names: str) -> None:
    assert {codec_of(name) for name in names.split()} == {codec}


@pytest.mark.parametrize(
    "declared", ["x-unknown", "rot13", "zlib", "unicode_escape", "idna", "", None]
)
def test_decode_takes_utf8_under_a_label_that_is_no_charset(declared: str | None) -> None:
    assert codec_of(declared) is None
    assert decode(KOREAN.encode(), declared) == KOREAN


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        ("안녕하세요. 부산에서 함부르크까지 운임 견적을 부탁드립니다.", "cp949"),
        ("お世話になっております。釜山からハンブルクまでの運賃をお見積りください。", "cp932"),
        ("ขอใบเสนอราคาค่าระวางเรือจากแหลมฉบังไปฮัมบูร์ก", "cp874"),
    ],
)
def test_decode_finds_the_charset_of_unlabelled_text(text: str, codec: str) -> None:
    assert decode(text.encode(codec)) == text


def test_decode_reads_the_nec_characters_of_iso_2022_jp() -> None:
    assert decode(b"\x1b$B-!-j%F%9%H\x1b(B abc", "iso-2022-jp") == "①㈱テスト abc"


def test_decode_agrees_with_python_on_plain_iso_2022_jp() -> None:
    text = "漢字とかなカナ、亜熙凜。"
    assert decode(text.encode("iso-2022-jp"), "iso-2022-jp") == text


def test_one_bad_byte_does_not_overrule_the_label() -> None:
    data = (KOREAN * 10).encode("cp949") + b"\xff"
    assert decode(data, "euc-kr") == KOREAN * 10 + "\ufffd"


def test_clean_takes_out_what_nobody_sees() -> None:
    hidden = "\u200b\u202e\u2066\ufeff\u00ad\x00\x07\x1b\u3164\U000e0041"
    assert clean(f"18{hidden},500{hidden} kg\r\n다음\t칸\u2028끝") == "18,500 kg\n다음\t칸\n끝"


def test_clean_composes_hangul_that_macos_took_apart() -> None:
    assert clean("\u1100\u1167\u11ab\u110c\u1165\u11a8.xlsx") == "견적.xlsx"


def test_every_codec_on_the_list_exists() -> None:
    assert all(codecs.lookup(codec) for codec in CODECS.values())


@given(st.binary(max_size=400), st.sampled_from([*CODECS, "x-unknown", "", "\udcff"]))
def test_decode_is_total(data: bytes, declared: str) -> None:
    text = decode(data, declared)
    assert text == clean(text)
    text.encode()
