from collections.abc import Mapping
from typing import Any

from django.conf import settings

from pipeline import files, mime, reading, storage
from pipeline.models import Email
from pipeline.work import Outcome


def run(email: Email) -> Outcome:
    """Headers and parts of the raw mail; each part that is not the letter becomes an attachment."""
    trusted = settings.BUSYBEE_AUTHSERV_ID
    mail = mime.parse(storage.get(email.raw_sha256), authserv_id=trusted)
    items = files.keep(reading.attachments(mail))
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
            # anybody can write the header: without our server's name only a "fail" is believed
            "dmarc": mail.auth if trusted or mail.auth == "fail" else "none",
            "warnings": list(mail.warnings),
        },
        write=lambda: _write(email, items),
        note=f"{len(mail.parts)} parts",
    )


def _write(email: Email, items: list[reading.Item]) -> Mapping[str, Any]:
    email.attachments.all().delete()
    files.add_rows(email, items)
    return {}
