"""Telling the workers, once the rows are committed, that there is something to do."""

import logging
from functools import partial

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)


def wake(task: str, *args: int) -> None:
    """Publish `task` after the commit. Rows are the queue of record: without a broker the sweeper
    does it.
    """
    transaction.on_commit(partial(_publish, task, args))


def _publish(task: str, args: tuple[int, ...]) -> None:
    try:
        current_app.send_task(task, args=args)
    except (OperationalError, OSError) as exc:
        logger.warning("%s%s not published, the sweeper will: %s", task, args, exc)
