import pytest

from freight.goahead import is_go_ahead, numbers_of_ours, takes_back, without_lines_of


@pytest.mark.parametrize(
    "text",
    [
        "BB-2026-000123 진행 부탁드립니다.",
        "위 조건으로 발주합니다",
        "차질 없이 진행 부탁드립니다.\n부킹이 확정되면 서류 마감 시간도 알려 주세요.",
        "Please proceed with BB-2026-000123.",
        "We accept your offer, go ahead.",
        "We accept quotation BB-2026-000123, please go ahead with the\nbooking. Call us if needed.",
        "こちらで手配をお願いします。",
        "ยืนยันตามใบเสนอราคา BB-2026-000123",
    ],
)
def test_go_ahead_is_recognised(text: str) -> None:
    assert is_go_ahead(text)


@pytest.mark.parametrize(
    "text",
    [
        "BB-2026-000123 진행 취소 부탁드립니다",
        "Please do not proceed, we cancel.",
        "가격이 조금 높네요. 할인 가능할까요?",
        "Thanks, we will come back to you.",
        "今回は見送ります。進めてくださいと言いましたが、キャンセルします。",
    ],
)
def test_no_go_ahead_without_clear_words(text: str) -> None:
    assert not is_go_ahead(text)


@pytest.mark.parametrize(
    "text",
    [
        "Your price is too high, we will not place the order. We go with another forwarder.",
        "We can't go ahead.",
        "We confirm receipt of your quotation.",
        "Before we confirm, could you tell us whether insurance is included?",
        "We accept only if you reduce the total.",
        "We accept only\nif you reduce the total.",
        "Please proceed with a revised quotation.",
        "We accept. Please go ahead once the price is lower.",
        "아직 발주 여부는 결정되지 않았습니다. 다음 주에 알려드리겠습니다.",
        "발주 전에 할인이 가능할까요?",
        "가격을 낮춰주시면 진행하겠습니다.",
        "진행해도 될까요",
        "見積もりを下げていただければ発注します。",
        "ถ้าลดราคาได้ ยืนยันตามใบเสนอราคา",
    ],
)
def test_refusal_question_or_condition_is_no_go_ahead(text: str) -> None:
    assert not is_go_ahead(text)


REFUSALS = [
    "이번에는 다른 업체와 진행하겠습니다.",
    "이번 건은 다른 곳에서 진행합니다. 다음 기회에 부탁드립니다.",
    "내부 사정으로 진행이 어려울 것 같습니다.",
    "We have decided to go with another forwarder.",
    "We will not be going ahead.",
    "No longer needed, thank you.",
    "今回は他の業者に発注いたします。",
    "申し訳ございませんが、今回は辞退いたします。",
    "ขอไม่ดำเนินการต่อค่ะ",
    "เราเลือกบริษัทอื่นแล้ว",
]


@pytest.mark.parametrize("text", REFUSALS)
def test_polite_refusal_is_one(text: str) -> None:
    assert takes_back(text)
    assert not is_go_ahead(text)


@pytest.mark.parametrize(
    "text",
    [
        "We confirm the order with ABC Logistics.",
        "We accept the offer of ABC Logistics.",
        "We will place our order with DHL.",
        "ขอจองกับเจ้าอื่นครับ",
        "別の業者に発注します。",
        "Please book a call with me for Monday.",
        "No thanks. Please proceed to close this request.",
        "이전 견적은 취소하고 BB-2026-000002로 진행해 주세요.",
        "Cancel the previous one and go ahead with BB-2026-000002.",
        "前回のものをキャンセルして、BB-2026-000002で進めてください",
        "ยกเลิกใบก่อนหน้า และดำเนินการตาม BB-2026-000002",
    ],
)
def test_what_a_person_must_read_is_no_go_ahead(text: str) -> None:
    assert not is_go_ahead(text)


@pytest.mark.parametrize(
    "text",
    [
        "We accept your offer of KRW 1,000. Please place the order with us as shipper.",
        "We confirm the order with BB-2026-000002.",
        "We accept the quotation of November 20.",
        "위 견적으로 진행 부탁드립니다. 다른 문의는 따로 드리겠습니다.",
    ],
)
def test_go_ahead_in_words_that_look_like_another_offer(text: str) -> None:
    assert is_go_ahead(text, offered="1,000")


def test_all_numbers_of_ours_are_seen() -> None:
    said = "BB-2026-000001, bb‐2026‐000002 と ＢＢ－２０２６－０００００３, PO 4711"
    assert numbers_of_ours(said) == {f"BB-2026-00000{each}" for each in (1, 2, 3)}


@pytest.mark.parametrize(
    "text",
    ["KRW 15,000,000 and please proceed.", "1500만원으로 진행 부탁드립니다", "Go ahead: $ 900"],
)
def test_another_price_is_an_offer_of_theirs(text: str) -> None:
    assert not is_go_ahead(text)
    assert is_go_ahead(text, offered="15,000,000 1500 900")


def test_lines_of_ours_are_blanked_in_their_places() -> None:
    ours = "Please proceed with BB-1 today.\nBusyBee"
    text = "No.\n> please proceed\n> with BB-1 today.\nBusyBee is busy"
    left = without_lines_of(text, [ours])

    assert len(left) == len(text)
    assert left.split() == ["No.", ">", ">", "-", ".", "BusyBee", "is", "busy"]
