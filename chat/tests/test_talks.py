"""Whole talks in four languages come to their facts; any text in any situation is answered."""
# ruff: noqa: E501  # a conversation stays on one line

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chat import dialogue
from chat.dialogue import Choice, Memory, Situation
from chat.tests.test_dialogue import ALL, LANGUAGES, converse, say, situation, without
from freight.fields import FACT_NAMES, Facts

TALKS = [
    # all at once
    ("ko", ["부산에서 상하이까지 40ft 1대, 18.5톤, 12월 10일 출발 12월 28일 도착입니다", "네 맞아요~"]),
    ("en", ["18,500 kg, 40ft, Busan to Shanghai, ETD Dec 10, ETA Dec 28", "yes thx"]),
    ("ja", ["釜山から上海まで、40ft、18.5トン、12月10日出発、12月28日到着です", "はい、お願いします。"]),
    ("th", ["จากปูซานไปเซี่ยงไฮ้ ตู้ 40 ฟุต 18.5 ตัน ออก 10 ธ.ค. ถึง 28 ธ.ค. ค่ะ", "ถูกต้องค่ะ ขอบคุณค่ะ"]),
    # one by one, bare
    ("ko", ["18500", "40ft", "12/10", "12/28", "부산", "상하이", "ㅇㅇ"]),
    ("en", ["18500", "40ft", "dec 10", "dec 28", "busan", "shanghai", "yep"]),
    ("ja", ["18500", "40ft", "12/10", "12/28", "釜山", "上海", "はーい"]),
    ("th", ["18500", "40ft", "10 ธ.ค.", "28 ธ.ค.", "ปูซาน", "เซี่ยงไฮ้", "ครับผม"]),
    # corrected at the end
    ("ko", ["900kg 40ft", "12월 10일", "12월 28일", "부산", "상하이", "아뇨 중량은 18.5톤이에요", "넹"]),
    ("en", ["900 kg 40ft", "10 Dec", "28 Dec", "busan", "shanghai", "no, the weight is 18.5 tons", "ok"]),
    ("ja", ["900kg 40ft", "12月10日", "12月28日", "釜山", "上海", "いいえ、重量は18.5トンです", "はい"]),
    ("th", ["900 กก. ตู้ 40 ฟุต", "10 ธ.ค.", "28 ธ.ค.", "ปูซาน", "เซี่ยงไฮ้", "ไม่ใช่ค่ะ น้ำหนัก 18.5 ตัน", "ใช่ค่ะ"]),
    # a bare no at the end
    ("ko", ["18.5톤 40ft", "12월 10일", "12월 28일", "부산", "도쿄", "아니요", "도착지", "상하이", "네"]),
    ("en", ["18.5t 40ft", "10 Dec", "28 Dec", "busan", "tokyo", "no", "the destination", "shanghai", "yes"]),
    ("ja", ["18.5トン 40ft", "12月10日", "12月28日", "釜山", "東京", "違います", "到着地", "上海", "はい"]),
    ("th", ["18.5 ตัน ตู้ 40 ฟุต", "10 ธ.ค.", "28 ธ.ค.", "ปูซาน", "โตเกียว", "ไม่ใช่", "ปลายทาง", "เซี่ยงไฮ้", "ใช่"]),
    # another language, nonsense and courtesy on the way
    ("ko", ["안녕하세요", "ㅁㄴㅇㄹ", "18.5톤", "English please", "a 40ft", "asdf!!", "10 Dec", "28 Dec", "thanks", "Busan", "Shanghai", "yes plz"]),
    ("th", ["สวัสดีค่ะ 555", "18.5 ตัน", "日本語でお願いします", "40ftです", "12月10日", "少々お待ちください", "12月28日", "釜山", "上海", "はい"]),
]  # fmt: skip


@pytest.mark.parametrize(("language", "texts"), TALKS)
def test_a_talk_comes_to_its_facts(language: str, texts: list[str]) -> None:
    where, turn = converse(situation(language), texts)

    assert replace(where.facts, containers=None) == ALL
    assert turn.agreed


SITUATIONS = st.builds(
    situation,
    st.sampled_from(LANGUAGES),
    st.sampled_from([Facts(), ALL, without("etd"), without("origin", "eta")]),
    status=st.sampled_from(["extracted", "awaiting_customer", "confirmed", "quoted", "ordered"]),
    review=st.sampled_from([(), ("lcl",), ("chat",)]),
    memory=st.builds(
        Memory,
        st.sampled_from(["", *FACT_NAMES]),
        st.just(("etd",)),
        st.sampled_from([(), ("eta",), FACT_NAMES]),
        st.sampled_from([(), ("etd",)]),
        st.booleans(),
        st.booleans(),
        st.sampled_from([None, Choice("place", ("MXZLO", "PAMIT"), fact="destination")]),
    ),
)
SPOKEN = st.lists(
    st.one_of(
        st.text(max_size=60),
        st.sampled_from([text for _, texts in TALKS for text in texts]),
        st.sampled_from(["Manzanillo", "Atlantis", "1 Jan 2020", "-5 kg", "0", "{place}", "%s", "\0"]),
    ),
    min_size=1,
    max_size=3,
).map(" ".join)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(SITUATIONS, st.lists(SPOKEN, min_size=1, max_size=3))
def test_any_text_in_any_situation_is_answered_and_stores_nothing_unsaid(
    where: Situation, texts: list[str]
) -> None:
    for count, text in enumerate(texts, 1):
        before, turn = where, say(where, text)
        where, _ = converse(where, [text])
        told = turn.confirmed or turn.pending
        assert turn.language in LANGUAGES
        assert all(turn.replies)
        assert turn.replies or turn.confirmed is not None
        for name, value in told.facts.stated():
            unchanged = getattr(before.pending.facts, name) == value
            seen = told.evidence[name]
            assert unchanged or any(seen.quote in said for said in texts[:count])
        for offer in dialogue.offers(where):
            assert offer.text
