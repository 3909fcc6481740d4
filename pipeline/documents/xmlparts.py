"""XML parts of office files, read as a stream within bounds; nothing builds a tree of them."""

import posixpath
from typing import Protocol
from xml.parsers import expat

from pipeline.documents import archives
from pipeline.documents.results import Text, Unreadable, Writer

MAX_XML = 64 * 1024 * 1024
# a sheet of 2,000 rows by 50 columns with formulas has 300,000
MAX_ELEMENTS = 600_000
# expat 2.5 reads an unfinished tag from its start again with every piece: 64 MB of it cost minutes
MAX_TAG = 1024 * 1024
_STEP = 64 * 1024
_FALLBACK = "http://schemas.openxmlformats.org/markup-compatibility/2006 Fallback"

Attributes = dict[str, str]


class Enough(Exception):
    """The reader of a part has all that it wants of it."""


class Handler(Protocol):
    """What is told of a part's elements, by their names without a namespace."""

    def start(self, tag: str, attributes: Attributes) -> None: ...
    def end(self, tag: str) -> None: ...
    def characters(self, data: str) -> None: ...


class _Budget:
    """What one document's parts may cost together."""

    def __init__(self) -> None:
        self.bytes = MAX_XML
        self.elements = MAX_ELEMENTS


class Package:
    """An office file: a ZIP of XML parts, all under one budget."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._budget = _Budget()
        self.exhausted = False

    def names(self) -> list[str]:
        return archives.names(self._data)

    def has(self, name: str) -> bool:
        return archives.find(self._data, name) is not None

    def parse(self, name: str, handler: Handler, *, within: tuple[str, ...] = ()) -> bool:
        """Tell `handler` of the part `name`; says whether there is one that can be read.

        With `within`, only elements of these namespaces are told of; of a Fallback, which repeats
        what its Choice has said, none. Raises Unreadable("damaged"). Where the budget ends, the
        part ends, and `exhausted` is set.
        """
        found = archives.find(self._data, name)
        if found is None:
            return False
        try:
            _feed(_parser(handler, self._budget, within), self._data, found, self._budget)
        except _Exhausted:
            self.exhausted = True
        except Enough:
            return True
        except expat.ExpatError as exc:
            raise Unreadable("damaged") from exc
        return True

    def finish(self, writer: Writer) -> Text:
        """The text of `writer`, noted as cut where the budget did not last for all parts."""
        if self.exhausted:
            if not writer.pieces:
                raise Unreadable("too-large")
            writer.note("cut")
        return writer.text()


class _Exhausted(Exception):
    """The budget is used up."""


def _feed(
    parser: expat.XMLParserType,
    data: bytes,
    found: tuple[archives.Entry, tuple[int, int]],
    budget: _Budget,
) -> None:
    fed = 0
    for chunk in archives.unpacked(data, *found, step=_STEP):
        budget.bytes -= len(chunk)
        if budget.bytes < 0:
            raise _Exhausted
        parser.Parse(chunk, False)
        fed += len(chunk)
        if fed - parser.CurrentByteIndex > MAX_TAG:
            raise Unreadable("damaged")
    parser.Parse(b"", True)


def _parser(handler: Handler, budget: _Budget, within: tuple[str, ...]) -> expat.XMLParserType:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    skipping = 0

    def start(name: str, attributes: Attributes) -> None:
        nonlocal skipping
        budget.elements -= 1
        if budget.elements < 0:
            raise _Exhausted
        if skipping or name == _FALLBACK:
            skipping += 1
            return
        space, _, tag = name.rpartition(" ")
        if not within or space in within:
            handler.start(tag, attributes)

    def end(name: str) -> None:
        nonlocal skipping
        if skipping:
            skipping -= 1
            return
        space, _, tag = name.rpartition(" ")
        if not within or space in within:
            handler.end(tag)

    def characters(data: str) -> None:
        if not skipping:
            handler.characters(data)

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = characters
    parser.StartDoctypeDeclHandler = _refuse_doctype
    return parser


def _refuse_doctype(*_: object) -> None:
    """No office program writes a document type; one that stands here brings entities to expand."""
    raise Unreadable("damaged")


class _Relations:
    """Reads a .rels part: id -> (type's last word, target)."""

    def __init__(self) -> None:
        self.found: dict[str, tuple[str, str]] = {}

    def start(self, tag: str, attributes: Attributes) -> None:
        if tag == "Relationship" and attributes.get("TargetMode") != "External":
            kind = attributes.get("Type", "").rpartition("/")[2]
            self.found[attributes.get("Id", "")] = (kind, attributes.get("Target", ""))

    def end(self, tag: str) -> None:
        pass

    def characters(self, data: str) -> None:
        pass


def relations(package: Package, part: str) -> dict[str, tuple[str, str]]:
    """What `part` refers to: id -> (kind, name of the part)."""
    folder, _, name = part.rpartition("/")
    handler = _Relations()
    package.parse(f"{folder}/_rels/{name}.rels", handler)
    return {
        key: (kind, posixpath.normpath(posixpath.join("/" + folder, target)).lstrip("/"))
        for key, (kind, target) in handler.found.items()
    }


def value(attributes: Attributes, name: str) -> str:
    """The attribute `name` of whatever namespace, or ""."""
    if name in attributes:
        return attributes[name]
    return next((text for key, text in attributes.items() if key.endswith(" " + name)), "")


def is_on(text: str) -> bool:
    """Whether a switch is on; one without a value is."""
    return text not in {"0", "false", "off"}
