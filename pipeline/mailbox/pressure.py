"""When to take in no more mail for a while: on the server it waits, on a full disk it is lost."""

import shutil
from pathlib import Path

from django.conf import settings

from pipeline.errors import PipelineError
from pipeline.models import Step

MIB = 1024 * 1024


class Paused(PipelineError):
    """No mail is taken in until the workers or the disk have caught up."""


def check(share: float = 1.0) -> None:
    """Raises Paused, with a sentence that `remarks` knows, while there is too much to do or too
    little room. Who is in no hurry takes only a `share` of what may be open.
    """
    most = int(settings.BUSYBEE_MAX_OPEN_STEPS * share)
    if Step.objects.unfinished().count() > most:
        raise Paused(f"more than {most} steps are open")
    least = settings.BUSYBEE_MIN_FREE_BYTES
    if _free_bytes() < least:
        raise Paused(f"less than {least // MIB} MiB are free in storage")


def _free_bytes() -> int:
    """What is free on the disk of the storage, which may not have been made yet."""
    folder = Path(settings.BUSYBEE_STORAGE)
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free
