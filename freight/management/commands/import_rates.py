import json
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from freight import rates_import
from freight.errors import RatesUnreadable

SHOWN_PROBLEMS = 50


class Command(BaseCommand):
    help = (
        "Take in lane rates from a CSV or XLSX file: all of it, or nothing where a line is wrong. "
        "Columns, in any order: origin, destination (UN/LOCODE or a name), container (20ft, 40ft, "
        "40ftHC, 45ft; 40HQ and the like), amount (won a container, all in, without VAT), "
        "valid_from, valid_to (2031-03-31; a rate is for sailings in these days), and if you like "
        "currency (KRW) and note. A rate of the same lane, container and days takes the new "
        "amount, so a file can be taken in again. `export_rates` writes such a file."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, metavar="PATH", help="a .csv or .xlsx file")
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would be taken in; write nothing"
        )
        parser.add_argument("--json", action="store_true", help="for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        path, as_json = options["path"], options["json"]
        try:
            reading = rates_import.read(path.read_bytes(), path.name)
        except (OSError, RatesUnreadable) as exc:
            raise CommandError(f"{path}: {exc}") from exc
        if reading.problems:
            self._refuse(path, reading.problems, as_json=as_json)
        taken = rates_import.take_in(reading.rates, dry_run=options["dry_run"])
        if as_json:
            self.stdout.write(json.dumps({**asdict(taken), "dry_run": options["dry_run"]}))
            return
        tail = "; nothing was written" if options["dry_run"] else ""
        self.stdout.write(
            f"{taken.new} new, {taken.changed} changed, {taken.same} as they were{tail}"
        )

    def _refuse(self, path: Path, problems: list[rates_import.Problem], *, as_json: bool) -> None:
        if as_json:
            told = [asdict(problem) for problem in problems]
            self.stdout.write(json.dumps({"problems": told}, ensure_ascii=False))
        else:
            for problem in problems[:SHOWN_PROBLEMS]:
                self.stderr.write(f"{path}: {problem}")
        raise CommandError(f"{len(problems)} problems: nothing was taken in")
