"""What the language model may cost: tokens a day, and a circuit breaker. One row a day.

Each change is one conditional UPDATE, so that any number of workers spend one budget. Tokens are
taken by estimate before a call and corrected after it: a worker that dies leaves its estimate.
"""

import datetime as dt
import logging
from dataclasses import dataclass

from django.conf import settings
from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Greatest
from django.utils import timezone

from freight.models import LanguageModelUse

logger = logging.getLogger(__name__)
# so many mails in a row without an answer, and nobody asks for so long; then one mail tries
FAILURES = 5
PAUSE = dt.timedelta(minutes=5)
# a worker that tries is given so long: the lease of its step is over by then
PROBE = dt.timedelta(seconds=90)


@dataclass(frozen=True, slots=True)
class DayMeter:
    """The budget and the breaker of all workers, in the row of the day."""

    day: dt.date
    tokens_a_day: int

    def may_ask(self) -> bool:
        """Whether the breaker is closed; where its pause is over, only the first may try."""
        now = timezone.now()
        row = _row_of(self.day)
        if row.open_until is None:
            return True
        if row.open_until > now:
            return False
        # two that come at once: the second one's condition no longer holds
        return bool(self._rows(open_until=row.open_until).update(open_until=now + PROBE))

    def take(self, tokens: int) -> bool:
        _row_of(self.day)
        left = self._rows(tokens__lte=self.tokens_a_day - tokens)
        return bool(left.update(tokens=F("tokens") + tokens, calls=F("calls") + 1))

    def correct(self, taken: int, spent: int) -> None:
        self._rows().update(tokens=Greatest(F("tokens") + (spent - taken), Value(0)))

    def answered(self) -> None:
        # most answers find nothing to write here
        self._rows(Q(failures_in_row__gt=0) | Q(open_until__isnull=False)).update(
            failures_in_row=0, open_until=None
        )

    def failed(self) -> None:
        self._rows().update(failures=F("failures") + 1, failures_in_row=F("failures_in_row") + 1)
        opened = self._rows(failures_in_row__gte=FAILURES).update(open_until=timezone.now() + PAUSE)
        if opened:
            logger.warning("the language model is not asked for %s: it does not answer", PAUSE)

    def _rows(self, *conditions: Q, **fields: object) -> QuerySet[LanguageModelUse]:
        return LanguageModelUse.objects.filter(*conditions, day=self.day, **fields)


def today(share: float = 1.0) -> DayMeter:
    """The meter of the operators' day that it is now, for who may spend up to a `share` of it."""
    return DayMeter(timezone.localdate(), int(settings.BUSYBEE_LLM_TOKENS_A_DAY * share))


def _row_of(day: dt.date) -> LanguageModelUse:
    """The row of that day; a new one takes over an open breaker: an outage knows no midnight."""
    row = LanguageModelUse.objects.filter(day=day).first()
    if row is not None:
        return row
    before = LanguageModelUse.objects.filter(day__lt=day).order_by("-day").first()
    outage = (
        {"failures_in_row": before.failures_in_row, "open_until": before.open_until}
        if before
        else {}
    )
    return LanguageModelUse.objects.get_or_create(day=day, defaults=outage)[0]
