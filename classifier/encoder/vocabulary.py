"""Which of the teacher's 250,000 pieces are kept, and the tokenizer that cuts text into them."""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

from classifier.encoder.teacher import Vocabulary

SPACE = "▁"
_SPECIAL = 4  # <s>, <pad>, </s>, <unk>: the first pieces
# of each writing the likeliest pieces are kept, whether our mails have them or not
MOST_OF = {"hangul": 7000, "thai": 3500, "kana": 4500, "han": 5500, "latin": 9000, "other": 700}


def kept_pieces(vocabulary: Vocabulary, texts: Iterable[str]) -> npt.NDArray[np.int64]:
    """Ids of the pieces to keep, rising: special, of `texts`, the likeliest of each writing."""
    whole = tokenizer(vocabulary, range(len(vocabulary.pieces)))
    seen: Counter[int] = Counter()
    for encoded in whole.encode_batch_fast(list(texts), add_special_tokens=False):
        seen.update(encoded.ids)
    left = dict(MOST_OF)
    kept = {*range(_SPECIAL), *seen}
    # pieces stand in the order of their likelihood
    for number, piece in enumerate(vocabulary.pieces):
        kind = writing(piece)
        if number >= _SPECIAL and left.get(kind, 0) > 0:
            left[kind] -= 1
            kept.add(number)
    return np.array(sorted(kept), np.int64)


def writing(piece: str) -> str:
    """The writing of a piece: hangul, thai, kana, han, latin (ASCII letters), other, or foreign."""
    letters = [c for c in piece.replace(SPACE, "") if c.isalpha() or unicodedata.combining(c)]
    if not letters:
        return "other" if len(piece) < 12 else "foreign"
    if all(c < "\x80" for c in letters):
        return "latin"
    names = {unicodedata.name(c, "?").split()[0] for c in letters}
    if "HANGUL" in names:
        return "hangul"
    if "THAI" in names:
        return "thai"
    if names & {"HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA"}:
        return "kana"
    return "han" if names == {"CJK"} else "foreign"


def tokenizer(vocabulary: Vocabulary, kept: Sequence[int] | npt.NDArray[np.int64]) -> Tokenizer:
    """A SentencePiece unigram tokenizer of the `kept` pieces; ids are their places in `kept`."""
    pieces = [(vocabulary.pieces[number], vocabulary.scores[number]) for number in kept]
    made = Tokenizer(models.Unigram(pieces, unk_id=vocabulary.unknown, byte_fallback=False))
    made.normalizer = normalizers.Sequence(
        [normalizers.Nmt(), normalizers.NFKC(), normalizers.Replace(Regex(r"\s+"), " ")]
    )
    made.pre_tokenizer = pre_tokenizers.Metaspace(replacement=SPACE, prepend_scheme="always")
    made.decoder = decoders.Metaspace(replacement=SPACE, prepend_scheme="always")
    made.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", vocabulary.begin), ("</s>", vocabulary.end)]
    )
    return made
