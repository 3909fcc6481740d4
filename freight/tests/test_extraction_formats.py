"""What is written in the forms of four languages is read as it was meant; no text is too much."""

# ruff: noqa: E501 - a form is a line

from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freight.extraction.containers import read_container
from freight.extraction.numbers import read_order_number
from freight.extraction.review import review_reasons
from freight.extraction.text import prepare, without_codes
from freight.extraction.weights import close, read_weight
from freight.fields import Container

# a text of as many letters as one source is read to
LONGEST = 30_000


def _tonnes(kg: int) -> str:
    return f"{Decimal(kg) / 1000:f}"


def _myriad(kg: int, ten_thousand: str, thousand: str) -> str:
    myriads, rest = divmod(kg, 10_000)
    thousands, rest = divmod(rest, 1000)
    said = f"{myriads}{ten_thousand}" if myriads else ""
    said += f"{' ' if said else ''}{thousands}{thousand}" if thousands else ""
    return said + (f" {rest}" if rest else "")


WEIGHTS: dict[str, Callable[[int], str]] = {
    "ko": lambda kg: f"총중량 {kg:,}kg입니다",
    "ko t": lambda kg: f"무게는 {_tonnes(kg)}톤이에요",
    "ko 만": lambda kg: f"총중량: {_myriad(kg, '만', '천')}킬로",
    "ko gross": lambda kg: f"G.W. {kg:,} KGS / N.W. {kg - 200:,} KGS",
    "en": lambda kg: f"Gross weight: {kg:,} kg",
    "en t": lambda kg: f"about {_tonnes(kg)} MT of goods",
    "en lbs": lambda kg: f"{kg / 0.45359237:,.0f} lbs gross",
    "de": lambda kg: f"{kg:,} kg brutto, gross".replace(",", ".", 1),
    "fr": lambda kg: f"{kg:,} kg gross".replace(",", " "),
    "ja": lambda kg: f"総重量：{kg:,}キロ",
    "ja t": lambda kg: f"重量は約{_tonnes(kg)}トンです。",
    "ja 万": lambda kg: f"総重量{_myriad(kg, '万', '千')}kg",
    "th": lambda kg: f"น้ำหนักรวม {kg:,} กก.",
    "th t": lambda kg: f"น้ำหนักประมาณ {_tonnes(kg)} ตันครับ",
}
CONTAINERS: dict[str, dict[Container, str]] = {
    "ko": {Container.FT20: "20피트", Container.FT40: "40피트", Container.FT40HC: "40피트 하이큐브", Container.FT45: "45피트"},
    "en": {Container.FT20: "20'GP", Container.FT40: "40' standard", Container.FT40HC: "40'HC", Container.FT45: "45'HC"},
    "en ft": {Container.FT20: "20ft", Container.FT40: "40ft", Container.FT40HC: "40ft high cube", Container.FT45: "45ft"},
    "ja": {Container.FT20: "20フィート", Container.FT40: "40フィート", Container.FT40HC: "40フィートハイキューブ", Container.FT45: "45フィート"},
    "th": {Container.FT20: "ตู้ 20 ฟุต", Container.FT40: "ตู้ 40 ฟุต", Container.FT40HC: "ตู้ 40 ฟุต ไฮคิวบ์", Container.FT45: "ตู้ 45 ฟุต"},
}  # fmt: skip
COUNTED = {"ko": "{size} {n}대", "en": "{n} x {size}", "en ft": "{size} x {n}", "ja": "{size}コンテナ{n}本", "th": "{size} {n} ตู้"}  # fmt: skip


@pytest.mark.parametrize("form", WEIGHTS)
@given(kg=st.integers(min_value=1200, max_value=99_999))
def test_weight_is_read_as_it_was_written(form: str, kg: int) -> None:
    text = WEIGHTS[form](kg)
    found = read_weight(without_codes(prepare(text).text)).found
    assert found is not None
    assert close(found.value, Decimal(kg)) if "lbs" in form else found.value == kg


@pytest.mark.parametrize("form", COUNTED)
@given(size=st.sampled_from(list(Container)), n=st.integers(min_value=1, max_value=60))
def test_container_is_read_as_it_was_written(form: str, size: Container, n: int) -> None:
    text = COUNTED[form].format(size=CONTAINERS[form][size], n=n)
    reading, count = read_container(without_codes(prepare(text).text))
    assert reading.found is not None
    assert count is not None
    assert (reading.found.value, count.value) == (size, n)


READERS: list[Callable[[str], object]] = [
    lambda text: read_weight(without_codes(prepare(text).text)),
    lambda text: read_container(without_codes(prepare(text).text)),
    lambda text: read_order_number(prepare(text).cased),
    lambda text: review_reasons(prepare(text).text),
]
PIECES = st.sampled_from(
    "18 , . 500 kg 톤 반 ตัน ครึ่ง トン 半 lbs 만 천 万 열 십 สิบ twenty x × * 40 20 ' ft HC 피트 フィート ตู้ 대 本 each per 당 ละ あたり gross net total 합계 | : ( ) - / \n BB PO no 2026 000123 LCL not 위험물 class 3 UN carton パレット 박스 1 2 or 또는 + 번째 本目".split(" ")
)  # fmt: skip


@given(
    st.one_of(
        st.text(max_size=200),
        st.lists(PIECES, max_size=50).map("".join),
        st.lists(PIECES, max_size=50).map(" ".join),
    )
)
def test_every_text_has_an_answer_in_its_own_words(text: str) -> None:
    prepared = prepare(text)
    plain = without_codes(prepared.text)
    container, count = read_container(plain)
    found = [read_weight(plain).found, container.found, count, read_order_number(prepared.cased)]
    for one in found:
        assert one is None or 0 <= one.start < one.end <= len(text)
    review_reasons(prepared.text)


NASTY = ["1 ", "1,", "1.1", "40 ", "per ", "gross ", "십", "열", "สิบ", "twenty ", "PO-", "A1-", "BB ", "not ", "\t1", "|a", "1kg\n", "each 1kg ", "40 or ", "20'x", "ตู้", "number no. ", "lcl ", "un 1", "1234567890", "1톤 반", "(1 carton 5 kg) ", "1 pallet 1 kg each ", "各", "-", "1本目 1トン、", "container 1: 1t ", "order number ref # ", "gross,a,b\n1,2,3\n", "box ละ ", "1万"]  # fmt: skip


@pytest.mark.timeout(60)  # what backtracks takes minutes here; all four readers take under a second
@pytest.mark.parametrize("piece", NASTY)
def test_repeats_take_no_more_than_linear_time(piece: str) -> None:
    text = (piece * LONGEST)[:LONGEST]
    for reader in READERS:
        reader(text)
