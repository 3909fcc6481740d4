"""The baseline of the mail chain: seven tasks that do nothing, one Celery hop each."""

from celery import chain, shared_task
from celery.canvas import Signature
from django.conf import settings
from redis import Redis

FINISHED = "busybee-bench-finished"
HOPS = 7


@shared_task
def hop(number: int) -> int:
    return number


@shared_task
def last_hop(number: int) -> int:
    """Count the chain as finished: without results there is no other way to know."""
    _client().incr(FINISHED)
    return number


def _client() -> Redis:
    return Redis.from_url(settings.BUSYBEE_REDIS_URL)


def finished() -> int:
    with _client() as client:
        return int(client.get(FINISHED) or 0)


def seven_hops(number: int) -> Signature:
    """A chain like a mail's: immutable signatures over one id."""
    hops = [hop.si(number) for _ in range(HOPS - 1)]
    return chain(*hops, last_hop.si(number))
