import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import fact_sources, reading
from pipeline.documents import archives, sandbox
from pipeline.documents.results import Place, Text
from pipeline.reading import Item, read_item, understand, with_text
from pipeline.steps import extract
from pipeline.tests.files import docx_bytes, mail_bytes, pdf_bytes, xlsx_bytes, zip_bytes


def items_of(**files: bytes) -> dict[str, Item]:
    mail = mail_bytes(files={name.replace("_", "."): data for name, data in files.items()})
    return {item.path: item for item in understand(mail).items}


def test_understand_puts_it_all_together() -> None:
    found = understand(
        mail_bytes(
            "20ft 견적 부탁드립니다\n\n> 옛 메일",
            subject="견적",
            files={"a.docx": docx_bytes(["18톤"])},
        )
    )

    assert (found.mail.subject, found.new_text, found.language) == (
        "견적",
        "20ft 견적 부탁드립니다",
        "ko",
    )
    assert "> 옛 메일" in found.text
    assert [(item.path, item.kind, item.text) for item in found.items] == [("2", "docx", "18톤")]


def test_an_archive_becomes_a_tree() -> None:
    inner = zip_bytes({"c.pdf": pdf_bytes([["20ft"]])})
    archive = zip_bytes(
        {"a.xlsx": xlsx_bytes({"s": [["18톤"]]}), "b.zip": inner, "../evil.txt": b"x"}
    )

    items = items_of(x_zip=archive)

    assert {path: (item.parent, item.text, item.refused) for path, item in items.items()} == {
        "2": ("", "", ""),
        "2/a.xlsx": ("2", "[s]\n18톤", ""),
        "2/b.zip": ("2", "", ""),
        "2/b.zip/c.pdf": ("2/b.zip", "20ft", ""),
        "2/3": ("2", "", "traversal"),
    }


def test_archives_are_opened_three_deep_and_no_deeper() -> None:
    data = b"bottom"
    for depth in range(5):
        data = zip_bytes({f"{depth}.zip" if depth else "bottom.txt": data})
    items = items_of(x_zip=data)

    assert list(items) == ["2", "2/4.zip", "2/4.zip/3.zip", "2/4.zip/3.zip/2.zip"]
    assert items["2/4.zip/3.zip/2.zip"].refused == "too-deep"


def test_a_mail_in_a_mail_is_read_with_its_files() -> None:
    inner = mail_bytes("안쪽 18톤", subject="안쪽", files={"a.txt": b"20ft"})
    raw = (
        b"Content-Type: multipart/mixed; boundary=q\n\n"
        b"--q\nContent-Type: message/rfc822\n\n%b\n--q--" % inner
    )

    items = understand(raw).items

    assert [(item.path, item.parent, item.text) for item in items] == [
        ("1", "", "안쪽\n\n안쪽 18톤"),
        ("1/2", "1", "20ft"),
    ]


def test_dangerous_and_unreadable_files_are_refused_with_a_reason() -> None:
    items = items_of(
        a_pdf=b"MZ\x90\0\x03" + bytes(60),
        b_png=b"\x89PNG\r\n\x1a\n" + bytes(9),
        c_pdf=b"%PDF-1.4 x",
    )
    assert [item.refused for item in items.values()] == ["program", "damaged", "damaged"]


def test_a_file_that_takes_too_long_is_refused_and_the_next_is_read() -> None:
    slow, good = items_of(a_docx=docx_bytes(["x"] * 2000), b_txt=b"18t").values()

    assert read_item(replace(slow, text=""), 0.001).refused == "killed-time"
    assert read_item(replace(good, text="")).text == "18t"


def test_a_mail_has_a_deadline_for_all_its_files() -> None:
    items = [replace(item, text="") for item in items_of(a_txt=b"18t", b_txt=b"20ft").values()]
    assert [item.refused for item in with_text(items, seconds=0)] == ["mail-time", "mail-time"]


def unread(path: str, kind: str, **more: Any) -> Item:
    values = {"parent": "", "filename": path, "declared_type": "", "size": 1, "data": b"x"}
    return Item(path=path, kind=kind, **{"sha256": path, **values, **more})


def told(monkeypatch: pytest.MonkeyPatch, text: str = "x", *, takes: float = 0) -> list[str]:
    """The kinds of the documents that are read from now on, in that order; each is `text`."""
    asked: list[str] = []

    def read_document(kind: str, data: bytes, *, seconds: float) -> Text:
        asked.append(kind)
        time.sleep(takes)
        return Text(text, (), tuple(Place(start, 1) for start in range(len(text))))

    monkeypatch.setattr(sandbox, "read_document", read_document)
    return asked


def test_what_is_cheap_is_read_first_and_told_in_the_order_of_the_mail(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = told(monkeypatch)
    kinds = ("png", "pdf", "jpg", "hwp", "txt")
    items = [unread(kind, kind, inline=kind == "png") for kind in kinds]

    read = with_text(items)

    assert asked == ["txt", "hwp", "pdf", "jpg", "png"]
    assert [item.path for item in read] == list(kinds)
    assert [item.text for item in read] == ["x"] * 5


def test_the_same_bytes_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = told(monkeypatch)
    items = [unread(str(number), "png", sha256="logo", inline=True) for number in range(60)]
    assert [item.text for item in with_text(items)] == ["x"] * 60
    assert asked == ["png"]


def test_pictures_in_the_letter_leave_the_time_to_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "INLINE_SECONDS", 0.3)
    told(monkeypatch, takes=0.4)
    logos = [unread(f"logo{number}", "png", inline=True) for number in range(5)]

    *seen, scan = with_text([*logos, unread("scan", "pdf")])

    assert scan.text == "x"
    assert [item.refused for item in seen] == ["", *["mail-time"] * 4]


def test_a_mail_holds_no_more_text_than_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAIL_CHARACTERS", 25)
    asked = told(monkeypatch, "0123456789")

    items = with_text([unread(str(number), "txt") for number in range(4)], taken=3)

    assert [item.text for item in items] == ["0123456789", "0123456789", "01", ""]
    assert [item.notes for item in items] == [(), (), ("mail-text",), ()]
    assert [len(item.places) for item in items] == [10, 10, 2, 0]
    assert (items[3].refused, len(asked)) == ("mail-text", 3)


def test_a_mail_holds_no_more_places_than_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    room = reading._Room(100, places=13)
    told(monkeypatch, "0123456789")
    items = [room.fitted(read_item(unread(str(number), "txt"))) for number in range(3)]
    assert [len(item.places) for item in items] == [10, 3, 0]
    assert items[1].places[1:] == (Place(1, 1), Place(2))
    assert [item.text for item in items] == ["0123456789"] * 3


def test_forwarded_mails_hold_no_more_text_than_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAIL_CHARACTERS", 30)
    part = b"--q\nContent-Type: message/rfc822\n\nSubject: s\n\n%b\n" % (b"w" * 17)
    raw = b"Content-Type: multipart/mixed; boundary=q\n\n" + part * 3 + b"--q--"
    items = understand(raw).items
    assert [len(item.text) for item in items] == [20, 10, 0]
    assert [item.notes for item in items] == [(), ("mail-text",), ("mail-text",)]


def test_both_tries_at_a_mail_share_their_time(monkeypatch: pytest.MonkeyPatch) -> None:
    given_seconds = []

    class Slow:
        """Stands for a child that needs all of the time that it is given."""

        def ask(self, header: Any, blob: bytes, seconds: float) -> sandbox.Answer:
            given_seconds.append(seconds)
            time.sleep(seconds)
            raise sandbox.SandboxKilled("time")

        def kill(self) -> None: ...

    monkeypatch.setattr(sandbox, "Child", lambda *_: Slow())
    monkeypatch.setattr(sandbox, "pool", sandbox.Pool())
    with pytest.raises(sandbox.SandboxKilled):
        sandbox.read_mail(mail_bytes(), seconds=0.6)
    assert len(given_seconds) == 2
    assert sum(given_seconds) <= 0.6


def test_no_step_asks_for_more_time_than_its_lease() -> None:
    """A worker must come back in time: else the next one begins the same step again."""
    lease = django_settings.BUSYBEE_LEASE_SECONDS
    longest = {
        "extract": extract.SECONDS,
        "decode": sandbox.MAIL_SECONDS,
        "unzip": archives.MAX_SECONDS + 5,
        "classify_files": reading.MAIL_SECONDS,
        "llm_extract": fact_sources.SECONDS,
    }
    assert {name: seconds for name, seconds in longest.items() if seconds > lease - 10} == {}


def test_one_child_reads_mail_after_mail() -> None:
    pids = set()
    for _ in range(3):
        understand(mail_bytes())
        pids |= {child.process.pid for child in sandbox.pool.idle}
    assert len(pids) == 1


def test_a_mail_that_ends_the_child_is_still_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "pool", sandbox.Pool(module="pipeline.tests.bad_worker"))
    found = understand(mail_bytes())
    sandbox.pool.close()
    assert found.warnings[-1] == "killed-crash"
    assert (found.text, found.items) == ("", ())


def test_a_mail_that_dies_of_its_html_keeps_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """A child that cannot read HTML stands in for a page that overruns every limit."""
    asked = []
    ask = sandbox.Child.ask

    def refuse_html(
        child: sandbox.Child, header: dict[str, Any], blob: bytes, seconds: float
    ) -> sandbox.Answer:
        asked.append(header["html"])
        if header["html"]:
            raise sandbox.SandboxKilled("time")
        return ask(child, header, blob, seconds)

    monkeypatch.setattr(sandbox.Child, "ask", refuse_html)
    letter = sandbox.read_mail(
        b"Subject: s\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        b"--b\r\n\r\nplain words\r\n--b\r\nContent-Type: text/html\r\n\r\n<b>x</b>\r\n--b--"
    )
    assert asked == [True, False]
    assert (letter.mail.subject, letter.text) == ("s", "plain words")
    assert letter.mail.warnings[-1] == "html-skipped"


def test_reading_needs_no_django() -> None:
    """triage and the sandbox's child start without a database or settings."""
    script = "import sys, pipeline.reading; sys.exit('django' in sys.modules)"
    root = Path(__file__).resolve().parents[2]
    assert subprocess.run([sys.executable, "-c", script], cwd=root, check=False).returncode == 0


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=200))
def test_understand_is_total(raw: bytes) -> None:
    assert understand(b"Content-Type: multipart/mixed; boundary=b\n\n--b\n" + raw).language
