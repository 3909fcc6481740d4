class FreightError(Exception):
    """Base of what can go wrong in the trade."""


class StateConflict(FreightError):
    """The row is no longer in the state that this move starts from; somebody else was first."""


class NotAccepted(FreightError):
    """The relay did not take the mail; nobody has it. `permanent` says whether to try again."""

    def __init__(self, reason: str, *, permanent: bool) -> None:
        super().__init__(reason)
        self.permanent = permanent


class OutcomeUnknown(FreightError):
    """The connection broke after the mail's bytes had left: it may or may not be with the relay."""


class Stopped(FreightError):
    """Somebody has stopped all mail: this one has not left."""


class CannotLook(FreightError):
    """The mailbox's Sent folder cannot be looked into now; what lies there is not known."""


class OrderRefused(FreightError):
    """This go-ahead cannot become an order by itself; the text is the reason an operator reads."""


class RatesUnreadable(FreightError):
    """The file is no table of lane rates; the text says why, in the reader's language."""


class UnusableAddress(FreightError):
    """No mail can go to this address: it is none, or its local part is not ASCII."""


class UnprovenAddress(UnusableAddress):
    """A visitor has typed this address, and nobody has opened the link that was mailed to it."""


class ModelNotUsable(FreightError):
    """The configured language model cannot be set up; the text says what to do about it."""


class ModelFailed(FreightError):
    """The language model's service gave no answer. `timed_out`: it may have spent tokens on it.

    `retry_after`: seconds after which the service wants to be asked again, None where not said.
    """

    def __init__(
        self,
        reason: str,
        *,
        retryable: bool = False,
        timed_out: bool = False,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(reason)
        self.retryable = retryable
        self.timed_out = timed_out
        self.retry_after = retry_after


class BadAnswer(FreightError):
    """The language model answered, but with nothing of use: refused, cut, or not of the shape.

    `tokens`: what it cost, None where not said.
    """

    def __init__(self, reason: str, *, tokens: int | None = None) -> None:
        super().__init__(reason)
        self.tokens = tokens
