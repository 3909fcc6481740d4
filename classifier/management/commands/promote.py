import getpass
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from classifier import registry
from classifier.errors import ClassifierError


class Command(BaseCommand):
    help = "Makes a model version the active one; running workers follow within 10 seconds."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("version", help="the name of the model version")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            row = registry.promote(options["version"], getpass.getuser())
        except ClassifierError as exc:
            raise CommandError(str(exc)) from exc
        before = row.replaced.version if row.replaced else "release"
        if options["json"]:
            self.stdout.write(json.dumps({"active": row.version, "replaced": before}))
            return
        self.stdout.write(f"{row.version} is active, after {before}")
