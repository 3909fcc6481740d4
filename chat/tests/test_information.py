"""What customers ask about, in four languages, and the answers."""
# ruff: noqa: E501  # a list of messages stays in one piece

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from chat import catalogue, dialogue, information
from chat.information import Background
from chat.tests.test_dialogue import ALL, LANGUAGES, converse, say, situation, without
from freight.tariff import DEFAULT_TARIFF

ASKED = {
    "status": ["견적은 언제 나오나요?", "where is my shipment?", "見積もりの状況を教えてください", "ตอนนี้ถึงไหนแล้วคะ"],
    "price": ["운임은 어떻게 계산되나요?", "how is the price calculated?", "料金の内訳を教えてください", "คิดราคายังไงคะ"],
    "places": ["어느 항구로 보낼 수 있나요?", "which ports do you serve?", "どこまで送れますか", "ส่งไปที่ไหนได้บ้างคะ"],
    "containers": ["어떤 컨테이너가 있나요?", "what container sizes are there?", "どんなコンテナがありますか", "มีตู้ขนาดไหนบ้างคะ"],
    "validity": ["견적 유효기간은요?", "how long is the quotation valid?", "見積もりの有効期限は？", "ใบเสนอราคามีผลถึงเมื่อไหร่"],
    "person": ["담당자와 통화하고 싶어요", "can I talk to a person please", "担当者と話したいです", "ขอคุยกับเจ้าหน้าที่ค่ะ"],
    "order": ["여기서 바로 주문할 수 있나요?", "can I order here?", "ここで注文できますか", "สั่งจองที่นี่ได้ไหมคะ"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("topic", "language", "text"),
    [
        (topic, language, text)
        for topic, texts in ASKED.items()
        for language, text in zip(LANGUAGES, texts, strict=True)
    ],
)
def test_a_question_is_answered_and_the_open_fact_asked_again(
    topic: str, language: str, text: str
) -> None:
    where = situation(language, without("gross_weight_kg"))

    turn = say(where, text)

    assert topic in information.topics(text)
    if topic != "status":
        answer = information.answer(topic, language, where.status, where.background)
        assert answer in turn.replies
    assert turn.replies[-1] == catalogue.question(language, "gross_weight_kg", where.today)
    assert turn.person == (topic == "person")
    assert not turn.pending


MORE = {
    "price": ["근데 운임에 THC랑 서류비도 들어가 있는 건가요?", "is THC included in it?", "does it include documentation?", "THCとか書類代も入ってます？", "見積の金額って海上運賃だけですか？", "รวม THC หรือยังคะ ราคา"],
    "places": ["which european ports do you guys have on your list?", "what other major ports can I pick?", "じゃあ日本だとどこの港なら選べるの？", "港の一覧はありますか"],
    "containers": ["ต้องใช้ตู้อะไรอะคับ มีแบบไหนมั่ง", "ควรใช้ตู้ขนาดไหนดีคะ"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("topic", "text"), [(topic, text) for topic, texts in MORE.items() for text in texts]
)
def test_a_question_in_other_words(topic: str, text: str) -> None:
    assert topic in information.topics(text)


@pytest.mark.parametrize(
    ("language", "text", "country"),
    [
        ("en", "to Vietnam", "Vietnam"),
        ("ko", "베트남이요", "베트남"),
        ("ja", "ベトナムです", "ベトナム"),
        ("th", "เวียดนามค่ะ", "เวียดนาม"),
        ("ko", "부산에서 베트남으로 보내려고요", "베트남"),
    ],
)
def test_of_a_country_it_is_asked_which_port(language: str, text: str, country: str) -> None:
    where, turn = converse(situation(language, without("destination")), [text])

    assert country in turn.replies[-1]
    assert where.memory.choice is not None
    assert "VNSGN" in where.memory.choice.options
    assert catalogue.say(language, "unsupported_place", place=country) not in turn.replies[-1]
    where, _ = converse(where, ["VNHPH"])
    assert where.told.destination == "VNHPH"


@pytest.mark.parametrize(
    "text",
    ["18,500 kg", "Busan to Hamburg, 40ft", "담당자님 18톤입니다", "12월 10일 출발", "the weight is 900 kg", "ตู้ 40 ฟุต", "40フィートコンテナ1本"],
)  # fmt: skip
def test_what_states_facts_asks_nothing(text: str) -> None:
    assert information.topics(text) == ()


def test_a_fact_and_a_question_in_one_message_are_both_heard() -> None:
    turn = say(situation("en", without("gross_weight_kg", "etd")), "900 kg. How long is it valid?")

    assert turn.pending.facts.gross_weight_kg == 900
    assert turn.replies[0] == catalogue.say("en", "valid_days", days=14)


def test_the_price_is_told_from_the_rates_in_force() -> None:
    rates = replace(DEFAULT_TARIFF, base=Decimal(7_654_321), express_factor=Decimal("1.35"))

    told = information.answer("price", "en", "confirmed", Background(rates=rates))

    assert "7,654,321 KRW" in told
    assert "35 %" in told
    assert "VAT is not included" in told


def test_a_quotation_that_is_out_says_until_when_it_is_valid() -> None:
    rows = Background(valid_until=dt.date(2026, 12, 1))

    assert "1 Dec 2026" in information.answer("validity", "en", "quoted", rows)


@pytest.mark.parametrize(
    ("shipment", "key"),
    [(0, "status_ordered"), (3, "status_ordered"), (4, "status_in_transit"), (5, "status_delivered")],
)  # fmt: skip
def test_an_ordered_request_tells_where_its_shipment_is(shipment: int, key: str) -> None:
    where = situation("en", ALL, status="ordered", background=Background(shipment=shipment))

    turn = say(where, "where is my cargo?")

    assert turn.replies == (catalogue.say("en", key, number=where.number, count=6),)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_order_is_pointed_to_the_quotation_mail(language: str) -> None:
    where = situation(language, ALL, status="quoted")
    text = ASKED["order"][LANGUAGES.index(language)]

    turn = dialogue.turn(
        where, dialogue.Source("chat:1", text), lambda *a, **k: dialogue.Extraction()
    )

    assert turn.replies == (catalogue.say(language, "order_by_reply"),)


@pytest.mark.parametrize(
    ("text", "named", "other"),
    [
        ("ok, which ports in the UK can you do then?", "Felixstowe", "Busan"),
        ("do you ship to Germany?", "Hamburg", "Busan"),
        ("독일도 가나요?", "Hamburg", "Busan"),
        ("ドイツにも送れますか", "Hamburg", "Busan"),
        ("มีท่าเรือไหนในญี่ปุ่นบ้าง", "Tokyo", "Busan"),
        ("유럽은 어디까지 되나요?", "Rotterdam", "Busan"),
        ("인도네시아도 가나요?", "Jakarta", "Chennai"),
        ("펠릭스토우도 취급하시나요?", "Felixstowe", "Hamburg"),
    ],
)
def test_places_of_the_country_asked_about_are_named(text: str, named: str, other: str) -> None:
    assert "places" in information.topics(text)

    told = information.answer("places", "en", "extracted", Background(), text)

    assert named in told
    assert other not in told


@pytest.mark.parametrize(
    "text",
    ["40피트랑 하이큐브랑 뭐가 달라요?", "high cube vs standard, what's the difference?", "40フィートとハイキューブの違いは何ですか", "ตู้ 40 กับ 40HC ต่างกันยังไง"],
)  # fmt: skip
def test_who_asks_how_containers_differ_is_told(text: str) -> None:
    assert "containers" in information.topics(text)
    told = information.answer("containers", "en", "extracted", Background(), text)
    assert catalogue.say("en", "container_sizes") in told


@pytest.mark.parametrize(
    "text",
    ["確定する前に、人間のスタッフに相談したいんですけどできますか", "担当の方と電話で話せますか", "どなたか係の方に相談できますか"],
)  # fmt: skip
def test_a_wish_for_a_person_in_other_words(text: str) -> None:
    assert "person" in information.topics(text)
