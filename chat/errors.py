class ChatError(Exception):
    """Base of what a customer's frame can be refused for; `code` is what the page is told."""

    code = "invalid"


class Denied(ChatError):
    """No open link stands behind this conversation: wrong, expired or revoked, all the same."""

    code = "denied"


class EmptyText(ChatError):
    """There is nothing to read in the message."""

    code = "empty"


class TextTooLong(ChatError):
    """The message has more characters than a message may have."""

    code = "too_long"


class TooMany(ChatError):
    """This conversation has had too many messages within a minute."""

    code = "too_many"


class BadFrame(ChatError):
    """The frame is not one of the protocol."""

    code = "invalid"
