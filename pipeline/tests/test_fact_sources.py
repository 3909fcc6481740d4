import datetime as dt
import time
from dataclasses import dataclass
from typing import Any

import pytest

from freight import extraction
from freight.extraction import rules
from freight.fact_rows import REVIEW
from freight.fields import Source
from pipeline import fact_sources
from pipeline.fact_sources import chosen, read_facts

LETTER = [Source("body", "Please quote Busan to Hamburg, 40ft."), Source("subject", "quote")]
TODAY = dt.date(2026, 10, 5)


@dataclass(frozen=True, slots=True)
class Paper:
    path: str
    text: str
    inline: bool = False
    kind: str = "txt"


def names(files: list[Paper]) -> list[str]:
    return [source.name.rpartition(":")[2] for source in chosen(LETTER, files)[0][2:]]


def test_files_nearest_to_the_mail_come_first_attached_before_inline() -> None:
    files = [
        Paper("1", "logo", inline=True),
        Paper("2/a.zip/b.xlsx", "deep"),
        Paper("2/c.xlsx", "packed"),
        Paper("3", "attached"),
        Paper("4", ""),
    ]
    assert names(files) == ["3", "1", "2/c.xlsx", "2/a.zip/b.xlsx"]
    assert not chosen(LETTER, files)[1]


def test_no_more_files_are_read_than_a_worker_has_time_for() -> None:
    many = [Paper(str(number), f"file {number}") for number in range(60)]
    assert len(names(many)) == fact_sources.MAX_SOURCES - 2
    assert chosen(LETTER, many)[1]


def test_no_more_characters_are_read_than_a_worker_has_time_for() -> None:
    # of a longer text only the beginning is read, and counts
    long = [Paper(str(number), f"{number}{'x' * 100_000}") for number in range(9)]
    sources, left_out = chosen(LETTER, [*long, Paper("9", "short")])
    assert [source.name for source in sources[2:]] == [*(f"attachment:{n}" for n in "0129")]
    assert left_out


def test_the_same_text_is_read_once() -> None:
    same = [Paper(str(number), "a logo of a long thread") for number in range(90)]
    assert names(same) == ["0"]
    assert not chosen(LETTER, same)[1]


def test_a_key_or_a_card_states_no_facts() -> None:
    files = [Paper("1", "7t", kind="key"), Paper("2", "Busan", kind="vcard"), Paper("3", "8t")]
    assert names(files) == ["3"]
    assert not chosen(LETTER, files)[1]


def test_a_person_looks_where_files_were_left_out() -> None:
    many = [Paper(str(number), f"file {number}") for number in range(60)]
    read = read_facts(LETTER, many, today=TODAY, language="en")
    assert (read.warnings, read.review) == (("facts-cut",), ("facts-cut",))
    assert (read.facts.origin, read.facts.destination) == ("KRPUS", "DEHAM")
    few = read_facts(LETTER, many[:3], today=TODAY, language="en")
    assert (few.warnings, few.review) == ((), ())
    assert set(read.review) <= set(REVIEW)


def test_no_source_is_begun_after_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    begun = []
    read_source = rules.read_source

    def slow(source: Source, **options: Any) -> rules.SourceReading:
        begun.append(source.name)
        time.sleep(0.3)
        return read_source(source, **options)

    monkeypatch.setattr(rules, "read_source", slow)
    sources = [*LETTER, *(Source(f"attachment:{number}", "22 tons") for number in range(9))]
    read = extraction.extract(sources, today=TODAY, deadline=time.monotonic() + 0.2)

    assert begun == ["body"]
    assert read.facts.origin == "KRPUS"
    assert read.review == read.warnings == ("facts-cut",)


def test_facts_of_a_small_zip_of_many_long_files_take_seconds() -> None:
    """54 KB cost a worker 100 s of CPU, and its lease, five times over."""
    line = "Please quote 2x20ft from Busan to Hamburg 1,200 kg ETD 2026-11-02.\n"
    files = [Paper(f"2/{number}.txt", line * 460 + str(number)) for number in range(200)]
    used = time.process_time()

    read = read_facts(LETTER, files, today=TODAY, language="en")

    assert time.process_time() - used < 20
    assert read.review == ("facts-cut",)
    assert read.facts.origin == "KRPUS"
