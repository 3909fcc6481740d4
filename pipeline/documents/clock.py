"""How long the sandbox's child may still work on the job in hand."""

import signal

# by so much the alarm is later than the parent's deadline: it is for a child without a parent
GRACE = 5.0


def start(seconds: float) -> None:
    """The job in hand has `seconds`; an alarm ends the process a little later."""
    signal.setitimer(signal.ITIMER_REAL, seconds + GRACE)


def stop() -> None:
    """No job is in hand."""
    signal.setitimer(signal.ITIMER_REAL, 0)


def left(default: float) -> float:
    """The seconds left for the job in hand; `default` where none was started, as in a test."""
    running, _ = signal.getitimer(signal.ITIMER_REAL)
    return running - GRACE if running else default
