"""How large a request may be and how long it may take to come: Daphne holds the whole of it before
anybody looks, and its own time begins only then.
"""

import time

from daphne import http_protocol

# what stands around a file in a form
AROUND = 1024 * 1024
# a file from a slow line comes in that time
SECONDS = 300
REFUSAL = b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class BoundedRequest(http_protocol.WebRequest):
    """A request whose body has `most` bytes at most; who sends more is told 413 and cut off."""

    most = AROUND
    taken = 0
    arrived = False

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.begun = time.monotonic()

    def check_timeouts(self) -> None:
        if not self.arrived and time.monotonic() - self.begun > SECONDS:
            self.channel.loseConnection()
        else:
            super().check_timeouts()

    def gotLength(self, length: int | None) -> None:  # Twisted's name
        super().gotLength(length)
        if length is not None and length > self.most:
            self._cut_off()

    def handleContentChunk(self, data: bytes) -> None:  # Twisted's name
        fits = self.taken <= self.most
        self.taken += len(data)
        if self.taken <= self.most:  # what still arrives behind a refusal is thrown away
            super().handleContentChunk(data)
        elif fits:
            self._cut_off()

    def process(self) -> None:
        self.arrived = True
        if self.taken <= self.most:
            super().process()

    def _cut_off(self) -> None:
        self.taken = self.most + 1
        self.channel.transport.write(REFUSAL)
        self.channel.loseConnection()


def bound(most: int) -> None:
    """Let Daphne take no body larger than a form with `most` bytes in it."""
    BoundedRequest.most = most + AROUND
    http_protocol.WebRequest = BoundedRequest
