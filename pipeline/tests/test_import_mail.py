"""`manage.py import_mail`: files of every sort, and what is wrong with some."""

import errno
import io
import json
import os
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from pipeline import storage
from pipeline.mailbox import importing, pressure
from pipeline.mailbox.importing import Problem, arrivals
from pipeline.mailbox.ingest import Arrival
from pipeline.management.commands import import_mail
from pipeline.models import Email, Mailbox, Step

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_url")]
FROM = b"From kim@shipper.example Mon Jan  5 10:00:00 2026\n"


@pytest.fixture(autouse=True)
def store(settings: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    settings.BUSYBEE_STORAGE = tmp_path_factory.mktemp("storage")


def raw(number: int, body: bytes = b"hello\n") -> bytes:
    return b"From: kim@shipper.example\nSubject: mail %d\n\n" % number + body


def imported(*paths: object, **options: Any) -> dict[str, Any]:
    """The command's answer for programs, and its exit status."""
    out = io.StringIO()
    failed = False
    try:
        call_command("import_mail", *map(str, paths), "--json", stdout=out, **options)
    except CommandError:
        failed = True
    return {**json.loads(out.getvalue()), "failed": failed}


def kept() -> list[bytes]:
    return [storage.get(mail.raw_sha256) for mail in Email.objects.order_by("pk")]


def mails_in(path: Path) -> list[bytes]:
    return [each.raw for each in arrivals([path], io.BytesIO()) if isinstance(each, Arrival)]


def test_folders_are_searched_for_mails_of_any_spelling(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "one.eml").write_bytes(raw(1))
    (tmp_path / "a" / "TWO.EML").write_bytes(raw(2))
    (tmp_path / "a" / "b" / "more.mbox").write_bytes(FROM + raw(3) + b"\n" + FROM + raw(4) + b"\n")
    (tmp_path / "a" / "notes.txt").write_bytes(b"not for us")
    answer = imported(tmp_path)
    assert (answer["new"], answer["known"], answer["failed"]) == (4, 0, False)
    assert sorted(kept()) == [raw(number) for number in (1, 2, 3, 4)]
    assert Step.objects.filter(state=Step.State.DUE).count() == 4
    assert Mailbox.objects.get().active is False


def test_a_second_run_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "one.eml").write_bytes(raw(1))
    imported(tmp_path)
    answer = imported(tmp_path)
    assert (answer["new"], answer["known"]) == (0, 1)
    assert Email.objects.count() == 1


def test_a_dry_run_writes_nothing_and_counts_the_same(tmp_path: Path) -> None:
    (tmp_path / "one.eml").write_bytes(raw(1))
    (tmp_path / "same.eml").write_bytes(raw(1))
    dry = imported(tmp_path, dry_run=True)
    assert not Mailbox.objects.exists()
    assert not Email.objects.exists()
    wet = imported(tmp_path)
    assert (dry["new"], dry["known"]) == (wet["new"], wet["known"]) == (1, 1)
    assert imported(tmp_path, dry_run=True)["known"] == 2


@pytest.mark.parametrize(
    ("body", "kept_body"),
    [
        (b">From here on\n", b"From here on\n"),
        (b">>From here on\n", b">From here on\n"),
        (b"> From a quote\n", b"> From a quote\n"),
        (b"text\nFrom here on it is text\n", b"text\nFrom here on it is text\n"),
        (b"\nFrom Busan to Osaka, 5 boxes\n", b"\nFrom Busan to Osaka, 5 boxes\n"),
        (b"no line end", b"no line end"),
        (b"\n\n\n", b"\n\n\n"),
    ],
)
def test_from_lines_in_an_mbox(tmp_path: Path, body: bytes, kept_body: bytes) -> None:
    path = tmp_path / "x.mbox"
    path.write_bytes(FROM + raw(1, body) + (b"" if body == b"no line end" else b"\n"))
    assert mails_in(path) == [raw(1, kept_body)]


@pytest.mark.parametrize(
    "separator",
    [
        FROM,
        b"From - Mon Jan 05 10:00:00 2026\r\n",
        b"From 1234@xxx Mon Jan 05 10:00:00 +0000 2026\n",
        b"From \r\n",
        b'From "MAILER DAEMON" Mon Jan  5 10:00:00 2026\n',
    ],
)
def test_separators_of_many_programs(tmp_path: Path, separator: bytes) -> None:
    path = tmp_path / "box"  # no suffix: the content says what it is
    end = b"\r\n" if separator.endswith(b"\r\n") else b"\n"
    mails = [raw(number).replace(b"\n", end) for number in (1, 2, 3)]
    path.write_bytes(b"".join(separator + mail + end for mail in mails))
    assert mails_in(path) == mails


def test_a_long_line_that_begins_in_the_middle_is_no_separator(tmp_path: Path) -> None:
    body = b"x" * 64 * 1024 + FROM  # the second piece of the line looks like one
    path = tmp_path / "x.mbox"
    path.write_bytes(FROM + raw(1, body) + b"\n")
    assert mails_in(path) == [raw(1, body)]


def test_an_empty_mbox_is_an_empty_folder_and_an_empty_mail_a_fault(tmp_path: Path) -> None:
    (tmp_path / "x.mbox").touch()
    assert imported(tmp_path)["failed"] is False
    (tmp_path / "x.eml").touch()
    assert imported(tmp_path)["problems"][0]["reason"] == "it is empty"


def test_bad_files_are_named_and_the_others_taken(tmp_path: Path) -> None:
    (tmp_path / "1.mbox").write_bytes(b"PK\x03\x04")
    (tmp_path / "2.eml").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "3.eml")
    (tmp_path / "4.eml").write_bytes(raw(4))
    answer = imported(tmp_path, tmp_path / "missing.eml")
    assert answer["failed"] is True
    assert answer["new"] == 1
    reasons = {Path(each["path"]).name: each["reason"] for each in answer["problems"]}
    assert reasons == {
        "1.mbox": "it is no mbox file: it does not begin with a From line",
        "2.eml": "No such file or directory",
        "3.eml": "it is neither a file nor a folder",
        "missing.eml": "No such file or directory",
    }


def test_the_exit_status_says_that_something_was_left(tmp_path: Path) -> None:
    out, err = io.StringIO(), io.StringIO()
    (tmp_path / "1.eml").write_bytes(raw(1))
    with pytest.raises(CommandError, match="1 files could not be taken in"):
        call_command("import_mail", str(tmp_path / "no.eml"), str(tmp_path), stdout=out, stderr=err)
    assert out.getvalue() == "1 new, 0 known already\n"
    assert "no.eml: No such file" in err.getvalue()


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    class Stdin:
        buffer = io.BytesIO(raw(1))

    monkeypatch.setattr("sys.stdin", Stdin)
    assert imported("-")["new"] == 1
    assert kept() == [raw(1)]


@pytest.mark.parametrize("name", ["x.eml", "x.mbox"])
def test_a_mail_over_the_limit_is_known_by_its_header(
    tmp_path: Path, settings: Any, name: str
) -> None:
    settings.BUSYBEE_MAX_MAIL_BYTES = 400_000
    large = raw(1, b"y" * 499 + b"\n") + (b"x" * 999 + b"\n") * 500
    whole = large if name == "x.eml" else FROM + large + b"\n" + FROM + raw(2) + b"\n"
    (tmp_path / name).write_bytes(whole)
    answer = imported(tmp_path)
    mail = Email.objects.order_by("pk")[0]
    assert answer["too_large"] == 1
    assert (mail.header_only, mail.size, mail.subject) == (True, len(large), "mail 1")
    assert mail.state == Email.State.QUARANTINED
    assert Email.objects.count() == (1 if name == "x.eml" else 2)
    assert imported(tmp_path)["new"] == 0


def test_a_file_name_that_is_no_text(tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xb0\xdf.eml")).write_bytes(raw(1))
    assert imported(tmp_path)["new"] == 1


def test_a_link_to_a_folder_above_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "one.eml").write_bytes(raw(1))
    assert imported(tmp_path)["new"] == 1


class Endless(io.RawIOBase):
    """An mbox of `mails` mails that is made while it is read."""

    def __init__(self, mails: int) -> None:
        self.lines = self._make(mails)

    def _make(self, mails: int) -> Iterator[bytes]:
        line = b"x" * 999 + b"\n"
        for number in range(mails):
            yield FROM
            yield from (b"Subject: %d\n" % number, b"\n", *([line] * 1000), b"\n")

    def readline(self, size: int | None = -1, /) -> bytes:
        return next(self.lines, b"")


def streamed(mails: int) -> tuple[int, int]:
    """How many mails of 1 MB each came out of a stream, and the most memory that it took."""
    tracemalloc.start()
    count = sum(
        isinstance(each, Arrival)
        for each in arrivals([Path("-")], Endless(mails))  # type: ignore[arg-type]  # only lines
    )
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return count, peak


def test_a_large_mbox_is_never_whole_in_memory() -> None:
    count, peak = streamed(40)
    assert count == 40
    assert peak < 12_000_000


@pytest.mark.soak
def test_a_very_large_mbox_is_never_whole_in_memory() -> None:
    count, peak = streamed(2000)
    assert count == 2000
    assert peak < 12_000_000


def test_problems_come_in_their_place(tmp_path: Path) -> None:
    (tmp_path / "b.eml").write_bytes(raw(2))
    found = list(arrivals([tmp_path / "a.eml", tmp_path / "b.eml"], io.BytesIO()))
    assert [type(each) for each in found] == [Problem, Arrival]


def of_many(tmp_path: Path, mails: int) -> Path:
    path = tmp_path / "many.mbox"
    path.write_bytes(b"".join(FROM + raw(number) + b"\n" for number in range(mails)))
    return path


def test_an_import_waits_for_the_workers_and_leaves_room_for_new_mail(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch, capfd: Any
) -> None:
    settings.BUSYBEE_MAX_OPEN_STEPS = 20
    most: list[int] = []

    def a_worker_comes(_seconds: float) -> None:
        most.append(Step.objects.unfinished().count())
        pressure.check()  # a mailbox that is read meanwhile is not held back
        Step.objects.unfinished().update(state=Step.State.DONE)

    monkeypatch.setattr(importing.time, "sleep", a_worker_comes)
    err = io.StringIO()
    assert imported(of_many(tmp_path, 60), stderr=err)["new"] == 60
    assert len(most) >= 3
    assert max(most) <= 15
    assert "waiting: more than 10 steps are open" in err.getvalue()


def test_a_full_disk_is_told_of_each_mail_and_the_totals_stay(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.BUSYBEE_MAX_OPEN_STEPS = 8  # batches of two
    real, calls = storage.put_all, []

    def put_all(raws: Any) -> Any:
        calls.append(raws)
        if len(calls) == 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(raws)

    monkeypatch.setattr(storage, "put_all", put_all)
    answer = imported(of_many(tmp_path, 5))
    assert (answer["new"], answer["failed"]) == (3, True)
    assert answer["problems"] == [
        {"path": f"many.mbox#{number}", "reason": "No space left on device"} for number in (2, 3)
    ]
    Step.objects.update(state=Step.State.DONE)
    assert imported(of_many(tmp_path, 5))["new"] == 2


def test_an_import_can_be_broken_off_and_run_again(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.BUSYBEE_MAX_OPEN_STEPS = 8

    def interrupted(_seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(importing.time, "sleep", interrupted)
    answer = imported(of_many(tmp_path, 30))
    assert answer["failed"] is True
    assert 0 < answer["new"] < 30
    Step.objects.update(state=Step.State.DONE)
    assert imported(of_many(tmp_path, 30))["known"] == answer["new"]


def test_help_says_whose_mode_the_mails_have() -> None:
    assert "`auto` too" in import_mail.Command.help
