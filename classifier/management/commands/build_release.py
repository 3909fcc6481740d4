import shutil
import sys
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from classifier import releasing
from classifier.errors import ClassifierError
from classifier.folders import read_manifest
from classifier.inference import RELEASE_DIR, forget_models


class Command(BaseCommand):
    help = (
        "Builds the model that ships, from the corpus alone: the encoder (fine-tuned, distilled, "
        "int8; about an hour on two cores, needs `make test-deps TRAIN=1`), the wide part, the "
        "heads, their mixing, the figures. A build that was broken off goes on behind its last "
        "whole part."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="name of the release, mixed-1 for instance")
        parser.add_argument(
            "--keep-encoder",
            action="store_true",
            help="fit wide part and heads to the encoder that ships now: minutes, without torch",
        )
        parser.add_argument("--seed", type=int, default=releasing.SEED)
        parser.add_argument(
            "--build",
            type=Path,
            default=Path(settings.BUSYBEE_HOME) / "build",
            help="where parts and the encoder in full precision are kept",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        name: str = options["name"]
        if not name[:1].islower():
            raise CommandError("the name begins with a small letter, mixed-1 for instance")
        started = time.monotonic()
        try:
            encoder = (
                releasing.shipped_encoder()
                if options["keep_encoder"]
                else releasing.new_encoder(options["build"], options["seed"], say=self._say)
            )
            folder = releasing.release(name, encoder, options["build"], say=self._say)
        except ClassifierError as exc:
            raise CommandError(str(exc)) from exc
        # one release a version of BusyBee: the new one is whole, so the old ones can go
        for other in RELEASE_DIR.iterdir():
            if other.is_dir() and other != folder:
                shutil.rmtree(other)
        forget_models()
        figures = read_manifest(folder)["figures"]
        self.stdout.write(f"folder: {folder}")
        for key in ("mails", "accuracy", "macro_f1", "calibration_error"):
            self.stdout.write(f"{key}: {figures[key]}")
        self._say(f"built in {time.monotonic() - started:.0f} s")

    def _say(self, line: str) -> None:
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()
