"""Origin and destination: what people write in four languages, and what must not be read as either."""

# ruff: noqa: E501 - a case is a line

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freight import places
from freight.extraction.routes import read_route
from freight.extraction.text import prepare, prepare_older
from freight.fields import Source
from freight.tests.reading import read

KO = [
    ("부산에서 상하이로 40피트 1대", "KRPUS CNSHA"),
    ("부산발 롱비치행 40HC 운임 부탁드립니다", "KRPUS USLGB"),
    ("부산서 함부르크까지 얼마인가요", "KRPUS DEHAM"),
    ("인천 출발 호치민 도착 20피트", "KRINC VNSGN"),
    ("부산 -> 로테르담 20ft", "KRPUS NLRTM"),
    ("부산 ⇒ 싱가포르 ⇒ 로테르담 20ft", "KRPUS NLRTM"),
    ("부산↔LA 왕복 말고 편도요", "KRPUS USLAX"),
    ("부산/함부르크 40HC*3", "KRPUS DEHAM"),
    ("부산 함부르크 40HC 3대", "KRPUS DEHAM"),
    ("POL: 부산\nPOD: LA", "KRPUS USLAX"),
    ("POL/POD : 부산/LA", "KRPUS USLAX"),
    ("POL / POD = BUSAN - HAMBURG", "KRPUS DEHAM"),
    ("출발지/도착지: 부산 / 함부르크", "KRPUS DEHAM"),
    ("선적항 및 양하항: 부산 및 함부르크", "KRPUS DEHAM"),
    ("출 발 지 : 부산\n도 착 지 : 함부르크", "KRPUS DEHAM"),
    ("선 적 항   부산\n양 하 항   함부르크", "KRPUS DEHAM"),
    ("출발지 ..... 부산\n도착지 ..... 싱가포르", "KRPUS SGSIN"),
    ("출발지……부산\n도착지……싱가포르", "KRPUS SGSIN"),
    ("■ 출발: 인천\n■ 도착: 오사카", "KRINC JPOSA"),
    ("1) 선적지 - 부산\n2) 목적지 - 함부르크", "KRPUS DEHAM"),
    ("출발지\n부산\n도착지\n함부르크", "KRPUS DEHAM"),
    ("출발은 부산이고 도착은 함부르크입니다", "KRPUS DEHAM"),
    ("출발지는 부산, 최종 목적지는 시카고입니다 (롱비치 경유)", "KRPUS USCHI"),
    ("부산(출발지) 함부르크(도착지)", "KRPUS DEHAM"),
    ("POL 부산 / POD 롱비치 / 최종도착지 시카고", "KRPUS USCHI"),
    ("FOB 상하이 조건이고 인천항까지 부탁드립니다", "CNSHA KRINC"),
    ("CIF 함부르크로 부산에서 나갑니다", "KRPUS DEHAM"),
    ("DAP 시카고, 부산 선적", "KRPUS USCHI"),
    ("EXW 함부르크, 도착항 부산", "DEHAM KRPUS"),
    ("부산항 12월 16일(수) 출항 희망, 함부르크항 1월 20일 도착", "KRPUS DEHAM"),
    ("부산에서 인천 거쳐 상하이까지", "KRPUS CNSHA"),
    ("부산 출발, 싱가포르 환적, 함부르크 도착", "KRPUS DEHAM"),
    ("목적지를 LA에서 롱비치로 변경합니다. 부산 출발은 그대로입니다.", "KRPUS USLGB"),
    ("나고야 말고 오사카로 해주세요. 인천 출발", "KRINC JPOSA"),
    ("출발항: 마산 → 아닙니다, 부산으로 정정합니다\n도착항: 함부르크", "KRPUS DEHAM"),
    ("도착지는 함부르크가 아니라 로테르담입니다. 부산 출발이요", "KRPUS NLRTM"),
    ("화장품 LA 나가는 거 40HC 두 대요. 부산 11/28 출항편", "KRPUS USLAX"),
    ("함부르크 수출 건입니다. 선적항: 부산", "KRPUS DEHAM"),
    ("함부르크 수출 건으로 연락드립니다. 부산항 12월 16일(수) 출항 희망", "KRPUS DEHAM"),
    ("바르셀로나 40피트 리퍼 2대 스페이스 되나요? 모레 부산에서 적재", "KRPUS ESBCN"),
    ("뉴욕쪽 컨테이너 시세가 어떻게 되는지요? 부산 기준으로 알려주세요", "KRPUS USNYC"),
    ("군산에서 인쇄용지 수출합니다\n호치민 40피트 두대", "KRKUV VNSGN"),
    ("칭다오 공급사에서 광양으로 들여옵니다", "CNTAO KRKAN"),
    ("상하이에서 수입합니다. 인천 도착이요", "CNSHA KRINC"),
    ("함부르크 공장에서 픽업해서 부산까지", "DEHAM KRPUS"),
    ("부산까지는 저희가 직접 운송하고, 부산에서 함부르크까지 해상만 부탁드립니다", "KRPUS DEHAM"),
    ("도쿄 보내고 싶어요 얼마에요", "- JPTYO"),
    ("호놀룰루로 갑니다", "- USHNL"),
    ("호치민(Cat Lai) 출발, 부산 도착 40HC", "VNSGN KRPUS"),
    ("40피트 리퍼 / 부산 / 12월 8일 출항 / 가오슝행", "KRPUS TWKHH"),
    # not to be read
    ("부산 또는 인천에서 도쿄로", "- JPTYO"),
    ("함부르크나 로테르담으로 보내려고요. 부산 출발", "KRPUS -"),
    ("LA로 할지 롱비치로 할지 아직 못 정했어요. 부산 출발입니다", "KRPUS -"),
    ("선적항은 울산 부산 상관없습니다. 도쿄로 보냅니다", "- JPTYO"),
    ("부산 출발인데 상하이? 닝보? 아무튼 중국이요", "KRPUS -"),
    ("지난번 함부르크 건은 잘 받았습니다. 이번엔 부산에서 로테르담으로요", "KRPUS NLRTM"),
    ("서울에 있는 한빛무역입니다. 인천에서 도쿄로 보냅니다", "KRINC JPTYO"),
    ("서울에 있는 한빛무역입니다. 도쿄로 보냅니다", "- JPTYO"),
    ("제주 녹차 수출업체입니다. 함부르크까지 얼마인가요", "- DEHAM"),
    ("부산지사 김철수입니다. 상하이로 20피트 보냅니다", "- CNSHA"),
    (
        "호주 시드니에서 한식당 운영하는 김철수라고 합니다. 부산에서 시드니까지 20피트",
        "KRPUS AUSYD",
    ),
    ("부산에서 부산으로 보내주세요", "- -"),
    ("부산 날씨가 춥네요. 견적 부탁드립니다", "- -"),
    ("미국으로 보내려고 합니다", "- -"),
    ("시드니에 있는 한인마트에서 주문이 와서요. 부산항에서 보낼게요", "KRPUS AUSYD"),
    ("부산에서 인천으로 변경 부탁드립니다", "- -"),
    (
        "가는 편: 부산 → 오사카, 12월 7일 출발\n오는 편: 오사카 → 부산, 12월 21일 출발",
        "KRPUS JPOSA",
    ),
    ("두 건 견적 부탁드립니다.\n1) 부산 → 함부르크 20ft\n2) 인천 → 도쿄 40ft", "- -"),
]
EN = [
    ("Please quote 1x40HC from Busan to Hamburg", "KRPUS DEHAM"),
    ("Busan to Hamburg, 20ft", "KRPUS DEHAM"),
    ("need a rate ex Busan for Rotterdam", "KRPUS NLRTM"),
    ("Origin: Busan, Korea\nDestination: Hamburg, Germany", "KRPUS DEHAM"),
    ("Port of loading - Busan\nPort of discharge - Hamburg", "KRPUS DEHAM"),
    ("POL Busan POD Hamburg", "KRPUS DEHAM"),
    ("POL/POD: BUSAN / HAMBURG", "KRPUS DEHAM"),
    ("From: Busan\nTo: Hamburg", "KRPUS DEHAM"),
    ("FROM/TO: Busan/Hamburg", "KRPUS DEHAM"),
    (
        "Place of receipt: Seoul\nPOL: Busan\nPOD: Long Beach\nPlace of delivery: Chicago",
        "KRSEL USCHI",
    ),
    ("Busan - Long Beach - Chicago (rail)", "KRPUS USCHI"),
    ("Busan via Singapore to Hamburg", "KRPUS DEHAM"),
    ("Shanghai / Rotterdam\n10 x 20DV", "CNSHA NLRTM"),
    ("FOB Shanghai, we need it in Rotterdam by January", "CNSHA NLRTM"),
    ("CIF Antwerp, ocean freight from Kaohsiung", "TWKHH BEANR"),
    ("DDP Chicago from our factory in Busan", "KRPUS USCHI"),
    ("The shipment originates in Ulsan and is destined for Gothenburg", "KRUSN SEGOT"),
    ("space on vessel departing Qingdao December 6 for Incheon", "CNTAO KRINC"),
    ("We truck it to Busan ourselves; ocean only Busan to Hamburg", "KRPUS DEHAM"),
    ("The destination changed from Hamburg to Rotterdam, still ex Busan", "KRPUS NLRTM"),
    ("Destination is Felixstowe instead of London, loading in Busan", "KRPUS GBFXT"),
    ("we need to get a house to Halifax, Nova Scotia. It's in Rotterdam.", "NLRTM CAHAL"),
    (
        "Shop in Toronto ordered baskets. We're in Johannesburg. What would shipping cost?",
        "ZAJNB CATOR",
    ),
    ("some pieces to send to a dealer in Auckland", "- NZAKL"),
    ("one container from our workshop in Hamburg to Sydney port", "DEHAM AUSYD"),
    ("Round trip: Busan to Osaka on 7 Dec, and back to Busan on 21 Dec", "KRPUS JPOSA"),
    ("What's a 20 footer Houston to Cartagena Colombia run these days?", "USHOU COCTG"),
    ("Pick up in Busan, deliver to Chicago", "KRPUS USCHI"),
    ("Origin is Busan and destination is Hamburg", "KRPUS DEHAM"),
    ("Busan (POL) Hamburg (POD)", "KRPUS DEHAM"),
    ("From: Busan | To: Hamburg | 40HC", "KRPUS DEHAM"),
    # not to be read
    ("either Busan or Incheon to Hamburg", "- DEHAM"),
    ("from Busan to Hamburg or Rotterdam", "KRPUS -"),
    ("We are a small furniture maker in London. Price for a container to Sydney?", "- AUSYD"),
    ("tractor to Brisbane\nChuck Dawson\n1210 Elm Street, Dallas TX 75270", "- AUBNE"),
    ("I spoke to your colleague in Hamburg. Rate from Busan please.", "KRPUS -"),
    ("Greetings from Sydney! Rate from Busan to Melbourne?", "KRPUS AUMEL"),
    (
        "Our last shipment went from Busan to Hamburg. Now we need Incheon to Rotterdam.",
        "KRINC NLRTM",
    ),
    ("Thanks for your mail from Seoul.", "- -"),
    ("from Busan to Busan", "- -"),
    ("to be confirmed from our side", "- -"),
]
JA = [
    ("東京から上海まで20フィート", "JPTYO CNSHA"),
    ("東京発上海着 20ft", "JPTYO CNSHA"),
    ("横浜→ロサンゼルス 40HC", "JPYOK USLAX"),
    ("神戸より釜山向け 40ft", "JPUKB KRPUS"),
    ("積み地:名古屋\n揚げ地:ロングビーチ", "JPNGO USLGB"),
    ("積 地  神戸\n揚 地  釜山", "JPUKB KRPUS"),
    ("POL/POD:横浜/釜山", "JPYOK KRPUS"),
    ("積地・揚地:横浜・釜山", "JPYOK KRPUS"),
    ("出発地は東京、仕向地はハンブルクです", "JPTYO DEHAM"),
    ("発地|大阪\n着地|釜山", "JPOSA KRPUS"),
    ("仕出港:大阪\n仕向港:シドニー", "JPOSA AUSYD"),
    ("行き先はメルボルンです。横浜積み", "JPYOK AUMEL"),
    ("横浜から釜山経由でロッテルダムまで", "JPYOK NLRTM"),
    ("工場からトラックで横浜まで持ってくので、横浜→ロサンゼルスの船だけ", "JPYOK USLAX"),
    ("往路 東京港 → ホーチミン 12/2出港\n復路 ホーチミン → 東京港 1/15出港", "JPTYO VNSGN"),
    ("仕向地をハンブルクからロッテルダムに変更します。東京発です", "JPTYO NLRTM"),
    ("ロンドンのレストランに日本酒を出荷します。神戸からの船便で", "JPUKB GBLON"),
    ("大阪から上海 来週水曜 20ft 値段おしえて", "JPOSA CNSHA"),
    ("横浜からシンガポール、40HC", "JPYOK SGSIN"),
    ("釜山向けです。名古屋発。20FTです。", "JPNGO KRPUS"),
    ("上海から輸入します。横浜着で", "CNSHA JPYOK"),
    ("FOB 横浜、CIF ではなく。ハンブルクまで", "JPYOK DEHAM"),
    # not to be read
    ("大阪の山田商事です。釜山まで20ft", "- KRPUS"),
    ("東京か横浜からシドニーまで", "- AUSYD"),
    ("行き先はメルボルンで、港は未定です(東京か横浜の予定)", "- AUMEL"),
    ("前回の神戸→上海の件はなくなりました。博多→釜山で見積を", "JPHKT KRPUS"),
    ("東京から東京まで", "- -"),
    (
        "          案A           案B\n積み地     東京            広島\n揚げ地     ハイフォン    ホーチミン",
        "- -",
    ),
]
TH = [
    ("จากแหลมฉบังไปโตเกียว", "THLCH JPTYO"),
    ("แหลมฉบังไปโตเกียวหน่อยครับ", "THLCH JPTYO"),
    ("แหลมฉบัง - เซี่ยงไฮ้", "THLCH CNSHA"),
    ("แหลมฉบัง->เซี่ยงไฮ้", "THLCH CNSHA"),
    ("ต้นทาง: แหลมฉบัง\nปลายทาง: ฮัมบูร์ก", "THLCH DEHAM"),
    ("ต้นทาง (POL)    : แหลมฉบัง\nปลายทาง (POD)  : ฮัมบูร์ก", "THLCH DEHAM"),
    ("ต้นทาง/ปลายทาง : กรุงเทพ / โตเกียว", "THBKK JPTYO"),
    ("ท่าเรือต้นทาง แหลมฉบัง ท่าเรือปลายทาง โตเกียว", "THLCH JPTYO"),
    ("ส่งของไปออสเตรเลีย เมลเบิร์น จากกรุงเทพ", "THBKK AUMEL"),
    ("ขอราคาไปโตเกียว ลงเรือที่แหลมฉบัง", "THLCH JPTYO"),
    ("ทางเรือจากแหลมฉบังผ่านสิงคโปร์ไปฮัมบูร์ก", "THLCH DEHAM"),
    ("เราลากตู้เองไปแหลมฉบัง ขอแค่ค่าเรือ แหลมฉบัง - เซี่ยงไฮ้", "THLCH CNSHA"),
    ("ปลายทางขอแก้จากโตเกียวเป็นโอซาก้า ออกจากแหลมฉบัง", "THLCH JPOSA"),
    ("นำเข้าจากเซี่ยงไฮ้เข้าแหลมฉบัง", "CNSHA THLCH"),
    ("FOB แหลมฉบัง ไปซิดนีย์", "THLCH AUSYD"),
    ("ไปซิดนีย์ราคาเท่าไร", "- AUSYD"),
    # not to be read
    ("ไปโตเกียวหรือโอซาก้าก็ได้ จากแหลมฉบัง", "THLCH -"),
    ("ครั้งที่แล้วส่งโตเกียว ครั้งนี้ไปโอซาก้า จากแหลมฉบัง", "THLCH JPOSA"),
    ("จากไทยไปเยอรมัน", "- -"),
    ("(บริษัทอยู่บางนา กรุงเทพฯ) แหลมฉบัง -> โตเกียว", "THLCH JPTYO"),
]

MORE = [
    ("안녕하세요, 신규 문의입니다.\n\n구간: 부산 ~ 함부르크\n화물: 기계", "KRPUS DEHAM"),
    ("구간 : 부산-싱가포르-로테르담", "KRPUS NLRTM"),
    ("운송구간 부산항 → 미국 시카고(도어)", "KRPUS USCHI"),
    ("평택항에서 선적해서 칭다오항으로 보낼 예정입니다", "KRPTK CNTAO"),
    ("출고지는 창원공장이고 선적은 부산, 도착은 함부르크항", "KRCHW DEHAM"),
    ("창원 공장 픽업 → 부산항 → 함부르크항", "KRCHW DEHAM"),
    ("상차지: 대구 / 선적항: 부산 / 양하항: LA / 최종목적지: 댈러스", "KRTAE USDAL"),
    ("미국 댈러스까지 도어로, 부산에서 LA항 경유요", "KRPUS USDAL"),
    ("부산 CY - 함부르크 CY", "KRPUS DEHAM"),
    ("부산(KRPUS)-함부르크(DEHAM)", "KRPUS DEHAM"),
    ("부산항(BUSAN)에서 함부르크항(HAMBURG)까지", "KRPUS DEHAM"),
    ("독일 함부르크로 수출하려는데 부산항 이용합니다", "KRPUS DEHAM"),
    ("부산항 이용 예정이고 목적항은 함부르크예요", "KRPUS DEHAM"),
    ("도착항이 함부르크, 출발항이 부산입니다", "KRPUS DEHAM"),
    ("함부르크에 12월 20일까지 도착해야 합니다. 부산에서 실어요", "KRPUS DEHAM"),
    ("함부르크에서 인천으로 들여오는 기계 운임", "DEHAM KRINC"),
    ("중국 상하이 공장에서 물건 가져와야 합니다. 인천으로요.", "CNSHA KRINC"),
    ("상하이 → 인천 수입 건", "CNSHA KRINC"),
    ("오사카 수입 견적 문의", "JPOSA -"),
    ("베트남 호치민 수출 견적 문의", "- VNSGN"),
    ("호치민 견적 문의", "- VNSGN"),
    ("인천 도쿄 컨테이너 언제 배 있어요?", "KRINC JPTYO"),
    ("도쿄, 인천에서 40피트", "KRINC JPTYO"),
    ("부산에서 나가는 건데 바이어가 함부르크에 있어요", "KRPUS DEHAM"),
    ("부산에서 출발하는 배로 뉴욕", "KRPUS USNYC"),
    ("도착지가 함부르크에서 로테르담으로 바뀌었습니다. 출발은 그대로 부산", "KRPUS NLRTM"),
    ("선적항을 인천이 아닌 부산으로 해주세요. 도착항 함부르크", "KRPUS DEHAM"),
    ("발신: 부산 한빛물산 김철수\n상하이까지 20피트 견적", "- CNSHA"),
    ("함부르크에서 열리는 전시회에 출품합니다. 부산에서 보냅니다", "KRPUS DEHAM"),
    ("부산본부세관 통관 완료. 함부르크로 보내주세요", "- DEHAM"),
    ("도쿄 지사에서 요청한 건입니다. 부산에서 오사카로", "KRPUS JPOSA"),
    ("출발지 : TBA\n도착지 : 함부르크", "- DEHAM"),
    ("출발지: 미정\n도착지: 미정", "- -"),
    ("출발지: 부산/인천 중 저렴한 곳\n도착지: 도쿄", "- JPTYO"),
    ("도착지: 함부르크 or 로테르담\n출발지: 부산", "KRPUS -"),
    ("출발지: 부산 (또는 인천)\n도착지: 도쿄", "- JPTYO"),
    ("대한민국 부산광역시 → 일본 오사카", "KRPUS JPOSA"),
    ("We'd like to ship 2x40HC of tiles out of Valencia, going to Busan", "ESVLC KRPUS"),
    ("Valencia-Busan, 2x40HC", "ESVLC KRPUS"),
    ("Loading port is Valencia. Discharge at Busan.", "ESVLC KRPUS"),
    ("goods are in Valencia, need them in Busan", "ESVLC KRPUS"),
    ("Busan is where it has to go, from Valencia", "ESVLC KRPUS"),
    ("looking to move a container Valencia > Busan", "ESVLC KRPUS"),
    ("what would it cost to get a 40ft to Busan? we'd load in Valencia", "ESVLC KRPUS"),
    ("Our buyer in Hamburg wants 2 containers. Cargo is at our plant in Busan.", "KRPUS DEHAM"),
    ("Place of Receipt\tBusan CY\nPort of Discharge\tHamburg", "KRPUS DEHAM"),
    ("Ship from: Busan, South Korea\nShip to: Hamburg, Germany", "KRPUS DEHAM"),
    ("Shipper is in Busan, consignee in Hamburg", "KRPUS DEHAM"),
    ("Final destination Chicago, IL (via Long Beach). POL Busan", "KRPUS USCHI"),
    ("Busan/Chicago door, via Vancouver", "KRPUS USCHI"),
    ("Not from Busan but from Incheon to Hamburg", "KRINC DEHAM"),
    ("Please cancel the Rotterdam lot. Hamburg only, ex Busan", "KRPUS DEHAM"),
    ("Could you also quote Rotterdam? Same cargo from Busan.", "KRPUS NLRTM"),
    ("from Busan or Incheon, whichever is cheaper, to Hamburg", "- DEHAM"),
    ("Hamburg/Rotterdam, whichever is faster, from Busan", "KRPUS -"),
    ("please quote FCA Busan and DAP Hamburg", "KRPUS DEHAM"),
    ("Incoterm: CFR Hamburg. Loading port: Busan", "KRPUS DEHAM"),
    ("Two shipments: Busan to Hamburg and Incheon to Tokyo", "- -"),
    ("Best regards,\nJohn Smith\nGlobal Trading Ltd\nHamburg, Germany", "- -"),
    (
        "Do you have an office in Hamburg? We need a container from Busan to Rotterdam",
        "KRPUS NLRTM",
    ),
    ("We have an agent in Hamburg who will clear it. From Busan to Rotterdam", "KRPUS NLRTM"),
    ("to Hamburg please, thanks. Kim, Busan", "- DEHAM"),
    ("the vessel Hamburg Express from Busan to Rotterdam", "KRPUS NLRTM"),
    ("Is Long Beach congested? We ship from Busan to Oakland, CA", "KRPUS USOAK"),
    ("From Busan to Hamburg, return empty to Busan", "KRPUS DEHAM"),
    ("It leaves Busan on 5 Dec and reaches Hamburg on 10 Jan", "KRPUS DEHAM"),
    ("arrival in Hamburg before Jan 10, departure from Busan Dec 1", "KRPUS DEHAM"),
    ("ETD Busan 5 Dec, ETA Hamburg 10 Jan", "KRPUS DEHAM"),
    ("ETD Busan 5 Dec, ETA Long Beach 20 Dec, then rail to Chicago", "KRPUS USCHI"),
    ("大阪港から釜山港へ 20ft 1本", "JPOSA KRPUS"),
    ("大阪ー釜山 20ft", "JPOSA KRPUS"),
    ("大阪〜釜山 20ft", "JPOSA KRPUS"),
    ("大阪/釜山 20ft 見積", "JPOSA KRPUS"),
    ("輸出:大阪 → 釜山", "JPOSA KRPUS"),
    ("大阪(積み)~釜山(揚げ)", "JPOSA KRPUS"),
    ("大阪を出て釜山に着く便", "JPOSA KRPUS"),
    ("釜山まで送りたいです。大阪に貨物があります", "JPOSA KRPUS"),
    ("釜山から大阪への輸入", "KRPUS JPOSA"),
    ("釜山の工場から大阪の倉庫まで", "KRPUS JPOSA"),
    ("大阪支店の田中です。東京から釜山まで", "JPTYO KRPUS"),
    ("お客様は釜山です。大阪出しで", "JPOSA KRPUS"),
    ("釜山ではなく仁川に変更願います。大阪発", "JPOSA KRINC"),
    ("釜山または仁川まで、大阪から", "JPOSA -"),
    ("ขอเรท กรุงเทพ - ปูซาน 20 ฟุต", "THBKK KRPUS"),
    ("ขอเรท BKK กรุงเทพ ถึง ปูซาน", "THBKK KRPUS"),
    ("ส่งออกจากท่าเรือแหลมฉบัง ปลายทางท่าเรือปูซาน", "THLCH KRPUS"),
    ("นำเข้าจากปูซาน มาแหลมฉบัง", "KRPUS THLCH"),
    ("รับของที่ปูซาน ส่งที่กรุงเทพ", "KRPUS THBKK"),
    ("ต้นทางปูซาน ปลายทางกรุงเทพ", "KRPUS THBKK"),
    ("ลูกค้าอยู่ปูซาน ส่งจากแหลมฉบัง", "THLCH KRPUS"),
    ("ผมสมชายจากกรุงเทพ ขอราคาไปปูซาน", "- KRPUS"),
    ("เปลี่ยนปลายทางจากปูซานเป็นอินชอน ออกแหลมฉบัง", "THLCH KRINC"),
]
FORMS_OF_FORWARDERS = [
    ("우리 공장이 울산에 있고 바이어 창고는 로테르담에 있습니다. 40HC 운임 주세요", "KRUSN NLRTM"),
    ("화물은 울산에 있고요 로테르담까지 보내야 합니다", "KRUSN NLRTM"),
    ("화물 위치: 울산\n배송지: 로테르담", "KRUSN NLRTM"),
    ("출하지 울산, 납품지 로테르담", "KRUSN NLRTM"),
    ("울산 → 로테르담 (부산 환적)", "KRUSN NLRTM"),
    ("울산 - 부산 - 로테르담", "KRUSN NLRTM"),
    ("선적지 : 대한민국 부산\n하역지 : 네덜란드 로테르담", "KRPUS NLRTM"),
    ("POL - Busan, Korea / POD - Rotterdam, NL", "KRPUS NLRTM"),
    ("P.O.L : BUSAN   P.O.D : ROTTERDAM", "KRPUS NLRTM"),
    ("From BUSAN To ROTTERDAM", "KRPUS NLRTM"),
    ("FM BUSAN TO ROTTERDAM", "KRPUS NLRTM"),
    ("BUSAN/ROTTERDAM 20'X1", "KRPUS NLRTM"),
    ("O/F BUSAN-ROTTERDAM", "KRPUS NLRTM"),
    ("CY/CY BUSAN-ROTTERDAM", "KRPUS NLRTM"),
    ("D/D 서울-로테르담", "KRSEL NLRTM"),
    ("부산항→로테르담항(네덜란드)", "KRPUS NLRTM"),
    ("네덜란드 로테르담향 화물, 부산 선적분", "KRPUS NLRTM"),
    ("로테르담향 40HC 2대, 선적항 부산", "KRPUS NLRTM"),
    ("부산 선적 로테르담향", "KRPUS NLRTM"),
    ("로테르담 도착도(CIF) 조건이며 부산항 선적", "KRPUS NLRTM"),
    ("최종 도착지가 프라하라서 함부르크로 입항할 예정, 부산 출발", "KRPUS CZPRG"),
    ("함부르크항 입항 후 프라하까지 내륙 포함, 부산 출발", "KRPUS CZPRG"),
    ("프라하까지요 (함부르크 경유), 부산에서", "KRPUS CZPRG"),
    ("부산에서 함부르크로 가서 프라하까지 트럭", "KRPUS CZPRG"),
    ("출발: 부산항 12/5, 도착: 함부르크항 1/10", "KRPUS DEHAM"),
    ("ETD 부산 12/5 / ETA 함부르크 1/10", "KRPUS DEHAM"),
    ("부산 ETD 12/5, 함부르크 ETA 1/10", "KRPUS DEHAM"),
    ("12/5 부산 출항, 1/10 함부르크 입항", "KRPUS DEHAM"),
    ("12월 5일 부산에서 떠나 1월 10일 함부르크에 닿는 배", "KRPUS DEHAM"),
    ("Can you move 20 tons from Busan port up to Hamburg port?", "KRPUS DEHAM"),
    ("We're importing from Busan; deliver to our warehouse in Hamburg", "KRPUS DEHAM"),
    ("importing tiles into Hamburg, supplier in Busan", "KRPUS DEHAM"),
    ("exporting tiles out of Busan, customer in Hamburg", "KRPUS DEHAM"),
    ("our supplier is in Busan and we are in Hamburg. rate?", "KRPUS DEHAM"),
    ("tiles, Busan origin, Hamburg destination", "KRPUS DEHAM"),
    ("Lane: Busan/Hamburg", "KRPUS DEHAM"),
    ("Busan into Hamburg", "KRPUS DEHAM"),
    ("Busan through to Hamburg", "KRPUS DEHAM"),
    ("Busan up to Hamburg", "KRPUS DEHAM"),
    ("Busan KR to Hamburg DE", "KRPUS DEHAM"),
    ("Busan, South Korea to Hamburg, Germany", "KRPUS DEHAM"),
    ("Busan (South Korea) to Hamburg (Germany)", "KRPUS DEHAM"),
    ("for Hamburg, ex Busan", "KRPUS DEHAM"),
    ("POL: any Korean port, POD: Hamburg", "- DEHAM"),
    ("Origin: TBC. Destination: Hamburg", "- DEHAM"),
    ("door Dallas via Houston, from Busan", "KRPUS USDAL"),
    ("Busan to Dallas, Texas via Los Angeles by rail", "KRPUS USDAL"),
    ("ship from Busan and must arrive at our DC in Dallas", "KRPUS USDAL"),
    ("積出港:神戸 仕向港:ハンブルク", "JPUKB DEHAM"),
    ("神戸CYからハンブルクCYまで", "JPUKB DEHAM"),
    ("神戸港積み、ハンブルク港揚げ", "JPUKB DEHAM"),
    ("船積港は神戸、荷揚港はハンブルク、最終納品先はプラハです", "JPUKB CZPRG"),
    ("神戸 ⇒ ハンブルク", "JPUKB DEHAM"),
    ("【区間】神戸~ハンブルク", "JPUKB DEHAM"),
    ("ハンブルク港まで(神戸発)", "JPUKB DEHAM"),
    ("神戸出し、ハンブルク着", "JPUKB DEHAM"),
    ("ハンブルクへ輸出します。神戸港利用", "JPUKB DEHAM"),
    ("ハンブルクの顧客へ納品。貨物は神戸倉庫", "JPUKB DEHAM"),
    ("上海から神戸に輸入", "CNSHA JPUKB"),
    ("神戸か大阪かまだ決めていません。行先はハンブルク", "- DEHAM"),
    ("ท่าเรือต้นทาง: แหลมฉบัง (THLCH)\nท่าเรือปลายทาง: ฮัมบูร์ก (DEHAM)", "THLCH DEHAM"),
    ("POL: แหลมฉบัง POD: โตเกียว", "THLCH JPTYO"),
    ("จากโรงงานที่กรุงเทพฯ ส่งถึงโกดังลูกค้าที่โอซาก้า", "THBKK JPOSA"),
    ("ส่งจากกรุงเทพ ปลายทางโอซาก้า ญี่ปุ่น", "THBKK JPOSA"),
    ("นำเข้าสินค้าจากเซี่ยงไฮ้ ประเทศจีน มายังแหลมฉบัง", "CNSHA THLCH"),
    ("ขนส่งทางเรือ กรุงเทพ ถึง สิงคโปร์", "THBKK SGSIN"),
    ("เส้นทาง แหลมฉบัง > สิงคโปร์ > ฮัมบูร์ก", "THLCH DEHAM"),
    ("แหลมฉบัง/โตเกียว 40HC", "THLCH JPTYO"),
    ("ออกจากแหลมฉบังวันที่ 5 ธ.ค. ถึงโตเกียววันที่ 15 ธ.ค.", "THLCH JPTYO"),
]
# the writer's own city, ports of other mails, of talk, of payments, on the way
LOOK_ALIKES = [
    ("부산에서 보냅니다. 40HC 1대. 바이어는 미국 회사입니다", "KRPUS -"),
    ("부산에서 40HC 1대 나갑니다. 예전에 함부르크 건 할 때 서류가 늦었어요", "KRPUS -"),
    ("함부르크로 보냅니다. 저희 본사는 서울 강남입니다", "- DEHAM"),
    ("함부르크로 보냅니다. 본사는 서울입니다", "- DEHAM"),
    ("함부르크로 보냅니다.\n\n한빛무역 김철수\n서울시 강남구 테헤란로 123\n02-555-1234", "- DEHAM"),
    ("함부르크로 보냅니다.\n\n김철수 드림\n부산 해운대구 센텀로 1", "- DEHAM"),
    ("함부르크로 보냅니다.\n주소: 부산시 해운대구 센텀로 1", "- DEHAM"),
    ("함부르크로 보냅니다. LA 항만 파업 때문에 걱정이네요", "- DEHAM"),
    ("함부르크 운임 알려주세요. 상하이 운임은 이미 받았습니다", "- DEHAM"),
    ("상하이에서 생산한 제품을 부산에서 함부르크로 보냅니다", "KRPUS DEHAM"),
    ("선사는 HMM 함부르크호 희망, 부산에서 로테르담", "KRPUS NLRTM"),
    ("다음 주 부산 출장 중이라 회신이 늦을 수 있습니다. 함부르크까지 운임 주세요", "- DEHAM"),
    ("서울 사무실로 견적서 보내주세요. 인천에서 도쿄까지입니다", "KRINC JPTYO"),
    ("견적서는 부산 지점 김대리에게도 보내주세요. 도쿄까지 20피트", "- JPTYO"),
    (
        "to Hamburg, 20ft.\n\nKim Chulsoo\nHanbit Trading Co., Ltd.\n123 Teheran-ro, Gangnam-gu, Seoul 06133, Korea",
        "- DEHAM",
    ),
    ("to Hamburg, 20ft.\n\nBest,\nKim\nSeoul, Korea", "- DEHAM"),
    ("20ft to Hamburg. Port congestion in Los Angeles made us late last time.", "- DEHAM"),
    ("20ft to Hamburg. We usually use Rotterdam but not this time.", "- DEHAM"),
    ("Rate to Hamburg please? Payment will be made by our Singapore office.", "- DEHAM"),
    ("Rate to Hamburg please? L/C opened in Singapore.", "- DEHAM"),
    ("Rate to Hamburg please? Insurance claims payable in London.", "- DEHAM"),
    ("Rate to Hamburg please? Our CEO visited Tokyo last week.", "- DEHAM"),
    ("Rate to Hamburg please. HS code same as the Busan parts.", "- DEHAM"),
    ("Could we have pricing from Shanghai? We sell mostly in London and Paris.", "CNSHA -"),
    ("ハンブルクまでお願いします。東京本社の田中です。", "- DEHAM"),
    ("ハンブルクまでお願いします。\n\n株式会社山田\n東京都港区1-2-3\nTEL 03-0000-0000", "- DEHAM"),
    ("ハンブルクまでの運賃を。支払いは大阪支店です。", "- DEHAM"),
    ("ขอราคาไปฮัมบูร์ก บริษัทอยู่กรุงเทพ", "- DEHAM"),
    ("ขอราคาไปฮัมบูร์กครับ\n\nสมชาย\n99/1 ถนนสุขุมวิท กรุงเทพ 10110", "- DEHAM"),
    ("부산항 통해서 도쿄로 보내는데 출발지는 대구입니다", "KRTAE JPTYO"),
    ("대구 공장에서 부산항까지는 내륙운송, 부산에서 도쿄까지 해상 모두 견적", "KRTAE JPTYO"),
    ("부산항 도착 후 대구 창고까지 배송도 포함해서, 상하이 출발", "CNSHA KRTAE"),
    (
        "We load at our plant in Daegu, truck to Busan, then vessel to Hamburg. Quote door to port.",
        "KRTAE DEHAM",
    ),
    (
        "Vessel to Hamburg, then barge to Duisburg is arranged by the buyer. From Busan",
        "KRPUS DEHAM",
    ),
    ("Port of discharge Long Beach, final destination Dallas by rail, from Busan", "KRPUS USDAL"),
    ("from Busan, transship in Singapore, to Jebel Ali", "KRPUS AEJEA"),
    ("Busan - Jebel Ali (T/S Singapore)", "KRPUS AEJEA"),
    ("Busan - Jebel Ali with transshipment at Port Klang", "KRPUS AEJEA"),
    ("부산-제벨알리 (싱가포르 T/S)", "KRPUS AEJEA"),
    ("부산-제벨알리, 직항 아니면 포트클랑 환적도 가능", "KRPUS AEJEA"),
    ("横浜-ジュベルアリ(シンガポール積替)", "JPYOK AEJEA"),
    ("แหลมฉบัง - เจเบลอาลี (ถ่ายลำสิงคโปร์)", "THLCH AEJEA"),
    ("Busan-Tokyo and back", "KRPUS JPTYO"),
    ("ไปกลับ แหลมฉบัง-โตเกียว", "THLCH JPTYO"),
    ("shipping from Korea (Busan) to Germany (Hamburg)", "KRPUS DEHAM"),
    ("shipping from South Korea to Germany, port Hamburg", "- DEHAM"),
    ("한국(부산)에서 독일(함부르크)로", "KRPUS DEHAM"),
    ("韓国(釜山)からドイツ(ハンブルク)まで", "KRPUS DEHAM"),
    ("จากเกาหลี (ปูซาน) ไปไทย (แหลมฉบัง)", "KRPUS THLCH"),
    ("부산=>함부르크", "KRPUS DEHAM"),
    ("부산 >> 함부르크", "KRPUS DEHAM"),
    ("Busan~Hamburg", "KRPUS DEHAM"),
    ("부산출발함부르크도착", "KRPUS DEHAM"),
    ("부산항출항 함부르크항입항", "KRPUS DEHAM"),
]


def ends(body: str, *others: Source, subject: str = "") -> str:
    """Both ends in one line."""
    facts = read(body, *others, subject=subject).facts
    return f"{facts.origin or '-'} {facts.destination or '-'}"


@pytest.mark.parametrize(
    ("body", "expected"), [*KO, *EN, *JA, *TH, *MORE, *FORMS_OF_FORWARDERS, *LOOK_ALIKES]
)
def test_ends(body: str, expected: str) -> None:
    assert ends(body) == expected


SUBJECTS = [
    ("40HC 2대 견적 부탁드립니다.", "부산-함부르크 견적", "KRPUS DEHAM"),
    ("부산 선적입니다. 40HC 2대", "함부르크 운임 문의", "KRPUS DEHAM"),
    ("20피트 1대입니다", "Re: Re: 함부르크 건", "- DEHAM"),
    ("Loading in Busan, 20ft.", "Hamburg rate", "KRPUS DEHAM"),
    ("重さは5tです。神戸積み。", "見積依頼 / ハンブルク", "JPUKB DEHAM"),
    ("น้ำหนัก 5 ตัน ออกจากแหลมฉบัง", "ราคาไปโตเกียว", "THLCH JPTYO"),
    ("부산에서 오사카로 보냅니다", "함부르크 견적", "KRPUS JPOSA"),
    ("부산에서 함부르크나 로테르담으로요", "로테르담 견적", "KRPUS -"),
]


@pytest.mark.parametrize(("body", "subject", "expected"), SUBJECTS)
def test_subject_tells_what_the_body_leaves_out(body: str, subject: str, expected: str) -> None:
    assert ends(body, subject=subject) == expected


FILES = [
    ("견적 부탁드립니다.", "POL\tPOD\tCNTR\n부산\t함부르크\t40HC\n", "KRPUS DEHAM"),
    ("견적 부탁드립니다.", "구분,내용\n출발지,부산\n도착지,함부르크\n", "KRPUS DEHAM"),
    ("함부르크행입니다", "출발지: 부산\n도착지: 로테르담\n", "KRPUS -"),
    (
        "See file.",
        "Shipper\tABC Co, Seoul\nConsignee\tXYZ GmbH, Hamburg\nPort of Loading\tBusan\nPort of Discharge\tHamburg\n",
        "KRPUS DEHAM",
    ),
    (
        "See file.",
        "Place of Receipt,Incheon\nPort of Loading,Busan\nPort of Discharge,Rotterdam\nFinal Destination,Hamburg\n",
        "KRINC DEHAM",
    ),
    ("See file.", "Route: Busan -> Hamburg\nETD 5 Dec", "KRPUS DEHAM"),
    (
        "첨부 참조",
        "No\t품명\t중량\tPOL\tPOD\n1\t기계\t5,000\t부산\t함부르크\n2\t부품\t3,000\t부산\t함부르크\n",
        "KRPUS DEHAM",
    ),
    ("添付参照", "積地 | 神戸\n揚地 | ハンブルク\n", "JPUKB DEHAM"),
    ("ตามไฟล์แนบ", "ต้นทาง,แหลมฉบัง\nปลายทาง,โตเกียว\n", "THLCH JPTYO"),
]


@pytest.mark.parametrize(("body", "file", "expected"), FILES)
def test_file_tells_the_ends(body: str, file: str, expected: str) -> None:
    source = Source("attachment:request.csv", file)
    assert ends(body, source) == expected


# (new words, what they quote, ends): the source "thread" is the whole mail, of which the quoted part is read
THREADS = [
    (
        "Container 40RH confirmed. Rest no change.",
        "On Tue, 17 Nov 2026 Hoa wrote:\n> Please quote Busan to Hamburg, 25,900 kg gross",
        "KRPUS DEHAM",
    ),
    (
        "무게는 5톤입니다.",
        "2026년 11월 17일 (화) 오후 4:12, 해상팀 작성:\n> 총중량은?\n>> 부산에서 함부르크로 보냅니다",
        "KRPUS DEHAM",
    ),
    ("이번에는 인천에서 도쿄로 보냅니다.", "> 부산에서 함부르크로 20피트", "KRINC JPTYO"),
    (
        "도착지만 로테르담으로 바꿔주세요. 나머지는 동일합니다.",
        "> 부산에서 함부르크로 20피트",
        "KRPUS NLRTM",
    ),
    (
        "1. ท่าเรือปลายทาง : ไฮฟอง",
        "> ขอบคุณสำหรับคำขอราคาจากแหลมฉบัง\n> 1. ท่าเรือปลายทาง (ไฮฟอง หรือ ดานัง?)",
        "THLCH VNHPH",
    ),
    (
        "40HC です。",
        "> 2026/11/09 野村\n> 横浜からダラスまで(ロングビーチ経由・内陸はレール)",
        "JPYOK USDAL",
    ),
    ("부산 또는 인천에서 나갑니다.", "> 부산에서 함부르크로 20피트", "- DEHAM"),
    ("무게는 5톤입니다.", "> 부산에서 함부르크로\n>> 인천에서 도쿄로", "KRPUS DEHAM"),
]


@pytest.mark.parametrize(("new", "old", "expected"), THREADS)
def test_quoted_mail_fills_in_what_the_new_words_leave_out(
    new: str, old: str, expected: str
) -> None:
    assert ends(new, Source("thread", f"{new}\n\n{old}")) == expected


def test_quoted_mail_gives_no_day_that_counts_from_its_own_date() -> None:
    got = read(
        "40ft입니다.",
        Source("thread", "40ft입니다.\n\n> 부산에서 LA로, 다음 주 금요일 출항, 1월 20일 도착"),
    )
    assert (got.facts.etd, got.facts.origin) == (None, "KRPUS")
    assert got.facts.eta is not None


def test_quoted_mail_is_a_source_of_evidence() -> None:
    text = "무게는 5톤입니다.\n\n> 부산에서 함부르크로 보냅니다"
    got = read("무게는 5톤입니다.", Source("thread", text))
    proof = got.evidence["origin"]
    assert (proof.source, proof.quote, text[proof.start : proof.end]) == ("thread", "부산", "부산")


def test_same_place_at_both_ends_is_open_with_a_warning() -> None:
    assert "origin:same_place" in read("부산에서 부산으로 보내주세요").warnings


FORMS = [
    "{0} → {1}", "{0}->{1}", "{0} > {1}", "POL: {0}\nPOD: {1}", "POL/POD: {0}/{1}", "from: {0}\nto: {1}", "POL\tPOD\n{0}\t{1}",
    "출발지: {0}\n도착지: {1}", "출 발 지 : {0}\n도 착 지 : {1}", "선적항 {0}, 양하항 {1}", "출발지/도착지: {0} / {1}",
    "積地:{0}\n揚地:{1}", "積 地  {0}\n揚 地  {1}", "出発地は{0}、仕向地は{1}です", "ต้นทาง: {0}\nปลายทาง: {1}", "ต้นทาง/ปลายทาง: {0} / {1}",
]  # fmt: skip
OWN_FORMS = {
    "ko": ["{0}에서 {1}까지", "{0}발 {1}행", "{0} 출발 {1} 도착"],
    "en": ["from {0} to {1}", "{0} to {1}", "ex {0}, destination {1}"],
    "ja": ["{0}から{1}まで", "{0}発{1}向け", "{0}より{1}へ"],
    "th": ["จาก{0}ไป{1}", "{0} ไป {1}", "จากท่าเรือ{0} ถึง {1}"],
}
CITIES = ("KRPUS", "KRINC", "DEHAM", "USLAX", "JPTYO", "JPOSA", "THLCH", "SGSIN", "NLRTM", "CNSHA")


@given(
    st.sampled_from(places.LANGUAGES),
    st.permutations(CITIES).map(lambda each: each[:2]),
    st.data(),
)
def test_a_way_that_is_written_down_is_read_back(
    language: str, way: list[str], data: st.DataObject
) -> None:
    form = data.draw(st.sampled_from([*FORMS, *OWN_FORMS[language]]))
    names = [places.display_name(locode, language) for locode in way]
    assert ends(form.format(*names)) == " ".join(way)


ENDLESS = ["부산 ", "부산에서 ", "from ", "출발지: ", "출 발 지 ", "(", "부산(", "the ", "제1 ", "12월 5일 ", "->", "\n", "ไป", "ท่าเรือ", "부산항시역공항", "の工場", "> ", ">", "we are a b ", "change from ", "to the our "]  # fmt: skip


@pytest.mark.parametrize("piece", ENDLESS)
def test_nasty_text_is_read_in_linear_time(piece: str) -> None:
    prepared = prepare((piece * 30_000)[:30_000] + "부산")
    started = time.process_time()
    read_route(prepared.text, prepared.cased)
    prepare_older(prepared.text)
    # some tenths of a second; a pattern that tries all pairs of 30,000 would take minutes
    assert time.process_time() - started < 5
