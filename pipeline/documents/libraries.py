"""Shared libraries of the system, by their fixed names.

Not by ctypes.util.find_library: that runs ldconfig and a compiler, and the sandbox's child has no
PATH to find them and may not write their temporary files.
"""

import ctypes
from functools import cache

LIBARCHIVE = ("libarchive.so.13", "/opt/homebrew/opt/libarchive/lib/libarchive.13.dylib")
LIBMAGIC = ("libmagic.so.1", "libmagic.1.dylib", "/opt/homebrew/lib/libmagic.dylib")


@cache
def load(names: tuple[str, ...]) -> ctypes.CDLL | None:
    """The first of these libraries that is installed, or None."""
    for name in names:
        try:
            return ctypes.CDLL(name)
        except OSError:
            continue
    return None
