"""Hostile mails (pipeline/tests/hostile) against the whole reading part and against the steps.

The suite has small ones, `make soak` those of full size, by the same code.
"""

import os
import socket
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from _pytest.mark import ParameterSet

from pipeline import reading, work
from pipeline.documents import Unreadable, archives, detect, members, read, sandbox
from pipeline.documents.reasons import REASONS
from pipeline.letter import Letter
from pipeline.mailbox.ingest import receive
from pipeline.models import Email, Mailbox, StepName
from pipeline.reading import Understood, understand
from pipeline.remarks import WARNINGS
from pipeline.steps import FUNCTIONS
from pipeline.tests.files import mail_bytes
from pipeline.tests.hostile import CASES, Bait, Case
from pipeline.tests.hostile.watch import Cost, watched

MIB = 1024 * 1024
SECRET = "the-secret-of-this-machine"
# of one mail: its own job, its archives, its documents
SECONDS = sandbox.MAIL_SECONDS + archives.MAX_SECONDS + 5 + reading.MAIL_SECONDS
CHILD = 1100 * MIB  # 1 GiB of address space, and what was there before it was limited
GOOD = 100
FEW = 100 if os.environ.get("BUSYBEE_TEST_SOAK") else 10
FULL = [pytest.param(True, marks=pytest.mark.soak, id="full"), pytest.param(False, id="small")]
# in every run; the others, and all of full size, in the soak
SUITE = set(
    """
    zip-flat-bomb zip-flat-bomb-that-says-it-is-small zip-nested-bomb zip-1000-deep
    zip-overlapping-bomb zip-of-200000-entries zip-that-holds-itself zip64-lies zip-sizes-lie
    zip-with-symlinks zip-encrypted zip-of-zips-beside-one-another tar-that-climbs-and-links
    tar-gz-bomb xz-bomb gz-in-gz seven-zip-lies rar-lies tnef-lies tnef-in-tnef
    headers-of-8mb one-header-of-8mb two-hundred-thousand-headers subject-of-1mb
    encoded-words-in-strange-charsets comments-10000-deep filename-in-10000-pieces
    dates-that-are-none nul-bytes-everywhere empty noise one-line-of-40mb
    half-a-million-nested-divs nested-tables table-with-a-colspan-of-a-billion styles-that-backtrack
    comments-that-never-end html-that-calls-home page-of-spaces attributions-in-korean
    on-someday-somebody-wrote numbers-and-dates-without-an-end invisible-characters
    twenty-thousand-parts multipart-900-deep mail-900-deep mail-in-mail-in-zip-in-mail
    one-boundary-for-all-levels boundary-that-never-comes boundary-as-a-pattern base64-with-garbage
    charsets-that-are-no-charsets uuencode-without-its-end bounces-in-bounces
    file-names-that-climb member-names-that-climb member-names-with-nul
    members-named-like-their-parents addresses-with-orders-in-them
    xlsx-with-one-far-cell xlsx-with-a-million-rows xlsx-shared-strings-bomb xlsx-entity-bomb
    xlsx-that-reads-our-files docx-with-600000-paragraphs docx-nested-100000-deep docx-entity-bomb
    docx-that-reads-our-files pptx-that-reads-our-files hwpx-bomb hwpx-that-reads-our-files
    csv-with-50000-columns html-file-whose-beginning-backtracks
    hwp-deflate-bomb hwp-whose-records-lie hwp-nested-levels ole-chain-that-loops
    ole-directory-that-loops doc-pieces-that-lie xls-sheets-that-loop xls-with-one-far-cell
    pdf-flate-bomb pdf-page-tree-that-loops pdf-forms-that-multiply pdf-that-runs-scripts
    pdf-of-1000-scanned-pages png-of-900-megapixels png-of-noise tiff-that-loops svg-that-calls-home
    """.split()
)


# the heaviest of each theme: beside these the suite too reads as many good mails as the soak
CROWDED = set(
    """
    zip-flat-bomb zip-nested-bomb zip-overlapping-bomb zip-of-200000-entries zip-that-holds-itself
    headers-of-8mb subject-of-1mb twenty-thousand-parts multipart-900-deep mail-900-deep
    xlsx-with-one-far-cell xlsx-with-a-million-rows docx-with-600000-paragraphs pdf-flate-bomb
    docx-that-reads-our-files png-of-900-megapixels hwp-deflate-bomb file-names-that-climb
    member-names-that-climb half-a-million-nested-divs
    """.split()
)


def sizes(cases: Iterable[Case]) -> list[ParameterSet]:
    """Each case small and of full size, with the mark that says when it is run."""
    found = []
    for case in cases:
        soak = () if case.name in SUITE else (pytest.mark.soak,)
        found.append(pytest.param(case, False, id=f"{case.name}-small", marks=soak))
        found.append(pytest.param(case, True, id=f"{case.name}-full", marks=pytest.mark.soak))
    return found


class Silence:
    """An address that nobody may call; `calls` counts those who did."""

    def __init__(self) -> None:
        self.calls = 0
        self.server = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.server.getsockname()[1]}/"
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self.server.accept()
            except OSError:
                return
            self.calls += 1
            connection.close()


@pytest.fixture(scope="module")
def silence() -> Iterator[Silence]:
    made = Silence()
    yield made
    # wakes the thread that waits for a caller
    made.server.shutdown(socket.SHUT_RDWR)
    made.server.close()


@pytest.fixture(scope="module")
def secret(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("secret") / "secret.txt"
    path.write_text(SECRET)
    return path


@pytest.fixture
def ground(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder, a home and a temporary folder of this test's own; all stay empty."""
    for name in ("work", "home", "tmp"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    return tmp_path


class Neighbours:
    """The good mails that come in at the same time, understood in a thread of their own."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.read: list[Understood] = []
        self.thread = threading.Thread(target=self._work, daemon=True)
        self.thread.start()

    def _work(self) -> None:
        for number in range(self.count):
            files = {"a.csv": b"20ft,18t"} if number % 10 == 0 else {}
            self.read.append(understand(mail_bytes(f"부산 {number} 20ft", files=files)))

    def check(self) -> None:
        self.thread.join(60)
        letters = [found.text.strip() for found in self.read]
        assert letters == [f"부산 {number} 20ft" for number in range(self.count)]
        files = [item.text for found in self.read for item in found.items]
        assert files == ["20ft\t18t"] * (self.count // 10)


@pytest.mark.parametrize(("case", "full"), sizes(CASES.values()))
@pytest.mark.timeout(300)
def test_a_hostile_mail_costs_its_limits_and_harms_nobody(
    case: Case, full: bool, silence: Silence, secret: Path, ground: Path
) -> None:
    bait = Bait(full=full, url=silence.url, secret=str(secret))
    raw = case.build(bait)
    sandbox.pool.limits()
    neighbours = Neighbours(GOOD if case.name in CROWDED else FEW)
    with watched() as cost:
        found = understand(raw)
    neighbours.check()
    print(f"{case.name}: {cost}")

    check_cost(cost, raw)
    check_items(found)
    check_told(case, found)
    assert silence.calls == 0
    assert {path.name for path in ground.rglob("*")} == {"work", "home", "tmp"}


def check_cost(cost: Cost, raw: bytes) -> None:
    assert cost.seconds < SECONDS
    assert cost.children < CHILD
    assert cost.parent < 4 * len(raw) + 4 * archives.MAX_BYTES
    # a child dirties a page or two as it starts; it may write nothing of its own
    assert cost.written < 64 * 1024


def check_items(found: Understood) -> None:
    """What the database, the console and the next step rely on."""
    assert len(found.items) <= reading.MAX_ITEMS
    seen = {""}
    for item in found.items:
        assert item.path not in seen
        assert item.parent in seen
        seen.add(item.path)
        assert not item.path.startswith("/")
        assert ".." not in item.path
        assert len(item.path) <= reading.MAX_PATH + 20
        assert not set("\0\r\n\u202e") & set(item.path + item.filename)
    names = [item.filename for item in found.items]
    texts = [found.text, found.new_text, found.mail.subject, found.mail.from_name, *names]
    for text in [*texts, *[item.text for item in found.items]]:
        assert "\0" not in text
        assert SECRET not in text
        text.encode()


def check_told(case: Case, found: Understood) -> None:
    """Whatever was left out was said, in a code that has a sentence for people."""
    refused = {item.refused for item in found.items if item.refused}
    notes = {note for item in found.items for note in item.notes}
    assert not case.told or case.told & {*refused, *notes, *found.warnings}
    assert refused <= set(REASONS)
    assert {code.rpartition(":")[2] for code in found.warnings} <= set(WARNINGS)
    if case.file:
        # the file may be bad, but the letter beside it was read
        assert "20ft Busan to Hamburg" in found.text


OUTSIDE = [case for case in CASES.values() if case.file and "reads-our" in case.name]


@pytest.mark.parametrize("case", OUTSIDE, ids=lambda case: case.name)
def test_no_reader_opens_what_a_document_points_to(
    case: Case, silence: Silence, secret: Path
) -> None:
    """In this process, where no sandbox takes the network away."""
    assert case.file
    data = case.file(Bait(url=silence.url, secret=str(secret)))
    kind = detect(data).kind
    try:
        text = read(kind, data).text
    except Unreadable:
        text = ""

    assert SECRET not in text
    assert silence.calls == 0


def test_the_listener_hears_a_call(silence: Silence) -> None:
    """Else its silence would prove nothing."""
    heard = Silence()
    socket.create_connection(heard.server.getsockname()).close()
    deadline = time.monotonic() + 10
    while heard.calls == 0 and time.monotonic() < deadline:
        time.sleep(0.01)
    heard.server.shutdown(socket.SHUT_RDWR)
    heard.server.close()

    assert heard.calls == 1


def test_archive_that_holds_itself_is_one() -> None:
    data = CASES["zip-that-holds-itself"].file
    assert data
    whole = data(Bait())
    (member,) = members("zip", whole, archives.Budget())

    assert isinstance(member, archives.Member)
    assert member.data == whole


def test_mails_in_a_mail_use_up_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of them is a job of its own, whose limit alone would let them take for ever."""
    read_mail = sandbox.read_mail

    def slow(raw: bytes, **options: Any) -> Letter:
        time.sleep(0.1)
        return read_mail(raw, **options)

    mails = {f"{n}.eml": mail_bytes(f"{n}") for n in range(20)}
    letter = read_mail(mail_bytes("20ft", files=mails))
    monkeypatch.setattr(sandbox, "read_mail", slow)
    items, _ = reading.expanded(reading.attachments(letter), archives.Budget(seconds=0.5))

    assert len(items) == 20
    assert {item.refused for item in items[:1]} == {""}
    assert {item.refused for item in items[6:]} == {"archive-time"}


def test_the_suite_has_its_share() -> None:
    assert set(CASES) >= SUITE >= CROWDED
    assert len(SUITE) >= 80
    assert len(CASES) >= 240


def test_each_hostile_mail_is_made_the_same_each_time() -> None:
    quick = [case for case in CASES.values() if not case.file]
    for case in quick:
        assert case.build(Bait()) == case.build(Bait()), case.name


STEPS = (
    "headers-of-8mb",
    "nul-bytes-everywhere",
    "noise",
    "empty",
    "dates-that-are-none",
    "twenty-thousand-files",
    "multipart-900-deep",
    "charsets-that-are-no-charsets",
    "file-names-that-climb-in-pieces",
    "addresses-with-orders-in-them",
    "member-names-that-climb",
    "member-names-with-nul",
    "members-named-like-their-parents",
    "zip-nested-bomb",
    "zip-that-holds-itself",
    "numbers-and-dates-without-an-end",
    "bounces-in-bounces",
    "xlsx-with-one-far-cell",
    "hwp-deflate-bomb",
    "tnef-of-many-files",
)


@pytest.mark.django_db
@pytest.mark.usefixtures("redis_url")
@pytest.mark.timeout(300)
@pytest.mark.parametrize("full", FULL)
@pytest.mark.parametrize("name", STEPS)
def test_steps_record_a_hostile_mail_and_go_on_with_the_next(name: str, full: bool) -> None:
    box = Mailbox.objects.create(name="box", kind=Mailbox.Kind.DIRECTORY, directory="(test)")
    raw = CASES[name].build(Bait(full=full))
    bad, good = (
        receive(each, mailbox=box, uid=str(uid)).email_id
        for uid, each in enumerate((raw, mail_bytes("부산 20ft 견적")))
    )
    for email_id in (bad, good):
        work.carry(email_id, StepName.EXTRACT, FUNCTIONS, on=lambda _: True)

    recorded, after = Email.objects.get(pk=bad), Email.objects.get(pk=good)
    assert recorded.size == len(raw)
    check_ended(recorded)
    assert after.state == Email.State.DONE


def check_ended(email: Email) -> None:
    """Done, or set aside for a limit that has a name, never for a bug."""
    if email.state == Email.State.QUARANTINED:
        assert email.quarantine_reason.startswith(("reading was stopped", "larger than"))
        assert not email.steps.exclude(traceback="").exists()
    else:
        assert email.state == Email.State.DONE
