"""What customers read is in their language: no other one's letters stand in a text."""

import re
from collections.abc import Iterator

import pytest
from django.utils import translation

from chat import catalogue, visitor_words, wording
from chat.tests.browser import FOREIGN

OWN = {"ko": r"[\uac00-\ud7a3]", "ja": r"[\u3040-\u30ff\u4e00-\u9fff]", "th": r"[\u0e00-\u0e7f]"}
# names and signs, the same in every language
SAME = {"bot", "dot"}


def texts(language: str) -> Iterator[tuple[str, str]]:
    """Every text that a page or the machine may show in `language`, by its name."""
    for table in (wording.DOOR, wording.GONE, wording.PAGE, visitor_words.PROOF_DOOR):
        yield from table[language].items()
    yield from visitor_words.FRAME[language].items()
    for key, said in visitor_words.SAID.items():
        yield key, said[language]
    with translation.override(language):
        for sentences in (
            catalogue.LABELS,
            catalogue.QUESTIONS,
            catalogue.TEXTS,
            catalogue.PROBLEMS,
            catalogue.REFUSALS,
        ):
            yield from ((key, str(said)) for key, said in sentences.items())


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_no_text_has_letters_of_another_language(language: str) -> None:
    wrong = [(key, said) for key, said in texts(language) if re.search(FOREIGN[language], said)]

    assert wrong == []


@pytest.mark.parametrize("language", OWN)
def test_no_text_is_left_in_english(language: str) -> None:
    wrong = [
        (key, said)
        for key, said in texts(language)
        if key not in SAME and not re.search(OWN[language], said)
    ]

    assert wrong == []
