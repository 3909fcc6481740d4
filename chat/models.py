"""Conversations and their messages. The rows are the truth; a socket only says what is new."""

import datetime as dt
import re
from typing import Self

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from freight.models import Language, QuoteRequest

# the family name comes first, without a space
_EASTERN = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7a3]")


def shown_name(person: AbstractUser) -> str:
    """An operator's name as customers see it: 김민지, Minji Kim, or how the operator logs in."""
    first, last = person.first_name.strip(), person.last_name.strip()
    eastern = _EASTERN.search(first + last) is not None
    return (last + first if eastern else f"{first} {last}".strip()) or person.get_username()


class SessionQuerySet(models.QuerySet["Session"]):
    def for_person(self) -> Self:
        """Conversations whose customer has asked for a person, and nobody has come."""
        return self.filter(wants_person_at__isnull=False, operator=None)

    def awaiting_answer(self) -> Self:
        """Conversations in which the customer has said something that nobody has answered yet."""
        said = Message.objects.filter(session=OuterRef("pk")).unanswered()
        later = Message.objects.filter(
            session=OuterRef("session"), seq__gt=OuterRef("seq"), author=Message.Author.OPERATOR
        )
        return self.filter(Exists(said.order_by().exclude(Exists(later))))

    def left_alone(self) -> Self:
        """Conversations of an operator in which the customer waits for that operator's words."""
        return self.filter(operator__isnull=False).awaiting_answer()


class Session(models.Model):
    """The conversation about one request, and what it has heard but not yet had confirmed."""

    class State(models.TextChoices):
        INIT = "init", _("not begun")
        IN_PROGRESS = "in_progress", _("in progress")
        COMPLETED = "completed", _("completed")

    request = models.OneToOneField(
        QuoteRequest, models.CASCADE, related_name="chat", verbose_name=_("quote request")
    )
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.INIT)
    language = models.CharField(_("language"), max_length=2, choices=Language, default=Language.KO)
    last_seq = models.PositiveIntegerField(_("messages"), default=0)
    # facts that await the customer's "yes", with their evidence: what dialogue.Pending holds
    pending = models.JSONField(_("to be confirmed"), default=dict, blank=True)
    # what the dialogue keeps in mind from turn to turn: dialogue.Memory
    memory = models.JSONField(default=dict, blank=True, editable=False)
    # a person was asked for, and nobody has joined since
    wants_person_at = models.DateTimeField(_("wants a person since"), null=True, blank=True)
    # the operator who has taken over: the machine keeps silent meanwhile
    operator = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("operator"),
    )
    # counts the turns: an answer thought out for an older turn is thrown away
    version = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = SessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")
        ordering = ["-updated_at"]

    def __str__(self) -> str:
        return f"{self.request}"

    @property
    def group(self) -> str:
        """The channel-layer group of everybody who looks at this conversation."""
        return f"chat.{self.pk}"

    @property
    def colleague(self) -> str:
        """The operator's name as customers see it; empty while the machine talks."""
        return shown_name(self.operator) if self.operator is not None else ""


class MessageQuerySet(models.QuerySet["Message"]):
    def after(self, seq: int) -> Self:
        """Messages that somebody who has read up to `seq` has not seen, in their order."""
        return self.filter(seq__gt=seq).order_by("seq")

    def unanswered(self) -> Self:
        """Customers' messages that nobody has dealt with yet, in their order."""
        return self.filter(author=Message.Author.CUSTOMER, answered_at=None).order_by("seq")

    def stuck(self, before: dt.datetime) -> Self:
        """Unanswered messages whose task must be lost: stored before `before`.

        Where an operator has the conversation, nobody answers but the operator.
        """
        return self.unanswered().filter(created_at__lte=before, session__operator=None)


class Message(models.Model):
    """One thing that was said; `seq` rises by one within its conversation."""

    class Author(models.TextChoices):
        CUSTOMER = "customer", _("customer")
        BOT = "bot", _("BusyBee")
        OPERATOR = "operator", _("operator")

    session = models.ForeignKey(
        Session, models.CASCADE, related_name="messages", verbose_name=_("conversation")
    )
    seq = models.PositiveIntegerField(_("number"))
    # the page's own name for the message: what is sent twice is stored once
    cid = models.CharField(max_length=64, blank=True, editable=False)
    author = models.CharField(_("author"), max_length=8, choices=Author)
    # an operator's name as the customer sees it
    by = models.CharField(_("name"), max_length=150, blank=True)
    text = models.TextField(_("text"))
    created_at = models.DateTimeField(_("time"), auto_now_add=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    # how often answering it has failed: it does not hold up the conversation for ever
    failures = models.PositiveSmallIntegerField(default=0, editable=False)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["session", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["session", "seq"], name="message_seq_once"),
            models.UniqueConstraint(
                fields=["session", "cid"], condition=~Q(cid=""), name="message_cid_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["created_at"],
                condition=Q(author="customer", answered_at=None),
                name="message_unanswered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.session} #{self.seq}"


class Upload(models.Model):
    """A file that a customer dropped into the conversation, and what was read in it."""

    class State(models.TextChoices):
        RECEIVED = "received", _("received")
        READ = "read", _("read")
        REFUSED = "refused", _("refused")

    message = models.OneToOneField(
        Message, models.CASCADE, related_name="upload", verbose_name=_("message")
    )
    name = models.CharField(_("file name"), max_length=255)
    kind = models.CharField(_("kind"), max_length=20, blank=True)
    size = models.PositiveIntegerField(_("bytes"))
    sha256 = models.CharField(max_length=64, editable=False)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.RECEIVED)
    # the documents in it (an archive has several): [{name, text}]
    texts = models.JSONField(default=list, blank=True, editable=False)
    reason = models.CharField(_("refused because"), max_length=60, blank=True)
    failures = models.PositiveSmallIntegerField(default=0, editable=False)
    read_at = models.DateTimeField(_("read"), null=True, blank=True)

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["message"], condition=Q(state="received"), name="upload_unread"),
        ]

    def __str__(self) -> str:
        return self.name
