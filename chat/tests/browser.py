"""BusyBee's pages for a real browser: Daphne beside the test, on the test's rows and Redis."""

import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import resources
from typing import Any, TypeVar
from urllib.request import urlopen

import pytest
from celery import current_app
from django.conf import settings
from django.db import OperationalError, connection, connections
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright

from chat import tasks, uploads
from chat.models import Message, Upload
from chat.tests.factories import a_day_ahead
from freight import links
from freight.models import QuoteRequest

CHROMIUM = "/usr/bin/chromium"
T = TypeVar("T")
_AXE = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
# a busy machine is no fault
expect.set_options(timeout=20_000)


@dataclass
class Desk:
    """A site in one test: a browser for it, its rows, and somebody who answers customers."""

    url: str
    browser: Browser
    aside: ThreadPoolExecutor
    errors: list[str] = field(default_factory=list)

    def rows(self, work: Callable[[], T]) -> T:
        """What `work` returns, done in a thread: Playwright's own has an event loop."""
        return self.aside.submit(work).result(30)

    def door(self, request: QuoteRequest) -> str:
        """The address of a new link to the conversation about `request`."""
        token = self.rows(lambda: links.issue(request, timezone.now()))
        return f"{self.url}/chat/{token}/"

    def context(self, **options: Any) -> BrowserContext:
        """A browser of its own, in English; an error in a script on its pages fails the test."""
        context = self.browser.new_context(**{"locale": "en", **options})
        context.on("weberror", lambda error: self.errors.append(str(error.error)))
        return context


@contextmanager
def serving(**environment: str) -> Iterator[str]:
    """The address of a web server that ends on leaving; `environment` has settings of its own."""
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    with _daphne(port, url, environment):
        yield url


@contextmanager
def attending(url: str, browser: Browser) -> Iterator[Desk]:
    """The desk behind a site while a test has its rows; at its end the pages are closed."""
    stop = threading.Event()
    worker = threading.Thread(target=_work_until, args=(stop,))
    with ThreadPoolExecutor(1) as aside:
        worker.start()
        desk = Desk(url, browser, aside)
        try:
            yield desk
        finally:
            for context in browser.contexts:
                context.close()
            stop.set()
            worker.join(30)
            aside.submit(connections.close_all).result(30)
    assert desk.errors == []


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as held:
        port: int = held.getsockname()[1]
        return port


@contextmanager
def _daphne(port: int, url: str, environment: dict[str, str]) -> Iterator[None]:
    command = [sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", str(port), "-v", "0"]
    process = subprocess.Popen(
        [*command, "busybee.asgi:application"],
        cwd=settings.BASE_DIR,
        env=_environment(url) | environment,
    )
    try:
        _await(f"{url}/healthz", process)
        yield
    finally:
        process.terminate()
        process.wait(20)


def _environment(url: str) -> dict[str, str]:
    """Our own environment (conftest.py made it), but with the test's database."""
    values = connection.settings_dict
    name = str(values["NAME"])
    database = f"sqlite:///{name}"
    if connection.vendor != "sqlite":
        login = f"{values['USER']}:{values['PASSWORD']}@{values['HOST']}:{values['PORT']}"
        database = f"postgres://{login}/{name}"
    return {**os.environ, "BUSYBEE_DATABASE_URL": database, "BUSYBEE_PUBLIC_URL": url}


def _await(address: str, process: subprocess.Popen[bytes]) -> None:
    for _attempt in range(150):
        try:
            urlopen(address, timeout=5).close()
        except OSError:
            assert process.poll() is None, "Daphne ended"
            time.sleep(0.2)
        else:
            return
    raise AssertionError("Daphne did not come up")


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser for the tests of a module.

    While it runs, its event loop stands still in this thread, and Django would take the rows that
    a test's fixtures make for work inside of it.
    """
    arguments = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"]
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        try:
            yield browser
        finally:
            browser.close()


def judge(page: Page, state: str, apart: str = "") -> None:
    """Fail where axe finds anything wrong on the page as it stands, or in a frame of it.

    `apart` selects what is not ours.
    """
    where = json.dumps({"exclude": [apart]}) if apart else "document"
    for frame in page.frames:
        if not frame.evaluate("'axe' in window"):
            frame.evaluate(_AXE)
        found = frame.evaluate(f"axe.run({where}, {{resultTypes: ['violations'], iframes: false}})")
        told = [
            (each["id"], [node["html"] for node in each["nodes"]]) for each in found["violations"]
        ]
        assert not told, f"{state}, {frame.url}: {told}"


# letters of the other three languages
FOREIGN = {
    "ko": r"[\u0e00-\u0e7f\u3040-\u30ff]",
    "en": r"[\u0e00-\u0e7f\u3040-\u30ff\uac00-\ud7a3\u4e00-\u9fff]",
    "ja": r"[\u0e00-\u0e7f\uac00-\ud7a3]",
    "th": r"[\u3040-\u30ff\uac00-\ud7a3\u4e00-\u9fff]",
}


def pure(part: Locator, language: str) -> None:
    """Fail where a word of another language stands there, the choice of languages apart."""
    text = part.evaluate(
        """part => {
            const copy = part.cloneNode(true);
            copy.querySelectorAll("#language, #words").forEach((each) => each.remove());
            const labels = [...copy.querySelectorAll("[aria-label]")].map((each) => each.ariaLabel);
            return [copy.textContent, ...labels].join(" ");
        }"""
    )
    assert re.findall(f".*{FOREIGN[language]}.*", text) == []


def _work_until(stop: threading.Event) -> None:
    """What the workers on queues `chat` and `mail` do."""
    current_app.loader.import_default_modules()
    read = current_app.tasks[uploads.READ]
    while not stop.wait(0.05):
        try:
            unread = Upload.objects.filter(state=Upload.State.RECEIVED, failures=0)
            for pk in unread.values_list("pk", flat=True):
                read(pk)
            for pk in Message.objects.unanswered().values_list("pk", flat=True):
                tasks.answer(pk)
        except OperationalError:  # SQLite was busy: the sweeper would come again, too
            continue
    connections.close_all()


def told(request: QuoteRequest, name: str) -> Any:
    """The stored fact `name` as it is now."""
    return getattr(QuoteRequest.objects.get(pk=request.pk), name)


# what a customer of each language says first: all but the dates
OPENINGS = {
    "ko": "부산에서 상하이까지 40ft 2대, 총중량 18,500kg입니다.",
    "en": "Two 40ft from Busan to Shanghai, 18,500 kg altogether.",
    "ja": "釜山から上海まで40フィート2本、総重量は18,500kgです。",
    "th": "จากปูซานไปเซี่ยงไฮ้ ตู้ 40 ฟุต 2 ตู้ น้ำหนักรวม 18,500 กก. ค่ะ",
}


def states(desk: Desk, page: Page, request: QuoteRequest, language: str) -> Iterator[str]:
    """Lead the page through a whole talk; the name of each state while it shows it."""
    door = desk.door(request)
    page.goto(door)
    yield "door"
    page.click("button[type=submit]")
    expect(page.locator("body")).to_have_attribute("data-status", "online")
    expect(page.locator(".message.bot").first).to_be_visible()
    yield "fresh"
    page.fill("#text", OPENINGS[language])
    page.press("#text", "Enter")
    expect(page.locator("#progress")).to_have_js_property("value", 4)
    expect(page.locator("#tool input")).to_be_visible()
    yield "mid"
    for days, left in ((14, 1), (30, 0)):
        page.locator("#tool input").fill(str(a_day_ahead(days)))
        page.locator("#tool .apply").click()
        expect(page.locator("#progress")).to_have_js_property("value", 6 - left)
        expect(page.locator("#tool form")).to_have_count(left)
    expect(page.locator("#chips .strong")).to_be_visible()
    yield "confirm"
    page.locator("#chips .strong").click()
    expect(page.locator("#quotation")).to_be_visible()
    yield "quoted"
    page.goto(f"{desk.url}/chat/{'x' * 43}/")
    yield "gone"
