"""Answering off the socket, on queue `chat`."""

from celery import shared_task
from django.utils import timezone

from chat import answering
from chat.models import Message


@shared_task
def answer(message_id: int) -> int:
    """Answer the message, and any before it that is still open; its id."""
    message = Message.objects.filter(pk=message_id, answered_at=None).first()
    if message is not None:
        answering.answer_all(message.session_id, timezone.now())
    return message_id


@shared_task
def sweep() -> int:
    """Wake a worker for messages whose task was lost; how many conversations had one."""
    return answering.republish_stuck(timezone.now())
