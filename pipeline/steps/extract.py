from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.utils import timezone

from pipeline import dns_records, files, reading, returned, storage
from pipeline.authentication import Verdict
from pipeline.bounces import DeliveryReport
from pipeline.documents import sandbox
from pipeline.mime import ParsedMail
from pipeline.models import Email
from pipeline.work import Outcome


def run(email: Email) -> Outcome:
    """Headers and parts of the raw mail; each part that is not the letter becomes an attachment."""
    trusted = settings.BUSYBEE_AUTHSERV_ID
    raw = storage.get(email.raw_sha256)
    letter = reading.read_letter(raw, authserv_id=trusted)
    mail, proof = letter.mail, _proof(raw, letter.mail)
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
            "message_id": mail.message_id[:998],
            "in_reply_to": mail.in_reply_to[:998],
            "references": list(mail.references),
            "machine": mail.machine[:100],
            "spf": proof.spf,
            "dkim": proof.dkim,
            "dmarc": proof.dmarc,
            "warnings": list(mail.warnings),
        },
        write=lambda: _write(email, items, letter.report),
        note=f"{len(items)} attachments",
    )


def _proof(raw: bytes, mail: ParsedMail) -> Verdict:
    """What is known of the sender by our server's word, else, where that is wanted, by its keys."""
    told = Verdict(spf=mail.spf, dkim=mail.dkim, dmarc=mail.auth)
    if mail.auth != "none" or not settings.BUSYBEE_CHECK_DKIM:
        return told
    try:
        names = sandbox.dns_names(raw)
        found = sandbox.proof(raw, dns_records.txt_records(names)) if names else told
    except sandbox.SandboxKilled:
        return told
    return replace(found, spf=told.spf)


def _write(
    email: Email, items: list[reading.Item], report: DeliveryReport | None
) -> Mapping[str, Any]:
    email.attachments.all().delete()
    files.add_rows(email, items)
    return returned.attach(report, timezone.now())
