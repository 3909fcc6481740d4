"""Conversations: which mails answer one another, as their headers say.

For display only. Headers are the sender's word, and Message-IDs are not always unique: no request,
order or address may ever hang on a conversation (freight.orders asks for more).
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from freight.models import OutgoingMail
from pipeline.models import Email

# a list of what goes round in a company, or a flood: it grows no further
MAX_MEMBERS = 500
SHOWN = 60
# who has an address there is not of one company with the others
FREE_MAIL = frozenset(
    """
    126.com 163.com aol.com daum.net gmail.com gmx.com gmx.de gmx.net googlemail.com
    hanmail.net hotmail.co.jp hotmail.co.th hotmail.com icloud.com kakao.com korea.com
    live.co.kr live.com live.jp mac.com mail.com mail.ru me.com msn.com nate.com naver.com
    outlook.co.th outlook.com outlook.jp outlook.kr proton.me protonmail.com qq.com sina.com
    web.de yahoo.co.jp yahoo.co.kr yahoo.co.th yahoo.com yandex.com yandex.ru yeah.net
    zoho.com
    """.split()
)
COLUMNS = ("message_id", "from_address", "to", "date", "received_at", "thread")


@dataclass(frozen=True, slots=True)
class Conversation:
    """Mails of one conversation, the oldest first; `more` says that only the newest are here."""

    received: list[Email]
    sent: list[OutgoingMail]
    more: bool


def join(email: Email) -> Mapping[str, Any]:
    """The mail's `thread` column. Conversations that only this mail holds together become one.

    To be called in the step's transaction. Where two workers join the same ones at the same
    moment, the database may let one of them try again.
    """
    roots = {_root(other) for other in (*_neighbours(email), email)} - {email.pk}
    if not roots:
        return {}
    heads = list(Email.objects.filter(pk__in=roots).only(*COLUMNS))
    first = min([*heads, email], key=_age)
    later = [head.pk for head in (*heads, email) if head.pk != first.pk]
    members = Email.objects.filter(Q(pk__in=later) | Q(thread__in=later))
    if members.count() > MAX_MEMBERS:
        return {"thread": min(heads, key=_age)}
    members.exclude(pk=email.pk).update(thread=first)
    Email.objects.filter(pk=first.pk).exclude(thread=None).update(thread=None)
    return {"thread": None if first.pk == email.pk else first}


def _root(email: Email) -> int:
    return email.thread_id or email.pk


def _age(email: Email) -> tuple[dt.datetime, int]:
    """When it was written. Nobody writes later than we receive; earlier is the sender's word."""
    return min(email.date or email.received_at, email.received_at), email.pk


def _neighbours(email: Email) -> list[Email]:
    """Mails that this one answers, that answer it, and those around a mail of ours it answers."""
    named = {email.in_reply_to, *email.references} - {"", email.message_id}
    answered = Email.objects.with_id("message_id", named)
    answers = Email.objects.with_id("in_reply_to", {email.message_id} - {""})
    found = [
        other
        for rows in (answered, answers)
        for other in rows.exclude(pk=email.pk).only(*COLUMNS)[:MAX_MEMBERS]
        if _know_each_other(email, other)
    ]
    return [*found, *_around_ours(email, named)]


def _around_ours(email: Email, named: set[str]) -> QuerySet[Email]:
    """The mails of requests that a mail of ours belongs to. Our Message-IDs can't be guessed."""
    ours = Q(message_id__in=named)
    if email.bounce_of_id:
        ours |= Q(pk=email.bounce_of_id)
    requests = OutgoingMail.objects.filter(ours, request__isnull=False).values("request")
    own = Q(request__in=requests)
    if email.request_id:
        own |= Q(request=email.request_id)
    return Email.objects.filter(own).exclude(pk=email.pk).only(*COLUMNS)[:MAX_MEMBERS]


def _know_each_other(one: Email, other: Email) -> bool:
    """Whether the mails are between the same people, or people of one house.

    Some mailers give many mails one Message-ID, and anybody may name any: strangers' mails must not
    come together by that.
    """
    if one.from_address == other.from_address:
        return bool(one.from_address)
    if one.from_address in other.to or other.from_address in one.to:
        return True
    return _house(one) == _house(other) != ""


def _house(email: Email) -> str:
    """The sender's company by its domain; empty where the domain is everybody's."""
    domain = email.from_address.rpartition("@")[2].lower()
    return "" if domain in FREE_MAIL else domain


def members(email: Email) -> QuerySet[Email]:
    """The received mails of the conversation that `email` belongs to, itself among them."""
    root = _root(email)
    return Email.objects.filter(Q(pk=root) | Q(thread=root))


def conversation(email: Email) -> Conversation:
    """What the mail's page shows of its conversation: three queries."""
    received = list(
        members(email)
        .only("subject", "from_name", "from_address", "received_at", "outcome", "bounce_of")
        .order_by("-received_at", "-pk")[: SHOWN + 1]
    )
    requests = members(email).filter(request__isnull=False).order_by().values("request")
    sent = list(
        OutgoingMail.objects.filter(request__in=requests).defer("sealed").order_by("-pk")[:SHOWN]
    )
    return Conversation(received[SHOWN - 1 :: -1], sent[::-1], len(received) > SHOWN)
