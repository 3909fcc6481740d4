"""How this installation is: processes, queues, open work, mailboxes, the model that serves."""

import datetime as dt
import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import redis
from django.conf import settings
from django.db import DatabaseError
from django.db.models import Count, QuerySet
from django.utils import timezone

from busybee.queues import Queue

if TYPE_CHECKING:
    from freight.mail_switch import Stop

WELL = {"ready", "done"}


@dataclass(frozen=True, slots=True)
class Status:
    """Everything that `manage.py status` prints; `down` names what does not work."""

    processes: list[dict[str, Any]]
    queues: dict[str, int]
    steps: dict[str, int]
    outbox: dict[str, int]
    mail_stopped: str  # by whom and since when; empty while mail may leave
    mailboxes: list[dict[str, Any]]
    model: str
    sandbox: dict[str, Any]
    down: list[str]

    def as_json(self) -> str:
        return json.dumps(asdict(self), indent=1, ensure_ascii=False)


def read() -> Status:
    """The status now. What cannot be asked is named in `down` instead of raised."""
    down: list[str] = []
    processes = _processes(settings.BUSYBEE_HOME / "up.json", down)
    queues = _queues(down)
    rows = _rows(down)
    sandbox = _sandbox(down)
    return Status(processes=processes, queues=queues, sandbox=sandbox, down=down, **rows)


def _processes(path: Path, down: list[str]) -> list[dict[str, Any]]:
    """What the supervisor of this home last said of its processes."""
    try:
        report = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        if settings.BUSYBEE_EMBEDDED:
            down.append("supervisor (manage.py up)")
        return []
    if not _alive(report["pid"]):
        down.append("supervisor (manage.py up)")
    rows: list[dict[str, Any]] = report["processes"]
    down += [row["name"] for row in rows if row["state"] not in WELL or not _runs(row)]
    return rows


def _runs(row: dict[str, Any]) -> bool:
    return row["state"] == "done" or _alive(row["pid"])


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return pid > 0


def _queues(down: list[str]) -> dict[str, int]:
    """Messages that wait in each queue of a broker that is Redis."""
    if not settings.BUSYBEE_REDIS_URL.startswith(("redis", "unix")):
        return {}
    try:
        with redis.Redis.from_url(settings.BUSYBEE_REDIS_URL, socket_timeout=3) as client:
            return {queue.value: int(client.llen(queue.value)) for queue in Queue}
    except redis.RedisError as exc:
        down.append(f"redis ({type(exc).__name__})")
        return {}


def _rows(down: list[str]) -> dict[str, Any]:
    """What the database says, by the names of Status."""
    # here, not above: the command's --help must not need the apps
    from classifier.models import ModelVersion
    from freight import mail_switch
    from freight.models import OutgoingMail
    from pipeline.models import Mailbox, Step

    now = timezone.now()
    try:
        active = ModelVersion.objects.filter(state=ModelVersion.State.ACTIVE).first()
        mailboxes = [_mailbox(box, now) for box in Mailbox.objects.filter(active=True)]
        stop = mail_switch.stopped()
        steps, outbox = _by_state(Step.objects.unfinished()), _by_state(OutgoingMail.objects.all())
    except DatabaseError as exc:
        down.append(f"database ({type(exc).__name__})")
        return {"steps": {}, "outbox": {}, "mail_stopped": "", "mailboxes": [], "model": ""}
    down += [f"mailbox {box['name']}" for box in mailboxes if box["state"] in ("error", "silent")]
    return {
        "steps": steps,
        "outbox": outbox,
        "mail_stopped": _told(stop) if stop else "",
        "mailboxes": mailboxes,
        "model": active.version if active else "",
    }


def _told(stop: "Stop") -> str:
    if stop.since is None:
        return "by BUSYBEE_SENDING"
    return f"by {stop.by} since {stop.since.isoformat(timespec='seconds')}"


def _by_state(rows: "QuerySet[Any]") -> dict[str, int]:
    counted: Iterable[tuple[str, int]] = (
        rows.order_by().values_list("state").annotate(count=Count("pk"))
    )
    return dict(counted)


def _mailbox(box: Any, now: dt.datetime) -> dict[str, Any]:
    from pipeline.mailbox.health import health

    beat = box.heartbeat_at
    return {
        "name": box.name,
        "mode": box.mode,
        "state": health(box, now).value,
        "last_success": box.last_success.isoformat(timespec="seconds") if box.last_success else "",
        "heartbeat_seconds": max(round((now - beat).total_seconds()), 0) if beat else None,
        "paused": box.paused,
        "error": box.last_error,
    }


def _sandbox(down: list[str]) -> dict[str, Any]:
    """What holds a parser in its bounds on this machine; `offline`: it has no network."""
    from pipeline.documents import sandbox
    from pipeline.errors import PipelineError

    try:
        return dict(sandbox.pool.limits())
    except (OSError, PipelineError) as exc:
        down.append(f"sandbox ({type(exc).__name__})")
        return {}
