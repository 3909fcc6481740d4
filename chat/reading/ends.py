"""The two ends of the way in a chat message: bare names, corrected ones, unknown and doubtful ones."""

# ruff: noqa: E501 - the alternatives of a pattern read best on one line

import re
from collections.abc import Iterator

from chat import intents
from chat.reading.bare import core
from chat.reading.values import ENDS, Found, Question, blank
from freight import gazetteer, places
from freight.extraction import route_phrases

# short names that people type in small letters where a place is asked for
_SMALL = re.compile(r"(?<![A-Za-z])(?:la|ny|hk|sg|hcmc?|bkk|pus|icn|lgb|lax|nyc)(?![A-Za-z])")
_BESIDE = re.compile(
    r"(?<![a-z])(?:port|city|of|from|to|departing|leaving|origin|destination|pol|pod|ship|going|and|then|via|it|is|in|at|direct|seaport|harbou?r|for)(?![a-z])"
    r"|항|시(?= |$|요|입|이)|에서|까지|(?:으로|로)|발|행|출발|도착|출발지|도착지|목적지|선적항|도착항|은|는|이|가|을|를|갑니다|보냅니다|가요|나갑니다|가는|[-~>/,、&]"
    r"|港|から|まで|へ|発|行き|着|出発|到着|向け|に|は|と|の|が|を|ท่าเรือ|จาก|ไปที่|ไปยัง|ไป|ถึง|ออกจาก|ออก|ต้นทาง|ปลายทาง|เมือง|ที่|ส่ง|และ|คือ"
)
_FROM_LABEL = re.compile(
    r"(?<![a-z])(?:origin|pol|port of loading|loading port|departure (?:port|place|city)|place of departure|departure)(?![a-z])|출발(?:지|항|도시)?(?!일|은? ?\d)|선적[지항]|출발 ?(?:장소|항구)|出発[地港]|積[地み]?港?|発地|船積港|ต้นทาง|ท่าต้นทาง"
)
_TO_LABEL = re.compile(
    r"(?<![a-z])(?:destination|pod|port of discharge|discharge port|arrival (?:port|place|city)|final port)(?![a-z])|도착(?:지|항|도시)|목적[지항]|양하[지항]|행선지|仕向[地港け]|到着[地港]|揚[地げ]?港?|目的地|行き?先|ปลายทาง|จุดหมาย"
)
_FROM_AFTER = re.compile(
    r"^(?:항|港|市|시| port)? ?(?:에서|부터|발(?![가-힣])|출발|から|発|より|出発)"
)
_TO_AFTER = re.compile(r"^(?:항|港|市|시| port)? ?(?:까지|행(?![가-힣])|도착|まで|行き|着|向け|へ)")
_TOWARDS = re.compile(
    r"^(?:항|시)? ?(?:으로|로)(?=$| |요|가|보|[.,!])(?! ?(?:바꿔|변경|수정|정정|해|할|바꾸|부탁))"
)
_FROM_BEFORE = re.compile(
    r"(?:(?<![a-z])from|ออก(?:จาก|ที่)?|จาก|ขึ้น(?:ของ|ตู้|สินค้า|เรือ)(?:ที่)?|โหลด(?:ของ|ตู้)?ที่|ลงเรือ(?:ที่)?|ต้นทาง(?:คือ)?) ?(?:the )?(?:port of |ท่าเรือ)?$"
)
_TO_BEFORE = re.compile(
    r"(?:(?<![a-z])to|(?:ส่ง)?ไป(?:ที่|ยัง)?|ถึง|ลง(?:ของ|ตู้|สินค้า)?(?:ที่)?|ปลายทาง(?:คือ)?) ?(?:the )?(?:port of |ท่าเรือ)?$"
)
# what stands where a place may stand, and is none: days, and the customer's own premises
_NO_PLACE = re.compile(
    r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?|jan\w*|feb\w*|mar(?:ch)?|apr\w*|may|june?|july?|aug\w*|sep\w*|oct\w*|nov\w*|dec\w*|our|my|your|the|door|port|i|factory|warehouse|office|here|there|now|home|us|you"
    r"|.*(?:언제|그때|지금|거래처|바이어|고객|수하인|여기|거기|어디|회사|공장|창고|저희|우리|오늘|내일|모레|주말|월말|연말|집|사무실|본사|처음|아직).*|초순?|중순|하순|말일|.*요일|.*[월일주]|출발|도착|출항|선적"
    r"|.*(?:時|いつ|弊社|当社|会社|工場|倉庫|今日|明日|事務所|当方|自社|出発|到着|出港|ここ|そこ|最初|日).*|.*[末曜月週年]|(?:.*ไหน|บริษัท|โรงงาน|คลัง|โกดัง|ที่|วัน|เดือน|บ้าน|เรา|นี่|ตอน).*",
    re.IGNORECASE,
)
_NAME = r"([A-Z][\w'’-]{2,}(?:[ -](?:[A-Z][\w'’-]+|on|upon|de|la|le|am|sur)){0,3})"
_PLACE_WORDS = {
    "origin": re.compile(
        rf"\b(?:[Ff]rom|[Oo]ut of|[Ll]eav(?:es|ing)|[Dd]epart(?:s|ing)|[Oo]rigin(?: is|:)?|POL(?: is|:)?|[Ll]oading(?: port)?(?: is|:| at| in)?) (?:the port of |port of )?{_NAME}(?! ?\d)|(?<![가-힣])([가-힣]{{2,8}})(?:에서|발(?=\s|$))"
        r"|(?<![ァ-ヺー一-鿿])([ァ-ヺー一-鿿々]{2,10})(?:から|発|積み|出し(?=で|$|[、。])|を出)|(?:จาก|ต้นทาง(?:คือ)?(?=\s?(?:เมือง|ท่าเรือ)))\s?(?:เมือง|ท่าเรือ|ท่า|จังหวัด|กรุง)?\s?([ก-๎]{2,20}?)(?=ไป|ถึง|ครับ|ค่ะ|คะ|จ้า|จ้ะ|นะ|\s|$)"
    ),
    "destination": re.compile(
        rf"\b(?:[Tt]o|[Ii]nto|[Bb]ound for|[Hh]eaded for|[Dd]estination(?: is|:)?|POD(?: is|:)?|[Aa]rriv(?:es|ing)(?: in| at)) (?:the port of |port of )?{_NAME}(?! ?\d)|(?<![가-힣])([가-힣]{{2,8}})(?:까지|행(?=\s|$))"
        r"|(?<![ァ-ヺー一-鿿])([ァ-ヺー一-鿿]{2,10})(?:まで|行き|向け|揚げ|着(?=で|$|[、。]))|(?:ไป(?:ที่|ยัง|เมือง|ท่าเรือ|ส่งที่)|ส่งถึง|ถึงเมือง)\s?(?:เมือง|ท่าเรือ|ท่า|จังหวัด|กรุง)?\s?([ก-๎]{2,20}?)(?=ครับ|ค่ะ|คะ|จ้า|จ้ะ|นะ|\s|$)"
    ),
}
_SENTENCE_KO = re.compile(
    r"[ㄱ-ㅎㅏ-ㅣ]|(?:[고서게지네까나데니면해줘래죠함됨없있]|라고|세요|주세|할까|다|습니|는데|거든|텐데|어|아|을|를|만|도|요|님|씨|중|번|개|껄|걸)$"
    r"|^(?:안|못|뭐|왜|네|예|아니|모|감사|상담|직원|담당|견적|가격|운임|비용|빨리|천천|그냥|대충|아무|진짜|정말|확인|오케이|테스트|하이|헐|잠|나중|글쎄|미정)"
)
_SENTENCE_TH = re.compile(
    r"^(?:ขอ|อะไร|เดี๋ยว|ไม่|ใช่|ยัง|มี|ได้|รอ|สวัสดี|ถ้า|ทำ|เอา|คุย|คิด|ช่วย|แล้ว|ก็|ตอน|เมื่อ|ราคา|ติดต่อ|โทร|แจ้ง|รบกวน|ผม|ดิฉัน|ฉัน|เรา|พรุ่ง|วัน|เร็ว|ปกติ|เหมือน|จะ|คือ|อืม|โอเค|ตกลง|งง|อ่า|หรือ|ผ่าน)"
)
_SMALL_TALK = re.compile(
    r"lol|haha\w*|hmm+|test\w*|asdf\w*|thanks?|thx|sorry|wait\w*|later|maybe|whatever|same|nothing|nope|cool|great|nice|good|fine|done|hello\w*|later|soon|asap|what|huh|help|human|agent|person|operator|please|okay|wow|bye\w*|not|sure|idk|dunno|anywhere|somewhere|unknown|tbd|tba|pending|none|any|stock|office|town|scratch|order|hand|bed|work|status|price|quote|cancel|stop|start|never|mind|[a-z]+ing",
    re.IGNORECASE,
)


def readable(text: str) -> str:
    """`text` with short names in capitals, as the gazetteer has them."""
    return _SMALL.sub(lambda match: match.group().upper(), text)


# "change it to Incheon" tells no end; what is changed is what was asked for, or of that country
_CHANGE_TO = re.compile(
    r"(?:(?<![a-z])(?:chang|switch|correct|amend|updat|mov|revis)(?:e|ed|ing|s|es|t)?(?: (?:it|that|this))? (?:in)?to|(?<![a-z])back to|(?<![a-z])revert(?:ing|ed)?(?: [a-z]+){0,3} to|(?:แก้|เปลี่ยน)(?:ใจ|มา|ไป)?(?:ใหม่)?เป็น) ?(?:the )?(?:port of |ท่าเรือ|เมือง)?$"
)


def without_change(folded: str, cased: str) -> str:
    """`folded` without such words right before a place, where no end is named in it."""
    if _FROM_LABEL.search(folded) or _TO_LABEL.search(folded):
        return folded
    for match in places.find(cased):
        words = _CHANGE_TO.search(folded, max(0, match.start - 40), match.start)
        if words:
            folded = blank(folded, *words.span())
    return folded


def labelled(cased: str, folded: str, question: Question) -> Found | None:
    """The one place of the message, where a word for its end stands in it, or joins it."""
    named = places.find(cased)
    if len(named) != 1 or len(named[0].locodes) != 1:
        return None
    name = _end_of(folded, named[0])
    return Found(name, named[0].locodes[0], named[0].start, named[0].end) if name else None


def _end_of(folded: str, match: places.PlaceMatch) -> str | None:
    """`origin` or `destination` by what joins the place, else by a label; None where neither does."""
    before, after = (
        folded[max(0, match.start - 24) : match.start],
        folded[match.end : match.end + 12],
    )
    if route_phrases.is_received(folded[: match.start][-80:], folded[match.end :][:45]):
        return "destination"
    if _CHANGE_TO.search(before):
        before = ""
    sides = (
        (_FROM_AFTER.match(after) or _FROM_BEFORE.search(before)),
        (_TO_AFTER.match(after) or _TO_BEFORE.search(before)),
    )
    if not any(sides):
        sides = (_FROM_LABEL.search(folded), _TO_LABEL.search(folded))
    if not any(sides):
        sides = (None, _TOWARDS.match(after))
    if all(sides) or not any(sides):
        return None
    return "origin" if sides[0] else "destination"


# "leaving Dec 3 at Incheon", "출발은 12월 3일 인천항이요": the end of a day that a place follows
_AT = re.compile(
    r" ?(?:에 )?(?:출항|출발|도착|입항|선적|発|着|出港|入港|出発|到着)?[ ,、]*(?:at|in|on|from|에|で|に|の|ที่)?[ ]*(?:the )?(?:port of |ท่าเรือ)?"
)
_NO_MORE = re.compile(
    r"(?:항|港|시| port)?(?:이고요?|이구요|이요|이에요|입니다|예요|요|임|です|で|ค่ะ|คะ|ครับ|คับ| please| pls)?[ ]*(?:[.!,、。\n]|$)"
)


def of_dates(cased: str, folded: str, dates: dict[str, int], question: Question) -> list[Found]:
    """Places right after the day of the departure or the arrival; `dates`: where those days end."""
    found = []
    for match in places.find(cased):
        told = {name for name in ENDS if getattr(question.told, name) in match.locodes}
        for name, end in (("origin", dates.get("etd")), ("destination", dates.get("eta"))):
            if (
                end is not None
                and end <= match.start
                and len(match.locodes) == 1
                and _AT.fullmatch(folded[end : match.start])
                and _NO_MORE.match(folded, match.end)
                and not told
            ):
                found.append(Found(name, match.locodes[0], match.start, match.end))
    return found


def alone(cased: str, folded: str) -> list[places.PlaceMatch]:
    """The places that the message consists of; none where it says anything else."""
    named = places.find(cased) or _joined(folded)
    rest = folded
    for match in named:
        rest = rest[: match.start] + " " * (match.end - match.start) + rest[match.end :]
    left, _, _ = core(rest, _BESIDE)
    return [] if left else named


def _joined(folded: str) -> list[places.PlaceMatch]:
    """Two known names in one Hangul word: 부산상하이."""
    left, start, end = core(folded)
    if not re.fullmatch(r"[가-힣]{4,14}", left):
        return []
    for cut in range(2, len(left) - 1):
        first, second = places.owners(left[:cut]), places.owners(left[cut:])
        if len(first) == 1 and len(second) == 1:
            middle = start + cut
            return [
                places.PlaceMatch(start, middle, (first[0].locode,)),
                places.PlaceMatch(middle, end, (second[0].locode,)),
            ]
    return []


def pair(named: list[places.PlaceMatch]) -> tuple[Found, ...]:
    """Origin and destination, where two bare places are named."""
    if len(named) != 2 or any(len(match.locodes) != 1 for match in named):
        return ()
    return tuple(
        Found(name, match.locodes[0], match.start, match.end)
        for name, match in zip(ENDS, named, strict=True)
    )


def asked_end(question: Question) -> tuple[str | None, bool]:
    """The end that a bare place answers, and whether that is sure."""
    if question.asked in ENDS:
        return question.asked, True
    missing = [name for name in ENDS if getattr(question.told, name) is None]
    missing = [name for name in missing if name in question.open]
    if len(missing) == 1:
        return missing[0], True
    return (missing[0], False) if missing else (None, False)


def end_of_country(locodes: tuple[str, ...], question: Question) -> str | None:
    """Which known end a bare place may correct: the only one in the same country."""
    same = [
        name
        for name in ENDS
        if (known := getattr(question.told, name)) and known[:2] == locodes[0][:2]
    ]
    return same[0] if len(same) == 1 else None


# "to Vietnam by ship": a country alone leaves the port open
_LAND = re.compile(
    r"(?<![가-힣])(?P<name>[가-힣]{2,6}?)(?:으로|로) ?(?:가|보내|보낼|나가|수출|운송|배송|선적)"
)


def known_towards(text: str, known: list[places.PlaceMatch]) -> bool:
    """Whether a known place stands right before a particle that leads to it."""
    return any(
        re.match(r"(?:항|시)?(?:까지|행|으?로)(?![가-힣])", text[one.end :]) for one in known
    )


# persons are no places: "from Tanaka-san", 김과장님, คุณสมชาย
_TITLE_BEFORE = re.compile(
    r"(?:(?<![a-z])(?:mr|mrs|ms|miss|mx|dr|prof|sir|madam|khun|captain|capt|manager|colleague|boss|director)\.? |คุณ ?|นาย ?|นาง(?:สาว)? ?|พี่ ?|น้อง ?|หัวหน้า ?)$",
    re.IGNORECASE,
)
_PERSON = re.compile(
    r"(?:mr|mrs|ms|miss|mx|dr|prof|khun)\.? .*|.*[- ](?:san|sama|kun|chan|nim|ssi)|.*[가-힣](?:님|씨|대리|과장|차장|부장|팀장|사장|이사|주임|실장|대표|전무|상무|사원|직원|선배|담당자?)|.*(?:さん|様|氏|部長|課長|係長|社長|専務|主任|次長|店長|先輩|担当)|(?:คุณ|นาย|นาง|พี่|น้อง|หัวหน้า|ผู้จัดการ|เจ้านาย).*",
    re.IGNORECASE,
)
_TITLE_AFTER = re.compile(
    r"[- ]?(?:san|sama)(?![a-z])| ?(?:님|씨|대리|과장|차장|부장|팀장)|(?:さん|様|氏|部長|課長|係長|社長)",
    re.IGNORECASE,
)


def is_person(text: str, start: int, end: int) -> bool:
    """Whether the name `text[start:end]` is a person's, by a title in it or beside it."""
    return bool(
        _PERSON.fullmatch(text, start, end)
        or _TITLE_BEFORE.search(text[max(0, start - 14) : start])
        or _TITLE_AFTER.match(text, end)
    )


# "actually from Atlantis", "POL: Atlantis": an end that is known is told anew
_CORRECTS = re.compile(
    r"(?<![a-z])(?:chang\w*|instead|actually|correct\w*|wrong|mistake|should (?:be|read)|rather|switch\w*|amend\w*|updat\w*|revis\w*|replac\w*|not|sorry|make it|now (?:from|to|out of|ships?|leav\w+)|no longer|new (?:origin|destination|po[ld]))(?![a-z])|^ ?no(?:pe)?(?![a-z])"
    r"|변경|바꿔|바꾸|바뀌|바뀐|바뀝|수정|정정|말고|아니|대신|잘못|틀렸|実は|変更|変え|変わ|ではな|じゃな|でなく|訂正|修正|間違|正しく|やっぱり|やはり|代わり|違|เปลี่ยน|แก้|ไม่ใช่|แทน|ผิด|ที่ถูก"
)


def corrects(text: str) -> bool:
    """Whether folded `text` plainly tells something anew, or names the end that it tells."""
    if _HANDS_OVER.search(text):
        return False
    return bool(_CORRECTS.search(text) or _FROM_LABEL.search(text) or _TO_LABEL.search(text))


# who writes now instead of whom
_HANDS_OVER = re.compile(
    r"(?<![a-z])(?:tak(?:e|es|ing)|took) (?:this |it )?over|(?<![a-z])hand(?:ed|ing)? ?over(?: from| by)|(?<![a-z])on behalf of|담당자?(?:가|는|로|입니다)|인수인계|인계 ?받|이어 ?받|引き?継|担当(?:が|は|に|を|者)|รับ(?:ช่วง|งาน)ต่อ|แทนคุณ"
)


def is_open(end: str, question: Question) -> bool:
    """Whether that end of the way is still to be told, or was asked for."""
    return end in question.open or end == question.asked or getattr(question.told, end) is None


def unknown(text: str, question: Question, taken: set[str]) -> Iterator[tuple[str, str, int]]:
    """(end, name, where) of places in `text` that we do not serve; `taken`: ends that are told."""
    known = places.find(text)
    land = None if "destination" in taken or known_towards(text, known) else _LAND.search(text)
    if land and gazetteer.key(land["name"]) in gazetteer.countries():
        yield "destination", land["name"], land.start("name")
    for name, pattern in _PLACE_WORDS.items():
        for match in pattern.finditer(text):
            group = next(number for number, said in enumerate(match.groups(), 1) if said)
            served = any(
                one.start < match.end(group) and match.start(group) < one.end for one in known
            )
            is_port = len(match[group]) > 3 and match[group].endswith(("港", "항"))
            no_place = not is_port and _NO_PLACE.fullmatch(match[group])
            person = is_person(text, *match.span(group))
            if name not in taken and not served and not no_place and not person:
                yield name, match[group], match.start(group)
                break


def bare_name(text: str, folded: str) -> tuple[str, int, int] | None:
    """A message that is a name and no known place: the name as written and its span."""
    left, start, end = core(folded, _EDGES)
    name = text[start:end]
    if len(left) < 2 or len(left) > 30 or re.search(r"[\d?@:/\n]", left) or not _is_name(name):
        return None
    said = intents.says_yes(text) or intents.says_no(text) or intents.says_hello(text)
    return (
        None
        if said
        or intents.asks_status(text)
        or _NO_PLACE.fullmatch(left)
        or is_person(text, start, end)
        else (name, start, end)
    )


_EDGES = re.compile(
    r"^\s*(?:(?:(?:it(?:'?s| is)?|we(?:'re| are)?|they(?:'re| are)?|(?:the )?(?:cargo|goods|shipment)(?: is)?) )?(?:(?:going|goes|go|shipping|ships?|sails?|sailing|leav(?:es|ing)|depart(?:s|ing)) )?(?:from|out of|to|into|bound for|port of|pol|pod)(?![a-z])|(?:(?:ของ|สินค้า)?(?:ส่ง)?ออก)?จาก(?:เมือง|ท่าเรือ|จังหวัด)?(?=[ก-๎])|ไป(?:ที่|ยัง)?(?:เมือง|ท่าเรือ)?(?=[ก-๎])|ท่าเรือ)\s?|(?:에서|까지|발|행|항|으로|から|まで|発|行き|着|港|へ)(?:요|です|입니다|이요)?[\s.!]*$"
)


def _is_name(name: str) -> bool:
    """Whether words in any of the scripts look like a name and not like a sentence."""
    words = name.split()
    if re.fullmatch(r"[A-Za-z.'À-ɏ -]+", name):
        if len(words) > 3 or any(_SMALL_TALK.fullmatch(word) for word in words):
            return False
        return words[0][0].isupper() or (len(words) == 1 and len(name) >= 5)
    if re.search(r"[가-힣]", name):
        return len(words) == 1 and len(name) <= 8 and not _SENTENCE_KO.search(name)
    if re.search(r"[ก-๎]", name):
        return len(words) == 1 and len(name) <= 16 and not _SENTENCE_TH.search(name)
    return re.fullmatch(r"[ァ-ヺー・]{3,14}|[一-鿿]{2,5}", name) is not None and not re.search(
        r"[者様円社人員通状]|検討|未定|不明|確認|質問|了解|見積|価格|料金|担当", name
    )
