"""Ports and cities by UN/LOCODE, and where a text names them. Pure: files only, no database.

Three sources, the later stands over the earlier: the wide gazetteer, built from data packages;
the list written by hand; an installation's own rows (`use_own`, which freight.own_places calls).

Who owns a name: a name of the hand-written list or of an own row means that place, whatever
hamlet shares it; two hand-written places with one name (Manzanillo, 광주) leave it open. A name
that only the wide gazetteer has means the places there that are big enough (HAMLET). A country
or state named right beside it decides; one that fits none of them leaves no place at all, since
"Birmingham, Ontario" is not the Birmingham we know.
"""

import math
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import lru_cache

from freight import gazetteer, place_words
from freight.gazetteer import LANGUAGES, Place, key

__all__ = [
    "LANGUAGES",
    "Place",
    "PlaceMatch",
    "all_places",
    "display_name",
    "find",
    "fold",
    "get",
    "is_common",
    "lookup",
    "misspelt",
    "nearest",
    "own",
    "owners",
    "similar",
    "use_own",
]

# a name of the wide gazetteer counts in a text from so many people on; below, only with its country
PROMINENT = 5_000
# inland towns of the USA share their names with half the world
PROMINENT_AMERICAN = 50_000

# fullwidth forms and the ideographic space, one character for one so that offsets stay true
_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0xA0: 0x20}
_START = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]|[^\x00-\x7f]")
_HANGUL = re.compile(r"[가-힣]")
# what may follow a short Hangul name; anything else makes it another word (부산물, 대구탕)
_HANGUL_TAIL = re.compile(
    r"(?:특별시|광역시|특별자치시|시|군|도|항|신항|북항|남항|구항|내항|공항|국제|역|발|행|향|착|에|으로|로|까지|부터|예요|이에요|이예요|에요|의|은|는|이|가|을|를|와|과|랑"
    r"|이랑|하고|및|쪽|출발|도착|선적|양하|입항|출항|경유|공장|창고|지점|지사|본사|사무|소재|센터|세관|터미널|인데|이고|이며|입니다|이요|요|만|나"
    r"|또는|서|편|간|왕복|컨테이너|해상|수출|수입|견적|운송|구간|노선|하역|통관|배송|픽업|산업|공단|물류|현장|보세|야드|방면|쯤|근처|인근|시내|항만)"
)
_HANGUL_HEAD = re.compile(
    r"(?:한국|중국|일본|미국|독일|태국|베트남|인도|영국|대만|호주|캐나다|멕시코|프랑스|네덜란드|벨기에|스페인|이탈리아|인도네시아|말레이시아|필리핀"
    r"|러시아|브라질|경기도|경기|경남|경북|전남|전북|충남|충북|강원도|강원|경상남도|경상북도|전라남도|전라북도|충청남도|충청북도"
    r"|출발지|도착지|목적지|선적지|선적항|도착항|출발|도착|항구)$"
)
# the particle of the place before, where no blank parts both
_HANGUL_JOINT = re.compile(r"(?:[가-힣]에서|[가-힣]부터|[가-힣]{2}발|[가-힣]{2}출발|항발)$")
_HANGUL_END = re.compile(r"(?:항|신항)?(?:까지|행|향|착|도착|으?로)")
_KATAKANA = re.compile(r"[ァ-ヺー]")
_HONORIFIC = re.compile(r"\s?(?:様|さん|氏|さま|部長|課長|社長|拝|님|씨|과장|대리|부장|차장|이사)")
_THAI_MARK = re.compile(r"[ะ-ฺ็-๎]")


@dataclass(frozen=True, slots=True)
class PlaceMatch:
    """A place named at `text[start:end]`; several locodes where the name alone does not decide.

    `known` is False for names of the wide gazetteer, which are words, people and firms as well:
    they want a label, a particle or an arrow beside them before they count as an end of a route.
    `shy` for those that want a label or an arrow (NGO, Hamad).
    """

    start: int
    end: int
    locodes: tuple[str, ...]
    known: bool = True
    shy: bool = False


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


def _spelling(text: str, locodes: tuple[str, ...]) -> _Spelling:
    folded = fold(text)
    words = folded.split(" ")
    # "Hong Kong" is also "Hong-Kong", "Manzanillo Mexico" also "Manzanillo, Mexico"
    gap = r"[ ,\-]{0,2}" if folded.isascii() else r"[ ,\-]{1,2}"
    pattern = re.compile(gap.join(map(re.escape, words))) if len(words) > 1 else None
    short_code = len(text) <= 5 and text.isascii() and text.isupper() and text.isalpha()
    return _Spelling(folded, text if short_code else "", pattern, locodes)


@dataclass(frozen=True, slots=True)
class _Book:
    """What a process knows: all places, the spellings of known ones by their first two folded
    characters (longest first), and the locodes by key of every name.
    """

    places: Mapping[str, Place]
    known: Mapping[str, tuple[_Spelling, ...]]
    wide: Mapping[str, tuple[str, ...]]
    heads: Mapping[str, int]


_own: tuple[Place, ...] = ()


def use_own(rows: Sequence[Place]) -> None:
    """From now on `rows` stand over the places that ship, in this process."""
    global _own
    _own = tuple(rows)


def own() -> tuple[Place, ...]:
    """The rows that stand over the places that ship."""
    return _own


def _book() -> _Book:
    return _book_of(_own)


# the state before and after a change; a thread may still read the older
@lru_cache(maxsize=2)
def _book_of(rows: tuple[Place, ...]) -> _Book:
    places = {**gazetteer.wide(), **_with_regions(gazetteer.hand_written())}
    places.update({row.locode: row for row in rows})
    wide = _wide_with(rows)
    return _Book(places, _known_index(rows), wide, place_words.heads(wide))


def _with_regions(hand: Mapping[str, Place]) -> dict[str, Place]:
    """The hand-written places with the region and weight that the built file has for them."""
    wide = gazetteer.wide()
    return {
        locode: replace(place, region=wide[locode].region, weight=wide[locode].weight)
        if locode in wide
        else place
        for locode, place in hand.items()
    }


def _known_spellings(rows: Sequence[Place]) -> Iterator[tuple[str, str]]:
    """(spelling, locode) of the hand-written places and of what own rows add.

    What the wide gazetteer says of the place stays with it, and a common word that an operator
    entered counts in forms only: either would be found in every other mail.
    """
    changed = {row.locode: row for row in rows}
    for locode, place in gazetteer.hand_written().items():
        for spelling in dict.fromkeys(changed.get(locode, place).spellings()):
            if locode not in changed or spelling in place.spellings() or not is_common(spelling):
                yield spelling, locode
    for locode, row in changed.items():
        if locode not in gazetteer.hand_written():
            shipped = gazetteer.wide().get(locode)
            weak = {key(name) for name in shipped.spellings()} if shipped else set()
            for spelling in dict.fromkeys(row.spellings()):
                if spelling == locode or not (key(spelling) in weak or is_common(spelling)):
                    yield spelling, locode


def is_common(name: str) -> bool:
    """Whether in a mail `name` is nearly always another word, a person or a firm."""
    plain = key(name)
    return plain in gazetteer.common_words() or (plain.isascii() and len(plain) < 3)


def _wide_with(rows: Sequence[Place]) -> Mapping[str, tuple[str, ...]]:
    """The wide gazetteer's names, for own rows as those have them now."""
    names = gazetteer.wide_index()
    if not rows:
        return names
    changed = {row.locode for row in rows}
    names = {
        name: left
        for name, codes in names.items()
        if (left := tuple(code for code in codes if code not in changed or name == key(code)))
    }
    for row in rows:
        for name in dict.fromkeys(map(key, row.spellings())):
            names[name] = tuple(dict.fromkeys((*names.get(name, ()), row.locode)))
    return names


def _known_index(rows: Sequence[Place]) -> dict[str, tuple[_Spelling, ...]]:
    locodes: dict[str, list[str]] = {}
    for spelling, locode in _known_spellings(rows):
        locodes.setdefault(spelling, []).append(locode)
    merged: dict[str, list[_Spelling]] = {}
    for spelling, codes in locodes.items():
        merged.setdefault(fold(spelling)[:2], []).append(_spelling(spelling, tuple(codes)))
    return {
        head: tuple(sorted(group, key=lambda item: -len(item.folded)))
        for head, group in merged.items()
    }


def get(locode: str) -> Place | None:
    """The place of that UN/LOCODE, or of one that it is another code of; None if there is none."""
    code, book = locode.strip().upper(), _book()
    place = book.places.get(code)
    if place is None and place_words.is_code(code) and (codes := book.wide.get(key(code))):
        place = book.places[codes[0]]
    return place


def all_places() -> tuple[Place, ...]:
    """Every place: first the hand-written ones in the order of their file, then the others."""
    book, first = _book(), gazetteer.hand_written()
    others = (place for locode, place in book.places.items() if locode not in first)
    return (*(book.places[locode] for locode in first), *others)


def display_name(locode: str, language: str) -> str:
    """The place's name in that language, else in English, else the code itself."""
    place = get(locode)
    if place is None:
        return locode
    return place.names.get(language[:2].lower()) or place.names["en"]


def find(text: str, *, shy: bool = False) -> list[PlaceMatch]:
    """Places named in `text`, in reading order, without overlaps; the longest spelling wins.

    shy: also those whose names are mostly persons and bodies, for who asks for a label or an arrow.
    """
    plain, book = text.translate(_WIDTH), _book()
    known = [PlaceMatch(*each) for each in _known_matches(plain, fold(text), book)]
    found = sorted(_with_wide(plain, known, book), key=lambda match: match.start)
    settled = (_settled(plain, match, book) for match in found)
    return _decided([match for match in settled if match and (shy or not match.shy)])


def _with_wide(plain: str, known: list[PlaceMatch], book: _Book) -> Iterator[PlaceMatch]:
    """`known` and what the wide gazetteer adds; a longer name of it stands for what it covers."""
    ends = [match.end for match in known]
    covered: set[int] = set()
    for mention in place_words.mentions(plain, book.wide, book.heads):
        # known names do not overlap, so those that this one touches are neighbours
        first = bisect_right(ends, mention.start)
        touched = [match for match in known[first : first + 9] if match.start < mention.end]
        codes = book.wide[mention.name]
        if any(not _is_part(match, mention, codes) for match in touched):
            continue
        if _has_word_borders(plain, mention) and _is_meant(plain, mention, book):
            covered.update(match.start for match in touched)
            is_shy = mention.name in gazetteer.shy()
            yield PlaceMatch(mention.start, mention.end, codes, known=False, shy=is_shy)
    yield from (match for match in known if match.start not in covered)


def _is_part(match: PlaceMatch, mention: place_words.Mention, codes: Sequence[str]) -> bool:
    """Whether the known name is but a part of a longer name, which means another place."""
    inside = mention.start <= match.start and match.end <= mention.end
    longer = mention.end - mention.start > match.end - match.start
    return inside and longer and not set(match.locodes) & set(codes)


def _decided(found: list[PlaceMatch]) -> list[PlaceMatch]:
    """`found`; a name that leaves it open means the one of its places that the text names fully
    elsewhere: "Manzanillo, Mexico ... must be in Manzanillo by May".
    """
    sure = {match.locodes[0] for match in found if len(match.locodes) == 1}
    for number, match in enumerate(found):
        named = tuple(code for code in match.locodes if code in sure)
        if len(match.locodes) > 1 and len(named) == 1:
            found[number] = replace(match, locodes=named)
    return found


def _is_meant(plain: str, mention: place_words.Mention, book: _Book) -> bool:
    """Whether a name that is a common word too stands with a country that has such a place."""
    if not mention.common:
        return True
    beside = place_words.country_beside(plain, mention.start, mention.end)
    codes = book.wide[mention.name]
    return beside is not None and any(_fits(book.places[code], beside) for code in codes)


def _has_word_borders(plain: str, mention: place_words.Mention) -> bool:
    if _HONORIFIC.match(plain[mention.end : mention.end + 4]):
        return False
    if not _HANGUL.match(mention.name):
        return True
    before, after = plain[max(0, mention.start - 6) : mention.start], plain[mention.end :][:8]
    if _HANGUL.match(before[-1:]) and not _HANGUL_HEAD.search(before):
        return False
    return not _HANGUL.match(after[:1]) or _HANGUL_TAIL.match(after) is not None


def _settled(plain: str, match: PlaceMatch, book: _Book) -> PlaceMatch | None:
    """`match` as the country beside it says; None where that fits none, or for a mere hamlet."""
    spelled = plain[match.start : match.end]
    if not match.known and place_words.is_code(spelled) and (place := get(spelled)):
        return replace(match, locodes=(place.locode,))
    beside = place_words.country_beside(plain, match.start, match.end)
    if beside is None:
        return match if match.known else _prominent(match, book)
    namesakes = book.wide.get(key(spelled), ())
    candidates = dict.fromkeys((*match.locodes, *namesakes))
    fitting = tuple(code for code in candidates if _fits(book.places[code], beside))
    if any(code in fitting for code in match.locodes):
        fitting = tuple(code for code in fitting if code in match.locodes)
    if fitting and fitting != match.locodes:
        end = max(match.end, beside.end)
        return PlaceMatch(match.start, end, fitting, known=match.known or len(fitting) == 1)
    if fitting:
        return replace(match, known=True, shy=False)
    if beside.surely:
        return None
    return match if match.known else _prominent(match, book)


def _fits(place: Place, beside: place_words.Beside) -> bool:
    return beside.fits(place.country, place.region)


def _prominent(match: PlaceMatch, book: _Book) -> PlaceMatch | None:
    """`match` with those places that a bare name can mean; None where there is none."""
    codes = tuple(code for code in match.locodes if _is_prominent(book.places[code]))
    return replace(match, locodes=codes) if codes else None


def _is_prominent(place: Place) -> bool:
    if place.locode in gazetteer.hand_written():
        return True
    least = PROMINENT_AMERICAN if place.country in ("US", "CA") else PROMINENT
    return place.weight >= least


def _known_matches(plain: str, folded: str, book: _Book) -> list[tuple[int, int, tuple[str, ...]]]:
    found: list[tuple[int, int, tuple[str, ...]]] = []
    free_from = 0
    for start in (match.start() for match in _START.finditer(plain)):
        if start < free_from:
            continue
        for spelling in book.known.get(folded[start : start + 2], ()):
            end = _matched_end(plain, folded, start, spelling)
            if end is not None:
                found.append((start, end, spelling.locodes))
                free_from = end
                break
    return found


def lookup(name: str) -> tuple[Place, ...]:
    """Places that `name` as a whole may mean, none if it is no place; particles may follow it.

    The wide gazetteer counts in any spelling here: who fills in a place means one.
    """
    stripped, book = name.strip(), _book()
    if place_words.is_code(stripped) and (place := get(stripped)):
        return (place,)
    for match in find(stripped):
        if match.start == 0 and match.known and _is_rest_of_name(stripped[match.end :]):
            return tuple(book.places[locode] for locode in match.locodes)
    codes = book.wide.get(key(stripped)) or book.wide.get(key(_bare(stripped)), ())
    return tuple(book.places[code] for code in codes)


def owners(name: str) -> tuple[Place, ...]:
    """Places that a text means by `name`, spelled just so; hamlets of that name do not count."""
    book, plain = _book(), fold(name)
    known = [
        book.places[code]
        for spelling in book.known.get(plain[:2], ())
        if spelling.folded == plain
        for code in spelling.locodes
    ]
    wide = (book.places[code] for code in book.wide.get(key(name), ()))
    return tuple(known) or tuple(place for place in wide if _is_prominent(place))


def _bare(name: str) -> str:
    """`name` without the word for port or city, and without what stands in brackets."""
    plain = re.sub(r"\s*\([^)]*\)", "", name.translate(_WIDTH))
    return re.sub(r"^port of |(?:항|시|港|市| port| city)$", "", plain, flags=re.IGNORECASE)


def _is_rest_of_name(rest: str) -> bool:
    return (
        re.fullmatch(r"\s*(?:항|시|港|市|역|공항|port|city)?[\s,.()A-Za-z가-힣]{0,20}", fold(rest))
        is not None
    )


def nearest(latitude: float, longitude: float, count: int = 3) -> list[Place]:
    """The `count` places nearest to a point, the nearest first; hamlets are left out."""
    width = math.cos(math.radians(latitude))

    def off(place: Place) -> float:
        # degrees on a plane: good enough to choose by, and 4,000 times a great circle is not
        east = (place.longitude - longitude + 180) % 360 - 180
        return (place.latitude - latitude) ** 2 + (east * width) ** 2

    hand = gazetteer.hand_written()
    chosen = (p for p in all_places() if p.locode in hand or p in _own or _is_prominent(p))
    return sorted(chosen, key=off)[:count]


def similar(name: str, count: int = 3) -> list[Place]:
    """Places whose names are spelled much like `name`, which is none itself; the likest first."""
    book, hand, scores = _book(), gazetteer.hand_written(), _likeness(name)
    order = sorted(scores, key=lambda code: (-scores[code], code not in hand, code))
    return [book.places[code] for code in order if scores[code] > 0.75][:count]


def misspelt(name: str) -> Place | None:
    """The one place whose name `name` is a slip of the pen away from; None where others are near,
    or it is none of those that we name ourselves.
    """
    scores = _likeness(name)
    best = sorted(scores, key=lambda code: -scores[code])[:2]
    if not best or best[0] not in gazetteer.hand_written():
        return None
    names = map(_sound, _book().places[best[0]].spellings())
    turned = sorted(_sound(name)) in map(sorted, names)
    if scores[best[0]] < 0.86 and not turned:
        return None
    clear = len(best) == 1 or scores[best[0]] - scores[best[1]] >= 0.05
    return _book().places[best[0]] if clear else None


def _likeness(name: str) -> dict[str, float]:
    """How like `name` the names of places are, 0 to 1, by locode; without those that are not."""
    sought = _sound(name)
    scores: dict[str, float] = {}
    matcher = SequenceMatcher(None, b=sought, autojunk=False)
    for sound, codes in _sounds(book_key=_own):
        if abs(len(sound) - len(sought)) > 3 or sound[:1] != sought[:1]:
            continue
        matcher.set_seq1(sound)
        if matcher.real_quick_ratio() > 0.75 and matcher.quick_ratio() > 0.75:
            ratio = matcher.ratio()
            for code in codes:
                scores[code] = max(scores.get(code, 0), ratio)
    return scores


def _sound(name: str) -> str:
    # Hangul in its letters, so that 함부르그 is close to 함부르크
    return unicodedata.normalize("NFD", key(name))


@lru_cache(maxsize=1)
def _sounds(book_key: tuple[Place, ...]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    book = _book_of(book_key)
    names = {key(s.folded): s.locodes for group in book.known.values() for s in group}
    return tuple((_sound(name), codes) for name, codes in {**book.wide, **names}.items())


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
        # "부산에서함부르크까지", "인천발부산행"
        joined = _HANGUL_JOINT.search(before)
        return joined is not None and (length > 2 or _HANGUL_END.match(after) is not None)
    if not _HANGUL.match(after[:1]) or length > 2:
        return True
    return _HANGUL_TAIL.match(after) is not None
