from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

from django.core.management.base import BaseCommand

from busybee.status import Status, read


class Command(BaseCommand):
    help = (
        "Shows processes, queues, open work, mailboxes and model. Exit status 1: something is down."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        status = read()
        if options["json"]:
            self.stdout.write(status.as_json())
        else:
            self._print(status)
        if status.down:
            raise SystemExit(1)

    def _print(self, status: Status) -> None:
        for row in status.processes:
            pid = row["pid"] or ""
            self.stdout.write(
                f"{row['name']:<10} {row['state']:<9} {pid!s:>8}  restarts {row['restarts']}"
            )
        self.stdout.write(f"{'queues':<10} {_counts(status.queues)}")
        self.stdout.write(f"{'steps':<10} {_counts(status.steps)}")
        self.stdout.write(f"{'outbox':<10} {_counts(status.outbox)}")
        if status.mail_stopped:
            words = f"{'mail out':<10} STOPPED {status.mail_stopped}: nothing leaves"
            self.stdout.write(self.style.WARNING(words))
        for box in status.mailboxes:
            self.stdout.write(f"{'mailbox':<10} {_mailbox(box)}")
        self.stdout.write(f"{'sandbox':<10} {_sandbox(status.sandbox)}")
        self.stdout.write(f"{'model':<10} {status.model or 'none promoted yet'}")
        if status.down:
            self.stdout.write(self.style.ERROR(f"{'down':<10} {', '.join(status.down)}"))


def _mailbox(box: Mapping[str, Any]) -> str:
    beat = box["heartbeat_seconds"]
    words = [
        box["state"],
        f"last read {box['last_success'] or 'never'}",
        f"heartbeat {beat} s ago" if beat is not None else "no heartbeat yet",
        f"paused: {box['paused']}" if box["paused"] else "",
        box["error"],
    ]
    return f"{box['name']} ({box['mode']}): {', '.join(filter(None, words))}"


def _sandbox(limits: Mapping[str, Any]) -> str:
    """What parsers cannot do here, and loudly what the kernel leaves them."""
    if not limits:
        return "does not start"
    network = "no network" if limits.get("offline") else "WITH NETWORK: the kernel takes none away"
    files = "changes no file" if limits.get("readonly") else "CAN CHANGE FILES"
    return f"{network}, {files}"


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {number}" for name, number in counts.items()) or "none"
