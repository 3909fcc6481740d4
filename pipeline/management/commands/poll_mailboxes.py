import datetime as dt
import logging
import signal
from argparse import ArgumentParser
from collections.abc import Iterable
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from pipeline.errors import MailboxError
from pipeline.mailbox import backfill
from pipeline.mailbox.poller import Poller, poll_once
from pipeline.models import Mailbox

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = (
        "Read every active mailbox (folders and IMAP) and hand each new mail to the workers. With "
        "--backfill, have the poller that runs take in older mails of one mailbox as well."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="read each mailbox once and end")
        parser.add_argument("--backfill", metavar="MAILBOX", help="name of an IMAP mailbox")
        parser.add_argument(
            "--from",
            dest="from_day",
            type=dt.date.fromisoformat,
            metavar="YYYY-MM-DD",
            help="the day that the backfill goes back to",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        boxes = Mailbox.objects.filter(active=True)
        if bool(options["backfill"]) != bool(options["from_day"]):
            raise CommandError("--backfill and --from go together")
        if options["backfill"]:
            boxes = boxes.filter(name=options["backfill"])
            self._order(boxes.first(), options["backfill"], options["from_day"])
        if options["once"]:
            self._once(boxes)
        elif not options["backfill"]:
            poller = Poller()
            for name in (signal.SIGTERM, signal.SIGINT):
                signal.signal(name, lambda *_: poller.stop())
            poller.run()

    def _order(self, mailbox: Mailbox | None, name: str, from_day: dt.date) -> None:
        if mailbox is None:
            raise CommandError(f"{name!r} is no active mailbox")
        try:
            backfill.order(mailbox, from_day)
        except MailboxError as exc:
            raise CommandError(str(exc)) from exc
        self.stdout.write(f"{mailbox.name}: the poller takes in mails from {from_day} on")

    def _once(self, boxes: Iterable[Mailbox]) -> None:
        failed = False
        for mailbox in boxes:
            try:
                new = poll_once(mailbox)
                paused = f", paused: {mailbox.paused}" if mailbox.paused else ""
                self.stdout.write(f"{mailbox.name}: {new} new{paused}")
            except MailboxError as exc:
                failed = True
                self.stderr.write(f"{mailbox.name}: {exc}")
            except Exception as exc:
                # the edge of a loop: a bug at one mailbox must not keep the others from being read
                failed = True
                logger.exception("mailbox %s: a bug", mailbox.pk)
                self.stderr.write(f"{mailbox.name}: a bug, {type(exc).__name__}")
        if failed:
            raise CommandError("not every mailbox could be read")
