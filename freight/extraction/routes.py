"""Where the transport begins and where it ends; ports on the way and the writer's own address are neither."""

# ruff: noqa: E501 - the alternatives of a pattern read best on one line

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from freight import places
from freight.extraction import route_changes, route_phrases
from freight.extraction.found import Found, Reading, settle
from freight.extraction.route_labels import FROM, TO, VIA, Role, Spot, labelled
from freight.extraction.text import RETURN_LEG, sentence, speaks_of_past

# more than a mail's worth; a list of ports is no customer's wish
MAX_PLACES = 120
# a place whose name may be another word needs this much: a label, a particle or an arrow
_WEAK_NAME_RANK = 3
_ARROW_RANKS, _LABEL_RANK = (3, 4), 8


@dataclass(frozen=True, slots=True)
class Route:
    """Readings of both ends; `several` says that the text names more than one transport.

    rest: places of this transport whose end the text does not tell.
    """

    origin: Reading[str]
    destination: Reading[str]
    several: bool = False
    rest: tuple[Found[tuple[str, ...]], ...] = ()


_ARROW = re.compile(
    r"^[ \t]*(?:항|港|port|광역시|특별시|시|市)?[ \t]*(?:[(\[][^)\]\n]{1,24}[)\]])?[ \t]*(?:,? ?(?:s\.? ?|south )?(?:korea|china|japan|thailand|usa|us|germany|uk|vietnam|india|chile|poland|canada|mexico|[a-z]{2}))?[ \t]*(?P<sign><?-{1,3}>|<?={1,2}>|>{1,2}|[↔⇔⇄⟷⟶↦]|~|-{1,2}|/|に?から|to|에서|(?:항 ?)?발(?=[ ,])|⇒|\n[ \t]*(?:↓|v|>|->)[ \t]*\n?)[ \t]*(?:the |port of )?(?:항구 )?(?:(?:나이지리아|가나|케냐|이집트|터키|튀르키예|브라질|칠레|페루|콜롬비아|사우디|이라크|러시아|말레이시아|필리핀|중국|일본|미국|독일|태국|베트남|인도(?:네시아)?|영국|대만|호주|캐나다|멕시코|프랑스|네덜란드|벨기에|스페인|이탈리아|폴란드|한국|中国|日本|韓国|米国|アメリカ|ドイツ|タイ|ベトナム|オランダ|จีน|ญี่ปุ่น|เกาหลี(?:ใต้)?|เยอรมนี|เวียดนาม|korea|china|japan|germany|usa)[ ,·・]{0,2})?$"
)
_SURE_SIGN = re.compile(r"[>↔⇔⇄⟷⟶↦⇒↓v]|^(?:to|에서|.*발)$")
_BARE_PAIR = re.compile(r"^[ \t]*(?:항|港)?[ \t]{1,3}$")
# the pair is a line of its own, or the line's first words: `BUSAN / KOPER`
_STARTS_LINE = re.compile(r"(?:^|\n)[^\w\n]{0,6}(?:\d{1,2}[.)] ?)?[^\w\n]{0,3}$")
_APPOSITION = re.compile(r"^(?:항|港|市| port| city)?[ ]?[(\[] ?(?:port of |ท่าเรือ)?$")
_APPOSITION_END = re.compile(r"^(?:항|港| ?port| ?cy|[^)\]\n]{0,12})?[)\]]")
_SEVERAL = re.compile(
    r"(?:two|three|four|several|separate|different|multiple|2|3|4) (?:separate |different )?(?:shipments|lanes|routes|quotes|quotations|consignments)|shipment (?:#|no\.? ?)?[12a-c](?![a-z\d])|lane (?:#|no\.? ?)?[12a-c](?![a-z\d])"
    r"|(?:두|세|네|2|3|4) ?(?:건|(?:개 ?)?(?:구간|노선|선적))(?:의|을|에|입|,| )|건별|각 구간|구간별|[23]件の|(?:2|3|สอง|สาม) ?(?:เส้นทาง|ชิปเมนต์|รายการขนส่ง)"
)
_LISTED = re.compile(
    r"(?:^|\n) ?(?:1\)|1\.|①|a\)|\(1\)|[-*•]) ?[^\n]*\n+ ?(?:2\)|2\.|②|b\)|\(2\)|[-*•])"
)


def read_route(text: str, cased: str) -> Route:
    """Both ends of the transport that prepared `text` asks for; `cased` is the same text before folding, which
    the gazetteer needs to tell LA from la."""
    spots = _spots(text, cased)
    changes, roles = _told(text, spots)
    told = {role.spot.start for role in roles}
    if any(not spot.known and spot.start not in told for spot in spots):
        # what is no place parts no places either
        spots = [spot for spot in spots if spot.known or spot.start in told]
        changes, roles = _told(text, spots)
    denied = changes.denied | {
        spot.start for spot in spots if _is_denied(text, spot) or _is_past(text, spot)
    }
    vias = {role.spot.start for role in roles if role.name == VIA}
    denied |= vias
    roles = [role for role in roles if role.spot.start not in denied]
    outbound = _without_stopovers(_outbound(text, roles))
    roles = route_changes.without_own_legs(text, outbound)
    several = _names_several(text, roles)
    used = {role.spot.start for role in roles} | denied
    spots = [spot for spot in spots if spot.start not in denied or spot.start in vias]
    return Route(
        _settled(text, spots, roles, FROM, several=several),
        _settled(text, spots, roles, TO, several=several),
        several,
        tuple(_rest(text, spots, used)),
    )


def _told(text: str, spots: Sequence[Spot]) -> tuple[route_changes.Changes, list[Role]]:
    """Changes and roles of `spots` in the text; those of uncertain names only where they are plain."""
    changes = route_changes.read_changes(text, spots)
    roles = [*labelled(text, spots), *changes.roles]
    plain = {role.spot.start for role in roles if role.rank >= 7} | changes.muted
    roles += [
        role for role in _phrased(text, spots) if role.name == VIA or role.spot.start not in plain
    ]
    roles += _arrows(text, spots, {role.spot.start for role in roles}, changes.pairs)
    return changes, [role for role in roles if _is_plain_enough(role)]


def _is_plain_enough(role: Role) -> bool:
    """Whether the text says plainly that a name, which may be another word, is an end of the way."""
    if role.spot.shy:
        return role.rank in _ARROW_RANKS or role.rank >= _LABEL_RANK
    return role.spot.known or role.rank >= _WEAK_NAME_RANK


def _spots(text: str, cased: str) -> list[Spot]:
    """Places of the text; one that repeats the place before it ("Busan (KRPUS)", "LA, Los Angeles") joins it."""
    spots: list[Spot] = []
    left = {True: MAX_PLACES, False: MAX_PLACES}
    for match in places.find(cased, shy=True):
        spot = Spot(match.start, match.end, match.locodes, match.known, match.shy)
        left[spot.known] -= 1
        if left[spot.known] < 0:
            continue
        joined = _joined(text, spots[-1], spot) if spots else None
        if joined:
            spots[-1] = joined
        else:
            spots.append(spot)
    return spots


def _joined(text: str, first: Spot, second: Spot) -> Spot | None:
    """Both as one where the second is another name of the first, or what stands in brackets behind it."""
    between = text[first.end : second.start]
    bracketed = _APPOSITION.match(between) is not None
    if not (bracketed or re.fullmatch(r"[ ,/]{1,3}", between)):
        return None
    common = tuple(code for code in first.locodes if code in second.locodes)
    closing = _APPOSITION_END.match(text[second.end : second.end + 16]) if bracketed else None
    end = second.end + (closing.end() if closing else 0)
    if common:
        return Spot(first.start, end, common, first.known or second.known)
    return Spot(first.start, end, first.locodes, first.known) if closing else None


def _phrased(text: str, spots: Sequence[Spot]) -> Iterator[Role]:
    for number, spot in enumerate(spots):
        first, last = sentence(text, spot.start, spot.end)
        floor = max(first, spots[number - 1].end if number else 0, spot.start - 90)
        before = text[floor : spot.start]
        roof = spots[number + 1].start if number + 1 < len(spots) else len(text)
        after = text[spot.end : min(roof, spot.end + 45)]
        if route_phrases.is_the_writers(
            text[max(0, spot.start - 60) : spot.start], text[spot.end : last]
        ):
            continue
        told = route_phrases.role_of(before, after)
        if told:
            yield Role(told[0], spot, told[1])
        elif route_phrases.goes_on(text[spot.end : spot.end + 60]):
            yield Role(FROM, spot, 4)
        elif route_phrases.EN_FOR.search(before):
            yield Role(TO, spot, 2)


def _arrows(
    text: str, spots: Sequence[Spot], known: set[int], not_ways: set[tuple[int, int]]
) -> list[Role]:
    """Chains like Busan > Singapore > Hamburg or `Busan-LA`, and a bare pair `부산 LA 40HC`."""
    roles: list[Role] = []
    chain: list[Spot] = []
    rank = 0
    links = _links(text, spots, not_ways)
    for number, spot in enumerate([*spots, None]):
        link = links[number] if chain else 0
        if rank and (link == 1) != (rank == 1):
            link = 0  # "Busan > Hamburg Rotterdam"
        if link and spot:
            chain.append(spot)
            rank = min(rank, link) if rank else link
            continue
        if _is_way(text, chain, rank, known):
            roles += [Role(FROM, chain[0], rank), Role(TO, chain[-1], rank)]
            roles += [Role(VIA, item, rank) for item in chain[1:-1]]
        chain, rank = ([spot] if spot else []), 0
    return roles


def _is_way(text: str, chain: Sequence[Spot], rank: int, known: set[int]) -> bool:
    """Whether the places of a chain are a way; those in `known` have roles of their own."""
    if len(chain) < 2:
        return False
    # LCB-RTM: two codes of three letters are no words
    codes = rank == 3 and all(spot.end - spot.start == 3 for spot in chain)
    sure = all(spot.known for spot in chain) or rank == 4 or codes
    if not sure and not (rank == 3 and any(spot.known for spot in chain)):
        return False
    starts = {spot.start for spot in chain}
    if not starts & known:
        return True
    # "釜山/仁川向け、横浜発": beside the end that words tell, a slash parts a choice
    return rank >= 3 and not (_is_slash(text, chain[0], chain[1]) and known - starts)


def _links(text: str, spots: Sequence[Spot], not_ways: set[tuple[int, int]]) -> list[int]:
    """For each place how surely it is linked to the one before it, with a 0 at the end."""
    pairs = list(pairwise(spots))
    slashes = [_is_slash(text, left, right) for left, right in pairs]
    links = [
        0
        if (left.start, right.start) in not_ways or _is_past(text, left)
        else _link(text, left, right)
        for left, right in pairs
    ]
    arrows = [link >= 3 and not slash for link, slash in zip(links, slashes, strict=True)]
    for order in (range(len(pairs)), reversed(range(len(pairs)))):
        for number in order:
            # "Busan/Incheon > Hamburg": a choice, no way, and all that slashes add to it
            if slashes[number] and any(arrows[max(0, number - 1) : number + 2]):
                links[number], arrows[number] = 0, True
    return [0, *links, 0]


def _is_slash(text: str, left: Spot, right: Spot) -> bool:
    return text[left.end : right.start].strip(" 항港") == "/"


def _link(text: str, left: Spot, right: Spot) -> int:
    """How surely two places are ends of a way: 4 an arrow, 3 a hyphen or a slash that starts a line, 1 a blank, 0 not."""
    between = text[left.end : right.start]
    arrow = _ARROW.match(between)
    if arrow is None:
        return 1 if _BARE_PAIR.match(between) else 0
    sign = arrow.group("sign")
    if _SURE_SIGN.search(sign):
        return 4
    if sign != "/" or _STARTS_LINE.search(text[max(0, left.start - 12) : left.start]):
        return 3
    return 1


def _is_past(text: str, spot: Spot) -> bool:
    first, _ = sentence(text, spot.start, spot.end)
    return speaks_of_past(text, first, spot.start)


_DENIED_AFTER = re.compile(
    r"^(?:항|港)?(?:이|가|은|는)? ?(?:(?:에서|으로|로|까지)(?:[^\n,.]{0,8}(?:게|것이|건|거)|가|는)? ?)?(?:아니(?!면)|아님|아닙|말고|아닌|대신|취소|제외|ではなく|ではない|じゃなく|でなく|は?(?:中止|キャンセル|なし|不要|除)|ยกเลิก)"
)
_DENIED_BEFORE = re.compile(
    r"(?:(?<![a-z])not|instead of|rather than|ignore|except|excluding|cancel(?:led|ling)?|forget|no longer|ไม่ใช่|ไม่เอา|ไม่ได้ไป|ยกเลิก)(?: (?:from|to|via|the|in))? ?$"
)


def _is_denied(text: str, spot: Spot) -> bool:
    return bool(
        _DENIED_AFTER.match(text[spot.end : spot.end + 16])
        or _DENIED_BEFORE.search(text[max(0, spot.start - 24) : spot.start])
    )


def _without_stopovers(roles: Sequence[Role]) -> list[Role]:
    """Without destinations where another way, told by an arrow, begins: there the cargo goes on."""
    ways = [
        (a, b)
        for a, b in pairwise(roles)
        if (a.name, b.name) == (FROM, TO) and a.rank in (3, 4) and b.rank == a.rank
    ]
    onward = {a.spot.locodes for a, b in ways if a.spot.locodes != b.spot.locodes}
    kept = [
        role
        for role in roles
        if not (role.name == TO and role.rank < 8 and role.spot.locodes in onward)
    ]
    return kept if any(role.name == TO for role in kept) else list(roles)


def _differs_by_way(roles: Sequence[Role], name: str) -> bool:
    """Whether arrows lead to one place from several, or from one to several, and `name` is that end."""
    arrows = sorted(
        {(role.spot.start, role.name, role.spot.locodes) for role in roles if role.rank in (3, 4)}
    )
    ways = {
        (first, second)
        for (_, one, first), (_, other, second) in pairwise(arrows)
        if (one, other) == (FROM, TO)
    }
    mine, others = (0, 1) if name == FROM else (1, 0)
    return (
        len(ways) > 1 and len({w[others] for w in ways}) == 1 and len({w[mine] for w in ways}) > 1
    )


def _outbound(text: str, roles: list[Role]) -> list[Role]:
    """The roles of a round trip's first leg."""
    back = RETURN_LEG.search(text)
    if back is None:
        return roles
    return [role for role in roles if role.spot.start < back.start()] or roles


def _names_several(text: str, roles: Sequence[Role]) -> bool:
    """Whether two different ways are priced: the text says so, or has two full pairs one after the other."""
    ends = {name: {role.spot.locodes for role in roles if role.name == name} for name in (FROM, TO)}
    if _SEVERAL.search(text) and max(map(len, ends.values())) > 1:
        return True
    marks = sorted(
        (role.spot.start, role.name, role.spot.locodes) for role in roles if role.rank >= 3
    )
    pairs = [
        (value, next_value)
        for (_, name, value), (_, next_name, next_value) in pairwise(marks)
        if (name, next_name) == (FROM, TO)
    ]
    starts, stops = {pair[0] for pair in pairs}, {pair[1] for pair in pairs}
    listed = _LISTED.search(text) is not None
    # a leg by truck before the ship ends where the ship's leg begins
    chained = any(a[1] == b[0] for a, b in pairwise(pairs))
    return len(set(pairs)) > 1 and not chained and len(stops) > 1 and (len(starts) > 1 or listed)


def _settled(
    text: str, spots: Sequence[Spot], roles: Sequence[Role], name: str, *, several: bool
) -> Reading[str]:
    candidates = sorted(
        {
            role.spot.start: role
            for role in sorted((r for r in roles if r.name == name), key=lambda r: r.rank)
        }.values(),
        key=lambda role: role.spot.start,
    )
    if several or not candidates:
        return Reading(warning="several_shipments" if several else "")
    rank = max(role.rank for role in candidates)
    best = [
        Found(r.spot.locodes, r.spot.start, r.spot.end, rank) for r in candidates if r.rank == rank
    ]
    chosen = best[-1] if name == TO else best[0]
    shared = route_changes.is_one_of_two(text, roles, spots, chosen.start)
    if (
        shared
        or route_changes.has_alternative(text, spots, chosen.start)
        or _differs_by_way(roles, name)
    ):
        return Reading(warning="place_alternatives")
    if rank >= 8:
        reading = settle(best, warning="place_ambiguous")
        if reading.found is None:
            return Reading(warning=reading.warning)
    if len(chosen.value) > 1:
        return Reading(warning="place_ambiguous")
    return Reading(Found(chosen.value[0], chosen.start, chosen.end, rank))


def _rest(text: str, spots: Sequence[Spot], used: set[int]) -> Iterator[Found[tuple[str, ...]]]:
    """Known places in words of this request that have no role yet; none of the past, of the writer, of a choice."""
    for spot in spots:
        if spot.start in used or not spot.known:
            continue
        _, last = sentence(text, spot.start, spot.end)
        if route_phrases.is_the_writers(
            text[max(0, spot.start - 60) : spot.start], text[spot.end : last]
        ):
            continue
        if not route_changes.has_alternative(text, spots, spot.start):
            yield Found(spot.locodes, spot.start, spot.end, 1)
