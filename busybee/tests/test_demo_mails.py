"""The sample mails are real mails, true to what they promise, and read right by BusyBee itself."""

import datetime as dt
import email
import email.message
import io
import zipfile
from collections import Counter
from email.policy import default
from typing import Any

import pytest
from django.conf import settings

from busybee.demo.days import day_named
from busybee.demo.mails import DemoMail, Outcome, build, order_reply
from classifier.inference import classify, compose
from freight import places, tariff, verification
from freight.extraction import extract
from freight.fields import Source
from pipeline.reading import understand

SEOUL = dt.timezone(dt.timedelta(hours=9))
# a Friday, shortly before the year ends: dates without a year must still be right
TODAY = dt.datetime(2031, 12, 19, 14, 30, tzinfo=SEOUL)
MAILS = build(TODAY)
QUOTES = [mail for mail in MAILS if mail.label == "quote"]
COMPLETE = [mail for mail in QUOTES if mail.facts and not mail.facts.missing()]
DANGEROUS = "22-en-dangerous"
# why the machine leaves a request to an operator
REVIEWED = {"21-ko-lcl": ("lcl",), DANGEROUS: ("dangerous",)}
NAMES = [mail.name for mail in MAILS]


def parsed(raw: bytes) -> email.message.EmailMessage:
    """The mail as the standard library reads it."""
    return email.message_from_bytes(raw, policy=default)


def leaves(mail: DemoMail) -> list[email.message.EmailMessage]:
    """The parts of a mail that hold no others."""
    return [part for part in parsed(mail.raw).walk() if not part.is_multipart()]


def octets(part: email.message.EmailMessage) -> bytes:
    """What a part holds, without its transfer encoding."""
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content


def files(mail: DemoMail) -> list[tuple[str, bytes]]:
    """(kind by the name's ending, content) of what is attached."""
    attached = [part for part in leaves(mail) if part.is_attachment()]
    return [((part.get_filename() or "").rpartition(".")[2], octets(part)) for part in attached]


def named(name: str) -> DemoMail:
    return next(mail for mail in MAILS if mail.name.startswith(name))


def test_there_are_32_mails_in_four_languages() -> None:
    assert len(MAILS) == 32
    assert Counter(mail.language for mail in MAILS) == {"ko": 16, "en": 8, "ja": 5, "th": 3}


def test_every_outcome_has_its_mails() -> None:
    assert Counter(mail.expected for mail in MAILS) == {
        Outcome.QUOTED: 10,
        Outcome.ASKED: 7,
        Outcome.DRAFT: 1,
        Outcome.REVIEW: 5,
        Outcome.FILED_SPAM: 4,
        Outcome.FILED_INQUIRY: 5,
    }


def test_message_ids_are_unique_within_and_between_two_builds() -> None:
    both = [*MAILS, *build(TODAY + dt.timedelta(days=1))]
    assert len({parsed(mail.raw)["Message-ID"] for mail in both}) == 64


def test_same_day_gives_same_ids() -> None:
    again = [parsed(mail.raw)["Message-ID"] for mail in build(TODAY)]
    assert again == [parsed(mail.raw)["Message-ID"] for mail in MAILS]


@pytest.mark.parametrize("mail", MAILS, ids=NAMES)
def test_standard_library_reads_envelope(mail: DemoMail) -> None:
    message = parsed(mail.raw)
    assert message["To"].addresses[0].addr_spec == "quote@busybee.example"
    assert message["From"].addresses[0].domain.endswith(".example")
    assert message["From"].addresses[0].display_name
    assert dt.timedelta(0) <= TODAY - message["Date"].datetime <= dt.timedelta(hours=2)
    assert message["Subject"]
    assert not any(part.defects for part in message.walk())


@pytest.mark.parametrize("mail", MAILS, ids=NAMES)
def test_lines_fit_smtp(mail: DemoMail) -> None:
    lines = mail.raw.split(b"\r\n")
    assert max(map(len, lines)) <= 998
    assert not any(b"\n" in line or b"\r" in line for line in lines)


@pytest.mark.parametrize("mail", MAILS, ids=NAMES)
def test_no_placeholder_is_left(mail: DemoMail) -> None:
    message = parsed(mail.raw)
    part = leaves(mail)[0]
    broken = mail.name == "14-ko-asked-charset"
    text = octets(part).decode("cp949") if broken else part.get_content()
    assert "{" not in message["Subject"] + text
    assert len(text) > 60


def test_encodings_vary() -> None:
    parts = [part for mail in MAILS for part in leaves(mail)]
    asian = {"euc-kr", "ks_c_5601-1987", "iso-2022-jp", "tis-620", "x-korean-pc"}
    assert asian | {"utf-8"} <= {part.get_content_charset() for part in parts}
    transfers = {part["Content-Transfer-Encoding"] for part in parts}
    assert transfers == {"base64", "quoted-printable", "8bit", "7bit"}


@pytest.mark.parametrize("label", ["euc-kr", "ks_c_5601-1987", "iso-2022-jp", "tis-620", "utf-8"])
def test_subjects_are_written_in_the_senders_charset(label: str) -> None:
    assert any(f"\r\nSubject: =?{label}?B?".encode() in mail.raw for mail in MAILS)


def test_outlook_mail_needs_more_than_euc_kr() -> None:
    written = octets(leaves(named("02"))[0])
    assert "샾인샾" in written.decode("cp949")
    assert "\ufffd" in written.decode("euc-kr", "replace")


@pytest.mark.parametrize("mail", QUOTES, ids=[mail.name for mail in QUOTES])
def test_facts_are_consistent(mail: DemoMail) -> None:
    facts = mail.facts
    assert facts is not None
    sent = parsed(mail.raw)["Date"].datetime.date()
    if facts.etd:
        assert dt.timedelta(days=5) <= facts.etd - sent <= dt.timedelta(days=42)
    if facts.etd and facts.eta:
        assert dt.timedelta(days=3) <= facts.eta - facts.etd <= dt.timedelta(days=45)
    problems = verification.problems(facts, today=sent)
    assert [problem for problem in problems if problem.code != "missing"] == []


@pytest.mark.parametrize("mail", QUOTES, ids=[mail.name for mail in QUOTES])
def test_outcome_follows_from_the_facts(mail: DemoMail) -> None:
    assert mail.facts is not None
    assert mail.expected in (Outcome.QUOTED, Outcome.DRAFT, Outcome.ASKED, Outcome.REVIEW)
    if mail.expected is not Outcome.REVIEW:
        assert bool(mail.facts.missing()) == (mail.expected is Outcome.ASKED)


def test_only_mails_that_ask_for_a_price_have_facts() -> None:
    assert {mail.label for mail in MAILS if mail.facts is None} == {"order", "spam", "inquiry"}


def test_files_are_what_their_names_say() -> None:
    japanese = "項目".encode("cp932")
    starts = {"xlsx": b"PK", "docx": b"PK", "zip": b"PK", "pdf": b"%PDF-", "csv": japanese}
    attached = [item for mail in MAILS for item in files(mail)]
    assert {kind for kind, _ in attached} == set(starts)
    assert all(content.startswith(starts[kind]) for kind, content in attached)


def test_zip_holds_a_workbook_with_real_dates() -> None:
    from openpyxl import load_workbook

    mail = named("06")
    ((_, zipped),) = files(mail)
    book = zipfile.ZipFile(io.BytesIO(zipped)).read("packing_list.xlsx")
    sheet = load_workbook(io.BytesIO(book))["Packing List"]
    cells: dict[Any, Any] = {name: value for name, value in sheet.iter_rows(values_only=True)}
    assert mail.facts is not None
    assert cells["출항일(ETD)"].date() == mail.facts.etd
    assert cells["총중량(kg)"] == mail.facts.gross_weight_kg


def test_pdf_holds_its_text() -> None:
    from pypdfium2 import PdfDocument

    ((_, content),) = files(named("09"))
    with PdfDocument(content) as paper:
        text = paper[0].get_textpage().get_text_range()
    assert "Port of discharge: Incheon" in text
    assert "Commodity: wooden toys (not dangerous)" in text


@pytest.mark.parametrize(
    ("sent", "friday"),
    [("2031-12-15", "2031-12-26"), ("2031-12-19", "2031-12-26"), ("2031-12-21", "2031-12-26")],
)
def test_friday_of_next_week(sent: str, friday: str) -> None:
    day = day_named("next week friday", dt.date.fromisoformat(sent))
    assert day == dt.date.fromisoformat(friday)


def test_mails_of_one_night_are_of_one_day_in_korea() -> None:
    just_after_midnight = dt.datetime(2031, 12, 22, 0, 1, tzinfo=SEOUL)
    dates = [parsed(mail.raw)["Date"].datetime for mail in build(just_after_midnight)]
    assert {date.astimezone(SEOUL).date() for date in dates} == {dt.date(2031, 12, 22)}


def test_vacation_mail_says_it_is_a_machine() -> None:
    machines = [mail.name for mail in MAILS if parsed(mail.raw)["Auto-Submitted"]]
    assert machines == ["23-ja-vacation"]


QUOTATION = """\
Message-ID: <quotation.7@busybee.example>
References: <first@a.example>
From: BusyBee <quote@busybee.example>
To: {to}
Subject: {subject}
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

{body}
"""


def reply_to(body: str, subject: str = "BB-2031-000123", to: str = "Kim <kim@a.example>") -> bytes:
    return order_reply(QUOTATION.format(to=to, subject=subject, body=body).encode(), TODAY)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("견적 금액은 아래와 같습니다.", "BB-2031-000123 건으로 진행 부탁드립니다"),
        ("Here is your quotation.", "We accept quotation BB-2031-000123"),
        ("お見積りをお送りします。", "BB-2031-000123 にて発注いたします"),
        ("ใบเสนอราคาของท่าน", "ใบเสนอราคาเลขที่ BB-2031-000123"),
    ],
)
def test_order_reply_accepts_in_the_mails_language(body: str, words: str) -> None:
    text = parsed(reply_to(body)).get_content()
    assert words in text
    assert f"> {body}" in text


def test_order_reply_threads_to_the_quotation() -> None:
    reply = parsed(reply_to("Here is your quotation."))
    assert reply["In-Reply-To"] == "<quotation.7@busybee.example>"
    assert reply["References"].split() == ["<first@a.example>", "<quotation.7@busybee.example>"]
    assert reply["From"] == "Kim <kim@a.example>"
    assert reply["To"] == "BusyBee <quote@busybee.example>"
    assert reply["Subject"] == "Re: BB-2031-000123"
    assert reply["Message-ID"] != "<quotation.7@busybee.example>"


def test_order_reply_refuses_mail_without_number() -> None:
    with pytest.raises(ValueError, match="no quotation number"):
        reply_to("Hello there.", subject="Hello")


@pytest.mark.parametrize("mail", MAILS, ids=NAMES)
def test_busybee_reads_the_mail(mail: DemoMail) -> None:
    understood = understand(mail.raw)
    assert understood.language == mail.language
    assert not understood.warnings
    assert not [item.refused for item in understood.items if item.refused]
    assert "\ufffd" not in understood.mail.subject + understood.text


@pytest.mark.parametrize("mail", MAILS, ids=NAMES)
def test_busybee_knows_the_label(mail: DemoMail) -> None:
    understood = understand(mail.raw)
    text = compose(understood.mail.subject, understood.new_text)
    assert classify(text, registry="release").label == mail.label


@pytest.mark.parametrize("mail", QUOTES, ids=[mail.name for mail in QUOTES])
def test_busybee_reads_the_facts(mail: DemoMail) -> None:
    sent = parsed(mail.raw)["Date"].datetime
    understood = understand(mail.raw)
    # in the order of pipeline.steps.llm_extract
    sources = [
        Source("body", understood.new_text),
        Source("subject", understood.mail.subject),
        *(Source(f"attachment:{item.path}", item.text) for item in understood.items if item.text),
    ]
    extraction = extract(sources, today=sent.date(), language=understood.language)
    assert extraction.facts == mail.facts
    assert extraction.review == REVIEWED.get(mail.name, ())


@pytest.mark.parametrize("mail", COMPLETE, ids=[mail.name for mail in COMPLETE])
def test_only_what_is_below_the_approval_limit_is_quoted_at_once(mail: DemoMail) -> None:
    facts = mail.facts
    assert facts is not None
    origin, destination = places.get(facts.origin or ""), places.get(facts.destination or "")
    if not (origin and destination and facts.container and facts.gross_weight_kg):
        pytest.fail("a place that is not known")
    if not (facts.etd and facts.eta):
        pytest.fail("a complete mail without dates")
    transport = tariff.Transport(
        origin=origin.locode,
        destination=destination.locode,
        container=facts.container,
        containers=facts.boxes,
        gross_weight_kg=facts.gross_weight_kg,
        etd=facts.etd,
        eta=facts.eta,
    )
    distance = tariff.great_circle(origin, destination)
    price = tariff.by_formula(tariff.DEFAULT_TARIFF, distance, transport)
    needs_approval = price.total > settings.BUSYBEE_APPROVAL_ABOVE_KRW
    assert needs_approval == (mail.expected is Outcome.DRAFT or mail.name == DANGEROUS)
