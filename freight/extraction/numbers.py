"""Order and quotation numbers in the customer's own new words: ours, a UUID, the customer's own."""

# ruff: noqa: E501 - the alternatives of a pattern read best on one line

import re
from collections.abc import Iterator

from freight.extraction.found import Found

_OURS = re.compile(r"(?<![A-Za-z0-9])BB ?[-_] ?(\d{4}) ?[-_] ?(\d{6})(?!\d)", re.IGNORECASE)
_UUID = re.compile(
    r"(?<![0-9a-f-])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![0-9a-f-])",
    re.IGNORECASE,
)
_WORD = (
    r"(?:p\.? ?/?o\.?(?! ?box)(?: ?(?:number|no|nr|num|ref))?|purchase ?order|order|quot(?:e|ation)|booking ?order|work ?order"
    r"|발주(?:서)?|주문(?:서)?|견적(?:서)?|구매 ?(?:주문|오더)|오더|注文(?:書)?|発注(?:書)?|見積(?:書|もり)?|オーダー|ใบสั่งซื้อ|คำสั่งซื้อ|ใบเสนอราคา|ออเดอร์)"
)
_SIGN = r"(?:number|no\.?|nr\.?|num\.?|ref(?:erence)?\.?|id|#|번호|넘버|番号|ナンバー|เลขที่|หมายเลข)"
_CODE = r"(?P<code>(?=[A-Z0-9/_-]{0,24}\d)[A-Z0-9][A-Z0-9/_-]{2,28}[A-Z0-9])"
_LABELLED = re.compile(
    rf"(?<![A-Za-z])(?:(?P<sign1>{_SIGN})[ ]?)?{_WORD}[ ]?(?P<sign>{_SIGN})?[ ]?(?:{_SIGN})?(?:은|는|は|is)?[ ]?(?P<colon>[:#=])?[ ]?(?:#|is )?{_CODE}(?![A-Z0-9])",
    re.IGNORECASE,
)
_PREFIXED = re.compile(
    r"(?<![A-Za-z0-9])(?P<code>(?:PO|SO|ORD|ORDER|QT|QTN|QUO|PUR)[-_]?(?=[A-Z0-9/_-]*\d)[A-Z0-9][A-Z0-9/_-]{2,24})(?![A-Za-z0-9])"
)
_NOT_A_CODE = re.compile(
    r"^(?:\d{1,2}(?:ft|hc|hq|x\d+)|\d{4}[-/]\d{1,2}[-/]\d{1,2}|\d{1,2}[-/]\d{1,2}|(?:19|20)\d\d|[a-z]+)$|^\d{1,3}$",
    re.IGNORECASE,
)


def read_order_number(cased: str) -> Found[str] | None:
    """The number that `cased` names, ours before a UUID before the customer's own; as written, ours in its plain form."""
    return next(_candidates(cased), None)


def _candidates(cased: str) -> Iterator[Found[str]]:
    for match in _OURS.finditer(cased):
        yield Found(f"BB-{match.group(1)}-{match.group(2)}", match.start(), match.end(), 3)
    for match in _UUID.finditer(cased):
        yield Found(match.group().lower(), match.start(), match.end(), 2)
    for match in _PREFIXED.finditer(cased):
        if not re.match(r"p\.?o\.? ?box", match.group(), re.IGNORECASE):
            yield _code(match, "code")
    for match in _LABELLED.finditer(cased):
        if not _NOT_A_CODE.match(match.group("code")) and _is_named(match):
            yield _code(match, "code")


def _code(match: re.Match[str], group: str) -> Found[str]:
    return Found(match.group(group), match.start(group), match.end(group), 1)


def _is_named(match: re.Match[str]) -> bool:
    """A number sign or a code that mixes letters, digits and dashes; `order 20 pallets` names none."""
    code = match.group("code")
    return (
        bool(match.group("sign") or match.group("sign1") or match.group("colon"))
        or (re.search(r"[A-Z]", code) is not None and re.search(r"\d{2}", code) is not None)
        or (
            code.isdigit()
            and len(code) >= (4 if re.match(r"p", match.group(), re.IGNORECASE) else 6)
        )
    )
