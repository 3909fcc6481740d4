import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier import corpus
from classifier.corpus import Sample
from classifier.features import SCREEN, normalise
from classifier.screening import Screen, alternatives, needs


@pytest.fixture(scope="module")
def frozen() -> list[Sample]:
    """Every frozen mail, not the few: reading costs next to nothing."""
    return corpus.frozen_mails()


def plainly_found(patterns: dict[str, str], text: str) -> set[str]:
    return {name for name, pattern in patterns.items() if re.search(pattern, text)}


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ("cancel", {"cancel"}),
        ("colou?r", {"colo"}),
        ("a{0,3}bc*", {"b"}),
        ("(?:다른|타) ?업체", {"업체"}),
        (r"\border(?:ed)?", {"order"}),
        (r"(?:rate|price)\?", {"rate", "price"}),
        (r"\.(?:exe|scr)", {"exe", "scr"}),
        ("(?=abc)[-/]", {"-", "/"}),
        ("(?:ab)+", {"ab"}),
        ("(?:ab)?", set()),
        ("(?:ab|c*)", set()),
        ("[^a]", set()),
        (r"\d+", set()),
        ("", set()),
    ],
)
def test_needs(part: str, expected: set[str]) -> None:
    assert needs(part) == expected


def test_alternatives_are_those_outside_brackets() -> None:
    assert alternatives(r"a|(?:b|c)[|]|\|d|") == ["a", "(?:b|c)[|]", r"\|d", ""]


def test_open_class_is_refused() -> None:
    with pytest.raises(ValueError, match="an open class"):
        Screen({"bad": "a[bc"})


def test_every_mail_is_answered_as_by_plain_search(frozen: list[Sample]) -> None:
    texts = [normalise(sample.text, 4000) for sample in frozen]
    wrong = [each for each in texts if SCREEN.found(each) != plainly_found(SCREEN.patterns, each)]
    assert not wrong


@given(st.data())
@settings(deadline=None)
def test_pieces_of_mails_are_answered_as_by_plain_search(
    frozen: list[Sample], data: st.DataObject
) -> None:
    cut = st.tuples(st.sampled_from(frozen), st.integers(0, 300), st.integers(1, 200))
    pieces = data.draw(st.lists(cut, max_size=4))
    text = normalise(
        " ".join(mail.text[start : start + length] for mail, start, length in pieces), 4000
    )
    assert SCREEN.found(text) == plainly_found(SCREEN.patterns, text)


WORDS = sorted(
    need
    for pattern in SCREEN.patterns.values()
    for part in alternatives(pattern)
    for need in needs(part)
)


@given(st.lists(st.sampled_from(WORDS) | st.sampled_from([" ", "12", "20", "-", "\n"]), max_size=8))
def test_words_of_the_patterns_are_answered_as_by_plain_search(words: list[str]) -> None:
    text = "".join(words)
    assert SCREEN.found(text) == plainly_found(SCREEN.patterns, text)


ATOMS = st.sampled_from(["a", "b", "가", "나", "ab", ".", r"\d", r"\b", r"\.", "[ab]", "[^a]", "$"])
QUANTIFIERS = st.sampled_from(["", "", "?", "*", "+", "{0,2}", "{2}", "*?"])


def of_parts(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    group = st.tuples(st.sampled_from(["(?:", "(?=", "(?!", "(?<!x)(?:"]), inner).map(
        lambda both: f"{both[0]}{both[1]})"
    )
    item = st.tuples(ATOMS | group.filter(lambda each: not each.startswith(("(?=", "(?!"))))
    quantified = st.tuples(item.map("".join), QUANTIFIERS).map("".join)
    row = st.lists(quantified | group, max_size=4).map("".join)
    return st.lists(row, min_size=1, max_size=3).map("|".join)


PATTERNS = st.recursive(ATOMS, of_parts, max_leaves=8)


@given(PATTERNS, st.text("ab가나.1 x", max_size=10))
def test_any_pattern_is_answered_as_by_plain_search(pattern: str, text: str) -> None:
    try:
        found = plainly_found({"one": pattern}, text)
    except re.error:  # such as a place that is repeated
        return
    assert Screen({"one": pattern}).found(text) == found
