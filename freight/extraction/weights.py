"""The total gross weight of the cargo in kg. Net, tare, payload and last time's weights are not it."""

# ruff: noqa: E501 - the alternatives of a pattern read best on one line

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import islice

from freight.extraction import numerals
from freight.extraction.found import Found, Reading, settle
from freight.extraction.text import RETURN_LEG, is_code, sentence, speaks_of_past

# more than a mail's worth; a longer packing list has its total in its own line
MAX_AMOUNTS = 300
_KG = r"kgs?\.?(?![a-z])|kilo(?:gram)?s?(?![a-z])|kilogrammes?|㎏|킬로그램|킬로|키로|キログラム|キロ|กิโลกรัม|กก\.?|กิโล"
_SHORT_TON = r"(?:us |short )tons?(?![a-z])"
_LONG_TON = r"long tons?(?![a-z])"
_T = r"metric ?ton(?:ne)?s?|m/?\.?t\.?(?![a-z/])|mts(?![a-z])|tonnes?(?![a-z])|tons?(?![a-z])|t(?![a-z/'])|톤(?!백|급|차)|トン(?!車)|ตัน|公噸"
_LB = r"lbs?\.?(?![a-z])|pounds?(?![a-z])|파운드|ポンド|ปอนด์"
_UNIT = (
    rf"(?:(?P<short>{_SHORT_TON})|(?P<long>{_LONG_TON})|(?P<kg>{_KG})|(?P<lb>{_LB})|(?P<t>{_T}))"
)
_NUMBER = (
    rf"(?:(?P<myriad>{numerals.MYRIADS})|(?P<digits>{numerals.DIGITS})(?P<k>k(?![a-z]))?"
    rf"|(?P<sino>{numerals.SINO})|(?P<words>{numerals.WORDS}))"
)
_AMOUNT = re.compile(
    rf"{_NUMBER}[ -]?{_UNIT}(?! ?(?:트럭|화물차|지게차|크레인|윙바디|truck|crane|forklift|lorry|トラック|フォーク|bags?(?![a-z])))"
)
_KG_OF = {
    "kg": Decimal(1),
    "t": Decimal(1000),
    "lb": Decimal("0.45359237"),
    "short": Decimal("907.18474"),
    "long": Decimal("1016.0469088"),
}

_GROSS = r"gross|g\.? ?/?w(?:t|eight)?\.?(?![a-z])|총 ?중량|총 ?무게|그로스|총 ?하중|総重量|グロス|น้ำหนักรวม|น้ำหนักทั้งหมด|น้ำหนักกรอส"
_NET = (
    r"(?<![a-z])net(?!work)|n\.? ?/?w(?:t)?\.?(?![a-z])|순 ?중량|순중|넷 ?웨이트|正味|ネット|純重量|น้ำหนักสุทธิ|(?<![a-z])tare|공 ?컨테이너|자체 ?중량|자중"
    r"|風袋(?!込)|自重|น้ำหนักตู้(?!ละ)|vgm|volum\w+ weight|chargeable|dim(?:ensional)? weight|부피 ?중량|용적 ?중량|운임 ?중량"
)
_NOT_CARGO = r"payload|capacity|max(?:imum|\.)?(?![a-z])|limit|up to|최대|한도|허용|제한|적재량|上限|最大|制限|ไม่เกิน|สูงสุด|per shipment last|free storage"
_TOTAL = r"total|all[- ]in|altogether|overall|in all|합계|총(?!괄)|전체|합쳐|도합|모두|合計|計|全部で|รวม|ทั้งหมด"
_LABEL = r"weight|wt\.?(?![a-z])|중량|무게|하중|重量|重さ|น้ำหนัก"
_KIND = re.compile(
    rf"(?P<net>{_NET})|(?P<not>{_NOT_CARGO})|(?P<gross>{_GROSS})|(?P<total>{_TOTAL})|(?P<label>{_LABEL})"
)
_KIND_AFTER = re.compile(
    rf"^ ?[(\[]?,? ?(?:(?:in |is |the )?(?P<net>{_NET})|(?P<gross>{_GROSS})|(?P<total>{_TOTAL}))"
)
_RANK = {"gross": 5, "total": 4, "label": 3, "": 2}

_DENIED_AFTER = re.compile(
    r"^ ?(?:이|가|은|는)? ?(?:아니|말고|아닌|에서 ?(?:약 ?)?\d[\d.,]* ?(?:톤|kg|킬로)[^\n]{0,4}(?:로|으로)|ではなく|じゃなく|ไม่ใช่)"
)
_DENIED_BEFORE = re.compile(
    r"(?:(?<![a-z])not|instead of|rather than|no longer|ไม่ใช่) ?(?:about |the )?$"
)

_PIECE = (
    r"(?:pallets?|plts?\.?|p/?ts?|boxes|box|cartons?|ctns?|crates?|cases?|pieces?|pcs?|units?|drums?|bags?|rolls?|coils?|packages?|pkgs?|skids?|bundles?"
    r"|sets?|reels?|ibcs?|totes?|machines?|jumbo bags?|big bags?|파렛트|팔레트|파레트|팔렛|박스|상자|카톤|개|대|드럼|포대|포|롤|코일|세트|본|묶음|톤백|케이스"
    r"|パレット|箱|ケース|個|本|台|枚|ドラム|袋|カートン|พาเลท|พาเลต|พาเล็ท|กล่อง|ลัง|ชิ้น|ถัง|ถุง|ม้วน|กระสอบ|เครื่อง)"
)
_BOX = r"(?:containers?|cntrs?|ctnrs?|컨테이너|コンテナ|ตู้)"
_PIECES = re.compile(
    rf"(?<![\d.,x])(?P<n>{numerals.COUNT}) ?x? ?(?:wooden |steel |plastic |euro |large |identical |of )?(?P<unit>{_PIECE}|{_BOX})(?![a-z])"
    rf"|(?P<unit2>파렛트|팔레트|파레트|박스|상자|드럼|포대|롤|코일|톤백|パレット|พาเลท|พาเลต|กล่อง|ลัง|ถัง|plt|ctns?)[ :]{{0,2}}(?P<n2>\d[\d,]*)(?! ?(?:kg|킬로|톤|t))"
    rf"|(?P<n3>{numerals.COUNT}) ?[x*]? ?(?:20|40|45)(?P<unit3>) ?-?(?:ft|foot|feet|'|hc|hq|gp|dc|피트|フィート|ฟุต)"
    r"|(?<!\d)(?:20|40|45)(?P<unit4>) ?-?(?:ft|foot|feet|'|피트|フィート|ฟุต)? ?(?:hc|hq|gp|dc|dv)? ?(?:x|\*) ?(?P<n4>\d{1,2})(?![\d.,]| ?(?:kg|t(?![a-z])|톤|トン|ตัน))"
)
_EACH_AFTER = re.compile(
    rf"^(?:,| gross| g/?w\.?)? ?(?:each|apiece|a ?piece|(?:per|/|a) ?(?:{_PIECE}|{_BOX}|one|ea)(?![a-z])|씩|짜리|ずつ|/ ?(?:개|대|ea)|ต่อ|per)"
)
_EACH_BEFORE = re.compile(
    rf"(?:each(?: (?:{_PIECE}|{_BOX}|one|of them|is|are|at|of|about|approx\.?|approximately|around|weigh\w*|gross))*|(?:per|/) ?(?:{_PIECE}|{_BOX}) ?[:=]?"
    rf"|각각?|各|(?:{_PIECE}|{_BOX}|개)당|1 ?(?:{_PIECE}|{_BOX}) ?(?:あたり|当たり|당)|一[個箱台本](?:あたり|当たり)?|(?:{_PIECE}|{_BOX})ละ|(?:@|(?<![a-z])at))"
    r"(?: ?(?:weight|중량|무게|น้ำหนัก|重量))? ?[:,]? ?(?:about|approx\.?|approximately|약|約|ประมาณ|roughly|ca\.?)? ?$"
)
# "10 pallets (1 pallet 500 kg)": each where more pieces are counted, else the whole
_ONE_BEFORE = re.compile(rf"(?<![\d.,])1 ?(?P<unit>{_PIECE}) ?$")
_PIECES_NEXT = re.compile(rf"^ ?(?:{_PIECE})(?![a-z])")
_WAY_BACK = re.compile(r"^ ?(?:on the (?:way |return )?)?(?:back|return)(?![a-z])")
_TIMES_BEFORE = re.compile(
    rf"(?<![\d.,])(?P<n>\d{{1,3}},\d{{3}}|\d{{1,5}}) ?(?:{_PIECE})? ?(?:x|\*|@|à) ?$"
)
_TIMES_AFTER = re.compile(
    rf"^ ?(?:x|\*) ?(?P<n>\d{{1,4}})(?![\d.,]) ?(?:{_PIECE})?(?! ?(?:ft|'|hc|hq|gp|피트))"
)
_RANGE = re.compile(
    rf"(?:{numerals.DIGITS}) ?(?:{_KG}|{_T}|{_LB})? ?(?:-|~|to |to|에서 ?|から|ถึง ?|or |또는 ?|이나 ?|and ) ?(?:약 ?)?(?:{numerals.DIGITS}) ?(?:{_KG}|{_T}|{_LB})"
)
_RANGE_CHANGES = re.compile(r"^[^\n]{0,6}(?:으로|로) ?(?:변경|수정|정정|바)|(?<=from )$")
_UNITLESS = re.compile(
    rf"(?P<kind>{_NET}|{_GROSS}|total weight|cargo weight|{_LABEL})[^\d\n:|,\t]{{0,14}}?(?:[(\[] ?(?P<unit>kgs?|t|mt|tons?|lbs?|킬로|톤|キロ|トン|กก\.?|ตัน) ?[)\]])?"
    rf" ?[:=|,\t]{{1,3}} ?(?P<n>{numerals.DIGITS})(?! ?(?:{_KG}|{_T}|{_LB}|[a-z%]))"
)


def read_weight(text: str) -> Reading[Decimal]:
    """The total gross weight that prepared `text` states."""
    vague = _ranges(text)
    amounts = [
        match
        for match in islice(_AMOUNT.finditer(text), MAX_AMOUNTS)
        if not any(a <= match.start() < b for a, b in vague)
        and not is_code(text, match.start(), match.end())
        and not _is_run_together(text, match)
    ]
    candidates = _outbound(text, [*_candidates(text, amounts), *_unitless(text)])
    if not candidates:
        return Reading(warning="weight_vague" if vague else "")
    top = max(candidate.rank for candidate in candidates)
    products = [
        candidate
        for candidate in candidates
        if candidate.rank == top == 3 and _is_product(candidate, text)
    ]
    if len(products) > 1 and len({p.value for p in products}) > 1:
        return Reading(
            Found(
                sum((p.value for p in products), Decimal(0)), products[0].start, products[-1].end, 3
            )
        )
    if vague and top <= 3:
        return Reading(warning="weight_vague")
    return settle(candidates, warning="weight_ambiguous", same=close)


def close(a: Decimal, b: Decimal) -> bool:
    """Whether two weights are the same within 1 %, as two units of one weight are."""
    return abs(a - b) <= Decimal("0.01") * max(a, b)


def _outbound(text: str, candidates: list[Found[Decimal]]) -> list[Found[Decimal]]:
    """`candidates` without those of a round trip's way back, where its way out has one."""
    back = RETURN_LEG.search(text)
    if back is None:
        return candidates
    return [found for found in candidates if found.start < back.start()] or candidates


def _is_run_together(text: str, match: re.Match[str]) -> bool:
    """Whether the blank in the number may part two: `10 500 kg pallets`, `20 18 500 kg`."""
    return " " in (match.group("digits") or "") and bool(
        _PIECES_NEXT.match(text[match.end() : match.end() + 12])
        or re.search(r"\d $", text[max(0, match.start() - 2) : match.start()])
    )


def _ranges(text: str) -> list[tuple[int, int]]:
    return [
        match.span()
        for match in _RANGE.finditer(text)
        if not _RANGE_CHANGES.search(text[match.end() : match.end() + 16])
        and not re.search(
            r"(?:from|net|tare|순중량) ?$", text[max(0, match.start() - 8) : match.start()]
        )
    ]


def _kilograms(match: re.Match[str]) -> Decimal:
    groups = match.groupdict()
    unit = next(name for name in _KG_OF if groups.get(name))
    if groups["myriad"]:
        number = numerals.myriad_number(groups["myriad"])
    elif groups["digits"]:
        number = numerals.decimal_number(groups["digits"], tonnes=unit != "kg" and unit != "lb")
        number *= 1000 if groups["k"] else 1
    elif groups["sino"]:
        number = numerals.sino_number(groups["sino"])
    else:
        number = numerals.word_number(groups["words"])
    return number * _KG_OF[unit]


def _candidates(text: str, amounts: list[re.Match[str]]) -> Iterator[Found[Decimal]]:
    previous_end = 0
    for match in amounts:
        kind = _kind(text, match, previous_end)
        before = text[max(0, match.start() - 60) : match.start()]
        after = text[match.end() : match.end() + 40]
        first, last = sentence(text, match.start(), match.end())
        begin = max(previous_end if previous_end <= match.start() else 0, first)
        previous_end = match.end()
        value = _kilograms(match)
        if kind in ("net", "not") or value <= 0 or value > 10_000_000:
            continue
        if (
            _DENIED_AFTER.match(after)
            or _DENIED_BEFORE.search(before)
            or _WAY_BACK.match(after)
            or speaks_of_past(text, begin, match.start())
        ):
            continue
        product = _product(text, match, value, (first, last))
        if product is not None:
            yield product
        elif not _is_each(before, after) and not _is_one_of_many(text, match, (first, last)):
            yield Found(value, match.start(), match.end(), _RANK[kind])


def _kind(text: str, match: re.Match[str], previous_end: int) -> str:
    """`gross`, `net`, `not`, `total`, `label` or "", by the nearest word that says so."""
    after = _KIND_AFTER.match(text[match.end() : match.end() + 20])
    # "net 17,000 kg, gross 18,500 kg": that gross belongs to the next number
    detached = (
        after
        and "," in after.group()
        and re.match(r"[^\n)\],]{0,12}?[\d:]", text[match.end() + after.end() : match.end() + 40])
    )
    labels_next = after and re.match(
        r" ?(?:weight|wt\.?|중량|무게|重量|質量|น้ำหนัก)? ?[:=]? ?\d|[^\n)\],]{0,10}:",
        text[match.end() + after.end() : match.end() + 40],
    )
    if after and not detached and not labels_next:
        return str(after.lastgroup)
    line_start = text.rfind("\n", 0, match.start()) + 1
    window_start = max(line_start, match.start() - 45, previous_end)
    kinds = [found.lastgroup for found in _KIND.finditer(text, window_start, match.start())]
    if not kinds:
        return ""
    # "gross weight", "total net weight": the label alone says the least
    telling = [kind for kind in kinds if kind != "label"]
    return str(telling[-1] if telling else "label")


def _is_each(before: str, after: str) -> bool:
    return bool(_EACH_AFTER.match(after) or _EACH_BEFORE.search(before))


def _is_product(candidate: Found[Decimal], text: str) -> bool:
    return _AMOUNT.fullmatch(text, candidate.start, candidate.end) is None


def _product(
    text: str, match: re.Match[str], value: Decimal, bounds: tuple[int, int]
) -> Found[Decimal] | None:
    """Pieces times the weight of each, with the span that holds both; None where `match` is no weight of each."""
    before, after = (
        text[max(0, match.start() - 60) : match.start()],
        text[match.end() : match.end() + 40],
    )
    times = _TIMES_BEFORE.search(before)
    if times:
        return Found(
            value * numerals.count_number(times.group("n")),
            match.start() - len(times.group()),
            match.end(),
            3,
        )
    times = _TIMES_AFTER.match(after)
    if times and not re.match(r" ?(?:x|\*) ?(?:20|40|45)(?!\d)", after):
        return Found(
            value * int(times.group("n")),
            match.start(),
            match.end() + len(times.group().rstrip()),
            3,
        )
    one = _ONE_BEFORE.search(before)
    if not _is_each(before, after) and one is None:
        return None
    pieces = _nearest_pieces(text, match, bounds)
    if pieces is None or (one and not _counts_same(text, pieces, one.group("unit"))):
        return None
    count = numerals.count_number(_count_of(pieces))
    return Found(
        value * count, min(match.start(), pieces.start()), max(match.end(), pieces.end()), 3
    )


def _nearest_pieces(
    text: str, match: re.Match[str], bounds: tuple[int, int]
) -> re.Match[str] | None:
    """The count nearest to the weight, in its own sentence first, else within 160 characters."""
    for first, last in (bounds, (max(0, match.start() - 160), min(len(text), match.end() + 80))):
        counts = [
            pieces
            for pieces in _PIECES.finditer(text, first, last)
            if (pieces.end() <= match.start() or pieces.start() >= match.end())
            and _count_of(pieces) not in ("1", "one", "한")
        ]
        if boxes := [pieces for pieces in counts if _counts_containers(pieces)]:
            # "20 pallets in 2 containers, 18 t per container": the word after "per" says which count
            each = text[max(0, match.start() - 30) : match.end() + 30]
            counts = (
                boxes
                if re.search(rf"(?:per|/|each|a) ?{_BOX}|{_BOX} ?(?:당|あたり|ละ)|대당", each)
                else counts
            )
        if counts:
            return min(counts, key=lambda pieces: abs(pieces.start() - match.start()))
    return None


def _counts_same(text: str, pieces: re.Match[str], unit: str) -> bool:
    return unit.rstrip("s") in text[pieces.start() : pieces.end() + 2]


def _is_one_of_many(text: str, match: re.Match[str], bounds: tuple[int, int]) -> bool:
    """Whether it weighs one piece beside others: `5 packages: 1 box 200 kg`."""
    before = text[max(0, match.start() - 30) : match.start()]
    return (
        _ONE_BEFORE.search(before) is not None and _nearest_pieces(text, match, bounds) is not None
    )


def _count_of(pieces: re.Match[str]) -> str:
    return next(pieces.group(name) for name in ("n", "n2", "n3", "n4") if pieces.group(name))


def _counts_containers(pieces: re.Match[str]) -> bool:
    return (
        bool(pieces.group("n3") or pieces.group("n4"))
        or re.fullmatch(rf"{_BOX}|대", pieces.group("unit") or "") is not None
    )


def _unitless(text: str) -> Iterator[Found[Decimal]]:
    """`Gross weight (kg): 18,500` and `G.W.: 18500`, where the unit stands before the number or nowhere."""
    for match in _UNITLESS.finditer(text):
        kind = _KIND.match(match.group("kind"))
        if kind is None or kind.lastgroup in ("net", "not") or re.search(_NET, match.group()):
            continue
        unit = (match.group("unit") or "").rstrip(".")
        tonnes = unit.startswith(("t", "mt", "톤", "トン", "ตัน"))
        number = numerals.decimal_number(match.group("n"), tonnes=tonnes)
        if not unit and not 1000 <= number <= 500_000:
            continue
        factor = Decimal(1000) if tonnes else _KG_OF["lb"] if unit.startswith("lb") else Decimal(1)
        yield Found(number * factor, match.start("n"), match.end("n"), _RANK[str(kind.lastgroup)])
