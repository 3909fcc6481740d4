"""The mailbox that a request came to, as far as sending needs it. `pipeline` stands above us: it
is found by the names in BUSYBEE_SENDING_ACCOUNTS and BUSYBEE_OWN_ADDRESSES.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Protocol, cast

from django.conf import settings
from django.utils.module_loading import import_string

from freight.models import OutgoingMail, QuoteRequest
from freight.smtp import Relay


class Account(Protocol):
    """A mailbox that answers leave from. Whatever asks its server raises CannotLook."""

    @property
    def sender(self) -> str:
        """`Name <address>` that customers know, or "" for BUSYBEE_MAIL_FROM."""

    @property
    def relay(self) -> Relay | None:
        """Its own relay, or None for BUSYBEE_SMTP_URL. Raises NotAccepted where it is unusable."""

    @property
    def own_relay(self) -> bool:
        """Whether it has a relay of its own."""

    @property
    def journals(self) -> bool:
        """Whether every mail that the relay took appears in its Sent folder by itself."""

    @property
    def keeps_copies(self) -> bool:
        """Whether we put a copy of what we send into its Sent folder."""

    def holds(self, message_id: str, since: dt.date) -> bool:
        """Whether its Sent folder has a mail with this Message-ID, from about that day or later."""

    def answered(self, message_ids: Iterable[str], since: dt.date) -> bool:
        """Whether since that day a person, not BusyBee, has answered one of these mails."""

    def file(self, message_id: str, raw: bytes, sent_at: dt.datetime) -> None:
        """Put the mail into its Sent folder, if it is not there yet."""


class Finder(Protocol):
    def __call__(self, request: QuoteRequest) -> Account | None: ...


def account_of(request: QuoteRequest | None) -> Account | None:
    """The mailbox that `request` came to, None where it came another way."""
    if request is None or not settings.BUSYBEE_SENDING_ACCOUNTS:
        return None
    find = cast(Finder, import_string(settings.BUSYBEE_SENDING_ACCOUNTS))
    return find(request)


def own_addresses() -> set[str]:
    """The addresses that our mailboxes read and send as: no customer has one of them."""
    if not settings.BUSYBEE_OWN_ADDRESSES:
        return set()
    find = cast(Callable[[], set[str]], import_string(settings.BUSYBEE_OWN_ADDRESSES))
    return find()


def account_for(mail: OutgoingMail) -> Account | None:
    """The mailbox that `mail` leaves from, None for the installation's own relay."""
    return account_of(mail.request)
