import json
import os
import subprocess
import sys
from argparse import ArgumentParser
from importlib import import_module
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from busybee.throwaway import running

CODE = Path(__file__).resolve().parents[3]


PARTS = ("chain", "parsing", "extraction", "ingestion", "inference", "chat")
# one address opens all of the chat's sockets
SETTINGS = {
    "BUSYBEE_BENCH": "1",
    "BUSYBEE_CHAT_ADDRESS_SOCKETS": "1000",
    "BUSYBEE_CHAT_ADDRESS_MESSAGES": "1000000",
}


class Command(BaseCommand):
    help = (
        "Figures beside named baselines in one run: mails a second through the steps against bare "
        "Celery chains, mails understood and facts read against the standard library's parser, "
        "mails taken in against a bare IMAP loop, mails classified against the plain way, "
        "chat messages answered against a bare echo."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--rounds", type=int, default=3)
        parser.add_argument("--each", type=int, default=320, help="mails and chains a round")
        parser.add_argument("--only", choices=PARTS, action="append", help="this part, not all")
        parser.add_argument("--json", action="store_true")
        parser.add_argument(
            "--inside", action="store_true", help="measure in this process's installation"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["inside"]:
            self._measure(options)
            return
        processes = ("redis", "migrate", "prepare", "mail", "web", "desk")
        with running(SETTINGS, only=processes) as installation:
            environment = {**os.environ, **SETTINGS, "BUSYBEE_HOME": str(installation.home)}
            words = [f"--rounds={options['rounds']}", f"--each={options['each']}", "--inside"]
            words += ["--json"] * options["json"]
            words += [f"--only={part}" for part in options["only"] or ()]
            manage = [sys.executable, str(CODE / "manage.py")]
            subprocess.run([*manage, "bench", *words], env=environment, check=True)

    def _measure(self, options: dict[str, Any]) -> None:
        say = (lambda _: None) if options["json"] else self.stderr.write
        figures = {}
        for part in options["only"] or PARTS:
            module = import_module(f"busybee.bench.{part}")
            if left_out := module.left_out():
                say(f"{part} is left out: {left_out}")
                continue
            found = module.measure(rounds=options["rounds"], each=options["each"], say=say)
            figures[part] = module.as_json(found)
            if not options["json"]:
                self.stdout.write(module.report(found))
        if options["json"]:
            self.stdout.write(json.dumps(figures))
