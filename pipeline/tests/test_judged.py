# ruff: noqa: E501  (a form is kept on its line)
"""What a mail is judged by where its letter is empty."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from pipeline.judged import MAX_DOCUMENTS, judged_text
from pipeline.models import Attachment, Email
from pipeline.steps import classify
from pipeline.tests.factories import EmailFactory


@dataclass(frozen=True)
class File:
    text: str
    notes: tuple[str, ...] = ()


FORM = File("견적의뢰서\n출발지\t부산항")


def test_an_empty_letter_is_judged_by_its_documents() -> None:
    assert judged_text("", [FORM]) == FORM.text
    assert judged_text("첨부 참조", [FORM]) == f"첨부 참조\n\n{FORM.text}"


def test_a_letter_that_says_something_is_judged_alone() -> None:
    letter = "주문한 화물이 지금 어디쯤 있는지 알려 주시면 감사하겠습니다"

    def unread() -> Iterator[File]:
        raise AssertionError
        yield FORM

    assert judged_text(letter, unread()) == letter


def test_what_was_read_from_a_picture_does_not_judge() -> None:
    assert judged_text("", [File("quote", ("ocr",)), File("")]) == ""


def test_documents_count_by_how_they_begin() -> None:
    assert judged_text("", [File("a" * 1500), File("b" * 9000), File("c")]) == (
        "a" * 1500 + "\n\n" + "b" * (MAX_DOCUMENTS - 1500)
    )


def label_of(email: Email) -> str:
    """The label that the step would write."""
    write = classify.run(email).write
    assert write is not None
    return str(write()["label"])


@pytest.mark.django_db
def test_an_empty_letter_with_a_form_is_no_inquiry() -> None:
    text = "견적의뢰서\n출발지\t부산항\n도착지\t함부르크항\n총중량\t18,500 KG\n컨테이너\t40' HC x 1\n출항예정일\t2026-11-02"
    email = EmailFactory.create(subject="자료 송부", new_text="")
    before = label_of(email)
    Attachment.objects.create(email=email, path="2", kind="xlsx", text=text)

    assert (before, label_of(email)) == ("inquiry", "quote")
