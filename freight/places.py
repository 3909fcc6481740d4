"""Ports and cities by UN/LOCODE, and where a text names them. Pure: one CSV file, no database."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

DATA = Path(__file__).with_name("data") / "places.csv"
LANGUAGES = ("ko", "en", "ja", "th")

# fullwidth forms and the ideographic space, one character for one so that offsets stay true
_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0xA0: 0x20}
_START = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]|[^\x00-\x7f]")
_HANGUL = re.compile(r"[가-힣]")
# what may follow a short Hangul name; anything else makes it another word (부산물, 대구탕)
_HANGUL_TAIL = re.compile(
    r"(?:특별시|광역시|특별자치시|시|군|도|항|신항|북항|남항|구항|내항|공항|국제|역|발|행|향|착|에|으로|로|까지|부터|의|은|는|이|가|을|를|와|과|랑"
    r"|이랑|하고|및|쪽|출발|도착|선적|양하|입항|출항|경유|공장|창고|지점|지사|본사|사무|소재|센터|세관|터미널|인데|이고|이며|입니다|이요|요|만|나"
    r"|또는|서|편|간|왕복|컨테이너|해상|수출|수입|견적|운송|구간|노선|하역|통관|배송|픽업|산업|공단|물류|현장|보세|야드|방면|쯤|근처|인근|시내|항만)"
)
_HANGUL_HEAD = re.compile(
    r"(?:한국|중국|일본|미국|독일|태국|베트남|인도|영국|대만|호주|캐나다|멕시코|프랑스|네덜란드|벨기에|스페인|이탈리아|인도네시아|말레이시아|필리핀"
    r"|러시아|브라질|경기도|경기|경남|경북|전남|전북|충남|충북|강원도|강원|경상남도|경상북도|전라남도|전라북도|충청남도|충청북도"
    r"|출발지|도착지|목적지|선적지|선적항|도착항|출발|도착|항구)$"
)
_KATAKANA = re.compile(r"[ァ-ヺー]")
_HONORIFIC = re.compile(r"\s?(?:様|さん|氏|さま|部長|課長|社長|拝|님|씨|과장|대리|부장|차장|이사)")
_THAI_MARK = re.compile(r"[ะ-ฺ็-๎]")


@dataclass(frozen=True, slots=True)
class Place:
    """A port, city, airport or station. Names are keyed by language; degrees are WGS 84."""

    locode: str
    kind: str
    names: dict[str, str] = field(hash=False)
    aliases: tuple[str, ...]
    latitude: float
    longitude: float

    @property
    def country(self) -> str:
        """ISO 3166 code of the country."""
        return self.locode[:2]

    def spellings(self) -> Iterator[str]:
        """What a text may call this place; not what is listed as `-name` (세부: "detail")."""
        barred = {alias[1:] for alias in self.aliases if alias.startswith("-")}
        yield self.locode
        for spelling in (*self.names.values(), *self.aliases):
            if spelling not in barred and not spelling.startswith("-"):
                yield spelling


@dataclass(frozen=True, slots=True)
class PlaceMatch:
    """A place named at `text[start:end]`; several locodes where the name alone does not decide."""

    start: int
    end: int
    locodes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Spelling:
    folded: str
    exact: str
    pattern: re.Pattern[str] | None
    locodes: tuple[str, ...]


def fold(text: str) -> str:
    """`text` in lower case and plain width, of the same length, so that offsets hold for both."""
    text = text.translate(_WIDTH)
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(low if len(low := char.lower()) == 1 else char for char in text)


@cache
def _places() -> dict[str, Place]:
    with DATA.open(encoding="utf-8", newline="") as lines:
        return {
            row["locode"]: Place(
                locode=row["locode"],
                kind=row["kind"],
                names={language: row[language] for language in LANGUAGES},
                aliases=tuple(row["aliases"].split("|")) if row["aliases"] else (),
                latitude=float(row["latitude"]),
                longitude=float(row["longitude"]),
            )
            for row in csv.DictReader(lines)
        }


def _spelling(text: str, locodes: tuple[str, ...]) -> _Spelling:
    folded = fold(text)
    words = folded.split(" ")
    # "Hong Kong" is also "Hong-Kong", "Manzanillo Mexico" also "Manzanillo, Mexico"
    gap = r"[ ,\-]{0,2}" if folded.isascii() else r"[ ,\-]{1,2}"
    pattern = re.compile(gap.join(map(re.escape, words))) if len(words) > 1 else None
    short_code = len(text) <= 5 and text.isascii() and text.isupper() and text.isalpha()
    return _Spelling(folded, text if short_code else "", pattern, locodes)


@cache
def _index() -> dict[str, tuple[_Spelling, ...]]:
    """Spellings by their first two folded characters, longest first."""
    locodes: dict[str, list[str]] = {}
    for place in _places().values():
        for spelling in dict.fromkeys(place.spellings()):
            locodes.setdefault(spelling, []).append(place.locode)
    merged: dict[str, list[_Spelling]] = {}
    for spelling, codes in locodes.items():
        merged.setdefault(fold(spelling)[:2], []).append(_spelling(spelling, tuple(codes)))
    return {
        head: tuple(sorted(group, key=lambda item: -len(item.folded)))
        for head, group in merged.items()
    }


def get(locode: str) -> Place | None:
    """The place of that UN/LOCODE, or None."""
    return _places().get(locode.strip().upper())


def all_places() -> tuple[Place, ...]:
    """Every place, in the order of the file."""
    return tuple(_places().values())


def display_name(locode: str, language: str) -> str:
    """The place's name in that language, else in English, else the code itself."""
    place = get(locode)
    if place is None:
        return locode
    return place.names.get(language[:2].lower()) or place.names["en"]


def find(text: str) -> list[PlaceMatch]:
    """Places named in `text`, in reading order, without overlaps; the longest spelling wins."""
    plain, folded, index = text.translate(_WIDTH), fold(text), _index()
    found: list[PlaceMatch] = []
    free_from = 0
    for start in (match.start() for match in _START.finditer(plain)):
        if start < free_from:
            continue
        for spelling in index.get(folded[start : start + 2], ()):
            end = _matched_end(plain, folded, start, spelling)
            if end is not None:
                found.append(PlaceMatch(start, end, spelling.locodes))
                free_from = end
                break
    return found


def lookup(name: str) -> tuple[Place, ...]:
    """Places that `name` as a whole may mean, none if it is no place; particles may follow it."""
    stripped = name.strip()
    for match in find(stripped):
        if match.start == 0 and _is_rest_of_name(stripped[match.end :]):
            return tuple(_places()[locode] for locode in match.locodes)
    return ()


def _is_rest_of_name(rest: str) -> bool:
    return (
        re.fullmatch(r"\s*(?:항|시|港|市|역|공항|port|city)?[\s,.()A-Za-z가-힣]{0,20}", fold(rest))
        is not None
    )


def _matched_end(plain: str, folded: str, start: int, spelling: _Spelling) -> int | None:
    if spelling.pattern is not None:
        match = spelling.pattern.match(folded, start)
        end = match.end() if match else -1
    else:
        end = start + len(spelling.folded) if folded.startswith(spelling.folded, start) else -1
    if end < 0 or (spelling.exact and plain[start:end] != spelling.exact):
        return None
    return end if _has_borders(folded, start, end) else None


def _has_borders(folded: str, start: int, end: int) -> bool:
    """Whether `folded[start:end]` is a word by the rules of its own script."""
    first, before, after = folded[start], folded[max(0, start - 6) : start], folded[end : end + 8]
    if _HONORIFIC.match(after):
        return False
    if _HANGUL.match(first):
        return _has_hangul_borders(before, after, end - start)
    if _KATAKANA.match(first):
        return not (_KATAKANA.match(before[-1:]) or _KATAKANA.match(after[:1]))
    if "฀" <= first <= "๿":
        return not _THAI_MARK.match(after[:1])
    if first.isascii() or (first.isalpha() and first < "ɐ"):
        return not (after[:1].isalnum() and after[:1] < "ɐ")
    return True


def _has_hangul_borders(before: str, after: str, length: int) -> bool:
    if _HANGUL.match(before[-1:]) and not _HANGUL_HEAD.search(before):
        return False
    if not _HANGUL.match(after[:1]) or length > 2:
        return True
    return _HANGUL_TAIL.match(after) is not None
