from enum import StrEnum


class Queue(StrEnum):
    """The Celery queues, each with what may not wait behind what."""

    MAIL = "mail"  # the steps of a mail; never behind an LLM or a training run
    LLM = "llm"  # calls of a language model: seconds long, so the mails do not wait behind them
    OUTBOX = "outbox"  # mail that goes out; a slow relay does not hold up mail that comes in
    CHAT = "chat"  # a customer waits at the screen: behind nothing
    TRAINING = "training"  # minutes of CPU or GPU; nothing waits behind it
