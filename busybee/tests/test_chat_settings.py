"""The chat's settings: which sites may show the widget, and what visitors' requests may do."""

import pytest
from django.conf import settings as configured

from busybee import env


@pytest.mark.parametrize(
    "value",
    ["*", "https://*.example", "https:", "company.example", "https://a.example/path", "'self'",
     "https://a.example;script-src", "https://a.example b", "data:", "javascript://x"],
)  # fmt: skip
def test_setting_takes_origins_only(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("BUSYBEE_CHAT_SITES", value)
    with pytest.raises(env.BadSetting, match="BUSYBEE_CHAT_SITES"):
        env.origins("BUSYBEE_CHAT_SITES")


def test_setting_reads_several_origins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUSYBEE_CHAT_SITES", "https://A.example/, http://localhost:8080")
    assert env.origins("BUSYBEE_CHAT_SITES") == ["https://a.example", "http://localhost:8080"]
    assert configured.BUSYBEE_CHAT_MODE == "draft"


def test_mode_is_draft_or_auto(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUSYBEE_CHAT_MODE", "observe")
    with pytest.raises(env.BadSetting, match="BUSYBEE_CHAT_MODE"):
        env.choice("BUSYBEE_CHAT_MODE", "draft", known=("draft", "auto"))
