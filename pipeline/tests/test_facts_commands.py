"""`manage.py evaluate_facts` and `calibrate_facts`."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from freight.extraction import certainty
from pipeline.tests.test_gold import ROW

pytestmark = pytest.mark.django_db  # the classifier asks which model is active
ORDER: dict[str, Any] = {
    **ROW,
    "id": "g-2",
    "label": "order",
    "body": "BB-2026-000123 건으로 진행 부탁드립니다.",
    "order_id": "BB-2026-000123",
    "fields": {},
    "accept": {},
    "attachments": [],
}


@pytest.fixture
def mails(tmp_path: Path) -> Path:
    path = tmp_path / "mails.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in (ROW, ORDER)), encoding="utf-8")
    return path


def said(*words: Any, **options: Any) -> str:
    out = StringIO()
    call_command(*words, stdout=out, **options)
    return out.getvalue()


def test_figures_as_json(mails: Path) -> None:
    figures = json.loads(said("evaluate_facts", mails, json=True))

    assert (figures["quotes"], figures["orders"], figures["order_number_right"]) == (1, 1, 1)
    assert figures["f1"]["all"] == 1.0
    assert figures["languages"].keys() == {"ko"}


def test_misses_are_named_only_when_asked_for(mails: Path) -> None:
    row = {**ROW, "fields": {**ROW["fields"], "container": "20ft"}}
    mails.write_text(json.dumps(row), encoding="utf-8")

    assert "g-1 container: 40ft" in said("evaluate_facts", mails, misses=True)
    assert "g-1" not in said("evaluate_facts", mails)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "no mail|no quote"),
        ("{not json", "is not JSON Lines"),
        (None, "cannot be read"),
        ("[1]", "line 1: no body"),
        ('\n{"id": "g-1", "label": "quote"}', "line 2: no body, fields, from"),
    ],
)
@pytest.mark.parametrize("command", ["evaluate_facts", "calibrate_facts"])
def test_what_is_no_set_is_refused(
    tmp_path: Path, content: str | None, words: str, command: str
) -> None:
    path = tmp_path / "set.jsonl"
    if content is not None:
        path.write_text(content, encoding="utf-8")

    with pytest.raises(CommandError, match=words):
        call_command(command, path)


def test_counting_keeps_a_table_only_when_told(
    mails: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = tmp_path / "certainty.json"
    monkeypatch.setattr(certainty, "DATA", table)

    assert "counted: 0 mails with all six facts" in said("calibrate_facts", mails)
    assert not table.exists()
    said("calibrate_facts", mails, write=True)

    stored = json.loads(table.read_text(encoding="utf-8"))
    assert stored["threshold"] == 1.0
    assert stored["counts"]["origin"]


def test_table_that_ships_fits_the_readers() -> None:
    table = certainty.shipped()

    assert 0.9 < table.threshold <= 1.0
    assert set(table.counts) == {
        "gross_weight_kg", "container", "etd", "eta", "origin", "destination"
    }  # fmt: skip
    assert all(
        each.right <= each.total for kinds in table.counts.values() for each in kinds.values()
    )


def test_threshold_is_kept_rounded_up(
    mails: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(certainty, "DATA", tmp_path / "certainty.json")
    fitted = certainty.Table({}, 0.9780811)
    monkeypatch.setattr("pipeline.certainty_fit.fit", lambda reads: fitted)

    said("calibrate_facts", mails, write=True)

    stored = json.loads(certainty.DATA.read_text(encoding="utf-8"))
    assert stored["threshold"] >= fitted.threshold
