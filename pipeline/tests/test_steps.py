"""The steps over real storage, a real model and rows: what each leaves behind."""

import io
import zipfile
from email.message import EmailMessage
from typing import Any

import pytest

from freight.models import Mode, QuoteRequest
from pipeline import dns_records, reading, work
from pipeline.labels import relabel
from pipeline.mailbox.ingest import receive
from pipeline.models import Email, Mailbox, StepName
from pipeline.replay import replay
from pipeline.steps import FUNCTIONS, extract
from pipeline.tests.test_authentication import new_key, records_of, signed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_url")]
QUOTE = """안녕하세요. 해상 운임 견적 부탁드립니다.
출발지: 부산
도착지: 상하이
컨테이너: 20ft 1대
"""


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox.objects.create(
        name="box", kind=Mailbox.Kind.DIRECTORY, directory="(test)", mode=Mode.AUTO
    )


def message(text: str = QUOTE, **headers: str) -> EmailMessage:
    mail = EmailMessage()
    values = {
        "From": "김하나 <hana@shipper.example>",
        "Subject": "부산-상하이 견적 요청",
        "Date": "Fri, 20 Nov 2026 09:00:00 +0900",
        "Message-ID": "<one@shipper.example>",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    for name, value in values.items():
        mail[name] = value
    mail.set_content(text)
    return mail


def processed(mail: EmailMessage | bytes, mailbox: Mailbox) -> Email:
    raw = mail if isinstance(mail, bytes) else mail.as_bytes()
    received = receive(raw, mailbox=mailbox, uid=str(Email.objects.count()))
    work.carry(received.email_id, StepName.EXTRACT, FUNCTIONS, on=lambda _: True)
    return Email.objects.get(pk=received.email_id)


def test_quote_mail_opens_a_request_with_evidence(mailbox: Mailbox) -> None:
    email = processed(message(), mailbox)

    assert (email.label, email.language, email.outcome) == ("quote", "ko", "asked")
    request = QuoteRequest.objects.get()
    assert (request.origin, request.destination, request.container) == ("KRPUS", "CNSHA", "20ft")
    seen = request.fact_evidence["origin"]
    assert email.new_text[seen.start : seen.end] == seen.quote


def test_archive_members_are_read(mailbox: Mailbox) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("packing.txt", "총중량: 12,400kg\n")
    mail = message()
    mail.add_attachment(packed.getvalue(), maintype="application", subtype="zip", filename="a.zip")
    email = processed(mail, mailbox)

    member = email.attachments.get(filename="packing.txt")
    assert member.parent is not None
    assert "12,400kg" in member.text
    assert QuoteRequest.objects.get().gross_weight_kg == 12_400


def test_replay_from_the_first_step_leaves_the_same_rows(mailbox: Mailbox) -> None:
    mail = message()
    mail.add_attachment("총중량: 12,400kg", filename="a.txt")
    email = processed(mail, mailbox)
    before = list(email.attachments.values_list("path", "text", "kind"))

    replay(email, StepName.EXTRACT)
    work.carry(email.pk, StepName.EXTRACT, FUNCTIONS, on=lambda _: True)
    assert list(email.attachments.values_list("path", "text", "kind")) == before
    assert QuoteRequest.objects.count() == 1


def test_reply_with_the_missing_facts_completes_the_request(mailbox: Mailbox) -> None:
    processed(message(), mailbox)
    request = QuoteRequest.objects.get()
    question = request.outgoing.get()
    reply = message(
        "총중량은 12,400kg이고 출항일은 2026-12-10, 도착일은 2026-12-24입니다.",
        In_Reply_To=question.message_id,
        Message_ID="<two@shipper.example>",
        Date="Sat, 21 Nov 2026 09:00:00 +0900",
    )
    email = processed(reply, mailbox)

    request.refresh_from_db()
    assert (email.label, email.request) == ("quote", request)
    assert request.facts.gross_weight_kg == 12_400


def test_reply_from_somebody_else_opens_a_request_of_its_own(mailbox: Mailbox) -> None:
    processed(message(), mailbox)
    question = QuoteRequest.objects.get().outgoing.get()
    reply = message(
        QUOTE + "총중량: 1kg",
        In_Reply_To=question.message_id,
        From="thief@other.example",
        Message_ID="<three@other.example>",
    )
    processed(reply, mailbox)

    assert QuoteRequest.objects.count() == 2
    assert QuoteRequest.objects.order_by("pk")[0].gross_weight_kg is None


def test_machine_is_not_answered(mailbox: Mailbox) -> None:
    email = processed(message(Auto_Submitted="auto-generated"), mailbox)

    assert email.machine
    assert not QuoteRequest.objects.filter(outgoing__isnull=False).exists()


@pytest.mark.parametrize(("trusted", "verdict"), [("", "none"), ("mx.busybee.example", "pass")])
def test_proof_of_the_sender_needs_our_own_servers_word(
    mailbox: Mailbox, settings: Any, trusted: str, verdict: str
) -> None:
    settings.BUSYBEE_AUTHSERV_ID = trusted
    header = "mx.busybee.example; dmarc=pass header.from=shipper.example"

    assert processed(message(Authentication_Results=header), mailbox).dmarc == verdict


@pytest.mark.parametrize("wanted", [False, True])
def test_a_signature_proves_the_sender_where_that_is_wanted(
    mailbox: Mailbox, settings: Any, monkeypatch: pytest.MonkeyPatch, wanted: bool
) -> None:
    settings.BUSYBEE_CHECK_DKIM = wanted
    key = new_key()
    records = records_of(key, "shipper.example")
    records["_dmarc.shipper.example"] = ()
    # the one thing that is not to be had here is the world's DNS
    monkeypatch.setattr(
        dns_records, "txt_records", lambda names, seconds: {n: records[n] for n in names}
    )

    email = processed(signed(key, message().as_bytes(), domain="shipper.example"), mailbox)

    assert (email.dkim, email.dmarc) == (("pass", "pass") if wanted else ("none", "none"))


def test_a_signature_is_not_waited_for_longer_than_the_step_has(
    mailbox: Mailbox, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.BUSYBEE_CHECK_DKIM = True
    monkeypatch.setattr(extract, "SECONDS", 0.0)
    raw = signed(new_key(), message().as_bytes(), domain="shipper.example")

    email = processed(raw, mailbox)

    assert (email.dkim, email.dmarc) == ("none", "none")
    assert email.outcome == "asked"


def zipped(number: int, text: str) -> EmailMessage:
    """A mail with that many files of `text` in an archive."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for each in range(number):
            archive.writestr(f"{each:03}.txt", f"{each}\n{text}")
    mail = message()
    mail.add_attachment(packed.getvalue(), maintype="application", subtype="zip", filename="a.zip")
    return mail


def test_a_person_looks_where_there_are_more_files_than_are_read(mailbox: Mailbox) -> None:
    email = processed(zipped(60, "packing list"), mailbox)

    assert "facts-cut" in email.warnings
    assert QuoteRequest.objects.get().review == ["facts-cut"]
    assert email.outcome == "review: facts-cut"


def test_rows_of_a_mail_hold_no_more_text_than_is_kept(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MAIL_CHARACTERS", 30)
    mail = zipped(3, "0123456789")
    forwarded = EmailMessage()
    forwarded.set_content("forwarded")
    mail.add_attachment(forwarded)  # its text counts, too

    email = processed(mail, mailbox)

    kept = email.attachments.values_list("path", "text", "refused", "notes").order_by("path")
    assert list(kept) == [
        ("2", "", "", []),
        ("2/000.txt", "0\n0123456789", "", []),
        ("2/001.txt", "1\n0123456", "", ["mail-text"]),
        ("2/002.txt", "", "mail-text", []),
        ("3", "forwarded", "", []),
    ]


def test_operators_label_stays(mailbox: Mailbox) -> None:
    email = processed(message(), mailbox)
    relabel(email, "spam", by="lee")
    work.carry(email.pk, StepName.SAVE, FUNCTIONS, on=lambda _: True)

    email.refresh_from_db()
    assert (email.label, email.outcome) == ("spam", "filed")


def test_relabelled_to_quote_opens_a_request(mailbox: Mailbox) -> None:
    email = processed(
        message("좋은 아침입니다. 이번 주 휴무 안내드립니다.", Subject="휴무"), mailbox
    )
    assert not QuoteRequest.objects.exists()
    relabel(email, "quote", by="lee")
    work.carry(email.pk, StepName.SAVE, FUNCTIONS, on=lambda _: True)

    assert QuoteRequest.objects.count() == 1
