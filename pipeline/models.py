"""Mail that came in, and how far each has come. The Step rows are the queue of record."""

import datetime as dt
from collections.abc import Iterable
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Left
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from freight.models import Language, Mode
from freight.sealing import seal, unseal
from pipeline.unsure import WAITS


class Mailbox(models.Model):
    """Where mail comes from, and up to where it has been read."""

    class Kind(models.TextChoices):
        DIRECTORY = "directory", _("folder of .eml files")
        IMAP = "imap", _("IMAP")

    class Login(models.TextChoices):
        PASSWORD = "password", _("password")
        GOOGLE = "google", "Google (XOAUTH2)"
        MICROSOFT = "microsoft", "Microsoft 365 (XOAUTH2)"
        OTHER = "other", _("other provider (XOAUTH2)")

    class After(models.TextChoices):
        KEEP = "keep", _("leave it as it is")
        SEEN = "seen", _("mark it as read")
        MOVE = "move", _("move it to a folder")

    name = models.CharField(_("name"), max_length=80, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.IMAP)
    active = models.BooleanField(_("active"), default=True)
    mode = models.CharField(_("mode"), max_length=10, choices=Mode, default=Mode.DRAFT)
    directory = models.CharField(_("folder"), max_length=500, blank=True)
    host = models.CharField(_("host"), max_length=253, blank=True)
    port = models.PositiveIntegerField(_("port"), default=993)
    tls = models.BooleanField("TLS", default=True)
    username = models.CharField(_("user name"), max_length=254, blank=True)
    sealed_password = models.BinaryField(blank=True, default=bytes)
    login = models.CharField(_("login"), max_length=10, choices=Login, default=Login.PASSWORD)
    oauth_tenant = models.CharField(_("tenant"), max_length=100, blank=True)
    oauth_authorize_url = models.URLField(_("authorization address"), max_length=500, blank=True)
    oauth_token_url = models.URLField(_("token address"), max_length=500, blank=True)
    oauth_scope = models.CharField(_("scope"), max_length=300, blank=True)
    oauth_client_id = models.CharField(_("client ID"), max_length=300, blank=True)
    sealed_oauth = models.BinaryField(blank=True, default=bytes)  # JSON: secret and tokens
    folder = models.CharField(_("mail folder"), max_length=200, default="INBOX")
    after = models.CharField(
        _("once a mail is taken in"), max_length=5, choices=After, default=After.KEEP
    )
    after_folder = models.CharField(_("move it to"), max_length=200, blank=True)
    # mails before this day are left alone; none: all that lies there
    since = models.DateField(_("from this day on"), null=True, blank=True)
    # what is sent in answer to this mailbox's mails
    send_from = models.CharField(_("sender of answers"), max_length=320, blank=True)
    relay = models.CharField(_("own relay"), max_length=300, blank=True)
    sent_folder = models.CharField(_("Sent folder"), max_length=200, blank=True)
    sent_by_server = models.BooleanField(_("the server files sent mail itself"), default=False)
    uidvalidity = models.BigIntegerField(default=0, editable=False)
    last_uid = models.BigIntegerField(default=0, editable=False)
    # the backfill and the reconciliation go through the epoch's UIDs below `last_uid`
    backfill_from = models.DateField(_("backfill from"), null=True, blank=True, editable=False)
    backfill_uid = models.BigIntegerField(default=0, editable=False)
    reconciled_at = models.DateTimeField(_("compared"), null=True, blank=True, editable=False)
    heartbeat_at = models.DateTimeField(_("heartbeat"), null=True, blank=True, editable=False)
    paused = models.CharField(_("paused because"), max_length=300, blank=True, editable=False)
    last_success = models.DateTimeField(_("last success"), null=True, blank=True, editable=False)
    last_error = models.CharField(_("last error"), max_length=300, blank=True, editable=False)

    class Meta:
        verbose_name = _("mailbox")
        verbose_name_plural = _("mailboxes")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="directory", directory__gt="") | Q(kind="imap", host__gt=""),
                name="mailbox_has_a_place",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def password(self) -> str:
        return unseal(bytes(self.sealed_password)).decode() if self.sealed_password else ""

    @password.setter
    def password(self, value: str) -> None:
        self.sealed_password = seal(value.encode()) if value else b""


INDEXED = 200


class EmailQuerySet(models.QuerySet["Email"]):
    def for_operator(self) -> Self:
        """Orders that the machine may not take, mails that cancel or decline and mails that the
        classifier is not sure of, as far as nobody has dealt with them yet.
        """
        trade = Q(label__in=["order", "inquiry"], outcome__startswith="review")
        return self.filter(trade | Q(outcome__startswith=WAITS), handled_by="")

    def with_id(self, column: str, ids: Iterable[str]) -> Self:
        """Mails whose `column` (`message_id` or `in_reply_to`) is one of `ids`."""
        wanted = list(ids)
        # the index holds the beginning only: PostgreSQL has none for the longest ids
        head = {f"{column}_head__in": [each[:INDEXED] for each in wanted]}
        return self.alias(**{f"{column}_head": Left(column, INDEXED)}).filter(
            **head, **{f"{column}__in": wanted}
        )

    def quarantined(self) -> Self:
        return self.filter(state=Email.State.QUARANTINED)


class Email(models.Model):
    """One received mail. The raw bytes lie in storage under their sha256 and are never changed."""

    class State(models.TextChoices):
        RECEIVED = "received", _("received")
        PROCESSING = "processing", _("being read")
        DONE = "done", _("done")
        QUARANTINED = "quarantined", _("quarantined")

    raw_sha256 = models.CharField(max_length=64, unique=True, editable=False)
    size = models.PositiveBigIntegerField(_("size (bytes)"), default=0, editable=False)
    mailbox = models.ForeignKey(Mailbox, models.PROTECT, related_name="emails", null=True)
    received_at = models.DateTimeField(_("received"), default=timezone.now, db_index=True)
    state = models.CharField(
        _("state"), max_length=12, choices=State, default=State.RECEIVED, db_index=True
    )
    quarantine_reason = models.CharField(_("quarantine reason"), max_length=300, blank=True)
    # larger than the limit: the stored bytes are the header block only, `size` the whole mail's
    header_only = models.BooleanField(_("header only"), default=False, editable=False)

    # extract
    subject = models.CharField(_("subject"), max_length=1000, blank=True)
    from_name = models.CharField(_("sender's name"), max_length=200, blank=True)
    from_address = models.CharField(_("sender"), max_length=254, blank=True, db_index=True)
    reply_to = models.CharField(_("replies go to"), max_length=254, blank=True)
    to = models.JSONField(_("to"), default=list, blank=True)
    date = models.DateTimeField(_("date"), null=True, blank=True)
    # the day on the sender's calendar: what "next Friday" counts from
    sent_on = models.DateField(_("sent on"), null=True, blank=True, editable=False)
    # where the sender sits, as far as address and clock tell (ISO 3166): what 5/12 means there
    sender_country = models.CharField(max_length=2, blank=True, editable=False)
    message_id = models.CharField("Message-ID", max_length=998, blank=True)
    in_reply_to = models.CharField("In-Reply-To", max_length=998, blank=True)
    references = models.JSONField("References", default=list, blank=True)
    machine = models.CharField(_("sent by a machine"), max_length=100, blank=True)
    spf = models.CharField("SPF", max_length=10, blank=True)
    dkim = models.CharField("DKIM", max_length=10, blank=True)
    dmarc = models.CharField("DMARC", max_length=10, blank=True)
    # the earliest known mail of the conversation that this one answers
    thread = models.ForeignKey(
        "self", models.SET_NULL, related_name="answers", null=True, blank=True, editable=False
    )
    # the mail of ours that this report says could not be delivered
    bounce_of = models.ForeignKey(
        "freight.OutgoingMail",
        models.SET_NULL,
        related_name="bounces",
        null=True,
        blank=True,
        editable=False,
    )
    warnings = models.JSONField(_("warnings"), default=list, blank=True)

    # decode
    text = models.TextField(_("text"), blank=True)
    new_text = models.TextField(_("text without quoted replies"), blank=True)
    language = models.CharField(_("language"), max_length=2, choices=Language, blank=True)

    # classify
    label = models.CharField(_("label"), max_length=20, blank=True, db_index=True)
    probabilities = models.JSONField(_("probabilities"), default=dict, blank=True)
    model_version = models.CharField(_("model"), max_length=80, blank=True)
    label_by = models.CharField(_("label set by"), max_length=150, blank=True)

    # save and llm_extract
    request = models.ForeignKey(
        "freight.QuoteRequest", models.SET_NULL, related_name="emails", null=True, blank=True
    )
    outcome = models.CharField(_("outcome"), max_length=200, blank=True)
    handled_by = models.CharField(_("dealt with by"), max_length=150, blank=True)

    objects = EmailQuerySet.as_manager()

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        ordering = ["-received_at", "-pk"]
        indexes = [
            models.Index(Left("message_id", INDEXED), name="email_message_id"),
            models.Index(Left("in_reply_to", INDEXED), name="email_in_reply_to"),
        ]

    def __str__(self) -> str:
        return self.subject or f"#{self.pk}"

    def day(self) -> dt.date:
        """The day that relative dates in the mail count from."""
        return self.sent_on or timezone.localtime(self.received_at).date()


class Location(models.Model):
    """Where a mail lay when it was fetched. A place is read once, however often it is offered."""

    mailbox = models.ForeignKey(Mailbox, models.CASCADE, related_name="locations")
    uidvalidity = models.BigIntegerField(default=0)
    uid = models.CharField(max_length=400)  # the IMAP UID, or name and digest of a file
    email = models.ForeignKey(Email, models.CASCADE, related_name="locations")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("location")
        verbose_name_plural = _("locations")
        constraints = [
            models.UniqueConstraint(
                fields=["mailbox", "uidvalidity", "uid"], name="location_read_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mailbox_id}/{self.uidvalidity}/{self.uid}"


class Attachment(models.Model):
    """A part of a mail or a member of an archive: what it is, its text or why it was refused."""

    email = models.ForeignKey(Email, models.CASCADE, related_name="attachments")
    parent = models.ForeignKey(
        "self", models.CASCADE, related_name="members", null=True, blank=True
    )
    path = models.CharField(
        _("path"), max_length=500
    )  # "2" of the mail, "2/list.xlsx" in the archive
    filename = models.CharField(_("file name"), max_length=300, blank=True)
    declared_type = models.CharField(_("declared type"), max_length=150, blank=True)
    kind = models.CharField(_("kind"), max_length=20, blank=True)
    size = models.PositiveBigIntegerField(_("size (bytes)"), default=0)
    sha256 = models.CharField(max_length=64, blank=True, editable=False)
    inline = models.BooleanField(default=False)
    text = models.TextField(_("text"), blank=True)
    # where pieces of the text stand: [start, page, sheet, row] in rising order of start
    places = models.JSONField(default=list, blank=True, editable=False)
    notes = models.JSONField(_("notes"), default=list, blank=True)
    refused = models.CharField(_("refused because"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ["path"]
        constraints = [
            models.UniqueConstraint(fields=["email", "path"], name="attachment_path_once"),
        ]

    def __str__(self) -> str:
        return self.filename or self.path


class StepName(models.TextChoices):
    """The steps of a mail in the order they run."""

    EXTRACT = "extract", _("extract")
    DECODE = "decode", _("decode")
    UNZIP = "unzip", _("unzip")
    CLASSIFY_FILES = "classify_files", _("classify files")
    CLASSIFY = "classify", _("classify")
    SAVE = "save", _("save")
    LLM_EXTRACT = "llm_extract", _("extract facts")


class StepQuerySet(models.QuerySet["Step"]):
    def stuck(self, now: dt.datetime, *, age: dt.timedelta) -> Self:
        """Steps to be taken up again, oldest first.

        Due for `age` and not claimed (the message is lost or late), failed and due again, or left
        by a worker whose lease ran out.
        """
        return self.filter(
            Q(state=Step.State.DUE, next_at__lte=now - age)
            | Q(state=Step.State.FAILED, next_at__lte=now)
            | Q(state=Step.State.RUNNING, lease_until__lte=now)
        ).order_by("next_at")

    def unfinished(self) -> Self:
        return self.filter(state__in=[Step.State.DUE, Step.State.RUNNING, Step.State.FAILED])


class Step(models.Model):
    """One step of one mail. A worker owns it while `attempt` is the number that its claim
    returned.
    """

    class State(models.TextChoices):
        DUE = "due", _("due")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        SKIPPED = "skipped", _("skipped")
        FAILED = "failed", _("failed, tried again")
        QUARANTINED = "quarantined", _("quarantined")

    email = models.ForeignKey(Email, models.CASCADE, related_name="steps")
    name = models.CharField(_("step"), max_length=20, choices=StepName)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.DUE)
    attempt = models.PositiveIntegerField(_("attempt"), default=0)
    failures = models.PositiveSmallIntegerField(_("failures"), default=0)
    deaths = models.PositiveSmallIntegerField(_("workers that died"), default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    # when it is or was due: the sweeper looks here
    next_at = models.DateTimeField(_("due"), default=timezone.now)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    traceback = models.TextField(_("traceback"), blank=True)

    objects = StepQuerySet.as_manager()

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["email", "name"], name="step_once_a_mail"),
        ]
        indexes = [
            # the sweeper's question; finished rows are not in it
            models.Index(
                fields=["next_at"],
                name="step_unfinished",
                condition=Q(state__in=["due", "running", "failed"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.get_state_display()})"

    def claim(self, *, now: dt.datetime, lease: dt.timedelta) -> bool:
        """Whether this object has become the step's owner; `attempt` is then its fencing token."""
        changes: dict[str, Any] = {
            "state": Step.State.RUNNING,
            "lease_until": now + lease,
            "started_at": now,
        }
        due = Step.objects.filter(pk=self.pk, state=Step.State.DUE, attempt=self.attempt)
        rows = due.update(attempt=F("attempt") + 1, **changes)
        if rows:
            self.attempt += 1
            for name, value in changes.items():
                setattr(self, name, value)
        return bool(rows)

    def reopen(self) -> None:
        """Make the step due as on its first day; an attempt that is still running loses it."""
        self.state, self.next_at, self.lease_until = Step.State.DUE, timezone.now(), None
        self.failures = self.deaths = 0
        self.reason = self.traceback = ""
        self.save()

    def owned(self) -> models.QuerySet["Step"]:
        """This step's row while this attempt still owns it, else nothing."""
        return Step.objects.filter(pk=self.pk, attempt=self.attempt, state=Step.State.RUNNING)
