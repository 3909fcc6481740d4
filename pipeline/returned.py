"""A delivery report that came in, and the mail of ours that it speaks of."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from freight import deliveries
from freight.models import OutgoingMail
from pipeline.bounces import DeliveryReport


def attach(report: DeliveryReport | None, now: dt.datetime) -> Mapping[str, Any]:
    """Columns of the mail that carries `report`; what it says is noted at the mail it speaks of.

    Only our own Message-ID, which nobody can guess, leads there: a forged report changes nothing.
    """
    if report is None:
        return {"bounce_of": None}
    mail = _spoken_of(report)
    if mail and report.action == "failed":
        deliveries.mark_undelivered(mail.message_id, reason(report), now)
    elif mail and report.action:
        deliveries.mark_accepted(mail.message_id, now)
    return {"bounce_of": mail, "machine": report.machine}


def _spoken_of(report: DeliveryReport) -> OutgoingMail | None:
    """The first mail of ours among those that the report names."""
    found = OutgoingMail.objects.filter(message_id__in=report.message_ids).defer("sealed")
    return min(found, key=lambda mail: report.message_ids.index(mail.message_id), default=None)


def reason(report: DeliveryReport) -> str:
    """Why the mail did not arrive, as `last_error` keeps it: freight.remarks has it in words."""
    told = report.diagnostic
    if report.recipient and report.recipient not in told:
        told = f"{report.recipient}: {told}" if told else report.recipient
    return f"undelivered {report.status}: {told}"[:300]
