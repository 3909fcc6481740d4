"""The labels that ship, in the order of the numeric codes."""

import re

# spam 0, order 1, quote 2, inquiry 3; operators' labels come behind these
LABELS = ("spam", "order", "quote", "inquiry")

_NAME = re.compile(r"[a-z][a-z0-9_]{1,31}")


def is_label_name(name: str) -> bool:
    """Whether `name` can be a label: a shipped one, or one that an operator adds."""
    return _NAME.fullmatch(name) is not None


def code(label: str) -> int:
    """The number of a shipped label; raises ValueError for any other."""
    return LABELS.index(label)
