"""Many mails from few: hand-written ones taken apart, put together otherwise and perturbed. Pure.

A made mail keeps the label of its base by construction, and is checked: it names an order's number
in its own words exactly where its base does.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random

from classifier.corpus import perturbing
from classifier.corpus.mails import Mail
from classifier.corpus.pieces import PIECES, Pieces
from classifier.features import compose, names_number

LANGUAGE_SHARES = {"ko": 0.55, "en": 0.25, "ja": 0.12, "th": 0.08}
LABEL_SHARES = {"quote": 0.45, "order": 0.30, "spam": 0.15, "inquiry": 0.10}
# a made mail that would change its label is made again, then given up
TRIES = 4
# at most this many variants are made for one that is kept
ROUNDS = 8
_LONGEST_TAIL = 8

_CHAINED = re.compile(
    r"^\s*>|-{4,}.*(?:message|메시지|メッセージ|전달)|forwarded|전달|원본|보낸 ?사람|転送|差出人"
    r"|ส่งต่อ|เขียนว่า"
    r"|^\s*(?:from|sent|จาก)\s*:|wrote:|작성:|のメール:|^_{8,}",
    re.MULTILINE | re.IGNORECASE,
)
_GREETING = re.compile(
    r"(?:안녕|수고|담당자|수신|dear|hi\b|hello|good (?:day|morning|afternoon)|hey|to whom"
    r"|お世話|お疲れ|ご担当|拝啓|.*(?:様|さん|御中)$|เรียน|สวัสดี|ถึง|หวัดดี"
    r"|.{1,14}님[,.~]?$).{0,40}",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"(?:감사합니다|고맙습니다|감사드|수고하|끝\.|.*드림$|thank|thx|best|kind|regards|rgds|br\b"
    r"|cheers|sincerely|yours"
    r"|.{0,10}(?:宜しく|よろしく)|敬具|以上|取り急ぎ|ขอบคุณ|ขอบพระคุณ|ขอแสดงความนับถือ).{0,34}",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Parts:
    """A mail body taken apart; greeting and tail may be empty."""

    greeting: str
    core: str
    tail: str


def recombine(bases: Sequence[Mail], *, many: int, seed: int) -> list[Mail]:
    """At least `many` mails made from `bases`, with the shares of language and label above.

    The first of each base is the hand-written one; the rest differ from it. The same input gives
    the same mails.
    """
    cells: dict[tuple[str, str], list[Mail]] = defaultdict(list)
    for mail in bases:
        cells[mail.language, mail.label].append(mail)
    made: list[Mail] = []
    for (language, label), cell in sorted(cells.items()):
        # up, so that rounding never leaves fewer than asked for
        wanted = int(many * LANGUAGE_SHARES[language] * LABEL_SHARES[label]) + 1
        made += _made_of_cell(cell, wanted, seed)
    return made


def _made_of_cell(cell: Sequence[Mail], wanted: int, seed: int) -> Iterator[Mail]:
    yield from cell
    seen = {(mail.subject, mail.body) for mail in cell}
    number = len(cell)
    # a mail of a few words has few variants: the others make up for it
    while len(seen) < wanted and number < ROUNDS * wanted:
        base, copy = cell[number % len(cell)], number // len(cell)
        made = variant(base, Random(f"{seed}:{base.base}:{copy}"))
        number += 1
        if (made.subject, made.body) not in seen:
            seen.add((made.subject, made.body))
            yield made


def variant(base: Mail, random: Random) -> Mail:
    """A mail made from `base`; `base` itself where every try would have changed the label."""
    numbered = names_number(compose(base.subject, base.body))
    for _ in range(TRIES):
        made = _try(base, random)
        same_rule = names_number(compose(made.subject, made.body)) == numbered
        if made.body.strip() and same_rule and _keeps_codes(base, made):
            return made
    return base


def take_apart(body: str) -> _Parts:
    """Greeting, core and tail of a body; all is core where that is not clear."""
    rows = body.strip().split("\n")
    first = 1 if len(rows) > 1 and _GREETING.fullmatch(rows[0].strip()) else 0
    last = len(rows)
    for at in range(max(first + 1, len(rows) - _LONGEST_TAIL), len(rows)):
        if _CLOSING.fullmatch(rows[at].strip()):
            last = at
            break
    greeting, tail = "\n".join(rows[:first]), "\n".join(rows[last:])
    core = "\n".join(rows[first:last]).strip()
    # what could carry the label stays where it is
    if len(core) < 12 or "?" in tail or _matters(tail) or _matters(greeting):
        return _Parts("", body.strip(), "")
    return _Parts(greeting, core, tail)


def _matters(text: str) -> bool:
    # telephones and postcodes have no letters before their digits
    return (
        names_number(text)
        or re.search(r"(?i)bb-\d|p\.?/?o\b|no\.|#|번호|kg|톤|ton|http", text) is not None
    )


def _try(base: Mail, random: Random) -> Mail:
    pieces = PIECES[base.language]
    subject, body = base.subject, base.body
    if random.random() < 0.7:
        both = perturbing.numbers(f"{subject}\0{body}", random)
        both = perturbing.places(both, base.language, random)
        subject, _, body = both.partition("\0")
    chained = _CHAINED.search(body) is not None
    if not chained:
        body = _dressed(body, base, pieces, random)
    subject, body = _perturbed(subject, body, base.language, chained, random)
    if chained or base.label == "spam":
        return replace(base, subject=subject, body=body)
    way = random.random()
    if way < 0.16:
        subject, body = _answered(subject, body, pieces, random)
    elif way < 0.26 and _may_be_forwarded(base):
        subject, body = _forwarded(subject, body, pieces, random)
    return replace(base, subject=subject, body=body)


def _dressed(body: str, base: Mail, pieces: Pieces, random: Random) -> str:
    """`body` with another greeting, closing, signature, disclaimer or footer of a telephone."""
    parts = take_apart(body)
    greeting, tail = parts.greeting, parts.tail
    if (greeting or random.random() < 0.3) and random.random() < 0.6:
        greeting = random.choice(pieces.greetings)
    if tail and random.random() < 0.7:
        tail = "\n".join(
            part for part in (random.choice(pieces.closings), _signature(pieces, random)) if part
        )
    if base.label != "spam" and random.random() < 0.12:
        tail += f"\n\n{random.choice(pieces.phones)}"
    elif random.random() < 0.15:
        tail += f"\n\n{random.choice(pieces.disclaimers)}"
    gap = random.choice(("\n", "\n\n"))
    return gap.join(part.strip("\n") for part in (greeting, parts.core, tail) if part.strip())


def _signature(pieces: Pieces, random: Random) -> str:
    if random.random() < 0.25:
        return ""
    pattern = random.choice(pieces.signatures)
    return pattern.format(name=random.choice(pieces.names), company=random.choice(pieces.companies))


def _perturbed(
    subject: str, body: str, language: str, chained: bool, random: Random
) -> tuple[str, str]:
    """Subject and body after each perturbation that the dice choose."""
    changes: list[tuple[float, Callable[[str], str]]] = [
        (0.25, lambda text: perturbing.mixed(text, language, random)),
        (0.35, lambda text: perturbing.typos(text, random)),
        (0.40, lambda text: perturbing.spacing(text, random)),
        (0.10, lambda text: perturbing.case(text, random)),
        (0.12 if language == "ja" else 0.03, lambda text: perturbing.width(text, random)),
    ]
    for share, change in changes:
        if random.random() < share:
            subject, body = change(subject), change(body)
    # without its line breaks old text would be read as new
    if not chained and random.random() < 0.2:
        body = perturbing.lines(body, random)
    return subject, body


def _answered(subject: str, body: str, pieces: Pieces, random: Random) -> tuple[str, str]:
    """The mail as a reply, with an old mail quoted below."""
    old = random.choice(pieces.old_mails)
    head = random.choice(pieces.reply_heads).format(name=random.choice(pieces.names))
    if not head or random.random() < 0.5:
        old = "\n".join(f"> {line}" for line in old.split("\n"))
    prefix = "" if subject.lower().startswith("re") else random.choice(("Re: ", "RE: ", "RE: RE: "))
    return prefix + subject, f"{body}\n\n{head}\n{old}"


def _may_be_forwarded(base: Mail) -> bool:
    """Whether the label holds for a forwarded mail: an order's number must stay in its subject."""
    return base.label != "order" or names_number(base.subject)


def _forwarded(subject: str, body: str, pieces: Pieces, random: Random) -> tuple[str, str]:
    """The mail as one that a colleague or partner passes on."""
    name, company = random.choice(pieces.names), random.choice(pieces.companies)
    head = random.choice(pieces.forward_heads).format(name=name, company=company, subject=subject)
    note = random.choice(pieces.forward_notes)
    return f"{random.choice(('FW: ', 'Fwd: '))}{subject}", f"{note}\n\n{head}\n\n{body}"


_CODES = re.compile(r"(?<![0-9a-z])(?=[0-9a-z/-]*[a-z-])(?=[0-9a-z/-]*\d{3})[0-9a-z/-]{5,}")


def _shape(text: str) -> set[str]:
    plain = unicodedata.normalize("NFKC", text).lower()
    return {re.sub(r"\d", "0", code) for code in _CODES.findall(plain)}


def _keeps_codes(base: Mail, made: Mail) -> bool:
    """Whether an order still names every code of its base, whatever the digits."""
    if base.label != "order":
        return True
    parts = take_apart(base.body)
    own = parts.core if not _CHAINED.search(base.body) else base.body
    return _shape(f"{base.subject}\n{own}") <= _shape(f"{made.subject}\n{made.body}")
