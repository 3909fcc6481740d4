"""Whether a mail comes from whom it says, by the word of our own mail server (RFC 8601).

Where there is no such word, signatures.py can check the mail's DKIM signatures.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from pipeline.headers import Wire, addresses

# "the topmost header, whatever server it names": for Microsoft 365, whose headers name none
ANY_SERVER = "*"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known of the sender, each "pass", "fail" or "none".

    `dmarc` is about the domain in From, the only one that people see.
    """

    spf: str = "none"
    dkim: str = "none"
    dmarc: str = "none"


@dataclass(frozen=True, slots=True)
class _Result:
    """One method of an Authentication-Results header, such as dmarc=pass header.from=a.example."""

    method: str
    result: str
    properties: tuple[tuple[str, str], ...]


def from_results(wire: Wire, server: str, *, whole: bool = True) -> Verdict:
    """The verdict of the topmost Authentication-Results header; those below came with the mail.

    Also where a server writes one a method: its milters put them below its Received line, where
    those that came with the mail follow at once. A forged "dmarc=pass" in our server's name looks
    there like the next of ours, unless the server took it out, which RFC 8601 5 asks for and we
    cannot see. So the topmost alone is certain; the filter that runs last writes it, DMARC's as a
    rule, and a method that it does not name is "none".

    It counts if it names `server` (or that is ANY_SERVER). Without a `server` nobody is trusted:
    then only bad news is believed, as forging that harms the forger alone. A DMARC pass must name
    the domain of the one address in From; `whole` says that no header was cut off.
    """
    top = next(iter(wire.get("authentication-results", ())), "")
    named, results = _results(top)
    if server not in {"", ANY_SERVER} and named != server.lower():
        return Verdict()
    domain = sender_domain(wire) if whole else ""
    found = Verdict(
        spf=_best(each.result for each in results if each.method == "spf"),
        dkim=_best(each.result for each in results if each.method == "dkim"),
        dmarc=_dmarc_of(results, domain),
    )
    if server:
        return found
    return Verdict(*map(_bad_news, (found.spf, found.dkim, found.dmarc)))


def _bad_news(verdict: str) -> str:
    return "fail" if verdict == "fail" else "none"


def _dmarc_of(results: list[_Result], domain: str) -> str:
    found = [each for each in results if each.method == "dmarc"]
    if any(each.result == "fail" for each in found):
        return "fail"
    named = {
        value.rstrip(".")
        for each in found
        for name, value in each.properties
        if name == "header.from"
    }
    passed = bool(found) and all(each.result == "pass" for each in found)
    return "pass" if passed and domain and named == {domain} else "none"


def _best(results: Iterable[str]) -> str:
    """A mail may bear several signatures: one that holds is enough."""
    found = set(results)
    if "pass" in found:
        return "pass"
    # softfail, neutral, temperror: nothing is proven either way
    return "fail" if "fail" in found else "none"


def sender_domain(wire: Wire) -> str:
    """The domain of the only address in the only From header, or "".

    Two headers, or two addresses in one, are the classic way to have one proven and another shown.
    """
    values = wire.get("from", ())
    if len(values) != 1:
        return ""
    found = list(islice(addresses(values[0]), 2))
    if len(found) != 1 or values[0].count("@") - found[0][0].count("@") > 1:
        return ""
    domain = found[0][1].rpartition("@")[2].rstrip(".")
    return domain if DOMAIN.fullmatch(domain) else ""


DOMAIN = re.compile(r"(?=.{4,253}\Z)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}")
# comments (RFC 5322) nest; two levels are what servers write
_COMMENT = re.compile(r'("(?:[^"\\]|\\.)*")|\((?:[^()\\]|\\.|\((?:[^()\\]|\\.)*\))*\)')
_SEGMENTS = re.compile(r'(?:[^;"]|"(?:[^"\\]|\\.)*"?)+')
_METHOD = re.compile(r"\s*([a-z][a-z0-9-]*)(?:\s*/\s*\d+)?\s*=\s*([a-z]+)(?=\s|$)(.*)", re.DOTALL)
_PROPERTY = re.compile(
    r'([a-z][a-z0-9-]*)\s*\.\s*([a-z][a-z0-9_.-]*)\s*=\s*("(?:[^"\\]|\\.)*"|[^\s"]+)'
)


def _results(value: str) -> tuple[str, list[_Result]]:
    """The server that an Authentication-Results header names, and what it says; lower case."""
    plain = _COMMENT.sub(lambda m: m[1] or " ", value.replace("\r", " ").replace("\n", " ").lower())
    if "(" in _without_quotes(plain):
        return "", []  # a comment that never ends: nothing behind it is to be believed
    segments = _SEGMENTS.findall(plain)
    named = ""
    if segments and not _METHOD.match(segments[0]):
        named = next(iter(segments.pop(0).split()), "").strip('"')
    return named, [result for each in segments if (result := _result(each))]


def _without_quotes(text: str) -> str:
    return re.sub(r'"(?:[^"\\]|\\.)*"', "", text)


def _result(segment: str) -> _Result | None:
    match = _METHOD.match(segment)
    if match is None:
        return None
    found = ((f"{m[1]}.{m[2]}", m[3].strip('"')) for m in _PROPERTY.finditer(match[3]))
    return _Result(match[1], match[2], tuple(found))
