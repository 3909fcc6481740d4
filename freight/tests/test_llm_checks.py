"""Wrong settings of the language model are named at start."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from freight import llm_checks

ROOT = Path(__file__).resolve().parents[2]


def ids(settings: Any, **changes: Any) -> list[str | None]:
    for name, value in changes.items():
        setattr(settings, name, value)
    return [each.id for each in llm_checks.check_settings(None)]


def test_rules_only_needs_nothing(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(llm_checks, "find_spec", lambda name: None)

    assert ids(settings, BUSYBEE_LLM="", BUSYBEE_LLM_SECONDS=600) == []


@pytest.mark.parametrize("absent", ["langchain", "langchain_openai"])
def test_absent_package_is_named(
    settings: Any, monkeypatch: pytest.MonkeyPatch, absent: str
) -> None:
    monkeypatch.setattr(llm_checks, "find_spec", lambda name: None if name == absent else object())

    settings.BUSYBEE_LLM = "openai:gpt-4o-mini"
    (error,) = llm_checks.check_settings(None)
    assert error.id == "freight.E010"
    assert absent in error.msg
    assert "rules only" in str(error.hint)


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, []),
        ({"BUSYBEE_LLM_URL": "http://127.0.0.1:8080/v1"}, []),
        ({"BUSYBEE_LLM": "a model"}, ["freight.E011"]),
        ({"BUSYBEE_LLM_URL": "127.0.0.1:8080"}, ["freight.E012"]),
        ({"BUSYBEE_LLM_URL": "http://"}, ["freight.E012"]),
        ({"BUSYBEE_LLM_SECONDS": 15}, ["freight.E013"]),
        ({"BUSYBEE_LLM_SECONDS": 15, "BUSYBEE_LEASE_SECONDS": 120}, []),
    ],
)
def test_values(settings: Any, changes: dict[str, Any], found: list[str]) -> None:
    assert ids(settings, **{"BUSYBEE_LLM": "openai:gpt-4o-mini", **changes}) == found


@pytest.mark.parametrize(
    ("name", "found"), [("openai:test", []), ("nobody:model", ["freight.E014"]), ("", [])]
)
def test_name_is_tried_on_deployment(settings: Any, name: str, found: list[str]) -> None:
    settings.BUSYBEE_LLM, settings.BUSYBEE_LLM_API_KEY = name, "k-1"

    assert [each.id for each in llm_checks.check_model(None)] == found


def test_worker_with_a_model_loads_its_library_when_it_asks(tmp_path: Path) -> None:
    code = (
        "import django; django.setup(); import sys; from django.core import checks;"
        "checks.run_checks(); import pipeline.steps.llm_extract, pipeline.triage;"
        "print([n for n in ('langchain', 'langchain_core', 'openai', 'pydantic')"
        " if n in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
        env={
            "DJANGO_SETTINGS_MODULE": "busybee.settings",
            "BUSYBEE_HOME": str(tmp_path),
            "BUSYBEE_LLM": "openai:test",
        },
    )
    assert done.stdout.strip() == "[]"
