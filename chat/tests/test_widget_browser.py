"""The widget on real pages in a real browser: ours, an allowed site's, and a foreign one's."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import quote, unquote

import pytest
from playwright.sync_api import Browser, BrowserContext, FrameLocator, Page, expect

from chat.models import Session
from chat.tests.browser import OPENINGS, Desk, attending, judge, pure, serving
from chat.tests.factories import QuoteRequestFactory, a_day_ahead
from chat.visitor_words import FRAME, SAID
from freight import outbox
from freight.models import AddressProof, OutgoingMail, Quotation, QuoteRequest

pytestmark = [
    pytest.mark.needs("/usr/bin/chromium"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("transactional_db", "empty_redis"),
]
HERS = "mina@customer.example"
# an own site's policy: our script and our iframe, and not a style of anybody
STRICT = "default-src 'none'; script-src {busybee}; frame-src {busybee}; frame-ancestors 'none'"

# all that the frame has kept; where a browser gives an iframe no storage, that is nothing
STORED = """() => { try {
    return document.cookie + Object.values({...localStorage, ...sessionStorage}).join();
} catch { return ""; } }"""


class Host(BaseHTTPRequestHandler):
    """A company's page with the widget: `attributes` go to its script, `html` to its root."""

    busybee = ""

    def do_GET(self) -> None:
        attributes, _, html = unquote(self.path).partition("?")[2].partition("&html=")
        attributes = attributes.replace("~", " ").replace("'", '"')
        script = f'<script src="{self.busybee}/chat/widget.js" defer {attributes}></script>'
        page = f"<!doctype html><html {html.replace('~', ' ')}><title>Host</title>{script}"
        body = f"{page}<h1>Host</h1><main><button id=own>own</button></main>".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Security-Policy", STRICT.format(busybee=self.busybee))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Nothing: a request is no news."""


@contextmanager
def hosting(server: ThreadingHTTPServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def hosts() -> Iterator[dict[str, str]]:
    """Two companies' sites: one that may show the widget, one that may not."""
    allowed = ThreadingHTTPServer(("127.0.0.1", 0), Host)
    foreign = ThreadingHTTPServer(("127.0.0.1", 0), Host)
    with hosting(allowed), hosting(foreign):
        yield {
            "allowed": f"http://localhost:{allowed.server_port}",
            "foreign": f"http://localhost:{foreign.server_port}",
        }


@pytest.fixture(scope="module")
def site(django_db_setup: None, redis_url: str, hosts: dict[str, str]) -> Iterator[str]:
    with serving(BUSYBEE_CHAT_SITES=hosts["allowed"], BUSYBEE_CHAT_MODE="auto") as running:
        Host.busybee = running
        yield running


@pytest.fixture
def desk(
    site: str, chromium: Browser, transactional_db: None, empty_redis: str, surely_read: None
) -> Iterator[Desk]:
    with attending(site, chromium) as behind:
        yield behind


@pytest.fixture
def browser(desk: Desk) -> BrowserContext:
    return desk.context()


def shown(context: BrowserContext, address: str) -> Page:
    """The page at an address, with the launcher."""
    page = context.new_page()
    page.goto(address)
    expect(page.locator(".launcher")).to_be_visible()
    return page


def opened(page: Page) -> FrameLocator:
    page.click(".launcher")
    frame = page.frame_locator("busybee-chat iframe")
    expect(frame.locator("#intro")).to_be_visible()
    return frame


def say(frame: FrameLocator, text: str) -> None:
    frame.locator("#text").fill(text)
    frame.locator("#text").press("Enter")


def counts() -> tuple[int, int]:
    return QuoteRequest.objects.count(), Session.objects.count()


def test_visitor_on_a_company_site_is_quoted(
    desk: Desk, browser: BrowserContext, hosts: dict[str, str]
) -> None:
    page = shown(browser, f"{hosts['allowed']}/")
    assert page.locator("iframe").count() == 0
    frame = opened(page)
    expect(frame.locator("#intro")).to_contain_text(FRAME["en"]["consent"])
    assert desk.rows(counts) == (0, 0)

    say(frame, f"{OPENINGS['en']} My mail is {HERS}")
    sent = SAID["sent"]["en"].format(address=HERS)
    expect(frame.locator(".message.bot").filter(has_text=sent)).to_be_visible()
    expect(frame.locator("#intro")).to_have_count(0)
    assert desk.rows(counts) == (1, 1)
    assert page.context.cookies() == []

    door = desk.rows(lambda: outbox.readable(OutgoingMail.objects.get()))
    mine = browser.new_page()
    mine.goto(f"{desk.url}/chat/{door.split('/chat/')[1].split('/')[0]}/")
    mine.click("button[type=submit]")
    proven = SAID["proven"]["en"]
    expect(frame.locator(".message.bot").filter(has_text=proven)).to_be_visible()
    expect(mine.locator(".message.bot").filter(has_text=proven)).to_be_visible()
    assert desk.rows(lambda: QuoteRequest.objects.get().address_proof) == AddressProof.PROVEN

    say(frame, f"ETD {a_day_ahead(14)}, ETA {a_day_ahead(30)}")
    frame.locator("#chips .strong").click()
    expect(frame.locator("#quotation .sum")).to_be_visible()
    total = desk.rows(lambda: Quotation.objects.get().total)
    for each in (frame, mine):
        expect(each.locator("#quotation .sum")).to_contain_text(f"KRW {total:,.0f}")
    kinds = desk.rows(lambda: set(OutgoingMail.objects.values_list("kind", "recipient")))
    assert kinds == {(OutgoingMail.Kind.PROOF, HERS), (OutgoingMail.Kind.QUOTATION, HERS)}


@pytest.mark.parametrize(("theme", "language"), [("light", "ja"), ("dark", "en")])
def test_axe_finds_nothing(desk: Desk, site: str, theme: Any, language: str) -> None:
    page = shown(desk.context(color_scheme=theme), f"{site}/chat/demo-site/?lang={language}")
    judge(page, "closed")
    frame = opened(page)
    judge(page, "open")
    say(frame, OPENINGS[language])
    expect(frame.locator("#progress")).to_have_js_property("value", 4)
    expect(frame.locator("#tool input")).to_be_visible()
    judge(page, "talk")
    pure(frame.locator("body"), language)
    page.set_viewport_size({"width": 390, "height": 844})
    judge(page, "talk on a phone")


def test_host_keeps_its_keyboard_and_focus(browser: BrowserContext, hosts: dict[str, str]) -> None:
    page = shown(browser, f"{hosts['allowed']}/")
    launcher = page.locator(".launcher")
    expect(launcher).to_have_attribute("aria-expanded", "false")
    launcher.focus()
    page.keyboard.press("Enter")
    frame = page.frame_locator("busybee-chat iframe")
    expect(frame.locator("#text")).to_be_focused()
    expect(launcher).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(page.locator(".panel")).to_be_hidden()
    expect(launcher).to_be_focused()
    expect(launcher).to_have_attribute("aria-expanded", "false")
    launcher.click()
    frame.locator("#shut").click()
    expect(launcher).to_be_focused()


def test_closed_widget_counts_what_is_new(desk: Desk, browser: BrowserContext, site: str) -> None:
    page = shown(browser, f"{site}/chat/demo-site/?lang=en")
    frame = opened(page)
    say(frame, "18 tons")
    expect(frame.locator(".message.customer")).to_have_count(1)
    expect(frame.locator("#typing")).to_be_hidden()
    expect(page.locator(".badge")).to_be_hidden()
    page.keyboard.press("Escape")

    def speak() -> None:
        from django.utils import timezone

        from chat import services

        session = Session.objects.get()
        services.post(session.pk, cid="elsewhere", text="hello", now=timezone.now())

    desk.rows(speak)
    expect(page.locator(".badge")).to_be_visible()
    expect(page.locator(".launcher")).to_have_attribute("aria-label", re.compile(r"\(\d new\)"))
    page.click(".launcher")
    expect(page.locator(".badge")).to_be_hidden()


def test_foreign_site_shows_nothing_of_ours(
    desk: Desk, browser: BrowserContext, hosts: dict[str, str]
) -> None:
    page = shown(browser, f"{hosts['foreign']}/")
    with page.expect_console_message(lambda message: "frame-ancestors" in message.text):
        page.click(".launcher")
    assert page.frame_locator("iframe").locator("#text").count() == 0


def test_full_page_cannot_be_framed_by_an_allowed_site(
    desk: Desk, browser: BrowserContext, site: str
) -> None:
    request = desk.rows(QuoteRequestFactory.create)
    mine = browser.new_page()
    mine.goto(desk.door(request))
    mine.click("button[type=submit]")
    page = shown(browser, f"{site}/chat/demo-site/")
    for path in ("/chat/x/", f"/chat/request/{request.public_id}/"):
        with page.expect_console_message(lambda message: "frame-ancestors" in message.text):
            page.evaluate(
                "address => document.body.append(Object.assign(document.createElement('iframe'), "
                "{src: address}))",
                site + path,
            )


def test_messages_of_others_are_not_heard(
    desk: Desk, browser: BrowserContext, hosts: dict[str, str]
) -> None:
    """Another window of the host, or an iframe in it, gives the frame no orders, nor the loader."""
    page = shown(browser, f"{hosts['allowed']}/?data-lang=en")
    frame = opened(page)
    page.evaluate("window.postMessage({busybee: 'close'}, '*')")
    page.evaluate("window.postMessage({busybee: 'unread', count: 7}, '*')")
    inner = next(each for each in page.frames if "/chat/frame/" in each.url)
    inner.evaluate("window.postMessage({busybee: 'lang', lang: 'th'}, '*')")
    inner.evaluate("parent.postMessage({busybee: 'unread', count: '<b>7'}, '*')")
    inner.evaluate("parent.postMessage({busybee: 'unread', count: -7}, '*')")
    inner.evaluate("parent.postMessage('close', '*')")
    # a message of our own that arrives after those
    inner.evaluate("parent.postMessage({busybee: 'unread', count: 0}, '*')")
    page.evaluate("new Promise((done) => setTimeout(done))")
    expect(page.locator(".panel")).to_be_visible()
    expect(page.locator(".badge")).to_be_hidden()
    expect(frame.locator("html")).to_have_attribute("lang", "en")


def test_mailed_link_for_the_site_opens_its_conversation(
    desk: Desk, browser: BrowserContext, hosts: dict[str, str]
) -> None:
    token = desk.door(desk.rows(QuoteRequestFactory.create)).split("/chat/")[1].strip("/")
    seen: list[str] = []
    browser.on(
        "request", lambda request: seen.append(request.url + (request.headers.get("referer") or ""))
    )
    page = shown(browser, f"{hosts['allowed']}/?data-lang=en#busybee={token}")
    frame = page.frame_locator("busybee-chat iframe")
    expect(frame.locator("#count")).to_have_text("5 of 6")
    assert page.url == f"{hosts['allowed']}/?data-lang=en"
    assert page.evaluate("history.length") <= 2
    assert not [address for address in seen if token in address]
    inner = next(each for each in page.frames if "/chat/frame/" in each.url)
    assert inner.evaluate(STORED) == ""


def test_wrong_token_leaves_the_way_to_begin_anew(
    browser: BrowserContext, hosts: dict[str, str]
) -> None:
    page = shown(browser, f"{hosts['allowed']}/?data-lang=en#busybee={'x' * 43}")
    frame = page.frame_locator("busybee-chat iframe")
    expect(frame.locator("#trouble")).to_have_text(FRAME["en"]["gone"])
    expect(frame.locator("#intro")).to_be_visible()


@pytest.mark.parametrize(
    ("locale", "queries"),
    [
        ("en", {"?data-lang=auto&html=lang=ja": "ja", "?data-lang=th&html=lang=ja": "th"}),
        ("ko-KR", {"?&html=lang=fr": "ko"}),
        ("fr", {"?&html=lang=fr": "en"}),
        ("th", {"?data-lang=xx&html=": "th"}),
    ],
)
def test_language_is_the_pages_then_the_browsers(
    desk: Desk, hosts: dict[str, str], locale: str, queries: dict[str, str]
) -> None:
    for query, lang in queries.items():
        page = shown(desk.context(locale=locale), f"{hosts['allowed']}/{query}")
        expect(page.locator(".dock")).to_have_attribute("lang", lang)
        expect(opened(page).locator("html")).to_have_attribute("lang", lang)


def test_page_that_changes_its_language_changes_the_widget(
    browser: BrowserContext, hosts: dict[str, str]
) -> None:
    page = shown(browser, f"{hosts['allowed']}/?&html=lang=en")
    frame = opened(page)
    page.evaluate("document.documentElement.lang = 'ko'")
    expect(frame.locator("html")).to_have_attribute("lang", "ko")
    expect(frame.locator(".intro-hello")).to_have_text(FRAME["ko"]["hello"])


def test_launcher_stands_at_its_side_in_its_colour(
    browser: BrowserContext, hosts: dict[str, str]
) -> None:
    sides = {
        "?&html=dir=rtl": "left",
        "?&html=dir=ltr": "right",
        "?data-position='left'&html=": "left",
        "?data-position='right'&html=dir=rtl": "right",
        "?data-position='top'&html=": "right",
    }
    page = browser.new_page()
    width = (page.viewport_size or {"width": 0})["width"]
    for query, side in sides.items():
        page.goto(f"{hosts['allowed']}/{query}")
        box = page.locator(".launcher").bounding_box()
        assert box is not None
        assert (box["x"] > width / 2) == (side == "right"), query
    colours = {"#aa3300": "rgb(170, 51, 0)", "red;}*{display:none": "rgb(36, 70, 111)"}
    for color, background in colours.items():  # a colour, and nothing else
        attribute = quote(f"data-color='{color}'")
        page.goto(f"{hosts['allowed']}/?{attribute}")
        expect(page.locator(".launcher")).to_have_css("background-color", background)


def test_phone_shows_it_full_screen(desk: Desk, hosts: dict[str, str]) -> None:
    phone = desk.context(viewport={"width": 390, "height": 844}, locale="ko")
    page = shown(phone, f"{hosts['allowed']}/")
    opened(page)
    box = page.locator("iframe").bounding_box()
    assert box is not None
    assert (box["width"], box["height"]) == (390, 844)
    expect(page.locator(".launcher")).to_be_hidden()
    page.frame_locator("iframe").locator("#shut").click()
    expect(page.locator(".launcher")).to_be_focused()


def test_start_that_is_refused_keeps_the_words(browser: BrowserContext, site: str) -> None:
    page = shown(browser, f"{site}/chat/demo-site/?lang=en")
    frame = opened(page)
    page.context.route("**/chat/start/", lambda route: route.fulfill(status=429, body="{}"))
    say(frame, "18 tons")
    expect(frame.locator("#trouble")).to_have_text(FRAME["en"]["busy"])
    expect(frame.locator("#text")).to_have_value("18 tons")
    page.context.unroute("**/chat/start/")
    frame.locator("#send").click()
    expect(frame.locator(".message.customer")).to_have_count(1)
