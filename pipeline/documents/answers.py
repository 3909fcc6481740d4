"""What the sandbox's child may say: no answer of its is used before it was looked at here.

A child that a hostile file has taken over speaks the protocol, too. It may lie about what stands in
a mail, and no more: types, lengths and sums are checked, and what does not fit is a BadAnswer.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline import bounces, mime
from pipeline.authentication import Verdict
from pipeline.bodies import MAX_TEXT
from pipeline.documents.archives import MAX_MEMBERS, Budget, Refused
from pipeline.documents.frames import MAX_BLOB
from pipeline.documents.results import MAX_CHARACTERS, MAX_PLACES, Place, Text
from pipeline.letter import MAX_FILES, File, Letter
from pipeline.mime import ParsedMail

Header = dict[str, Any]
Check = Callable[[Any], Any]
# what a column of the database takes
MAX_INTEGER = 2**63 - 1


class BadAnswer(ValueError):
    """The child said what no honest one says."""


@dataclass(frozen=True, slots=True)
class Unread:
    """A document without text, and why; `error` is the exception that its reader tripped over."""

    reason: str
    error: str


def string(most: int) -> Check:
    """Takes texts of up to `most` characters that a database takes: no NUL, no half of a pair."""

    def check(told: Any) -> str:
        if type(told) is not str or len(told) > most or "\0" in told:
            raise BadAnswer("no such text")
        if not told.isascii():
            told.encode()  # UnicodeEncodeError is a ValueError
        return told

    return check


def matching(pattern: str) -> Check:
    """Takes texts that are like `pattern` as a whole."""
    known = re.compile(pattern)

    def check(told: Any) -> str:
        if type(told) is not str or not known.fullmatch(told):
            raise BadAnswer("no such word")
        return told

    return check


def one_of(*values: str | bool) -> Check:
    """Takes one of `values`."""

    def check(told: Any) -> str | bool:
        if type(told) is not type(values[0]) or told not in values:
            raise BadAnswer("no such value")
        return told

    return check


def number(most: int) -> Check:
    """Takes whole numbers from 0 to `most`."""

    def check(told: Any) -> int:
        if type(told) is not int or not 0 <= told <= most:
            raise BadAnswer("no such number")
        return told

    return check


def many(check_one: Check, most: int) -> Check:
    """Takes lists of up to `most` such values; a tuple comes back."""

    def check(told: Any) -> tuple[Any, ...]:
        if type(told) is not list or len(told) > most:
            raise BadAnswer("no such list")
        return tuple([check_one(each) for each in told])

    return check


def record(**checks: Check) -> Check:
    """Takes objects with these very fields, each as its check takes it."""

    def check(told: Any) -> Header:
        if type(told) is not dict or told.keys() != checks.keys():
            raise BadAnswer("no such object")
        return {name: check_one(told[name]) for name, check_one in checks.items()}

    return check


def or_none(check_one: Check) -> Check:
    """Takes null, too."""
    return lambda told: None if told is None else check_one(told)


def _date(told: Any) -> dt.datetime:
    date = dt.datetime.fromisoformat(string(40)(told))
    if date.tzinfo is None:
        raise BadAnswer("a date without a zone")
    date.astimezone(dt.UTC)  # OverflowError: not in our calendar
    return date


def _seconds(told: Any) -> float:
    if type(told) not in (int, float) or not 0 <= told <= MAX_INTEGER:
        raise BadAnswer("no such time")
    return float(told)


_AT, _COUNT, _SHEET = number(MAX_CHARACTERS), number(2**31 - 1), string(300)


def _place(told: Any) -> Place:
    if type(told) is not list or len(told) != 4:
        raise BadAnswer("no such place")
    start, page, sheet, row = told
    return Place(_AT(start), _COUNT(page), _SHEET(sheet), _COUNT(row))


def _member(told: Any) -> Header:
    closed = type(told) is dict and "refused" in told
    found: Header = (REFUSED if closed else FILE)(told)
    return found


CODE = matching("[a-z0-9_-]{0,60}")
VERDICT = one_of("pass", "fail", "none")
ADDRESS = string(254)
MAIL = record(
    subject=string(mime.MAX_SUBJECT),
    from_name=string(mime.MAX_NAME),
    from_address=ADDRESS,
    reply_to=ADDRESS,
    to=many(ADDRESS, mime.MAX_RECIPIENTS),
    cc=many(ADDRESS, mime.MAX_RECIPIENTS),
    date=or_none(_date),
    message_id=string(mime.MAX_ID),
    in_reply_to=string(mime.MAX_ID),
    references=many(string(mime.MAX_ID), mime.MAX_REFERENCES),
    machine=CODE,
    spf=VERDICT,
    dkim=VERDICT,
    auth=VERDICT,
    warnings=many(CODE, 50),
)
REPORT = record(
    action=one_of("", *bounces.ACTIONS),
    status=matching(r"[\d.]{0,20}"),
    recipient=string(254),
    diagnostic=string(bounces.MAX_DIAGNOSTIC),
    message_ids=many(string(mime.MAX_ID), bounces.MAX_IDS),
)
FILE = record(
    path=matching(r"[\d.]{0,150}"),
    filename=string(400),
    declared_type=string(mime.MAX_TYPE),
    kind=matching("[a-z0-9-]{1,20}"),
    danger=CODE,
    inline=one_of(True, False),
    size=number(MAX_BLOB),
)
REFUSED = record(filename=string(400), refused=CODE, size=number(MAX_INTEGER))
LETTER = record(
    mail=MAIL,
    # what is marked as quoted is longer by its marks
    text=string(2 * MAX_TEXT),
    new_text=string(2 * MAX_TEXT),
    language=one_of("", "ko", "en", "ja", "th"),
    files=many(FILE, MAX_FILES),
    report=or_none(REPORT),
)
MEMBERS = record(
    members=many(_member, 2 * MAX_MEMBERS + 2),
    left=record(entries=number(MAX_INTEGER), bytes=number(MAX_INTEGER), seconds=_seconds),
)
# the last place says that from there on none is known
READ = record(
    notes=many(CODE, 100),
    places=many(_place, MAX_PLACES + 1),
)
NAMES = record(names=many(matching("[a-z0-9_.-]{1,260}"), 8))
PROOF = record(spf=VERDICT, dkim=VERDICT, dmarc=VERDICT)
FAILURE = matching(r"\w{0,60}")


def untold(header: Header, blob: bytes) -> tuple[Header, bytes]:
    """The answer as it came."""
    return header, blob


def letter(header: Header, blob: bytes) -> Letter:
    """The mail that was taken apart."""
    if "error" in header:
        raise BadAnswer(FAILURE(header["error"]))
    told = LETTER(header)
    report = told["report"]
    return Letter(
        mail=ParsedMail(**told["mail"], headers={}, parts=()),
        text=told["text"],
        new_text=told["new_text"],
        language=told["language"],
        files=tuple(_files(told["files"], blob)),
        report=bounces.DeliveryReport(**report) if report else None,
    )


def document(header: Header, blob: bytes) -> Text | Unread:
    """The text of a document, or why it has none."""
    if "unreadable" in header:
        return Unread(CODE(header["unreadable"]), FAILURE(header.get("error", "")))
    told = READ(header)
    text = string(MAX_CHARACTERS)(blob.decode("utf-8", errors="replace"))
    starts = [place.start for place in told["places"]]
    if starts != sorted(starts):
        raise BadAnswer("places out of order")
    return Text(text, told["notes"], told["places"])


def members(header: Header, blob: bytes, budget: Budget) -> list[File | Refused]:
    """What came out of an archive; `budget` becomes what is left of it, never more than it was."""
    if "unreadable" in header:
        return [Refused("", "damaged")]
    told = MEMBERS(header)
    files = _files([each for each in told["members"] if "refused" not in each], blob)
    found = [
        Refused(each["filename"], each["refused"], each["size"])
        if "refused" in each
        else next(files)
        for each in told["members"]
    ]
    for name, value in told["left"].items():
        setattr(budget, name, min(getattr(budget, name), value))
    return found


def names(header: Header, blob: bytes) -> tuple[str, ...]:
    """The DNS names that are to be asked for."""
    found: tuple[str, ...] = NAMES(header)["names"]
    return found


def verdict(header: Header, blob: bytes) -> Verdict:
    """What the mail's signatures prove."""
    return Verdict(**PROOF(header))


def _files(told: Sequence[Header], blob: bytes) -> Iterator[File]:
    """The files of `told`, which share the whole of `blob` and no byte twice."""
    if sum(each["size"] for each in told) != len(blob):
        raise BadAnswer("sizes that do not add up")
    return _cut(told, blob)


def _cut(told: Sequence[Header], blob: bytes) -> Iterator[File]:
    at = 0
    for each in told:
        size = each.pop("size")
        yield File(**each, data=blob[at : at + size])
        at += size
