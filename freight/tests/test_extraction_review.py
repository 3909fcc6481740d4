"""What makes a mail one for a person, and how customers say that it is not."""

# ruff: noqa: E501 - a case is a line

import pytest

from freight.extraction.review import review_reasons
from freight.extraction.text import prepare

ASKED = [
    ("LCL 견적 부탁드립니다", "lcl"), ("호치민 LCL로 3.2CBM", "lcl"), ("less than container load", "lcl"), ("혼적으로 보내고 싶어요", "lcl"), ("混載でお願いします", "lcl"), ("ฝากรวมตู้ก็ได้", "lcl"), ("ส่งแบบไม่เต็มตู้", "lcl"), ("20ft or LCL, whichever is cheaper", "lcl"), ("groupage to Hamburg", "lcl"), ("소량화물입니다", "lcl"),
    ("please quote by air", "air"), ("air freight to Frankfurt", "air"), ("항공으로 보내면 얼마인가요", "air"), ("항공편 운임", "air"), ("航空便で", "air"), ("エアーで送る場合", "air"), ("ส่งทางอากาศ", "air"), ("AWB copy needed", "air"), ("비행기로 보내주세요", "air"),
    ("UN1263 paint", "dangerous"), ("UN No. 3480", "dangerous"), ("UN 1993, class 3, PG III", "dangerous"), ("perfume, class 3)", "dangerous"), ("IMO class 8", "dangerous"), ("IMO 3 cargo", "dangerous"), ("IMDG cargo", "dangerous"), ("DG 화물입니다", "dangerous"), ("dangerous goods", "dangerous"), ("hazardous chemicals", "dangerous"), ("flammable liquid", "dangerous"), ("lithium batteries", "dangerous"),
    ("위험물 3급 페인트", "dangerous"), ("클래스 3", "dangerous"), ("MSDS 첨부합니다", "dangerous"), ("리튬 배터리 포함", "dangerous"), ("인화성 액체", "dangerous"), ("危険品です", "dangerous"), ("危険物クラス3", "dangerous"), ("リチウム電池", "dangerous"), ("สินค้าอันตราย", "dangerous"), ("วัตถุไวไฟ", "dangerous"), ("SDS attached", "dangerous"), ("유엔번호 1263", "dangerous"),
    ("two separate shipments", "several_shipments"), ("분할 선적 예정입니다", "several_shipments"), ("두 번에 나눠 선적", "several_shipments"), ("2回に分けて出荷", "several_shipments"), ("แบ่งส่ง 2 ล็อต", "several_shipments"), ("split into 3 sailings", "several_shipments"),
]  # fmt: skip

DENIED = [
    "not DG", "non-DG cargo", "non-hazardous", "no dangerous goods", "this is not dangerous cargo", "non dangerous goods", "DG: no", "DG: N/A", "dangerous goods: none", "Hazardous? No", "not classified as dangerous goods", "does not contain any lithium batteries", "no lithium battery",
    "비위험물", "비 위험물입니다", "위험물 아님", "위험물 아닙니다", "위험물이 아닙니다", "위험물 해당 없음", "위험물: 없음", "위험물 미해당", "일반화물, MSDS 있음", "비위험물이며 MSDS 첨부",
    "非危険品", "危険品ではありません", "危険物ではない", "危険品に該当しません", "危険品:なし", "MSDSあり、危険物非該当", "ไม่ใช่สินค้าอันตราย", "ไม่มีวัตถุอันตราย", "ไม่เป็นสินค้าอันตราย",
    "MSDS available, non-hazardous", "general cargo, SDS on request",
    "not LCL", "LCL 아님", "LCL 말고 FCL로", "FCL (not LCL)", "FCL/LCL: FCL", "□ LCL ■ FCL", "LCLではなくFCL", "ไม่ใช่ LCL",
    "not by air", "항공 말고 해상으로", "航空便ではなく船で", "지난번은 항공으로 보냈습니다", "前回は航空便でした", "last time by air, now by sea",
    # look-alikes
    "대한항공 부품", "first class service", "class of 2026", "United Nations", "UN/LOCODE KRPUS", "airbags 20 pallets", "air conditioners", "hazelnuts", "class 1 quality rating", "Airline seats", "danger zone sign? no", "20피트 1대 18톤", "two containers in one shipment", "SDSoft Ltd", "한 번에 선적", "ตู้ละ 20 ตัน น้ำหนักรวมตู้ละ 20 ตัน", "imodium tablets", "unsalted butter 1000 kg", "run 1234 pieces", "엔진 부품 에어컨", "エアコン 20台",
]  # fmt: skip


@pytest.mark.parametrize(("text", "reason"), ASKED)
def test_asked(text: str, reason: str) -> None:
    assert reason in review_reasons(prepare(text).text)


@pytest.mark.parametrize("text", DENIED)
def test_denied(text: str) -> None:
    assert review_reasons(prepare(text).text) == ()
