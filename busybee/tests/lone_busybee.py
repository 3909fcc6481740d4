"""A BusyBee in one process, a pass at a time: `python -m busybee.tests.lone_busybee FOLDER`.

A line `reset` of standard input empties it. Any other is a pass: the mails in FOLDER are taken in
and understood, and what is due leaves; it answers with the number of mails that left. Every mail
counts as a quote. The line says what a broken gateway takes out of the headers: `nothing`, `marks`
(that a machine wrote), `threads` (those of the thread as well).
"""

import os
import re
import sys
import time
from pathlib import Path
from typing import Any

import django
from django.conf import settings

MARKS = "Auto-Submitted|X-Auto-Response-Suppress|X-BusyBee"
LOST = {"nothing": "", "marks": MARKS, "threads": f"{MARKS}|In-Reply-To|References"}
lost = ""


def _mailbox(folder: Path) -> Any:
    from pipeline.models import Mailbox

    return Mailbox.objects.create(
        name="sales", kind=Mailbox.Kind.DIRECTORY, directory=str(folder), mode="auto"
    )


def _plant() -> None:
    from classifier.inference import Prediction
    from freight import mime_out
    from pipeline.steps import classify

    real = mime_out.render

    def render(*args: Any) -> bytes:
        raw = real(*args)
        pattern = rf"(?im)^({lost}):[^\r]*\r\n([ \t][^\r]*\r\n)*".encode()
        return re.sub(pattern, b"", raw) if lost else raw

    def all_quotes(texts: list[str], **_: Any) -> list[Prediction]:
        shares = {"quote": 1.0, "spam": 0.0, "order": 0.0, "inquiry": 0.0}
        return [Prediction(label="quote", probabilities=shares, model="x", sure=True)] * len(texts)

    mime_out.render = render  # type: ignore[assignment]  # takes what the real one takes
    classify.classify_all = all_quotes  # type: ignore[assignment]  # of the same shape


def _pass(mailbox: Any) -> int:
    from django.utils import timezone

    from freight import outbox
    from pipeline import work
    from pipeline.mailbox import directory
    from pipeline.models import StepName
    from pipeline.steps import FUNCTIONS

    long_ago = time.time() - 60
    for path in Path(mailbox.directory).glob("*.eml"):
        os.utime(path, (long_ago, long_ago))  # else they wait a second
    received = list(directory.poll(mailbox, wake=lambda ids: None))
    for each in received:
        work.carry(each.email_id, StepName.EXTRACT, FUNCTIONS, on=lambda name: True)
    states = [outbox.send(pk) for pk in outbox.due_ids(timezone.now())]
    return states.count("sent")


def main(folder: str) -> None:
    from django.core.management import call_command

    global lost
    apps = ("pipeline", "freight", "chat", "iot", "classifier")
    settings.MIGRATION_MODULES = dict.fromkeys(apps)  # the tables as the models are
    django.setup()
    _plant()
    call_command("migrate", run_syncdb=True, verbosity=0)
    mailbox = None
    for line in sys.stdin:
        if line == "reset\n":
            call_command("flush", interactive=False, verbosity=0)
            mailbox = _mailbox(Path(folder))
            print(0, flush=True)
        else:
            lost = LOST[line.strip()]
            print(_pass(mailbox), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
