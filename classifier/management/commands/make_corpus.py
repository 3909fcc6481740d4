import json
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from classifier import corpus
from classifier.corpus.mails import Mail
from classifier.corpus.recombining import recombine

TRAINING, FROZEN = 8000, 2000


class Command(BaseCommand):
    help = (
        "Recombines and perturbs the hand-written mails of each split: training.jsonl and "
        "frozen.jsonl, the same bytes for the same seed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="where the two files are written")
        parser.add_argument("--seed", type=int, default=corpus.SEED)
        parser.add_argument("--training", type=int, default=TRAINING, help="mails to train on")
        parser.add_argument("--frozen", type=int, default=FROZEN, help="mails to measure on")
        parser.add_argument("--json", action="store_true", help="print the counts as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"]
        folder.mkdir(parents=True, exist_ok=True)
        counts = {}
        for split in corpus.SPLITS:
            bases = corpus.hand_written(split)
            mails = recombine(bases, many=options[split], seed=options["seed"])
            lines = "".join(f"{mail.as_json()}\n" for mail in mails)
            (folder / f"{split}.jsonl").write_text(lines, encoding="utf-8")
            counts[split] = _counts(mails, bases)
        if options["json"]:
            self.stdout.write(json.dumps(counts))
            return
        for split, count in counts.items():
            for name, value in count.items():
                self.stdout.write(f"{split} {name}: {value}")


def _counts(mails: list[Mail], bases: list[Mail]) -> dict[str, Any]:
    return {
        "mails": len(mails),
        "bases": len(bases),
        "languages": dict(sorted(Counter(mail.language for mail in mails).items())),
        "labels": dict(sorted(Counter(mail.label for mail in mails).items())),
    }
