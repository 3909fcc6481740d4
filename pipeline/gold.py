"""Mails with the facts that a person read in them: as .eml files, and how well they were read.

A line of such a file is a JSON object: `id, lang, label, subject, body, from, received, order_id,
order_id_accept, fields, accept, attachments`. `fields` has the names of `manage.py triage`.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from io import BytesIO
from pathlib import Path
from typing import Any

# the sets that are kept with the code
FOLDER = Path(__file__).resolve().parents[1] / "freight" / "gold"
FIELDS = (
    "weight_kg",
    "container",
    "departure_date",
    "arrival_date",
    "departure_city",
    "arrival_city",
)
ALL = "all"
NEEDED = frozenset({"id", "lang", "label", "subject", "body", "from", "received", "fields"})
# weights in two units, rounded by people
WEIGHT_TOLERANCE = 0.01


@dataclass(frozen=True, slots=True)
class Tally:
    """How often a field was stated, given and right; `invented`: given where nothing is stated."""

    stated: int = 0
    given: int = 0
    right: int = 0
    invented: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.stated + other.stated,
            self.given + other.given,
            self.right + other.right,
            self.invented + other.invented,
        )

    @property
    def f1(self) -> float:
        """Twice the right ones over those stated and given; 1.0 where there are neither."""
        both = self.stated + self.given
        return 2 * self.right / both if both else 1.0


class NotGold(Exception):
    """A file that cannot be read as mails with gold; the message says which and why."""


def read(path: Path) -> list[dict[str, Any]]:
    """The mails of a JSON Lines file. Raises NotGold."""
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
        rows = [(at, json.loads(line)) for at, line in enumerate(lines, 1) if line.strip()]
    except OSError as exc:
        raise NotGold(f"{path} cannot be read: {exc.strerror}") from exc
    except ValueError as exc:
        raise NotGold(f"{path} is not JSON Lines: {exc}") from exc
    for at, row in rows:
        lacks = NEEDED.difference(row) if isinstance(row, dict) else NEEDED
        if lacks:
            raise NotGold(f"{path}, line {at}: no {', '.join(sorted(lacks))}")
    return [row for _, row in rows]


def as_eml(row: Mapping[str, Any]) -> bytes:
    """The mail as it would come in."""
    message = EmailMessage()
    name, address = parseaddr(row["from"])
    user, _, domain = address.rpartition("@")
    message["From"] = Address(name, user, domain)
    message["To"] = "quote@busybee.example"
    message["Subject"] = row["subject"]
    message["Date"] = format_datetime(datetime.fromisoformat(row["received"]))
    message["Message-ID"] = f"<{row['id']}@{domain}>"
    message.set_content(row["body"])
    for file in row.get("attachments") or ():
        data, subtype = _content(file)
        main, _, sub = subtype.partition("/")
        message.add_attachment(data, maintype=main, subtype=sub, filename=file["name"])
    return message.as_bytes()


def _content(file: Mapping[str, Any]) -> tuple[bytes, str]:
    content = file["content"]
    if isinstance(content, str):
        return content.encode(), "text/csv" if file["name"].endswith(".csv") else "text/plain"
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in content:
        sheet.append(list(row))
    packed = BytesIO()
    book.save(packed)
    return packed.getvalue(), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def same(field: str, wanted: Any, given: Any) -> bool:
    """Whether both are one value: a weight within 1 %, all else to the letter."""
    if wanted is None or given is None:
        return wanted is given
    if field == "weight_kg":
        return abs(float(given) - float(wanted)) <= WEIGHT_TOLERANCE * abs(float(wanted))
    return str(wanted) == str(given)


def tally(row: Mapping[str, Any], fields: Mapping[str, Any], *, lenient: bool) -> dict[str, Tally]:
    """What `fields` got right of one quote, field by field; lenient: `accept` counts as well."""
    return {field: _tally(row, field, fields.get(field), lenient) for field in FIELDS}


def _tally(row: Mapping[str, Any], field: str, given: Any, lenient: bool) -> Tally:
    wanted = row["fields"].get(field)
    also = (row.get("accept") or {}).get(field, []) if lenient else []
    right = any(same(field, value, given) for value in (wanted, *also))
    if right and (wanted is None) != (given is None):  # what a lenient reader may leave or take
        return Tally()
    return Tally(
        stated=int(wanted is not None),
        given=int(given is not None),
        right=int(right and given is not None),
        invented=int(wanted is None and given is not None),
    )


def names_order(row: Mapping[str, Any], given: Any) -> bool:
    """Whether `given` is the number of the order, or one that may be taken for it."""
    allowed = {
        str(n).casefold().strip() for n in (row.get("order_id"), *row.get("order_id_accept", ()))
    }
    return str(given).casefold().strip() in allowed


@dataclass(frozen=True, slots=True)
class Report:
    """The figures of one set: tallies by field and `all`, mails that are right as a whole."""

    quotes: int
    strict: Mapping[str, Tally]
    lenient: Mapping[str, Tally]
    six_right: int
    orders: int
    orders_right: int
    labels_right: int

    def as_json(self) -> dict[str, Any]:
        whole = self.strict[ALL]
        return {
            "mails": self.quotes + self.orders,
            "quotes": self.quotes,
            "f1": {name: round(each.f1, 4) for name, each in self.strict.items()},
            "f1_lenient": round(self.lenient[ALL].f1, 4),
            "invented": whole.invented,
            "given": whole.given,
            "all_six_right": round(self.six_right / self.quotes, 4) if self.quotes else None,
            "orders": self.orders,
            "order_number_right": self.orders_right,
            "label_right": self.labels_right,
        }


def report(rows: Sequence[Mapping[str, Any]], told: Sequence[Mapping[str, Any]]) -> Report:
    """How well `told` (lines of `manage.py triage`, in the order of `rows`) is read."""
    pairs = list(zip(rows, told, strict=True))
    quotes = [(row, each["fields"]) for row, each in pairs if row["label"] == "quote"]
    orders = [(row, each["order_number"]) for row, each in pairs if row["label"] == "order"]
    return Report(
        quotes=len(quotes),
        strict=_sum(tally(row, fields, lenient=False) for row, fields in quotes),
        lenient=_sum(tally(row, fields, lenient=True) for row, fields in quotes),
        six_right=sum(
            all(same(f, row["fields"].get(f), got.get(f)) for f in FIELDS) for row, got in quotes
        ),
        orders=len(orders),
        orders_right=sum(names_order(row, number) for row, number in orders),
        labels_right=sum(row["label"] == each["label"] for row, each in pairs),
    )


def _sum(tallies: Iterable[Mapping[str, Tally]]) -> dict[str, Tally]:
    total = dict.fromkeys((*FIELDS, ALL), Tally())
    for each in tallies:
        for field, one in each.items():
            total[field] += one
            total[ALL] += one
    return total
