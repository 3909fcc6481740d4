import contextlib
import os
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.documents import sandbox
from pipeline.documents.archives import Budget
from pipeline.documents.results import Unreadable
from pipeline.documents.sandbox import Pool, SandboxKilled
from pipeline.letter import File
from pipeline.tests.files import zip_bytes


@pytest.fixture
def pool() -> Iterator[Pool]:
    made = Pool(module="pipeline.tests.bad_worker")
    yield made
    made.close()


def ask(pool: Pool, job: str, *, seconds: float = 20, **header: Any) -> dict[str, Any]:
    return pool.run({"job": job, **header}, b"blob", seconds)[0]


def test_a_child_answers_job_after_job_in_one_process(pool: Pool) -> None:
    assert ask(pool, "chatter")["pid"] == ask(pool, "chatter")["pid"]


def test_what_a_library_prints_does_not_reach_the_protocol(pool: Pool) -> None:
    header, blob = pool.run({"job": "chatter"}, b"x" * 3_000_000, 20)

    assert blob == b"x" * 3_000_000
    assert header["pid"]


def test_the_child_gets_no_environment_of_ours(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUSYBEE_API_KEY", "secret")

    assert ask(pool, "chatter")["environment"] == ["LC_ALL", "OMP_NUM_THREADS", "PYTHONPATH"]


@pytest.mark.parametrize("job", ["spin", "sleep"])
def test_an_endless_job_is_ended_at_the_deadline(pool: Pool, job: str) -> None:
    started = time.monotonic()

    with pytest.raises(SandboxKilled) as killed:
        ask(pool, job, seconds=1)

    assert killed.value.limit == "time"
    assert time.monotonic() - started < 15
    assert ask(pool, "chatter")["pid"]


def test_a_memory_hog_is_ended(pool: Pool) -> None:
    with pytest.raises(SandboxKilled) as killed:
        ask(pool, "hog")

    assert killed.value.limit == "memory"
    assert ask(pool, "chatter")["pid"]


def commands() -> Iterator[bytes]:
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):  # it has ended meanwhile
            yield path.read_bytes()


def test_what_a_job_has_started_ends_with_it(pool: Pool) -> None:
    # the number of seconds is what the process is found by
    with pytest.raises(SandboxKilled):
        ask(pool, "start", seconds=2, **{"for": 71_234})

    deadline = time.monotonic() + 10  # a killed process takes a moment to go
    while any(b"sleep(71234)" in command for command in commands()):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_crash_is_told_as_one(pool: Pool) -> None:
    with pytest.raises(SandboxKilled) as killed:
        ask(pool, "crash")

    assert killed.value.limit == "crash"


def test_the_child_cannot_write_a_file(pool: Pool, tmp_path: Path) -> None:
    answer = ask(pool, "write", path=str(tmp_path / "x"))

    # without Landlock the limit on sizes leaves an empty file
    readonly = pool.limits()["readonly"]
    assert answer["error"] == ("PermissionError" if readonly else "OSError")
    assert (tmp_path / "x").exists() is not readonly
    assert readonly or not (tmp_path / "x").read_bytes()


def test_the_child_has_no_network_where_the_kernel_lets_it_go(pool: Pool) -> None:
    if not pool.limits()["offline"]:
        pytest.skip("this kernel does not let a process leave the network")
    with socket.create_server(("127.0.0.1", 0)) as server:
        answer = ask(pool, "connect", port=server.getsockname()[1])

    assert "connected" not in answer
    assert answer["error"] in {"OSError", "PermissionError"}


def test_an_answer_that_breaks_the_protocol_ends_the_child(pool: Pool) -> None:
    # the first copy of stdout that the child made of its pipe
    with pytest.raises(SandboxKilled) as killed:
        ask(pool, "garbage", fd=4, seconds=5)

    assert killed.value.limit == "crash"


def test_a_child_is_replaced_after_its_jobs() -> None:
    pool = Pool(module="pipeline.tests.bad_worker", max_wear=2)
    pids = [ask(pool, "chatter")["pid"] for _ in range(4)]
    pool.close()

    assert len(set(pids)) == 2
    assert pids[0] == pids[1]


def test_a_child_that_died_between_jobs_is_replaced_silently(pool: Pool) -> None:
    first = ask(pool, "chatter")["pid"]
    os.kill(first, 9)

    assert ask(pool, "chatter")["pid"] != first


def test_a_slow_job_blocks_no_other(pool: Pool) -> None:
    ask(pool, "chatter")

    def be_slow() -> None:
        with pytest.raises(SandboxKilled):
            ask(pool, "sleep", seconds=4)

    slow = threading.Thread(target=be_slow)
    slow.start()
    time.sleep(0.2)

    assert ask(pool, "chatter")["pid"]
    assert slow.is_alive()
    for child in list(pool.idle):
        assert child.wear
    slow.join()


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_forked_process_starts_its_own_child(pool: Pool) -> None:
    ours = ask(pool, "chatter")["pid"]
    reading, writing = os.pipe()
    if (fork := os.fork()) == 0:
        status = 1
        try:
            os.write(writing, str(ask(pool, "chatter")["pid"]).encode())
            pool.close()
            status = 0
        finally:
            os._exit(status)
    assert os.waitpid(fork, 0)[1] == 0
    theirs = int(os.read(reading, 20))
    os.close(reading)
    os.close(writing)

    assert theirs != ours
    assert ask(pool, "chatter")["pid"] == ours


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_children_end_with_their_parent_in_the_midst_of_a_job() -> None:
    """PR_SET_PDEATHSIG: a killed worker leaves no orphan behind."""
    reading, writing = os.pipe()
    if (fork := os.fork()) == 0:
        child = sandbox.Child("pipeline.tests.bad_worker")
        os.write(writing, str(child.process.pid).encode())
        child.ask({"job": "sleep"}, b"", 60)
        os._exit(0)
    pid = int(os.read(reading, 20))
    time.sleep(0.3)  # the job is under way
    os.kill(fork, 9)
    os.waitpid(fork, 0)
    os.close(reading)
    os.close(writing)
    deadline = time.monotonic() + 20
    while _is_running(pid) and time.monotonic() < deadline:
        time.sleep(0.05)

    assert not _is_running(pid)


def _is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_read_document_gives_text_or_the_reason() -> None:
    assert sandbox.read_document("txt", "무게 18톤".encode()).text == "무게 18톤"
    with pytest.raises(Unreadable) as unreadable:
        sandbox.read_document("pdf", b"%PDF-1.4 nothing")
    assert unreadable.value.reason_code == "damaged"


def test_expand_uses_the_budget_up() -> None:
    budget = Budget()

    found = sandbox.expand("zip", zip_bytes({"a.txt": b"12345", "b.txt": b"678"}), budget)

    assert [each.filename for each in found if isinstance(each, File)] == ["a.txt", "b.txt"]
    assert (budget.entries, budget.bytes) == (198, 64 * 1024 * 1024 - 8)
