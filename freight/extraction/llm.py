"""One question to a language model, by LangChain: the only module that imports it, and lazily.

langchain and a provider's library cost seconds and 90 MB: only the worker that asks pays for them.
"""

import logging
import math
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from freight.errors import BadAnswer, ModelFailed, ModelNotUsable
from freight.extraction.prompt import Prompt

if TYPE_CHECKING:
    from freight.extraction.claims import Claims

logger = logging.getLogger(__name__)
T = TypeVar("T")
# six quotes with their values; a model that says more has lost its way
MAX_ANSWER_TOKENS = 1_000
# a service that names more has miscounted, and no row would hold it
MOST_TOKENS = 1_000_000
RETRYABLE = {408, 429}


@dataclass(frozen=True, slots=True)
class Config:
    """Which model is asked: its name for `init_chat_model`, and where it answers.

    url: another server than the provider's own, or "". seconds: for one call, by the clock.
    """

    name: str
    url: str = ""
    api_key: str = field(default="", repr=False)
    seconds: float = 10


@dataclass(frozen=True, slots=True)
class Reply:
    """What the model claims, and the tokens that it cost, None where it does not say."""

    claims: "Claims"
    tokens: int | None


def ask(prompt: Prompt, config: Config, *, seconds: float) -> Reply:
    """The model's answer to `prompt`, of the right shape; nothing of it is believed yet.

    It is awaited for `seconds`, never longer than `config` allows one call. Raises ModelNotUsable,
    ModelFailed where no answer came, and BadAnswer.
    """
    model = chat_model(config)
    messages = [("system", prompt.system), ("user", prompt.user)]
    return _checked(_within(min(seconds, config.seconds), lambda: _message(model, messages)))


@cache
def chat_model(config: Config) -> Any:
    """The chat model of that name, ready to be asked. Raises ModelNotUsable with a hint."""
    try:
        from langchain.chat_models import init_chat_model
    except ImportError as exc:
        raise ModelNotUsable("langchain is not installed: pip install langchain") from exc
    options: dict[str, Any] = {
        "temperature": 0,
        "timeout": config.seconds,
        "max_retries": 0,  # ours are counted and paid for
        "max_tokens": MAX_ANSWER_TOKENS,
    }
    if config.url:
        # a server of one's own needs no key, and must not get the one of the provider
        options |= {"base_url": config.url, "api_key": config.api_key or "none"}
    elif config.api_key:
        options["api_key"] = config.api_key
    try:
        return init_chat_model(config.name, **options)
    except ImportError as exc:
        raise ModelNotUsable(f"{config.name} needs a package that is not installed") from exc
    except Exception as exc:
        # each provider's library has errors of its own; their text may hold a piece of the key
        raise ModelNotUsable(f"{config.name} was refused: {type(exc).__name__}") from exc


def _message(model: Any, messages: list[tuple[str, str]]) -> Any:
    from langsmith import tracing_context

    from freight.extraction.claims import schema

    # a schema, not the class: with that LangChain parses, and a bad answer would be lost unread
    asked = model.with_structured_output(schema(), method="json_schema", include_raw=True)
    # a variable of LangChain's own would send the customer's words to yet another service
    with tracing_context(enabled=False):
        return asked.invoke(messages)["raw"]


def _within(seconds: float, call: Callable[[], T]) -> T:
    """What `call` returns; ModelFailed once it took `seconds` by the clock.

    A provider's time limit is one of silence: a gateway that sends blanks while it thinks never
    reaches it. The thread that is left behind holds no database connection.
    """
    done: list[T] = []
    failed: list[Exception] = []

    def run() -> None:
        try:
            done.append(call())
        except Exception as exc:  # noqa: BLE001  # whatever it is, it goes to the thread that waits
            failed.append(exc)

    thread = threading.Thread(target=run, name="language-model", daemon=True)
    thread.start()
    thread.join(seconds + 0.5)  # the provider's own limit first: it closes the connection
    if failed:
        raise _told(failed[0]) from failed[0]
    if not done:
        raise ModelFailed("timeout", retryable=True, timed_out=True)
    return done[0]


def _told(exc: Exception) -> ModelFailed | BadAnswer:
    """A provider's error as ours. Its text is left out: it may hold a piece of the key."""
    kind = type(exc).__name__
    status = getattr(exc, "status_code", None)
    logger.info("language model: %s, status %s", kind, status)
    if isinstance(status, int):
        retryable = status in RETRYABLE or status >= 500
        return ModelFailed(f"status {status}", retryable=retryable, retry_after=_retry_after(exc))
    if isinstance(exc, TimeoutError) or "timeout" in kind.lower():
        return ModelFailed("timeout", retryable=True, timed_out=True)
    if kind == "LengthFinishReasonError":
        return BadAnswer("cut")
    if kind == "ContentFilterFinishReasonError":
        return BadAnswer("filtered")
    if "Connection" in kind:
        return ModelFailed("no connection")
    if isinstance(exc, (ValueError, TypeError, LookupError, AttributeError)):
        # a body that is no answer at all: no JSON, no choices
        return BadAnswer("shape")
    return ModelFailed(kind)


def _retry_after(exc: Exception) -> float | None:
    headers = getattr(getattr(exc, "response", None), "headers", {})
    try:
        seconds = float(headers.get("retry-after", ""))
    except ValueError:
        return None
    return seconds if seconds >= 0 and math.isfinite(seconds) else None


def _checked(message: Any) -> Reply:
    from pydantic import ValidationError

    from freight.extraction.claims import Claims

    tokens = _tokens(message)
    reason = (getattr(message, "response_metadata", None) or {}).get("finish_reason")
    if (getattr(message, "additional_kwargs", None) or {}).get("refusal"):
        raise BadAnswer("refused", tokens=tokens)
    if reason == "content_filter":
        raise BadAnswer("filtered", tokens=tokens)
    if reason in ("length", "max_tokens"):
        raise BadAnswer("cut", tokens=tokens)
    content = getattr(message, "content", None)
    if not isinstance(content, str) or not content.strip():
        # also an answer by tool call: it was asked for none
        raise BadAnswer("empty", tokens=tokens)
    try:
        return Reply(Claims.model_validate_json(content), tokens)
    except ValidationError as exc:
        raise BadAnswer("shape", tokens=tokens) from exc


def _tokens(message: Any) -> int | None:
    used = (getattr(message, "usage_metadata", None) or {}).get("total_tokens")
    return used if isinstance(used, int) and 0 < used <= MOST_TOKENS else None
