"""A mail of the corpus, and the files they are kept in."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

BASES_DIR = Path(__file__).resolve().parent / "bases"


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail with its label; mails that were made from one hand-written mail share its `base`."""

    base: str
    language: str
    label: str
    subject: str
    body: str
    split: Literal["", "training", "frozen"] = ""  # "": to be dealt

    def as_json(self) -> str:
        """One line of a file, without the line feed."""
        row = {
            "base": self.base,
            "lang": self.language,
            "label": self.label,
            "subject": self.subject,
            "body": self.body,
        }
        return json.dumps(row, ensure_ascii=False)


def group_files() -> list[Path]:
    """The files of hand-written mails, one for each author group."""
    return sorted(BASES_DIR.glob("*.jsonl"))


def read_group(path: Path) -> list[Mail]:
    """The mails of one group in the order they were written."""
    with path.open(encoding="utf-8") as lines:
        return [_mail(json.loads(line)) for line in lines if line.strip()]


_SPLITS: dict[str, Literal["", "training", "frozen"]] = {
    "": "",
    "training": "training",
    "frozen": "frozen",
}


def _mail(row: dict[str, str]) -> Mail:
    return Mail(
        base=row["base"],
        language=row["lang"],
        label=row["label"],
        subject=row["subject"],
        body=row["body"],
        split=_SPLITS[row.get("split", "")],
    )
