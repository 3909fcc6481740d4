"""The trade as operators see it; importing this registers every admin of its modules."""

from freight.admin import orders, outbox, quotations, requests, tariffs

__all__ = ["orders", "outbox", "quotations", "requests", "tariffs"]
