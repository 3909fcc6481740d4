"""What the first customer after a start would wait for, done before there is one."""

import datetime as dt

from channels.layers import get_channel_layer

from chat import catalogue, dialogue
from chat.situation import Memory, Pending, Situation
from freight.extraction import extract
from freight.fields import FACT_NAMES, Facts, Source
from freight.models import State

WORDS = (
    "From Busan to Shanghai, 40ft HC, 18,500 kg, 2030-01-02",
    "부산에서 상하이까지 18톤",
    "Georgetown?",
)


def warm() -> None:
    """Load the places, the catalogues and what the readers compile; asks neither rows nor Redis."""
    get_channel_layer()
    for language in catalogue.LANGUAGES:
        for asked in FACT_NAMES:
            dialogue.offers(_situation(language, asked))
        for text in WORDS:
            situation = _situation(language, "origin")
            turn = dialogue.turn(situation, Source("chat:0", text), extract)
            for name in FACT_NAMES:
                catalogue.value(language, turn.pending.facts, name)


def _situation(language: str, asked: str) -> Situation:
    return Situation(
        language=language,
        number="",
        facts=Facts(),
        pending=Pending(),
        status=State.AWAITING_CUSTOMER,
        today=dt.date(2030, 1, 1),
        memory=Memory(asked=asked),
    )
