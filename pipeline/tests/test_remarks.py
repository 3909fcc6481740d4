import re
from pathlib import Path

import pytest
from django.utils.translation import override

from pipeline.documents.reasons import REASONS
from pipeline.remarks import WARNINGS, refusal, remark, warning

WRITTEN = re.compile(r'(?:warning=|\bwarn\(|None, )"([a-z_-]+)"')


@pytest.mark.parametrize(
    ("text", "korean"),
    [
        ("storage has no 0a1b2c", "보관된 원문이 없습니다 (0a1b2c)"),
        ("storage holds other bytes than 0a1b2c", "보관된 원문이 원본과 다릅니다 (0a1b2c)"),
        ("larger than 52428800 bytes", "52428800바이트를 초과하는 메일"),
        (
            "3 workers died in this step",
            "이 단계에서 작업 프로세스가 3번 비정상 종료되었습니다",
        ),
        ("storage has no 0a1b2c (5 tries)", "보관된 원문이 없습니다 (0a1b2c) (5회 시도)"),
        ("OSError: disk\nfull (5 tries)", "OSError: disk\nfull (5회 시도)"),
        ("2 of 3 files read", "파일 3개 중 2개 읽음"),
        ("6 of 6 facts", "6개 항목 중 6개 확인"),
        ("ValueError: larger than 5 bytes", "ValueError: larger than 5 bytes"),
        ("100% of %(number)s", "100% of %(number)s"),
        ("", ""),
    ],
)
def test_reasons_are_translated_as_far_as_they_are_known(text: str, korean: str) -> None:
    with override("ko"):
        assert remark(text) == korean
    with override("en"):
        assert remark(text) == text


def test_every_refusal_has_a_korean_sentence() -> None:
    with override("ko"):
        told = {code: refusal(code) for code in REASONS}
    assert [code for code, text in told.items() if text in (code, REASONS[code])] == []
    assert len(set(told.values())) == len(REASONS)


def test_unknown_refusal_stays_as_it_is() -> None:
    assert refusal("a program is not opened") == "a program is not opened"


@pytest.mark.parametrize("code", WARNINGS)
def test_every_warning_is_translated(code: str) -> None:
    with override("en"):
        english = warning(code)
    with override("ko"):
        assert warning(code) not in (code, english)


def test_warning_names_its_fact() -> None:
    with override("ko"):
        assert warning("eta:date_vague") == "도착일(ETA): 날짜가 분명하지 않습니다"
        assert warning("eta:some-other") == "도착일(ETA): some-other"


def test_every_warning_that_is_written_is_known() -> None:
    """The codes stand as plain strings in the readers' sources."""
    found = set()
    for folder in ("freight/extraction", "pipeline"):
        for path in (Path(__file__).resolve().parents[2] / folder).glob("*.py"):
            found |= set(WRITTEN.findall(path.read_text(encoding="utf-8")))
    assert len(found) > 15
    assert found <= set(WARNINGS)
