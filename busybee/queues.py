from enum import StrEnum


class Queue(StrEnum):
    """The Celery queues, each with what may not wait behind what.

    MAIL and LLM are worked by `mail`, OUTBOX and CHAT by `desk`, TRAINING by `training`.
    """

    MAIL = "mail"  # the steps of a mail; never behind mail that goes out or a training run
    LLM = "llm"  # calls of a language model: seconds long, after the other steps of the mail
    OUTBOX = "outbox"  # mail that goes out; a slow relay does not hold up mail that comes in
    CHAT = "chat"  # a customer waits at the screen: behind one mail that goes out at most
    TRAINING = "training"  # minutes of CPU or GPU; nothing waits behind it
