from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from freight import rates_import
from freight.models import LaneRate


class Command(BaseCommand):
    help = "Write the lane rates as CSV, in the form that `import_rates` takes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", nargs="?", default="-", help="a file, or - for standard output")
        parser.add_argument("--valid", action="store_true", help="without those that have expired")

    def handle(self, *args: Any, **options: Any) -> None:
        rows = LaneRate.objects.order_by("origin", "destination", "container", "valid_from", "pk")
        if options["valid"]:
            rows = rows.filter(valid_to__gte=timezone.localdate())
        text = rates_import.table(rows)
        if options["path"] == "-":
            self.stdout.write(text, ending="")
            return
        try:
            # with a byte order mark, or a spreadsheet reads Korean notes in its own code page
            Path(options["path"]).write_text(text, encoding="utf-8-sig", newline="")
        except OSError as exc:
            raise CommandError(f"{options['path']}: {exc.strerror}") from exc
