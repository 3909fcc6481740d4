"""The kill switch: a button stops all mail, also one that is on its way to the relay."""

from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP
from django.contrib.auth.models import Permission, User
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from busybee import metrics
from busybee.mail_sink import Sink
from busybee.status import read
from busybee.tests.smtp_server import serving
from freight import mail_switch, outbox, tasks
from freight.models import OutgoingMail, Sending
from freight.tests.factories import OutgoingMailFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_url")]


@pytest.fixture
def client(client: Client) -> Client:
    user = User.objects.create_user("lee", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="change_outgoingmail"))
    client.force_login(user)
    return client


def press(client: Client, button: str) -> None:
    url = reverse(f"admin:freight_outgoingmail_{button}")
    assert client.get(url).status_code == 200  # the question, without effect
    client.post(url, {"_form_submitted": "1"})


def test_button_stops_all_mail_and_lets_it_go_again(
    client: Client, settings: Any, tmp_path: Path
) -> None:
    mail = OutgoingMailFactory.create()
    press(client, "stop_all_mail")
    stop = mail_switch.stopped()
    assert stop
    assert stop.by == "lee"
    with serving(lambda loop: SMTP(Sink(tmp_path), hostname="r", loop=loop)) as port:
        settings.BUSYBEE_SMTP_URL = f"smtp://127.0.0.1:{port}"
        assert outbox.send(mail.pk) == Sending.QUEUED
        assert tasks.sweep() == 0

        press(client, "let_mail_go")
        assert mail_switch.stopped() is None
        assert tasks.sweep() == 1
        assert outbox.send(mail.pk) == Sending.SENT


@pytest.mark.parametrize("after", ["login", "offer"])
def test_mail_that_is_claimed_does_not_leave_after_the_stop(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: str
) -> None:
    from freight import smtp

    mail = OutgoingMailFactory.create()
    step = {"login": "_connect", "offer": "_offer"}[after]
    real = getattr(smtp, step)

    def and_then_somebody_stops(*args: Any, **options: Any) -> Any:
        done = real(*args, **options)
        mail_switch.turn(on=False, by="lee")
        return done

    monkeypatch.setattr(smtp, step, and_then_somebody_stops)
    with serving(lambda loop: SMTP(Sink(tmp_path), hostname="r", loop=loop)) as port:
        settings.BUSYBEE_SMTP_URL = f"smtp://127.0.0.1:{port}"
        assert outbox.send(mail.pk) == Sending.QUEUED

        assert list(tmp_path.glob("*.eml")) == []
        mail_switch.turn(on=True, by="lee")
        monkeypatch.setattr(smtp, step, real)
        assert outbox.send(mail.pk) == Sending.SENT
        assert len(list(tmp_path.glob("*.eml"))) == 1


def test_only_who_may_operate_stops_mail(client: Client) -> None:
    User.objects.get().user_permissions.set([Permission.objects.get(codename="view_outgoingmail")])
    url = reverse("admin:freight_outgoingmail_stop_all_mail")

    assert client.post(url, {"_form_submitted": "1"}).status_code == 403
    assert mail_switch.stopped() is None


@pytest.mark.parametrize(("on", "button"), [(True, "stop_all_mail"), (False, "let_mail_go")])
def test_list_offers_the_other_position(client: Client, on: bool, button: str) -> None:
    mail_switch.turn(on=on, by="kim")
    page = client.get(reverse("admin:freight_outgoingmail_changelist")).content.decode()

    offered = [
        name
        for name in ("stop_all_mail", "let_mail_go")
        if f"/{name.replace('_', '-')}" in page or f"/{name}" in page
    ]
    assert offered == [button]


@pytest.mark.parametrize("page", ["admin:index", "admin:freight_outgoingmail_changelist"])
def test_console_says_that_mail_is_stopped(client: Client, page: str) -> None:
    client.cookies["django_language"] = "en"
    mail_switch.turn(on=False, by="kim")
    assert "Mail is stopped" in client.get(reverse(page)).content.decode()

    mail_switch.turn(on=True, by="kim")
    assert "Mail is stopped" not in client.get(reverse(page)).content.decode()


def test_status_and_metrics_say_that_mail_is_stopped(capsys: pytest.CaptureFixture[str]) -> None:
    mail_switch.turn(on=False, by="kim")
    assert read().mail_stopped.startswith("by kim since 20")
    with pytest.raises(SystemExit):  # no supervisor here
        call_command("status")
    assert "STOPPED by kim" in capsys.readouterr().out
    values = {
        sample.name: sample.value
        for family in metrics.RowCollector().collect()
        for sample in family.samples
    }
    assert values["busybee_mail_stopped"] == 1


def test_machines_own_switch_is_told_and_not_turned_here(client: Client, settings: Any) -> None:
    settings.BUSYBEE_SENDING = False
    mail_switch.turn(on=True, by="kim")
    page = client.get(reverse("admin:freight_outgoingmail_changelist")).content.decode()

    assert "BUSYBEE_SENDING" in page
    assert "let_mail_go" not in page
    assert read().mail_stopped == "by BUSYBEE_SENDING"
    assert OutgoingMail.objects.count() == 0
