import pytest

from freight import letters
from freight.models import Language

NAME = "O'Brien & <b>Sons</b>"


@pytest.mark.parametrize("language", Language.values)
@pytest.mark.parametrize("kind", ["question", "quotation", "confirmation"])
def test_letter_is_plain_text_and_not_html(kind: str, language: str) -> None:
    letter = letters.write(
        kind, language, name=NAME, number="BB-1", known=["Destination: A & B"], revision=1
    )
    assert letter.subject.count("BB-1") == 1
    assert NAME in letter.text
    assert "A & B" in letter.text
    assert letter.text.endswith("BusyBee\n")
