from classifier.inference import classify, compose
from pipeline.models import Email
from pipeline.work import Outcome


def run(email: Email) -> Outcome:
    """The model's label and probabilities; an operator's label stays."""
    prediction = classify(compose(email.subject, email.new_text))
    changes = {"probabilities": prediction.probabilities, "model_version": prediction.model}
    if email.label_by:
        return Outcome(changes, note=f"{email.label} by {email.label_by}")
    probability = prediction.probabilities[prediction.label]
    return Outcome(
        {**changes, "label": prediction.label}, note=f"{prediction.label} {probability:.2f}"
    )
