"""Resident memory of the mail worker: its processes and the sandbox's child, once they are warm.

PSS counts a page that processes share once, divided among them: the sum is what the worker takes.
"""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from busybee.throwaway import Installation, running

TARGET_MIB = 450.0
MAILS = 48
PROCESSES = ("redis", "migrate", "prepare", "mail", "poller")
SANDBOX = "pipeline.documents.worker"
RUNTIME = "onnxruntime_pybind11_state"


@dataclass(frozen=True, slots=True)
class ProcessMemory:
    """One process of the worker; `runtime`: whether it has ONNX Runtime loaded."""

    pid: int
    what: str
    pss_mib: float
    rss_mib: float
    runtime: bool


def measure(texts: list[str], say: Callable[[str], None] = lambda _: None) -> dict[str, Any]:
    """Memory of a worker that has classified mails with `texts`: one process a core, by prefork.

    `texts` should ask the encoder, else the figure flatters: `children_with_runtime` says how many
    of the worker's processes have loaded it.
    """
    mails = [_mail(texts[number % len(texts)], number) for number in range(MAILS)]
    with running(only=PROCESSES) as installation:
        say("the worker is up")
        for number, raw in enumerate(mails):
            installation.drop(f"bench-{number}", raw)
        installation.wait(lambda: _classified(installation) >= MAILS, 240, why="mails classified")
        say(f"{MAILS} mails classified")
        pid = installation.pid_of("mail")
        if pid is None:
            raise RuntimeError("the mail worker is not running")
        found = [_memory(each) for each in _family(pid)]
    return {
        "mails": MAILS,
        "processes": [asdict(each) for each in found],
        "pss_mib": round(sum(each.pss_mib for each in found), 1),
        "rss_mib": round(sum(each.rss_mib for each in found), 1),
        "children_with_runtime": sum(each.runtime for each in found),
        "target": TARGET_MIB,
    }


def _mail(text: str, number: int) -> bytes:
    subject, _, body = text.partition("\n\n")
    mail = EmailMessage()
    mail["Subject"] = " ".join(subject.split())[:200] or "-"
    mail["From"] = f"bench{number}@customer.example"
    mail["To"] = "quote@busybee.example"
    mail["Message-ID"] = f"<bench-{number}@customer.example>"
    mail.set_content(body or subject)
    return mail.as_bytes()


def _classified(installation: Installation) -> int:
    rows = installation.value(
        "SELECT COUNT(*) FROM pipeline_step WHERE name = 'classify' AND state = 'done'"
    )
    return int(rows)


def _family(pid: int) -> Iterator[int]:
    """`pid` and every process below it."""
    yield pid
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            # the name may hold anything, brackets included: what counts stands behind it
            parent = int(path.read_text(errors="replace").rpartition(")")[2].split()[1])
        except OSError:  # it has ended meanwhile
            continue
        if parent == pid:
            yield from _family(int(path.parent.name))


def _memory(pid: int) -> ProcessMemory:
    proc = Path(f"/proc/{pid}")
    rollup = (proc / "smaps_rollup").read_text()
    sizes = {
        words[0]: int(words[1]) / 1024
        for words in map(str.split, rollup.splitlines())
        if words[0] in ("Pss:", "Rss:")
    }
    command = (proc / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return ProcessMemory(
        pid=pid,
        what="sandbox" if SANDBOX in command else "worker",
        pss_mib=round(sizes["Pss:"], 1),
        rss_mib=round(sizes["Rss:"], 1),
        runtime=RUNTIME in (proc / "maps").read_text(errors="replace"),
    )
