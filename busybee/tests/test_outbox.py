"""The outbox over a real SMTP server: each mail once, whatever breaks."""

import asyncio
import datetime as dt
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from django.test import TestCase
from django.utils import timezone
from redis import Redis

from busybee.mail_sink import Faults, serve
from freight import deliveries, outbox, tasks
from freight.errors import NotAccepted, UnusableAddress
from freight.journal import DirectoryJournal
from freight.letters import File, Letter
from freight.models import OutgoingMail, QuoteRequest, Sending

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_url")]
SinkStarter = Callable[[Faults | None], None]


@contextmanager
def running_sink(folder: Path, faults: Faults | None) -> Iterator[int]:
    """The port of a sink in a thread of its own."""
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(serve(folder, 0, faults))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()


@pytest.fixture
def sink(tmp_path: Path, settings: Any) -> Iterator[SinkStarter]:
    settings.BUSYBEE_JOURNAL_DIR = str(tmp_path)
    settings.BUSYBEE_SEND_LEASE_SECONDS = 4
    open_sinks = []

    def start(faults: Faults | None = None) -> None:
        context = running_sink(tmp_path, faults)
        settings.BUSYBEE_SMTP_URL = f"smtp://127.0.0.1:{context.__enter__()}"
        open_sinks.append(context)

    yield start
    for context in open_sinks:
        context.__exit__(None, None, None)


@pytest.fixture
def asked() -> QuoteRequest:
    return QuoteRequest.objects.create(
        customer_address="kim@shipper.example",
        customer_name="김하나",
        message_id="<q1@shipper.example>",
    )


@pytest.fixture
def mail(asked: QuoteRequest) -> OutgoingMail:
    return outbox.intend(
        key="quotation:test:1",
        kind="quotation",
        request=asked,
        letter=Letter("견적", "안녕하세요\n.\n끝"),
    )


def kept(tmp_path: Path) -> list[bytes]:
    return [path.read_bytes() for path in sorted(tmp_path.glob("*.eml"))]


def due_now(mail: OutgoingMail) -> None:
    OutgoingMail.objects.filter(pk=mail.pk).update(next_at=timezone.now())


def test_mail_arrives_as_intended(sink: SinkStarter, mail: OutgoingMail, tmp_path: Path) -> None:
    sink(None)
    assert outbox.send(mail.pk) == Sending.SENT
    assert outbox.send(mail.pk) == Sending.SENT

    (raw,) = kept(tmp_path)
    message = message_from_bytes(raw, policy=policy.default)
    assert message["Message-ID"] == mail.message_id
    assert message["In-Reply-To"] == "<q1@shipper.example>"
    assert message["Auto-Submitted"] == "auto-replied"
    assert message.get_content().splitlines() == ["안녕하세요", ".", "끝"]


FULL = Letter(
    "견적",
    "안녕하세요\n",
    html="<p>안녕하세요</p>",
    files=(File("견적서 부산-상하이.pdf", "application/pdf", bytes(range(256))),),
)


def test_letter_with_html_and_files_arrives_byte_by_byte(
    sink: SinkStarter, asked: QuoteRequest, tmp_path: Path
) -> None:
    sink(Faults(lose_after_data=1))
    mail = outbox.intend(key="k", kind="quotation", request=asked, letter=FULL)
    outbox.send(mail.pk)
    due_now(mail)
    assert outbox.send(mail.pk) == Sending.SENT

    (raw,) = kept(tmp_path)
    assert raw.endswith(outbox.unseal(bytes(mail.sealed)))
    assert outbox.letter_of(mail) == FULL
    assert outbox.readable(mail) == FULL.text


def test_undelivered_mail_is_sent_again_with_html_and_files(asked: QuoteRequest) -> None:
    mail = outbox.intend(key="k", kind="confirmation", request=asked, letter=FULL)
    OutgoingMail.objects.filter(pk=mail.pk).update(state=Sending.UNDELIVERED)
    mail.refresh_from_db()

    again = deliveries.send_again(mail, to="kim@right.example", by="lee", now=timezone.now())
    assert outbox.letter_of(again) == FULL
    assert not again.automatic


def test_mail_that_cannot_be_opened_fails_and_says_so(
    sink: SinkStarter, mail: OutgoingMail, settings: Any, tmp_path: Path
) -> None:
    sink(None)
    settings.SECRET_KEY = "another"

    assert outbox.send(mail.pk) == Sending.FAILED
    assert OutgoingMail.objects.get().last_error == outbox.SEALED
    assert kept(tmp_path) == []


def test_relay_that_is_set_up_wrong_keeps_the_mail(mail: OutgoingMail, settings: Any) -> None:
    settings.BUSYBEE_SMTP_URL = "relay.example"

    assert outbox.send(mail.pk) == Sending.QUEUED
    assert "BUSYBEE_SMTP_URL" in OutgoingMail.objects.get().last_error


def test_same_intent_is_one_mail(mail: OutgoingMail, asked: QuoteRequest) -> None:
    again = outbox.intend(
        key=mail.key, kind="quotation", request=asked, letter=Letter("other", "other")
    )
    assert again.pk == mail.pk


def test_no_server_means_later(mail: OutgoingMail, settings: Any) -> None:
    settings.BUSYBEE_SMTP_URL = "smtp://127.0.0.1:9"
    assert outbox.send(mail.pk) == Sending.QUEUED

    mail.refresh_from_db()
    assert mail.next_at is not None
    assert mail.next_at > timezone.now()
    assert "no connection" in mail.last_error


def test_refused_recipient_is_final(sink: SinkStarter, mail: OutgoingMail, tmp_path: Path) -> None:
    sink(Faults(fail_rcpt=("kim@shipper.example",)))

    assert outbox.send(mail.pk) == Sending.FAILED
    assert kept(tmp_path) == []


def test_cut_after_data_that_arrived_is_found(
    sink: SinkStarter, mail: OutgoingMail, tmp_path: Path
) -> None:
    sink(Faults(drop_after_data=1))
    assert outbox.send(mail.pk) == Sending.UNCERTAIN
    due_now(mail)

    assert outbox.send(mail.pk) == Sending.SENT
    assert len(kept(tmp_path)) == 1


def test_cut_after_data_that_was_lost_is_sent_again(
    sink: SinkStarter, mail: OutgoingMail, tmp_path: Path
) -> None:
    sink(Faults(lose_after_data=1))
    assert outbox.send(mail.pk) == Sending.UNCERTAIN
    due_now(mail)

    assert outbox.send(mail.pk) == Sending.SENT
    assert len(kept(tmp_path)) == 1


def test_stalled_answer_is_uncertain_then_found(
    sink: SinkStarter, mail: OutgoingMail, tmp_path: Path
) -> None:
    sink(Faults(stall_after_data=True))
    assert outbox.send(mail.pk) == Sending.UNCERTAIN
    due_now(mail)

    assert outbox.send(mail.pk) == Sending.SENT
    assert len(kept(tmp_path)) == 1


def test_dead_sender_is_looked_up_a_lease_later(
    sink: SinkStarter, mail: OutgoingMail, tmp_path: Path
) -> None:
    sink(None)
    past = timezone.now() - dt.timedelta(seconds=1)
    OutgoingMail.objects.filter(pk=mail.pk).update(
        state=Sending.SENDING, attempt=1, lease_until=past
    )
    # the relay may still be writing what the dead one sent last
    assert outbox.send(mail.pk) == Sending.UNCERTAIN
    assert outbox.send(mail.pk) == Sending.UNCERTAIN
    due_now(mail)

    assert outbox.send(mail.pk) == Sending.SENT
    assert len(kept(tmp_path)) == 1


def test_look_up_that_another_sender_overtook_sends_nothing(
    sink: SinkStarter, mail: OutgoingMail, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sink(Faults(drop_after_data=1))
    OutgoingMail.objects.filter(pk=mail.pk).update(state=Sending.UNCERTAIN, attempt=1)
    look = DirectoryJournal.holds

    def overtaken(journal: DirectoryJournal, message_id: str) -> bool:
        monkeypatch.setattr(DirectoryJournal, "holds", look)
        found = look(journal, message_id)
        assert outbox.send(mail.pk) == Sending.UNCERTAIN  # kept, and its answer lost
        return found

    monkeypatch.setattr(DirectoryJournal, "holds", overtaken)
    outbox.send(mail.pk)
    assert len(kept(tmp_path)) == 1


def test_sender_that_lost_its_lease_changes_nothing(
    sink: SinkStarter, mail: OutgoingMail, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = timezone.now() + dt.timedelta(hours=1)

    def overtaken(*_: object, **__: object) -> None:
        OutgoingMail.objects.filter(pk=mail.pk).update(lease_until=later)
        raise NotAccepted("planted", permanent=False)

    sink(None)
    monkeypatch.setattr("freight.outbox.deliver", overtaken)
    assert outbox.send(mail.pk) == Sending.SENDING


def test_uncertain_mail_without_a_journal_waits_for_the_operator(
    sink: SinkStarter, mail: OutgoingMail, settings: Any
) -> None:
    sink(Faults(lose_after_data=9))
    settings.BUSYBEE_JOURNAL_DIR = ""
    outbox.send(mail.pk)
    due_now(mail)
    outbox.send(mail.pk)

    mail.refresh_from_db()
    assert (mail.state, mail.next_at) == (Sending.UNCERTAIN, None)
    assert outbox.due_ids(timezone.now() + dt.timedelta(days=99)) == []
    outbox.settle(mail, sent=False, by="lee")
    assert mail.state == Sending.FAILED


@pytest.mark.parametrize("state", [Sending.QUEUED, Sending.UNCERTAIN])
def test_switched_off_sending_keeps_everything(
    sink: SinkStarter, mail: OutgoingMail, settings: Any, tmp_path: Path, state: str
) -> None:
    sink(None)
    settings.BUSYBEE_SENDING = False
    OutgoingMail.objects.filter(pk=mail.pk).update(state=state)

    assert outbox.send(mail.pk) == state
    assert kept(tmp_path) == []


def test_switched_off_sending_still_finds_what_was_sent(
    sink: SinkStarter, mail: OutgoingMail, settings: Any
) -> None:
    sink(Faults(drop_after_data=1))
    outbox.send(mail.pk)
    settings.BUSYBEE_SENDING = False
    due_now(mail)

    assert outbox.send(mail.pk) == Sending.SENT


def test_outage_of_a_day_is_not_final(mail: OutgoingMail) -> None:
    earliest = sum(outbox._gaps(attempt)[0] for attempt in range(1, outbox.TRIES))
    assert earliest > 24 * 3600


def test_last_try_is_final_until_an_operator_starts_over(mail: OutgoingMail, settings: Any) -> None:
    settings.BUSYBEE_SMTP_URL = "smtp://127.0.0.1:9"
    OutgoingMail.objects.filter(pk=mail.pk).update(attempt=outbox.TRIES - 1)
    assert outbox.send(mail.pk) == Sending.FAILED
    mail.refresh_from_db()
    outbox.retry(mail, by="lee")

    assert outbox.send(mail.pk) == Sending.QUEUED


def test_sweep_publishes_and_sends_nothing(
    sink: SinkStarter, mail: OutgoingMail, empty_redis: str, tmp_path: Path
) -> None:
    sink(None)
    with TestCase.captureOnCommitCallbacks(execute=True):
        assert tasks.sweep() == 1

    with Redis.from_url(empty_redis) as broker:
        assert broker.llen("outbox") == 1
    assert kept(tmp_path) == []


def test_fourth_mail_of_a_thread_and_day_is_held_back(
    mail: OutgoingMail, asked: QuoteRequest
) -> None:
    states = [
        outbox.intend(key=f"k{n}", kind="quotation", request=asked, letter=Letter("s", "t")).state
        for n in range(3)
    ]
    assert states == [Sending.QUEUED, Sending.QUEUED, Sending.DRAFT]


def test_mail_of_an_operator_knows_no_cap(mail: OutgoingMail, asked: QuoteRequest) -> None:
    states = [
        outbox.intend(
            key=f"k{n}", kind="quotation", request=asked, letter=Letter("s", "t"), capped=False
        ).state
        for n in range(7)
    ]
    assert set(states) == {Sending.QUEUED}


def test_international_domain_arrives(sink: SinkStarter, tmp_path: Path) -> None:
    sink(None)
    request = QuoteRequest.objects.create(
        customer_address="kim@한국.kr", customer_name="김하나", language="ko"
    )
    mail = outbox.intend(key="k", kind="quotation", request=request, letter=Letter("s", "t"))
    assert outbox.send(mail.pk) == Sending.SENT

    message = message_from_bytes(kept(tmp_path)[0], policy=policy.default)
    assert message["X-Envelope-To"] == "kim@xn--3e0b707e.kr"
    assert message["To"].addresses[0].addr_spec == "kim@xn--3e0b707e.kr"


@pytest.mark.parametrize(
    "address",
    [
        "김@shipper.example",
        "kim@straße.example",
        "kim@",
        "kim",
        "",
        "kim@a..example",
        "kim@a.example\r\nBcc: all@other.example",
        pytest.param(f"kim@{'한' * 60}.kr", id="label too long"),
        pytest.param(f"kim@{'한국.' * 22}kr", id="too long in ASCII"),
    ],
)
def test_address_that_no_mail_can_go_to(address: str) -> None:
    request = QuoteRequest.objects.create(customer_address=address)

    assert outbox.usable_address(address) is None
    with pytest.raises(UnusableAddress):
        outbox.intend(key="k", kind="quotation", request=request, letter=Letter("s", "t"))


def test_own_address_may_have_an_international_domain(settings: Any) -> None:
    settings.BUSYBEE_MAIL_FROM = "한국 <quote@한국.kr>"

    assert outbox.fixed_message_id("k").endswith("@xn--3e0b707e.kr>")


def test_header_injection_stays_in_its_line() -> None:
    request = QuoteRequest.objects.create(
        customer_address="kim@shipper.example", customer_name="Kim\r\nBcc: all@other.example"
    )
    mail = outbox.intend(
        key="k", kind="question", request=request, letter=Letter("a\nBcc: b@other.example", "t")
    )
    message = message_from_bytes(outbox.unseal(bytes(mail.sealed)), policy=policy.default)
    assert message["Bcc"] is None


@pytest.mark.parametrize(
    "subject",
    [
        "[BB-2026-000123] 견적에 필요한 정보를 알려 주세요. 아래 내용을 확인해 주세요 감사합니다",
        "【BB-2026-000123】お見積りに必要な情報のご確認をお願いいたします。よろしくお願いいたします",
        "[BB-2026-000123] ขอข้อมูลเพิ่มเติมสำหรับใบเสนอราคา กรุณาตรวจสอบ ขอบคุณครับ",
        "[BB-2026-000123] A few details are missing for your quotation, please have a look at them",
    ],
)
def test_long_subject_arrives_to_the_letter(asked: QuoteRequest, subject: str) -> None:
    mail = outbox.intend(key="k", kind="question", request=asked, letter=Letter(subject, "t"))
    raw = outbox.unseal(bytes(mail.sealed))

    message = message_from_bytes(raw, policy=policy.default)
    assert message["Subject"] == subject
    assert message["To"].addresses[0].display_name == "김하나"
    assert max(map(len, raw.split(b"\r\n"))) <= 78


def test_message_id_cannot_be_guessed_from_the_key(settings: Any) -> None:
    first = outbox.fixed_message_id("quotation:BB-2026-000001:1")
    settings.SECRET_KEY = "another"

    assert outbox.fixed_message_id("quotation:BB-2026-000001:1") != first
