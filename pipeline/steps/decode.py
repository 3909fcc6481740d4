from pipeline import reading, storage
from pipeline.models import Email
from pipeline.work import Outcome


def run(email: Email) -> Outcome:
    """The letter's text, what of it is new, and its language."""
    letter = reading.read_letter(storage.get(email.raw_sha256))
    changes = {"text": letter.text, "new_text": letter.new_text, "language": letter.language}
    return Outcome(changes, note=letter.language)
