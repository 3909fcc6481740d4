"""Requests and conversations to test with."""

import datetime as dt
from decimal import Decimal
from typing import Any

import factory
from factory.django import DjangoModelFactory

from chat.models import Session
from freight.models import Mode, QuoteRequest, State


def a_day_ahead(days: int) -> dt.date:
    """A date that lies ahead, whatever the clock says."""
    from django.utils import timezone

    return timezone.localdate() + dt.timedelta(days=days)


class QuoteRequestFactory(DjangoModelFactory[QuoteRequest]):
    """A request in a demo mailbox that lacks its weight: five of the six facts are there."""

    class Meta:
        model = QuoteRequest
        skip_postgeneration_save = True

    state = State.AWAITING_CUSTOMER
    mode = Mode.AUTO
    needs_lane_rate = False
    language = "en"
    customer_name = "Mina Park"
    customer_address = "mina@customer.example"
    container = "40ft"
    etd: Any = factory.LazyFunction(lambda: a_day_ahead(14))
    eta: Any = factory.LazyFunction(lambda: a_day_ahead(30))
    origin = "KRPUS"
    destination = "CNSHA"


class EmptyRequestFactory(QuoteRequestFactory):
    """A request that states nothing yet."""

    container = ""
    etd: Any = None
    eta: Any = None
    origin = ""
    destination = ""


class CompleteRequestFactory(QuoteRequestFactory):
    gross_weight_kg = Decimal(18_500)


class SessionFactory(DjangoModelFactory[Session]):
    class Meta:
        model = Session

    request = factory.SubFactory(QuoteRequestFactory)
    language = "en"
    state = Session.State.IN_PROGRESS
