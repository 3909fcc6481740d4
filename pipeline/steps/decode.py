from pipeline import bodies, mime, storage
from pipeline.models import Email
from pipeline.work import Outcome


def run(email: Email) -> Outcome:
    """The letter's text, what of it is new, and its language."""
    mail = mime.parse(storage.get(email.raw_sha256))
    text = bodies.body_text(mail.parts)
    new = bodies.new_text(text)
    language = bodies.language(new if new.strip() else f"{mail.subject}\n{text}")
    return Outcome({"text": text, "new_text": new, "language": language}, note=language)
