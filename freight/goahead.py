"""Whether a mail accepts an offer: judged sentence by sentence, in the customer's own words."""

# ruff: noqa: E501 - the alternatives of a pattern read best on one line

import re
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
# in the sentence that would accept: a question, a condition, a denial, a wish for something else
DOUBT = re.compile(
    r"[?？]"
    r"|[가-힣]면(?=[\s,.은요]|$)|전에|여부|않|못|어렵|말고|없습|없어|없을|아니|아직|까요|지만|다만|단,|대신|변경|할인|인하|네고"
    r"|조정|추후|나중|내일|검토\s*(?:후|중|하)|고민|미정|려고"
    r"|\b(?:if|before|once|unless|until|when|after|only|whether|not|cannot|never|no\s+longer|but|however|instead|except"
    r"|provided|subject\s+to|should|unable|decline|another|elsewhere|competitor|discount|reduce[ds]?|lower|cheaper|later"
    r"|tomorrow|how|decid\w*|discuss\w*|consider\w*|think\w*|internal\w*|revis\w*|amend\w*|chang\w*|updated?)\b|n['’]t\b"
    r"|でしょうか|ますか|もし|たら|れば|なら|場合|前に|前は|まだ|ない|ません|できか|難し|検討|ただし|しかし|代わり|変更|値引|割引|他社|後日"
    r"|ไหม|มั้ย|หรือไม่|หรือเปล่า|ถ้า|หาก|ก่อน|เมื่อ|ไม่|แต่|เปลี่ยน|ลดราคา|ส่วนลด|พิจารณา",
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
_NUMBER = re.compile(r"\d[\d,.]*")
# shorter lines of ours ("BusyBee") may stand in anybody's mail, and say nothing
OWN_LINE = 8


def is_go_ahead(text: str, *, offered: str = "") -> bool:
    """Whether the new words of a mail accept an offer: plainly, as it is, taking nothing back.

    An amount of money that is not in the text of the offer is an offer of the customer's.
    """
    if STOP.search(text) or not _amounts(text) <= _numbers(offered):
        return False
    accepting = [each for each in _SENTENCE.split(text) if each and GO_AHEAD.search(each)]
    return bool(accepting) and not any(DOUBT.search(each) for each in accepting)


def takes_back(text: str) -> bool:
    """Whether the new words of a mail cancel or decline, and do not also ask to go ahead."""
    return STOP.search(text) is not None and GO_AHEAD.search(text) is None


def _amounts(text: str) -> set[str]:
    return {_digits(next(filter(None, found.groups()))) for found in _MONEY.finditer(text)}


def _numbers(text: str) -> set[str]:
    return {_digits(found.group()) for found in _NUMBER.finditer(text)}


def _digits(number: str) -> str:
    return re.sub(r"\D", "", number)


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
