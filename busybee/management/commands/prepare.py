from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from busybee.installation import prepare


class Command(BaseCommand):
    help = (
        "Make what a fresh installation needs: the embedded mailbox folder, the default tariff "
        "and the first operator account (name `operator`, password in the file "
        "`operator_password`). What is there already stays as it is."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--demo", action="store_true", help="the embedded mailbox answers by itself"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        made = prepare(demo=options["demo"])
        self.stdout.write(f"mailbox folder {made.mailbox_folder}, operator `{made.operator}`")
