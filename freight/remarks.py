"""The machine's short remarks in rows (reasons, outcomes, last errors) in the reader's language.

Rows keep them in English, so that filters, logs and tests have one spelling; an unknown remark
stays as it is.
"""

import re

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from freight.fact_rows import REVIEW

WORDS = (
    gettext_noop("mode observe"),
    gettext_noop("mode draft"),
    gettext_noop("mode auto"),
    gettext_noop("approval limit"),
    gettext_noop("to be approved"),
    gettext_noop("cap of automatic mails in one thread and day"),
    gettext_noop("cap of automatic mails to one recipient and hour"),
    gettext_noop("the answer of the relay never came and there is no journal to look in"),
    gettext_noop("the sender died"),
    gettext_noop("filed"),
    gettext_noop("asked"),
    gettext_noop("quoted"),
    gettext_noop("ordered"),
    gettext_noop("draft"),
    gettext_noop("expired"),
    gettext_noop("declined"),
    gettext_noop("already ordered"),
    gettext_noop("the number is not the one of the quotation that is answered"),
    gettext_noop("no quotation with this number"),
    gettext_noop("neither a reply to our quotation nor a mail whose sender is proven"),
    gettext_noop("the sender's domain says that this mail is forged"),
    gettext_noop("the sender is not the recipient of the quotation"),
    gettext_noop("there is no open quotation"),
    gettext_noop("the quotation has expired"),
    gettext_noop("a newer quotation has replaced the one that is answered"),
    gettext_noop("a machine has sent it"),
    gettext_noop("the mail does not plainly accept the quotation"),
    gettext_noop("the mail changes the facts of the quotation"),
    gettext_noop("the request is priced or closed meanwhile"),
    gettext_noop("nothing is sent while the mailbox only observes"),
    gettext_noop("the facts have changed since this price was made: carry on again"),
    gettext_noop("the facts no longer stand, the departure has passed: carry on again"),
)
RELEASED = re.compile(r"released by (.+)")
SETTLED = re.compile(r"settled by (.+)")
WITHDRAWN = re.compile(r"withdrawn: relabelled by (.+)")


def remark(text: str) -> str:
    """`text` in the reader's language, as far as it is known."""
    if text.startswith("review: "):
        reasons = text.removeprefix("review: ")
        return _("for the operator: %(reasons)s") % {"reasons": _reasons(reasons)}
    if found := RELEASED.fullmatch(text):
        return _("released by %(name)s") % {"name": found[1]}
    if found := SETTLED.fullmatch(text):
        return _("settled by %(name)s") % {"name": found[1]}
    if found := WITHDRAWN.fullmatch(text):
        return _("withdrawn: relabelled by %(name)s") % {"name": found[1]}
    return _(text) if text in WORDS else text


def _reasons(text: str) -> str:
    if text in WORDS:
        return _(text)
    return ", ".join(str(REVIEW.get(reason, reason)) for reason in text.split(", "))
