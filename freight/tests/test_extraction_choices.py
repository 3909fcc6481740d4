"""Places between which the customer has not chosen: that end stays open, the other one is read."""

import datetime as dt

import pytest

from freight.fields import Container, Source
from freight.tests.reading import read
from freight.tests.test_extraction_routes import ends

CHOICES = [
    ("출발지: 부산\n출발지: 인천\n도착지: 도쿄", "- JPTYO"),
    ("부산항 출발과 인천항 출발 두 가지로 비교 견적 부탁드립니다. 도쿄 도착", "- JPTYO"),
    ("함부르크, 로테르담, 앤트워프 각각 운임 부탁드립니다. 부산 출발", "KRPUS -"),
    ("rates to Hamburg, Rotterdam and Antwerp from Busan", "KRPUS -"),
    ("rate from Busan to Hamburg / Rotterdam / Antwerp", "KRPUS -"),
    ("부산에서 함부르크, 로테르담까지 각각", "KRPUS -"),
    ("부산 → 함부르크/로테르담", "KRPUS -"),
    ("Busan to Hamburg/Rotterdam", "KRPUS -"),
    ("Busan/Incheon to Hamburg", "- DEHAM"),
    ("부산/인천 → 도쿄", "- JPTYO"),
    ("東京/横浜 → 釜山", "- KRPUS"),
    ("釜山/仁川向け、横浜発", "JPYOK -"),
    ("แหลมฉบัง/กรุงเทพ -> โตเกียว", "- JPTYO"),
    ("POD: Hamburg / Rotterdam\nPOL: Busan", "KRPUS -"),
    ("POL: Busan/Incheon\nPOD: Hamburg", "- DEHAM"),
    ("도착지: 함부르크/로테르담\n출발지: 부산", "KRPUS -"),
    ("揚地:ハンブルク/ロッテルダム\n積地:神戸", "JPUKB -"),
    ("Busan/Gwangyang to Hamburg", "- DEHAM"),
]
# the same signs between two ends of one way
WAYS = [
    ("부산/함부르크 40HC", "KRPUS DEHAM"),
    ("POL/POD: 부산/함부르크", "KRPUS DEHAM"),
    ("FOB Shanghai / Rotterdam", "CNSHA NLRTM"),
    ("선적항 및 양하항: 부산 및 함부르크", "KRPUS DEHAM"),
    ("Busan / Hamburg\n2 x 40HC", "KRPUS DEHAM"),
    ("神戸/釜山 20ft", "JPUKB KRPUS"),
]


@pytest.mark.parametrize(("body", "expected"), [*CHOICES, *WAYS])
def test_choice_of_places_stays_open(body: str, expected: str) -> None:
    assert ends(body) == expected


# what the customer gives up
DENIED = [
    ("함부르크는 취소하고 로테르담까지 운임 주세요. 부산에서 나갑니다", "KRPUS NLRTM"),
    ("로테르담까지입니다, 함부르크로 가는 게 아닙니다. 부산 출발", "KRPUS NLRTM"),
    ("rate to Rotterdam, not to Hamburg, from Busan", "KRPUS NLRTM"),
    ("from Busan to Rotterdam rather than to Hamburg", "KRPUS NLRTM"),
    ("ロッテルダムまで、ハンブルクではなく。神戸発", "JPUKB NLRTM"),
    ("ไปโตเกียว ไม่ใช่โอซาก้า จากแหลมฉบัง", "THLCH JPTYO"),
]


@pytest.mark.parametrize(("body", "expected"), DENIED)
def test_denied_place_is_no_end(body: str, expected: str) -> None:
    assert ends(body) == expected


def test_request_with_a_way_of_its_own_takes_nothing_from_the_quoted_one() -> None:
    new = "이번에는 인천에서 도쿄로 보냅니다."
    got = read(new, Source("thread", f"{new}\n\n> 부산에서 함부르크로 40HC, 12월 5일 출항"))
    assert (got.facts.container, got.facts.etd) == (None, None)


def test_request_that_says_the_rest_is_unchanged_takes_it_from_the_quoted_one() -> None:
    new = "부산에서 함부르크로, 출항만 12월 9일로 바꿔주세요. 나머지는 동일합니다."
    got = read(new, Source("thread", f"{new}\n\n> 부산에서 함부르크로 40HC, 12월 5일 출항"))
    assert (got.facts.container, got.facts.etd) == (Container.FT40HC, dt.date(2026, 12, 9))
