"""Whole letters as customers write them: all six facts of each, in four languages."""

# ruff: noqa: E501 - a paragraph of a letter is a line

import pytest

from freight.tests.reading import line, read

LETTERS = [
    (
        """Hi,

Looking for a rate on a shipment from our plant in Daegu to Gdansk, Poland. We have 14 crates, total gross 9.8 tonnes, should fit into a 20' GP. Goods will be ready for collection on 2nd December and our customer expects delivery no later than 25th January 2027.

Many thanks,
Peter""",
        "9800 20ft 2026-12-02 2027-01-25 KRTAE PLGDN",
        1,
    ),
    (
        """Hello

Need pricing ASAP:
Commodity: machine parts
Qty: 3x40HQ
GW: 54,000kgs (18,000 kgs/cntr)
From: Incheon, Korea
To: Felixstowe, UK
ETD: around 10-Dec
ETA: by 25-Jan

regards""",
        "54000 40ftHC 2026-12-10 2027-01-25 KRINC GBFXT",
        3,
    ),
    (
        """수출 운송 견적 문의드립니다.

저희 구미 공장에서 출고하여 부산항 통해 미국 시카고까지 보내야 합니다.
화물은 파렛트 18개이고 파렛트당 720kg입니다. 40피트 한 대에 실릴 것 같습니다.
출고는 12월 7일 가능하고, 늦어도 1월 20일까지는 도착해야 합니다.""",
        "12960 40ft 2026-12-07 2027-01-20 KRKUM USCHI",
        1,
    ),
    (
        """안녕하세요
이전 문의(부산-도쿄 20ft) 건 말고 새로 문의드립니다.
평택에서 칭다오, 40HQ 2대, 중량 각 19톤입니다.
선적 11/30, 도착 12/3 예정입니다.""",
        "38000 40ftHC 2026-11-30 2026-12-03 KRPTK CNTAO",
        2,
    ),
    (
        """Subject to your best offer:

| Origin | Destination | Container | Gross weight (kg) | ETD | ETA |
| Busan | Long Beach | 40HC | 19,850 | 2026-12-08 | 2026-12-24 |""",
        "19850 40ftHC 2026-12-08 2026-12-24 KRPUS USLGB",
        1,
    ),
    (
        """Origin\tDestination\tContainer\tGross weight (kg)\tETD\tETA
Busan\tLong Beach\t40HC\t19,850\t2026-12-08\t2026-12-24""",
        "19850 40ftHC 2026-12-08 2026-12-24 KRPUS USLGB",
        1,
    ),
    (
        """Dear Sirs, kindly advise your best ocean freight for 1 FEU dry, 21.5 mt of polyethylene resin, Ulsan / Ho Chi Minh City, shipment 15th December latest, arrival before Christmas.""",
        "21500 40ft 2026-12-15 - KRUSN VNSGN",
        1,
    ),
    (
        """To: BusyBee
We'd like to move one 40' high-cube of furniture (about 11,200 kgs) out of Ho Chi Minh City. Final stop is our warehouse in Toronto, via Vancouver port. It should sail December 12 and reach us by January 25.""",
        "11200 40ftHC 2026-12-12 2027-01-25 VNSGN CATOR",
        1,
    ),
    (
        """お見積り依頼
品名：機械部品
総重量 7.2トン、ネット6.5トン
20フィート×1
神戸港→釜山港
ETD 12/1 ETA 12/4
ご確認のほどよろしくお願いいたします。""",
        "7200 20ft 2026-12-01 2026-12-04 JPUKB KRPUS",
        1,
    ),
    (
        """สวัสดีค่ะ ต้องการส่งสินค้าจากระยองไปท่าเรือฮัมบูร์ก ใช้ตู้ 40HC 2 ตู้ น้ำหนักรวมประมาณ 38 ตัน สินค้าพร้อมวันที่ 5 ธันวาคม ต้องถึงภายในวันที่ 20 มกราคม 2570""",
        "38000 40ftHC 2026-12-05 2027-01-20 THRYG DEHAM",
        2,
    ),
    (
        """견적 요청합니다. 품목 타일, 20FT*3, 총 66톤, POL 부산 / POD 시드니, ETD 12월 8일, ETA 12월 28일""",
        "66000 20ft 2026-12-08 2026-12-28 KRPUS AUSYD",
        3,
    ),
    (
        """Re: your question. The container should be a 40ft and the gross weight is 17.3 tons. Departure date is Dec 9.

On Thu, 19 Nov 2026 BusyBee <q@busybee.example> wrote:
> Which container and weight? """,
        "17300 40ft 2026-12-09 - - -",
        1,
    ),
    (
        """질문 주신 내용 답변드립니다.
1. 총중량: 23,400 kg
2. 도착희망일: 내년 1월 15일
감사합니다.""",
        "23400 - - 2027-01-15 - -",
        1,
    ),
    (
        """We are shipping from Santos to Busan. 25 tons net, 25.8 tons gross. 1 x 40' HC. Loading on Monday 7 December, needs to arrive no later than Friday 29 January.""",
        "25800 40ftHC 2026-12-07 2027-01-29 BRSSZ KRPUS",
        1,
    ),
    (
        """광양에서 선적해서 나고야로 가는 40피트 드라이 1대 운임 알려주세요. 중량은 아직 모르겠습니다. 출항은 11월 30일(월)이고 도착은 12월 3일(목)까지요.""",
        "- 40ft 2026-11-30 2026-12-03 KRKAN JPNGO",
        1,
    ),
    (
        """Can you do Busan–Antwerp, 2x20', 2 x 24.5t, CRD 1 Dec, must be delivered 15 Jan 2027 at the latest?""",
        "49000 20ft 2026-12-01 2027-01-15 KRPUS BEANR",
        2,
    ),
    (
        """12월 10일까지 로테르담에 도착해야 하는 화물이 있습니다. 11월 25일 부산항 출항, 40ft HC, 16,500킬로.""",
        "16500 40ftHC 2026-11-25 2026-12-10 KRPUS NLRTM",
        1,
    ),
    (
        """Good morning,
please offer FCL 1x20'DV Busan - Felixstowe, cargo weight 14.200 kg, ready 4.12.2026, required on site 22.1.2027.
Mit freundlichen Grüßen
Klaus Weber, Weber GmbH, Hamburg""",
        "14200 20ft 2026-12-04 2027-01-22 KRPUS GBFXT",
        1,
    ),
    (
        """Hi team, could you let me know availability for next month? We have around 20 tons going from Tokyo to Sydney. Dates are flexible. Thanks, Amy""",
        "20000 - - - JPTYO AUSYD",
        1,
    ),
    (
        """The shipment originates in Ulsan and is destined for Gothenburg. It consists of 2 forty-foot high cubes, with combined gross weight of 41.2 MT. We would like it to leave on the 12th of December and get there by the 30th of January.""",
        "41200 40ftHC 2026-12-12 2027-01-30 KRUSN SEGOT",
        2,
    ),
    (
        """How much to ship a 40 footer from Oakland to Busan? 44,000 pounds. Leaves 12/10, has to be there by 1/5. - Bob, Bay Foods Inc.""",
        "19958 40ft 2026-12-10 2027-01-05 USOAK KRPUS",
        1,
    ),
    (
        """Origin - Qingdao
Destination - Los Angeles
Equipment - 40HC x 2
Weight - 38 tons total
Ready date - Dec 2
Target ETA - Dec 28""",
        "38000 40ftHC 2026-12-02 2026-12-28 CNTAO USLAX",
        2,
    ),
    (
        """안녕하십니까. 대한기계 박부장입니다.
[운송 의뢰 내용]
출발지 : 경남 창원시 성산구 (당사 공장)
도착지 : 독일 함부르크
화물 : 공작기계 3대 (대당 6.2톤)
컨테이너 : 40ft 1개
출발 희망일 : 2026년 12월 11일(금)
도착 요청일 : 2027년 1월 25일(월)""",
        "18600 40ft 2026-12-11 2027-01-25 KRCHW DEHAM",
        1,
    ),
    (
        """인천공항 말고 인천항에서 나가는 걸로 부탁드려요. 목적지는 LA, 40하이큐브 1대, 무게 15,800kg. 선적은 다음주 목요일, 도착은 다음달 20일까지 가능할까요?""",
        "15800 40ftHC 2026-11-26 2026-12-20 KRINC USLAX",
        1,
    ),
    (
        """견적 부탁드립니다. 품목: 화장품 / 수량: 800박스 / 박스당 12kg / 구간: 인천 → 방콕 / 20ft / 12월 3일 선적 / 12월 15일 도착""",
        "9600 20ft 2026-12-03 2026-12-15 KRINC THBKK",
        1,
    ),
    (
        """운임 문의합니다. 서울에서 보내는 게 아니고 대구 공장에서 출발합니다. 부산 경유해서 밴쿠버까지 가고요, 최종 목적지는 토론토입니다.""",
        "- - - - KRTAE CATOR",
        1,
    ),
    (
        """前回と同じく東京から釜山への輸送ですが、今回は40HC、16トンです。12/8出港、12/11着でお願いします。""",
        "16000 40ftHC 2026-12-08 2026-12-11 JPTYO KRPUS",
        1,
    ),
    (
        """横浜港発、レムチャバン港着の20フィートドライコンテナ2本の運賃をお知らせください。1本あたり18トン、出荷可能日は12月4日、納期は12月18日です。""",
        "36000 20ft 2026-12-04 2026-12-18 JPYOK THLCH",
        2,
    ),
    (
        """大阪の工場から集荷し、ハンブルクの顧客まで。重量は約九トン、20ft1本。集荷日：12月7日（月）、納期：2027年1月29日。""",
        "9000 20ft 2026-12-07 2027-01-29 JPOSA DEHAM",
        1,
    ),
    (
        """อยากทราบค่าระวางจากแหลมฉบังไปโยโกฮาม่า 1x40'HC น้ำหนัก 22,500 กิโลกรัม ETD 8 ธ.ค. 2569 ETA 20 ธ.ค. 2569 ค่ะ""",
        "22500 40ftHC 2026-12-08 2026-12-20 THLCH JPYOK",
        1,
    ),
    (
        """ขอใบเสนอราคาขนส่ง ท่าเรือต้นทาง กรุงเทพ ท่าเรือปลายทาง ลอสแอนเจลิส สินค้า 18 พาเลท พาเลทละ 600 กก. ตู้ 40 ฟุต วันโหลด 10/12/2569 ต้องถึงก่อน 15/01/2570""",
        "10800 40ft 2026-12-10 2027-01-15 THBKK USLAX",
        1,
    ),
    (
        """Update to my request below: it will be 21 tons instead of 18, everything else unchanged (Busan to Osaka, 20ft, sailing 3 Dec, arrival 5 Dec).""",
        "21000 20ft 2026-12-03 2026-12-05 KRPUS JPOSA",
        1,
    ),
    (
        """Please quote freight for the following: 5 machines, 3,200 kg apiece, Masan to Houston, two 40-footers, on board by 18 Dec, ETA Houston 25 Jan.""",
        "16000 40ft 2026-12-18 2027-01-25 KRMAS USHOU",
        2,
    ),
    (
        """부산에서 오사카까지 20피트 한 대 보낼 건데요 무게는 만이천킬로 정도고 28일에 출항해서 12월 1일에 도착하면 됩니다.""",
        "12000 20ft 2026-11-28 2026-12-01 KRPUS JPOSA",
        1,
    ),
    (
        """1. POL: KRPUS 2. POD: JPTYO 3. 22G1 x 1 4. G/W 9,800KG 5. ETD 2026/12/01 6. ETA 2026/12/03""",
        "9800 20ft 2026-12-01 2026-12-03 KRPUS JPTYO",
        1,
    ),
]


@pytest.mark.parametrize(("body", "expected", "containers"), LETTERS)
def test_letter(body: str, expected: str, containers: int) -> None:
    got = read(body)
    assert (line(got), got.facts.boxes) == (expected, containers)
    for item in got.evidence.values():
        assert item.quote == body[item.start : item.end]
