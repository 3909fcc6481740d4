"""Scoring facts against gold, and from which certainty on a machine may price."""

import datetime as dt
from typing import Any

import pytest

from freight.extraction import certainty, extract
from freight.extraction.certainty import Counts, Table
from freight.fields import FACT_NAMES, Evidence, Source
from pipeline import certainty_fit, gold, reading
from pipeline.certainty_fit import Read

TODAY = dt.date(2026, 11, 20)
ROW: dict[str, Any] = {
    "id": "g-1",
    "lang": "ko",
    "label": "quote",
    "subject": "견적 요청",
    "body": "부산에서 상하이까지 40피트, 18.5톤입니다.",
    "from": "김하나 <hana@shipper.example>",
    "received": "2026-11-20T10:00:00+09:00",
    "order_id": None,
    "fields": {
        "weight_kg": 18500,
        "container": "40ft",
        "departure_date": None,
        "arrival_date": None,
        "departure_city": "KRPUS",
        "arrival_city": "CNSHA",
    },
    "accept": {"arrival_city": ["CNSHG"]},
    "attachments": [
        {"name": "list.csv", "content": "품명,중량\n볼트,18500"},
        {"name": "cargo.xlsx", "content": [["품명", "중량"], ["볼트", 18500]]},
    ],
}


def test_a_line_becomes_the_mail_that_it_describes() -> None:
    mail = reading.understand(gold.as_eml(ROW))

    assert mail.mail.subject == ROW["subject"]
    assert mail.new_text.strip() == ROW["body"]
    assert mail.mail.date
    assert mail.mail.date.date() == TODAY
    assert [item.filename for item in mail.items] == ["list.csv", "cargo.xlsx"]
    assert all("18500" in item.text for item in mail.items)


@pytest.mark.parametrize(
    ("given", "strict", "lenient"),
    [
        ({"weight_kg": 18_600, "container": "40ft"}, (6 - 2, 2, 2, 0), (4, 2, 2, 0)),
        ({"weight_kg": 18_700}, (4, 1, 0, 0), (4, 1, 0, 0)),
        ({"arrival_city": "CNSHG"}, (4, 1, 0, 0), (4, 1, 1, 0)),
        ({"departure_date": "2026-12-01"}, (4, 1, 0, 1), (4, 1, 0, 1)),
        ({}, (4, 0, 0, 0), (4, 0, 0, 0)),
    ],
)
def test_tallies(given: dict[str, Any], strict: Any, lenient: Any) -> None:
    for flag, wanted in ((False, strict), (True, lenient)):
        total = sum(gold.tally(ROW, given, lenient=flag).values(), gold.Tally())
        assert (total.stated, total.given, total.right, total.invented) == wanted


def test_f1_is_one_where_nothing_is_said_and_nothing_read() -> None:
    assert gold.Tally().f1 == 1.0
    assert gold.Tally(stated=4, given=2, right=2).f1 == pytest.approx(2 * 2 / 6)


def test_order_number_by_either_name() -> None:
    row = {"order_id": "BB-2026-000123", "order_id_accept": ["PO-7"]}
    assert gold.names_order(row, "bb-2026-000123")
    assert gold.names_order(row, "PO-7")
    assert not gold.names_order(row, None)


def read(**right: bool) -> Read:
    """A mail with all six facts, those named in `right` as told, the others right."""
    verdicts = {name: right.get(name, True) for name in FACT_NAMES}
    manner = "plain" if all(verdicts.values()) else "vague"
    return Read(dict.fromkeys(FACT_NAMES, manner), verdicts, review=False)


def test_threshold_leaves_out_what_is_often_wrong() -> None:
    reads = [*[read() for _ in range(200)], *[read(etd=False) for _ in range(20)]]

    table = certainty_fit.fit(reads)
    found = certainty_fit.measure(table, reads)

    assert (found.priced, found.sure, found.right) == (220, 200, 200)


def test_nothing_is_sure_enough_where_everything_is_doubtful() -> None:
    reads = [read(eta=number % 2 == 0) for number in range(40)]
    reads = [Read(dict.fromkeys(FACT_NAMES, "same"), each.right, False) for each in reads]

    assert certainty_fit.measure(certainty_fit.fit(reads), reads).sure == 0


def test_mail_for_an_operator_is_not_counted_as_priced() -> None:
    assert certainty_fit.measure(Table({}, 0.0), [Read({}, {}, True)]).priced == 0


def test_bound_lets_in_all_that_are_as_sure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(certainty_fit, "_without", lambda table, read: 0.98)
    reads = [*[read(etd=False) for _ in range(2)], *[read() for _ in range(100)]]

    assert certainty_fit.fit(reads).threshold == 1.0


SAID = dict.fromkeys(FACT_NAMES, Evidence("3 Dec", "form", 0, 5, "choice"))
COUNTED = Table({"etd": {"letter 5 0": Counts(1, 2)}}, 0.99)


def test_what_a_person_said_is_certain() -> None:
    assert certainty.of_facts(SAID, COUNTED) == 1.0
    guessed = SAID | {"etd": Evidence("3 Dec", "body", 0, 5, "rules", manner="letter 5 0")}
    assert certainty.of_facts(guessed, COUNTED) < 0.7
    assert certainty.of_facts(certainty.confirmed(guessed), COUNTED) == 1.0


@pytest.mark.parametrize("method", ["rules", "llm"])
def test_what_nobody_counted_is_not_certain(method: str) -> None:
    uncounted = SAID | {"etd": Evidence("3 Dec", "body", 0, 5, method)}
    assert certainty.of_facts(uncounted, COUNTED) == 0.0


def test_fact_without_evidence_is_not_certain() -> None:
    alone = {name: seen for name, seen in SAID.items() if name != "etd"}
    assert certainty.of_facts(alone, COUNTED) == 0.0


def test_rivals_count_against_a_value() -> None:
    text = "Busan to Hamburg, ETD 3 December, ETA 9 January. Our offer of 30 November still stands."
    found = extract([Source("body", text)], today=TODAY, language="en")

    assert found.evidence["etd"].manner.startswith("letter ")
    assert found.evidence["etd"].manner.endswith(" 1")
    assert found.evidence["origin"].manner.endswith(" 0")


def number_of(
    source: str, start: int, method: str = "rules", manner: str = "1"
) -> dict[str, Evidence]:
    number = Evidence("3", source, start, start + 4, method, manner=manner)
    return {"container": Evidence("40HC", "body", 10, 14, "rules"), "containers": number}


@pytest.mark.parametrize(
    ("evidence", "sure"),
    [
        ({}, True),
        (number_of("body", 10), True),
        (number_of("body", 40), False),
        (number_of("subject", 10), False),
        (number_of("operator:kim", 0, method="operator"), True),
        (number_of("chat:1", 0, method="rules", manner=certainty.CONFIRMED), True),
    ],
)
def test_number_of_containers_is_sure_beside_the_size(
    evidence: dict[str, Evidence], sure: bool
) -> None:
    assert certainty.counts_surely(evidence) is sure
