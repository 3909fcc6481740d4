"""Running a mail again from a step that an operator names."""

from django.db import transaction

from pipeline.chain import from_step, resume
from pipeline.errors import StateConflict
from pipeline.models import Email, Step, StepName
from pipeline.work import hold


@transaction.atomic
def replay(email: Email, step_name: str) -> None:
    """Make the mail due again from `step_name` on; what later steps had written is written anew.

    A worker that is at this mail now is fenced off. Mails that went out are not sent again: each
    has one intent key. Raises StateConflict for a step that the mail never reached.
    """
    name = StepName(step_name)
    hold(email.pk)
    step = Step.objects.select_for_update().filter(email=email, name=name).first()
    if step is None:
        raise StateConflict(f"mail {email.pk} has not come as far as {name}")
    Step.objects.filter(email=email, name__in=from_step(name)[1:]).delete()
    step.reopen()
    Email.objects.filter(pk=email.pk).update(state=Email.State.PROCESSING, quarantine_reason="")
    resume(email.pk)


def replay_reason(reason: str) -> int:
    """Replay every mail that is quarantined for `reason`, each from the step it stopped at; their
    number.
    """
    steps = Step.objects.filter(
        state=Step.State.QUARANTINED, email__quarantine_reason=reason
    ).select_related("email")
    count = 0
    for step in steps.iterator():
        replay(step.email, step.name)
        count += 1
    return count
