"""What is to be answered in a conversation, and what is answered together.

What customers said while an operator had the conversation is read as one round afterwards: it was
an answer to the operator, so a "yes" among it confirms nothing that the machine has listed.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from django.db.models import Q

from chat import dialogue, intents, uploads
from chat.dialogue import Pending, Situation, Turn
from chat.models import Message, Session, Upload
from chat.reading import Reader
from freight.fields import Evidence, Source


@dataclass(frozen=True, slots=True)
class Said:
    """Messages that get one answer, in their order; `aside`: they were said to an operator."""

    messages: tuple[Message, ...]
    aside: bool = False

    @property
    def last(self) -> Message:
        return self.messages[-1]

    @property
    def upload(self) -> Upload | None:
        """The file, where the message is one."""
        upload: Upload | None = getattr(self.last, "upload", None)
        return upload

    @property
    def text(self) -> str:
        """What the customer wrote: the name of a file is nobody's words."""
        if self.upload is not None:
            return ""
        if not self.aside:
            return self.last.text
        return "\n".join(message.text for message in self.messages if not _is_word(message))

    @property
    def ids(self) -> list[int]:
        return [message.pk for message in self.messages]


def _is_word(message: Message) -> bool:
    return intents.says_yes(message.text) or intents.says_no(message.text)


def due(session: Session, now: dt.datetime) -> Iterator[Said]:
    """What is to be answered now, in its order: nothing while an operator has the conversation, and
    nothing behind a file that is still being read.
    """
    if session.operator_id is not None:
        return
    announced = Q(author=Message.Author.BOT) & ~Q(by="")
    open_ = Q(author=Message.Author.CUSTOMER, answered_at=None)
    rows = session.messages.filter(announced | open_).select_related("upload").order_by("seq")
    unread, until = [], 0
    for row in rows:
        if row.author == Message.Author.CUSTOMER:
            unread.append(row)
        else:
            until = row.seq
    if until and unread and _spoke_last(session):
        until = unread[-1].seq + 1  # the operator's account was removed: nobody has handed back
    aside = [each for each in unread if each.seq < until and not hasattr(each, "upload")]
    files = [each for each in unread if each.seq < until and hasattr(each, "upload")]
    groups = [Said((each,)) for each in files]
    groups += [Said(tuple(aside), aside=True)] if aside else []
    groups += [Said((each,)) for each in unread if each.seq > until]
    for said in groups:
        if said.upload is not None and not _is_read(said.upload, now):
            return
        yield said


def _spoke_last(session: Session) -> bool:
    """Whether what customers were told last is an operator's word."""
    told = session.messages.exclude(author=Message.Author.CUSTOMER).order_by("-seq")
    return told.values_list("author", flat=True).first() == Message.Author.OPERATOR


def _is_read(upload: Upload, now: dt.datetime) -> bool:
    """Whether the file is settled; one that is late is given up here, whatever became of others."""
    if upload.state == Upload.State.RECEIVED and uploads.is_late(upload, now):
        uploads.refuse(upload.pk, uploads.LATE, now)
        upload.refresh_from_db()
    return upload.state != Upload.State.RECEIVED


def turn(situation: Situation, said: Said, text: str, read: Reader) -> Turn:
    """One answer to what was said to an operator: its facts are taken up, a word confirms nothing.

    `text` is that of `said`, character for character; what of it is not the machine's is blank.
    """
    source = Source(f"chat:{said.last.pk}", text)
    answer = dialogue.turn(situation, source, read)
    pending = _placed(answer.pending, said)
    if answer.confirmed is not None:
        kept = _placed(answer.confirmed, said)
        facts = dialogue.overlaid(kept.facts, pending.facts)
        pending = Pending(facts, {**kept.evidence, **pending.evidence})
    if answer.confirmed is None and pending != situation.pending:
        return replace(answer, pending=pending)
    after = replace(situation, pending=pending)
    memory = situation.memory
    return Turn(dialogue.restate(after), situation.language, pending, memory, review=answer.review)


def _placed(pending: Pending, said: Said) -> Pending:
    """`pending` with each piece of evidence in the very message that states it."""
    return replace(pending, evidence=_in_messages(pending.evidence, said.messages))


def _in_messages(
    evidence: Mapping[str, Evidence], messages: Sequence[Message]
) -> dict[str, Evidence]:
    joined = f"chat:{messages[-1].pk}"
    spoken = [message for message in messages if not _is_word(message)]
    found = dict(evidence)
    for name, seen in evidence.items():
        start = 0
        for message in spoken:
            if seen.source == joined and start <= seen.start <= start + len(message.text):
                source = f"chat:{message.pk}"
                found[name] = replace(
                    seen, source=source, start=seen.start - start, end=seen.end - start
                )
                break
            start += len(message.text) + 1
    return found
