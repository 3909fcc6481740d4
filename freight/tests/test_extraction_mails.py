"""Whole mails as people send them, in four languages, each with the gold of its six facts."""

import time
import tomllib
from pathlib import Path

import pytest

from freight.tests.reading import line, read

LANGUAGES = ("ko", "en", "ja", "th")
# generous for a busy machine: one mail must stay under 10 ms
SECONDS_A_MAIL = 0.010


def mails() -> list[tuple[str, dict[str, str]]]:
    """The mails with a name each, `ko01` and so on."""
    found = []
    for language in LANGUAGES:
        path = Path(__file__).with_name(f"mails_{language}.toml")
        cases = tomllib.loads(path.read_text(encoding="utf-8"))["mail"]
        found += [(f"{language}{number:02}", case) for number, case in enumerate(cases, 1)]
    return found


@pytest.mark.parametrize(("name", "mail"), mails(), ids=[name for name, _ in mails()])
def test_whole_mail(name: str, mail: dict[str, str]) -> None:
    assert line(read(mail["body"], subject=mail["subject"])) == mail["gold"]


def test_a_mail_takes_under_ten_milliseconds() -> None:
    cases = [mail for _, mail in mails()]
    started = time.perf_counter()
    for mail in cases:
        read(mail["body"], subject=mail["subject"])
    assert (time.perf_counter() - started) / len(cases) < SECONDS_A_MAIL
