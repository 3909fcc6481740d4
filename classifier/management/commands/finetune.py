import json
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from classifier import learning
from classifier.corpus import Sample
from classifier.errors import ClassifierError, Missing
from classifier.fitting import EncoderFolder
from classifier.models import TrainingRun


class Command(BaseCommand):
    help = (
        "Fine-tunes another encoder (BUSYBEE_BASE_MODEL, DistilKoBERT for one) on the corpus and "
        "the operators' examples, writes it as ONNX, fits wide part and heads to it, compares the "
        "whole with the active model and promotes it if it is no worse. Needs `make test-deps "
        "TRAIN=1`; minutes on a GPU, an hour or more without. Serving needs neither."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--base", help="a folder or a hub's name, else BUSYBEE_BASE_MODEL")
        parser.add_argument("--epochs", type=int, default=3, help="times that each mail is read")
        parser.add_argument("--batch", type=int, default=16, help="mails a step")
        parser.add_argument("--rate", type=float, default=6e-5, help="of learning")
        parser.add_argument("--seed", type=int, default=4)
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["epochs"] < 1 or options["batch"] < 1 or not 0 < options["rate"] < 1:
            raise CommandError("--epochs and --batch begin at 1, --rate is between 0 and 1")
        try:
            run = self._run(options["base"] or settings.BUSYBEE_BASE_MODEL, options)
        except ClassifierError as exc:
            raise CommandError(str(exc)) from exc
        if run.state not in (TrainingRun.State.PROMOTED, TrainingRun.State.REJECTED):
            raise CommandError(f"the run {run.state}: {run.reason or 'see the log'}")
        self._show(run, as_json=options["json"])

    def _run(self, name: str, options: dict[str, Any]) -> TrainingRun:
        try:
            from classifier.encoder import finetuning
            from classifier.encoder.tuning import TuningConfig
        except ImportError as exc:
            raise Missing(
                f"{exc.name} is not installed: make test-deps TRAIN=1,"
                " or pip install -r requirements/train.in"
            ) from exc
        # before a run begins: what cannot be worked with is refused at once
        base = finetuning.open_base(finetuning.base_folder(name))
        config = TuningConfig(
            seed=options["seed"],
            epochs=options["epochs"],
            batch=options["batch"],
            rate=options["rate"],
        )
        made: list[Path] = []

        def encoder(
            samples: Sequence[Sample], parent: Path, beat: Callable[[], None]
        ) -> EncoderFolder:
            labels = learning.labels_of(samples)
            written = finetuning.finetuned(
                base, samples, labels, parent, config, progress=beat, say=self._say
            )
            made.append(written.folder)
            self._say("wide part and heads are fitted, the whole is measured")
            return written

        try:
            return learning.train_now(timezone.now(), encoder)
        finally:
            for folder in made:
                shutil.rmtree(folder, ignore_errors=True)

    def _show(self, run: TrainingRun, *, as_json: bool) -> None:
        figures = run.figures["candidate"]
        result = {
            "run": run.pk,
            "state": run.state,
            "model": str(run.model),
            "reason": run.reason,
            "accuracy": figures["accuracy"],
            "macro_f1": figures["macro_f1"],
        }
        if as_json:
            self.stdout.write(json.dumps(result, ensure_ascii=False))
            return
        for key, value in result.items():
            self.stdout.write(f"{key}: {value}")

    def _say(self, line: str) -> None:
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()
