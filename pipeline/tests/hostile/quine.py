"""A ZIP whose one member is the ZIP itself, byte for byte.

A deflate stream can print itself with two kinds of instruction: a stored block (five bytes, then
what it prints) and a block that repeats the last n bytes. With a header before it and a directory
behind it the lengths must fit: every instruction that is repeated in groups of four takes five
bytes, which a repeat of 66 does with a copy and an empty block, so the name has 31 characters. The
checksum stands in the file that it is of: as a CRC is linear, it is solved for.
"""

import struct
import zlib
from collections.abc import Iterable

NAME = b"r" * 27 + b".zip"
HEADER = 30 + len(NAME)
GROUP = 20  # four instructions
COMMENT = b"round again"  # a repeat of 115 bytes or more takes four bytes
TAIL = 5 + 46 + len(NAME) + 22 + len(COMMENT)
REPEAT = 4  # bytes that the last repeat takes


def zip_quine() -> bytes:
    """The archive; the same at each call."""
    size = len(_file(0, 0))
    base = zlib.crc32(_file(0, size))
    columns = [zlib.crc32(_file(1 << bit, size)) ^ base ^ (1 << bit) for bit in range(32)]
    return _file(_solved(columns, base), size)


def _solved(columns: list[int], target: int) -> int:
    """The bits whose columns add up to `target`, over two elements."""
    rows: dict[int, tuple[int, int]] = {}
    for bit, column in enumerate(columns):
        picked = 1 << bit
        column, picked = _reduced(rows, column, picked)
        if column:
            rows[column.bit_length()] = (column, picked)
    rest, picked = _reduced(rows, target, 0)
    assert rest == 0
    return picked


def _reduced(rows: dict[int, tuple[int, int]], value: int, picked: int) -> tuple[int, int]:
    for high in sorted(rows, reverse=True):
        if value.bit_length() == high:
            value, picked = value ^ rows[high][0], picked ^ rows[high][1]
    return value, picked


def _file(crc: int, size: int) -> bytes:
    packed = max(0, size - HEADER - (TAIL - 5))
    common = struct.pack("<HHHHIIIHH", 0, 8, 0, 0, crc, packed, size, len(NAME), 0)
    head = b"PK\x03\x04\x14\0" + common + NAME
    line = b"PK\x01\x02\x14\0\x14\0" + common + bytes(14) + NAME
    at = HEADER + packed
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(line), at, len(COMMENT))
    tail = b"\x01\0\0\xff\xff" + line + end + COMMENT
    assert len(head) == HEADER
    assert len(tail) == TAIL
    return head + _program(head, tail) + tail


def _program(head: bytes, tail: bytes) -> bytes:
    whole = _stored(HEADER + 5)
    again = _repeat([HEADER + 5], empty=True)
    one, four, none = _stored(5), _stored(GROUP), _stored(0)
    repeat = _repeat([GROUP // 2, GROUP // 2])
    last, ending = _stored(REPEAT + TAIL), _repeat([REPEAT + TAIL])
    return b"".join(
        (
            *(whole, head, whole, again),
            *(one, again, one, one),
            *(four, again, one, one, four, repeat),
            *(four, repeat, four, repeat, four, repeat),
            *(four, repeat, none, none, last, repeat),
            *(none, none, last, ending, tail, ending),
        )
    )


def _stored(size: int) -> bytes:
    """The head of a stored block of `size` bytes."""
    return struct.pack("<BHH", 0, size, size ^ 0xFFFF)


def _repeat(lengths: list[int], *, empty: bool = False) -> bytes:
    """A block that prints the last sum(lengths) bytes again, ending at a full byte."""
    distance = sum(lengths)
    bits = [0, 1, 0]
    for length in lengths:
        bits += [*_length(length), *_distance(distance)]
    bits += [0] * 7
    if empty:
        bits += [0, 1, 0, *[0] * 7]
    assert len(bits) % 8 == 0
    return bytes(
        sum(bit << n for n, bit in enumerate(bits[at : at + 8])) for at in range(0, len(bits), 8)
    )


# first length of a code -> (code, extra bits), and the same of distances: RFC 1951, 3.2.5
_LENGTHS = {10: (264, 0), 59: (276, 3), 115: (280, 4)}
_DISTANCES = {17: (8, 3), 65: (12, 5), 97: (13, 5)}


def _length(length: int) -> Iterable[int]:
    first = max(each for each in _LENGTHS if each <= length)
    code, extra = _LENGTHS[first]
    huffman = (code - 256, 7) if code < 280 else (0xC0 + code - 280, 8)
    return [*_high(*huffman), *_low(length - first, extra)]


def _distance(distance: int) -> Iterable[int]:
    first = max(each for each in _DISTANCES if each <= distance)
    code, extra = _DISTANCES[first]
    return [*_high(code, 5), *_low(distance - first, extra)]


def _high(value: int, width: int) -> list[int]:
    return [value >> n & 1 for n in range(width - 1, -1, -1)]


def _low(value: int, width: int) -> list[int]:
    return [value >> n & 1 for n in range(width)]
