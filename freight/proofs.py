"""Whose address is it: a visitor types one, a link is mailed to it, who opens the link proves it.

What leaves for an address that nobody has proven is this one mail, without a word of the visitor,
and seldom: nobody can send others anything through us.
"""

import datetime as dt
import logging
import re
import zlib
from email.utils import parseaddr
from enum import StrEnum

from django.conf import settings
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from freight import letters, links, outbox
from freight.accounts import own_addresses
from freight.models import AddressProof, ChatLink, OutgoingMail, QuoteRequest, Sending

logger = logging.getLogger(__name__)
A_CONVERSATION = 3
AN_ADDRESS_AN_HOUR = 2
AN_ADDRESS_A_DAY = 5
# nobody reads what is sent there
UNREAD = re.compile(
    r"(?:no|do-?not|never)[._-]?reply|mailer[._-]?daemon|postmaster|hostmaster|abuse"
    r"|bounces?|listserv|majordomo",
    re.IGNORECASE,
)
BOUNCED = (Sending.FAILED, Sending.UNDELIVERED)


class Asked(StrEnum):
    """What became of an address that a visitor has typed."""

    SENT = "sent"
    ALREADY = "already"  # a link is out to it
    UNUSABLE = "unusable"
    OWN = "own"
    UNREAD = "unread"
    ENOUGH = "enough"  # this conversation has had all the mails it may have
    TOO_OFTEN = "too_often"  # this address has


def ask(request: QuoteRequest, typed: str, now: dt.datetime, *, again: bool = False) -> Asked:
    """Take the address over as it was typed and mail its proof, in the transaction of the caller,
    who holds the request's lock. A refused one changes nothing; `again`: though a link is out.
    """
    if refused := refusal(typed):
        return refused
    if typed == request.customer_address and not again and _is_out(request, now):
        return Asked.ALREADY
    if full := _full(request, typed, now):
        return full
    if typed != request.customer_address:
        revoke(request, now)
        request.customer_address = typed
    request.save(update_fields=["customer_address", "updated_at"])
    _send(request, now)
    return Asked.SENT


def refusal(typed: str) -> Asked | None:
    """Why no mail should go to a typed address, None where one may."""
    address = outbox.usable_address(typed)
    if address is None:
        return Asked.UNUSABLE
    local, _, domain = address.lower().rpartition("@")
    if address.lower() in _ours() or domain == _own_domain():
        return Asked.OWN
    return Asked.UNREAD if UNREAD.fullmatch(local.partition("+")[0]) else None


def _ours() -> set[str]:
    sender = parseaddr(settings.BUSYBEE_MAIL_FROM)[1]
    named = (sender, settings.BUSYBEE_COMPANY_EMAIL, *own_addresses())
    return {address.lower() for address in named if address}


def _own_domain() -> str:
    """The company's domain; empty where customers have written from it: it is a mail provider's."""
    domain = parseaddr(settings.BUSYBEE_MAIL_FROM)[1].rpartition("@")[2].lower()
    written = QuoteRequest.objects.filter(address_proof=AddressProof.MAILED)
    return "" if written.filter(customer_address__iendswith=f"@{domain}").exists() else domain


def _is_out(request: QuoteRequest, now: dt.datetime) -> bool:
    open_links = request.chat_links.filter(revoked_at=None, expires_at__gt=now)
    return open_links.filter(proves=request.customer_address).exclude(proves="").exists()


def _full(request: QuoteRequest, typed: str, now: dt.datetime) -> Asked | None:
    """The cap that another proof would go over, None where there is room."""
    proofs = OutgoingMail.objects.filter(kind=OutgoingMail.Kind.PROOF)
    if proofs.filter(request=request).count() >= A_CONVERSATION:
        return Asked.ENOUGH
    today = proofs.filter(created_at__gt=now - dt.timedelta(days=1))
    if today.count() >= settings.BUSYBEE_CHAT_STARTS_A_DAY:
        logger.warning("visitors have had all the proofs mailed that a day may have")
        return Asked.ENOUGH  # a colleague helps
    mailbox = mailbox_of(outbox.usable_address(typed) or "")
    _one_at_a_time(mailbox)
    day = today.filter(recipient__iendswith=mailbox[mailbox.rindex("@") :])
    times = [
        created
        for recipient, created in day.values_list("recipient", "created_at")
        if mailbox_of(recipient) == mailbox
    ]
    hour = [created for created in times if created > now - dt.timedelta(hours=1)]
    if len(times) >= AN_ADDRESS_A_DAY or len(hour) >= AN_ADDRESS_AN_HOUR:
        return Asked.TOO_OFTEN
    return None


def mailbox_of(address: str) -> str:
    """The mailbox behind an address: `K.im+1@x.example` and `kim@X.example` count as the same
    person, as they are at large providers.
    """
    local, _, domain = address.lower().rpartition("@")
    return f"{local.partition('+')[0].replace('.', '')}@{domain}"


def _one_at_a_time(mailbox: str) -> None:
    """Two conversations that ask for one mailbox at once count one after the other; SQLite has one
    writer anyway.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [zlib.crc32(mailbox.encode())])


def _send(request: QuoteRequest, now: dt.datetime) -> None:
    token = links.issue(request, now, proves=request.customer_address)
    number = request.outgoing.filter(kind=OutgoingMail.Kind.PROOF).count() + 1
    ends = now + dt.timedelta(days=settings.BUSYBEE_CHAT_LINK_DAYS)
    letter = letters.write(
        OutgoingMail.Kind.PROOF,
        request.language,
        name="",
        number=request.number,
        link=settings.BUSYBEE_PUBLIC_URL + reverse("chat:open", args=[token]),
        ends_on=timezone.localtime(ends).date(),
    )
    outbox.intend(
        key=f"{OutgoingMail.Kind.PROOF}:{request.number}:{number}",
        kind=OutgoingMail.Kind.PROOF,
        request=request,
        letter=letter,
        # it says nothing that an operator would approve, and has caps of its own
        capped=False,
    )


def revoke(request: QuoteRequest, now: dt.datetime) -> None:
    """Close the links that prove an address of the request: it has another now."""
    request.chat_links.filter(revoked_at=None).exclude(proves="").update(revoked_at=now)


def prove(request: QuoteRequest, link: ChatLink, now: dt.datetime) -> bool:
    """Whether opening `link` has just proven the request's address, in the transaction of the
    caller, who holds the request's lock. A link proves only the address it was mailed to.
    """
    closed = ChatLink.objects.filter(pk=link.pk, revoked_at=None, expires_at__gt=now)
    if (
        request.address_proof != AddressProof.TYPED
        or not link.proves
        or link.proves != request.customer_address
        or not closed.exists()
    ):
        return False
    request.address_proof = AddressProof.PROVEN
    request.save(update_fields=["address_proof", "updated_at"])
    logger.info("address of request %s proven by link %s", request.pk, link.pk)
    return True


def bounced() -> list[OutgoingMail]:
    """The newest proof of each open, unproven request whose address it did not reach."""
    mails = OutgoingMail.objects.filter(
        kind=OutgoingMail.Kind.PROOF,
        state__in=BOUNCED,
        request__address_proof=AddressProof.TYPED,
        request__in=QuoteRequest.objects.open(),
    ).exclude(request__customer_address="")
    return [mail for mail in mails.select_related("request")[:200] if is_bounce(mail)]


def is_bounce(mail: OutgoingMail) -> bool:
    """Whether it is the last proof to its request's address, and did not arrive there."""
    request = mail.request
    if request is None or mail.state not in BOUNCED:
        return False
    if mail.recipient != outbox.usable_address(request.customer_address):
        return False
    newer = request.outgoing.filter(kind=OutgoingMail.Kind.PROOF, pk__gt=mail.pk)
    return not newer.exists()


def forget(request: QuoteRequest, now: dt.datetime) -> None:
    """Drop an address that no mail reaches, in the transaction of the caller, who holds the
    request's lock.
    """
    revoke(request, now)
    request.customer_address = ""
    request.save(update_fields=["customer_address", "updated_at"])
