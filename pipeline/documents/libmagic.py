"""A second opinion on a file's type from libmagic, where the system has it.

Through ctypes and not python-magic, which looks for the library with a compiler (see libraries).
"""

import ctypes
from functools import cache
from typing import Any

from pipeline.documents import libraries

_MIME_TYPE = 0x10
_NO_CHECK_COMPRESS = 0x1000  # never unpack anything to look inside
LOOK = 256 * 1024


def media_type(data: bytes) -> str:
    """What libmagic takes `data` for ("image/heic"); "" where it is not installed or fails."""
    opened = _opened()
    if opened is None:
        return ""
    library, cookie = opened
    head = data[:LOOK]
    answer = library.magic_buffer(cookie, head, len(head))
    return answer.decode("ascii", errors="replace") if answer else ""


@cache
def _opened() -> tuple[Any, int] | None:
    """The library with its table loaded once for the process (1 ms; the table is mapped)."""
    library = libraries.load(libraries.LIBMAGIC)
    if library is None:
        return None
    library.magic_open.restype, library.magic_open.argtypes = ctypes.c_void_p, [ctypes.c_int]
    library.magic_load.argtypes = [ctypes.c_void_p, ctypes.c_char_p]
    library.magic_buffer.restype = ctypes.c_char_p
    library.magic_buffer.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t]
    cookie = library.magic_open(_MIME_TYPE | _NO_CHECK_COMPRESS)
    if not cookie or library.magic_load(cookie, None) != 0:
        return None
    return library, cookie
