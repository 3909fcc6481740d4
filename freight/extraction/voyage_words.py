"""Words that say what a date is: the departure, the arrival, or neither. By language, the plainest first.

Texts are folded (`text.prepare`): lower case, plain width. A word is matched where it begins; longer
compounds that mean something else (`shipping documents`) stand in `NEITHER_COMPOUNDS` and go first.
"""

# ruff: noqa: E501 - the alternatives of a pattern read best on one line

import re
from collections.abc import Iterator
from dataclasses import dataclass

# rank -> words. 5: ETD; 4: it sails; 3: it is loaded; 2: the cargo is ready; 1: verbs that say little
_EN_DEPARTURE = {
    5: r"(?<![a-z])e\.?t\.?[ds](?![a-z])",
    4: r"(?<![a-z])(?:vessel|boat)s?(?! (?:arriv|name|clos|berth|operator|is|will))(?![a-z])|sail(?:s|ing|ed)?(?![a-z])|depart\w*|(?<![a-z])dep(?![a-z])|leav(?:e|es|ing)(?![a-z])|leave?in(?![a-z])|set(?:ting)? (?:off|sail)|(?:vessel|sailing|sail) date|on[- ]?board|on the water|on (?:a|the|your|next|that) (?:boat|vessel|ship)(?![a-z])|vessel (?:on|of|for)(?![a-z])|(?<![a-z])(?:ship|boat|vessel) (?:go(?:es|ing|in)|out)(?![a-z])",
    3: r"load(?:s|ing|ed|in)?(?! ?port)(?![a-z])|ship(?:ment|ping|ped)? (?:date|on|by|out|around|before)(?![a-z])|shipments?(?! (?:details|from|of|to))(?![a-z])|shipping(?! cost| rate| line| from| to)(?![a-z])|shipped(?![a-z])|dispatch\w*|despatch\w*|stuff(?:ing|ed)?(?![a-z])|vanning|(?:close|seal)(?:s|d|ing)? (?:the |our )?(?:container|box|can|unit|doors?)(?![a-z])|(?:gate|roll(?:s|ing)?) out(?![a-z])",
    2: r"(?<![a-z])read(?:y|iness)(?![a-z])|hand(?:ed|ing)?[- ]?over|handover|release[ds]?(?![a-z])|(?<![a-z])c\.?r\.?d(?![a-z])|pick(?:ed)?[- ]?up|pickup|collect(?:s|ion|ed|ing)?(?![a-z])|availab\w+|ex-?factory|ex-?works date|(?:cargo|goods) (?:(?:is|are|will be|lies?|stands?|sits?) )?(?:in|at)(?![a-z])|packed|finish(?:ed|es)? (?:production|packing)|(?:production|packing) (?:finish|end|complet|done)\w*|complet(?:ed?|ion)(?![a-z])|off the line|lift(?:ed|ing)?(?![a-z])",
    1: r"(?<![a-z])ship(?![a-z])|(?<![a-z])send(?:ing)?(?![a-z])|(?<![a-z])mov(?:e|es|ing)(?![a-z])|(?<![a-z])export(?:ing|ed)?(?![a-z])|(?<![a-z])go(?:es|ing|in|ne)?[' ]*(?:out|off|away|on)(?![a-z])|(?<![a-z])away (?:by|on|before)(?![a-z])|(?<![a-z])ex(?= [a-z]+ (?:on )?\d)|(?<![a-z])transport(?:ed)? on(?![a-z])",
}
_KO_DEPARTURE = {
    4: r"(?<=[가-힣a-z])(?<![신가개출재발유폭])발(?= ?\d| ?[,/(>]|$| 배)|출발(?![지항국])|출항(?![지국])|출범|떠나|떠날|떠난|뜨는|뜹니다|뜰(?= |수)|띄우|띄울|출선|(?<![가-힣])배(?:편)?(?:에|로|를|는|으로)?(?= ?\d)|(?<![가-힣])(?:배|배편|선편|본선|모선|항차)(?:에|로|으로|편|를|을|나|가|도|예약|부킹|스페이스|자리)?(?![가-힣])|스케[줄쥴](?:로|에|을|를)|항차|본선 ?(?:일정|예정)",
    3: r"선적(?![지항])|적재(?![ ]?항)|적입|발송|싣|실어|실을|실으|실었|실리|태우|태워|태울|상선|배닝|스터핑|도어 ?(?:작업|오더)|컨테이너 ?작업|쇼링|투입|넣어|넣을|작업 ?(?:일|예정|희망)|부킹",
    2: r"출고|상차|픽업|준비|출하|집하|반출|완료|완성|완제|나오(?!시)|나옵|나와(?!서 ?말)|나올|나온다|수거|인수 ?(?:가능|예정|희망)|가지러|가져가|가져갈|레디",
    1: r"출발지|출항지|선적[지항]|적재 ?항|보내|보낼|부칠|부치|부쳐|운송|수출|내보|나가|나갈|나감|나간|나갑|나갔|빠져|빼야|빼고|이동|출국|출발항",
}
_JA_DEPARTURE = {
    4: r"船(?=は)|(?<=[\s、])便(?=は)|出港(?!地)|出発(?![地港])|出帆|出航|離岸|解らん|本船(?!名)|(?<=[\d日頃)曜])の?(?:船|便)(?:で|に|を|が|の|へ|希望|予定|、|$)|出る(?:船|便)|出船|乗船|(?<=日)(?:発|出)(?=$|[\s、。,の])|船出し|抜港",
    3: r"船積み?(?!地|港|書類|期限)|積込|積み込|積み(?=で|:|港|は|予定|希望|、|。|\s|$|たい|に|を|が|の|は)|積み?(?:日|予定)|積ん(?:で|だ)|積む|積め|積載|搭載|載せ|載る|乗せ|発送|バンニング|バン詰|詰め(?!合)|詰込|スタッフィング|ブッキング",
    2: r"出荷|集荷|引き?取(?!り?たい(?:そう|との|と言|と申))|ピックアップ|準備|用意|搬出|仕上が|出来上が|できあが|完成|完了|揃[うい]|そろ[うい]|上が(?:り|る)|レディ|(?:工場|倉庫|弊社)渡し|工場出|倉出|庫出|渡し可能|渡せ",
    1: r"出発[地港]|(?<![締支])発(?=\d|、|,|\s|で|に|の|は|を|予定|希望|$|。|:|/)|(?<=[\d日曜])の?出(?=、|,|\s|で|の|予定|希望|$|。)|出し(?!て(?:いただ|もら|下さ|くださ|ほし|欲し))|出す|出る|出て|出ます|出せ|出た[いく]|出そう|送り|送る|送って(?!いただ|くださ|下さ)|送れ|送ろ|輸送|輸出|船便|積み?地|積港",
}
_TH_DEPARTURE = {
    4: r"ออกเดินทาง|ออกเรือ|เรือออก|วันออก|วันเดินทาง|ออกจาก(?:ท่า)?|กำหนดออก|ปล่อยเรือ|เรือเดินทาง|รอบเรือ|เรือรอบ|เที่ยวเรือ|เรือเที่ยว|เรือแล่น|วันเรือออก",
    3: r"โหลด|บรรจุ(?!ภัณฑ์)|ลงเรือ|ขึ้นเรือ|ขึ้นตู้|ขึ้นของ|ขึ้นสินค้า|ลงตู้|วันส่งออก|ส่งออก(?=วัน)|วันส่ง(?!มอบ)|วันจัดส่ง(?!ถึง)|ปิดตู้|เข้าตู้",
    2: r"(?:สินค้า|ของ|งาน)(?:จะ)?(?:พร้อม|เสร็จ|ครบ)|พร้อม(?!กัน|ราคา|ทั้ง|แจ้ง|ด้วย)|ผลิตเสร็จ|เสร็จ(?!สิ้น)|รับสินค้า|เข้ารับ|มารับ|ไปรับ|รับตู้|ลากตู้|รับของที่(?:โรงงาน|โกดัง)",
    1: r"เรือ(?=วัน|ช่วง| ?\d)|(?<!จัด)ส่ง(?!ใบ|ราคา|อีเมล|กลับ|มอบ|ของเอกสาร)|ขนส่ง|(?<!เสนอ)ออก(?!แบบ|ใบ|บิล)|เดินทาง",
}
_EN_ARRIVAL = {
    5: r"(?<![a-z])e\.?t\.?a(?![a-z])",
    4: r"arriv\w*|(?<![a-z])arr(?![a-z])|(?:get(?:s|ting)?|be|has to be|is|have (?:it|them)) there|there (?:by|before|on|no later)|(?:arrival|delivery) deadline|land(?:s|ed|ing)?(?= (?:by|in|at|on|before|no later)(?![a-z]))|(?<![a-z])dock(?:s|ed|ing)?(?= (?:by|in|at|on|before)(?![a-z]))|(?<![a-z])rta(?![a-z])|(?<![a-z])due (?:in|at|into|there|date|by|on|to arrive)",
    3: r"(?<![a-z])get(?:s|ting)? (?:in|to port)(?= (?:(?:on|by|around|latest) )?(?:the )?(?:\d|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec))|(?:receiv|tak|expect|need|want|get)(?:es?|ing|s)? (?:the |a |our )?(?:vessel|ship|boat)(?= (?:at|in|into)(?![a-z]))|(?:consignee|buyer|customer|client|receiver|importer)(?:'s|s')? (?:deadline|date|target|wish)|(?:need|needs|must|has|have|got) to hit(?![a-z])|deliver(?!y order)\w*|reach(?:es|ed|ing)?(?! out)(?![a-z])|in[- ]hand|(?<![a-z])rdd(?![a-z])|unload\w*|discharg\w+(?! port)|(?<![a-z])at destination|(?<![a-z])here (?:by|before|on|no later)",
    2: r"(?:want|wants|wanted|wanting|like|love|need|needs|needed|needing|have|get|require|requires|requiring|request|requests|requesting|expect|expects|expecting)(?: to (?:have|get|receive))? (?:it|them|'em|em|this|these|everything|(?:the|his|her|their) (?:cargo|goods|materials?|order|parts|products|shipment|container|lot|load|boxes?))(?: (?:all|here|in|at|there|on[- ]?site|on (?=\d|the \d))(?![a-z])| (?:(?:latest|not later than|no later than) )?(?:by|before)(?![a-z]))|(?:want|need|requir)(?:s|ed|es)? (?:by|before|no later|not later|latest)|needed|need(?:s|ed)? (?:it|them|this|the (?:cargo|goods|shipment))(?![a-z])|(?:must|should|has to|have to|needs to|need to|ought to|gotta) be (?:in|at|there|here|with)|be (?:in|at|with) |(?:required|wanted|expected)(?= (?:in|at|by|on|before|latest)(?![a-z]))|at (?:the |our |my )?(?:buyer|customer|consignee|client|receiver)'?s? (?:door|warehouse|premises|plant|site|factory)|at (?:their|his|her) (?:door|warehouse|plant|site)|on[- ]site|in store|receiv(?:e|ed|ing|es)(?![a-z])|make it (?:to|in|there)|latest at",
}
_KO_ARRIVAL = {
    4: r"(?<=[가-힣a-z])(?<![도장부접밀애고])착(?= ?\d| ?[,/(>]|$| ?희망| ?예정)|도착(?![지항국])|입항(?![지국])|닿[게아았을]|접안|들어와|들어오|들어왔|들어옵|들어올|들어온|도달",
    3: r"납기|납품|배송|인도(?=일|[는가를 ]?\d|[ :]|되|받|해|예정|희망|까지|조건|기한)|배달|하차|하역|양하(?![지항])|인도 ?(?:예정|희망)",
    2: r"필요|들어가|들어갈|들어간|들어감|받아|받을|받고|받았|받게|받기|받으면|받는|받길|(?<=까지 )입고|(?:현지|고객사?|바이어|거래처|물류|아마존|fba|도착지|수입자|수하인|납품처) ?(?:창고|센터|물류센터)?(?:에|로|의)? ?입고|(?<!cfs )(?<!보세 )(?<!보세)(?<!cy )(?:창고|센터)(?:에|로)? ?입고(?=[^\n.]{0,16}까지)|입고(?=되어야|돼야|되어 ?있어야|희망|요청|까지)|수령|(?<![가-힣])(?:와야|왔으면|와 ?있어야|가야|갔으면|가면|와 주|와주|올 수|갈 수|오면|오도록|가도록|와도)|대야 ?(?:하|합|해)",
    1: r"도착[지항]|입항지",
}
_JA_ARRIVAL = {
    4: r"到着(?![地港])|入港(?!地)|必着|到達|着岸|接岸|着荷|入着|(?<!執)(?<!落)着(?= ?\d|、|,|\s|で|に|の(?!荷)|は|を|希望|予定|$|。|まで|け|く|き|い|か|指定|:|/|日)|届[けいく]|届(?=、|。|$)",
    3: r"(?:現地|客先|先方|納入先)[^\s\d、。]{0,6}?搬入|(?<=港)揚げ?(?=$|[、。\s予希])|揚げ(?=[:は予希]| ?\d)|陸揚げ|納期|納品|配達|納入|荷下ろし|荷降ろし|荷卸し|荷揚げ?",
    2: r"引き?取り?たい(?=そう|との|と言|と申)|(?:現地|先方|客先|手元)に(?:は)?(?:ない|無い|あ|着|届|欲|ほし|必要)|必要|間に合|入れたい|入れて|入る(?=よう|こと|必要|便)|入れば|入手|受け取|受取|受領|欲し|ほしい|要り",
    1: r"到着[地港]|揚げ?[地港]|(?<!執)着地",
}
_TH_ARRIVAL = {
    4: r"ไปถึง|ถึงปลายทาง|วันถึง|มาถึง|ให้ถึง|ต้องถึง|เรือถึง|เรือเข้า|เทียบท่า|ถึงท่า|ถึงมือ|ถึงที่|กำหนดถึง|เข้าท่า|ถึง(?!คุณ|ท่าน|ทีม|ผู้|แผนก|ฝ่าย|บริษัท|แม้)",
    3: r"(?<!ขึ้น)ลง(?:ของ|สินค้า)(?!ใส่|ใน|เรือ|ตู้|ที่ท่าต้นทาง|ให้)|ส่งมอบ|จัดส่งถึง|ส่งถึง|กำหนดส่ง(?:มอบ|ของ)",
    2: r"(?:ผู้รับ|ผู้ซื้อ|บายเออร์|ปลายทาง)(?:จะ|ต้อง|ขอ|อยาก|มา){1,3}รับ(?:สินค้า|ของ|ตู้)|ต้องการรับ|ได้รับ|ได้ของ|ได้สินค้า|ต้องการ(?:สินค้า|ของ|ใช้|ให้ของ)|ต้องใช้|จะใช้ของ|อยากได้(?:ของ|สินค้า)|รับของ|(?:ของ|สินค้า)(?:ต้อง)?(?:เข้า|มา)",
}

# what a word of the lists above begins, and what is neither
NEITHER_COMPOUNDS = (
    r"(?<![a-z])l/?c(?![a-z])(?:[^,\n;.\d]{0,24}?(?:shipment|expir\w*|선적 ?(?:기한|일)?|船積(?:期限)?))?|신용장(?: ?선적)?|信用状(?:船積)?"
    r"|cut[- ]?offs?(?:[ -](?:date|time))?|(?:container|cy|doc\w*|si|vgm|port|terminal|booking)[ -]clos(?:e|es|ing)(?![a-z])|delivery order|delivery (?:note|terms?)"
    r"|shipping (?:documents?|docs?|instructions?|marks?|advice|lines?|costs?|rates?|agents?|papers)|ship(?:ment|ping)? (?:ref|no|number)(?![a-z])|pre-?shipment|last (?:shipment|loading|sailing|departure|container|load)|previous (?:shipment|sailing|vessel|load\w*)"
    r"|tran[s]?-?s?hip\w*|trans-?shipp?\w*|connecting|(?<![a-z])t/s(?![a-z])|feeder|gate-?in|load(?:ing)? (?:list|plan)|(?:ready|available|able) to (?:quote|discuss|talk|answer|call|confirm)|(?:start|begin)(?:s|ing)? (?:of )?(?:production|manufacturing)|(?:production|manufacturing|packing) (?:start|begin)\w*|stuffed toys|on (?:annual |sick |maternity )?leave(?![a-z])"
    r"|when (?:(?:will|would|could|does|do|can|is|are|did|might) )?[^.?!\n\d]{0,30}?(?:arriv\w*|depart\w*|sail\w*|deliver\w*|leav\w*|reach\w*|ready|available|be there|get there)(?: there)?"
    r"|선적 ?(?:서류|기한|스케[줄쥴] ?확인|의뢰서)|운송 ?(?:기간|일수|시간|서류)|준비 ?서류|도착 ?(?:통지|보고|후)|출발 ?후|출항 ?후|선적 ?후|출고 ?후|완료 ?후|결제 ?완료|(?:수출|수입) ?(?:신고|통관|면장)|운송 ?(?:사|료|비)|(?:언제|몇 ?(?:일|월)에?)[^.?!\n\d]{0,12}?(?:도착|출발|출항|입항|들어오|들어와|나가|나오|선적)|환적|기항|접속|(?<![일\d)] )(?<![일\d)])이전 ?(?:선적|출항|출고)|지난 ?(?:번 ?)?(?:선적|출항|출고)|생산 ?(?:시작|착수|개시)|작업 ?시작"
    r"|船積み?(?:書類|期限)|接続|積み?替え?|トランシップ|寄港|(?:いつ|何日|何月)[^。?!\n\d]{0,12}?(?:着|到着|届|出港|出発|出)|(?:お|ご)?手元に届|前回の?(?:船積み?|出港|出荷)|生産開始|着手|出港後|到着後|船積後|出荷後|発送後|書類[はを]?(?:発送|準備|必着)|(?:着|届)いておりません|(?:着|届)いていません|届いてい|必着で(?:お?見積|ご?回答|ご?返信|書類)"
    r"|ยืนราคา(?:ได้|ไว้)?(?:จน)?(?:ถึง)?|(?:ราคา|โปรโมชั่น|โปร|เรท|เรต)(?:นี้)?[^\n\d]{0,12}?(?:จน)?ถึง(?= ?(?:วันที่ ?)?\d)|(?:มีผล|ใช้ได้|หมดอายุ)(?:จน)?ถึง|เอกสาร(?:พร้อม)?|เปลี่ยนเรือ|ถ่ายลำ|ต่อเรือ|แวะ(?:ที่)?|ถึง(?:เมื่อ(?:ไหร่|ไร)|วันไหน|กี่วัน)|(?:ออก|ส่ง|พร้อม|เสร็จ)(?:ได้)?(?:เมื่อ(?:ไหร่|ไร)|วันไหน)|ใช้เวลา|ใช้(?:ได้)?(?:จน)?ถึง|ส่ง(?:ใบ)?(?:เสนอ)?ราคา(?:ให้)?|ส่งอีเมล|ออกใบ\S{0,12}|ถึงกำหนด"
)
NEITHER = (
    r"clos(?:es|ing)(?![a-z])|quot\w*|repl(?:y|ies)|respon\w*|get back|let (?:us|me) know|hear(?![a-z])|answer|feedback|valid\w*|deadline|cut(?:[- ]?off)?(?![a-z])|payment|paid|(?<![a-z])pay(?:able|s)?(?![a-z])|remit\w*|invoice|meeting|(?<![a-z])call(?![a-z])|dated|issued?|expir\w*"
    r"|your (?:mail|email|message|offer|rate|price)|(?:e-?mail|message|letter|enquiry|inquiry|request)(?:ed)? (?:of|on|dated|from)|confirm(?:ation)? by|revert|free time|last (?:shipment|time|month|year|week)|previous|tender|decision|decide|tariff|rate (?:valid|effective)|offers?(?![a-z])|proposal|(?:your|best|a|the|our) (?:price|pricing|number|figure)s?(?: |$)"
    r"|holiday|vacation|office|exhibition|trade (?:show|fair)|(?<![a-z])fair(?![a-z])|(?<![a-z])show(?! me)(?![a-z])|season|opening|inspect\w*|fumigat\w*|survey|certificat\w*|contract|(?<![a-z])(?:p\.?o\.?|order)(?: date| of| dated| placed)|ordered|purchase|insurance|customs|bank|audit|(?<![a-z])bid(?![a-z])|budget|board (?:meeting|approval)|(?<![a-z])docs?(?![a-z])|documents?|(?<![a-z])vgm(?![a-z])|(?<![a-z])s/?i(?= (?:cut|by|dead|due|clos))|(?:more |further |full )?(?:details|information|info)(?! ?:)(?![a-z])|waited|since(?! then)|approv\w+"
    r"|견적|회신|답변|회답|답장|연락|마감|클로징|클로싱|컷 ?오프|커트|유효|결제|입금|송금|미팅|회의|방문|휴무|휴가|연휴|작성|발행|문의일|주문일|발주|계약|공휴일|결정|반입|지난(?!주)|이전 선적|전화|알려|말씀|보내 ?주(?:시|세|십|신|실|면|기|라|길)|보내줘|보내주|송부|제출|전시회|박람회|행사|개막|오픈|검사|검역|훈증|서류|통관|보험|심사|입찰|승인|확정|확인(?!된)|설날|명절|개장|협의|통화|생일|출장|인보이스|송장"
    r"|見積|回答|締切|締め|搬入|返信|返事|有効|支払|入金|送金|請求|打ち合わせ|打合せ|会議|カット|連絡|前回|ご提示|提示|提出|発注|発行|検査|燻蒸|通関|展示会|契約|保険|休業|運賃が|値上|改定|休み|休暇|電話|訪問|書類|作成|入札|決定|予算|審査|出張|インボイス|送付|ください日|お送り(?:くだ|いた|頂|下)|送って(?:いただ|くだ|下さ)|届いて"
    r"|ใบเสนอราคา|เสนอราคา|(?:ขอ|แจ้ง|ส่ง|ทราบ)ราคา|ตอบกลับ|แจ้งกลับ|แจ้ง(?:ให้|ราคา|ผล)|หมดอายุ|หมดเขต|ชำระ|จ่าย|โอนเงิน|ประชุม|ครั้งก่อน|ครั้งที่แล้ว|ปิดรับ|คัท ?ออฟ|ตัด(?:รับ|ยอด)|ยืนยัน(?:ภายใน|ราคา|ก่อน)|วันหยุด|หยุด(?:ทำการ|ยาว)?|งานแสดง|นิทรรศการ|งานแฟร์|สั่งซื้อ|สัญญา|ตรวจ|ประกัน|ใบแจ้งหนี้|โทร|นัด|ลงวันที่|ยืนราคา|ติดต่อ|อนุมัติ|ใช้ได้ถึง|มีผล"
)


@dataclass(frozen=True, slots=True)
class Word:
    """A word at `text[start:end]`: role `d`eparture, `a`rrival or `o`ther; plainer ones rank higher."""

    role: str
    rank: int
    start: int
    end: int


def _ranked(letter: str, tables: tuple[dict[int, str], ...]) -> str:
    ranks = sorted({rank for table in tables for rank in table}, reverse=True)
    return "|".join(
        f"(?P<{letter}{rank}>{'|'.join(table[rank] for table in tables if rank in table)})"
        for rank in ranks
    )


_KEYWORD = re.compile(
    f"(?P<o1>{NEITHER_COMPOUNDS})|"
    + _ranked("d", (_EN_DEPARTURE, _KO_DEPARTURE, _JA_DEPARTURE, _TH_DEPARTURE))
    + "|"
    + _ranked("a", (_EN_ARRIVAL, _KO_ARRIVAL, _JA_ARRIVAL, _TH_ARRIVAL))
    + f"|(?P<o0>{NEITHER})",
    re.MULTILINE,
)


def find_words(text: str) -> Iterator[Word]:
    """The words of prepared `text` that say what a date is, in reading order."""
    for match in _KEYWORD.finditer(text):
        name = str(match.lastgroup)
        yield Word(name[0], int(name[1]), match.start(), match.end())
