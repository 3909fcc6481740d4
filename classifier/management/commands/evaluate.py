import json
from argparse import ArgumentParser
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from classifier import baselines, corpus, plots, registry, tables
from classifier.errors import BadMails, ClassifierError, Missing
from classifier.folders import TOKENIZER
from classifier.inference import Classifier, active_classifier, release_classifier
from classifier.labelled import MailSet, frozen_set, read_set
from classifier.learning import measure
from classifier.measuring import baseline_row, evaluate_parts
from classifier.models import Evaluation, ModelVersion
from classifier.report import Answers

STDOUT = "-"


class Command(BaseCommand):
    help = (
        "Measures a model, whole and in parts, on labelled mails: accuracy and F1 with 95 % "
        "intervals, per language and label, confusion, calibration, abstentions, CPU time; with "
        "--baselines beside a rule and DistilBERT from scratch, trained on the same corpus."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--model",
            default="active",
            help="a version, `active` (default) or `release` (no database)",
        )
        parser.add_argument(
            "--mails",
            type=Path,
            metavar="FILE",
            help="JSON Lines with id, lang, label, subject, body; default: the frozen set",
        )
        parser.add_argument(
            "--baselines",
            action="store_true",
            help="beside them; DistilBERT trains for up to an hour of CPU, and is kept",
        )
        parser.add_argument(
            "--epochs", type=int, default=4, help="of DistilBERT; 0 leaves it out (default 4)"
        )
        parser.add_argument(
            "--steps", type=int, default=0, help="of DistilBERT at most; a figure of a trial run"
        )
        parser.add_argument(
            "--json",
            nargs="?",
            const=STDOUT,
            metavar="FILE",
            help="write the report as JSON; without FILE: print it instead of the tables",
        )
        parser.add_argument(
            "--from",
            dest="earlier",
            type=Path,
            metavar="FILE",
            help="measure nothing: print and draw the report in this JSON file",
        )
        parser.add_argument(
            "--plots", type=Path, metavar="FOLDER", help="draw the report, light and dark"
        )
        parser.add_argument(
            "--curve",
            type=Path,
            metavar="FILE",
            help='learning curve to draw: JSON [{"mails", "accuracy", "low"?, "high"?, "name"?, '
            '"set"?}]',
        )
        parser.add_argument(
            "--speed", type=Path, metavar="FILE", help="JSON of benchmark_inference to draw"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if min(options["epochs"], options["steps"]) < 0:
            raise CommandError("--epochs and --steps cannot be below 0")
        try:
            if options["plots"]:
                plots.check()
            earlier = options["earlier"]
            self._write(_json(earlier) if earlier else self._measured(options), options)
        except ClassifierError as exc:
            raise CommandError(str(exc)) from exc

    def _measured(self, options: dict[str, Any]) -> dict[str, Any]:
        row, model = _model(options["model"])
        mails = read_set(options["mails"], model.labels) if options["mails"] else frozen_set()
        report, answers = evaluate_parts(model, mails, self._say)
        if options["baselines"]:
            report["baselines"] = self._baselines(model, mails, answers, options)
        if row is not None:
            Evaluation.objects.create(
                model=row,
                version=model.version,
                dataset=mails.name,
                figures=measure(model, mails.samples).as_json(),
            )
        return report

    def _baselines(
        self,
        model: Classifier,
        mails: MailSet,
        answers: dict[str, Answers],
        options: dict[str, Any],
    ) -> list[dict[str, Any]]:
        """The rows of the report, each beside the whole."""
        row = partial(baseline_row, whole=answers["whole"], measured=mails)
        self._say("baselines")
        return [
            row(
                "wide alone",
                "hashed n-grams and yes/no features, the model's own",
                partial(_part, answers, "wide"),
            ),
            row(
                "encoder alone",
                "embedding and yes/no features, the model's own",
                partial(_part, answers, "deep"),
            ),
            row(
                "rule",
                "a number in new text or subject: order; else quote, the most frequent label",
                partial(baselines.rule, mails.samples),
            ),
            row(
                "DistilBERT from scratch",
                "3 layers x 768, random start, same training mails",
                partial(self._distilbert, model, mails, options),
            ),
        ]

    def _distilbert(self, model: Classifier, mails: MailSet, options: dict[str, Any]) -> Answers:
        if not options["epochs"]:
            raise Missing("not made: --epochs 0")
        tokenizer = model.folder / TOKENIZER
        return baselines.distilbert(
            corpus.training_mails(),
            mails,
            settings.BUSYBEE_HOME / "baselines",
            baselines.DistilSettings(epochs=options["epochs"], steps=options["steps"]),
            tokenizer=tokenizer if tokenizer.exists() else None,
            say=self._say,
        )

    def _write(self, report: dict[str, Any], options: dict[str, Any]) -> None:
        if options["json"] == STDOUT:
            self.stdout.write(json.dumps(report, ensure_ascii=False))
        else:
            for line in _table(report):
                self.stdout.write(line)
        if options["json"] not in (None, STDOUT):
            text = json.dumps(report, ensure_ascii=False, indent=1) + "\n"
            Path(options["json"]).write_text(text, encoding="utf-8")
        if options["plots"]:
            curve = _json(options["curve"]) if options["curve"] else None
            speed = _json(options["speed"]) if options["speed"] else None
            for path in plots.draw(report, options["plots"], curve=curve, speed=speed):
                self._say(f"{path}")

    def _say(self, line: str) -> None:
        self.stderr.write(line)


def _part(answers: dict[str, Answers], name: str) -> Answers:
    if name not in answers:
        raise Missing("not made: this model is the wide part only")
    return answers[name]


def _table(report: Any) -> list[str]:
    """The lines of a report; raises BadMails where a file gave something else."""
    try:
        return list(tables.lines(report))
    except (KeyError, TypeError, AttributeError) as exc:
        raise BadMails(f"the report lacks or misnames something: {exc!r}") from exc


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as exc:
        raise BadMails(f"{path} cannot be read: {exc}") from exc


def _model(name: str) -> tuple[ModelVersion | None, Classifier]:
    if name == "release":
        return None, release_classifier()
    if name == "active":
        return registry.active(), active_classifier()
    row = registry.find(name)
    return row, registry.open_version(row.folder, row.sha256)
