"""Headers that are too long, too many, too deep or no headers at all."""

from pipeline.tests.hostile.cases import HEAD, MIB, Bait, mail

BODY = b"\r\n20ft Busan to Hamburg\r\n"


@mail("headers-of-8mb", "headers-cut")
def headers_of_8mb(bait: Bait) -> bytes:
    line = b"X-Filler: " + b"a" * 90 + b"\r\n"
    return HEAD + line * (bait.of(8 * MIB, 400 * 1024) // len(line)) + BODY


@mail("one-header-of-8mb", "header-cut", "headers-cut")
def one_header_of_8mb(bait: Bait) -> bytes:
    return HEAD + b"X-One: " + b"a" * bait.of(8 * MIB, 300 * 1024) + b"\r\n" + BODY


@mail("header-folded-a-million-times", "header-cut", "headers-cut")
def header_folded(bait: Bait) -> bytes:
    return HEAD + b"X-Fold: a\r\n" + b" b\r\n" * bait.of(1_000_000, 60_000) + BODY


@mail("two-hundred-thousand-headers", "headers-cut")
def many_headers(bait: Bait) -> bytes:
    return HEAD + b"a:\n" * bait.of(200_000, 5000) + BODY


@mail("subject-of-1mb", "header-cut", "headers-cut")
def subject_of_1mb(bait: Bait) -> bytes:
    return b"Subject: " + b"quote " * (bait.of(MIB, 200_000) // 6) + b"\r\n" + HEAD + BODY


@mail("subject-of-100000-words", "header-cut", "headers-cut")
def subject_of_words(bait: Bait) -> bytes:
    words = b"\r\n ".join([b"=?ks_c_5601-1987?B?sN8=?="] * bait.of(100_000, 2000))
    return b"Subject: " + words + b"\r\n" + HEAD + BODY


@mail("subject-of-open-words", "header-cut")
def subject_of_open_words(bait: Bait) -> bytes:
    """Each looks like the beginning of an encoded word, and none ends."""
    return b"Subject: " + b"=?utf-8?q?a" * bait.of(100_000, 1000) + b"\r\n" + HEAD + BODY


@mail("encoded-words-in-strange-charsets")
def strange_words(_: Bait) -> bytes:
    names = (
        b"rot13 zlib bz2 hex base64 idna punycode unicode_escape raw_unicode_escape uu utf-7 "
        b"undefined mbcs oem x-unknown utf8mb4 ../../etc/passwd %s {0} utf-16 utf-32 charmap"
    ).split()
    words = b"\r\n ".join(b"=?" + each + b"?B?eJyrVspIzcnJVyhPLMpJUUjOz0vL?=" for each in names)
    return b"Subject: " + words + b"\r\n" + HEAD + BODY


@mail("from-with-100000-addresses", "header-cut", "headers-cut", "several-senders")
def many_senders(bait: Bait) -> bytes:
    people = b",\r\n ".join(
        b"p%d <p%d@trade.example>" % (n, n) for n in range(bait.of(100_000, 1000))
    )
    return b"From: " + people + b"\r\nSubject: x\r\n" + BODY


@mail("comments-10000-deep", "header-cut")
def deep_comments(bait: Bait) -> bytes:
    depth = bait.of(10_000, 5000)
    nested = b"(" * depth + b"x" + b")" * depth
    return (
        b"From: kim@trade.example " + nested + b"\r\nTo: " + nested + b" a@busybee.example\r\n"
        b"Date: Tue, 03 Nov 2026 10:00:00 +0900 " + nested + b"\r\n"
        b"Authentication-Results: mx; " + nested + b" dmarc=pass\r\n"
        b"Content-Type: text/plain " + nested + b"; charset=utf-8\r\n" + BODY
    )


@mail("filename-in-10000-pieces", "header-cut")
def many_pieces(bait: Bait) -> bytes:
    pieces = b"".join(b";\r\n filename*%d*=%%EA%%B2%%AC" % n for n in range(bait.of(10_000, 1000)))
    disposition = b"Content-Disposition: attachment" + pieces
    return HEAD + b"Content-Type: text/plain\r\n" + disposition + b"\r\n" + BODY


@mail("parameters-by-the-hundred-thousand", "header-cut", "headers-cut")
def many_parameters(bait: Bait) -> bytes:
    given = b"".join(b"; p%d=%d" % (n, n) for n in range(bait.of(100_000, 1000)))
    return HEAD + b"Content-Type: text/plain" + given + b"; charset=utf-8\r\n" + BODY


@mail("parameter-with-an-open-quote")
def open_quote(_: Bait) -> bytes:
    return HEAD + b'Content-Type: text/plain; name="' + b"\\" * 4001 + b"\r\n" + BODY


@mail("references-by-the-hundred-thousand", "header-cut", "headers-cut")
def many_references(bait: Bait) -> bytes:
    ids = b"\r\n ".join(b"<%d@trade.example>" % n for n in range(bait.of(100_000, 2000)))
    return HEAD + b"References: " + ids + b"\r\nIn-Reply-To: " + ids + b"\r\n" + BODY


@mail("message-id-of-control-characters")
def strange_id(_: Bait) -> bytes:
    ids = b"Message-ID: <a\0b\x1b[2J@trade.example>\r\nIn-Reply-To: <" + b"x" * 3000 + b">\r\n"
    return HEAD + ids + BODY


DATES = (
    "31 Feb 2026 25:61:61 +9999",
    "Mon, 01 Jan 0001 00:00:00 +1400",
    "Fri, 31 Dec 9999 23:59:59 -1200",
    "Tue, 03 Nov 99999999999999999999 10:00:00 +0900",
    "0 0 0 0:0:0",
    "Tue, 03 Nov 2026 10:00:00 +99999999999999",
    "(((((((((())))))))))",
    "Tue, ３ Nov 2026 10:00:00",
    "1" * 4000,
    ":" * 4000,
    "Tue, -3 Nov -2026 -10:-00:-00 --0900",
    "nan inf 1e999 10:00",
)


@mail("dates-that-are-none")
def bad_dates(bait: Bait) -> bytes:
    """Every one in its own header, and one by chance as the mail's."""
    first = bait.chance.choice(DATES)
    lines = "".join(f"Date: {each}\r\n" for each in (first, *DATES))
    return lines.encode() + b"From: kim@trade.example\r\n" + BODY


@mail("nul-bytes-everywhere")
def nul_bytes(bait: Bait) -> bytes:
    return HEAD.replace(b"e", b"e\0").replace(b"i", b"\0i") + b"\0" * bait.of(MIB, 10_000) + BODY


@mail("only-newlines", "no-sender")
def only_newlines(bait: Bait) -> bytes:
    return b"\r\n" * bait.of(10 * MIB, 200_000)


@mail("only-carriage-returns", "no-sender")
def only_returns(bait: Bait) -> bytes:
    return b"a\r" * bait.of(10 * MIB, 30_000)


@mail("empty", "no-sender")
def empty(_: Bait) -> bytes:
    return b""


@mail("one-line-of-40mb", "no-sender")
def one_line(bait: Bait) -> bytes:
    return b"a" * bait.of(40 * MIB, MIB)


@mail("one-line-of-40mb-of-colons", "no-sender")
def one_line_of_colons(bait: Bait) -> bytes:
    return b"a: b;=?" * bait.of(6 * MIB, 100_000)


@mail("noise", "no-sender")
def noise(bait: Bait) -> bytes:
    return bait.chance.randbytes(bait.of(4 * MIB, 100_000))


@mail("list-of-authentication-results")
def many_verdicts(bait: Bait) -> bytes:
    line = b"Authentication-Results: mx.busybee.example; dmarc=" + b"(" * 900 + b"\r\n"
    return line * bait.of(900, 200) + HEAD + BODY


@mail("signatures-by-the-hundred")
def many_signatures(bait: Bait) -> bytes:
    """Each DKIM-Signature would be a question to the DNS."""
    line = b"DKIM-Signature: v=1; a=rsa-sha256; d=trade.example; s=%d; h=from; bh=eA==; b=eA==\r\n"
    return b"".join(line % n for n in range(bait.of(900, 50))) + HEAD + BODY
