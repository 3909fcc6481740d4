"""Ends of the transport that names of ports, codes, lists and lone words tell, with what looks like them."""

# ruff: noqa: E501 - a case is a line

import datetime as dt

import pytest

from freight import places
from freight.extraction.routes import read_route
from freight.extraction.rules import merge, read_source
from freight.extraction.text import prepare
from freight.fields import Source


def ends(text: str) -> tuple[str | None, str | None]:
    prepared = prepare(text)
    route = read_route(prepared.text, prepared.cased)
    first, last = route.origin.found, route.destination.found
    return (first.value if first else None, last.value if last else None)


def mail(body: str, subject: str = "") -> tuple[str | None, str | None]:
    sources = [Source("body", body), Source("subject", subject)]
    facts = merge(
        [read_source(each, today=dt.date(2026, 11, 23), language="") for each in sources]
    ).facts
    return facts.origin, facts.destination


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # short codes of the trade: beside a label, an arrow or another place
        ("PUS / SAV\n40HC x 4", ("KRPUS", "USSAV")),
        ("LCB–Durban 2x40HC", ("THLCH", "ZADUR")),
        ("POL\tLCB\nPOD\tDurban", ("THLCH", "ZADUR")),
        ("BKK - FRA 27 kg", ("THBKK", "DEFRA")),
        ("rate from LCB to RTM please", ("THLCH", "NLRTM")),
        ("PUS/NGO 20DC", ("KRPUS", "JPNGO")),
        ("we ship aid to an NGO in Nairobi", (None, None)),
        ("please hand it to NGO staff", (None, None)),
        ("PO NO. SAV 200, rtm", (None, None)),
        # ports that are words and people
        ("TEMA / AMSTERDAM", ("GHTEM", "NLAMS")),
        ("PLS QUOTE SOONEST\nTEMA / AMSTERDAM\n10 X 20DV", ("GHTEM", "NLAMS")),
        ("Please rate from Pyeongtaek to Hamad, ETD 8 Dec.", ("KRPTK", "QAHMD")),
        ("Please send it to Hamad. Regards", (None, None)),
        ("부산항에서 포티까지 20피트", ("KRPUS", "GEPTI")),
        ("부산항에서 포티 피트 컨테이너", ("KRPUS", None)),
        ("이번 전시 테마로 진행", (None, None)),
        # names without a blank between
        ("부산에서함부르크까지", ("KRPUS", "DEHAM")),
        ("부산발함부르크행 40HC", ("KRPUS", "DEHAM")),
        ("함부르크에서부산까지", ("DEHAM", "KRPUS")),
        ("인천항에서상하이로 보냅니다", ("KRINC", "CNSHA")),
        ("발포함부르크", (None, None)),
        # a choice is none
        ("나베간치스 아니면 산토스 둘 중에 싼 쪽으로", (None, None)),
        ("출발지 : 부산 아니면 광양 (트럭비 보고 결정)", (None, None)),
        ("부산 아니고 광양에서 출발", ("KRKAN", None)),
        # lists in which one lane is live
        ("1. Valencia - Long Beach (contract till June, don't quote)\n2. La Spezia - Oakland\n3. Izmir - Houston (dead)", ("ITSPE", "USOAK")),
        ("1) 부산 - 상하이 : 이미 확정\n2) 부산 - 하이퐁 : 견적 필요", ("KRPUS", "VNHPH")),
        ("・横浜→上海 不要\n・名古屋→高雄", ("JPNGO", "TWKHH")),
        ("1. Valencia - Long Beach\n2. La Spezia - Oakland", (None, None)),
        # words beside a place
        ("운임이 필요합니다. 선적 부산, 일정은 나중에", ("KRPUS", None)),
        ("선적 부산 담당자에게", (None, None)),
        ("Have you any 45' high cubes at Southampton?", ("GBSOU", None)),
        ("quotation door our works Bielefeld to CFS/CY Busan", ("DEBFE", "KRPUS")),
        ("부산발 나이지리아 라고스(아파파), 플라스틱", ("KRPUS", "NGLOS")),
        ("ไปฮูสตัน FOB แหลมฉบัง", ("THLCH", "USHOU")),
        ("ขาไป: แหลมฉบัง - Jebel Ali\nขากลับ: Jebel Ali - แหลมฉบัง", ("THLCH", "AEJEA")),
        ("รอบที่แล้วส่งมุมไบ รอบนี้เปลี่ยนเป็นเชนไน", (None, "INMAA")),
    ],
)  # fmt: skip
def test_ends(text: str, expected: tuple[str | None, str | None]) -> None:
    assert ends(text) == expected


@pytest.mark.parametrize(
    ("body", "subject", "expected"),
    [
        ("부산서 40하이큐 나갑니다. 멕시코 만사니요요.", "", ("KRPUS", "MXZLO")),
        # a name that the list lacks is not replaced by another place
        ("부산에서 가나다라까지 40HC 운임 부탁드립니다", "함부르크 건 운임", ("KRPUS", None)),
        ("POL: Busan\nPOD: Xyzzyport\n40HC rate", "Hamburg rate", ("KRPUS", None)),
        ("부산에서 40HC 1대 운임 부탁드립니다", "함부르크 건 운임", ("KRPUS", "DEHAM")),
        ("POL: Busan\nPOD: TBA\n40HC rate", "Hamburg rate", ("KRPUS", "DEHAM")),
    ],
)
def test_ends_of_a_mail(body: str, subject: str, expected: tuple[str | None, str | None]) -> None:
    assert mail(body, subject) == expected


NAMES = {
    "CNTXG": "톈진 텐진 천진 天津 Tianjin Xingang 신강 เทียนจิน CNTSN", "VNSGN": "호치민 HCMC Saigon ホーチミン โฮจิมินห์",
    "VNCLI": "깟라이 Catlai カットライ", "VNCMT": "까이멥 Caimep カイメップ VNTOT", "INMAA": "첸나이 Chennai チェンナイ เจนไน เชนไน",
    "USHOU": "휴스턴 휴스톤 Houston ヒューストン ฮูสตัน ฮิวสตัน", "GHTEM": "테마항 Tema", "GEPTI": "포티항 Poti ポティ",
    "THLCH": "렘차방 램차방 Laemchabang Leamchabang レムチャバン แหลมฉบัง LCB LCH", "SIKOP": "코퍼 코페르 Koper コペル",
    "NLRTM": "로테르담 롯데르담 รอตเตอร์ดัม Rotterdam RTM", "CNLYG": "렌윈강 롄윈강 연운항 連雲港", "QAHMD": "하마드항 Hamad",
    "KWSWK": "슈와이크 Shuwaikh", "GBBEL": "벨파스트 Belfast", "JPAOJ": "아오모리 青森", "MXZLO": "만잔니요 만자니요",
    "BRITJ": "이타자이 Itajai", "TRAMR": "암발리 Ambarli", "NGTIN": "틴캔", "MGTOA": "타마타브 Toamasina",
}  # fmt: skip


@pytest.mark.parametrize(("locode", "names"), NAMES.items())
def test_names_of_busy_ports(locode: str, names: str) -> None:
    for name in names.split():
        assert [place.locode for place in places.lookup(name)] == [locode], name


@pytest.mark.parametrize(
    ("body", "number"),
    [
        ("발주번호 26-12-0077\n아래와 같이 운송을 발주합니다.", "26-12-0077"),
        ("2안(BB-2026-000941)으로 결정했습니다. 1안(BB-2026-000940)은 폐기해 주십시오.", "BB-2026-000941"),
        ("Please proceed with BB-2026-000941. BB-2026-000940 can be discarded.", "BB-2026-000941"),
        ("BB-2026-000941を採用します。BB-2026-000940は破棄してください。", "BB-2026-000941"),
        ("발주일 26-12-2026, 진행", None),
    ],
)  # fmt: skip
def test_order_number(body: str, number: str | None) -> None:
    found = read_source(Source("body", body), today=dt.date(2026, 11, 23), language="").order_number
    assert (found.value if found else None) == number
