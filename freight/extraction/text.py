"""A mail's text made ready for reading: folded and masked, of the same length, so that offsets stay true."""

# ruff: noqa: E501 - the alternatives of a pattern read best on one line

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from freight.places import fold

_LIKE = {
    **{ord(char): "'" for char in "’‘′`´"},
    **{ord(char): '"' for char in "″“”"},
    **{ord(char): "-" for char in "–—−‒‐‑"},
    **{ord(char): "~" for char in "～〜∼˜"},
    **{ord(char): "x" for char in "×✕✖"},
    **{ord(char): ">" for char in "→⇒➔➡►▶⟶"},
    **{0x0E50 + digit: str(digit) for digit in range(10)},
    0x0D: " ",
    0x200B: " ",
    0x2002: " ",
    0x2003: " ",
    0x2009: " ",
    0x202F: " ",
}

# where an older mail begins; what stands below is not what the customer asks for now
_OLDER = re.compile(
    r"^[ \t>]{0,8}(?:"
    r"-{2,} ?(?:original message|forwarded message|원본 ?메(?:시지|일)|전달된 ?메(?:시지|일)|original mail|転送メッセージ|元のメッセージ"
    r"|ข้อความต้นฉบับ|ข้อความที่ส่งต่อ)[^\n]*"
    r"|on [^\n]{5,120}(?:\n[^\n]{0,80})?wrote:[^\n]*"
    r"|[^\n]{5,160}(?:님이|이\(가\)|님께서) ?(?:작성|쓴 ?글|보낸)[^\n]{0,8}:[^\n]*"
    r"|[^\n]{5,160}(?:が|は)?(?:書きました|のメール)[^\n]{0,3}:[^\n]*"
    r"|[^\n]{3,160}เขียนว่า ?:?[^\n]*"
    r"|(?:from|보낸 ?사람|보낸이|발신|差出人|送信者|จาก) ?: ?[^\n]*@[^\n]*\n"
    r"|(?:from|보낸 ?사람|差出人|จาก) ?: ?[^\n]*\n[ \t>]{0,8}(?:sent|date|보낸 ?날짜|날짜|送信日時|日時|วันที่) ?:[^\n]*"
    r"|_{12,}"
    r")[ \t]{0,8}$",
    re.MULTILINE,
)
_FORWARD = re.compile(
    r"forwarded|전달된|転送|ส่งต่อ|begin forwarded|fyi|아래 (?:고객|메일|내용|요청)|see below|below"
)
_QUOTED = re.compile(r"^[ \t]{0,8}>[^\n]*$", re.MULTILINE)
_MARKS = re.compile(r"[ \t]{0,8}(?:>[ \t]{0,3}){1,20}")
_HEADER = re.compile(
    r"[ \t]{0,4}(?:from|to|cc|sent|date|subject|보낸 ?사람|보낸이|받는 ?사람|받는이|보낸 ?날짜|날짜|시간|제목|참조|差出人|送信者|宛先|日時|送信日時|件名"
    r"|จาก|ถึง|วันที่|เรื่อง) ?:(?![^\n]{0,30}(?:/|->|~| - )[^\n]{0,20}$)|[^\n]{0,60}(?:wrote|작성|書きました|เขียน(?:ว่า)?) ?:[ \t]*$"
)
MAX_OLDER = 4
_UNCHANGED = re.compile(
    r"(?:rest|all else|everything else|other (?:details|terms|conditions|info\w*|points|data)|all other \w+|remaining \w+)(?: (?:is|are|stays?|remains?|as|to|the|all))* (?:no chang|unchanged|same|as (?:before|discussed|is|per|in)|stay|remain)"
    r"|(?:no (?:other )?changes?(?: (?:in|to|for) )?)|as (?:before|already (?:mentioned|informed|advised))|same as (?:before|previous|below)"
    r"|나머지[^\n.]{0,14}(?:동일|그대로|같|변경 ?없|변동 ?없)|(?:그 ?외|기타|다른)[^\n.]{0,12}(?:동일|그대로|변경 ?없|변동 ?없)|이전과 동일|기존과 동일|아래와 같(?:음|습니다)|아래 내용(?:과|대로)"
    r"|(?:他|その他|それ以外|あと|残り)[^\n。]{0,10}(?:同じ|変更(?:なし|ござい|ありま)|変わり|前便|そのまま|従来)|前回(?:と同|の通|どおり|通り)|変更ありません|以前と同じ"
    r"|(?:นอกนั้น|อื่น ?ๆ?|ที่เหลือ|รายละเอียดอื่น)[^\n]{0,14}(?:เหมือนเดิม|เท่าเดิม|คงเดิม|ตามเดิม|ไม่เปลี่ยน)"
)
_CLOSING = re.compile(
    r"^[ \t]{0,8}(?:--|(?:(?:with )?(?:best|kind|warm|kindest|warmest|many)?[ ,]*(?:regards|wishes)|sincerely(?: yours)?|yours (?:sincerely|faithfully|truly)"
    r"|cheers|thanks(?: (?:and|&|in advance|a lot|so much)[^\n]{0,20})?|thank you(?: (?:very much|in advance|and)[^\n]{0,20})?|br|rgds|best"
    r"|감사합니다|고맙습니다|[^\n]{0,20}(?:드림|올림|배상)|以上|敬具|よろしくお願い[^\n]{0,20}|宜しくお願い[^\n]{0,20}"
    r"|ขอบคุณ(?:ครับ|ค่ะ|มาก)?[^\n]{0,15}|ขอแสดงความนับถือ|ด้วยความเคารพ)[.,!~。]{0,4})[ \t]{0,8}$",
    re.MULTILINE,
)
_STILL_FACTS = re.compile(
    r"\d ?(?:kgs?|t|tons?|mt|lbs?|톤|킬로|ft|'|피트|トン|キロ|フィート|ตัน|กก|ฟุต)(?![a-z])"
    r"|(?:etd|eta|pol|pod|origin|destination|weight|container|departure|arrival|출발|도착|선적|중량|컨테이너|목적지|品名|重量|積地|揚地"
    r"|コンテナ|出発|到着|น้ำหนัก|ต้นทาง|ปลายทาง|ตู้)[^\n:]{0,12}:"
    r"|^[ \t]{0,8}(?:p\.? ?s\.?|추신|追伸|ป\.ล)"
)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A text to read: folded, and with its own letters; both with the offsets of the text as it came."""

    text: str
    cased: str


def prepare(text: str) -> Prepared:
    """`text` without quoted lines, older mails and signature; each is blanked, none is cut."""
    folded = simplified(text)
    cut = _OLDER.search(folded)
    start = cut.start() if cut else len(folded)
    return _prepared(text, _without_signature(_unquoted(folded[:start] + _blank(folded[start:]))))


def prepare_forwarded(text: str) -> Prepared | None:
    """The mail that `text` forwards, None where it forwards none: a plain reply's old text is no new request."""
    folded = simplified(text)
    cut = _OLDER.search(folded)
    if cut is None or not _FORWARD.search(folded[: cut.end()]):
        return None
    return _prepared(text, _without_signature(_blank(folded[: cut.end()]) + folded[cut.end() :]))


def prepare_older(text: str) -> list[Prepared]:
    """The mails that `text` quotes, newest first, by the depth of their quoting; at most MAX_OLDER."""
    folded = simplified(text)
    cut = _OLDER.search(folded)
    depths = list(_depths(folded, cut.end() if cut else len(folded)))
    return [
        _prepared(text, _without_signature("\n".join(_kept(depths, depth))))
        for depth in sorted({depth for depth, _ in depths if depth})[:MAX_OLDER]
    ]


def _depths(folded: str, older: int) -> Iterator[tuple[int, str]]:
    """Each line with the depth at which it is quoted, its marks and mail headers blanked."""
    offset = 0
    for line in folded.split("\n"):
        mark = _MARKS.match(line)
        marks = mark.group() if mark else ""
        depth = marks.count(">") + (1 if offset >= older else 0)
        rest = line[len(marks) :]
        yield depth, " " * len(marks) + (_blank(rest) if _HEADER.match(rest) else rest)
        offset += len(line) + 1


def _kept(depths: Sequence[tuple[int, str]], wanted: int) -> Iterator[str]:
    return (line if depth == wanted else _blank(line) for depth, line in depths)


def says_unchanged(text: str) -> bool:
    """Whether prepared `text` says that what was said before still holds."""
    return _UNCHANGED.search(text) is not None


def simplified(text: str) -> str:
    return fold(text).translate(_LIKE)


def _prepared(text: str, masked: str) -> Prepared:
    cased = "".join(raw if seen != " " else " " for raw, seen in zip(text, masked, strict=True))
    return Prepared(masked, cased)


def language_of(text: str) -> str:
    """`ko`, `ja`, `th` or `en`, by the scripts of the text."""
    counts = {
        "ko": len(re.findall("[가-힣]", text)),
        "ja": len(re.findall("[ぁ-ヺ]", text)),
        "th": len(re.findall("[ก-๎]", text)),
    }
    best = max(counts, key=lambda key: counts[key])
    if not counts[best] and len(re.findall("[一-鿿]", text)) >= 2:
        return "ja"
    letters = len(re.findall(r"[^\W\d_]", text))
    return best if counts[best] >= 2 and counts[best] * 12 >= letters else "en"


def sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """Where the sentence or line around `text[start:end]` begins and ends."""
    before = max(
        (
            match.end()
            # one letter further, for a full stop ends nothing before a figure: G.W.20kg
            for match in _SENTENCE_END.finditer(text, max(0, start - 300), start + 1)
            if match.end() <= start
        ),
        default=-1,
    )
    after = _SENTENCE_END.search(text, end, end + 300)
    return (before if before >= 0 else max(0, start - 300)), (
        after.start() if after else min(len(text), end + 300)
    )


_SENTENCE_END = re.compile(
    r"\n|[.!?](?=\s|$)(?<!no\.)(?<!approx\.)(?<!dec\.)(?<!nov\.)(?<!jan\.)|[。]|(?<=[가-힣])\.(?=[^\d])|;"
)


_PAST = re.compile(
    r"(?:last (?:time|month|year|week|shipment|order|booking)|previous(?:ly)?|earlier shipment|지난 ?(?:번|달|주|해|선적)|이전 ?(?:에|문의|견적|건|선적|요청)?|기존 ?(?:문의|견적|건)"
    r"|전번|저번|작년|前回|先月|昨年|ครั้งก่อน|ครั้งที่แล้ว|เดือนที่แล้ว|ปีที่แล้ว|รอบที่แล้ว|รอบก่อน|คราวก่อน|คราวที่แล้ว|先日|usually|평소|보통은|normally)(?!と同|と同様|과 ?(?:같|동일)|와 ?(?:같|동일))"
)
_SAME = re.compile(r"same (?:as|like) (?:the |our |my )?$|as $")
_NOW = re.compile(r"이번|this (?:time|one)|now(?![a-z])|今回|今度|ครั้งนี้|รอบนี้|คราวนี้|หนนี้|เที่ยวนี้|งวดนี้")


# addresses of the net are no words of the mail: 20ft@cargo.example
_ADDRESS = re.compile(
    r"(?:https?://|www\.)[^\s<>]{3,}|(?<![\w.+-])[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+"
)
# "Model 40HC-200", "Part no. 20GP-17": the name of a thing
_NAMED_CODE = re.compile(
    r"(?:(?<![a-z])(?:model|part|p/n|s/n|serial|sku|article|item|catalog(?:ue)?|cat|drawing|lot|batch)|모델명?|품번|형번|도면|규격 ?번호|型番|型式|機種|品番|รุ่น)"
    r"(?: ?(?:no\.?|nr\.?|number|code|번호))?[ :#]{0,3}(?P<code>(?=[a-z0-9./-]{0,40}?\d)(?=[a-z0-9./-]{0,40}?[a-z])[a-z0-9.]{1,20}(?:[/-][a-z0-9.]{1,20}){1,5})"
)
_CODE_BEFORE = re.compile(r"(?<![a-z\d-])(?!fcl|dry|rf-|x-)[a-z]{1,4}\d{0,3}-$")
_CODE_AFTER = re.compile(
    r"^-(?:\d{2,}(?![\d.,]| ?(?:[a-z%'/]|[^\x00-\x7f]))|[a-z]{1,2}\d*(?![a-z\d]))"
)
# where a round trip turns back; its outbound leg alone is read
RETURN_LEG = re.compile(
    r"return(?:ing)? (?:leg|trip|cargo|from)|(?:and|then) (?:back|return)|(?<!get )(?<!come )(?<!got )(?<!getting )back to (?!me(?![a-z])|us(?![a-z])|you|the office|my )"
    r"|돌아오는(?! ?(?:[월화수목금토일]요일|주(?![가-힣])|\d|해|달))|(?<![가-힣])(?:오는 ?편|올 ?때)|(?:on the )?way back|복편|회송|復路|帰り|ขากลับ"
)


def is_code(text: str, start: int, end: int) -> bool:
    """Whether `text[start:end]` is a piece of a longer code, as 40HC is of `40HC-200` and of `MX-40HC`."""
    return bool(
        _CODE_AFTER.match(text[end : end + 12])
        or _CODE_BEFORE.search(text[max(0, start - 9) : start])
    )


def without_codes(text: str) -> str:
    """`text` with addresses of the net and named codes blanked, of the same length."""
    text = _ADDRESS.sub(lambda match: _blank(match.group()), text)
    return _NAMED_CODE.sub(
        lambda match: (
            match.group()[: match.start("code") - match.start()] + _blank(match.group("code"))
        ),
        text,
    )


def speaks_of_past(text: str, start: int, end: int) -> bool:
    """Whether `text[start:end]`, which leads to a value, speaks of an earlier shipment and not of this one."""
    past = _PAST.search(text, start, end)
    if past is None or _SAME.search(text[max(0, past.start() - 16) : past.start()]):
        return False
    return _NOW.search(text, past.end(), end) is None


def _blank(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)


def _unquoted(text: str) -> str:
    return _QUOTED.sub(lambda match: _blank(match.group()), text)


def _without_signature(text: str) -> str:
    closings = list(_CLOSING.finditer(text))
    closing = closings[-1] if closings else None
    if closing is None or text.count("\n", closing.end()) > 14:
        return text
    tail = text[closing.end() :]
    kept = [line if _STILL_FACTS.search(line) else _blank(line) for line in tail.split("\n")]
    return text[: closing.end()] + "\n".join(kept)
