"""The trade as operators see it; importing this registers every admin of its modules."""

from freight.admin import (
    lanes,
    language_model,
    orders,
    outbox,
    places,
    quotations,
    requests,
    tariffs,
)

__all__ = [
    "lanes",
    "language_model",
    "orders",
    "outbox",
    "places",
    "quotations",
    "requests",
    "tariffs",
]
