"""A process that forks senders for the chaos test: `python -m busybee.tests.senders`.

Each line of standard input says in JSON which sender to fork (`number`), by which `protocol` it
sends and with what settings; the answer is its process id. So a killed sender is replaced without
loading Django once more. Each works through what is due, as a worker does whose tasks come from the
sweeper.
"""

import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable

import django

SENDERS = 3


def exactly_once(number: int) -> None:
    """BusyBee's own protocol."""
    from django.utils import timezone

    from freight import outbox

    ids = outbox.due_ids(timezone.now(), limit=40)
    random.shuffle(ids)
    for pk in ids:
        outbox.send(pk)


def retry_on_any_error(number: int) -> None:
    """Send, then mark as sent; whatever goes wrong is tried again."""
    from freight.errors import FreightError
    from freight.models import OutgoingMail, Sending

    for mail in _share(number):
        try:
            _deliver(mail)
        except FreightError:
            continue
        OutgoingMail.objects.filter(pk=mail.pk).update(state=Sending.SENT)


def mark_first(number: int) -> None:
    """Mark as sent, then send; only what was plainly refused is tried again."""
    from freight.errors import NotAccepted, OutcomeUnknown
    from freight.models import OutgoingMail, Sending

    for mail in _share(number):
        row = OutgoingMail.objects.filter(pk=mail.pk)
        row.update(state=Sending.SENT)
        try:
            _deliver(mail)
        except NotAccepted:
            row.update(state=Sending.QUEUED)
        except OutcomeUnknown:
            continue


def _share(number: int) -> list:
    """This sender's mails: naive senders have no claim, so each has its own."""
    from freight.models import OutgoingMail, Sending

    rows = OutgoingMail.objects.filter(state=Sending.QUEUED).order_by("?")[:40]
    return [mail for mail in rows if mail.pk % SENDERS == number]


def _deliver(mail) -> None:  # type: ignore[no-untyped-def]  # a model that is not loaded yet
    from django.conf import settings

    from freight.sealing import unseal
    from freight.smtp import Relay, deliver

    deliver(
        Relay.from_url(settings.BUSYBEE_SMTP_URL),
        sender="quote@busybee.example",
        recipient=mail.recipient,
        raw=unseal(bytes(mail.sealed)),
        seconds=settings.BUSYBEE_SEND_LEASE_SECONDS,
    )


def _impatient() -> None:
    """Let a locked database fail within a part of a second, as a busy one does after many."""
    from django.db import connection

    if connection.vendor == "sqlite":
        options = connection.settings_dict["OPTIONS"]
        options["timeout"] = 0.2
        options["init_command"] = options["init_command"].replace("20000", "200")


def _work(number: int, protocol: Callable[[int], None]) -> None:
    from django.db import DatabaseError, connection

    while True:
        try:
            protocol(number)
        except DatabaseError:
            connection.close()  # a worker's task ends here, and the sweeper comes again
        time.sleep(0.02)


def main() -> None:
    from django.conf import settings

    protocols = {each.__name__: each for each in (exactly_once, retry_on_any_error, mark_first)}
    django.setup()
    from busybee.supervisor import leash

    _impatient()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    nursery = os.getpid()
    for line in sys.stdin:
        told = json.loads(line)
        pid = os.fork()
        if pid == 0:
            leash(nursery)()
            random.seed()
            for name, value in told["settings"].items():
                setattr(settings, name, value)
            _work(told["number"], protocols[told["protocol"]])
        print(pid, flush=True)


if __name__ == "__main__":
    main()
