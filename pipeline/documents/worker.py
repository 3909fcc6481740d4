"""The sandbox's child: takes mails, archives and documents apart.

It reads jobs from stdin, one at a time, under limits, until the pipe ends. It inherits no settings,
no environment and no open files; it may write no file and start no network connection where the
kernel lets it give that up.
"""

import contextlib
import ctypes
import os
import resource
import signal
import sys
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, BinaryIO

from pipeline import letter, signatures
from pipeline.documents import answers, clock, frames, landlock, members, read
from pipeline.documents.archives import Budget, Member
from pipeline.documents.results import Unreadable

MEMORY = 1024 * 1024 * 1024
OPEN_FILES = 64
_PR_SET_PDEATHSIG = 1
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000

Answer = tuple[dict[str, Any], bytes]
Job = Callable[[dict[str, Any], bytes], Answer]


def mail_job(header: dict[str, Any], blob: bytes) -> Answer:
    """The mail in `blob` as its headers, text and files."""
    found = letter.open_letter(blob, authserv_id=header["authserv_id"], html=header["html"])
    return letter.pack(found)


def names_job(header: dict[str, Any], blob: bytes) -> Answer:
    """The DNS names whose records `proof_job` wants."""
    return {"names": signatures.dns_names(blob)}, b""


def proof_job(header: dict[str, Any], blob: bytes) -> Answer:
    """What the mail's signatures prove, by the records that the other side has looked up."""
    return asdict(signatures.verdict(blob, header["records"])), b""


def read_job(header: dict[str, Any], blob: bytes) -> Answer:
    """The text of a document as the blob, or the reason why there is none."""
    try:
        text = read(header["kind"], blob)
    except Unreadable as exc:
        return {"unreadable": exc.reason_code}, b""
    places = [(each.start, each.page, each.sheet, each.row) for each in text.places]
    return {"notes": list(text.notes), "places": places}, text.text.encode(
        "utf-8", errors="replace"
    )


def expand_job(header: dict[str, Any], blob: bytes) -> Answer:
    """The members of an archive, their bytes in one blob, and what is left of the budget."""
    budget = Budget(**header["budget"])
    found, data = [], []
    for each in members(header["kind"], blob, budget, header["filename"]):
        if isinstance(each, Member):
            file = letter.known_file("", each.name, "", each.data)
            found.append(letter.packed_file(file))
            data.append(each.data)
        else:
            # ZIP64 may claim a size that no column of a database takes
            size = min(max(0, each.size), answers.MAX_INTEGER)
            found.append({"filename": each.name, "size": size, "refused": each.reason})
    names = ("entries", "bytes", "seconds")
    left = {name: max(0, getattr(budget, name)) for name in names}
    return {"members": found, "left": left}, b"".join(data)


JOBS: dict[str, Job] = {
    "mail": mail_job,
    "names": names_job,
    "proof": proof_job,
    "read": read_job,
    "expand": expand_job,
}


def confine(parent: int) -> dict[str, Any]:
    """Take the limits on; says which could be had. Ends here if the parent is dead."""
    offline = readonly = False
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        # in a user namespace of its own an unprivileged process may also leave the network
        offline = (
            libc.unshare(_CLONE_NEWNET) == 0 or libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) == 0
        )
        readonly = landlock.give_up_writing(libc)
    if os.getppid() != parent:
        sys.exit(0)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    # openpyxl imports numpy where it finds it: 100 ms and threads that no cell needs
    sys.modules["numpy"] = None  # type: ignore[assignment]
    return {"offline": offline, "readonly": readonly}


def _allow_cpu(seconds: float) -> None:
    """Raise the soft limit to what was used so far and `seconds` more; SIGXCPU ends the process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime + seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))


def serve(jobs: dict[str, Job], source: BinaryIO, sink: BinaryIO, parent: int) -> None:
    """Answer jobs until `source` ends. An answer with "memory" is the last one."""
    _send(sink, confine(parent), b"")
    while (start := source.read(frames.LENGTHS.size)) and len(start) == frames.LENGTHS.size:
        head, size = frames.lengths(start)
        header = frames.header_of(source.read(head))
        _allow_cpu(float(header["seconds"]))
        # an orphan that sleeps or waits burns no CPU: the clock ends it too
        clock.start(float(header["seconds"]))
        answer, blob = _answer(jobs, header, source.read(size))
        clock.stop()
        _send(sink, answer, blob)
        if "memory" in answer:
            return


def _answer(jobs: dict[str, Job], header: dict[str, Any], blob: bytes) -> Answer:
    try:
        return jobs[header["job"]](header, blob)
    except MemoryError:
        return {"memory": True}, b""
    except Exception as exc:  # noqa: BLE001  the edge of the loop: a parser that trips over its input
        return {"unreadable": "damaged", "error": type(exc).__name__}, b""


def _send(sink: BinaryIO, header: dict[str, Any], blob: bytes) -> None:
    for piece in frames.pack(header, blob):
        sink.write(piece)
    sink.flush()


def main(jobs: dict[str, Job] = JOBS) -> None:
    """Serve on the pipes that were stdin and stdout; whatever a library prints goes nowhere."""
    source, sink = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nowhere, number)
    with contextlib.suppress(BrokenPipeError):
        serve(jobs, source, sink, int(sys.argv[1]))
    # no clean-up of libraries whose state a hostile file may have broken
    os._exit(0)


if __name__ == "__main__":
    main()
