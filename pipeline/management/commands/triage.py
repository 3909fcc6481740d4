import json
from argparse import ArgumentParser
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from pipeline.triage import triage_all

# mails that are read before the model is asked: few enough that lines come soon
TOGETHER = 16


def mails_below(paths: list[Path]) -> Iterator[Path]:
    """The .eml files that `paths` name, folders searched, by name."""
    for path in paths:
        if path.is_dir():
            yield from sorted(path.rglob("*.eml"))
        elif path.is_file():
            yield path
        else:
            raise CommandError(f"{path} does not exist")


class Command(BaseCommand):
    help = (
        "Understand .eml files and print one JSON line a mail. Writes nothing to the database "
        "and sends nothing: for trying BusyBee on one's own mail."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "paths", nargs="+", type=Path, metavar="PATH", help="an .eml file or a folder"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        paths, count = mails_below(options["paths"]), 0
        while some := list(islice(paths, TOGETHER)):
            for line in triage_all([(path.stem, path.read_bytes()) for path in some]):
                self.stdout.write(json.dumps(line, ensure_ascii=False, default=str))
            count += len(some)
        if not count:
            raise CommandError("no .eml file there")
