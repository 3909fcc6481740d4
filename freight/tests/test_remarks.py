import ast
from pathlib import Path

import pytest
from django.utils.translation import override

from freight import orders, outbox, quotes
from freight.extraction import review
from freight.fact_rows import REVIEW
from freight.remarks import remark


def first_words(path: str, name: str) -> list[str]:
    """The text that each call of `name` in the module at `path` begins with."""
    return [
        str(node.args[0].value) if isinstance(node.args[0], ast.Constant) else ""
        for node in ast.walk(ast.parse(Path(path).read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name
    ]


REFUSALS = first_words(orders.__file__, "OrderRefused")
CONFLICTS = [text for text in first_words(quotes.__file__, "StateConflict") if text]
OURS = [
    "several_shipments",
    "machine",
    "address",
    "forged",
    "reply_to",
    "unsure",
    "chat",
    "correction",
]


@pytest.mark.parametrize("text", REFUSALS)
def test_every_refusal_of_an_order_is_translated(text: str) -> None:
    with override("ko"):
        told = remark(f"review: {text}")
    assert told.startswith("담당자 확인: ")
    assert text not in told
    assert len(REFUSALS) > 5


@pytest.mark.parametrize("text", CONFLICTS)
def test_every_refusal_of_an_approval_is_translated(text: str) -> None:
    with override("ko"):
        assert remark(text) != text
    assert len(CONFLICTS) > 3


@pytest.mark.parametrize("reason", [*review._REASONS, *OURS])
def test_every_reason_for_the_operator_is_translated(reason: str) -> None:
    with override("en"):
        english = str(REVIEW[reason])
    with override("ko"):
        assert str(REVIEW[reason]) not in (reason, english)


def test_why_a_mail_waits_is_translated() -> None:
    with override("ko"):
        assert remark(outbox.NOBODY_CAN_LOOK) != outbox.NOBODY_CAN_LOOK


def test_why_a_mail_was_withdrawn_is_translated() -> None:
    with override("ko"):
        assert remark("withdrawn: relabelled by lee") == "철회됨: lee 담당자가 분류를 변경함"
