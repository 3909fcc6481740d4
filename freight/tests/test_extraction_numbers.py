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
    # letters of other scripts inside; Thai figures
    ("발주번호 2027-구매-00311 로 진행", "2027-구매-00311"), ("구매주문서 번호: 28-자재-0091, 예약 부탁드립니다", "28-자재-0091"), ("발주서 제2026-가-38호에 의거 진행", "2026-가-38"), ("주문번호 2027상-0034", "2027상-0034"), ("발주서(문서번호 총무 2026-0731)를 첨부", "총무 2026-0731"), ("発注番号：総務-2027-14 でお願いします", "総務-2027-14"), ("注文書番号　ヤ−２６−０３９", "ヤ-26-039"), ("依頼書　第62-物-14号により依頼します", "62-物-14"), ("P/O สน-3307/70", "สน-3307/70"), ("ใบสั่งจ้างเลขที่ ๑๑๘/๒๕๗๐", "118/2570"), ("ใบสั่งซื้อเลขที่ กพ.ส. 45/2570 จองเลย", "กพ.ส. 45/2570"), ("our order BRAUÐ-36-01", "BRAUÐ-36-01"), ("Please book, order no. ÅSEN-2291", "ÅSEN-2291"), ("PO MÜ-2026/77 bitte", "MÜ-2026/77"),
    ("발주 부산-12/5 출항", None), ("注文書_88213のご確認", None), ("주문 3팔레트-2건", None), ("PO 4500-2231입니다", "4500-2231"), ("발주번호 77120-진행 바랍니다", "77120"), ("order 2×40", None),
    # the order words of other languages and trades
    ("herewith our Auftrag 26-0803", "26-0803"), ("Auftragsnummer: 4500-991", "4500-991"), ("Bestellung 4501-28-KL", "4501-28-KL"), ("Bestell-Nr. 81-200456", "81-200456"), ("our pedido is MIEL-005", "MIEL-005"), ("pedido número 77-1204", "77-1204"), ("ordine n. 77/V/2027", "77/V/2027"), ("bon de commande n° 2027-118", "2027-118"), ("O/N 55-0192 확정", "55-0192"), ("W.O. 26-11873 please proceed", "26-11873"), ("our work order WO 2611-7734", "2611-7734"), ("our repair order RO 90081-AOG", "90081-AOG"), ("R.O. 26-1208 진행", "26-1208"), ("S/O 0091-68", "0091-68"), ("Shipping order 77120 attached, book it", "77120"), ("작업지시번호 WO 2611-7734로 진행", "2611-7734"), ("1. 지시번호 : 2027-EXP-0092", "2027-EXP-0092"), ("위탁번호 JAC-26-04", "JAC-26-04"), ("당사 구매번호 LW-PUR-8821 로 처리", "LW-PUR-8821"), ("当社の注文伝票No.0091823", "0091823"), ("購買伝票 5-30017", "5-30017"), ("ใบสั่งงานรอบที่ 1 เลขที่ มสช. 2569/071", "มสช. 2569/071"), ("ใบสั่งงานของเรา JOB/LP-2212", "JOB/LP-2212"), ("purchase no. F26/118", "F26/118"), ("purchase number for your invoice: 190-774", "190-774"), ("P.O.No      26BK-4410", "26BK-4410"),
    ("w/o 2 pallets", None), ("booking w/o 40HC-2", None), ("un po di vino 750", None), ("見積依頼書 第5-3号", None), ("delivery order 77812", None), ("S/O 7719, our PO 118834 please book", "118834"), ("선적지시 No. SI-1, PO 77120", "77120"),
    # words between the order's name and its number, or the number first
    ("Our PO's P26/1931. Filling Thurs.", "P26/1931"), ("PO number for your invoice is 44871", "44871"), ("the PO number for the second shipment is AX-7712", "AX-7712"), ("our order number for the shipment is SP-404/26", "SP-404/26"), ("order number now available: DH-0326-77", "DH-0326-77"), ("the pedido is out: 4500-77231", "4500-77231"), ("발파라이소로갑시다 저희피오 JS-2701-7 이고", "JS-2701-7"), ("우리 피오는 KX-118-2", "KX-118-2"), ("PO แม่พิมพ์ MLD-2607-014 ออกแล้ว", "MLD-2607-014"), ("ใช้ PO ซาอุ 7700-51882 เปิดงานเลย", "7700-51882"), ("PO มาแล้ว เลข #TK-17", "TK-17"), ("PO for the Riyadh moulds: RM-2607-9", "RM-2607-9"), ("PO LD-RUH-9", "LD-RUH-9"),
    ("MLD-2607-014 is our PO", "MLD-2607-014"), ("KT-26/118이 저희 발주번호입니다", "KT-26/118"), ("7700-51882 (our PO)", "7700-51882"), ("NM-440127が弊社の注文番号です", "NM-440127"), ("NM-440127 คือเลข PO", "NM-440127"),
    ("올바른 번호는 SRN-260415-02 입니다", "SRN-260415-02"), ("저희 번호 DSM/EXP/0088 을 적었어요", "DSM/EXP/0088"), ("The correct number is AX-7712-3", "AX-7712-3"), ("正しい番号はAX-7712-3です", "AX-7712-3"), ("ใช้เลข TKM/IM/0627-14 นะคะ", "TKM/IM/0627-14"), ("예약 부탁합니다. 번호는 LW-PUR-8821-2.", "LW-PUR-8821-2"),
    ("the number for your invoice is 44871", None), ("PO is attached with invoice INV-90312", None), ("PO for model X-2200", None), ("PO by 14/10, 12-15 pallets", None), ("우리 번호 010-1234-5678", None), ("our number is 555-1234", None), ("B/L 번호는 HDM-1234-567", None), ("INV-90312 PO GG/5578", "GG/5578"), ("HBL-90312 is our invoice", None),
    # the contract that a mail orders under, where nothing else is named
    ("계약번호 HH-PUR-26-0713 건, 착수 바랍니다", "HH-PUR-26-0713"), ("수의계약 제2026-145호로 체결, 납품을 위해 선적 예약을 진행해 주시기 바랍니다", "2026-145"), ("공고번호 제2026-45호 운송을 진행하여 주십시오", "2026-45"), ("계약번호   SHP-TR-270709\n착수를 지시합니다", "SHP-TR-270709"), ("계약번호 NARC-2028-C-031로 전자계약이 완료되었습니다. 예약을 진행하여 주시기 바랍니다", "NARC-2028-C-031"), ("契約No.SRF-2028-3、40RF 3本ブッキングして", "SRF-2028-3"), ("契約番号R8-研-0457で発注いたします", "R8-研-0457"), ("Contract 26-LOG-0412 signed. Please start with the first lot", "26-LOG-0412"), ("Make reservation for contract CRJ-071-26", "CRJ-071-26"), ("Under agreement no. MG/LOAN/27-03, please book", "MG/LOAN/27-03"), ("Use their S/C no. TG-26-0455. Please get it booked", "TG-26-0455"), ("ลงนามในสัญญาจ้างขนส่งเลขที่ ศพ.จ.57/2569 แล้ว ขอให้เริ่มดำเนินการ", "ศพ.จ.57/2569"),
    ("弊社契約番号 HSK-26-04-11、４０ＨＣ１本、ブッキング願います", "HSK-26-04-11"), ("ตามสัญญาเลขที่ TRT/LOG/2028-01 รบกวนจองเรือล็อตแรก", "TRT/LOG/2028-01"), ("ขอ booking ตามสัญญา CO-ADF-0417-B", "CO-ADF-0417-B"), ("계약번호 CM-2607-LOG-014로 체결. 본 메일을 발주 통지로 갈음합니다", "CM-2607-LOG-014"),
    ("Please confirm invoice INV-2026-90312", None), ("계약번호 HH-PUR-26-0713 사본을 보내드립니다", None), ("계약번호 HH-PUR-26-0713 기준으로 견적 부탁드립니다", None), ("contract no. TC-2026-08, how much would it be? To ship 2x40HC in May", None), ("contract no. TC-2026-08: please quote 2x40HC", None), ("Contract 26-LOG-0412 is attached for your file", None), ("契約番号 TC-2026-08 の件、お見積をお願いします", None), ("สัญญาเลขที่ 57/2569 ส่งสำเนามาให้ครับ", None), ("Please start. Contract 26-LOG-0412, PO 77120", "77120"), ("계약번호 TC-2026-08, 견적 BB-2026-000222 진행 바랍니다", "BB-2026-000222"), ("계약번호 TC-2026-08, S/O 26-55031 예약 부탁합니다", "26-55031"), ("Please book under contract TC-2026-08, our ref LO/2026/314", "LO/2026/314"),
    # of two of ours, one given up; spelled-out numbers stay unread
    ("항공(BB-2026-001510)은 단가가 너무 부담되어 포기하고, 해상(BB-2026-001511)으로 가기로 했습니다", "BB-2026-001511"), ("두번째 것 BB-2026-001733이고요(첫번째 BB-2026-001729는 버려주세요)", "BB-2026-001733"), ("BB-2026-000111は断念し、BB-2026-000222でお願いします", "BB-2026-000222"), ("BB-2026-000111 ตัดออก เอา BB-2026-000222", "BB-2026-000222"), ("Bin BB-2026-000111? No: BB-2026-000222 we throw away, book BB-2026-000111", "BB-2026-000111"), ("부킹 BB-2026-000111은 포기합니다. 부킹 BB-2026-000222", "BB-2026-000222"), ("견적번호 비비 2027 003318 그걸로 예약할게요", "BB-2027-003318"), ("B B twenty twenty six dash zero zero one nine zero eight", None),
    # no number at all
    ("order 20 pallets", None), ("PO box 4512", None), ("order by 2026-12-05", None), ("견적 3건", None), ("tel 02-555-1234 주문", None), ("book 2x40HC", None), ("order 40HC-2", None), ("quote for 18500 kg", None), ("go ahead with 12/05 sailing", None), ("in order 2026", None), ("purchase order 2026-12-05", None), ("port KRPUS-USLGB order", None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), [case for case in NUMBERS if case[1] != "!"])
def test_order_number(text: str, expected: str | None) -> None:
    assert number(text) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [("ใบสั่งจ้างเลขที่ ๑๑๘/๒๕๗๐ ครับ", "๑๑๘/๒๕๗๐"), ("注文書番号　ヤ−２６−０３９", "ヤ−２６−０３９"), ("발주서 제2026-가-38호", "2026-가-38")],
)  # fmt: skip
def test_evidence_is_as_written(text: str, words: str) -> None:
    found = read_order_number(prepare(text).cased)
    assert found is not None
    assert text[found.start : found.end] == words


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
