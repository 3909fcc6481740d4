"""Plain forms of one or two facts as they stand in short mails, and numbers that are no fact."""

import pytest

from freight.tests.reading import line, read

PLAIN = [
    # labels without a colon
    ("출발지 부산, 도착지 상하이", "- - - - KRPUS CNSHA"),
    ("출발 부산 도착 상하이", "- - - - KRPUS CNSHA"),
    ("출발지 부산\n도착지 상하이", "- - - - KRPUS CNSHA"),
    ("출발항 인천 / 도착항 하이퐁", "- - - - KRINC VNHPH"),
    ("선적항 부산 / 양하항 로테르담", "- - - - KRPUS NLRTM"),
    ("출발지 인천 목적지 방콕", "- - - - KRINC THBKK"),
    ("POL Busan POD Hamburg", "- - - - KRPUS DEHAM"),
    ("POL - Busan, POD - Hamburg", "- - - - KRPUS DEHAM"),
    ("origin Busan destination Los Angeles", "- - - - KRPUS USLAX"),
    ("Port of loading Busan / Port of discharge Antwerp", "- - - - KRPUS BEANR"),
    ("from: Busan to: LA", "- - - - KRPUS USLAX"),
    ("From Busan, to LA", "- - - - KRPUS USLAX"),
    ("積地 横浜 揚地 ロッテルダム", "- - - - JPYOK NLRTM"),
    ("出発地 東京、到着地 釜山", "- - - - JPTYO KRPUS"),
    ("東京発 釜山着", "- - - - JPTYO KRPUS"),
    ("東京発・釜山着", "- - - - JPTYO KRPUS"),
    ("釜山から横浜まで", "- - - - KRPUS JPYOK"),
    ("จากแหลมฉบังไปปูซาน", "- - - - THLCH KRPUS"),
    ("ต้นทาง แหลมฉบัง ปลายทาง ปูซาน", "- - - - THLCH KRPUS"),
    ("출발 편 확인 부탁드립니다. 부산 지사 김민수", "- - - - - -"),
    # container
    ("하이큐브 2대", "- 40ftHC - - - -"),
    ("High cube x 2", "- 40ftHC - - - -"),
    ("2 high cubes", "- 40ftHC - - - -"),
    ("ハイキューブ1本", "- 40ftHC - - - -"),
    ("ตู้ไฮคิวบ์ 1 ตู้", "- 40ftHC - - - -"),
    ("45피트 하이큐브 1대", "- 45ft - - - -"),
    ("20피트 또는 하이큐브 1대", "- - - - - -"),
    ("20피트 한 대", "- 20ft - - - -"),
    ("이십피트 두 대", "- 20ft - - - -"),
    ("one forty foot high cube", "- 40ftHC - - - -"),
    ("40' HC x 2", "- 40ftHC - - - -"),
    ("2x20'", "- 20ft - - - -"),
    ("2 x 20’ GP", "- 20ft - - - -"),
    ("1*40HQ", "- 40ftHC - - - -"),
    # dates
    ("12/10 출항 12/28 도착", "- - 2026-12-10 2026-12-28 - -"),
    ("12/10출항, 12/28도착", "- - 2026-12-10 2026-12-28 - -"),
    ("출항 12/10 도착 12/28", "- - 2026-12-10 2026-12-28 - -"),
    ("12/10, 12/28", "- - 2026-12-10 2026-12-28 - -"),
    ("12월 10일, 12월 28일이요", "- - 2026-12-10 2026-12-28 - -"),
    ("2026-12-10 / 2026-12-28", "- - 2026-12-10 2026-12-28 - -"),
    ("10 Dec and 28 Dec", "- - 2026-12-10 2026-12-28 - -"),
    ("12/10", "- - - - - -"),
    ("12/28, 12/10", "- - - - - -"),
    ("12/10, 12/28, 1/5", "- - - - - -"),
    ("12/10, 12/28은 휴무입니다", "- - - - - -"),
    ("ETD 5-Dec / ETA 20-Dec", "- - 2026-12-05 2026-12-20 - -"),
    ("ETD/ETA 5-Dec / 20-Dec", "- - 2026-12-05 2026-12-20 - -"),
    ("shipping on the 5th of December", "- - 2026-12-05 - - -"),
    ("다음주 수요일 출항", "- - 2026-11-25 - - -"),
    ("12월 중순 출항", "- - - - - -"),
    ("ship ASAP", "- - - - - -"),
    ("mid-December sailing", "- - - - - -"),
    ("出港希望日12/10", "- - 2026-12-10 - - -"),
    ("出港希望日12/10、到着希望日12/13", "- - 2026-12-10 2026-12-13 - -"),
    ("ออกเดินทาง 10 ธ.ค. 2569", "- - 2026-12-10 - - -"),
    ("ออกเดินทาง 10 ธ.ค. 69 ถึง 28 ธ.ค. 69", "- - 2026-12-10 2026-12-28 - -"),
    # weight
    ("총 무게 15톤", "15000 - - - - -"),
    ("G.W 18.5 tons", "18500 - - - - -"),
    ("G.W. : 18.5 MT", "18500 - - - - -"),
    ("8.5t", "8500 - - - - -"),
    ("18 500 kg", "18500 - - - - -"),
    ("18 500kg", "18500 - - - - -"),
    ("무게 1 200 kg", "1200 - - - - -"),
    ("2 500 kg", "2500 - - - - -"),
    ("น้ำหนัก 12 ตัน", "12000 - - - - -"),
    ("総重量 18,500キロ", "18500 - - - - -"),
]

NO_FACT = [
    "Tel. 040-2010-4500, Fax 02-1210-2045",
    "전화 010-4020-1210 / 팩스 02.2040.1228",
    "(우) 04512 서울시 중구 남대문로 40, 20층",
    "〒108-0014 東京都港区芝4-20-12 TEL 03-4020-1210",
    "40/12 ถนนพระราม 4 กรุงเทพฯ 10110 โทร 02-402-0125",
    "1210 Elm Street, Dallas TX 75270",
    "81-323 Gdynia, Poland",
    "인보이스 금액 USD 18,500 / 송장금액 KRW 120,400,000",
    "Invoice value EUR 40,120.00, PI 2026-1212",
    "PO No. 20261205, PO-2026-12-05, contract 4500201240",
    "PO 45HQ-2012 / ref 12/10-40HC",
    "HS code 8708.29.4020, HSコード 8466.93, HS 9403.60",
    "Model 40HC-200 machine",
    "제품명 MX-40HC, 모델 20FT-A, model no. HC-45X",
    "品名: 攪拌機 MX-40HC",
    "포장기 40HQ-S 2대",
    "Part no. 20GP-17, item 40DC/12, serial 45G1-2210",
    "SKU 22G1-X, article 10T-5000, drill bit 18T-500",
    "https://quotes.example/40HC/2026-12-10?weight=18500kg",
    "mail: 20ft@cargo.example",
    "사업자등록번호 120-40-20451",
    "Swift KODBKRSE, account 12-10-2026-4",
]


@pytest.mark.parametrize(("text", "gold"), PLAIN, ids=[text for text, _ in PLAIN])
def test_plain_form(text: str, gold: str) -> None:
    assert line(read(text)) == gold


@pytest.mark.parametrize("text", NO_FACT)
def test_number_that_is_no_fact(text: str) -> None:
    assert line(read(text)) == "- - - - - -"
