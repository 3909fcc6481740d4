"""An operator's word on what a mail is."""

from django.db import transaction
from django.utils import timezone

from classifier.inference import compose
from classifier.labels import LABELS
from classifier.learning import record_label
from freight import quotes
from pipeline.judged import judged_text
from pipeline.models import Email, Step, StepName
from pipeline.replay import replay
from pipeline.unsure import WAITS


@transaction.atomic
def relabel(email: Email, label: str, *, by: str) -> None:
    """Set the label, keep it as an example to learn from, and let the trade act on the new label.

    A mail that the classifier was not sure of goes its way then, by the same label too. The request
    that a "quote" had opened is declined with everything of it that waits, and the label back opens
    a new one. Where any of its mails may have left already it goes on as it is, and an order that
    was placed stays placed. Raises ValueError on an unknown label.
    """
    if label not in LABELS:
        raise ValueError(f"{label!r} is not one of {', '.join(LABELS)}")
    # the mail's lock first, as a step that ends takes it: it may be opening a request just now
    row = Email.objects.select_for_update().get(pk=email.pk)
    changed = row.label != label
    # what it is taken for already may be right: then this word is what it waited for
    waited = row.outcome.startswith(WAITS)
    if changed and row.label == "quote":
        _withdraw(row, by)
    row.label, row.label_by = label, by
    row.save(update_fields=["label", "label_by", "request"])
    email.label, email.label_by, email.request = row.label, row.label_by, row.request
    record_label(
        # what the step judged, so that the lesson fits the next such mail
        text=compose(email.subject, judged_text(email.new_text, email.attachments.defer("places"))),
        label=label,
        language=email.language,
        source_key=f"email:{email.raw_sha256}",
        by=by,
    )
    if (changed or waited) and Step.objects.filter(email=email, name=StepName.SAVE).exists():
        replay(email, StepName.SAVE)


def _withdraw(email: Email, by: str) -> None:
    """Take back the request that this mail had opened; a later mail's facts stay."""
    request = email.request
    if request is None or request.emails.order_by("pk").first() != email:
        return
    if quotes.withdraw(request, why=f"withdrawn: relabelled by {by}", now=timezone.now()):
        email.request = None
