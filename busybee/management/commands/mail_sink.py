import asyncio
import signal
from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand

from busybee.mail_sink import Faults, serve


class Command(BaseCommand):
    help = "Runs the embedded SMTP server, which keeps every mail as a file and sends none on."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, help="default: that of BUSYBEE_SMTP_URL")
        parser.add_argument("--folder", type=Path, help="default: BUSYBEE_JOURNAL_DIR")
        faults = parser.add_argument_group("faults, for tests of the sending side")
        faults.add_argument("--fail-rcpt", action="append", default=[], metavar="ADDRESS")
        faults.add_argument("--stall-after-data", action="store_true")
        faults.add_argument("--drop-after-data", type=int, default=0, metavar="N")
        faults.add_argument("--lose-after-data", type=int, default=0, metavar="N")

    def handle(self, *args: Any, **options: Any) -> None:
        port = options["port"] or urlsplit(settings.BUSYBEE_SMTP_URL).port or 1025
        kept = settings.BUSYBEE_JOURNAL_DIR or settings.BUSYBEE_HOME / "sink"
        faults = Faults(
            fail_rcpt=tuple(address.lower() for address in options["fail_rcpt"]),
            stall_after_data=options["stall_after_data"],
            drop_after_data=options["drop_after_data"],
            lose_after_data=options["lose_after_data"],
        )
        asyncio.run(self._serve(options["folder"] or Path(kept), port, faults))

    async def _serve(self, folder: Path, port: int, faults: Faults) -> None:
        server = await serve(folder, port, faults)
        over = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, over.set)
        self.stdout.write(f"mail sink on 127.0.0.1:{port}, keeps mails in {folder}")
        await over.wait()
        server.close()
