# ruff: noqa: E501  (headers are kept on their line)
"""Who a mail is from: by our own server's word, or by the signatures in it."""

import base64
import dataclasses

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PrivateFormat, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import signatures
from pipeline.authentication import Verdict
from pipeline.mime import parse

FROM = b"From: Kim <kim@trade.example>\r\n"
GMAIL = (
    b"Authentication-Results: mx.google.example;\r\n"
    b"       dkim=pass header.i=@trade.example header.s=s1 header.b=AbCd;\r\n"
    b"       spf=pass (google.example: domain of kim@trade.example designates 192.0.2.1 as permitted"
    b" sender) smtp.mailfrom=kim@trade.example;\r\n"
    b"       dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=trade.example\r\n"
)
MICROSOFT = (
    b"Authentication-Results: spf=pass (sender IP is 192.0.2.1)\r\n"
    b" smtp.mailfrom=trade.example; dkim=pass (signature was verified)\r\n"
    b" header.d=trade.example;dmarc=pass action=none\r\n"
    b" header.from=trade.example;compauth=pass reason=100\r\n"
)
OURS = b"Authentication-Results: mx.example; "
PASS = OURS + b"dmarc=pass header.from=trade.example\r\n"
ALL = Verdict("pass", "pass", "pass")
NOTHING = Verdict()


def judged(raw: bytes, server: str = "mx.example") -> Verdict:
    mail = parse(raw + b"\r\nhi", authserv_id=server)
    return Verdict(mail.spf, mail.dkim, mail.auth)


@pytest.mark.parametrize(
    ("header", "server", "verdict"),
    [
        (GMAIL, "mx.google.example", ALL),
        (GMAIL, "MX.Google.Example", ALL),
        (GMAIL, "mx.example", NOTHING),
        (GMAIL, "", NOTHING),
        (MICROSOFT, "*", ALL),
        (MICROSOFT, "mx.example", NOTHING),
        (GMAIL.replace(b"Authentication-Results", b"ARC-Authentication-Results"), "*", NOTHING),
        (OURS + b"none\r\n", "mx.example", NOTHING),
        (b"Authentication-Results: mx.example 1; dmarc/1=pass header.from=trade.example\r\n", "mx.example", Verdict(dmarc="pass")),
        (b"Authentication-Results: (our (own)) mx.example;dmarc = pass header . from = Trade.Example\r\n", "mx.example", Verdict(dmarc="pass")),
        (b'Authentication-Results: "mx.example"; dmarc=pass header.from="trade.example"\r\n', "mx.example", Verdict(dmarc="pass")),
        (OURS + b"dmarc=fail (p=NONE) header.from=trade.example; spf=softfail; dkim=permerror\r\n", "mx.example", Verdict(dmarc="fail")),
        (OURS + b"spf=fail smtp.mailfrom=x; dkim=fail header.d=a; dkim=pass header.d=b\r\n", "mx.example", Verdict("fail", "pass")),
        (OURS + b"dmarc=bestguesspass header.from=trade.example\r\n", "mx.example", NOTHING),
        # nobody is trusted: only bad news is believed
        (OURS + b"dmarc=fail header.from=trade.example; spf=pass\r\n", "", Verdict(dmarc="fail")),
    ],
)  # fmt: skip
def test_the_verdict_of_our_server(header: bytes, server: str, verdict: Verdict) -> None:
    assert judged(header + FROM, server) == verdict


@pytest.mark.parametrize(
    "raw",
    [
        # the pass of another domain, of none, of two
        OURS + b"dmarc=pass header.from=other.example\r\n" + FROM,
        OURS + b"dmarc=pass header.from=sub.trade.example\r\n" + FROM,
        OURS + b"dmarc=pass\r\n" + FROM,
        OURS + b"dmarc=pass header.from=trade.example header.from=evil.example\r\n" + FROM,
        OURS + b"dmarc=pass header.from=trade.example; dmarc=none header.from=x\r\n" + FROM,
        # a forged one below ours, or above in another's name
        OURS + b"spf=none\r\n" + PASS + FROM,
        b"Authentication-Results: evil.example; dmarc=pass header.from=trade.example\r\n" + PASS + FROM,
        # inside a comment, a quoted string, a value of another method, an unclosed comment
        OURS + b"spf=pass (dmarc=pass header.from=trade.example)\r\n" + FROM,
        OURS + b"spf=pass (x (y; dmarc=pass header.from=trade.example) z; dmarc=pass)\r\n" + FROM,
        OURS + b'spf=pass smtp.mailfrom="x; dmarc=pass header.from=trade.example"\r\n' + FROM,
        OURS + b'spf=pass smtp.mailfrom="a\\"; dmarc=pass header.from=trade.example"\r\n' + FROM,
        OURS + b"spf=none (helo=(evil; dmarc=pass header.from=trade.example\r\n" + FROM,
        OURS + b"x-dmarc=pass header.from=trade.example\r\n" + FROM,
        # somebody else is shown than is proven
        PASS + FROM + b"From: boss@other.example\r\n",
        PASS + b"From: boss@other.example\r\n" + FROM,
        PASS + b"From: kim@trade.example, boss@other.example\r\n",
        PASS + b"From: boss@other.example, kim@trade.example\r\n",
        PASS + b"From : boss@other.example\r\n" + FROM,
        PASS + b"Subject: x\r\n",
        PASS + b"From: kim@trade.example" + b" " * 5000 + b", boss@other.example\r\n",
        PASS + FROM + b"X: y\r\n" * 1200 + b"From: boss@other.example\r\n",
        PASS + FROM + b"X: " + b"y" * 300_000 + b"\r\nFrom: boss@other.example\r\n",
    ],
)  # fmt: skip
def test_what_proves_nothing(raw: bytes) -> None:
    assert judged(raw).dmarc == "none"


def test_one_header_a_method_only_the_topmost_counts() -> None:
    """The next one down may be forged: it stands where one of ours would."""
    top = OURS + b"dmarc=pass header.from=trade.example\r\n"
    assert judged(top + OURS + b"spf=pass\r\n" + FROM) == Verdict(dmarc="pass")
    received = b"Received: from evil.example by mx.example; Tue, 3 Nov 2026 10:00:00 +0900\r\n"
    assert judged(received + OURS + b"spf=fail\r\n" + PASS + FROM) == Verdict(spf="fail")


def test_a_name_that_holds_an_address_does_not_make_two_senders() -> None:
    assert judged(PASS + b'From: "boss@good.example" <kim@trade.example>\r\n').dmarc == "pass"


LETTER = (
    b"From: Kim <kim@trade.example>\r\nTo: quote@busybee.example\r\nSubject: order\r\n"
    b"Date: Tue, 03 Nov 2026 10:00:00 +0900\r\n\r\nWe order. BB-2026-000123\r\n"
)


@dataclasses.dataclass(frozen=True)
class Key:
    private: bytes
    record: str


@pytest.fixture(scope="module")
def key() -> Key:
    return new_key()


def new_key() -> Key:
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = made.private_bytes(
        Encoding.PEM, PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    public = made.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return Key(private, f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}")


def signed(
    key: Key, raw: bytes = LETTER, *, domain: str = "trade.example", **more: object
) -> bytes:
    import dkim

    headers = more.pop("headers", [b"from", b"to", b"subject", b"date"])
    line = dkim.sign(
        raw, b"s1", domain.encode(), key.private, include_headers=headers, **more
    )  # fmt: skip
    return bytes(line) + raw


def checked(raw: bytes, records: signatures.Records) -> Verdict:
    return signatures.verdict(raw, records)


def records_of(key: Key, domain: str = "trade.example", policy: str = "") -> dict[str, tuple[str, ...]]:  # fmt: skip
    found = {f"s1._domainkey.{domain}": (key.record,), "_dmarc.trade.example": ()}
    return found | ({"_dmarc.trade.example": (f"v=DMARC1; {policy}",)} if policy else {})


def test_a_signature_of_the_senders_domain_proves_it(key: Key) -> None:
    raw = signed(key)

    assert signatures.dns_names(raw) == ("s1._domainkey.trade.example", "_dmarc.trade.example")
    assert checked(raw, records_of(key)) == Verdict(dkim="pass", dmarc="pass")


@pytest.mark.parametrize(
    ("signer", "policy", "verdict"),
    [
        ("example", "p=reject", "none"),
        ("trade.example", "p=reject; adkim=s", "pass"),
        ("mail.trade.example", "p=none", "none"),
        ("other.example", "p=reject", "none"),
        ("xtrade.example", "p=reject", "none"),
        ("rade.example", "p=reject", "none"),
    ],
)
def test_which_domain_may_speak_for_the_sender(
    key: Key, signer: str, policy: str, verdict: str
) -> None:
    raw = signed(key, domain=signer)
    assert checked(raw, records_of(key, signer, policy)).dmarc == verdict


@pytest.mark.parametrize(("policy", "verdict"), [("p=none", "pass"), ("p=none; adkim=s", "none")])
def test_a_domain_above_may_speak_unless_the_policy_forbids(
    key: Key, policy: str, verdict: str
) -> None:
    raw = signed(key, LETTER.replace(b"@trade", b"@sales.trade"))
    records = {
        "s1._domainkey.trade.example": (key.record,),
        "_dmarc.sales.trade.example": (f"v=DMARC1; {policy}",),
    }
    assert checked(raw, records).dmarc == verdict


def test_an_added_from_header_is_never_proven(key: Key) -> None:
    """The signature of the lower From holds; a mail program shows the upper one."""
    raw = b"From: Boss <boss@other.example>\r\n" + signed(key)

    assert signatures.dns_names(raw) == ()
    assert checked(raw, records_of(key)) == Verdict()


def test_an_oversigned_from_header_breaks_by_addition(key: Key) -> None:
    raw = signed(key, headers=[b"from", b"from", b"to", b"subject", b"date"])

    assert checked(raw, records_of(key)).dmarc == "pass"
    assert checked(b"From: kim@trade.example\r\n" + raw, records_of(key)).dmarc == "none"


def test_a_signature_must_cover_the_whole_body(key: Key) -> None:
    raw = signed(key, length=True) + b"PS: send it elsewhere\r\n"
    assert checked(raw, records_of(key)).dmarc == "none"


def test_a_signature_without_from_is_none(key: Key) -> None:
    raw = signed(key).replace(b"from : ", b"").replace(b"h=from", b"h=")
    assert checked(raw, records_of(key)).dmarc == "none"


@pytest.mark.parametrize(
    ("policy", "verdict"),
    [("p=reject", "fail"), ("p=quarantine", "fail"), ("p=none", "none"), ("", "none")],
)
def test_a_changed_mail_fails_where_the_policy_says_so(key: Key, policy: str, verdict: str) -> None:
    raw = signed(key).replace(b"000123", b"000124")
    assert checked(raw, records_of(key, policy=policy)) == Verdict(dkim="fail", dmarc=verdict)


def test_a_key_that_nobody_answered_for_proves_nothing_either_way(key: Key) -> None:
    assert checked(signed(key), {"_dmarc.trade.example": ("v=DMARC1; p=reject",)}) == Verdict()


@pytest.mark.parametrize("answers", [(), ("",), ("v=DKIM1; p=",), ("p=!!", "p=x"), ("\x00" * 300,)])
def test_a_broken_key_proves_nothing(key: Key, answers: tuple[str, ...]) -> None:
    records = records_of(key, policy="p=none") | {"s1._domainkey.trade.example": answers}
    assert checked(signed(key), records).dmarc == "none"


def test_a_key_on_trial_does_not_count(key: Key) -> None:
    records = records_of(key) | {"s1._domainkey.trade.example": (key.record + "; t=y",)}
    assert checked(signed(key), records) == Verdict()


def test_sha1_does_not_count(key: Key) -> None:
    raw = signed(key, signature_algorithm=b"rsa-sha1")
    assert checked(raw, records_of(key)) == Verdict()


PIECES = st.lists(
    st.sampled_from(
        [
            b"DKIM-Signature: v=1; a=rsa-sha256; d=trade.example; s=s1; h=from; bh=AAAA; b=AAAA; ",
            b"DKIM-Signature: ", b"d=trade.example;", b"s=s1;", b"h=from:from;", b"a=rsa-sha256;",
            b"b=", b"bh=", b"c=x/y;", b"t=-1;", b"x=99999999999999999999;", b"i=@x;", b"\xff", b"\r\n",
            b"From: kim@trade.example\r\n", b"\r\n\r\n", b"Authentication-Results: mx.example; ",
            b"dmarc=pass ", b"header.from=trade.example", b'"', b"(", b")", b";", b"\\",
        ]
    ),
    max_size=25,
).map(b"".join)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(PIECES, st.sampled_from(["", "k=rsa; p=AAAA", "p=" + "A" * 400, "\xff;;="]))
def test_any_headers_have_a_verdict(raw: bytes, record: str) -> None:
    names = signatures.dns_names(raw)
    assert len(names) <= signatures.MAX_SIGNATURES + 1
    verdict = signatures.verdict(raw, dict.fromkeys(names, (record,)))
    assert verdict.dmarc in {"none", "fail"}
    judged(raw)
