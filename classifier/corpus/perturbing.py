"""Changes to the letters of a mail, each of which leaves its label as it is. Pure."""

import re
import unicodedata
from collections.abc import Callable
from random import Random

from classifier.corpus.pieces import PIECES

# tokens that carry a digit are numbers, dates or codes: typos stay out of them
_CODE = re.compile(
    r"(?<![0-9A-Za-z])(?=[0-9A-Za-z/#-]*\d{3})(?:[A-Za-z]{1,6}[-/#]?)?\d[0-9A-Za-z]*(?:[-/][0-9A-Za-z]+)*"
)
_YEAR = re.compile(r"(?:19|20|25)\d\d")
_AMOUNT = re.compile(
    r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?!\d)"
    r"|(?<![\d.,/-])\d{1,5}(?:\.\d+)?(?=\s?(?:kg|톤|t\b|MT|トン|ตัน|กก|cbm|CBM|원|円|บาท|박스|ctns?))"
)
_DAY = re.compile(
    r"(?<![\d.,-])(?:[12]?\d)(?=(?:일|日)(?![\d간간내이以間]))"
    r"|(?<![\d.,-])[12]?\d(?= (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec))"
)
_LATIN = re.compile(r"(?<![A-Za-z0-9@./-])[A-Za-z]{5,}(?![A-Za-z0-9@./-])")
_HANGUL_GAP = re.compile(r"(?<=[가-힣]) (?=[가-힣])")
_HANGUL_WORD = re.compile(r"[가-힣]{4,}")
_FULL = {ord(c): ord(c) + 0xFEE0 for c in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-:/()"}
_HALF_KATAKANA = {
    chr(code): unicodedata.normalize("NFD", chr(code)) for code in range(0x30A1, 0x30FB)
}
_HALF = {unicodedata.normalize("NFKC", chr(code)): chr(code) for code in range(0xFF66, 0xFF9E)} | {
    "\u3099": "ﾞ",
    "\u309a": "ﾟ",
}
_VOWELS = (("ㅐ", "ㅔ"), ("ㅔ", "ㅐ"), ("ㅚ", "ㅙ"))
_TONES = re.compile("[่้๊๋]")

Change = Callable[[str, Random], str]


def numbers(text: str, random: Random) -> str:
    """`text` with other codes, amounts and days; a code that stands twice changes alike."""
    seen: dict[str, str] = {}

    def other(match: re.Match[str]) -> str:
        return seen.setdefault(match[0], _other_digits(match[0], random))

    text = _CODE.sub(lambda m: other(m) if _is_code(m[0]) else m[0], text)
    text = _AMOUNT.sub(lambda m: _other_digits(m[0], random), text)
    return _DAY.sub(lambda m: str(random.randrange(1, 29)), text)


def places(text: str, language: str, random: Random) -> str:
    """`text` with other ports, each the same wherever it stands."""
    known = PIECES[language].places
    present = [place for place in known if place in text]
    others = [place for place in known if place not in present]
    for place in present:
        if others and random.random() < 0.7:
            text = text.replace(place, others.pop(random.randrange(len(others))))
    return text


def mixed(text: str, language: str, random: Random) -> str:
    """`text` with some words of the trade in English or as chatters write them."""
    for word, other in PIECES[language].mixed:
        if random.random() < 0.4:
            text = re.sub(rf"(?<![A-Za-z]){word}(?![A-Za-z])", other, text)
    return text


def typos(text: str, random: Random) -> str:
    """`text` with slips: letters of Latin words swapped or lost, Korean vowels and Thai tones."""
    rate = random.choice((0.04, 0.1))
    text = _LATIN.sub(lambda m: _slip(m[0], random) if random.random() < rate else m[0], text)
    text = "".join(_other_vowel(c, random) if random.random() < rate / 3 else c for c in text)
    return _TONES.sub(lambda m: "" if random.random() < rate else m[0], text)


def spacing(text: str, random: Random) -> str:
    """`text` with spaces lost between Korean words or put into them; doubled in other scripts."""
    lost, added = random.choice(((0.15, 0.0), (0.5, 0.0), (0.95, 0.0), (0.1, 0.15)))
    text = _HANGUL_GAP.sub(lambda m: "" if random.random() < lost else " ", text)

    def split(match: re.Match[str]) -> str:
        word = match[0]
        return f"{word[:-2]} {word[-2:]}" if random.random() < added else word

    text = _HANGUL_WORD.sub(split, text)
    return re.sub(r"(?<=[.,!?]) (?=\S)", lambda m: random.choice((" ", " ", "  ", "")), text)


def lines(text: str, random: Random) -> str:
    """`text` with line breaks dropped: all of them, the empty lines, or some."""
    way = random.randrange(3)
    if way == 0:
        return " ".join(text.split())
    if way == 1:
        return re.sub(r"\n\s*\n", "\n", text)
    return re.sub(r"\n+", lambda m: " " if random.random() < 0.4 else m[0], text)


def case(text: str, random: Random) -> str:
    """`text` in small or in capital letters."""
    return text.lower() if random.random() < 0.7 else text.upper()


def width(text: str, random: Random) -> str:
    """`text` with full-width digits and letters, or with half-width katakana."""
    if random.random() < 0.5 and any(c in _HALF_KATAKANA for c in text):
        whole = "".join(_HALF_KATAKANA.get(c, c) for c in text)
        return "".join(_HALF.get(c, c) for c in whole)
    return text.translate(_FULL)


def _is_code(token: str) -> bool:
    return len(token) > 4 or not _YEAR.fullmatch(token)


def _other_digits(token: str, random: Random) -> str:
    """`token` in the same shape; years stay, so that a code and a date remain what they are."""
    kept = {i for match in _YEAR.finditer(token) for i in range(*match.span())}
    return "".join(
        c if i in kept or not c.isdigit() or c == "0" else str(random.randrange(1, 10))
        for i, c in enumerate(token)
    )


def _slip(word: str, random: Random) -> str:
    at = random.randrange(1, len(word) - 1)
    way = random.randrange(3)
    if way == 0:
        return word[:at] + word[at + 1 :]
    if way == 1:
        return word[:at] + word[at] + word[at:]
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _other_vowel(letter: str, random: Random) -> str:
    if not "가" <= letter <= "힣":
        return letter
    parts = unicodedata.normalize("NFKD", letter)
    for right, wrong in _VOWELS:
        medial, slip = _medial(right), _medial(wrong)
        if medial in parts:
            return unicodedata.normalize("NFC", parts.replace(medial, slip))
    return letter


def _medial(vowel: str) -> str:
    """The combining form of a vowel."""
    # a syllable is initial 0x1100, medial 0x1161, final 0x11A7
    return chr(0x1161 + ord(vowel) - ord("ㅏ"))
