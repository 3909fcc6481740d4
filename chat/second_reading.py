"""A language model reads a chat message in which the rules found nothing, where one is configured.

It is shown the message without what states nothing (`reading.moods`), and may only point: the
rules read its words there again, by the checks of the mails. It adds facts that are open and
changes none that are known. Whatever goes wrong, the rules' reading stands.
"""

import datetime as dt
from collections.abc import Sequence

from chat import intents
from chat.reading import Question, Reader, Reading, moods, read_message
from chat.reading.values import without
from chat.situation import Situation
from freight import llm_budget, second_reader
from freight.extraction import extract, merge
from freight.extraction.text import simplified
from freight.fields import Extraction, Source

# a shorter message holds nothing that the rules would miss
LEAST_LETTERS = 4
# of the day's tokens: anybody may write here, and must not take the model from the mails
SHARE = 0.5


def question_of(situation: Situation) -> Question:
    """What the dialogue asks now, for the predicate here."""
    names = situation.open()
    return Question(
        situation.asked or None, names, situation.language, situation.today, situation.told
    )


def wants_model(source: Source, question: Question) -> bool:
    """Whether a model is configured and may find what the rules do not, and it is none of their
    business: a yes, a no, a greeting, a question, a fact that they left open for a reason.
    """
    if second_reader.configured() is None or not question.open or _is_small_talk(source.text):
        return False
    reading = read_message(source, question, extract)
    found = reading.extraction
    if found.evidence or reading.unknown or reading.doubtful or found.review:
        return False
    return not merge.open_facts(found) and second_reader.may_help(found)


def _is_small_talk(text: str) -> bool:
    if sum(char.isalpha() for char in text) < LEAST_LETTERS:
        return True
    said = intents.says_yes(text) or intents.says_no(text) or intents.says_hello(text)
    return said or moods.asks(simplified(text))


def read(source: Source, question: Question) -> Reading:
    """What the rules and the model read in a message: a call over the network, never within a
    transaction.
    """
    return read_message(source, question, reader(question))


def reader(question: Question) -> Reader:
    """The extractor with the model behind it, to be read by in the place of `extract`."""

    def read_twice(sources: Sequence[Source], *, today: dt.date, language: str) -> Extraction:
        found = extract(sources, today=today, language=language)
        config = second_reader.configured()
        if config is None or not second_reader.may_help(found):
            return found
        again = second_reader.read_again(
            found,
            sources,
            today=today,
            language=language,
            config=config,
            meter=llm_budget.today(SHARE),
        )
        return _only_open(again.extraction, question)

    return read_twice


def _only_open(found: Extraction, question: Question) -> Extraction:
    """`found` without what the model alone says of facts that are not open."""
    alone = [
        name
        for name, seen in found.evidence.items()
        if seen.method == merge.METHOD and name not in (*question.open, "containers")
    ]
    if "container" in alone or question.told.containers is not None:
        alone.append("containers")
    return without(found, *alone) if alone else found
