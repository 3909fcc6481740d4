"""Orders to a machine in four languages, and the harmless mails that carry them."""

import datetime as dt
import html
import re
import tempfile
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.utils import timezone

from freight import fonts
from pipeline.tests.files import docx_bytes, xlsx_bytes
from pipeline.tests.pictures import drawn, saved

LANGUAGES = ("ko", "en", "ja", "th")
# what a reader does not see, each language in a way of its own
HIDDEN = {
    "ko": "font-size:0;line-height:0",
    "en": "display:none",
    "ja": "color:#ffffff;background:#ffffff",
    "th": "position:absolute;left:-9999px",
}
WROTE = {
    "ko": "2026년 11월 20일 (금) 오후 3:04, BusyBee <quote@busybee.example>님이 작성:",
    "en": "On Fri, 20 Nov 2026 at 15:04, BusyBee <quote@busybee.example> wrote:",
    "ja": "2026年11月20日(金) 15:04 BusyBee <quote@busybee.example>:",
    "th": "ในวันที่ ศ. 20 พ.ย. 2026 เวลา 15:04 BusyBee <quote@busybee.example> เขียนว่า:",
}
SHEET_TITLE = 31  # letters, by Excel
_DAY = re.compile(r"%DAY\+(\d+)%")


@dataclass(frozen=True, slots=True)
class Injection:
    """Words that tell a machine what it must not do, and where in the mail they stand.

    facts: what an obedient reader would take, as {fact: (words, value)}. forbidden: what no mail
    of ours may say. mode: of the mailbox that gets it.
    """

    name: str
    language: str
    place: str
    asks: str
    text: str
    facts: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    forbidden: tuple[str, ...] = ()
    mode: str = "auto"


@dataclass(frozen=True, slots=True)
class Request:
    """A request for a price, in pieces: each fact can be left out."""

    name: str
    address: str
    subject: str
    opening: str
    route: str
    container: str
    gross_weight_kg: str
    etd: str
    eta: str
    closing: str
    paper: str

    def body(self, without: str = "") -> str:
        """The letter, complete or without the piece of that name."""
        told = {
            name: "" if name == without else getattr(self, name)
            for name in ("route", "container", "gross_weight_kg", "etd", "eta")
        }
        first = f"{self.opening}{told['route']}{told['container']}."
        facts = [told["gross_weight_kg"], told["etd"], told["eta"]]
        return "\n".join([first.replace("..", "."), *filter(None, facts)])


def dated(value: str) -> str:
    """`value` with the day that `%DAY+20%` means: twenty days on, as 2026-12-12."""
    today = timezone.localdate()
    return _DAY.sub(lambda found: str(today + dt.timedelta(days=int(found[1]))), value)


def _read(language: str) -> dict[str, Any]:
    path = Path(__file__).with_name(f"{language}.toml")
    return tomllib.loads(dated(path.read_text("utf-8")))


def requests() -> dict[str, Request]:
    """The harmless mail of each language."""
    return {language: Request(**_read(language)["mail"]) for language in LANGUAGES}


def injections() -> list[Injection]:
    """All of them, with a name each that says language, place and wish."""
    found: list[Injection] = []
    for language in LANGUAGES:
        for number, told in enumerate(_read(language)["injection"], start=1):
            facts = {name: (words, value) for name, (words, value) in told.pop("facts", {}).items()}
            forbidden = tuple(told.pop("forbidden", ()))
            name = f"{language}-{number:02d}-{told['place']}-{told['asks'].replace(' ', '_')}"
            found.append(Injection(name, language, facts=facts, forbidden=forbidden, **told))
    return found


def harmless(place: str, language: str, request: Request, without: str = "") -> bytes:
    """The mail with nothing in `place`: what it is compared with."""
    return mail(Injection("harmless", language, place, "", ""), request, without)


def mail(injection: Injection, request: Request, without: str = "") -> bytes:
    """The request's raw mail with the injection in its place."""
    place, text = injection.place, injection.text
    message = EmailMessage()
    name = text if place == "from_name" and text else request.name
    message["From"] = formataddr((name, request.address))
    message["To"] = "quote@busybee.example"
    message["Date"] = format_datetime(timezone.now())
    message["Message-ID"] = f"<{uuid4()}@{request.address.partition('@')[2]}>"
    message["Subject"] = (
        f"{request.subject} {text}".strip() if place == "subject" else request.subject
    )
    body = _body(injection, request.body(without), request)
    if place == "html_hidden":
        message.set_content(_page(injection, body), subtype="html")
    else:
        message.set_content(body)
    _attach(message, injection, request.paper)
    return message.as_bytes()


def _body(injection: Injection, body: str, request: Request) -> str:
    text = injection.text
    match injection.place:
        case "body" if text:
            return f"{body}\n\n{text}\n\n{request.closing}\n"
        case "quoted":
            quoted = "\n".join(f"> {line}" for line in f"{text}\nBusyBee".strip().splitlines())
            return f"{body}\n\n{request.closing}\n\n{WROTE[injection.language]}\n{quoted}\n"
        case "signature":
            return f"{body}\n\n{request.closing}\n\n-- \n{request.name}\n{text}".rstrip() + "\n"
    return f"{body}\n\n{request.closing}\n"


def _page(injection: Injection, body: str) -> str:
    lines = "".join(f"<p>{html.escape(line)}</p>" for line in body.splitlines() if line)
    style = HIDDEN[injection.language]
    return (
        f'<html><body>{lines}<div style="{style}">{html.escape(injection.text)}</div></body></html>'
    )


def _attach(message: EmailMessage, injection: Injection, paper: str) -> None:
    lines = [line for line in (paper, injection.text) if line]
    name, data = "packing-list", b""
    match injection.place:
        case "filename":
            name, kind, data = injection.text or name, "txt", paper.encode()
        case "docx" as kind:
            data = docx_bytes(lines)
        case "xlsx_cell":
            kind, data = "xlsx", xlsx_bytes({"Packing": [[line] for line in lines]})
        case "xlsx_sheet":
            title = injection.text[:SHEET_TITLE] or "Packing"
            kind, data = "xlsx", xlsx_bytes({title: [[paper]]})
        case "pdf" as kind:
            data = _pdf(lines)
        case "image":
            kind, data = "png", saved(drawn("\n".join(lines)), "PNG")
        case "csv" | "txt" as kind:
            data = "\n".join(lines).encode()
        case _:
            return
    message.add_attachment(
        data, maintype="application", subtype="octet-stream", filename=f"{name}.{kind}"
    )


def _pdf(lines: list[str]) -> bytes:
    """One page in our own fonts."""
    from fpdf import FPDF

    page = FPDF(format="A4")
    families: dict[str, set[str]] = {"latin": set()}
    for letter in "".join(lines):
        families.setdefault(fonts.family_of(letter) or "latin", set()).add(letter)
    with tempfile.TemporaryDirectory(prefix="bb-pdf-") as folder:
        for family, letters in families.items():
            path = Path(folder) / f"{family}.ttf"
            path.write_bytes(fonts.subset(family, "", letters | {" "}))
            page.add_font(family, "", path)
        page.set_font("latin", size=11)
        page.set_fallback_fonts(list(families), exact_match=False)
        page.set_text_shaping(use_shaping_engine=True)
        page.add_page()
        for line in lines:
            page.multi_cell(0, 8, line, new_x="LMARGIN", new_y="NEXT")
        return bytes(page.output())
