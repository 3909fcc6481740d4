"""Scripted conversations: read from `conversations/*.jsonl`, played against the real services.

Written from LABELS.md by people who did not see the dialogue; how, says the folder's README.
"""

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from chat import answering, cards, services
from chat.models import Session
from chat.rows import situation_of
from freight import own_places
from freight.fields import Container, Evidence, Facts
from freight.models import Mode, QuoteRequest

FOLDER = Path(__file__).parent / "conversations"
SEOUL = ZoneInfo("Asia/Seoul")
# a gold name, and the fact's own
NAMES = {
    "weight_kg": "gross_weight_kg",
    "container": "container",
    "departure_date": "etd",
    "arrival_date": "eta",
    "departure": "origin",
    "arrival": "destination",
    "containers": "containers",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a conversation came to, by gold names; `transcript` for who must find out why."""

    facts: dict[str, Any]
    complete: bool
    language: str
    transcript: tuple[str, ...]


def scripts(folder: Path = FOLDER) -> Iterator[dict[str, Any]]:
    """Every conversation of the folder, by language and number."""
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            yield json.loads(line)


def play(script: dict[str, Any]) -> Outcome:
    """Hold the conversation of `script`, each message answered before the next is said."""
    own_places.refresh()
    day = dt.date.fromisoformat(script["today"])
    now = dt.datetime.combine(day, dt.time(10), SEOUL)
    session, _ = services.begin(_request(script, now))
    for number, step in enumerate(script["steps"]):
        _do(session, step, f"{script['id']}-{number}", now + dt.timedelta(minutes=number))
    return _outcome(session.pk, now)


def differences(script: dict[str, Any], outcome: Outcome) -> dict[str, tuple[Any, Any]]:
    """What came out otherwise than the script says: {name: (wanted, got)}; weights within 1 %."""
    wanted = {
        **script["final"],
        "complete": script["complete"],
        "language": script["final_language"],
    }
    wanted["containers"] = wanted.get("containers") or 1
    got = {**outcome.facts, "complete": outcome.complete, "language": outcome.language}
    return {
        name: (value, got[name])
        for name, value in wanted.items()
        if not _same(name, value, got[name])
    }


def _same(name: str, wanted: Any, got: Any) -> bool:
    if name == "weight_kg" and wanted and got:
        return abs(wanted - got) <= wanted / 100
    return bool(wanted == got)


def _request(script: dict[str, Any], now: dt.datetime) -> QuoteRequest:
    """The request as the mail left it: what is known has the mail's words as evidence."""
    request = QuoteRequest.objects.create(
        language=script["language"],
        customer_name="Customer",
        customer_address=f"{script['id']}@customer.example",
        mode=Mode.AUTO,
        needs_lane_rate=False,
    )
    facts = _facts(script["known"])
    evidence = {name: Evidence("x", "body", 0, 1, "rules") for name, _ in facts.stated()}
    if facts.containers is not None:
        evidence["containers"] = Evidence("x", "body", 0, 1, "rules")
    request.take(facts, evidence)
    request.save()
    return request


def _facts(known: dict[str, Any]) -> Facts:
    told = {NAMES[name]: value for name, value in known.items() if value is not None}
    for name in ("etd", "eta"):
        if name in told:
            told[name] = dt.date.fromisoformat(told[name])
    if "gross_weight_kg" in told:
        told["gross_weight_kg"] = Decimal(str(told["gross_weight_kg"]))
    if "container" in told:
        told["container"] = Container(told["container"])
    if told.get("containers") == 1:
        del told["containers"]  # nobody said so
    return Facts(**told)


def _do(session: Session, step: dict[str, Any], cid: str, now: dt.datetime) -> None:
    if "say" in step:
        services.post(session.pk, cid=cid, text=step["say"], now=now)
        answering.answer_all(session.pk, now)
    elif "language" in step:
        services.speak(session.pk, step["language"])
    else:
        again, fresh = services.begin(session.request)
        assert again.pk == session.pk
        assert not fresh
        history = services.welcome(again, last_seq=0, fresh=False)["history"]
        assert [frame["seq"] for frame in history] == list(range(1, len(history) + 1))


def _outcome(session_id: int, now: dt.datetime) -> Outcome:
    session = Session.objects.select_related("request").get(pk=session_id)
    told = situation_of(session, now).told
    values: dict[str, Any] = {gold: getattr(told, name) for gold, name in NAMES.items()}
    values["weight_kg"] = float(told.gross_weight_kg) if told.gross_weight_kg else None
    values["container"] = str(told.container) if told.container else None
    for gold in ("departure_date", "arrival_date"):
        values[gold] = values[gold].isoformat() if values[gold] else None
    values["containers"] = told.containers or 1
    said = [f"{m['author']}: {m['text']}" for m in cards.news_after(session_id, 0).messages]
    complete = session.state == Session.State.COMPLETED
    return Outcome(values, complete, session.language, tuple(said))
