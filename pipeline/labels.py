"""An operator's word on what a mail is."""

from django.db import transaction

from classifier.inference import compose
from classifier.labels import LABELS
from classifier.learning import record_label
from pipeline.models import Email, Step, StepName
from pipeline.replay import replay


@transaction.atomic
def relabel(email: Email, label: str, *, by: str) -> None:
    """Set the label, keep it as an example to learn from, and let the trade act on the new label.

    Labelling back undoes it. Raises ValueError on an unknown label.
    """
    if label not in LABELS:
        raise ValueError(f"{label!r} is not one of {', '.join(LABELS)}")
    changed = email.label != label
    email.label, email.label_by = label, by
    email.save(update_fields=["label", "label_by"])
    record_label(
        text=compose(email.subject, email.new_text),
        label=label,
        language=email.language,
        source_key=f"email:{email.raw_sha256}",
        by=by,
    )
    if changed and Step.objects.filter(email=email, name=StepName.SAVE).exists():
        replay(email, StepName.SAVE)
