"""Labels of forms as plain words: `출 항 일 : 12/10`, `ETD ...... 12/10`."""

# ruff: noqa: E501 - the alternatives of a pattern read best on one line

import re

_LETTER = r"[가-힣一-鿿ぁ-ん]"
_SPACED = re.compile(
    rf"^[ \t]{{0,40}}(?:[\d.)(*•·○●■□◆▶-]{{1,4}}[ \t]{{0,3}})?(?P<label>(?:{_LETTER}[ \t]{{1,6}}){{1,5}}{_LETTER})(?=[ \t]{{0,6}}[:=|]|[ \t]{{2}})",
    re.MULTILINE,
)
_LEADER = re.compile(
    r"^[ \t]{0,8}[^\W\d][^\n:…·_\d]{0,24}?[ \t]?(?P<leader>\.{3,60}|…{1,20}|·{3,60}|_{3,60}|-{3,60})(?=[ \t]?[^\s.…·_-])",
    re.MULTILINE,
)


def squeezed(text: str) -> str:
    """`text` of the same length, spaced letters of a label drawn together and dotted leaders blanked."""
    text = _LEADER.sub(lambda match: _blanked(match, "leader"), text)
    return _SPACED.sub(_drawn_together, text)


def _blanked(match: re.Match[str], group: str) -> str:
    start, end = (place - match.start() for place in match.span(group))
    return match.group()[:start] + " " * (end - start) + match.group()[end:]


def _drawn_together(match: re.Match[str]) -> str:
    label = match["label"]
    letters = re.sub(r"[ \t]", "", label)
    return match.group()[: match.start("label") - match.start()] + letters.ljust(len(label))
