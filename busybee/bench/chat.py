"""Round trip of a chat message that the rules answer, beside bare Channels consumers.

Twice, while all sockets are open. Alone: one message at a time; the kinds take turns within a
round, so that a slow minute of the machine hits all of them. Talking: all pages talk at people's
pace, whether others have their answer or not, and as many echoes come in between at the same
intervals; what is late by itself counts, for the time runs from when it was meant to be sent.
"""

import asyncio
import random
import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field
from itertools import accumulate
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone

from busybee.socket_client import SocketClient
from freight import links
from freight.models import Mode, QuoteRequest, State

SOCKETS = 200
BASELINES = 10
# one at a time: of each kind in a round, at most
ALONE = 80
# of all pages together, and how long a round of it takes
MESSAGES_A_SECOND = 8
TALK_SECONDS = 10
TARGET = 3
TEXTS = ("The gross weight is {} kg", "From Busan to Shanghai", "40ft HC", "총 중량 {}kg 입니다")

# round trips by kind, in milliseconds
Found = dict[str, list[float]]


@dataclass(frozen=True, slots=True)
class Times:
    """Of one kind of round trip, in milliseconds."""

    p50: float
    p99: float


@dataclass(frozen=True, slots=True)
class Talking:
    """All sockets talk: `trips` messages and as many echoes, from their intended time on."""

    trips: int
    a_second: int
    chat: Times
    echo: Times
    ratio: float = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "ratio", self.chat.p99 / self.echo.p99)


@dataclass(frozen=True, slots=True)
class Figures:
    """One at a time, and `talking`. `hop` is a consumer that lets a worker answer and does nothing
    else.
    """

    trips: int
    chat: Times
    echo: Times
    hop: Times
    talking: Talking
    ratio: float = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "ratio", self.chat.p99 / self.echo.p99)


def left_out() -> str:
    """Why this part cannot run here, or ""."""
    return ""


def measure(*, rounds: int, each: int, say: Callable[[str], None]) -> Figures:
    """Round trips of `rounds` x `each` messages, at most 80 a round, and as many echoes and bare
    hops; then `rounds` x 10 s of talk.
    """
    credentials = _requests(SOCKETS)
    return asyncio.run(_measure(credentials, rounds, min(each, ALONE), say))


def _requests(count: int) -> list[tuple[str, str]]:
    """(token, conversation) of new requests that lack all their facts."""
    made = []
    for _ in range(count):
        request = QuoteRequest.objects.create(
            state=State.AWAITING_CUSTOMER,
            mode=Mode.OBSERVE,
            language="en",
            customer_address="bench@customer.example",
        )
        made.append((links.issue(request, timezone.now()), str(request.public_id)))
    return made


async def _measure(
    credentials: list[tuple[str, str]], rounds: int, each: int, say: Callable[[str], None]
) -> Figures:
    port = urlsplit(settings.BUSYBEE_PUBLIC_URL).port or 80
    pages = [await _page(port, *credential) for credential in credentials]
    echoes = [await SocketClient.open(port, "/ws/bench/echo/") for _ in pages]
    hops = [await SocketClient.open(port, "/ws/bench/hop/") for _ in range(BASELINES)]
    alone: Found = {"chat": [], "echo": [], "hop": []}
    talk: Found = {"chat": [], "echo": []}
    for number in range(rounds):
        await _alone(number, each, pages, echoes, hops, alone)
        say(_round(number, "one at a time", alone, each))
        heard = len(talk["chat"])
        await _talk(number, pages, echoes, talk)
        say(_round(number, "talking", talk, len(talk["chat"]) - heard))
    for socket in (*pages, *echoes, *hops):
        socket.cut()
    await asyncio.sleep(0.1)
    times = {kind: _times(found) for kind, found in talk.items()}
    talking = Talking(len(talk["chat"]), MESSAGES_A_SECOND, **times)
    times = {kind: _times(found) for kind, found in alone.items()}
    return Figures(rounds * each, **times, talking=talking)


async def _alone(
    number: int,
    each: int,
    pages: list[SocketClient],
    echoes: list[SocketClient],
    hops: list[SocketClient],
    found: Found,
) -> None:
    """One at a time: a message, an echo, a hop, and so on; adds to `found`, in milliseconds."""
    for trip in range(number * each, (number + 1) * each):
        now = time.perf_counter
        page = pages[trip % len(pages)]
        found["chat"].append(await _timed(_message(page, f"alone {trip}"), now()))
        found["echo"].append(await _timed(_back(random.choice(echoes), trip), now()))
        found["hop"].append(await _timed(_back(random.choice(hops), trip), now()))


async def _talk(
    number: int, pages: list[SocketClient], echoes: list[SocketClient], found: Found
) -> None:
    """Open loop: messages and echoes are sent when their time has come, as Poisson has customers
    come; adds to `found`, in milliseconds.
    """
    count = MESSAGES_A_SECOND * TALK_SECONDS
    gaps = [random.expovariate(MESSAGES_A_SECOND) for _ in range(count)]
    start = time.perf_counter() + 0.5
    # the same intervals, in the other direction: both meet the same machine, not each other
    said = accumulate(gaps, initial=start)
    echoed = accumulate(reversed(gaps), initial=start)
    async with asyncio.TaskGroup() as tasks:
        for trip, (at, at_echo) in enumerate(zip(said, echoed, strict=True), number * (count + 1)):
            # each page once before any speaks again: nobody talks into an answer
            which = trip % len(pages)
            message = _message(pages[which], f"talk {trip}")
            tasks.create_task(_at(at, message, found["chat"]))
            tasks.create_task(_at(at_echo, _back(echoes[which], trip), found["echo"]))


async def _at(when: float, work: Awaitable[None], found: list[float]) -> None:
    await asyncio.sleep(when - time.perf_counter())
    found.append(await _timed(work, when))


def _round(number: int, how: str, found: Found, each: int) -> str:
    times = ", ".join(
        f"{kind} {_times(of[-each:]).p50:.1f}/{_times(of[-each:]).p99:.1f}"
        for kind, of in found.items()
    )
    return f"round {number + 1}, {how}: {times}"


async def _page(port: int, token: str, conversation: str) -> SocketClient:
    socket = await SocketClient.open(port, "/ws/chat/")
    await socket.send({"type": "hello", "token": token, "conversation": conversation})
    welcome = await socket.receive()
    if welcome["type"] != "welcome":
        raise RuntimeError(f"no welcome but {welcome}")
    return socket


async def _message(socket: SocketClient, cid: str) -> None:
    """A message and our answer to it; what is left over from an earlier turn is none."""
    text = random.choice(TEXTS).format(random.randrange(10_000, 20_000))
    await socket.send({"type": "message", "cid": cid, "text": text})
    own = 0
    while True:
        frame = await socket.receive()
        if frame["type"] == "ack" and frame["cid"] == cid:
            own = frame["seq"]
        if frame["type"] == "message" and frame["author"] == "bot" and 0 < own < frame["seq"]:
            return
        if frame["type"] == "error":
            raise RuntimeError(f"refused: {frame}")


async def _back(socket: SocketClient, number: int) -> None:
    await socket.send({"type": "message", "cid": str(number), "text": TEXTS[0]})
    await socket.receive()


async def _timed(work: Awaitable[None], since: float) -> float:
    await work
    return (time.perf_counter() - since) * 1000


def _times(milliseconds: list[float]) -> Times:
    quantiles = statistics.quantiles(milliseconds, n=100, method="inclusive")
    return Times(statistics.median(milliseconds), quantiles[98])


def as_json(figures: Figures) -> dict[str, Any]:
    """The figures as JSON knows them."""
    return asdict(figures)


def report(figures: Figures) -> str:
    """The figures as lines of text."""
    talking = figures.talking
    hop = {"bare hop to a worker and back": figures.hop}
    return "\n".join(
        [
            f"{SOCKETS} open sockets, {figures.trips} round trips each, one at a time",
            *_table(figures.chat, figures.echo, hop),
            f"{SOCKETS} open sockets, all talk: {talking.trips} round trips each, "
            f"{talking.a_second} a second, from the intended time",
            *_table(talking.chat, talking.echo, {}),
        ]
    )


def _table(chat: Times, echo: Times, others: dict[str, Times]) -> list[str]:
    rows = {"bare Channels echo": echo, **others, "message answered by the rules": chat}
    ratio = chat.p99 / echo.p99
    verdict = "met" if ratio < TARGET else "missed"
    return [
        f"  {'':44} {'p50':>8} {'p99':>8} ms",
        *(f"  {name:44} {times.p50:8.1f} {times.p99:8.1f}" for name, times in rows.items()),
        f"  {'ratio of the p50':44} {chat.p50 / echo.p50:8.1f}",
        f"  {'ratio of the p99':44} {'':8} {ratio:8.1f}   target: under {TARGET}, {verdict}",
    ]
