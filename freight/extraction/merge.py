"""Two readers, one answer: the rules decide, a language model may add or doubt, never overrule.

| rules | model | then |
|---|---|---|
| a value | the same, or nothing that holds | the rules' value, method `rules` |
| a value | another that holds | open: `<fact>:readers_disagree`, the customer is asked |
| left open, with a reason | anything | open: the reason stands |
| nothing | a value that holds | the value, method `llm`: no price goes out without an operator |
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from freight import verification
from freight.extraction.found import Found
from freight.extraction.weights import close
from freight.fields import FACT_NAMES, Evidence, Extraction, Facts, Source

METHOD = "llm"
DISAGREE = "readers_disagree"
# what is judged together: one of them may make another implausible
_GROUPS = (
    ("gross_weight_kg", "container", "containers"),
    ("etd", "eta"),
    ("origin", "destination"),
)

Pointed = Mapping[str, tuple[Source, Found[Any]]]


@dataclass(frozen=True, slots=True)
class Merged:
    """The answer of both readers, and the facts on which they agree."""

    extraction: Extraction
    agreed: tuple[str, ...] = ()


def open_facts(read: Extraction) -> set[str]:
    """The facts that the rules have left open for a reason, which no other reader may settle."""
    warned = {warning.partition(":")[0] for warning in read.warnings if ":" in warning}
    return warned.intersection(read.facts.missing())


def merge(rules: Extraction, pointed: Pointed, *, today: dt.date) -> Merged:
    """Both readers' facts by the table above; `containers` may come with a container."""
    known = {name: getattr(rules.facts, name) for name in (*FACT_NAMES, "containers")}
    named = {name: item for name, item in pointed.items() if name in known}
    refused = open_facts(rules)
    agreed = {name for name, (_, found) in named.items() if _same(name, known[name], found.value)}
    differing = [
        name
        for name in FACT_NAMES
        if name in named and known[name] is not None and name not in agreed
    ]
    added = {
        name: item for name, item in named.items() if known[name] is None and name not in refused
    }
    if "container" not in added:
        added.pop("containers", None)
    without = _without(rules, differing)
    return Merged(
        _with(without, _plausible(without.facts, added, today)),
        tuple(name for name in FACT_NAMES if name in agreed),
    )


def beside_known(read: Extraction, known: Facts) -> Extraction:
    """`read` for a request that has facts already, from an earlier mail or a person.

    What a model alone reads changes none of them; where it differs, or the readers disagree on
    one, a person looks (`readers`): an answer may have changed it.
    """
    stated = {name for name, _ in known.stated()}
    alone = {name for name, seen in read.evidence.items() if seen.method == METHOD} & {
        *stated, *(("containers",) if known.containers is not None else ())
    }  # fmt: skip
    doubted = {name for name in stated if f"{name}:{DISAGREE}" in read.warnings}
    differing = {name for name in alone if getattr(read.facts, name) != getattr(known, name)}
    left = {name: seen for name, seen in read.evidence.items() if name not in alone}
    none: Any = dict.fromkeys(alone)
    review = (*read.review, "readers") if doubted | differing else read.review
    return replace(read, facts=replace(read.facts, **none), evidence=left, review=review)


def _same(name: str, known: Any, read: Any) -> bool:
    if known is None:
        return False
    return close(known, read) if name == "gross_weight_kg" else bool(known == read)


def _without(rules: Extraction, names: list[str]) -> Extraction:
    none: Any = dict.fromkeys(names)
    return replace(
        rules,
        facts=replace(rules.facts, **none),
        evidence={name: seen for name, seen in rules.evidence.items() if name not in names},
        warnings=(*rules.warnings, *(f"{name}:{DISAGREE}" for name in names)),
    )


def _plausible(facts: Facts, added: Pointed, today: dt.date) -> Pointed:
    """Those of `added` that can stand beside `facts`; of a group that cannot, none."""
    values: Any = {name: found.value for name, (_, found) in added.items()}
    wrong = {
        problem.field
        for problem in verification.problems(replace(facts, **values), today=today)
        if problem.code != "missing"
    }
    spoilt = {name for group in _GROUPS if wrong.intersection(group) for name in group}
    return {name: item for name, item in added.items() if name not in spoilt}


def _with(read: Extraction, added: Pointed) -> Extraction:
    values: Any = {name: found.value for name, (_, found) in added.items()}
    seen = {
        name: Evidence(
            source.text[found.start : found.end], source.name, found.start, found.end, METHOD
        )
        for name, (source, found) in added.items()
    }
    return replace(read, facts=replace(read.facts, **values), evidence={**read.evidence, **seen})
