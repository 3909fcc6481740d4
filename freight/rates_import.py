"""Lane rates from a table (CSV or XLSX) and back to one: all of a file or nothing of it."""

import csv
import datetime as dt
import io
import re
import unicodedata
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import PurePath
from typing import Any
from zipfile import BadZipFile, ZipFile

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from freight import tariff
from freight.errors import RatesUnreadable
from freight.fields import Container
from freight.models import LaneRate
from freight.request_form import PlaceField

COLUMNS = (
    "origin",
    "destination",
    "container",
    "amount",
    "currency",
    "valid_from",
    "valid_to",
    "note",
)
OPTIONAL = ("currency", "note")
# what Korean rate sheets call them
HEADINGS = {
    "출발지": "origin",
    "도착지": "destination",
    "컨테이너": "container",
    "금액": "amount",
    "운임": "amount",
    "통화": "currency",
    "유효시작일": "valid_from",
    "유효종료일": "valid_to",
    "비고": "note",
}
SIZES = {
    **{name: Container.FT20 for name in ("20ft", "20", "20gp", "20dc", "20dv", "20dry", "22g1")},
    **{name: Container.FT40 for name in ("40ft", "40", "40gp", "40dc", "40dv", "40dry", "42g1")},
    **{name: Container.FT40HC for name in ("40fthc", "40fthq", "40hc", "40hq", "45g1")},
    **{name: Container.FT45 for name in ("45ft", "45", "45hc", "45hq", "45fthc", "l5g1")},
}
DAY = re.compile(
    r"(\d{4})(?:-(\d\d?)-(\d\d?)|\. ?(\d\d?)\. ?(\d\d?)\.?|/(\d\d?)/(\d\d?)|(\d\d)(\d\d))"
)
AMOUNT = re.compile(r"₩? ?(\d{1,3}(?:,\d{3}){1,4}|\d{1,13})(?:\.0{1,4})?(?: ?(?:원|KRW))?")
MAX_BYTES = 5_000_000
MAX_UNPACKED_BYTES = 100_000_000
MAX_LINES = 20_000
MOST_WON = 10**12
LONGEST = LaneRate._meta.get_field("note").max_length or 0
# a spreadsheet takes a cell that begins so for a formula, the wide letters in East Asian ones
FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")

# what openpyxl raises on a file that is none, or a damaged one; XML's errors are SyntaxErrors
BROKEN = (
    BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    SyntaxError,
    KeyError,
    IndexError,
    ValueError,
    TypeError,
    AttributeError,
)

Key = tuple[str, str, str, dt.date, dt.date]


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a line of the file, counted from 1 as a spreadsheet does, cannot be taken."""

    line: int
    text: str

    def __str__(self) -> str:
        return _("line %(line)s: %(problem)s") % {"line": self.line, "problem": self.text}


@dataclass(frozen=True, slots=True)
class Rate:
    """One line of the file that can be taken."""

    line: int
    origin: str
    destination: str
    container: Container
    amount: Decimal
    valid_from: dt.date
    valid_to: dt.date
    note: str

    @property
    def key(self) -> Key:
        """What makes it the same rate as a row: that row then takes the amount."""
        return (self.origin, self.destination, self.container, self.valid_from, self.valid_to)


@dataclass(frozen=True, slots=True)
class Reading:
    """A file's rates, and what is wrong with it; only one without problems is taken."""

    rates: list[Rate] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Taken:
    """How many rates were new, got another amount or note, and were there already."""

    new: int
    changed: int
    same: int


def read(data: bytes, name: str) -> Reading:
    """The rates in a file's bytes; `name` tells CSV from XLSX. Raises RatesUnreadable where it is
    no table, or one without the columns.
    """
    if len(data) > MAX_BYTES:
        raise RatesUnreadable(_("The file is larger than 5 MB."))
    lines = _xlsx(data) if PurePath(name).suffix.lower() == ".xlsx" else _csv(data)
    table = [(number, cells) for number, cells in enumerate(lines, 1) if any(cells)]
    if not table:
        raise RatesUnreadable(_("The file is empty."))
    (_number, head), *body = table
    columns = _columns(head)
    if not body:
        raise RatesUnreadable(_("The file has no rates, only a heading."))
    if len(body) > MAX_LINES:
        raise RatesUnreadable(_("More than %(most)s lines.") % {"most": MAX_LINES})
    reading = Reading()
    for number, cells in body:
        row = {name: cells[at].strip() for name, at in columns.items() if at < len(cells)}
        try:
            reading.rates.append(_rate(number, row))
        except ValidationError as exc:
            reading.problems.extend(Problem(number, text) for text in exc.messages)
    reading.problems.extend(_doubled(reading.rates))
    reading.problems.sort(key=lambda problem: problem.line)
    return reading


@transaction.atomic
def take_in(rates: Iterable[Rate], *, dry_run: bool = False) -> Taken:
    """Write the rates; a row of the same lane, container and days gets the amount and note.

    With `dry_run` it counts only.
    """
    known: dict[Key, LaneRate] = {_key(row): row for row in LaneRate.objects.select_for_update()}
    new, changed, same = [], [], 0
    for rate in rates:
        row = known.get(rate.key)
        if row is None:
            new.append(_row(rate))
        elif (row.amount, row.note) == (rate.amount, rate.note):
            same += 1
        else:
            row.amount, row.note, row.updated_at = rate.amount, rate.note, timezone.now()
            changed.append(row)
    if not dry_run:
        LaneRate.objects.bulk_create(new, batch_size=500)
        LaneRate.objects.bulk_update(changed, ["amount", "note", "updated_at"], batch_size=200)
    return Taken(len(new), len(changed), same)


def table(rows: Iterable[LaneRate]) -> str:
    """The rows as CSV that `read` takes back as the same rates."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows:
        values = [str(getattr(row, name)) for name in COLUMNS]
        writer.writerow([f"'{value}" if _is_formula(value) else value for value in values])
    return text.getvalue()


def _is_formula(text: str) -> bool:
    """Whether a cell is a formula, or one that a quote keeps from being one."""
    return text.lstrip("'").startswith(FORMULA)


def _key(row: LaneRate) -> Key:
    return (row.origin, row.destination, row.container, row.valid_from, row.valid_to)


def _row(rate: Rate) -> LaneRate:
    return LaneRate(
        origin=rate.origin,
        destination=rate.destination,
        container=rate.container,
        amount=rate.amount,
        valid_from=rate.valid_from,
        valid_to=rate.valid_to,
        note=rate.note,
    )


def _csv(data: bytes) -> list[list[str]]:
    text = _decoded(data)
    head = text.partition("\n")[0]
    mark = max(",;\t", key=head.count)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True))
    except csv.Error as exc:
        raise RatesUnreadable(_("This is no CSV table: %(why)s") % {"why": exc}) from exc


def _decoded(data: bytes) -> str:
    """A CSV's text: UTF-8, or the code page in which a Korean Excel saves it."""
    for charset in ("utf-8-sig", "cp949"):
        try:
            text = data.decode(charset)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise RatesUnreadable(_("This is no CSV file in UTF-8, and no XLSX file."))


def _xlsx(data: bytes) -> list[list[str]]:
    """The cells of the first sheet; of formulas what they last came to."""
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with ZipFile(io.BytesIO(data)) as parts:
            unpacked = sum(part.file_size for part in parts.infolist())
        if unpacked > MAX_UNPACKED_BYTES:
            raise RatesUnreadable(_("The file unpacks to more than 100 MB."))
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        rows = book.worksheets[0].iter_rows(max_row=MAX_LINES + 2, max_col=40, values_only=True)
        lines = [[_cell(value) for value in row] for row in rows]
        book.close()
    except (InvalidFileException, *BROKEN) as exc:
        raise RatesUnreadable(_("This is no XLSX file that can be read.")) from exc
    return lines


def _cell(value: Any) -> str:
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ")
    # a spreadsheet has only floats: 1850000.0 is a whole number of won
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)


def _columns(head: Sequence[str]) -> dict[str, int]:
    """Where each column stands, by its heading in any case."""
    found: dict[str, int] = {}
    for at, cell in enumerate(head):
        heading = unicodedata.normalize("NFC", cell).strip().lower().replace(" ", "_")
        name = HEADINGS.get(heading.replace("_", ""), heading)
        if name in found:
            raise RatesUnreadable(_("Two columns are called %(name)s.") % {"name": name})
        if name in COLUMNS:
            found[name] = at
    missing = [name for name in COLUMNS if name not in found and name not in OPTIONAL]
    if missing:
        text = _("The first line must name the columns. Missing: %(names)s.")
        raise RatesUnreadable(text % {"names": ", ".join(missing)})
    return found


def _rate(line: int, row: dict[str, str]) -> Rate:
    """The line's rate; ValidationError with everything that is wrong with it."""
    problems: list[str] = []

    def taken(name: str, read: Any) -> Any:
        try:
            return read(row.get(name, ""))
        except ValidationError as exc:
            problems.extend(f"{name}: {text}" for text in exc.messages)
            return None

    values = {name: taken(name, reader) for name, reader in READERS.items()}
    taken("currency", _won)
    if values["origin"] and values["origin"] == values["destination"]:
        problems.append(_("destination: the same as the origin"))
    first, last = values["valid_from"], values["valid_to"]
    if first and last and last < first:
        problems.append(_("valid_to: lies before valid_from"))
    if problems:
        raise ValidationError(problems)
    return Rate(line=line, **values)


def _place(text: str) -> str:
    code: str = PlaceField().clean(text)
    return code


def _container(text: str) -> Container:
    size = SIZES.get(re.sub(r"[\s'’′-]", "", text).lower())
    if size is None:
        sizes = ", ".join(Container)
        raise ValidationError(
            _("“%(text)s” is none of %(sizes)s") % {"text": text[:40], "sizes": sizes}
        )
    return size


def _amount(text: str) -> Decimal:
    found = AMOUNT.fullmatch(text)
    amount = Decimal(found[1].replace(",", "")) if found else Decimal(0)
    if not 0 < amount < MOST_WON:
        raise ValidationError(_("“%(text)s” is no amount of whole won") % {"text": text[:40]})
    return amount


def _day(text: str) -> dt.date:
    """A day written year first: 01/02/2031 is two days, depending on who reads it."""
    found = DAY.fullmatch(text)
    try:
        return dt.date(*(int(group) for group in found.groups() if group)) if found else _no_day()
    except ValueError as exc:
        text = _("“%(text)s” is no day: write 2031-03-31") % {"text": text[:40]}
        raise ValidationError(text) from exc


def _no_day() -> dt.date:
    raise ValueError("not a date, year first")


def _won(text: str) -> None:
    if text and text.upper() not in (tariff.WON, "₩", "원"):
        raise ValidationError(
            _("“%(text)s”: rates are in KRW. Convert the amount first.") % {"text": text[:10]}
        )


def _note(text: str) -> str:
    note = text[1:] if text[:1] == "'" and _is_formula(text) else text
    if len(note) > LONGEST:
        raise ValidationError(_("longer than %(most)s characters") % {"most": LONGEST})
    if any(unicodedata.category(char) == "Cc" for char in note):
        raise ValidationError(_("has a line break or another control character"))
    return note


READERS = {
    "origin": _place,
    "destination": _place,
    "container": _container,
    "amount": _amount,
    "valid_from": _day,
    "valid_to": _day,
    "note": _note,
}


def _doubled(rates: Iterable[Rate]) -> Iterator[Problem]:
    """Lines that say again what an earlier one has said: which of them is meant?"""
    first: dict[Key, int] = {}
    for rate in rates:
        line = first.setdefault(rate.key, rate.line)
        if line != rate.line:
            text = _("the same lane, container and days as line %(line)s") % {"line": line}
            yield Problem(rate.line, text)
