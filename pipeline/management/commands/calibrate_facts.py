import json
from argparse import ArgumentParser
from collections.abc import Iterable
from math import ceil
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from freight.extraction import certainty
from freight.extraction.certainty import Table
from freight.fact_rows import REVIEW
from pipeline import certainty_fit, gold
from pipeline.certainty_fit import Measured, Read
from pipeline.triage import triage_all

TOGETHER = 16


class Command(BaseCommand):
    help = (
        "Count, on mails with gold (JSON Lines, see freight/gold), how often facts are right by "
        "the way they were read, and find the certainty from which a mailbox in mode auto prices "
        "by itself. Prints what it found; --write keeps it in the code."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="FILE.jsonl")
        parser.add_argument("--check", type=Path, nargs="*", default=[], help="sets to measure on")
        parser.add_argument("--write", action="store_true", help=f"write {certainty.DATA.name}")
        parser.add_argument("--keep", action="store_true", help="measure the table that ships")

    def handle(self, *args: Any, **options: Any) -> None:
        reads = list(self._reads(options["paths"]))
        if not reads:
            raise CommandError("no quote there")
        table = certainty.shipped() if options["keep"] else certainty_fit.fit(reads)
        self._say("counted", certainty_fit.measure(table, reads), table)
        if options["check"]:
            checked = list(self._reads(options["check"]))
            self._say("checked", certainty_fit.measure(table, checked), table)
        if options["write"]:
            certainty.DATA.write_text(_as_json(table), encoding="utf-8")

    def _reads(self, paths: Iterable[Path]) -> Iterable[Read]:
        for path in paths:
            rows = [row for row in self._rows(path) if row["label"] == "quote"]
            for first in range(0, len(rows), TOGETHER):
                some = rows[first : first + TOGETHER]
                told = triage_all([(row["id"], gold.as_eml(row)) for row in some])
                for row, each in zip(some, told, strict=True):
                    review = not REVIEW.keys().isdisjoint(each["warnings"])
                    yield certainty_fit.of_line(row, each, review)

    def _rows(self, path: Path) -> list[dict[str, Any]]:
        try:
            return gold.read(path)
        except gold.NotGold as exc:
            raise CommandError(str(exc)) from exc

    def _say(self, what: str, found: Measured, table: Table) -> None:
        share = f"{found.right / found.sure:.3f}" if found.sure else "-"
        self.stdout.write(
            f"{what}: {found.priced} mails with all six facts, {found.sure} of them at least "
            f"{table.threshold:.4f} sure, {found.right} of these right in all six ({share})"
        )


def _as_json(table: Table) -> str:
    counts = {
        fact: {kind: [each.right, each.total] for kind, each in sorted(kinds.items())}
        for fact, kinds in table.counts.items()
    }
    # rounded up: a mail that is less sure than all that were counted stays below
    threshold = ceil(table.threshold * 1_000_000) / 1_000_000
    lines = ",\n".join(f'"{fact}": {json.dumps(kinds)}' for fact, kinds in counts.items())
    return f'{{"threshold": {threshold:.6f}, "counts": {{\n{lines}\n}}}}\n'
