from typing import Any

import pytest

from chat import limits
from chat.errors import TooMany
from chat.limits import Limit, Seats

TWO = Limit("two", 2)


@pytest.fixture
def minutes(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What the clock says, in seconds; change the one item."""
    clock = [600.0]
    monkeypatch.setattr(limits.time, "time", lambda: clock[0])
    return clock


def test_the_third_of_two_is_too_many_until_the_minute_ends(minutes: list[float]) -> None:
    minutes[0] = 615
    for _ in range(2):
        limits.count(TWO, "192.0.2.1")

    with pytest.raises(TooMany) as refused:
        limits.count(TWO, "192.0.2.1")

    assert refused.value.seconds == 45
    limits.count(TWO, "192.0.2.2")
    minutes[0] = 660
    limits.count(TWO, "192.0.2.1")


def test_check_refuses_what_note_has_counted(minutes: list[float]) -> None:
    limits.check(TWO, "192.0.2.1")
    for _ in range(3):
        limits.note(TWO, "192.0.2.1")

    with pytest.raises(TooMany):
        limits.check(TWO, "192.0.2.1")


def test_who_has_no_address_is_not_counted() -> None:
    for _ in range(5):
        limits.count(TWO, "")


def _in_redis(settings: Any, url: str) -> None:
    backend = "django.core.cache.backends.redis.RedisCache"
    settings.CACHES = {**settings.CACHES, "limits": {"BACKEND": backend, "LOCATION": url}}


def test_they_are_counted_in_redis_and_forgotten_there(settings: Any, empty_redis: str) -> None:
    import redis

    _in_redis(settings, empty_redis)
    for _ in range(2):
        limits.count(TWO, "192.0.2.1")

    with pytest.raises(TooMany):
        limits.count(TWO, "192.0.2.1")
    with redis.Redis.from_url(empty_redis) as client:
        (key,) = client.keys("*chat:two:*")
        assert 0 < client.ttl(key) <= limits.MINUTE


def test_without_a_redis_nothing_is_counted_and_nobody_refused(
    settings: Any, tmp_path: Any
) -> None:
    _in_redis(settings, f"unix://{tmp_path}/nobody.sock?db=0")

    for _ in range(3):
        limits.count(TWO, "192.0.2.1")
        limits.check(TWO, "192.0.2.1")


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "", "192.0.2.9"),
        (0, "198.51.100.1", "192.0.2.9"),
        (1, "198.51.100.1", "198.51.100.1"),
        (1, "10.9.9.9, 198.51.100.1", "198.51.100.1"),
        (2, "10.9.9.9, 198.51.100.1, 203.0.113.7", "198.51.100.1"),
        (2, "198.51.100.1", "192.0.2.9"),
        (1, "", "192.0.2.9"),
        (1, "not an address", "192.0.2.9"),
        (1, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        (1, "::ffff:198.51.100.1", "198.51.100.1"),
    ],
)
def test_whose_address_counts(settings: Any, proxies: int, forwarded: str, address: str) -> None:
    settings.BUSYBEE_TRUSTED_PROXIES = proxies

    assert limits.address_of("192.0.2.9", forwarded) == address


def test_seats_are_taken_and_given_back() -> None:
    seats = Seats()

    assert [seats.take("a", 2) for _ in range(3)] == [True, True, False]
    seats.leave("a")
    assert seats.take("a", 2)
    for _ in range(2):
        seats.leave("a")
    assert len(seats) == 0
