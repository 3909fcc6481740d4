"""Why the machine must not price a mail by itself."""

# ruff: noqa: E501 - the alternatives of a pattern read best on one line

import re

_NO = r"(?:not|no|non|without|isn't|aren't|nothing|neither|nor)"
_DENIED_BEFORE = re.compile(
    rf"(?:(?<![a-z]){_NO}(?: (?:a|an|any|by|via|the|is|classified as|considered|contain\w*|include\w*))*[ -]?|비[- ]?|非|ไม่(?:ใช่|มี|เป็น|เอา)(?:สินค้า)?|instead of |rather than )$"
)
_DENIED_AFTER = re.compile(
    r"^[^\n.,]{0,8}?(?:아님|아닙|아니|아닌|없|해당 ?(?:사항)? ?없|미해당|말고|제외|불가|ではな|ではあり|じゃな|なし|無し|非該当|に該当し|: ?(?:no|none|n/a|없음|아니오|nil)|\?? ?(?:no|none)(?![a-z]))"
)
_REASONS = {
    "lcl": re.compile(
        r"(?<![a-z])lcl(?![a-z])|less[- ]than[- ]container|소량 ?화물|혼적|혼재 ?화물|混載|小口貨物|ไม่เต็มตู้|สินค้าไม่เต็มตู้|แชร์ตู้"
    ),
    "air": re.compile(
        r"air ?-?(?:freight|cargo|shipment|waybill)|(?<![a-z])by (?:air|plane)(?![a-z])|(?<![a-z])awb(?![a-z])|(?<!대한)(?<!시아나)항공(?: ?(?:편|운송|화물|운임|수출|수입|으로|견적|특송)|\)|$)|航空(?:便|貨物|輸送|運賃)"
        r"|エアー?(?:便|カーゴ|フレート)|空輸|ทางอากาศ|ทางเครื่องบิน|แอร์เฟรท|แอร์คาร์โก้"
    ),
    "dangerous": re.compile(
        r"dangerous (?:goods|cargo)|hazardous|(?<![a-z])haz-?mat(?![a-z])|(?<![a-z])dg (?:cargo|goods|class|shipment)|(?<![a-z])imdg|imo class|(?<![a-z])un ?-?(?:no\.? ?)?\d{4}(?!\d)|(?<![a-z])class [1-9](?:\.\d)?(?= (?:dg|dangerous|haz|cargo|goods|flam|corr)|[,)]? ?un)"
        r"|flammable liquid|위험물|위험 ?화물|危険(?:物|品|貨物)|วัตถุอันตราย|สินค้าอันตราย"
    ),
}


def review_reasons(text: str) -> tuple[str, ...]:
    """Names of what prepared `text` asks for that only a person prices: `lcl`, `air`, `dangerous`."""
    return tuple(name for name, pattern in _REASONS.items() if _asks(text, pattern))


def _asks(text: str, pattern: re.Pattern[str]) -> bool:
    return any(
        not _DENIED_BEFORE.search(text[max(0, match.start() - 28) : match.start()])
        and not _DENIED_AFTER.match(text[match.end() : match.end() + 16])
        for match in pattern.finditer(text)
    )
