"""Pictures of what customers see (page and widget x language x theme x width), for people to look
at. Opt-in: BUSYBEE_TEST_SHOTS names the folder that gets them.

    BUSYBEE_TEST_SHOTS=/tmp/shots make test ARGS="-k shots"
"""

import os
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Page, expect

from chat.tests.browser import OPENINGS, Desk, states
from chat.tests.factories import EmptyRequestFactory

FOLDER = os.environ.get("BUSYBEE_TEST_SHOTS", "")
pytestmark = [
    pytest.mark.skipif(not FOLDER, reason="BUSYBEE_TEST_SHOTS names no folder (opt-in)"),
    pytest.mark.needs("/usr/bin/chromium"),
    pytest.mark.django_db(transaction=True),
]
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
SIZES: dict[str, Any] = {
    "wide": {"width": 1440, "height": 900},
    "phone": {"width": 390, "height": 844},
}


def take(page: Page, kind: str, state: str, language: str) -> None:
    """The page as it stands, in both themes and widths."""
    for theme in THEMES:
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        for width, size in SIZES.items():
            page.set_viewport_size(size)
            page.wait_for_timeout(150)  # the layout follows its observers
            path = Path(FOLDER, kind, f"{state}-{language}-{theme}-{width}.png")
            page.screenshot(path=path)


@pytest.mark.parametrize("language", OPENINGS)
def test_shots_of_the_page(desk: Desk, language: str) -> None:
    request = desk.rows(lambda: EmptyRequestFactory.create(language=language))
    page = desk.context(locale=language).new_page()
    for state in states(desk, page, request, language):
        take(page, "page", state, language)


@pytest.mark.parametrize("language", OPENINGS)
def test_shots_of_the_widget(desk: Desk, language: str) -> None:
    page = desk.context(locale=language).new_page()
    page.goto(f"{desk.url}/chat/demo-site/?lang={language}")
    expect(page.locator(".launcher")).to_be_visible()
    take(page, "widget", "closed", language)
    page.click(".launcher")
    frame = page.frame_locator("busybee-chat iframe")
    expect(frame.locator("#intro")).to_be_visible()
    take(page, "widget", "open", language)
    frame.locator("#text").fill(OPENINGS[language])
    frame.locator("#text").press("Enter")
    expect(frame.locator("#progress")).to_have_js_property("value", 4)
    expect(frame.locator("#typing")).to_be_hidden()
    take(page, "widget", "talk", language)
