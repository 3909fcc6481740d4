"""What a mailbox's last error says, in the reader's language.

Rows keep it in English, for logs and filters; a sentence that is not known here stays as it is.
"""

import re

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

SENTENCES = (
    gettext_noop("the tenant is neither an ID nor a domain"),
    gettext_noop("the provider's addresses must begin with https://"),
    gettext_noop("the provider's token address is missing"),
    gettext_noop("the provider's authorization address is missing"),
    gettext_noop("the client ID is missing"),
    gettext_noop("the stored keys cannot be read: the secret key has changed"),
    gettext_noop("a token is sent over TLS only: switch it on"),
    gettext_noop("a password is sent over TLS only: switch it on"),
    gettext_noop("the user name or the password has a control character"),
    gettext_noop("the server takes names and passwords in plain ASCII only"),
    gettext_noop("the server closed the connection at the login"),
    gettext_noop("the server refuses the login: %(words)s"),
    gettext_noop("another process has been asking for a token for too long"),
    gettext_noop("an application that logs in as itself needs a client secret"),
    gettext_noop("not connected yet: use Connect on the mailbox's page"),
    gettext_noop("the login server answers without an access token"),
    gettext_noop("the login server's answer is too long (%(words)s)"),
    gettext_noop("the login server cannot be reached (%(words)s)"),
    gettext_noop("consent is gone, connect the mailbox again (%(words)s)"),
    gettext_noop("the login server refuses: %(words)s"),
    gettext_noop("the login server answers with status %(words)s"),
    gettext_noop("this mailbox logs in without a person's consent"),
    gettext_noop("this answer belongs to another session: connect again"),
    gettext_noop("the mailbox was changed meanwhile: connect again"),
    gettext_noop("the provider says no: %(words)s"),
    gettext_noop("the provider gave no refresh token: is offline access allowed?"),
    gettext_noop("the provider's answer holds no code"),
    gettext_noop("the answer came too late: connect again"),
    gettext_noop("this answer is not one to a question of ours"),
    gettext_noop("there is no such mailbox any more"),
    gettext_noop("you may not change this mailbox"),
    gettext_noop("%(words)s: mails of that day are taken in already"),
    gettext_noop("there is no mail folder %(words)s"),
    gettext_noop("%(words)s: there is no such folder"),
    gettext_noop("%(words)s: it cannot be read"),
    gettext_noop("%(words)s: it cannot be written to"),
    gettext_noop("mails cannot be read: %(words)s"),
    gettext_noop("mails cannot be marked or moved: %(words)s"),
)


def _pattern(sentence: str) -> re.Pattern[str]:
    before, _words, after = sentence.partition("%(words)s")
    middle = "(?P<words>.*)" if _words else ""
    return re.compile(re.escape(before) + middle + re.escape(after), re.DOTALL)


_KNOWN = [(_pattern(sentence), sentence) for sentence in SENTENCES]


def in_words(error: str) -> str:
    """`error` of a mailbox in the reader's language, as far as it is known."""
    for pattern, sentence in _KNOWN:
        if found := pattern.fullmatch(error):
            return _(sentence) % found.groupdict()
    return error
