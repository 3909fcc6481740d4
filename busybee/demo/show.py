"""The demo's course: sample mails in, orders by reply, and a table of what became of each."""

import datetime as dt
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from busybee.demo.mails import DemoMail, Outcome, build, order_reply
from freight.models import OutgoingMail, Sending
from pipeline.models import Email, Location

Say = Callable[[str], None]
ORDERS = 2  # quotations that the demo's customers accept by reply
LOOK_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a sample mail, beside what should."""

    name: str
    language: str
    subject: str
    label: str
    outcome: str
    expected: str

    @property
    def right(self) -> bool:
        return self.outcome == self.expected


class Show:
    """One run of the demo against the processes that are up: reads rows and files, starts none."""

    def __init__(self, folder: Path, sink: Path, *, seconds: float, say: Say) -> None:
        self.folder, self.sink, self.say = folder, sink, say
        self.deadline = time.monotonic() + seconds
        self.expected: dict[str, tuple[str, str]] = {}

    def run(self) -> list[Fate]:
        """Drop the mails, wait for their ends, answer two quotations, wait again; every mail's
        fate.
        """
        now = timezone.localtime()
        for mail in build(now):
            self._drop(mail.name, mail.raw, mail.language, mail.expected)
        self._wait("mails read")
        for number, quotation in enumerate(self._quotations()[:ORDERS], start=1):
            raw = order_reply(quotation, now + dt.timedelta(minutes=1))
            self._drop(f"{32 + number}-order-by-reply", raw, "", "ordered")
        self._wait("mails read")
        return self.fates()

    def _drop(self, name: str, raw: bytes, language: str, expected: str) -> None:
        """Put a mail into the mailbox folder, whole or not at all."""
        fresh = self.folder / f".{name}.new"
        fresh.write_bytes(raw)
        fresh.rename(self.folder / f"{name}.eml")
        self.expected[name] = (language, expected)

    def _wait(self, what: str) -> None:
        """Until every mail has ended and all mail is out, or the time is over."""
        shown = -1
        while time.monotonic() < self.deadline:
            done = sum(1 for fate in self.fates() if fate.outcome)
            waiting = OutgoingMail.objects.filter(
                state__in=[Sending.QUEUED, Sending.SENDING, Sending.UNCERTAIN]
            ).count()
            if done != shown:
                sent = OutgoingMail.objects.filter(state=Sending.SENT).count()
                self.say(f"  {done:2} of {len(self.expected)} {what}, {sent} sent")
                shown = done
            if done == len(self.expected) and not waiting:
                return
            time.sleep(LOOK_SECONDS)

    def _quotations(self) -> list[bytes]:
        """The quotations in the sink, oldest first."""
        ids = set(
            OutgoingMail.objects.filter(kind=OutgoingMail.Kind.QUOTATION, state=Sending.SENT)
            .order_by("pk")
            .values_list("message_id", flat=True)
        )
        kept = [path.read_bytes() for path in sorted(self.sink.glob("*.eml"))]
        return [raw for raw in kept if any(message_id.encode() in raw for message_id in ids)]

    def fates(self) -> list[Fate]:
        """What has become of each mail that was dropped, in their order; outcome "" while it is on
        its way.
        """
        found = dict(self._found())
        return [
            replace(found[name], language=language or found[name].language, expected=str(expected))
            if name in found
            else Fate(name, language, "", "", "", str(expected))
            for name, (language, expected) in self.expected.items()
        ]

    def _found(self) -> Iterator[tuple[str, Fate]]:
        places = Location.objects.filter(mailbox__directory=str(self.folder))
        for place in places.select_related("email"):
            name = place.uid.rsplit(".eml:", 1)[0]
            mail = place.email
            yield name, Fate(name, mail.language, mail.subject, mail.label, outcome_of(mail), "")


def outcome_of(email: Email) -> str:
    """The end that a mail has reached, in the words of the demo's expectations; "" before it."""
    if email.state == Email.State.QUARANTINED:
        return "quarantined"
    if email.state != Email.State.DONE:
        return ""
    if email.outcome == "filed":
        return Outcome.REVIEW if email.machine else f"filed-{email.label}"
    return Outcome.REVIEW if email.outcome.startswith("review") else email.outcome


def table(fates: list[Fate]) -> str:
    """The fates as lines of text, the wrong ones marked."""
    lines = [f"  {'mail':34} {'is':8} {'became':16}"]
    for fate in fates:
        wrong = "" if fate.right else f"  <- expected {fate.expected}"
        lines.append(
            f"  {fate.name:34} {fate.label or '-':8} {fate.outcome or 'unfinished':16}{wrong}"
        )
    right = sum(fate.right for fate in fates)
    return "\n".join([*lines, f"  {right} of {len(fates)} as expected"])


def chat_link() -> str:
    """The link of the newest question mail, as its customer got it; "" where there is none."""
    from freight.outbox import readable

    mail = OutgoingMail.objects.filter(kind=OutgoingMail.Kind.QUESTION, state=Sending.SENT).last()
    words = readable(mail).split() if mail else []
    return next((word for word in words if word.startswith(settings.BUSYBEE_PUBLIC_URL)), "")


__all__ = ["DemoMail", "Fate", "Show", "chat_link", "outcome_of", "table"]
