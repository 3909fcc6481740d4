import signal
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from pipeline.errors import MailboxError
from pipeline.mailbox.poller import Poller, poll_once
from pipeline.models import Mailbox


class Command(BaseCommand):
    help = "Read every active mailbox (folders and IMAP) and hand each new mail to the workers."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="read each mailbox once and end")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["once"]:
            self._once()
            return
        poller = Poller()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: poller.stop())
        poller.run()

    def _once(self) -> None:
        failed = False
        for mailbox in Mailbox.objects.filter(active=True):
            try:
                self.stdout.write(f"{mailbox.name}: {poll_once(mailbox)} new")
            except MailboxError as exc:
                failed = True
                self.stderr.write(f"{mailbox.name}: {exc}")
        if failed:
            raise CommandError("not every mailbox could be read")
