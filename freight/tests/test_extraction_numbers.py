"""The number that names what is ordered, beside the numbers of other papers and earlier orders."""

# ruff: noqa: E501 - a case is a line

import pytest

from freight.extraction.numbers import read_order_number
from freight.extraction.text import prepare
from freight.tests.reading import read

UUID = "3f2b8c1e-5d47-4a90-b6e2-91c07fa8d514"


def number(text: str) -> str | None:
    """The number read from `text`, whose own letters stand where it says."""
    found = read_order_number(prepare(text).cased)
    assert found is None or text[found.start : found.end].strip()
    return found.value if found else None


NUMBERS = [
    # ours, however typed
    ("BB-2026-000123 진행해 주세요", "BB-2026-000123"), ("bb 2026 000123 go ahead", "BB-2026-000123"), ("ＢＢ－２０２６－０００１２３でお願いします", "BB-2026-000123"), ("BB2026000123", "BB-2026-000123"), ("BB–2026–000123", "BB-2026-000123"), ("BB/2026/000123", "BB-2026-000123"), ("Bb_2026_000123", "BB-2026-000123"),
    ("BB-2026-00012", None), ("BB-2026-0001234", None), ("ABB-2026-000123 motors", None), ("BB 2026 cargo", None),
    # a UUID, the customer's own
    (f"order {UUID} go ahead", UUID), (f"{UUID.upper()} 진행", UUID), ("PO 4500-2231", "4500-2231"), ("our purchase order 2026/0754 of today", "2026/0754"), ("PO#88120", "88120"), ("PO No. DJO-2612-018 진행", "DJO-2612-018"), ("P.O. no. GG/EXP/5578", "GG/EXP/5578"), ("firm order no. 118834", "118834"), ("PO: HS26-1107", "HS26-1107"), ("PO-77120", "PO-77120"),
    ("발주번호는 CD-2611-0087 입니다", "CD-2611-0087"), ("[발주서] 4500093377", "4500093377"), ("주문번호 HLS-PO-26-0871 의 해상운송", "HLS-PO-26-0871"), ("PNC-20261105-3 으로 발주 확정하겠습니다", "PNC-20261105-3"), ("SDH-2026-1187 발주 건 부킹 부탁드려요", "SDH-2026-1187"), ("저희 PO는 HMO-5519입니다", "HMO-5519"),
    ("弊社注文番号:CD-2611-0087", "CD-2611-0087"), ("注文書No.MT-26-1930", "MT-26-1930"), ("本発注のご連絡（PO＃ MT-26-1930）", "MT-26-1930"), ("発注番号 77120 で手配をお願いします", "77120"), ("ใบสั่งซื้อเลขที่ KS-PO-2026-77", "KS-PO-2026-77"), ("PO เลขที่ 69/1187 จองเรือเลย", "69/1187"), ("ยืนยันสั่งซื้อ เลขที่ KS-2026-77", "KS-2026-77"),
    ("PO: 4500 2231", "4500 2231"), ("PO ของเรา 4500012", "4500012"), ("Buyer's PO 998877 for reference; our PO 112233 please book", "112233"), ("PO 4500 2231 kg", "4500"), ("order ref: 7781-22", "7781-22"), ("注文番号：12345", "12345"),
    ("Kindly book, our ref LO/2026/314", "LO/2026/314"), ("선적지시 No. : SI-20261202-07", "SI-20261202-07"),
    # several: ours, then a UUID, then the PO
    ("PO 4500081923, quotation BB-2026-000655", "BB-2026-000655"), (f"PO-77120 / {UUID}", UUID), (f"{UUID} BB-2026-000655", "BB-2026-000655"), ("our ref LO/2026/314 and your offer BB-2026-000588", "BB-2026-000588"), ("our ref X-2026-11, PO 77120", "77120"),
    # the numbers of other papers
    ("Invoice no. INV-90312", None), ("contract TC-2026-08", None), ("B/L no. HDMU1234567", None), ("booking number 12345678", None), ("L/C No. M0612-611-NU-00418", None), ("인보이스 CI-2612-04 참고", None), ("운송 주선 계약서 번호는 TC-2026-08", None), ("내부결재번호 2026-AP-3391 승인함. 진행하세요.", "!"), ("請求書番号 SE-2026-55", None), ("ใบกำกับสินค้าเลขที่ INV6912-008", None), ("AWB 180-12345675", None), ("사업자등록번호 123-45-67890", None),
    ("PO 118834, invoice INV-90312", "118834"), ("Please book. Invoice INV-90312, PO GG/5578", "GG/5578"), ("발주서 4500093377, 계약서 번호 TC-2026-08", "4500093377"), ("our PO GG/EXP/5578; earlier PO 5561 is already finished", "GG/EXP/5578"), ("earlier PO 5561 is finished. Book PO 5578", "5578"),
    # of two of ours the one in force; two alike are left to a person
    ("前回分はBB-2026-000411でした(出荷済み)。BB-2026-000540をお願いします", "BB-2026-000540"), ("BB-2026-000672 (하이퐁) → 내년으로 보류\nBB-2026-000671 (다낭) → 확정, 선적 진행", "BB-2026-000671"), ("BB-2026-000519 ได้เลย ใบเก่า BB-2026-000498 ไม่เอาแล้ว", "BB-2026-000519"), ("ใบเก่า BB-2026-000498 ไม่เอาแล้ว ใช้ BB-2026-000519", "BB-2026-000519"), ("지난 건 BB-2026-000512 청구서는 별도 메일로. BB-2026-000640 부킹 진행", "BB-2026-000640"), ("BB-2026-000111 말고 BB-2026-000222 진행", "BB-2026-000222"), ("not BB-2026-000111 but BB-2026-000222", "BB-2026-000222"), ("please cancel nothing: book BB-2026-000222, BB-2026-000111 is on hold", "BB-2026-000222"),
    ("견적 BB-2026-000222 이걸로 갈게요. 그전에 받은 BB-2026-000111(항공)는 안 합니다.", "BB-2026-000222"), ("견적서 2건 중 BB-2026-000222 (40HC) 으로 확정합니다. BB-2026-000111 (20피트 2대) 는 진행하지 않습니다.", "BB-2026-000222"), ("BB-2026-000222 로 하겠습니다. BB-2026-000111 은 필요 없습니다", "BB-2026-000222"), ("BB-2026-000111 will not be needed, please proceed with BB-2026-000222", "BB-2026-000222"), ("We go ahead with BB-2026-000222. We do not need BB-2026-000111.", "BB-2026-000222"), ("BB-2026-000222で進めてください。BB-2026-000111は発注しません。", "BB-2026-000222"), ("ขอจอง BB-2026-000222 ส่วน BB-2026-000111 ไม่ดำเนินการ", "BB-2026-000222"),
    ("귀사 견적: BB-2026-000222\n지난 10월 건(BB-2026-000111) 세금계산서는 별도로 처리하겠습니다.\n발주합니다", "BB-2026-000222"), ("지난 3차 건 BB-2026-000111 은 잘 받았습니다. BB-2026-000222 진행해 주세요", "BB-2026-000222"),
    (f"견적 ID {UUID} 건, 품의 완료되어 예약 확정 요청드립니다.", UUID), (f"견적번호 {UUID} 내부 승인 완료, 진행 바랍니다", UUID), ("BB-2026-000222 건 결재 완료되어 발주합니다", "BB-2026-000222"),
    ("Confirm booking BB-2026-000222", "BB-2026-000222"), ("부킹 BB-2026-000222 확정", "BB-2026-000222"), ("予約 BB-2026-000222 を確定します", "BB-2026-000222"), ("booking no. 77812345 and quotation BB-2026-000222, go ahead", "BB-2026-000222"),
    ("BB-2026-000111 and BB-2026-000222, go ahead with both", None), ("이전에 주신 견적 BB-2026-000111 진행", "BB-2026-000111"),
    # no number at all
    ("order 20 pallets", None), ("PO box 4512", None), ("order by 2026-12-05", None), ("견적 3건", None), ("tel 02-555-1234 주문", None), ("book 2x40HC", None), ("order 40HC-2", None), ("quote for 18500 kg", None), ("go ahead with 12/05 sailing", None), ("in order 2026", None), ("purchase order 2026-12-05", None), ("port KRPUS-USLGB order", None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), [case for case in NUMBERS if case[1] != "!"])
def test_order_number(text: str, expected: str | None) -> None:
    assert number(text) == expected


@pytest.mark.parametrize(
    ("subject", "body", "expected"),
    [
        ("BB-2026-000417", "진행 부탁드립니다", "BB-2026-000417"),
        ("Re: BB-2026-000417", "Please book, our PO 77120", "BB-2026-000417"),
        ("BB-2026-000540の件", "ブッキングをお願いします。前回分はBB-2026-000411でした", "BB-2026-000540"),
        ("PO 118834", f"go ahead with {UUID}", UUID),
        ("Re: BB-2026-000417", "Go ahead with BB-2026-000418 please", "BB-2026-000418"),
        ("Re: quotation", "ok\n\n> BB-2026-000417 was our offer", None),
    ],
)  # fmt: skip
def test_order_number_of_subject_and_body(subject: str, body: str, expected: str | None) -> None:
    got = read(body, subject=subject)
    assert got.order_number == expected
    if got.order_number_evidence:
        source = {"subject": subject, "body": body}[got.order_number_evidence.source]
        assert source[got.order_number_evidence.start : got.order_number_evidence.end] == got.order_number_evidence.quote  # fmt: skip
