"""KoBERT's tokenizer (a SentencePiece model and vocab.txt) as a fast one with the same ids.

SentencePiece replaces the longest key of its own table of normalisations, from left to right. The
`tokenizers` library goes by grapheme and takes the shortest key, and its NFKC goes by the whole
text. So a text is cut by invisible marks where no key of the table reaches across; between two of
them NFKC does what the table says, but for the few characters that are seen to first.
"""

import struct
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tokenizers import Regex, Tokenizer, models, normalizers, processors

from classifier.errors import BrokenModel, Missing

VOCABULARY = "vocab.txt"
SPECIAL = ("[UNK]", "[PAD]", "[CLS]", "[SEP]", "[MASK]")
SPACE = "▁"
# no character of any writing: where a text is cut, and what stands for characters without a piece
_CUT, _NOBODY = "\U0010ffff", "\U0010fffe"
_NORMAL, _UNKNOWN, _CONTROL, _UNUSED = 1, 2, 3, 5
_UNIGRAM = 1
Table = dict[str, str]


@dataclass(frozen=True, slots=True)
class Pieces:
    """A SentencePiece model: log probabilities of its pieces, its normalisations."""

    scores: dict[str, float]
    table: bytes


def kobert_tokenizer(folder: Path) -> Tokenizer:
    """The tokenizer in `folder`: ids are lines of vocab.txt, [CLS] and [SEP] around every text.

    Ids are those of the reference: SentencePiece's pieces looked up in vocab.txt, else [UNK].
    Raises BrokenModel where the files are none of KoBERT's kind, Missing without sentencepiece.
    """
    pieces = read_pieces(sentencepiece_file(folder))
    words = read_vocabulary(folder / VOCABULARY)
    absent = [piece for piece in pieces.scores if piece not in set(words)]
    if absent:
        raise BrokenModel(f"{folder.name}: {len(absent)} pieces are not in {VOCABULARY}")
    least = min(pieces.scores.values())
    # a word that is no piece is never cut out of a text: none has a space before it
    rows = [
        (word, pieces.scores[word]) if word in pieces.scores else (f" {word}", least)
        for word in words
    ]
    made = Tokenizer(models.Unigram(rows, unk_id=words.index("[UNK]"), byte_fallback=False))
    made.normalizer = _normaliser(pieces)
    made.post_processor = around(words)
    return made


def around(words: Sequence[str]) -> processors.PostProcessor:
    """Puts [CLS] and [SEP] around a text."""
    marks = [(mark, words.index(mark)) for mark in ("[CLS]", "[SEP]")]
    return processors.TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=marks)


def sentencepiece_file(folder: Path) -> Path:
    """The one *.model in `folder`; raises BrokenModel."""
    found = sorted(folder.glob("*.model"))
    if len(found) != 1:
        raise BrokenModel(f"{folder.name}: {len(found)} SentencePiece models (*.model), not one")
    return found[0]


def read_vocabulary(path: Path) -> list[str]:
    """The lines of vocab.txt; raises BrokenModel where one lacks or is there twice."""
    try:
        words = path.read_text(encoding="utf-8").removesuffix("\n").split("\n")
    except (OSError, UnicodeDecodeError) as exc:
        raise BrokenModel(f"{path.parent.name}: {path.name} cannot be read: {exc}") from exc
    words = [word.removesuffix("\r") for word in words]
    lacking = [word for word in SPECIAL if word not in words]
    if lacking:
        raise BrokenModel(f"{path.parent.name}: {path.name} lacks {', '.join(lacking)}")
    if len(set(words)) != len(words):
        raise BrokenModel(f"{path.parent.name}: {path.name} names a piece twice")
    return words


def read_pieces(path: Path) -> Pieces:
    """The SentencePiece model at `path`; raises BrokenModel, Missing without sentencepiece."""
    model = _parsed(path)
    trained, normal = model.trainer_spec, model.normalizer_spec
    kinds = {piece.type for piece in model.pieces}
    usual = (
        trained.model_type == _UNIGRAM
        and not trained.byte_fallback
        and not trained.treat_whitespace_as_suffix
        and normal.add_dummy_prefix
        and normal.remove_extra_whitespaces
        and normal.escape_whitespaces
        and kinds <= {_NORMAL, _UNKNOWN, _CONTROL, _UNUSED}
        and _NORMAL in kinds
    )
    if not usual:
        raise BrokenModel(f"{path.name}: a unigram model with KoBERT's settings is needed")
    scores = {piece.piece: piece.score for piece in model.pieces if piece.type == _NORMAL}
    return Pieces(scores, normal.precompiled_charsmap)


def _parsed(path: Path) -> Any:
    try:
        from google.protobuf.message import DecodeError  # type: ignore[import-untyped]  # none exist
        from sentencepiece import sentencepiece_model_pb2
    except ImportError as exc:
        raise Missing(f"{exc.name} is not installed: make test-deps TRAIN=1") from exc
    model = sentencepiece_model_pb2.ModelProto()
    try:
        model.ParseFromString(path.read_bytes())
    except (OSError, DecodeError) as exc:
        raise BrokenModel(f"{path.parent.name}: {path.name} cannot be read: {exc}") from exc
    return model


def _normaliser(pieces: Pieces) -> normalizers.Normalizer:
    """What SentencePiece does to a text before it is cut into pieces."""
    table = normalisations(pieces.table)
    steps: list[normalizers.Normalizer] = [
        normalizers.Replace(Regex(f"[{_CUT}]"), _NOBODY),
    ]
    steps += _replacements(table, frozenset("".join(pieces.scores)))
    steps.append(normalizers.Replace(Regex(_cuts(table)), _CUT))
    steps.append(normalizers.NFKC())
    if pieces.table:
        steps.append(normalizers.Precompiled(pieces.table))
    steps.append(normalizers.Replace(_CUT, ""))
    steps.append(normalizers.Replace(Regex("^ +| +$"), ""))
    steps.append(normalizers.Replace(Regex(" +"), SPACE))
    steps.append(normalizers.Replace(Regex(r"\A(?=.|\n)"), SPACE))
    return normalizers.Sequence(steps)


def _replacements(table: Table, alphabet: frozenset[str]) -> Iterator[normalizers.Normalizer]:
    """Characters of which NFKC makes something else than `table`."""
    odd = defaultdict(list)
    for character in map(chr, _characters()):
        value = table.get(character, character)
        if _nfkc(character) != value and table.get(_nfkc(character)) != value:
            odd[value if alphabet & set(value) or not value.strip() else _NOBODY].append(character)
    for value, characters in sorted(odd.items()):
        yield normalizers.Replace(Regex(f"[{_ranges(characters)}]"), value)


def _cuts(table: Table) -> str:
    """Matches the places before a joining character to which no key of `table` reaches across."""
    before: dict[str, dict[tuple[str, ...], set[str]]] = defaultdict(lambda: defaultdict(set))
    joining = {chr(c) for c in _characters() if _joins(chr(c))}
    for key in table:
        for place in range(1, len(key)):
            if key[place] in joining:
                before[key[place]][tuple(key[1:place])].add(key[0])
    kept = "|".join(_reaches(before))
    return f"(?<=[^\n]|\n)(?=[{_ranges(joining)}])" + (f"(?!{kept})" if kept else "")


def _reaches(before: dict[str, dict[tuple[str, ...], set[str]]]) -> Iterator[str]:
    """Patterns for a joining character behind what its keys begin with; alike ones in one."""
    alike = defaultdict(list)
    for character, places in before.items():
        between = defaultdict(list)
        for middle, first in places.items():
            # keys that differ in the last character before this one only share a pattern
            between[(frozenset(first), middle[:-1])].append(middle[-1:])
        shape = [
            (_ranges(first), "".join(middle), _ranges(filter(None, map("".join, last))))
            for (first, middle), last in between.items()
        ]
        alike[tuple(sorted(shape))].append(character)
    for shapes, characters in alike.items():
        behind = "|".join(
            f"(?<=[{first}]{middle}{f'[{last}]' if last else ''})" for first, middle, last in shapes
        )
        yield f"(?:{behind})[{_ranges(characters)}]"


def _joins(character: str) -> bool:
    """Whether NFKC may make something of it together with what stands before it."""
    first = _nfkc(character)[:1] or character
    nfd = unicodedata.normalize("NFD", first)[:1]
    return (
        unicodedata.category(character)[0] == "M"
        or unicodedata.category(first)[0] == "M"
        or unicodedata.combining(nfd) > 0
        or "\u1160" <= nfd <= "\u11ff"
        or character in "\u200c\u200d"
    )


def _ranges(characters: Iterable[str]) -> str:
    """`characters` as the inside of a class of a regular expression."""
    rows: list[list[int]] = []
    for code in sorted(map(ord, set(characters))):
        if rows and rows[-1][1] == code - 1:
            rows[-1][1] = code
        else:
            rows.append([code, code])
    return "".join(f"\\x{{{a:x}}}" if a == b else f"\\x{{{a:x}}}-\\x{{{b:x}}}" for a, b in rows)


def normalisations(content: bytes) -> Table:
    """The table of a SentencePiece model: what is replaced by what. The longest key goes first.

    `content` is a double-array trie of the keys in UTF-8 (32 bits a node) behind its size, then
    the values, each ended by a zero byte.
    """
    if not content:
        return {}
    (size,) = struct.unpack_from("<I", content)
    units = struct.unpack_from(f"<{size // 4}I", content, 4)
    values = content[4 + size :]
    below: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for place, unit in enumerate(units):
        if unit & 0x800000FF and unit < 1 << 31:
            below[place ^ unit & 0xFF].append((unit & 0xFF, place))
    table: Table = {}
    waiting = [(0, b"")]
    while waiting:
        place, key = waiting.pop()
        base = place ^ _offset(units[place])
        if units[place] >> 8 & 1:
            start = units[base] & 0x7FFFFFFF
            table[key.decode()] = values[start : values.index(0, start)].decode()
        waiting += [(child, key + bytes((byte,))) for byte, child in below.get(base, ())]
    return table


def _offset(unit: int) -> int:
    return unit >> 10 << ((unit & 1 << 9) >> 6)


def _characters() -> Iterator[int]:
    """The code points that may be normalised; beyond them are rare Chinese ones, and nothing."""
    yield from range(1, 0xD800)
    yield from range(0xE000, 0x30000)
    yield from range(0xE0000, 0xE0200)


@cache
def _nfkc(text: str) -> str:
    """NFKC as the library has it: its Unicode may be newer or older than Python's."""
    normal: str = normalizers.NFKC().normalize_str(text)
    return normal
