import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from freight.models import Mode
from pipeline.mailbox.importing import Ears, Totals, arrivals, take_in
from pipeline.models import Mailbox

SHOWN_PROBLEMS = 20


class Command(BaseCommand):
    help = (
        "Take in mails from files: .eml, folders of them, or mbox. A mailbox that is made for them "
        "is in mode `draft`: nothing is sent without an operator. With --mailbox and the name of "
        "one that exists they go the way of its mode, `auto` too. While the workers have much to "
        "do, or the disk is short, it waits; broken off, it can be run again. Files that cannot be "
        "taken in are named, the others are taken in, and the exit status is 1."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "paths",
            nargs="+",
            type=Path,
            metavar="PATH",
            help="an .eml or mbox file, a folder to search for them, or - for standard input",
        )
        parser.add_argument(
            "--mailbox",
            default="import",
            help="name of the mailbox they are filed under, made if there is none; its mode is "
            "that of the mails",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would be taken in; write nothing"
        )
        parser.add_argument("--json", action="store_true", help="for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        live = options["verbosity"] > 0 and not options["json"] and self.stderr.isatty()
        totals, broken_off = Totals(), False
        try:
            take_in(
                arrivals(options["paths"], sys.stdin.buffer),
                totals,
                mailbox=_mailbox(options["mailbox"], dry_run=options["dry_run"]),
                dry_run=options["dry_run"],
                ears=Ears(self._progress if live else lambda totals: None, self._waiting),
            )
        except KeyboardInterrupt:
            broken_off = True
        if live and totals.read:
            self.stderr.write("")
        self._tell(totals, as_json=options["json"], dry_run=options["dry_run"])
        if broken_off:
            raise CommandError("broken off: run it again for the rest", returncode=130)
        if totals.problems:
            raise CommandError(f"{len(totals.problems)} files could not be taken in")

    def _waiting(self, why: str) -> None:
        self.stderr.write(f"waiting: {why}")

    def _progress(self, totals: Totals) -> None:
        words = f"\r{totals.read} read, {totals.new} new, {len(totals.problems)} not readable"
        self.stderr.write(words, ending="")
        self.stderr.flush()

    def _tell(self, totals: Totals, *, as_json: bool, dry_run: bool) -> None:
        if as_json:
            answer = {"read": totals.read, **asdict(totals), "dry_run": dry_run}
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
            return
        for problem in totals.problems[:SHOWN_PROBLEMS]:
            self.stderr.write(f"{problem.path}: {problem.reason}")
        if len(totals.problems) > SHOWN_PROBLEMS:
            self.stderr.write("(--json names all of them)")
        large = f" ({totals.too_large} too large: header only)" if totals.too_large else ""
        tail = "; nothing was written" if dry_run else ""
        self.stdout.write(f"{totals.new} new{large}, {totals.known} known already{tail}")


def _mailbox(name: str, *, dry_run: bool) -> Mailbox:
    """The mailbox of that name; one that is made here is never polled."""
    found = Mailbox.objects.filter(name=name).first()
    if found is not None:
        return found
    made = Mailbox(
        name=name,
        kind=Mailbox.Kind.DIRECTORY,
        directory=f"({name})",
        active=False,
        mode=Mode.DRAFT,
    )
    if not dry_run:
        made.save()
    return made
