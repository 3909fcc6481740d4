"""What the supervised processes print: prefixed to the console, whole to a file each."""

import contextlib
from pathlib import Path
from typing import BinaryIO, TextIO

COLOURS = (36, 32, 33, 35, 34, 96, 92, 93, 95, 94)
ROTATE_AT_BYTES = 10 * 1024 * 1024


class Console:
    """Writes lines as `name | line`, each name in its colour where `stream` is a terminal."""

    def __init__(self, stream: TextIO | None, names: list[str], *, colour: bool) -> None:
        self._stream = stream
        self._width = max((len(name) for name in names), default=0)
        self._colours = {name: COLOURS[i % len(COLOURS)] for i, name in enumerate(names)}
        self._colour = colour

    def line(self, name: str, text: str) -> None:
        """Print one line of `name`; a reader that went away is no reason to stop."""
        if self._stream is None:
            return
        prefix = f"{name:<{self._width}} |"
        if self._colour and name in self._colours:
            prefix = f"\x1b[{self._colours[name]}m{prefix}\x1b[0m"
        with contextlib.suppress(OSError, ValueError):
            self._stream.write(f"{prefix} {text}\n")
            self._stream.flush()


class LogFile:
    """Appends to `path`; past 10 MB the file becomes `path.1` and a new one starts."""

    def __init__(self, path: Path, rotate_at: int = ROTATE_AT_BYTES) -> None:
        self._path, self._rotate_at = path, rotate_at
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file: BinaryIO = path.open("ab", buffering=0)

    def write(self, data: bytes) -> None:
        """Append `data`; a full disk costs the log, not the process."""
        with contextlib.suppress(OSError):
            if self._file.tell() > self._rotate_at:
                self._file.close()
                self._path.replace(self._path.with_name(f"{self._path.name}.1"))
                self._file = self._path.open("ab", buffering=0)
            self._file.write(data)

    def close(self) -> None:
        self._file.close()


class Lines:
    """Cuts a stream of bytes into lines; one over 16 KiB is cut, so none grows without end."""

    def __init__(self, longest: int = 16 * 1024) -> None:
        self._rest, self._longest = b"", longest

    def feed(self, data: bytes) -> list[str]:
        """The lines that `data` completes; empty `data` means the end and returns what is left."""
        buffer = self._rest + data
        *whole, self._rest = buffer.split(b"\n")
        if self._rest and (not data or len(self._rest) > self._longest):
            whole.append(self._rest)
            self._rest = b""
        return [line.decode("utf-8", "replace").rstrip("\r") for line in whole]
