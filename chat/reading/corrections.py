"""What a message takes back: the former value is blanked, and tells which fact the new one is of."""

# ruff: noqa: E501 - the alternatives of a pattern read best on one line

import re
from dataclasses import dataclass

from chat.reading.values import ENDS, Found, Question, blank
from freight import places
from freight.extraction.amounts import find_amounts
from freight.extraction.dates import Context, find_dates
from freight.extraction.day_order import day_first
from freight.extraction.numerals import count_number
from freight.fields import Facts

_CHANGE = r"(?:chang|switch|updat|correct|mov|amend|modif|replac)[a-z]{0,4}"
# the group `old` is what no longer holds; the whole match is blanked
_REJECTED = (
    re.compile(r"(?<![a-z])(?:never|(?:don't|do not|doesn't|won't|not) (?:ship|send|load|leave|go)(?:ing)?) (?:it |them )?(?:from|to|in|at) (?P<old>[^,.;\n]{1,30}?)(?=[,.;\n]| but |$)"),
    re.compile(r"(?P<old>[가-힣]{2,8}) (?:출발|도착)(?:지|항)?(?:은|는|이|가)? ?아(?:니(?:에요|예요|고|라|요)|닙니다)"),
    re.compile(r"ไม่(?:ได้)?(?:ส่ง|ไป|ออก)(?:จาก|ไป|ที่)? ?(?P<old>[ก-๎]{3,25})(?= |$)"),
    re.compile(r"(?<![a-z])(?:but |and )?(?:it's |its |it is |is |that's )?not (?:in |from |to |on |at |the |going to ){0,2}(?P<old>[^,.;\n]{1,30}?)(?=[,.;\n]| but | it's |$)(?: but(?: it's)?|,? it's)?"),
    re.compile(r"(?:instead of|rather than|in place of|(?<![a-z])replace) (?:the )?(?P<old>[^,.;\n]{1,30}?)(?=[,.;\n]| please| pls| with |$)(?: with)?"),
    re.compile(r"(?P<old>[^,.;\n]{1,20}?) (?:is|was|would be) (?:wrong|incorrect|not right|a mistake|a typo|(?:a bit |far |way )?too (?:early|late|soon|tight|heavy|small|big|much)|not possible|sold out|cancelled|canceled|off)(?: for (?:us|me|them))?(?: now)?[,.]?"),
    re.compile(r"(?<![a-z])(?<!n't )(?<!not )(?:scrap|forget(?: about)?|drop|ditch|skip|no longer|scratch) (?:the )?(?P<old>[^,.;\n]{1,30}?)(?=[,.;\n]| and | make | we | use | it's |$)"),
    re.compile(r"(?:(?:i|we|my (?:e?-?mail|mail)|the (?:e?-?mail|mail)) (?:wrote|said|put|had|typed|mentioned|says)(?: in (?:the|my|our) (?:e?-?mail|mail|message))?|in (?:the|my|our) (?:e?-?mail|mail|message) (?:i|we) (?:wrote|said|put|typed|mentioned)) (?P<old>[^,.;\n]{1,24}?)(?: in (?:the|my|our) (?:e?-?mail|mail|message))?(?:,| but)+ ?(?:but )?(?:it (?:is|should be|must be)|it's|the (?:right|correct) (?:one|port|date|place|city)? ?is|actually|correct(?: one)? is|should be)?"),
    re.compile(rf"{_CHANGE}[^\n,.;]{{0,25}}?(?<![a-z])from (?P<old>[^,.;\n]{{1,30}}?) (?:in)?to(?= )"),
    re.compile(r"(?<![a-z])from (?P<old>(?:20|40|45)(?: ?(?:ft|feet|foot|'|hc|hq|gp|dry))?) to(?= (?:20|40|45))"),
    re.compile(r"(?P<old>(?:\d{1,2}월 ?)?[^\s,.]{1,14}?)(?: ?말고|(?:이|가|은|는)? ?아니(?:(?:라|고|구)요?|에요|예요)| ?대신에?| ?(?:취소하고|빼고|관두고|접고)|(?:은|는|이|가)? ?(?:너무 ?)?(?:빨라서|일러서|늦어서|이르니|빠르니|늦으니|무거워서|작아서|커서)|(?:이|가)? ?아닙니다|이?라고 ?(?:했|말씀|적었|썼)[가-힣]{0,6})(?![가-힣])"),
    re.compile(r"(?P<old>(?:20|40|45)(?:피트|ft)?|\d{1,2}월 ?\d{1,2}일|[\d.,]{1,8} ?(?:톤|키로|킬로|kg))에서(?= ?[^\n]{1,20}(?:으로|로) ?(?:바꿔|변경|수정|정정|바꾸|해))"),
    re.compile(r"(?:^|(?<=[はがを、。\s]))(?P<old>[^はがを、。\s]{1,14}?)(?:では?な[くい]て?|じゃな[くい]て?(?:です)?|[でじ][はゃ]あ?ありません|のかわりに|の代わりに)[、 ]?"),
    re.compile(r"(?:^|(?<=[はがを、。\s]))(?P<old>[^はがを、。\s]{1,14}?)(?:は|を)?(?:取り?やめ(?:て|、|に?し)|やめて|止めて|やめに|キャンセルして|取り消して|早すぎ(?:る|て|ます)?(?:ので|から|て)?|遅すぎ(?:る|て|ます)?(?:ので|から|て)?)[、 ]?"),
    re.compile(r"(?:メール|前回|先ほど|さっき|最初|依頼書?|見積依頼)(?:で|に|では|には|は)?[、 ]?(?P<old>[^はがを、。\s]{1,14}?)(?:と|って)(?:書|記載|伝え|お伝え|言|入力|申し?|ありま|なって)[^、。\n]{0,10}?(?:が|けど|けれど|のです?が)[、 ]?(?:正しくは|正確には|本当は|実際は|実は|正解は)?"),
    re.compile(r"(?P<old>(?:20|40|45)(?:フィート|ft)?)(?:では|じゃ|だと)(?:入ら|足り|小さ|積め|大き)[^、。\n]{0,8}?(?:ので|から|ため)[、 ]?"),
    re.compile(r"เปลี่ยน(?:ตู้|ขนาด|จาก| )*(?P<old>(?:20|40|45)(?: ?(?:ฟุต|ft|hc|hq))?) ?(?:ไป|มา)?เป็น"),
    re.compile(r"(?P<old>(?:20|40|45)(?: ?(?:피트|ft))?)(?:로는|에는|은|는|에) ?(?:다 )?(?:안 ?들어|작아|모자|못 ?[실싣])[^,.\n]{0,8}?(?:서|니|니까)[, ]"),
    re.compile(r"(?<![a-z])(?:went|gone|goes|came|comes|increased|grew|crept|moved|dropped|has gone)(?P<old>) (?:up|down) to(?= ?\d)(?! ?\d{1,2}(?:[ .,!;]*$|[,.!;] | (?:containers?|box|units?)))"),
    re.compile(r"(?P<old>\d{1,2}[本台])から(?=[^\n]{1,8}[にへで])"),
    re.compile(r"(?P<old>(?:20|40|45)(?:フィート|ft)?)から(?=[^\n]{1,16}[にへ](?:変更|修正|し))"),
    re.compile(r"(?:ไม่ใช่|แทน(?:ที่)?) ?(?P<old>[^\n,]{1,25}?) ?(?:แต่)?(?:เปลี่ยน|ต้อง)?เป็น"),
    re.compile(r"ไม่ใช่ ?(?P<old>[^\n,]{1,25}?) ?(?:นะ)?(?:ค่ะ|ครับ|คะ)"),
    re.compile(r"ไม่ใช่ ?(?P<old>[ก-๎]{3,25})(?= |$)"),
    re.compile(r"(?:ไม่เอา|ยกเลิก) ?(?P<old>[^\n,]{1,25}?) ?(?:แล้ว(?! *เป็น)|เป็น|(?=นะ|ค่ะ|ครับ|คับ|$))"),
    re.compile(r"(?:ในเมล์?|ในอีเมล์?|เมล์?|ตอนแรก|เมื่อกี้)[^\n]{0,6}?(?:เขียน|พิมพ์|แจ้ง|บอก|ใส่|ระบุ)(?:ไป|ไว้)?(?:ว่า|เป็น)? ?(?P<old>[^\n,]{1,25}?) ?(?:แต่|จริงๆ)(?:จริงๆ|ที่ถูก(?:ต้อง)?)?(?:แล้ว)? ?(?:คือ|ต้องเป็น|เป็น)?"),
    re.compile(r"(?P<old>วันที่ ?\d{1,2}|\d{1,2} ?(?:ม\.?ค|ก\.?พ|พ\.?ย|ธ\.?ค)\.?) ?(?:มัน)?(?:เร็ว|ช้า|กระชั้น)(?:ไป|เกิน)(?:ไป|หน่อย|นิด)?"),
    re.compile(r"เปลี่ยน[^\n]{0,15}?จาก ?(?P<old>[^\n,]{1,25}?) ?(?:มา|ไป)?เป็น"),
    re.compile(r"ไม่ใช่ ?(?P<old>\d[^\n,]{1,20})$"),
)  # fmt: skip
# "no, Incheon": what follows stands in the place of what was said
_NO = re.compile(
    r"^[\s.]*(?:(?:no(?:pe)?|sorry|oops|wait|wrong|my (?:mistake|bad)|apologies|아니(?:요|오|에요|예요|구)?|아뇨|아 ?니|죄송(?:합니다|해요|한데요?)?|いいえ|いえ|いや|違います|ちがいます|すみません|すいません|ごめんなさい|失礼(?:しました|いたしました)?|申し訳(?:ありません|ございません|ないです)?|何度も(?=すみません|申し訳|ごめん)|ไม่ใช่(?:ค่ะ|ครับ|คะ)?|ขอโทษ(?:ด้วย|ที)?(?:ค่ะ|ครับ|คับ|นะ)?)(?![a-z가-힣])[\s,.、。!~]*){1,3}"
)
_COUNTED = re.compile(
    r"(?P<n>\d{1,2}|한|두|세|네|one|two|three|four|five|six) ?(?:대|개|本|台|ตู้|ใบ|containers?|boxes|units?)"
)
_SIZE = re.compile(r"(20|40|45)(?: ?(?:ft|feet|foot|피트|フィート|ฟุต|'|hc|hq|gp))?")


@dataclass(frozen=True, slots=True)
class Corrected:
    """A message without what it takes back, and the fact that was meant, if that can be told."""

    text: str
    fact: str | None = None
    old: str = ""


def without_rejected(text: str, cased: str, question: Question) -> Corrected:
    """Folded `text` with rejected values and a leading "no" blanked, of the same length."""
    fact, old = None, ""
    for pattern in _REJECTED:
        for match in pattern.finditer(text):
            was = cased[match.start("old") : match.end("old")]
            named = _fact_of(was, question)
            if named or not match["old"] or re.search(r"\d", was) or places.find(was):
                fact, old = fact or named, old or match["old"]
                text = blank(text, *match.span())
    no = _NO.match(text)
    if no and no.end() < len(text.rstrip()):
        text = blank(text, *no.span())
    return Corrected(text, fact, old)


def _fact_of(old: str, question: Question) -> str | None:
    """The name of the fact whose value `old` is: by what is known, else by its kind."""
    told = question.told
    for match in places.find(old):
        same = [name for name in ENDS if getattr(told, name) in match.locodes]
        return same[0] if len(same) == 1 else question.asked if question.asked in ENDS else None
    plain = places.fold(old).strip()
    count = _COUNTED.fullmatch(plain)
    if count and told.containers is not None and count_number(count["n"]) == told.containers:
        return "containers"
    if (size := _SIZE.fullmatch(plain)) and (
        question.asked == "container" or size.group() != size[1] or _has_size(told, size[1])
    ):
        return "container"
    amounts, _ = find_amounts(plain)
    if amounts or (
        told.gross_weight_kg is not None and plain.replace(",", "") == f"{told.gross_weight_kg:f}"
    ):
        return "gross_weight_kg"
    return _date_of(plain, question)


def _has_size(told: Facts, size: str) -> bool:
    return told.container is not None and told.container.value.startswith(size)


def _date_of(old: str, question: Question) -> str | None:
    day = re.fullmatch(r"(?:the |วันที่ ?)?(\d{1,2}) ?(?:st|nd|rd|th|일|日)?", old)
    dates = [(name, value) for name in ("etd", "eta") if (value := getattr(question.told, name))]
    if day:
        same = [name for name, value in dates if value.day == int(day[1])]
        return same[0] if len(same) == 1 else None
    order = day_first(old, question.language, today=question.today)
    context = Context(question.today, order, question.language in ("ko", "ja"))
    said = {mention.value for mention in find_dates(old, context)}
    same = [name for name, value in dates if value in said]
    return same[0] if len(same) == 1 else None


def swapped(text: str, question: Question) -> tuple[Found, ...]:
    """Both ends, each in the other's place, where folded `text` asks for that."""
    match = _SWAP.search(text)
    told = question.told
    if match is None or told.origin is None or told.destination is None:
        return ()
    return (
        Found("origin", told.destination, *match.span()),
        Found("destination", told.origin, *match.span()),
    )


_SWAP = re.compile(
    r"(?:swap|switch|reverse|exchange|flip)(?: around)?(?: the| both)? (?:origin|destination|pol|pod|ports?|places?|direction|cities|route)[a-z ]{0,30}|(?:it's |it is )?the other way (?:a?round)"
    r"|(?:출발(?:지|항)?(?:이?랑|와|과|하고|, ?| ?/ ?)? ?(?:도착|목적)(?:지|항)?|(?:도착|목적)(?:지|항)?(?:이?랑|와|과|하고|, ?)? ?출발(?:지|항)?)(?:를|을|이|가)? ?(?:서로 ?)?(?:바꿔|바뀌|맞바|반대|뒤바)|(?:출발 ?도착|구간|방향)(?:이|을|를)? ?(?:반대|거꾸로)"
    r"|(?:出発|積|発)[^\s、。]{0,3}と(?:到着|揚|着|仕向|目的)[^\s、。をが]{0,3}[をがは]?(?:入れ替|逆|反対|交換)|(?:出発地?と到着地?|発着)[をがは]?(?:入れ替|逆)"
    r"|สลับ(?:กัน)?(?:ต้นทาง|ปลายทาง|ท่า)[^\n]{0,30}|ต้นทาง(?:กับ|และ)ปลายทาง ?สลับ(?:กัน)?"
)
