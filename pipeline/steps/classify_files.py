from collections.abc import Mapping
from dataclasses import astuple
from typing import Any

from django.db.models import Sum
from django.db.models.functions import Length

from pipeline import files, reading
from pipeline.models import Attachment, Email
from pipeline.steps.unzip import OPENED
from pipeline.work import Outcome


def run(email: Email) -> Outcome:
    """The text of each document, or why there is none; dangerous files stay closed."""
    rows = list(email.attachments.filter(refused="", text="").exclude(kind__in=OPENED))
    if not rows:
        return Outcome(skipped=True, note="no files")
    taken = email.attachments.aggregate(characters=Sum(Length("text")))["characters"] or 0
    items = reading.with_text([files.item_of(row) for row in rows], taken=taken)
    read = sum(1 for item in items if item.text)
    return Outcome(write=lambda: _write(rows, items), note=f"{read} of {len(items)} files read")


def _write(rows: list[Attachment], items: tuple[reading.Item, ...]) -> Mapping[str, Any]:
    for row, item in zip(rows, items, strict=True):
        row.text, row.refused, row.notes = item.text, item.refused[:200], list(item.notes)
        row.places = [astuple(place) for place in item.places]
    Attachment.objects.bulk_update(rows, ["text", "refused", "notes", "places"])
    return {}
