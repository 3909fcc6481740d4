"""KoBERT's tokenizer beside its reference: SentencePiece's own pieces, looked up in vocab.txt."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tokenizers import Tokenizer

from classifier.encoder.kobert import (
    VOCABULARY,
    kobert_tokenizer,
    read_pieces,
    read_vocabulary,
    sentencepiece_file,
)

# SentencePiece adds in float32, about six digits of a sum
_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class Comparison:
    """How many texts were cut, how many otherwise; of these, how many into equally likely pieces.

    `unknown` is the share of [UNK] among the reference's pieces.
    """

    texts: int
    differing: tuple[str, ...]
    ties: tuple[str, ...]
    unknown: float


class Reference:
    """The tokenizer in `folder`, as SentencePiece and vocab.txt make it, beside the fast one."""

    def __init__(self, folder: Path, fast: Tokenizer | None = None) -> None:
        import sentencepiece

        path = sentencepiece_file(folder)
        self.fast = fast or kobert_tokenizer(folder)
        self._slow = sentencepiece.SentencePieceProcessor(model_file=str(path))
        self._words = read_vocabulary(folder / VOCABULARY)
        self._numbers = {word: number for number, word in enumerate(self._words)}
        self._scores = read_pieces(path).scores

    def ids(self, text: str) -> list[int]:
        """The reference's ids of `text`, without special tokens."""
        unknown = self._numbers["[UNK]"]
        pieces = self._slow.encode(text, out_type=str)
        return [self._numbers.get(piece, unknown) for piece in pieces]

    def fast_ids(self, text: str) -> list[int]:
        """The fast tokenizer's ids of `text`, without special tokens."""
        ids: list[int] = self.fast.encode(text, add_special_tokens=False).ids
        return ids

    def is_tie(self, text: str) -> bool:
        """Whether both cut `text` into known pieces that are, added up, equally likely.

        Then float32 rounding decides for SentencePiece, float64 and the longer last piece here.
        """
        one, other = self.ids(text), self.fast_ids(text)
        spelt = ["".join(self._words[number] for number in ids) for ids in (one, other)]
        sums = [sum(self._scores.get(self._words[i], 0.0) for i in ids) for ids in (one, other)]
        return spelt[0] == spelt[1] and abs(sums[0] - sums[1]) <= _ROUNDING * max(1.0, abs(sums[0]))

    def compare(self, texts: Iterable[str]) -> Comparison:
        """Both on each of `texts`."""
        many = pieces = unknown = 0
        differing: list[str] = []
        ties: list[str] = []
        for text in texts:
            ids = self.ids(text)
            many, pieces = many + 1, pieces + len(ids)
            unknown += ids.count(self._numbers["[UNK]"])
            if ids != self.fast_ids(text):
                (ties if self.is_tie(text) else differing).append(text)
        return Comparison(many, tuple(differing), tuple(ties), unknown / max(pieces, 1))
