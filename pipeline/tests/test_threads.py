"""Conversations: mails that answer one another come together, strangers' mails do not."""

import datetime as dt
import itertools
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from freight.models import Sending
from freight.tests.factories import OutgoingMailFactory, QuoteRequestFactory
from pipeline import threads
from pipeline.models import Email
from pipeline.tests.factories import EmailFactory

pytestmark = pytest.mark.django_db
KIM = "kim@shipper.example"


def arrives(name: str, *answers: str, day: int = 0, **changes: Any) -> Email:
    """A mail <name> that answers the last of `answers`, joined as the step does it."""
    ids = [f"<{each}@x>" for each in answers]
    values = {
        "message_id": f"<{name}@x>",
        "in_reply_to": ids[-1] if ids else "",
        "references": ids,
        "from_address": KIM,
        "subject": name,
        "date": timezone.now() - dt.timedelta(days=10 - day),
    }
    email = EmailFactory.create(**{**values, **changes})
    for column, value in threads.join(email).items():
        setattr(email, column, value)
    email.save()
    return email


def together() -> dict[str, str]:
    """Each mail's subject with that of its conversation's first mail."""
    rows = Email.objects.select_related("thread")
    return {row.subject: row.thread.subject if row.thread else row.subject for row in rows}


MAILS = [("a", (), 0), ("b", ("a",), 1), ("c", ("a", "b"), 2), ("d", ("b",), 3)]


@pytest.mark.parametrize("order", list(itertools.permutations(MAILS)))
def test_conversation_is_the_same_in_whatever_order_its_mails_come(order: Any) -> None:
    for name, answers, day in order:
        arrives(name, *answers, day=day)
    assert together() == dict.fromkeys("abcd", "a")


def test_two_conversations_that_a_late_mail_holds_together_become_one() -> None:
    arrives("a")
    arrives("c", "b", day=2)
    arrives("d", "c", day=3)
    arrives("b", "a", day=1)
    assert together() == dict.fromkeys("abcd", "a")


def test_answer_of_a_colleague_belongs_to_the_conversation() -> None:
    arrives("a")
    arrives("b", "a", from_address="lee@shipper.example")
    arrives("c", "b", from_address="agent@other.example", to=["lee@shipper.example"])
    assert together() == dict.fromkeys("abc", "a")


def test_stranger_who_names_a_mail_is_not_in_its_conversation() -> None:
    arrives("a")
    arrives("b", "a", from_address="eve@evil.example")
    assert together() == {"a": "a", "b": "b"}


@pytest.mark.parametrize("domain", ["gmail.com", "NAVER.com", "hanmail.net", "yahoo.co.jp"])
def test_users_of_one_free_mail_service_are_strangers(domain: str) -> None:
    for number in range(2):
        arrives(f"mail {number}", "same", message_id="<same@x>", from_address=f"x{number}@{domain}")
    assert len(set(together().values())) == 2
    arrives("again", "same", message_id="<more@x>", from_address=f"x1@{domain}", day=1)
    assert together()["again"] == "mail 1"


def test_shared_message_id_does_not_bring_strangers_together() -> None:
    for number in range(3):
        arrives(
            f"mail {number}", "same", message_id="<same@x>", from_address=f"x@house{number}.example"
        )
    assert len(set(together().values())) == 3


def test_mails_around_a_mail_of_ours_belong_together() -> None:
    first = arrives("a", request=QuoteRequestFactory.create())
    ours = OutgoingMailFactory.create(request=first.request, message_id="<ours@busybee.example>")
    arrives("b", day=1, in_reply_to=ours.message_id, from_address="kim@home.example")
    assert together() == {"a": "a", "b": "a"}


def test_delivery_report_belongs_to_the_conversation_of_its_mail() -> None:
    first = arrives("a", request=QuoteRequestFactory.create())
    ours = OutgoingMailFactory.create(request=first.request)
    arrives("b", from_address="mailer-daemon@relay.example", bounce_of=ours, day=1)
    assert together() == {"a": "a", "b": "a"}


def test_join_a_second_time_changes_nothing() -> None:
    mails = [arrives("a"), arrives("b", "a", day=1), arrives("c", "b", day=2)]
    for email in mails:
        email.refresh_from_db()
        assert threads.join(email).get("thread", email.thread) == email.thread
    assert together() == dict.fromkeys("abc", "a")


def test_mail_dated_ahead_is_not_later_than_it_came() -> None:
    arrives("a", date=timezone.now() + dt.timedelta(days=4000))
    arrives("b", "a", date=timezone.now() + dt.timedelta(days=2000))
    assert together() == {"a": "a", "b": "a"}


def test_conversation_grows_only_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    for first in ("a", "b"):
        arrives(first)
        for number in range(4):
            arrives(f"{first}{number}", first, day=1)
    monkeypatch.setattr(threads, "MAX_MEMBERS", 3)
    arrives("both", "a", "b", day=2)

    assert together()["b1"] == "b"
    assert together()["both"] == "a"


def test_long_ids_are_told_apart() -> None:
    long = "x" * 600
    arrives("a", message_id=f"<{long}1@x>")
    arrives("b", in_reply_to=f"<{long}2@x>")
    assert together() == {"a": "a", "b": "b"}


def conversation_page(client: Client, email: Email) -> str:
    response = client.get(
        f"/admin/pipeline/email/{email.pk}/change/", headers={"accept-language": "en"}
    )
    assert response.status_code == 200
    return response.content.decode()


def test_mail_page_shows_what_was_received_and_sent(admin_client: Client) -> None:
    first = arrives("Quote please", request=QuoteRequestFactory.create())
    mail = OutgoingMailFactory.create(
        request=first.request, subject="What is missing", state=Sending.SENT
    )
    second = arrives("Here it is", in_reply_to=mail.message_id, day=1)
    text = conversation_page(admin_client, second)

    told = text[text.index("bb-thread") :]
    assert told.index("Quote please") < told.index("What is missing") < told.index("Here it is")
    assert f"?thread={first.pk}" in text


def test_mail_alone_has_no_conversation(admin_client: Client) -> None:
    assert "bb-thread" not in conversation_page(admin_client, arrives("a"))


@pytest.mark.parametrize("value", ["0", "x", "9" * 40, "-1"])
def test_list_of_no_conversation_is_the_whole_list(admin_client: Client, value: str) -> None:
    arrives("The only one")
    response = admin_client.get(f"/admin/pipeline/email/?thread={value}")
    assert "The only one" in response.content.decode()


def test_list_shows_one_conversation(admin_client: Client) -> None:
    first = arrives("The first")
    arrives("Its answer", "The first", day=1, message_id="<2@x>", in_reply_to=first.message_id)
    arrives("Something else")
    response = admin_client.get(f"/admin/pipeline/email/?thread={first.pk}")
    text = response.content.decode()
    assert "The first" in text
    assert "Its answer" in text
    assert "Something else" not in text
