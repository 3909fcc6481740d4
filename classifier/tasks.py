"""The training worker's task; queue `training`, set in the settings."""

from celery import shared_task
from django.utils import timezone

from classifier import learning


@shared_task
def train_if_due() -> int | None:
    """The id of the run that was done; None where nothing was due. Beat calls it every 30 s."""
    run = learning.train_if_due(timezone.now())
    return run.pk if run else None
