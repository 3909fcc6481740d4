import json
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from pipeline import gold
from pipeline.triage import triage_all

TOGETHER = 16


class Command(BaseCommand):
    help = (
        "Read mails whose facts a person has written down (JSON Lines, see freight/gold) by the "
        "whole way of `triage`, and say how many facts are right. Writes nothing."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="FILE.jsonl")
        parser.add_argument("--json", action="store_true", help="one JSON object instead of tables")
        parser.add_argument(
            "--misses",
            action="store_true",
            help="list what was read wrong as well: never for a set that is to stay blind",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        rows = [row for path in options["paths"] for row in self._read(path)]
        if not rows:
            raise CommandError("no mail there")
        told = list(self._triaged(rows))
        whole = gold.report(rows, told)
        by_language = dict(self._by_language(rows, told))
        if options["json"]:
            figures = {name: each.as_json() for name, each in by_language.items()}
            self.stdout.write(json.dumps({**whole.as_json(), "languages": figures}))
            return
        self._table(whole, by_language)
        if options["misses"]:
            for row, each in zip(rows, told, strict=True):
                self._misses(row, each)

    def _read(self, path: Path) -> list[dict[str, Any]]:
        try:
            return gold.read(path)
        except gold.NotGold as exc:
            raise CommandError(str(exc)) from exc

    def _triaged(self, rows: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
        for first in range(0, len(rows), TOGETHER):
            some = rows[first : first + TOGETHER]
            yield from triage_all([(row["id"], gold.as_eml(row)) for row in some])

    def _by_language(
        self, rows: Sequence[Mapping[str, Any]], told: Sequence[Mapping[str, Any]]
    ) -> Iterator[tuple[str, gold.Report]]:
        for language in sorted({row["lang"] for row in rows}):
            mine = [number for number, row in enumerate(rows) if row["lang"] == language]
            yield language, gold.report([rows[n] for n in mine], [told[n] for n in mine])

    def _table(self, whole: gold.Report, by_language: Mapping[str, gold.Report]) -> None:
        self.stdout.write(
            f"{'field':<16}{'F1':>9}{'lenient':>9}{'stated':>9}{'given':>9}{'right':>9}{'invented':>9}"
        )
        for name, each in whole.strict.items():
            self.stdout.write(
                f"{name:<16}{each.f1:>9.3f}{whole.lenient[name].f1:>9.3f}{each.stated:>9}"
                f"{each.given:>9}{each.right:>9}{each.invented:>9}"
            )
        for name, part in {**by_language, "all": whole}.items():
            self.stdout.write(
                f"{name}: {part.quotes} quotes, F1 {part.strict[gold.ALL].f1:.3f}, all six right "
                f"{part.six_right}; order number {part.orders_right} of {part.orders}; "
                f"label {part.labels_right} of {part.quotes + part.orders}"
            )

    def _misses(self, row: Mapping[str, Any], told: Mapping[str, Any]) -> None:
        if row["label"] == "order" and not gold.names_order(row, told["order_number"]):
            self.stdout.write(
                f"{row['id']} order number: {told['order_number']}, not {row['order_id']}"
            )
        for field in gold.FIELDS if row["label"] == "quote" else ():
            wanted, given = row["fields"].get(field), told["fields"][field]
            if not gold.same(field, wanted, given):
                evidence = told["evidence"].get(field, {}).get("quote", "")
                self.stdout.write(f"{row['id']} {field}: {given} ({evidence!r}), not {wanted}")
