from classifier.inference import classify, compose
from pipeline.judged import judged_text
from pipeline.models import Email
from pipeline.work import Outcome


def run(email: Email) -> Outcome:
    """The model's label and probabilities; an operator's label stays."""
    judged = judged_text(email.new_text, email.attachments.defer("places"))
    prediction = classify(compose(email.subject, judged))
    changes = {"probabilities": prediction.probabilities, "model_version": prediction.model}
    if email.label_by:
        return Outcome(changes, note=f"{email.label} by {email.label_by}")
    probability = prediction.probabilities[prediction.label]
    return Outcome(
        {**changes, "label": prediction.label}, note=f"{prediction.label} {probability:.2f}"
    )
