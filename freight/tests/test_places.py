"""The gazetteer: its rows, and where a text names them."""

# ruff: noqa: E501 - a case is a line

import re
import time

import pytest

from freight import gazetteer, places


def names(text: str) -> list[str]:
    return ["/".join(match.locodes) for match in places.find(text)]


def test_every_place_is_whole() -> None:
    every = places.all_places()
    assert len(every) >= 3900
    assert len({place.locode for place in every}) == len(every)
    for place in every:
        assert re.fullmatch(r"[A-Z]{2}[A-Z2-9]{3}", place.locode)
        assert place.kind in ("port", "city", "airport", "station", "depot")
        assert place.names["en"]
        assert -90 <= place.latitude <= 90
        assert -180 <= place.longitude <= 180


def test_every_hand_written_place_has_names_in_four_languages() -> None:
    for place in gazetteer.hand_written().values():
        assert all(place.names.get(language) for language in places.LANGUAGES), place


def test_coordinates_of_the_worked_example() -> None:
    busan, shanghai = places.get("KRPUS"), places.get("CNSHA")
    assert busan
    assert shanghai
    assert (busan.latitude, busan.longitude) == (35.1796, 129.0756)
    assert (shanghai.latitude, shanghai.longitude) == (31.2304, 121.4737)


SEED = """서울 인천 부산 대구 대전 울산 제주 수원 성남 춘천 강릉 김포공항 인천공항 제주공항 김해공항 대구공항 청주공항 광주공항 울산공항 여수공항 포항공항 양양공항
원주공항 무안공항 사천공항 서울역 용산역 부산역 대전역 대구역 광주송정역 울산역 인천역 춘천역 강릉역 수서역 동대구역 익산역 전주역 목포역 여수엑스포역 포항역 부산항 인천항
울산항 평택항 여수항 목포항 포항항 제주항 광양항 삼천포항 동해항 속초항 마산항 진해항 군산항 서산항 태안항 울릉항 독도항 남해항 거제항 화물터미널 국제물류기지 상하이 홍콩 싱가포르
도쿄 뉴욕 로스앤젤레스 런던 함부르크 두바이 SEL ICN PUS TAE DCC KWJ USN CJU SWU SNM CHN GRN GMP CJJ RSU KPO YNY WJU MWX HIN SHA HKG SIN TYO HAM DXB""".split()


@pytest.mark.parametrize("name", SEED)
def test_seed_place_is_known(name: str) -> None:
    assert len(places.lookup(name)) == 1
    assert len(places.find(name)) == 1


def test_place_is_found_by_its_locode() -> None:
    for place in places.all_places():
        assert places.lookup(place.locode) == (place,)
        assert places.get(place.locode.lower()) is place


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("부산에서 상하이까지", ["KRPUS", "CNSHA"]),
        ("釜山港から上海港まで", ["KRPUS", "CNSHA"]),
        ("จากกรุงเทพไปปูซาน", ["THBKK", "KRPUS"]),
        ("from Pusan to LA", ["KRPUS", "USLAX"]),
        ("부산신항, 롱비치, 엘에이", ["KRPUS", "USLGB", "USLAX"]),
        ("hong-kong and HongKong", ["HKHKG", "HKHKG"]),
        ("HAMBURG", ["DEHAM"]),
        ("런던게이트웨이 아니고 런던", ["GBLGP", "GBLON"]),
        ("Manzanillo", ["MXZLO/PAMIT"]),
        ("Manzanillo, Panama", ["PAMIT"]),
        ("광주에서", ["KRKWJ/KRKWU"]),
        ("광주광역시", ["KRKWJ"]),
        ("한국부산항", ["KRPUS"]),
        ("Ｂｕｓａｎ", ["KRPUS"]),
        ("부산물과 대구탕, 세부 사항, 양산 일정, 이천 kg", []),
        ("la, ham, sin, usual", []),
        ("Busanport2 Londoner", []),
        ("清水様、金沢さん", []),
        ("โซลูชั่น ปรากฏ", []),
        ("", []),
    ],
)
def test_find(text: str, found: list[str]) -> None:
    assert names(text) == found


def test_find_spans_are_the_words() -> None:
    text = "İ 부산항에서 Los Angeles"
    assert [text[match.start : match.end] for match in places.find(text)] == [
        "부산항",
        "Los Angeles",
    ]


@pytest.mark.parametrize(
    ("name", "locodes"),
    [
        ("busan port", {"KRPUS"}),
        ("부산시", {"KRPUS"}),
        ("Nowhere", set()),
        ("", set()),
        ("Manzanillo", {"MXZLO", "PAMIT"}),
    ],
)
def test_lookup(name: str, locodes: set[str]) -> None:
    assert {place.locode for place in places.lookup(name)} == locodes


def test_display_name_falls_back() -> None:
    assert places.display_name("KRPUS", "ja") == "釜山"
    assert places.display_name("KRPUS", "xx") == "Busan"
    assert places.display_name("XXXXX", "ko") == "XXXXX"


def test_find_is_not_quadratic() -> None:
    text = "부산에서 from Busan to LA 上海 ปูซาน Walvis Bay, 마타디 " * 200
    places.find(text)
    started = time.perf_counter()
    places.find(text * 10)
    # some 60 ms for 60,000 characters here; a bound for a busy machine, not a target
    assert time.perf_counter() - started < 5


@pytest.mark.parametrize(
    ("written", "locode"),
    [("Bussan", "KRPUS"), ("Shanghi", "CNSHA"), ("Hambrug", "DEHAM"), ("함부르쿠", "DEHAM")],
)
def test_a_slip_of_the_pen_has_one_place(written: str, locode: str) -> None:
    place = places.misspelt(written)

    assert place is not None
    assert place.locode == locode


@pytest.mark.parametrize("name", ["Atlantis", "아틀란티스", "Narnia", "Gotham", "", "x"])
def test_another_name_is_no_slip_of_the_pen(name: str) -> None:
    assert places.misspelt(name) is None


def test_a_short_hangul_name_before_a_spoken_copula_is_found() -> None:
    assert [match.locodes for match in places.find("닝보예요")] == [("CNNGB",)]
