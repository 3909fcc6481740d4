"""System checks of the language model's settings: wrong ones are named at start, with a hint."""

import re
from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks

from freight.errors import ModelNotUsable
from freight.extraction import llm
from freight.second_reader import TRIES, configured

# beside the model, a step reads its texts by rules: pipeline.fact_sources.SECONDS
RULES_SECONDS = 15
_NAME = re.compile(r"(?:[a-z0-9_]+:)?[\w./:@-]+", re.ASCII)
_INSTALL = "pip install langchain langchain-openai, or leave BUSYBEE_LLM empty: rules only."


@checks.register
def check_settings(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """What can be told without loading langchain: every worker runs this when it starts."""
    if not settings.BUSYBEE_LLM:
        return []
    return [*_packages(), *_values()]


def _packages() -> list[checks.CheckMessage]:
    needed = ["langchain"]
    if settings.BUSYBEE_LLM.startswith(("openai:", "azure_openai:")):
        needed.append("langchain_openai")
    absent = [name for name in needed if find_spec(name) is None]
    message = f"BUSYBEE_LLM is set, but {', '.join(absent)} is not installed."
    return [checks.Error(message, hint=_INSTALL, id="freight.E010")] if absent else []


def _values() -> list[checks.CheckMessage]:
    found: list[checks.CheckMessage] = []
    name, url = settings.BUSYBEE_LLM, settings.BUSYBEE_LLM_URL
    if not _NAME.fullmatch(name):
        hint = "Name it as LangChain does: provider:model, openai:gpt-4o-mini for one."
        found.append(checks.Error("BUSYBEE_LLM names no model.", hint=hint, id="freight.E011"))
    if url and (urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname):
        hint = "Give the base address, as in https://llm.example/v1."
        found.append(checks.Error("BUSYBEE_LLM_URL is no address.", hint=hint, id="freight.E012"))
    longest = RULES_SECONDS + TRIES * settings.BUSYBEE_LLM_SECONDS
    if longest >= settings.BUSYBEE_LEASE_SECONDS:
        message = f"A mail may wait {longest} s for its facts, longer than its step's lease."
        hint = "Lower BUSYBEE_LLM_SECONDS or raise BUSYBEE_LEASE_SECONDS."
        found.append(checks.Error(message, hint=hint, id="freight.E013"))
    return found


@checks.register(deploy=True)
def check_model(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Whether LangChain takes the name: `manage.py check --deploy` loads it for that."""
    config = configured()
    if config is None or check_settings(None):
        return []
    try:
        llm.chat_model(config)
    except ModelNotUsable as exc:
        hint = "Name it as LangChain does: provider:model, and install the provider's package."
        return [checks.Error(f"BUSYBEE_LLM: {exc}.", hint=hint, id="freight.E014")]
    return []
