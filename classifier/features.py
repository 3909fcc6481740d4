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


@dataclass(frozen=True, slots=True)
class FeatureSettings:
    """How text becomes features; stored with each model."""

    buckets: int = 1 << 16  # a power of two: the hash is masked
    longest: int = 4  # n-grams of 1 to this many characters
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


def _pattern(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """`pattern` in the spelling of normalised text: NFKC splits Thai SARA AM, for one."""
    return re.compile(unicodedata.normalize("NFKC", pattern), flags)


# a number of an order or a quotation: ours, a UUID, a PO, or a code behind a word that names one
_NUMBER = _pattern(
    # no \b: a Japanese particle or a Korean one is a word character too
    r"(?<![a-z0-9])bb-\d{4}-\d{3,8}(?!\d)"
    r"|(?<![0-9a-z])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    r"|(?<![a-z0-9])p\.?\s?/?\s?o\.?(?:\s?(?:no|number|num|nr)\b\.?|\s?#|\s?번호"
    r"|\s?番号)?\s{0,2}[:#.-]?\s{0,2}"
    r"(?=[a-z0-9/-]{0,12}\d{3})[a-z0-9][a-z0-9/-]{2,24}"
    r"|(?:\border|\bquotation|\bquote|\boffer|\bref|\bbooking|견적|주문|발주|오더|注文|発注|見積"
    r"|オーダー"
    r"|ใบสั่งซื้อ|ใบเสนอราคา|ออเดอร์|คำสั่งซื้อ|เลขที่)"
    r"[^\d\n]{0,14}?(?<![a-z0-9])(?:[a-z]{1,6}[-/]?\d[\da-z/-]{2,20}"
    r"|(?!\d{4}-\d\d-\d\d)\d{2,6}-\d{3,10}|\d{5,12}(?![\d,.]*\s?"
    r"(?:kg|km|t\b|usd|krw|원|円|บาท)))"
)
_GO_AHEAD = _pattern(
    r"go(?:ing)? ahead|proceed|please book|confirm(?:ed|ing)? (?:the |our |your |this )?(?:order"
    r"|booking|quot|it\b)"
    r"|we accept|accepted|approved?\b|place (?:the|this|an|our) order|purchase order|book it"
    r"|green light"
    r"|진행(?: ?해| ?하(?!므로|는|니)|[을를]? ?부탁| ?바랍| ?할| ?시켜| ?요청|\.|$)"
    r"|발주|주문(?:합|하|드|서"
    r"| ?확정)|확정|부킹|승인|수락|채택"
    r"|예약(?: ?해| ?부탁|금)|계약(?:하|할)|배 ?잡아|릴리즈"
    r"|進めて|発注|注文(?:します|いたし|確定|書)|手配|承認|承諾|正式に|確定|契約|ブッキング"
    r"|押さえて|予約を"
    r"|ยืนยัน|ดำเนินการ|สั่งซื้อ|ตกลง|ตอบรับ|อนุมัติ|จอง"
)
_CANCEL = _pattern(
    r"cancel|declin|withdraw|not (?:to )?(?:go ahead|proceed)|won't be|call(?:ed|ing)? off"
    r"|on hold|another forwarder"
    r"|취소|철회|보류|거절|진행하지|하지 않기로|않겠|무산|다른 업체"
    r"|キャンセル|取り消|取消|見送|辞退|お断り|中止"
    r"|ยกเลิก|ปฏิเสธ|ไม่ดำเนินการ|ระงับ|ไม่รับ"
)
_PRICE = _pattern(
    r"quot(?:e|ation)|\brates?\b|pric(?:e|ing)|how much|freight cost|ballpark|tariff|offer"
    r"|견적|운임|얼마|단가|요율|비용"
    r"|見積|運賃|料金|いくら|費用|単価"
    r"|ราคา|ค่าระวาง|ค่าขนส่ง|เท่าไหร่|เท่าไร|เสนอราคา"
)
_FACTS = _pattern(
    r"\d\s?(?:kgs?|ton(?:s|nes?)?|mt|lbs|톤|키로|킬로|トン|キロ|ตัน|กก|กิโล)|\b(?:20|40"
    r"|45)\s?(?:ft|'|feet|hc|hq|gp|피트"
    r"|フィート|ฟุต)|\b(?:fcl|lcl|etd|eta)\b|컨테이너|コンテナ|ตู้"
)
_STATUS = _pattern(
    r"where is|status|track|arrived|delay|invoice|claim|damage|customs|b/l|demurrage|certificate"
    r"|meeting|holiday"
    r"|어디|추적|도착했|지연|인보이스|세금계산서|클레임|파손|통관|선하증권|회의|휴무|채용|이력서"
    r"|どこ|状況|追跡|遅延|請求書|破損|通関|船荷証券|会議|休業|面接"
    r"|ถึงไหน|สถานะ|ติดตาม|ล่าช้า|ใบแจ้งหนี้|เสียหาย|ศุลกากร|ประชุม|วันหยุด"
)
_LINK = _pattern(r"https?://|www\.|bit\.ly|클릭|click|クリック|คลิก|ลิงก์")
# what advertisers and phishers ask for, whatever they dress up as
_BAIT = _pattern(
    r"unsubscribe|password|log ?in|sign(?:ing)? in|macro|free trial|guarantee|% off|reply stop"
    r"|limited seats|casino|bonus|award"
    r"|crypto|bitcoin|inherit|investment|\bseo\b|leads\b|email list|new (?:overseas )?account"
    r"|수신 ?거부|비밀번호|로그인|매크로|무료|당첨|특가|광고|할인|선착순|대출|보장|수익|투자"
    r"|상속|송금|판매"
    r"|카지노|코인|시상식|인증하|수상"
    r"|配信停止|パスワード|ログイン|無料|当選|限定|今だけ|融資|稼げ|カジノ|仮想通貨|遺産"
    r"|口座が変|賞に|セール"
    r"|รหัสผ่าน|เข้าสู่ระบบ|ฟรี|รางวัล|โบนัส|โปรโมชั่น|เงินกู้|สมัคร(?:สมาชิก|วันนี้|ด่วน)|พนัน|ลงทุน|มรดก"
    r"|บัญชีใหม่|ลดราคา|ทัก"
)

# where the quoted old text of a reply begins; a forwarded mail has none
_OLD = _pattern(
    r"^\s*>"
    r"|^\s*-{2,}\s*(?:original message|원본 ?메시지|원본 ?메일|元のメッセージ|ข้อความเดิม"
    r"|ข้อความต้นฉบับ)"
    r"|^on .{2,140} wrote:\s*$|^.{5,140}님이 작성:\s*$|^.{5,140}(?:書きました|のメール)[:;]\s*$"
    r"|^.{5,140}เขียนว่า:\s*$"
    r"|^\s*(?:from|보낸 ?사람|差出人|จาก)\s*:.{0,200}\n(?:.{0,200}\n){0,2}?\s*(?:sent|date|to"
    r"|보낸 ?날짜|받는 ?사람|날짜|送信日時"
    r"|日時|宛先|วันที่|ส่งเมื่อ|ถึง)\s*:",
    re.MULTILINE,
)
_FORWARDED = _pattern(r"forwarded|전달된|전달 ?메시지|転送|ส่งต่อ|^fwd?:|^fw:", re.MULTILINE)
_SPACES = re.compile(r"[^\S\n]+")
_DIGITS = str.maketrans("123456789", "000000000")
_THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_WORD = re.compile(r"\w+")

FLAGS = (
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
)


def compose(subject: str, body: str) -> str:
    """A mail as the classifier reads it: the subject, an empty line, the body."""
    return f"{' '.join(subject[:1000].split())}\n\n{body}"


def features(text: str, settings: FeatureSettings) -> Features:
    """The features of one text; any text has some, the empty one only zeros."""
    new, old = split_old(normalise(text, settings.characters))
    indices, counts = _grams(new.translate(_DIGITS), settings)
    return Features(indices, counts, _flags(new, old))


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
    text = (
        unicodedata.normalize("NFKC", text[:characters])
        .lower()[:characters]
        .translate(_THAI_DIGITS)
    )
    text = text.replace("\r\n", "\n").replace("\r", "\n")
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


def _flags(new: str, old: str) -> npt.NDArray[np.float32]:
    number = _NUMBER.search(new) is not None
    go_ahead = _GO_AHEAD.search(new) is not None
    cancel = _CANCEL.search(new) is not None
    price = _PRICE.search(new) is not None
    facts = _FACTS.search(new) is not None
    bait = _BAIT.search(new) is not None
    answers = (
        number,
        not number and _NUMBER.search(old) is not None,
        go_ahead,
        cancel,
        price,
        facts,
        _STATUS.search(new) is not None,
        _LINK.search(new) is not None,
        bait,
        bait and number,
        go_ahead and number and not cancel,
        go_ahead and not number,
        cancel and number,
        price and facts,
        facts and not number,
    )
    return np.array(answers, np.float32)


_MIX = np.uint64(0x9E3779B97F4A7C15)
_PRIME = np.uint64(0x100000001B3)


def _mixed(hashes: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Well-spread hashes: a multiplicative hash alone leaves its low bits to the last letter."""
    hashes = (hashes ^ (hashes >> np.uint64(31))) * _MIX
    return hashes ^ (hashes >> np.uint64(29))


def _grams(
    text: str, settings: FeatureSettings
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
    """Distinct buckets of the n-grams of `text`, with 1 + log(count)."""
    points = np.frombuffer(text.encode("utf-32-le", "replace"), "<u4").astype(np.uint64)
    found = []
    hashes = np.zeros(len(points), np.uint64)
    for length in range(1, min(settings.longest, len(points)) + 1):
        hashes = (
            hashes[: len(points) - length + 1] * _PRIME + points[length - 1 :] + np.uint64(length)
        )
        found.append(_mixed(hashes))
    if settings.words:
        found.append(_words(points))
    if not len(points):
        return np.zeros(0, np.int64), np.zeros(0, np.float32)
    buckets = np.concatenate(found) & np.uint64(settings.buckets - 1)
    indices, counts = np.unique(buckets.astype(np.int64), return_counts=True)
    return indices, (1 + np.log(counts)).astype(np.float32)


def _words(points: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Hashes of the words and of the pairs of neighbouring words, a word being what spaces part."""
    gaps = np.flatnonzero((points == 32) | (points == 10))
    starts = np.concatenate(([0], gaps + 1))
    ends = np.concatenate((gaps, [len(points)]))
    keep = ends > starts
    starts, ends = starts[keep], ends[keep]
    if not len(starts):
        return np.zeros(0, np.uint64)
    # a word's hash is the sum of its letters' hashes, each with its place in the word
    # (normalised text starts with a word, so the first start is 0)
    place = np.arange(len(points)) - np.repeat(starts, np.diff(np.append(starts, len(points))))
    letters = _mixed(points * _PRIME + place.astype(np.uint64) * _MIX)
    letters[gaps] = 0
    words = _mixed(np.add.reduceat(letters, starts))
    pairs = _mixed(words[:-1] * _PRIME + words[1:])
    return np.concatenate((words, pairs))
