import json
import os
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from busybee.status import read
from pipeline.models import Mailbox

pytestmark = pytest.mark.django_db
Write = Callable[..., None]


@pytest.fixture
def write_report(settings: Any, tmp_path: Path, empty_redis: str) -> Write:
    """A function that writes an up.json, in a home of its own, with one process like this."""
    settings.BUSYBEE_HOME = tmp_path

    def write(**process: object) -> None:
        row = {"name": "web", "pid": os.getpid(), "restarts": 0, "state": "ready", **process}
        report = {"pid": os.getpid(), "token": "x", "addresses": {}, "processes": [row]}
        (tmp_path / "up.json").write_text(json.dumps(report))

    return write


def test_status_of_what_runs_names_nothing_down(write_report: Write) -> None:
    write_report()
    status = read()
    assert status.down == []
    assert status.queues == {"mail": 0, "llm": 0, "outbox": 0, "chat": 0, "training": 0}


@pytest.mark.parametrize("process", [{"state": "resting"}, {"pid": 2**22 + 1}, {"pid": 0}])
def test_status_names_a_process_that_is_down(
    write_report: Write, process: dict[str, object]
) -> None:
    write_report(**process)
    assert read().down == ["web"]


def test_status_takes_a_finished_one_shot_for_well(write_report: Write) -> None:
    write_report(state="done", pid=0)
    assert read().down == []


def test_status_without_a_supervisor_says_so(write_report: Write) -> None:
    assert read().down == ["supervisor (manage.py up)"]


def test_status_without_redis_says_so(write_report: Write, settings: Any) -> None:
    write_report()
    settings.BUSYBEE_REDIS_URL = "redis://127.0.0.1:9/0"
    assert read().down == ["redis (ConnectionError)"]


def test_status_names_a_mailbox_with_an_error(write_report: Write) -> None:
    write_report()
    Mailbox.objects.create(name="sales", host="imap.example", last_error="login refused")
    assert read().down == ["mailbox sales"]


def test_status_command_ends_with_1_when_something_is_down(write_report: Write) -> None:
    write_report(state="resting")
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("status", "--json", stdout=out)
    assert ended.value.code == 1
    assert json.loads(out.getvalue())["down"] == ["web"]


def test_status_command_prints_a_table(write_report: Write) -> None:
    write_report()
    out = StringIO()
    call_command("status", stdout=out)
    assert out.getvalue().splitlines()[0].split()[:2] == ["web", "ready"]
    assert "none promoted yet" in out.getvalue()
