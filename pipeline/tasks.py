"""The steps of a mail as tasks, in the order of their chain, and the sweeper that keeps it going.

A message carries the mail's id only. The worker that has done a step does the following ones of
the same queue itself, without a round trip, and takes them off the chain that it hands on.
"""

import logging
from typing import Any

from celery import Task, current_app, shared_task
from django.utils import timezone
from kombu.exceptions import OperationalError

from pipeline import work
from pipeline.chain import publish
from pipeline.models import StepName
from pipeline.steps import FUNCTIONS, TOGETHER

logger = logging.getLogger(__name__)
DEEP_QUEUE = 1000


@shared_task(bind=True)
def extract(self: Task, email_id: int) -> int:
    """Headers and parts of the raw mail."""
    return _step(self, email_id, StepName.EXTRACT)


@shared_task(bind=True)
def decode(self: Task, email_id: int) -> int:
    """The text, what of it is new, its language."""
    return _step(self, email_id, StepName.DECODE)


@shared_task(bind=True)
def unzip(self: Task, email_id: int) -> int:
    """The members of archives."""
    return _step(self, email_id, StepName.UNZIP)


@shared_task(bind=True)
def classify_files(self: Task, email_id: int) -> int:
    """What each file is, and its text."""
    return _step(self, email_id, StepName.CLASSIFY_FILES)


@shared_task(bind=True)
def classify(self: Task, email_id: int) -> int:
    """The mail's label by the model."""
    return _step(self, email_id, StepName.CLASSIFY)


@shared_task(bind=True)
def save(self: Task, email_id: int) -> int:
    """The mail in its place: its thread, its request."""
    return _step(self, email_id, StepName.SAVE)


@shared_task(bind=True)
def llm_extract(self: Task, email_id: int) -> int:
    """The facts, and what the trade does with them."""
    return _step(self, email_id, StepName.LLM_EXTRACT)


@shared_task
def sweep() -> int:
    """Publish what is due and nobody has claimed; the number of mails.

    A broker that fails once ends it: asking it for each mail could take minutes, and the rest is
    as due the next time.
    """
    if _queue_depth() > DEEP_QUEUE:
        return 0
    count = 0
    for email_id, name in work.take_up(timezone.now()):
        if not publish(email_id, name):
            break
        count += 1
    if count:
        logger.info("sweeper took up %s steps", count)
    return count


def _step(task: Task, email_id: int, name: StepName) -> int:
    queue = _queue_of(name)
    done = work.carry(
        email_id, name, FUNCTIONS, on=lambda after: _queue_of(after) == queue, together=TOGETHER
    )
    # cleared rather than ended by Ignore, so that Flower sees this task end
    rest = list(task.request.chain or []) if done else []
    task.request.chain = rest[: len(rest) - (len(done) - 1)] if done else None
    return email_id


def _queue_of(name: StepName) -> str:
    route: dict[str, Any] = current_app.amqp.router.route({}, f"{__name__}.{name}")
    return str(route["queue"].name)


def _queue_depth() -> int:
    """Messages that wait in the queue of the first step; 0 where it is empty or cannot be asked."""
    with current_app.connection_for_write() as connection:
        away = (
            *connection.connection_errors,
            *connection.channel_errors,
            OperationalError,
            OSError,
        )
        try:
            channel = connection.default_channel
            name = _queue_of(StepName.EXTRACT)
            return int(channel.queue_declare(queue=name, passive=True).message_count)
        except away as exc:
            logger.debug("no depth of the queue: %s", exc)
            return 0
