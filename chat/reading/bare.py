"""Bare answers: a number to the question for the weight, a size, a count, a day."""

# ruff: noqa: E501 - the alternatives of a pattern read best on one line

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from chat.reading.values import DATES, Found, Question
from freight.extraction.amounts import find_amounts
from freight.extraction.dates import Context, DateMention, day_first, find_dates
from freight.extraction.numerals import count_number
from freight.extraction.schedule import read_schedule
from freight.extraction.voyage_words import find_words
from freight.fields import Container

# what stands around a bare answer and says nothing of its own
_FILL = re.compile(
    r"(?<![a-z])(?:please|pls|plz|thanks|thank you|thx|ok|okay|yes|no|sorry|oh|it's|its|it is|that's|is|was|be|will be|should be|would be|about|approx\.?|approximately|around|roughly|ca\.?|maybe|change|make|set|switch|it|to|the|a|an|let's say|let's|say|then|actually|i mean|hmm+|um+|uh+|so|sir|just|use|in|we need|we want|i need|i want|we have|weight|gross|total|containers?|answer)(?![a-z])"
    r"|네네?|예|(?<![가-힣])(?:아|음|어|아뇨|아니요?|한|약|대략|총|그냥|그럼|일단)(?![가-힣])|정도|쯤|입니다|이에요|예요|이예요|이요|이고요|이여|욤|(?:으로|로)(?= |$|요|해|바|변)|요(?= |$|[.,!~])|임(?= |$)|바꿔 ?주(?:세요|십시오)|변경(?:해)? ?주(?:세요|십시오)|변경|해 ?주(?:세요|십시오)|부탁(?:드립니다|드려요|드릴게요|해요|합니다)?|할게요|할께요|하겠습니다|될 ?[것거] ?같(?:아요|습니다)|같아요|총중량|중량|무게"
    r"|でお願い(?:いた)?します|お願い(?:いた)?します|[にへ](?:変え|替え)て|でした|だった(?:わ|よ)?|になります|ですね|です|だと思います|と思います|ください|に変更して|に変更|にして|変更|くらい|ぐらい|ほど|程度|約|はい|いえ|いや|予定|希望|かな|(?<=[\dキ])で$|総重量|重量|重さ"
    r"|นะคะ|นะครับ|ค่ะ|คะ|ครับผม|ครับ|จ้า|จ้ะ|ประมาณ|ราวๆ|ราว|เปลี่ยน|เป็น|เอา|ขอ(?!บ)|แล้วกัน|เลย|นะ|น้ำหนัก|หนัก|[.!~ㅎㅋ^]+$|^[\s.!~]+"
)
_NUMERALS = re.compile(
    r"(?:\d{1,3}(?:[,.' ]\d{3})+|\d{1,7})(?:\.\d{1,3})?k?|(?=[\d만천백십万千]*[만천백십万千])[\d.,만천백십일이삼사오육칠팔구万千百十一二三四五六七八九 ]{2,16}"
    r"|(?:หนึ่ง|เอ็ด|ยี่|สอง|สาม|สี่|ห้า|หก|เจ็ด|แปด|เก้า|สิบ|ร้อย|พัน|หมื่น|แสน){2,10}|[一二三四五六七八九十百千万]{2,8}|[일이삼사오육칠팔구십백천만]{2,12}"
)
_LAUGHTER = re.compile(r"(\d)\1{2,}")
LEAST_KG, MOST_KG = 50, 200_000
# "18" is tonnes to a forwarder; 20 may as well be a container
_TONNES = range(5, 40)
_SIZES = ("20", "40", "45")


def core(text: str, *words: re.Pattern[str]) -> tuple[str, int, int]:
    """What is left of folded `text` without `words` and what says nothing, and where it stands."""
    for pattern in (*words, _FILL):
        text = pattern.sub(lambda match: " " * len(match.group()), text)
    left = text.strip(" \n\t,.!~")
    start = text.find(left) if left else 0
    return left, start, start + len(left)


def weight(text: str) -> Found | None:
    """The weight that a bare number means, in kg; folded `text` holds nothing else."""
    left, start, end = core(text)
    kg = _kilograms(left) if _NUMERALS.fullmatch(left) else None
    if kg is None or not LEAST_KG <= kg <= MOST_KG:
        return None
    return Found("gross_weight_kg", kg, start, end)


def _kilograms(digits: str) -> Decimal | None:
    if _LAUGHTER.fullmatch(digits) or digits.startswith("0"):
        return None
    if digits.isdecimal():
        plain = int(digits)
        if plain in _TONNES and digits not in _SIZES:
            return Decimal(plain * 1000)
        # a year: of ours or of the Buddhist era
        if plain < LEAST_KG or 2020 <= plain <= 2035 or 2563 <= plain <= 2578:
            return None
    decimals = re.fullmatch(r"(\d{1,2})[.](\d{1,2})", digits)
    amounts, _ = find_amounts(f"{digits} {'t' if decimals else 'kg'}")
    return amounts[0].kg if len(amounts) == 1 and amounts[0].start == 0 else None


# "change the weight to 800": the extractor wants a unit, in the chat kilograms are meant
_LABELLED_WEIGHT = re.compile(
    r"(?:weight|(?<![a-z])gw|중량|무게|重量|重さ|น้ำหนัก)(?P<gap>[^\d\n]{0,20}?)(?P<n>\d[\d,]*(?:\.\d+)?)(?![\d,.]*\s*(?:[a-z%]|톤|トン|ตัน|킬로|키로|キロ|กิโล|กก|[x*]))"
)
_NET = re.compile(r"net|순|正味|สุทธิ")


def labelled_weight(text: str) -> Found | None:
    """Kilograms that stand after a word for the weight, without a unit."""
    match = _LABELLED_WEIGHT.search(text)
    if match is None or _NET.search(text, max(0, match.start() - 8), match.start("n")):
        return None
    kg = _kilograms(match["n"])
    return Found("gross_weight_kg", kg, *match.span("n")) if kg and kg <= MOST_KG else None


# "add 500 kg", "500키로 추가": so much more than was known
_ADDED = (
    re.compile(r"(?<![a-z])add(?:ing)? (?:another |an extra |an additional )?(?P<n>[^\n,;]{1,16}?)(?: more)?(?: to (?:the |it|our )?(?:gross |total )?(?:weight)?)?(?= ?(?:please|pls|[.,!]|$))"),
    re.compile(r"(?:무게|중량)?[에는은이가]? ?(?P<n>\d[\d,.]* ?(?:kg|키로|킬로|톤))(?:을|를)? ?(?:더 ?)?(?:추가|늘었|늘어났|더 ?(?:추가|늘|나가|실))"),
    re.compile(r"(?:重量)?(?:を|が|に)?(?P<n>\d[\d,.]* ?(?:kg|キロ|トン|t))(?:を|が|ほど)?(?:追加|増え(?:まし|ます|る)|プラス)"),
    re.compile(r"(?:น้ำหนัก)?(?:เพิ่ม|บวก)(?:น้ำหนัก)?(?:อีก|ขึ้น)? ?(?P<n>\d[\d,.]* ?(?:kg|กก\.?|กิโล(?:กรัม)?|โล|ตัน))"),
)  # fmt: skip


def added_weight(text: str, question: Question) -> Found | None:
    """The known weight and what folded `text` adds to it; None where it adds nothing."""
    known = question.told.gross_weight_kg
    if known is None or len(text.strip()) > 80:
        return None
    for pattern in _ADDED:
        match = pattern.search(text)
        amounts, _ = find_amounts(match["n"]) if match else ([], None)
        if match and len(amounts) == 1 and not amounts[0].start:
            return Found("gross_weight_kg", known + amounts[0].kg, *match.span("n"))
    return None


_FEET = r"(?: ?(?:ft|feet|foot(?:er)?s?|footers?|'|피트|핏|feets|フィート|フィ-ト|ฟุต)(?![a-z]))?"
_HIGH = r"(?:high ?-?cubes?|hi ?-?cubes?|hc|hq|하이 ?큐브?|하이 ?큐빅|ハイ ?キュ[ーー-]?ブ|ไฮ ?คิว(?:บ์?)?)(?!(?!x ?\d)[a-z])"
_SIZE = re.compile(
    rf"(?<![\d.,])(?P<size>20|40|45|이십|사십|사십오|四十五|四十|二十|forty|twenty|forty[- ]five|ยี่สิบ|สี่สิบ){_FEET}(?: ?(?P<high>{_HIGH}))?(?![\d.,]\d|\d)"
    rf"|(?P<alone>(?<![a-z]){_HIGH})|(?P<thai>ตู้สั้น|ตู้ยาว)"
)
_SIZE_OF = {
    "20": Container.FT20, "이십": Container.FT20, "二十": Container.FT20, "twenty": Container.FT20, "ยี่สิบ": Container.FT20,
    "40": Container.FT40, "사십": Container.FT40, "四十": Container.FT40, "forty": Container.FT40, "สี่สิบ": Container.FT40,
    "45": Container.FT45, "사십오": Container.FT45, "四十五": Container.FT45, "forty-five": Container.FT45, "forty five": Container.FT45,
    "ตู้สั้น": Container.FT20, "ตู้ยาว": Container.FT40,
}  # fmt: skip
_THAI_COUNTS = {"หนึ่ง": 1, "สอง": 2, "สาม": 3, "สี่": 4, "ห้า": 5, "หนึง": 1, "เดียว": 1}
_N = rf"(?P<n>\d{{1,2}}|한|두|세|네|다섯|하나|둘|셋|넷|one|two|three|four|five|six|single|[一二三四五六]|{'|'.join(_THAI_COUNTS)})"
_COUNT = re.compile(
    rf"(?<![\d.,a-z]){_N} ?(?:x|\*|개|대|본|本|台|個|基|ตู้|ใบ|units?|pcs|boxes|box|containers?)(?![a-z])"
    rf"|(?<=[\da-z가-힣ーブト ]) ?[x*] ?(?P<n2>\d{{1,2}})(?!\d)|(?<=[\d트브tcq't] )(?P<n3>하나|둘|셋|넷)"
    r"|(?<![a-z])(?P<n4>one|two|three|four|five|six|single)(?= ?(?:20|40|45|twenty|forty|high|hc|hq))"
)
_BOX = re.compile(
    r"컨테이너|컨(?![가-힣])|コンテナ-?ー?|ตู้(?:คอนเทนเนอร์|คอนเทนเนอร)?|(?<![a-z])(?:containers?|boxes|box|cntrs?|dry|gp|dv|dc|st|std|standard|general|fcl)(?![a-z])|짜리|사이즈|드라이|일반|스탠다드|ドライ|普通|ธรรมดา|を|을|를"
)


def container(text: str) -> tuple[Found, ...]:
    """The size, and perhaps how many, that folded `text` names and nothing else."""
    left, _, _ = core(text, _COUNT, _SIZE, _BOX)
    sizes = list(_SIZE.finditer(text))
    if left or len(sizes) != 1:
        return ()
    value = _size(sizes[0])
    if value is None:
        return ()
    size = Found("container", value, *sizes[0].span())
    counted = _counted(text, size)
    return (size, counted) if counted else (size,)


def _size(match: re.Match[str]) -> Container | None:
    if match["alone"]:
        return Container.FT40HC
    value = _SIZE_OF[match["thai"] or match["size"]]
    if match["high"]:
        return {Container.FT40: Container.FT40HC, Container.FT45: Container.FT45}.get(value)
    return value


def _counted(text: str, size: Found) -> Found | None:
    """How many, said beside the size and not by it."""
    for match in _COUNT.finditer(text):
        if match.end() <= size.start or size.end <= match.start():
            count = _number(next(word for word in match.groups() if word))
            return Found("containers", count, *match.span()) if 1 <= count <= 50 else None
    return None


def bare_count(text: str) -> Found | None:
    """How many containers folded `text` names, of which the number is what was corrected."""
    other = re.search(r"트럭|차량|팔레트|truck|lorr|pallet|トラック|ドラム|パレット|รถ|พาเลท", text)
    counts = [] if other else [match for match in _COUNT.finditer(text) if match["n"]]
    value = _number(counts[0]["n"]) if len(counts) == 1 else 0
    return Found("containers", value, *counts[0].span()) if 1 <= value <= 50 else None


def _number(word: str) -> int:
    named = {**_THAI_COUNTS, "하나": 1, "둘": 2, "셋": 3, "넷": 4, "single": 1}
    return named.get(word) or count_number(word)


_MORE = re.compile(
    rf"(?:컨테이너|컨|コンテナ-?ー?|containers?|ตู้(?:คอนเทนเนอร์)?)(?:은|는|를|을|만|도|数|を|は|が|も|だけ|เป็น| to| count| number|จำนวน)?(?: to| is|:)? ?{_N} ?(?:개|대|본|本|台|個|基|ใบ|ตู้)?(?= ?(?:으?로|에|で|に|を|です|입니다|예요|이에요|이요|요|ค่ะ|ครับ|please|pls|[.!,]|$))"
    rf"|(?<![\d.,a-z]){_N.replace('<n>', '<m>')} ?(?:containers|boxes|ตู้|컨테이너|コンテナ)(?![a-z])"
    rf"|(?:本数|台数|コンテナ数|대수|컨테이너 ?(?:수량?|대수|개수)|จำนวนตู้|(?:number|no\.|count|quantity|qty)(?: of)? (?:the )?(?:containers?|boxes|cntrs?))[^\d\n]{{0,16}}?(?:(?:\d{{1,2}}|[한두세네]) ?[本台대개ตู้]{{1,3}}(?:から|에서) ?|from \d{{1,2}} to )?{_N.replace('<n>', '<j>')} ?(?:本|台|個|대|개|ตู้|ใบ)?(?![\d.,]*\d|[a-z])(?! ?(?:kg|t(?![a-z])|トン|톤|ตัน))"
    rf"|(?:^|[、。,\n]|(?:やっぱり|やはり|合計|全部で|から)) ?{_N.replace('<n>', '<i>')}[本台]に(?=変更|して|し(?:ま|た)|増や|減ら|追加)"
    rf"|(?:^|[,. \n](?:총|전부|다시|그냥|아니|에서 )?) ?{_N.replace('<n>', '<h>')} ?대로 ?(?=변경|바꿔|바꾸|수정|늘려|늘리|줄여|줄이|해|할|부탁|갈)"
    rf"|(?:총|전부|합쳐서?|모두) ?{_N.replace('<n>', '<p>')} ?대(?=$|[ .,요입예이로])"
    rf"|make (?:it|that) {_N.replace('<n>', '<k>')}(?: containers?| boxes| units?)?(?= ?(?:please|pls|instead|[.!,]|$))"
)


# "went down to 1", "1本に減りました": how many there are now, where it is not said of what
_NOW = (
    re.compile(
        rf"(?<![a-z])(?:(?:went|gone|goes|go|came|come|is|are|are now|is now|cut|scaled|we're|it's|now) (?:back )?(?:down|up) to|(?:in|de)creas(?:e[sd]?|ing) (?:it |that |them )?to|reduc(?:e[sd]?|ing) (?:it |that |them )?to|(?:drop(?:s|ped)?|grew|grown|shrank|fell|rose|rises) to) (?:just |only |now )?(?:a )?{_N}(?: (?:containers?|boxes|box|units?))?(?: only| now| instead| total| in total)?(?= ?(?:please|pls|[.,!;](?!\d)|$| (?:and|with|so|because|due|of them|total|sorry|thanks)(?![a-z])))"
    ),
    re.compile(
        rf"(?<![\d.,가-힣]){_N} ?[대개](?:로|까지) ?(?:다시 |확 |좀 )?(?:줄|늘|감소|증가|축소|추가되)"
    ),
    re.compile(
        rf"(?<![\d.,])(?<![一-鿿]){_N} ?[本台](?:に|へ|まで)(?:減|増|なり|なって|なった|変わ|少なく)"
    ),
    re.compile(
        rf"(?:(?:ลด|เพิ่ม|เหลือ|ขึ้น|ลง)+(?:จำนวน)?(?:มา|ไป)?(?:เป็น|เหลือ)|(?:ลด|คง)?เหลือ) ?(?:แค่ ?|เพียง ?)?(?:ตู้)?{_N} ?(?:ตู้|ใบ)|เหลือ(?:แค่)?(?:ตู้)(?P<d>เดียว)"
    ),
)
# what else is counted so
_OTHER_COUNT = re.compile(
    r"트럭|차량|화물차|팔레트|파[렛레]트|박스|상자|기계|품목|인원|weeks?|days?|weight|tons?|tonnes|price|rate|cost|usd|temp|truck|lorr|pallet|carton|crate|drum|bag|roll|machine|piece|pcs|トラック|ドラム|パレット|カートン|パイプ|ロール|機械|車|(?<!コン)テナ|รถ|พาเลท|พาเลต|กล่อง|ลัง|ถัง|เครื่อง|ราคา|น้ำหนัก|คัน"
)


def _count_now(text: str, question: Question) -> Found | None:
    """How many containers there are now, said of nothing else than them, the container known."""
    if question.told.container is None or len(text.strip()) > 120:
        return None
    for pattern in _NOW:
        match = pattern.search(text)
        if match is None:
            continue
        clause = re.split(r"[.,、。;!\n]", text[: match.start()])[-1] + match.group()
        word = next(said for said in match.groups() if said)
        value = 0 if _OTHER_COUNT.search(clause) or word in _SIZES else _number(word)
        return Found("containers", value, *match.span()) if 1 <= value <= 50 else None
    return None


def count(text: str, question: Question) -> Found | None:
    """How many containers folded `text` asks for without their size: "make it 2"."""
    if now := _count_now(text, question):
        return now
    match = _MORE.search(text)
    loose = match and (match["k"] or match["i"] or match["h"] or match["p"])
    if match is None or (question.told.container is None and loose):
        return None
    word = next(said for said in match.groups() if said)
    if word in _SIZES or (match["k"] and question.asked == "gross_weight_kg"):
        return None
    value = _number(word)
    return Found("containers", value, *match.span()) if 1 <= value <= 50 else None


_DAY_NUMBER = re.compile(r"(?:the )?(\d{1,2})(?:st|nd|rd|th| ?일| ?日)?|วันที่ ?(\d{1,2})")
_WEEKDAY = re.compile(r"(mon|tues?|wed|thurs?|thu|fri|sat|sun)\.?")
# what makes of a day something else than the day itself
_BOUND = re.compile(
    r"(?<![a-z])(?:not (?:before|earlier|until)|(?<!day )after(?! tomorrow)|earliest|from|since|onwards|or|between)(?![a-z])|(?:\d|a|few|some) ?days?(?![a-z])|이후|부터|이나|또는|일 ?(?:걸|간|정도|소요)|以降|から|または|日間|หลัง|ตั้งแต่|หรือ"
)


def context_of(text: str, question: Question) -> Context:
    language = question.language
    order = day_first(text, language, today=question.today)
    return Context(question.today, order, language in ("ko", "ja"))


def corrected_day(text: str, question: Question) -> Found | None:
    """The one day in folded `text` that is left of a correction of the date that was asked."""
    named = [] if _BOUND.search(text) else find_dates(text, context_of(text, question))
    if len(named) != 1 or named[0].value is None or question.asked not in DATES:
        return None
    return Found(question.asked, named[0].value, named[0].start, named[0].end)


def days(text: str, question: Question) -> list[DateMention]:
    """The dates that folded `text` consists of; none where it says anything else, or a bound."""
    if _BOUND.search(text):
        return []
    named = find_dates(text, context_of(text, question))
    rest = text
    for mention in named:
        rest = rest[: mention.start] + " " * (mention.end - mention.start) + rest[mention.end :]
    left, _, _ = core(rest, _DAY_WORDS)
    return [] if left else named


_DAY_WORDS = re.compile(
    r"(?<![a-z])(?:on|by|and|date|day|for|at)(?![a-z])|에(?= |$|요)|날|까지|と|に|の|日|までに|まで|และ|วันที่|วัน|ใน|ภายใน|[-~>/]|욜|요일|\((?:mon|tue|wed|thu|fri|sat|sun|[월화수목금토일月火水木金土])\)"
)


def day(text: str, question: Question) -> Found | None:
    """The day that folded `text` answers with to the question for a date, and nothing else."""
    name = question.asked
    if name not in DATES:
        return None
    left, start, end = core(
        text, re.compile(r"(?<![a-z])(?:on|by)(?![a-z])|까지|までに?|에(?= |$)|ภายใน")
    )
    after = max(filter(None, (question.today, question.told.etd if name == "eta" else None)))
    plain = _DAY_NUMBER.fullmatch(left)
    if plain and (value := _next_day(int(plain[1] or plain[2]), after)):
        return Found(name, value, start, end)
    if _WEEKDAY.fullmatch(left):
        value = find_dates(f"on {left}", context_of(text, question))[0].value
        return Found(name, value, start, end) if value else None
    named = days(text, question)
    if len(named) == 1 and named[0].value:
        return Found(name, named[0].value, named[0].start, named[0].end)
    return None


def _next_day(day_number: int, after: dt.date) -> dt.date | None:
    """The first day of that number after `after`."""
    for step in range(3):
        months = after.year * 12 + after.month - 1 + step
        try:
            value = dt.date(months // 12, months % 12 + 1, day_number)
        except ValueError:
            continue
        if value > after:
            return value
    return None


# "the goods at Hamburg" says where they are, not that they leave
_NO_DEPARTURE = re.compile(r"(?:cargo|goods)(?![a-z])")


def names_departure(text: str) -> bool:
    """Whether a word of folded `text` says that a date is the departure."""
    return any(
        word.role == "d" and not _NO_DEPARTURE.match(text, word.start) for word in find_words(text)
    )


def both_days(text: str, question: Question) -> tuple[Found, ...]:
    """Departure and arrival, where folded `text` is two dates, the earlier first."""
    named = days(text, question)
    if len(named) != 2:
        return ()
    (first, second) = named
    if first.value is None or second.value is None or first.value >= second.value:
        return ()
    return (
        Found("etd", first.value, first.start, first.end),
        Found("eta", second.value, second.start, second.end),
    )


def led_day(text: str, question: Question) -> Found | None:
    """The day in an answer of some more words to the question for it: the extractor reads it."""
    if question.asked not in DATES or _BOUND.search(text):
        return None
    lead = "etd: " if question.asked == "etd" else "eta: "
    schedule = read_schedule(lead + text, today=question.today, language=question.language)
    found = (schedule.departure if question.asked == "etd" else schedule.arrival).found
    if found is None or found.start < len(lead):
        return None
    return Found(question.asked, found.value, found.start - len(lead), found.end - len(lead))


def rolled(text: str, found: Found, question: Question) -> Found:
    """`found`, an arrival on a day without its month, in the month in which it can arrive."""
    etd = question.told.etd
    plain = _DAY_NUMBER.search(text[found.start : found.end])
    if found.name != "eta" or etd is None or found.value >= etd or not plain:
        return found
    if re.search(r"[a-z월月/]|[ก-๎]{4}", text[found.start : found.end].replace("วันที่", "")):
        return found
    later = _next_day(int(plain[1] or plain[2]), etd)
    return replace(found, value=later) if later else found


def overlap(one: Found, others: Iterable[tuple[int, int]]) -> bool:
    return any(one.start < end and start < one.end for start, end in others)
