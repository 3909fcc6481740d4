import mailbox as mbox_format
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from freight.models import Mode
from pipeline.mailbox.ingest import file_uid, receive
from pipeline.models import Mailbox


def mails_of(path: Path) -> Iterator[tuple[str, bytes]]:
    """(name, raw bytes) of each mail: an .eml file, the .eml files below a folder, or an mbox
    file.
    """
    if path.is_dir():
        for file in sorted(path.rglob("*.eml")):
            yield str(file.relative_to(path)), file.read_bytes()
    elif path.suffix.lower() in (".mbox", ".mbx"):
        box = mbox_format.mbox(path, create=False)
        for key in box.iterkeys():
            yield f"{path.name}#{key}", box.get_bytes(key)
    else:
        yield path.name, path.read_bytes()


class Command(BaseCommand):
    help = (
        "Take in mails from files: .eml, folders of them, or .mbox. Their mailbox is in mode "
        "`draft`: nothing is sent without an operator."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
        parser.add_argument(
            "--mailbox", default="import", help="name of the mailbox they are filed under"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        box, _ = Mailbox.objects.get_or_create(
            name=options["mailbox"],
            defaults={
                "kind": Mailbox.Kind.DIRECTORY,
                "directory": f"({options['mailbox']})",
                "active": False,
                "mode": Mode.DRAFT,
            },
        )
        new = known = 0
        for path in options["paths"]:
            if not path.exists():
                raise CommandError(f"{path} does not exist ({new} mails were taken in before it)")
            for name, raw in mails_of(path):
                if receive(raw, mailbox=box, uid=file_uid(name, raw)).new:
                    new += 1
                else:
                    known += 1
                if options["verbosity"] and (new + known) % 100 == 0:
                    self.stderr.write(f"{new + known} mails read")
        self.stdout.write(f"{new} new, {known} known already")
