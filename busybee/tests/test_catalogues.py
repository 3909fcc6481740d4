"""The words in other languages: complete, and compiled from what is written in the sources."""

import gettext
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted(path for path in ROOT.glob("*/locale/*/LC_MESSAGES/*.po"))
each_source = pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.parts[-5])
# an entry begins at its msgid and ends before the next one's; the first is the header
ENTRY = re.compile(r'^msgid .*?(?=^msgid "|^#|\Z)', re.MULTILINE | re.DOTALL)
TRANSLATION = re.compile(r'^msgstr(?:\[\d\])? ((?:".*"\s*)+)', re.MULTILINE)


def words(path: Path) -> dict[object, str]:
    """The catalogue of a compiled file: its keys and what they become."""
    with path.open("rb") as file:
        return dict(vars(gettext.GNUTranslations(file))["_catalog"])


def test_every_app_with_words_has_a_catalogue() -> None:
    apps = {path.parts[-5] for path in SOURCES}
    assert apps == {"busybee", "chat", "classifier", "freight", "iot", "pipeline"}


@each_source
def test_every_word_is_translated(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    entries = ENTRY.findall(text)[1:]
    assert entries
    told = [[part.strip().replace('"', "") for part in TRANSLATION.findall(e)] for e in entries]
    empty = [entry for entry, parts in zip(entries, told, strict=True) if not parts or "" in parts]
    assert not empty
    assert not re.findall(r"^#,.*\bfuzzy\b", text, re.MULTILINE)


@pytest.mark.needs("msgfmt")
@each_source
def test_compiled_catalogue_is_that_of_its_source(path: Path, tmp_path: Path) -> None:
    fresh = tmp_path / "fresh.mo"
    subprocess.run(["msgfmt", "--check-format", "-o", str(fresh), str(path)], check=True)
    assert words(path.with_suffix(".mo")) == words(fresh)
