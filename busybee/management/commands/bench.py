import json
import os
import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from busybee.throwaway import running

CODE = Path(__file__).resolve().parents[3]


class Command(BaseCommand):
    help = "Figures beside named baselines in one run: mails a second against bare Celery chains."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--rounds", type=int, default=3)
        parser.add_argument("--each", type=int, default=320, help="mails and chains a round")
        parser.add_argument("--json", action="store_true")
        parser.add_argument(
            "--inside", action="store_true", help="measure in this process's installation"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["inside"]:
            self._measure(options)
            return
        processes = ("redis", "migrate", "prepare", "mail")
        with running({"BUSYBEE_BENCH": "1"}, only=processes) as installation:
            environment = {**os.environ, "BUSYBEE_HOME": str(installation.home)}
            words = [f"--rounds={options['rounds']}", f"--each={options['each']}", "--inside"]
            words += ["--json"] * options["json"]
            manage = [sys.executable, str(CODE / "manage.py")]
            subprocess.run([*manage, "bench", *words], env=environment, check=True)

    def _measure(self, options: dict[str, Any]) -> None:
        from busybee.bench.pipeline import measure, report

        say = (lambda _: None) if options["json"] else self.stderr.write
        rates = measure(rounds=options["rounds"], each=options["each"], say=say)
        if options["json"]:
            figures = {"bare_chains": rates.bare_chains, "mails": rates.mails, "ratio": rates.ratio}
            self.stdout.write(json.dumps({**figures, "steps_ms": rates.steps}))
        else:
            self.stdout.write(report(rates))
