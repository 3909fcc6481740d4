"""What a mail is, by the model; several that wait are asked about in one call."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings

from classifier.errors import BrokenModel
from classifier.inference import Prediction, classify_all, compose
from pipeline.errors import OutsideFailure
from pipeline.judged import judged_text
from pipeline.models import Email
from pipeline.unsure import unsure
from pipeline.work import Outcome


def run(email: Email) -> Outcome:
    """The model's label and probabilities; an operator's label stays."""
    return run_all([email])[0]


def run_all(emails: Sequence[Email]) -> list[Outcome]:
    """The outcome of each mail, by one model and in one call.

    Raises OutsideFailure where no model can answer: the mail waits for its repair.
    """
    texts = [
        compose(email.subject, judged_text(email.new_text, email.attachments.defer("places")))
        for email in emails
    ]
    try:
        predictions = classify_all(texts, abstain_below=settings.BUSYBEE_ABSTAIN_BELOW)
    except BrokenModel as exc:
        raise OutsideFailure(str(exc)) from exc
    return [_outcome(*pair) for pair in zip(emails, predictions, strict=True)]


def _outcome(email: Email, prediction: Prediction) -> Outcome:
    shares = prediction.probabilities
    changes = {"probabilities": shares, "model_version": prediction.model}
    if email.label_by:
        return Outcome(changes, note=f"{email.label} by {email.label_by}")
    label = prediction.label
    note = f"{label} {shares[label]:.2f}" if prediction.sure else unsure(shares)
    return Outcome(changes, write=lambda: _label(email.pk, label), note=note)


def _label(email_id: int, label: str) -> Mapping[str, Any]:
    """The model's label, unless an operator has set one since the mail was judged."""
    labelled = Email.objects.filter(pk=email_id).exclude(label_by="").exists()
    return {} if labelled else {"label": label}
