"""Words beside a span that forbid a language model to take it for a fact, or that it must have.

The rules set a weight, date or place aside for reasons of their own lists; these are a second,
wider net. Too wide costs an answer, and the customer is asked; too narrow costs a wrong price.
What the rules know no end for, the model may call departure or origin only where the sentence has
a word that leans to that end, and none that leans to the other.
"""

# ruff: noqa: E501 - the alternatives of a pattern read best on one line

import re

_NO = r"(?<![a-z])(?:not|never|no longer|instead of|rather than|except|unless|if)(?![a-z])|말고|아니|아닌|대신|제외|ではな|じゃな|以外|ไม่ใช่|ยกเว้น|แทน"
# what is written to a machine states nothing
_ORDERS = re.compile(
    r"(?<![a-z])(?:ignore|disregard|forget|override|bypass)(?![a-z])[^\n.]{0,40}(?:above|previous|prior|earlier|instruction|rule|prompt|everything|text|mail|data)"
    r"|(?:previous|prior|these|those|above|following|new|your|system) instructions?(?![a-z])|system ?(?:prompt|message|override)|(?<![a-z])system ?:|(?<![a-z])prompt(?![a-z])"
    r"|you are (?:now|an?) (?:ai|assistant|bot|model|system|language)|(?<![a-z])as an? (?:ai|assistant|language model)|language model|(?<![a-z])(?:llm|gpt|chatbot|jailbreak)(?![a-z])|(?<![a-z])ai(?: |-)(?:model|assistant|system|agent|reader|bot)"
    r"|(?:to|for|dear|note to|attention) (?:the )?(?:ai|assistant|bot|model|parser|machine|llm)(?![a-z])|(?:return|output|respond with|reply with|answer with|emit|print) (?:only )?(?:json|the following|exactly|this|null)"
    r"|(?<![a-z])(?:set|change|make|overwrite|replace|report|record|treat|use) (?:the |your |its |all )?(?:gross |total |extracted )?(?:weight|price|container|origin|destination|etd|eta|label|field|value|recipient|total|rate)s?(?: field| value)? ?(?:to|as|=|:|with)"
    r"|지시 ?(?:를|을|사항)?[^\n.]{0,12}(?:무시|따르|잊)|무시(?:하|해)|프롬프트|시스템 ?(?:메시지|지시|명령)|인공지능|(?:ai|에이아이)(?:는|에게|야|봇)|(?:중량|가격|운임|무게|라벨|수신인|목적지|출발지)(?:을|를|은|는)? ?[^\n.]{0,16}(?:로|으로) ?(?:설정|바꾸|변경하세요|출력|기록)"
    r"|指示[をはに][^\n。]{0,12}(?:無視|従|忘)|無視(?:し|せ)|プロンプト|システム(?:メッセージ|指示|命令)|人工知能|aiへ|aiは|(?:重量|価格|運賃|宛先|ラベル|仕向地)[をは][^\n。]{0,16}(?:設定|変更せよ|出力|記録)"
    r"|(?:ละเว้น|เพิกเฉย|ไม่ต้องสนใจ|ลืม)[^\n]{0,20}(?:คำสั่ง|ข้อความ|กฎ)|คำสั่ง(?:ระบบ|ก่อนหน้า|ใหม่)|ปัญญาประดิษฐ์|ถึง ?ai|(?:ตั้ง|เปลี่ยน)(?:ค่า)?(?:น้ำหนัก|ราคา|ผู้รับ|ปลายทาง)"
)
_NET = re.compile(
    r"(?<![a-z])net(?!work)(?![a-z])|(?<![a-z])n\.? ?/? ?w(?:t|eight)?\.?(?![a-z])|(?<![a-z])tare|순 ?중량|순중|정미|넷 ?웨이트|공 ?컨테이너|자체 ?중량|자중|正味|ネット|純重量|風袋|自重|น้ำหนักสุทธิ|น้ำหนักตู้|สุทธิ"
    r"|(?<![a-z])vgm(?![a-z])|volum\w+|chargeable|dimensional|payload|capacity|(?<![a-z])max(?:imum|\.)?(?![a-z])|limit|up to|부피|용적|운임 ?중량|최대|한도|허용|제한|적재량|上限|最大|制限|容積|ไม่เกิน|สูงสุด|(?<![a-z])per (?:piece|pallet|carton|box|unit)|each(?![a-z])|개당|씩|ずつ|ต่อชิ้น|ชิ้นละ"
)
_GROSS = re.compile(
    r"gross|(?<![a-z])g\.? ?/? ?w(?:t|eight)?\.?(?![a-z])|총 ?중량|총 ?무게|그로스|총 ?하중|総重量|グロス|น้ำหนักรวม|น้ำหนักกรอส|น้ำหนักทั้งหมด"
)
_OTHER_DAY = re.compile(
    r"quot\w*|(?<![a-z])repl(?:y|ies)|respon\w*|answer|get back|let (?:us|me) know|hear from|feedback|valid\w*|expir\w*|deadline|cut[- ]?off|clos(?:ing|ed?)(?![a-z])|pay(?:ment|able)?(?![a-z])|invoice\w*|(?<![a-z])(?:meet(?:ing)?|call|visit)(?![a-z])|(?<![a-z])l/?c(?![a-z])|letter of credit|(?<![a-z])dated|issued"
    r"|(?<![a-z])po (?:date|dated)|order(?:ed)? (?:date|on)|received|sent on|holiday|contract|tender|decision|decide|confirm\w*|manufactur\w*|produc\w*|birthday|between|since|until|from [^\n]{0,20} to "
    r"|회신|답변|회답|답장|연락|마감|클로징|유효|결제|입금|미팅|회의|방문|휴무|휴일|작성|발행|주문일|발주|계약|반입|신용장|제출|송부|생산|제조|결정|확인|사이"
    r"|回答|締切|締め切り|返信|返事|有効|支払|請求|打ち合わせ|会議|カット|信用状|連絡|搬入|休|発行|契約|製造|提出|発注"
    r"|ตอบกลับ|แจ้งกลับ|หมดอายุ|ชำระ|ประชุม|ปิดรับ|ยืนยัน|วันหยุด|ออกใบ|สัญญา|ผลิต|ระหว่าง"
)
_WAY_BEFORE = re.compile(
    r"(?<![a-z])(?:via|through|by way of|trans?s?hip\w*|transit\w*|t/s|call(?:ing|s)? (?:at|in)|stop(?:ping|s)? (?:at|in|over)|chang\w+ (?:vessel|ship)|or|either|near|office in|based in|hello from|greetings from|branch in|regards from|team)(?![a-z])[^\n.;]{0,24}$"
    r"|(?:ผ่าน|แวะ|ถ่ายลำ|เปลี่ยนเรือ|หรือ|สำนักงาน)[^\n]{0,16}$|(?:경유|환적|본사|지사|사무소|주소|または|もしくは|経由|積替|또는|혹은|아니면)[^\n.]{0,10}$|(?:주식회사|\(주\)|㈜|株式会社|\(株\)|บริษัท) ?$"
)
_WAY_AFTER = re.compile(
    r"^[^\n.,;]{0,6}?(?:을|를)? ?(?:경유|환적|거쳐|거치|들러|本社|지사|본사|사무소|지점|経由|積替|で積み?替|トランシップ|支社|支店|事務所)"
    r"|^ ?,? ?(?:or(?![a-z])|또는|혹은|이나|または|もしくは|か、|หรือ)"
    r"|^ (?:office|branch|team|headquarters|hq|sales)(?![a-z])"
    r"|^[ .,]{0,2}(?:co(?:rp|mpany)?(?![a-z])|ltd|inc(?![a-z])|gmbh|llc|plc|trading|logistics|shipping|lines?(?![a-z])|steel|bank(?![a-z])|university|hotel|industr\w+|chemical|electric|motors?|상사|무역|해운|물류|은행|제강|전자|산업|대학|호텔|상공|商事|物流|海運|銀行|大学|工業|電機|ホテル)"
)
_DENIED_BEFORE = re.compile(rf"(?:{_NO})[^\n.;,]{{0,16}}$")
_DENIED_AFTER = re.compile(
    r"^[^\n.,;]{0,8}?(?:말고|아니|아닌|대신|제외|ではな|じゃな|以外|ไม่ใช่|is (?:not|no longer|cancel)|was (?:cancel|wrong))"
)

_LEANS = {
    "etd": re.compile(
        r"(?<![a-z])(?:gone|go(?:es|ing)?|out|off|leav\w*|depart\w*|sail\w*|ship\w*|(?:on )?board\w*|vessel|boat|load\w*|stuff\w*|ready|pick\w*|collect\w*|dispatch\w*|start\w*|mov(?:e|es|ing)|export\w*|hand(?:ed)? ?over)(?![a-z])"
        r"|출|떠나|떠날|싣|실을|실어|태우|태울|배(?:에|로|는|편)|보내|보낼|나가|나갈|준비|픽업|出|発|積|船|送|乗せ|準備|引取|集荷|ออก|ลงเรือ|ขึ้นเรือ|โหลด|พร้อม|รับสินค้า"
    ),
    "eta": re.compile(
        r"(?<![a-z])(?:arriv\w*|there|door|deliver\w*|reach\w*|in hand|on[- ]site|destination|customer\w*|consignee|in store|receiv\w*|land(?:s|ed|ing)?)(?![a-z])"
        r"|도착|받|들어|닿|납|문 ?앞|현지|着|届|納|受け|手元|ถึง|ได้รับ|ส่งมอบ|ปลายทาง"
    ),
    "origin": re.compile(
        r"(?<![a-z])(?:factory|plant|works|supplier|shipper|origin\w*|load\w*|pick\w*|collect\w*|made|manufactur\w*|produc\w*|depart\w*|leav\w*|warehouse)(?![a-z])"
        r"|공장|창고|공급|수출|출|상차|픽업|생산|제조|싣|工場|倉庫|出|発|積|集荷|製造|仕入|โรงงาน|คลัง|ต้นทาง|ออก|โหลด|รับสินค้า|ผู้ส่ง|ผลิต"
    ),
    "destination": re.compile(
        r"(?<![a-z])(?:buyer|customer|consignee|deliver\w*|door|destin\w*|arriv\w*|unload\w*|discharg\w*|receiver|importer|client|reach\w*|store)(?![a-z])"
        r"|고객|바이어|수하인|수입|도착|목적|받|납|배송|하차|보낼|客|買|荷受|着|届|納|仕向|目的|輸入|揚|ลูกค้า|ผู้ซื้อ|ผู้รับ|ปลายทาง|ถึง|ส่งมอบ|นำเข้า"
    ),
}
_OTHER_END = {"etd": "eta", "eta": "etd", "origin": "destination", "destination": "origin"}


def leans_to(name: str, sentence: str) -> bool:
    """Whether prepared `sentence` has a word for that end of the transport, and none for the other."""
    return bool(_LEANS[name].search(sentence)) and not _LEANS[_OTHER_END[name]].search(sentence)


def speaks_to_a_machine(paragraph: str) -> bool:
    """Whether prepared `paragraph` gives orders to whoever reads it by machine."""
    return _ORDERS.search(paragraph) is not None


def is_denied(text: str, start: int, end: int) -> bool:
    """Whether the words about `text[start:end]` say that it does not hold."""
    return bool(
        _DENIED_BEFORE.search(text[max(0, start - 40) : start])
        or _DENIED_AFTER.match(text[end : end + 24])
    )


def is_other_weight(text: str, sentence: tuple[int, int]) -> bool:
    """Whether the weight in this sentence may be net, tare, a limit or one piece's.

    A table's header may stand far above its cells: where the text speaks of such weights at all,
    the sentence itself must say gross, and speak of no other.
    """
    said = text[slice(*sentence)]
    if _NET.search(said):
        return True
    return _NET.search(text) is not None and _GROSS.search(said) is None


def is_other_day(sentence: str) -> bool:
    """Whether the day in prepared `sentence` may be that of an answer, a payment, a closing."""
    return _OTHER_DAY.search(sentence) is not None


def is_on_the_way(text: str, start: int, end: int) -> bool:
    """Whether the place at `text[start:end]` is a port on the way, an alternative or in a name."""
    return bool(
        _WAY_BEFORE.search(text[max(0, start - 40) : start])
        or _WAY_AFTER.match(text[end : end + 24])
    )
