"""The whole trade by mail alone, in four languages, over a real IMAP server and a real SMTP one:
five facts, a question, the sixth by reply, a quotation, an order by reply, its confirmation.
"""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from busybee.tests.test_outbox import running_sink
from freight import outbox
from freight.models import LaneRate, Mode, Order, OutgoingMail, QuoteRequest, Shipment, State
from pipeline import work
from pipeline.mailbox.poller import poll_once
from pipeline.models import Email, Mailbox, StepName
from pipeline.steps import FUNCTIONS
from pipeline.tests import dovecot
from pipeline.tests.dovecot import Dovecot
from pipeline.tests.factories import imap_mailbox

pytestmark = [
    pytest.mark.needs("dovecot"),
    pytest.mark.django_db,
    pytest.mark.usefixtures("redis_url", "surely_read"),
]
KINDS = OutgoingMail.Kind


@dataclass(frozen=True, slots=True)
class Customer:
    """What somebody writes in one language; `quoted` heads what their program quotes of ours."""

    name: str
    address: str
    subject: str
    asks: str
    gives: str
    orders: str
    quoted: str


def day(days: int) -> dt.date:
    return timezone.localdate() + dt.timedelta(days=days)


ETD, ETA = day(20), day(30)
CUSTOMERS = {
    "ko": Customer(
        "김하나",
        "hana@shipper-ko.example",
        "부산-상하이 40피트 견적 문의",
        f"""안녕하세요, 하나산업 김하나 과장입니다.
부산에서 상하이까지 40피트 컨테이너 1대 해상운임 견적 부탁드립니다.
출항 희망일은 {ETD.month}월 {ETD.day}일, 도착은 {ETA.month}월 {ETA.day}일입니다.
감사합니다.
""",
        "총중량은 18.5톤입니다. 견적 부탁드립니다.",
        "견적 확인했습니다. {number} 건으로 진행 부탁드립니다.",
        "2026년 11월 22일 (일) 오후 3:04, BusyBee <quote@busybee.example>님이 작성:",
    ),
    "en": Customer(
        "Ann Lee",
        "ann@shipper-en.example",
        "Rate request Busan to Shanghai",
        f"""Hello,

could you please quote ocean freight from Busan to Shanghai for one 40' container?
ETD {ETD:%d %B %Y}, arrival by {ETA:%d %B %Y}.

Best regards
Ann Lee
""",
        "The gross weight is 18,500 kg. Please send the quotation.",
        "Thank you. Please proceed with {number}.",
        "On Sun, 22 Nov 2026 at 15:04, BusyBee <quote@busybee.example> wrote:",
    ),
    "ja": Customer(
        "佐藤健",
        "sato@shipper-ja.example",
        "釜山→上海 海上運賃のお見積り",
        f"""お世話になっております。山田商事の佐藤です。
釜山から上海まで40フィートコンテナ1本の海上運賃をお見積りください。
出港は{ETD.month}月{ETD.day}日、到着は{ETA.month}月{ETA.day}日を希望します。
よろしくお願いいたします。
""",
        "総重量は18.5トンです。お見積りをお願いいたします。",
        "お見積りありがとうございます。{number} で手配をお願いします。",
        "2026年11月22日(日) 15:04 BusyBee <quote@busybee.example>:",
    ),
    "th": Customer(
        "สมชาย",
        "somchai@shipper-th.example",
        "ขอใบเสนอราคา ปูซาน ไป เซี่ยงไฮ้",
        f"""สวัสดีครับ
รบกวนขอราคาค่าระวางเรือจากปูซานไปเซี่ยงไฮ้ ตู้ 40 ฟุต 1 ตู้
เรือออกวันที่ {ETD.day}/{ETD.month}/{ETD.year + 543} ถึงปลายทางวันที่ {ETA.day}/{ETA.month}/{ETA.year + 543}
ขอบคุณครับ
""",
        "น้ำหนักรวม 18.5 ตันครับ รบกวนขอใบเสนอราคาด้วยครับ",
        "ยืนยันตามใบเสนอราคา {number} ครับ ดำเนินการได้เลยครับ",
        "ในวันที่ อา. 22 พ.ย. 2026 เวลา 15:04 BusyBee <quote@busybee.example> เขียนว่า:",
    ),
}


@dataclass
class Office:
    """The forwarder: its mailbox, the workers' work done here, and what customers got."""

    server: Dovecot
    mailbox: Mailbox
    kept: Path

    def receive(self, raw: bytes) -> Email:
        """The mail after every step, once it has come over IMAP."""
        self.server.append(raw)
        assert poll_once(self.mailbox) == 1
        self.mailbox.refresh_from_db()
        email = Email.objects.latest("pk")
        work.carry(email.pk, StepName.EXTRACT, FUNCTIONS, on=lambda _: True)
        email.refresh_from_db()
        assert email.state == Email.State.DONE
        return email

    def sent(self, kind: str) -> EmailMessage:
        """The one mail of `kind` that this customer has, as it lies with the relay."""
        for pk in outbox.due_ids(timezone.now()):
            outbox.send(pk)
        row = OutgoingMail.objects.get(kind=kind)
        mails = [message_from_bytes(raw, policy=policy.default) for raw in self._files()]
        (mail,) = [each for each in mails if each["Message-ID"] == row.message_id]
        assert isinstance(mail, EmailMessage)
        return mail

    def _files(self) -> list[bytes]:
        return [path.read_bytes() for path in sorted(self.kept.glob("*.eml"))]


@pytest.fixture
def office(tmp_path: Path, settings: Any) -> Iterator[Office]:
    settings.BUSYBEE_JOURNAL_DIR = str(tmp_path / "kept")
    with (
        dovecot.running() as server,
        running_sink(tmp_path / "kept", None) as port,
    ):
        settings.BUSYBEE_SMTP_URL = f"smtp://127.0.0.1:{port}"
        mailbox = imap_mailbox(server.port)
        mailbox.mode = Mode.AUTO
        mailbox.save()
        yield Office(server, mailbox, tmp_path / "kept")


@pytest.fixture
def lane() -> LaneRate:
    """The rate without which a real mailbox sends no price by itself."""
    return LaneRate.objects.create(
        origin="KRPUS",
        destination="CNSHA",
        container="40ft",
        amount=1_250_000,
        valid_from=day(0),
        valid_to=day(60),
    )


def letter(customer: Customer, text: str, *, answers: EmailMessage | None = None) -> bytes:
    """A mail as the customer's program sends it; in an answer, with our mail quoted below."""
    message = EmailMessage()
    message["From"] = f"{customer.name} <{customer.address}>"
    message["To"] = "quote@busybee.example"
    message["Date"] = format_datetime(timezone.now())
    message["Message-ID"] = f"<{abs(hash(text))}@{customer.address.partition('@')[2]}>"
    if answers is None:
        message["Subject"] = customer.subject
        message.set_content(text)
        return message.as_bytes()
    message["Subject"] = f"Re: {answers['Subject']}"
    message["In-Reply-To"] = answers["Message-ID"]
    message["References"] = f"{answers.get('References', '')} {answers['Message-ID']}".strip()
    ours = "\n".join(f"> {line}" for line in plain(answers).splitlines())
    message.set_content(f"{text}\n\n{customer.quoted}\n{ours}\n")
    return message.as_bytes()


def plain(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


@pytest.mark.parametrize("language", CUSTOMERS)
def test_from_five_facts_to_a_confirmed_order(
    office: Office, lane: LaneRate, language: str
) -> None:
    customer = CUSTOMERS[language]
    asked = office.receive(letter(customer, customer.asks))
    assert (asked.label, asked.language, asked.outcome) == ("quote", language, "asked")
    question = office.sent(KINDS.QUESTION)
    assert question["To"].addresses[0].addr_spec == customer.address
    assert question["Auto-Submitted"] == "auto-replied"

    answered = office.receive(letter(customer, customer.gives, answers=question))
    request = QuoteRequest.objects.get()
    assert (answered.outcome, answered.request) == ("quoted", request)
    quotation = office.sent(KINDS.QUOTATION)
    text = plain(quotation)
    assert "1,250,000" in text
    assert "18,500 kg" in text
    assert question["Message-ID"] != quotation["Message-ID"]
    assert re.search(r"BB-\d{4}-\d{6}", str(quotation["Subject"]))

    go_ahead = customer.orders.format(number=request.number)
    ordered = office.receive(letter(customer, go_ahead, answers=quotation))
    assert (ordered.label, ordered.outcome) == ("order", "ordered")
    confirmation = office.sent(KINDS.CONFIRMATION)
    assert Shipment.objects.get().number in plain(confirmation)

    request.refresh_from_db()
    assert request.state == State.ORDERED
    assert Order.objects.count() == 1
    # the same go-ahead once more: a second click, or a copy that the server keeps
    again = office.receive(letter(customer, f"{go_ahead} ", answers=quotation))
    assert again.outcome == "review: already ordered"
    assert sorted(OutgoingMail.objects.values_list("kind", flat=True)) == [
        "confirmation",
        "question",
        "quotation",
    ]
