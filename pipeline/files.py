"""Attachment rows and the items that the reading part works on, each made from the other."""

from collections.abc import Iterable
from dataclasses import astuple

from pipeline import storage
from pipeline.documents.results import Place
from pipeline.models import Attachment, Email
from pipeline.reading import Item


def keep(items: Iterable[Item]) -> list[Item]:
    """`items`, their bytes safe in storage: to be called before the transaction that names them."""
    kept = list(items)
    for item in kept:
        if item.sha256:
            storage.put(item.data)
    return kept


def add_rows(email: Email, items: Iterable[Item]) -> None:
    """A row for each item, parents before members; an earlier run's rows of the same paths give
    way.
    """
    rows: dict[str, Attachment] = {}
    for item in items:
        parent = rows.get(item.parent) or email.attachments.filter(path=item.parent).first()
        row, _ = Attachment.objects.update_or_create(
            email=email,
            path=item.path,
            defaults={
                "parent": parent if item.parent else None,
                "filename": item.filename[:300],
                "declared_type": item.declared_type[:150],
                "kind": item.kind,
                "size": item.size,
                "sha256": item.sha256,
                "inline": item.inline,
                "text": item.text,
                "places": [astuple(place) for place in item.places],
                "notes": list(item.notes),
                "refused": item.refused,
            },
        )
        rows[item.path] = row


def item_of(row: Attachment) -> Item:
    """The row as an item, with its bytes from storage."""
    return Item(
        path=row.path,
        parent=row.parent.path if row.parent else "",
        filename=row.filename,
        declared_type=row.declared_type,
        kind=row.kind,
        size=row.size,
        sha256=row.sha256,
        data=storage.get(row.sha256) if row.sha256 else b"",
        text=row.text,
        refused=row.refused,
        inline=row.inline,
        notes=tuple(row.notes),
        places=tuple(Place(*each) for each in row.places),
    )
