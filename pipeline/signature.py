"""The signature at the end of a letter, where no "-- " tells where it begins.

Only what is surely one is cut: below a closing, a name or an empty line, lines that hold nothing
but ways to reach somebody, with a name, a company or a department among them. A line that may state
a fact of a transport ends the search.
"""

import re
from collections.abc import Sequence

MAX_LINES = 20
LINE = 300
# a line this long is no name, department or slogan
SHORT = 48
# without a telephone number or the like, only so few lines below a closing are a signature
NAMES = 7

_I = re.IGNORECASE
_EMAIL = r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}"
_URL = r"(?:https?://|www\.)[^\s<>]{3,200}"
_NUMBER = (
    r"(?:\+?\d{1,3}[ .)-]{0,2})?\(?\d{2,4}\)?[ .)-]{1,3}\d{3,4}[ .-]{1,2}\d{3,4}\b|\+\d{7,14}\b"
)
_REACH = re.compile(f"{_EMAIL}|{_URL}|{_NUMBER}", _I)
_REACH_HINT = re.compile(r"\d{3}|[@+]|www|http", _I)
_LABELLED = re.compile(
    r"^\W{0,4}(tel|t|phone|ph|p|mobile|mob|m|cell|c|c\.?p|h\.?p|fax|f|e|e-?mail|mail|"
    r"web(site)?|w|homepage|url|direct|office|skype|kakao(talk)?|line|wechat|whatsapp|"
    r"전화( ?번호)?|대표( ?전화| ?번호)?|팩스|휴대 ?(폰|전화)|핸드폰|모바일|직통|"
    r"연락처|이메일|메일|홈페이지|카톡|"
    r"電話(番号)?|代表|直通|携帯(電話)?|ファックス|メール(アドレス)?|"
    r"โทร(ศัพท์)?|โทรสาร|แฟกซ์|แฟ็กซ์|มือถือ|อีเมล์?|เว็บไซต์|ไลน์)\s?\.?\s{0,3}([:：)|/]|(?=[+(\d]))",
    _I,
)
_ADDRESS = re.compile(
    r"^\W{0,4}((head office|office|address|addr?|a|주소|본사|住所|所在地|本社|ที่อยู่|"
    r"สำนักงาน(ใหญ่)?)\s{0,2}\.?[:：]|〒)"
    r"|^〒?\s?\d{3}-\d{4}\s"
    r"|^(\(?\d{5}\)?\s)?\S{1,10}(특별시|광역시|시|도)?"
    r"\s\S{1,8}(구|군|시)\s.{0,40}(로|길|동|읍|면)\s?\d"
    r"|^\S{0,6}(都|道|府|県|市)\S{1,12}(区|町|村|市)\S{0,30}\d"
    r"|\b\d{1,5}(-\d{1,4})?,?\s[\w.' -]{2,40}"
    r"\b(street|st|road|rd|avenue|ave|boulevard|blvd|lane|drive)\b\.?"
    r"|\b\d{1,4}(-\d{1,4})?,?\s?[\w-]{2,30}-(ro|gil|daero|dong|gu)\b"
    r"|\b(\d{1,2}(st|nd|rd|th)?\s?(f|fl|floor)\b|(bldg|building|tower)\b).{0,60},"
    r"|(ถนน|แขวง|ตำบล).{0,60}(เขต|อำเภอ|จังหวัด|\d{5})",
    _I,
)
_COMPANY = re.compile(
    r"\(주\)|㈜|주식회사|유한회사|\bco\.?,?\s?ltd|\binc\b\.?|\bcorp(oration)?\b|\bllc\b|\bltd\b|\bgmbh\b|"
    r"\bpte\b|株式会社|有限会社|\(株\)|㈱|บริษัท|จำกัด|ห้างหุ้นส่วน|\blogistics\b|\bshipping\b|\btrading\b",
    _I,
)
_RULE = re.compile(r"^[\s>|]{0,3}([-=_*~#+.─━═＝―ー－＿・☆★◆◇■□※/]\s?){3,}$")
# a name, with the humble word below which nothing but a signature follows
_NAMED = re.compile(
    r"^.{1,40}\s(드림|올림|배상|拝|より|드립니다\s{0,2}[.]?\s{0,2}\S{2,4} 드림)\s{0,2}[.]?$"
)
_CLOSING = re.compile(
    r"^\W{0,3}((많은 |그럼 |항상 )?감사(합니다|드립니다|해요)?|고맙습니다|"
    r"수고하(세요|십시오)|안녕히 ?계(세요|십시오)|"
    r"(좋은|즐거운) 하루 (되세요|보내세요|되십시오)|"
    r"(many |kind|best|warm(est)?|with best|with kind)?\s?(regards|wishes)|"
    r"(many )?thanks?( (you|in advance|so much|a lot))*"
    r"( and (best |kind )?regards)?|thank you( very much)?|"
    r"(yours )?(sincerely|faithfully|truly)( yours)?|cheers|brgds|b\.?rgds|br|rgds|"
    r"(.{0,20}(以上|何卒|どうぞ|引き続き|今後とも)[、,]?.{0,20})?(宜しく|よろしく)(お願い)?.{0,14}(ます|致します)|以上|敬具|"
    r"ขอแสดงความนับถือ|ด้วยความเคารพ(อย่างสูง)?|ขอบคุณ(มาก|ล่วงหน้า)?\s?(ครับ|ค่ะ|คะ)?|ขอบพระคุณ(มาก)?\s?(ครับ|ค่ะ)?)"
    r"\W{0,4}$",
    _I,
)
# closings below which nothing but the writer's name stands
_BEFORE_A_NAME = re.compile(
    r"(regards|wishes|sincerely|truly|faithfully|yours|cheers|\bb\.?rgds|\brgds|\bbr|敬具|"
    r"ขอแสดงความนับถือ|ด้วยความเคารพ(อย่างสูง)?)\W{0,4}$|,\s*$",
    _I,
)
_TITLE = re.compile(
    r"\S\s?(사원|주임|대리|과장|차장|부장|팀장|실장|이사|상무|전무|대표|사장|"
    r"드림|올림|배상|지점|본부|사업부|영업부|영업팀|팀)(\s|$|[/|,.)])|"
    r"\S\s?(部長|課長|係長|主任|社長|担当|拝|様|支店|営業部|営業所)|"
    r"\b(mr|mrs|ms|manager|director|sales|assistant|executive|officer|president|ceo|"
    r"coordinator|office|dept|department|team|branch)\b|"
    r"^\W{0,3}(คุณ|นาย|นาง)|ผู้จัดการ|ฝ่าย|แผนก|เจ้าหน้าที่|สาขา",
    _I,
)
# the writer's own name with a rank: a place or a company has none
_RANK = re.compile(
    r"[가-힣]{2,4}\s?(사원|주임|대리|과장|차장|부장|팀장|실장|이사|상무|전무)(\s|$|[/|,.)])|"
    r"(部長|課長|係長|主任)\s|\b(manager|director|executive|coordinator)\b",
    _I,
)
_STROKES = re.compile(r"(\s[|｜/]\s.*){2}")
# what a program or a company adds below
_APPENDED = re.compile(
    r"^\W{0,2}(sent (from|via|with) (my |the |mail|outlook|yahoo|samsung|gmail|naver|proton)"
    r".{0,60}|"
    r"get outlook for .{0,30}|(나의 |내 )?(iphone|ipad|갤럭시|galaxy)에서 보냄|"
    r".{0,30}(스마트폰|휴대전화)에서 보(냄|냈습니다)|"
    r"(iphone|ipad|android|スマートフォン|.{0,20})\s?から送信(されました)?|"
    r"ส่งจาก.{0,40}(iphone|ipad|ของฉัน|android|โทรศัพท์|outlook|yahoo).{0,20}|"
    r"please consider the environment.{0,80}|virus-free\..{0,40})\W{0,3}$",
    _I,
)
_DISCLAIMER = re.compile(
    r"^\W{0,4}(disclaimer|confidential(ity)?\b|"
    r"this (e-?mail|message)( and any (files|attachments).{0,40})?"
    r".{0,60}(confidential|intended|privileged)|"
    r"본 ?(메일|이메일|메시지|전자 ?우편).{0,60}(기밀|비밀|수신|포함)|"
    r"(この|本)(電子)?メール.{0,40}(機密|秘密|宛先|受信)|"
    r"อีเมล(ฉบับ)?นี้.{0,60}(ความลับ|ผู้รับ))",
    _I,
)
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
# what a signature never states: a weight, a number of containers, a date, a way
_FIGURES = re.compile(
    r"\d\s?(kgs?|kg\.|t|tons?|tonnes?|mt|lbs?|cbm|m3|㎥|㎏|톤|킬로|トン|キロ|ตัน|กิโล\S{0,4}|กก\.?)(?![a-z])|"
    r"\d\s?['’′]?\s?(ft|feet|foot|hc|hq|gp|피트|フィート|ฟุต|teu|feu)|\d\s?['’′]|"
    r"\d\s?[x×*]\s?\d|"
    r"\b[1-9]\d?\s?(대|본|개|本|台|個|ตู้|pallets?|plts?|cartons?|ctns?|boxes|pcs|units?|containers?)\b|"
    rf"\b\d{{1,2}}(st|nd|rd|th)?\s?(of )?{_MONTH}\b|\b{_MONTH}\s\d{{1,2}}\b|"
    r"\d{1,2}\s?[월月]\s?\d{1,2}|\d\s?[일日]|\d{1,2}/\d{1,2}\b|20\d\d\s?[-./년年]\s?\d{1,2}|25[67]\d|"
    r"\d{1,2}\s(ม\.ค|ก\.พ|มี\.ค|เม\.ย|พ\.ค|มิ\.ย|ก\.ค|ส\.ค|ก\.ย|ต\.ค|พ\.ย|ธ\.ค|"
    r"มกรา|กุมภา|มีนา|เมษา|พฤษภา|มิถุนา|กรกฎา|สิงหา|กันยา|ตุลา|พฤศจิกา|ธันวา)|"
    r"→|⇒|->|=>|=＞|➡|\b(etd|eta|pol|pod)\b",
    _I,
)
_WORDS = re.compile(
    r"\b(fob|cif|cfr|exw|dap|ddp|lcl|fcl|cy|cfs|hs ?code|incoterms?|cargo|commodity|"
    r"weight|container|origin|destination|departure|arrival|shipment|booking|quot(e|ation)|deadline|to)\b|"
    r"출발|도착|출항|입항|선적|양하|적재|중량|무게|화물|컨테이너|견적|납기|픽업|상차|하차|운임|발주|주문|에서|까지|항$|"
    r"出発|到着|出港|入港|船積|重量|貨物|コンテナ|見積|納期|集荷|運賃|発注|注文|仕向|揚地|積地|から|まで|港$|"
    r"ต้นทาง|ปลายทาง|น้ำหนัก|สินค้า|ตู้คอนเทนเนอร์|ราคา|ออกเดินทาง|สั่งซื้อ|จาก|ไป|ถึง|ท่าเรือ|"
    r"^\W{0,3}(from|port|pick-?up|delivery|loading|discharge|via|place|수량|품목|품명|발송지|배송지|"
    r"p\.?s\.?|추신|追伸|ป\.?ล\.?)\b|\bport$|"
    # two words with a dash: Busan-Hamburg, Busan ~ Hamburg
    r"^\W{0,3}[^\s\d]{2,14}\s?[-–—~〜]\s?[^\s\d]{2,14}$",
    _I,
)
_SENTENCE = re.compile(
    r"(다|요|까|죠|ます|です|ください|下さい|ません|か|ครับ|ค่ะ|คะ)\s{0,2}[.。!?！？]{0,3}$|[?？]|[。]$|\w{2}[.!]\s\w|"
    r"\b(please|is|are|we|you|will|can|could|would|need|have|i'm|our|your)\b",
    _I,
)


def is_fact(line: str) -> bool:
    """Whether this line may state something of a transport; phone numbers and links do not."""
    bare = _bare(line[:LINE])
    return bool(_FIGURES.search(bare) or _WORDS.search(bare.strip()))


def has_figures(line: str) -> bool:
    """Whether this line holds a weight, a date or a way, which no signature does."""
    return bool(_FIGURES.search(_bare(line[:LINE])))


def _bare(line: str) -> str:
    """`line` without the ways to reach somebody; most lines can hold none."""
    return _REACH.sub(" ", line) if _REACH_HINT.search(line) else line


def without_signature(lines: Sequence[str]) -> list[str]:
    """`lines` without the signature at their end and what programs and companies add below it."""
    kept = _trimmed(lines)
    while kept and _is_appended(kept[-1]):
        kept = _trimmed(kept[:-1])
    kept = _without_disclaimer(kept)
    start = signature_start(kept)
    return _trimmed(kept[:start])


def _trimmed(lines: Sequence[str]) -> list[str]:
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    return list(lines[:end])


def _is_appended(line: str) -> bool:
    return bool(_APPENDED.match(line[:LINE])) and not has_figures(line)


def _without_disclaimer(lines: list[str]) -> list[str]:
    """`lines` without a final paragraph that says how secret the mail is."""
    for at in range(len(lines) - 1, max(0, len(lines) - MAX_LINES) - 1, -1):
        if _DISCLAIMER.match(lines[at][:LINE]):
            rest = lines[at:]
            return lines if any(map(is_fact, rest)) else _trimmed(lines[:at])
    return lines


def signature_start(lines: Sequence[str]) -> int:
    """The index of the first line of the signature that ends `lines`; their number if none does."""
    # most letters end without one: look for its landmarks first
    if not any(_is_landmark(line[:LINE].strip()) for line in lines[-MAX_LINES:]):
        return len(lines)
    first, kinds = _tail(lines)
    reach = [at for at, kind in kinds.items() if kind == "reach"]
    last = reach[-1] if reach else len(lines)
    closing = [at for at, kind in kinds.items() if kind in {"closing", "named"} and at < last]
    if closing and (reach or _is_sender(lines[closing[-1] :], kinds[closing[-1]])):
        # what stands below a closing is who they are
        return _shown(lines, closing[-1] + (kinds[closing[-1]] == "closing"))
    rules = [at for at, kind in kinds.items() if reach and kind == "rule" and at < reach[0]]
    if rules:
        return _shown(lines, rules[0])
    return _paragraph_of_contacts(lines, kinds, first)


def _is_sender(lines: Sequence[str], kind: str) -> bool:
    """Whether the few lines below a closing surely say who wrote, without a way to reach them.

    A bare word below "감사합니다" may be a port.
    """
    if len(lines) > NAMES:
        return False
    return (
        kind == "named"
        or bool(_BEFORE_A_NAME.search(lines[0][:LINE]))
        or any(_TITLE.search(each[:LINE]) or _COMPANY.search(each[:LINE]) for each in lines[1:])
    )


def _is_landmark(line: str) -> bool:
    return bool(_REACH_HINT.search(line) or _CLOSING.match(line) or _NAMED.match(line))


def _shown(lines: Sequence[str], start: int) -> int:
    """`start`, unless nothing would be left above it."""
    return start if any(line.strip() for line in lines[:start]) else len(lines)


def _paragraph_of_contacts(lines: Sequence[str], kinds: dict[int, str], first: int) -> int:
    """Where, below an empty line, a last paragraph begins that holds two ways to reach somebody.

    A list of facts may end with an address and a telephone number: those are part of the list.
    """
    spread = _spread_contacts(lines, kinds)
    if spread is not None:
        return _shown(lines, spread)
    start = max((at + 1 for at in range(first, len(lines)) if not lines[at].strip()), default=0)
    contacts = sum(kind == "reach" for at, kind in kinds.items() if at >= start)
    plain = all(
        kinds.get(at) in {"reach", "name", "company", "rule"} for at in range(start, len(lines))
    )
    return _shown(lines, start) if start and contacts > 1 and plain else len(lines)


def _spread_contacts(lines: Sequence[str], kinds: dict[int, str]) -> int | None:
    """Where, below an empty line, a person with a rank begins, and below it nothing but a company
    and ways to reach both, a telephone or mail address among them.

    HTML puts empty lines between them, or all on one line with strokes.
    """
    for at in sorted(kinds):
        line = lines[at][:LINE]
        if kinds[at] not in {"name", "company", "reach"} or not _RANK.search(_bare(line)):
            continue
        below = [each for each in kinds if each >= at]
        reach = [each for each in below if kinds[each] == "reach"]
        certain = len(reach) > 1 or (reach == [at] and _STROKES.search(line))
        by_wire = any(_REACH.search(lines[each][:LINE]) for each in reach)
        if at and not lines[at - 1].strip() and certain and by_wire:
            return at
    return None


def _tail(lines: Sequence[str]) -> tuple[int, dict[int, str]]:
    """The last lines that may be a signature, with what each is, and the index of the first."""
    kinds: dict[int, str] = {}
    at = len(lines)
    while at > max(0, len(lines) - MAX_LINES):
        kind = _kind(lines[at - 1][:LINE])
        if not kind:
            break
        at -= 1
        if kind != "blank":
            kinds[at] = kind
        if kind == "closing" and any(each == "reach" for each in kinds.values()):
            break
    return at, dict(sorted(kinds.items()))


def _kind(line: str) -> str:
    """What a line of a signature is; "" for one that belongs to no signature."""
    line = line.strip()
    if not line:
        return "blank"
    if _CLOSING.match(line):
        return "closing"
    if _RULE.match(line) or line == "--":
        return "rule"
    if is_fact(line):
        return ""
    if _NAMED.match(line):
        return "named"
    bare = _bare(line)
    if _ADDRESS.search(line) or _LABELLED.match(line) or (bare != line and len(bare) < SHORT):
        return "" if _SENTENCE.search(bare) else "reach"
    if _SENTENCE.search(line) or ":" in line or "：" in line:
        return ""
    if _COMPANY.search(line) and len(line) < 2 * SHORT:
        return "company"
    return "name" if len(line) <= SHORT and not re.search(r"\d", line) else ""
