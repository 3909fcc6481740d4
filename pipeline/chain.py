"""The chain of a mail's steps:

    extract | decode | unzip | classify_files | classify | save | llm_extract

Immutable signatures over the mail's id, by task name: services publish, tasks are above them.
"""

import logging

from celery import chain, signature
from celery.canvas import Signature
from django.db import transaction
from kombu.exceptions import OperationalError

from pipeline.models import Step, StepName

logger = logging.getLogger(__name__)
ORDER = [StepName(name) for name in StepName.values]


def following(name: StepName) -> StepName | None:
    """The step after `name`, or None after the last."""
    return next(iter(from_step(name)[1:]), None)


def from_step(name: StepName) -> list[StepName]:
    """`name` and the steps after it."""
    return ORDER[ORDER.index(name) :]


def chain_from(email_id: int, name: StepName) -> Signature:
    """What is left of a mail's chain, from step `name` on."""
    return chain(
        *(
            signature(f"pipeline.tasks.{step}", args=(email_id,), immutable=True)
            for step in from_step(name)
        )
    )


def resume(email_id: int) -> None:
    """Publish what is left of the mail's chain once the transaction is committed."""
    step = Step.objects.unfinished().filter(email_id=email_id).order_by("pk").first()
    if step:
        name = StepName(step.name)
        transaction.on_commit(lambda: publish(email_id, name))


def publish(email_id: int, name: StepName) -> bool:
    """Whether the chain from `name` on was sent. Without a broker nothing is lost: the sweeper
    publishes later.
    """
    try:
        chain_from(email_id, name).apply_async()
    except (OperationalError, OSError) as exc:
        logger.warning("mail %s not published, the sweeper will: %s", email_id, exc)
        return False
    return True
