"""Whole mails as people send them, in four languages, each with the gold of its six facts."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from freight.fields import FACT_NAMES
from freight.tests.reading import line, read

SETS = ("ko", "en", "ja", "th", "mixed")


def mails() -> list[tuple[str, dict[str, Any]]]:
    """The mails with a name each, `ko01` and so on."""
    found = []
    for language in SETS:
        path = Path(__file__).with_name(f"mails_{language}.toml")
        cases = tomllib.loads(path.read_text(encoding="utf-8"))["mail"]
        found += [(f"{language}{number:02}", case) for number, case in enumerate(cases, 1)]
    return found


def expected(mail: dict[str, Any]) -> str:
    """The gold less the facts that the rules are known to leave open."""
    misses = mail.get("misses", [])
    gold = zip(FACT_NAMES, mail["gold"].split(), strict=True)
    return " ".join("-" if name in misses else value for name, value in gold)


@pytest.mark.parametrize(("name", "mail"), mails(), ids=[name for name, _ in mails()])
def test_whole_mail(name: str, mail: dict[str, Any]) -> None:
    assert line(read(mail["body"], subject=mail["subject"])) == expected(mail)
