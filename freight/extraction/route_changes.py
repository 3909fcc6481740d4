"""What a letter says about its places beyond naming them: changed ones, open choices, legs that the customer sees to."""

# ruff: noqa: E501 - the alternatives of a pattern read best on one line

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from freight.extraction.route_labels import FROM, TO, VIA, Role, Spot
from freight.extraction.text import sentence

_CHANGES = r"(?:변경|바꿔|바꾸|바뀌|바뀐|정정|수정|옮기|変更|変わ|修正|訂正|差し?替|เปลี่ยน|แก้)"
_OLD_KO = re.compile(
    r"^(?:항|시)? ?(?:\([^)\n]{1,16}\))?(?:에서|이 아니라|가 아니라|이 아니고|가 아니고|이 아닌|가 아닌|은 취소하고|는 취소하고) ?$"
)
_NEW_KO = re.compile(rf"^(?:항|시)? ?(?:\([^)\n]{{1,16}}\))?(?:으?로) ?[^\n.]{{0,10}}?{_CHANGES}")
_OLD_JA = re.compile(r"^(?:港|市)? ?(?:から|より|ではなく|でなく|じゃなくて?|を) ?、?$")
_NEW_JA = re.compile(rf"^(?:港|市)? ?(?:へ|に)[^\n。]{{0,8}}?{_CHANGES}")
_OLD_TH = re.compile(rf"{_CHANGES}[^\n]{{0,12}}?จาก(?:ท่าเรือ|เมือง| )?$")
_MIDDLE_TH = re.compile(r"^ ?(?:มา)?(?:เป็น|ไป(?:เป็น)?) ?(?:ท่าเรือ|เมือง)?$")
_OLD_EN = re.compile(
    r"(?:chang\w*|switch\w*|amend\w*|revis\w*|correct\w*)[^\n.]{0,30}?from (?:the )?(?:port of )?$"
)
_MIDDLE_EN = re.compile(r"^(?: port)?,? (?:in)?to (?:the )?(?:port of )?$")
# "Busan -> no, Incheon", "마산 → 아닙니다, 부산으로 정정", "Rotterdam, sorry, Antwerp"
_TAKEN_BACK = re.compile(
    r"^(?:항|港)?[ \t]{0,2}(?:->|>|,|\.|…|-|=>)?[ \t]{0,2}(?:아닙니다|아니고|아니요?(?!면)|아니,|앗|죄송|sorry|no,|no wait|i mean|correction|rather(?! than)|いや|失礼|すみません|訂正|ขอโทษ)[^\n]{0,12}$"
)
_NAMES_TO = re.compile(
    r"목적지|도착|행선|양하|하역|최종|보내|destination|deliver|discharge|(?<![a-z])pod(?![a-z])|consignee|仕向|目的地|行き先|揚|到着|納品|向け|ปลายทาง|ไป|ส่ง"
)
_NAMES_FROM = re.compile(
    r"출발|선적|출항|픽업|상차|origin|loading|(?<![a-z])pol(?![a-z])|pick ?up|departure|積|出発|出港|発地|ต้นทาง|ออกจาก|ท่าโหลด"
)


@dataclass(frozen=True, slots=True)
class Changes:
    """Roles of places that replace others, where those stand (`denied`), and pairs that are no way."""

    roles: tuple[Role, ...]
    denied: frozenset[int]
    pairs: set[tuple[int, int]]
    muted: frozenset[int]


def read_changes(text: str, spots: Sequence[Spot]) -> Changes:
    """Places that prepared `text` gives up for others: "목적지를 LA에서 롱비치로 변경"."""
    roles: list[Role] = []
    denied: set[int] = set()
    pairs: set[tuple[int, int]] = set()
    muted: set[int] = set()
    for old, new in pairwise(spots):
        replaced = _replaces(text, old, new)
        if not replaced:
            continue
        denied.add(old.start)
        pairs.add((old.start, new.start))
        name = _end_named(text, old)
        if name:
            roles.append(Role(name, new, 10))
        elif replaced == "changed":
            muted.add(new.start)  # the particles are those of the change
    denied |= _off_the_list(text, spots)
    kept = {role.spot.start for role in roles}
    return Changes(tuple(roles), frozenset(denied - kept), pairs, frozenset(muted))


# a line of a list of lanes that wants no price, beside one that does
_SETTLED = re.compile(
    r"불필요|필요 ?없|이미 ?(?:진행|확정|완료)|진행 ?(?:확정|완료)|확정(?:됨| ?건)|(?:don't|do not|no need to|please don't) (?:quote|price)|not needed|(?<![a-z])(?:dead|dropped|cancelled|canceled|on hold|already (?:booked|covered|fixed|quoted)|skip)(?![a-z])|contract till"
    r"|不要|見積(?:り)?済|手配済|キャンセル|中止|ไม่ต้อง(?:เสนอ|ทำ|เช็ค)?|ยกเลิก(?:แล้ว)?|จบแล้ว|จองแล้ว"
)
_LANE_LINE = re.compile(
    r"[ \t]{0,4}(?:[-*•·]|\(?\d{1,2}[.)]|[①-⑨]|#\d)|[^\n/|>-]{2,24} ?(?:/|\||->|>| - )"
)


def _off_the_list(text: str, spots: Sequence[Spot]) -> set[int]:
    """Places on those lines of a list that say that their lane is settled; none where all lines say so."""
    lines: dict[int, list[Spot]] = {}
    for spot in spots:
        lines.setdefault(text.rfind("\n", 0, spot.start) + 1, []).append(spot)
    listed = {start: own for start, own in lines.items() if _LANE_LINE.match(text, start)}
    settled = {start for start in listed if _SETTLED.search(text, start, _line_end(text, start))}
    if not settled or len(settled) == len(listed):
        return set()
    gone = {spot.locodes for start in settled for spot in listed[start]}
    gone -= {spot.locodes for start in set(listed) - settled for spot in listed[start]}
    return {spot.start for spot in spots if spot.locodes in gone} | {
        spot.start for start in settled for spot in listed[start]
    }


def _line_end(text: str, start: int) -> int:
    end = text.find("\n", start)
    return end if end >= 0 else len(text)


def _replaces(text: str, old: Spot, new: Spot) -> str:
    """How `new` replaces `old`: "changed", "denied", or "" where it doesn't."""
    between = text[old.end : new.start]
    if len(between) > 40:
        return ""
    before, after = text[max(0, old.start - 60) : old.start], text[new.end : new.end + 30]
    changed = (
        (_OLD_KO.match(between) and _NEW_KO.match(after))
        or (_OLD_JA.match(between) and _NEW_JA.match(after))
        or (_OLD_TH.search(before) and _MIDDLE_TH.match(between))
        or (_OLD_EN.search(before) and _MIDDLE_EN.match(between))
    )
    if changed:
        return "changed"
    denied = (
        (_OLD_KO.match(between) and re.search("아[니닌]|취소", between))
        or (_OLD_JA.match(between) and "なく" in between)
        or _TAKEN_BACK.match(between)
    )
    return "denied" if denied else ""


def _end_named(text: str, old: Spot) -> str | None:
    """The end that the sentence up to `old` names last."""
    first, _ = sentence(text, old.start, old.start)
    words = text[max(first, old.start - 60) : old.start]
    named = [
        (match.end(), name)
        for name, pattern in ((FROM, _NAMES_FROM), (TO, _NAMES_TO))
        for match in pattern.finditer(words)
    ]
    return max(named)[1] if named else None


# two places of which the customer has chosen none
_OR = re.compile(
    r"^[ \t]*[(\[]?(?:항|港|port)?[ \t]*(?:\([^)\n]{1,14}\))?[ \t]*(?:(?:으?로|에서|까지|행|から|まで|へ|に|向け)?[ ,]{0,2}(?:할지|갈지|보낼지|나갈지|할까|일지|인지|이든|든지?|이냐|냐|거나|아니면|또는|혹은|이나|나(?= |$)|or either|or|または|もしくは|或いは|あるいは|それとも|か(?:、|,| )?|หรือ(?:ว่า|ไม่ก็)?)|\?)[ \t,]*(?:from |to |in |ex |via )?(?:the |port of |ไป|จาก|ที่|ท่าเรือ)?$"
)
_EITHER = re.compile(
    r"^(?:항|港)?,?(?:으?로|에서|이나|나|이든|든)? ?(?:둘 ?다|둘 ?중|두 ?곳|두 ?군데|양쪽|상관 ?없|아무 ?(?:데|곳)|어디든|무관|중(?:에서?)? ?(?:한|하나|저렴|싼|어디|택|아직|고민|저울|상관)|いずれか|どちら(?:か|でも)|の?両方|のどちら|อย่างใดอย่างหนึ่ง|ก็ได้|ที่ไหนก็ได้| whichever| either)"
)
_SIDE_BY_SIDE = re.compile(
    r"^(?:항|港)?[ ,/·、&]{1,3}(?:and )?$|^(?:이나|나|하고|와|과|と|や|และ| and ) ?$"
)
# plans side by side: "          案A     案B"
_COLUMN = re.compile(r"^(?:항|港)?[ \t]{2,}$")
_COLUMNS = re.compile(
    r"(?:^|\n)[ \t|]*(?:案|안|option|plan|case|แผน|ทางเลือก|プラン) ?(?:[a1①]|1안)[ \t|]+(?:案|안|option|plan|case|แผน|ทางเลือก|プラン) ?[b2②]|(?:^|\n)[ \t|]*[a1]안[ \t|]+[b2]안"
)
_AND = re.compile(
    r"^(?:항|港| port)? ?(?:출발|도착|선적|발|행|에서|까지|から|まで|向け|発|着)?(?:와|과|하고|랑|이랑|,? ?및|と|や|、|และ|,? and | & ) ?(?:to |from |ไป|จาก)?(?:the |port of )?$"
)
_SLASH = re.compile(r"^(?:항|港| port)?[ ]?(?:/|·|\+|, or)[ ]?(?:port of )?$")
_COMMA = re.compile(r"^(?:항|港| port)?[ ]?[,、][ ]?$")
_EACH = re.compile(
    r"^(?:항|港)?(?:까지|으?로|행|에서|まで|向け|から)?(?: ?,? ?(?:and|및|と|และ) [^\n.]{2,20}| (?:각각|별로|each|respectively|separately)|それぞれ|別々|แต่ละ)"
)
_BETWEEN = re.compile(r"(?<![a-z])between (?:the )?(?:ports? of )?$")
_BETWEEN_AFTER = re.compile(r"^(?:항|港)? ?(?:간(?![가-힣])|사이|구간|間)")
_OPEN_ALONE = re.compile(
    r"^(?:항|港)?(?: ?\([^)\n]{1,14}\))?(?:으?로|에서|까지)? ?(?:할지|갈지|보낼지|나갈지|일지|인지 ?(?:아직|모|미정))|^(?:항|港)?[ ]?(?:또는|혹은|아니면) ?[가-힣]|^(?: port)? or (?!(?:by|before|after|on|not|so|later|earlier|any|if|whatever|more|less|a|the [a-z]+ of|lcl|fcl|\d)(?![a-z]))(?:the )?[a-z]{4,}|^(?:港)?(?:か|または|もしくは)[ァ-ヺ一-龥]{2,}|^ ?หรือ(?:ไป|จาก|ที่|ท่าเรือ)?[ก-ฮเ-ไ]{3,}(?!ยัง)"
)


def has_alternative(text: str, spots: Sequence[Spot], start: int) -> bool:
    """Whether another place is offered beside the one at `start`: `부산 또는 인천`, `Hamburg or Rotterdam`."""
    for left, right in pairwise(spots):
        if start not in (left.start, right.start) or left.locodes == right.locodes:
            continue
        between = text[left.end : right.start]
        if len(between) > 30:
            continue
        if _OR.match(between) and not (between.strip() == "나" and not between.startswith("나")):
            return True
        if (
            _COLUMN.match(between)
            and text.find("\n", left.end, right.start) < 0
            and _COLUMNS.search(text)
        ):
            return True
        if _SIDE_BY_SIDE.match(between) and _EITHER.match(text[right.end : right.end + 20]):
            return True
    here = next((spot for spot in spots if spot.start == start), None)
    return here is not None and bool(_OPEN_ALONE.match(text[here.end : here.end + 30]))


def is_one_of_two(text: str, roles: Sequence[Role], spots: Sequence[Spot], start: int) -> bool:
    """Whether the place at `start` shares its end of the way with another: "to Hamburg and Rotterdam"."""
    names = {role.spot.start: role.name for role in roles}
    for left, right in pairwise(spots):
        if start not in (left.start, right.start) or left.locodes == right.locodes:
            continue
        ends = {names.get(left.start), names.get(right.start)} - {None}
        between, after = text[left.end : right.start], text[right.end : right.end + 24]
        if len(ends) != 1:
            continue
        if _AND.match(between) or (_COMMA.match(between) and _EACH.match(after)):
            led = _BETWEEN.search(text[max(0, left.start - 24) : left.start])
            return not (led or _BETWEEN_AFTER.match(after))
        if _SLASH.match(between) and _is_told_elsewhere(roles, ends, (left.start, right.start)):
            return True
    return False


def _is_told_elsewhere(roles: Sequence[Role], ends: set[str | None], here: tuple[int, int]) -> bool:
    """Whether the other end is: "FOB Shanghai / Rotterdam" is a way, "Busan / Incheon" is none beside it."""
    return any(role.name not in ends and role.spot.start not in here for role in roles)


_CLAUSE_END = re.compile(
    r"\n|[.;。](?=\s|$)|[,、](?!\d)|지만|는데|ので|けど|(?<=[ ])(?:but|so|แต่|โดย)(?=[ ])"
)
_OWN = re.compile(
    r"직접|(?:저희|우리) ?(?:쪽|측)?(?:이|가|에서)? ?(?:트럭|차량|차로|차가|화물차|알아서|자체)|자체 ?(?:트럭|차량|운송|배송|픽업)|당사(?:가|에서) ?(?:직접|운송|픽업)|自社(?:便|トラック|で|手配)|弊社(?:で|手配|にて)|こちらで(?:手配|運|引)|持って(?:い?く|行|いき)|持ち込み|搬入し"
    r"|(?<![a-z])(?:ourselves|ourself|by ourselves|own (?:truck|trucks|trucker|haulage|transport|driver|lorry)|(?:we|i)(?:'ll| will| can)? (?:truck|haul|deliver|bring|drive|cart|move|pick)|self[- ](?:haul|pick)|(?:arranged|handled|organi[sz]ed|done|covered|booked) by (?:the |our )?(?:buyer|customer|consignee|client|us|receiver))|(?:바이어|고객사?|수입자|현지)(?:가|이|측에서|쪽에서|에서) ?(?:직접|알아서|자체)|(?:お客様|先方|荷主|客先)(?:が|で|側|様で)?(?:手配|引取)"
    r"|(?:เรา|ผม|ลูกค้า|บริษัท)?(?:ลาก|ขน|ส่ง|รับ)(?:ตู้|ของ|สินค้า)?เอง|จัดการเอง|รถ(?:ของ)?เรา"
)
_HAUL = re.compile(
    r"차로|갑니다|운송|배송|픽업|운반|내륙|트럭|가져|갖다|반입|입고|인수|찾|truck|haul|deliver|bring|drive|cart|pick|collect|inland|transport|lorry|barge|rail(?![a-z])|carriage|トラック|陸送|持|運|引取|引き取|内陸|搬入|ドレー|ลาก|รถ|ขน|รับ|ส่ง"
)


def without_own_legs(text: str, roles: Sequence[Role]) -> list[Role]:
    """Roles less those of legs that the customer drives himself, where others are left for that end."""
    kept = [role for role in roles if role.rank >= 8 or not _is_own_leg(text, role.spot)]
    left = {role.name for role in kept}
    return kept + [role for role in roles if role.name not in left and role.name != VIA]


def _is_own_leg(text: str, spot: Spot) -> bool:
    floor, roof = max(0, spot.start - 80), min(len(text), spot.end + 80)
    first = max((m.end() for m in _CLAUSE_END.finditer(text, floor, spot.start)), default=floor)
    after = _CLAUSE_END.search(text, spot.end, roof)
    clause = text[first : after.end() if after else roof]
    return bool(_OWN.search(clause) and _HAUL.search(clause))
