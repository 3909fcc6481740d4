"""Answering off the socket, on queue `chat`; on `llm` where a language model reads too."""

from celery import shared_task
from django.db.models import QuerySet
from django.utils import timezone

from chat import answering, uploads, visitors
from chat.models import Message


@shared_task
def answer(message_id: int) -> int:
    """Answer the message, and any before it that is still open; its id."""
    for session_id in _awaiting(message_id):
        answering.answer_all(session_id, timezone.now())
    return message_id


@shared_task
def answer_with_model(message_id: int) -> int:
    """As `answer`, where a language model may read what the rules could not; the message's id."""
    for session_id in _awaiting(message_id):
        answering.answer_all(session_id, timezone.now(), with_model=True)
    return message_id


def _awaiting(message_id: int) -> QuerySet[Message, int]:
    """The conversation of the message, where nobody has answered it."""
    open_ = Message.objects.filter(pk=message_id, answered_at=None)
    return open_.values_list("session_id", flat=True)


@shared_task
def sweep() -> int:
    """Wake a worker for messages whose task was lost; how many conversations had one.

    Visitors whose address no mail reaches are told so; files that nobody reads are taken up again.
    """
    visitors.tell_bounces(timezone.now())
    uploads.wake_unread(timezone.now())
    return answering.republish_stuck(timezone.now())
