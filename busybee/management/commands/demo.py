import asyncio
import shutil
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from busybee import env, services
from busybee.demo.show import Show, chat_link, table
from busybee.installation import OPERATOR, operator_password
from busybee.supervisor import AlreadyRunning, StartFailed

MARK = "this-is-a-demo"
# what a wipe leaves: secrets and ports, so that addresses and passwords stay the same
KEPT = {MARK, "secret_key", "api_key", "operator_password", "flower_password", "mqtt_password"}
KEPT |= {"redis_password", "ports.json", "up.lock", "up.json"}
# what our own settings and lock have just made in an empty folder
OURS = {"secret_key", "api_key", "static", "up.lock"}
# the demo's mails must reach no real customer and no real database
OUTSIDE = [f"BUSYBEE_{name}_URL" for name in ("DATABASE", "SMTP", "REDIS", "BROKER", "MQTT")]


class StartLines:
    """The supervisor's own lines of what starts; the processes' lines are in their log files."""

    def __init__(self, stream: Any) -> None:
        self.stream = stream
        self.quiet = False

    def write(self, text: str) -> int:
        if not self.quiet and text.lstrip("\033[0123456789;m").startswith("up "):
            self.stream.write(text, ending="")
        return len(text)

    def flush(self) -> None:
        self.stream.flush()

    def isatty(self) -> bool:
        return False


class Command(BaseCommand):
    help = (
        "The whole of BusyBee on sample mails: starts every process, puts some thirty mails "
        "into a mailbox, shows what became of each, and stays up to be looked at until Ctrl-C. "
        "It has a home of its own (.busybee/demo), which each run begins afresh."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--exit",
            action="store_true",
            help="end after the table; status 0 only if all is as expected",
        )
        parser.add_argument(
            "--seconds", type=float, default=120, help="how long the mails may take"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        home = Path(settings.BUSYBEE_HOME)
        refuse_outside()
        self.options = options
        self.lines = StartLines(self.stdout)
        self._say("BusyBee demo: starting the processes")
        try:
            status = services.run(
                home,
                demo=True,
                before=lambda: wipe(home),
                console=self.lines,  # type: ignore[arg-type]  # a stream in all but its class
                then=self._show,
            )
        except (AlreadyRunning, StartFailed, services.NoRedis) as exc:
            raise CommandError(str(exc)) from exc
        if status:
            sys.exit(status)

    async def _show(self, made: services.Stack) -> int:
        self.lines.quiet = True
        settings.BUSYBEE_PUBLIC_URL = made.settings["BUSYBEE_PUBLIC_URL"]
        right = await asyncio.to_thread(self._play, made)
        if self.options["exit"]:
            return 0 if right else 1
        self._say("\nCtrl-C ends everything.")
        await services.forever()
        return 0

    def _play(self, made: services.Stack) -> bool:
        home = Path(settings.BUSYBEE_HOME)
        sink = Path(made.settings["BUSYBEE_JOURNAL_DIR"])
        show = Show(home / "mailbox-demo", sink, seconds=self.options["seconds"], say=self._say)
        self._say("\nMails into the mailbox")
        try:
            fates = show.run()
            self._say(f"\nWhat became of them\n{table(fates)}\n")
            self._addresses(made)
        finally:
            connections.close_all()
        return all(fate.right for fate in fates)

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()  # at once, also where the output goes to a file

    def _addresses(self, made: services.Stack) -> None:
        public = made.settings["BUSYBEE_PUBLIC_URL"]
        flower = made.settings["BUSYBEE_FLOWER_URL"]
        secret = (Path(settings.BUSYBEE_HOME) / "flower_password").read_text().strip()
        lines = {
            "Console": f"{public}/admin/   user {OPERATOR}, password {operator_password()}",
            "Chat link": chat_link() or "no question was mailed",
            "Mail sink": f"{public}/sink/",
            "Live page": f"{public}/live/",
            "Flower": f"{flower}   user operator, password {secret}",
        }
        for name, text in lines.items():
            self._say(f"  {name:10} {text}")


def refuse_outside() -> None:
    """Raise CommandError where a setting leads the demo out of its own home."""
    outside = [name for name in OUTSIDE if env.is_set(name)]
    if not env.flag("BUSYBEE_EMBEDDED", True):
        outside.append("BUSYBEE_EMBEDDED=0")
    if outside:
        raise CommandError(f"the demo runs on services of its own; unset {', '.join(outside)}")


def wipe(home: Path) -> None:
    """Begin afresh; refuses a home that neither is empty nor was made by an earlier demo."""
    if not (home / MARK).exists() and {path.name for path in home.iterdir()} - OURS:
        raise CommandError(
            f"{home} holds what no demo has put there; `make demo` has a home of its own, "
            "or set BUSYBEE_HOME to an empty folder"
        )
    (home / MARK).touch()
    for path in home.iterdir():
        if path.name in KEPT:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
