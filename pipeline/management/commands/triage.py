import json
from argparse import ArgumentParser
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from freight import second_reader
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
        parser.add_argument(
            "--llm",
            action="store_true",
            help="ask the language model of BUSYBEE_LLM too: the mails' words go to it, and its "
            "tokens are not counted",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        model = second_reader.configured() if options["llm"] else None
        if options["llm"] and model is None:
            raise CommandError("BUSYBEE_LLM names no language model")
        paths, count = mails_below(options["paths"]), 0
        while some := list(islice(paths, TOGETHER)):
            mails = [(path.stem, path.read_bytes()) for path in some]
            for line in triage_all(mails, model=model):
                self.stdout.write(json.dumps(line, ensure_ascii=False, default=str))
            count += len(some)
        if not count:
            raise CommandError("no .eml file there")
