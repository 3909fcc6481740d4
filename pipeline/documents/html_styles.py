"""What CSS says about seeing: style attributes and the style sheets of a page, as far as they hide.

What cannot be told for sure counts as shown: a fact that is hidden from us costs more than a line
that the reader did not see.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

MAX_STYLE = 16 * 1024
MAX_SHEETS, MAX_SHEET, MAX_RULES = 10, 64 * 1024, 4000
# of all rules that name one class, one id or one tag
MAX_SAME = 60
# steps up to the ancestors that a selector names, in a whole page
MAX_CLIMBS = 50_000
PLAIN_SIZE = 16.0

_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)|<!--|-->", re.DOTALL)
_ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6})[ \t\n]?|(.))", re.DOTALL)
_RULE = re.compile(r"([^{}]{1,1000})\{([^{}]{0,4000})\}")
# what says nothing of these needs no further look
_MATTERS = re.compile(
    r"display|visib|opacity|font|color|background|mso-hide|height|width|clip|indent|margin|"
    r"position|transform|scale|filter|decoration|\\|/\*",
    re.IGNORECASE,
)
_COMPOUND = re.compile(
    r"(?P<tag>[a-z][a-z0-9]{0,15}|\*)?(?P<rest>(?:[.#][\w-]{1,80}|\[class[~]?=[\"']?[\w-]{1,80}[\"']?\])*)"
)
_NAMES = re.compile(r"([.#])([\w-]+)|\[class~?=[\"']?([\w-]+)")
# of a page that is looked at, none of these is true
_NEVER = re.compile(r":(?:hover|focus|active|visited|checked|target|:|before|after|first-l)")

_HIDING = frozenset(
    "display mso-hide content-visibility opacity filter height max-height width max-width "
    "margin-top margin-left text-indent position transform scale clip clip-path".split()
)
# what inner elements inherit, or stand on
LOOKS = frozenset(
    "font-size visibility color background background-color background-image position "
    "text-decoration text-decoration-line -webkit-text-fill-color text-shadow "
    "background-clip -webkit-background-clip".split()
)
_USED = (
    _HIDING
    | LOOKS
    | set("font overflow overflow-x overflow-y left right top bottom padding-left".split())
)

Style = Mapping[str, str]
_NOTHING: Style = {}


@lru_cache(maxsize=512)
def declarations(text: str) -> Style:
    """The properties that a style attribute or the body of a rule sets, in lower case.

    Values keep a "!" where they are important.
    """
    if not _MATTERS.search(text):
        return _NOTHING
    if "/*" in text or "\\" in text:
        text = _ESCAPE.sub(_unescaped, _COMMENT.sub("", text[:MAX_STYLE]))
    found: dict[str, str] = {}
    for each in text[:MAX_STYLE].lower().split(";"):
        name, _, value = each.partition(":")
        if (name := name.strip()) in _USED:
            value, important, _ = value.partition("!")
            _set(found, name, value.strip() + "!" * bool(important))
    return found


def _unescaped(match: re.Match[str]) -> str:
    if not match[1]:
        return match[2]
    code = int(match[1], 16)
    return chr(code) if 0 < code < 0xD800 else ""


def _set(found: dict[str, str], name: str, value: str) -> None:
    if found.get(name, "").endswith("!") and not value.endswith("!"):
        return
    found[name] = value
    if name == "font":
        _set(found, "font-size", _size_in_font(value.rstrip("!")) + "!" * value.endswith("!"))
    elif name == "background":
        _set(found, "background-color", value)


_SIZE_IN_FONT = re.compile(r"(?:^|\s)(\d*\.?\d+(?:[a-z]{2,4}|%)?)(?=\s*/|\s|$)")


def _size_in_font(value: str) -> str:
    """The size of a `font:` shorthand; "" (a plain one) if it names none."""
    sizes = [each[1] for each in _SIZE_IN_FONT.finditer(value[:200])]
    # a number without a unit is a weight, but 0 is a size
    return next((each for each in sizes if not each.isdigit() or int(each) == 0), "")


@dataclass(frozen=True, slots=True)
class _Compound:
    """One link of a selector: what an element must be."""

    tag: str = ""
    names: frozenset[str] = frozenset()
    child: bool = False  # of the one before, not of any above


@dataclass(frozen=True, slots=True)
class _Rule:
    links: tuple[_Compound, ...]  # the last is the element's own
    style: Style
    weight: tuple[int, int, int]  # ids, classes, tags


@dataclass(slots=True)
class Sheet:
    """The rules of a page that may hide or show something, by what their last link names."""

    rules: dict[str, list[_Rule]] = field(default_factory=dict)
    climbs: int = MAX_CLIMBS

    def style_of(self, element: Any) -> Style:
        """What the rules and the element's own style attribute say together."""
        own = declarations(element.get("style", "")[:MAX_STYLE])
        if not self.rules:
            return own
        names = names_of(element)
        rules = [
            rule
            for key in (element.tag, *names)
            for rule in self.rules.get(key, ())
            if self._matches(rule, element, names)
        ]
        return _merged(sorted(rules, key=lambda rule: rule.weight), own) if rules else own

    def _matches(self, rule: _Rule, element: Any, names: frozenset[str]) -> bool:
        last = rule.links[-1]
        if (last.tag and last.tag != element.tag) or not last.names <= names:
            return False
        child = last.child
        for link in reversed(rule.links[:-1]):
            element = self._above(link, element, child=child)
            if element is None:
                return False
            child = link.child
        return True

    def _above(self, link: _Compound, element: Any, *, child: bool) -> Any:
        while (element := element.getparent()) is not None and self.climbs > 0:
            self.climbs -= 1
            if link.tag in {"", element.tag} and link.names <= names_of(element):
                return element
            if child:
                return None
        return None


def names_of(element: Any) -> frozenset[str]:
    """The ".class" and "#id" names of an element, in lower case."""
    classes, name = element.get("class"), element.get("id")
    if not classes and not name:
        return frozenset()
    names = [f".{each}" for each in (classes or "")[:500].lower().split()]
    return frozenset([*names, f"#{name[:100].lower()}"] if name else names)


def _merged(rules: Iterable[_Rule], own: Style) -> Style:
    found: dict[str, str] = {}
    for style in (*(rule.style for rule in rules), own):
        for name, value in style.items():
            if not found.get(name, "").endswith("!") or value.endswith("!"):
                found[name] = value
    return found


def sheet_of(html: str, lower: str) -> Sheet:
    """The style sheets of the page `html`; `lower` is the same in lower case."""
    sheet = Sheet()
    left = MAX_RULES
    for text in _sheets(html, lower):
        for media, css in _blocks(_COMMENT.sub(" ", text)):
            for match in _RULE.finditer(css):
                if left and _MATTERS.search(match[2]):
                    left -= 1
                    _add(sheet, match[1], declarations(match[2]), doubtful=media)
    return sheet


def _add(sheet: Sheet, selectors: str, style: Style, *, doubtful: bool) -> None:
    for each in selectors.lower().split(",")[:50]:
        if not each.strip() or _NEVER.search(each):
            continue
        links = _links(each)
        sure = links is not None and not doubtful
        if not sure and (hides(style) or not (links := links or _last_link(each))):
            continue
        assert links
        last = links[-1]
        key = min(last.names) if last.names else last.tag
        known = sheet.rules.setdefault(key, [])
        # which part of the page it is for cannot be told: what it sets is unknown there
        rule = _Rule(links, style if sure else dict.fromkeys(style, ""), _weight(links))
        if rule not in known[-3:]:
            known.append(rule)
        if len(known) > MAX_SAME:
            del known[0]


def _weight(links: tuple[_Compound, ...]) -> tuple[int, int, int]:
    names = [name for link in links for name in link.names]
    ids = sum(name.startswith("#") for name in names)
    return ids, len(names) - ids, sum(bool(link.tag) for link in links)


def _links(selector: str) -> tuple[_Compound, ...] | None:
    """The links of a selector of tags, classes and ids; None if it holds anything else."""
    links, child = list[_Compound](), False
    for word in selector.replace(">", " > ").split()[:12]:
        if word == ">":
            child = True
            continue
        match = _COMPOUND.fullmatch(word)
        if not match:
            return None
        tag = "" if match["tag"] == "*" else match["tag"] or ""
        links.append(_Compound(tag, _names(match["rest"]), child))
        child = False
    last = links[-1] if links else _Compound()
    return tuple(links) if last.tag or last.names else None


def _last_link(selector: str) -> tuple[_Compound, ...] | None:
    """The element's own tag and names in a selector that is not understood."""
    words = re.split(r"[\s>+~]+", re.sub(r"\[[^\]]*\]|::?[\w-]+(\([^)]*\))?", "", selector).strip())
    return _links(words[-1]) if words[-1] else None


def _names(rest: str) -> frozenset[str]:
    return frozenset(
        f"{sign}{name}" if name else f".{by}" for sign, name, by in _NAMES.findall(rest)
    )


def _sheets(html: str, lower: str) -> Iterator[str]:
    """What stands between <style> and </style>; by str.find, as an open one costs an expression
    quadratic time.
    """
    at = 0
    for _ in range(MAX_SHEETS):
        start = lower.find("<style", at)
        opened = lower.find(">", start) + 1 if start >= 0 else 0
        at = lower.find("</style", opened) if opened else -1
        if at < 0:
            return
        media = re.search(r"media\s*=\s*[\"']?([^\"'>]{1,200})", lower[start:opened])
        if not media or _is_our_screen(media[1]):
            yield html[opened : min(at, opened + MAX_SHEET)]


_BLOCK = re.compile(r"[{}@]")
_OUR_SCREEN = re.compile(r"\s*(only\s+)?(all|screen)\s*")
_WIDE = re.compile(r"(only\s+)?((all|screen)\s+and\s*)?\(\s*min-width\s*:\s*\d{1,3}(px)?\s*\)")


def _is_our_screen(media: str) -> bool:
    return any(_OUR_SCREEN.fullmatch(each) for each in media.lower().split(","))


def _blocks(css: str) -> Iterator[tuple[bool, str]]:
    """The rules for our screen, and those for one of some width (True): what hides there may be
    seen elsewhere.

    Other @media, @supports and blocks of blocks are left out.
    """
    depth, start, at_rule = 0, 0, -1
    for match in _BLOCK.finditer(css):
        at = match.start()
        if match[0] == "@":
            if depth == 0 and at_rule < 0:
                yield False, css[start:at]
                at_rule = at
        elif match[0] == "{":
            depth += 1
            if depth == 1 and at_rule >= 0:
                start = at + 1
        else:
            depth = max(0, depth - 1)
            if depth == 0 and at_rule >= 0:
                yield from _of_media(css[at_rule : start - 1], css[start:at])
                at_rule, start = -1, at + 1
    if at_rule < 0:
        yield False, css[start:]


def _of_media(rule: str, css: str) -> Iterator[tuple[bool, str]]:
    # @import and @charset end without a block of their own
    _, found, media = rule.lower().rpartition(";")[2].partition("@media")
    if found and _is_our_screen(media):
        yield False, css
    elif found and any(_WIDE.fullmatch(each.strip()) for each in media.split(",")):
        yield True, css


_NUMBER = re.compile(r"(-?\d*\.?\d+)(px|pt|em|rem|%|vw|vh|in|cm|mm|pc|ex|ch)?")
_UNITS = {"": 1.0, "px": 1.0, "pt": 4 / 3, "em": 16.0, "rem": 16.0, "%": 0.16, "in": 96.0}
_UNITS |= {"cm": 37.8, "mm": 3.78, "pc": 16.0, "ex": 8.0, "ch": 8.0, "vw": 10.0, "vh": 8.0}
_FAR = 500.0


def pixels(value: str, default: float = 0.0) -> float:
    """A length in about as many pixels; `default` where it is none that we know."""
    match = _NUMBER.fullmatch(value.rstrip("!"))
    return float(match[1]) * _UNITS[match[2] or ""] if match else default


def hides(style: Style, *, cell: bool = False) -> bool:
    """Whether an element with this style and all within it take no part in the page.

    A `cell` of a table grows with its text, whatever height it is given.
    """
    return not _HIDING.isdisjoint(style) and (
        style.get("display", "").startswith("none")
        or style.get("mso-hide", "").startswith("all")
        or style.get("content-visibility", "").startswith("hidden")
        or _opacity(style) < 0.05
        or (not cell and _is_tiny(style))
        or _is_far_off(style)
        or _is_clipped(style)
    )


def _opacity(style: Style) -> float:
    filtered = re.search(r"\bopacity\(\s*([\d.]{1,20}%?)", style.get("filter", ""))
    found = 1.0
    for value in (style.get("opacity", ""), filtered[1] if filtered else ""):
        value = value.rstrip("!")
        if match := re.fullmatch(r"(\d*\.?\d+)(%?)", value):
            found = min(found, float(match[1]) / (100 if match[2] else 1))
    return found


def _is_tiny(style: Style) -> bool:
    if pixels(style.get("max-height", ""), 9.0) <= 0:
        return True
    clipped = any(
        style.get(name, "").startswith(("hidden", "clip"))
        for name in ("overflow", "overflow-x", "overflow-y")
    )
    return clipped and any(
        pixels(style.get(name, ""), 9.0) <= 1
        for name in ("height", "width", "max-height", "max-width")
    )


_MOVED = re.compile(r"translate(?:x|y|3d)?\(([^)]{1,80})\)")
_SHRUNK = re.compile(r"(?:^|[\s)])scale(?:x|y|3d)?\(\s*0*\.?0*\s*[,)]")


def _is_far_off(style: Style) -> bool:
    indent = sum(pixels(style.get(each, "")) for each in ("text-indent", "margin-left"))
    indent += pixels(style.get("padding-left", ""))
    if min(indent, pixels(style.get("margin-top", ""))) <= -_FAR:
        return True
    if style.get("position", "").startswith(("absolute", "fixed", "relative")) and any(
        pixels(style.get(each, "")) <= -_FAR for each in ("left", "right", "top", "bottom")
    ):
        return True
    moves = _MOVED.findall(style.get("transform", ""))
    return any(pixels(each.strip()) <= -_FAR for move in moves for each in move.split(","))


_NO_CLIP_LEFT = re.compile(r"rect\(\s*([01])(px)?([\s,]+\1(px)?){3}\s*\)")


def _is_clipped(style: Style) -> bool:
    if _SHRUNK.search(style.get("transform", "")):
        return True
    if re.fullmatch(r"0*\.?0+(\s+0*\.?0+)*", style.get("scale", "").rstrip("!")):
        return True
    if style.get("position", "").startswith(("absolute", "fixed")) and _NO_CLIP_LEFT.match(
        style.get("clip", "")
    ):
        return True
    return bool(re.match(r"inset\(\s*(100|[5-9]\d)%|circle\(\s*0", style.get("clip-path", "")))


Colour = tuple[float, float, float, float]

_NAMED: dict[str, Colour] = {
    "transparent": (0, 0, 0, 0),
    "white": (255, 255, 255, 1),
    "black": (0, 0, 0, 1),
    "snow": (255, 250, 250, 1),
    "ivory": (255, 255, 240, 1),
    "ghostwhite": (248, 248, 255, 1),
    "whitesmoke": (245, 245, 245, 1),
    "silver": (192, 192, 192, 1),
    "gray": (128, 128, 128, 1),
    "grey": (128, 128, 128, 1),
    "lightgray": (211, 211, 211, 1),
    "lightgrey": (211, 211, 211, 1),
    "red": (255, 0, 0, 1),
    "yellow": (255, 255, 0, 1),
    "green": (0, 128, 0, 1),
    "blue": (0, 0, 255, 1),
    "navy": (0, 0, 128, 1),
}
_HEX = re.compile(r"#([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})")
_RGB = re.compile(r"rgba?\(\s*([\d.]+)[\s,]+([\d.]+)[\s,]+([\d.]+)(?:[\s,/]+([\d.]+)(%?))?\s*\)")
_PAINTS = re.compile(r"#\w+|rgba?\([^)]{1,60}\)|[a-z-]+(?!\()", re.ASCII)


def colour_of(value: str) -> Colour | None:
    """Red, green, blue of 255 and the opacity of 1; None for one that we don't know."""
    value = value.rstrip("!").strip().lower()
    if match := _HEX.fullmatch(value):
        digits = match[1] if len(match[1]) > 4 else "".join(2 * each for each in match[1])
        red, green, blue, *more = (int(digits[at : at + 2], 16) for at in range(0, len(digits), 2))
        return red, green, blue, more[0] / 255 if more else 1
    if match := _RGB.fullmatch(value):
        parts = [each[:9] for each in match.groups(default="")]
        if all(each.replace(".", "", 1).isdecimal() for each in parts[:3]):
            opacity = pixels(parts[3], 1.0) / (100 if parts[4] else 1)
            return float(parts[0]), float(parts[1]), float(parts[2]), opacity
    return _NAMED.get(value)


def ground_of(style: Style, above: Colour | None) -> Colour | None:
    """The colour behind the text of an element whose parent stands on `above`."""
    images = f"{style.get('background', '')} {style.get('background-image', '')}"
    # what is moved out of its place may stand anywhere
    placed = style.get("position", "").startswith(("absolute", "fixed"))
    if "(" in re.sub(r"rgba?\(", "", images) or placed:
        return None
    value = style.get("background-color")
    if value is None:
        return above
    if value in {"none", "inherit", "initial", "unset", "0", "transparent"}:
        return above
    found = next((each for each in map(colour_of, _PAINTS.findall(value[:200])) if each), None)
    if found and found[3] == 0:
        return above
    return found if found and found[3] == 1 else None


def is_painted_otherwise(style: Style) -> bool:
    """Whether something else than its colour shows the text: its ground, or a shadow."""
    clip = style.get("background-clip", style.get("-webkit-background-clip", ""))
    return "text" in clip or style.get("text-shadow", "none").rstrip("!") != "none"


def is_unseen(colour: Colour | None, ground: Colour | None) -> bool:
    """Whether text of this colour cannot be told from what is behind it."""
    if colour is None:
        return False
    if colour[3] < 0.05:
        return True
    return (
        ground is not None
        and colour[3] > 0.9
        and all(abs(one - other) <= 6 for one, other in zip(colour[:3], ground[:3], strict=True))
    )


_SIZES = {"xx-small": 9.0, "x-small": 10.0, "small": 13.0, "medium": 16.0, "large": 18.0}
_RELATIVE = {"smaller": 0.83, "larger": 1.2, "inherit": 1.0, "unset": 1.0}


def size_of(style: Style, above: float) -> float:
    """The size of an element's letters in pixels, where its parent's is `above`."""
    value = style.get("font-size")
    if value is None:
        return above
    value = value.rstrip("!").strip()
    if value in _RELATIVE:
        return above * _RELATIVE[value]
    match = _NUMBER.fullmatch(value)
    if match and match[2] in {"em", "%", "ex", "ch"}:
        return above * pixels(value) / PLAIN_SIZE
    return _SIZES.get(value, PLAIN_SIZE) if not match else max(0.0, pixels(value))
