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


class OrderRefused(FreightError):
    """This go-ahead cannot become an order by itself; the text is the reason an operator reads."""


class UnusableAddress(FreightError):
    """No mail can go to this address: it is none, or its local part is not ASCII."""
