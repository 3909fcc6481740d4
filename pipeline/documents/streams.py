"""The streams of an OLE file by their paths, for .doc and .hwp; within bounds."""

from pipeline.documents.oledir import STORAGE, STREAM, BadOle, Entry, opened
from pipeline.documents.results import Unreadable

# what reading streams may cost: a thousand small ones may share one holder of megabytes
MAX_BYTES = 128 * 1024 * 1024
MAX_DEPTH = 10


class Compound:
    """An OLE file; raises Unreadable("damaged") where the bytes are none."""

    def __init__(self, data: bytes) -> None:
        try:
            self._file = opened(data)
        except BadOle as exc:
            raise Unreadable("damaged") from exc
        self._left = MAX_BYTES
        self._size = len(data)
        self._paths = self._walk()

    def names(self) -> list[str]:
        """The paths of the streams, folders apart by "/"."""
        return list(self._paths)

    def stream(self, path: str) -> bytes | None:
        """The bytes of the stream at `path`, or None where there is none."""
        entry = self._paths.get(path)
        if entry is None:
            return None
        self._left -= min(entry.size, self._size) + min(self._file.root.size, self._size)
        if self._left < 0:
            raise Unreadable("too-large")
        return self._file.start_of(entry, entry.size)

    def _walk(self) -> dict[str, Entry]:
        """The streams by their paths; every entry is visited once, whatever the links say."""
        paths: dict[str, Entry] = {}
        seen: set[int] = set()
        waiting = [("", self._file.root.child)]
        while waiting:
            folder, number = waiting.pop()
            if number >= len(self._file.entries) or number in seen:
                continue
            seen.add(number)
            entry = self._file.entries[number]
            waiting += [(folder, entry.left), (folder, entry.right)]
            if entry.kind == STREAM:
                paths.setdefault(folder + entry.name, entry)
            elif entry.kind == STORAGE and folder.count("/") < MAX_DEPTH:
                waiting.append((f"{folder}{entry.name}/", entry.child))
        return paths
