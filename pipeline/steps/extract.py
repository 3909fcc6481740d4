import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.utils import timezone

from freight.extraction.senders import country_of
from freight.models import OutgoingMail
from pipeline import dns_records, files, reading, returned, storage
from pipeline.authentication import Verdict
from pipeline.bounces import DeliveryReport
from pipeline.documents import sandbox
from pipeline.mime import ParsedMail
from pipeline.models import Email
from pipeline.work import Outcome

# all that the sandbox and the DNS are asked for one mail; below the lease of a step
SECONDS = 45.0


def run(email: Email) -> Outcome:
    """Headers and parts of the raw mail; each part that is not the letter becomes an attachment."""
    deadline = time.monotonic() + SECONDS
    trusted = settings.BUSYBEE_AUTHSERV_ID
    raw = storage.get(email.raw_sha256)
    letter = reading.read_letter(raw, authserv_id=trusted)
    mail, proof = letter.mail, _proof(raw, letter.mail, deadline)
    items = files.keep(reading.attachments(letter))
    return Outcome(
        {
            "subject": mail.subject[:1000],
            "from_name": mail.from_name[:200],
            "from_address": mail.from_address[:254],
            "reply_to": mail.reply_to[:254],
            "to": list(mail.to),
            "date": mail.date,
            "sent_on": mail.date.date() if mail.date else None,
            "sender_country": country_of(mail.from_address, mail.date),
            "message_id": mail.message_id[:998],
            "in_reply_to": mail.in_reply_to[:998],
            "references": list(mail.references),
            "machine": (mail.machine or _returned_to_us(mail.message_id))[:100],
            "spf": proof.spf,
            "dkim": proof.dkim,
            "dmarc": proof.dmarc,
            "warnings": list(mail.warnings),
        },
        write=lambda: _write(email, items, letter.report),
        note=f"{len(items)} attachments",
    )


def _returned_to_us(message_id: str) -> str:
    """Why a mail with this Message-ID must not be answered: it is our own, come round. Or ""."""
    ours = message_id and OutgoingMail.objects.filter(message_id=message_id).exists()
    return "own-mail" if ours else ""


def _proof(raw: bytes, mail: ParsedMail, deadline: float) -> Verdict:
    """What is known of the sender by our server's word, else, where that is wanted, by its keys.

    At the monotonic `deadline` nothing is known: a mail that took long to read proves less.
    """
    told = Verdict(spf=mail.spf, dkim=mail.dkim, dmarc=mail.auth)
    if mail.auth != "none" or not settings.BUSYBEE_CHECK_DKIM:
        return told
    try:
        names = sandbox.dns_names(raw, seconds=_left(deadline, sandbox.SECONDS))
        if not names:
            return told
        records = dns_records.txt_records(names, seconds=_left(deadline, dns_records.SECONDS))
        found = sandbox.proof(raw, records, seconds=_left(deadline, sandbox.SECONDS))
    except sandbox.SandboxKilled:
        return told
    return replace(found, spf=told.spf)


def _left(deadline: float, most: float) -> float:
    return max(0.0, min(most, deadline - time.monotonic()))


def _write(
    email: Email, items: list[reading.Item], report: DeliveryReport | None
) -> Mapping[str, Any]:
    email.attachments.all().delete()
    files.add_rows(email, items)
    return returned.attach(report, timezone.now())
