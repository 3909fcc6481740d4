"""Linux's Landlock: a process gives up, for itself and all it starts, what it may do to files.

Works without privileges from kernel 5.13 on; the numbers are those of linux/landlock.h.
"""

import contextlib
import ctypes
import os
import struct

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same on every architecture
_VERSION = 1
_PATH_BENEATH = 1
_PR_SET_NO_NEW_PRIVS = 38
_WRITE_FILE = 1 << 1
# remove and make anything: directories, files, devices, sockets, pipes, links
_CHANGE_FOLDERS = sum(1 << bit for bit in range(4, 13))
_REFER, _TRUNCATE = 1 << 13, 1 << 14
_TCP = 0b11  # bind, connect


def give_up_writing(libc: ctypes.CDLL) -> bool:
    """Whether this process can from now on change no file, and open no TCP connection where the
    kernel knows that too. Reading and starting programs stay allowed, and so does /dev/null.
    """
    abi = libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _VERSION)
    if abi < 1:
        return False
    files = _WRITE_FILE | _CHANGE_FOLDERS
    files |= (_REFER if abi >= 2 else 0) | (_TRUNCATE if abi >= 3 else 0)
    handled = struct.pack("=Q", files) + (struct.pack("=Q", _TCP) if abi >= 4 else b"")
    ruleset = libc.syscall(_CREATE_RULESET, handled, ctypes.c_size_t(len(handled)), 0)
    if ruleset < 0:
        return False
    try:
        _allow_writing(libc, ruleset, os.devnull)
        libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        return bool(libc.syscall(_RESTRICT_SELF, ruleset, 0) == 0)
    finally:
        os.close(ruleset)


def _allow_writing(libc: ctypes.CDLL, ruleset: int, path: str) -> None:
    with contextlib.suppress(OSError):
        descriptor = os.open(path, os.O_PATH)
        rule = struct.pack("=Qi", _WRITE_FILE, descriptor)
        libc.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, rule, 0)
        os.close(descriptor)
