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
    """Too much came from a conversation or an address; in `seconds` there is room again."""

    code = "too_many"

    def __init__(self, seconds: int = 60) -> None:
        super().__init__()
        self.seconds = seconds


class BadFrame(ChatError):
    """The frame is not one of the protocol."""

    code = "invalid"


class FileTooLarge(ChatError):
    """The file has more bytes than a file may have."""

    code = "file_too_large"


class FileEmpty(ChatError):
    """There is no file, or nothing in it."""

    code = "file_empty"


class TooManyFiles(ChatError):
    """This conversation has had too many files within a day."""

    code = "too_many_files"


class FileGone(ChatError):
    """The bytes of a stored file are gone from the disk, or are others."""

    code = "file_gone"


class NotYours(ChatError):
    """Another operator has the conversation, or nobody has; `holder` is the name, or empty."""

    code = "not_yours"

    def __init__(self, holder: str) -> None:
        super().__init__(holder)
        self.holder = holder
