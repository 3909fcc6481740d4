"""What the console's page of one mail shows: text with evidence, attachments, the timeline."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models.functions import Length, Substr
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from freight.fact_rows import LABELS, FactRow, fact_rows, position_label
from freight.fields import Evidence
from freight.models import OutgoingMail, Sending
from freight.pages import MAIL_COLOURS
from freight.remarks import remark as trade_remark
from pipeline import threads
from pipeline.models import Attachment, Email, Step, StepName
from pipeline.remarks import note, refusal, remark, warning

# a page is for reading: what is longer is cut, with a word about it
SHOWN = 60_000
# of one file, and of all: a browser dies of thirty megabytes
FILE_SHOWN = 3_000
FILES_SHOWN = 100_000
# of a file that facts were read from: the words behind the last of them
BEHIND = 200

STEP_COLOURS = {
    Step.State.DUE: "info",
    Step.State.RUNNING: "info",
    Step.State.DONE: "success",
    Step.State.SKIPPED: "muted",
    Step.State.FAILED: "warning",
    Step.State.QUARANTINED: "danger",
}

UNENDED = (Step.State.DUE, Step.State.RUNNING)


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text; `facts` names what was read from it, empty for the text between."""

    text: str
    facts: str = ""


@dataclass(frozen=True, slots=True)
class ShownAttachment:
    """An attachment with its text in pieces, indented by its depth in archives.

    `cut` says in words that there is more text than is shown here.
    """

    row: Attachment
    depth: int
    size: str
    refused: str
    notes: list[str]
    pieces: tuple[Piece, ...]
    cut: str


@dataclass(frozen=True, slots=True)
class ShownStep:
    """A step of the timeline; `row` is None for one that the mail has not reached."""

    name: str
    row: Step | None
    colour: str
    took: str
    reason: str


@dataclass(frozen=True, slots=True)
class ShownMail:
    """A mail of the conversation, received or sent; `current` is the one whose page this is."""

    subject: str
    link: str
    sent: bool
    who: str
    at: dt.datetime
    note: str
    state: str
    colour: str
    current: bool


@dataclass(frozen=True, slots=True)
class MailPage:
    """All that the page shows besides the mail's own columns."""

    subject: tuple[Piece, ...]
    text: tuple[Piece, ...]
    quoted: tuple[Piece, ...]
    cut: bool
    facts: list[FactRow]
    attachments: list[ShownAttachment]
    steps: list[ShownStep]
    probabilities: list[tuple[str, int]]
    warnings: list[str]
    conversation: list[ShownMail]
    more: bool
    returned: OutgoingMail | None


def mail_page(email: Email) -> MailPage:
    """The page of `email`; eight queries beside the mail itself."""
    told = threads.conversation(email)
    evidence = email.request.fact_evidence if email.request else {}
    # evidence is counted in the new text, that of quoted mails in the whole
    text = email.new_text or email.text
    whole = email.text[:SHOWN] if email.text.strip() != text.strip() else ""
    return MailPage(
        subject=marked(email.subject, of_source(evidence, "subject")),
        text=marked(text[:SHOWN], of_source(evidence, "body")),
        quoted=marked(whole, of_source(evidence, "thread")) if whole else (),
        cut=len(email.text) > SHOWN,
        facts=fact_rows(email.request) if email.request else [],
        attachments=_attachments(email, evidence),
        steps=_timeline(email.steps.all()),
        probabilities=_percent(email.probabilities),
        warnings=[warning(code) for code in email.warnings],
        conversation=_conversation(email, told),
        more=told.more,
        returned=email.bounce_of,
    )


def _conversation(email: Email, told: threads.Conversation) -> list[ShownMail]:
    """Received and sent mails in the order of time; none where there is only this one."""
    mails = [_received(each, email) for each in told.received] + [_sent(each) for each in told.sent]
    return sorted(mails, key=lambda mail: mail.at) if len(mails) > 1 else []


def _received(mail: Email, current: Email) -> ShownMail:
    return ShownMail(
        subject=mail.subject or _("(no subject)"),
        link=reverse("admin:pipeline_email_change", args=[mail.pk]),
        sent=False,
        who=mail.from_name or mail.from_address,
        at=mail.received_at,
        note=trade_remark(mail.outcome),
        state="",
        colour="",
        current=mail.pk == current.pk,
    )


def _sent(mail: OutgoingMail) -> ShownMail:
    return ShownMail(
        subject=mail.subject,
        link=reverse("admin:freight_outgoingmail_change", args=[mail.pk]),
        sent=True,
        who=mail.recipient,
        at=mail.sent_at or mail.created_at,
        note=mail.get_kind_display(),
        state=mail.get_state_display(),
        colour=MAIL_COLOURS.get(Sending(mail.state), ""),
        current=False,
    )


def of_source(evidence: dict[str, Evidence], source: str) -> dict[str, Evidence]:
    """The part of `evidence` that was read from `source`."""
    return {name: item for name, item in evidence.items() if item.source == source}


def marked(text: str, evidence: dict[str, Evidence]) -> tuple[Piece, ...]:
    """`text` in pieces, those that facts were read from with the facts' names; nothing is lost.

    A span counts only where its quote stands: evidence of another mail marks nothing.
    """
    spans: dict[tuple[int, int], list[str]] = {}
    for name, item in evidence.items():
        if found := _span(text, item):
            where = f" ({position_label(item.place)})" if item.place else ""
            spans.setdefault(found, []).append(f"{LABELS.get(name, name)}{where}")
    pieces: list[Piece] = []
    position = 0
    for (start, end), names in sorted(spans.items()):
        if start < position:
            # overlaps the piece before: one mark is enough to find it
            continue
        pieces += [Piece(text[position:start])] if start > position else []
        pieces.append(Piece(text[start:end], ", ".join(names)))
        position = end
    return (*pieces, *([Piece(text[position:])] if position < len(text) else []))


def _span(text: str, item: Evidence) -> tuple[int, int] | None:
    found = item.quote and text[item.start : item.end] == item.quote
    return (item.start, item.end) if found else None


def _attachments(email: Email, evidence: dict[str, Evidence]) -> list[ShownAttachment]:
    """The mail's files; of their texts only as much is loaded as the page shows."""
    of_files = email.attachments.defer("text", "places")
    rows = {row.pk: row for row in of_files.annotate(characters=Length("text"))}
    read = {pk: of_source(evidence, f"attachment:{row.path}") for pk, row in rows.items()}
    lengths = {pk: row.characters for pk, row in rows.items()}
    shares = _shares(lengths, read)
    texts = dict(
        email.attachments.filter(pk__in=[pk for pk, share in shares.items() if share])
        .annotate(beginning=Substr("text", 1, max(shares.values(), default=1)))
        .values_list("pk", "beginning")
    )
    return [
        _attachment(row, texts.get(pk, "")[: shares[pk]], lengths[pk], read[pk])
        for pk, row in rows.items()
    ]


def _shares(lengths: dict[int, int], read: dict[int, dict[str, Evidence]]) -> dict[int, int]:
    """How many characters of each file are shown; those that facts were read from come first."""
    left = FILES_SHOWN
    shares = {}
    for pk in sorted(lengths, key=lambda each: not read[each]):
        behind = max((item.end for item in read[pk].values()), default=-BEHIND) + BEHIND
        shares[pk] = min(lengths[pk], max(FILE_SHOWN, behind), left)
        left -= shares[pk]
    return shares


def _attachment(
    row: Attachment, text: str, length: int, read: dict[str, Evidence]
) -> ShownAttachment:
    cut = ""
    if len(text) < length:
        beginning = _("The text is longer; only its beginning is shown.")
        cut = beginning if text else _("The text is not shown: this page would become too long.")
    return ShownAttachment(
        row=row,
        depth=row.path.count("/"),
        size=size_label(row.size),
        refused=refusal(row.refused),
        notes=[note(code) for code in row.notes],
        pieces=marked(text, read),
        cut=cut,
    )


def size_label(size: int) -> str:
    """A size in bytes as people say it."""
    for unit, factor in (("MB", 1024 * 1024), ("KB", 1024)):
        if size >= factor:
            return f"{number_format(size / factor, 1)} {unit}"
    return f"{size} B"


def _timeline(steps: Iterable[Step]) -> list[ShownStep]:
    reached = {step.name: step for step in steps}
    return [_shown(str(name.label), reached.get(name.value)) for name in StepName]


def _shown(name: str, row: Step | None) -> ShownStep:
    colour = STEP_COLOURS.get(Step.State(row.state), "muted") if row else "muted"
    took, reason = (_took(row), remark(row.reason)) if row else ("", "")
    return ShownStep(name=name, row=row, colour=colour, took=took, reason=reason)


def _took(row: Step) -> str:
    # a step that was reopened still has the times of its last run
    if row.state in UNENDED or not (row.started_at and row.finished_at):
        return ""
    seconds = max((row.finished_at - row.started_at) / dt.timedelta(seconds=1), 0.0)
    if seconds < 1:
        return _("%(number)s ms") % {"number": round(seconds * 1000)}
    return _("%(number)s s") % {"number": number_format(seconds, 1)}


def _percent(probabilities: dict[str, float]) -> list[tuple[str, int]]:
    ranked: Sequence[tuple[str, float]] = sorted(probabilities.items(), key=lambda item: -item[1])
    return [(label, round(share * 100)) for label, share in ranked]
