"""Tasks of the top floor, which knows what the middle floors do not know of one another."""

from celery import shared_task
from django.utils import timezone

from busybee import chat_files


@shared_task
def read_chat_file(upload_id: int) -> int:
    """Read a file from a conversation in the documents' sandbox; its id."""
    chat_files.read(upload_id, timezone.now)
    return upload_id
