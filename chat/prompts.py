"""What brings a conversation on: greeting, questions, the list of all six, how far it is."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from chat import catalogue, choices, information
from chat.situation import Situation
from freight.fields import FACT_NAMES, Container


@dataclass(frozen=True, slots=True)
class Offer:
    """A quick reply: what the button shows, and what it says for the customer."""

    text: str
    say: str


def greet(situation: Situation) -> tuple[str, ...]:
    """The first words to a customer: a greeting, and what is missing, numbered."""
    hello = catalogue.say(situation.language, "greeting", number=situation.number)
    return (hello, *restate(situation))


def restate(situation: Situation) -> tuple[str, ...]:
    """What the customer is expected to do next, in the situation's language."""
    language, choice = situation.language, situation.memory.choice
    if choice is not None and situation.stage != "closed":
        return (choices.ask(language, choice),)
    match situation.stage:
        case "confirm" if situation.memory.doubted:
            return (what_is_wrong(situation),)
        case "confirm":
            return (summary(situation),)
        case "ask" if situation.for_persons:
            return (to_colleague(language),)
        case "ask":
            return (_ask_all(language, situation.open(), situation.today),)
    return (status(situation),)


def welcome_back(situation: Situation, since: dt.date) -> str:
    """One line for somebody who comes back: what is still open since that day."""
    language, day = situation.language, catalogue.date(situation.language, since)
    match situation.stage:
        case "confirm":
            return catalogue.say(language, "welcome_back_confirm", since=day)
        case "ask":
            names = (catalogue.label(language, name) for name in situation.open())
            items = catalogue.enumerated(language, names)
            return catalogue.say(language, "welcome_back", since=day, items=items)
    return status(situation)


def offers(situation: Situation) -> tuple[Offer, ...]:
    """The quick replies to what was said last, in the situation's language."""
    language, choice = situation.language, situation.memory.choice
    if situation.stage == "closed":
        return ()
    if choice is not None:
        return _same(choices.text_of(language, choice, option) for option in choice.options)
    if situation.stage == "done":
        return ()
    if situation.is_listed:
        return _same(catalogue.say(language, key) for key in ("yes", "no"))
    if situation.asked == "container" and not situation.for_persons:
        return _same(catalogue.size(container) for container in Container)
    if situation.memory.doubted and not situation.asked:
        return _same(catalogue.label(language, name) for name in situation.memory.doubted)
    return ()


def _same(texts: Iterable[str]) -> tuple[Offer, ...]:
    return tuple(Offer(text, text) for text in texts)


def next_question(situation: Situation) -> list[str]:
    """The question that is open now, if one is."""
    language, choice = situation.language, situation.memory.choice
    if choice is not None and situation.stage != "closed":
        return [choices.ask(language, choice)]
    if situation.stage == "confirm":
        return [what_is_wrong(situation) if situation.memory.doubted else summary(situation)]
    if situation.stage != "ask":
        return []
    if situation.for_persons or not situation.asked:
        return []
    return [catalogue.question(language, situation.asked, situation.today)]


def easier_question(situation: Situation) -> list[str]:
    """The question that is open now, in easier words where the answer was not understood."""
    if situation.stage != "ask" or situation.memory.choice or not situation.asked:
        return next_question(situation)
    if situation.for_persons:
        return []
    return [
        catalogue.easier(situation.language, situation.asked, situation.today)
        + "\n"
        + catalogue.say(situation.language, "or_a_person")
    ]


def _ask_all(language: str, names: tuple[str, ...], today: dt.date) -> str:
    """All that is open as a numbered list, and the first of it as a question."""
    if len(names) == 1:
        return catalogue.question(language, names[0], today)
    needed = [catalogue.say(language, "needed"), catalogue.numbered(language, names)]
    first = catalogue.question(language, names[0], today)
    return "\n".join([*needed, "", first, catalogue.say(language, "several_at_once")])


def summary(situation: Situation) -> str:
    """All six with the question whether they are right."""
    return _list(situation, "summary") + (
        "\n\n" + catalogue.say(situation.language, "is_this_right")
    )


def so_far(situation: Situation) -> str:
    return _list(situation, "so_far")


def _list(situation: Situation, key: str) -> str:
    language = situation.language
    return f"{catalogue.say(language, key)}\n{catalogue.listed(language, situation.told)}"


def what_is_wrong(situation: Situation) -> str:
    return catalogue.say(situation.language, "what_is_wrong")


def to_colleague(language: str) -> str:
    keys = ("by_colleague", "tell_colleague")
    return " ".join(catalogue.say(language, key) for key in keys)


def status(situation: Situation) -> str:
    """How far the request, or its transport, is in one sentence."""
    known = len(FACT_NAMES) - len(situation.told.missing())
    key = {
        "quoted": "status_quoted",
        "ordered": information.shipment_status(situation.background) or "status_ordered",
        "expired": "status_closed",
        "declined": "status_closed",
    }.get(situation.status, "status_open")
    if key == "status_open" and situation.stage == "done":
        key = "status_confirmed"
    return catalogue.say(situation.language, key, number=situation.number, count=known)
