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
    gettext_noop("no lane rate for this departure"),
    gettext_noop("no way by sea was found: great circle instead"),
    gettext_noop("facts that only the language model has read"),
    gettext_noop("to be approved"),
    gettext_noop("cap of automatic mails in one thread and day"),
    gettext_noop("cap of automatic mails to one recipient and hour"),
    gettext_noop("the answer of the relay never came and there is no journal to look in"),
    gettext_noop("the sender died"),
    gettext_noop("a colleague has already answered in the thread"),
    gettext_noop("whether a colleague has answered cannot be seen: the mailbox does not answer"),
    gettext_noop("the bytes of this mail are no longer kept"),
    gettext_noop("mail is stopped"),
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
    gettext_noop("the request has expired"),
    gettext_noop("rates have changed since this price was made: carry on again"),
    gettext_noop("facts are not read surely enough"),
    gettext_noop("the customer cancels or declines"),
    gettext_noop("a newer quotation has replaced the one that is answered"),
    gettext_noop("a machine has sent it"),
    gettext_noop("the mail names several quotations"),
    gettext_noop("overtaken: nothing of it is asked any more"),
    gettext_noop("overtaken: its price no longer stands"),
    gettext_noop("overtaken: there is nothing to prove at this address any more"),
    gettext_noop("the request was left to an operator meanwhile"),
    gettext_noop("the mail does not plainly accept the quotation"),
    gettext_noop("the mail changes the facts of the quotation"),
    gettext_noop("the request is priced or closed meanwhile"),
    gettext_noop("its link proves another address: the customer gives it in the chat"),
    gettext_noop("nothing is sent while the mailbox only observes"),
    gettext_noop("the facts have changed since this price was made: carry on again"),
    gettext_noop("the facts no longer stand, the departure has passed: carry on again"),
    gettext_noop("no mail can go to this address"),
    gettext_noop("this mail belongs to no request"),
    gettext_noop("the text of this mail is no longer kept"),
    gettext_noop("its price no longer stands: carry on with the request"),
    gettext_noop("somebody has seen to this mail meanwhile"),
    gettext_noop("delivery report: failed"),
    gettext_noop("delivery report: delayed"),
    gettext_noop("delivery report: delivered"),
    gettext_noop("delivery report: relayed"),
    gettext_noop("delivery report: expanded"),
    gettext_noop("delivery report: unclear"),
)
# RFC 3463: the codes that an operator can do something about, the longest beginning first
STATUS = {
    "5.1.1": gettext_noop("there is no such mailbox"),
    "5.1.2": gettext_noop("there is no such domain"),
    "5.1.10": gettext_noop("there is no such mailbox"),
    "5.1.": gettext_noop("the address is not right"),
    "5.2.1": gettext_noop("the mailbox is closed"),
    "5.2.2": gettext_noop("the mailbox is full"),
    "4.2.2": gettext_noop("the mailbox is full"),
    "5.2.3": gettext_noop("the mail is too large"),
    "5.3.4": gettext_noop("the mail is too large"),
    "5.4.": gettext_noop("the customer's mail server cannot be reached"),
    "4.4.": gettext_noop("the customer's mail server cannot be reached"),
    "5.7.": gettext_noop("the customer's mail server refuses our mails"),
}
UNDELIVERED = re.compile(r"undelivered (?P<status>[245]\.\d+\.\d+)?: ?(?P<told>.*)", re.DOTALL)
RELEASED = re.compile(r"released by (.+)")
SETTLED = re.compile(r"settled by (.+)")
SENT_AGAIN = re.compile(r"sent again by (.+)")
UNSURE = re.compile(r"unsure: (.+)")
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
    if found := SENT_AGAIN.fullmatch(text):
        return _("sent again by %(name)s") % {"name": found[1]}
    if found := UNDELIVERED.fullmatch(text):
        return _undelivered(found["status"] or "", found["told"])
    if found := WITHDRAWN.fullmatch(text):
        return _("withdrawn: relabelled by %(name)s") % {"name": found[1]}
    return "; ".join(_(part) if part in WORDS else part for part in text.split("; "))


def _undelivered(status: str, told: str) -> str:
    """What the code means, then the customer's server in its own words."""
    meaning = STATUS.get(status) or next(
        (words for code, words in STATUS.items() if code.endswith(".") and status.startswith(code)),
        gettext_noop("the customer's mail server has returned it"),
    )
    return f"{_(meaning)} ({told or status})" if told or status else _(meaning)


def _reasons(text: str) -> str:
    if text in WORDS:
        return _(text)
    if found := UNSURE.fullmatch(text):
        return f"{REVIEW['unsure']} ({found[1]})"
    return ", ".join(str(REVIEW.get(reason, reason)) for reason in text.split(", "))
