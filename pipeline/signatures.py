"""DKIM signatures checked by ourselves, for mail whose server leaves no verdict (RFC 6376).

In three phases, as the process that reads mail has no network: `dns_names` (in the child) says
which TXT records could prove the sender, dns_records.txt_records (in the parent) asks for them, and
`verdict` (in the child again) judges by the answers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline import mime
from pipeline.authentication import DOMAIN, Verdict, sender_domain
from pipeline.headers import Wire

MAX_SIGNATURES = 5
Records = Mapping[str, Sequence[str]]


def dns_names(raw: bytes) -> tuple[str, ...]:
    """The TXT records that `verdict` wants: keys of the signatures that could prove the sender, and
    the policy of its domain. Empty where there is nothing to prove.
    """
    wire, whole = mime.headers_of(raw)
    domain = sender_domain(wire) if whole else ""
    keys = [each.key_name for each in _signatures(wire, domain)]
    return (*dict.fromkeys(keys), f"_dmarc.{domain}") if keys else ()


@dataclass(frozen=True, slots=True)
class _Signature:
    """What a DKIM-Signature header says of itself; `number` is its place among them."""

    number: int
    domain: str
    key_name: str
    tags: dict[str, str]


def _signatures(wire: Wire, sender: str) -> list[_Signature]:
    """The signatures that can speak for `sender`: of the same domain or one above it.

    There is no public suffix list here: a signature of a domain below or beside the sender's
    (mail.trade.example for trade.example), which DMARC would take, proves nothing to us.
    """
    found = []
    for number, value in enumerate(wire.get("dkim-signature", ())[:MAX_SIGNATURES]):
        tags = _tags(value)
        domain = tags.get("d", "").lower()
        key_name = f"{tags.get('s', '').lower()}._domainkey.{domain}"
        aligned = bool(sender) and f".{sender}".endswith(f".{domain}")
        if aligned and DOMAIN.fullmatch(domain) and DOMAIN.fullmatch(key_name) and _sound(tags):
            found.append(_Signature(number, domain, key_name, tags))
    return found


def _sound(tags: Mapping[str, str]) -> bool:
    """Whether it covers From and the whole body, by an algorithm that still counts (RFC 8301)."""
    covered = tags.get("h", "").lower().split(":")
    modern = tags.get("a", "").lower() in {"rsa-sha256", "ed25519-sha256"}
    return modern and "from" in covered and "l" not in tags


def _tags(value: str) -> dict[str, str]:
    """The tag=value list of a signature or a record (RFC 6376 3.2), white space taken out."""
    pairs = (each.partition("=") for each in value.split(";"))
    return {name.strip().lower(): "".join(text.split()) for name, mark, text in pairs if mark}


def verdict(raw: bytes, records: Records) -> Verdict:
    """What the signatures in `raw` prove of the sender; SPF can't be told afterwards.

    `records` holds the answers to `dns_names`: an empty one says that there is no such record, a
    name that is missing could not be asked. A DMARC pass is a sound signature that holds, of the
    From domain (or, unless its policy says adkim=s, of one above it). A fail is a policy of
    quarantine or reject with signatures of the domain of which none holds.
    """
    wire, whole = mime.headers_of(raw)
    domain = sender_domain(wire) if whole else ""
    policy = _policy(records.get(f"_dmarc.{domain}", ()))
    strict = policy.get("adkim", "").lower() == "s"
    judged = [
        _holds(raw, each, records)
        for each in _signatures(wire, domain)
        if each.domain == domain or not strict
    ]
    if True in judged:
        return Verdict(dkim="pass", dmarc="pass")
    if not judged or None in judged:
        return Verdict()
    enforced = policy.get("p", "").lower() in {"quarantine", "reject"}
    return Verdict(dkim="fail", dmarc="fail" if enforced else "none")


def _policy(records: Sequence[str]) -> dict[str, str]:
    found = [_tags(each) for each in records[:10]]
    return next((each for each in found if each.get("v", "").upper() == "DMARC1"), {})


def _holds(raw: bytes, signature: _Signature, records: Records) -> bool | None:
    """Whether the signature verifies; None where its key could not be asked or is on trial only."""
    answers = records.get(signature.key_name)
    if answers is None or any("y" in _tags(each).get("t", "").split(":") for each in answers):
        return None
    import dkim

    # several records for one key: no telling which counts
    key = answers[0].encode("ascii", errors="replace") if len(answers) == 1 else b""
    try:
        checker = dkim.DKIM(raw, minkey=1024)
        return bool(checker.verify(idx=signature.number, dnsfunc=lambda *_, **__: key))
    except (dkim.DKIMException, ArithmeticError, LookupError, TypeError, ValueError):
        return False
