"""The total gross weight of the cargo in kg. Net, tare, payload and last time's weights are not it."""

# ruff: noqa: E501 - the alternatives of a pattern read best on one line

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from freight.extraction.amounts import KG_OF, UNIT, Amount, find_amounts, unlabelled
from freight.extraction.dismissed import without_dismissed
from freight.extraction.found import Found, Reading
from freight.extraction.labels import squeezed
from freight.extraction.numerals import DIGITS, decimal_number
from freight.extraction.packing import column_total
from freight.extraction.pieces import MOST_OF_ONE, Counted, Each, count_for, counted, each
from freight.extraction.text import RETURN_LEG, sentence, speaks_of_past

_GROSS = (
    r"gross(?! ?(?:ton|margin|profit))|(?<![a-z])g\.? ?/?w(?:t|eight)?\.?(?![a-z])|총 ?중량|총 ?무게|그로스|총 ?하중|포장 ?후 ?중량|毛重|总重|總重|総重量|総kg|総質量|グロス|梱包後重量|น้ำหนักรวม|น้ำหนักทั้งหมด|น้ำหนักกรอส|กรอส"
    r"|(?:including|incl\.?|with|inclusive of) (?:the |all |its |their |export )?(?:pack(?:ing|aging)|pallets?|crat(?:es?|ing))|포장 ?포함|(?:파렛트|팔레트|박스|상자|포장재?|용기) ?(?:무게 ?)?(?:까지 ?)?포함|(?:梱包|パレット|箱|風袋|容器) ?(?:材)?(?:込|含)|รวม(?:บรรจุภัณฑ์|หีบห่อ|พาเลท|พาเลต|ลัง|กล่อง|กระสอบ)"
)
_NET = (
    r"(?<![a-z])net(?!work)(?! ?\d+ ?days)|(?<![a-z])n\.? ?/?w(?:t)?\.?(?![a-z])|순 ?중량|순중|순 ?무게|넷 ?웨이트|정미|고형량|正味|ネット|[浄净淨]重|皮重|純重量|固形量|น้ำหนักสุทธิ|สุทธิ|น้ำหนักเนื้อ|(?<![a-z])tare|drained|공 ?컨테이너|자체 ?중량|자중|컨테이너 ?(?:무게|중량)(?= ?(?:포함|제외|미포함|별도))"
    r"|風袋(?!込|含)|自重|น้ำหนักตู้(?!ละ|แรก|ที่|ใบ)|vgm|volum\w+ weight|chargeable|dim(?:ensional)? weight|부피 ?중량|용적 ?중량|운임 ?중량|검증 ?총?중량|容積重量|(?:without|excluding|excl\.?|w/o|before) (?:the )?(?:pack(?:ing|aging)|pallets?)|컨테이너 ?포함(?!하면|시)|including (?:the )?container|コンテナ込"
)
_NOT_CARGO = (
    r"payload|capacity|max(?:imum|\.)?(?![a-z])|limits?(?![a-z])|up to|at most|at least|(?:no|not) (?:more|less|heavier) than|(?:less|more|lower|lighter) than|(?<![a-z])(?:under|below|exceed(?:s|ing)?|within|over) (?:about |approx\.? )?$|최대|최소|한도|허용|제한|적재량|상한"
    r"|上限|最大|最低|制限|ไม่เกิน|สูงสุด|ไม่ถึง|อย่างน้อย|มากกว่า|น้อยกว่า|per shipment last|free storage|surcharge|할증"
)
_TOTAL = r"total|all[- ]in|altogether|overall|in all|combined|together|합계|합산|총(?![괄무])|전체|합쳐|합해|합하|합이|(?<![가-힣])합|도합|모두|합치면|전부|合計|総計|(?<!設)(?<!会)計(?!量|画|算)|全部で|全体|合わせて|あわせて|รวม|ทั้งหมด|ทั้งสิ้น"
_LABEL = (
    r"weigh(?:t|s|ed|ing)|(?<![a-z])wt\.?(?![a-z])|중량|무게|하중|重量|重さ|重み|目方|น้ำหนัก|หนัก"
)
_KIND = re.compile(
    rf"(?P<net>{_NET})|(?P<not>{_NOT_CARGO})|(?P<gross>{_GROSS})|(?P<total>{_TOTAL})|(?P<label>{_LABEL})"
)
_KIND_AFTER = re.compile(
    rf"^ ?(?:정도|쯤|가량|ほど|くらい|ぐらい)? ?[(\[]?,? ?(?:(?:in |is |are |was |the |cargo |은 ?|는 ?|이 ?|がは|は|が|\(?이건 ?)?(?P<net>{_NET})|(?P<gross>{_GROSS}|총\)|g\))|(?P<total>{_TOTAL}))"
)
# a weight is not told by its limit
_LIMIT_AFTER = re.compile(
    r"^ ?(?:정도|가량|쯤)? ?(?:이|가|은|는|을|를|도|も|を|が)? ?(?:조금 ?|살짝 ?|약간 ?|좀 ?)?(?:넘|초과|이하|미만|이내|이상|까지|못 ?[되미돼]|안 ?[되돼됩]|以下|以上|未満|以内|超|まで|切|下回|強(?!度)|弱|余り?|あまり|กว่า(?!นี้)|여(?![가-힣])|ขึ้นไป|or (?:less|more|under|over)(?![a-z])|max(?:imum|\.)?(?![a-z])|limit|이 최대|가 최대|and (?:over|above|up)(?![a-z])|plus(?![a-z])|\+(?= ?(?:$|[\n.,)])))"
)
_LIMIT_BUT = re.compile(r"^[^\n.,]{0,14}(?:나갑|나와|나옵|나가|잡아|보내|싣|실을 ?예정|実績|예정)")
_RANK = {"gross": 6, "total": 5, "label": 3, "": 2}
_PRODUCT_RANK = {"gross": 4, "total": 4, "label": 3, "": 3}
_PARTS_RANK = 4

_DENIED_AFTER = re.compile(
    r"^ ?(?:이|가|은|는)? ?(?:아니|말고|아닌|에서 ?(?:약 ?)?\d[\d.,]* ?(?:톤|kg|킬로|t(?![a-z]))[^\n]{0,4}(?:로|으로)|ではなく|じゃなく|でなく|ไม่ใช่|-?> ?[^\n\d]{0,10}\d[\d.,]* ?(?:톤|kg|킬로|t(?![a-z])|トン|キロ|ตัน|กก|mt|lb)"
    r"|から ?\d[\d.,]* ?(?:トン|キロ|kg|t(?![a-z]))に|로 ?(?:알려|말씀|안내|보내)드렸|으로 ?(?:알려|말씀|안내|보내)드렸|と(?:お伝え|申し上げ|連絡)|(?: was|,? which was) (?:wrong|incorrect|a mistake|an error))"
)
_DENIED_BEFORE = re.compile(
    r"(?:(?<![a-z])(?:not|instead of|rather than|no longer|(?:changed?|chang\w+|revised?|updated?|increased?|reduced?|corrected?|went(?: up| down)?) from|was|were|previously|formerly|originally|earlier|แทน|จาก|ไม่ใช่|เดิม)|당초|애초|원래|기존|종전|以前は|当初は?|変更前) ?(?:about |the |noted |given |약 ?|총 ?중량 ?|:)?$"
)
_STILL = re.compile(r"^[^\n]{0,24}(?:stays?|remains?|same|그대로|동일|変わら|เหมือนเดิม)")
_EXCLUDED_AFTER = re.compile(
    r"^[^\n,;]{0,18}?(?:(?:이번|금번|본) ?(?:견적|건)[^\n]{0,6}제외|견적 ?(?:에서 |대상 ?)?제외|별도 ?(?:의뢰|견적|문의|건|진행|발주|예정)|(?:not (?:part of|in|included in|for)|excluded from|outside) th(?:is|e) (?:quot|enquir|inquir|shipment|request|order)"
    r"|(?:今回|本見積|本件|見積)(?:の?(?:見積|対象))?[^\n。]{0,6}(?:対象外|除[きくい]|含まない|含まず|含まれ)|対象外|別途(?:見積|依頼|お願い)|ไม่รวมใน(?:ครั้ง|รอบ|ใบ))"
)
_OTHER_BEFORE = re.compile(
    r"(?:지난 ?번|前回|last time|ครั้งก่อน|ครั้งที่แล้ว)[^\n\d,、]{0,10}$|(?<![a-z])(?:usd|eur|krw|jpy|thb|us)? ?\$$"
)
_WAY_BACK = re.compile(r"^ ?(?:on the (?:way |return )?)?(?:back|return)(?![a-z])")
_WAY_OUT = re.compile(
    r"往路|行き(?!先)|ขาไป|가는 ?(?:편|길)|갈 ?때|outbound|way out|going out|(?<![a-z])out ?:"
)
# a pack's size, a sample: no cargo of a container unless a label says so
_LEAST_UNLABELLED = Decimal(30)
# only the first weights of a list may have their count far away
_WIDELY = 40
_LEAST_OF_A_BOX = Decimal(1000)
_INHERITED = re.compile(r"^[ \t]{2,}$|^[ \t]*[/|~][ \t]*$|^\t$|^[ \t]+$")
_NUMBER_LABELLED = re.compile(
    rf"(?P<kind>{_NET}|{_GROSS}|total (?:weight|kgs?)|cargo weight|{_LABEL})(?:[^\d\n:|,\t()\[\]]{{0,14}}?[(\[]? ?(?<![a-z])(?P<unit>kgs?|m/?t|mts?|tons?|tonnes?|t|lbs?|킬로|톤|キロ|トン|กก\.?|ตัน|屯)(?![a-z]) ?[)\]]?)?"
    rf"[^\d\n:|,\t]{{0,14}}?(?P<colon> ?[:=|,\t]{{1,3}} ?| {{1,40}}(?=\d{{4}}|\d{{1,3}}[,.]\d{{3}})(?!(?:19|20)\d\d(?!\d)))(?P<n>{DIGITS})(?!/| /(?! (?:[^\d\s]|(?:20|40|45)(?!\d)|\d ?x))| {{0,3}}(?:{UNIT}|[a-z%'년월]|cbm|[-x*]\d))"
)
_PAIRED = re.compile(rf"(?P<n>{DIGITS}) ?(?:kgs?|t|톤)? ?/ ?$")
_PAIR_LABEL = re.compile(
    rf"(?P<first>(?:{_GROSS}|(?<![a-z])g)(?: ?weight)? ?/ ?(?:{_NET}|n(?![a-z])))[^\d\n]{{0,14}}$|(?:{_NET}|(?<![a-z])n) ?/ ?(?:{_GROSS}|g(?![a-z]))[^\d\n]{{0,14}}$"
)
_LONE_LABEL = re.compile(r"^[^\d\n]{2,40}$")
# what counts parts of one shipment: the first container, pallet no. 2, 2本目
_ORDINAL = re.compile(
    r"(?:container|cntr|ctr|box|can|unit|pallet|plt|crate|case|skid|machine|truck) ?(?:no\.? ?|#)?[\da-d](?![\d.,]*\d)|(?<![a-z])(?:the )?(?:first|second|third|fourth|other|1st|2nd|3rd|4th)(?: (?:one|container|box|unit|40|20|can|pallet|crate))?(?![a-z])|(?<![a-z])(?:one|another|the other)(?: (?:is|has|with|weighs|at|of))(?![a-z])|#\d"
    r"|(?:컨테이너|파레트|팔레트|박스|장비|호기) ?(?:no\.? ?|#)?[\da-d](?!\d)|\d ?(?:번|호)(?: ?(?:컨테이너|기|장비))?|(?:첫|두|세|네) ?번째|첫째|둘째|(?:한|다른 한|나머지 한|또 한) ?(?:대|개)[는은가]|하나[는은]|다른 하나|\d ?(?:本|台|個|番|つ)目|コンテナ ?(?:no\.? ?)?[\da-d①②③](?!\d)|もう一?1?[本台]は|一本は|[①②③④]"
    r"|ตู้ ?(?:ที่|ใบที่|เบอร์|หมายเลข)? ?(?:\d(?!\d)|หนึ่ง|สอง|สาม|แรก|ที่สอง)|ใบ(?:แรก|ที่)|อีก(?:ตู้|ใบ)|ตู้แรก"
)
_SHIPMENT = re.compile(
    r"선적|\d ?차|회차|shipments?|lots?(?![a-z])|vessel|sailing|航海|便|回目|lane|route|option|案|안\)|옵션|ล็อต|เที่ยว|rot(?:a|e)"
)
_CHOICE = re.compile(
    r"(?<![a-z])or(?![a-z])|또는|혹은|아니면|または|もしくは|หรือ|either|alternativ|option|옵션|[a-d]안|案|경우|if(?![a-z])|の場合|กรณี|>|instead|대신|변경|수정|정정|変更|訂正"
)
_PLUS = re.compile(
    r"^[^\n]{0,40}(?:\+|(?<![a-z])plus(?![a-z])|더하기|그리고|에 ?추가로|プラス|บวก)[^\n]{0,40}$"
)
# "weight: as per the attached list"
_DEFERRED = re.compile(
    rf"(?:{_GROSS}|{_LABEL})[^\n\d.]{{0,14}}(?:첨부|별첨|attach|packing list|p/l|enclosed|添付|別紙|別添|ไฟล์แนบ|เอกสารแนบ|ตามแนบ|ที่แนบ)"
)
# the parts that a shipment is named by
_PART = re.compile(
    r"본품|본체|완제품|부자재|부속품?|부품|예비품|스페어|소모품|자재|(?<![a-z])(?:main (?:unit|body|machine|goods|cargo)|machine|spare(?:s| parts)?|accessor(?:y|ies)|parts|consumables)(?![a-z])|本体|本品|付属品|部品|予備品|スペア|副資材|消耗品|เครื่องหลัก|ตัวเครื่อง|อะไหล่|อุปกรณ์(?:เสริม)?|ของแถม"
)


@dataclass(frozen=True, slots=True)
class _Stated:
    """A weight that the text states, of which kind, and whether it was multiplied."""

    kg: Decimal
    start: int
    end: int
    kind: str
    is_product: bool = False
    begin: int = 0

    def found(self) -> Found[Decimal]:
        """The candidate, ranked by how plainly it was labelled."""
        return Found(self.kg, self.start, self.end, self.rank)

    @property
    def rank(self) -> int:
        """How plainly it was labelled."""
        return (_PRODUCT_RANK if self.is_product else _RANK)[self.kind]


def read_weight(text: str, *, boxes: int | None = None) -> Reading[Decimal]:
    """The total gross weight that prepared `text` states, in kg.

    boxes: how many containers another text of the mail names, for a weight of each.
    """
    text = squeezed(without_dismissed(text))
    amounts, vague = find_amounts(text)
    stated, limited = _stated(text, amounts, boxes)
    stated = _outbound(text, stated)
    table = column_total(text)
    if table is not None and all(one.rank < 5 for one in stated):
        return Reading(table)
    if not stated:
        return Reading(warning="weight_vague" if vague or limited else "")
    if _DEFERRED.search(text) and all(one.rank < 5 for one in stated):
        return Reading()
    if vague and max(one.rank for one in stated) <= 3:
        return Reading(warning="weight_vague")
    return _settled(text, stated)


def close(a: Decimal, b: Decimal) -> bool:
    """Whether two weights are the same within 1 %, as two units of one weight are."""
    return abs(a - b) <= Decimal("0.01") * max(a, b)


def _stated(text: str, amounts: list[Amount], boxes: int | None) -> tuple[list[_Stated], bool]:
    """The weights of the cargo among `amounts` and labelled numbers; and whether limits were left out."""
    bare = [
        amount
        for amount, _ in unlabelled(text, _NUMBER_LABELLED)
        if not any(amount.start < one.end and one.start < amount.end for one in amounts)
    ]
    stated: list[_Stated] = []
    limited = False
    previous = (0, "")  # where the last amount's own words end, and its kind
    for number, amount in enumerate(sorted((*amounts, *bare), key=lambda one: one.start)):
        kind, end = _kind(text, amount, previous)
        first, _ = sentence(text, amount.start, amount.end)
        begin = max(previous[0] if previous[0] <= amount.start else 0, first)
        previous = (end, kind)
        pair = _pair(text, amount)
        if pair is not None:
            limited = True
            stated = [one for one in stated if one.end < amount.start - 12] + pair
            continue
        limit = _is_limit(text, amount)
        limited = limited or limit or kind == "not"
        if limit or kind in ("net", "not") or not 0 < amount.kg <= 10_000_000:
            continue
        if _is_set_aside(text, amount, begin):
            continue
        stated += _total_of(text, amount, kind, begin, wide=number < _WIDELY, boxes=boxes)
    return stated, limited


def _pair(text: str, amount: Amount) -> list[_Stated] | None:
    """Of `G.W./N.W.: 16,050 / 15,200 kg` the gross one; none where no label tells; None for no such pair."""
    first = _PAIRED.search(text, max(0, amount.start - 24), amount.start)
    if first is None or not amount.unit:
        return None
    factor = KG_OF[amount.unit]
    other = decimal_number(first.group("n"), tonnes=amount.unit not in ("kg", "lb")) * factor
    if not amount.kg / 2 <= other <= amount.kg * 2 or close(other, amount.kg):
        return None
    line = text.rfind("\n", 0, amount.start) + 1
    label = _PAIR_LABEL.search(text, max(line, first.start() - 40), first.start())
    if label is None:
        return []
    if label.group("first"):
        return [_Stated(other, first.start("n"), first.end("n"), "gross", begin=line)]
    return [_Stated(amount.kg, amount.start, amount.end, "gross", begin=line)]


def _kind(text: str, amount: Amount, previous: tuple[int, str]) -> tuple[str, int]:
    """`gross`, `net`, `not`, `total`, `label` or "", by the nearest word that says so; and where its words end."""
    after = _KIND_AFTER.match(text[amount.end : amount.end + 30])
    if after and not _belongs_to_next(text, amount.end + after.end(), after.group()):
        kind = str(after.lastgroup)
        if kind == "net" or _before(text, amount, previous) not in ("net", "not"):
            return kind, amount.end + after.end()
    kind = _before(text, amount, previous)
    if not kind and previous[0] and _INHERITED.match(text[previous[0] : amount.start]):
        kind = previous[1]
    return kind, amount.end


def _belongs_to_next(text: str, end: int, words: str) -> bool:
    """Whether the kind that ends at `end` labels the next number: `net 17,000 kg, gross 18,500 kg`."""
    rest = text[end : end + 40]
    if "," in words and re.match(r"[^\n)\],]{0,12}?[\d:]", rest):
        return True
    label = (
        r" ?(?:weight|wt\.?|중량|무게|重量|質量|น้ำหนัก)? ?(?:[:=]? ?\d|(?:은|는|は) ?(?:약 ?|約)?\d)"
    )
    return re.match(rf"{label}|[^\n)\],]{{0,10}}:", rest) is not None


def _before(text: str, amount: Amount, previous: tuple[int, str]) -> str:
    line = text.rfind("\n", 0, amount.start) + 1
    window = max(line, amount.start - 45, previous[0] if previous[0] <= amount.start else 0)
    if not re.search(r"[^\W_]", text[line : amount.start]):
        above = text.rfind("\n", 0, max(0, line - 1)) + 1
        if _LONE_LABEL.match(text[above : max(0, line - 1)].strip()) and above >= previous[0]:
            window = above
    kinds = [found.lastgroup for found in _KIND.finditer(text, window, amount.start)]
    # "gross weight", "total net weight": the label alone says the least
    telling = [kind for kind in kinds if kind != "label"]
    if "net" in telling[-2:] and telling[-1] == "total":
        return "net"
    if "gross" in telling[-2:] and telling[-1] == "total":
        return "gross"
    return str(telling[-1] if telling else "label" if kinds else "")


def _is_limit(text: str, amount: Amount) -> bool:
    after = text[amount.end : amount.end + 30]
    limit = _LIMIT_AFTER.match(after)
    return limit is not None and not (
        limit.group().endswith("까지") and _LIMIT_BUT.match(after[limit.end() :])
    )


def _is_set_aside(text: str, amount: Amount, begin: int) -> bool:
    """Whether the words about it say that it is not this shipment's: denied, past, excluded, the way back."""
    before, after = (
        text[max(0, amount.start - 30) : amount.start],
        text[amount.end : amount.end + 60],
    )
    denied = _DENIED_BEFORE.search(before)
    return bool(
        _DENIED_AFTER.match(after)
        or (denied and not _STILL.match(after))
        or _EXCLUDED_AFTER.match(after)
        or _OTHER_BEFORE.search(before)
        or _WAY_BACK.match(after)
        or speaks_of_past(text, begin, amount.start)
    )


def _total_of(
    text: str, amount: Amount, kind: str, begin: int, *, wide: bool, boxes: int | None
) -> Iterator[_Stated]:
    """The weight as it stands, or times its pieces; nothing where it is one of an unknown number."""
    line = text.rfind("\n", 0, amount.start) + 1
    told = each(text, amount.start, amount.end, max(line, min(begin, amount.start)))
    if told is None or (told.named and kind in ("gross", "total")):
        if amount.kg >= _LEAST_UNLABELLED or kind:
            yield _Stated(amount.kg, amount.start, amount.end, kind, begin=begin)
        return
    if told.is_open:
        return
    heavy = amount.kg >= _LEAST_OF_A_BOX
    count = count_for(text, amount.start, amount.end, told, heavy=heavy, wide=wide, elsewhere=boxes)
    if count is not None and (told.surely or _is_likely(amount, told, count)):
        start, end = min(amount.start, count.start), max(amount.end, count.end)
        yield _Stated(amount.kg * count.number, start, end, kind, True, begin)
    elif not told.surely and amount.kg >= _LEAST_UNLABELLED:
        yield _Stated(amount.kg, amount.start, amount.end, kind, begin=begin)


def _is_likely(amount: Amount, told: Each, count: Counted) -> bool:
    """Whether a weight that only stands beside one piece may be that of each."""
    if told.count is not None:
        return (
            amount.kg <= MOST_OF_ONE.get(told.kind, 10_000) and amount.kg * count.number <= 100_000
        )
    return amount.unit != "t" and amount.kg * count.number <= 100_000


def _outbound(text: str, stated: list[_Stated]) -> list[_Stated]:
    """`stated` without those of a round trip's way back, where its way out has one."""
    back = [match.start() for match in RETURN_LEG.finditer(text)]
    if not back:
        return stated
    out = [match.start() for match in _WAY_OUT.finditer(text)]

    def is_out(one: _Stated) -> bool:
        turned = max((at for at in back if at < one.end), default=-1)
        return turned < max((at for at in out if at < one.end), default=0)

    return [one for one in stated if is_out(one)] or stated


def _settled(text: str, stated: list[_Stated]) -> Reading[Decimal]:
    """The one weight that all this says; none where two of the plainest differ."""
    if total := _sum_of_others(stated):
        return Reading(total.found())
    top = max(one.rank for one in stated)
    best = [one for one in stated if one.rank == top]
    numbered = _numbered(text, stated)
    if len(numbered) > 1 and all(one in numbered for one in best):
        return Reading(_sum(numbered))
    if len(_distinct(best)) == 1:
        partial = best[0].kind == "total" and _outweighed(best[0], stated)
        return Reading(warning="weight_ambiguous") if partial else Reading(best[0].found())
    totals = [one for one in stated if one.kind == "total" and one.kg > max(b.kg for b in best)]
    if top == _RANK["gross"] and len(_distinct(totals)) == 1:
        return Reading(totals[0].found())
    if _are_parts(text, best):
        return Reading(_sum(best))
    return Reading(warning="weight_ambiguous")


def _sum(parts: Sequence[_Stated]) -> Found[Decimal]:
    whole = sum((one.kg for one in parts), Decimal(0))
    rank = max(_PARTS_RANK, *(one.rank for one in parts))
    return Found(whole, min(one.start for one in parts), max(one.end for one in parts), rank)


def _outweighed(total: _Stated, stated: Sequence[_Stated]) -> bool:
    """Whether a part weighs more than the total, which then is one of something else."""
    return any(one.kg > total.kg and not close(one.kg, total.kg) for one in stated)


def _distinct(stated: Sequence[_Stated]) -> list[_Stated]:
    kept: list[_Stated] = []
    for one in stated:
        if not any(close(one.kg, other.kg) for other in kept):
            kept.append(one)
    return kept


def _sum_of_others(stated: Sequence[_Stated]) -> _Stated | None:
    """The weight that is the sum of all others: a total beside its parts."""
    if len(stated) < 3:
        return None
    for one in stated:
        others = [other.kg for other in stated if other is not one and not close(other.kg, one.kg)]
        if len(others) >= 2 and close(one.kg, sum(others, Decimal(0))):
            return one
    return None


def _are_parts(text: str, best: Sequence[_Stated]) -> bool:
    """Whether different weights of one rank add up: each has its own pieces, ordinal or plus sign."""
    if len(best) < 2 or _CHOICE.search(text, best[0].begin, best[-1].end + 12):
        return False
    between = [text[left.end : right.start] for left, right in pairwise(best)]
    if all(one.is_product for one in best):
        return not any(_SHIPMENT.search(words) for words in between)
    if all(_PLUS.match(words) for words in between) or _are_named_parts(text, best):
        return True
    return _have_own_pieces(text, best)


def _are_named_parts(text: str, best: Sequence[_Stated]) -> bool:
    """`main unit 3,200 kg, spare parts 800 kg`: each is led to by a part's name of its own."""
    leads = [text[_lead(text, one, best) : one.start] for one in best]
    names = [list(_PART.finditer(lead)) for lead in leads]
    told = {found[-1].group() for found in names if found}
    return len(told) == len(best) and not any(_WITH.search(lead) for lead in leads[1:])


_WITH = re.compile(r"포함|합|includ|with|込|含|รวม")


def _numbered(text: str, stated: Sequence[_Stated]) -> list[_Stated]:
    """The weights of the first container, the second: each is led to by a number of its own."""
    numbers: dict[str, _Stated] = {}
    for one in stated:
        lead = text[_lead(text, one, stated) : one.start]
        number = None if _SHIPMENT.search(lead) or _CHOICE.search(lead) else _ORDINAL.search(lead)
        if number:
            numbers.setdefault(number.group(), one)
    return list(numbers.values())


def _lead(text: str, one: _Stated, best: Sequence[_Stated]) -> int:
    """Where the words that lead to `one` begin: after the weight before it, in its line."""
    ends = [other.end for other in best if other.end <= one.start]
    return max([text.rfind("\n", 0, one.start) + 1, *ends, one.start - 60])


def _have_own_pieces(text: str, best: Sequence[_Stated]) -> bool:
    """`8 pallets 4,000 kg and 3 crates 1,500 kg`, also one under the other."""
    if any("\n\n" in text[left.end : right.start] for left, right in pairwise(best)):
        return False
    leads = [(_lead(text, one, best), one.start) for one in best]
    return all(
        any(count.kind != "box" for count in counted(text, *lead))
        and not _SHIPMENT.search(text, *lead)
        for lead in leads
    )
