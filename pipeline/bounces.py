"""Delivery reports: what a mail server tells about a mail of ours, in a standard form or in words.

RFC 3464 where the sender keeps to it; else the notice's own words and the headers that it quotes.
No Django in here: the sandbox's child reads the report together with the mail.
"""

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from pipeline.charsets import clean, decode
from pipeline.mime import ParsedMail

# what is told on of one report; more is no report but an attack
MAX_STATUS_BYTES = 64 * 1024
MAX_HEAD_BYTES = 64 * 1024
MAX_TEXT = 20_000
MAX_GROUPS = 50
MAX_IDS = 20
MAX_DIAGNOSTIC = 200
# the most telling comes first: one lost recipient is news, whatever became of the others
ACTIONS = ("failed", "delayed", "delivered", "relayed", "expanded")
REPORT = "delivery report: "

_STATUS_TYPES = {"message/delivery-status", "message/global-delivery-status"}
_RETURNED_TYPES = {
    "message/rfc822",
    "message/global",
    "message/rfc822-headers",
    "message/global-headers",
    "text/rfc822-headers",
}
_FOLD = re.compile(r"\n[ \t]+")
_FIELD = re.compile(r"([!-9;-~]{1,60})[ \t]*:[ \t]*(.*)")
_ID = re.compile(r"(?im)^[>|\s]{0,20}message-id:\s{0,10}(<[^<>\s\x00-\x1f\x7f-\x9f]{1,996}>)")
_CODE = re.compile(r"(?<![\w.])([245]\.\d{1,3}\.\d{1,3})(?!\.?\d)")
_REPLY = re.compile(r"(?<![\w.:-])(5[0-5]\d)[ -]+\S")
_DAEMON = re.compile(
    r"(mailer[-_.]?daemon|postmaster|bounces?|mail[-_.]?delivery[-_.]?(sub)?system)([-_.+=].*)?@.*"
    r"|mail[-_.]?delivery@.*"
)
# where the notice ends and the mail begins that it gives back
_ORIGINAL = re.compile(
    r"(?im)^[>|\s]{0,20}(received|return-path|message-id|mime-version|dkim-signature|content-type)"
    r"\s{0,5}:|^([^\w-]{0,10}+-{2,}+.{0,40}|\W{0,10})"
    r"(below this line|original message|원본 ?메(시지|일)|元のメッセージ)"
)
_GIVEN_UP = re.compile(
    r"permanent(ly)? (error|fail|rejected)|given up|delivery[^.\n]{0,60}(has )?failed|"
    r"failed to deliver|"
    r"(could|can|has|have|was|were)(n[o']t| not|not)( been| be)? (delivered|sent)|"
    r"undeliver(able|ed)|returned (to sender|mail)|(address|user|mailbox|recipient)[^.\n]{0,30}"
    r"(not found|unknown|does ?n[o']t exist|not exist|unavailable|is full|over quota)|"
    r"(no such|unknown) (user|recipient|mailbox)|"
    r"(전송|발송|배달|전달|송신)[^\n]{0,12}(실패|못했|못하|할 수 없|불가)|반송|수신 ?거부|"
    r"(존재하지 않|없)는[^\n]{0,12}(계정|사용자|주소|수신|메일)|"
    r"(사용자|계정|주소|받는 ?사람|수신자)[^\n]{0,12}(존재하지 않|찾을 수 없|없습니다)|"
    r"(配信|送信|配送|お届け)[^\n]{0,12}(できません|失敗|不能)|宛先[^\n]{0,12}(不明|存在しません)|"
    r"ไม่สามารถส่ง|ส่งไม่(สำเร็จ|ถึง)",
    re.IGNORECASE,
)
_STILL_TRYING = re.compile(
    r"warning message only|(will|is|are|still)[^.\n]{0,30}(retry|keep(ing)? (on )?trying|trying)|"
    r"delayed|has not yet been delivered|(need|have)( not|n't)[^.\n]{0,20}resend|do not resend|"
    r"지연|다시 (시도|보내)(할 예정|하고 있|겠습니다)|재시도(할 예정|하고 있|중|합니다)|"
    r"遅延|遅れて|再(送|試行)(します|を行)|ล่าช้า",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """What a report says: all of it the sender's word. Plain JSON values only.

    action: one of ACTIONS, or "" where the report does not say it. status: an RFC 3463 code, or "".
    message_ids: the mail that it speaks of, the most certain first.
    """

    action: str
    status: str
    recipient: str
    diagnostic: str
    message_ids: tuple[str, ...]

    @property
    def machine(self) -> str:
        """Why the mail that carries the report is never answered: the mail's `machine` column."""
        return f"{REPORT}{self.action or 'unclear'}"


def is_report(machine: str) -> bool:
    """Whether a mail with this `machine` column carries a delivery report."""
    return machine.startswith(REPORT)


def as_json(report: DeliveryReport | None) -> dict[str, Any] | None:
    """The report as plain JSON values."""
    return asdict(report) if report else None


def report_of(mail: ParsedMail, text: str) -> DeliveryReport | None:
    """The delivery report that `mail` is, or None; `text` is its letter's text. Total.

    A report that a person forwards or answers is none: it stands in a mail of their own.
    """
    groups = [group for part in _status_parts(mail) for group in _groups(part)]
    if groups and (_is_multipart_report(mail) or _from_daemon(mail)):
        return _standard(mail, groups, text)
    notice = text[:MAX_TEXT]
    if _says_failed(mail) or _from_daemon(mail) or (_has_no_sender(mail) and _returned(mail, text)):
        return _in_words(mail, notice)
    return None


def _header(mail: ParsedMail, name: str) -> str:
    return next(iter(mail.headers.get(name, ())), "").strip()


def _is_multipart_report(mail: ParsedMail) -> bool:
    return _header(mail, "content-type").lower().startswith("multipart/report")


def _from_daemon(mail: ParsedMail) -> bool:
    return bool(_DAEMON.fullmatch(mail.from_address))


def _has_no_sender(mail: ParsedMail) -> bool:
    return _header(mail, "return-path") == "<>"


def _says_failed(mail: ParsedMail) -> bool:
    return "@" in _header(mail, "x-failed-recipients")


def _status_parts(mail: ParsedMail) -> list[bytes]:
    return [part.payload for part in mail.parts if part.content_type in _STATUS_TYPES][:5]


def _groups(payload: bytes) -> Iterator[dict[str, str]]:
    """The groups of fields that speak of a recipient; the first group speaks of the mail."""
    text = decode(payload[:MAX_STATUS_BYTES], "utf-8").replace("\r\n", "\n").replace("\r", "\n")
    for block in re.split(r"\n[ \t]*\n", _FOLD.sub(" ", text))[:MAX_GROUPS]:
        fields: dict[str, str] = {}
        for line in block.split("\n"):
            if match := _FIELD.match(line):
                fields.setdefault(match[1].lower(), match[2].strip())
        if fields.keys() & {"action", "status", "final-recipient"}:
            yield fields


def _standard(mail: ParsedMail, groups: list[dict[str, str]], text: str) -> DeliveryReport:
    ranked = {"": len(ACTIONS), **{action: rank for rank, action in enumerate(ACTIONS)}}
    worst = min(groups, key=lambda group: ranked[_action(group)])
    recipient = worst.get("final-recipient") or worst.get("original-recipient", "")
    return DeliveryReport(
        action=_action(worst),
        status=_status(worst),
        recipient=_line(recipient.rpartition(";")[2], 254),
        diagnostic=_line(_without_type(worst.get("diagnostic-code", "")), MAX_DIAGNOSTIC),
        message_ids=_spoken_of(mail, text),
    )


def _action(group: dict[str, str]) -> str:
    """What became of the mail. The action is the server's decision, the code only its ground."""
    words = re.findall(r"[a-z]+", group.get("action", "").lower()[:40])
    if words and words[0] in ACTIONS:
        return words[0]
    return {"5": "failed", "4": "delayed", "2": "delivered"}.get(_status(group)[:1], "")


def _status(group: dict[str, str]) -> str:
    found = _CODE.search(group.get("status", "")[:100])
    return found[1] if found else ""


def _without_type(diagnostic: str) -> str:
    """`smtp; 550 5.1.1 no such user` without the type."""
    head, mark, tail = diagnostic.partition(";")
    return tail if mark and re.fullmatch(r"[\w.-]{1,30}\s*", head) else diagnostic


def _in_words(mail: ParsedMail, text: str) -> DeliveryReport | None:
    """What a notice without a machine-readable part says, if it is one."""
    original = _ORIGINAL.search(text)
    notice = text[: original.start()] if original else text
    told = f"{mail.subject}\n{notice}"
    code = _CODE.search(told)
    status = code[1] if code else ""
    action = _told_action(told, status, named=_says_failed(mail))
    if not action or not (status or _is_notice(mail, text, told)):
        return None
    return DeliveryReport(
        action=action,
        status=status,
        recipient=_line(_header(mail, "x-failed-recipients").partition(",")[0], 254),
        diagnostic=_line(_telling_line(notice), MAX_DIAGNOSTIC),
        message_ids=_spoken_of(mail, text),
    )


def _is_notice(mail: ParsedMail, text: str, told: str) -> bool:
    """Whether more than the sender's name speaks for a notice: people write "delayed" as well."""
    machine = _says_failed(mail) or _has_no_sender(mail)
    return machine or bool(_GIVEN_UP.search(told)) or bool(_returned(mail, text))


def _told_action(told: str, status: str, *, named: bool) -> str:
    if _STILL_TRYING.search(told):
        return "delayed"
    if status[:1] == "4":
        return "delayed"
    if status[:1] == "5" or _GIVEN_UP.search(told) or (named and _REPLY.search(told)):
        return "failed"
    return ""


def _telling_line(notice: str) -> str:
    """The line with the server's answer, else the one that says that the mail is given up."""
    lines = [line for line in notice.split("\n") if line.strip()]
    for pattern in (_REPLY, _CODE, _GIVEN_UP):
        if found := next((line for line in lines if pattern.search(line)), ""):
            return found
    return ""


def _spoken_of(mail: ParsedMail, text: str) -> tuple[str, ...]:
    """Message-IDs of the mail that came back. What is given back counts before what is answered:
    a mail of somebody else's may stand in a thread of ours.
    """
    if returned := _returned(mail, text):
        return returned
    answered = (mail.in_reply_to, *mail.references[-1:])
    return tuple(dict.fromkeys(filter(None, answered)))


def _returned(mail: ParsedMail, text: str) -> tuple[str, ...]:
    """Message-IDs in the headers that are given back: in parts of their own, or in the text."""
    found: list[str] = []
    for part in mail.parts:
        if part.content_type in _RETURNED_TYPES:
            head = re.split(rb"\r?\n\r?\n", part.payload[:MAX_HEAD_BYTES].lstrip(), maxsplit=1)[0]
            found += _ID.findall(head.decode("latin-1"))[:1]
    if not found:
        found = _ID.findall(text[:MAX_TEXT])
    return tuple(dict.fromkeys(each for each in found if each.isascii()))[:MAX_IDS]


def _line(text: str, length: int) -> str:
    return " ".join(clean(text).split())[:length]
