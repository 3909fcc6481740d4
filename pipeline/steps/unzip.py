from collections.abc import Mapping
from typing import Any

from pipeline import files, reading
from pipeline.documents import OPENERS
from pipeline.models import Email
from pipeline.work import Outcome

OPENED = ("eml", *OPENERS)


def run(email: Email) -> Outcome:
    """The members of the mail's archives and forwarded mails, under one budget for all."""
    rows = list(email.attachments.filter(parent=None, kind__in=OPENED, refused=""))
    if not rows:
        return Outcome(skipped=True, note="no archives")
    items, warnings = reading.expanded([files.item_of(row) for row in rows])
    kept = files.keep(items)
    return Outcome(
        {"warnings": [*email.warnings, *warnings]},
        write=lambda: _write(email, kept),
        note=f"{len(kept) - len(rows)} members",
    )


def _write(email: Email, items: list[reading.Item]) -> Mapping[str, Any]:
    email.attachments.exclude(parent=None).delete()
    files.add_rows(email, items)
    return {}
