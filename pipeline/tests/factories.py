"""Mails, their steps and attachments for tests and for looking at the console."""

import hashlib

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from freight.tests.factories import ASKED
from pipeline.models import Attachment, Email, Mailbox, Step, StepName
from pipeline.tests import dovecot


class MailboxFactory(DjangoModelFactory[Mailbox]):
    class Meta:
        model = Mailbox
        django_get_or_create = ("name",)

    name = "quotes"
    kind = Mailbox.Kind.DIRECTORY
    directory = "/var/mail/quotes"


class EmailFactory(DjangoModelFactory[Email]):
    class Meta:
        model = Email

    raw_sha256 = factory.Sequence(lambda number: hashlib.sha256(str(number).encode()).hexdigest())
    mailbox = factory.SubFactory(MailboxFactory)
    state = Email.State.DONE
    subject = "부산-상하이 견적 요청"
    from_name = "김하나"
    from_address = factory.Sequence(lambda number: f"kim{number}@customer.example")
    text = ASKED
    new_text = factory.SelfAttribute("text")
    language = "ko"
    label = "quote"
    probabilities = factory.LazyFunction(
        lambda: {"quote": 0.91, "inquiry": 0.06, "order": 0.02, "spam": 0.01}
    )
    model_version = "release-1"


class StepFactory(DjangoModelFactory[Step]):
    class Meta:
        model = Step

    email = factory.SubFactory(EmailFactory)
    name = StepName.EXTRACT
    state = Step.State.DONE
    attempt = 1
    started_at = factory.LazyFunction(timezone.now)
    finished_at = factory.LazyFunction(timezone.now)


class AttachmentFactory(DjangoModelFactory[Attachment]):
    class Meta:
        model = Attachment

    email = factory.SubFactory(EmailFactory)
    path = factory.Sequence(lambda number: str(number + 2))
    filename = "packing-list.xlsx"
    declared_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    kind = "xlsx"
    size = 26_112


def imap_mailbox(port: int) -> Mailbox:
    """INBOX of the tests' Dovecot, or of what stands in for it, on loopback."""
    box = Mailbox(name="imap", host="127.0.0.1", port=port, tls=False, username=dovecot.USER)
    box.password = dovecot.PASSWORD
    box.save()
    return box
