"""Container size and number. Two sizes, an undecided one and LCL leave it open."""

# ruff: noqa: E501 - the alternatives of a pattern read best on one line

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice, pairwise

from freight.extraction.found import Found, Reading
from freight.extraction.numerals import COUNT, count_number
from freight.extraction.text import is_code, sentence, speaks_of_past
from freight.fields import Container

MAX_SIZES = 200
_HC = r"(?:hc|hq|h/c|h/q|h\.c\.?|high[- ]?cubes?|hi-?cube|hicube|하이 ?큐브|ハイ ?キューブ|背高|ไฮ ?คิว(?:บ์|บ)?)"
# "40HCx2": the letter may be the times sign
_END = r"(?!(?!x ?\d)[a-z])"
_FOOT = rf"(?:'|f(?:ee|oo)?t(?:er)?s?\.?{_END}|footers?(?![a-z])|피트|핏트|フィート|ฟุต|ft)"
_TYPE = r"(?:gp|dc|dv|dry|std|st|rf|rh|reefer|ot|fr|tk|냉동|드라이|리퍼|일반|リーファー|ドライ|冷凍|แห้ง|เย็น)"
_WORDS = {
    "forty-five": 45,
    "forty five": 45,
    "forty": 40,
    "twenty": 20,
    "사십오": 45,
    "사십": 40,
    "이십": 20,
}
_UNITS = r"(?:units?|대|개|본|台|本|ea|vans?|기|containers?|cntrs?|ตู้|ใบ|pcs)"
_SIZE = re.compile(
    rf"(?:(?P<count>{COUNT}) ?(?:x|\*|{_UNITS} ?(?:of|x) ?)? ?)?"
    rf"(?:(?P<before>{_HC})[ -]{{0,2}})?"
    rf"(?:(?P<size>(?<![\d.,])(?<!\d/)(?:20|40|45))|(?P<word>{'|'.join(_WORDS)})(?=[- ]?(?:f|피트)))"
    rf"(?P<mark>[- ]?{_FOOT})?"
    rf"(?P<hc>(?:[ -]{{0,2}}|[ ,(]{{1,2}}|,? ?(?:dry|reefer|냉동|컨테이너|container|コンテナ|ตู้)[ ,(]{{1,2}}){_HC}{_END})?"
    rf"(?P<type>[- ]?{_TYPE}{_END})?"
    rf"(?P<noun> ?(?:fcl|[- ]?containers?|컨테이너|コンテナ))?(?!(?<=\d)\d|%|[.,]\d| ?(?:kg|킬로|톤|t(?![a-z])|tons?|lbs?|pallets?|plt|박스|개월|cbm|days?|일))"
)
_AFTER_COUNT = re.compile(
    rf"^ ?(?:컨테이너|containers?|コンテナ|dry|fcl|ตู้)?[ )]{{0,2}}(?:(?:x|\*) ?(?P<times>\d{{1,2}})(?![\d,.]| ?(?:kg|t(?![a-z])|톤))|[:,]? ?(?:จำนวน )?(?P<units>{COUNT}) ?{_UNITS}(?![a-z]))"
)
_CODES = re.compile(r"(?<![a-z\d])(?P<code>22[grtu]\d|42[grtu]\d|45[gru]\d|l5[gr]\d)(?![a-z\d])")
_FEU = re.compile(
    rf"(?:(?P<count>{COUNT}) ?x? ?)?(?<![a-z])(?P<unit>feu)s?(?![a-z])|(?<![\d.])1 ?x? ?(?P<teu>teu)(?![a-z])"
)
_SINGULAR_HC = re.compile(rf"(?<![a-z]){_HC}(?![a-z])")
# said without a length it is a forty foot one; a bare HQ may be the headquarters
_HC_WORD = r"(?:high[- ]?cubes?|hi-?cubes?|하이 ?큐브|ハイ ?キューブ|ไฮ ?คิว(?:บ์|บ)?)"
_HC_ALONE = re.compile(
    rf"(?:(?P<count>{COUNT}) ?(?:x|\*|{_UNITS} ?(?:of|x) ?)? ?)?(?<![a-z]){_HC_WORD}(?![a-z])"
    rf"|(?<![\d.,])(?P<times>\d{{1,2}}) ?(?:x|\*) ?h[cq](?![a-z\d])"
)
_HC_REFUSED_BEFORE = re.compile(
    r"(?<![a-z])(?:not|no|non|without)[ -](?:an? )?$|(?<![a-z])(?:if|whether|unless|in case|should)(?![a-z])[^\n.,]{0,14}$"
)
_HC_REFUSED_AFTER = re.compile(
    r"^[^\n,.]{0,6}?(?:(?:필요|가능) ?(?:없|한가|할까|한지|하면|하다면)|여부|일 ?경우|이면|라면|불필요|아님|아니|말고|不要|ではな|じゃな|でなく|ไม่ต้อง|ไม่ใช่|is not needed|not (?:needed|required|necessary))"
    r"|^ ?(?:rack|shel[fv]|trailer|truck|pallet|warehouse|랙|창고|트레일러|ラック|倉庫)"
)
_LABEL = re.compile(
    r"(?:container|컨테이너|equipment|장비|コンテナ|ตู้|ประเภทตู้|ขนาดตู้)[^:\n]{0,16}[:|\t] ?[^\n]{0,6}$"
)
_BARE_COUNT = re.compile(
    rf"(?<![\d.,])(?P<n>{COUNT}) ?(?:containers|컨테이너|コンテナ)|(?:컨테이너|コンテナ|ตู้) ?(?P<n2>\d{{1,2}}) ?(?:대|개|台|本|ตู้)"
)
_DENIED_AFTER = re.compile(
    r"^[^\n,.]{0,10}?(?:말고|아니|대신|보다는|아닌|ではなく|じゃなく|ไม่ใช่|is too small|are too small|won't|will not|does not fit|에서 ?\d{2} ?(?:ft|피트|')[^\n]{0,4}로"
    r"|에는 안|는 안|은 안|로는 (?:안|부족)|은 작|는 작|では足り|ไม่พอ)"
)
_DENIED_BEFORE = re.compile(
    r"(?:(?<![a-z])not|instead of|rather than|no longer|ไม่ใช่|ไม่เอา)(?: (?:a|an|the|in|1x|one))? ?$"
)
_OR = re.compile(
    r"(?<![a-z])or(?![a-z])|또는|혹은|이나|나 |아니면|/|または|もしくは|か、|หรือ|either|vs\.?|,|각각|and|및|\+|와|과|랑|と"
)
_UNDECIDED = re.compile(
    r"undecided|not (?:yet )?(?:sure|decided|fixed|certain)|unsure|(?<![a-z])tb[dac](?![a-z])|to be (?:confirmed|decided|advised)|미정|아직 (?:정하|결정|모르|확정)"
    r"|결정(?:되지|하지|을 못)|고민|확정(?:되지|이 안)|which (?:container|size)|whichever|or bigger|어떤 (?:컨테이너|사이즈|크기)|어느 (?:컨테이너|사이즈|쪽|것)|뭐가 나|未定|決まって(?:い)?な|迷って|検討中"
    r"|ยังไม่(?:แน่ใจ|ตัดสินใจ|ได้กำหนด|ได้เลือก|ทราบ)"
)
_SIZES = {20: Container.FT20, 40: Container.FT40, 45: Container.FT45}


def read_container(text: str) -> tuple[Reading[Container], Found[int] | None]:
    """The container size that prepared `text` asks for, and how many (None where not said)."""
    mentions = [
        mention
        for mention in (*_sizes(text), *_codes(text))
        if not is_code(text, mention[0].start, mention[0].end)
    ]
    mentions += _high_cubes(text, [found for found, _ in mentions])
    mentions = [mention for mention in mentions if not _is_denied(text, mention[0])]
    mentions.sort(key=lambda mention: mention[0].start)
    mentions = _beside_labelled(text, mentions)
    top = max((found.rank for found, _ in mentions), default=0)
    best = [(found, count) for found, count in mentions if found.rank == top]
    best = _refined(text, best)
    values = {found.value for found, _ in best}
    if not values:
        return Reading(), _bare_count(text)
    if len(values) > 1:
        return Reading(warning="container_ambiguous"), None
    if any(_UNDECIDED.search(text, *sentence(text, found.start, found.end)) for found, _ in best):
        return Reading(warning="container_undecided"), None
    found, count = max(best, key=lambda mention: mention[1])
    said = Found(count, found.start, found.end) if count else _bare_count(text)
    return Reading(best[0][0]), said


def _sizes(text: str) -> Iterator[tuple[Found[Container], int]]:
    for match in islice(_SIZE.finditer(text), MAX_SIZES):
        groups = match.groupdict()
        counted = (
            bool(groups["count"]) and re.match(rf"{COUNT} ?(?:x|\*)", match.group()) is not None
        )
        if not (
            groups["mark"]
            or groups["hc"]
            or groups["type"]
            or groups["before"]
            or groups["noun"]
            or counted
        ):
            continue
        size = int(groups["size"]) if groups["size"] else _WORDS[groups["word"]]
        value = (
            Container.FT40HC if size == 40 and (groups["hc"] or groups["before"]) else _SIZES[size]
        )
        count = count_number(groups["count"]) if groups["count"] else 0
        start = match.start()
        if groups["count"] and not _is_count(match, counted):
            count, start = (
                0,
                match.start("before")
                if groups["before"]
                else match.start("size" if groups["size"] else "word"),
            )
        after = _AFTER_COUNT.match(text[match.end() : match.end() + 24])
        if not count and after:
            count = count_number(after.group("times") or after.group("units"))
        rank = 2 if _LABEL.search(text[max(0, match.start() - 40) : match.start()]) else 1
        yield Found(value, start, match.end(), rank), count if count < 100 else 0


def _is_count(match: re.Match[str], counted: bool) -> bool:
    """Whether the number before a size counts containers: `2 x 40`, `two 40ft`, not `18 40ft` of a table."""
    return (
        counted
        or not match.group("count").isdigit()
        or bool(match.group("noun"))
        or bool(match.group("word"))
        or "of" in match.group()
    )


def _codes(text: str) -> Iterator[tuple[Found[Container], int]]:
    for match in _CODES.finditer(text):
        head = match.group("code")[:2]
        value = {
            "22": Container.FT20,
            "42": Container.FT40,
            "45": Container.FT40HC,
            "l5": Container.FT45,
        }[head]
        yield Found(value, match.start(), match.end(), 2), 0
    for match in _FEU.finditer(text):
        value = Container.FT20 if match.group("teu") else Container.FT40
        yield Found(value, match.start(), match.end(), 1), count_number(match.group("count") or "1")


def _high_cubes(text: str, sized: list[Found[Container]]) -> Iterator[tuple[Found[Container], int]]:
    """High cubes named without a length; beside a 45ft the words only describe it."""
    if any(found.value is Container.FT45 for found in sized):
        return
    for match in islice(_HC_ALONE.finditer(text), MAX_SIZES):
        if any(found.start < match.end() and match.start() < found.end + 3 for found in sized):
            continue
        if is_code(text, *match.span()) or _is_refused(text, match):
            continue
        after = _AFTER_COUNT.match(text[match.end() : match.end() + 24])
        count = match.group("count") or match.group("times")
        if not count and after:
            count = after.group("times") or after.group("units")
        rank = max((found.rank for found in sized), default=1)
        yield (
            Found(Container.FT40HC, match.start(), match.end(), rank),
            count_number(count) if count else 0,
        )


def _beside_labelled(
    text: str, mentions: list[tuple[Found[Container], int]]
) -> list[tuple[Found[Container], int]]:
    """`mentions`, where what a label's size is offered beside counts as labelled too: `Container: 40HC / 20GP`."""
    raised = mentions[:1]
    for (left, _), (right, count) in pairwise(mentions):
        between = text[left.end : right.start]
        if right.rank < raised[-1][0].rank and len(between) < 12 and _OR.search(between):
            right = replace(right, rank=raised[-1][0].rank)
        raised.append((right, count))
    return raised


def _is_refused(text: str, high_cube: re.Match[str]) -> bool:
    return bool(
        _HC_REFUSED_BEFORE.search(text[max(0, high_cube.start() - 14) : high_cube.start()])
        or _HC_REFUSED_AFTER.match(text[high_cube.end() : high_cube.end() + 24])
    )


def _is_denied(text: str, found: Found[Container]) -> bool:
    first, last = sentence(text, found.start, found.end)
    return bool(
        _DENIED_AFTER.match(text[found.end : found.end + 30])
        or _DENIED_BEFORE.search(text[max(0, found.start - 24) : found.start])
        or speaks_of_past(text, first, found.start)
        # "you quoted the 20ft last month"
        or speaks_of_past(text, found.end, min(last, found.end + 14))
    )


def _refined(
    text: str, best: list[tuple[Found[Container], int]]
) -> list[tuple[Found[Container], int]]:
    """40ft said again as 40ft high cube is one wish, unless the two are offered side by side."""
    values = {found.value for found, _ in best}
    if values == {Container.FT40} and len(best) >= 1:
        return [_with_late_high_cube(text, found, count) for found, count in best]
    if values != {Container.FT40, Container.FT40HC}:
        return best
    for (left, _), (right, _) in pairwise(best):
        between = text[left.end : right.start]
        if left.value != right.value and len(between) < 25 and _OR.search(between):
            return best
    return [(found, count) for found, count in best if found.value == Container.FT40HC]


def _with_late_high_cube(
    text: str, found: Found[Container], count: int
) -> tuple[Found[Container], int]:
    _, last = sentence(text, found.start, found.end)
    late = _SINGULAR_HC.search(text, found.end, min(last, found.end + 30))
    if (
        late is None
        or _is_refused(text, late)
        or _OR.search(text[found.end : late.start()].replace(",", ""))
    ):
        return found, count
    return Found(Container.FT40HC, found.start, late.end(), found.rank), count


def _bare_count(text: str) -> Found[int] | None:
    match = _BARE_COUNT.search(text)
    if match is None:
        return None
    count = max(1, min(99, count_number(match.group("n") or match.group("n2"))))
    return Found(count, match.start(), match.end())
