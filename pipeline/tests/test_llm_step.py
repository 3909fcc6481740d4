"""The step that reads facts asks a language model, outside of any transaction, and goes on without
it.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connections

from freight import second_reader
from freight.models import (
    LanguageModelUse,
    Mode,
    OutgoingMail,
    Quotation,
    QuoteRequest,
    State,
)
from freight.tests import llm_server
from freight.tests.factories import in_days
from freight.tests.llm_server import Answer, ModelServer, claims, says
from pipeline import remarks, work
from pipeline.models import Email, Step, StepName
from pipeline.steps import FUNCTIONS, llm_extract, save
from pipeline.tests.factories import EmailFactory, MailboxFactory, StepFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_url")]
LEAVES, ARRIVES = in_days(20), in_days(30)
# no word that the rules know says which day the cargo leaves
TEXT = (
    "Please quote Busan to Shanghai, one 40ft, gross weight 18,500 kg.\n"
    f"We would like it gone around: {LEAVES}\n"
    f"ETA {ARRIVES}\n"
)
ETD = {"etd": (str(LEAVES), str(LEAVES))}


@pytest.fixture(scope="module")
def running_server() -> Iterator[ModelServer]:
    with llm_server.running() as told:
        yield told


@pytest.fixture
def server(
    running_server: ModelServer, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> ModelServer:
    llm_server.configure(running_server, settings, monkeypatch)
    running_server.will(says(claims(**ETD)))
    return running_server


def asks(text: str = TEXT, *, mode: str = Mode.AUTO, **changes: Any) -> Email:
    values = {"from_address": "kim@shipper.example", "language": "en", "subject": "q"}
    box = MailboxFactory.create(name=mode, mode=mode)
    return EmailFactory.create(**{**values, "text": text, "mailbox": box, **changes})


def carried(email: Email) -> Email:
    """The mail after its last two steps."""
    for step in (save.run, llm_extract.run):
        outcome = step(email)
        changes = {**outcome.changes, **(outcome.write() if outcome.write else {})}
        Email.objects.filter(pk=email.pk).update(**changes)
        email.refresh_from_db()
    return email


def request_of(email: Email) -> QuoteRequest:
    assert email.request is not None
    return email.request


def use() -> LanguageModelUse:
    return LanguageModelUse.objects.get()


def test_fact_that_only_the_model_read_waits_for_an_operator(server: ModelServer) -> None:
    request = request_of(carried(asks()))

    assert request.etd == LEAVES
    assert request.evidence["etd"]["method"] == "llm"
    assert request.state == State.CONFIRMED
    assert Quotation.objects.get().state == Quotation.State.DRAFT
    assert not OutgoingMail.objects.exists()


def test_without_a_model_the_customer_is_asked(server: ModelServer, settings: Any) -> None:
    settings.BUSYBEE_LLM = ""
    email = carried(asks())

    assert email.outcome == "asked"
    assert not server.requests


def test_same_mail_in_the_rules_words_is_sent_unasked(server: ModelServer) -> None:
    email = carried(asks(TEXT.replace("We would like it gone around:", "ETD")))

    assert email.outcome == "quoted"
    assert not server.requests


def test_disagreement_is_asked_and_said(server: ModelServer) -> None:
    server.will(says(claims(gross_weight_kg=("Total 19,000 kg", "19000"), **ETD)))
    email = carried(asks(f"{TEXT}\nTotal 19,000 kg.\n"))

    request = request_of(email)
    assert request.gross_weight_kg is None
    assert request.state == State.AWAITING_CUSTOMER
    assert "gross_weight_kg:readers_disagree" in email.warnings


def test_known_fact_is_not_overwritten_by_a_model(server: ModelServer) -> None:
    email = asks()
    save_outcome = save.run(email)
    assert save_outcome.write is not None
    Email.objects.filter(pk=email.pk).update(**save_outcome.write())
    email.refresh_from_db()
    request = request_of(email)
    request.etd = in_days(15)
    request.save()

    outcome = llm_extract.run(email)
    assert outcome.write is not None
    outcome.write()

    request.refresh_from_db()
    assert request.etd == in_days(15)
    assert request.review == ["readers"]
    assert not Quotation.objects.exists()


FAILURES: dict[str, tuple[Answer, str, int]] = {
    "500": (Answer({}, 500), "llm-failed", 3),
    "429": (Answer({}, 429, {"Retry-After": "0"}), "llm-failed", 3),
    "401": (Answer({}, 401), "llm-failed", 1),
    "cut": (says('{"etd": {"quote"'), "llm-answer", 1),
    "refused": (says(None, refusal="no"), "llm-answer", 1),
}


@pytest.mark.parametrize(("answer", "warning", "calls"), FAILURES.values(), ids=FAILURES)
def test_step_goes_on_without_the_model(
    server: ModelServer, answer: Answer, warning: str, calls: int
) -> None:
    server.will(answer)
    email = carried(asks())

    assert email.outcome == "asked"
    assert email.warnings == [warning]
    assert len(server.requests) == calls
    assert remarks.warning(warning) != warning


def test_slow_model_is_left_behind(server: ModelServer, settings: Any) -> None:
    settings.BUSYBEE_LLM_SECONDS = 0.2
    server.will(Answer({}, stall=60))
    email = carried(asks())

    assert (email.outcome, email.warnings) == ("asked", ["llm-failed"])
    assert 1 <= len(server.requests) <= second_reader.TRIES
    # what was given to them may have been spent
    assert use().tokens > 1000 * len(server.requests)


def test_cost_is_written_down(server: ModelServer) -> None:
    carried(asks())

    assert (use().calls, use().tokens, use().failures) == (1, 1000, 0)


def test_failed_calls_are_given_back(server: ModelServer) -> None:
    server.will(Answer({}, 503))
    carried(asks())

    assert (use().calls, use().tokens, use().failures) == (3, 0, 1)


@pytest.mark.parametrize("tokens", [0, 500])
def test_spent_budget_is_said(server: ModelServer, settings: Any, tokens: int) -> None:
    settings.BUSYBEE_LLM_TOKENS_A_DAY = tokens
    email = carried(asks())

    assert (email.outcome, email.warnings) == ("asked", ["llm-budget"])
    assert not server.requests


def test_open_breaker_is_said(server: ModelServer) -> None:
    server.will(Answer({}, 401))
    for number in range(6):
        email = carried(asks(from_address=f"kim{number}@shipper.example"))

    assert email.warnings == ["llm-paused"]
    assert len(server.requests) == 5


def test_model_that_cannot_be_set_up_is_said(server: ModelServer, settings: Any) -> None:
    settings.BUSYBEE_LLM = "nobody:model"

    assert carried(asks()).warnings == ["llm-setup"]


@pytest.mark.parametrize(
    "changes",
    [
        {"mode": Mode.OBSERVE},
        {"label": "inquiry"},
        {"label": "spam"},
        {"label": "order"},
        {"machine": "auto-submitted"},
        {"dmarc": "fail"},
        {"text": f"It is LCL.\n{TEXT}"},
    ],
)
def test_nobody_pays_where_a_machine_may_not_carry_on(
    server: ModelServer, changes: dict[str, Any]
) -> None:
    carried(asks(**changes))

    assert not server.requests
    assert not LanguageModelUse.objects.exists()


def test_model_gets_no_address_and_no_old_mail(server: ModelServer) -> None:
    carried(
        asks(f"{TEXT}\n\nOn Mon, 2 Nov 2026, BusyBee wrote:\n> https://busybee.example/chat/x/\n")
    )

    asked = json.dumps(server.requests[0])
    assert "chat/x" not in asked
    assert "kim@shipper.example" not in asked


@pytest.mark.django_db(transaction=True)
def test_model_is_asked_outside_of_transactions(server: ModelServer) -> None:
    email = asks()
    outcome = save.run(email)
    assert outcome.write is not None
    Email.objects.filter(pk=email.pk).update(**outcome.write())
    StepFactory.create(
        email=email, name=StepName.LLM_EXTRACT, state=Step.State.DUE, attempt=0,
        started_at=None, finished_at=None,
    )  # fmt: skip
    own, open_then = connections["default"], []  # this thread's; the server has its own
    server.on_request = lambda: open_then.append(own.in_atomic_block)

    done = work.carry(email.pk, StepName.LLM_EXTRACT, FUNCTIONS, on=lambda _: False)

    assert done == [StepName.LLM_EXTRACT]
    assert open_then == [False]
    step = Step.objects.get(email=email, name=StepName.LLM_EXTRACT)
    assert (step.state, step.reason) == (Step.State.DONE, "6 of 6 facts, both read 0")


MAIL = f"From: kim@shipper.example\r\nSubject: Rate request\r\n\r\n{TEXT}".encode()


def test_triage_asks_only_where_it_is_told_to(
    server: ModelServer, tmp_path: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.eml").write_bytes(MAIL)

    call_command("triage", str(tmp_path))
    assert not server.requests
    call_command("triage", str(tmp_path), "--llm")

    before, after = (json.loads(each) for each in capsys.readouterr().out.splitlines())
    assert before["fields"]["departure_date"] is None
    assert after["fields"]["departure_date"] == str(LEAVES)
    assert after["evidence"]["departure_date"]["method"] == "llm"
    assert not LanguageModelUse.objects.exists()


def test_triage_without_a_model_refuses(settings: Any, tmp_path: Any) -> None:
    settings.BUSYBEE_LLM = ""

    with pytest.raises(CommandError, match="BUSYBEE_LLM"):
        call_command("triage", str(tmp_path), "--llm")
