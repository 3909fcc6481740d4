"""How much may come from one address: counted in Redis for all web processes, a minute or an
hour at a time.

What one conversation may say is counted in its rows (chat.services). A Redis that is away counts
nothing: the chat goes on, and the rows still bound each conversation.
"""

import ipaddress
import logging
import time
from collections import Counter
from dataclasses import dataclass

import redis
from django.conf import settings
from django.core.cache import caches

from chat.errors import TooMany

logger = logging.getLogger(__name__)
MINUTE = 60
SOCKETS_PER_CONVERSATION = 20


@dataclass(frozen=True, slots=True)
class Limit:
    """So many within `seconds` from one address."""

    name: str
    most: int
    seconds: int = MINUTE


# tokens that open nothing: a link cannot be guessed, but trying costs us a query
WRONG_TOKENS = Limit("wrong", 20)
EXCHANGES = Limit("exchange", 30)
# conversations that visitors begin: an office shares one address
STARTS = Limit("start", 20, 3600)
# each is up to 10 MB on the disk and seconds of the sandbox, in which mails are read as well
FILES = Limit("files", 40, 3600)
# a letter typed is a call
PLACES = Limit("places", 300)
# a page without sockets asks every few seconds, an office has several
POLLS = Limit("polls", 600)


def messages() -> Limit:
    """What all customers behind one address may say; one conversation may say much less."""
    return Limit("messages", settings.BUSYBEE_CHAT_ADDRESS_MESSAGES)


def count(limit: Limit, address: str) -> None:
    """Count one more; raises TooMany from the first that is too many."""
    if _counted(limit, address) > limit.most:
        raise TooMany(_until_next(limit))


def note(limit: Limit, address: str) -> None:
    """Count one more; it is `check` that refuses."""
    _counted(limit, address)


def check(limit: Limit, address: str) -> None:
    """Raises TooMany where the limit is reached; counts nothing."""
    try:
        found = caches["limits"].get(_key(limit, address), 0) if address else 0
    except (redis.RedisError, OSError) as exc:
        logger.warning("limits are not counted: %s", type(exc).__name__)
        return
    if found >= limit.most:
        raise TooMany(_until_next(limit))


def _counted(limit: Limit, address: str) -> int:
    if not address:
        return 0
    key, cache = _key(limit, address), caches["limits"]
    try:
        cache.add(key, 0, limit.seconds)
        return int(cache.incr(key))
    except ValueError:  # its time ended in between
        return 0
    except (redis.RedisError, OSError) as exc:
        logger.warning("limits are not counted: %s", type(exc).__name__)
        return 0


def _key(limit: Limit, address: str) -> str:
    return f"chat:{limit.name}:{address}:{int(time.time()) // limit.seconds}"


def _until_next(limit: Limit) -> int:
    """Seconds until counting begins anew, at least one."""
    return limit.seconds - int(time.time()) % limit.seconds


def address_of(peer: str, forwarded: str) -> str:
    """The address that counts: the peer's, or what the outermost trusted proxy has seen.

    `forwarded` is X-Forwarded-For, to which each proxy adds whom it serves at the end: what stands
    before our own proxies' entries is the visitor's invention. Somebody with an IPv6 line has
    2^64 addresses: they count as one.
    """
    proxies = settings.BUSYBEE_TRUSTED_PROXIES
    seen = [part.strip() for part in forwarded.split(",") if part.strip()]
    found = seen[-proxies] if proxies and len(seen) >= proxies else peer
    try:
        address = ipaddress.ip_address(found)
    except ValueError:
        return peer
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False).network_address)
    return str(address)


class Seats:
    """Open sockets of this web process, by address or conversation. A process that is killed
    takes its count with it.
    """

    def __init__(self) -> None:
        self._taken: Counter[str] = Counter()

    def take(self, key: str, most: int) -> bool:
        """Whether there was a seat; who has one gives it back with `leave`."""
        if self._taken[key] >= most:
            return False
        self._taken[key] += 1
        return True

    def leave(self, key: str) -> None:
        self._taken[key] -= 1
        if self._taken[key] <= 0:
            del self._taken[key]

    def __len__(self) -> int:
        return self._taken.total()


seats = Seats()
