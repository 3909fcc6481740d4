"""MIME trees that are too wide, too deep, or whose boundaries lie."""

import base64

from pipeline.tests.files import zip_bytes
from pipeline.tests.hostile.cases import HEAD, MIB, Bait, envelope, letter, mail


def multipart(boundary: bytes, body: bytes, kind: bytes = b"mixed") -> bytes:
    kind = b'Content-Type: multipart/%b; boundary="%b"\r\n\r\n' % (kind, boundary)
    return HEAD + kind + body


@mail("twenty-thousand-parts", "too-many-parts")
def many_parts(bait: Bait) -> bytes:
    part = b"--b\r\nContent-Type: text/plain\r\n\r\nx\r\n"
    return multipart(b"b", part * bait.of(20_000, 1000) + b"--b--")


@mail("twenty-thousand-files", "too-many-parts")
def many_files(bait: Bait) -> bytes:
    part = b'--b\r\nContent-Disposition: attachment; filename="a.csv"\r\n\r\na,b\r\n'
    return multipart(b"b", part * bait.of(20_000, 400) + b"--b--")


@mail("multipart-900-deep", "too-deep")
def deep_multipart(_: Bait) -> bytes:
    inner = b"".join(
        b'--%d\r\nContent-Type: multipart/mixed; boundary="%d"\r\n\r\n' % (n, n + 1)
        for n in range(900)
    )
    return multipart(b"0", inner + b"--900\r\n\r\nbottom\r\n")


@mail("mail-900-deep", "too-deep")
def deep_mail(_: Bait) -> bytes:
    return b"Content-Type: message/rfc822\r\n\r\n" * 900 + letter(b"bottom")


@mail("mail-with-a-file-900-deep", "too-deep")
def deep_forwards(bait: Bait) -> bytes:
    raw = letter(b"bottom")
    for n in range(bait.of(300, 60)):
        raw = multipart(b"f%d" % n, b"--f%d\r\nContent-Type: message/rfc822\r\n\r\n" % n + raw)
    return raw


@mail("mail-in-mail-in-zip-in-mail", "too-deep")
def mail_in_zip(_: Bait) -> bytes:
    raw = letter(b"bottom")
    for _unused in range(4):
        raw = envelope("inner.zip", zip_bytes({"a.eml": envelope("b.eml", raw)}))
    return raw


@mail("one-boundary-for-all-levels")
def same_boundary(bait: Bait) -> bytes:
    part = b'--b\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n'
    return multipart(b"b", part * bait.of(5000, 400) + b"--b--")


@mail("boundaries-that-begin-alike", "too-deep", "too-many-parts")
def prefix_boundaries(bait: Bait) -> bytes:
    """Each level's delimiter begins with the one above it."""
    lines = b"".join(
        b'--%b\r\nContent-Type: multipart/mixed; boundary="%b"\r\n\r\n' % (b"b" * n, b"b" * (n + 1))
        for n in range(1, bait.of(900, 60))
    )
    return multipart(b"b", lines)


@mail("boundary-without-letters")
def empty_boundary(_: Bait) -> bytes:
    return multipart(b"", b"--\r\n\r\nx\r\n----\r\n")


@mail("boundary-of-spaces")
def blank_boundary(_: Bait) -> bytes:
    return multipart(b"   ", b"--   \r\n\r\nx\r\n--   --\r\n")


@mail("boundary-as-a-pattern")
def pattern_boundary(bait: Bait) -> bytes:
    body = b"--(a+)+$\r\n\r\n" + b"a" * bait.of(MIB, 50_000) + b"!\r\n--(a+)+$--"
    return multipart(b"(a+)+$", body)


@mail("boundary-that-never-comes", "boundary-missing")
def absent_boundary(bait: Bait) -> bytes:
    return multipart(b"never", b"--neve\r\n" * bait.of(MIB, 10_000))


@mail("boundary-without-its-end")
def open_boundary(bait: Bait) -> bytes:
    return multipart(b"b", b"--b\r\n\r\n" + b"x\r\n" * bait.of(MIB, 50_000))


@mail("boundary-of-1mb", "header-cut", "headers-cut")
def long_boundary(bait: Bait) -> bytes:
    name = b"b" * bait.of(MIB, 20_000)
    return multipart(name, b"--" + name + b"\r\n\r\nx\r\n--" + name + b"--")


@mail("boundary-in-every-other-byte")
def dense_boundary(bait: Bait) -> bytes:
    """Every one looks like a delimiter, until its line goes on."""
    return multipart(b"b", b"--b" * bait.of(8 * MIB, 200_000))


@mail("boundaries-followed-by-blanks")
def blank_tails(bait: Bait) -> bytes:
    line = b"--b" + b" " * bait.of(20_000, 2000) + b"x\r\n"
    return multipart(b"b", line * bait.of(400, 50))


@mail("nested-multiparts-that-share-a-big-body", "too-deep", "killed-memory")
def copied_bodies(bait: Bait) -> bytes:
    """Each level holds all of what is below it: copies of it would add up to gigabytes."""
    head = b"".join(
        b'--%d\r\nContent-Type: multipart/mixed; boundary="%d"\r\n\r\n' % (n, n + 1)
        for n in range(30)
    )
    return multipart(b"0", head + b"x" * bait.of(30 * MIB, MIB))


@mail("base64-with-garbage")
def bad_base64(bait: Bait) -> bytes:
    noise = bait.chance.randbytes(bait.of(4 * MIB, 100_000))
    files = b"Content-Disposition: attachment; filename=a.pdf\r\n"
    head = b"Content-Transfer-Encoding: base64\r\n" + files
    return HEAD + head + b"\r\n" + base64.b64encode(noise).replace(b"A", b"=\0*")


@mail("base64-of-equal-signs")
def equal_signs(bait: Bait) -> bytes:
    return HEAD + b"Content-Transfer-Encoding: base64\r\n\r\n" + b"=" * bait.of(8 * MIB, 100_000)


@mail("quoted-printable-of-soft-breaks")
def soft_breaks(bait: Bait) -> bytes:
    head = b"Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    return HEAD + head + b"=\r\n" * bait.of(2 * MIB, 50_000) + b"=Z=" * 1000


@mail("encoding-that-nobody-knows", "unknown-transfer-encoding")
def unknown_encoding(_: Bait) -> bytes:
    return HEAD + b"Content-Transfer-Encoding: x-gzip64\r\n\r\n" + b"\x1f\x8b\x08" * 100


@mail("charsets-that-are-no-charsets")
def strange_charsets(_: Bait) -> bytes:
    names = b"zlib bz2 rot13 hex idna punycode unicode_escape utf-7 undefined utf-32 hz iso2022_kr"
    parts = b"".join(
        b"--b\r\nContent-Type: text/plain; charset=" + each + b"\r\n\r\n" + bytes(range(256)) * 8
        for each in names.split()
    )
    return multipart(b"b", parts.replace(b"charset=", b"charset= ") + b"\r\n--b--")


@mail("uuencode-without-its-end")
def open_uuencode(bait: Bait) -> bytes:
    line = b"M" + b"#" * 60 + b"\r\n"
    body = b"begin 644 a.exe\r\n" + line * bait.of(100_000, 3000)
    return HEAD + b"Content-Transfer-Encoding: x-uuencode\r\n\r\n" + body


@mail("uuencode-begun-a-hundred-thousand-times")
def many_uuencodes(bait: Bait) -> bytes:
    return letter(b"begin 644 ../../etc/passwd\r\nM####\r\n" * bait.of(100_000, 3000))


@mail("flowed-without-a-break")
def flowed(bait: Bait) -> bytes:
    kind = "text/plain; format=flowed; delsp=yes"
    return letter(b"x \r\n" * bait.of(MIB, 50_000), kind)


@mail("alternatives-of-heavy-html")
def heavy_alternatives(bait: Bait) -> bytes:
    part = b"--b\r\nContent-Type: text/html\r\n\r\n" + b"<table><tr><td>1" * bait.of(30_000, 500)
    return multipart(b"b", (part + b"\r\n") * bait.of(50, 5) + b"--b--", b"alternative")


@mail("three-hundred-heavy-letters")
def heavy_letters(bait: Bait) -> bytes:
    """Each part is within every limit by itself."""
    part = b"--b\r\nContent-Type: text/html\r\n\r\n" + b"<p><i>1</i>" * bait.of(10_000, 200)
    return multipart(b"b", (part + b"\r\n") * bait.of(290, 20) + b"--b--")


@mail("three-hundred-letters-of-noise")
def noisy_letters(bait: Bait) -> bytes:
    """Each asks for its charset to be guessed anew."""
    noise = bytes(bait.chance.randrange(128, 256) for _ in range(bait.of(60_000, 1000)))
    part = b"--b\r\nContent-Type: text/plain; charset=x-unknown\r\n\r\n" + noise + b"\r\n"
    return multipart(b"b", part * bait.of(290, 20) + b"--b--")


@mail("bounce-of-100000-recipients")
def huge_bounce(bait: Bait) -> bytes:
    block = b"Final-Recipient: rfc822; a@b.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
    status = b"--b\r\nContent-Type: message/delivery-status\r\n\r\n"
    body = status + block * bait.of(100_000, 1000) + b"\r\n--b--"
    return multipart(b"b", body, b"report; report-type=delivery-status")


@mail("bounces-in-bounces")
def nested_bounces(_: Bait) -> bytes:
    raw = letter(b"x")
    for n in range(60):
        status = b"--r%d\r\nContent-Type: message/delivery-status\r\n\r\nAction: failed\r\n" % n
        original = b"\r\n--r%d\r\nContent-Type: message/rfc822\r\n\r\n" % n
        raw = multipart(b"r%d" % n, status + original + raw, b"report")
    return raw


@mail("hundred-slow-mails-in-a-mail")
def slow_forwards(bait: Bait) -> bytes:
    """Each takes its own time to read: together they must not take 300 times as long."""
    wide = b"<table><tr><td>" + b"w" * 50_000 + b"<tr><td>1" * bait.of(20_000, 50)
    inner = b"--b\r\nContent-Type: message/rfc822\r\n\r\n" + letter(wide, "text/html") + b"\r\n"
    return multipart(b"b", inner * bait.of(90, 2) + b"--b--")
