"""The customer's page in a real browser: Chromium, Daphne, Redis, the real dialogue."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from chat import access, catalogue, notices
from chat.models import Message, Session
from chat.rows import append
from chat.tests.browser import Desk, judge, pure, states, told
from chat.tests.factories import EmptyRequestFactory, QuoteRequestFactory, a_day_ahead
from chat.wording import PAGE
from freight import links
from freight.models import ChatLink, Quotation, QuoteRequest, State
from freight.tests.factories import QuotationFactory

pytestmark = [pytest.mark.needs("/usr/bin/chromium"), pytest.mark.django_db(transaction=True)]
PHONE: dict[str, Any] = {
    "viewport": {"width": 360, "height": 740},
    "has_touch": True,
    "is_mobile": True,
}


def opened(desk: Desk, request: QuoteRequest, init: str = "", **context: Any) -> Page:
    """The page of the conversation about `request`, greeted."""
    page = desk.context(**context).new_page()
    page.add_init_script(init)
    page.goto(desk.door(request))
    page.click("button[type=submit]")
    expect(page.locator("body")).to_have_attribute("data-status", "online")
    expect(page.locator(".message.bot").first).to_be_visible()
    return page


def tell(desk: Desk, request: QuoteRequest, text: str, author: str = "bot") -> None:
    """Another message in the conversation, told to open pages."""

    def work() -> None:
        session = Session.objects.get(request=request)
        append(session, author, text)
        notices.tell(session.group)

    desk.rows(work)


def fact(page: Page, name: str) -> Any:
    return page.locator(f".fact:has([data-name={name}]), .fact:has(.answer-{name})")


def said(page: Page, text: str) -> None:
    """The customer's last message is `text`, and the server has it."""
    expect(page.locator(".message.customer .text").last).to_have_text(text)
    expect(page.locator("li.unsent")).to_have_count(0)


# facts, in place


def test_a_weight_is_entered_with_the_keyboard_alone(desk: Desk) -> None:
    page = opened(desk, desk.rows(QuoteRequestFactory.create))
    expect(page.locator("#count")).to_have_text("5 of 6")
    change = page.locator("[data-name=gross_weight_kg]")

    change.focus()
    page.keyboard.press("Enter")
    page.keyboard.type("7")
    page.keyboard.press("Escape")
    expect(page.locator(".facts form")).to_have_count(0)
    expect(change).to_be_focused()
    page.keyboard.press("Enter")
    entry = page.locator(".answer-gross_weight_kg input")
    for value in ("-1", "0", ""):
        entry.fill(value)
        entry.press("Enter")
        expect(page.locator(".answer-trouble")).to_have_text("Please enter a number above zero.")
        expect(entry).to_be_focused()
    expect(page.locator(".message.customer")).to_have_count(0)
    page.keyboard.type("18.5")
    page.locator(".answer-gross_weight_kg select").select_option("t")
    entry.press("Enter")

    said(page, "Gross weight: 18500 kg")
    expect(fact(page, "gross_weight_kg")).to_contain_text("18,500 kg")
    expect(page.locator("#count")).to_have_text("6 of 6")
    expect(change).to_be_focused()


def test_containers_and_dates_are_chosen(desk: Desk) -> None:
    page = opened(desk, desk.rows(QuoteRequestFactory.create))

    page.locator("[data-name=container]").click()
    page.locator(".size", has_text="40ft HC").click()
    page.get_by_role("button", name="One more").click()
    page.get_by_role("button", name="Apply").click()
    said(page, "Container: 2 x 40ft HC")
    expect(fact(page, "container")).to_contain_text("40ft HC × 2")

    page.locator("[data-name=eta]").click()
    picker = page.locator(".answer-eta input")
    expect(picker).to_have_attribute("min", str(a_day_ahead(14)))
    picker.fill(str(a_day_ahead(13)))
    page.get_by_role("button", name="Apply").click()
    expect(page.locator(".answer-trouble")).to_contain_text("or later")
    picker.fill(str(a_day_ahead(20)))
    page.get_by_role("button", name="Apply").click()
    said(page, f"Arrival (ETA): {a_day_ahead(20)}")


def test_a_place_is_found_by_its_letters_with_the_keyboard(desk: Desk) -> None:
    page = opened(desk, desk.rows(EmptyRequestFactory.create))

    page.locator("[data-name=origin]").click()
    box = page.locator(".facts").get_by_role("combobox")
    page.keyboard.type("busa")
    expect(box).to_have_attribute("aria-expanded", "true")
    expect(page.locator("#announce")).to_contain_text("places found")
    page.keyboard.press("ArrowDown")
    chosen = page.locator(f"#{box.get_attribute('aria-activedescendant')}")
    expect(chosen).to_have_attribute("aria-selected", "true")
    expect(chosen).to_contain_text("KRPUS")
    page.keyboard.press("Enter")

    said(page, "Origin: KRPUS (Busan)")
    expect(fact(page, "origin")).to_contain_text("Busan")
    expect(page.locator("#count")).to_have_text("1 of 6")


HIDE = "Object.defineProperty(document, 'hidden', { get: () => Boolean(window.away) });"


def test_news_comes_into_an_open_page(desk: Desk) -> None:
    request = desk.rows(QuoteRequestFactory.create)
    page = opened(desk, request, HIDE)
    title = page.title()
    mark = page.locator("link[rel=icon]")

    page.locator("[data-name=gross_weight_kg]").click()
    page.keyboard.type("12")
    page.evaluate("window.away = true")
    for text in ("One moment please", "Here I am"):
        tell(desk, request, text)
    expect(page.get_by_text("Here I am")).to_be_visible()
    expect(page).to_have_title(f"(2) {title}")
    expect(mark).to_have_attribute("href", re.compile("unread"))
    expect(page.locator(".answer-gross_weight_kg input")).to_have_value("12")

    page.evaluate("window.away = false; document.dispatchEvent(new Event('visibilitychange'))")
    expect(page).to_have_title(title)
    expect(mark).not_to_have_attribute("href", re.compile("unread"))


# the way to the quotation

CHIPS_IN = """language => {
    const choice = document.getElementById("language");
    choice.value = language;
    choice.dispatchEvent(new Event("change"));
    return [...document.querySelectorAll("#chips button")].map((each) => each.textContent);
}"""


def test_from_the_last_fact_to_the_quotation(desk: Desk) -> None:
    request = desk.rows(QuoteRequestFactory.create)
    page = opened(desk, request)

    page.fill("#text", "18,500 kg")
    page.press("#text", "Enter")
    expect(page.locator("#chips .strong")).to_have_text(PAGE["en"]["yes"])
    # in another language no quick reply is left in the one before, not for a moment
    assert page.evaluate(CHIPS_IN, "ko") == [PAGE["ko"]["yes"], PAGE["ko"]["no"]]
    expect(page.locator(".fact dt").first).to_have_text(catalogue.label("ko", "gross_weight_kg"))
    expect(page.locator(".clock").first).to_contain_text(re.compile("오전|오후"))
    page.select_option("#language", "en")
    expect(page.locator(".fact dt").first).to_have_text("Gross weight")
    page.locator("#chips .strong").click()

    expect(page.locator("#quotation")).to_be_visible()
    total = desk.rows(lambda: Quotation.objects.get(request=request).total)
    expect(page.locator("#quotation .sum")).to_contain_text(f"KRW {total:,.0f}")
    expect(page.locator("#quotation")).to_contain_text("Amounts do not include VAT.")
    expect(page.locator(".change")).to_have_count(0)
    assert desk.rows(lambda: told(request, "state")) == State.QUOTED
    with page.context.expect_page() as tab:
        page.get_by_role("button", name="View and print").click()
    expect(tab.value.locator("tfoot")).to_contain_text(f"{total:,.0f}")


def test_what_is_asked_has_buttons_or_a_form_in_the_conversation(desk: Desk) -> None:
    missing = {"gross_weight_kg": 9000, "container": "", "etd": None}
    page = opened(desk, desk.rows(lambda: QuoteRequestFactory.create(**missing)))

    page.locator(".chip", has_text="40ft HC").click()
    expect(fact(page, "container")).to_contain_text("40ft HC")
    page.locator("#tool input[type=date]").fill(str(a_day_ahead(10)))
    page.locator("#tool .apply").click()

    said(page, f"Departure (ETD): {a_day_ahead(10)}")
    expect(page.locator("#tool form")).to_have_count(0)
    expect(page.locator("#count")).to_have_text("6 of 6")


QUOTED = {"state": Quotation.State.ISSUED, "request__state": State.QUOTED}


def test_inside_the_widget_a_bearer_speaks(desk: Desk) -> None:
    def prepared() -> tuple[QuoteRequest, str]:
        quotation = QuotationFactory.create(**QUOTED, request__language="en")
        links.issue(quotation.request, timezone.now())
        link = ChatLink.objects.get(request=quotation.request)
        return quotation.request, access.seal_link(link.pk)

    request, bearer = desk.rows(prepared)
    page = desk.context().new_page()
    own = f"{desk.url}/chat/request/{request.public_id}/"
    page.goto(desk.door(request))
    page.click("button[type=submit]")

    def without_start(route: Any) -> None:
        answer = route.fetch()
        body = re.sub(r' data-conversation="[^"]+"', "", answer.text())
        route.fulfill(response=answer, body=body)

    page.route(own, without_start)
    page.goto(own)
    page.context.clear_cookies()
    page.evaluate(
        """async ([conversation, bearer]) => {
            const { start } = await import("/static/chat/page.js");
            window.metas = [];
            const onMeta = (meta) => metas.push(meta);
            window.chat = start({ conversation, bearer, embedded: true, onMeta });
        }""",
        [str(request.public_id), bearer],
    )
    expect(page.locator("#quotation")).to_be_visible()
    with page.expect_download() as saved:
        page.get_by_role("button", name="Get the PDF").click()
    assert saved.value.suggested_filename == f"{request.number}-r1.pdf"
    assert Path(saved.value.path()).read_bytes().startswith(b"%PDF-")

    # closed, the widget counts what comes; opened, it has been seen
    tell(desk, request, "Your colleague here")
    page.wait_for_function("() => metas.at(-1).unread === 1")
    page.evaluate("chat.visible(true)")
    page.wait_for_function("() => metas.at(-1).unread === 0")


# messages


def test_text_is_text(desk: Desk) -> None:
    request = desk.rows(QuoteRequestFactory.create)
    page = opened(desk, request)
    nasty = '<img src=x onerror="alert(1)"> \u202egpj.exe <b>\u2067שלום'

    page.fill("#text", nasty)
    page.press("#text", "Enter")

    said(page, nasty)
    assert page.locator(".message img, .message b").count() == 0
    style = "element => getComputedStyle(element).unicodeBidi"
    assert page.locator(".message.customer .text").evaluate(style) == "plaintext"


def long_talk(desk: Desk, messages: int) -> QuoteRequest:
    def work() -> QuoteRequest:
        request = QuoteRequestFactory.create()
        session = Session.objects.create(
            request=request, language="en", state=Session.State.IN_PROGRESS, last_seq=messages
        )
        Message.objects.bulk_create(
            Message(session=session, seq=n, author="bot", text=f"message {n}")
            for n in range(1, messages + 1)
        )
        return request

    return desk.rows(work)


def test_earlier_messages_come_while_scrolling_and_nothing_jumps(desk: Desk) -> None:
    page = opened(desk, long_talk(desk, 450))
    assert page.locator(".message").count() == 200
    top = page.locator(".message").first
    assert top.locator(".text").text_content() == "message 251"

    page.locator("#scroll").evaluate("element => element.scrollTop = 0")
    expect(page.locator(".message")).to_have_count(400)
    seen = page.get_by_text("message 251", exact=True).bounding_box()
    assert seen is not None
    assert 0 < seen["y"] < 500
    page.locator("#scroll").evaluate("element => element.scrollTop = 0")
    expect(page.locator(".message")).to_have_count(450)
    expect(page.locator("#earlier")).to_be_hidden()
    texts = page.locator(".message .text").all_text_contents()
    assert texts == [f"message {n}" for n in range(1, 451)]


def test_who_reads_further_up_is_told_of_new_messages(desk: Desk) -> None:
    request = long_talk(desk, 60)
    page = opened(desk, request)
    page.locator("#scroll").evaluate("element => element.scrollTop = 300")

    tell(desk, request, "the newest")
    expect(page.locator("#newer")).to_have_text("New messages: 1")
    page.locator("#newer").click()

    expect(page.get_by_text("the newest")).to_be_in_viewport()
    expect(page.locator("#newer")).to_be_hidden()


def test_what_is_said_offline_goes_out_later(desk: Desk) -> None:
    page = opened(desk, desk.rows(QuoteRequestFactory.create))

    page.context.set_offline(True)
    expect(page.locator("body")).to_have_attribute("data-status", "offline")
    page.fill("#text", "18,500 kg")
    page.press("#text", "Enter")
    expect(page.locator(".fate")).to_have_text("Waiting to be sent")
    page.context.set_offline(False)

    said(page, "18,500 kg")
    expect(fact(page, "gross_weight_kg")).to_contain_text("18,500 kg")
    expect(page.locator(".fate")).to_have_count(0)


def test_every_language_is_spoken_at_once_and_fits_a_small_phone(desk: Desk) -> None:
    request = desk.rows(lambda: EmptyRequestFactory.create(language="ko"))
    page = opened(desk, request, **PHONE)

    for language, words in PAGE.items():
        page.select_option("#language", language)
        expect(page.locator("html")).to_have_attribute("lang", language)
        expect(page.locator("#facts-title")).to_have_text(words["facts"])
        expect(page.locator(".fact dt").first).to_have_text(
            catalogue.label(language, "gross_weight_kg")
        )
        expect(page.locator("#attach")).to_have_attribute("aria-label", words["attach"])
        expect(page.locator("#text")).to_be_in_viewport()
        page.locator("#facts-box summary").click()
        page.locator("[data-name=container]").click()
        expect(page.locator(".sizes")).to_be_visible()
        wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(wide) == 0
        judge(page, f"form {language}")
        pure(page.locator("#facts"), language)
        page.locator("#facts-box summary").click()


def test_a_person_is_asked_for(desk: Desk) -> None:
    page = opened(desk, desk.rows(QuoteRequestFactory.create))

    page.get_by_role("button", name="Talk to a person").click()

    expect(page.locator("#beside")).to_have_text(PAGE["en"]["person_wanted"])
    expect(page.locator("#person")).to_be_hidden()


# files


def a_file(name: str, data: bytes) -> Any:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": data}


def test_a_file_is_sent_read_and_answered_in_the_open_page(desk: Desk) -> None:
    page = opened(desk, desk.rows(QuoteRequestFactory.create))
    state = page.locator(".file-state")

    page.set_input_files("#file", [a_file("packing <list>.txt", b"Total gross weight: 18,500 kg")])
    expect(page.locator(".file-name")).to_have_text("packing <list>.txt")
    expect(state).to_have_text(re.compile("byte|kB"))
    expect(state).to_contain_text(PAGE["en"]["file_read"])
    expect(page.locator("li.unsent")).to_have_count(0)
    expect(page.locator(".message.bot", has_text="packing <list>.txt")).to_be_visible()
    expect(fact(page, "gross_weight_kg")).to_contain_text("18,500 kg")

    page.set_input_files("#file", [a_file("scan.pdf", b"%PDF-1.7 and nothing else")])
    refused = page.locator(".refused .file-state")
    expect(refused).to_contain_text(PAGE["en"]["file_refused"])
    expect(refused).to_contain_text(": ")
    expect(page.locator(".message.bot", has_text="scan.pdf")).to_be_visible()


DROP = """([kind, ...files]) => {
    const dataTransfer = new DataTransfer();
    for (const [name, size] of files)
        dataTransfer.items.add(new File([new Uint8Array(size).fill(65)], name));
    const event = new DragEvent(kind, { dataTransfer, bubbles: true, cancelable: true });
    document.body.dispatchEvent(event);
}"""


def test_files_are_dropped_anywhere_but_what_is_too_large_is_not_sent(desk: Desk) -> None:
    page = opened(desk, desk.rows(QuoteRequestFactory.create))
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))

    page.evaluate(DROP, ["dragenter", ["list.txt", 10]])
    expect(page.locator("#dropping")).to_be_visible()
    page.evaluate(DROP, ["drop", ["big.pdf", 10 * 1024 * 1024 + 1], ["empty", 0]])
    expect(page.locator("#dropping")).to_be_hidden()
    trouble = "big.pdf is larger than 10 MB and cannot be sent. empty is empty."
    expect(page.locator("#trouble")).to_have_text(trouble)
    assert not [url for url in sent if url.endswith("/file/")]

    page.route("**/file/", lambda route: route.abort())
    page.evaluate(DROP, ["drop", ["list.txt", 10]])
    expect(page.locator(".fate")).to_contain_text("Not sent")
    page.unroute("**/file/")
    page.get_by_role("button", name="Send again").click()
    expect(page.locator(".file-state")).to_contain_text(PAGE["en"]["file_read"])
    expect(page.locator(".message.customer")).to_have_count(1)


# voice

EAR = """
    window.SpeechRecognition = class {
        start() { window.ear = this; }
        stop() { this.onend(); }
        abort() { this.onend(); }
        hear(text) { this.onresult({ results: [[{ transcript: text }]] }); }
    };
"""


def test_voice_fills_the_entry_and_sends_nothing(desk: Desk) -> None:
    page = opened(desk, desk.rows(QuoteRequestFactory.create), EAR)

    page.locator("#voice").click()
    expect(page.locator("#voice-note")).to_contain_text("maker")
    page.get_by_role("button", name="Start speaking").click()
    expect(page.locator("#voice")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#hint")).to_have_text("Listening · Esc to stop")
    assert page.evaluate("ear.lang") == "en-US"
    page.evaluate("ear.hear('eighteen tonnes')")
    page.keyboard.press("Escape")

    expect(page.locator("#voice")).to_have_attribute("aria-pressed", "false")
    expect(page.locator("#text")).to_have_value("eighteen tonnes")
    expect(page.locator("#text")).to_be_focused()
    expect(page.locator(".message.customer")).to_have_count(0)
    page.locator("#voice").click()  # the note was read
    expect(page.locator("#voice-note")).to_be_hidden()


def test_without_speech_recognition_there_is_no_button(desk: Desk) -> None:
    deaf = "window.SpeechRecognition = window.webkitSpeechRecognition = undefined;"
    page = opened(desk, desk.rows(QuoteRequestFactory.create), deaf)

    expect(page.locator("#voice")).to_be_hidden()


# accessibility

WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


@pytest.mark.parametrize(
    ("language", "looks"),
    [("ko", (("light", WIDE), ("dark", NARROW))), ("th", (("dark", WIDE), ("light", NARROW)))],
)
def test_axe_finds_nothing_in_a_whole_talk(desk: Desk, language: str, looks: Any) -> None:
    request = desk.rows(lambda: EmptyRequestFactory.create(language=language))
    page = desk.context(locale=language).new_page()
    for state in states(desk, page, request, language):
        for theme, size in looks:
            page.emulate_media(color_scheme=theme)
            page.set_viewport_size(size)
            judge(page, f"{state} {theme} {size['width']}")
        if state != "gone":  # which is in all languages
            pure(page.locator("body"), language)
