import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from classifier import corpus, registry
from classifier.errors import ClassifierError
from classifier.inference import Classifier, active_classifier, release_classifier
from classifier.learning import measure
from classifier.models import Evaluation, ModelVersion


class Command(BaseCommand):
    help = "Measures a model on the frozen set: accuracy, macro F1, recall, confusion, latency."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--model",
            default="active",
            help="a version, `active` (default) or `release` (no database)",
        )
        parser.add_argument("--json", action="store_true", help="print the figures as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            row, model = _model(options["model"])
            figures = measure(model, corpus.frozen_mails()).as_json()
        except ClassifierError as exc:
            raise CommandError(str(exc)) from exc
        if row is not None:
            Evaluation.objects.create(
                model=row, version=model.version, dataset=corpus.FROZEN_NAME, figures=figures
            )
        if options["json"]:
            result = {"model": model.version, "set": corpus.FROZEN_NAME, **figures}
            self.stdout.write(json.dumps(result, ensure_ascii=False))
            return
        self._table(model.version, figures)

    def _table(self, version: str, figures: dict[str, Any]) -> None:
        write = self.stdout.write
        write(f"{version} on {corpus.FROZEN_NAME}: {figures['mails']} mails")
        for name in ("accuracy", "standard_error", "macro_f1", "calibration_error", "ms_per_mail"):
            write(f"  {name:18} {figures[name]:.3f}")
        for language, accuracy in figures["per_language"].items():
            write(f"  accuracy {language:9} {accuracy:.3f}")
        write("  label       mails  precision  recall  answered as " + " ".join(figures["labels"]))
        for label, row in zip(figures["labels"], figures["confusion"], strict=True):
            part = figures["per_label"][label]
            write(
                f"  {label:11} {part['mails']:5}  {part['precision']:9.3f}  {part['recall']:6.3f}  "
                + " ".join(str(count) for count in row)
            )


def _model(name: str) -> tuple[ModelVersion | None, Classifier]:
    if name == "release":
        return None, release_classifier()
    if name == "active":
        return registry.active(), active_classifier()
    row = registry.find(name)
    return row, registry.open_version(row.folder, row.sha256)
