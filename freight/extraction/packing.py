"""The sum of a packing list's gross weights, where it gives no total of its own."""

# ruff: noqa: E501 - the alternatives of a pattern read best on one line

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import groupby, takewhile

from freight.extraction.found import Found
from freight.extraction.numerals import decimal_number
from freight.extraction.pieces import kind_of

_PACK = re.compile(r"[a-z]{3,9}|[가-힣]{1,4}|箱|ケース|ลัง|กล่อง|พาเลท")
_COUNT_HEAD = re.compile(
    r"^\W*(?:(?:no\.? of |number of |total )?(?:cartons?|ctns?|packages?|pkgs?|boxes|pallets?|plts?|cases?|bags?|drums?|rolls?|units?)|(?:qty|q'ty|quantity|수량|박스 ?수|카[톤튼] ?수|포장 ?수|箱数|ケース数|梱包数|個数|数量|จำนวน(?:กล่อง|ลัง|พาเลท)?)(?: ?\((?:ctns?|cartons?|boxes|pkgs?|박스|箱)\))?)\W*$"
)
_PER_GROSS = re.compile(
    r"unit|(?<![a-z])per(?![a-z])|each|/ ?(?:ctn|carton|box|pkg|plt|pallet|case|bag|drum|박스|카톤|箱|ケース|ลัง|กล่อง)|당(?![가-힣])|あたり|ละ|ต่อ|단중"
)

_GROSS_HEAD = re.compile(
    r"gross|(?<![a-z])g\.? ?/?w\.?t?\.?(?![a-z])|총 ?중량|총 ?무게|그로스|総重量|総kg|グロス|น้ำหนักรวม"
)
_NOT_TOTAL_HEAD = re.compile(
    r"unit|per|each|/ ?(?!w)[a-z가-힣箱個ก-๎]{2,}|당(?![가-힣])|あたり|当|ละ|ต่อ|단중|net|순중량|正味|สุทธิ"
)
_TONNES_HEAD = re.compile(r"(?<![a-z])m?t(?![a-z])|ton|톤|トン|ตัน")
_POUNDS_HEAD = re.compile(r"(?<![a-z])lbs?(?![a-z])")
_TOTAL_ROW = re.compile(
    r"(?<![a-z])(?:grand )?total|sub-?total|(?<![a-z])sum(?![a-z])|합계|총계|소계|合計|小計|^\W*[計合]\W*$|รวม"
)
_NUMBER = re.compile(r"\d{1,3}(?:[,' ]\d{3})+(?:\.\d{1,3})?|\d{1,9}(?:[.,]\d{1,3})?")
# cells that only blanks part
_SPACED = re.compile(r"[^\s|](?:[^\s|]| (?=[^\s|]))*")
_CELL = {
    "|": re.compile(r"[^|\n]+"),
    "\t": re.compile(r"[^\t\n]*"),
    ",": re.compile(r'"[^"\n]*"|[^,\n]+|(?<=,)(?=,)'),
}
MAX_ROWS = 400


def column_total(text: str) -> Found[Decimal] | None:
    """The sum of the column of gross weights in prepared `text`, in kg; None where it has a total row or no such table.

    Its span reaches from the first weight to the last.
    """
    for width, group in groupby(_rows(text), key=len):
        rows = list(group)[:MAX_ROWS]
        if width >= 3 and len(rows) > 1 and (found := _summed(text, rows)):
            return found
    return None


def _rows(text: str) -> Iterator[list[tuple[int, int]]]:
    """Spans of each line's cells; none for a line that is no row. Rules of a table are left out."""
    offset = 0
    for line in text.split("\n"):
        if not (line.strip() and re.fullmatch(r"[\s|+:=-]*", line)):
            yield _cells(line, offset)
        offset += len(line) + 1


def _cells(line: str, offset: int) -> list[tuple[int, int]]:
    sign = next((sign for sign in "|\t," if line.count(sign) >= 2), "")
    if not sign or (sign == "," and "  " in line):
        cells = [(offset + cell.start(), offset + cell.end()) for cell in _SPACED.finditer(line)]
        return cells if len(cells) >= 3 else []
    return [
        (offset + match.start(), offset + match.end())
        for match in _CELL[sign].finditer(line)
        if sign != "|" or match.group().strip()
    ]


def _summed(text: str, rows: Sequence[list[tuple[int, int]]]) -> Found[Decimal] | None:
    """The sum below the first header of gross weights; a title may stand above it, other rows below."""
    for above, row in enumerate(rows[:4]):
        heads = [text[slice(*cell)] for cell in row]
        columns = [
            number
            for number, head in enumerate(heads)
            if _GROSS_HEAD.search(head) and not _NOT_TOTAL_HEAD.search(head)
        ]
        if len(columns) == 1 and not any(re.search(r"\d", head) for head in heads[: columns[0]]):
            return _column_sum(text, heads[columns[0]], columns[0], rows[above + 1 :])
        if columns == [] and (pair := _per_piece(heads)):
            return _product_sum(text, heads[pair[0]], pair, rows[above + 1 :])
    return None


def _per_piece(heads: Sequence[str]) -> tuple[int, int] | None:
    """Which column has the gross weight of one and which the number of them; None where either is in doubt."""
    each = [
        number
        for number, head in enumerate(heads)
        if _GROSS_HEAD.search(head) and _PER_GROSS.search(head)
    ]
    counts = [number for number, head in enumerate(heads) if _COUNT_HEAD.match(head.strip())]
    if len(each) != 1:
        return None
    kinds = {kind_of(match.group()) for match in _PACK.finditer(heads[each[0]])} - {""}
    if kinds:
        # 12 kg a carton times a quantity of pieces is nothing
        counts = [number for number in counts if kinds & _kinds(heads[number])]
    return (each[0], counts[0]) if len(counts) == 1 else None


def _kinds(head: str) -> set[str]:
    return {kind_of(match.group()) for match in _PACK.finditer(head)}


def _product_sum(
    text: str, head: str, pair: tuple[int, int], rows: Sequence[list[tuple[int, int]]]
) -> Found[Decimal] | None:
    """The sum of the weights of one, times their numbers, of all rows down to the first that is no such row."""
    if any(_TOTAL_ROW.search(text[slice(*cell)]) for row in rows for cell in row):
        return None
    parts = [
        [_NUMBER.fullmatch(text[slice(*row[column])].strip(' "')) for column in pair]
        for row in rows
    ]
    whole = list(takewhile(lambda both: all(both), parts))
    if not whole or any(any(both) for both in parts[len(whole) :]):
        return None
    products = [
        decimal_number(weight.group(), tonnes=False) * decimal_number(count.group(), tonnes=False)
        for weight, count in whole
        if weight and count
    ]
    factor = Decimal("0.45359237") if _POUNDS_HEAD.search(head) else Decimal(1)
    span = rows[0][min(pair)][0], rows[len(whole) - 1][max(pair)][1]
    return Found(sum(products, Decimal(0)) * factor, *span, 5)


def _column_sum(
    text: str, head: str, column: int, rows: Sequence[list[tuple[int, int]]]
) -> Found[Decimal] | None:
    if any(_TOTAL_ROW.search(text[slice(*cell)]) for row in rows for cell in row):
        return None
    cells = [row[column] for row in rows]
    read = [(cell, _NUMBER.fullmatch(text[slice(*cell)].strip(' "'))) for cell in cells]
    numbered = list(takewhile(lambda one: one[1] is not None, read))
    # a number further down belongs to something else: then the column is no plain list
    if len(numbered) < 2 or any(number for _, number in read[len(numbered) :]):
        return None
    tonnes = _TONNES_HEAD.search(head) is not None
    factor = Decimal(1000) if tonnes else Decimal(1)
    if _POUNDS_HEAD.search(head):
        factor = Decimal("0.45359237")
    numbers = [decimal_number(number.group(), tonnes=tonnes) for _, number in numbered if number]
    whole = sum(numbers, Decimal(0)) * factor
    return Found(whole, numbered[0][0][0], numbered[-1][0][1], 5) if whole > 0 else None
