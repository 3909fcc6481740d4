"""A customer's answer to a quotation mail, for the demo and the end-to-end tests."""

import datetime as dt
import email
import email.utils
import re
import uuid
from email.message import EmailMessage
from email.policy import default
from typing import NamedTuple

from busybee.demo.days import Day
from busybee.demo.letters import Letter, render

NUMBER = re.compile(r"BB-\d{4}-\d{6}")
SCRIPTS = (("ko", "[가-힣]"), ("th", "[ก-๛]"), ("ja", "[ぁ-ヿ]"))


class GoAhead(NamedTuple):
    """What a customer writes to order, and the line over what they quote."""

    text: str
    quoted: str


GO_AHEADS = {
    "ko": GoAhead(
        "안녕하세요.\n\n보내 주신 견적 잘 받았습니다. 견적번호 {number} 건으로 진행 부탁드립니다.\n"
        "부킹이 확정되면 서류 마감 시간도 함께 알려 주세요.\n\n감사합니다.\n{name} 드림\n",
        "{day.korean}, {sender} 님이 작성:",
    ),
    "en": GoAhead(
        "Hello,\n\nthank you for the offer. We accept quotation {number}, please go ahead with the "
        "booking.\n"
        "Let us know the document cut-off once it is confirmed.\n\nBest regards\n{name}\n",
        "On {day.british}, {sender} wrote:",
    ),
    "ja": GoAhead(
        "お世話になっております。\n\n"
        "お見積りをありがとうございました。見積番号 {number} にて発注いたします。\n"
        "手配を進めていただけますよう、よろしくお願いいたします。\n\n{name}\n",
        "{day.japanese} {sender}:",
    ),
    "th": GoAhead(
        "สวัสดีครับ\n\nได้รับใบเสนอราคาแล้วครับ ขอยืนยันการสั่งจองตามใบเสนอราคาเลขที่ {number}\n"
        "รบกวนดำเนินการต่อได้เลยครับ\n\nขอบคุณครับ\n{name}\n",
        "{day.thai} {sender} เขียนว่า:",
    ),
}


def order_reply(quotation_raw: bytes, today: dt.datetime) -> bytes:
    """A mail from the quotation's recipient that orders it: in its thread and its language.

    Raises ValueError where the mail carries no quotation number.
    """
    quotation = email.message_from_bytes(quotation_raw, policy=default)
    body = _plain_text(quotation)
    number = NUMBER.search(f"{quotation['Subject']}\n{body}")
    if number is None:
        raise ValueError("the mail carries no quotation number")
    customer = _first_address(quotation, "To")
    sender = _first_address(quotation, "Reply-To", "From")
    return render(
        Letter(
            sender=customer,
            recipient=sender,
            subject=f"Re: {quotation['Subject']}",
            text=_answer(body, number[0], customer, sender, today),
            sent=today.replace(microsecond=0),
            message_id=_message_id(quotation, customer),
            transfer="quoted-printable",
            headers=_thread(quotation),
        )
    )


def _answer(
    body: str, number: str, customer: tuple[str, str], sender: tuple[str, str], today: dt.datetime
) -> str:
    go_ahead = GO_AHEADS[_language(body)]
    name = customer[0] or customer[1].partition("@")[0]
    day = Day(today.year, today.month, today.day)
    quoted = "\n".join(f"> {line}".rstrip() for line in body.strip().splitlines())
    said_by = go_ahead.quoted.format(day=day, sender=f"{sender[0]} <{sender[1]}>".strip())
    return f"{go_ahead.text.format(number=number, name=name)}\n{said_by}\n{quoted}\n"


def _language(text: str) -> str:
    """The one of the four whose script is in the text; English where none is."""
    return next((code for code, script in SCRIPTS if re.search(script, text)), "en")


def _plain_text(message: EmailMessage) -> str:
    part = message.get_body(preferencelist=("plain", "html"))
    return str(part.get_content()) if part else ""


def _first_address(message: EmailMessage, *headers: str) -> tuple[str, str]:
    """Name and address in the first of the headers that is there."""
    values = [str(message[header]) for header in headers if message[header]]
    return email.utils.getaddresses(values[:1])[0]


def _message_id(quotation: EmailMessage, customer: tuple[str, str]) -> str:
    unique = uuid.uuid5(uuid.NAMESPACE_URL, f"busybee-demo-reply:{quotation['Message-ID']}")
    return f"<{unique.hex}@{customer[1].rpartition('@')[2]}>"


def _thread(quotation: EmailMessage) -> dict[str, str]:
    answered = str(quotation["Message-ID"]).strip()
    earlier = str(quotation["References"] or "").split()
    return {"In-Reply-To": answered, "References": "\r\n ".join([*earlier, answered])}
