"""Order and quotation numbers in the customer's own new words: ours, a UUID, the customer's own."""

# ruff: noqa: E501 - the alternatives of a pattern read best on one line

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice, pairwise

from freight.extraction.found import Found
from freight.extraction.text import sentence

# more than a mail names; a list of part numbers has hundreds
MAX_CODES = 60
_OURS_RANK, _UUID_RANK, _PO_RANK, _PREFIXED_RANK, _ORDER_RANK = 60, 50, 40, 38, 36
_NEAR_RANK, _REFERENCE_RANK, _SHIPPING_ORDER_RANK, _NUMBERED_RANK = 34, 30, 28, 26
_BARE_RANK, _CONTRACT_RANK, _SET_ASIDE = 20, 10, 50
# full-width letters and the dashes of word processors, one character for one
_PLAIN = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {
    0x3000: " ",
    0xA0: " ",
    **{0x0E50 + digit: str(digit) for digit in range(10)},
    **{ord(dash): "-" for dash in "–—−‒‐‑－ｰ"},
}

_OURS = re.compile(
    r"(?<![A-Za-z0-9])(?:B ?B|(?<![가-힣])비 ?비)(?: {0,2}[-_./:#] {0,2}| {1,2}|)(?P<year>20\d\d)(?: {0,2}[-_./] {0,2}| {1,2}|)(?P<number>\d{6})(?!\d)",
    re.IGNORECASE,
)
_UUID = re.compile(
    r"(?<![0-9a-f-])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![0-9a-f-])",
    re.IGNORECASE,
)
_PO = (
    r"p\.? ?/?o\.?(?! ?box)(?:(?![a-z])|(?=n[or][.:# ]))|purchase ?order|purchase(?= ?(?:no|nr|number|ref|#))|구매 ?(?:주문|오더|발주)(?:서)?|구매(?= ?번호)|ใบสั่ง(?:ซื้อ|จ้าง|งาน|ของ)|발주(?:서)?|(?:(?<![가-힣])|(?<=저희)|(?<=우리)|(?<=당사))피오|発注(?:書|伝票)?|注文(?:書|伝票)?|購買(?:伝票|依頼書?)|주문(?:서)?"
    r"|auftrag(?:s-? ?(?=n))?|bestell(?:ung|-? ?(?=nr|num|no))|bestelling|pedido|encomenda|orden de compra|ordine|bon de commande|commande"
)
_WORD = (
    rf"(?:(?P<so>s/o|shipping order)|(?P<po>{_PO})|(?<!shipping )(?<!delivery )(?<!in )(?:work ?|repair ?|booking ?|sales ?|firm ?|trial ?|transport ?)?order(?:s(?= no))?|quot(?:e|ation)|offer"
    r"|(?-i:O/N|W[./]O\.?|WO|R[./]O\.?|RO)(?![A-Za-z])|작업 ?지시(?:서)?|지시(?= ?번호)|위탁(?:서)?(?= ?번호)|(?<!見積)(?<!見積り)依頼書|作業指示書?"
    r"|견적(?:서)?|오더|의뢰(?:서)?|見積(?:書|もり|り)?|オーダー|คำสั่งซื้อ|ใบเสนอราคา|ออเดอร์|สั่งซื้อ|(?P<ref>(?:our|my)(?: own)? ref(?:erence)?\.?|선적 ?지시|당사 ?(?:관리|참조|문서)?|관리|참조|当社(?:管理)?|弊社(?:管理|整理)?|整理|案件|管理|อ้างอิง(?:ของเรา)?))"
)
_SIGN = r"(?:number|numbers|nummer|n[uú]mero|no\.?|nos\.?|nr\.?|n[.°º]|num\.?|ref(?:erence)?\.?|id|#|№|번호|넘버|番号|ナンバー|เลขที่|หมายเลข|เลข)"
# letters of a code; those of other scripts stand in it between dashes: 2027-구매-00311, สน-3307/70
_L = "A-Z0-9À-ÖØ-öø-ɏḀ-ỿ"
_NATIVE = rf"(?:[{_L}]{{1,10}}[-/_]){{0,3}}[{_L}]{{0,8}}[ぁ-ヺ一-鿿가-힣ก-ฮ]{{1,6}}(?<![書서号호])[{_L}]{{0,6}}(?:[-/][{_L}]{{1,12}}){{1,3}}"
# the abbreviated office before its number: วท.สจ. 112/2569, 문서번호 산학 2026-0731
_OFFICE = r"(?:[ก-ฮ]{1,4}\.){1,3} ?\d{1,5}[-/]\d{1,5}|(?:(?<=번호 )|(?<=번호: ))[가-힣]{2,4} \d{4}-\d{2,5}"
_CODE = rf"(?P<code>\d{{3,5}} \d{{3,6}}(?![\d.,]| ?(?:kg|lbs|krw|usd|won|원))|{_OFFICE}|{_NATIVE}|(?=[{_L}/_-]{{0,24}}\d)[{_L}][{_L}/_-]{{2,28}}[{_L}])(?![{_L}])"
# "PO number for your invoice is 44871", "order number now available: DH-0326-77"
_FOR = r"(?: for(?: [a-z'-]{1,12}){1,4}?(?= is |:| =)| ?(?:now )?available)?"
_LABELLED = re.compile(
    rf"(?<![A-Za-z])(?:(?P<sign1>{_SIGN}) {{0,2}})?{_WORD}(?:'s)? {{0,2}}(?:[\])」】] {{0,2}})?(?:รอบที่ ?\d{{1,2}} ?|\(?문서 ?(?=번호))?(?P<sign>{_SIGN})?(?: {{0,2}}{_SIGN})?{_FOR}(?: ?ของ(?:ทาง)?เรา| ?ทางเรา|은|는|は|が|이|가| is| as| of| under)? {{0,2}}(?P<colon>[:#=>])? {{0,12}}(?:#|is |[\"'「『(\[]|(?-i:WO|RO|W\.O\.|R\.O\.) |(?P<nth>제|第))? ?{_CODE}",
    re.IGNORECASE,
)
_PREFIXED = re.compile(
    r"(?<![A-Za-z0-9/_-])(?P<code>(?:PO|SO|ORD|ORDER|QT|QTN|QUO|PUR)[-_]?(?=[A-Z0-9/_-]{0,24}\d)[A-Z0-9][A-Z0-9/_-]{2,24})(?![A-Za-z0-9])"
)
# a code of letters and figures, or of two numbers, where words stand between it and its name
_SEPARATED = r"(?P<code>(?=[A-Z0-9/_-]{0,24}\d[A-Z0-9/_-]{0,12}\d)[A-Z0-9]{1,12}(?:[-/_][A-Z0-9]{1,12}){1,4})(?![A-Za-z0-9/_@-])"
_PAPER = r"(?:(?-i:P\.?/?O\.?|피오)|purchase order|auftrag|bestellung|pedido|ordine|발주서|구매 ?주문서|注文書|発注書|ใบสั่ง(?:ซื้อ|จ้าง|งาน))"
_NEAR = re.compile(
    rf"(?<![A-Za-z가-힣]){_PAPER}(?:'s)? {{0,2}}(?:[^\s\d,.;:()/]{{1,20}}[ :]{{1,2}}){{1,4}}[#(]?(?<![A-Za-z0-9/_.@-]){_SEPARATED}",
    re.IGNORECASE,
)
# the code first: "MLD-2607-014 is our PO", "KT-26/118이 저희 발주번호입니다"
_AFTERWARDS = re.compile(
    rf"(?<![A-Za-z0-9/_.@-]){_SEPARATED}(?: (?:is|as) (?:our |the |my )?| ?\((?:our |the )?|(?:이|가|은|는) (?:저희|당사|우리)? ?|[がは] ?(?:(?:弊社|当社)の?)? ?| ?(?:คือ|เป็น) ?(?:เลข(?:ที่)? ?)?)"
    rf"(?:{_PAPER}|(?:발주|주문|구매) ?번호|(?:注文|発注)番号|order (?:no|number))(?![A-Za-z]| {{0,2}}{_SIGN}? ?[A-Z]{{0,6}}[-/]?\d)",
    re.IGNORECASE,
)
# a number that only its writer's words call the one to use: "올바른 번호는 SRN-260415-02"
_NUMBERED = re.compile(
    rf"(?:(?:올바른|맞는|정확한|바른|수정(?:된)?|정정(?:된)?|변경된|저희|당사|우리) ?번호(?:는|가)?|(?:^|[\n.。!?] ?)번호는|(?<![a-z])(?:the )?(?:correct|right|corrected) (?:number|no\.?|one)(?: is)?|(?<![a-z])our (?:number|no\.?)(?: is)?|正しい番号は?|(?:弊社|当社)の?番号は?|(?:ใช้|อ้าง(?:อิง|ถึง)?) ?เลข(?:ที่)?|เลขที่ถูก(?:ต้อง)?(?: ?คือ)?) ?[:：]? ?(?=[A-Z0-9/_-]{{0,12}}[A-Z]){_SEPARATED}",
    re.IGNORECASE,
)
# the paper that a mail orders under, where it names no order's number
_CONTRACT = re.compile(
    rf"(?:수의 ?계약|계약(?:서)?|협정|(?:입찰 ?)?공고(?= ?번호)|契約書?|公告(?=番号|第)|(?<![a-z])(?:contracts?|agreement|nomination|award|call-?off order|s/c)(?![a-z])|สัญญา[ก-๎]{{0,16}}?(?= {{0,2}}(?:เลขที่|[A-Z0-9])))"
    rf" {{0,2}}(?P<sign>{_SIGN})?(?:은|는|は|が| is)? {{0,2}}[:#=(（]? {{0,12}}(?:제|第)? ?{_CODE}",
    re.IGNORECASE,
)
# what a mail that only cites a contract does not say
_STARTS = re.compile(
    r"(?:진행|착수|개시|이행|위탁|선적|출고|집하|상차)(?:을|를)? ?(?:해|하|바랍|바람|부탁|요청|의뢰|지시|합니다)|착수$|(?:예약|부킹)(?:을|를)? ?(?:해|하|이행|진행|부탁|넣어|바랍)|발주(?:합|드|하| ?통지|로 갈음)|확보해|잡아 ?(?:주|줘)|갑시다|(?:로|으로) ?(?:합니다|하겠|갑니다)|완료해 ?주"
    r"|(?<![a-z])(?:(?:please|kindly|may|you can|to) (?:\w{1,10} ){0,5}?(?:start|begin|book|reserve|proceed|load|ship|arrange|plan)|go ahead|proceed(?=[.!\n]|$| with)|crack on|make (?:the )?reservation|get it booked|(?:a|b|c|lots?|it)(?: and [a-z])? go(?=[.!]|es ahead)|first vessel|to engage)(?![a-z])"
    r"|(?:手配|ブッキング|便|搬入|積み|発注|集荷)[^\n。?？]{0,24}(?:お願い|願います)|ブッキング(?:を|し)[^\n。]{0,6}(?:入れて|て)|発注(?:いたし|し|です|[（(]|$)|手配(?:して|を開始)|搬入|進めて"
    r"|(?:ขอ|ให้|ช่วย|กรุณา|โปรด|ได้|รบกวน)(?:[ก-๎]{0,12} ?)?(?:จอง|booking|เริ่ม|ดำเนินการ|จัดส่ง|เข้ารับ)|จองเลย|เดินเรื่อง",
    re.IGNORECASE,
)
_ASKS_PRICE = re.compile(
    r"견적 ?(?:을|를|도|좀)? ?(?:부탁|요청|문의|주세|주실|내|받)|얼마|(?<![a-z])(?:(?:please|kindly|pls) (?:quote|offer|advise)|could you quote|how much|rate request|your best (?:rate|offer|quot\w*))|見積(?:もり|り)?を?(?:お願い|依頼|いただ)|いくら|ขอ(?:ใบเสนอ)?ราคา|เท่าไ",
    re.IGNORECASE,
)
# a PO of few figures: LD-RUH-9
_SERIES = re.compile(r"[A-Z]{2,6}(?:-[A-Z]{2,6}){1,2}-\d")
# a code that nothing labels, in a sentence that orders
_BARE = re.compile(
    r"(?<![A-Za-z0-9/_.@-])(?P<code>(?=[A-Z0-9/_-]{0,24}[A-Z])(?=(?:[A-Z/_-]{0,12}\d){3})[A-Z0-9]{1,12}(?:[-/_][A-Z0-9]{1,12}){1,4})(?![A-Za-z0-9/_.@-])"
)
_NOT_A_CODE = re.compile(
    r"^(?:\d{1,2}x?(?:20|40|45)?(?:ft|hc|hq|gp|dc|rf|x\d+)[\w/-]*|(?:19|20)\d\d[-/]\d{1,2}[-/]\d{1,2}|\d{1,2}[-/]\d{1,2}(?:[-/](?:\d{2}|(?:19|20|25)\d\d))?|(?:19|20)\d\d|0\d{1,2}-\d{3,4}-\d{4}|[a-z]+|etd[\w/-]*|eta[\w/-]*)$|^\d{1,3}$",
    re.IGNORECASE,
)
# the number of another paper: its name stands right before it, or "invoice for ..."
_OTHER_PAPER = re.compile(
    r"(?:(?<![a-z])(?:(?<!for your )(?<!for the )(?<!for our )(?<!on your )invoices?|inv|pro-?forma|p/?i|contract|agreement|[mh]?b/?l|bill of lading|booking|bkg|l/?c|letter of credit|[mh]?awb|tracking|container|cntr|seal|tel|phone|mobile|fax|account|acct|a/c|vat|tax|reg(?:istration)?|delivery order|d/o|job|file|ticket|case|claim|voyage|vessel|licen[cs]e|permit|hs(?: code)?|items?|parts?|model|lot|approval|customs|declaration|"
    r"(?:customer|buyer|consignee|client)'?s(?: own)? (?:ref(?:erence)?|p\.?o\.?|order)|their ref(?:erence)?|end.?user'?s? (?:po|order)|project|drawing|policy|certificate|iso|imo|un)|운송 ?(?:주선 ?)?계약(?:서)?|계약(?:서)?|인보이스|송장|세금 ?계산서|청구서|선하 ?증권|비엘|부킹|예약|신용장|결재|내부 ?결재|승인|사업자(?: ?등록)?|계좌|운송장|면장|수출 ?신고|신고|품번|전화|보험|프로젝트|견본|도면"
    r"|請求書?|インボイス|契約書?|ブッキング|予約|船荷証券|信用状|口座|電話|登録|承認|稟議|保険|通関|申告|図面|ใบกำกับ(?:สินค้า|ภาษี)?|อินวอยซ์|ใบแจ้งหนี้|สัญญา|ใบตราส่ง|การจอง|ใบจอง|บุ๊คกิ้ง|บัญชี|ทะเบียน|ใบขน(?:สินค้า)?|โทร|กรมธรรม์)"
    rf"(?: ?(?:{_SIGN}|{_SIGN} ?{_SIGN}))?(?:은|는|이|가|は|が| is| was| will be)?[ ]{{0,2}}[:#=.(]?[ ]{{0,2}}$",
    re.IGNORECASE,
)
_PAST_BEFORE = re.compile(
    r"(?:지난|이전|예전|전번|저번|종전|먼젓번|그 ?전에|앞서|먼저 (?:받|주)|(?<![a-z])(?:previous|prior|earlier|last|old|former|first|original|superseded|expired)(?![a-z])|前回|以前|前の|旧|先月|昨年|ใบเก่า|เก่า|ครั้งก่อน|ครั้งที่แล้ว|ก่อนหน้า|(?<![a-z])(?:not|instead of|rather than|except|other than|unlike|forget)(?![a-z]))(?:[^\n,.;。\d]|\d{1,2}(?=[월일주차月日])){0,24}$",
    re.IGNORECASE,
)
_PAST_AFTER = re.compile(
    r"^[^\n.;。]{0,6}?(?:\([^()\n]{0,16}\))?[^\n.;。,]{0,14}?(?:보류|취소|연기|폐기|파기|포기|버려|버리|반려|무시|없던|제외|말고|아니|아닌|대신|이미|(?<!품의 )(?<!결재 )(?<!승인 )(?<!검토 )(?<!입금 )완료(?!되어|돼서|하여|했으니|됐으니|되었으니)|끝났|마감됐|만료|별도 ?(?:메일|건)|청구|출고됐|出荷済|キャンセル|破棄|断念|あきらめ|やめ|保留|見送|ではな|じゃな|済み|済です|終わ|失効|請求|ไม่เอา|ทิ้ง|ตัดออก|ยกเลิก|ไม่ใช่|พักไว้|หมดอายุ|เสร็จแล้ว"
    r"|(?<![a-z])(?:cancel|discard|bin(?![a-z])|throw|disregard|ignore|drop|scrap|on hold|hold|declin|reject|not needed|already|finished|completed|expired|closed|superseded|replaced|void|was (?:for|too)|is (?:for )?next year)|보류)",
    re.IGNORECASE,
)
_CONCLUDED = re.compile(r"완료|済|เสร็จ|completed", re.IGNORECASE)
# words that go ahead with this number, denied
_REFUSED_AFTER = re.compile(
    r"^ ?(?:\([^()\n]{0,20}\))? ?[^\n.;。,\d]{0,20}?(?:안 ?(?:합|하|해|할|가|갑|쓰|씁|받)|하지 ?(?:않|마|말)|않(?:습|아|을|고|겠|는)|안 ?할|필요 ?없|빼 ?(?:주|고)|접(?:겠|습)"
    r"|(?<![a-z])(?:(?:will|do|does|is|are|can|shall|should|would) ?not|won't|don't|doesn't|not (?:going|proceeding|needed|required|be)|no longer)(?![a-z])"
    r"|(?:進め|発注し|注文し|使い|採用し|お願いし|手配し)ません|不要|結構です|見合わせ|ไม่(?:ดำเนินการ|จอง|สั่ง|ใช้|เลือก|ต้อง|เดินเรื่อง))",
    re.IGNORECASE,
)
# our own number is no other paper's where only a booking is spoken of
_BOOKING_BEFORE = re.compile(
    r"(?:(?<![a-z])(?:bookings?|bkg)|부킹|예약|ブッキング|予約|การจอง|ใบจอง|บุ๊คกิ้ง)[^\n]{0,12}$",
    re.IGNORECASE,
)
_GO_AHEAD = re.compile(
    r"진행|(?:로|으로) ?(?:갈게|가겠|갑니다|하겠|할게|합니다)|확정|결정|채택|선택|택하|부킹|발주|주문|오더|컨펌|승인|수락|선적(?:해| ?요청| ?의뢰| ?진행)|예약|넣어|잡아|(?<![a-z])(?:go ahead|go(?= |$)|proceed|book|confirm|accept|approv|order|arrange|carry out|ship(?![a-z]))|注文|発注|手配|進め|お願い|予約|ブッキング|確定|決定|決め|採用|オーダー|承認|ยืนยัน|สั่งซื้อ|จอง|ดำเนินการ|ตกลง|เลือก|เดินเรื่อง|เอาตาม",
    re.IGNORECASE,
)


def read_order_number(cased: str) -> Found[str] | None:
    """The number that `cased` names, ours before a UUID before the customer's own; as written, ours in its plain form.

    None where two of ours are in force alike: which one is ordered is not for a machine to say.
    """
    text = cased.translate(_PLAIN)
    found = [_weighed(text, one) for one in _candidates(text)]
    if not found:
        return None
    top = max(one.rank for one in found)
    best = [one for one in found if one.rank == top]
    if top == _OURS_RANK and len({one.value for one in best}) > 1:
        best = _ordered(text, best)
    return best[0] if best else None


def _candidates(text: str) -> Iterator[Found[str]]:
    for match in islice(_OURS.finditer(text), MAX_CODES):
        value = f"BB-{match.group('year')}-{match.group('number')}"
        yield Found(value, match.start(), match.end(), _OURS_RANK)
    for match in islice(_UUID.finditer(text), MAX_CODES):
        yield Found(match.group().lower(), match.start(), match.end(), _UUID_RANK)
    for match in islice(_PREFIXED.finditer(text), MAX_CODES):
        yield _code(match, _PREFIXED_RANK)
    yield from _labelled(text)
    yield from _described(text)
    for match in islice(_BARE.finditer(text), MAX_CODES):
        start, end = match.span("code")
        before = text[max(0, start - 40) : start]
        others = _follows_other_paper(text, start) and not _BOOKING_BEFORE.search(before)
        known = _is_code(match.group("code")) and not others
        if known and _GO_AHEAD.search(text, *sentence(text, start, end)):
            yield _code(match, _BARE_RANK)
    yield from _contracts(text)


def _labelled(text: str) -> Iterator[Found[str]]:
    for match in islice(_LABELLED.finditer(text), MAX_CODES):
        whole = _UUID.match(text, match.start("code"))
        if whole or not _is_code(match.group("code")) or not _is_named(match):
            continue
        if match.group("ref"):
            yield _code(match, _REFERENCE_RANK)
        elif match.group("so"):
            yield _code(match, _SHIPPING_ORDER_RANK)
        else:
            yield _code(match, _PO_RANK if match.group("po") else _ORDER_RANK)


def _described(text: str) -> Iterator[Found[str]]:
    """Codes that words near them call an order's number, where no other paper's name stands closer."""
    for pattern, rank in (
        (_NEAR, _NEAR_RANK),
        (_AFTERWARDS, _NEAR_RANK),
        (_NUMBERED, _NUMBERED_RANK),
    ):
        for match in islice(pattern.finditer(text), MAX_CODES):
            code, start = match.group("code"), match.start("code")
            known = _is_code(code) and (_is_mixed(code) or _digits(code) >= 6)
            if known and not _follows_other_paper(text, start):
                yield _code(match, rank)


def _follows_other_paper(text: str, start: int) -> bool:
    return _OTHER_PAPER.search(text[max(0, start - 40) : start]) is not None


def _contracts(text: str) -> Iterator[Found[str]]:
    """The contracts that `text` orders under; none where it asks for a price or starts nothing."""
    if not _STARTS.search(text) or _ASKS_PRICE.search(text):
        return
    for match in islice(_CONTRACT.finditer(text), MAX_CODES):
        code = match.group("code")
        if _is_code(code) and (match.group("sign") or _is_mixed(code) or _digits(code) >= 6):
            yield _code(match, _CONTRACT_RANK)


def _code(match: re.Match[str], rank: int) -> Found[str]:
    return Found(match.group("code"), match.start("code"), match.end("code"), rank)


def _digits(code: str) -> int:
    return sum(char.isdigit() for char in code)


def _is_mixed(code: str) -> bool:
    return re.search(r"[A-Za-z]", code) is not None and re.search(r"\d{2}", code) is not None


def _is_code(code: str) -> bool:
    if not code.isascii() and _digits(code) < 2:
        return False
    return not _NOT_A_CODE.match(code) and not _OURS.match(code) and not _UUID.match(code)


def _weighed(text: str, one: Found[str]) -> Found[str]:
    """`one`, far behind all others where its words say that it is past, put off or another paper's."""
    before, after = text[max(0, one.start - 40) : one.start], text[one.end : one.end + 40]
    late = _PAST_AFTER.match(after)
    aside = (
        _is_other_papers(one, before)
        or _REFUSED_AFTER.match(after)
        or _PAST_BEFORE.search(before)
        or (late and not _goes_on(one, late.group()))
    )
    return replace(one, rank=one.rank - _SET_ASIDE) if aside else one


def _goes_on(one: Found[str], words: str) -> bool:
    """Whether `words` order for all that they end something; a contract is ordered under once it is done."""
    if one.rank == _CONTRACT_RANK and _CONCLUDED.search(words):
        return True
    return _GO_AHEAD.search(words) is not None


def _is_other_papers(one: Found[str], before: str) -> bool:
    if one.rank == _CONTRACT_RANK or _OTHER_PAPER.search(before) is None:
        return False
    return not (one.rank == _OURS_RANK and _BOOKING_BEFORE.search(before))


def _ordered(text: str, best: Sequence[Found[str]]) -> list[Found[str]]:
    """Those of `best` whose own words say to go ahead; none where that holds for several numbers or for none."""
    nearby = [b.start - a.end for a, b in pairwise(best) if a.value != b.value]
    if any(0 <= gap <= 8 for gap in nearby):
        return []
    meant = [one for one in best if _GO_AHEAD.search(text, *_own_words(text, one, best))]
    return meant if len({one.value for one in meant}) == 1 else []


def _own_words(text: str, one: Found[str], best: Sequence[Found[str]]) -> tuple[int, int]:
    first, last = sentence(text, one.start, one.end)
    ends = [other.end for other in best if other.end <= one.start]
    starts = [other.start for other in best if other.start >= one.end]
    return max([first, *ends]), min([last, *starts])


def _is_named(match: re.Match[str]) -> bool:
    """A number sign or a code that mixes letters, digits and dashes; `order 20 pallets` names none."""
    code = match.group("code")
    if match.group("ref"):
        return bool(match.group("sign") or match.group("colon")) or "/" in code or "-" in code
    if match.group("sign") or match.group("sign1") or match.group("colon"):
        return True
    if re.search(r"[A-Z]", code) and re.search(r"\d{2}", code):
        return True
    if match.group("nth") or (match.group("po") and _SERIES.fullmatch(code)):
        return True
    return _digits(code) >= (4 if match.group("po") or match.group("so") else 6)
