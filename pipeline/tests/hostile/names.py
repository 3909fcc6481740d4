"""Names and paths that want to be more than names."""

from pipeline.tests.files import zip_bytes
from pipeline.tests.hostile.archives import deflated, raw_zip
from pipeline.tests.hostile.cases import HEAD, Bait, attached, mail
from pipeline.tests.hostile.mime_tricks import multipart

NAMES = (
    "../../../../../../etc/passwd",
    "/etc/cron.d/busybee-hostile",
    "..\\..\\windows\\system32\\x.txt",
    "C:\\busybee-hostile.txt",
    "\\\\host.example\\share\\x.txt",
    "CON",
    "aux.txt",
    "NUL.csv",
    "a.txt:stream",
    "quote\u202efdp.exe",
    "in\r\nvoice\n.txt",
    "tab\tand\x1b[2Jescape.txt",
    ".",
    "..",
    "...",
    " ",
    "~root/.ssh/authorized_keys",
    "$(touch /tmp/busybee-hostile).txt",
    "`reboot`.txt",
    "%s%n%x.txt",
    "{0.__class__}.txt",
    "<script>alert(1)</script>.txt",
    "'; DROP TABLE pipeline_email; --.txt",
    "\ud55c" * 400 + ".txt",
    "-rf",
    "a" * 10_000 + ".txt",
)


@mail("file-names-that-climb", "header-cut")
def mail_names(_: Bait) -> bytes:
    parts = b"".join(
        b"--b\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename="
        + b'"%b"\r\n\r\n20ft\r\n' % each.replace('"', "").replace("\r\n", " ").encode()
        for each in NAMES
    )
    return multipart(b"b", parts + b"--b--")


@mail("file-names-that-climb-in-pieces", "header-cut")
def percent_names(_: Bait) -> bytes:
    def piece(name: str) -> bytes:
        escaped = "".join(f"%{byte:02X}" for byte in name.encode("utf-8", "surrogatepass"))
        return b"--b\r\nContent-Disposition: attachment; filename*=utf-8''" + escaped.encode()

    nuls = [*NAMES, "a.txt\0.exe", "\ud800.txt", "\0"]
    return multipart(b"b", b"".join(piece(each) + b"\r\n\r\n20ft\r\n" for each in nuls) + b"--b--")


@attached("member-names-that-climb", "a.zip", "traversal")
def member_names(_: Bait) -> bytes:
    packed = deflated(b"20ft")
    return raw_zip([(name.encode("utf-8"), packed, 4) for name in NAMES if len(name) < 60_000])


@attached("member-names-with-nul", "a.zip", "bad-name")
def nul_names(_: Bait) -> bytes:
    names = (b"a.txt\0.exe", b"\0", b"", b" ", b"\xff\xfe\xfd", b"\x80" * 60_000)
    return raw_zip([(name, deflated(b"x"), 1) for name in names])


@attached("one-member-name-200-times", "a.zip")
def same_names(bait: Bait) -> bytes:
    return raw_zip([(b"a.txt", deflated(b"20ft"), 4)] * bait.of(190, 20))


@attached("members-named-like-their-parents", "a.zip")
def tree_names(_: Bait) -> bytes:
    """Paths in the tree must stay different, whatever the members are called."""
    inner = zip_bytes({"b": b"x", "b/c": b"y", "a.zip/b": b"z"})
    return zip_bytes({"a.zip": inner, "a.zip/b": b"1", "a.zip/b/c": b"2", "3": b"3", "4": b""})


@mail("types-that-are-no-types")
def bad_types(_: Bait) -> bytes:
    kinds = (
        b"text/" + b"x" * 3000,
        b"/",
        b"text",
        b"text/plain/plain",
        b"\xff\xfe/\x00",
        b"multipart/mixed",
        b"message/rfc822",
        b"message/partial; id=1; number=1; total=9",
        b"message/external-body; access-type=local-file; name=/etc/passwd",
        b"application/x-sh; name=x.sh",
    )
    parts = b"".join(b"--b\r\nContent-Type: " + each + b"\r\n\r\nx\r\n" for each in kinds)
    return multipart(b"b", parts + b"--b--")


@mail("addresses-with-orders-in-them")
def bad_addresses(_: Bait) -> bytes:
    """What would break out of a header, a log line or a mail command of ours."""
    return (
        b'From: "a\r\n Bcc: x@y.example" <a@b.example\r\n RCPT TO:<c@d.example>>\r\n'
        b"Reply-To: <a@b.example>\0, \x1b]0;x\x07@b.example, a@[127.0.0.1], @b, a@, <>\r\n"
        b'To: undisclosed-recipients:;, "\\" <b@c.example>, =?utf-8?q?=0ABcc:_x=40y?=\r\n'
        b"Message-ID: <a\r\n b@c.example>\r\n\r\nx"
    )


@mail("sender-in-the-look-of-another")
def look_alike(_: Bait) -> bytes:
    return (
        HEAD.replace(b"Kim", "\u202equote@busybee.example\u202c \u200b".encode())
        + b"Sender: root@localhost\r\nFrom: second@other.example\r\n\r\nx"
    )
