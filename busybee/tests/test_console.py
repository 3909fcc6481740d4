"""The console's frame: dashboard, sink, health, figures for Prometheus, both languages."""

import datetime as dt
import re
from pathlib import Path
from unittest.mock import patch

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import OperationalError
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import DjangoAssertNumQueries, Settings

from busybee.dashboard import chart
from freight.models import OutgoingMail, Quotation, Sending, State
from freight.tests.factories import OutgoingMailFactory, QuotationFactory, QuoteRequestFactory
from pipeline.models import Email, Step
from pipeline.tests.factories import EmailFactory, StepFactory

pytestmark = pytest.mark.django_db

KEPT = (
    "From: BusyBee <quote@busybee.example>\r\nTo: kim@customer.example\r\n"
    "Subject: =?utf-8?b?6rKs7KCB?=\r\nDate: Mon, 05 Jan 2026 10:00:00 +0900\r\n"
    "Content-Type: text/plain; charset=utf-8\r\n\r\n"
    "Answer here: https://busybee.example/chat/token/ <script>alert(1)</script>\r\n"
)


def page(client: Client, url: str, language: str = "en") -> str:
    response = client.get(url, headers={"accept-language": language})
    assert response.status_code == 200
    return response.content.decode()


def figure(text: str, name: str) -> str:
    """The value of the dashboard's card `name`."""
    found = re.search(rf'{name}</span>\s*<span class="bb-value">([^<]+)<', text)
    assert found, f"no card {name}"
    return found[1]


def test_dashboard_of_an_empty_database(admin_client: Client) -> None:
    text = page(admin_client, "/admin/")
    assert figure(text, "Mails today") == "0"
    assert "Nothing waits for you." in text
    assert "No mail in this period." in text


def test_dashboard_says_why_a_mail_waits(admin_client: Client) -> None:
    EmailFactory.create(label="quote", outcome="review: unsure: quote 0.41, inquiry 0.38")
    text = page(admin_client, "/admin/")
    assert "mail to look at" in text
    assert "the classifier is not sure (quote 0.41, inquiry 0.38)" in text


def test_dashboard_counts_what_is_there(admin_client: Client) -> None:
    EmailFactory.create(label="quote")
    EmailFactory.create(label="spam")
    EmailFactory.create(received_at=timezone.now() - dt.timedelta(days=2))
    EmailFactory.create(state=Email.State.QUARANTINED, label="")
    QuoteRequestFactory.create(state=State.AWAITING_CUSTOMER)
    QuoteRequestFactory.create(review=["air"])
    sent = QuotationFactory.create(state=Quotation.State.ISSUED)
    kind = OutgoingMail.Kind.QUOTATION
    OutgoingMailFactory.create(
        request=sent.request, kind=kind, state=Sending.SENT, sent_at=timezone.now()
    )
    OutgoingMailFactory.create(state=Sending.UNCERTAIN)
    text = page(admin_client, "/admin/")
    expected = {
        "Mails today": "3",
        "Quarantined": "1",
        "Awaiting the customer": "1",
        "For the operator": "1",
        "Quotations sent today": "1",
        "Outbox problems": "1",
    }
    assert {name: figure(text, name) for name in expected} == expected
    assert "sum 18,397,843 KRW" in text


def test_dashboard_lists_what_needs_an_operator(admin_client: Client) -> None:
    quotation = QuotationFactory.create()
    failed = OutgoingMailFactory.create(state=Sending.FAILED, last_error="550 no such user")
    text = page(admin_client, "/admin/")
    assert f"/admin/freight/quoterequest/{quotation.request_id}/change/" in text
    assert f"/admin/freight/outgoingmail/{failed.pk}/change/" in text
    assert "550 no such user" in text


def test_dashboard_has_bounded_queries(
    admin_client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _index in range(20):
        QuotationFactory.create()
        OutgoingMailFactory.create(state=Sending.FAILED)
        EmailFactory.create(state=Email.State.QUARANTINED)
    with django_assert_max_num_queries(30):
        page(admin_client, "/admin/")


def test_dashboard_hides_what_a_user_may_not_see(client: Client) -> None:
    EmailFactory.create(state=Email.State.QUARANTINED, subject="not for you")
    client.force_login(User.objects.create_user("nobody", is_staff=True))
    text = page(client, "/admin/")
    assert "not for you" not in text
    assert "Mails today" not in text


@pytest.mark.parametrize("by_day", [True, False])
def test_chart_counts_each_mail_in_its_slot(by_day: bool) -> None:
    now = timezone.now()
    slot = dt.timedelta(days=1) if by_day else dt.timedelta(hours=1)
    EmailFactory.create(label="order", received_at=now)
    EmailFactory.create(label="order", received_at=now - 3 * slot)
    EmailFactory.create(label="order", received_at=now - 60 * slot)
    table = chart(now, by_day=by_day)["table"]
    orders = [numbers[1] for _when, numbers in table]
    assert (orders[-1], orders[-4], sum(orders)) == (1, 1, 2)


@pytest.mark.parametrize("name", ["pipeline", "freight", "busybee"])
def test_korean_catalogue_has_every_word(name: str) -> None:
    path = settings.BASE_DIR / name / "locale" / "ko" / "LC_MESSAGES" / "django.po"
    entries = path.read_text(encoding="utf-8").split("\n\n")[1:]
    empty = [entry for entry in entries if re.search(r'^msgstr(?:\[0\])? ""$(?!\n")', entry, re.M)]
    assert not empty
    assert len(entries) > 50


def test_strict_policy_is_on_pages_outside_the_console(client: Client) -> None:
    assert "unsafe" not in client.get("/healthz").headers["Content-Security-Policy"]


def test_pages_of_the_console_load_nothing_from_elsewhere(admin_client: Client) -> None:
    text = page(admin_client, "/admin/")
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', text)
    assert not re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", text)


# health


def test_healthz_is_well(client: Client) -> None:
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok", "database": "ok"})


def test_healthz_without_a_database_tells_no_secrets(client: Client) -> None:
    failure = OperationalError("could not connect as busybee:secret")
    with patch("busybee.views.connection.cursor", side_effect=failure):
        response = client.get("/healthz")
    assert response.status_code == 503
    assert b"secret" not in response.content


# figures


def samples(client: Client, **extra: str) -> dict[tuple[str, ...], float]:
    response = client.get("/metrics", headers=extra)
    assert response.status_code == 200
    families = text_string_to_metric_families(response.content.decode())
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in families
        for sample in family.samples
    }


def test_metrics_count_the_rows(client: Client) -> None:
    email = EmailFactory.create(label="quote", state=Email.State.QUARANTINED)
    long_ago = timezone.now() - dt.timedelta(seconds=90)
    StepFactory.create(email=email, name="decode", state=Step.State.DUE, next_at=long_ago)
    OutgoingMailFactory.create(state=Sending.UNCERTAIN)
    figures = samples(client)
    assert figures["busybee_steps", "decode", "due"] == 1
    assert 90 <= figures["busybee_oldest_due_step_seconds",] < 300
    assert figures["busybee_emails", "quote", "quarantined"] == 1
    assert figures["busybee_quarantined_emails",] == 1
    assert figures["busybee_outgoing_mails", "uncertain"] == 1
    assert figures["busybee_outgoing_mails", "sent"] == 0


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("203.0.113.9", {}, 403),
        ("203.0.113.9", {"Authorization": "Bearer wrong"}, 403),
        ("203.0.113.9", {"Authorization": "Bearer "}, 403),
        ("127.0.0.1", {"X-Forwarded-For": "203.0.113.9"}, 403),
        ("", {}, 403),
    ],
)
def test_metrics_are_for_this_machine_only(
    client: Client, address: str, headers: dict[str, str], status: int
) -> None:
    response = client.get("/metrics", headers=headers, REMOTE_ADDR=address)
    assert response.status_code == status


def test_metrics_in_production_are_for_the_key_alone(client: Client, settings: Settings) -> None:
    settings.BUSYBEE_EMBEDDED = False
    proxied = {"X-Forwarded-Proto": "https"}  # all that some proxies say
    assert client.get("/metrics", headers=proxied).status_code == 403


def test_metrics_open_to_the_key_from_afar(client: Client) -> None:
    headers = {"Authorization": f"Bearer {settings.BUSYBEE_API_KEY}"}
    response = client.get("/metrics", headers=headers, REMOTE_ADDR="203.0.113.9")
    assert response.status_code == 200


# sink


@pytest.fixture
def folder(tmp_path: Path, settings: Settings) -> Path:
    kept = tmp_path / "sink"
    kept.mkdir()
    settings.BUSYBEE_JOURNAL_DIR = str(kept)
    (tmp_path / "outside.eml").write_text("Subject: outside\r\n\r\nsecret")
    return kept


def test_sink_without_mails(admin_client: Client, folder: Path) -> None:
    assert "No mail has been kept here yet." in page(admin_client, "/sink/")


def test_sink_switched_off(admin_client: Client, settings: Settings) -> None:
    settings.BUSYBEE_JOURNAL_DIR = ""
    assert "No mail has been kept here yet." in page(admin_client, "/sink/")


def test_sink_lists_and_shows_mails(admin_client: Client, folder: Path) -> None:
    (folder / "1-ab.eml").write_text(KEPT)
    assert "견적" in page(admin_client, "/sink/")
    text = page(admin_client, "/sink/1-ab.eml/")
    assert 'href="https://busybee.example/chat/token/"' in text
    assert "<script>alert(1)" not in text


def test_sink_bears_broken_mails(admin_client: Client, folder: Path) -> None:
    broken = (
        b"Subject: =?x-unknown?b?AAAA?=\r\nDate: never\r\n"
        b"Content-Type: text/plain; charset=x-no\r\n\r\n\xff"
    )
    (folder / "2-cd.eml").write_bytes(broken)
    assert "2-cd.eml" in page(admin_client, "/sink/")
    page(admin_client, "/sink/2-cd.eml/")


@pytest.mark.parametrize(
    "name",
    ["..%2Foutside.eml", "%2e%2e%2foutside.eml", "..", "link.eml", "nothing.eml", "1-ab.txt"],
)
def test_sink_refuses_path_tricks(admin_client: Client, folder: Path, name: str) -> None:
    (folder / "link.eml").symlink_to(folder.parent / "outside.eml")
    (folder / "1-ab.txt").write_text("secret")
    response = admin_client.get(f"/sink/{name}/")
    assert response.status_code == 404
    assert b"secret" not in response.content


@pytest.mark.parametrize("url", ["/sink/", "/sink/1-ab.eml/"])
def test_sink_is_for_staff(client: Client, folder: Path, url: str) -> None:
    (folder / "1-ab.eml").write_text(KEPT)
    client.force_login(User.objects.create_user("customer"))
    assert client.get(url).status_code == 302


def test_login_without_a_page_to_go_to_ends_on_the_dashboard(client: Client) -> None:
    User.objects.create_superuser("op", password="op-pass-1")
    response = client.post("/admin/login/", {"username": "op", "password": "op-pass-1"})
    assert (response.status_code, response.headers["Location"]) == (302, "/admin/")
