"""The trade's rows: requests, quotations, orders, shipments and outgoing mail."""

import datetime as dt
import uuid
from typing import Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from freight.fields import (
    FACT_NAMES,
    Container,
    Evidence,
    Facts,
    evidence_as_json,
    evidence_from_json,
)
from freight.models.moves import Language, Mode, Moves


class QuoteRequestQuerySet(models.QuerySet["QuoteRequest"]):
    def open(self) -> Self:
        """Requests that wait for somebody: the machine, the customer or an operator."""
        return self.filter(state__in=[State.EXTRACTED, State.AWAITING_CUSTOMER, State.CONFIRMED])

    def for_operator(self) -> Self:
        """Open requests that the machine may not carry on with."""
        return self.open().exclude(review=[])

    def silent_since(self, before: dt.datetime) -> Self:
        """Requests whose customer has had our last question since `before` and has said nothing."""
        questions = OutgoingMail.objects.filter(kind="question", request=OuterRef("pk"))
        had = questions.filter(state=Sending.SENT, sent_at__lte=before)
        open_yet = [Sending.DRAFT, Sending.QUEUED, Sending.SENDING, Sending.UNCERTAIN]
        fresh = questions.filter(Q(state__in=open_yet) | Q(sent_at__gt=before))
        waiting = self.filter(state=State.AWAITING_CUSTOMER, updated_at__lte=before)
        return waiting.filter(Exists(had), ~Exists(fresh))

    def run_out(self, today: dt.date) -> Self:
        """Quoted requests that have no quotation which is still valid."""
        valid = Quotation.objects.filter(state=Quotation.State.ISSUED, valid_until__gte=today)
        return self.filter(state=State.QUOTED).exclude(quotations__in=valid)


class State(models.TextChoices):
    EXTRACTED = "extracted", _("read")
    AWAITING_CUSTOMER = "awaiting_customer", _("awaiting customer")
    CONFIRMED = "confirmed", _("complete")
    QUOTED = "quoted", _("quoted")
    ORDERED = "ordered", _("ordered")
    EXPIRED = "expired", _("expired")
    DECLINED = "declined", _("declined")


class AddressProof(models.TextChoices):
    """Why we believe that the customer's address is theirs: a typed one gets no quotation."""

    MAILED = "mailed", _("they wrote from it")
    TYPED = "typed", _("typed, not proven")
    PROVEN = "proven", _("proven by a link")


class QuoteRequest(Moves):
    """A customer's wish for a price: the six facts, where each was read, how far it has come."""

    MOVES = {
        State.EXTRACTED: (State.AWAITING_CUSTOMER, State.CONFIRMED, State.DECLINED, State.EXPIRED),
        State.AWAITING_CUSTOMER: (State.CONFIRMED, State.DECLINED, State.EXPIRED),
        State.CONFIRMED: (State.QUOTED, State.AWAITING_CUSTOMER, State.DECLINED),
        State.QUOTED: (State.ORDERED, State.CONFIRMED, State.EXPIRED, State.DECLINED),
        State.ORDERED: (),
        State.EXPIRED: (State.CONFIRMED, State.DECLINED),
        State.DECLINED: (),
    }

    # BB-<year>-<key>; null, not empty, until the key is known: two new rows are not the same
    number = models.CharField(_("number"), max_length=20, unique=True, null=True, editable=False)  # noqa: DJ001
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    state = models.CharField(
        _("state"), max_length=20, choices=State, default=State.EXTRACTED, db_index=True
    )
    mode = models.CharField(_("mode"), max_length=10, choices=Mode, default=Mode.DRAFT)
    language = models.CharField(_("language"), max_length=2, choices=Language, default=Language.KO)
    customer_name = models.CharField(_("customer"), max_length=200, blank=True)
    # empty while a visitor of the company's site has not named one
    customer_address = models.CharField(_("address"), max_length=254, blank=True)
    address_proof = models.CharField(
        _("proof of address"), max_length=8, choices=AddressProof, default=AddressProof.MAILED
    )
    subject = models.CharField(_("subject"), max_length=500, blank=True)
    # the mail that asked: what our mails answer to
    message_id = models.CharField(max_length=998, blank=True, editable=False)
    references = models.TextField(blank=True, editable=False)
    # of a real mailbox: what the formula prices waits for an operator (DESIGN 6.3)
    needs_lane_rate = models.BooleanField(default=True, editable=False)
    # RFC 3834: a reason why no machine may answer; empty where it may
    machine = models.CharField(max_length=100, blank=True, editable=False)

    gross_weight_kg = models.DecimalField(
        _("gross weight (kg)"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    container = models.CharField(
        _("container"), max_length=8, blank=True, choices=[(c.value, c.value) for c in Container]
    )
    # null where nobody has said a number: one is priced
    containers = models.PositiveSmallIntegerField(_("number of containers"), null=True, blank=True)
    etd = models.DateField(_("departure (ETD)"), null=True, blank=True)
    eta = models.DateField(_("arrival (ETA)"), null=True, blank=True)
    origin = models.CharField(_("origin"), max_length=5, blank=True)
    destination = models.CharField(_("destination"), max_length=5, blank=True)
    evidence = models.JSONField(_("evidence"), default=dict, blank=True)
    # what the last question mail asked for, so that nobody is asked in circles
    asked = models.JSONField(default=list, blank=True, editable=False)
    review = models.JSONField(_("for the operator because"), default=list, blank=True)
    # what operators took off `review`: [{reasons, by, at}], the oldest first
    review_cleared = models.JSONField(
        _("decided by operators"), default=list, blank=True, editable=False
    )

    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = QuoteRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("quote request")
        verbose_name_plural = _("quote requests")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(containers__gte=1), name="quoterequest_at_least_one_container"
            ),
        ]
        indexes = [
            models.Index(
                fields=["created_at"],
                condition=~Q(address_proof="mailed"),
                name="quoterequest_visitors",
            ),
        ]

    def __str__(self) -> str:
        return self.number or f"#{self.pk}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, and on the first save take the number from the key: unique without a counter to
        lock.
        """
        super().save(*args, **kwargs)
        if not self.number:
            self.number = f"BB-{timezone.localtime(self.created_at).year}-{self.pk:06d}"
            super().save(update_fields=["number"])

    @property
    def facts(self) -> Facts:
        return Facts(
            gross_weight_kg=self.gross_weight_kg,
            container=Container(self.container) if self.container else None,
            etd=self.etd,
            eta=self.eta,
            origin=self.origin or None,
            destination=self.destination or None,
            containers=self.containers,
        )

    @property
    def present_mode(self) -> str:
        """The strictest of the mode it came in with and those that its mailboxes have now."""
        boxes = self.emails.values_list("mailbox__mode", flat=True)
        return min((self.mode, *filter(None, boxes)), key=[*Mode].index)

    @property
    def fact_evidence(self) -> dict[str, Evidence]:
        return evidence_from_json(self.evidence)

    def take(self, facts: Facts, evidence: dict[str, Evidence]) -> None:
        """Set the stated `facts` on this object; a fact without evidence is no fact. Does not
        save.
        """
        for name, value in facts.stated():
            if name in evidence:
                setattr(self, name, value)
        # a size read as "2 x 40ft" is evidence of both
        if facts.containers is not None and {"container", "containers"} & evidence.keys():
            self.containers = facts.containers
        kept = {
            name: item for name, item in evidence.items() if name in (*FACT_NAMES, "containers")
        }
        self.evidence = {**self.evidence, **evidence_as_json(kept)}


class ChatLink(models.Model):
    """A link that opens the conversation about one request. The token is in the mail only."""

    request = models.ForeignKey(QuoteRequest, models.CASCADE, related_name="chat_links")
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    expires_at = models.DateTimeField(_("expires"))
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    # the typed address that whoever opens this link shows to be theirs; empty: it proves none
    proves = models.CharField(max_length=254, blank=True, editable=False)

    class Meta:
        verbose_name = _("chat link")
        verbose_name_plural = _("chat links")

    def __str__(self) -> str:
        return f"{self.request} {self.created_at:%Y-%m-%d}"


class Quotation(Moves):
    """A priced revision of a request; `lines` add up to `total` to the won."""

    class State(models.TextChoices):
        DRAFT = "draft", _("to be approved")
        ISSUED = "issued", _("issued")
        SUPERSEDED = "superseded", _("superseded")
        REFUSED = "refused", _("refused")

    MOVES = {
        State.DRAFT: (State.ISSUED, State.SUPERSEDED, State.REFUSED),
        State.ISSUED: (State.SUPERSEDED,),
        State.SUPERSEDED: (),
        State.REFUSED: (),
    }

    request = models.ForeignKey(QuoteRequest, models.PROTECT, related_name="quotations")
    revision = models.PositiveSmallIntegerField(_("revision"), default=1)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.DRAFT)
    currency = models.CharField(_("currency"), max_length=3, default="KRW")
    total = models.DecimalField(_("total"), max_digits=16, decimal_places=2)
    lines = models.JSONField(_("lines"))  # [{code, amount (string), data}]
    snapshot = models.JSONField(_("tariff used"))
    valid_until = models.DateField(_("valid until"))
    # null while it is a draft
    issued_on = models.DateField(_("issued"), null=True, blank=True)
    # why an operator must see it first, one reason or several with "; " between
    draft_reason = models.CharField(_("draft because"), max_length=200, blank=True)
    approved_by = models.CharField(_("approved by"), max_length=150, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("quotation")
        verbose_name_plural = _("quotations")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["request", "revision"], name="quotation_revision_once"),
        ]

    def __str__(self) -> str:
        return f"{self.request} r{self.revision}"


class Order(models.Model):
    """A quotation that its customer has accepted: at most one a quotation."""

    quotation = models.OneToOneField(Quotation, models.PROTECT, related_name="order")
    customer_reference = models.CharField(_("customer's number"), max_length=100, blank=True)
    evidence = models.JSONField(_("evidence"), default=dict)
    placed_at = models.DateTimeField(_("placed"), auto_now_add=True)

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.quotation.request}"


class Shipment(models.Model):
    """The transport of an order, with the status its customer sees."""

    class Status(models.IntegerChoices):
        REQUESTED = 1, _("requested")
        QUOTED = 2, _("quoted")
        ORDERED = 3, _("ordered")
        IN_TRANSIT = 4, _("in transit")
        DELIVERED = 5, _("delivered")

    order = models.OneToOneField(Order, models.PROTECT, related_name="shipment")
    number = models.CharField(_("number"), max_length=24, unique=True)
    status = models.PositiveSmallIntegerField(_("status"), choices=Status, default=Status.ORDERED)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("shipment")
        verbose_name_plural = _("shipments")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.number


# how `last_error` begins where a failed mail was given up on purpose: nobody should have it
GIVEN_UP = "^(overtaken: |the request has expired|withdrawn: )"
# how `last_error` begins once an operator has seen to an undelivered mail
SEEN_TO = ("settled by ", "sent again by ")


class OutgoingMailQuerySet(models.QuerySet["OutgoingMail"]):
    def due(self, now: dt.datetime) -> Self:
        """Mails that somebody should send or look into now."""
        ready = Q(state__in=[Sending.QUEUED, Sending.UNCERTAIN], next_at__lte=now)
        return self.filter(ready | Q(state=Sending.SENDING, lease_until__lte=now))

    def copies_due(self, now: dt.datetime) -> Self:
        """Sent mails of which a copy is to be put into the mailbox's Sent folder now."""
        return self.filter(state=Sending.SENT, next_at__lte=now)

    def for_operator(self) -> Self:
        """Mails that their customers may not have, and that nobody has seen to yet."""
        settled, again = (Q(last_error__startswith=words) for words in SEEN_TO)
        problems = [Sending.FAILED, Sending.UNCERTAIN, Sending.UNDELIVERED]
        given_up = Q(last_error__regex=GIVEN_UP, state=Sending.FAILED)
        seen_to = Q(settled | again, state=Sending.UNDELIVERED)
        return self.filter(state__in=problems).exclude(given_up | seen_to)


class Sending(models.TextChoices):
    DRAFT = "draft", _("to be approved")
    QUEUED = "queued", _("queued")
    SENDING = "sending", _("sending")
    SENT = "sent", _("sent")
    FAILED = "failed", _("failed")
    UNCERTAIN = "uncertain", _("uncertain")
    UNDELIVERED = "undelivered", _("undelivered")


class OutgoingMail(Moves):
    """One intended mail. Its bytes and Message-ID are fixed when it is intended."""

    class Kind(models.TextChoices):
        QUESTION = "question", _("question")
        QUOTATION = "quotation", _("quotation")
        CONFIRMATION = "confirmation", _("order confirmation")
        REMINDER = "reminder", _("reminder")
        PROOF = "proof", _("proof of address")

    MOVES = {
        Sending.DRAFT: (Sending.QUEUED, Sending.FAILED),
        Sending.QUEUED: (Sending.SENDING, Sending.FAILED, Sending.DRAFT),
        Sending.SENDING: (Sending.SENT, Sending.QUEUED, Sending.FAILED, Sending.UNCERTAIN),
        Sending.UNCERTAIN: (Sending.SENDING, Sending.SENT, Sending.FAILED),
        Sending.SENT: (Sending.UNDELIVERED,),
        Sending.FAILED: (Sending.QUEUED,),
        Sending.UNDELIVERED: (),
    }

    # what is intended, once: "quotation:BB-2026-000123:1"
    key = models.CharField(_("intent"), max_length=120, unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    request = models.ForeignKey(QuoteRequest, models.PROTECT, related_name="outgoing", null=True)
    recipient = models.CharField(_("recipient"), max_length=254)
    subject = models.CharField(_("subject"), max_length=500)
    message_id = models.CharField(_("Message-ID"), max_length=200, unique=True)
    sealed = models.BinaryField()  # the mail's bytes, encrypted: they may carry a chat link
    state = models.CharField(
        _("state"), max_length=12, choices=Sending, default=Sending.QUEUED, db_index=True
    )
    attempt = models.PositiveIntegerField(_("attempt"), default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    # no person has approved or asked for it: it keeps silent where a colleague has answered
    automatic = models.BooleanField(default=True, editable=False)
    # its chat link was taken out of the bytes that are kept
    purged_at = models.DateTimeField(null=True, blank=True, editable=False)
    # empty: only an operator moves it on; of a sent mail: when its copy is to be filed
    next_at = models.DateTimeField(_("next try"), default=timezone.now, null=True, blank=True)
    last_error = models.CharField(_("last error"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("intended"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    objects = OutgoingMailQuerySet.as_manager()

    class Meta:
        verbose_name = _("outgoing mail")
        verbose_name_plural = _("outgoing mails")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["state", "next_at"], name="outgoing_due"),
            models.Index(fields=["created_at"], condition=Q(kind="proof"), name="outgoing_proofs"),
        ]

    def __str__(self) -> str:
        return self.subject or self.key

    @property
    def seen_to(self) -> bool:
        """Whether the mail did not arrive, and an operator has seen to that."""
        return self.state == Sending.UNDELIVERED and self.last_error.startswith(SEEN_TO)


class MailSwitch(models.Model):
    """The operators' switch for all mail out: one row, key 1; no row means on."""

    sending = models.BooleanField(_("mail may leave"), default=True)
    changed_by = models.CharField(_("changed by"), max_length=150, blank=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("mail switch")
        verbose_name_plural = _("mail switch")

    def __str__(self) -> str:
        return "on" if self.sending else "off"


class LanguageModelUse(models.Model):
    """What the language model was asked on one day, and how that went."""

    day = models.DateField(_("day"), unique=True)
    calls = models.PositiveIntegerField(_("calls"), default=0)
    tokens = models.PositiveIntegerField(_("tokens"), default=0)
    failures = models.PositiveIntegerField(_("failures"), default=0)
    # circuit breaker: failures in a row, and until when nobody asks
    failures_in_row = models.PositiveIntegerField(default=0, editable=False)
    open_until = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("language model's day")
        verbose_name_plural = _("language model's days")
        ordering = ["-day"]

    def __str__(self) -> str:
        return f"{self.day}"
