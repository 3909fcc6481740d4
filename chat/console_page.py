"""What the console's page of one conversation shows: bubbles, who talks, facts and mails."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chat.models import Message, Session, Upload, shown_name
from chat.rows import situation_of
from freight.fact_rows import LABELS, METHODS, ROWS, review_labels, route, shown, where_read
from freight.fields import Evidence
from freight.models import QuoteRequest, State

# messages on one page; the list of messages has the rest
BUBBLES = 200
# characters of a read file that the page shows
FILE_TEXT = 3_000
MAILS = 20
STATE_COLOURS = {
    Session.State.INIT: "info",
    Session.State.IN_PROGRESS: "warning",
    Session.State.COMPLETED: "success",
}
FILE_COLOURS = {
    Upload.State.RECEIVED: "info",
    Upload.State.READ: "success",
    Upload.State.REFUSED: "danger",
}
REASONS = {
    "encrypted": gettext_lazy("protected by a password"),
    "program": gettext_lazy("a program, or a file that can start one; it was not opened"),
    "macros": gettext_lazy("it carries macros; it was not opened"),
    "ratio": gettext_lazy("an archive that unpacks to far more than it holds"),
    "too-large": gettext_lazy("too large when unpacked"),
    "damaged": gettext_lazy("damaged"),
    "no-text": gettext_lazy("no text in it"),
    "image-no-text": gettext_lazy("a picture without text that can be read"),
    "unknown-type": gettext_lazy("the type of this file is not known"),
    "unsupported-kind": gettext_lazy("files of this kind cannot be read yet"),
    "late": gettext_lazy("reading took too long; it was given up"),
    "gone": gettext_lazy("its bytes are gone from the storage, or changed"),
}


@dataclass(frozen=True, slots=True)
class File:
    """A file in a bubble; `text` is the beginning of what was read in it."""

    row: Upload
    size: str
    colour: str
    reason: str
    text: str


@dataclass(frozen=True, slots=True)
class Bubble:
    """One message; `side` is customer, bot, operator or notice (somebody comes or goes)."""

    row: Message
    side: str
    who: str
    file: File | None


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact as the conversation knows it; `seq` is the message that states it, 0 for none."""

    label: str
    value: str
    told: bool
    quote: str
    source: str
    seq: int


def conversation_page(session: Session, user: User) -> dict[str, Any]:
    """Everything the page's templates need besides Django's own."""
    rows = list(session.messages.select_related("upload").order_by("-seq")[: BUBBLES + 1])
    return {
        "bubbles": bubbles(rows[:BUBBLES][::-1]),
        "earlier": len(rows) > BUBBLES,
        **panels(session, user),
    }


def panels(session: Session, user: User) -> dict[str, Any]:
    """What stands beside the bubbles, and changes with the conversation's state."""
    request = session.request
    return {
        "session": session,
        "request_row": request,
        "mine": session.operator_id == user.pk,
        "own_name": shown_name(user),
        "state_colour": STATE_COLOURS.get(Session.State(session.state), ""),
        "unread": session.messages.unanswered().count(),
        "route": route(request),
        "review": review_labels(request),
        "facts": facts(session),
        "received": list(_received(request)),
        "outgoing": list(request.outgoing.defer("sealed").order_by("-pk")[:MAILS]),
        "closed": request.state in (State.ORDERED, State.EXPIRED, State.DECLINED),
        "stamp": stamp(session),
    }


def _received(request: QuoteRequest) -> Iterable[Any]:
    # the mails' app is a neighbour that this one does not know: only their relation's name
    mails: Any = getattr(request, "emails", None)
    return mails.only("subject", "received_at")[:MAILS] if mails is not None else ()


def stamp(session: Session) -> str:
    """What changes whenever the panels or a file's state do."""
    read = Upload.objects.filter(message__session=session).order_by("-read_at")
    newest = read.exclude(read_at=None).values_list("read_at", flat=True).first()
    parts = (session.updated_at, session.wants_person_at, session.operator_id, newest)
    return "|".join(str(part) for part in (*parts, session.request.updated_at))


def bubbles(rows: Iterable[Message]) -> list[Bubble]:
    return [_bubble(row) for row in rows]


def _bubble(row: Message) -> Bubble:
    upload = getattr(row, "upload", None)
    notice = row.author == Message.Author.BOT and row.by
    return Bubble(
        row=row,
        side="notice" if notice else row.author,
        who=row.by or row.get_author_display(),
        file=_file(upload) if upload is not None else None,
    )


def _file(upload: Upload) -> File:
    text = "\n\n".join(f"{each['name']}\n{each['text']}" for each in upload.texts)
    return File(
        row=upload,
        size=filesizeformat(upload.size),
        colour=FILE_COLOURS.get(Upload.State(upload.state), ""),
        reason=reason(upload.reason),
        text=text[:FILE_TEXT],
    )


def reason(code: str) -> str:
    """Why a file was refused, in the operator's language."""
    return str(REASONS.get(code, code))


def facts(session: Session) -> list[Fact]:
    """The facts, those that the customer has yet to confirm laid over the stored ones."""
    request, pending = session.request, situation_of(session).pending
    evidence = {**request.fact_evidence, **pending.evidence}
    numbers = {_message_of(each) for each in evidence.values()}
    seqs = dict(session.messages.filter(pk__in=numbers).values_list("pk", "seq"))
    found = []
    for name in ROWS:
        told = getattr(pending.facts, name) is not None
        value = getattr(pending.facts if told else request, name)
        if name == "containers" and value is None:
            continue  # nobody is asked for it
        found.append(_fact(name, value, evidence.get(name), told=told, seqs=seqs))
    return found


def _message_of(evidence: Evidence) -> int:
    """The id of the message that states a fact, 0 where none does."""
    kind, _colon, number = evidence.source.partition(":")
    return int(number) if kind == "chat" and number.isdecimal() else 0


def _fact(
    name: str, value: Any, evidence: Evidence | None, *, told: bool, seqs: dict[int, int]
) -> Fact:
    source = method = quote = ""
    seq = 0
    if evidence is not None:
        source, quote = where_read(evidence), evidence.quote
        method = str(METHODS.get(evidence.method, evidence.method))
        seq = seqs.get(_message_of(evidence), 0)
    return Fact(
        label=str(LABELS[name]),
        value=shown(name, value),
        told=told,
        quote=quote,
        source=" · ".join(part for part in (source, method) if part),
        seq=seq,
    )


def refusal(code: str, holder: str = "") -> str:
    """Why an operator's wish was not carried out, in the operator's language."""
    told = {
        "empty": _("There is nothing to send."),
        "too_long": _("A message has 2,000 characters at most."),
        "not_yours": _("%(name)s has this conversation.") % {"name": holder}
        if holder
        else _("Nobody has this conversation. Take it over first."),
    }
    return told.get(code, _("That was not understood. Load the page again."))
