"""What may mean several things, or a place that we do not serve: the question back, and the pick."""
# ruff: noqa: E501  # a list of words stays in one piece

import re
from typing import Any

from chat import catalogue, information, intents
from chat.reading import Reading
from chat.situation import Choice, Pending, Situation
from freight import places
from freight.fields import FACT_NAMES, Evidence, Facts, Source

PLACES = ("origin", "destination")
MOST = 4
# of a message that picks
MOST_LETTERS = 50
_WORDS = {
    "etd": re.compile(
        r"출발|출항|선적|떠나|\b(?:etd|depart\w*|leav\w*|sail\w*|ship(?:ping)? date|first)\b|出発|出港|出航|ออก|เดินทาง|ต้นทาง", re.IGNORECASE
    ),
    "eta": re.compile(r"도착|입항|납기|\b(?:eta|arriv\w*|deliver\w*|second)\b|到着|入港|着|ถึง|ปลายทาง", re.IGNORECASE),
    "origin": re.compile(r"출발|선적|\b(?:from|depart\w*|leav\w*|load\w*|start\w*|pol)\b|出発|出|積|ต้นทาง|ออก|จาก", re.IGNORECASE),
    "destination": re.compile(r"도착|목적|\b(?:to|arriv\w*|deliver\w*|pod|end)\b|到着|着|行|ปลายทาง|ถึง|ไป", re.IGNORECASE),
}  # fmt: skip


def question_of(situation: Situation, reading: Reading) -> tuple[Choice | None, str]:
    """What the reading left open first, and the words that ask for it; (None, "") for nothing."""
    for fact, name in reading.unknown:
        return _unserved(situation, fact, name)
    for fact, options in reading.doubtful:
        if reading.day is not None and set(options) <= set(FACT_NAMES):
            seen = next((e for n, e in reading.extraction.evidence.items() if n in options), None)
            choice = Choice("date", options, day=reading.day, evidence=seen)
            return choice, ask(situation.language, choice)
        served = tuple(code for code in options if places.get(code))[:MOST]
        if served:
            choice = Choice("place", served, fact=fact or end_asked(situation))
            return choice, ask(situation.language, choice)
    return None, ""


def end_of(text: str, source: Source) -> Choice | None:
    """The question which end a message means that is a place's name and no more."""
    named = places.find(text) if len(text) <= MOST_LETTERS else []
    if len(named) != 1 or len(named[0].locodes) != 1:
        return None
    start, end = named[0].start, named[0].end
    if len(intents.plain(text)) > end - start + 4:  # more than a particle beside it
        return None
    evidence = Evidence(text[start:end], source.name, start, end, "rules")
    return Choice("end", PLACES, name=named[0].locodes[0], evidence=evidence)


def ask(language: str, choice: Choice) -> str:
    """The question that a choice puts, in that language."""
    if choice.kind == "date":
        return catalogue.say(language, "which_date")
    shown = [text_of(language, choice, option) for option in choice.options]
    if choice.kind == "end":
        return catalogue.say(language, "which_fact", items=catalogue.either(language, shown))
    if not choice.name and len(shown) > 1:
        return catalogue.say(language, "which_place", places=catalogue.enumerated(language, shown))
    if information.country_of(choice.name):
        names = [places.display_name(option, language) for option in choice.options]
        ports = catalogue.enumerated(language, names)
        return catalogue.say(language, "which_port", country=choice.name, places=ports)
    mean = catalogue.say(language, "did_you_mean", places=catalogue.either(language, shown))
    if not choice.name:
        return f"{catalogue.label(language, choice.fact)}: {mean}"
    unserved = catalogue.say(language, "unsupported_place", place=choice.name)
    return f"{unserved}\n{mean}"


def text_of(language: str, choice: Choice, option: str) -> str:
    """An option as a quick reply shows and says it."""
    if choice.kind != "place":
        return catalogue.label(language, option)
    place = places.get(option)
    return f"{places.display_name(option, language)} ({place.country})" if place else option


def _unserved(situation: Situation, fact: str, name: str) -> tuple[Choice | None, str]:
    language, name = situation.language, name[:60]
    country = information.country_of(name)
    if country and (ports := tuple(information.ports_of(country)[:MOST])):
        choice = Choice("place", ports, fact=fact or end_asked(situation), name=name)
        return choice, ask(language, choice)
    found = dict.fromkeys(p.locode for p in (*places.lookup(name), *places.similar(name)))
    other = {"origin": situation.told.destination, "destination": situation.told.origin}
    near = tuple(code for code in found if code != other.get(fact))[: MOST - 1]
    if near:
        choice = Choice("place", near, fact=fact or end_asked(situation), name=name)
        return choice, ask(language, choice)
    words = [
        catalogue.say(language, "unsupported_place", place=name),
        catalogue.say(language, "name_nearby"),
    ]
    return None, "\n".join(words)


def end_asked(situation: Situation) -> str:
    """The end of the way that a place without one is about."""
    if situation.asked in PLACES:
        return situation.asked
    return next((name for name in PLACES if name in situation.open()), "destination")


def settled(choice: Choice | None, source: Source) -> Pending | None:
    """The fact that a message picks of what was left open; None where it picks none."""
    option = picked(choice, source.text) if choice else ""
    if not choice or not option:
        return None
    values: dict[str, Any] = {choice.fact: option}
    evidence = Evidence(source.text, source.name, 0, len(source.text), "choice")
    if choice.kind in ("date", "end"):
        values = {option: choice.day if choice.kind == "date" else choice.name}
        evidence = choice.evidence or evidence
    return Pending(Facts(**values), dict.fromkeys(values, evidence))


def picked(choice: Choice, text: str) -> str:
    """The option that a short message means, empty where it means none or several."""
    if len(text) > MOST_LETTERS or re.search(r"\d{2}", text):
        return ""  # more is said than the pick
    if choice.kind == "place":
        return _place_picked(choice, text)
    named = [name for name in intents.facts_named(text) if name in choice.options]
    if not named:
        named = [o for o in choice.options if _WORDS[o].search(text)]
    return named[0] if len(named) == 1 else ""


# "yes, all correct" speaks of the list, not of the one place that was offered
_OF_ALL = re.compile(
    r"\b(?:all|everything|every|details?|list|summary|rest)\b(?!\s*right\b)|모두|전부|다 ?맞|전체|모든|すべて|全て|全部|全項目|すべ|ทั้งหมด|ทุก(?:อย่าง|ข้อ|รายการ)|หมด",
    re.IGNORECASE,
)


def _place_picked(choice: Choice, text: str) -> str:
    only = choice.options[0] if len(choice.options) == 1 else ""
    if only and intents.says_yes(text) and not _OF_ALL.search(text):
        return only
    number = re.fullmatch(r"\s*([1-9])\s*(?:번|番|[.)])?\s*", text)
    if number and int(number[1]) <= len(choice.options):
        return choice.options[int(number[1]) - 1]
    said = intents.plain(text)
    for language in catalogue.LANGUAGES:
        for option in choice.options:
            if said and said == intents.plain(text_of(language, choice, option)):
                return option
    named = {code for match in places.find(text) for code in match.locodes}
    meant = [option for option in choice.options if option in named]
    if not meant:  # "the one in Mexico"
        lands = information.countries_named(text)
        meant = [o for o in choice.options if (p := places.get(o)) and p.country in lands]
    return meant[0] if len(meant) == 1 else ""
