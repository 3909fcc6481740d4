"""One mail understood without a database, as the JSON object that `manage.py triage` prints."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from classifier.inference import Prediction, classify_all, compose
from freight import second_reader
from freight.extraction.llm import Config
from freight.extraction.rules import THREAD
from freight.extraction.senders import country_of
from freight.fields import Extraction, Source, evidence_as_json
from pipeline import positions, reading
from pipeline.fact_sources import chosen, read_facts
from pipeline.judged import judged_text

# our fact -> the name in JSON that leaves for other systems
NAMES = {
    "gross_weight_kg": "weight_kg",
    "container": "container",
    "etd": "departure_date",
    "eta": "arrival_date",
    "origin": "departure_city",
    "destination": "arrival_city",
}


def triage(stem: str, raw: bytes) -> dict[str, Any]:
    """Label, facts with evidence and files of the mail `raw`. Relative dates count from its Date
    header.
    """
    return triage_all([(stem, raw)])[0]


def triage_all(
    mails: Sequence[tuple[str, bytes]], *, model: Config | None = None
) -> list[dict[str, Any]]:
    """What `triage` says of each (stem, raw); the classifier is asked once for all, the language
    `model`, if there is one, for each quote whose facts the rules miss. No budget is kept.
    """
    understood = [reading.understand(raw) for _, raw in mails]
    texts = [
        compose(each.mail.subject, judged_text(each.new_text, each.items)) for each in understood
    ]
    predictions = classify_all(texts)
    stems = (stem for stem, _ in mails)
    every = zip(stems, understood, predictions, strict=True)
    return [_triaged(*each, model=model) for each in every]


def _triaged(
    stem: str, understood: reading.Understood, prediction: Prediction, *, model: Config | None
) -> dict[str, Any]:
    mail = understood.mail
    letter = [Source("body", understood.new_text), Source("subject", mail.subject)]
    country = country_of(mail.from_address, mail.date)
    read = read_facts(
        [*letter, Source(THREAD, understood.text)],
        understood.items,
        today=_day(understood),
        language=understood.language,
        country=country,
    )
    quote = prediction.label == "quote"
    if model and quote and second_reader.may_help(read):
        read = second_reader.read_again(
            read,
            chosen(letter, understood.items)[0],
            today=_day(understood),
            language=understood.language,
            country=country,
            config=model,
            meter=second_reader.Unmetered(),
        ).extraction
    return {
        "id": stem,
        "label": prediction.label,
        "probabilities": prediction.probabilities,
        "order_number": read.order_number,
        "language": understood.language,
        "fields": _fields(read),
        "evidence": {
            NAMES[name]: item for name, item in _evidence(read, understood).items() if name in NAMES
        },
        "missing": [NAMES[name] for name in read.facts.missing()] if quote else [],
        "attachments": [_file(item) for item in understood.items],
        "warnings": list(dict.fromkeys([*understood.warnings, *read.warnings, *read.review])),
    }


def _evidence(read: Extraction, understood: reading.Understood) -> dict[str, dict[str, Any]]:
    """Each fact's evidence; of those that an attachment states, also where it stands in there."""
    documents = {
        f"attachment:{item.path}": positions.Document(item.kind, item.text, item.places)
        for item in understood.items
    }
    return evidence_as_json(positions.placed(read.evidence, documents))


def _day(understood: reading.Understood) -> dt.date:
    return understood.mail.date.date() if understood.mail.date else dt.date.today()


def _fields(read: Extraction) -> dict[str, Any]:
    facts = read.facts
    weight = facts.gross_weight_kg
    return {
        "weight_kg": float(weight) if weight is not None else None,
        "container": facts.container.value if facts.container else None,
        "departure_date": facts.etd.isoformat() if facts.etd else None,
        "arrival_date": facts.eta.isoformat() if facts.eta else None,
        "departure_city": facts.origin,
        "arrival_city": facts.destination,
    }


def _file(item: reading.Item) -> dict[str, Any]:
    return {
        "path": item.path,
        "name": item.filename,
        "kind": item.kind,
        "size": item.size,
        "refused": item.refused,
        "characters": len(item.text),
    }
