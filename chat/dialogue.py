"""The conversation as a function: what is known and what was said in, what to answer out. Pure.

What a message tells is noted and the next fact is asked for; once all six are told they are listed,
and a "yes" to the list stores them. A "yes" before that stores what was told so far; a "no" takes
nothing away, it puts what was told last in doubt.
"""

from dataclasses import dataclass, replace

from chat import assent, catalogue, choices, information, intents
from chat.prompts import (
    Offer,
    easier_question,
    greet,
    next_question,
    offers,
    restate,
    so_far,
    status,
    summary,
    to_colleague,
    welcome_back,
    what_is_wrong,
)
from chat.reading import Question, Reader, Reading, read_message
from chat.situation import CLOSED, Choice, Memory, Pending, Situation, overlaid
from freight import places, verification
from freight.fields import FACT_NAMES, Extraction, Facts, Source

__all__ = [
    "CLOSED",
    "Choice",
    "Memory",
    "Offer",
    "Pending",
    "Situation",
    "Turn",
    "after_saving",
    "greet",
    "offers",
    "overlaid",
    "restate",
    "take_up",
    "turn",
    "welcome_back",
]


@dataclass(frozen=True, slots=True)
class Turn:
    """What to say and what changes.

    memory: what to keep in mind; None: as it was. confirmed: the facts to be stored now. agreed:
    all six were listed and got a yes, those that were stored before included. person: the customer
    wants to talk to one.
    """

    replies: tuple[str, ...]
    language: str
    pending: Pending
    memory: Memory | None = None
    confirmed: Pending | None = None
    agreed: bool = False
    review: tuple[str, ...] = ()
    person: bool = False


def turn(situation: Situation, source: Source, read: Reader) -> Turn:
    """The answer to one message of the customer."""
    return _without_old_doubt(situation, _turn_to(situation, source, read))


def _without_old_doubt(situation: Situation, answered: Turn) -> Turn:
    """`answered` without a doubt that it does not put again: a later "yes" is not for it."""
    memory = answered.memory
    if memory is None or memory.choice is None or memory.choice != situation.memory.choice:
        return answered
    again = choices.ask(answered.language, memory.choice)
    if any(again in reply for reply in answered.replies):
        return answered
    return replace(answered, memory=replace(memory, choice=None))


def _turn_to(situation: Situation, source: Source, read: Reader) -> Turn:
    spoken = intents.language_of(source.text, situation.language)
    situation = replace(situation, language=spoken)
    if situation.stage == "closed":
        return _closed(situation, source.text)
    settled = choices.settled(situation.memory.choice, source)
    if settled is not None:
        return _heard(_chosen(situation), settled, Reading(Extraction()))
    if intents.says_yes(source.text):
        return _yes(situation)
    if intents.says_no(source.text):
        return _no(situation)
    reading = _read(situation, source, read)
    news = _news(situation, _said(reading.extraction, source))
    if intents.says_goodbye(source.text) or intents.says_wait(source.text):
        reading = replace(reading, unknown=())  # "bye" is no place
    left_open = reading.unknown or _is_doubtful(situation, reading)
    if news or (left_open and not _calls_wrong(situation, source.text)):
        answered = _heard(situation, news, reading)
    elif situation.stage in ("confirm", "done") and (which := choices.end_of(source.text, source)):
        after = _with_memory(situation, replace(situation.memory, choice=which))
        answered = _turn(after, choices.ask(after.language, which))
    elif _agrees_again(situation, source.text, reading):
        answered = _yes(situation)
    elif (agreed := _verdict(situation, source.text, reading)) is not None:
        answered = _yes(situation) if agreed else _no(situation)
    else:
        answered = _without_facts(situation, source.text, reading)
    return _with_answers(situation, answered, source.text, heard=bool(news))


def take_up(situation: Situation, found: Extraction) -> Turn:
    """The answer to facts that were read elsewhere than in a message, as in a file."""
    news = _news(situation, found)
    return _heard(situation, news, Reading(replace(found, evidence=news.evidence)))


def after_saving(situation: Situation, *, again: bool = False) -> tuple[str, ...]:
    """What to say once the confirmed facts are stored; `situation` is the one afterwards.

    again: there was a quotation before.
    """
    language = situation.language
    if situation.status == "quoted":
        return (catalogue.say(language, "quoted_again" if again else "quoted"),)
    if not situation.open():
        return (catalogue.say(language, "by_staff"),)
    saved = catalogue.say(language, "saved")
    wrong = _problems(situation)
    return ("\n".join([saved, *wrong, *next_question(situation)]),)


def _verdict(situation: Situation, text: str, reading: Reading) -> bool | None:
    """Whether the customer says yes or no to the full list; None for anything else."""
    told = any(True for _ in reading.extraction.facts.stated()) or _past(situation, reading)
    if told or reading.extraction.review or not situation.is_listed:
        return None
    # of one or two facts nothing is said of the others
    some = 0 < len(intents.facts_named(text)) < 3 or any(p.known for p in places.find(text))
    if some or information.topics(text) or intents.asks_language(text):
        return None
    if assent.says_all_is_right(text):
        return True
    return False if assent.says_something_is_wrong(text) else None


def _agrees_again(situation: Situation, text: str, reading: Reading) -> bool:
    """Whether a yes to the full list repeats some of it: "yes, from Tokyo, that is right"."""
    found = reading.extraction
    if not situation.is_listed or found.review or _past(situation, reading) or reading.unknown:
        return False
    rest = text
    for name, value in found.facts.stated():
        seen = found.evidence.get(name)
        if seen is None or getattr(situation.told, name) != value:
            return False
        rest = rest[: seen.start] + " " * (seen.end - seen.start) + rest[seen.end :]
    return bool(found.evidence) and assent.says_yes_and_right(rest)


def _chosen(situation: Situation) -> Situation:
    return replace(situation, memory=replace(situation.memory, choice=None))


def _read(situation: Situation, source: Source, read: Reader) -> Reading:
    """What the message tells; bare answers count for what is asked, or for what is in doubt."""
    doubted = situation.memory.doubted if not situation.asked else ()
    asked = situation.asked or next(iter((*situation.open(), *doubted)), None)
    named = intents.facts_named(source.text)
    if not situation.asked and len(named) == 1:
        asked = named[0]
    open_names = tuple(dict.fromkeys((*situation.open(), *doubted)))
    question = Question(asked, open_names, situation.language, situation.today, situation.told)
    told = replace(source, text=intents.without_laughter(source.text, situation.language))
    return read_message(told, question, read)


def _said(found: Extraction, source: Source) -> Extraction:
    """`found` without evidence that is not in the message: what nobody said is no fact."""
    said = {
        name: item
        for name, item in found.evidence.items()
        if source.text[item.start : item.end] == item.quote and item.source == source.name
    }
    return replace(found, evidence=said)


def _news(situation: Situation, found: Extraction) -> Pending:
    """What was read, with evidence, that was not known or is not what was known."""
    told, facts, evidence = situation.told, found.facts, dict(found.evidence)
    fresh = {n: v for n, v in facts.stated() if n in evidence and v != getattr(told, n)}
    counted = evidence.get("containers") or evidence.get("container")  # "2 x 40ft" says both
    if counted and facts.containers is not None and facts.containers != told.containers:
        fresh["containers"] = facts.containers
        evidence["containers"] = counted
    return Pending(Facts(**fresh), {n: e for n, e in evidence.items() if n in fresh})


def _yes(situation: Situation) -> Turn:
    """Store what was listed, or what was told so far and is not in doubt."""
    memory = situation.memory
    if memory.choice is not None:
        return _turn(situation, choices.ask(situation.language, memory.choice))
    if situation.is_listed:
        kept = Memory(agreed=True, quoted=situation.status == "quoted")
        return _turn(
            situation, pending=Pending(), memory=kept, confirmed=situation.pending, agreed=True
        )
    if memory.doubted and situation.pending:  # doubted things are listed again first
        after = _with_memory(situation, replace(memory, doubted=(), choice=None))
        if after.stage == "confirm":
            return _turn(after, summary(after))
        return _turn(after, so_far(after), catalogue.say(after.language, "is_this_right"))
    if memory.doubted:
        after = _with_memory(situation, replace(memory, doubted=(), choice=None))
        return _turn(after, *restate(after))
    if situation.stage == "confirm":  # told before the quotation that is out by now
        return _turn(situation, summary(situation))
    if situation.pending and situation.status != "quoted":
        after = replace(situation, pending=Pending())
        return _turn(after, confirmed=situation.pending)
    return _turn(situation, *next_question(situation) or restate(situation))


def _no(situation: Situation) -> Turn:
    """Nothing is taken away: what was told last, or all that is listed, is in doubt."""
    memory, pending = situation.memory, situation.pending
    if memory.choice is not None:
        after = _chosen(situation)
        return _turn(after, *next_question(after) or restate(after))
    if not pending and situation.stage != "confirm":
        unchanged = catalogue.say(situation.language, "nothing_changed")
        return _turn(situation, unchanged, *next_question(situation))
    last = tuple(name for name in memory.last if name in pending.names())
    doubted = FACT_NAMES if situation.stage == "confirm" else last or pending.names()
    asked = last[0] if len(last) == 1 and situation.stage == "ask" else ""
    after = _with_memory(situation, replace(memory, doubted=doubted, asked=asked, agreed=False))
    if asked:
        words = [catalogue.say(after.language, "what_is_wrong")]
        words.append(catalogue.question(after.language, asked, after.today))
        return _turn(after, "\n".join(words))
    return _turn(after, what_is_wrong(after))


def _heard(situation: Situation, news: Pending, reading: Reading) -> Turn:
    """Take the news up, say what does not fit, and ask for what comes next."""
    review = tuple(dict.fromkeys((*situation.review, *reading.extraction.review)))
    after = _taken_up(replace(situation, review=review), news)
    choice, which = choices.question_of(after, reading)
    left = situation.memory.choice
    if left and not which and _is_asked_again(left, after):
        choice, which = left, choices.ask(after.language, left)
    after = _with_memory(after, replace(after.memory, choice=choice))
    if end := _end_left(situation, reading, choice):
        doubted = (end,) if after.stage == "confirm" else ()
        after = _with_memory(after, replace(after.memory, asked=end, doubted=doubted))
    replies = [] if not _fresh_review(situation, reading) else [to_colleague(after.language)]
    wrong = [*_past(situation, reading), *_problems_of(situation, news)]
    lines = [*_echo(situation, after, news), *wrong]
    if which:
        lines.append(which)
        if choice is None and wrong:
            lines += next_question(after)
    elif after.stage == "confirm":
        replies = [*replies, *(["\n".join(lines)] if lines else [])]
        return _turn(after, *replies, summary(after), review=reading.extraction.review)
    elif after.for_persons and not replies:
        lines.append(catalogue.say(after.language, "tell_colleague"))
    else:
        lines += next_question(after)
    replies = ["\n".join(lines), *replies] if lines else replies
    return _turn(after, *replies, review=reading.extraction.review)


def _is_asked_again(choice: Choice, after: Situation) -> bool:
    """Whether a doubt waits that was passed over: of an end still open, the places of one name.

    Any other is dropped: a later "yes" is then for the list.
    """
    several = choice.kind == "place" and not choice.name and len(choice.options) > 1
    return several and choice.fact in after.open()


def _end_left(situation: Situation, reading: Reading, choice: Choice | None) -> str:
    """The end of the way that is asked for again, as we do not know the place that was named."""
    if choice is not None and choice.kind == "place":
        return choice.fact
    unknown = reading.unknown[0][0] if reading.unknown else ""
    return unknown or (choices.end_asked(situation) if reading.unknown else "")


def _is_doubtful(situation: Situation, reading: Reading) -> bool:
    """Whether the reading left something open that is not known anyway."""
    known = (situation.told.etd, situation.told.eta)
    return bool(reading.doubtful) and (reading.day is None or reading.day not in known)


def _taken_up(situation: Situation, news: Pending) -> Situation:
    """The situation with the news among what is pending, but for what cannot be."""
    pending = Pending(
        overlaid(situation.pending.facts, news.facts),
        {**situation.pending.evidence, **news.evidence},
    )
    pending = pending.without(_unfit(situation, pending))
    names = news.names()
    memory = replace(
        situation.memory,
        last=tuple(name for name in names if name in pending.names()) or situation.memory.last,
        doubted=(),
        later=tuple(name for name in situation.memory.later if name not in names),
        agreed=situation.memory.agreed and not pending,
    )
    return replace(situation, pending=pending, memory=memory)


def _unfit(situation: Situation, pending: Pending) -> set[str]:
    """Names of what was told and cannot be."""
    told = overlaid(situation.facts, pending.facts)
    return {p.field for p in verification.problems(told, today=situation.today)}


def _echo(before: Situation, after: Situation, news: Pending) -> list[str]:
    """One line with what was told; nothing where the list of all six follows and nothing that was
    known has changed.
    """
    names = tuple(name for name in news.names() if name in after.pending.names())
    known = [name for name in names if getattr(before.told, name) is not None]
    shown = known if after.stage == "confirm" and not after.memory.choice else names
    if not shown:
        return []
    return [catalogue.noted(after.language, before.told, after.told, shown)]


def _problems_of(situation: Situation, news: Pending) -> list[str]:
    """A sentence for each fact that cannot be with what was just told."""
    told = overlaid(situation.told, news.facts)
    return _problem_lines(situation, told)


def _problems(situation: Situation) -> list[str]:
    return _problem_lines(situation, situation.told)


def _problem_lines(situation: Situation, facts: Facts) -> list[str]:
    return [
        catalogue.problem(situation.language, _fact_of(p.field), p.code)
        for p in verification.problems(facts, today=situation.today)
        if p.code != "missing"
    ]


def _fact_of(name: str) -> str:
    return "container" if name == "containers" else name


def _past(situation: Situation, reading: Reading) -> list[str]:
    return [
        catalogue.problem(situation.language, name, "past")
        for name in ("etd", "eta")
        if f"{name}:date_past" in reading.extraction.warnings
    ]


def _fresh_review(situation: Situation, reading: Reading) -> bool:
    return bool(set(reading.extraction.review) - set(situation.review))


def _without_facts(situation: Situation, text: str, reading: Reading) -> Turn:
    language, review = situation.language, reading.extraction.review
    if _fresh_review(situation, reading):
        return _turn(situation, to_colleague(language), review=review)
    if past := _past(situation, reading):
        return _turn(situation, "\n".join([*past, *next_question(situation)]), review=review)
    if information.topics(text):
        return _turn(situation, *next_question(situation))
    if _calls_wrong(situation, text):
        return _in_doubt(situation, intents.facts_named(text))
    if any(True for _ in reading.extraction.facts.stated()):
        return _turn(situation, catalogue.say(language, "already"), *next_question(situation))
    if small := _small_talk(situation, text):
        return small
    return _not_understood(situation)


def _calls_wrong(situation: Situation, text: str) -> bool:
    """Whether the message names facts, and those because they are not right."""
    wrong = bool(situation.memory.doubted) or intents.calls_wrong(text)
    return wrong and bool(intents.facts_named(text))


def _in_doubt(situation: Situation, named: tuple[str, ...]) -> Turn:
    """Some facts were called wrong, by name and without the right value."""
    memory, language = situation.memory, situation.language
    if len(named) == 1:
        memory = replace(memory, asked=named[0], doubted=named, choice=None, agreed=False)
        after = _with_memory(situation, memory)
        return _turn(after, catalogue.question(language, named[0], situation.today))
    after = _with_memory(situation, replace(memory, asked="", doubted=named, choice=None))
    labels = [catalogue.label(language, name) for name in named]
    which = catalogue.say(language, "which_fact", items=catalogue.either(language, labels))
    return _turn(after, which)


def _small_talk(situation: Situation, text: str) -> Turn | None:
    """The answer to what only greets, thanks, waits, takes leave or names a language."""
    language = situation.language
    if intents.asks_language(text):
        on = catalogue.say(language, "go_on_in")
        return _turn(situation, on, *next_question(situation))
    if intents.says_hello(text):
        return _turn(situation, catalogue.say(language, "hello"), *next_question(situation))
    if intents.says_wait(text):
        return _turn(situation, catalogue.say(language, "wait"))
    if intents.says_unknown(text):
        return _unknown_yet(situation)
    if intents.says_thanks(text):
        return _turn(situation, catalogue.say(language, "welcome"), *next_question(situation))
    if intents.says_goodbye(text):
        back = "goodbye" if situation.stage == "done" else "come_back"
        return _turn(situation, catalogue.say(language, back))
    if intents.begins_with_greeting(text):
        return _turn(situation, catalogue.say(language, "hello"), *next_question(situation))
    return None


def _unknown_yet(situation: Situation) -> Turn:
    """The customer does not know it yet: the next question, or when to come back."""
    memory, language = situation.memory, situation.language
    if situation.stage != "ask" or situation.for_persons:
        return _turn(situation, catalogue.say(language, "later"), *next_question(situation))
    later = tuple(dict.fromkeys((*memory.later, *filter(None, (situation.asked,)))))
    after = _with_memory(situation, replace(memory, later=later, asked="", choice=None))
    if after.asked:
        return _turn(after, catalogue.say(language, "later"), *next_question(after))
    labels = [catalogue.label(language, name) for name in after.open()]
    items = catalogue.enumerated(language, labels)
    replies = [catalogue.say(language, "later_all", items=items)]
    # what they do know is kept in view
    return _turn(after, *([so_far(after)] if after.pending else []), *replies)


def _not_understood(situation: Situation) -> Turn:
    language = situation.language
    if situation.for_persons and situation.stage == "ask":
        return _turn(situation, to_colleague(language))
    if situation.stage == "done":
        return _turn(situation, catalogue.say(language, "other"))
    sorry = catalogue.say(language, "not_understood")
    if situation.stage == "ask" and situation.pending:
        sorry = f"{sorry} {so_far(situation)}"
    return _turn(situation, sorry, *easier_question(situation))


def _with_answers(situation: Situation, answered: Turn, text: str, *, heard: bool) -> Turn:
    """`answered` with what the customer asks about before it."""
    topics = information.topics(text)
    if heard and not information.is_question(text):
        topics = tuple(topic for topic in topics if topic == "person")
    if not topics:
        return answered
    language, rows = situation.language, situation.background
    told = [
        status(situation)
        if topic == "status"
        else information.answer(topic, language, situation.status, rows, text)
        for topic in topics
    ]
    replies = tuple(dict.fromkeys((*told, *answered.replies)))
    return replace(answered, replies=replies, person="person" in topics)


def _closed(situation: Situation, text: str) -> Turn:
    """A request that takes no more facts: how far it is, and what else is asked."""
    language = situation.language
    if intents.says_thanks(text):
        return _turn(situation, catalogue.say(language, "welcome"))
    if intents.says_goodbye(text):
        return _turn(situation, catalogue.say(language, "goodbye"))
    asked = tuple(topic for topic in information.topics(text) if topic != "order")
    if asked:
        return _with_answers(situation, _turn(situation), text, heard=False)
    return _turn(situation, status(situation))


def _turn(
    situation: Situation,
    *replies: str,
    pending: Pending | None = None,
    memory: Memory | None = None,
    confirmed: Pending | None = None,
    agreed: bool = False,
    review: tuple[str, ...] = (),
) -> Turn:
    """A turn that keeps what the situation holds; the fact asked for now is kept in mind."""
    kept = replace(situation.memory, asked=situation.asked, quoted=situation.status == "quoted")
    return Turn(
        tuple(reply for reply in replies if reply),
        situation.language,
        situation.pending if pending is None else pending,
        memory=memory or kept,
        confirmed=confirmed,
        agreed=agreed,
        review=review,
    )


def _with_memory(situation: Situation, memory: Memory) -> Situation:
    return replace(situation, memory=memory)
