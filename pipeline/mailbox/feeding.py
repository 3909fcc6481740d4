"""Waking the workers beside the reading of mail: a message costs more than to record a mail."""

import queue
import threading
import time
from collections.abc import Sequence

from django.conf import settings

from pipeline.chain import publish
from pipeline.models import StepName

CLOSING_SECONDS = 3.0
REST = 9


class Feeder:
    """A thread that publishes mails' chains, at once when they are few, at a tenth of a processor
    when they are many: more than the workers can take, and no brake on the reading. What it does
    not come to, the sweeper finds by its age.
    """

    def __init__(self) -> None:
        self._waiting: queue.SimpleQueue[tuple[float, int] | None] = queue.SimpleQueue()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def put(self, email_ids: Sequence[int]) -> None:
        """Have these mails published; returns at once."""
        now = time.monotonic()
        for email_id in email_ids:
            self._waiting.put((now, email_id))

    def close(self) -> None:
        """End the thread, after a last few seconds of publishing."""
        self._closing.set()
        self._waiting.put(None)
        self._thread.join(CLOSING_SECONDS + 2)

    def drop(self) -> None:
        """End the thread now; what waits is the sweeper's."""
        while not self._waiting.empty():
            self._waiting.get()
        self.close()

    def _run(self) -> None:
        closed_at = float("inf")
        while (item := self._waiting.get()) is not None:
            if self._closing.is_set():
                closed_at = min(closed_at, time.monotonic())
            put_at, email_id = item
            began = time.monotonic()
            late = began - put_at > settings.BUSYBEE_SWEEP_AGE_SECONDS
            if late or began - closed_at > CLOSING_SECONDS:
                continue
            if publish(email_id, StepName.EXTRACT):
                self._closing.wait(REST * (time.monotonic() - began))
            else:
                self._closing.wait(1)  # no broker: the sweeper asks for it, too
