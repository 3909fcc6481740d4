import pytest

from freight.goahead import is_go_ahead, without_lines_of


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
