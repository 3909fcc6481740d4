"""What the words around a place make of it, in four languages: origin, destination, on the way, the writer's own."""

# ruff: noqa: E501 - the alternatives of a pattern read best on one line

import re

from freight.extraction.route_labels import FROM, TO, VIA

DAY = r"(?: ?(?:\d{1,2}[/.]\d{1,2}|\d{1,2}[월月] ?\d{1,2}[일日])(?: ?\([^)\n]{1,6}\)| ?[월화수목금토일]요일)?)?"

_GOODS = r"(?:factory|plant|warehouse|port|terminal|facility|site|works|workshop|mill|depot|dc|hub|supplier|suppliers|vendor|customer|customers|consignee|buyer|client|dealer|shop|store|showroom|farm|importer|receiver|distributor|partner|subsidiary|distribution cent(?:er|re)|fulfil+ment cent(?:er|re)|yard|city|door|address|premises|office|branch)"
_LEAD = rf"(?:(?:the|our|my|their|your|his|her|a|an|one|main|new|central|inland|port of|city of|(?:[a-z]{{2,12}} ){{0,2}}?{_GOODS}(?: ?(?:in|at|near|of|,))?|south|north|korea,?|japan,?|china,?|thailand,?|germany,?|the us,?|usa,?|vietnam,?|in|at|near|around|greater|'s|cfs/cy|cy/cfs|cy|cfs|icd|rail ramp|ramp|rail|door|works|airport)[ ]+){{0,6}}"
_EN_FROM = re.compile(
    rf"(?:(?<![a-z])(?:from|etd|ex|ex-?works|exw|fob|fca|fas|out of|(?:containers?|boxes|equipment|high cubes?|cubes|units|empties|reefers|[24][05](?:'|ft|hc|hq|gp|dc)s?)(?: available| free| ready)? (?:in|at)|leaving|leaves|depart(?:ing|s|ure)?(?: from)?|sail(?:ing|s)? from|origin(?:ating|ates?)?(?: (?:in|from|is))?|load(?:ing|ed|s)?(?: (?:in|at|from))?"
    r"|pick(?:ed)?[- ]?up (?:in|at|from)|collect(?:ion|ed)? (?:in|at|from)|goods (?:are )?(?:in|at)|cargo (?:is )?(?:ready )?(?:in|at)|ready (?:in|at)|stuff(?:ing|ed) (?:in|at)|(?:it|they|goods|cargo|machine|container|containers|shipment)(?:'s|'re| is| are)(?: (?:now|currently|sitting|stored|located|lying))? (?:in|at)|located (?:in|at)|stored (?:in|at))"
    rf"[ :]+){_LEAD}[(\[\"']?$"
)
_EN_TO = re.compile(
    rf"(?:(?<![a-z])(?:to|into|bound for|destined (?:for|to)|heading (?:for|to)|for delivery (?:in|to|at)|deliver(?:y|ed|ing|ies)? (?:in|to|at)|eta|arriv(?:e|es|al|ing)(?: (?:in|at|to))?|reach(?:es|ing)?|cif|cfr|cnf|c&f|dap|ddp|dpu|cpt|cip|dat"
    rf"|(?:it|them|goods|cargo|must be|needed|be|required|land|landed|sold) (?:in|at)|discharg\w+(?: (?:in|at))?|destination(?: is)?|unload\w* (?:in|at))[ :]+){_LEAD}[(\[\"']?$"
)
# "thanks to our agent in Busan", "I spoke to Hamburg": no way that cargo goes
_EN_NO_WAY = re.compile(
    r"(?:spoke|speak|talk(?:ed|ing)?|thanks?|according|repl(?:y|ied)|refer(?:ring)?|due|respond(?:ed)?|wrote|write|written|compared|similar|prior|visit|trip|travel\w*|flights?|flew|copied?|sent (?:it|this|an? (?:mail|email)))(?: back)? (?:to|from) [^\n.?!,]{0,40}$"
    r"|(?<![a-z])(?:your|our|the|my) (?:[a-z]+ )?(?:agent|agents|team|colleagues?|staff|headquarters|hq|head office|office|branch)(?: (?:in|at))? $"
    r"|(?:i am|i'm|this is|my name is|we are|we're)[ ,](?:(?!\w*ing |to |able |ready |due |shipp|of )[a-z'&.,-]{1,16} ){0,4}from (?:the )?$"
    r"|(?:regards|greetings|hello|hi|wishes|morning|afternoon|good day|annyeong|hei)[ ,]{1,2}from (?:a )?(?:sunny |rainy |cold )?$"
    r"|(?:back|you|hear(?:d|ing)?|mail|email|call|reply|quotes?|quotations?|offers?|rates? (?:we got|received|we received)|invoice|booking confirmation) from (?:the |your |our |a )?$"
)
# who hands the goods over and who gets them: less than a port told as such
_EN_SELLER = re.compile(
    r"(?<![a-z])(?:supplier|shipper|vendor|seller|manufacturer|factory|plant)s?(?:'s)?(?: is| are)?(?: located| based)? (?:in|at) $"
)
_EN_BUYER = re.compile(
    r"(?<![a-z])(?:buyer|customer|client|consignee|importer|receiver|dealer|shop|store|distributor)s?(?:'s)?(?: is| are)?(?: located| based)? (?:in|at) $"
)
_COUNTRY = r"(?:south korea|korea|china|japan|thailand|vietnam|germany|usa|us|uk|india|taiwan|port|airport|area|s\.? ?korea|rok|[a-z]{2})"
_EN_FROM_AFTER = re.compile(
    rf"^(?:[ ,]{{1,2}}{_COUNTRY}\.?| ?\([a-z .]{{2,14}}\))?(?:[ ,]{{1,2}}(?:via|through|thru) [a-z ]{{3,30}}?)?(?: (?:through|up|over|across|direct|directly|straight|all the way))?[ ,]{{1,2}}to (?!be |confirm|check|ask|discuss|you(?:r)? |us |me |him |get |see |make |arrange|proceed|avoid|save|find|know|have|help|quote|offer|send)"
)
EN_FOR = re.compile(
    r"(?<![a-z])(?:quote|quotation|rates?|price|pricing|freight|costs?|shipment|cargo|container|space|offer|tariff|schedule|sailing)s?(?: please)?,? for (?:the )?$"
)
_EN_VIA = re.compile(
    r"(?<![a-z])(?:via|through|thru|by way of|tranship\w*|transship\w*|t/s|calling at|stop(?:ping|over)? (?:at|in)|change vessel|routing over|routed over)(?: (?:at|in|port|the|port of|is|either))*[ :]+$"
)
_KO_NOUN = r"(?:신항|북항|항구|항|시|광역시|역|공항|국제공항|터미널|컨테이너|부두|공장|창고|물류 ?센터|센터|지점|지사|본사|사업장|현장|야드|cy|icd|cfs|세관|공단|산업단지|고객사?|거래처|바이어|보세구역|내|쪽|시내|근처|인근|에 ?있는|의|소재|당사|저희|제\d|제?[12](?= ?(?:공장|창고|부두))|door|도어|보세창고|물류창고)"
_KO_TAIL = rf"(?:[ ,(]{{0,2}}{_KO_NOUN}){{0,4}}[)]?(?: ?\([^)\n]{{1,25}}\))?(?:{DAY}(?= ?(?:출발|출항|선적|출고|도착|입항|양하|배 ?출항)))?"
_KO_FROM = re.compile(
    rf"^{_KO_TAIL} ?(?:에서(?!의? ?(?:[^\s]{1, 4} )?(?:만나|회의|미팅|환적|경유|갈아|t/s|주문|연락|요청|오더|문의|의뢰|근무|요구|바이어|사업|열리|열릴|개최|판매|사용|설치|생산|제조|만든|만들|제작|구매|매입|쓸|쓰일|시공))|서(?= )|부터|발(?![가-힣]{{0,1}}송)|출발|출항|선적(?!지|항)|상차|적재(?!지|항)|픽업|출고|집하|에 (?:있(?:는 (?:저희 |우리 |당사 |자사 )?(?:공장|창고|물류|보세|사업장|제품|화물|물건|설비)(?!으?로|까지)|습|어요|고(?! 있)|음|구요|는데)|보관|준비)|산(?= )|(?:fob|exw|fca)(?! *\Z)|(?:을|를) 출)"
)
_KO_TO = re.compile(
    rf"^{_KO_TAIL} ?(?:까지|으로|로(?!부터| ?(?:할지|갈지|보낼지))|행(?![가-힣]사)|향(?!후)|착(?!공)|도착|입항|향발|양하|하역|인도(?=[ ,.)\n]|$)|배송|납품|하차|에 ?(?:도착|입항|배송|납품|인도|닿|들어|내려|보내|수출|나가)|엔 ?\d|에는 ?\d|door까지|cif|cfr|dap|ddp"
    r"|(?:에 |쪽 |쪽으로 |로 )?(?:나가|나갈|나갑|보내(?!주신|주시|준|신)|보낼|보냅|가는|갈 |갑니다|들어가|들어갈|선적분|수출))"
)
_KO_IMPORT = re.compile(
    rf"^{_KO_TAIL} ?(?:에서 ?)?(?:수입(?!항|지|자|상|업)|들여오|들여올|들어오는|나오는)"
)
_KO_BUYER = re.compile(
    r"(?:바이어|고객사?|거래처|수하인|구매자|매수인|수입자|납품처|매장|현지 ?공장|현지 ?법인)(?:들?[이가은는도])? ?(?:[가-힣]{2,6} )?$"
)
_KO_SITS = re.compile(r"^(?:항|시)?(?:에|쪽에)? ?(?:있|위치|소재|입니다|이에요|예요)")
_KO_VIA = re.compile(
    rf"^(?:{_KO_NOUN}){{0,2}}(?:을|를|에서)? ?(?:(?:경유|환적|기항|t/s)(?![지항][ :])|거쳐|거치|들러|갈아|통해(?:서)?)"
)
_KO_BASIS = re.compile(rf"^(?:{_KO_NOUN}){{0,2}} ?기준")
_JA_NOUN = r"(?:港|市|都|府|県|駅|空港|新港|コンテナ|ターミナル|の?工場|の?倉庫|の?物流センター|の?センター|の?支店|の?本社|の?お?客先|の?顧客|の?取引先|の?弊社|cy|にある|向け先|の|\([^)\n]{1,25}\))"
_JA_FROM = re.compile(
    rf"^{_JA_NOUN}{{0,4}}[)\]]? ?{DAY} ?(?:から(?!の(?:ご?連絡|メール|返信|問))|より(?!も|安|高|早)|発(?!送)|出港|出荷|出し|出航|出発|積み?(?!替|み替)|船積|で(?:積|船積|集荷|引取|引き取)|渡し|を出|にて(?:積|集荷))"
)
_JA_TO = re.compile(
    rf"^{_JA_NOUN}{{0,4}}[)\]]? ?{DAY} ?(?:まで|行き?(?!ます)|向け|宛|着(?!荷主)|へ(?!の(?:出張|旅行))|に(?:到着|納品|配送|届|着|送|出荷|輸出|運|入港)|入港|到着|揚|納め)"
)
_JA_VIA = re.compile(
    rf"^{_JA_NOUN}{{0,2}} ?(?:経由|を経由|で(?:積み?|船を乗り)替|で(?:ts|t/s)|トランシップ|で?乗り継|接続|寄港)"
)
_TH_COUNTRY = r"(?:ประเทศ\S{2,14}|จีน|ญี่ปุ่น|เกาหลี(?:ใต้)?|อเมริกา|สหรัฐ(?:ฯ|อเมริกา)?|เยอรมน?ี|เวียดนาม|อินเดีย|อินโดนีเซีย|ออสเตรเลีย|นิวซีแลนด์|มาเลเซีย|ไต้หวัน|อังกฤษ|แคนาดา|ไทย)"
_TH_LEAD = rf"(?:ท่าเรือ|ท่า|เมือง|จังหวัด|โรงงาน(?:ของเรา|ที่|ใน)?|คลังสินค้า(?:ที่|ใน)?|โกดัง(?:ที่|ใน|ของเรา)?|สนามบิน|{_TH_COUNTRY}|ของเรา|ที่|ใน|นิคม\S{{0,12}}|กรุง|ร้าน(?:ที่|ใน)?|ลูกค้า(?:ที่|ใน)?|แถว|ฝั่ง| )"
_TH_FROM = re.compile(
    rf"(?:จาก|ออก(?:จาก|ที่)?|ต้นทาง(?:คือ|ที่|เป็น)?|รับ(?:สินค้า|ตู้|ของ)(?:ที่|จาก)|โหลด(?:ที่|จาก)|บรรจุที่|ขึ้นเรือที่|ลงเรือ(?:ที่|จาก)|ขึ้นของที่|ของอยู่(?:ที่)?|สินค้าอยู่(?:ที่)?|fob|exw|fca|ex){_TH_LEAD}{{0,5}}[:(]?$"
)
_TH_TO = re.compile(
    rf"(?:ไปยัง|ไปที่|ไปส่งที่|ไปถึง|ไป|ส่งถึง|ถึง|สู่|เข้า|ปลายทาง(?:คือ|ที่|เป็น)?|ขอ(?:แค่|เฉพาะ)(?:เส้นทาง)?|เปลี่ยนเป็น|มายัง|มาที่|มาถึง|มา|ยัง|ส่งที่|ส่งมอบที่|ลงที่|(?:มา|ไป|เรือ|เข้า)ลง|ส่งออก(?:ไป)?|cif|dap|ddp|cfr|cpt){_TH_LEAD}{{0,5}}[:(]?$"
)
_TH_VIA = re.compile(rf"(?:ผ่าน|แวะ|ถ่ายลำที่|เปลี่ยนเรือที่|เปลี่ยนถ่ายที่|ทรานชิปที่|ต่อเรือที่){_TH_LEAD}{{0,3}}$")
_TH_INTRO = re.compile(
    r"(?:^|\n|สวัสดี[^\n]{0,8}?)[ \t]*(?:ผม|ดิฉัน|หนู|ชื่อ)(?!จะ|ขอ|ต้องการ|อยาก|สนใจ|มี|ส่ง)[^\n]{0,25}จาก(?:บริษัท)? ?$"
)
_TH_FROM_AFTER = re.compile(r"^ ?(?:\([^)\n]{1,14}\))? ?(?:ไป(?!แล้ว)|ถึง)")
# where the customer's customer gets the goods: before the place, and what must follow it
_RECEIVES = [
    (re.compile(
        rf"(?<![a-z])(?:customers?|buyers?|clients?|consignees?|importers?|end users?|receivers?)(?: (?:in|at) [a-z ]{{3,20}})?(?: (?:will|must|should|would|has to|have to|can|is|are|now|also)){{0,2}}(?: (?:need|want|expect|requir|request|hav|get|receiv|collect|pick up|picking up|tak)(?:e|es|s|ing|ed)?)(?: (?:to (?:have|get|receive|collect|pick up)|(?:picking|getting|receiving)))?(?: (?:it|them|this|that|the|these|their|its|his|her|goods|cargo|materials?|order|parts|products|shipment|containers?|boxes|delivery|delivered|up|all)){{0,4}} (?:in|at) {_LEAD}$"
    ), re.compile("")),
    # "they are expecting the goods in Hamburg until 15 Jan"; not "... by 15 Jan for loading"
    (re.compile(
        rf"(?<![a-z])(?:need|want|expect|requir|request)(?:e|es|s|ing|ed)? (?:(?:to (?:have|get|receive)|the|these|their|his|her|our|all) ){{0,3}}(?:it|them|goods|cargo|materials?|order|parts|products|shipment|containers?|boxes|delivery)(?: to be)? (?:in|at) {_LEAD}$"
    ), re.compile(
        r"^(?: port)?,? ?\(?(?:at the )?(?:latest|(?:no|not) later than|by|before|until|till)(?![a-z])(?![^.\n]*(?:load|ship|sail|stuff|pick|collect|depart|export))"
    )),
    (re.compile(
        rf"(?:ลูกค้า|ผู้รับ|ผู้ซื้อ|บายเออร์)(?:ปลายทาง)?(?:จะ|ต้องการ|ต้อง|ขอ|อยาก|ควร|ได้|รอ|มา|ไป){{0,4}}(?:รับ|ได้|ได้รับ|ต้องการ)(?:ตัว)?(?:สินค้า|ของ|ตู้)?ที่{_TH_LEAD}{{0,4}}$"
    ), re.compile("")),
    (re.compile(r"(?:바이어|고객사?|거래처|수하인|구매자|수입자|납품처)(?:들)?(?:이|가|은|는|께서)? (?:늦어도 ?)?(?:\d[^\n,.]{0,14}(?:까지|전에|안에) ?)?(?:늦어도 ?)?$"),
     re.compile(r"^(?:항|시)?에서 ?[^\n.]{0,24}?(?:받|수령|인수|찾|(?:화물|물건|제품|상품)(?:을|를|이|가)? ?(?:요구|요청|필요|원하|원합))")),
    (re.compile(""), re.compile(
        r"^(?:항|시)?(?:에 있는|의)? ?(?:바이어|고객사?|거래처|수하인|구매자|수입자|납품처)(?:들)?(?:이|가|은|는|께서) ?[^\n.]{0,24}?(?:받|수령|인수)"
    )),
    (re.compile(r"(?:お客様?|客先|バイヤー|荷受人|顧客|取引先|納品先|先方)(?:側)?(?:が|は)[ 、]?(?:遅くとも)?(?:\d[^\n、。]{0,14}(?:までに?|前に)[ 、]?)?(?:遅くとも)?$"),
     re.compile(r"^(?:港|市)?[でに][^\n。]{0,24}?(?:受け取|受取|引き取|引取|受領|入手|必要と|が必要|欲し|ほし)")),
]  # fmt: skip
# "LA 12/7 출항": the day's verb says less of the place than a particle
_DAY_AFTER = re.compile(rf"^(?:항|港|市| port)?(?=[ \d]){DAY}(?<=[\d일日)요])")
# where the writer or a firm sits: "hello from our Seoul office", 부산무역, 大阪商事
_OWNER = re.compile(
    r"^ (?:office|branch|team|hq|headquarters|head office|sales)(?![a-z])"
    r"|^ (?:[a-z&]{2,14} ){0,2}(?:co\.|co(?= ltd)|ltd|inc(?![a-z])|corp(?![a-z])|llc|gmbh|pte|plc|company(?![a-z]))"
    r"|^(?:무역|상사|물산|산업(?!단지)|전자|화학|제강|식품|통상|해운|로지스)(?![가-힣]*(?:단지|공단))|^(?:商事|物産|産業|工業|貿易|製作所|化学|食品|運輸|海運)"
    r"|^[ ]?(?:지사|지점|법인|본사|사무소|사무실|오피스)(?:입니다|의? ?[가-힣]{2,4}(?:입니다|이에요|예요|라고| 드림| 배상)|에? ?(?:근무|있는))"
)
_STREET = re.compile(
    r"(?<![a-z])(?:our address|head office|headquarter\w*|registered office)[^\n]{0,40}$|(?<![a-z])\d{1,5}[a-z]? (?:[a-z]+\.? ){1,3}(?:road|rd|street|st|avenue|ave|blvd|boulevard|lane|drive|soi)[.,][^\n]{0,30}$"
    r"|(?:본사|주소|사무실|사무소|소재지)(?:는|은|가|지는)? ?:? ?(?:[가-힣]{2,7} ){0,2}$|(?:住所|所在地|本社)(?:は|:)? ?(?:[一-龥]{2,4} ?)?$|(?:ที่อยู่|สำนักงาน(?:ใหญ่)?|บริษัท)(?:อยู่)?(?:ที่|แถว)?[ก-๙ ]{0,16}$|^[^\w\n]{0,4}(?:발신(?:자|인)?|보낸 ?이|작성자|담당자?|업체명?|상호|회사명?|의뢰 ?업체|발주처|의뢰처|会社名|担当|発注元|依頼元|company|attn|sender|ผู้ส่ง|บริษัท) ?:[^\n]{0,20}$|(?:thanks|thank you|regards|rgds|cheers)[.,!][^\n]{0,24}$|\d{1,4}(?:/\d{1,4})? (?:ถนน|ซอย|หมู่|แขวง|ถ\.|ซ\.)[^\n]{0,40}$"
)
_POSTCODE = re.compile(
    r"^[ ,]{1,2}(?:[a-z]{2} )?\d{5,6}(?![\d,.]|[ ]?(?:kg|lb|t|톤|원|usd|baht|mt|pcs|ctn))"
)
_INTRO_AFTER = re.compile(
    r"^[^\n.?!。]{0,60}?(?:(?:라고|이라고) (?:합니다|해요)|(?:하는|하고 ?있는|운영하는|거주하는|근무하는|있는) [^\n.?!,。]{0,18}(?:입니다|이에요|예요|인데요?)(?=[\s.,!]|$)|と申します|でございます|を営|に本社|に拠点)"
)
_INTRO_OPEN = re.compile(
    r"^(?:항|시|市)?(?:에서|에 있는|에|의|で|の|にある|에 위치한|에 본사를 둔|서| )?[^\n.?!。,、]{0,60}?(?:(?:하는|운영|거주|근무|유통|사는|있는|위치|둔|営|扱)|[^\s]{0,20}(?:と申します|です。|라고))"
)
_ASKS = re.compile(
    r"까지|으로 |(?<![가-힣])[가-힣]{2,8}로 (?:보내|수출|나가|가는)|견적|운임|まで|から|向け|見積|運賃|船便"
)
# "제주 녹차 수출업체입니다", "大阪の山田商事です", "we are a furniture maker in Leeds"
_FIRM = re.compile(
    r"^(?:항|시)?(?:에서|에 있는|에 위치한|에|의| 소재| 소재의)? ?[^\n.?!,]{0,24}?(?:업체|회사|법인|기업|농장|대표|담당자?|과장|대리|팀장|부장|사장|무역|상사|물산|산업|전자|화학|식품|테크|사무소|지사|지점)(?:인|의)? ?[가-힣]{0,4}? ?(?:입니다|이에요|예요|인데요|라고 ?(?:합니다|해요))"
    r"|^(?:市|県|府|都)?(?:本社|支店|営業所|オフィス|事務所)?(?:の|にある|にございます)[^\n。、]{1,22}(?:です|でございます|と申します)(?:が|けど)?[。、]?$|^-based(?![a-z])"
)
_EN_FIRM = re.compile(
    r"(?<![a-z])(?:we are|we're|i am|i'm|we run|i run|i own|we own|we have|my name is) (?:an? |the )(?:[a-z&'-]+ ){1,7}(?:based |located )?(?:in|at|near|from|out of|of) (?:the )?$"
    r"|(?<![a-z])(?:our|my) (?:company|firm|office|headquarters|business)(?: is)?(?: based| located| situated)? (?:in|at|near) $"
)
_SPEAKS_OF_FIRM = re.compile(r"(?:は|が|から|まで|출발|도착|까지)")


def is_received(before: str, after: str) -> bool:
    """Whether the words around a place say that the customer's customer gets the goods there."""
    return any(lead.search(before) and rest.match(after) for lead, rest in _RECEIVES)


def role_of(before: str, after: str) -> tuple[str, int] | None:
    """Role and rank that the words before and after a place give it, None where they give none."""
    for pattern in (_KO_VIA, _JA_VIA):
        if pattern.match(after):
            return VIA, 5
    if _EN_NO_WAY.search(before):
        return None
    if _KO_BUYER.search(before) and _KO_SITS.match(after):
        return TO, 4
    if is_received(before, after):
        return TO, 5
    sure = 2 if _DAY_AFTER.match(after) else 5
    for role, pattern in ((FROM, _KO_FROM), (FROM, _KO_IMPORT), (TO, _KO_TO), (FROM, _JA_FROM), (TO, _JA_TO)):  # fmt: skip
        if pattern.match(after):
            bare = pattern is _KO_IMPORT and "에서" not in after[:12]
            return role, 2 if bare else sure
    for role, pattern in (
        (VIA, _EN_VIA), (VIA, _TH_VIA), (FROM, _EN_FROM), (TO, _EN_TO), (FROM, _TH_FROM), (TO, _TH_TO),
    ):  # fmt: skip
        if pattern.search(before):
            return role, 5
    for role, pattern in ((FROM, _EN_SELLER), (TO, _EN_BUYER)):
        if pattern.search(before):
            return role, 2
    return (FROM, 2) if _KO_BASIS.match(after) else None


def goes_on(after: str) -> bool:
    """Whether what follows a place goes on to another: `Busan to Hamburg`, `แหลมฉบัง ไป โตเกียว`."""
    return bool(_EN_FROM_AFTER.match(after) or _TH_FROM_AFTER.match(after))


def is_the_writers(before: str, after: str) -> bool:
    """Whether a place with that rest of its sentence only says who writes, or is a firm's name."""
    line = before[before.rfind("\n") + 1 :]
    if _OWNER.match(after) or _TH_INTRO.search(before) or _EN_NO_WAY.search(line):
        return True
    if _EN_FIRM.search(line) or (_FIRM.match(after) and not _ASKS.search(after)):
        return not _SPEAKS_OF_FIRM.search(line)
    if _STREET.search(line) or _POSTCODE.match(after):
        return True
    intro = _INTRO_AFTER.match(after)
    if intro is None or not _INTRO_OPEN.match(after):
        return False
    return not _ASKS.search(intro.group())
