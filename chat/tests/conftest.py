from collections.abc import Callable

import pytest
from django.utils import timezone

from freight import links
from freight.models import QuoteRequest


@pytest.fixture
def token_for() -> Callable[[QuoteRequest], str]:
    """A function that issues a link for a request and returns its token."""
    return lambda request: links.issue(request, timezone.now())
