import getpass
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from classifier import registry
from classifier.errors import ClassifierError


class Command(BaseCommand):
    help = "Goes back to the model that the active one replaced, or to the one that ships."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            row = registry.rollback(getpass.getuser())
        except ClassifierError as exc:
            raise CommandError(str(exc)) from exc
        version = row.version if row else "release"
        self.stdout.write(
            json.dumps({"active": version}) if options["json"] else f"{version} is active"
        )
