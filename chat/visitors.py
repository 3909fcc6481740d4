"""Visitors without a link: a conversation that begins in the widget, and whose address is proven
by a link before anything is priced or mailed.
"""

import datetime as dt
import logging
from collections.abc import Sequence
from functools import partial

from django.conf import settings
from django.db import transaction

from chat import addresses, dialogue, notices
from chat.addresses import Heard
from chat.errors import TooMany
from chat.models import Message, Session
from chat.rows import append, append_all, situation_of
from chat.visitor_words import SAID, say
from freight import links, proofs, quotes
from freight.models import AddressProof, ChatLink, OutgoingMail, QuoteRequest
from freight.proofs import Asked

logger = logging.getLogger(__name__)
A_DAY = dt.timedelta(days=1)
VISITORS = (AddressProof.TYPED, AddressProof.PROVEN)


@transaction.atomic
def start(language: str, now: dt.datetime) -> ChatLink:
    """The link of a new conversation of a visitor; nothing is mailed. Raises TooMany."""
    begun = QuoteRequest.objects.filter(address_proof__in=VISITORS, created_at__gt=now - A_DAY)
    if begun.count() >= settings.BUSYBEE_CHAT_STARTS_A_DAY:
        logger.warning("visitors have begun all the conversations that a day may have")
        raise TooMany(3600)
    request = QuoteRequest.objects.create(
        language=language,
        mode=settings.BUSYBEE_CHAT_MODE,
        address_proof=AddressProof.TYPED,
        # the formula's prices leave by themselves in the demo only (DESIGN 6.3)
        needs_lane_rate=not settings.BUSYBEE_EMBEDDED,
    )
    Session.objects.create(request=request, language=language)
    links.issue(request, now)  # its token is nobody's: the page holds the link's bearer
    logger.info("request %s begun by a visitor", request.pk)
    return request.chat_links.select_related("request").get()


def unproven(request: QuoteRequest) -> bool:
    """Whether it is a visitor's request and nobody has shown that the address is theirs."""
    return request.address_proof == AddressProof.TYPED


def address_state(request: QuoteRequest) -> str:
    """The card's `address`: needed, sent or proven; empty where the customer wrote a mail."""
    if request.address_proof == AddressProof.MAILED:
        return ""
    if not unproven(request):
        return "proven"
    return "sent" if request.customer_address else "needed"


def hear(request: QuoteRequest, text: str) -> Heard:
    """What a message says about the address, where the request waits for one."""
    if not unproven(request):
        return Heard(typed="", again=False, garbled=False, rest=text)
    return addresses.hear(text, request.customer_address)


def address_turn(
    session: Session, heard: Heard, replies: Sequence[str], *, told: bool, now: dt.datetime
) -> list[str]:
    """The dialogue's `replies` with what is to be said about the address, in the transaction of the
    caller, who holds the locks of request and session. `told`: the message had facts as well.
    """
    request = session.request
    if not unproven(request) or request.state in dialogue.CLOSED:
        return list(replies)
    situation = situation_of(session, now)
    said = _take(session, heard, now)
    if heard.garbled and not told:
        said = [say(session.language, "unusable")]
    complete = not situation.pending and not situation.open()
    if said and not told:  # the dialogue had nothing to read, and has said so
        replies = () if complete else dialogue.restate(situation)
    if said:
        return [*said, *replies]
    if complete:
        return [*replies, _last(session)]
    if told and situation.open() and not request.customer_address and not _was_asked(session):
        return [*replies, say(session.language, "ask")]
    return list(replies)


def _take(session: Session, heard: Heard, now: dt.datetime) -> list[str]:
    """Take over an address that was typed and mail its proof; what to say about that."""
    request, language = session.request, session.language
    typed = heard.typed or (request.customer_address if heard.again else "")
    if not typed:
        return []
    if request.language != language:  # the mail comes in the language they chose
        request.language = language
        request.save(update_fields=["language", "updated_at"])
    asked = proofs.ask(request, typed, now, again=heard.again)
    if asked == Asked.ENOUGH and session.wants_person_at is None:
        session.wants_person_at = now
        session.save(update_fields=["wants_person_at"])
    return [say(language, asked.value, address=typed)]


def _last(session: Session) -> str:
    """The one thing that a complete request waits for."""
    address = session.request.customer_address
    return say(session.language, "wait" if address else "ask_last", address=address)


def _was_asked(session: Session) -> bool:
    asked = session.messages.filter(author=Message.Author.BOT, text__in=SAID["ask"].values())
    return asked.exists()


@transaction.atomic
def prove(link: ChatLink, now: dt.datetime) -> bool:
    """Whether opening `link` has just proven the visitor's address; a request that is complete and
    confirmed is priced with it. An ordinary link proves nothing.
    """
    if not link.proves:
        return False
    request = QuoteRequest.objects.select_for_update().get(pk=link.request_id)
    session = Session.objects.select_for_update().get(request=request)
    if not proofs.prove(request, link, now):
        return False
    if not session.pending:  # else their "yes" prices it
        quotes.advance(request, now, ask=False)
        request.refresh_from_db()
    session.request = request
    _welcome_proven(session, now)
    return True


def _welcome_proven(session: Session, now: dt.datetime) -> None:
    """Say so in the conversation, with what comes next."""
    situation = situation_of(session, now)
    complete = not situation.pending and not situation.open()
    session.version += 1  # an answer that was thought out before would ask for the address
    if complete:
        session.state = Session.State.COMPLETED
    session.save(update_fields=["version", "state", "updated_at"])
    after: Sequence[str] = ()
    if complete:
        after = dialogue.after_saving(situation)
    elif not session.operator_id:  # while an operator talks, the machine asks nothing
        after = dialogue.restate(situation)
    append_all(session, Message.Author.BOT, (say(session.language, "proven"), *after))
    transaction.on_commit(partial(notices.tell, session.group))


def tell_bounces(now: dt.datetime) -> int:
    """How many visitors were told that no mail reaches the address that they typed."""
    return sum(_tell_bounce(mail.pk, now) for mail in proofs.bounced())


@transaction.atomic
def _tell_bounce(mail_id: int, now: dt.datetime) -> bool:
    of_mail = OutgoingMail.objects.filter(pk=mail_id).values("request_id")
    request = QuoteRequest.objects.select_for_update().get(pk__in=of_mail)
    session = Session.objects.select_for_update().filter(request=request).first()
    mail = OutgoingMail.objects.select_related("request").get(pk=mail_id)
    if session is None or not unproven(request) or not proofs.is_bounce(mail):
        return False  # they have corrected or proven it since
    address = request.customer_address
    proofs.forget(request, now)
    append(session, Message.Author.BOT, say(session.language, "bounced", address=address))
    transaction.on_commit(partial(notices.tell, session.group))
    logger.info("conversation %s told that its address bounces", session.pk)
    return True
