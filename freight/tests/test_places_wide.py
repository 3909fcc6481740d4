"""The wide gazetteer in a text: what it finds, what it leaves alone, and who owns a name."""

# ruff: noqa: E501 - a case is a line

import pytest

from freight import gazetteer, places


def found(text: str) -> list[str]:
    return ["/".join(m.locodes) + ("" if m.known else "?") for m in places.find(text)]


SEED_CODES = {
    "서울": "KRSEL", "SEL": "KRSEL", "인천": "KRINC", "ICN": "KRINC", "부산": "KRPUS", "PUS": "KRPUS", "대구": "KRTAE",
    "TAE": "KRTAE", "대전": "KRTJN", "DCC": "KRTJN", "KWJ": "KRKWJ", "광주송정역": "KRKWJ", "울산": "KRUSN", "USN": "KRUSN",
    "제주": "KRCHA", "CJU": "KRCHA", "SWU": "KRSUO", "SNM": "KRSGM", "CHN": "KRCHC", "GRN": "KRKAG", "GMP": "KRGMP",
    "CJJ": "KRCJJ", "RSU": "KRYOS", "KPO": "KRKPO", "YNY": "KRYNY", "WJU": "KRWJU", "MWX": "KRMWX", "HIN": "KRHIN",
    "화물터미널": "KRUWN", "국제물류기지": "KRUWN", "인천공항": "KRICN", "SHA": "CNSHA", "HKG": "HKHKG", "SIN": "SGSIN",
    "TYO": "JPTYO", "HAM": "DEHAM", "DXB": "AEDXB", "의왕ICD": "KRUWN", "양산ICD": "KRYSN", "Lat Krabang ICD": "THLKR",
    "Duisburg": "DEDUI", "Chicago": "USCHI", "Memphis": "USMEM", "Kansas City": "USMKC",
}  # fmt: skip


@pytest.mark.parametrize(("name", "locode"), SEED_CODES.items())
def test_name_of_the_seed_is_its_place(name: str, locode: str) -> None:
    assert [place.locode for place in places.lookup(name)] == [locode]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("from Walvis Bay to Luanda", ["NAWVB?", "AOLAD?"]),
        ("PORT SUDAN TO BUSAN", ["SDPZU", "KRPUS"]),
        ("Radès (Tunis) to Rotterdam", ["TNRAD", "TNTUN?", "NLRTM"]),
        ("마타디까지 1대", ["CDMAT?"]),
        ("志布志から釜山港", ["JPSBS?", "KRPUS"]),
        ("ไปมาปูโต", ["MZMPM"]),
        ("ドバイ経由ベルゲン行き", ["AEDXB", "NOBGO?"]),
        ("NAWVB to KRPUS", ["NAWVB?", "KRPUS"]),
        ("KRSSN", ["KRSEL?"]),
        # small letters, words, people, firms, addresses
        ("walvis bay, nice work, a split shipment, police, an orange", []),
        ("Split shipment. Nice to meet you. Best regards, Victoria Hull", []),
        ("Mr Bergen and John Hamilton of Aberdeen Logistics", []),
        ("Mr. Bergen; Aberdeen logistics; Kind Regards,\nTunis", []),
        ("info@bergen.example, www.bergen.example, Bergen-7", []),
        ("ボルト３点セット、日立、佐伯様、富山様", []),
        ("멕시코로 보내는 화물", []),
        ("マタディーラ", []),
    ],
)
def test_wide_names_count_only_as_names(text: str, expected: list[str]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Portland", ["USPDX/USPWM"]),
        ("Portland, OR", ["USPDX"]),
        ("Portland, ME to Busan", ["USPWM", "KRPUS"]),
        ("Birmingham", ["GBBHM/USBHM"]),
        ("Birmingham, Alabama", ["USBHM"]),
        ("Birmingham, UK", ["GBBHM"]),
        ("Birmingham, Ontario", []),
        ("Newcastle", ["GBNCL/AUNTL"]),
        ("Newcastle, Australia", ["AUNTL"]),
        ("Hamilton", ["BMBDA/CAHAM/NZHLZ?"]),
        ("Hamilton, Bermuda", ["BMBDA"]),
        ("Georgetown, Guyana", ["GYGEO"]),
        ("San Juan, Puerto Rico", ["PRSJU"]),
        ("Cartagena (Colombia)", ["COCTG"]),
        ("Manzanillo(MX)", ["MXZLO"]),
        ("파나마 만사니요", ["PAMIT"]),
        ("만사니요(멕시코)", ["MXZLO"]),
        ("パナマのマンサニージョ", ["PAMIT"]),
        ("경기도 광주", ["KRKWU"]),
        ("Split, Croatia", ["HRSPU"]),
        ("멕시코 만사니요까지, 만사니요에는 1월", ["MXZLO", "MXZLO"]),
        (
            "Manzanillo, Mexico; not Manzanillo, Panama; Manzanillo",
            ["MXZLO", "PAMIT", "MXZLO/PAMIT"],
        ),
        ("Nice, France", ["FRNCE"]),
        # one great port owns its name, until the text says otherwise
        ("Hamburg", ["DEHAM"]),
        ("Valencia", ["ESVLC"]),
        ("Barcelona", ["ESBCN"]),
        ("Barcelona, Venezuela", []),
        ("San Antonio", ["CLSAI"]),
        ("San Antonio, TX", ["USSAT"]),
        # lists are no countries
        ("Busan, China, Vietnam", ["KRPUS"]),
        ("Hamburg, Singapore", ["DEHAM", "SGSIN"]),
        ("미국 부산 구간", ["KRPUS"]),
        ("PORTLAND OR SEATTLE", ["USPDX/USPWM", "USSEA"]),
    ],
)
def test_a_country_beside_the_name_decides(text: str, expected: list[str]) -> None:
    assert found(text) == expected


def test_whoever_fills_in_a_place_means_one() -> None:
    assert [place.locode for place in places.lookup("walvis bay")] == ["NAWVB"]
    assert [place.locode for place in places.lookup("Port of Split")] == ["HRSPU"]
    assert [place.locode for place in places.lookup("nawvb")] == ["NAWVB"]


def test_another_code_of_a_place_is_that_place() -> None:
    seoul = places.get("KRSSN")
    assert seoul
    assert seoul.locode == "KRSEL"


def test_no_hand_written_place_lost_a_name_to_the_wide_gazetteer() -> None:
    owners: dict[str, set[str]] = {}
    for place in gazetteer.hand_written().values():
        for name in place.spellings():
            owners.setdefault(places.fold(name), set()).add(place.locode)
    for name, locodes in owners.items():
        assert {place.locode for place in places.owners(name)} == locodes, name


def test_common_words_are_names_of_places_else_they_need_no_entry() -> None:
    wide = gazetteer.wide_index()
    useless = [w for w in gazetteer.common_words() if w not in wide and not w.isascii()]
    assert useless == []


def test_nearest_and_similar_offer_places() -> None:
    assert places.nearest(35.1, 129.04)[0].locode == "KRPUS"
    assert places.similar("Felixtowe")[0].locode == "GBFXT"
    assert places.similar("함부루크")[0].locode == "DEHAM"
    assert places.similar("zzzzqq") == []
