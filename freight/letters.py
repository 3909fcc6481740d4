"""Our mails in the customer's language: subject, text and HTML of each kind, from one set of
sentences, so that both say the same.
"""

import datetime as dt
import re
import string
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.template.loader import render_to_string

from freight import places
from freight.company import company
from freight.fields import Container, Facts
from freight.mail_words import COMMON, LETTERS

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
        "lane": "운임(All-in)",
        "base": "기본료",
        "distance": "거리 운임",
        "weight": "중량 요금",
        "express": "긴급 할증",
    },
    "en": {
        "lane": "All-in freight",
        "base": "Base charge",
        "distance": "Freight by distance",
        "weight": "Weight charge",
        "express": "Express surcharge",
    },
    "ja": {
        "lane": "オールイン運賃",
        "base": "基本料金",
        "distance": "距離運賃",
        "weight": "重量料金",
        "express": "特急割増",
    },
    "th": {
        "lane": "ค่าระวางแบบเหมารวม (All-in)",
        "base": "ค่าบริการพื้นฐาน",
        "distance": "ค่าระวางตามระยะทาง",
        "weight": "ค่าน้ำหนัก",
        "express": "ค่าเร่งด่วน",
    },
}
THAI_MONTHS = (
    "มกราคม กุมภาพันธ์ มีนาคม เมษายน พฤษภาคม มิถุนายน กรกฎาคม สิงหาคม กันยายน ตุลาคม พฤศจิกายน ธันวาคม"
).split()
ENGLISH_MONTHS = (
    "January February March April May June July August September October November December"
).split()
WON = {"ko": "{}원", "en": "KRW {}", "ja": "{}ウォン", "th": "{} วอน"}
LONGEST_NAME = 80
# programs make links of these: nobody gets one mailed by us to an address that they typed
LINK = re.compile(r"://|www\.|@|\w\.(?:[a-z]{2,}|[A-Z]{2,})(?!\w)")
# nobody is greeted as Mr or Ms Company
FIRM = re.compile(
    r"주식회사|유한회사|\(주\)|㈜|株式会社|有限会社|合同会社|㈱|บริษัท|ห้างหุ้นส่วน|หจก|บจก"
    r"|\b(?:Ltd|Inc|Corp|LLC|GmbH|Co)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class File:
    """A file that goes with a mail."""

    name: str
    content_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Line:
    """A fact's name and its value, or a hint of how to give it."""

    name: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail's words: subject, plain text, the same as HTML (or none), and its files."""

    subject: str
    text: str
    html: str = ""
    files: tuple[File, ...] = ()


def plain(text: str, *, longest: int = LONGEST_NAME) -> str:
    """`text` on one line of at most `longest` characters, without controls: none can turn the
    direction of what stands around it or hide in it.
    """
    spaced = " ".join(unicodedata.normalize("NFC", text).split())
    kept = "".join(each for each in spaced if not unicodedata.category(each).startswith("C"))
    return kept if len(kept) <= longest else kept[: longest - 1].rstrip() + "…"


def day(value: dt.date, language: str) -> str:
    """The day with its month in words where the language has words for it; years are AD."""
    if language == "ko":
        return f"{value.year}년 {value.month}월 {value.day}일"
    if language == "ja":
        return f"{value.year}年{value.month}月{value.day}日"
    months = THAI_MONTHS if language == "th" else ENGLISH_MONTHS
    return f"{value.day} {months[value.month - 1]} {value.year}"


def container_name(container: Container) -> str:
    """The size as people read it: "40ft HC"."""
    return container.value.replace("HC", " HC")


def shown(name: str, facts: Facts, language: str) -> str:
    """The fact `name` as a reader of `language` writes it, for instance "18,500 kg"."""
    value = getattr(facts, name)
    if name == "gross_weight_kg":
        return f"{value.normalize():,f} kg"
    if name in ("origin", "destination"):
        return f"{places.display_name(value, language)} ({value})"
    if name == "container":
        return f"{container_name(value)} × {facts.boxes} (ISO {value.iso_code})"
    return day(value, language)


def amount(value: Decimal) -> str:
    """Whole won with thousands separators."""
    return f"{value.quantize(Decimal(1)):,}"


def money(value: Decimal, currency: str, language: str) -> str:
    """An amount with its currency as `language` writes it."""
    if currency != "KRW":
        return f"{currency} {value:,.2f}"
    return WON[language].format(amount(value))


def fact_lines(facts: Facts, language: str) -> list[Line]:
    """The stated facts, in the order they are asked for."""
    words = FACT_WORDS[language]
    return [Line(words[name], shown(name, facts, language)) for name, _ in facts.stated()]


def asked_lines(names: Iterable[str], language: str) -> list[Line]:
    """The facts to ask for, with a hint where one helps."""
    words, hints = FACT_WORDS[language], HINTS[language]
    return [Line(words[name], hints.get(name, "")) for name in names]


def price_lines(lines: Iterable[Mapping[str, Any]], language: str) -> list[dict[str, str]]:
    """A quotation's lines as name and amount."""
    words = LINE_WORDS[language]
    return [
        {"name": words.get(line["code"], line["code"]), "amount": amount(Decimal(line["amount"]))}
        for line in lines
    ]


def write(
    kind: str, language: str, *, name: str, files: Iterable[File] = (), **values: Any
) -> Letter:
    """The letter of `kind` (question, quotation, confirmation, reminder, proof) in `language`.

    question, reminder: number, asked, known (`asked_lines`, `fact_lines`), link; a reminder may
    have closes_on, a date. confirmation: number, shipment, known, total (`money`).
    proof: number, link, ends_on (a date), and no word of who asked for it.
    quotation: see quotation_letter.py, which alone knows its values.
    """
    told = {key: _told(value, language) for key, value in values.items()}
    said = _said(kind, language, {**told, "name": plain(name)})
    context = {**told, "language": language, "say": said, "company": company()}
    return Letter(
        subject=said["subject"],
        text=render_to_string(f"freight/mail/{kind}.txt", context).strip() + "\n",
        html=render_to_string(f"freight/mail/{kind}.html", context),
        files=tuple(files),
    )


def _told(value: Any, language: str) -> Any:
    return day(value, language) if isinstance(value, dt.date) else value


def _said(kind: str, language: str, values: Mapping[str, Any]) -> dict[str, str]:
    """The kind's sentences with their values; those whose values nobody has given are left out."""
    words = {**COMMON[language], **LETTERS[language][kind]}
    variant = "_revised" if values.get("revision", 1) > 1 else ""
    words["greeting"] = words[_greeting(values["name"])]
    words |= {key: words[key + variant] for key in tuple(words) if key + variant in words}
    return {
        key: sentence.format_map(values)
        for key, sentence in words.items()
        if _wanted(sentence) <= values.keys()
    }


def _greeting(name: str) -> str:
    if not name or LINK.search(name):
        return "greeting_unknown"
    return "greeting_firm" if FIRM.search(name) else "greeting"


def _wanted(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}
