"""Whether a mail accepts an offer: judged sentence by sentence, in the customer's own words."""

# ruff: noqa: E501 - the alternatives of a pattern read best on one line

import re
import unicodedata
from collections.abc import Iterable, Iterator

GO_AHEAD = re.compile(
    r"진행\s*(?:해|부탁|하겠|하려|원합|바랍|합니다|할게)"
    r"|발주\s*(?:를|을)?\s*(?:합니다|드립니다|드려요|하겠|할게|해요|부탁|진행|넣겠|넣습|요청)"
    r"|부킹\s*(?:부탁|해|진행)|예약\s*(?:부탁|해|진행)"
    r"|주문\s*(?:합니다|드립|하겠|부탁)|확정\s*(?:합니다|부탁|하겠)"
    r"|\b(?:please\s+(?:proceed|book|go\s+ahead)|go\s+ahead"
    r"|we\s+(?:hereby\s+)?(?:accept|confirm(?!\s+(?:(?:the\s+)?receipt|receiving|having|that|to)\b))"
    r"|place\s+(?:the|our|an)\s+order)\b"
    r"|手配を?お願い|発注(?:します|いたします|をお願い)|進めて(?:ください|下さい)|正式に?(?:発注|注文)|注文(?:します|いたします)"
    r"|ยืนยัน(?:ตาม|การ|คำสั่ง|ใบ)|ดำเนินการ(?:ได้เลย|ต่อ|ตาม)|ขอจอง|สั่งจอง",
    re.IGNORECASE,
)
STOP = re.compile(
    r"취소|보류|중단|진행하지|cancel|do not proceed|don't proceed|not (?:go ahead|proceed)|hold off"
    r"|キャンセル|取り?消|見送|ยกเลิก|ไม่ดำเนินการ",
    re.IGNORECASE,
)
# no thanks, in the polite ways that it is said in
REFUSAL = re.compile(
    r"거절|사양하|다음\s*기회에|더\s*이상[^.\n]{0,10}필요|필요\s*없(?:게|어졌)|진행(?:이|을|은|하기)?\s*(?:어렵|어려|힘들|불가|못)"
    r"|(?:다른\s*(?:업체|곳|회사|포워더|운송사|데)|타사|경쟁사)[^.\n]{0,12}(?:진행|결정|계약|선택|발주|맡기|하기로)"
    r"|\b(?:declin(?:e|ing)|not\s+interested|no,?\s+thank(?:s|\s+you)|withdraw\w*|no\s+longer\s+(?:need|require|want|interested)\w*"
    r"|(?:go|going|went|gone)\s+(?:ahead\s+)?with\s+(?:another|someone|somebody|a\s+different|other))\b"
    r"|(?:\bnot|n['’]t)\s+(?:be\s+)?(?:go(?:ing)?\s+(?:ahead|forward|with)|proceed\w*|mov(?:e|ing)\s+(?:ahead|forward))\b"
    r"|辞退|お断り|(?:他社|(?:別|他)の(?:業者|会社|フォワーダー))[^。\n]{0,10}(?:決|依頼|お願い|発注)|不要(?:に|と)な|必要(?:が|は)?なくな"
    r"|ปฏิเสธ|(?:บริษัท|เจ้า|ที่)อื่น|ไม่ต้องการ(?:แล้ว|ใบเสนอ)|ไม่(?:ขอ)?ดำเนินการ(?:ต่อ|ตาม)?",
    re.IGNORECASE,
)
# in the sentence that would accept: a question, a condition, a denial, a wish for something else
DOUBT = re.compile(
    r"[?？]"
    r"|[가-힣]면(?=[\s,.은요]|$)|전에|여부|않|못|어렵|말고|없습|없어|없을|아니|아직|까요|지만|다만|단,|대신|변경|할인|인하|네고"
    r"|다른\s*(?:업체|곳|회사|포워더|운송사|데)|타사|경쟁사"
    r"|조정|추후|나중|내일|검토\s*(?:후|중|하)|고민|미정|려고"
    r"|\b(?:if|before|once|unless|until|when|after|only|whether|not|cannot|never|no\s+longer|but|however|instead|except"
    r"|provided|subject\s+to|should|unable|decline|another|elsewhere|competitor|discount|reduce[ds]?|lower|cheaper|later"
    r"|tomorrow|how|decid\w*|discuss\w*|consider\w*|think\w*|internal\w*|revis\w*|amend\w*|chang\w*|updated?|close)\b|n['’]t\b"
    r"|\bbook\s+(?:an?\s+|the\s+)?(?:call|meeting|appointment|visit|demo)\b"
    # somebody else's offer, or an order with somebody else
    r"|\b(?:order|booking|business)\s+(?:with|to)\s+(?-i:(?!BB|PO)[A-Z])|\b(?:offer|quot\w+)\s+(?:from|by|of)\s+(?-i:(?!BB|[A-Z]{3}\b\s*\d|BusyBee|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|Mon|Tue|Wed|Thu|Fri))[A-Z])"
    r"|でしょうか|ますか|もし|たら|れば|なら|場合|(?:別|他)の(?:業者|会社|フォワーダー)|前に|前は|まだ|ない|ません|できか|難し|検討|ただし|しかし|代わり|変更|値引|割引|他社|後日"
    r"|ไหม|มั้ย|หรือไม่|หรือเปล่า|ถ้า|หาก|ก่อน|เมื่อ|ไม่|แต่|เปลี่ยน|(?:บริษัท|เจ้า|ที่)อื่น|ลดราคา|ส่วนลด|พิจารณา",
    re.IGNORECASE,
)
# mails are wrapped: a line's end ends a sentence only behind words that sentences end with
_SENTENCE = re.compile(
    r"(?<=[.!?])\s+|(?<=[。！？])|\n\s*\n|(?<=[다요까죠음함])[ \t]*\n|(?<=ครับ)\s|(?<=ค่ะ)\s|(?<=คะ)\s"
)
_MONEY = re.compile(
    r"(?:KRW|USD|EUR|JPY|THB|[₩￦$€¥฿])\s?(?P<after>\d[\d,.]*)"
    r"|(?P<before>\d[\d,.]*)\s?(?:[만억천]\s?)*(?:원(?![가-힣]*칙)|won\b|KRW|USD|EUR|JPY|THB|dollars?\b|ウォン|円|วอน|บาท)"
    r"|(?P<short>\d[\d,.]*)\s?(?:만|억)(?!\S*톤)",
    re.IGNORECASE,
)
_OURS = re.compile(r"\bBB\s?-\s?(\d{4})\s?-\s?(\d{6,})", re.IGNORECASE)
_NUMBER = re.compile(r"\d[\d,.]*")
# shorter lines of ours ("BusyBee") may stand in anybody's mail, and say nothing
OWN_LINE = 8


def is_go_ahead(text: str, *, offered: str = "") -> bool:
    """Whether the new words of a mail accept an offer: plainly, as it is, taking nothing back.

    An amount of money that is not in the text of the offer is an offer of the customer's.
    """
    if stops(text) or not _amounts(text) <= _numbers(offered):
        return False
    accepting = [each for each in _SENTENCE.split(text) if each and GO_AHEAD.search(each)]
    return bool(accepting) and not any(DOUBT.search(each) for each in accepting)


def takes_back(text: str) -> bool:
    """Whether the new words of a mail cancel or decline, and do not also ask to go ahead."""
    return stops(text) and GO_AHEAD.search(REFUSAL.sub(" ", STOP.sub(" ", text))) is None


def stops(text: str) -> bool:
    """Whether the new words of a mail cancel or decline anything, whatever else they say."""
    return bool(STOP.search(text) or REFUSAL.search(text))


def _amounts(text: str) -> set[str]:
    return {_digits(next(filter(None, found.groups()))) for found in _MONEY.finditer(text)}


def _numbers(text: str) -> set[str]:
    return {_digits(found.group()) for found in _NUMBER.finditer(text)}


def _digits(number: str) -> str:
    return re.sub(r"\D", "", number)


def numbers_of_ours(text: str) -> set[str]:
    """The numbers of quotations that `text` names, however they are written."""
    plain = re.sub(r"[\u2010-\u2015\u2212]", "-", unicodedata.normalize("NFKC", text))
    return {f"BB-{year}-{number}" for year, number in _OURS.findall(plain)}


def without_lines_of(text: str, ours: Iterable[str]) -> str:
    """`text` less every line that stands in `ours`, however it was wrapped, quoted or joined."""
    at = [index for index, character in enumerate(text) if character.isalnum()]
    flat = _flat(text)
    cut = bytearray(len(flat))
    for key in {_flat(line) for mail in ours for line in mail.splitlines()}:
        if len(key) >= OWN_LINE:
            for start in _occurrences(flat, key):
                cut[start : start + len(key)] = b"\1" * len(key)
    gone = {index for index, mark in zip(at, cut, strict=True) if mark}
    return "".join("\n" if index in gone else character for index, character in enumerate(text))


def _flat(text: str) -> str:
    """Letters and digits alone; one character for each, so that places can be told."""
    return "".join(each.lower()[0] for each in text if each.isalnum())


def _occurrences(text: str, key: str) -> Iterator[int]:
    start = text.find(key)
    while start >= 0:
        yield start
        start = text.find(key, start + len(key))
