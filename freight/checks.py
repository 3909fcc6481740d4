"""What is set up wrong for sending, found at the start."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from freight.smtp import Relay


@register()
def relay_is_usable(**_: Any) -> list[CheckMessage]:
    """Errors in BUSYBEE_SMTP_URL and BUSYBEE_SMTP_CA_FILE; the URL itself may hold a password."""
    found: list[CheckMessage] = []
    try:
        Relay.from_url(settings.BUSYBEE_SMTP_URL)
    except ValueError as exc:
        hint = "smtp://host:25, smtp+starttls://user:password@host:587 or smtps://..."
        found.append(Error(f"BUSYBEE_SMTP_URL: {exc}", hint=hint, id="freight.E001"))
    ca_file = settings.BUSYBEE_SMTP_CA_FILE
    if ca_file and not Path(ca_file).is_file():
        found.append(
            Error("BUSYBEE_SMTP_CA_FILE: there is no such file", hint="PEM", id="freight.E002")
        )
    return found
