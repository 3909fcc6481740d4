"""What a message does not state: questions, suppositions, promises, choices, ports on the way."""

# ruff: noqa: E501 - the alternatives of a pattern read best on one line

import re
from itertools import pairwise

from chat.reading.values import blank
from freight import places

_SENTENCE = re.compile(r"[^\n!?。]+?(?:[\n!?。]|\.(?!\d)(?=\s|$)|$)")
_CLAUSE_END = re.compile(
    r"[,、;](?!\d)|(?<=[가-힣])(?:고|고요|구요|지만|는데|은데|인데|며)(?=[ ,])| (?:and|but|then)(?= )|(?:ค่ะ|ครับ|คะ) "
)
_ASKING = re.compile(
    r"^\W*(?:(?:hi|hello|hey|and|so|but|ok|okay|btw|also|then|well|sorry|please|pls)[ ,]+){0,3}"
    r"(?:how|what|what's|when|where|which|who|why|(?:is|are) (?!\d)|do (?:you|we|i)|does|did|(?:can|could|would|should|will|may) (?:i|we|you|it|the|this|that|your|one|there)|any (?:chance|news|update))(?![a-z])"
    r"|(?<![a-z])how (?:much|long|many|far)(?![a-z])|(?<![a-z])(?:what is|what's) the|(?<![a-z])is it possible"
    r"|얼마(?!든)|언제(?!든)|어디(?!든)|어떻게|며칠|몇 ?[가-힣]|무슨|어느|어떤"
    r"|(?:까요?|나요|[은는한인]가요|[하되있없오]니|니까|냐고?|는지요?|래요)[ .~!ㅋㅎ^]*$"
    r"|いくら|いつ(?![もで])|どこ(?!でも)|どれ|どちら|どの|どう(?!ぞ|か)|何(?=[日時ヶかでがのを])|か(?:ね|な)?[ .。]*$"
    r"|ไหม|มั้ย|มั๊ย|หรือเปล่า|รึเปล่า|หรือยัง|หรือไม่|เท่าไ|เมื่อไ|เมื่อใด|อะไร|ที่ไหน|อันไหน|ยังไง|อย่างไร|กี่|หรือคะ|หรือครับ|ล่ะ(?:คะ|ค่ะ|ครับ)?[ .]*$"
)
# a wish that is put as a question: "could you change the weight to 800?"
_WISH = re.compile(
    r"(?<![a-z])(?:can|could|would|may|please)(?![a-z])[^?]{0,20}?(?<![a-z])(?:change|make (?:it|that|this)|switch|update|correct|set|put|swap|move|push|postpone|delay|amend|modify|replace|quote|have it|book)(?![a-z])"
    r"|(?:바꿔|변경|수정|정정|고쳐|바꾸|미뤄|늦춰|당겨|연기|추가)[^?]{0,14}(?:주|될|되|가능|있|할까|드려도|해도)|견적[^?]{0,12}(?:부탁|주|받|가능|될|되|내)"
    r"|(?:戻|되돌|돌려)[^?]{0,14}(?:ますか|ませんか|でしょうか|ですか|줄|주실|주세|까요|나요)|(?:変更|修正|訂正|にして|延期|ずらし|入れ替え|変え|替え|直し)[^?]{0,14}(?:ますか|ませんか|でしょうか|ですか)|見積[^?]{0,10}(?:もらえ|いただけ|頂け|お願い|可能)"
    r"|(?:เปลี่ยน|แก้|ขอ(?:ใบเสนอ)?ราคา|ขอเป็น|สลับ|เลื่อน|กลับ(?:ไป|มา)?(?:ใช้|เป็น))"
)
_COMPARING = re.compile(
    r"which|cheaper|faster|better|중에|보다|어느|더 ?[싸빠]|どちら|どっち|方が|อันไหน|ไหนถูก|ถูกกว่า|เร็วกว่า"
)
_SUPPOSING = re.compile(
    r"(?<![a-z])(?:if (?:it|we|i|the|they|my|our|you)(?![a-z])|what if|suppose|let's say if|in case)|만약|만일|もし(?!可能|よけ|でき|よろ)|仮に|ถ้า(?!เป็นไปได้|ได้|งั้น|อย่าง(?:นั้น|งั้น))|หาก|สมมติ"
)
_PROMISE = re.compile(
    r"(?<![a-z])(?:i|we|he|she|they|(?:my|our|the) [a-z]{2,12})(?:'ll|'d| will| can| would| have to| need to| must| am going to|'m going to)?(?: [a-z]{2,10}){0,2}? (?:tell|let you know|get back|check|inform|update you|come back|call|reply|answer|send you|ask|confirm (?:it|that|this|later|with|by|on|tomorrow))(?![a-z])"
    r"|(?<![a-z])(?:let me (?:check|ask|think|get back|confirm|see)|(?:call|phone|ring|contact|text|e?mail|reach) (?:me|us)|give me (?:\d|a (?:sec|min|mom))|(?:meeting|holiday|vacation)(?![a-z])|wait|(?:talk|speak|chat)(?: to you)?(?: again)? (?:tomorrow|later|next|on)|(?:(?:will|i'll|we'll|gonna)(?: [a-z]{2,8})? ?(?:be back|come back|message|text|write)|(?:message|text|ping) you|back (?:to you|here)))(?![a-z])"
    r"|(?:알려|말씀|연락|전화|보내|답변|회신|확인)(?:해서?)? ?(?:드릴|드리겠|드려|할게|하겠|해 ?볼|하고)|다시 ?(?:올|연락|오|말|들어|들를|들르|접속|톡|문의|뵐|뵙|할게|하겠)|(?:이따|내일|모레|다음 ?주에?) ?(?:뵐|뵙|봬|올게|오겠|들를|들어올|말씀)|생각해 ?볼|(?:전화|연락) ?(?:주|해|달|바)|회의|휴가"
    r"|(?:知らせ|連絡|電話|返事|確認|回答|お伝え|会議)(?!(?:いた)?しまし?た(?:が|けど))(?:いた|です|し|を|ます|て|でき|くだ|後|が)|待って|また(?:明日|明後日|来週|後日|今度|あとで|後で)|出直|改めて(?:ご?連絡|来|伺|書)"
    r"|ค่อย(?:ทัก|คุย|แจ้ง|บอก|มา|ติดต่อ|กลับ|ส่ง|ตอบ|ว่า|เข้า)|ไว้(?:พรุ่งนี้|วันหลัง|คุย|ค่อย|ที?หลัง|มะรืน|อาทิตย์หน้า)|(?:ทัก|กลับ|เข้า)มา(?:ใหม่|อีก)|จะ(?:บอก|แจ้ง|โทร|ติดต่อ|ตอบ|ส่งให้|เช็ค|มา)|แจ้ง(?=ค่ะ|ครับ|ให้|อีก|นะ|$|ภายหลัง)|เดี๋ยว|โทร(?:มา|หา|กลับ)|ประชุม"
)
# another shipment, another forwarder's offer, where somebody sits: no fact of this one
_OF_OTHERS = re.compile(
    r"(?<![a-z])(?<!as )(?<!like )(?:last time|(?:the |our |my )?(?:other|another|previous) (?:shipment|quote|quotation|order|load|booking|consignment|forwarder|company)|competitors?|(?:head ?)?offices?(?= (?:is|are|will|can))|colleagues? (?:in|from|at)|(?:i|we) live|was born|greetings from|weather|expensive(?=\W*$)|is \d\w*(?: ft)? cheaper|boss(?:'s?)? is (?:in|from)|can carry|payload)(?![a-z])"
    r"|(?:지난|저번) ?번?(?:엔|에는|에)(?!도)|(?:다른|다음) ?(?:건|화물)은|(?:다른|타) ?(?:업체|회사|사)(?:는|에서|에선)|(?:사무실|본사)[은는이]|지사(?:에서|가) ?(?:답|연락|알)|지사 ?직원|(?:에 |에서 | )살(?:아|고 있|아요|ㅂ니다)|비싸(?:요|네요?|다|군요)\W*$|날씨|고향|미팅|휴무"
    r"|(?:前回|以前)は|(?:^|[、\s])前は|前の見積|(?:別件|次回)は|別の(?:貨物|案件|荷物)|他社|(?:事務所|本社|オフィス)は|支社(?:が|から(?:ご?回答|返))|の同僚|在住|天気|高いです|休み"
    r"|(?<!เหมือน)(?:ครั้งที่แล้ว|ครั้งก่อน|คราวก่อน|คราวที่แล้ว)|อีก(?:ล็อต|ชิปเมนต์)|ล็อตหน้า|(?:เจ้า|บริษัท)อื่น|ใบเสนอราคาเก่า|(?:ออฟฟิศ|สำนักงาน(?:ใหญ่)?) ?อยู่|ออฟฟิศปิด|มีสาขา|สาขา[ก-๎]{0,14}?จะ|เพื่อนที่|อากาศ|แพง(?:จัง|มาก|ไป)?(?:ค่ะ|ครับ|นะ)?\W*$|(?:ฉัน|ผม|ดิฉัน|บ้าน)อยู่|หยุด"
)
# a port that is only passed through
_VIA_BEFORE = re.compile(
    r"(?:(?<![a-z])(?:via|through|trans?ship\w*(?: at| in| via)?|t/s(?: at)?|transit(?: at| in| via)|stop\w* (?:at|in|over in))|ผ่าน(?:ท่าเรือ|ทาง)?|แวะ|เปลี่ยนเรือที่) ?$"
)
_VIA_AFTER = re.compile(
    r"^(?:항|港)?(?:을|를|에서|で|を)? ?(?:경유(?:해서|하여|로|지)?|거쳐(?:서)?|환적|経由(?:で|して)?|積み?替え?|乗り継ぎ|transit(?! time)|trans?shipment)"
)
_CHOICE = re.compile(
    r"(?:항|港| port)?(?: ?,? ?or(?: maybe| perhaps| possibly| even)?(?: from| to)? |(?:이?나|또는|혹은) ?| ?(?:또는|혹은|아니면|이나) ?|か|または|もしくは|あるいは| ?หรือ(?:ว่า)? ?)"
)


def without_unsaid(text: str, cased: str) -> str:
    """Folded `text` with all that states nothing blanked, of the same length.

    cased: the message in its own letters, for the names of places.
    """
    for match in _SENTENCE.finditer(text):
        for start, end in _unsaid(match.group()):
            text = blank(text, match.start() + start, match.start() + end)
    return _without_byways(text, cased)


def asks(text: str) -> bool:
    """Whether any sentence of folded `text` is a question."""
    return any(_is_question(match.group()) for match in _SENTENCE.finditer(text))


def _is_question(sentence: str) -> bool:
    plain = sentence.strip()
    return plain.endswith("?") or _ASKING.search(plain) is not None


def _unsaid(sentence: str) -> list[tuple[int, int]]:
    """Spans of the sentence that state nothing."""
    clauses = list(_clauses(sentence))
    if _is_question(sentence) and not _WISH.search(sentence):
        last = _last_asking(sentence, clauses)
        if last is None:
            return [(0, len(sentence))]
        clauses, asked = clauses[:last], [(clauses[last][0], len(sentence))]
    else:
        asked = []
    return asked + [
        (start, end)
        for start, end in clauses
        if any(mood.search(sentence, start, end) for mood in (_PROMISE, _SUPPOSING, _OF_OTHERS))
    ]


def _last_asking(sentence: str, clauses: list[tuple[int, int]]) -> int | None:
    """Number of the first clause that asks, where those before it stand by themselves: "18 tons,
    how much?"; None where the whole sentence asks.
    """
    if _COMPARING.search(sentence) or _SUPPOSING.search(sentence):
        return None
    for number, (start, end) in enumerate(clauses):
        part = sentence[start:end]
        if _ASKING.search(part.strip()) or number == len(clauses) - 1:
            rest = sentence[start:]
            plain = not re.search(r"\d", rest) and not places.find(rest)
            return number if number and plain else None
    return None


def _clauses(sentence: str) -> list[tuple[int, int]]:
    ends = [match.end() for match in _CLAUSE_END.finditer(sentence)]
    return list(pairwise([0, *(end for end in ends if end < len(sentence)), len(sentence)]))


def _without_byways(text: str, cased: str) -> str:
    """`text` without ports on the way, and without places that the customer has yet to choose."""
    named = places.find(cased)
    for match in named:
        before = _VIA_BEFORE.search(text, max(0, match.start - 20), match.start)
        after = _VIA_AFTER.match(text[match.end : match.end + 12])
        if before or after:
            first = before.start() if before else match.start
            text = blank(text, first, match.end + (after.end() if after else 0))
    for one, other in pairwise(named):
        if _CHOICE.fullmatch(text[one.end : other.start]):
            text = blank(text, one.start, other.end)
    return text
