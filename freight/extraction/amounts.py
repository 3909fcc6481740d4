"""Amounts of weight in a prepared text: a number and its unit, in kg, and where they stand."""

# ruff: noqa: E501 - the alternatives of a pattern read best on one line

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice

from freight.extraction import numerals
from freight.extraction.text import is_code

# more than a mail's worth; a longer packing list has its total in its own line
MAX_AMOUNTS = 300
# "450kgx20": the letter after a unit may be the times sign
_END = r"(?!(?!x ?\d)[a-z])"
KG = (
    rf"kgs?\.?{_END}|k/gs?\.?{_END}|kg's(?![a-z])|kgrs?(?![a-z])|kilo(?:gram)?s?(?![a-z])|kilogrammes?|㎏|㌕|㌔|킬로(?:그[램람])?|키로(?:그[램람])?|千克|公斤|瓩|キログラム|キロ"
    r"|กิโลกรัม|กก\.?|ก\.ก\.?|กิโล|โล(?![ก-๎])|(?<=[ก-๎\d ])โล(?=ค่ะ|คะ|ครับ|คับ|จ้า|นะ|พอดี)"
)
_SHORT_TON = r"(?:us |short )tons?(?![a-z])"
_LONG_TON = r"(?:long |uk |imperial )tons?(?![a-z])"
_PER_BOX = r"/ ?(?:c(?:o?n?tn?r?s?|ontainers?|an)|units?|box|van|[tf]eu|ea|pc|plt|20|40|45|컨|대|개|コンテナ|本|台|ตู้)"
_T = (
    rf"metric ?ton(?:ne)?s?|m/tons?(?![a-z])|mtons?(?![a-z])|m/?\.?t\.?(?:(?!/){_END}|(?={_PER_BOX}))|mts{_END}|tonnes?{_END}|tons?{_END}"
    rf"|t(?:(?![/'])(?!(?!x ?\d)[a-z])|(?={_PER_BOX}))|톤(?!백|급|차(?![가-힣])|수)|トン(?!車|バッグ|袋)|㌧|瓲|ตัน|公?噸|公?吨|屯"
)
_LB = rf"lbs?\.?{_END}|pounds?(?![a-z])|파운드|ポンド|ปอนด์|磅"
UNIT = rf"(?:{_SHORT_TON}|{_LONG_TON}|{KG}|{_LB}|{_T})"
_NAMED_UNIT = (
    rf"(?:(?P<short>{_SHORT_TON})|(?P<long>{_LONG_TON})|(?P<kg>{KG})|(?P<lb>{_LB})|(?P<t>{_T}))"
)
_NUMBER = (
    rf"(?:(?P<myriad>{numerals.MYRIADS})|(?P<digits>{numerals.DIGITS})(?:(?P<k>k(?![a-z]))|(?P<half>[ -]?(?:and a half|1/2|½)))?"
    rf"|(?P<sino>{numerals.SINO})|(?P<native>{numerals.NATIVE})|(?P<thai>{numerals.THAI})|(?P<words>{numerals.WORDS}))"
)
# what is rated by its tonnes is no cargo: a lorry, a crane
_RATED = r" ?(?:트럭|화물차|지게차|크레인|윙바디|카고|축차|탑차|추레라|호이스트|truck|crane|forklift|lorr(?:y|ies)|hoist|class(?![a-z])|トラック|フォーク|クレーン|ユニック|รถ|เครน|(?<!kg )(?<!kgs )(?<!kg)bags?(?![a-z]))"
_AMOUNT = re.compile(rf"{_NUMBER}[ -]?{_NAMED_UNIT}(?!{_RATED})")
# "5톤 반", "2トン半", "3 ตันครึ่ง"
_AND_HALF = re.compile(r"^ ?(?:반(?![품송입출도대납자복환])|半(?![分日額年期])|ครึ่ง)")
# "12톤 400킬로", "12 ตัน 400 กิโล"
_AND_KILOS = re.compile(rf"^ ?(?P<n>\d{{1,3}}) ?(?:{KG})(?! ?(?:x|\*|each|per|씩|짜리))")
# "무게 3톤 500 정도"
_AND_HUNDREDS = re.compile(
    r"^ ?(?P<n>[1-9]00)(?= ?(?:정도|쯤|입니다|이에요|예요|이고|이요|나가|$|[\n.]))"
)
# a rate: USD 50 per 1 ton, 1톤당
_RATE_AFTER = re.compile(r"^ ?(?:당(?![가-힣]{2})|あたり|当たり|当り|につき)")
_RATE_BEFORE = re.compile(r"(?:(?<![a-z])per|ต่อ|ทุก) ?$")
KG_OF = {
    "kg": Decimal(1),
    "t": Decimal(1000),
    "lb": Decimal("0.45359237"),
    "short": Decimal("907.18474"),
    "long": Decimal("1016.0469088"),
}
_RANGE = re.compile(
    rf"(?<!/)(?:{numerals.DIGITS}) ?(?:{UNIT})? ?(?:-|~|to |to|에서 ?|から|ถึง ?|or |또는 ?|혹은 ?|이나 ?|나 |か|または|もしくは|หรือ ?) ?(?:약 ?)?(?:{numerals.DIGITS}) ?(?:{UNIT})"
    rf"|between (?:about )?(?:{numerals.DIGITS}) ?(?:{UNIT})? and (?:{numerals.DIGITS}) ?(?:{UNIT})"
)
_CHANGED = re.compile(
    r"^[^\n]{0,6}(?:으로|로|に) ?(?:변경|수정|정정|바[꾸뀌]|늘|줄|증가|감소|조정|확정|変更|訂正|修正|増|減)"
)
_NO_RANGE_BEFORE = re.compile(r"(?:from|net|tare|순중량|จาก) ?$")


@dataclass(frozen=True, slots=True)
class Amount:
    """`text[start:end]` says `kg`; `unit` is a key of KG_OF, empty where only its label tells."""

    start: int
    end: int
    kg: Decimal
    unit: str


def find_amounts(text: str) -> tuple[list[Amount], list[tuple[int, int]]]:
    """Weights in prepared `text` in their order, and the spans of ranges, whose ends are no weights."""
    vague = _ranges(text)
    found: list[Amount] = []
    for match in islice(_AMOUNT.finditer(text), MAX_AMOUNTS):
        inside = any(first <= match.start() < last for first, last in vague)
        if inside or is_code(text, *match.span()) or _is_run_together(text, match):
            continue
        if _RATE_AFTER.match(text[match.end() : match.end() + 6]) or _RATE_BEFORE.search(
            text[max(0, match.start() - 6) : match.start()]
        ):
            continue
        if found and match.start() < found[-1].end:
            continue
        found.append(_amount(text, match))
    return found, vague


def _ranges(text: str) -> list[tuple[int, int]]:
    return [
        match.span()
        for match in _RANGE.finditer(text)
        if not _CHANGED.match(text[match.end() : match.end() + 16])
        and not _NO_RANGE_BEFORE.search(text[max(0, match.start() - 8) : match.start()])
    ]


def _is_run_together(text: str, match: re.Match[str]) -> bool:
    """Whether the blank in the number may part two: `10 500 kg pallets`, `20 18 500 kg`."""
    return " " in (match.group("digits") or "") and bool(
        _PIECES_NEXT.match(text[match.end() : match.end() + 12])
        or re.search(r"\d $", text[max(0, match.start() - 2) : match.start()])
    )


_PIECES_NEXT = re.compile(
    r"^ ?(?:pallets?|plts?|boxes|cartons?|ctns?|crates?|cases?|pieces?|pcs|units?|drums?|bags?|rolls?|coils?)(?![a-z])"
)


def _amount(text: str, match: re.Match[str]) -> Amount:
    unit = next(name for name in KG_OF if match.group(name))
    kg, end = _number(match, unit) * KG_OF[unit], match.end()
    if unit == "t" and (more := _remainder(text[end : end + 24])):
        kg, end = kg + more[0], end + more[1]
    return Amount(match.start(), end, kg, unit)


def _number(match: re.Match[str], unit: str) -> Decimal:
    groups = match.groupdict()
    if groups["digits"]:
        number = numerals.decimal_number(groups["digits"], tonnes=unit not in ("kg", "lb"))
        if groups["half"]:
            number += Decimal("0.5")
        return number * (1000 if groups["k"] else 1)
    readers = {
        "myriad": numerals.myriad_number,
        "sino": numerals.sino_number,
        "thai": numerals.thai_number,
        "words": numerals.word_number,
    }
    for name, read in readers.items():
        if groups[name]:
            return read(groups[name])
    return Decimal(numerals.native_number(groups["native"]))


def _remainder(after: str) -> tuple[Decimal, int] | None:
    """What is said beyond whole tonnes, in kg, and in how many letters."""
    half = _AND_HALF.match(after)
    if half:
        return Decimal(500), half.end()
    more = _AND_KILOS.match(after) or _AND_HUNDREDS.match(after)
    return (Decimal(more.group("n")), more.end()) if more else None


def unlabelled(text: str, label: re.Pattern[str]) -> Iterator[tuple[Amount, re.Match[str]]]:
    """Numbers after a weight's label that carry no unit of their own, each with the label's match.

    `label` has the groups `unit` (may be None), `colon` (may be None) and `n`, the number.
    """
    for match in islice(label.finditer(text), MAX_AMOUNTS):
        unit = (match.group("unit") or "").rstrip(".")
        tonnes = unit.startswith(("t", "mt", "톤", "トン", "ตัน", "m/t", "屯"))
        number = numerals.decimal_number(match.group("n"), tonnes=tonnes)
        if not unit and not 1000 <= number <= 500_000:
            continue
        name = "t" if tonnes else "lb" if unit.startswith("lb") else "kg"
        yield Amount(match.start("n"), match.end("n"), number * KG_OF[name], ""), match
