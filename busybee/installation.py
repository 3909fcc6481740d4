"""What a fresh installation starts with."""

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction

from busybee.secret_files import local_secret
from freight import own_places
from freight.models import Mode, Tariff
from iot.models import Device
from pipeline.models import Mailbox

OPERATOR = "operator"
DEMO_DEVICE = "demo-truck"


@dataclass(frozen=True, slots=True)
class Prepared:
    """Where mail can be dropped, and who may log in."""

    mailbox_folder: Path
    operator: str


@transaction.atomic
def prepare(*, demo: bool) -> Prepared:
    """The embedded mailbox, the default tariff and the first operator; each is made only if it is
    missing.
    """
    name = "demo" if demo else "folder"
    folder = Path(settings.BUSYBEE_HOME) / ("mailbox-demo" if demo else "mailbox")
    if demo or settings.BUSYBEE_EMBEDDED:
        folder.mkdir(parents=True, exist_ok=True)
        Mailbox.objects.get_or_create(
            name=name,
            defaults={
                "kind": Mailbox.Kind.DIRECTORY,
                "directory": str(folder),
                "mode": Mode.AUTO if demo else Mode.DRAFT,
            },
        )
    if demo:
        Device.objects.get_or_create(
            name=DEMO_DEVICE,
            defaults={"approved": True, "temperature_min": 2.0, "temperature_max": 30.0},
        )
    own_places.mirror()
    if not Tariff.objects.exists():
        Tariff.objects.create(name="BusyBee")
    if not User.objects.filter(is_superuser=True).exists():
        User.objects.create_superuser(OPERATOR, password=operator_password())
    return Prepared(folder, OPERATOR)


def operator_password() -> str:
    """The first operator's password, made for this installation alone."""
    return local_secret(settings.BUSYBEE_HOME / "operator_password", length=16)
