class PipelineError(Exception):
    """Base of what can go wrong while a mail is understood."""


class StateConflict(PipelineError):
    """The row is no longer in the state that this move starts from; somebody else was first."""


class Fenced(PipelineError):
    """This attempt has lost its step to a later one; what it made is thrown away."""


class BadMail(PipelineError):
    """This mail can never pass this step: permanent, quarantined at once."""


class OutsideFailure(PipelineError):
    """The world failed (a server, a disk, a database): tried again later."""


class MailboxError(OutsideFailure):
    """The mailbox cannot be read now."""


class FilesLeft(MailboxError):
    """Some mails could not be read, or files not moved; all others were taken in."""


class ConsentGone(MailboxError):
    """The provider no longer takes what it gave us: a person must connect the mailbox again."""
