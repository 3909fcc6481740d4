"""Where the transport begins and where it ends; ports on the way and the writer's own address are neither."""

# ruff: noqa: E501 - the alternatives of a pattern read best on one line

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from freight import places
from freight.extraction.found import Found, Reading, settle
from freight.extraction.text import RETURN_LEG, sentence, speaks_of_past

# more than a mail's worth; a list of ports is no customer's wish
MAX_PLACES = 120
_FROM, _TO, _VIA = "origin", "destination", "via"


@dataclass(frozen=True, slots=True)
class Route:
    """Readings of both ends; `several` says that the text names more than one transport."""

    origin: Reading[str]
    destination: Reading[str]
    several: bool = False


@dataclass(frozen=True, slots=True)
class _Spot:
    """A place named in the text, with other names of the same place that follow it ("Busan (KRPUS)")."""

    start: int
    end: int
    locodes: tuple[str, ...]


# labels, by rank: the first origin and the final destination count, not the port where the ship is boarded
_LABELS = {
    (_FROM, 9): r"place of receipt|pick[- ]?up (?:place|address|location|point|at|from)|collection (?:address|point|from|at)|픽업(?:지|장소)|상차지|집하지|수령지|集荷(?:地|先|場所)|引取(?:地|先)|สถานที่รับ(?:สินค้า|ตู้)?|จุดรับสินค้า",
    (_FROM, 8): r"origin|(?<![a-z])pol(?![a-z])|port of (?:loading|origin|departure|shipment)|loading port|load port|departure (?:port|city|point|place)?|shipping point|ship(?:ping|ped)? from|place of loading"
    r"|출발(?:지|항|도시|역)?|선적(?:지|항)?|발송(?:지|처)|적재(?:지|항)|출항지|발지|出発(?:地|港)|積(?:出)?(?:地|港)|船積(?:地|港)|発(?:地|港|送地)|仕出(?:地|港)|出荷(?:地|元)|ต้นทาง|ท่า(?:เรือ)?(?:ต้นทาง|โหลด)|เมืองต้นทาง|จุดเริ่มต้น",
    (_TO, 9): r"final (?:destination|delivery|place|stop)|last stop|end point|place of (?:final )?delivery|delivery (?:place|address|location|point|to)|ultimate destination|최종 ?(?:목적지|도착지|배송지|납품지|인도지|착지)|배송(?:지|처)|납품(?:지|처)|인도(?:지|장소)|하차지|最終(?:仕向地|目的地|配送先|納品先|到着地)|納(?:品|入)(?:先|地)|配送先|届け先|สถานที่ส่ง(?:มอบ|สินค้า)?|ปลายทางสุดท้าย|จุดส่งสินค้า",
    (_TO, 8): r"destination|(?<![a-z])pod(?![a-z])|port of (?:discharge|destination|arrival|unloading)|discharge port|discharging port|arrival (?:port|city|point|place)?|unloading port|place of discharge"
    r"|도착(?:지|항|도시|역)?|목적(?:지|항)|양하(?:지|항)|양륙(?:지|항)|착지|입항지|목적|到着(?:地|港)|揚(?:地|港|げ地)|陸揚(?:げ)?(?:地|港)|荷揚(?:げ)?(?:地|港)|仕向(?:け)?(?:地|港)|目的(?:地|港)|着(?:地|港)|ปลายทาง|ท่า(?:เรือ)?ปลายทาง|เมืองปลายทาง|จุดหมาย(?:ปลายทาง)?",
    (_FROM, 7): r"from|출발", (_TO, 7): r"to|도착",
    (_VIA, 8): r"via|transhipment(?: port)?|transshipment(?: port)?|t/s(?: port)?|경유(?:지|항)?|환적(?:지|항)?|経由(?:地|港)?|積替(?:え)?(?:地|港)|ผ่าน|ท่าเรือถ่ายลำ",
}  # fmt: skip
_LABEL_END = r"(?: ?[(\[][^)\]\n]{0,24}[)\]])? ?(?:(?:city|port|도시|항구|명|希望|は|은|는)? ?(?:[:=|\t]| ?- |\n(?=[^\n:]{0,30}$))|은|는|は|(?:is|are|will be)(?: now)?(?= ))[ \t]*(?:the |port of |our |my |their |항구 |주식회사 |[가-힣]{2,7} |(?:warehouse|factory|plant|customer|store|dc|depot|site) (?:in|at|near) ){0,3}[\"'(\[]?$"
_LABEL = [
    (role, rank, re.compile(rf"(?<![a-z가-힣])(?:{words}){_LABEL_END}"))
    for (role, rank), words in _LABELS.items()
]

_LABEL += [
    (_FROM, 8, re.compile(r"(?<![a-z])pol[ :\-]{1,3}(?:port of )?$")),
    (_TO, 8, re.compile(r"(?<![a-z])pod[ :\-]{1,3}(?:port of )?$")),
]

# labels that need no colon: each can only stand before its place, or after one ("부산 출발지")
_PLAIN_LABELS = {
    (_FROM, 9): r"place of receipt|상차지|집하지|픽업지",
    (_FROM, 8): r"port of (?:loading|origin|departure|shipment)|load(?:ing)? port|departure port|place of loading|출발[지항]|선적[지항]|출항지|발송지"
    r"|出発[地港]|積出?[地港]|船積[地港]|発[地港]|仕出[地港]|ท่า(?:เรือ)?ต้นทาง|เมืองต้นทาง",
    (_VIA, 8): r"trans?s?hipment port|경유[지항]|환적[지항]|経由[地港]|積替え?[地港]",
    (_TO, 9): r"final destination|place of (?:final )?delivery|최종 ?(?:목적지|도착지)|최종지|하차지|납품[지처]|배송[지처]|最終(?:仕向地|目的地)|納[品入][先地]",
    (_TO, 8): r"port of (?:discharge|destination|arrival|unloading)|discharg(?:e|ing) port|arrival port|destination port|place of discharge|도착[지항]|목적[지항]|양하[지항]|양륙[지항]|입항지"
    r"|到着[地港]|揚げ?[地港]|陸揚げ?[地港]|荷揚げ?[地港]|仕向け?[地港]|目的[地港]|着[地港]|ท่า(?:เรือ)?ปลายทาง|เมืองปลายทาง",
}  # fmt: skip
_REGION = (
    r"(?:대?한국|중국|일본|미국|독일|태국|베트남|인도네시아|인도|영국|대만|호주|캐나다|멕시코|프랑스|네덜란드|벨기에|스페인|이탈리아|폴란드|말레이시아|필리핀"
    r"|경기도?|경남|경북|전남|전북|충남|충북|강원도?|경상[남북]도|전라[남북]도|충청[남북]도|韓国|中国|日本|ドイツ|アメリカ|タイ|ベトナム|オランダ)"
)
_PLAIN_LABEL = [
    (
        role,
        rank,
        re.compile(
            rf"(?<![a-z가-힣])(?:{words})[ \t]{{1,8}}(?:port of )?(?:{_REGION} ?){{0,2}}[\"'(\[]?$"
        ),
    )
    for (role, rank), words in _PLAIN_LABELS.items()
]
_DAY = r"(?: (?:\d{1,2}[/.]\d{1,2}|\d{1,2}[월月] ?\d{1,2}[일日]))?"
# "출발 부산 도착 상하이": words that also follow their place, so both must stand before
_BEFORE_PAIR = [
    (_FROM, _TO, re.compile(r"(?<![a-z가-힣])(?:출발|출항|선적|出発|出港|from|departure)[ :]{1,3}$"),
     re.compile(rf"^(?:항|港| port)?{_DAY}[ ,/·、|\n-]{{1,5}}(?:도착|입항|양하|到着|着|to|arrival)[ :]{{1,3}}$")),
    (_TO, _FROM, re.compile(r"(?<![a-z가-힣])(?:도착|입항|양하|到着|arrival)[ :]{1,3}$"),
     re.compile(rf"^(?:항|港| port)?{_DAY}[ ,/·、|\n-]{{1,5}}(?:출발|출항|선적|出発|出港|departure)[ :]{{1,3}}$")),
]  # fmt: skip
_ROLE_AFTER = re.compile(
    rf"^(?:항|港)?{_DAY} ?(?:출발|도착|출항|입항|선적|양하|出発|到着|出港|入港)"
)

_GOODS = r"(?:factory|plant|warehouse|port|terminal|facility|site|works|mill|depot|dc|hub|office|supplier|suppliers|customer|customers|consignee|buyer|client|branch|distribution cent(?:er|re)|fulfil+ment cent(?:er|re)|yard|city|door|vendor|address|premises|store)"
_LEAD = rf"(?:(?:the|our|my|their|your|a|an|main|new|central|inland|port of|{_GOODS}(?: ?(?:in|at|near|of|,))?|south|north|korea,?|japan,?|china,?|thailand,?|germany,?|the us,?|usa,?|vietnam,?|in|at|near|around|greater|'s)[ ]+){{0,6}}"
_EN_FROM = re.compile(
    rf"(?:(?<![a-z])(?:from|etd|ex|ex-?works|exw|fob|fca|fas|out of|leaving|depart(?:ing|s|ure)?(?: from)?|sail(?:ing|s)? from|origin(?:ating|ates?)?(?: (?:in|from|is))?|load(?:ing|ed)? (?:in|at|from)"
    r"|pick(?:ed)?[- ]?up (?:in|at|from)|collect(?:ion|ed)? (?:in|at|from)|located (?:in|at)|goods (?:are )?(?:in|at)|cargo (?:is )?(?:ready )?(?:in|at)|ready (?:in|at)|stuffing (?:in|at))"
    rf"[ :]+){_LEAD}[(\[\"']?$"
)
_EN_TO = re.compile(
    rf"(?:(?<![a-z])(?:to|into|bound for|destined (?:for|to)|heading (?:for|to)|for delivery (?:in|to|at)|deliver(?:y|ed|ing|ies)? (?:in|to|at)|eta|arriv(?:e|es|al|ing)(?: (?:in|at|to))?|reach(?:es|ing)?|cif|cfr|cnf|c&f|dap|ddp|dpu|cpt|cip|dat"
    rf"|(?:it|them|goods|cargo|must be|needed|be|required) (?:in|at)|discharg\w+ (?:in|at)|destination(?: is)?|consignee in|customers? in|unload\w* (?:in|at))[ :]+){_LEAD}[(\[\"']?$"
)
_COUNTRY = r"(?:south korea|korea|china|japan|thailand|vietnam|germany|usa|us|uk|india|taiwan|port|airport|area|s\.? ?korea|rok|[a-z]{2})"
_EN_FROM_AFTER = re.compile(
    rf"^(?:[ ,]{{1,2}}{_COUNTRY}\.?)?[ ,]{{1,2}}to (?!be |confirm|check|ask|discuss|you(?:r)? |us |me |him |get |see |make |arrange|proceed)"
)
_EN_FOR = re.compile(
    r"(?<![a-z])(?:quote|quotation|rates?|price|pricing|freight|costs?|shipment|cargo|container)(?: please)?,? for (?:the )?$"
)
_EN_VIA = re.compile(
    r"(?<![a-z])(?:via|through|by way of|tranship\w*|transship\w*|t/s|calling at|stop(?:ping)? (?:at|in)|change vessel)(?: (?:at|in|port|the|port of|is))*[ :]+$"
)
_KO_NOUN = r"(?:신항|북항|항구|항|시|광역시|역|공항|국제공항|터미널|컨테이너|부두|공장|창고|물류 ?센터|센터|지점|지사|본사|사업장|현장|야드|cy|icd|cfs|세관|공단|산업단지|고객사?|거래처|바이어|보세구역|내|쪽|시내|근처|인근|에 ?있는|의|소재|당사|저희|제\d|제?[12]|door|도어|보세창고|물류창고)"
_KO_FROM = re.compile(
    rf"^(?:[ ,(]{{0,2}}{_KO_NOUN}){{0,4}}[)]?(?: ?\([^)\n]{{1,25}}\))?(?:{_DAY}(?= ?(?:출발|출항|선적|출고|도착|입항|양하)))? ?(?:에서|서(?= )|부터|발(?![가-힣]{{0,1}}송)|출발|출항|선적(?!지|항)|상차|픽업|출고|에 (?:있(?!는 )|보관|준비)|산(?= )|집하|fob|exw|fca)"
)
_KO_TO = re.compile(
    rf"^(?:[ ,(]{{0,2}}{_KO_NOUN}){{0,4}}[)]?(?: ?\([^)\n]{{1,25}}\))?(?:{_DAY}(?= ?(?:출발|출항|선적|출고|도착|입항|양하)))? ?(?:까지|으로|로(?!부터)|행(?![가-힣]사)|향(?!후)|착(?!공)|도착|입항|향발|양하|하역|인도|배송|납품|하차|에 ?(?:도착|입항|배송|납품|인도|들어|내려|보내)|door까지|cif|cfr|dap|ddp)"
)
_KO_VIA = re.compile(
    rf"^(?:{_KO_NOUN}){{0,2}}(?:을|를)? ?(?:(?:경유|환적)(?![지항][ :])|거쳐|거치|들러|에서 ?(?:환적|경유|갈아|t/s))"
)
_JA_NOUN = r"(?:港|市|都|府|県|駅|空港|新港|コンテナ|ターミナル|の?工場|の?倉庫|の?物流センター|の?センター|の?支店|の?本社|の?お?客先|の?顧客|の?取引先|の?弊社|cy|にある|向け先|の)"
_JA_FROM = re.compile(
    rf"^{_JA_NOUN}{{0,4}}(?: ?\([^)\n]{{1,25}}\))? ?(?:から|より|発(?!送)|出港|出発|積(?!替)|で(?:積|集荷|引取)|渡し|を出)"
)
_JA_TO = re.compile(
    rf"^{_JA_NOUN}{{0,4}}(?: ?\([^)\n]{{1,25}}\))? ?(?:まで|行き?|向け|宛|着(?!荷主)|へ|に(?:到着|納品|配送|届|着)|入港|到着|揚|納め|まで)"
)
_JA_VIA = re.compile(rf"^{_JA_NOUN}{{0,2}} ?(?:経由|を経由|で積(?:み)?替|トランシップ)")
_TH_LEAD = r"(?:ท่าเรือ|ท่า|เมือง|จังหวัด|โรงงาน(?:ของเรา|ที่|ใน)?|คลังสินค้า(?:ที่|ใน)?|โกดัง(?:ที่|ใน)?|สนามบิน|ประเทศ\S{2,12}|ของเรา|ที่|ใน|นิคม\S{0,12}|กรุง| )"
_TH_FROM = re.compile(
    rf"(?:จาก|ออกจาก|ต้นทาง(?:คือ|ที่)?|รับ(?:สินค้า|ตู้|ของ)(?:ที่|จาก)|โหลด(?:ที่|จาก)|บรรจุที่|ขึ้นเรือที่|fob|exw|ex){_TH_LEAD}{{0,5}}[:(]?$"
)
_TH_TO = re.compile(
    rf"(?:ไปยัง|ไปที่|ไปส่งที่|ไปถึง|ไป|ส่งถึง|ถึง|สู่|ปลายทาง(?:คือ|ที่)?|มายัง|มาที่|มาถึง|มา|ยัง|ส่งที่|ส่งมอบที่|cif|dap|ddp|cfr){_TH_LEAD}{{0,5}}[:(]?$"
)
_TH_VIA = re.compile(rf"(?:ผ่าน|แวะ|ถ่ายลำที่|เปลี่ยนเรือที่|เปลี่ยนถ่ายที่|ทรานชิปที่){_TH_LEAD}{{0,3}}$")
_ARROW = re.compile(
    r"^[ \t]*(?:항|港|port)?[ \t]*(?:\([^)\n]{1,20}\))?[ \t]*(?:,? ?(?:s\.? ?|south )?(?:korea|china|japan|thailand|usa|us|germany|uk|vietnam))?[ \t]*(?P<sign>-{1,3}>|={1,2}>|>{1,2}|~|-{1,2}|/|に?から|to|에서)[ \t]*(?:the |port of )?$"
)
_BARE_PAIR = re.compile(r"^[ \t]*(?:항|港)?[ \t]{1,3}$")
_OR = re.compile(
    r"^[ \t]*(?:항|港|port)?[ \t]*(?:,? ?or|또는|혹은|이나|나|아니면|または|もしくは|か|หรือ|/)[ \t]*(?:the |port of )?$"
)
_DENIED_AFTER = re.compile(
    r"^(?:항|港)?(?:이|가|은|는)? ?(?:(?:에서|으로|로|까지)[^\n,.]{0,8}(?:게|것이|건|거) ?)?(?:아니|말고|아닌|대신|ではなく|じゃなく|ไม่ใช่)"
)
_DENIED_BEFORE = re.compile(
    r"(?:(?<![a-z])not|instead of|rather than|ไม่ใช่)(?: (?:from|to|via))? ?$"
)
# "hello from our Seoul office": where the writer sits
_WRITER = re.compile(r"^ (?:office|branch|team|hq|headquarters|sales)(?![a-z])")
_SEVERAL = re.compile(
    r"(?:two|three|four|several|separate|different|multiple|2|3|4) (?:separate |different )?(?:shipments|lanes|routes|quotes|quotations|consignments)|shipment (?:#|no\.? ?)?[12a-c](?![a-z\d])|lane (?:#|no\.? ?)?[12a-c](?![a-z\d])"
    r"|(?:두|세|네|2|3|4) ?(?:건|개 ?(?:구간|노선|선적))(?:의|을|에|입|,| )|건별|각 구간|구간별|[23]件の|(?:2|3|สอง|สาม) ?(?:เส้นทาง|ชิปเมนต์|รายการขนส่ง)"
)


def read_route(text: str, cased: str) -> Route:
    """Both ends of the transport that prepared `text` asks for; `cased` is the same text before folding, which
    the gazetteer needs to tell LA from la."""
    spots = _spots(text, cased)
    roles = [*_labelled(text, spots), *_plainly_labelled(text, spots), *_before_pairs(text, spots)]
    labelled = {found.start for role, found in roles if found.rank >= 7}
    roles += [
        (role, found)
        for role, found in _phrased(text, spots)
        if role == _VIA or found.start not in labelled
    ]
    roles += _arrows(text, spots, {found.start: role for role, found in roles})
    denied = {spot.start for spot in spots if _is_denied(text, spot)} | {
        found.start for role, found in roles if role == _VIA
    }
    roles = [(role, found) for role, found in roles if found.start not in denied and role != _VIA]
    back = RETURN_LEG.search(text)
    if back:
        roles = [(role, found) for role, found in roles if found.start < back.start()] or roles
    origins = [found for role, found in roles if role == _FROM]
    destinations = [found for role, found in roles if role == _TO]
    several = _names_several(text, origins, destinations)
    return Route(
        _settled(text, spots, origins, last=False, several=several),
        _settled(text, spots, destinations, last=True, several=several),
        several,
    )


def _spots(text: str, cased: str) -> list[_Spot]:
    """Places of the text; one that repeats the place before it ("Busan (KRPUS)", "LA, Los Angeles") joins it."""
    spots: list[_Spot] = []
    for match in places.find(cased)[:MAX_PLACES]:
        previous = spots[-1] if spots else None
        if previous and re.fullmatch(r"[ ,/(]{1,3}", text[previous.end : match.start]):
            common = tuple(code for code in previous.locodes if code in match.locodes)
            if common:
                closing = (
                    1
                    if text[match.end : match.end + 1] == ")"
                    and "(" in text[previous.end : match.start]
                    else 0
                )
                spots[-1] = _Spot(previous.start, match.end + closing, common)
                continue
        spots.append(_Spot(match.start, match.end, match.locodes))
    return spots


def _labelled(text: str, spots: Sequence[_Spot]) -> Iterator[tuple[str, Found[tuple[str, ...]]]]:
    for spot in spots:
        before = text[max(0, spot.start - 70) : spot.start]
        best: tuple[int, int, str] | None = None  # where the label ends, its rank, its role
        for role, rank, pattern in _LABEL:
            for match in pattern.finditer(before):
                if rank == 7 and not re.search(r"[:=|\t]", match.group()):
                    continue
                if best is None or (match.end(), rank) > best[:2]:
                    best = (match.end(), rank, role)
        if best is not None:
            yield best[2], Found(spot.locodes, spot.start, spot.end, best[1])


def _plainly_labelled(
    text: str, spots: Sequence[_Spot]
) -> Iterator[tuple[str, Found[tuple[str, ...]]]]:
    """Places after a label without a colon, unless the label belongs to the unlabelled place before it."""
    labelled_end = -1
    for number, spot in enumerate(spots):
        floor = max(0, spot.start - 40)
        for role, rank, pattern in _PLAIN_LABEL:
            label = pattern.search(text[floor : spot.start])
            if label is None:
                continue
            previous = spots[number - 1] if number else None
            gap = text[previous.end : floor + label.start()] if previous else "\n"
            if previous is None or previous.end == labelled_end or not _SAME_BREATH.match(gap):
                yield role, Found(spot.locodes, spot.start, spot.end, rank)
                labelled_end = spot.end
            break


_SAME_BREATH = re.compile(r"^(?:항|港|市)?[ \t]{0,3}$")


def _before_pairs(
    text: str, spots: Sequence[_Spot]
) -> Iterator[tuple[str, Found[tuple[str, ...]]]]:
    for left, right in pairwise(spots):
        before, between = text[max(0, left.start - 14) : left.start], text[left.end : right.start]
        if _ROLE_AFTER.match(text[right.end : right.end + 20]):
            continue
        for first, second, opening, middle in _BEFORE_PAIR:
            if opening.search(before) and middle.match(between):
                yield first, Found(left.locodes, left.start, left.end, 8)
                yield second, Found(right.locodes, right.start, right.end, 8)


def _phrased(text: str, spots: Sequence[_Spot]) -> Iterator[tuple[str, Found[tuple[str, ...]]]]:
    for number, spot in enumerate(spots):
        if _is_past(text, spot) or _WRITER.match(text[spot.end : spot.end + 16]):
            continue
        first, _ = sentence(text, spot.start, spot.end)
        floor = max(first, spots[number - 1].end if number else 0, spot.start - 90)
        before = text[floor : spot.start]
        roof = spots[number + 1].start if number + 1 < len(spots) else len(text)
        after = text[spot.end : min(roof, spot.end + 45)]
        role = _role(before, after)
        if role:
            yield role, Found(spot.locodes, spot.start, spot.end, 5)
        elif _EN_FROM_AFTER.match(text[spot.end : spot.end + 40]):
            yield _FROM, Found(spot.locodes, spot.start, spot.end, 4)
        elif _EN_FOR.search(before):
            yield _TO, Found(spot.locodes, spot.start, spot.end, 2)


def _role(before: str, after: str) -> str | None:
    for pattern in (_KO_VIA, _JA_VIA):
        if pattern.match(after):
            return _VIA
    for role, pattern in ((_FROM, _KO_FROM), (_TO, _KO_TO), (_FROM, _JA_FROM), (_TO, _JA_TO)):
        if pattern.match(after):
            return role
    for role, pattern in (
        (_VIA, _EN_VIA), (_VIA, _TH_VIA), (_FROM, _EN_FROM), (_TO, _EN_TO), (_FROM, _TH_FROM), (_TO, _TH_TO),
    ):  # fmt: skip
        if pattern.search(before):
            return role
    return None


def _arrows(
    text: str, spots: Sequence[_Spot], known: dict[int, str]
) -> list[tuple[str, Found[tuple[str, ...]]]]:
    """Chains like Busan > Singapore > Hamburg or `Busan-LA`, and a bare pair `부산 LA 40HC`."""
    roles: list[tuple[str, Found[tuple[str, ...]]]] = []
    chain: list[_Spot] = []
    rank = 0
    for spot in [*spots, None]:
        link = (
            _link(text, chain[-1], spot) if chain and spot and not _is_past(text, chain[-1]) else 0
        )
        if link and spot:
            chain.append(spot)
            rank = min(rank, link) if rank else link
            continue
        if len(chain) > 1 and not (rank < 4 and any(item.start in known for item in chain)):
            roles.append((_FROM, Found(chain[0].locodes, chain[0].start, chain[0].end, rank)))
            roles.append((_TO, Found(chain[-1].locodes, chain[-1].start, chain[-1].end, rank)))
            roles += [
                (_VIA, Found(item.locodes, item.start, item.end, rank)) for item in chain[1:-1]
            ]
        chain, rank = ([spot] if spot else []), 0
    return roles


def _link(text: str, left: _Spot, right: _Spot) -> int:
    """How surely `left` and `right` are two ends of a way: 4 an arrow, 2 a hyphen, 1 a blank, 0 not."""
    between = text[left.end : right.start]
    arrow = _ARROW.match(between)
    if arrow:
        sign = arrow.group("sign")
        return 4 if ">" in sign or sign in ("to", "에서") else 3 if sign in ("~", "--", "-") else 1
    return 1 if _BARE_PAIR.match(between) else 0


def _is_past(text: str, spot: _Spot) -> bool:
    first, _ = sentence(text, spot.start, spot.end)
    return speaks_of_past(text, first, spot.start)


def _is_denied(text: str, spot: _Spot) -> bool:
    return bool(
        _DENIED_AFTER.match(text[spot.end : spot.end + 12])
        or _DENIED_BEFORE.search(text[max(0, spot.start - 20) : spot.start])
    )


def _names_several(
    text: str,
    origins: Sequence[Found[tuple[str, ...]]],
    destinations: Sequence[Found[tuple[str, ...]]],
) -> bool:
    """Whether two different ways are priced: the text says so, or has two full pairs one after the other."""
    if _SEVERAL.search(text) and (
        len({f.value for f in origins}) > 1 or len({f.value for f in destinations}) > 1
    ):
        return True
    marks = sorted(
        [(f.start, "o", f.value) for f in origins if f.rank >= 3]
        + [(f.start, "d", f.value) for f in destinations if f.rank >= 3]
    )
    pairs: list[tuple[tuple[str, ...], tuple[str, ...]]] = []
    for (_, kind, value), (_, next_kind, next_value) in pairwise(marks):
        if (kind, next_kind) == ("o", "d"):
            pairs.append((value, next_value))
    starts, ends = {pair[0] for pair in pairs}, {pair[1] for pair in pairs}
    listed = (
        re.search(
            r"(?:^|\n) ?(?:1\)|1\.|①|a\)|\(1\)|[-*•]) ?[^\n]*\n+ ?(?:2\)|2\.|②|b\)|\(2\)|[-*•])",
            text,
        )
        is not None
    )
    # a leg by truck before the ship ends where the ship's leg begins
    chained = any(a[1] == b[0] for a, b in pairwise(pairs))
    return (
        len(set(pairs)) > 1
        and not chained
        and ((len(starts) > 1 and len(ends) > 1) or (listed and len(ends) > 1))
    )


def _settled(
    text: str,
    spots: Sequence[_Spot],
    candidates: Sequence[Found[tuple[str, ...]]],
    *,
    last: bool,
    several: bool,
) -> Reading[str]:
    if several or not candidates:
        return Reading(warning="several_shipments" if several else "")
    rank = max(candidate.rank for candidate in candidates)
    best = sorted((c for c in candidates if c.rank == rank), key=lambda c: c.start)
    chosen = best[-1] if last else best[0]
    if _has_alternative(text, spots, chosen):
        return Reading(warning="place_alternatives")
    if rank >= 8:
        reading = settle(best, warning="place_ambiguous")
        if reading.found is None:
            return Reading(warning=reading.warning)
    if len(chosen.value) > 1:
        return Reading(warning="place_ambiguous")
    return Reading(Found(chosen.value[0], chosen.start, chosen.end, rank))


def _has_alternative(text: str, spots: Sequence[_Spot], chosen: Found[tuple[str, ...]]) -> bool:
    """Whether another place is offered beside it: `부산 또는 인천`, `Hamburg or Rotterdam`."""
    for left, right in pairwise(spots):
        if chosen.start in (left.start, right.start) and left.locodes != right.locodes:
            between = text[left.end : right.start]
            if _OR.match(between) and "/" not in between:
                return True
    return False
