import json
import shutil
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from classifier import corpus, learning
from classifier.errors import ClassifierError
from classifier.export import export
from classifier.inference import RELEASE_DIR, forget_models, read_manifest
from classifier.labels import LABELS
from classifier.models import TrainingRun
from classifier.training import TrainingConfig, train


class Command(BaseCommand):
    help = (
        "Refits the model on the corpus and every operator's example, writes it as ONNX, compares "
        "it with the active one and promotes it if it is no worse. With --release: builds the "
        "model that ships, from the corpus alone, without the database."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--release", metavar="NAME", help="build classifier/release/NAME-<hash>"
        )
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            result = self._release(options["release"]) if options["release"] else self._run()
        except ClassifierError as exc:
            raise CommandError(str(exc)) from exc
        if options["json"]:
            self.stdout.write(json.dumps(result, ensure_ascii=False))
            return
        for name, value in result.items():
            self.stdout.write(f"{name}: {value}")

    def _run(self) -> dict[str, Any]:
        self._say("Training ...")
        run = learning.train_now(timezone.now())
        if run.state not in (TrainingRun.State.PROMOTED, TrainingRun.State.REJECTED):
            raise CommandError(f"the run {run.state}: {run.reason or 'see the log'}")
        figures = run.figures["candidate"]
        return {
            "run": run.pk,
            "state": run.state,
            "model": str(run.model),
            "reason": run.reason,
            "accuracy": figures["accuracy"],
            "macro_f1": figures["macro_f1"],
        }

    def _release(self, name: str) -> dict[str, Any]:
        if not name[:1].islower():
            raise CommandError("the name begins with a small letter, wide-1 for instance")
        mails, frozen = corpus.training_mails(), corpus.frozen_mails()
        self._say(f"Training on {len(mails)} mails ...")
        folder = export(
            train(mails, TrainingConfig(), labels=LABELS),
            RELEASE_DIR,
            name=name,
            probes=[sample.text for sample in frozen],
            trained_at=timezone.now(),
            about={"corpus": corpus.fingerprint(), "mails": len(mails), "examples": 0},
            measure=lambda written: learning.measure(written, frozen),
        )
        # one release a version of BusyBee: the new one is whole, so the old ones can go
        for other in RELEASE_DIR.iterdir():
            if other.is_dir() and other != folder:
                shutil.rmtree(other)
        forget_models()
        figures = read_manifest(folder)["figures"]
        shown = ("accuracy", "standard_error", "macro_f1", "calibration_error", "ms_per_mail")
        return {"folder": str(folder), **{key: figures[key] for key in shown}}

    def _say(self, line: str) -> None:
        sys.stderr.write(f"{line}\n")
