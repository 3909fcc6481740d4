import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.documents import sandbox
from pipeline.reading import Item, read_item, understand, with_text
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
    run = sandbox.pool.run

    def refuse_html(header: dict[str, Any], blob: bytes, seconds: float) -> sandbox.Answer:
        asked.append(header["html"])
        if header["html"]:
            raise sandbox.SandboxKilled("time")
        return run(header, blob, seconds)

    monkeypatch.setattr(type(sandbox.pool), "run", lambda _, *args: refuse_html(*args))
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
