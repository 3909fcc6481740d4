"""At least 15 conversations in each language come to exactly the facts that were told."""

from collections import Counter
from typing import Any

import pytest

from chat.tests import scripted

SCRIPTS = list(scripted.scripts())


def test_there_are_enough_of_each_language() -> None:
    counts = Counter(script["id"].split("-")[0] for script in SCRIPTS)

    assert set(counts) == {"ko", "en", "ja", "th"}
    assert min(counts.values()) >= 15


@pytest.mark.django_db
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script["id"])
def test_a_conversation_comes_to_what_was_told(script: dict[str, Any]) -> None:
    outcome = scripted.play(script)

    assert scripted.differences(script, outcome) == {}, "\n".join(outcome.transcript)
