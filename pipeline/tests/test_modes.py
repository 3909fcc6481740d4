"""What a mailbox's mode and kind mean for the price that its mails get."""

from typing import Any

import pytest

from freight.extraction import certainty
from freight.extraction.certainty import Table
from freight.models import Mode, Quotation, QuoteRequest
from freight.pricing import NO_LANE_RATE, UNCERTAIN
from freight.tests.factories import LaneRateFactory, in_days
from pipeline.models import Mailbox
from pipeline.steps import llm_extract, save
from pipeline.tests.factories import EmailFactory, MailboxFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_url", "surely_read")]
REAL = {"kind": Mailbox.Kind.IMAP, "host": "imap.forwarder.example", "directory": ""}


def quotation_of(size: str = "2 x 40ft", **mailbox: Any) -> Quotation:
    """The quotation that a complete mail to such a mailbox gets."""
    box = MailboxFactory.create(**mailbox) if mailbox else None
    text = (
        f"Please quote Busan to Shanghai, {size}, gross weight 18,500 kg, "
        f"ETD {in_days(20)}, ETA {in_days(30)}."
    )
    email = EmailFactory.create(mailbox=box, text=text, subject="quote", language="en")
    for step in (save.run, llm_extract.run):
        outcome = step(email)
        changes = {**outcome.changes, **(outcome.write() if outcome.write else {})}
        type(email).objects.filter(pk=email.pk).update(**changes)
        email.refresh_from_db()
    return QuoteRequest.objects.get().quotations.get()


def test_real_mailbox_in_auto_waits_with_the_formulas_price() -> None:
    quotation = quotation_of(mode=Mode.AUTO, **REAL)
    assert quotation.request.mode == Mode.AUTO
    assert (quotation.state, quotation.draft_reason) == ("draft", NO_LANE_RATE)


def test_real_mailbox_in_auto_sends_a_lane_rates_price() -> None:
    LaneRateFactory.create()
    quotation = quotation_of(mode=Mode.AUTO, **REAL)
    assert quotation.state == "issued"
    assert quotation.total == 3_000_000


def test_real_mailbox_in_draft_waits_with_a_lane_rates_price() -> None:
    LaneRateFactory.create()
    assert quotation_of(mode=Mode.DRAFT, **REAL).draft_reason == "mode draft"


def test_demos_folder_sends_the_formulas_price() -> None:
    assert quotation_of(mode=Mode.AUTO).state == "issued"


def test_folder_in_production_is_a_real_mailbox(settings: Any) -> None:
    settings.BUSYBEE_EMBEDDED = False
    assert quotation_of(mode=Mode.AUTO).draft_reason == NO_LANE_RATE


def test_mail_of_no_mailbox_is_a_draft_for_want_of_a_rate() -> None:
    assert quotation_of().draft_reason == f"mode draft; {NO_LANE_RATE}"


def test_facts_that_are_not_read_surely_wait_for_an_operator(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(certainty, "shipped", lambda: Table({}, 0.9))
    LaneRateFactory.create()

    quotation = quotation_of(mode=Mode.AUTO, **REAL)

    assert (quotation.state, quotation.draft_reason) == ("draft", UNCERTAIN)


def test_number_of_containers_that_stands_elsewhere_waits_for_an_operator() -> None:
    LaneRateFactory.create()

    quotation = quotation_of("40ft (we ship 3 containers a year)", mode=Mode.AUTO, **REAL)

    assert quotation.snapshot["facts"]["containers"] == 3
    assert (quotation.state, quotation.draft_reason) == ("draft", UNCERTAIN)
