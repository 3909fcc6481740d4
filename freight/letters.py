"""The words of our mails in the customer's language: subject and text of each kind."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.template.loader import render_to_string

from freight import places
from freight.fields import Facts

FACT_WORDS: dict[str, dict[str, str]] = {
    "ko": {
        "gross_weight_kg": "총중량",
        "container": "컨테이너",
        "etd": "출발일(ETD)",
        "eta": "도착일(ETA)",
        "origin": "출발지",
        "destination": "도착지",
    },
    "en": {
        "gross_weight_kg": "Gross weight",
        "container": "Container",
        "etd": "Departure date (ETD)",
        "eta": "Arrival date (ETA)",
        "origin": "Origin",
        "destination": "Destination",
    },
    "ja": {
        "gross_weight_kg": "総重量",
        "container": "コンテナ",
        "etd": "出発日(ETD)",
        "eta": "到着日(ETA)",
        "origin": "出発地",
        "destination": "到着地",
    },
    "th": {
        "gross_weight_kg": "น้ำหนักรวม",
        "container": "ตู้คอนเทนเนอร์",
        "etd": "วันออกเดินทาง (ETD)",
        "eta": "วันถึงปลายทาง (ETA)",
        "origin": "ต้นทาง",
        "destination": "ปลายทาง",
    },
}
HINTS: dict[str, dict[str, str]] = {
    "ko": {"container": "20ft, 40ft, 40ft HC, 45ft 중 하나", "gross_weight_kg": "kg, 포장 포함"},
    "en": {"container": "20ft, 40ft, 40ft HC or 45ft", "gross_weight_kg": "kg, packing included"},
    "ja": {"container": "20ft、40ft、40ft HC、45ft のいずれか", "gross_weight_kg": "kg、梱包込み"},
    "th": {"container": "20ft, 40ft, 40ft HC หรือ 45ft", "gross_weight_kg": "กก. รวมบรรจุภัณฑ์"},
}
LINE_WORDS: dict[str, dict[str, str]] = {
    "ko": {
        "base": "기본료",
        "distance": "거리 운임",
        "weight": "중량 요금",
        "express": "긴급 할증",
    },
    "en": {
        "base": "Base charge",
        "distance": "Freight by distance",
        "weight": "Weight charge",
        "express": "Express surcharge",
    },
    "ja": {"base": "基本料金", "distance": "距離運賃", "weight": "重量料金", "express": "特急割増"},
    "th": {
        "base": "ค่าบริการพื้นฐาน",
        "distance": "ค่าระวางตามระยะทาง",
        "weight": "ค่าน้ำหนัก",
        "express": "ค่าเร่งด่วน",
    },
}
GREETED_WITHOUT_NAME = {"ko": "고객", "en": "customer", "ja": "お客", "th": "ลูกค้า"}


@dataclass(frozen=True, slots=True)
class File:
    """A file that goes with a mail."""

    name: str
    content_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail's words: subject, plain text, the same as HTML (or none), and its files."""

    subject: str
    text: str
    html: str = ""
    files: tuple[File, ...] = ()


def shown(name: str, facts: Facts, language: str) -> str:
    """The fact `name` as a reader of `language` writes it, for instance "18,500 kg"."""
    value = getattr(facts, name)
    if name == "gross_weight_kg":
        return f"{value.normalize():,f} kg"
    if name in ("origin", "destination"):
        return f"{places.display_name(value, language)} ({value})"
    if name == "container":
        return f"{value.value} x {facts.boxes}"
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def amount(value: Decimal) -> str:
    """Whole won with thousands separators."""
    return f"{value.quantize(Decimal(1)):,}"


def fact_lines(facts: Facts, language: str) -> list[str]:
    """The stated facts, a line each."""
    words = FACT_WORDS[language]
    return [f"{words[name]}: {shown(name, facts, language)}" for name, _ in facts.stated()]


def asked_lines(names: Iterable[str], language: str) -> list[str]:
    """The facts to ask for, a line each, with a hint where one helps."""
    words, hints = FACT_WORDS[language], HINTS[language]
    return [f"{words[name]} ({hints[name]})" if name in hints else words[name] for name in names]


def price_lines(lines: Iterable[Mapping[str, Any]], language: str) -> list[dict[str, str]]:
    """A quotation's lines as name and amount."""
    words = LINE_WORDS[language]
    return [
        {"name": words.get(line["code"], line["code"]), "amount": amount(Decimal(line["amount"]))}
        for line in lines
    ]


def write(kind: str, language: str, *, name: str, **values: Any) -> Letter:
    """The letter of `kind` (question, quotation, confirmation) in `language`."""
    context = {**values, "name": name or GREETED_WITHOUT_NAME[language]}
    rendered = render_to_string(f"freight/mail/{kind}.{language}.txt", context)
    subject, _, text = rendered.partition("\n")
    return Letter(subject=subject.strip(), text=text)
