"""A language model reads a mail after the rules, where it may help: when, how often, at what cost.

Whatever goes wrong here, the rules' reading stands and the mail goes on; a warning says what did.
"""

import datetime as dt
import logging
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from django.conf import settings

from freight.errors import BadAnswer, ModelFailed, ModelNotUsable
from freight.extraction import llm, merge, pointing
from freight.extraction.prompt import Prompt, prompt_for
from freight.fields import FACT_NAMES, Extraction, Source

logger = logging.getLogger(__name__)
TRIES = 3
# between two tries; what a service demands counts, up to the longest
FIRST_WAIT = 0.5
LONGEST_WAIT = 5.0


class Meter(Protocol):
    """Who says whether the model may be asked, and writes down what it cost."""

    def may_ask(self) -> bool:
        """Whether the service may be asked for one mail now."""
        ...

    def take(self, tokens: int) -> bool:
        """Whether the budget has so many tokens left; they count as spent from now on."""
        ...

    def correct(self, taken: int, spent: int) -> None:
        """What a call that took `taken` has really spent."""
        ...

    def answered(self) -> None:
        """The service has answered, whatever it said."""
        ...

    def failed(self) -> None:
        """The service gave no answer to one mail, retries included."""
        ...


class Unmetered:
    """A person tries the model by hand: no budget, no database."""

    def may_ask(self) -> bool:
        return True

    def take(self, tokens: int) -> bool:
        return True

    def correct(self, taken: int, spent: int) -> None:
        pass

    def answered(self) -> None:
        pass

    def failed(self) -> None:
        pass


@dataclass(frozen=True, slots=True)
class SecondReading:
    """What both readers make of a mail; `agreed`: the facts on which the model agrees."""

    extraction: Extraction
    asked: bool = False
    agreed: tuple[str, ...] = ()


def configured() -> llm.Config | None:
    """The model that the settings name, None where only rules read."""
    if not settings.BUSYBEE_LLM:
        return None
    return llm.Config(
        settings.BUSYBEE_LLM,
        settings.BUSYBEE_LLM_URL,
        settings.BUSYBEE_LLM_API_KEY,
        settings.BUSYBEE_LLM_SECONDS,
    )


def may_help(read: Extraction) -> bool:
    """Whether a model could add a fact: not where the rules have all six, nor where each that is
    missing was left open for a reason, nor where an operator prices the mail anyway.
    """
    return bool(set(read.facts.missing()) - merge.open_facts(read)) and not read.review


def read_again(
    read: Extraction,
    sources: Sequence[Source],
    *,
    today: dt.date,
    language: str,
    country: str = "",
    config: llm.Config,
    meter: Meter,
) -> SecondReading:
    """`read` with what the model adds to it or doubts in it.

    A call over the network: never within a transaction. Warnings `llm-budget`, `llm-paused`
    (not asked), `llm-failed`, `llm-answer`, `llm-setup` (asked in vain) say why it adds nothing.
    """
    if not meter.may_ask():
        return _without_model(read, "llm-paused")
    pages = pointing.pages_of(
        sources, read.evidence.values(), today=today, language=language, country=country
    )
    prompt = prompt_for([page.cased for page in pages], today=today)
    try:
        reply = _asked(prompt, config, meter)
    except BudgetSpent:
        return _without_model(read, "llm-budget")
    except BadAnswer as exc:
        logger.info("language model: answer of no use (%s)", exc)
        return _without_model(read, "llm-answer", asked=True)
    except ModelNotUsable as exc:
        logger.error("language model: %s", exc)
        return _without_model(read, "llm-setup")
    except ModelFailed as exc:
        logger.warning("language model: %s", exc)
        return _without_model(read, "llm-failed", asked=True)
    return _merged(read, reply, pages, today)


class BudgetSpent(Exception):
    """The day's tokens do not suffice for this question."""


def _merged(
    read: Extraction, reply: llm.Reply, pages: list[pointing.Page], today: dt.date
) -> SecondReading:
    pointed = pointing.read_claims(reply.claims.stated(), pages, today=today)
    if "container" in pointed:
        source, found = pointed["container"]
        count = pointing.count_beside(source, found, pages)
        if count is not None:
            pointed["containers"] = (source, count)
    merged = merge.merge(read, pointed, today=today)
    added = merged.extraction.facts.stated()
    logger.info(
        "language model: %s facts claimed, %s hold, %s agree, %s of 6 now",
        len(reply.claims.stated()),
        sum(name in pointed for name in FACT_NAMES),
        len(merged.agreed),
        sum(1 for _ in added),
    )
    return SecondReading(merged.extraction, asked=True, agreed=merged.agreed)


def _without_model(read: Extraction, warning: str, *, asked: bool = False) -> SecondReading:
    return SecondReading(replace(read, warnings=(*read.warnings, warning)), asked=asked)


def _asked(prompt: Prompt, config: llm.Config, meter: Meter) -> llm.Reply:
    """The reply of one of TRIES calls, all within three times the seconds of one.

    Each call is paid for from the budget before it is made.
    """
    deadline = time.monotonic() + TRIES * config.seconds
    for left in reversed(range(TRIES)):
        try:
            return _call(prompt, config, meter, seconds=deadline - time.monotonic())
        except ModelFailed as exc:
            wait = _wait(exc, TRIES - left)
            if not exc.retryable or not left or time.monotonic() + wait >= deadline:
                meter.failed()
                raise
            time.sleep(wait)
    raise AssertionError("the last try returns or raises")


def _call(prompt: Prompt, config: llm.Config, meter: Meter, *, seconds: float) -> llm.Reply:
    taken = prompt.tokens + llm.MAX_ANSWER_TOKENS
    if not meter.take(taken):
        raise BudgetSpent
    try:
        reply = llm.ask(prompt, config, seconds=seconds)
    except (ModelNotUsable, ModelFailed) as exc:
        # one that was cut off while it thought has cost what it was given
        if not getattr(exc, "timed_out", False):
            meter.correct(taken, 0)
        if isinstance(exc, ModelNotUsable):
            meter.failed()
        raise
    except BadAnswer as exc:
        meter.correct(taken, taken if exc.tokens is None else exc.tokens)
        meter.answered()
        raise
    meter.correct(taken, taken if reply.tokens is None else reply.tokens)
    meter.answered()
    return reply


def _wait(exc: ModelFailed, tries: int) -> float:
    """Seconds until the next try: as the service says, else longer each time; with jitter."""
    if exc.retry_after is not None:
        return min(exc.retry_after, LONGEST_WAIT)
    return min(FIRST_WAIT * 2**tries * random.uniform(0.5, 1), LONGEST_WAIT)
