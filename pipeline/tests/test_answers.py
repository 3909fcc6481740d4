"""Children that were taken over: what they say is refused, and the worker lives on."""

import json
from typing import Any

import pytest

from pipeline import letter
from pipeline.documents import frames, sandbox
from pipeline.documents.archives import Budget, Refused
from pipeline.documents.results import MAX_CHARACTERS, MAX_PLACES, Place
from pipeline.documents.sandbox import SandboxKilled
from pipeline.reading import understand
from pipeline.tests.files import mail_bytes
from pipeline.tests.notices import report

MAIL = mail_bytes("hello", subject="s", files={"a.txt": b"18t"})


def packed(raw: bytes = MAIL) -> tuple[dict[str, Any], bytes]:
    header, blob = letter.pack(letter.open_letter(raw))
    return json.loads(json.dumps(header)), blob


class TakenOver:
    """Stands in the place of the child's process, which would say `told` to whatever is asked."""

    wear = 0
    ended = 0

    def __init__(self, told: sandbox.Answer) -> None:
        self.told = told

    def ask(self, *_: object) -> sandbox.Answer:
        return self.told

    def kill(self) -> None:
        TakenOver.ended += 1


def says(monkeypatch: pytest.MonkeyPatch, header: Any, blob: bytes = b"") -> None:
    """Whatever is asked, the child answers this: with the header as JSON carries it."""
    told = frames.header_of(json.dumps(header).encode())
    monkeypatch.setattr(sandbox, "Child", lambda *_: TakenOver((told, blob)))
    monkeypatch.setattr(sandbox, "pool", sandbox.Pool())


def changed(part: str, **changes: Any) -> dict[str, Any]:
    header, _ = packed()
    told = {"mail": header["mail"], "file": header["files"][0]}.get(part, header)
    told.update(changes)
    return header


FILE = packed()[0]["files"][0]
REPORT = packed(report())[0]["report"]


@pytest.mark.parametrize(
    "header",
    [
        {},
        {"unreadable": "damaged", "error": "ValueError"},
        changed("", mail=[1]),
        changed("", mail=None),
        changed("", files=None),
        changed("", files=[{**FILE, "size": 0}] * 501),
        changed("", text=5),
        changed("", text="x" * 3_000_000),
        changed("", text="\ud800"),
        changed("", language="xx"),
        changed("", more="x"),
        changed("", report=[1]),
        changed("", report={"action": "failed"}),
        changed("", report={**REPORT, "action": "eaten"}),
        changed("", report={**REPORT, "message_ids": ["<a@b>"] * 21}),
        changed("mail", subject=["x"]),
        changed("mail", subject="x" * 1001),
        changed("mail", from_address="x\0y"),
        changed("mail", from_address="x" * 255),
        changed("mail", to=[{"a": 1}]),
        changed("mail", to=["a@b.example"] * 101),
        changed("mail", references="<a@b>"),
        changed("mail", date=5),
        changed("mail", date="tomorrow"),
        changed("mail", date="2026-01-01T00:00:00"),
        changed("mail", date="0001-01-01T00:00:00+05:00"),
        changed("mail", auth="passed"),
        changed("mail", auth=["pass"]),
        changed("mail", warnings=["several senders\n"]),
        changed("mail", headers={}),
        changed("file", size=float("inf")),
        changed("file", size=-1),
        changed("file", size=4),
        changed("file", size=True),
        changed("file", inline=1),
        changed("file", kind="txt" * 20),
        changed("file", path="2/../x"),
        changed("file", path="1" * 400),
    ],
)
def test_mail_answer_that_no_honest_child_gives(
    monkeypatch: pytest.MonkeyPatch, header: dict[str, Any]
) -> None:
    says(monkeypatch, header, packed()[1])
    with pytest.raises(SandboxKilled) as killed:
        sandbox.read_mail(MAIL)
    assert killed.value.limit == "crash"
    assert understand(MAIL).warnings[-1] == "killed-crash"


def test_files_share_the_bytes_and_no_byte_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    blob = bytes(1_000_000)
    sizes = [len(blob), -len(blob)] * 100
    says(monkeypatch, changed("", files=[{**FILE, "size": size} for size in sizes]), blob)
    with pytest.raises(SandboxKilled):
        sandbox.read_mail(MAIL)


def test_honest_answers_are_taken_as_they_are() -> None:
    for raw in (MAIL, report(), b"", b"\xff\0" * 500, b"Subject: =?utf-16?b?2AA=?=\n\n\0"):
        told = letter.open_letter(raw)
        assert sandbox.read_mail(raw) == told


def test_child_that_gave_a_bad_answer_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    says(monkeypatch, {})
    before = TakenOver.ended
    with pytest.raises(SandboxKilled):
        sandbox.read_document("txt", b"")
    assert TakenOver.ended == before + 1
    assert not sandbox.pool.idle


@pytest.mark.parametrize(
    ("header", "blob"),
    [
        ({}, b"x"),
        ({"notes": 1, "places": []}, b"x"),
        ({"notes": ["a note"], "places": []}, b"x"),
        ({"notes": [], "places": [[1, 2, "", 3, 4]]}, b"x"),
        ({"notes": [], "places": [["a", {}, [], None]]}, b"x"),
        ({"notes": [], "places": [[0, -1, "", 0]]}, b"x"),
        ({"notes": [], "places": [[1, 1, "", 1], [0, 1, "", 1]]}, b"x"),
        ({"notes": [], "places": [[0, 1, "", 1]] * (MAX_PLACES + 2)}, b"x"),
        ({"notes": [], "places": []}, b"x" * (MAX_CHARACTERS + 1)),
        ({"notes": [], "places": []}, b"a\0b"),
        ({"unreadable": ["damaged"]}, b""),
        ({"unreadable": "damaged", "error": "two\nlines"}, b""),
    ],
)
def test_document_answer_that_no_honest_child_gives(
    monkeypatch: pytest.MonkeyPatch, header: dict[str, Any], blob: bytes
) -> None:
    says(monkeypatch, header, blob)
    with pytest.raises(SandboxKilled, match="crash"):
        sandbox.read_document("txt", b"")


def test_places_come_back_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    says(monkeypatch, {"notes": ["cut"], "places": [[0, 1, "표", 2]]}, b"x")
    assert sandbox.read_document("txt", b"").places == (Place(0, 1, "표", 2),)


MEMBER = {**FILE, "path": "", "size": 1}
LEFT = {"entries": 1, "bytes": 1, "seconds": 1.5}


@pytest.mark.parametrize(
    "header",
    [
        {},
        {"members": []},
        {"members": [], "left": {"entries": "x", "bytes": None, "seconds": None}},
        {"members": [], "left": {**LEFT, "entries": -1}},
        {"members": [], "left": {**LEFT, "seconds": float("nan")}},
        {"members": [], "left": {**LEFT, "depth": 99}},
        {"members": [MEMBER], "left": LEFT},
        {"members": [5], "left": LEFT},
        {"members": [{"filename": "a", "refused": "x", "size": 2**64}], "left": LEFT},
        {"members": [{"filename": "a", "refused": "x", "size": 0}] * 500, "left": LEFT},
    ],
)
def test_archive_answer_that_no_honest_child_gives(
    monkeypatch: pytest.MonkeyPatch, header: dict[str, Any]
) -> None:
    says(monkeypatch, header)
    with pytest.raises(SandboxKilled, match="crash"):
        sandbox.expand("zip", b"", Budget())


def test_budget_never_grows(monkeypatch: pytest.MonkeyPatch) -> None:
    says(monkeypatch, {"members": [], "left": {"entries": 10**9, "bytes": 10**12, "seconds": 1e9}})
    budget = Budget(entries=3)
    sandbox.expand("zip", b"", budget)
    assert budget == Budget(entries=3)


def test_refused_member_of_absurd_size_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    told = {"filename": "a", "refused": "too-large", "size": 2**63 - 1}
    says(monkeypatch, {"members": [told], "left": LEFT})
    assert sandbox.expand("zip", b"", Budget()) == [Refused("a", "too-large", 2**63 - 1)]


@pytest.mark.parametrize(
    "header", [{}, {"spf": [1], "dkim": {}, "dmarc": "x"}, {"spf": "none", "dkim": "none"}]
)
def test_verdict_is_pass_fail_or_none(
    monkeypatch: pytest.MonkeyPatch, header: dict[str, Any]
) -> None:
    says(monkeypatch, header)
    with pytest.raises(SandboxKilled, match="crash"):
        sandbox.proof(MAIL, {})


def test_names_are_names_of_hosts(monkeypatch: pytest.MonkeyPatch) -> None:
    says(monkeypatch, {"names": ["the words of a mail"]})
    with pytest.raises(SandboxKilled, match="crash"):
        sandbox.dns_names(MAIL)


@pytest.mark.parametrize(
    "head", [b'{"a":' + b"[" * 400_000 + b"]" * 400_000 + b"}", b"9" * 10_000, b"[]", b"\xff"]
)
def test_header_that_is_no_object_of_ours(head: bytes) -> None:
    with pytest.raises(frames.BadFrame):
        frames.header_of(head)
