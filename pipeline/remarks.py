"""Why a mail or a file was set aside, and what a step noted, in the reader's language.

Rows keep it in English, so that filters, logs and replays have one spelling; what is not known
here (an exception's text, say) stays as it is.
"""

import re

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from freight.fact_rows import LABELS
from pipeline.documents.reasons import NOTES, REASONS

TRIES = re.compile(r"(?P<reason>.+) \((?P<number>\d+) tries\)", re.DOTALL)
SENTENCES = (
    gettext_noop("storage has no %(digest)s"),
    gettext_noop("storage holds other bytes than %(digest)s"),
    gettext_noop("larger than %(number)s bytes"),
    gettext_noop("only the header of this mail was kept: there is nothing to run again"),
    gettext_noop("reading was stopped: time"),
    gettext_noop("reading was stopped: memory"),
    gettext_noop("reading was stopped: crash"),
    gettext_noop("more than %(number)s steps are open"),
    gettext_noop("less than %(number)s MiB are free in storage"),
    gettext_noop("%(number)s workers died in this step"),
    gettext_noop("no archives"),
    gettext_noop("no files"),
    gettext_noop("%(number)s parts"),
    gettext_noop("%(number)s members"),
    gettext_noop("%(number)s of %(all)s files read"),
    gettext_noop("%(number)s of 6 facts"),
    gettext_noop("%(number)s of 6 facts, both read %(all)s"),
    gettext_noop("%(number)s of 6 facts, by rules alone"),
)
WARNINGS = {
    "headers-cut": gettext_noop("there are too many header lines; the rest was not read"),
    "header-cut": gettext_noop("a header is too long; the rest of it was not read"),
    "too-deep": gettext_noop("parts are nested too deep"),
    "too-many-parts": gettext_noop("there are too many parts; the rest was not read"),
    "too-many-files": gettext_noop("there are too many files; the rest was not read"),
    "boundary-missing": gettext_noop("a part does not say where it ends"),
    "unknown-transfer-encoding": gettext_noop("a part is encoded in an unknown way"),
    "killed-time": gettext_noop("reading it took too long and was stopped"),
    "killed-memory": gettext_noop("reading it needed too much memory and was stopped"),
    "killed-crash": gettext_noop("reading it failed hard and was stopped"),
    "several-senders": gettext_noop("the mail names several senders"),
    "no-sender": gettext_noop("the mail names no sender"),
    "html-skipped": gettext_noop("the HTML text could not be read"),
    "facts-cut": gettext_noop("facts were not read from all of its files"),
    "conflict": gettext_noop("the mail and its attachment differ"),
    "container_ambiguous": gettext_noop("several containers are named"),
    "container_undecided": gettext_noop("the customer has not decided on it"),
    "container_lcl": gettext_noop("it is less than a container (LCL)"),
    "date_ambiguous": gettext_noop("the date can be read in several ways"),
    "date_vague": gettext_noop("the date is vague"),
    "date_past": gettext_noop("the date has passed"),
    "date_order": gettext_noop("the arrival lies before the departure"),
    "same_place": gettext_noop("origin and destination are one place"),
    "date_relative_to_event": gettext_noop("the date depends on an event"),
    "place_ambiguous": gettext_noop("the place can be read in several ways"),
    "place_alternatives": gettext_noop("several places are offered"),
    "several_shipments": gettext_noop("there are several shipments"),
    "weight_vague": gettext_noop("the weight is vague"),
    "weight_ambiguous": gettext_noop("several weights are named"),
    "readers_disagree": gettext_noop("rules and language model read it differently"),
    "llm-budget": gettext_noop("the language model was not asked: today's tokens are spent"),
    "llm-paused": gettext_noop("the language model was not asked: it has not answered lately"),
    "llm-failed": gettext_noop("the language model was asked and did not answer"),
    "llm-answer": gettext_noop("the language model gave no answer of use"),
    "llm-setup": gettext_noop("the language model is not set up: see BUSYBEE_LLM"),
}
VALUES = {"digest": "[0-9a-f]+", "number": "[0-9]+", "all": "[0-9]+"}


def _pattern(sentence: str) -> re.Pattern[str]:
    pieces = re.split(r"%\((\w+)\)s", sentence)
    named = [f"(?P<{name}>{VALUES[name]})" for name in pieces[1::2]]
    texts = [re.escape(text) for text in pieces[::2]]
    return re.compile("".join(a + b for a, b in zip(texts, [*named, ""], strict=True)))


_KNOWN = [(_pattern(sentence), sentence) for sentence in SENTENCES]


def remark(text: str) -> str:
    """A step's or a quarantined mail's reason in the reader's language, as far as it is known."""
    if found := TRIES.fullmatch(text):
        values = {"reason": remark(found["reason"]), "number": found["number"]}
        return _("%(reason)s (%(number)s tries)") % values
    for pattern, sentence in _KNOWN:
        if found := pattern.fullmatch(text):
            return _(sentence) % found.groupdict()
    return text


def refusal(code: str) -> str:
    """Why a file has no text, as a sentence in the reader's language; an unknown code as it is."""
    return _(REASONS[code]) if code in REASONS else code


def note(code: str) -> str:
    """What of a file was left out, or how it was read, in the reader's language."""
    told = NOTES.get(code) or REASONS.get(code)
    return _(told) if told else code


def warning(code: str) -> str:
    """What was cut from a mail or not sure in it (`eta:date_vague`), in the reader's language."""
    name, _colon, what = code.rpartition(":")
    told = _(WARNINGS[what]) if what in WARNINGS else what
    return f"{LABELS.get(name, name)}: {told}" if name else told
