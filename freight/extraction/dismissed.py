"""A text without the lines and asides about what is no longer asked for, of the same length."""

# ruff: noqa: E501 - the alternatives of a pattern read best on one line

import re

# "Tokyo / 20' / 7 t -> not needed": the verdict closes its line
_VERDICT = re.compile(
    r"^[^\n]{0,160}\d[^\n]{0,160}?(?:-{0,2}>|[:(\[=|/,-]|[ \t]{2}) {0,3}(?:견적 ?|(?:quote|quotation) )?(?:불필요|필요 ?없음|제외|취소(?:됨)?|진행 ?(?:완료|확정)|이미 ?(?:진행|확정|완료)|기?진행|기?확정|보류|안 ?함|(?:no longer |not )(?:needed|required)|no need|cancel(?:l?ed)?|skip(?:ped)?|excluded?|(?:already )?(?:covered|booked|shipped)|ignore|on hold|見積不要|不要|対象外|キャンセル|取消|保留|手配済み?|決定済み?|済み?|ไม่ต้อง(?:เสนอ)?|ไม่เอา(?:แล้ว)?|ยกเลิก(?:แล้ว)?|จองแล้ว)[)\].!。 \t]{0,4}$",
    re.MULTILINE,
)
# "(it was 2x20, ETD 30 Nov)": an aside about what was
_ASIDE = re.compile(
    r"\((?:it |that |this |they |which )?(?:was|were|had been|used to be|formerly|previously)(?![a-z])[^()\n]{1,80}\)"
    r"|\((?:기존|종전|당초|원래|이전|지난번)(?:에는|은|엔)?[ :]?[^()\n]{1,60}\)|\((?:前回|当初|元々|以前|従来)(?:は|の)?[ :]?[^()\n]{1,60}\)|\((?:เดิม|ครั้งก่อน|รอบก่อน)[^()\n]{1,60}\)"
)


def without_dismissed(text: str) -> str:
    """Prepared `text` with lines that say `not needed` and asides of what was blanked; the same if that is all of it."""
    read = _ASIDE.sub(_blanked, text)
    kept = _VERDICT.sub(_blanked, read)
    return kept if re.search(r"\d", kept) else read


def _blanked(match: re.Match[str]) -> str:
    return " " * len(match.group())
