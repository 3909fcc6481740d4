from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser

from chat import limits
from chat.tests import browser
from freight import links
from freight.models import QuoteRequest


@pytest.fixture
def token_for() -> Callable[[QuoteRequest], str]:
    """A function that issues a link for a request and returns its token."""
    return lambda request: links.issue(request, timezone.now())


@pytest.fixture
def client() -> Client:
    """A browser on a page of ours: what it POSTs says where it comes from."""
    return Client(headers={"origin": "http://testserver"})


@pytest.fixture(autouse=True)
def own_limits(settings: Any) -> Iterator[None]:
    """What one test has counted of an address hinders no other; none needs a Redis for it."""
    settings.CACHES = {
        **settings.CACHES,
        "limits": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "chat"},
    }
    caches["limits"].clear()
    yield
    assert len(limits.seats) == 0


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for a module; each test has its own contexts in it."""
    with browser.chromium() as running:
        yield running


@pytest.fixture(scope="module")
def site(django_db_setup: None, redis_url: str) -> Iterator[str]:
    """The address of the web and chat processes for the module's browser tests."""
    with browser.serving() as running:
        yield running


@pytest.fixture
def desk(
    site: str, chromium: Browser, transactional_db: None, empty_redis: str, surely_read: None
) -> Iterator[browser.Desk]:
    """An operator's and customers' browsers at the site, with empty rows behind it."""
    with browser.attending(site, chromium) as behind:
        yield behind
