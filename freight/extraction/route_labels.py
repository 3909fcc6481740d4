"""Places that a label names as an end of the transport: `POL: Busan`, `도착항 상하이`, `揚 地  釜山`."""

# ruff: noqa: E501 - the alternatives of a pattern read best on one line

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

FROM, TO, VIA = "origin", "destination", "via"


@dataclass(frozen=True, slots=True)
class Spot:
    """A place named in the text, with other names of the same place that follow it ("Busan (KRPUS)").

    known: whether the name alone tells that a place is meant. shy: whether a particle does not.
    """

    start: int
    end: int
    locodes: tuple[str, ...]
    known: bool = True
    shy: bool = False


@dataclass(frozen=True, slots=True)
class Role:
    """What a place is to the transport; the higher the rank, the plainer the text says so."""

    name: str
    spot: Spot
    rank: int


# labels by role and rank: the first origin and the final destination count, not the port where the
# ship is boarded. Rank 7 is a word of the sentence too, so it must have a colon behind it.
_WORDS = {
    (FROM, 9): "place of receipt|receipt place|pick up place|pick-up place|pickup place|pick up address|pick-up address|pickup address|pick up location|pickup location|pick-up location|pick up point|pickup point|pick up|pick-up|pickup|pick up at|pickup at|pick up from|pickup from"
    "|collection address|collection point|collection from|collection at|ship from address|door pickup|픽업지|픽업장소|픽업 장소|픽업 주소|상차지|집하지|수령지|인수지|문전 픽업|集荷地|集荷先|集荷場所|引取地|引取先|引き取り先|荷受地|สถานที่รับสินค้า|สถานที่รับตู้|จุดรับสินค้า|จุดรับตู้|รับสินค้าที่|รับตู้ที่",
    (FROM, 8): "origin|origin port|origin city|port of origin|place of origin|pol|p.o.l.|p.o.l|port of loading|port of departure|port of shipment|loading port|load port|loading place|departure|departure port|departure city|departure point|departure place|shipping point|shipping port|ship from|shipping from|shipped from|place of loading|place of departure|export port|export from"
    "|출발지|출발항|출발도시|출발 도시|출발역|출발 항구|출발지점|선적지|선적항|선적 항구|선적포트|발송지|발송처|적재지|적재항|출항지|출항 항구|발지|발항|수출항|출고지|출하지|출하처|로딩포트|出発地|出発港|出発都市|出港地|出港港|積地|積港|積出地|積出港|積み地|積み港|積込地|積込港|船積地|船積港|船積み港|発地|発港|発送地|仕出地|仕出港|仕出し港|出荷地|出荷元|出荷港|輸出港"
    "|ต้นทาง|ท่าต้นทาง|ท่าเรือต้นทาง|ท่าโหลด|ท่าเรือโหลด|เมืองต้นทาง|จุดต้นทาง|จุดเริ่มต้น|ท่าเรือที่ส่งออก|ท่าเรือส่งออก|ท่าเรือขาออก|สถานที่ต้นทาง",
    (TO, 9): "final destination|final delivery|final place|final stop|last stop|end point|place of delivery|place of final delivery|delivery place|delivery address|delivery location|delivery point|delivery to|deliver to|deliver at|ultimate destination|final port|door delivery|door address|fpd"
    "|최종목적지|최종 목적지|최종도착지|최종 도착지|최종배송지|최종 배송지|최종납품지|최종 납품지|최종인도지|최종 인도지|최종착지|최종지|배송지|배송처|배송 주소|납품지|납품처|인도지|인도장소|하차지|도어 주소|最終仕向地|最終目的地|最終配送先|最終納品先|最終到着地|納品先|納品地|納入先|納入地|配送先|届け先|お届け先|送り先|送付先|荷渡地|荷渡し地|引渡地|引渡し地|สถานที่ส่งมอบ|สถานที่ส่งสินค้า|ปลายทางสุดท้าย|จุดส่งสินค้า|จุดส่งมอบ|สถานที่จัดส่ง",
    (TO, 8): "destination|destination port|destination city|dest|dest.|pod|p.o.d.|p.o.d|port of discharge|port of destination|port of arrival|port of unloading|discharge port|discharging port|arrival|arrival port|arrival city|arrival point|arrival place|unloading port|place of discharge|place of arrival|ship to|shipping to|import port|export to"
    "|도착지|도착항|도착도시|도착 도시|도착역|도착 항구|도착지점|목적지|목적항|행선지|양하지|양하항|양륙지|양륙항|하역지|하역항|착지|착항|입항지|입항 항구|목적|수입항|到着地|到着港|到着都市|揚地|揚港|揚げ地|揚げ港|陸揚地|陸揚げ地|陸揚港|陸揚げ港|荷揚地|荷揚げ地|荷揚港|荷揚げ港|仕向地|仕向け地|仕向港|仕向け港|仕向先|仕向け先|目的地|目的港|着地|着港|向け地|向地|行き先|行先|輸入港|入港地"
    "|ปลายทาง|ท่าปลายทาง|ท่าเรือปลายทาง|เมืองปลายทาง|จุดหมาย|จุดหมายปลายทาง|ประเทศปลายทาง|ท่าเรือขาเข้า|ท่าเรือนำเข้า|สถานที่ปลายทาง",
    (FROM, 7): "from|출발|발송|선적|출항|loading|load|出発|出港|発|積み|積|จาก", (TO, 7): "to|도착|입항|양하|납품|배송|discharge|delivery|到着|入港|着|揚げ|揚|ถึง|ไป",
    (VIA, 8): "via|transhipment|transshipment|transhipment port|transshipment port|t/s|t/s port|transit port|transit|경유|경유지|경유항|환적|환적지|환적항|経由|経由地|経由港|積替地|積替港|積替え地|積替え港|ผ่าน|ท่าเรือถ่ายลำ|จุดเปลี่ยนถ่าย",
}  # fmt: skip
_BY_WORD = {word: key for key, words in _WORDS.items() for word in words.split("|")}
# "p o l": the words of a label without their blanks, for labels that are spaced out
_BY_LETTERS = {word.replace(" ", ""): key for word, key in _BY_WORD.items() if not word.isascii()}
# words of a sentence as well: without a colon they are phrases
_NEED_COLON = {word for word in _BY_WORD if re.search(r" (?:to|from|at)$", word)} | set(
    "departure|arrival|via|transit|transhipment|transshipment|t/s|pick up|pick-up|pickup|final delivery|door delivery|door pickup|final stop|last stop|final place|목적|경유|환적|経由|origin|destination|dest|dest.|end point".split(
        "|"
    )
)
_ANY = "|".join(re.escape(word) for word in sorted(_BY_WORD, key=len, reverse=True))
_NOT_AFTER = r"(?<![a-z가-힣一-龥])"
_LABEL = re.compile(rf"{_NOT_AFTER}(?:{_ANY})(?![a-z])")
_SPACED = re.compile(
    r"^[^\w\n]{0,6}(?:(?:\d{1,2}|[a-z가-하])[.)][ \t]{0,3})?(?P<label>[가-힣一-龥](?:[ \t]{1,6}[가-힣一-龥]){1,4})(?=[ \t]{0,8}[:=|]|[ \t]{2,}|[ \t]\.{2,})",
    re.MULTILINE,
)
_COMBINED = re.compile(
    rf"{_NOT_AFTER}(?P<first>{_ANY})(?: ?\([^)\n]{{0,20}}\))?[ \t]{{0,3}}(?:/|&|,|->|>|~|-|및|and|・|·|と|และ)[ \t]{{0,3}}(?P<second>{_ANY})(?: ?\([^)\n]{{0,20}}\))?[ \t]{{0,6}}[:=|\t-][ \t]{{0,6}}$"
)
_REGION = (
    r"(?:대?한국|중국|일본|미국|독일|태국|베트남|인도네시아|인도|영국|대만|호주|캐나다|멕시코|프랑스|네덜란드|벨기에|스페인|이탈리아|폴란드|말레이시아|필리핀|터키|튀르키예|브라질|칠레|페루|이집트|사우디|러시아"
    r"|경기도?|경남|경북|전남|전북|충남|충북|강원도?|경상[남북]도|전라[남북]도|충청[남북]도|韓国|中国|日本|ドイツ|アメリカ|米国|タイ|ベトナム|オランダ|インド|インドネシア|英国|イギリス|台湾|豪州|オーストラリア"
    r"|ประเทศ|จีน|ญี่ปุ่น|เกาหลี(?:ใต้)?|อเมริกา|สหรัฐ(?:ฯ|อเมริกา)?|เยอรมน?ี?|เวียดนาม|อินเดีย|อินโดนีเซีย|ออสเตรเลีย|korea|china|japan|thailand|vietnam|germany|usa|india|uk)"
)
_BEFORE_PLACE = (
    rf"[ \t]*(?:the |port of |our |my |their |city of |항구 |주식회사 |{_REGION}[ ,/·・]{{0,2}}|[가-힣]{{2,7}} |ท่าเรือ ?|เมือง ?|จังหวัด ?|กรุง ?"
    r"|(?:warehouse|factory|plant|customer|store|dc|depot|site|door|cy|works|mill|port)(?: (?:in|at|near|of|,)|,)? ){0,3}[\"'(\[]?"
)
_SEPARATED = re.compile(
    r"^(?: ?[(\[][^)\]\n]{0,24}[)\]])? ?(?:(?:city|port|도시|항구|명|希望|名) ?)?"
    rf"(?:[ \t]{{0,12}}(?:[:=|\t]|->|>|-(?= )|・{{2,}}|\.{{2,}}|…{{1,6}}|·{{2,}})[ \t:.]{{0,6}}|[ \t]{{2,20}}|[:=]?[ \t]*\n(?=[^\n:]{{0,30}}$)){_BEFORE_PLACE}$"
)
_COLON = re.compile(r"[:=|\t]|\.\.|…|··")
_SAID_OF_IT = re.compile(rf"^(?:지?은|는|は|คือ) ?{_BEFORE_PLACE}$")
# a place on the next line is that of a label that has its line alone
_OWN_LINE = re.compile(r"(?:^|\n)[^\w\n]{0,8}(?:(?:\d{1,2}|[a-z가-하])[.)][ \t]{0,3})?$")
_SAID = re.compile(
    rf"^(?:은|는|이|가)? ?(?:은|는|이|가|は|が|คือ|เป็น|ที่|is|are|will be|would be|should be|has to be)(?: now)?[ :]{{0,2}}{_BEFORE_PLACE}$"
    # "the POL also changed to Nhava Sheva", 積地も釜山に変更
    rf"|^(?:,? (?:also|now|then|too|has|have|had|got|was|is|will|should|must|be|been|to|needs?|just|actually|please|pls)){{0,5}} (?:chang(?:ed?|es|ing)|switch(?:ed|es)?|mov(?:ed?|es)|amend(?:ed)?|revis(?:ed?)|updat(?:ed?)|correct(?:ed)?|becomes?|became) (?:in)?(?:to )?{_BEFORE_PLACE}$"
    rf"|^(?:,? (?:also|now|then|too|actually)){{1,2}}(?: (?:is|be|to be|will be|should be))? {_BEFORE_PLACE}$|^ (?:to be|shall be|must be|needs to be) {_BEFORE_PLACE}$"
    rf"|^(?: 역시|까지)?도 {_BEFORE_PLACE}$|^(?:も|だけ|のみ|を) ?{_BEFORE_PLACE}$|^(?:ก็)?(?:เปลี่ยน|แก้|ขอเปลี่ยน|ขอแก้)(?:ด้วย)?(?:มา)?(?:เป็น)? ?{_BEFORE_PLACE}$"
)
_PLAIN = re.compile(rf"^[ \t]{{1,8}}{_BEFORE_PLACE}$")
# POL横浜, 積地釜山: between these letters no blank parts a label from its place
_GLUED = re.compile(
    r"(?:[a-z](?=[^\x00-\x7f])|[一-龥](?=[ァ-ヺ一-龥a-z])|[지항](?=[a-zァ-ヺ一-龥]))"
)
_THAI_PLAIN = re.compile(r"^(?:คือ|ที่|เป็น|ของเรา|ท่าเรือ|เมือง|กรุง| ){0,4}$")
_SAME_BREATH = re.compile(r"^(?:항|港|市)?[ \t]{0,3}$")
# "부산(출발지)", "Busan (POL)", "Busan as POL"
_AFTER = re.compile(
    rf"^(?:항|港| port)?[ \t]?(?:[(\[\u3010] ?(?P<label>{_ANY})[ :]?[)\]\u3011]|as (?P<word>pol|pod)(?![a-z]))"
)
_NAMED_AFTER = re.compile(r"^ (?P<label>origin|destination)(?=[,.;\n]|$)")
# "부산 ETD 12/5, 함부르크 ETA 1/10"
_ETD_AFTER = re.compile(r"^(?:항|港| port)?[ ,:]{0,2}etd(?![a-z])")
_ETA_AFTER = re.compile(r"^(?:항|港| port)?[ ,:]{0,2}eta(?![a-z])")
_DAY = r"(?: (?:\d{1,2}[/.]\d{1,2}|\d{1,2}[월月] ?\d{1,2}[일日]))?"
# "출발 부산 도착 상하이": words that also follow their place, so both must stand before
_BEFORE_PAIR = [
    (FROM, TO, re.compile(r"(?<![a-z가-힣])(?:출발|출항|선적|出発|出港|from|departure|จาก)[ :]{1,3}$"),
     re.compile(rf"^(?:항|港| port)?{_DAY}[ ,/·、|\n-]{{1,5}}(?:도착|입항|양하|到着|着|to|arrival|ถึง)[ :]{{1,3}}$")),
    (TO, FROM, re.compile(r"(?<![a-z가-힣])(?:도착|입항|양하|到着|arrival)[ :]{1,3}$"),
     re.compile(rf"^(?:항|港| port)?{_DAY}[ ,/·、|\n-]{{1,5}}(?:출발|출항|선적|出発|出港|departure)[ :]{{1,3}}$")),
]  # fmt: skip
# "선적 부산, 일정은 나중에": a word of the sentence with its place, and nothing else
_ALONE = re.compile(
    r"(?:^|[\n.,/;]|니다)[ \t]{0,3}(?P<label>출발|선적|출항|도착|양하|入港|出港|積み|揚げ)[ ]{1,2}$"
)
_ALONE_AFTER = re.compile(r"^(?:항|港)?[ \t]{0,2}(?=[,.\n/;]|$)")
_ROLE_AFTER = re.compile(
    rf"^(?:항|港)?{_DAY} ?(?:출발|도착|출항|입항|선적|양하|出発|到着|出港|入港)"
)


def labelled(text: str, spots: Sequence[Spot]) -> list[Role]:
    """Roles of `spots` (in reading order) that labels of prepared `text` give."""
    starts = [spot.start for spot in spots]
    roles: dict[int, Role] = {}
    labels = sorted([*_words(text), *_spaced(text)])
    for start, end, name, rank in labels:
        number = bisect_left(starts, end)
        if number == len(spots) or spots[number].start - end > 60:
            continue
        if _reaches(text, start, end, spots, number, rank, roles):
            roles[spots[number].start] = Role(name, spots[number], rank)
    for role in _combined(text, spots):
        roles[role.spot.start] = role
    return [
        *roles.values(),
        *_after(text, spots, set(roles)),
        *_before_pairs(text, spots),
        *_alone(text, spots, set(roles)),
    ]


def _alone(text: str, spots: Sequence[Spot], taken: set[int]) -> Iterator[Role]:
    for spot in spots:
        match = _ALONE.search(text, max(0, spot.start - 12), spot.start)
        if match and spot.start not in taken and _ALONE_AFTER.match(text[spot.end : spot.end + 6]):
            name, _ = _BY_WORD[match.group("label")]
            yield Role(name, spot, 7)


# ผู้รับรอรับสินค้าที่...: who gets the goods there is no shipper
_RECEIVER = re.compile(
    r"(?:ลูกค้า|ผู้รับ|ผู้ซื้อ|บายเออร์)(?:ปลายทาง)?(?:จะ|ต้อง|ขอ|อยาก|ควร|ได้|รอ|มา|ไป){0,4}$"
)


def _words(text: str) -> Iterator[tuple[int, int, str, int]]:
    for match in _LABEL.finditer(text):
        name, rank = _BY_WORD[match.group()]
        if _RECEIVER.search(text, max(0, match.start() - 24), match.start()):
            continue
        yield match.start(), match.end(), name, rank


def _spaced(text: str) -> Iterator[tuple[int, int, str, int]]:
    for match in _SPACED.finditer(text):
        key = _BY_LETTERS.get(re.sub(r"[ \t]", "", match.group("label")))
        if key:
            yield match.start("label"), match.end("label"), *key


def _reaches(
    text: str,
    start: int,
    end: int,
    spots: Sequence[Spot],
    number: int,
    rank: int,
    roles: dict[int, Role],
) -> bool:
    """Whether the label that ends at `end` is that of the next spot, `spots[number]`."""
    gap = text[end : spots[number].start]
    if "\n" in gap and not _OWN_LINE.search(text[max(0, start - 30) : start]):
        return False
    separated = _SEPARATED.match(gap)
    if separated:
        return rank > 7 or bool(_COLON.search(gap))
    if rank == 7:
        return bool(_SAID_OF_IT.match(gap))
    if _SAID.match(gap) or _is_thai_label(text, end, gap):
        return True
    glued = not gap and _GLUED.match(text, end - 1) is not None
    if text[start:end] in _NEED_COLON or not (glued or _PLAIN.match(gap)):
        return False
    return not _belongs_before(text, end, spots, number, roles)


def _is_thai_label(text: str, end: int, gap: str) -> bool:
    return "฀" <= text[end - 1] <= "๿" and bool(_THAI_PLAIN.match(gap))


def _belongs_before(
    text: str, end: int, spots: Sequence[Spot], number: int, roles: dict[int, Role]
) -> bool:
    """Whether a label without a colon is that of the unlabelled place before it: "부산 출발지"."""
    if number == 0 or spots[number - 1].start in roles:
        return False
    line = text.rfind("\n", 0, end) + 1
    between = text[max(spots[number - 1].end, line) : end]
    label = _LABEL.search(between)
    return (
        spots[number - 1].end >= line
        and label is not None
        and bool(_SAME_BREATH.match(between[: label.start()]))
    )


def _combined(text: str, spots: Sequence[Spot]) -> Iterator[Role]:
    """`POL/POD: PUSAN / KOPER`: two labels, then two places."""
    for number, left in enumerate(spots[:-1]):
        match = _COMBINED.search(text, max(0, left.start - 70), left.start)
        right = spots[number + 1]
        between = text[left.end : right.start]
        if match and len(between) <= 24 and "\n" not in between:
            for word, spot in (("first", left), ("second", right)):
                name, rank = _BY_WORD[match.group(word)]
                yield Role(name, spot, max(rank, 8))


def _after(text: str, spots: Sequence[Spot], taken: set[int]) -> Iterator[Role]:
    for spot in spots:
        after = text[spot.end : spot.end + 40]
        match = _AFTER.match(after) or _NAMED_AFTER.match(after)
        if match and spot.start not in taken:
            name, rank = _BY_WORD[match.groupdict().get("word") or match.group("label")]
            yield Role(name, spot, max(rank, 8))


def _before_pairs(text: str, spots: Sequence[Spot]) -> Iterator[Role]:
    for left, right in pairwise(spots):
        before, between = text[max(0, left.start - 14) : left.start], text[left.end : right.start]
        if (
            _ETD_AFTER.match(between)
            and _ETA_AFTER.match(text[right.end : right.end + 12])
            and not re.search("et[ad]", before)
        ):
            yield Role(FROM, left, 8)
            yield Role(TO, right, 8)
        if _ROLE_AFTER.match(text[right.end : right.end + 20]):
            continue
        for first, second, opening, middle in _BEFORE_PAIR:
            if opening.search(before) and middle.match(between):
                yield Role(first, left, 8)
                yield Role(second, right, 8)
