"""The facts of one chat message: what the extractor reads, and bare answers to the question."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Protocol

from chat import intents
from freight import places
from freight.fields import FACT_NAMES, Evidence, Extraction, Facts, Source

# put before a bare answer, so that the extractor reads it as the answer to that question
_LEADS = {
    "gross_weight_kg": "Gross weight: ",
    "container": "Container: ",
    "etd": "ETD: ",
    "eta": "ETA: ",
    "origin": "POL: ",
    "destination": "POD: ",
}
_KINDS = {
    "etd": "date",
    "eta": "date",
    "origin": "place",
    "destination": "place",
    "containers": "container",
}
# "change the weight to 800": the extractor wants a unit, in the chat kilograms are meant
_BARE_WEIGHT = re.compile(
    r"(?:weight|중량|무게|重量|重さ|น้ำหนัก)[^\d\n]{0,20}?(\d[\d,]*(?:\.\d+)?)(?![\d,.]*\s*(?:[a-z%]|톤|トン|ตัน))",
    re.IGNORECASE,
)
_COPULA = re.compile(r"\s*(?:입니다|이에요|예요|이요|요|です|ですね|ค่ะ|ครับ|คะ)?[\s.!。]*$")
# "from Atlantis", "아틀란티스에서": a place is meant, whether or not we know it
_PLACE_WORDS = {
    "origin": re.compile(
        r"\bfrom ([A-Z][\w'-]++)(?! ?\d)|([가-힣A-Za-z]{2,})(?:에서|발(?=\s|$))"
        r"|([ァ-ヺー一-鿿A-Za-z]{2,})(?:から|発)|จาก\s?([ก-๎A-Za-z]{2,15}?)(?=ไป|ถึง|\s|$)"
    ),
    "destination": re.compile(
        r"\bto ([A-Z][\w'-]++)(?! ?\d)|([가-힣A-Za-z]{2,})(?:까지|행(?=\s|$))"
        r"|([ァ-ヺー一-鿿A-Za-z]{2,})(?:まで|行き)|ไป(?:ที่|ยัง)\s?([ก-๎A-Za-z]{2,15})(?=\s|$)"
    ),
}
# what stands where a place may stand, and is none: days, and the customer's own premises
_NO_PLACE = re.compile(
    r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?|jan\w*|feb\w*|mar(?:ch)?|apr\w*|may|june?|july?|aug\w*"
    r"|sep\w*|oct\w*|nov\w*|dec\w*|our|my|your|the|door|port|i"
    r"|언제|그때|지금|여기|거기|어디|회사|공장|창고|저희|우리|오늘|내일|모레|주말|월말|연말|초순?|중순|하순|말일|.*요일|.*[월일주]"
    r"|何?時|いつ|弊社|当社|会社|工場|倉庫|今日|明日|.*[末曜日週月年]|บริษัท.*|โรงงาน.*|คลัง.*|ที่.*|วัน.*|เดือน.*",
    re.IGNORECASE,
)
_UNDECIDED = re.compile(
    r"모르|모릅|아직|미정|나중|글쎄|\b(?:know|yet|sure|later|tbd|unknown|undecided|idea)\b"
    r"|まだ|未定|わから|分から|分かり|わかり|あとで|ไม่ทราบ|ไม่รู้|ยังไม่|ไม่แน่",
    re.IGNORECASE,
)


class Reader(Protocol):
    """How facts are read from texts: `freight.extraction.extract`."""

    def __call__(self, sources: Sequence[Source], *, today: dt.date, language: str) -> Extraction:
        """The facts of `sources` with their evidence."""
        ...


@dataclass(frozen=True, slots=True)
class Question:
    """What the customer was asked last: the first open fact, and all that are open."""

    asked: str | None
    open: tuple[str, ...]
    language: str
    today: dt.date


@dataclass(frozen=True, slots=True)
class Reading:
    """What a message told: facts with evidence, and the name of a place that we do not serve."""

    extraction: Extraction
    unknown_place: str = ""


def read_message(source: Source, question: Question, read: Reader) -> Reading:
    """The facts of one message; each one's evidence lies in its text."""
    found = read([source], today=question.today, language=question.language)
    if found.facts.gross_weight_kg is None:
        found = _with_bare_weight(found, source)
    if question.asked and len(source.text) <= 80:
        found = _with_bare_answers(found, source, question, read)
    return Reading(found, _unknown_place(found, source, question))


def _with_bare_weight(found: Extraction, source: Source) -> Extraction:
    match = _BARE_WEIGHT.search(source.text)
    if match is None:
        return found
    start, end = match.span(1)
    evidence = Evidence(match[1], source.name, start, end, "rules")
    if any(_overlap(evidence, other) for other in found.evidence.values()):
        return found
    facts = replace(found.facts, gross_weight_kg=Decimal(match[1].replace(",", "")))
    return replace(found, facts=facts, evidence={**found.evidence, "gross_weight_kg": evidence})


def _with_bare_answers(
    found: Extraction, source: Source, question: Question, read: Reader
) -> Extraction:
    """With the message taken as an answer: to the question, or else to what is open."""
    asked = question.asked or ""
    names = (asked,) if found.evidence else tuple(dict.fromkeys((asked, *question.open)))
    for name in names:
        answered = _with_bare_answer(found, name, source, question, read)
        if answered is not found:
            return answered
    return found


def _with_bare_answer(
    found: Extraction, asked: str, source: Source, question: Question, read: Reader
) -> Extraction:
    """`found` with the message read as the fact `asked`, where it can be one."""
    if _KINDS.get(asked) == "place":
        return _with_places(found, asked, source, question)
    if getattr(found.facts, asked) is not None:
        return found
    led = _read_after(_LEADS[asked], source, question, read)
    if asked not in led.evidence:
        past = f"{asked}:date_past"
        return replace(found, warnings=(past,)) if past in led.warnings else found
    # a lone "3 December" may have been read as the other date: both dates come from one reading
    kind = _KINDS.get(asked, asked)
    ours = {n: e for n, e in led.evidence.items() if _KINDS.get(n, n) == kind}
    rest = {n: e for n, e in found.evidence.items() if _KINDS.get(n, n) != kind}
    if any(_overlap(one, other) for one in ours.values() for other in rest.values()):
        return found
    if kind == "container" and "containers" in found.evidence:
        ours.setdefault("containers", found.evidence["containers"])
        led = replace(led, facts=replace(led.facts, containers=found.facts.containers))
    values = {name: getattr(led.facts, name) for name in ours}
    facts = replace(_only(found.facts, rest), **values)
    return replace(found, facts=facts, evidence={**rest, **ours})


def _read_after(lead: str, source: Source, question: Question, read: Reader) -> Extraction:
    """What the message states when it follows `lead`; the evidence lies in the message itself."""
    text = Source(source.name, lead + source.text)
    led = read([text], today=question.today, language=question.language)
    evidence = {
        name: replace(where, start=where.start - len(lead), end=where.end - len(lead))
        for name, where in led.evidence.items()
        if where.start >= len(lead)
    }
    return replace(led, evidence=evidence)


def _with_places(found: Extraction, asked: str, source: Source, question: Question) -> Extraction:
    """With a bare place as the asked one; two bare places are origin and destination."""
    named = places.find(source.text)
    bare = not any(pattern.search(source.text) for pattern in _PLACE_WORDS.values())
    both_open = {"origin", "destination"} <= set(question.open)
    if len(named) == 2 and both_open and bare and not _has_place(found):
        wanted = list(zip(("origin", "destination"), named, strict=True))
    elif len(named) == 1 and (bare or not _has_place(found)) and len(source.text) <= 40:
        wanted = [(asked, named[0])]
    else:
        return found
    if any(len(match.locodes) != 1 for _, match in wanted):
        return found
    others = {n: e for n, e in found.evidence.items() if _KINDS.get(n) != "place"}
    facts, evidence = _only(found.facts, others), dict(others)
    for name, match in wanted:
        quote = source.text[match.start : match.end]
        evidence[name] = Evidence(quote, source.name, match.start, match.end, "rules")
        place: Any = {name: match.locodes[0]}
        facts = replace(facts, **place)
    return replace(found, facts=facts, evidence=evidence)


def _has_place(found: Extraction) -> bool:
    return found.facts.origin is not None or found.facts.destination is not None


def _only(facts: Facts, names: dict[str, Evidence]) -> Facts:
    """`facts` without those that are not in `names`."""
    dropped: Any = {name: None for name in FACT_NAMES if name not in names}
    return replace(facts, **dropped)


def _overlap(one: Evidence, other: Evidence) -> bool:
    return one.start < other.end and other.start < one.end


def _unknown_place(found: Extraction, source: Source, question: Question) -> str:
    """The name of a place in the message that we do not serve; empty where there is none."""
    known = [match.start for match in places.find(source.text)]
    for name, pattern in _PLACE_WORDS.items():
        match = pattern.search(source.text)
        if match and name in question.open and getattr(found.facts, name) is None:
            group = next(number for number, text in enumerate(match.groups(), 1) if text)
            served = any(match.start(group) <= start < match.end(group) for start in known)
            if not served and not _NO_PLACE.fullmatch(match[group]):
                return match[group]
    alone = _KINDS.get(question.asked or "") == "place" and not found.evidence
    name = _COPULA.sub("", source.text).strip()
    return name if alone and not known and _looks_like_name(source.text, name) else ""


def _looks_like_name(text: str, name: str) -> bool:
    """Whether a message that is no known place still seems to be the name of one."""
    spoken = intents.says_yes(text) or intents.says_no(text) or intents.says_hello(text)
    if (
        spoken
        or _UNDECIDED.search(text)
        or intents.asks_status(text)
        or text.rstrip().endswith(("?", "？"))
    ):
        return False
    if len(name) > 30 or len(name.split()) > 3 or re.search(r"\d", name):
        return False
    # what ends like a verb is a sentence
    return bool(re.search(r"\w{2}", name)) and not re.search(
        r"(니다|세요|다|까|ます|ください|た)$", name
    )
