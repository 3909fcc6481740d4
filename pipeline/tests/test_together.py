"""Mails that wait at a step are done by one worker in one go, each as if it were alone."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pytest
from django.utils import timezone

from classifier import inference
from classifier.errors import BrokenModel
from pipeline import work
from pipeline.models import Email, Step, StepName
from pipeline.steps import FUNCTIONS, TOGETHER, classify
from pipeline.tests.factories import EmailFactory
from pipeline.work import Outcome

pytestmark = pytest.mark.django_db
TEXTS = ("Please quote Busan to Shanghai, 40ft, 18,500 kg.", "Where is my cargo?", "")


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, StepName]]:
    """What was published; no broker."""
    sent: list[tuple[int, StepName]] = []
    monkeypatch.setattr(work, "publish", lambda *each: sent.append(each))
    return sent


def waiting(number: int, **step: Any) -> list[Email]:
    """Mails whose step `classify` is due."""
    emails = EmailFactory.create_batch(
        number, label="", probabilities={}, state=Email.State.PROCESSING
    )
    for place, email in enumerate(emails):
        email.new_text = TEXTS[place % len(TEXTS)]
        email.save()
        Step.objects.create(email=email, name=StepName.CLASSIFY, **step)
    return emails


def carry(email: Email, together: Any = TOGETHER) -> list[StepName]:
    return work.carry(email.pk, StepName.CLASSIFY, FUNCTIONS, on=lambda _: False, together=together)


def states(emails: Sequence[Email], name: StepName = StepName.CLASSIFY) -> list[str]:
    rows = Step.objects.filter(email__in=emails, name=name).order_by("email")
    return list(rows.values_list("state", flat=True))


def test_mails_that_wait_are_classified_in_one_call(
    published: list[tuple[int, StepName]], monkeypatch: pytest.MonkeyPatch
) -> None:
    emails, calls = waiting(20), []
    real = inference.classify_all

    def counted(texts: Sequence[str], **kwargs: Any) -> Any:
        calls.append(len(texts))
        return real(texts, **kwargs)

    monkeypatch.setattr(classify, "classify_all", counted)
    assert carry(emails[3]) == [StepName.CLASSIFY]

    assert calls == [16]
    assert sorted(states(emails)) == ["done"] * 16 + ["due"] * 4
    # of the mail of the message itself the chain goes on; the others' rest is sent anew
    assert len(published) == 15
    assert {name for _, name in published} == {StepName.SAVE}
    assert emails[3].pk not in {pk for pk, _ in published}
    assert sorted(states(emails, StepName.SAVE)) == ["due"] * 16


def test_each_mail_gets_its_own_answer(published: list[Any]) -> None:
    emails = waiting(6)
    carry(emails[0])
    for email in emails:
        email.refresh_from_db()
        alone = inference.classify(inference.compose(email.subject, email.new_text))
        assert email.label == alone.label
        assert email.probabilities == pytest.approx(alone.probabilities, abs=1e-3)


def test_nobody_is_looked_for_when_none_waits_or_the_mail_comes_by_its_chain(
    published: list[Any],
) -> None:
    first, other = waiting(2)
    Step.objects.filter(email=first).update(name=StepName.CLASSIFY_FILES)
    work.carry(
        first.pk,
        StepName.CLASSIFY_FILES,
        FUNCTIONS,
        on=lambda after: after == StepName.CLASSIFY,
        together=TOGETHER,
    )
    assert states([other]) == ["due"]


@pytest.mark.parametrize("step", [{"failures": 1}, {"deaths": 1}])
def test_mail_that_may_be_the_culprit_is_done_alone(
    published: list[Any], step: dict[str, int]
) -> None:
    unlucky = waiting(1, **step)
    others = waiting(2)
    carry(others[0])
    assert states(unlucky) == ["due"]
    more = waiting(2)
    carry(unlucky[0])
    assert (states(unlucky), states(more)) == (["done"], ["due", "due"])


def test_mail_that_is_not_due_yet_is_left(published: list[Any]) -> None:
    later = waiting(1, next_at=timezone.now() + dt.timedelta(minutes=5))
    carry(waiting(1)[0])
    assert states(later) == ["due"]


def test_step_that_another_worker_has_taken_meanwhile_is_fenced_off(
    published: list[tuple[int, StepName]],
) -> None:
    first, other, third = waiting(3)

    def slow(emails: Sequence[Email]) -> list[Outcome]:
        Step.objects.filter(email=other).update(attempt=9)
        return [Outcome({"label": "spam"}) for _ in emails]

    carry(first, {StepName.CLASSIFY: slow})
    for email in (first, other, third):
        email.refresh_from_db()
    assert [first.label, other.label, third.label] == ["spam", "", "spam"]
    assert published == [(third.pk, StepName.SAVE)]


def test_mail_that_breaks_the_call_stops_only_itself(published: list[Any]) -> None:
    first, bad, third = waiting(3)

    def one(email: Email) -> Outcome:
        if email == bad:
            raise KeyError("planted")
        return Outcome({"label": "quote"})

    def together(emails: Sequence[Email]) -> list[Outcome]:
        return [one(email) for email in emails]

    functions = {**FUNCTIONS, StepName.CLASSIFY: one}
    work.carry(
        first.pk,
        StepName.CLASSIFY,
        functions,
        on=lambda _: False,
        together={StepName.CLASSIFY: together},
    )
    assert states([first, bad, third]) == ["done", "quarantined", "done"]


def test_broken_model_is_tried_again_later(
    published: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise BrokenModel("wide-1: wide.npz cannot be read")

    monkeypatch.setattr(classify, "classify_all", broken)
    emails = waiting(3)
    assert carry(emails[0]) == []
    assert states(emails) == ["failed"] * 3
    assert "wide.npz" in Step.objects.filter(email=emails[1])[0].reason


def on_until(last: StepName) -> Any:
    names = list(StepName)
    return lambda after: names.index(after) <= names.index(last)


@pytest.mark.usefixtures("redis_url")
@pytest.mark.parametrize(
    ("last", "left"), [(StepName.SAVE, StepName.LLM_EXTRACT), (StepName.LLM_EXTRACT, None)]
)
def test_the_others_are_carried_on_as_far_as_this_worker_may(
    published: list[tuple[int, StepName]], last: StepName, left: StepName | None
) -> None:
    emails = waiting(3)
    work.carry(emails[0].pk, StepName.CLASSIFY, FUNCTIONS, on=on_until(last), together=TOGETHER)
    assert states(emails, StepName.SAVE) == ["done"] * 3
    if left:
        assert published == [(email.pk, left) for email in emails[1:]]
        assert states(emails[1:], left) == ["due"] * 2
    else:
        assert published == []
        assert set(states(emails, StepName.LLM_EXTRACT)) <= {"done", "skipped"}
        done = Email.objects.filter(pk__in=[email.pk for email in emails])
        assert set(done.values_list("state", flat=True)) == {Email.State.DONE}


@pytest.mark.usefixtures("redis_url")
@pytest.mark.parametrize("broken", [StepName.SAVE, StepName.LLM_EXTRACT])
def test_what_fails_later_on_is_left_to_its_row(published: list[Any], broken: StepName) -> None:
    def fails(email: Email) -> Outcome:
        raise OSError("planted")

    emails = waiting(3)
    functions = {**FUNCTIONS, broken: fails}
    work.carry(emails[0].pk, StepName.CLASSIFY, functions, on=lambda _: True, together=TOGETHER)
    assert states(emails, broken) == ["failed"] * 3
    assert published == []


def test_operators_label_that_came_meanwhile_stays(published: list[Any]) -> None:
    first, other = waiting(2)

    def slow(emails: Sequence[Email]) -> Sequence[Outcome]:
        outcomes = classify.run_all(emails)
        Email.objects.filter(pk=other.pk).update(label="spam", label_by="lee")
        return outcomes

    carry(first, {StepName.CLASSIFY: slow})
    other.refresh_from_db()
    assert (other.label, other.label_by) == ("spam", "lee")
    assert other.model_version


def test_death_in_one_go_is_counted_and_never_in_company_again(published: list[Any]) -> None:
    """The mail that kills workers does not take those beside it into quarantine."""
    emails = waiting(3)

    def dies(_: Sequence[Email]) -> Sequence[Outcome]:
        raise SystemExit

    with pytest.raises(SystemExit):
        carry(emails[0], {StepName.CLASSIFY: dies})
    assert states(emails) == ["running"] * 3
    later = timezone.now() + dt.timedelta(minutes=5)
    assert len(list(work.take_up(later))) == 3
    Step.objects.update(next_at=timezone.now())
    with pytest.raises(SystemExit):
        carry(waiting(2)[0], {StepName.CLASSIFY: dies})
    assert states(emails) == ["due"] * 3
