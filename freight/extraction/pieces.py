"""Counted pieces and containers, and the words by which a weight is that of one of them."""

# ruff: noqa: E501 - the alternatives of a pattern read best on one line

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from freight.extraction.containers import read_container
from freight.extraction.numerals import COUNT, WORD_COUNTS, count_number
from freight.extraction.text import sentence

# what is counted by its own name in English; no pack that a weight before it sizes
_THING = r"(?:casks?|kegs?|hampers?|baskets?|chests?|trays?|cabinets?|vehicles?|cars?(?![a-z])|motors?|engines?|pumps?|valves?|chillers?|generators?|transformers?|compressors?|cabins?|moulds?|molds?|plates?|beams?|pipes?|logs?(?![a-z])|bins?(?![a-z])|buckets?|pails?|jars?|frames?|panels?|cages?|racks?|stillages?|dollies|spools?|ingots?|billets?)"
BOX = (
    r"(?:containers?|cntr?s?(?![a-z])|ctnrs?|conts?(?![a-z])|ctrs?(?![a-z])|cans?(?![a-z])|vans?(?![a-z])|[ft]eus?|fcls?(?![a-z])|컨테이너|콘테이너|컨(?=당)|コンテナ"
    r"|ตู้คอนเทนเนอร์|ตู้)"
)
PIECE = (
    r"(?:pallets?|palettes?|plts?\.?|p/?ts?|boxes|box|cartons?|ctns?\.?|crates?|cases?|pieces?|pcs?\.?|units?|drums?|barrels?|bags?|sacks?|rolls?|coils?|packages?|pkgs?\.?|skids?|bundles?|bales?"
    r"|sets?|reels?|ibcs?|totes?|machines?|jumbo bags?|big bags?|fibcs?|cylinders?|tanks?|slabs?|sheets?|blocks?|loads?|tyres?|tires?|ea(?![a-z])|nos\.?(?=[\s,;)]|$)(?! ?[:.#]?\d)|c/[ts]s?(?![a-z])"
    rf"|{_THING}"
    r"|조(?=[\s,./)은는이가당에씩]|입니|$)|파[렛레][트토]|팔[렛레][트토]|파렛|팔렛|빠레트|박스|상자|카[톤튼]|카트론|개(?![월년])|건(?=당)|대|드럼|포대|포(?![장함])|롤|코일|세트|셋트|본|묶음|다발|톤백|케이스|통|자루|매|베일|마대|크레이트|나무상자|기(?=당)|차량|쌍|짝|필|켤레|그루|두(?=당)|줄(?=당)|판(?=당)"
    r"|パレット|箱|ケース|個|本|台|枚|脚|着(?=あたり)|樽|ドラム|袋|カートン|梱包|梱|巻|束|缶|俵|ロール|基|セット|つ"
    r"|พาเลท|พาเลต|พาเล็ท|พาเล็ต|กล่อง|ลัง|ชิ้น|ถัง|ถุง|ม้วน|กระสอบ|เครื่อง|มัด|ใบ|แพ็ค|คัน|ก้อน|แผ่น|ท่อน|ตัว)"
)
_SIZES = r"(?:20|40|45)"
_NO_THING = r"(?:days?|weeks?|months?|years?|hours?|times?|tons?|tonnes?|mts?|kgs?|lbs?|pounds?|kilos?|foot|feet|ft|inch(?:es)?|met(?:er|re)s?|cm|mm|containers?|cntrs?|boxes|high|cube|dry|reefer|cbms?|originals?|dollars?|usd|eur|free|net|gross|per|each|for|and|or|with|without|from|to|of|on|in|at|by|is|are|was|as|the|we|has|ports?|options?|lines?|rates?|lots|shipments?|bookings?|sailings?|vessels?|copies|percent|am|pm|years|people|persons|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|january|february|march|april|june|july|august|september|october|november|december)"
# "4 air cooled chillers": a number, and at most three words before what it counts
_LOOSE = re.compile(
    rf"(?<![\d.,x/'#-])(?<!no )(?<!no\. )(?P<n>\d{{2,4}}|[2-9]|{'|'.join(WORD_COUNTS)})(?: (?!{_NO_THING}(?![a-z]))[a-z][a-z-]{{1,14}}){{0,3}} (?!{_NO_THING}(?![a-z]))[a-z]{{3,14}}(?<!ss)s(?![a-z])"
)
# "20 bags in each container": how many stand in one
_IN_BOX_BEFORE = re.compile(
    r"(?:ตู้(?:คอนเทนเนอร์)? ?ละ|(?:컨테이너|컨) ?(?:당|마다|별로?|에는?|하나에|(?:한|1) ?(?:대|개)(?:에|당))|(?:한|1) ?(?:컨테이너|컨|대)(?:에|당)|(?:1 ?(?:コンテナ|本)|コンテナ ?1 ?本|(?<=[\dc])[1一]本|コンテナ)(?:あたり|当たり|毎|ごと|に)|(?:20|40)(?:ft|피트|'|フィート)?(?: ?(?:하이 ?큐브|하이큐|hc|hq|ハイキューブ))?(?:당|에|に(?:は)?)|(?:per|each|every) (?:container|cntr|box|can|unit)(?: (?:holds|takes|has|with|contains|loads))?|ต่อ ?(?:1 ?)?ตู้)[ :,]{0,2}[^\W\d]{0,8} ?$"
)
_IN_BOX_AFTER = re.compile(
    rf"^ ?(?:(?:개|대|포|매|본|통|롤|팔레트|파레트|박스)?씩|ずつ|(?:per|/|in (?:each|every|a)|to (?:a|each)|a) ?(?:{BOX})(?![a-z])|(?:ต่อ|/) ?ตู้)"
)
PIECES = re.compile(
    rf"(?<![\d.,x])(?:(?=[\d\W])|(?<![가-힣]))(?P<n>{COUNT}) ?x? ?(?:wooden |steel |plastic |euro |large |identical |full |loaded |of |of the |of them )?(?P<unit>{PIECE}|{BOX})(?![a-z])"
    rf"|(?P<unit2>{PIECE}|{BOX}|(?:q'?ty|quantity|수량|갯수|개수|数量|数  量|個数|(?:箱|ケース|袋|缶|枚|台|パレット|梱包|ドラム)数|จำนวน)(?! ?[:=|\t]? {{0,2}}[\d,]+ ?{PIECE}))(?: ?\([a-z]{{2,4}}\))? ?[:=|\t]? {{0,30}}(?P<n2>\d[\d,]*)(?![\d.,]*[\d]| ?(?:kg|킬로|톤|t(?![a-z])|กก|ตัน|トン|キロ|ft|'|feet|피트|フィート|ฟุต|h[cq]|gp|[a-z]*bm|[./-]\d))"
    rf"|(?P<n3>{COUNT}) ?[x*]? ?{_SIZES}(?P<unit3>) ?-?(?:ft|foot|feet|footers?|'s?|s(?![a-z])|hc|hq|gp|dc|피트|フィート|ฟุต)"
    rf"|(?<!\d){_SIZES}(?P<unit4>) ?-?(?:ft|foot|feet|'|피트|フィート|ฟุต)? ?(?:hc|hq|gp|dc|dv|rf|rh)? ?(?:x|\*) ?(?P<n4>\d{{1,2}})(?![\d.,]| ?(?:kg|t(?![a-z])|톤|トン|ตัน))"
)
_KINDS = {
    "box": re.compile(rf"{BOX}$"),
    "pallet": re.compile(r"pal|pl?/?t|파|팔|빠레|パレ|พา"),
    "carton": re.compile(
        r"box|cart|ctn|c/[ts]|case|박스|상자|카|케이스|箱|ケース|カートン|กล่อง|ลัง"
    ),
    "drum": re.compile(r"drum|barrel|드럼|통|ドラム|缶|ถัง"),
    "bag": re.compile(r"bag|sack|jumbo|big|fibc|포|자루|마대|톤백|袋|ถุง|กระสอบ"),
    "roll": re.compile(r"roll|coil|reel|롤|코일|巻|ロール|ม้วน"),
    "crate": re.compile(r"crate|skid|크레이트|나무"),
    "bale": re.compile(r"bale|베일|俵|ก้อน"),
    "bundle": re.compile(r"bundle|묶음|다발|束|มัด"),
}
# what may stand between "per carton" and its weight, and between the weight and "each"
_FILLER = (
    r"(?:(?:including|incl\.?|with|inclusive of) (?:the |its |their |export )?(?:pack(?:ing|aging)|pallets?|crat(?:es?|ing))|weights?|wt\.?|gross(?:es|ing)?|g\.? ?/?w\.?t?\.?|cargo|goods|avg\.?|average|total|loaded|is|are|of|at|has|have|having|holds?|with|weigh(?:s|ed|ing|t)?|will|would|should|be|can|may|load(?:s|ed|ing)?|carr(?:y|ies)|contain(?:s|ing)?|come?s? (?:to|in at)|about|approx\.?|approximately|around|roughly|some|ca\.?|kgs?|mts?|lbs|tons?|t"
    r"|(?:포장재?|파[렛레]트|팔[렛레]트|박스|상자|목상자|용기)(?: ?무게)?(?:까지|를|을)? ?(?:포함|합쳐|합해)(?:해서|하여|한|시)?|총 ?중량|총 ?무게|중량|무게|총량|총|적입|적재|실|화물|평균|그로스|은|는|이|가|도|에|약|대략|한|정도|톤"
    r"|(?:梱包|パレット|箱|風袋|容器|木箱)(?:材)?(?:込み?|含[むめみ]?)で?|総重量|重量|重さ|グロス|平均|は|の|が|で|に|約|およそ|おおよそ|大体|だいたい"
    r"|รวม(?:บรรจุภัณฑ์|หีบห่อ|พาเลท|พาเลต|ลัง|กล่อง|กระสอบ)(?:แล้ว)?|น้ำหนัก|รวม|ประมาณ|เฉลี่ย|หนัก|ราว ?ๆ?|[:=|()\[\]~\t-]|per|/)"
)
_HEAD = (
    rf"(?:(?<![a-z])each(?: (?:of )?(?:the |them|our |these )?(?:{COUNT} )?[a-z]{{0,10}})?|(?:(?<![a-z])per-?|/|(?<![a-z])every|(?<![a-z])(?:a|one|1)(?= [a-z]+ (?:weigh|gross|is))) ?(?P<unit1>{PIECE}|{BOX}|(?<!/ )(?:20|40)|one|unit)(?:'|ft)?"
    rf"|(?<![가-힣])각각?(?: ?컨테이너)?|(?<=個)々|それぞれ|各(?P<unit2>{PIECE}|{BOX})?|(?P<unit3>{PIECE}|{BOX}|개|piece|ea) ?당|(?<![가-힣\d])(?:한|1) ?(?P<unit4>{PIECE}|{BOX}) ?(?:에|당|마다|(?=무게|중량|총))"
    rf"|(?<![\d.,])[1一] ?(?P<unit5>{PIECE}|{BOX}) ?(?:あたり|当たり|当り|につき|当|ごと|毎|の)|(?P<unit6>{PIECE}|{BOX}) ?(?:あたり|当たり|当り|毎|ごと)|(?:(?P<unit7>{PIECE}|{BOX})|ๆ) ?ละ|(?:ต่อ|แต่ละ|ทุก) ?1? ?(?P<unit8>{PIECE}|{BOX})"
    rf"|(?<![a-z])unit(?= (?:weight|g\.?/?w))|단중|単重|単位重量|@)"
)
_EACH_BEFORE = re.compile(rf"{_HEAD} ?(?:{_FILLER} ?){{0,7}}$")
_PIECE_AT_BEFORE = re.compile(
    rf"(?<![\d.,])(?P<n>{COUNT}) ?(?P<unit>{PIECE}|{BOX})(?:,? (?:at|of|weighing|with)| ?[@àx*-])(?: (?:about|approx\.?|approximately|around|roughly|some))? ?$"
)
_EACH_AFTER = re.compile(
    rf"^ ?[,(]? ?(?:(?:cargo|gross|g\.?/?w\.?|weight|total|in weight|incl[a-z.]* [a-z]+)[),]? ?){{0,3}}(?:each|apiece|a ?piece|\(each\)|(?:per|/|an?|in each|for each|in every|on each)(?: of (?:the |our |these )?(?:{COUNT} )?)? ?(?P<unit>{PIECE}|{BOX}|one|(?:20|40)(?='|ft| ?피트|フィート| ?ฟุต))(?![a-z])|씩|짜리|ずつ|ต่อ ?(?P<unit2>{PIECE}|{BOX})?|per(?![a-z]))"
)
_TIMES_BEFORE = re.compile(
    rf"(?<![\d.,])(?P<n>\d{{1,3}},\d{{3}}|\d{{1,5}}) ?(?:{PIECE}|{BOX})? ?(?:x|\*|@|à) ?$"
)
_TIMES_AFTER = re.compile(
    rf"^ ?(?:\([^()\n]{{0,12}}\) ?|/ ?(?:{PIECE}|{BOX}) ?)?(?:x|\*) ?(?P<n>\d{{1,3}},\d{{3}}|\d{{1,5}})(?![\d.,]\d|\d) ?(?P<unit>{PIECE}|{BOX})?(?! ?(?:ft|'|hc|hq|gp|피트|cm|mm|m(?![a-z])|kg))"
)
# "500kg pallets x 20", 500kgのパレット×20
_PACK_TIMES_AFTER = re.compile(
    rf"^ ?(?P<one>の ?|짜리 ?)?(?P<unit>{PIECE})(?![a-wyz]) ?(?:x|\*) ?(?P<n>\d{{1,3}},\d{{3}}|\d{{1,5}})(?![\d.,]\d|\d)(?: ?(?P<of>{PIECE}|{BOX})(?![a-z]))?(?! ?(?:ft|'|hc|hq|gp|피트|フィート|ฟุต|cm|mm|m(?![a-z])|kg|x|\*))"
)
# "พาเลท 500 กก. 20 พาเลท", "pallet 500kg, 20 pallets"
_NAMED_BEFORE = re.compile(
    rf"(?<![\d.,])(?<!\d )(?<![a-z])(?:an? |the )?(?P<unit>{PIECE}) ?[:=(]? ?$"
)
_COUNTED_AFTER = re.compile(
    rf"^\.?[ )]{{0,2}}(?P<sign>x|\*|,|、)? ?(?P<n>{COUNT}) ?(?P<unit>{PIECE})(?![a-z])(?! ?\d)"
)
_IN_KILOS = re.compile(r"(?:g|kgs|㎏|킬로|키로|キロ|กก\.?|โล)$")
# what one of a kind weighs at most, in kg: a greater weight is that of all
MOST_OF_ONE = {"pallet": 3_000, "carton": 1_500, "drum": 1_500, "bag": 2_500, "bundle": 5_000}
# "20kg bags", "25kg袋": a pack's size where they are counted
_PACK_AFTER = re.compile(rf"^ ?(?:の)?(?!{_THING}(?![a-z]))(?P<unit>{PIECE})(?![a-z])")
# "10 pallets (1 pallet 500 kg)": each where more pieces are counted, else the whole
_ONE_BEFORE = re.compile(rf"(?<![\d.,])[1一한] ?(?P<unit>{PIECE}|{BOX}) ?[:=(]? ?$")
# "기계 5대인데 한 대가 2.3톤": each where more of the same are counted right before
_SINGLE_BEFORE = re.compile(
    rf"(?:(?<![\d.,])[1一]|(?<![가-힣])한) ?(?P<unit>{PIECE}) ?(?:가|이|의)? ?(?:무게[가는]? ?)?(?:약 ?|約 ?)?$"
)
_SOME_OF = re.compile(r"중|(?:の)?うち|내 ?1|나머지|먼저|残り|のみ|만 |と|와|과|하고|\+|,? ?and ")
_PER_NEXT = re.compile(
    rf"^ ?(?:per|an?|on each|each|in each|on every|to (?:a|the|each)) (?P<unit>{PIECE}|{BOX})(?![a-z])|^/(?P<unit2>{PIECE}|{BOX})(?!당|ละ|あたり)"
)
_HELD_AFTER = re.compile(
    r"^ ?(?:あたり|当たり|当り|につき|当|ごと|毎|당(?![가-힣])|마다|에(?= ?(?:약 ?)?\d)|ละ)"
)
_HELD_BEFORE = re.compile(rf"(?:{PIECE}|{BOX})(?:당|ละ|あたり) ?$")


@dataclass(frozen=True, slots=True)
class Counted:
    """How many of what `text[start:end]` counts: `kind` is a key of the kinds of pieces, else ""."""

    number: int
    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Each:
    """That an amount is the weight of one: of which kind ("" where not said), and a count beside it.

    Not surely: it only stands beside one piece, or beside the name of pieces (`named`).
    """

    kind: str
    count: Counted | None = None
    surely: bool = True
    named: bool = False
    # "per box", "per unit": a container as well as a carton
    any_box: bool = False
    # neither the weight of one nor that of all: the customer has to say
    is_open: bool = False


def counted(text: str, first: int, last: int) -> list[Counted]:
    """The pieces that `text[first:last]` counts, in their order."""
    return [
        _counted(match)
        for match in PIECES.finditer(text, first, last)
        if not _HELD_AFTER.match(text[match.end() : match.end() + 6])
        and not _HELD_BEFORE.search(text[max(0, match.start() - 12) : match.start()])
    ]


def _counted(match: re.Match[str]) -> Counted:
    groups = match.groupdict()
    number = next(groups[name] for name in ("n", "n2", "n3", "n4") if groups[name])
    sized = groups["n3"] or groups["n4"]
    word = groups["unit"] or groups["unit2"] or ""
    return Counted(
        count_number(number), "box" if sized else kind_of(word), match.start(), match.end()
    )


def kind_of(word: str) -> str:
    """The kind of piece that `word` names; "" for a word that may count anything."""
    return next((kind for kind, pattern in _KINDS.items() if pattern.match(word)), "")


def each(text: str, start: int, end: int, begin: int) -> Each | None:
    """Whether the words about the weight `text[start:end]` say that it is that of one piece.

    `begin` is where the text before it may be read from.
    """
    before, after = text[max(begin, start - 60) : start], text[end : end + 44]
    times = _TIMES_BEFORE.search(before)
    if times:
        number = count_number(times.group("n"))
        return Each("", Counted(number, "", start - len(times.group()), start))
    times = _TIMES_AFTER.match(after)
    if pack := _PACK_TIMES_AFTER.match(after):
        return _times_packs(pack, end)
    sized = (
        times and times.group("n") in ("20", "40", "45") and not _IN_KILOS.search(text, start, end)
    )
    if times and not sized:
        number = count_number(times.group("n"))
        return Each("", Counted(number, "", end, end + len(times.group().rstrip())))
    # columns of blanks part a label from its value
    near = re.sub(r" {2,}", " ", text[max(begin, start - 90) : start])[-60:]
    told = _EACH_AFTER.match(after) or _EACH_BEFORE.search(near)
    if told:
        word = _word(told)
        return Each(kind_of(word), any_box=word in _ANY_BOX)
    piece = _PIECE_AT_BEFORE.search(before)
    if piece:
        number = count_number(piece.group("n"))
        begun = start - len(before) + piece.start()
        return Each("", Counted(number, kind_of(piece.group("unit")), begun, start))
    if one := _SINGLE_BEFORE.search(before):
        unit = one.group("unit")
        several = re.compile(rf"(?<![\d.,])(?P<n>{COUNT}) ?{re.escape(unit)}(?![a-z])")
        more = [found for found in several.finditer(before, 0, one.start())]
        more = [found for found in more if count_number(found.group("n")) > 1]
        if more and _SOME_OF.search(before, more[-1].end()):
            return None
        if more:
            number = count_number(more[-1].group("n"))
            begun = start - len(before) + more[-1].start()
            return Each("", Counted(number, kind_of(unit), begun, start))
    if one := _ONE_BEFORE.search(before):
        return Each(kind_of(one.group("unit")), surely=False)
    if packs := _named_packs(before, after, start, end):
        return packs
    pack = _PACK_AFTER.match(after)
    return Each(kind_of(pack.group("unit")), surely=False, named=True) if pack else None


def _times_packs(times: re.Match[str], end: int) -> Each:
    """`500kg pallets x 20`; open where what is counted is not what was weighed."""
    kind, of = kind_of(times["unit"]), times["of"]
    if of and kind_of(of) not in (kind, ""):
        # 20 kg bags x 20 pallets: nobody said how many bags stand on one
        return Each(kind, is_open=True)
    count = Counted(count_number(times["n"]), kind, end, end + times.end())
    return Each(kind, count, surely=bool(times["one"]), named=not times["one"])


def _named_packs(before: str, after: str, start: int, end: int) -> Each | None:
    """`pallet 500 kg, 20 pallets`; open where only a number of anything follows."""
    named, number = _NAMED_BEFORE.search(before), _COUNTED_AFTER.match(after)
    if named is None or number is None or _HELD_BEFORE.search(before):
        return None
    kind, same = kind_of(named["unit"]), named["unit"] == number["unit"]
    if kind_of(number["unit"]) != kind and not same:
        is_any = not kind_of(number["unit"]) and number["sign"] is None
        return Each(kind, named=True, is_open=True) if is_any else None
    first, last = start - len(before) + named.start(), end + number.end()
    count = Counted(count_number(number["n"]), kind, first, last)
    return Each(kind, count, surely=False, named=True)


_ANY_BOX = (
    "",
    "box",
    "unit",
    "units",
    "one",
    "ea",
    "can",
    "piece",
    "대",
    "台",
    "本",
    "개",
    "個",
    "기",
)


def _word(told: re.Match[str]) -> str:
    word = next((word for name, word in told.groupdict().items() if word and "unit" in name), "")
    return "container" if word in ("20", "40") else word


def count_for(
    text: str,
    start: int,
    end: int,
    told: Each,
    *,
    heavy: bool,
    wide: bool,
    elsewhere: int | None = None,
) -> Counted | None:
    """The count that the weight of each at `text[start:end]` is to be multiplied by.

    heavy: whether it may fill a container, as that of a carton does not. wide: whether to look
    beyond its sentence. elsewhere: how many containers another text of the mail names.
    """
    outside = Counted(elsewhere, "box", start, end) if elsewhere else None
    if told.count is not None:
        return told.count
    if told.kind == "box" and (boxes := _boxes(text) or outside):
        return boxes
    spans = [sentence(text, start, end)]
    if wide:
        spans.append((max(0, start - 500), min(len(text), end + 250)))
    around: list[Counted] = []
    if told.kind and (held := _in_boxes(text, told.kind, spans[-1])):
        return held
    for first, last in spans:
        around = [one for one in counted(text, first, last) if one.end <= start or one.start >= end]
        if found := _chosen(text, around, start, told.kind):
            return found
    if told.surely and wide and (loose := _loosely(text, spans[-1], start)):
        return loose
    if not (told.any_box and heavy):
        return None
    single = [one for one in around if one.number == 1 and one.kind in ("", "box")]
    return _boxes(text) or (single[0] if single else None) or outside


def _chosen(text: str, beside: Sequence[Counted], start: int, kind: str) -> Counted | None:
    """The nearest count of that kind, of any where no kind was named; counts of one tell nothing."""
    fitting = [one for one in beside if not kind or one.kind == kind] or [
        one for one in beside if kind != "box" and not one.kind
    ]
    several = [one for one in fitting if one.number > 1]
    if not several:
        return None
    if any(_is_in_box(text, one) for one in several) and (
        held := _in_boxes(text, kind, (several[0].start, several[-1].end))
    ):
        return held
    best = min(several, key=lambda one: abs(one.start - start))
    return _multiplied(text, best, several)


def _multiplied(text: str, best: Counted, several: Sequence[Counted]) -> Counted | None:
    """`best`, times the pallets where it counts what stands on one; None where those are not counted."""
    per = _PER_NEXT.match(text[best.end : best.end + 20])
    kind = kind_of(per.group("unit") or per.group("unit2")) if per else best.kind
    if kind == best.kind:
        return best
    held = [one for one in counted(text, 0, len(text)) if one.kind == kind and one.number > 1]
    if len({one.number for one in held}) != 1:
        return None
    first, last = min(best.start, held[0].start), max(best.end, held[0].end)
    return Counted(best.number * held[0].number, best.kind, first, last)


def _in_boxes(text: str, kind: str, span: tuple[int, int]) -> Counted | None:
    """The pieces that stand in one container, times the containers; None where one of the two is not said alone."""
    boxes = _boxes(text)
    held = [
        one
        for one in map(_counted, PIECES.finditer(text, *span))
        if one.number > 1
        and (not kind or one.kind in (kind, ""))
        and one.kind != "box"
        and _is_in_box(text, one)
    ]
    if boxes is None or len({one.number for one in held}) != 1:
        return None
    first, last = min(boxes.start, held[0].start), max(boxes.end, held[0].end)
    return Counted(held[0].number * boxes.number, held[0].kind, first, last)


def _is_in_box(text: str, one: Counted) -> bool:
    before, after = text[max(0, one.start - 30) : one.start], text[one.end : one.end + 20]
    return bool(_IN_BOX_BEFORE.search(before) or _IN_BOX_AFTER.match(after))


def _loosely(text: str, span: tuple[int, int], start: int) -> Counted | None:
    """What any English noun counts, where it is the only such number of the text so far."""
    found = list(_LOOSE.finditer(text, span[0], start))
    numbers = {count_number(one.group("n")) for one in found}
    if len(numbers) != 1 or min(numbers) < 2:
        return None
    return Counted(numbers.pop(), "", found[0].start(), found[0].end())


@lru_cache(maxsize=1)  # a packing list asks once a line
def _boxes(text: str) -> Counted | None:
    """How many containers the text asks for."""
    _, said = read_container(text)
    return Counted(said.value, "box", said.start, said.end) if said else None
