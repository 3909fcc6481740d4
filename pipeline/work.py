"""How a step is done: claimed by a conditional update, worked without a transaction, written in
one.

The Step rows are the queue of record. A message about a step that somebody else has claimed, or
that is done, finds nothing to claim. A worker that lost its lease is fenced off by the attempt
number.
"""

import datetime as dt
import logging
import random
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.db import DatabaseError, DataError, transaction
from django.utils import timezone

from freight.errors import StateConflict as TradeConflict
from pipeline.chain import following, publish
from pipeline.errors import BadMail, Fenced, OutsideFailure
from pipeline.models import Email, Step, StepName

logger = logging.getLogger(__name__)

TRIES_OUTSIDE = 8
# a worker may die for reasons that are not this mail's: a deploy, the OOM killer
DEATHS = 5
# mails that one worker takes in one go where several wait at a step
MOST_TOGETHER = 16


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a step wants written: columns of its mail, and a word for the timeline.

    `write` writes other rows in the same transaction and returns further columns of the mail.
    """

    changes: Mapping[str, Any] = field(default_factory=dict)
    write: Callable[[], Mapping[str, Any]] | None = None
    note: str = ""
    skipped: bool = False


StepFunction = Callable[[Email], Outcome]
# the outcomes of several mails in one call, in their order
Together = Callable[[Sequence[Email]], Sequence[Outcome]]


def claim(email_id: int, name: StepName) -> Step | None:
    """The step, owned by the caller, or None where there is nothing to claim."""
    step = Step.objects.filter(email_id=email_id, name=name).first()
    lease = dt.timedelta(seconds=settings.BUSYBEE_LEASE_SECONDS)
    return step if step and step.claim(now=timezone.now(), lease=lease) else None


def carry(
    email_id: int,
    name: StepName,
    functions: Mapping[StepName, StepFunction],
    *,
    on: Callable[[StepName], bool],
    together: Mapping[StepName, Together] = MappingProxyType({}),
) -> list[StepName]:
    """The steps done in one go, from `name` on: none if it was not to be claimed or did not
    succeed.

    After each success the next one is claimed in the same commit, as long as `on` says that it is
    this worker's to do. Where `name` is in `together`, other mails that wait at it are carried on
    as well; what `on` leaves of them is published.
    """
    step = claim(email_id, name)
    if step is None or name not in together or _unlucky(step):
        return _go_on(step, functions, on=on)
    function, others = _with_others(step, functions[name], together[name])
    done = _go_on(step, {**functions, name: function}, on=on)
    for other in others:
        _pass_on(other, name, functions, on=on)
    return done


def _go_on(
    step: Step | None,
    functions: Mapping[StepName, StepFunction],
    *,
    on: Callable[[StepName], bool],
) -> list[StepName]:
    done: list[StepName] = []
    while step is not None:
        name = StepName(step.name)
        after = following(name)
        go_on = after is not None and on(after)
        step, succeeded = _perform(step, functions[name], go_on=go_on)
        if not succeeded:
            break
        done.append(name)
    return done


def _pass_on(
    email_id: int,
    name: StepName,
    functions: Mapping[StepName, StepFunction],
    *,
    on: Callable[[StepName], bool],
) -> None:
    """What follows on `name`, by this worker as far as it may: the message that would have brought
    the mail here finds nothing to claim, and ends. A message a mail would cost more than the call
    in one go saves.
    """
    after = following(name)
    if after and on(after):
        done = carry(email_id, after, functions, on=on)
        after = following(done[-1]) if done else None
        if after and on(after):
            return  # it failed there, or somebody else has it: the rows know
    if after:
        publish(email_id, after)


def _with_others(
    step: Step, function: StepFunction, together: Together
) -> tuple[StepFunction, list[int]]:
    """`function`, that already knows the outcome of this step's mail if it was not the only one
    that waited; the other mails, whose step is done.

    Each is claimed and finished on its own, as if it had been alone: leases, attempts and the
    fence are theirs. Mails that come by the chain are not looked for: one worker carries them
    through, so they never wait here; those of a replay and of the sweeper do.
    """
    others = _claim_waiting(StepName(step.name))
    if not others:
        return function, []
    functions: list[StepFunction]
    try:
        outcomes = together([step.email, *(other.email for other in others)])
        functions = [partial(_known, outcome) for outcome in outcomes]
    except Exception as exc:  # noqa: BLE001  # of one of them, or all: each alone tells
        logger.warning("%s of %s mails in one go: %s", step.name, len(others) + 1, exc)
        functions = [function] * (len(others) + 1)
    pairs = zip(others, functions[1:], strict=True)
    done = [other.email_id for other, each in pairs if _perform(other, each, go_on=False)[1]]
    return functions[0], done


def _known(outcome: Outcome, _: Email) -> Outcome:
    return outcome


def _claim_waiting(name: StepName) -> list[Step]:
    """Steps `name` of other mails that are due, now this worker's; none that has failed before or
    may have killed its worker: those are done alone.
    """
    now = timezone.now()
    due = Step.objects.filter(
        name=name, state=Step.State.DUE, next_at__lte=now, failures=0, deaths=0
    )
    waiting = due.order_by("next_at")[: MOST_TOGETHER - 1]
    lease = dt.timedelta(seconds=settings.BUSYBEE_LEASE_SECONDS)
    return [step for step in waiting if step.claim(now=now, lease=lease)]


def _unlucky(step: Step) -> bool:
    return bool(step.failures or step.deaths)


def _perform(step: Step, function: StepFunction, *, go_on: bool) -> tuple[Step | None, bool]:
    try:
        outcome = function(step.email)
        return _finish(step, outcome, go_on=go_on), True
    except Fenced:
        logger.info("mail %s %s attempt %s was overtaken", step.email_id, step.name, step.attempt)
    except BadMail as exc:
        _quarantine(step, str(exc))
    except DataError as exc:
        # the database will refuse the same value each time
        _quarantine(step, f"{type(exc).__name__}: {exc}", trace=traceback.format_exc())
    except (OutsideFailure, OSError, DatabaseError, TradeConflict) as exc:
        _fail(step, f"{type(exc).__name__}: {exc}")
    except Exception as exc:
        # the edge of the worker's loop: a bug stops this mail, not the ones behind it
        logger.exception("mail %s %s failed by a bug", step.email_id, step.name)
        _quarantine(step, f"{type(exc).__name__}: {exc}", trace=traceback.format_exc())
    return None, False


def _finish(step: Step, outcome: Outcome, *, go_on: bool) -> Step | None:
    """Write the step's outputs, its end and the next one's beginning; the next one if `go_on`
    claimed it.
    """
    now = timezone.now()
    after = following(StepName(step.name))
    state = Step.State.SKIPPED if outcome.skipped else Step.State.DONE
    with transaction.atomic():
        hold(step.email_id)
        own = step.owned().update(
            state=state, lease_until=None, finished_at=now, reason=outcome.note[:300], traceback=""
        )
        if own != 1:
            raise Fenced
        changes = {
            **outcome.changes,
            "state": Email.State.PROCESSING if after else Email.State.DONE,
        }
        if after is None:
            changes["quarantine_reason"] = ""
        if outcome.write:
            changes.update(outcome.write())
        Email.objects.filter(pk=step.email_id).update(**changes)
        next_step = _open(step.email_id, after, now, claimed=go_on) if after else None
    logger.info("mail %s %s %s attempt %s", step.email_id, step.name, state, step.attempt)
    return next_step if go_on else None


def hold(email_id: int) -> None:
    """Let nobody else finish, quarantine or replay a step of this mail before this transaction
    ends.

    Without it a replay on PostgreSQL would not see the next step that a worker inserts meanwhile.
    Whoever locks other rows too takes this lock first.
    """
    mails = Email.objects.select_for_update(no_key=True).filter(pk=email_id)
    list(mails.values_list("pk"))


def _open(email_id: int, name: StepName, now: dt.datetime, *, claimed: bool) -> Step:
    """The row of step `name`, due now, or owned by the caller from the start."""
    step = Step(email_id=email_id, name=name, next_at=now)
    if claimed:
        step.state = Step.State.RUNNING
        step.attempt = 1
        step.started_at = now
        step.lease_until = now + dt.timedelta(seconds=settings.BUSYBEE_LEASE_SECONDS)
    step.save(force_insert=True)
    return step


def _fail(step: Step, reason: str) -> None:
    """Give the step back with a later due time, or quarantine its mail after the last try."""
    failures = step.failures + 1
    if failures >= TRIES_OUTSIDE:
        _quarantine(step, f"{reason} ({failures} tries)")
        return
    wait = random.uniform(1, min(600, 4 * 2**failures))
    step.owned().update(
        state=Step.State.FAILED,
        failures=failures,
        lease_until=None,
        next_at=timezone.now() + dt.timedelta(seconds=wait),
        reason=reason[:300],
    )
    logger.warning("mail %s %s failed, again in %.0f s", step.email_id, step.name, wait)


@transaction.atomic
def _quarantine(step: Step, reason: str, *, trace: str = "") -> None:
    """Set the mail aside for an operator, with the reason; nothing of it is lost."""
    hold(step.email_id)
    rows = step.owned().update(
        state=Step.State.QUARANTINED,
        lease_until=None,
        finished_at=timezone.now(),
        reason=reason[:300],
        traceback=trace,
    )
    if rows:
        Email.objects.filter(pk=step.email_id).update(
            state=Email.State.QUARANTINED, quarantine_reason=reason[:300]
        )
        logger.warning("mail %s quarantined in %s", step.email_id, step.name)


def take_up(now: dt.datetime, *, limit: int = 200) -> Iterator[tuple[int, StepName]]:
    """(mail, step) of each stuck step, made due again: those to be published once more."""
    age = dt.timedelta(seconds=settings.BUSYBEE_SWEEP_AGE_SECONDS)
    for step in Step.objects.stuck(now, age=age)[:limit]:
        dead = step.state == Step.State.RUNNING
        if dead and step.deaths + 1 >= DEATHS:
            _quarantine(step, f"{step.deaths + 1} workers died in this step")
            continue
        rows = Step.objects.filter(pk=step.pk, state=step.state, attempt=step.attempt).update(
            state=Step.State.DUE, next_at=now, lease_until=None, deaths=step.deaths + dead
        )
        if rows:
            yield step.email_id, StepName(step.name)
