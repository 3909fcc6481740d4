"""The sample mails of the demo, with what must become of each.

Each file in `mails/` describes one mail: sender, texts, encodings, attachments, what it states.
Days are counted from the day the mail is sent, so the mails never grow old.
"""

import datetime as dt
import functools
import tomllib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any

from busybee.demo.attachments import attached
from busybee.demo.days import Day, day_named
from busybee.demo.letters import Letter, render
from busybee.demo.replies import order_reply
from freight.fields import Container, Facts

__all__ = ["DemoMail", "Outcome", "build", "order_reply"]

FOLDER = Path(__file__).with_name("mails")
BUSYBEE = ("BusyBee", "quote@busybee.example")
ENCODINGS = ("charset", "charset_label", "header_label", "transfer")
MINUTES_BETWEEN = 3
# a stride that shares no factor with 32: the kinds come mixed, as in a real inbox
STRIDE = 13
# hours ahead of UTC on the sender's clock
HOME_ZONE = 9


class Outcome(StrEnum):
    """What must have become of a sample mail when the demo has run."""

    QUOTED = "quoted"
    # priced, but above the limit up to which the machine sends by itself
    DRAFT = "draft"
    ASKED = "asked"
    FILED_SPAM = "filed-spam"
    FILED_INQUIRY = "filed-inquiry"
    REVIEW = "review"


@dataclass(frozen=True, slots=True)
class DemoMail:
    """A sample mail. `facts` is what it states, for every mail that asks for a quotation."""

    name: str
    raw: bytes
    expected: Outcome
    label: str
    language: str
    facts: Facts | None = None


def build(today: dt.datetime) -> list[DemoMail]:
    """The 32 sample mails, by name, all sent in the two hours before `today` (aware)."""
    described = _described()
    return [
        _mail(name, material, _sent_at(today, place * STRIDE % len(described)))
        for place, (name, material) in enumerate(described.items())
    ]


@functools.cache
def _described() -> Mapping[str, Mapping[str, Any]]:
    paths = sorted(FOLDER.glob("*.toml"))
    return {path.stem: tomllib.loads(path.read_text("utf-8")) for path in paths}


def _sent_at(today: dt.datetime, turn: int) -> dt.datetime:
    """A moment shortly before `today`, but not yesterday in Korea: "next week" must not shift."""
    local = today.astimezone(dt.timezone(dt.timedelta(hours=HOME_ZONE))).replace(microsecond=0)
    midnight = local.replace(hour=0, minute=0, second=0)
    return max(midnight, local - dt.timedelta(minutes=MINUTES_BETWEEN * (turn + 1)))


def _mail(name: str, material: Mapping[str, Any], sent: dt.datetime) -> DemoMail:
    zone = dt.timezone(dt.timedelta(hours=material.get("zone", HOME_ZONE)))
    sent = sent.astimezone(zone)
    days = _days(material, sent.date())
    return DemoMail(
        name=name,
        raw=render(_letter(name, material, sent, days)),
        expected=Outcome(material["expected"]),
        label=material["label"],
        language=material["language"],
        facts=_facts(material, days) if material["label"] == "quote" else None,
    )


def _days(material: Mapping[str, Any], sent: dt.date) -> dict[str, Day]:
    """Every day that the mail's texts may name: `sent`, those under [days], etd and eta."""
    facts = material.get("facts", {})
    dates = {name: facts[name] for name in ("etd", "eta") if name in facts}
    named = {"sent": 0, **material.get("days", {}), **dates}
    return {name: day_named(when, sent) for name, when in named.items()}


def _facts(material: Mapping[str, Any], days: Mapping[str, Day]) -> Facts:
    stated = material["facts"]
    weight = stated.get("gross_weight_kg")
    return Facts(
        gross_weight_kg=None if weight is None else Decimal(weight),
        container=Container(stated["container"]) if "container" in stated else None,
        etd=days["etd"].plain() if "etd" in stated else None,
        eta=days["eta"].plain() if "eta" in stated else None,
        origin=stated.get("origin"),
        destination=stated.get("destination"),
        containers=stated.get("containers"),
    )


def _letter(
    name: str, material: Mapping[str, Any], sent: dt.datetime, days: Mapping[str, Day]
) -> Letter:
    sender = material["from"]

    def fill(value: Any) -> Any:
        """A text with its days written in; `=etd` is the day itself, for a date cell."""
        if not isinstance(value, str):
            return value
        return days[value[1:]] if value.startswith("=") else value.format(**days)

    return Letter(
        sender=(sender[0], sender[1]),
        recipient=BUSYBEE,
        subject=fill(material["subject"]),
        text=fill(material["text"]).lstrip("\n"),
        html=fill(material.get("html", "")).lstrip("\n"),
        sent=sent,
        message_id=_message_id(name, sender[1], sent),
        headers=_thread_headers(material) | material.get("headers", {}),
        attachments=tuple(attached(one, fill) for one in material.get("attachments", ())),
        **{key: material[key] for key in ENCODINGS if key in material},
    )


def _message_id(name: str, address: str, sent: dt.datetime) -> str:
    unique = uuid.uuid5(uuid.NAMESPACE_URL, f"busybee-demo:{name}:{sent.isoformat()}")
    return f"<{unique.hex}@{address.rpartition('@')[2]}>"


def _thread_headers(material: Mapping[str, Any]) -> dict[str, str]:
    references: Sequence[str] = material.get("references", "").split()
    if not references:
        return {}
    return {"In-Reply-To": references[-1], "References": " ".join(references)}
