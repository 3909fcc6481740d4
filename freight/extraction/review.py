"""Why the machine must not price a mail by itself."""

# ruff: noqa: E501 - the alternatives of a pattern read best on one line

import re

from freight.extraction.text import sentence, speaks_of_past

_NO = r"(?:not|no|non|without|isn't|aren't|nothing|neither|nor|never|free of|excluding|other than)"
_DENIED_BEFORE = re.compile(
    rf"(?:(?<![a-z]){_NO}(?: (?:a|an|any|by|via|the|is|as|for|to|under|classified as|considered|regarded as|subject to|contain\w*|include\w*))*[ -]{{0,2}}|비[- ]?|非|ไม่(?:ใช่|มี|เป็น|เอา|ต้องการ|จัดเป็น|ถือเป็น)(?:สินค้า)? ?|instead of |rather than |일반 ?화물\(비|[□☐] ?|\[ ?\] ?|\( ?\) ?)$"
)
_DENIED_AFTER = re.compile(
    r"^[^\n.,]{0,10}?(?:아님|아닙|아니|아닌|없|해당 ?(?:사항)? ?없|미해당|비해당|말고|제외|불가|불필요|ではな|ではあり|じゃな|でな[いく]|なし|無し|非該当|に該当し|不要|ไม่มี|ไม่ใช่|: ?(?:no(?:ne|t)?|n/?a|x|없음|아니오|nil|비해당|無|否|ไม่มี|ไม่ใช่)(?![a-z])|\?? ?(?:no|none|x)(?![a-z])|[- ]?free(?![a-z])|not (?:applicable|required|needed)|is not(?![a-z]))"
)
_CLASS_OF_DANGER = r"[2-9](?:\.\d)?(?![\d.]*\d|st|nd|rd|th|[a-z])"
_REASONS = {
    "lcl": re.compile(
        r"(?<![a-z])lcl(?![a-z])|less[- ]than[- ]container|groupage|소량 ?화물|혼적|혼재 ?화물|콘솔 ?(?:화물|박스|로|운송|견적)|混載|小口貨物|小口混載|ไม่เต็มตู้|แชร์ตู้|(?:ฝาก|ใช้)?(?:รวม|ร่วม)ตู้(?!ละ|ที่)|แบบรวม|ฝากส่งรวม|consolidat(?:ion|ed) (?:box|container|shipment|cargo)"
    ),
    "air": re.compile(
        r"air ?-?(?:freight|cargo|shipment|waybill|lift)|(?<![a-z])by (?:air|plane)(?![a-z])|(?<![a-z])m?h?awb(?![a-z])|(?<![a-z])air (?:rates?|quot\w+|price|option|mode|transport)|(?<!대한)(?<!시아나)항공(?: ?(?:편|기|운송|화물|운임|수출|수입|으로|로|견적|특송|배송)|\)|$)|에어(?: ?(?:운임|프레이트|카고|로|편)|$)|비행기(?:로| ?편)"
        r"|航空(?:便|貨物|輸送|運賃|機|で)|エアー?(?:便|カーゴ|フレート|フレイト|で)|空輸|飛行機|ทางอากาศ|ทางเครื่องบิน|แอร์เฟรท|แอร์คาร์โก้|ทางแอร์|เครื่องบิน"
    ),
    "dangerous": re.compile(
        r"dangerous (?:goods|cargo)|hazardous|(?<![a-z])haz-?(?:mat|cargo)?(?= (?:cargo|goods|class|chem)|mat(?![a-z]))|(?<![a-z])haz-?mat(?![a-z])|(?<![a-z])(?:dg|dgr|d/g)(?= ?(?:cargo|goods|class|shipment|declaration|surcharge|item|container|no|sheet|화물|품|신고|貨物|品|로|입니다|인데|이라|でも|です|ครับ|ค่ะ|[,.)/:]|$))|(?<![a-z])imdg|(?<![a-z])imo(?: ?class| ?\d|(?= ?화물)| ?(?:cargo|goods|declaration|dg))"
        rf"|(?<![a-z])un ?[-#]?(?:no\.? ?|nr\.? ?|number ?|번호 ?|番号 ?)?:? ?[0-3]\d{{3}}(?![\d-])|(?<![a-z])(?:dg|haz|hazard|danger|imo|imdg|위험물|危険(?:物|品))[ -]?(?:class|등급|급|クラス)|(?<![a-z])class ?[:=]? ?{_CLASS_OF_DANGER}(?= ?(?:dg|dangerous|haz|cargo|goods|flam|corr|liquid|solid|gas|tox|oxid|[,)/;]|un|pg|packing|$|\n))|클래스 ?{_CLASS_OF_DANGER}|クラス ?{_CLASS_OF_DANGER}|[2-9](?:\.\d)?[급類]? ?(?:위험물|危険物)"
        r"|(?:flammable|corrosive|toxic|explosive|oxidi[sz]ing|combustible)(?: (?:liquid|solid|gas|substance|goods|cargo|material|chemical)s?|(?=[,.)\n]|$))|(?<![a-z])m?sds(?![a-z])|safety data sheet|lithium[- ](?:ion|batter|metal)|리튬|인화성|부식성|폭발물|화약|위험물|위험 ?화물|위험품|유엔 ?번호|危険(?:物|品|貨物)|引火性|腐食性|火薬|リチウム|安全データシート|วัตถุอันตราย|สินค้าอันตราย|ของอันตราย|วัตถุไวไฟ|สารไวไฟ|ไวไฟ|กัดกร่อน|ลิเธียม|ลิเทียม"
    ),
    "several_shipments": re.compile(
        r"(?<![a-z\d])(?:two|three|four|five|several|multiple|[2-9]) (?:separate |different |individual |distinct )(?:shipments|consignments|lots|bookings|sailings|loads)|split (?:shipments?|into (?:two|three|\d))|in (?:two|three|\d) (?:lots|shipments|sailings|batches)(?![a-z])|(?:separate|individual) quot\w+ for each|분할 ?(?:선적|출하|운송)|나눠(?:서)? ?(?:선적|출하|보내|싣|실)|(?:두|세|네|[2-9]) ?(?:번|회|차례|차)(?:에 걸쳐|로 나|에 나)|[2-9] ?회 ?(?:선적|출하)|건별로? ?(?:각각 ?)?견적|각각 ?(?:따로 )?견적"
        r"|分割(?:船積|出荷)|[2-9二三] ?回に分け|分納|別々に(?:見積|出荷)|แบ่งส่ง|แบ่ง(?:เป็น)? ?[2-9] ?(?:เที่ยว|ล็อต|รอบ)|[2-9] ?(?:ล็อต|เที่ยวเรือ)"
    ),
}
# one word that all is harmless answers for a data sheet and a class that is only mentioned
_HARMLESS = re.compile(
    r"non[- ]?(?:dg|haz\w*|dangerous|imo|imdg|flammable)|not (?:a |any |classified as |considered |regarded as )*(?:dg|dangerous|hazardous|imo)|no (?:dg|dangerous|hazardous)|비 ?위험|위험물 ?(?:이|은|에)? ?(?:아님|아닙|아니|아닌|해당 ?없|미해당|해당하지 않)|일반 ?화물|非危険|危険(?:物|品)(?:では(?:ない|ありません|なく)|に該当し(?:ない|ません)|非該当|じゃない)|一般貨物|general cargo|ไม่ใช่(?:สินค้า|วัตถุ|ของ)อันตราย|ไม่(?:เป็น)?อันตราย|สินค้าทั่วไป"
)
_WEAK = re.compile(r"m?sds|safety data sheet|安全データシート")


def review_reasons(text: str) -> tuple[str, ...]:
    """Names of what prepared `text` asks for that only a person prices: `lcl`, `air`, `dangerous`, `several_shipments`."""
    return tuple(name for name, pattern in _REASONS.items() if _asks(text, pattern))


def _asks(text: str, pattern: re.Pattern[str]) -> bool:
    return any(not _is_denied(text, match) for match in pattern.finditer(text))


def _is_denied(text: str, match: re.Match[str]) -> bool:
    """Whether the words about `match` say no to it, or speak of an earlier shipment."""
    before = text[max(0, match.start() - 32) : match.start()]
    if _DENIED_BEFORE.search(before) or _DENIED_AFTER.match(text[match.end() : match.end() + 20]):
        return True
    if match.group() == "lcl" and (
        re.match(r" ?: ?fcl", text[match.end() : match.end() + 6])
        or re.match(r" ?[/|] ?fcl ?[:=]", text[match.end() : match.end() + 10])
    ):
        return True
    if _WEAK.fullmatch(match.group()) and _HARMLESS.search(text):
        return True
    first, _ = sentence(text, match.start(), match.end())
    return speaks_of_past(text, first, match.start())
