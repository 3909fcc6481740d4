"""TXT records asked of the DNS, for checking signatures. The parent runs it."""

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dns.resolver import Resolver

logger = logging.getLogger(__name__)

MAX_NAMES = 8
MAX_ANSWERS, MAX_RECORD = 10, 4096
# for all names of one mail together
SECONDS = 6.0
KEPT, KEPT_SECONDS = 2000, 600.0

Answer = tuple[str, ...]
_kept: OrderedDict[str, tuple[float, Answer]] = OrderedDict()
_lock = threading.Lock()


def txt_records(
    names: Iterable[str], *, resolver: "Resolver | None" = None, seconds: float = SECONDS
) -> dict[str, Answer]:
    """The TXT records of each name: () where there are none; no entry where nobody answered.

    Never raises; takes `seconds` at most. Answers are kept for ten minutes.
    """
    deadline = time.monotonic() + seconds
    found: dict[str, Answer] = {}
    for name in list(dict.fromkeys(names))[:MAX_NAMES]:
        answer = _known(name)
        if answer is None and (left := deadline - time.monotonic()) > 0:
            answer = _asked(name, left, resolver)
            if answer is not None:
                _keep(name, answer)
        if answer is not None:
            found[name] = answer
    return found


def forget() -> None:
    """Ask again for every name from now on."""
    with _lock:
        _kept.clear()


def _known(name: str) -> Answer | None:
    with _lock:
        until, answer = _kept.get(name, (0.0, ()))
    return answer if time.monotonic() < until else None


def _keep(name: str, answer: Answer) -> None:
    with _lock:
        _kept[name] = (time.monotonic() + KEPT_SECONDS, answer)
        while len(_kept) > KEPT:
            _kept.popitem(last=False)


def _asked(name: str, seconds: float, resolver: "Resolver | None") -> Answer | None:
    import dns.exception
    import dns.resolver

    try:
        resolver = resolver or dns.resolver.get_default_resolver()
        # the final dot: no search list of this machine is tried
        found = resolver.resolve(f"{name}.", "TXT", lifetime=seconds)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return ()
    except (dns.exception.DNSException, OSError, ValueError) as exc:
        logger.info("DNS gave no answer: %s", type(exc).__name__)
        return None
    texts = (b"".join(each.strings).decode("latin-1") for each in found)
    return tuple(text[:MAX_RECORD] for text in texts)[:MAX_ANSWERS]
