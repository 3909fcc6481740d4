"""What the language model may cost: one budget and one breaker for all workers."""

import datetime as dt
import threading
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from freight import llm_budget
from freight.llm_budget import FAILURES, PAUSE, PROBE, DayMeter
from freight.models import LanguageModelUse

DAY = dt.date(2026, 11, 20)


def meter(tokens: int = 1000, day: dt.date = DAY) -> DayMeter:
    return DayMeter(day, tokens)


def row(day: dt.date = DAY) -> LanguageModelUse:
    return LanguageModelUse.objects.get(day=day)


@pytest.mark.django_db
def test_tokens_are_taken_before_and_corrected_after() -> None:
    assert meter().take(700)
    meter().correct(700, 250)

    assert (row().tokens, row().calls) == (250, 1)


@pytest.mark.django_db
def test_what_exceeds_the_day_is_not_taken() -> None:
    assert meter().take(700)

    assert not meter().take(301)
    assert meter().take(300)
    assert not meter().take(1)
    assert (row().tokens, row().calls) == (1000, 2)


@pytest.mark.django_db
def test_no_budget_is_no_call() -> None:
    assert not meter(tokens=0).take(1)


@pytest.mark.django_db
def test_call_that_cost_more_than_was_taken_counts() -> None:
    meter().take(100)
    meter().correct(100, 1400)

    assert row().tokens == 1400
    assert not meter().take(1)


@pytest.mark.django_db
def test_new_day_new_budget() -> None:
    meter().take(1000)

    assert meter(day=DAY + dt.timedelta(days=1)).take(1000)


@pytest.mark.django_db(transaction=True)
def test_workers_spend_one_budget() -> None:
    taken: list[bool] = []

    def work() -> None:
        taken.extend(meter().take(100) for _ in range(5))
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()

    assert (sum(taken), len(taken)) == (10, 20)
    assert row().tokens == 1000


def fail(times: int, **kwargs: Any) -> None:
    meter(**kwargs).may_ask()
    for _ in range(times):
        meter(**kwargs).failed()


@pytest.mark.django_db
def test_failures_in_a_row_open_the_breaker() -> None:
    fail(FAILURES - 1)
    assert meter().may_ask()
    fail(1)

    assert not meter().may_ask()
    assert row().failures == FAILURES


@pytest.mark.django_db
def test_answer_in_between_keeps_it_closed() -> None:
    fail(FAILURES - 1)
    meter().answered()
    fail(FAILURES - 1)

    assert meter().may_ask()


@pytest.mark.django_db
def test_after_the_pause_one_tries(time_machine: Any) -> None:
    fail(FAILURES)
    time_machine.move_to(timezone.now() + PAUSE + dt.timedelta(seconds=1), tick=False)

    assert [meter().may_ask() for _ in range(3)] == [True, False, False]


@pytest.mark.django_db
@pytest.mark.parametrize("answered", [True, False])
def test_its_answer_decides(time_machine: Any, answered: bool) -> None:
    fail(FAILURES)
    time_machine.move_to(timezone.now() + PAUSE + dt.timedelta(seconds=1), tick=False)
    meter().may_ask()
    if answered:
        meter().answered()
    else:
        meter().failed()

    time_machine.shift(PROBE + dt.timedelta(seconds=1))
    assert meter().may_ask() is answered


@pytest.mark.django_db
def test_one_that_dies_trying_is_followed_by_another(time_machine: Any) -> None:
    fail(FAILURES)
    time_machine.move_to(timezone.now() + PAUSE + dt.timedelta(seconds=1), tick=False)
    assert meter().may_ask()

    time_machine.shift(PROBE + dt.timedelta(seconds=1))
    assert meter().may_ask()


@pytest.mark.django_db
def test_outage_knows_no_midnight() -> None:
    fail(FAILURES)

    assert not meter(day=DAY + dt.timedelta(days=1)).may_ask()


@pytest.mark.django_db
def test_day_is_the_operators(settings: Any, time_machine: Any) -> None:
    settings.BUSYBEE_LLM_TOKENS_A_DAY = 7
    time_machine.move_to(dt.datetime(2026, 11, 20, 16, tzinfo=dt.UTC), tick=False)

    assert llm_budget.today() == DayMeter(dt.date(2026, 11, 21), 7)
