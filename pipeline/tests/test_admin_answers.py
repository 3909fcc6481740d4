"""The part of a mailbox's form that says whom answers come from, and through which relay."""

import pytest
from django.test import Client

from pipeline.mailbox.oauth import Keys, change_keys, keys_of, provider_of
from pipeline.models import Mailbox
from pipeline.tests.test_admin_mailboxes import ADD, change, imap, oauth, refusals

pytestmark = pytest.mark.django_db
RELAY = "smtp+starttls://smtp.hana.example:587"


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("send_from", "nobody", "A mail address, or a name with one: Sales <sales@…>."),
        ("relay", "smtp.hana.example", "smtp+starttls://host:587 or smtps://host:465."),
        (
            "relay",
            "smtps://user:secret@smtp.hana.example",
            "Without name and password: the mailbox's login is used.",
        ),
        ("relay", "smtp://smtp.hana.example", "a password is sent over TLS only: switch it on"),
    ],
)
def test_unusable_answers_are_refused(
    admin_client: Client, name: str, value: str, complaint: str
) -> None:
    assert refusals(admin_client, imap(**{name: value})) == {name: complaint}


def test_answers_are_kept(admin_client: Client) -> None:
    data = imap(send_from="견적팀 <quote@hana.example>", relay=RELAY, sent_by_server="on")
    assert admin_client.post(ADD, data).status_code == 302

    box = Mailbox.objects.get()
    assert (box.send_from, box.relay) == ("견적팀 <quote@hana.example>", RELAY)
    assert box.sent_by_server


def test_another_relay_wants_the_password_typed_again(admin_client: Client) -> None:
    admin_client.post(ADD, imap())
    box = Mailbox.objects.get()

    again = "The server is another one: type the password again."
    data = imap(new_password="", relay=RELAY)
    assert refusals(admin_client, data, change(box)) == {"new_password": again}


def test_another_relay_wants_the_consent_given_again(admin_client: Client) -> None:
    admin_client.post(ADD, oauth("google"))
    box = Mailbox.objects.get()
    change_keys(box, lambda keys: Keys(refresh_token="r-1", access_token="a-1"))

    assert admin_client.post(change(box), oauth("google", relay=RELAY)).status_code == 302
    assert keys_of(Mailbox.objects.get()) == Keys()


@pytest.mark.parametrize(("relay", "asked"), [("", False), (RELAY, True)])
def test_microsoft_is_asked_for_the_right_to_send_where_it_is_needed(
    relay: str, asked: bool
) -> None:
    box = Mailbox(login=Mailbox.Login.MICROSOFT, relay=relay)
    assert ("SMTP.Send" in provider_of(box).scope) is asked
