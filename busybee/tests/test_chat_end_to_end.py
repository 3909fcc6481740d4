"""A customer's way in a real browser over real processes, in each language.

A mail arrives, its question carries a link, the talk behind it runs to the end, and the quotation
is in the sink before the page is closed.
"""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage

import pytest
from playwright.sync_api import Browser, Page, expect

from busybee.throwaway import Installation, running
from chat.tests.browser import chromium

pytestmark = [pytest.mark.timeout(300), pytest.mark.needs("/usr/bin/chromium")]
TODAY = dt.date.today()
ETD, ETA = TODAY + dt.timedelta(days=20), TODAY + dt.timedelta(days=32)


@dataclass(frozen=True, slots=True)
class Talk:
    """A customer: the mail, and what they say in the chat; `weight` as the quotation writes it."""

    language: str
    subject: str
    mail: str
    says: tuple[str, ...]
    yes: str
    weight: str


TALKS = (
    Talk(
        "ko",
        "부산-상하이 견적 요청",
        "안녕하세요. 부산에서 상하이까지 20ft 1대 해상 운임 견적 부탁드립니다. 감사합니다.",
        (f"출항일은 {ETD}이고 도착은 {ETA}까지요", "9,800kg 입니다"),
        "네 맞습니다",
        "9,800",
    ),
    Talk(
        "en",
        "Rate request Busan Shanghai",
        "Hello, please quote the ocean freight for 1 x 20ft from Busan to Shanghai. Best regards",
        ("gross weight is 8.7 tons", f"leaving {ETD}, must arrive by {ETA}"),
        "yes, correct",
        "8,700",
    ),
    Talk(
        "ja",
        "お見積りのお願い",
        "お世話になっております。釜山から上海まで20フィート1本の海上運賃のお見積りをお願いいたします。",
        (f"出発日は{ETD}、到着日は{ETA}でお願いします。", "総重量は7,600kgです"),
        "はい、合っています",
        "7,600",
    ),
    Talk(
        "th",
        "ขอใบเสนอราคา",
        "สวัสดีค่ะ ขอราคาค่าระวางเรือจากปูซานไปเซี่ยงไฮ้ ตู้ 20 ฟุต 1 ตู้ ขอบคุณค่ะ",
        ("น้ำหนักรวม 6,500 กก.", f"ออกวันที่ {ETD} ถึงวันที่ {ETA} ค่ะ"),
        "ใช่ค่ะ",
        "6,500",
    ),
)  # fmt: skip


@pytest.fixture(scope="module")
def busybee() -> Iterator[Installation]:
    with running() as installation:
        yield installation


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running_browser:
        yield running_browser


def request_of(talk: Talk) -> bytes:
    message = EmailMessage()
    message["From"] = f"Customer <{talk.language}@shipper.example>"
    message["To"] = "quote@busybee.example"
    message["Subject"] = talk.subject
    message["Date"] = dt.datetime.now(dt.UTC)
    message["Message-ID"] = f"<chat.{talk.language}@shipper.example>"
    message.set_content(talk.mail)
    return message.as_bytes()


def mail_to(busybee: Installation, talk: Talk, kind: str) -> str:
    """The text of the one mail of `kind` that the customer got."""
    own = f"{talk.language}@shipper.example"
    found = busybee.wait(
        lambda: [m for m in busybee.sent(kind) if own in str(m["To"])], why=f"{kind} for {own}"
    )
    (message,) = found
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def say(page: Page, text: str) -> None:
    """Send a message and wait until it is answered."""
    answers = page.locator("li.message.bot")
    before = answers.count()
    page.locator("#text").fill(text)
    page.locator("#text").press("Enter")
    expect(answers).not_to_have_count(before, timeout=30_000)


@pytest.mark.parametrize("talk", TALKS, ids=lambda talk: talk.language)
def test_a_mail_becomes_a_quotation_by_the_chat(
    busybee: Installation, browser: Browser, talk: Talk
) -> None:
    busybee.drop(f"chat-{talk.language}", request_of(talk))
    link = re.search(r"http://\S+/chat/[\w-]+/", mail_to(busybee, talk, "question"))
    assert link is not None

    page = browser.new_context(locale=talk.language).new_page()
    page.goto(link[0])
    page.locator("button[type=submit]").click()
    expect(page.locator("#count")).to_contain_text("3")
    assert link[0] not in page.url, "the token stays in the address"
    for text in talk.says:
        say(page, text)
    expect(page.locator("#count")).to_contain_text("6")
    say(page, talk.yes)

    expect(page.locator("#quotation")).to_be_visible(timeout=30_000)
    quotation = mail_to(busybee, talk, "quotation")
    assert talk.weight in quotation
    total = re.search(r"\d{1,3}(?:,\d{3}){2,}", page.locator("#quotation").inner_text())
    assert total is not None
    shown = page.locator("#quotation").inner_text()
    assert max(re.findall(r"\d{1,3}(?:,\d{3})+", shown), key=len) in quotation
