"""A look at a mailbox without reading a mail: can it be reached, and what is there?"""

import os
from dataclasses import dataclass
from pathlib import Path

from imapclient import IMAPClient

from pipeline.errors import MailboxError
from pipeline.mailbox.connection import connect, drop, told
from pipeline.models import Mailbox


@dataclass(frozen=True, slots=True)
class Findings:
    """What lies there, and what an IMAP server can do beyond the least (None for a folder)."""

    mails: int
    idle: bool | None = None
    move: bool | None = None
    uidplus: bool | None = None


def probe(mailbox: Mailbox) -> Findings:
    """What is found at the place that `mailbox` names; nothing there is changed.

    Raises MailboxError with the reason where it cannot be read as it is set up.
    """
    if mailbox.kind == Mailbox.Kind.DIRECTORY:
        return _look_into(Path(mailbox.directory))
    client = connect(mailbox)
    try:
        with told(mailbox):
            return _look_at(client, mailbox)
    finally:
        drop(client)


def _look_into(folder: Path) -> Findings:
    problem = folder_problem(folder)
    if problem:
        raise MailboxError(f"{folder}: {problem}")
    try:
        with os.scandir(folder) as entries:
            names = [entry.name for entry in entries if entry.is_file()]
    except OSError as exc:
        raise MailboxError(f"{folder}: {exc.strerror}") from exc
    return Findings(sum(name.endswith(".eml") and not name.startswith(".") for name in names))


def folder_problem(folder: Path) -> str:
    """Why mails cannot be taken from `folder`, or an empty string."""
    try:
        there = folder.is_dir()
    except OSError as exc:  # a name that is too long
        return exc.strerror or type(exc).__name__
    if not there:
        return "there is no such folder"
    if not os.access(folder, os.R_OK | os.X_OK):
        return "it cannot be read"
    # what was read moves to a subfolder
    return "" if os.access(folder, os.W_OK) else "it cannot be written to"


def _look_at(client: IMAPClient, mailbox: Mailbox) -> Findings:
    able = {name.decode("ascii", "replace") for name in client.capabilities()}
    for folder in _folders(mailbox):
        if not client.folder_exists(folder):
            raise MailboxError(f"there is no mail folder {folder}")
    status = client.select_folder(mailbox.folder, readonly=True)
    return Findings(
        int(status.get(b"EXISTS", 0)), "IDLE" in able, "MOVE" in able, "UIDPLUS" in able
    )


def _folders(mailbox: Mailbox) -> list[str]:
    moves = mailbox.after == Mailbox.After.MOVE
    return [mailbox.folder, *([mailbox.after_folder] if moves else [])]
