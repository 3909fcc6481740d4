"""A mail address in a message, as people write it. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

# what input methods of full width make of ASCII, character for character: places stay the same
_NARROW = {0xFF01 + n: 0x21 + n for n in range(94)} | {ord("。"): ".", ord("．"): "."}
_LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
# after an ASCII ending a particle may follow without a space: kim@x.example입니다
_ENDING = r"(?:xn--[A-Za-z0-9-]{2,59}|[A-Za-z]{2,63}(?![A-Za-z0-9-])|한국|みんな|ไทย)"
_ADDRESS = re.compile(rf"{_LOCAL}@(?:[^\W_](?:[\w-]{{0,61}}[^\W_])?\.){{1,8}}{_ENDING}")
# meant as an address, but none
_ATTEMPT = re.compile(r"[^\W\d_][\w.+-]*@\S*")
_AGAIN = re.compile(
    r"\bre-?send|\bsend (?:it|me )?.{0,20}\bagain|(?:\bnot|n['’]t) (?:get|got|receive)"
    r"|다시\s*보내|재발송|재전송|(?:메일|링크).{0,8}(?:안\s*(?:왔|와|옴)|못\s*받)"
    r"|再送|もう一度.{0,6}送|(?:メール|リンク).{0,6}(?:届|来)(?:か|てい|いてい)?な"
    r"|ส่ง.{0,10}(?:อีกครั้ง|ใหม่)|ไม่ได้รับ",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Heard:
    """A message: the address it names (or ""), whether it asks for the mail once more, whether it
    has something that should have been an address, and `rest`, the message with spaces in the
    address's place.
    """

    typed: str
    again: bool
    garbled: bool
    rest: str


def hear(text: str, known: str = "") -> Heard:
    """What `text` says about the address; of several the last one that is not `known` counts."""
    narrow = text.translate(_NARROW)
    found = list(_ADDRESS.finditer(narrow))
    named = [match.group() for match in found]
    fresh = [address for address in named if address.lower() != known.lower()]
    return Heard(
        typed=(fresh or named or [""])[-1],
        again=bool(known) and not fresh and bool(_AGAIN.search(text)),
        garbled=not found and bool(_ATTEMPT.search(narrow)),
        rest=_blanked(text, (match.span() for match in found)),
    )


def _blanked(text: str, spans: Iterator[tuple[int, int]]) -> str:
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text
