import json
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from busybee.bench import worker_memory
from classifier import benchmarking, footprint, inference, speed_table
from classifier.errors import ClassifierError, Missing
from classifier.inference import Classifier, release_classifier
from classifier.labelled import frozen_set

PARTS = ("speed", "int8", "cold", "worker", "stream")


class Command(BaseCommand):
    help = (
        "What classification costs with the shipped model: CPU time a mail beside the plain way "
        "and ONNX Runtime fp32 and int8 by every execution provider; what int8 costs in accuracy; "
        "cold start; memory of the mail worker, and over many mails. Without torch the plain "
        "rows say what to install."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--only", choices=PARTS, action="append", help="this part, not all")
        parser.add_argument("--rounds", type=int, default=5, help="of the speed (default 5)")
        parser.add_argument("--mails", type=int, default=64, help="a round (default 64)")
        parser.add_argument("--times", type=int, default=5, help="cold starts (default 5)")
        parser.add_argument(
            "--stream", type=int, default=10_000, help="mails of random length (default 10,000)"
        )
        parser.add_argument(
            "--fp32",
            type=Path,
            default=None,
            metavar="FILE",
            help="encoder before quantising (default BUSYBEE_HOME/build/encoder-fp32.onnx)",
        )
        parser.add_argument(
            "--json",
            nargs="?",
            const="-",
            metavar="FILE",
            help="write the figures as JSON; without FILE: print them instead of the tables",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        for name in ("rounds", "mails", "times", "stream"):
            if options[name] < 1:
                raise CommandError(f"--{name} must be at least 1")
        try:
            found = self._measured(options)
        except ClassifierError as exc:
            raise CommandError(str(exc)) from exc
        if options["json"] == "-":
            self.stdout.write(json.dumps(found))
            return
        for line in speed_table.lines(found):
            self.stdout.write(line)
        if options["json"]:
            Path(options["json"]).write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")

    def _measured(self, options: dict[str, Any]) -> dict[str, Any]:
        model = release_classifier()
        found: dict[str, Any] = {"machine": benchmarking.machine(model)}
        for name in options["only"] or PARTS:
            self._say(name)
            try:
                found[name] = self._parts(model, options)[name]()
            except Missing as exc:
                found[name] = {"why_not": str(exc)}
        return found

    def _parts(
        self, model: Classifier, options: dict[str, Any]
    ) -> dict[str, Callable[[], dict[str, Any]]]:
        fp32 = options["fp32"] or settings.BUSYBEE_HOME / "build" / "encoder-fp32.onnx"
        bench = benchmarking.BenchSettings(mails=options["mails"], rounds=options["rounds"])
        return {
            "speed": lambda: benchmarking.speed(model, bench, self._say),
            "int8": lambda: benchmarking.int8_loss(model, fp32, frozen_set()),
            "cold": lambda: footprint.cold_start(inference.RELEASE_DIR, times=options["times"]),
            "worker": lambda: self._worker(model),
            "stream": lambda: footprint.stream(
                options["stream"],
                release_dir=inference.RELEASE_DIR,
                first=min(1000, options["stream"]),
                say=self._say,
            ),
        }

    def _worker(self, model: Classifier) -> dict[str, Any]:
        texts = footprint.unsure_texts(model)
        if not texts:
            raise Missing("no mail of the corpus asks the encoder of this model")
        return worker_memory.measure(texts, self._say)

    def _say(self, line: str) -> None:
        self.stderr.write(line)
