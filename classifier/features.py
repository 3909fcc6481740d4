"""Text -> numbers: hashed character n-grams and a few yes/no features.

Pure: no Django, no clock, no files. The hash is arithmetic on code points, so that a model
gives the same answer on every machine.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from classifier.screening import Screen


@dataclass(frozen=True, slots=True)
class FeatureSettings:
    """How text becomes features; stored with each model."""

    buckets: int = 1 << 16  # a power of two: the hash is masked
    longest: int = 2  # n-grams of 1 to this many characters
    words: bool = True  # words and pairs of words too: longer than four letters in English
    characters: int = 4000  # the head of a text that is read at all


@dataclass(frozen=True, slots=True)
class Features:
    """One text: distinct buckets in rising order, their damped counts, and the yes/no features."""

    indices: npt.NDArray[np.int64]
    counts: npt.NDArray[np.float32]
    flags: npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Batch:
    """Several texts, padded: indices and counts (n, k), flags (n, FLAGS); padding has count 0."""

    indices: npt.NDArray[np.int64]
    counts: npt.NDArray[np.float32]
    flags: npt.NDArray[np.float32]


def _spelled(pattern: str) -> str:
    """`pattern` in the spelling of normalised text: NFKC splits Thai SARA AM, for one."""
    return unicodedata.normalize("NFKC", pattern)


# a number of an order or a quotation: ours, a UUID, a PO, or a code behind a word that names one
_NUMBER = _spelled(
    # no \b: a Japanese particle or a Korean one is a word character too
    r"(?<![a-z0-9])bb\s?-\s?\d{4}\s?-\s?\d{3,8}(?!\d)"
    r"|(?<![0-9a-z])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    r"|(?<![a-z0-9])(?:p\.?\s?/?\s?o|[sw]\s?/\s?o|o\s?/\s?n|wo|po)\.?(?:['’]?s)?"
    r"(?:\s?(?:넘버|is|no|number|num|nr|ref)\b\.?|\s?#|\s?번호란?에?는?|\s?番号|\s?เลขที่)?"
    r"\s{0,2}[:#.-]?\s{0,2}(?=[^\s\d]{0,8}[a-z0-9/._-]{0,14}\d{2})[^\s,;:]{3,26}"
    r"|(?:\border(?:ed)?|\bquotation|\bquote|\boffer|\bref|\bbooking|\breference|견적|주문|발주"
    r"|오더|注文|発注"
    r"|見積|オーダー|伝票|受注|手配|№"
    r"|ใบสั่งซื้อ|ใบสั่งจ้าง|ใบเสนอราคา|ออเดอร์|คำสั่งซื้อ|สัญญา|เลขที่|อ้างอิง)"
    r"[^\d\n]{0,18}?(?<![a-z0-9])(?:[a-z]{1,6}[-/]?\d[\da-z/-]{2,20}"
    r"|\d{2,4}-[a-z가-힣]{1,4}-\d{2,8}"
    r"|[a-z]{1,6}(?:[-/][a-z0-9]{1,6}){0,2}[-/]\d{2,8}(?:[-/]\d{1,6})?"
    r"|제?\d{4}-?[가-힣]{1,2}-\d{2,6}|\d{2,4}/\d{2,4}(?:-[a-z0-9]{1,3})?(?![/\d])"
    r"|(?!\d{4}-\d\d-\d\d)\d{1,6}-\d{3,10}|\d{5,12}(?![\d,.]*\s?"
    r"(?:kg|km|t\b|usd|krw|원|円|บาท)))"
)
# a code of letters and digits with hyphens or slashes: no container size or number, no date
_CODE = _spelled(
    r"(?<![a-z0-9./@-])(?!\d{2,4}[-/]\d{1,2}[-/]\d{1,4}\b)(?![a-z]{4}\s?\d{6,7}\b)"
    r"(?=[a-z0-9/-]{0,12}\d{3})(?=[a-z0-9/-]*[-/])(?=[a-z0-9/-]*[a-z])[a-z0-9]+(?:[-/][a-z0-9]+)+"
)
_GO_AHEAD = _spelled(
    r"go(?:ing)? ahead|proceed|please book|confirm(?:ed|ing)? (?:the |our |your |this )?(?:order"
    r"|booking|quot|it\b)"
    r"|we accept|accepted|approved?\b|place (?:the|this|an|our) order|purchase order|book it"
    r"|green light|let's do it|\bbook (?:it|the|on|us|this|1|2|3|\d|for)|please (?:fix|arrange"
    r"|ship|load|dispatch)|fix and book"
    r"|\bagreed\b|award(?:ed)?\b|instruction to proceed|make .{0,20}firm|written order"
    r"|shipping order|order confirm|hereby (?:order|confirm|place)|signed|we take it|ok (?:for us"
    r"|take|to)"
    r"|진행(?: ?해| ?하(?!므로|는|니)|[을를]? ?부탁| ?바랍| ?할| ?시켜| ?요청|\.|$)"
    r"|발주|주문(?:합|하|드|서"
    r"| ?확정)|확정|부킹|승인|수락|채택"
    r"|예약(?: ?해| ?부탁|금| ?확정)|계약(?:하|할)|배 ?잡아|릴리즈|고고|의뢰(?:드립|합|하)"
    r"|접수 ?(?:바랍|부탁|요망|해)|실어 ?주|선적 ?의뢰|승낙|동의(?:하|합)|개시|하기로 (?:했|하였"
    r"|결정)"
    r"|결재 ?(?:완료|났|떨어)|픽업 ?(?:부탁|와)|차 ?보내"
    r"|進めて|発注|注文(?:します|いたし|確定|書)|手配|承認|承諾|正式に|確定|契約|ブッキング"
    r"|押さえて|おさえて|予約を|お願いすることに|合意|決裁|この(?:条件|金額|内容)で|booking"
    r"|ยืนยัน|ดำเนินการ|สั่งซื้อ|ตกลง|ตอบรับ|อนุมัติ|จอง|คอนเฟิร์ม|เดินเลย|เริ่ม(?:งาน|ปฏิบัติ)"
    r"|โอเค|จัดเลย|ว่าจ้าง|confirm"
)
_CANCEL = _spelled(
    r"cancel|declin|withdraw|not (?:to )?(?:go ahead|proceed)|won't be|call(?:ed|ing)? off"
    r"|on hold|another forwarder"
    r"|취소|철회|보류|거절|진행하지|하지 않기로|않겠|무산|(?:다른|타) ?업체|미채택"
    r"|キャンセル|取り消|取消|見送|辞退|お断り|中止"
    r"|ยกเลิก|ปฏิเสธ|ไม่ดำเนินการ|ระงับ|ไม่รับ"
)
_PRICE = _spelled(
    r"quot(?:e|ation)|\brates?\b|pric(?:e|ing)|how much|freight cost|ballpark|tariff|offer"
    r"|견적|운임|얼마|단가|요율|비용"
    r"|見積|運賃|料金|いくら|費用|単価"
    r"|ราคา|ค่าระวาง|ค่าขนส่ง|เท่าไหร่|เท่าไร|เสนอราคา"
)
_FACTS = _spelled(
    r"\d\s?(?:kgs?|ton(?:s|nes?)?|mt|lbs|톤|키로|킬로|トン|キロ|ตัน|กก|กิโล)|\b(?:20|40"
    r"|45)\s?(?:ft|'|feet|hc|hq|gp|피트"
    r"|フィート|ฟุต)|\b(?:fcl|lcl|etd|eta)\b|컨테이너|コンテナ|ตู้"
)
_STATUS = _spelled(
    r"where is|status|track|arrived|delay|invoice|claim|damage|customs|b/l|demurrage|certificate"
    r"|meeting|holiday"
    r"|어디|추적|도착했|지연|인보이스|세금계산서|클레임|파손|통관|선하증권|회의|휴무|채용|이력서"
    r"|どこ|状況|追跡|遅延|請求書|破損|通関|船荷証券|会議|休業|面接"
    r"|ถึงไหน|สถานะ|ติดตาม|ล่าช้า|ใบแจ้งหนี้|เสียหาย|ศุลกากร|ประชุม|วันหยุด"
)
_LINK = _spelled(r"https?://|www\.|bit\.ly|클릭|click|クリック|คลิก|ลิงก์")
# what advertisers and phishers ask for, whatever they dress up as
_BAIT = _spelled(
    r"unsubscribe|password|log ?in|sign(?:ing)? in|macro|free trial|guarantee|% off|reply stop"
    r"|limited seats|casino|bonus|award"
    r"|crypto|bitcoin|inherit|investment|\bseo\b|leads\b|email list|new (?:overseas )?account"
    r"|수신 ?거부|비밀번호|로그인|매크로|무료|당첨|특가|광고|할인|선착순|대출|보장|수익|투자"
    r"|상속|송금|판매"
    r"|카지노|코인|시상식|인증하|수상"
    r"|配信停止|パスワード|ログイン|無料|当選|限定|今だけ|融資|稼げ|カジノ|仮想通貨|遺産"
    r"|口座が変|賞に|セール"
    r"|รหัสผ่าน|เข้าสู่ระบบ|ฟรี|รางวัล|โบนัส|โปรโมชั่น|เงินกู้|สมัคร(?:สมาชิก|วันนี้|ด่วน)|พนัน"
    r"|ลงทุน|มรดก"
    r"|บัญชีใหม่|ลดราคา|ทัก"
)

# what was halted goes on again
_REOPEN = _spelled(
    r"un-?hold|resume|release the hold|reinstate|revive|취소 ?말고|보류 ?(?:해제|풀|했던"
    r"|요청드렸던)|다시 (?:진행|부킹|살|예약)"
    r"|再開|復活|取り消しを撤回|見送りを撤回|กลับมา(?:ดำเนินการ|จอง)|ยกเลิกการระงับ"
)
# asks for a price, not only names one
_ASK_PRICE = _spelled(
    r"how much|what(?:'s| is| are| would)[^.?\n]{0,40}(?:price|rate|cost|charge|freight)"
    r"|(?:re-?)?quote (?:us|me|for|please|on|your|all|again)"
    r"|(?:please|pls|kindly|can you|could you|would you|need|want|send|give|offer|advise"
    r"|looking for)[^.?\n]{0,50}"
    r"(?:\brates?\b|\bprices?\b|\bpricing|\bquot|\bcosts?\b|freight level|\boffer)|\brfq\b"
    r"|rate (?:request|check|enquiry|inquiry)"
    r"|freight (?:inquiry|enquiry)|get a (?:price|quote)|price\?|rate\?|requote|do you have space"
    r"|견적.{0,14}(?:부탁|요청|주세|주시|바랍|바라|의뢰|문의|뽑|내 ?주|알려|가능|받고|받아 ?보|좀"
    r"|드립니다만|원합|필요|산출)"
    r"|얼마|을만|배삯|(?:운임|운송료|운송비|물류비|비용|단가|요율|가격|금액|요금"
    r"|단가표).{0,24}(?:알려|문의|부탁|요청|주세|주시|바랍|제시|제안|뽑|궁금|여쭤|될까|되나|산출"
    r"|어떻게|올라|좀|나올|적어)"
    r"|(?:자리|스페이스|선복).{0,12}(?:있나|있는지|있을까|있어요|가능)|올인"
    r"|見積.{0,16}(?:お願|依頼|ください|下さい|頂|いただ|提示|ほし|欲し|希望|求|出し)|いくら"
    r"|(?:運賃|料金|費用|金額|レート|単価|料金表|コスト).{0,20}(?:教え|知り|提示|お願|願|ください"
    r"|下さい|頂|いただ|伺|でしょう|ですか|なります)"
    r"|(?:ขอ|เสนอ|เช็ค|ถาม|สอบถาม|ทราบ|รบกวน|แจ้ง|ทำ).{0,24}(?:ราคา|ค่าระวาง|ค่าขนส่ง|ค่าเรือ"
    r"|ค่าส่ง|เรท|เรต|ค่าใช้จ่าย|ใบเสนอราคา|rate|quot)"
    r"|ราคาเท่า|เท่าไหร่|เท่าไร|กี่บาท|ราคาต่อ.{0,12}\?"
)
# papers and money of what was shipped already
_PAPERS = _spelled(
    r"statement|debit note|credit note|\bd/n\b|\bc/n\b|\bsoa\b|payment|paid|overdue|remittance"
    r"|refund|consignee|amend|correction|missing|\bshort\b|short(?:age| by| landed)|broken"
    r"|crushed|survey|\bvgm\b|temperature log"
    r"|pre-?alert|arrival notice|\bpod\b copy|proof of delivery|telex|surrender|hs code|copy of"
    r"|free ?time|detention|seal|wrong|mistake|typo|by (?:mistake|error)|discrepan"
    r"|청구|정산|차액|입금|송금|영수증|증명서|사본|발급|수하인|오기|정정|수정|누락|부족|깨|젖"
    r"|사고|보험금|온도 ?기록|환불|반납|연장|디머리지|디텐션|내역|계산서|입항|하선|면장|접수(?:가"
    r"|된|됐|되었|확인)|확인서|영문|미수|분실|훼손"
    r"|差額|精算|入金|振込|証明書|写し|再発行|訂正|修正|不足|濡れ|事故|保険金|返金|延長"
    r"|デマレージ|荷受人|許可|到着案内|領収|相違|違い"
    r"|ใบกำกับ|วางบิล|หัก ณ ที่จ่าย|ชำระ|โอน|หนังสือรับรอง|สำเนา|แก้ไข|ขาดหาย|แตก|เปียก|เคลม"
    r"|คืนเงิน|ใบขน|pre-?alert|ดีเทนชั่น|ตกหล่น"
)
# people and offices: work, visits, holidays, notices, questions of knowledge
_PEOPLE = _spelled(
    r"\bcv\b|resume attached|apply for|application|interview|candidate|intern(?:ship)?\b"
    r"|position of|visit|lunch|conference call|agenda|minutes of|out of (?:the )?office"
    r"|automatic reply|on leave|closed (?:on|from)|office will be|no longer work|newsletter"
    r"|survey form|audit|contract term|credit terms?|announce|please be informed|effective"
    r"|advisory|agent|partnership|cooperat|supplier|warehouse rent"
    r"|지원(?:합|하|서)|인턴|채용|입사|방문|미팅|간담|교육|휴가|부재|휴업|공지|안내(?:드|합|\b)"
    r"|적용(?:합|됩|예정)|담당자 ?(?:변경|교체)|인사|송년|업무협약|제휴|대리점|여신|외상|협력사"
    r"|공급|설문|감사 ?자료|현장 ?실사|이전|증설|조사|질문|의미|차이|뜻|인코텀즈|incoterms"
    r"|応募|履歴書|採用|面談|訪問|打ち?合わせ|研修|休暇|不在|異動|退職|着任|お知らせ|ご案内|改定"
    r"|適用|代理店|提携|アンケート|監査|意味"
    r"|สมัครงาน|ฝึกงาน|สหกิจ|สัมภาษณ์|นัด|เยี่ยม|อบรม|ลาพัก|หยุดทำการ|แจ้งปิด|ประกาศ|ปรับ(?:ราคา"
    r"|อัตรา)|ตัวแทน|ความร่วมมือ|แบบสอบถาม|ตรวจประเมิน"
)
# no decision yet
_WAIT = _spelled(
    r"not (?:yet|decided|approved|sure)|will (?:decide|revert|come back|get back|let you know)"
    r"|don't book|do not book|hold off|under review|still waiting|pending approval|wait (?:for"
    r"|until)|before (?:it goes|we decide|confirming)|someone else|another (?:forwarder|company"
    r"|offer)|in favou?r of|unfortunately"
    r"|아직|검토 ?(?:후|중|하고|해서)|결재가 안|마세요|말아 ?주|기다려|미정|결정되면|다음에"
    r"|타 ?업체|다른 (?:곳|회사|포워더)|미채택|아쉽|어렵게|다음 기회|회신드리겠|연락드리겠"
    r"|잘 받았|수신 ?확인"
    r"|検討(?:中|の上|のうえ|いたし|します)|まだ|お待ち|未定|改めて|他社|残念|今回は|拝受|受領"
    r"|ยังไม่|รอ(?:อนุมัติ|ก่อน|ผล)|พิจารณา(?:ก่อน|แล้ว)|เจ้าอื่น|บริษัทอื่น|เสียดาย|ขอเวลา"
    r"|อย่าเพิ่ง"
)
_QUESTION = _spelled(
    r"[?]|언제|어디|어떻게|인가요|나요|까요|는지|습니까|ですか|ますか|でしょうか|ไหม|หรือ(?:ไม่"
    r"|ยัง)|เมื่อไ|อย่างไร|\bwhen\b|\bwhether\b|\bwhy\b"
)
# strangers' tricks: dangerous files, fortunes, threats, services to sell
_TRICK = _spelled(
    r"\.(?:exe|scr|iso|img|js|vbs|lnk|r00|r01|rar|7z|xlsm|docm|html?|jar|ace|cab|bat)\b|\bceo\b"
    r"|barrister|beneficiary|diplomatic|million|next of kin|dear (?:friend|beneficiary|customer"
    r"|supplier|user|ceo|sir ?/ ?madam|email)|verify your|confirm your|card details"
    r"|account (?:has been|is|will be) (?:suspend|lock|limit|deactiv)|mailbox|webmail|quota|wire"
    r"|gift card|confidential (?:payment|transaction)|collateral|loan|credit check|trademark"
    r"|domain|directory|certif(?:y|ied) list|contacts of|database|webinar|demo\b|book a call"
    r"|roi\b|increase your|boost|prize|lottery|voucher|cheap|factory price|lapsed|penalt"
    r"|친애하는|대표님|대표이사님|정책자금|바우처|무상|컨설팅|상위 ?노출|도메인|저작권|경고장"
    r"|투자|원금|공매|보증금|체험|자동화|솔루션|마케팅|세일즈|데이터베이스|명단|\bdb\b|인증 ?비용"
    r"|수상 ?기업|선정되|카드번호|계정|메일함|용량 ?초과|본인 ?확인|미납|압류|벌금|법적 ?조치"
    r"|즉시|당장|지금 ?(?:바로|신청|클릭|전화)|급전|당일|모집|환전|해외 ?계좌|첨부(?:파일"
    r"|된)?.{0,12}(?:열|실행|압축)|귀하의|되었습니다!|축하"
    r"|拝見しました|突然|弊社サービス|無料(?:体験|相談|診断)|セミナー|ウェビナー|資料請求"
    r"|業務効率|削減|導入|集客|営業代行|リスト|アカウント|停止|法的措置|クレジットカード"
    r"|お支払い(?:情報|方法)|本日中|至急お支払|当社独自|補助金|資金調達|ファクタリング|投資"
    r"|本人確認|添付ファイルを開"
    r"|สินเชื่อ|อนุมัติไว|ดอกเบี้ย|ฟรี|คลิก|บัญชีของท่าน|ระงับ|ยืนยันตัวตน|บัตรเครดิต|รายชื่อ"
    r"|ฐานข้อมูล|สัมมนา|ทดลอง|การตลาด|โฆษณา|กรมธรรม์|หมดอายุ|ทันที|ค่าปรับ|มูลค่า.{0,10}ล้าน"
)

# what is asked of a text; every pattern searched by itself takes over four times as long
SCREEN = Screen(
    {
        "number": _NUMBER,
        "code": _CODE,
        "go_ahead": _GO_AHEAD,
        "cancel": _CANCEL,
        "price": _PRICE,
        "freight_facts": _FACTS,
        "status": _STATUS,
        "link": _LINK,
        "bait": _BAIT,
        "reopen": _REOPEN,
        "ask_price": _ASK_PRICE,
        "papers": _PAPERS,
        "people": _PEOPLE,
        "wait": _WAIT,
        "question": _QUESTION,
        "trick": _TRICK,
    }
)
_ANY_NUMBER = re.compile(_NUMBER)

# where the quoted old text of a reply begins; a forwarded mail has none
_OLD = re.compile(
    _spelled(
        r"^\s*>"
        r"|^\s*-{2,}\s*(?:original message|원본 ?메시지|원본 ?메일|元のメッセージ|ข้อความเดิม"
        r"|ข้อความต้นฉบับ)"
        r"|^on .{2,140} wrote:\s*$|^.{5,140}님이 작성:\s*$|^.{5,140}(?:書きました|のメール)[:;]\s*$"
        r"|^.{5,140}เขียนว่า:\s*$"
        r"|^\s*(?:from|보낸 ?사람|差出人|จาก)\s*:.{0,200}\n(?:.{0,200}\n){0,2}?\s*(?:sent|date|to"
        r"|보낸 ?날짜|받는 ?사람|날짜|送信日時"
        r"|日時|宛先|วันที่|ส่งเมื่อ|ถึง)\s*:"
    ),
    re.MULTILINE,
)
_FORWARDED = re.compile(
    _spelled(r"forwarded|전달된|전달 ?메시지|転送|ส่งต่อ|^fwd?:|^fw:"), re.MULTILINE
)
_SPACES = re.compile(r"[^\S\n]+")
# letters by their category that nobody sees: fillers, variation selectors
_UNSEEN = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\ufe00-\ufe0f]")
# how far past the wanted length a text is read, to find the new words below a quoted text
_OLD_REACH = 4000
_THAI_DIGIT = re.compile("[๐-๙]")
_THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_WORD = re.compile(r"\w+")

_ASKED = (
    "number",
    "number_only_old",
    "go_ahead",
    "cancel",
    "price",
    "freight_facts",
    "status",
    "link",
    "bait",
    "bait_with_number",
    "go_ahead_with_number",
    "go_ahead_without_number",
    "cancel_with_number",
    "price_with_facts",
    "facts_without_number",
    "code",
    "reopen",
    "ask_price",
    "papers",
    "people",
    "wait",
    "question",
    "trick",
    "order_with_number",
    "ask_price_without_trick",
    "number_unordered",
    "question_without_price",
    "trick_with_link",
    "order_with_code",
    "facts_alone",
)
# each is asked of the new part of a mail and of its subject alone
FLAGS = (*_ASKED, *(f"subject_{name}" for name in _ASKED))


def compose(subject: str, body: str) -> str:
    """A mail as the classifier reads it: the subject, an empty line, the body."""
    return f"{' '.join(subject[:1000].split())}\n\n{body}"


def features(text: str, settings: FeatureSettings) -> Features:
    """The features of one text; any text has some, the empty one only zeros."""
    new, old = split_old(normalise(text, settings.characters))
    indices, counts = _grams(new, settings)
    subject = new.partition("\n")[0]
    flags = np.array((*_flags(new, old), *_flags(subject, "")), np.float32)
    return Features(indices, counts, flags)


def batch(texts: Sequence[str], settings: FeatureSettings) -> Batch:
    """The features of `texts`, padded to the longest of them; at least one column."""
    return padded([features(text, settings) for text in texts])


def padded(rows: Sequence[Features]) -> Batch:
    """`rows` as three arrays."""
    width = max((len(row.indices) for row in rows), default=0) or 1
    indices = np.zeros((len(rows), width), np.int64)
    counts = np.zeros((len(rows), width), np.float32)
    for number, row in enumerate(rows):
        indices[number, : len(row.indices)] = row.indices
        counts[number, : len(row.counts)] = row.counts
    flags = np.stack([row.flags for row in rows]) if rows else np.zeros((0, len(FLAGS)), np.float32)
    return Batch(indices, counts, flags)


def normalise(text: str, characters: int) -> str:
    """The head of `text` in one spelling: NFKC, lower case, single spaces, nothing invisible."""
    # cut before NFKC: it may lengthen a text eighteenfold, and 10 MB of it take seconds
    text = unicodedata.normalize("NFKC", text[:characters]).lower()[:characters]
    if _THAI_DIGIT.search(text):
        text = text.translate(_THAI_DIGITS)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.replace("\n", "").isprintable():
        text = "".join(c if c == "\n" or c.isprintable() else " " for c in text)
    return _SPACES.sub(" ", text).strip()


def split_old(text: str) -> tuple[str, str]:
    """`text` (normalised) as what was newly written and what a reply quotes.

    A forwarded mail, and one with nothing of its own, is all new.
    """
    match = _OLD.search(text)
    if match is None:
        return text, ""
    new, old = text[: match.start()].rstrip(), text[match.start() :]
    if _FORWARDED.search(text, 0, match.end()) or len(_WORD.findall(new)) < 2:
        return text, ""
    return new, old


def encoder_text(text: str, characters: int) -> str:
    """What the encoder reads of `text`: at most `characters`, the newest part first.

    The subject, an empty line, what the sender wrote now; then, if there is room, what the reply
    quotes. Case, digits and accents stay (NFC); what cannot be seen goes.
    """
    text = _visible(text[: characters + _OLD_REACH])
    new, old = _newest_lines(text)
    parts = ("\n".join(lines).strip() for lines in (new, old))
    return "\n\n".join(part for part in parts if part)[:characters].rstrip()


def encoder_characters(tokens: int) -> int:
    """How much of a text is enough for `tokens` pieces: few languages have longer ones."""
    return 8 * tokens


def _visible(text: str) -> str:
    """`text` in NFC with single spaces and without what cannot be seen; lines stay lines."""
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    text = _UNSEEN.sub("", _SPACES.sub(" ", text))
    if not text.replace("\n", "").isprintable():
        text = "".join(c for c in text if c == "\n" or c.isprintable())
    return text.strip()


def _newest_lines(text: str) -> tuple[list[str], list[str]]:
    """The lines of `text` (visible) as what is new and what a reply quotes.

    Answers below and between lines that begin with ">" are new; a forwarded mail is all new.
    """
    lines = text.split("\n")
    # marks are searched in a spelling that may be longer, but has the same lines
    spelled = unicodedata.normalize("NFKC", text).lower()
    match = _OLD.search(spelled)
    if match is None or _FORWARDED.search(spelled, 0, match.end()):
        return lines, []
    cut = spelled.count("\n", 0, match.end() - len(match.group().lstrip()))
    new, quoting = lines[:cut], False
    old: list[str] = []
    for line in lines[cut:]:
        quoting = quoting or line.startswith(">")
        (new if quoting and not line.startswith(">") else old).append(line)
    if len(_WORD.findall(" ".join(new))) < 2:
        return lines, []
    return new, old


def names_number(text: str) -> bool:
    """Whether the newly written part of `text` names an order or a quotation by its number."""
    new, _ = split_old(normalise(text, FeatureSettings().characters))
    return _ANY_NUMBER.search(new) is not None


def _flags(new: str, old: str) -> tuple[bool, ...]:
    found = SCREEN.found(new)
    number = "number" in found
    go_ahead = "go_ahead" in found
    cancel = "cancel" in found
    price = "price" in found
    facts = "freight_facts" in found
    bait = "bait" in found
    link = "link" in found
    code = number or "code" in found
    reopen = "reopen" in found
    ask_price = "ask_price" in found
    papers = "papers" in found
    people = "people" in found
    wait = "wait" in found
    question = "question" in found
    trick = "trick" in found
    ordered = (go_ahead or reopen) and not wait and (reopen or not cancel)
    return (
        number,
        not number and _ANY_NUMBER.search(old) is not None,
        go_ahead,
        cancel,
        price,
        facts,
        "status" in found,
        link,
        bait,
        bait and number,
        go_ahead and number and not cancel,
        go_ahead and not number,
        cancel and number,
        price and facts,
        facts and not number,
        code,
        reopen,
        ask_price,
        papers,
        people,
        wait,
        question,
        trick,
        ordered and number and not ask_price,
        ask_price and not trick and not link,
        number and not go_ahead and not ask_price,
        question and not ask_price,
        trick and link,
        ordered and code and not trick,
        facts and not (ask_price or papers or people or trick or go_ahead),
    )


_MIX = np.uint64(0x9E3779B97F4A7C15)
_PRIME = np.uint64(0x100000001B3)
_ZERO, _NINE, _SPACE, _LINE = (np.uint64(ord(letter)) for letter in "09 \n")
_FIRST = np.zeros(1, np.int64)


def _mixed(hashes: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Well-spread hashes: a multiplicative hash alone leaves its low bits to the last letter."""
    hashes = (hashes ^ (hashes >> np.uint64(31))) * _MIX
    return hashes ^ (hashes >> np.uint64(29))


def _grams(
    text: str, settings: FeatureSettings
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
    """Distinct buckets of the n-grams of `text`, any digit as 0, with 1 + log(count)."""
    points = np.frombuffer(text.encode("utf-32-le", "replace"), "<u4").astype(np.uint64)
    if not len(points):
        return np.zeros(0, np.int64), np.zeros(0, np.float32)
    points[(points >= _ZERO) & (points <= _NINE)] = _ZERO
    found = []
    hashes = np.zeros(len(points), np.uint64)
    for length in range(1, min(settings.longest, len(points)) + 1):
        hashes = (
            hashes[: len(points) - length + 1] * _PRIME + points[length - 1 :] + np.uint64(length)
        )
        found.append(hashes)
    found = [_mixed(np.concatenate(found))]
    if settings.words:
        found.append(_words(points))
    buckets = (np.concatenate(found) & np.uint64(settings.buckets - 1)).astype(np.int64)
    return _counted(buckets)


def _counted(
    buckets: npt.NDArray[np.int64],
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
    """The distinct ones of `buckets` (at least one; sorted in place), with 1 + log(count)."""
    # what np.unique does, in half the time
    buckets.sort()
    starts = np.flatnonzero(buckets[1:] != buckets[:-1]) + 1
    starts = np.concatenate((_FIRST, starts))
    counts = np.empty_like(starts)
    np.subtract(starts[1:], starts[:-1], out=counts[:-1])
    counts[-1] = len(buckets) - starts[-1]
    return buckets[starts], (1 + np.log(counts)).astype(np.float32)


def _words(points: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Hashes of the words and of the pairs of neighbouring words, a word being what spaces part."""
    gaps = (points == _SPACE) | (points == _LINE)
    begins = ~gaps
    begins[1:] &= gaps[:-1]
    starts = np.flatnonzero(begins)
    if not len(starts):
        return np.zeros(0, np.uint64)
    # a word's hash is the sum of its letters' hashes, each with its place in the word
    # (normalised text starts with a word, so the first start is 0)
    numbers = np.arange(len(points))
    place = numbers - np.maximum.accumulate(np.where(begins, numbers, 0))
    letters = _mixed(points * _PRIME + place.astype(np.uint64) * _MIX)
    letters[gaps] = 0
    words = _mixed(np.add.reduceat(letters, starts))
    pairs = _mixed(words[:-1] * _PRIME + words[1:])
    return np.concatenate((words, pairs))
