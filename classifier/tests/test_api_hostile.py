"""Whatever a caller sends to POST /api/classify has a clear answer."""

import json
import math
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from classifier import views

pytestmark = pytest.mark.django_db
URL = "/api/classify"
# with what a mail never has: lone surrogates, control characters, letters nobody has seen
any_text = st.text(st.characters(categories=None, exclude_categories=()), max_size=60)
any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | any_text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(any_text, inner, max_size=4),
    max_leaves=12,
)
often = hypothesis_settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def post(body: bytes) -> tuple[int, Any]:
    headers = {"Authorization": f"Bearer {settings.BUSYBEE_API_KEY}"}
    answer = Client().post(URL, body, content_type="application/json", headers=headers)
    return answer.status_code, answer.json()


@often
@given(st.lists(any_text, min_size=1, max_size=20))
def test_any_texts_have_a_label(inputs: list[str]) -> None:
    status, content = post(json.dumps({"inputs": inputs}).encode())

    assert status == 200
    assert len(content["predictions"]) == len(inputs)
    for row in content["predictions"]:
        assert len(row) == len(content["labels"])
        assert math.isclose(sum(row), 1, abs_tol=1e-4)


@often
@given(any_json | st.fixed_dictionaries({"inputs": any_json}))
def test_any_json_is_answered_or_refused(body: Any) -> None:
    status, content = post(json.dumps(body).encode())

    taken = (
        isinstance(body, dict)
        and isinstance(body.get("inputs"), list)
        and body["inputs"]
        and all(isinstance(text, str) for text in body["inputs"])
    )
    assert status == (200 if taken else 422)
    assert taken or content["error"]


@often
@given(st.binary(max_size=200))
def test_any_bytes_are_answered_or_refused(body: bytes) -> None:
    status, content = post(body)
    assert (status, bool(content["error"])) == (422, True)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ('{"inputs": NaN}', "must be"),
        ('{"inputs": [NaN]}', "input 0 is not a string"),
        ('{"inputs": ["a", Infinity]}', "input 1 is not a string"),
        ('{"inputs": ["a", ["b"]]}', "input 1 is not a string"),
        ('{"inputs": [null]}', "input 0 is not a string"),
        ('{"inputs": ' + "[" * 200_000 + "]" * 200_000 + "}", "JSON"),
        ('{"inputs":' * 100_000, "JSON"),
        ('{"inputs": [' + "1" * 5_000 + "]}", "JSON"),
        (json.dumps({"inputs": ["운임"] * 1_000}), "1000 inputs, at most 256 are taken"),
    ],
)
def test_the_refusal_says_what_is_wrong(body: str, reason: str) -> None:
    status, content = post(body.encode())
    assert (status, reason in content["error"]) == (422, True)


@pytest.mark.parametrize(
    "text", ["", " ", "\x00", "\x00\x1b[2J\x7f\x85", "\ud800", "\udfff\ud800", "\u202e" * 500, "𐎀𐎁"]
)
def test_text_that_says_nothing_has_a_label_as_well(text: str) -> None:
    assert post(json.dumps({"inputs": [text]}).encode())[0] == 200


def test_the_longest_body_is_taken_and_one_byte_more_is_not() -> None:
    shell = len(json.dumps({"inputs": [""]}))
    body = json.dumps({"inputs": ["a" * (views.MOST_BYTES - shell)]}).encode()
    assert len(body) == views.MOST_BYTES
    assert post(body)[0] == 200
    assert post(body + b" ")[0] == 422
