"""What Prometheus asks for: counted in the rows at each scrape, the same from every process."""

import datetime as dt
from collections.abc import Iterator

from django.db.models import Count, Min
from django.utils import timezone
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily

from freight import mail_switch
from freight.models import OutgoingMail, Sending
from pipeline.mailbox.health import health
from pipeline.models import Email, Mailbox, Step, StepName


class RowCollector:
    """Counts of steps, mails and outgoing mails, and how mailboxes are doing; seven queries."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        now = timezone.now()
        yield from self._steps(now)
        yield from self._emails()
        yield from self._outbox(now)
        yield from self._mailboxes(now)

    def _steps(self, now: dt.datetime) -> Iterator[GaugeMetricFamily]:
        steps = GaugeMetricFamily(
            "busybee_steps", "Steps by name and state", labels=["name", "state"]
        )
        counted = Step.objects.order_by().values_list("name", "state").annotate(Count("pk"))
        cells = {(name, state): number for name, state, number in counted}
        for name in StepName.values:
            for state in Step.State.values:
                steps.add_metric([name, state], cells.get((name, state), 0))
        yield steps
        oldest = Step.objects.stuck(now, age=dt.timedelta(0)).aggregate(at=Min("next_at"))["at"]
        yield GaugeMetricFamily(
            "busybee_oldest_due_step_seconds",
            "How long the oldest step has waited for a worker",
            value=_age(oldest, now),
        )

    def _emails(self) -> Iterator[GaugeMetricFamily]:
        emails = GaugeMetricFamily(
            "busybee_emails", "Mails by label and state", labels=["label", "state"]
        )
        stopped = 0
        for label, state, number in (
            Email.objects.order_by().values_list("label", "state").annotate(Count("pk"))
        ):
            emails.add_metric([label or "none", state], number)
            stopped += number if state == Email.State.QUARANTINED else 0
        yield emails
        yield GaugeMetricFamily(
            "busybee_quarantined_emails", "Mails set aside for an operator", value=stopped
        )

    def _outbox(self, now: dt.datetime) -> Iterator[GaugeMetricFamily]:
        outbox = GaugeMetricFamily(
            "busybee_outgoing_mails", "Outgoing mails by state", labels=["state"]
        )
        counted = dict(OutgoingMail.objects.order_by().values_list("state").annotate(Count("pk")))
        for state in Sending.values:
            outbox.add_metric([state], counted.get(state, 0))
        yield outbox
        yield GaugeMetricFamily(
            "busybee_mail_stopped", "1 while no mail may leave", value=bool(mail_switch.stopped())
        )
        oldest = OutgoingMail.objects.due(now).aggregate(at=Min("next_at"))["at"]
        yield GaugeMetricFamily(
            "busybee_oldest_due_outgoing_seconds",
            "Age of the oldest outgoing mail that waits for a sender",
            value=_age(oldest, now),
        )

    def _mailboxes(self, now: dt.datetime) -> Iterator[GaugeMetricFamily]:
        """Of active ones; a mailbox that was never read has no age."""
        ages = {
            "heartbeat_at": GaugeMetricFamily(
                "busybee_mailbox_heartbeat_age_seconds",
                "How long ago the poller gave a sign for the mailbox",
                labels=["mailbox"],
            ),
            "last_success": GaugeMetricFamily(
                "busybee_mailbox_last_success_age_seconds",
                "How long ago the mailbox was read without an error",
                labels=["mailbox"],
            ),
        }
        states = GaugeMetricFamily(
            "busybee_mailbox_state", "1 for the state that it is in", labels=["mailbox", "state"]
        )
        for box in Mailbox.objects.filter(active=True):
            for name, family in ages.items():
                if at := getattr(box, name):
                    family.add_metric([box.name], _age(at, now))
            states.add_metric([box.name, health(box, now).value], 1)
        yield from ages.values()
        yield states


def _age(at: dt.datetime | None, now: dt.datetime) -> float:
    return max((now - at).total_seconds(), 0.0) if at else 0.0


def exposition() -> bytes:
    """The figures in Prometheus' text format."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(RowCollector())
    return generate_latest(registry)
