import asyncio
import io
import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from busybee.process_logs import Lines, LogFile
from busybee.supervisor import (
    AlreadyRunning,
    Backoff,
    Lock,
    Process,
    StartFailed,
    Supervisor,
    wants_colour,
)

ROOT = Path(__file__).resolve().parents[2]
SLEEP = (sys.executable, "-c", "import time; time.sleep(600)")
# a leader that ignores SIGTERM, with one child in its group and one that left it
FAMILY = """
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
sleep = [sys.executable, "-c", "import time; time.sleep(600)"]
near = subprocess.Popen(sleep, env={})  # without a tag: its group must tell
far = subprocess.Popen(sleep, start_new_session=True)  # without the group: its tag must tell
print("family", os.getpid(), near.pid, far.pid, flush=True)
time.sleep(600)
"""
QUICK = Backoff(first_s=0.05, most_s=0.2, forgiven_after_s=30)


def python(code: str) -> tuple[str, ...]:
    return (sys.executable, "-c", textwrap.dedent(code))


def alive(pid: int) -> bool:
    """Whether `pid` runs; a zombie that nobody has reaped yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_until(true: Callable[[], object], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "did not come true in time"
        time.sleep(0.02)


def report(home: Path) -> dict[str, dict[str, object]]:
    """The rows of up.json by name."""
    path = home / "up.json"
    rows = json.loads(path.read_text())["processes"] if path.exists() else []
    return {row["name"]: row for row in rows}


def log(home: Path, name: str) -> str:
    path = home / "logs" / f"{name}.log"
    return path.read_text() if path.exists() else ""


def family(home: Path, name: str = "family") -> list[int]:
    """The pids of the last family that announced itself: leader, child, child that left."""
    lines = [line for line in log(home, name).splitlines() if line.startswith("family")]
    return [int(word) for word in lines[-1].split()[1:]] if lines else []


@pytest.fixture
def outside(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A supervisor in a process of its own over one family; killed at the end if it still lives."""
    code = f"""
    import asyncio, sys
    from pathlib import Path
    from busybee.supervisor import AlreadyRunning, Lock, Process, Supervisor
    family = Process("family", (sys.executable, "-c", {FAMILY!r}), ready_line="family", grace_s=60)
    home = Path({str(tmp_path)!r})
    async def main():
        with Lock(home / "up.lock") as lock:
            lock.describe({{"web": "http://w.example"}})
            return await Supervisor([family], home=home, console=sys.stdout).run()
    try:
        sys.exit(asyncio.run(main()))
    except AlreadyRunning as exc:
        sys.exit(str(exc))
    """
    (tmp_path / "code.py").write_text(textwrap.dedent(code))
    process = start_outside(tmp_path)
    wait_until(lambda: report(tmp_path).get("family", {}).get("state") == "ready")
    yield process
    for pid in [process.pid, *family(tmp_path)]:
        if alive(pid):
            os.kill(pid, signal.SIGKILL)
    process.communicate(timeout=10)


def start_outside(home: Path) -> subprocess.Popen[str]:
    command = [sys.executable, str(home / "code.py")]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


async def test_run_starts_in_order_and_stops_in_reverse(tmp_path: Path) -> None:
    note = tmp_path / "note"
    code = """
    import pathlib, signal, sys, time
    note = pathlib.Path(sys.argv[1]).open("a", buffering=1)
    def stop(*_):
        time.sleep(0.2)
        note.write(f"-{sys.argv[2]}\\n")
        sys.exit(0)
    signal.signal(signal.SIGTERM, stop)
    time.sleep(0.2)
    note.write(f"+{sys.argv[2]}\\n")
    print("up", flush=True)
    time.sleep(600)
    """
    processes = [
        Process("c", (*python(code), str(note), "c"), ready_line="up", start_after=("b",)),
        Process("a", (*python(code), str(note), "a"), ready_line="up"),
        Process("b", (*python(code), str(note), "b"), ready_line="up", start_after=("a",)),
    ]

    async def then() -> int:
        return 7

    assert await Supervisor(processes, home=tmp_path).run(then) == 7
    assert note.read_text().split() == ["+a", "+b", "+c", "-c", "-b", "-a"]
    assert not (tmp_path / "up.json").exists()


async def test_run_starts_again_what_dies_later_each_time(tmp_path: Path) -> None:
    supervisor = Supervisor(
        [Process("frail", python("import sys; sys.exit(3)"))], home=tmp_path, backoff=QUICK
    )

    async def then() -> int:
        while report(tmp_path)["frail"]["restarts"] != 3:
            await asyncio.sleep(0.01)
        return 0

    started = time.monotonic()
    await supervisor.run(then)
    assert time.monotonic() - started > 0.5 * (0.05 + 0.1 + 0.2) - 0.2


def test_backoff_doubles_up_to_its_ceiling_with_jitter() -> None:
    backoff = Backoff(first_s=1, most_s=30)
    for failures, middle in [(1, 1), (2, 2), (5, 16), (6, 30), (500, 30)]:
        delays = {backoff.delay(failures) for _ in range(50)}
        assert 0.5 * middle <= min(delays) < max(delays) <= 1.5 * middle


async def test_one_shot_that_fails_stops_all(tmp_path: Path) -> None:
    processes = [
        Process("base", SLEEP),
        Process("once", python("import sys; sys.exit(4)"), one_shot=True, start_after=("base",)),
        Process("never", SLEEP, start_after=("once",)),
    ]
    with pytest.raises(StartFailed, match="once ended with status 4"):
        await Supervisor(processes, home=tmp_path).run()
    assert not (tmp_path / "logs" / "never.log").exists()


async def test_process_that_never_gets_ready_is_started_again(tmp_path: Path) -> None:
    deaf = Process("deaf", SLEEP, ready_line="never said", ready_within_s=0.3)
    supervisor = Supervisor([deaf], home=tmp_path, backoff=QUICK)
    run = asyncio.create_task(supervisor.run())
    async with asyncio.timeout(20):
        while report(tmp_path).get("deaf", {}).get("restarts", 0) != 2:
            await asyncio.sleep(0.02)
    supervisor.request_stop()
    assert await run == 0


def test_killed_leader_takes_its_whole_tree_and_comes_back(
    outside: subprocess.Popen[str], tmp_path: Path
) -> None:
    first = family(tmp_path)
    os.kill(first[0], signal.SIGKILL)
    wait_until(lambda: report(tmp_path)["family"]["restarts"] == 1 and family(tmp_path) != first)
    assert not any(alive(pid) for pid in first)
    assert all(alive(pid) for pid in family(tmp_path))


def test_second_start_refuses_and_names_the_first(
    outside: subprocess.Popen[str], tmp_path: Path
) -> None:
    second = start_outside(tmp_path)
    said, _ = second.communicate(timeout=20)
    assert second.returncode == 1
    assert f"already running here: process {outside.pid} (web http://w.example)" in said
    assert all(alive(pid) for pid in [outside.pid, *family(tmp_path)])


def test_second_signal_kills_a_tree_that_will_not_stop(
    outside: subprocess.Popen[str], tmp_path: Path
) -> None:
    pids = family(tmp_path)
    outside.send_signal(signal.SIGTERM)
    wait_until(lambda: report(tmp_path)["family"]["state"] == "stopping")
    outside.send_signal(signal.SIGTERM)
    outside.wait(10)  # its grace would be a minute
    assert not any(alive(pid) for pid in pids)
    assert outside.returncode == 0


def test_sigkilled_supervisor_leaves_nobody(outside: subprocess.Popen[str], tmp_path: Path) -> None:
    pids = family(tmp_path)
    outside.kill()
    outside.wait(10)
    wait_until(lambda: not any(alive(pid) for pid in pids), 5)


async def test_stop_ends_a_tree_within_its_grace(tmp_path: Path) -> None:
    stubborn = Process("family", python(FAMILY), ready_line="family", grace_s=0.3)

    async def then() -> int:
        return 0

    await Supervisor([stubborn], home=tmp_path).run(then)
    assert not any(alive(pid) for pid in family(tmp_path))


async def test_output_is_prefixed_and_kept_in_a_file(tmp_path: Path) -> None:
    console = io.StringIO()
    once = Process("once", python("print('one\\ntwo', end='')"), one_shot=True)

    async def then() -> int:
        return 0

    await Supervisor([once], home=tmp_path, console=console).run(then)
    assert "once | one\nonce | two\n" in console.getvalue()
    assert log(tmp_path, "once") == "one\ntwo"


def test_lock_can_be_taken_again_after_its_release(tmp_path: Path) -> None:
    with Lock(tmp_path / "lock"), pytest.raises(AlreadyRunning), Lock(tmp_path / "lock"):
        pass
    with Lock(tmp_path / "lock"):
        pass


def test_log_file_starts_anew_past_its_size(tmp_path: Path) -> None:
    file = LogFile(tmp_path / "x.log", rotate_at=10)
    for word in [b"first long line\n", b"second\n"]:
        file.write(word)
    file.close()
    assert (tmp_path / "x.log").read_bytes() == b"second\n"
    assert (tmp_path / "x.log.1").read_bytes() == b"first long line\n"


def test_lines_cuts_what_never_ends() -> None:
    lines = Lines(longest=4)
    assert lines.feed(b"a\nbc") == ["a"]
    assert lines.feed(b"defg") == ["bcdefg"]


def test_colour_needs_a_terminal_and_leave(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.delenv("NO_COLOR", raising=False)
    assert wants_colour(Terminal())
    assert not wants_colour(io.StringIO())
    monkeypatch.setenv("NO_COLOR", "1")
    assert not wants_colour(Terminal())
