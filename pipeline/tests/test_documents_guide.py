"""docs/adding-a-document-type.md holds: the files it names exist, and readers keep its rules."""

import inspect
import re
from importlib import import_module
from pathlib import Path

import pytest

from pipeline.documents import OPENERS, READERS
from pipeline.documents.filetypes import MEDIA_TYPES
from pipeline.documents.reasons import NOTES, REASONS

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs/adding-a-document-type.md").read_text()
CODES = re.compile(r"(Unreadable|note)\(\s*\"([a-z-]+)\"")


def test_every_file_of_the_guide_exists() -> None:
    named = re.findall(r"`([\w./<>-]+/[\w./<>-]*)`", GUIDE)
    assert len(named) > 10
    missing = [name for name in named if "<" not in name and not (ROOT / name).exists()]
    assert missing == []


@pytest.mark.parametrize("kind", sorted(READERS))
def test_every_reader_is_a_kind_that_can_be_told(kind: str) -> None:
    assert kind in MEDIA_TYPES
    module = import_module(READERS[kind])
    assert list(inspect.signature(module.read).parameters) == ["data"]


@pytest.mark.parametrize("kind", ["txt", "html", "csv", "pdf", "pptx", "xls", "doc", "rtf"])
def test_the_guide_says_where_a_kind_has_its_places(kind: str) -> None:
    places = GUIDE.partition("## Places")[2].partition("##")[0]
    assert re.search(rf"^\|.*\b{kind}\b.*\|", places, re.MULTILINE)


def test_every_code_has_its_sentence() -> None:
    modules = {import_module(name) for name in {*READERS.values(), *OPENERS.values()}}
    for module in modules:
        for what, code in CODES.findall(inspect.getsource(module)):
            assert code in (REASONS if what == "Unreadable" else NOTES), (module.__name__, code)


def test_no_reader_imports_django() -> None:
    for path in (ROOT / "pipeline/documents").glob("*.py"):
        assert not re.search(r"^\s*(from|import) django", path.read_text(), re.MULTILINE), path
