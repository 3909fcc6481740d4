"""Cold start and memory of inference, each in a process of its own."""

import json
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from classifier import corpus, inference
from classifier.errors import BrokenModel
from classifier.features import features
from classifier.inference import Classifier
from classifier.parts import needs_encoder

Progress = Callable[[str], None]

CODE = Path(__file__).resolve().parents[1]
COLD_SECONDS = 1.0
# growth between the first thousand mails and the last that still counts as flat
FLAT_MIB = 30.0
# the longest text of the stream: longer than anything reads
LONGEST = 20_000
_COLD = """
import sys
from pathlib import Path
from classifier import inference
inference.RELEASE_DIR = Path(sys.argv[1])
inference.predict([sys.stdin.read()], registry="release")
print("onnxruntime" in sys.modules)
"""
_STREAM = """
import sys
from classifier.footprint import stream_here
stream_here(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
"""


def cold_start(release_dir: Path = inference.RELEASE_DIR, *, times: int = 5) -> dict[str, Any]:
    """Seconds of a bare Python that imports inference and predicts once, median of `times`.

    For a text that the wide part answers and for one that asks the encoder, where there are such.
    Raises BrokenModel where the release does not answer.
    """
    rows = {}
    for name, text in _texts(release_dir).items():
        took, loaded = [], False
        for _ in range(times):
            started = time.perf_counter()
            answer = _python(_COLD, str(release_dir), text=text)
            took.append(time.perf_counter() - started)
            loaded = answer.strip() == "True"
        rows[name] = {"seconds": round(statistics.median(took), 3), "onnxruntime": loaded}
    return {"times": times, "target": COLD_SECONDS, "texts": rows}


def stream(
    mails: int,
    *,
    release_dir: Path = inference.RELEASE_DIR,
    first: int = 1000,
    seed: int = 20,
    say: Progress = lambda _: None,
) -> dict[str, Any]:
    """Resident MiB of a process after `first` and after `mails` mails of random length."""
    words = [sys.executable, "-c", _STREAM, str(release_dir), str(mails), str(first), str(seed)]
    rows = []
    with subprocess.Popen(words, cwd=CODE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            rows.append(json.loads(line))
            say(f"  {rows[-1]['mails']} mails: {rows[-1]['mib']} MiB")
    if process.returncode or not rows:
        raise BrokenModel("the process that classifies random mails failed")
    early = next((row for row in rows if row["mails"] >= first), rows[-1])
    grown = round(rows[-1]["mib"] - early["mib"], 1)
    return {"rows": rows, "grown_mib": grown, "flat": grown <= FLAT_MIB}


def stream_here(release_dir: str, mails: int, first: int, seed: int) -> None:
    """Classify random mails in this process; one JSON line a `first` mails, and one at the end."""
    inference.RELEASE_DIR = Path(release_dir)
    model = inference.release_classifier()
    asked = 0
    for number, text in enumerate(_random_texts(mails, seed), 1):
        model.predict([text])
        asked += _asks(model, text)
        if number % first == 0 or number == mails:
            row = {"mails": number, "mib": resident_mib("self"), "asked": asked}
            print(json.dumps(row), flush=True)


def resident_mib(pid: int | str) -> float:
    """Resident memory of a process, in MiB, from /proc."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    rows = [row for row in status.splitlines() if row.startswith("VmRSS:")]
    return round(int(rows[0].split()[1]) / 1024, 1)


def unsure_texts(model: Classifier) -> list[str]:
    """Mails of the corpus that ask the encoder, the frozen ones first."""
    return [text for text in _corpus() if _asks(model, text)]


def _asks(model: Classifier, text: str) -> bool:
    if model.manifest.encoder is None:
        return False
    row = features(text, model.settings)
    return bool(needs_encoder(model.wide.scores(row)[None], model.manifest.mixing)[0])


def _texts(release_dir: Path) -> dict[str, str]:
    """A text of each kind by what it asks of the model."""
    folders = sorted(path.parent for path in release_dir.glob("[a-z]*/manifest.json"))
    if not folders:
        raise BrokenModel(f"no model in {release_dir}")
    model = Classifier(folders[0])
    texts: dict[str, str] = {}
    for text in _corpus():
        name = "asks the encoder" if _asks(model, text) else "wide part alone"
        texts.setdefault(name, text)
        if len(texts) == 2:
            break
    return texts


def _corpus() -> Iterator[str]:
    """Mails of the corpus; of the frozen ones, which come first, the wide part is less sure."""
    for mail in (*corpus.frozen_mails(), *corpus.training_mails()):
        yield mail.text


def _random_texts(mails: int, seed: int) -> Iterator[str]:
    """Texts of 0 to LONGEST characters, short ones more often, cut from training mails."""
    draw = random.Random(seed)
    texts = [mail.text for mail in corpus.training_mails()]
    for _ in range(mails):
        length = int(LONGEST ** draw.random()) - 1
        text = draw.choice(texts)
        while len(text) < length:
            text += "\n" + draw.choice(texts)
        yield text[:length]


def _python(code: str, *words: str, text: str) -> str:
    found = subprocess.run(
        [sys.executable, "-c", code, *words], cwd=CODE, input=text, capture_output=True, text=True
    )
    if found.returncode:
        raise BrokenModel(f"a bare process does not predict: {found.stderr[-500:]}")
    return found.stdout
