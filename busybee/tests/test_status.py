import datetime as dt
import json
import os
import re
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

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


@pytest.mark.parametrize(
    ("changes", "state", "down"),
    [
        ({}, "new", []),
        ({"last_success": 10, "heartbeat_at": 5}, "well", []),
        ({"last_success": 10, "heartbeat_at": 5, "paused": "too much to do"}, "paused", []),
        ({"last_success": 900, "heartbeat_at": 900}, "silent", ["mailbox sales"]),
        ({"last_error": "login refused", "heartbeat_at": 5}, "error", ["mailbox sales"]),
        ({"last_error": "login refused", "active": False}, None, []),
    ],
)
def test_status_of_mailboxes(
    write_report: Write, changes: dict[str, Any], state: str | None, down: list[str]
) -> None:
    write_report()
    now = timezone.now()
    for name in ("last_success", "heartbeat_at"):
        if name in changes:
            changes[name] = now - dt.timedelta(seconds=changes[name])
    Mailbox.objects.create(name="sales", host="imap.example", **changes)
    status = read()
    assert [box["state"] for box in status.mailboxes] == ([state] if state else [])
    assert status.down == down


def test_status_says_what_holds_the_parsers(write_report: Write) -> None:
    write_report()
    assert isinstance(read().sandbox["offline"], bool)
    out = StringIO()
    call_command("status", stdout=out)
    assert "network" in out.getvalue()


def test_figures_of_mailboxes(client: Client) -> None:
    minute = timezone.now() - dt.timedelta(seconds=60)
    Mailbox.objects.create(name="one", host="a.example", heartbeat_at=minute, last_success=minute)
    Mailbox.objects.create(name="two", host="a.example")
    Mailbox.objects.create(name="off", host="a.example", active=False)
    text = client.get("/metrics").content.decode()
    age = re.search(r'busybee_mailbox_heartbeat_age_seconds{mailbox="one"} ([0-9.]+)', text)
    assert age
    assert 60 <= float(age[1]) < 120
    assert 'busybee_mailbox_state{mailbox="two",state="new"} 1.0' in text
    assert 'mailbox="off"' not in text


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
