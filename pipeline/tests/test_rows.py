"""Rows that are inserted many at once are those that save() makes."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from pipeline.mailbox import rows
from pipeline.models import Email, Location, Mailbox, Step, StepName

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def columns(row: models.Model) -> dict[str, Any]:
    """All that the table holds of it but its key; now is now."""
    names = [field.attname for field in row._meta.concrete_fields if not field.primary_key]
    values = type(row)._default_manager.filter(pk=row.pk).values(*names).get()
    return {name: _rounded(value) for name, value in values.items()}


def _rounded(value: Any) -> Any:
    if isinstance(value, dt.datetime) and abs(value - NOW) < dt.timedelta(hours=1):
        return "now"
    return value


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox.objects.create(name="box", kind=Mailbox.Kind.DIRECTORY, directory="/mail")


def saved(**values: Any) -> Email:
    return Email.objects.create(raw_sha256="a" * 64, **values)


@pytest.mark.parametrize(
    "values",
    [
        {"size": 3},
        {
            "size": 2**40,
            "header_only": True,
            "state": Email.State.QUARANTINED,
            "quarantine_reason": 'it\'s 100% "too large"',
            "subject": "견적 %s ?",
            "date": dt.datetime(2020, 1, 2, 3, 4, 5, 678, tzinfo=dt.UTC),
            "to": ["a@shipper.example", "ü"],
            "probabilities": {"quote": 0.5},
        },
    ],
)
def test_mail_is_as_save_makes_it(mailbox: Mailbox, values: dict[str, Any]) -> None:
    values["mailbox_id"] = mailbox.pk
    rows.insert(Email, [{"raw_sha256": "b" * 64, **values}, {"raw_sha256": "c" * 64}])
    expected = columns(saved(**values)) | {"raw_sha256": "b" * 64}

    assert columns(Email.objects.get(raw_sha256="b" * 64)) == expected
    assert Email.objects.get(raw_sha256="c" * 64).subject == ""


def test_place_and_step_are_as_save_makes_them(mailbox: Mailbox) -> None:
    email = saved()
    step = {"email_id": email.pk, "state": Step.State.QUARANTINED, "reason": "r"}
    place = {"mailbox_id": mailbox.pk, "uidvalidity": 5, "email_id": email.pk}
    rows.insert(Step, [{**step, "name": StepName.EXTRACT}])
    rows.insert(Location, [{**place, "uid": "7"}])
    one = Step.objects.create(**step, name=StepName.DECODE)
    other = Location.objects.create(**place, uid="8")

    assert columns(Step.objects.get(name="extract")) == columns(one) | {"name": "extract"}
    assert columns(Location.objects.get(uid="7")) == columns(other) | {"uid": "7"}


def test_rows_are_inserted_all_or_none(mailbox: Mailbox) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.insert(Email, [{"raw_sha256": "b" * 64}, {"raw_sha256": "b" * 64}])

    assert not Email.objects.exists()
    rows.insert(Email, [])
