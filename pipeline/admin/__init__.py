"""Mail as operators see it; importing this registers every admin of its modules."""

from pipeline.admin import mailboxes, mails

__all__ = ["mailboxes", "mails"]
