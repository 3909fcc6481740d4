"""Running a mail again from a step that an operator names."""

from dataclasses import dataclass

from django.db import transaction

from pipeline.chain import from_step, resume
from pipeline.errors import StateConflict
from pipeline.models import Email, Step, StepName
from pipeline.work import hold

HEADER_ONLY = "only the header of this mail was kept: there is nothing to run again"


@dataclass(frozen=True, slots=True)
class Replayed:
    """How many mails run again, and how many cannot: only their header is here."""

    count: int
    header_only: int


@transaction.atomic
def replay(email: Email, step_name: str) -> None:
    """Make the mail due again from `step_name` on; what later steps had written is written anew.

    A worker that is at this mail now is fenced off. Mails that went out are not sent again: each
    has one intent key. Raises StateConflict for a step that the mail never reached, and for a mail
    of which only the header is here: its steps would make an empty mail of it.
    """
    name = StepName(step_name)
    hold(email.pk)
    if Email.objects.filter(pk=email.pk, header_only=True).exists():
        raise StateConflict(HEADER_ONLY)
    step = Step.objects.select_for_update().filter(email=email, name=name).first()
    if step is None:
        raise StateConflict(f"mail {email.pk} has not come as far as {name}")
    Step.objects.filter(email=email, name__in=from_step(name)[1:]).delete()
    step.reopen()
    Email.objects.filter(pk=email.pk).update(state=Email.State.PROCESSING, quarantine_reason="")
    resume(email.pk)


def replay_reason(reason: str) -> Replayed:
    """Replay every mail that is quarantined for `reason`, each from the step it stopped at, but
    those of which only the header is here.
    """
    steps = Step.objects.filter(state=Step.State.QUARANTINED, email__quarantine_reason=reason)
    count = 0
    for step in steps.filter(email__header_only=False).select_related("email").iterator():
        replay(step.email, step.name)
        count += 1
    return Replayed(count, steps.filter(email__header_only=True).count())
