"""Files that stand uuencoded in a plain text, as old mail programs send them."""

import binascii
import re
from dataclasses import dataclass

MAX_FILES = 20
_BEGIN = re.compile(rb"^begin [0-7]{3,4} ([^\r\n]{1,255})\r?\n", re.MULTILINE)
_END = re.compile(rb"^(?:[ `]\r?\n)?end[ \t]*(?:\r?\n|\Z)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Found:
    """A file taken out of a text; its name is bytes in the text's charset."""

    name: bytes
    data: bytes


def taken_out(text: bytes) -> tuple[bytes, list[Found]]:
    """`text` without the uuencoded files in it, and these. What is not whole stays in the text."""
    if b"begin " not in text:
        return text, []
    kept, files, at = bytearray(), list[Found](), 0
    for _ in range(MAX_FILES):
        begin = _BEGIN.search(text, at)
        if begin is None:
            break
        end = _END.search(text, begin.end())
        if end is None:
            break
        data = decoded(text[begin.end() : end.start()], strict=True)
        if data:
            kept += text[at : begin.start()]
            files.append(Found(begin[1].strip(), data))
            at = end.end()
        else:
            kept += text[at : begin.end()]
            at = begin.end()
    return bytes(kept) + text[at:], files


def decoded(body: bytes, *, strict: bool = False) -> bytes:
    """The bytes that the lines of `body` stand for; b"" for a line that is none, if `strict`."""
    out = bytearray()
    for line in body.splitlines():
        try:
            # spaces at a line's end get lost on the way: binascii fills them up
            out += binascii.a2b_uu(line)
        except binascii.Error:
            if strict:
                return b""
    return bytes(out)
