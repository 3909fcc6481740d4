"""One question to a language model over a real connection: every shape of answer, every failure."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from freight.errors import BadAnswer, ModelFailed, ModelNotUsable
from freight.extraction import llm
from freight.extraction.prompt import Prompt, prompt_for
from freight.tests import llm_server
from freight.tests.llm_server import Answer, ModelServer, claims, says
from freight.tests.reading import TODAY

PROMPT = Prompt("Point at the facts.", "Busan to Hamburg")
GOOD = claims(origin=("Busan", "Busan"), destination=("Hamburg", "Hamburg"))


@pytest.fixture(scope="module")
def running_server() -> Iterator[ModelServer]:
    with llm_server.running() as told:
        yield told


@pytest.fixture
def server(running_server: ModelServer) -> ModelServer:
    running_server.forget()
    return running_server


def config(server: ModelServer, **changes: Any) -> llm.Config:
    return llm.Config(**{"name": "openai:test", "url": server.url, "seconds": 5, **changes})


def ask(server: ModelServer, **changes: Any) -> llm.Reply:
    told = config(server, **changes)
    return llm.ask(PROMPT, told, seconds=told.seconds)


def test_good_answer_is_claims_and_their_cost(server: ModelServer) -> None:
    server.will(says(GOOD))

    reply = ask(server)

    assert {name: claim.quote for name, claim in reply.claims.stated().items()} == {
        "origin": "Busan",
        "destination": "Hamburg",
    }
    assert reply.tokens == 1000


def test_it_is_asked_by_schema_without_heat_and_with_a_limit(server: ModelServer) -> None:
    server.will(says(GOOD))
    ask(server)

    asked = server.requests[0]
    form = asked["response_format"]
    assert form["type"] == "json_schema"
    assert set(form["json_schema"]["schema"]["properties"]) == set(llm_server.FACTS)
    assert form["json_schema"]["schema"]["additionalProperties"] is False
    assert asked["temperature"] == 0
    assert llm.MAX_ANSWER_TOKENS in (asked.get("max_tokens"), asked.get("max_completion_tokens"))
    assert [each["role"] for each in asked["messages"]] == ["system", "user"]


@pytest.mark.parametrize(("key", "sent"), [("", "Bearer none"), ("k-1", "Bearer k-1")])
def test_another_server_never_gets_the_providers_key(
    server: ModelServer, monkeypatch: pytest.MonkeyPatch, key: str, sent: str
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "the-provider's")
    server.will(says(GOOD))
    ask(server, api_key=key)

    assert server.headers[0]["authorization"] == sent


def test_nobody_else_is_told(server: ModelServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGSMITH_API_KEY", "k")
    monkeypatch.setenv("LANGSMITH_ENDPOINT", server.url)
    for name in ("LANGSMITH_TRACING", "LANGSMITH_TRACING_V2", "LANGCHAIN_TRACING_V2"):
        monkeypatch.setenv(name, "true")
    traced: list[object] = []
    monkeypatch.setattr("langsmith.Client.create_run", lambda *args, **kwargs: traced.append(args))
    server.will(says(GOOD))
    ask(server)

    assert not traced
    assert len(server.requests) == 1


TOOL = {"id": "1", "type": "function", "function": {"name": "facts", "arguments": GOOD}}
WRONG = {
    "cut off": (GOOD[: len(GOOD) // 2], {}),
    "prose": ("The cargo goes from Busan to Hamburg.", {}),
    "fenced": (f"```json\n{GOOD}\n```", {}),
    "a list": (f"[{GOOD}]", {}),
    "null": ("null", {}),
    "a number as value": (GOOD.replace('"Hamburg"}', "18500}"), {}),
    "a bare value": (GOOD.replace('{"quote": "Busan", "value": "Busan"}', '"KRPUS"'), {}),
    "no quote": (GOOD.replace('"quote": "Busan", ', ""), {}),
    "a fact left out": ('{"origin": null}', {}),
    "a price on top": (GOOD[:-1] + ', "price": {"quote": "1", "value": "1"}}', {}),
    "a label on top": (GOOD[:-1] + ', "label": "order"}', {}),
    "a recipient in a claim": (GOOD.replace('"value"', '"to": "x@evil.example", "value"'), {}),
    "empty": ("", {}),
    "blank": (" \n", {}),
    "nothing": (None, {}),
    "refused": (None, {"refusal": "I cannot help with that."}),
    "refused beside": (GOOD, {"refusal": "I cannot help with that."}),
    "by tool call": (None, {"tool_calls": [TOOL], "finish": "tool_calls"}),
    "length": (GOOD, {"finish": "length"}),
    "filtered": (GOOD, {"finish": "content_filter"}),
    "deep": ("[" * 100_000, {}),
    "surrogate": (GOOD.replace("Hamburg", "\\ud800"), {}),
}


@pytest.mark.parametrize(("content", "message"), WRONG.values(), ids=WRONG)
def test_answer_of_another_shape_is_none(
    server: ModelServer, content: str | None, message: dict[str, Any]
) -> None:
    server.will(says(content, **message))

    with pytest.raises(BadAnswer):
        ask(server)
    assert len(server.requests) == 1


@pytest.mark.parametrize("reason", ["length", "max_tokens", "content_filter"])
def test_reason_why_a_provider_stopped(monkeypatch: pytest.MonkeyPatch, reason: str) -> None:
    # OpenAI's own library raises on these; others hand the message on
    message = SimpleNamespace(
        content=GOOD,
        additional_kwargs={},
        response_metadata={"finish_reason": reason},
        usage_metadata={"total_tokens": 12},
    )
    monkeypatch.setattr(llm, "chat_model", lambda config: None)
    monkeypatch.setattr(llm, "_message", lambda model, messages: message)

    with pytest.raises(BadAnswer) as told:
        llm.ask(PROMPT, llm.Config("other:model"), seconds=5)
    assert told.value.tokens == 12


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>Bad gateway</html>", b"{", b"null", b"[]", b"{}", {"choices": []},
     {"choices": None, "error": {"message": "busy"}}, {"choices": [{"message": None}]}],
)  # fmt: skip
def test_body_that_is_no_answer(server: ModelServer, body: Any) -> None:
    server.will(Answer(body))

    with pytest.raises((BadAnswer, ModelFailed)):
        ask(server)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("status", "retryable"),
    [(400, False), (401, False), (403, False), (404, False), (408, True), (429, True),
     (500, True), (502, True), (503, True)],
)  # fmt: skip
def test_status(server: ModelServer, status: int, retryable: bool) -> None:
    server.will(Answer({"error": {"message": "sk-secret is wrong"}}, status))

    with pytest.raises(ModelFailed) as told:
        ask(server)
    assert told.value.retryable is retryable
    assert str(told.value) == f"status {status}"
    assert len(server.requests) == 1, "LangChain must not try again on its own"


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7), ("0.2", 0.2), ("-1", None), ("soon", None), ("nan", None), ("inf", None)],
)  # fmt: skip
def test_retry_after(server: ModelServer, header: str, seconds: float | None) -> None:
    server.will(Answer({"error": {}}, 429, {"Retry-After": header}))

    with pytest.raises(ModelFailed) as told:
        ask(server)
    assert told.value.retry_after == seconds


@pytest.mark.parametrize("drip", [False, True])
def test_call_ends_by_the_clock(server: ModelServer, drip: bool) -> None:
    server.will(Answer({}, stall=60, drip=drip))

    with pytest.raises(ModelFailed) as told:
        ask(server, seconds=0.3)
    assert told.value.timed_out
    assert told.value.retryable


def test_nobody_listens() -> None:
    nobody = llm.Config("openai:test", "http://127.0.0.1:9/v1", seconds=5)

    with pytest.raises(ModelFailed, match="no connection") as told:
        llm.ask(PROMPT, nobody, seconds=5)
    assert not told.value.retryable


@pytest.mark.parametrize("name", ["nobody:model", "a model", "anthropic:claude"])
def test_name_that_cannot_be_taken(name: str) -> None:
    with pytest.raises(ModelNotUsable):
        llm.chat_model(llm.Config(name, "http://127.0.0.1:9/v1"))


def test_key_is_not_shown() -> None:
    assert "k-1" not in repr(llm.Config("openai:test", api_key="k-1"))


def test_boundary_is_new_each_time_and_texts_stand_between() -> None:
    first, second = (prompt_for(["from Busan", "", "to Hamburg"], today=TODAY) for _ in range(2))

    boundary = first.user.splitlines()[0]
    assert len(boundary) == 32
    assert boundary in first.system
    assert first.user.count(boundary) == 4
    assert boundary not in second.user
    assert "2026-11-20 (Friday)" in first.system


def test_prompt_has_an_end_and_an_upper_estimate() -> None:
    prompt = prompt_for(["부산에서 " * 20_000], today=TODAY)

    assert prompt.characters < 16_000
    assert prompt.tokens > 10_000


def test_cost_that_no_row_holds_is_not_believed() -> None:
    message = SimpleNamespace(content=GOOD, usage_metadata={"total_tokens": 10**12})

    assert llm._checked(message).tokens is None
