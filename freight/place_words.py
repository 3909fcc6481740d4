"""Where a text names a place of the wide gazetteer, and which country it names beside one.

Thousands of ports are also words, people and firms. So a name of the wide gazetteer counts only
where it stands as a name: capitalised in Latin script and not in a row of other capitalised words,
or a whole word of its script.
"""

# ruff: noqa: E501 - the alternatives of a pattern read best on one line

import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass

from freight.gazetteer import common_words, countries, key, weak

_WORD = re.compile(r"[A-Za-zÀ-ɏḀ-ỹ][A-Za-zÀ-ɏḀ-ỹ'’]*")
# an address, a path or a part of a longer code is no place
_GLUED_BEFORE = re.compile(r"[A-Za-z0-9À-ɏ@_/\\.&+#'’-]\Z")
_GLUED_AFTER = re.compile(r"^(?:[0-9@_&+#-]|[./][A-Za-z0-9])")
_SMALL = frozenset("de da do das dos del della di du des la le les el los of the au aux sur en am an der den upon on y e by san".split())  # fmt: skip
# capitalised words that may stand right before or after a place without being part of another name
_BESIDE = frozenset(
    "from to via ex of in at near and or the port ports pol pod por origin destination discharge loading load delivery receipt arrival departure fob cif cfr cnf fca exw dap ddp dpu cpt cip etd eta north south east west"
    " city terminal airport harbour harbor warehouse factory plant depot icd cy cfs door by on dc container containers fcl lcl please is are will we our for with as per against route lane final place"
    " gmt rate rates quote price reefer dry hc gp dv ship shipping vessel direct sea freight ocean asap".split()
)  # fmt: skip
_FIRM = re.compile(
    r"^ (?:co|corp|corporation|inc|ltd|llc|limited|gmbh|bv|sa|spa|plc|ag|kk|pty|pte|logistics|trading|shipping|line|lines|group|holdings|partners|marine|industries|steel|motors|foods|company|university|bank|hotel|street|st|road|rd|avenue|ave|blvd|lane|house|tower|square|park|express|bridge|news|times|time|standard|convention)\b",
    re.IGNORECASE,
)
_PERSON = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Miss|Dr|Prof|Capt|Captain|Sir|Madam|Dear|Hi|Hello|Hey|Attn|Regards|Thanks|Cheers|Sincerely|Rgds|M/?V|MS|SS|Vessel|Khun|Pak|Bapak|Ibu)\.?,?\s{1,3}|[A-Z]\. )$"
)
# another code of three letters, to which this one is the other end
_CODE_BEFORE = re.compile(r"(?<![A-Za-z0-9/-])[A-Z]{3}[/-]\Z")
_CODE_AFTER = re.compile(r"[/-][A-Z]{3}(?![A-Za-z0-9/-])")
_ARTICLE = re.compile(
    r"(?<![A-Za-z])(?:an?|the|our|your|this|that|local|each|any) $", re.IGNORECASE
)
_HANGUL_RUN = re.compile(r"[가-힣]{3,}")
_PORT_TAIL = re.compile(
    r"(?:항|행|향|착|발|까지|항까지|항에서|항으로|행으로)(?:의|은|는|만|요|이요)?"
)
_KANA_RUN = re.compile(r"[ァ-ヺー・]{3,}")
_HAN_RUN = re.compile(r"[一-鿿々ヶ]{2,}")
_HAN_REST = re.compile(
    r"(?:新?港|空港|市|県|駅|工場|倉庫|支店|発|着|向け?|行き?|経由|積み?|揚げ?|渡し|内|宛)*"
)
_THAI_RUN = re.compile(r"[ก-๛]{5,}")
_THAI_LEAD = re.compile(
    r"(?:^|[^ก-๛]|จาก|ไป|ยัง|ถึง|ท่าเรือ|ท่า|เมือง|ที่|สู่|กับ|และ|หรือ|ผ่าน|มา|ต้นทาง|ปลายทาง|ใน)$"
)
_THAI_MARK = re.compile(r"[ะ-ฺ็-๎]")
# letters that tell whether a name may begin here at all
HEAD = 3

_COUNTRY_AFTER = re.compile(
    r"^(?P<mark> ?[,(/] ?| )(?P<words>[A-Za-zÀ-ɏ][A-Za-zÀ-ɏ.'’]*(?: [A-Za-zÀ-ɏ][A-Za-zÀ-ɏ.'’]*){0,3})"
)
_COUNTRY_IN_BRACKETS = re.compile(
    r"^(?:항|港|시|市)? ?\((?P<words>[가-힣ァ-ヺー・一-鿿ก-๛ ]{2,16})\)"
)
_COUNTRY_BEFORE = re.compile(
    r"(?P<word>[가-힣]{2,8}|[ァ-ヺー・]{2,12}|[一-鿿]{2,4}|[ก-๛]{2,16})(?: ?の| |·|, )?$"
)
# these name a port as well: "Hamburg, Singapore" is a list
_ALSO_PORTS = frozenset(("SG", "HK", "MO", "PA", "KW", "DJ", "GI", "BH", "US-NY", "GT", "LU", "MX"))


@dataclass(frozen=True, slots=True)
class Mention:
    """A name of the wide gazetteer at `text[start:end]`, by its key.

    A `common` word is a place only where its country stands beside it.
    """

    start: int
    end: int
    name: str
    common: bool = False


@dataclass(frozen=True, slots=True)
class Beside:
    """The countries and regions (`US-OR`) named right beside a place; the name ends at `end`.

    `surely` where nothing else can be meant: "Hamburg, Germany" and "Hamburg (Germany)".
    """

    codes: frozenset[str]
    end: int
    surely: bool

    def fits(self, country: str, region: str) -> bool:
        """Whether a place there may be the one that is meant."""
        return country in self.codes or (bool(region) and f"{country}-{region}" in self.codes)


def heads(names: Mapping[str, object]) -> dict[str, int]:
    """What `mentions` needs beside the names: by the first Latin word of a name how many words, by
    the first letters of another script how many letters such a name may have.
    """
    most: dict[str, int] = {}
    for name in names:
        first, _, rest = name.partition(" ")
        head, size = (first, 1 + len(rest.split())) if first.isascii() else (name[:HEAD], len(name))
        most[head] = max(most.get(head, 0), size)
    return most


def mentions(text: str, names: Container[str], most: Mapping[str, int]) -> Iterator[Mention]:
    """Names in `text` that stand there as names, script by script; `most` as `heads` says."""
    yield from _latin(text, names, most)
    if not text.isascii():
        yield from _hangul(text, names, most)
        yield from _kana(text, names)
        yield from _han(text, names)
        yield from _thai(text, names, most)


def _latin(text: str, names: Container[str], most: Mapping[str, int]) -> Iterator[Mention]:
    words = list(_WORD.finditer(text))
    free_from = 0
    for number, first in enumerate(words):
        start, word = first.start(), first.group()
        # most words are in small letters or begin no name: a cheap look first
        if word[0].islower() or start < free_from:
            continue
        size = most.get(word.lower() if word.isascii() and word.isalpha() else key(word), 0)
        for count in range(min(size, len(words) - number), 0, -1):
            end = words[number + count - 1].end()
            name = key(text[start:end])
            if name in names and _stands_alone(text, start, end, name):
                common = (
                    name in common_words() and name not in weak() and not is_code(text[start:end])
                )
                yield Mention(start, end, name, common)
                free_from = end
                break


def _stands_alone(text: str, start: int, end: int, name: str) -> bool:
    spelled, before, after = text[start:end], text[max(0, start - 24) : start], text[end : end + 24]
    if len(name) < 4 and name in weak():
        return _is_pair_code(spelled, before, after)
    if _GLUED_BEFORE.search(before) or _GLUED_AFTER.match(after) or "\n" in spelled:
        return False
    if is_code(spelled):
        return True
    if len(name.replace(" ", "")) < 4 and name not in common_words():
        return False
    pieces = _WORD.findall(spelled)
    if not all(piece[0].isupper() or piece in _SMALL for piece in pieces):
        return False
    if _PERSON.search(before) or _FIRM.match(after):
        return False
    return spelled.isupper() or not (_named_before(before) or _named_after(after))


def _is_pair_code(spelled: str, before: str, after: str) -> bool:
    """Whether RTM and SAV stand as forwarders write them: `PUS/SAV`; "an NGO", "AB-SAV-200" not."""
    if not spelled.isupper() or _ARTICLE.search(before):
        return False
    glued = _GLUED_BEFORE.search(before) and not _CODE_BEFORE.search(before)
    return not glued and not (_GLUED_AFTER.match(after) and not _CODE_AFTER.match(after))


def is_code(spelled: str) -> bool:
    """Whether `spelled` can be a UN/LOCODE as forms and systems write it."""
    return len(spelled) == 5 and spelled.isascii() and spelled.isalpha() and spelled.isupper()


def _named_before(before: str) -> bool:
    """Whether another name's word stands right before: "John Hamilton", "Port Victoria Trading"."""
    word = re.search(r"([A-Za-zÀ-ɏ'’]+)[ -]$", before)
    return word is not None and word[1][0].isupper() and word[1].lower() not in _BESIDE


def _named_after(after: str) -> bool:
    word = re.match(r"[ -]([A-Za-zÀ-ɏ'’]+)", after)
    if word is None or not word[1][0].isupper():
        return False
    return word[1].lower() not in _BESIDE and not any(
        key(after[: match.end()]) in countries()
        for match in re.finditer(r"(?<=[A-Za-z])(?![A-Za-z])", after)
    )


def _hangul(text: str, names: Container[str], most: Mapping[str, int]) -> Iterator[Mention]:
    for run in _HANGUL_RUN.finditer(text):
        word = run.group()
        for length in range(min(len(word), most.get(word[:HEAD], 0)), 2, -1):
            if word[:length] in names and word[:length] not in common_words():
                yield Mention(run.start(), run.start() + length, word[:length])
                break
        else:
            # of two letters only a port that its particle tells from the word: 포티까지, 테마행
            if word[:2] in weak() and _PORT_TAIL.fullmatch(word[2:]):
                yield Mention(run.start(), run.start() + 2, word[:2])


def _kana(text: str, names: Container[str]) -> Iterator[Mention]:
    for run in _KANA_RUN.finditer(text):
        name = key(run.group())
        if name in names and name not in common_words():
            yield Mention(run.start(), run.end(), name)


def _han(text: str, names: Container[str]) -> Iterator[Mention]:
    for run in _HAN_RUN.finditer(text):
        word = run.group()
        for length in range(min(len(word), 8), 1, -1):
            name = word[:length]
            if name in names and name not in common_words() and _HAN_REST.fullmatch(word[length:]):
                yield Mention(run.start(), run.start() + length, name)
                break


def _thai(text: str, names: Container[str], most: Mapping[str, int]) -> Iterator[Mention]:
    for run in _THAI_RUN.finditer(text):
        free_from = run.start()
        for start in range(run.start(), run.end() - 4):
            size = most.get(text[start : start + HEAD])
            if size and start >= free_from and _THAI_LEAD.search(text, max(0, start - 9), start):
                for end in range(min(run.end(), start + size), start + 4, -1):
                    if _is_thai_name(text, start, end, names):
                        yield Mention(start, end, text[start:end])
                        free_from = end
                        break


def _is_thai_name(text: str, start: int, end: int, names: Container[str]) -> bool:
    name = text[start:end]
    ends = not _THAI_MARK.match(text[end : end + 1])
    return name in names and ends and name not in common_words()


def country_beside(text: str, start: int, end: int) -> Beside | None:
    """The country or region that `text` names right beside the place at `[start:end]`, or None."""
    after = text[end : end + 40]
    if (latin := _COUNTRY_AFTER.match(after)) and (found := _latin_country(text, end, latin)):
        return found
    bracketed = _COUNTRY_IN_BRACKETS.match(after)
    if bracketed and (codes := countries().get(key(bracketed["words"]))):
        return Beside(codes, end + bracketed.end(), surely=True)
    before = _COUNTRY_BEFORE.search(text[max(0, start - 18) : start])
    if before is not None:
        word = before["word"]
        for cut in range(len(word) - 1):
            if codes := countries().get(key(word[cut:])):
                # "メキシコのマンサニヨ" is no list; "미국 부산" may be one
                return Beside(codes, end, surely=before.group().endswith("の"))
    return None


def _latin_country(text: str, end: int, found: re.Match[str]) -> Beside | None:
    words, mark = found["words"].split(" "), found["mark"]
    for count in range(len(words), 0, -1):
        name = " ".join(words[:count])
        plain = name.rstrip(".,")
        codes = countries().get(key(name))
        if codes is None or not plain[0].isupper():
            continue
        close = end + found.start("words") + len(plain)
        closed = close + ("(" in mark and text[close : close + 1] == ")")
        if len(plain) <= 3 and not _is_region_code(plain, mark, text, close):
            continue
        is_list = len(plain) > 3 and bool(codes & _ALSO_PORTS)
        return Beside(codes, closed, not is_list and _is_sure(mark, text[close : close + 24]))
    return None


def _is_region_code(plain: str, mark: str, text: str, close: int) -> bool:
    """Whether OR, ME, IN, MX and their like are codes here, not words of a text in capitals."""
    return plain.isupper() and (mark != " " or text[close : close + 1] in ("", ",", ")", ".", "\n"))


def _is_sure(mark: str, after: str) -> bool:
    if "(" in mark:
        return after.startswith(")")
    # "Busan, China, Vietnam" and "Busan, China and Vietnam" are lists
    return "," in mark and re.match(r" ?(?:,|/|and\b|or\b|&)", after) is None
