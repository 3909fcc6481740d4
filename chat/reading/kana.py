"""Japanese that is typed without turning it: ﾖｺﾊﾏ, おおさかからばんこくまで, にじゅっふぃーと.

Read is the usual spelling, of another length; what was read goes back to where the customer wrote
it.
"""

# ruff: noqa: E501 - the alternatives of a pattern read best on one line

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from chat.reading.values import Reading
from freight import gazetteer
from freight.fields import Evidence, Source

# a longer message is a letter, and its hiragana are words
MAX_HIRAGANA = 80
_HALF = re.compile(r"[\uff61-\uff9f][\uff9e\uff9f]?")
_TO_HIRAGANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)}
_HOME = {
    "おおさか": "大阪", "とうきょう": "東京", "よこはま": "横浜", "こうべ": "神戸", "なごや": "名古屋", "はかた": "博多",
    "しみず": "清水", "よっかいち": "四日市", "せんだい": "仙台", "とまこまい": "苫小牧", "さっぽろ": "札幌", "ながさき": "長崎",
    "ひろしま": "広島", "しものせき": "下関", "にいがた": "新潟", "みずしま": "水島", "かわさき": "川崎", "かごしま": "鹿児島",
    "かなざわ": "金沢", "いまばり": "今治", "つるが": "敦賀", "しゃんはい": "上海", "ほんこん": "香港", "ふざん": "釜山",
    "にんぽー": "寧波", "ちんたお": "青島", "てんしん": "天津", "だいれん": "大連", "たかお": "高雄",
}  # fmt: skip
# shorter names are mostly words; these are none
_SHORT = {"まにら", "はのい", "そうる", "ぷさん", "だなん", "どばい", "ぺなん", "まかお", "しかご"}
_WORDS = {"きょうと"}
_BEFORE = r"(?:(?<![ぁ-ゖー])|(?<=から)|(?<=より)|(?<=は)|(?<=はつ)|(?<=つみ))"
_AFTER = r"(?=[^ぁ-ゖー]|$|から|まで|より|へ|に(?:いき|つき|とうちゃく)|です|でし|で(?:お|す)|こう(?:から|まで|[^ぁ-ゖ]|$)|はつ|ちゃく|いき|ゆき|つみ|あげ|むけ|なんです|だよ|かな|ね)"
_NUMBERS = {"よんじゅうご": "45", "よんじゅう": "40", "よんじゅっ": "40", "よんじっ": "40", "にじゅう": "20", "にじゅっ": "20", "にじっ": "20"}  # fmt: skip
_FEET = r"(?:ふぃーと|ふぃ-と|ふぃと|フィート|ft)"
_COUNTS = {"いっぽん": "1本", "にほん": "2本", "さんぼん": "3本", "よんほん": "4本"}
_FORMS: tuple[tuple[re.Pattern[str], dict[str, str]], ...] = (
    (re.compile(rf"(?:{'|'.join(_NUMBERS)})(?={_FEET})"), _NUMBERS),
    (re.compile(r"(?<=[\d十])(?:ふぃーと|ふぃと)"), {"ふぃーと": "フィート", "ふぃと": "フィート"}),
    (re.compile(r"(?<![ぁ-ゖ])はいきゅーぶ"), {"はいきゅーぶ": "ハイキューブ"}),
    (re.compile(r"(?<=[\d十百千万半])とん(?![ぁ-ぢつ-づどに-も])"), {"とん": "トン"}),
    (re.compile(r"(?<=[\d十百千万])きろ"), {"きろ": "キロ"}),
    (re.compile(rf"(?<=[トブ])(?:{'|'.join(_COUNTS)})"), _COUNTS),
)


@dataclass(frozen=True, slots=True)
class Spelled:
    """A text in its usual spelling; `spans[i]` is where the original has its letter i."""

    text: str
    spans: tuple[tuple[int, int], ...]

    def back(self, start: int, end: int) -> tuple[int, int]:
        """Where the original says what stands at `text[start:end]`."""
        return self.spans[start][0], self.spans[end - 1][1]


def spelled(text: str) -> Spelled:
    """`text` with its kana as the names and words of the trade are written."""
    plain = Spelled(text, tuple((at, at + 1) for at in range(len(text))))
    if _HALF.search(text):
        plain = _turned(plain, _HALF, lambda half: unicodedata.normalize("NFKC", half))
    if len(text) > MAX_HIRAGANA or not re.search("[ぁ-ゖ]", plain.text):
        return plain
    for pattern, words in _FORMS:
        plain = _turned(plain, pattern, words.__getitem__)
    return _turned(plain, _ports()[0], _ports()[1].__getitem__)


def put_back(reading: Reading, plain: Spelled, source: Source) -> Reading:
    """`reading` of the usual spelling, with its evidence as `source` has it."""
    found = reading.extraction
    seen = {name: _original(item, plain, source) for name, item in found.evidence.items()}
    unknown = tuple((name, _written(word, plain, source)) for name, word in reading.unknown)
    return replace(reading, extraction=replace(found, evidence=seen), unknown=unknown)


def _original(item: Evidence, plain: Spelled, source: Source) -> Evidence:
    start, end = plain.back(item.start, item.end)
    return replace(item, quote=source.text[start:end], start=start, end=end)


def _written(word: str, plain: Spelled, source: Source) -> str:
    at = plain.text.find(word)
    return source.text[slice(*plain.back(at, at + len(word)))] if at >= 0 else word


def _turned(plain: Spelled, pattern: re.Pattern[str], turn: Callable[[str], str]) -> Spelled:
    """`plain` with each match of `pattern` as `turn` writes it."""
    pieces: list[str] = []
    spans: list[tuple[int, int]] = []
    last = 0
    for match in pattern.finditer(plain.text):
        start, end = match.span()
        new = turn(match.group())
        pieces += [plain.text[last:start], new]
        spans += [*plain.spans[last:start], *[plain.back(start, end)] * len(new)]
        last = end
    return Spelled("".join((*pieces, plain.text[last:])), (*spans, *plain.spans[last:]))


@lru_cache(maxsize=1)
def _ports() -> tuple[re.Pattern[str], dict[str, str]]:
    """Names of ports in hiragana, and as they are written."""
    names = {**dict(_foreign()), **_HOME}
    longest = sorted(names, key=len, reverse=True)
    return re.compile(rf"{_BEFORE}(?:{'|'.join(longest)}){_AFTER}"), names


def _foreign() -> Iterator[tuple[str, str]]:
    for place in gazetteer.hand_written().values():
        for name in place.spellings():
            if re.fullmatch("[ァ-ヶー]{3,}", name):
                soft = name.translate(_TO_HIRAGANA)
                if (len(soft) > 3 or soft in _SHORT) and soft not in _WORDS:
                    yield soft, name
