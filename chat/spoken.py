"""What the machine says about people and files in the conversation, in the customer's language.

As in the catalogue: English here, the other three languages in chat/locale (context "chat").
"""
# ruff: noqa: E501  # a sentence stays in one piece

from django.utils import translation
from django.utils.translation import pgettext_lazy

TEXTS = {
    "joined": pgettext_lazy(
        "chat", "{name} has joined the conversation. You are now talking to a person."
    ),
    "left": pgettext_lazy(
        "chat", "{name} has left the conversation. BusyBee carries on from here."
    ),
    "file_read": pgettext_lazy("chat", "I have read the file “{name}”."),
    "file_picture": pgettext_lazy(
        "chat", "I have read “{name}” from a picture. Please check what I took from it."
    ),
    "file_nothing": pgettext_lazy(
        "chat", "I have read “{name}”, but found nothing new in it for your quotation."
    ),
    "file_differs": pgettext_lazy(
        "chat",
        "{label}: the file says {value}, so far I have {known}. If the file is right, please write its value here.",
    ),
    "file_refused": pgettext_lazy("chat", "I could not read “{name}”. {why}"),
    "why_encrypted": pgettext_lazy(
        "chat", "It is protected by a password; please send it without one."
    ),
    "why_program": pgettext_lazy(
        "chat",
        "For safety I do not open programs or files with macros; please send a PDF or a plain Excel file.",
    ),
    "why_large": pgettext_lazy(
        "chat",
        "It is too large when unpacked or holds too many files; please send just the document.",
    ),
    "why_damaged": pgettext_lazy(
        "chat", "It seems to be damaged; please save it again and send it once more."
    ),
    "why_kind": pgettext_lazy(
        "chat", "I cannot read this kind of file; please send PDF, Excel, Word, HWP or a photo."
    ),
    "why_no_text": pgettext_lazy(
        "chat",
        "There is no text in it that I can read; please send a clearer one or write it here.",
    ),
    "why_late": pgettext_lazy(
        "chat",
        "Reading it takes too long. A colleague will look at it; meanwhile you can write the details here.",
    ),
    "file_too_large": pgettext_lazy("chat", "The file is too large; up to {limit} MB can be sent."),
    "file_empty": pgettext_lazy("chat", "The file is empty; please send another one."),
    "too_many_files": pgettext_lazy(
        "chat",
        "Up to {limit} files can be sent a day; please write the details here or send a mail.",
    ),
    "file_closed": pgettext_lazy(
        "chat",
        "I have received “{name}”. As your request has been answered already, a colleague will look at the file.",
    ),
}

# codes of why a file has no text -> what the customer is told; the rest is `why_kind`
_WHY = {
    **dict.fromkeys(("encrypted", "encrypted-mail", "distribution"), "why_encrypted"),
    **dict.fromkeys(("program", "macros", "objects", "device", "symlink"), "why_program"),
    **dict.fromkeys(
        ("too-large", "too-many-members", "too-deep", "ratio", "archive-time", "mail-text"),
        "why_large",
    ),
    **dict.fromkeys(("overlapping", "size-lie", "traversal", "zip64", "prefixed"), "why_damaged"),
    **dict.fromkeys(("damaged", "bad-name", "killed-crash", "unmapped-font"), "why_damaged"),
    **dict.fromkeys(("image", "image-no-text", "scan", "scan-no-text", "no-text"), "why_no_text"),
    **dict.fromkeys(("empty", "tiny-picture"), "why_no_text"),
    **dict.fromkeys(("late", "gone", "mail-time", "killed-time", "killed-memory"), "why_late"),
}
# the customer is promised a colleague's look
LEFT_TO_A_PERSON = frozenset(code for code, words in _WHY.items() if words == "why_late")


def spoken(language: str, key: str, **values: object) -> str:
    """The sentence in one of the four languages."""
    with translation.override(language):
        return str(TEXTS[key]).format(**values)


def why(language: str, code: str) -> str:
    """Why a file could not be read, and what helps, to its customer."""
    return spoken(language, _WHY.get(code, "why_kind"))
