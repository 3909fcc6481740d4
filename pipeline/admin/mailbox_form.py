"""The form of a mailbox: only what its kind needs is asked for, secrets go in and never out."""

import re
from email.utils import parseaddr
from pathlib import Path
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from busybee.console import DateWidget, PasswordWidget, SwitchWidget
from freight import outbox
from freight.smtp import Relay
from pipeline.errors import MailboxError
from pipeline.mailbox import oauth
from pipeline.mailbox.connection import has_controls
from pipeline.mailbox.oauth import APP_ONLY_SCOPE, LOOPBACK, TENANT, app_only, keys_of
from pipeline.mailbox.probe import folder_problem
from pipeline.mailbox.words import in_words
from pipeline.models import Mailbox

Login = Mailbox.Login
HOSTS = {Login.GOOGLE: "imap.gmail.com", Login.MICROSOFT: "outlook.office365.com"}
LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
HOST = re.compile(rf"{LABEL}(?:\.{LABEL})*\.?|\[?[0-9A-Fa-f:]+\]?")
SHARED_TENANTS = {"", "common", "organizations", "consumers"}
# mails are known by their UIDs at this place: another place may use the same numbers
PLACE = ("kind", "host", "username", "folder")
PROVIDER = ("login", "oauth_tenant", "oauth_token_url")
CONSENT = ("oauth_client_id", "oauth_scope", "username", "host", "port", "relay")
# where a token goes that nobody has to consent to: the client secret alone gets it
APPLICATION = ("host", "port", "oauth_scope", "relay")
NONE_STORED = gettext_lazy("None is stored yet. Kept encrypted, and never shown again.")
STORED = gettext_lazy("One is stored, encrypted; it is never shown. Empty keeps it.")

FIELDS = [
    "name",
    "kind",
    "active",
    "mode",
    "directory",
    "host",
    "port",
    "tls",
    "folder",
    "since",
    "username",
    "login",
    "oauth_client_id",
    "oauth_tenant",
    "oauth_authorize_url",
    "oauth_token_url",
    "oauth_scope",
    "after",
    "after_folder",
    "send_from",
    "relay",
    "sent_folder",
    "sent_by_server",
]


def _secret(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        strip=False,
        max_length=4000,
        widget=PasswordWidget(attrs={"autocomplete": "new-password"}),
        help_text=NONE_STORED,
    )


class MailboxForm(forms.ModelForm):
    new_password = _secret(gettext_lazy("Password"))
    forget_password = forms.BooleanField(
        label=gettext_lazy("Forget the password"), required=False, widget=SwitchWidget
    )
    new_secret = _secret(gettext_lazy("Client secret"))
    app_only = forms.BooleanField(
        label=gettext_lazy("Log in as the application itself"),
        required=False,
        widget=SwitchWidget,
        help_text=gettext_lazy(
            "Without a person's consent: your administrator has allowed the application to read "
            "this mailbox. It needs the tenant and a client secret."
        ),
    )

    class Meta:
        model = Mailbox
        fields = FIELDS
        widgets = {"since": DateWidget()}
        # the model checks that they are addresses; Django's own field would complete http://
        field_classes = {
            "oauth_authorize_url": forms.CharField,
            "oauth_token_url": forms.CharField,
        }
        help_texts = {
            "active": gettext_lazy("Off: nothing is taken in, and all that came stays."),
            "mode": gettext_lazy(
                "Observe: nothing is sent. Draft: you approve each mail. Auto: sure cases are "
                "answered without you."
            ),
            "directory": gettext_lazy(
                "Full path on the server. Files that were taken in move to its subfolder “read”."
            ),
            "host": gettext_lazy("Empty for Google and Microsoft 365: the usual one."),
            "tls": gettext_lazy("Off only for a server on this machine."),
            "since": gettext_lazy("Older mails are left alone. Empty: all that lie there."),
            "username": gettext_lazy("Mostly the mail address."),
            "oauth_client_id": gettext_lazy("From your provider's list of registered apps."),
            "oauth_tenant": gettext_lazy("Directory (tenant) ID or domain of your company."),
            "oauth_scope": gettext_lazy("As your provider names the right to read by IMAP."),
            "after_folder": gettext_lazy("It must exist on the server."),
            "send_from": gettext_lazy(
                "Name &lt;address&gt; that answers come from, mostly this mailbox's own. Empty: "
                "the installation's."
            ),
            "relay": gettext_lazy(
                "smtp+starttls://host:587 or smtps://host:465; it is logged in to as this mailbox. "
                "Empty: the installation's."
            ),
            "sent_folder": gettext_lazy("Empty: the one that the server marks as Sent."),
            "sent_by_server": gettext_lazy(
                "All mail that BusyBee sends appears there by itself, as with Gmail's own relay, "
                "or it is a journal. Off: BusyBee puts a copy there."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stored = {name: getattr(self.instance, name) for name in FIELDS}
        # rows of the first release may have capital letters in it
        self.was = self.stored | {"host": _plain_host(self.instance.host)}
        if "since" in self.fields:
            # the poller lowers it: only what was changed on this page counts
            self.fields["since"].show_hidden_initial = True
        for name in ("host", "directory", "oauth_token_url", "oauth_authorize_url"):
            if name in self.fields:  # who may only look has none
                self.fields[name].widget.attrs.update(spellcheck="false", autocapitalize="none")
        if "app_only" in self.fields:
            self.fields["app_only"].initial = app_only(self.instance)
            for name, stored in (
                ("new_password", self.instance.sealed_password),
                ("new_secret", _has_secret(self.instance)),
            ):
                self.fields[name].help_text = STORED if stored else NONE_STORED

    def clean_host(self) -> str:
        host = str(self.cleaned_data["host"]).strip()
        if host and not HOST.fullmatch(host):
            raise ValidationError(_("A host name only: no address with //, no port."))
        return _plain_host(host)

    def clean_username(self) -> str:
        return _without_controls(str(self.cleaned_data["username"]))

    def clean_new_password(self) -> str:
        return _without_controls(str(self.cleaned_data["new_password"]))

    def clean_send_from(self) -> str:
        sender = _without_controls(str(self.cleaned_data["send_from"])).strip()
        if sender and outbox.usable_address(parseaddr(sender)[1]) is None:
            raise ValidationError(_("A mail address, or a name with one: Sales <sales@…>."))
        return sender

    def clean_relay(self) -> str:
        """The login is the mailbox's: a password in the address would lie there in clear."""
        url = str(self.cleaned_data["relay"]).strip()
        if not url:
            return ""
        try:
            relay = Relay.from_url(url)
        except ValueError as exc:
            raise ValidationError(_("smtp+starttls://host:587 or smtps://host:465.")) from exc
        if relay.username or "@" in url:
            raise ValidationError(_("Without name and password: the mailbox's login is used."))
        if not relay.security and relay.host not in LOOPBACK:
            raise ValidationError(in_words("a password is sent over TLS only: switch it on"))
        return url

    def clean_oauth_tenant(self) -> str:
        tenant = str(self.cleaned_data["oauth_tenant"]).strip()
        if tenant and not TENANT.fullmatch(tenant):
            raise ValidationError(in_words("the tenant is neither an ID nor a domain"))
        return tenant

    def clean(self) -> dict[str, Any]:
        """The form's values; each problem stands beside the field that mends it."""
        cleaned = super().clean() or {}
        kind, login = cleaned.get("kind"), cleaned.get("login") or Login.PASSWORD
        cleaned["login"] = login
        if kind == Mailbox.Kind.DIRECTORY:
            self._clean_directory(cleaned)
        elif kind == Mailbox.Kind.IMAP:
            cleaned["host"] = cleaned.get("host") or HOSTS.get(login, "")
            self._clean_server(cleaned)
            if login == Login.PASSWORD:
                self._clean_password(cleaned)
            else:
                self._clean_oauth(cleaned, login)
        self._clean_place(cleaned)
        return cleaned

    def _need(self, cleaned: dict[str, Any], *names: str) -> None:
        for name in names:
            if not cleaned.get(name) and name not in self.errors:
                self.add_error(name, _("This kind of mailbox needs it."))

    def _clean_directory(self, cleaned: dict[str, Any]) -> None:
        self._need(cleaned, "directory")
        directory = cleaned.get("directory")
        if not directory or not cleaned.get("active"):
            return  # mails that were imported have a mailbox that nobody reads
        problem = "" if Path(directory).is_absolute() else _("The full path, from / on.")
        problem = problem or folder_problem(Path(directory))
        if problem:
            known = in_words(f"{directory}: {problem}")
            self.add_error("directory", known.removeprefix(f"{directory}: "))

    def _clean_server(self, cleaned: dict[str, Any]) -> None:
        self._need(cleaned, "host", "username")
        if not cleaned.get("folder"):
            cleaned["folder"] = "INBOX"
        if not 0 < (cleaned.get("port") or 0) < 65_536 and "port" not in self.errors:
            self.add_error("port", _("A number from 1 to 65535; mostly 993."))
        # one that was set up so before can still be switched off
        if cleaned.get("active") and not cleaned.get("tls") and cleaned["host"] not in LOOPBACK:
            what = "password" if cleaned["login"] == Login.PASSWORD else "token"
            self.add_error("tls", in_words(f"a {what} is sent over TLS only: switch it on"))
        if cleaned.get("after") == Mailbox.After.MOVE:
            self._need(cleaned, "after_folder")
            if _folder_key(cleaned.get("after_folder")) == _folder_key(cleaned["folder"]):
                self.add_error("after_folder", _("Another folder than the one that is read."))

    def _clean_password(self, cleaned: dict[str, Any]) -> None:
        """What was typed once for one server must not be sent to another."""
        kept = self.instance.sealed_password and not cleaned.get("forget_password")
        if cleaned.get("new_password"):
            return
        if not kept:
            if cleaned.get("active"):
                self.add_error("new_password", _("This kind of mailbox needs it."))
        elif "tls" in self.errors:
            return
        elif self._differ(cleaned, "host", "port", "relay") or (
            self.was["tls"] and not cleaned["tls"]
        ):
            self.add_error("new_password", _("The server is another one: type the password again."))

    def _clean_oauth(self, cleaned: dict[str, Any], login: str) -> None:
        self._need(cleaned, "oauth_client_id")
        if login == Login.OTHER:
            self._need(cleaned, "oauth_authorize_url", "oauth_token_url", "oauth_scope")
            for name in ("oauth_authorize_url", "oauth_token_url"):
                if cleaned.get(name) and not oauth.safe_url(cleaned[name]):
                    self.add_error(name, _("An address that begins with https://."))
        else:
            alone = login == Login.MICROSOFT and cleaned.get("app_only")
            cleaned["oauth_scope"] = APP_ONLY_SCOPE if alone else ""
            shared = cleaned.get("oauth_tenant", "") in SHARED_TENANTS
            if alone and shared and "oauth_tenant" not in self.errors:
                self.add_error("oauth_tenant", _("This kind of mailbox needs it."))
        if _is_app_only(cleaned.get("oauth_scope")):
            self._clean_secret(cleaned)

    def _clean_secret(self, cleaned: dict[str, Any]) -> None:
        """Who sees the secret gets tokens that open every mailbox it was allowed: it must not go
        along to another server by itself.
        """
        if cleaned.get("new_secret"):
            return
        if self._differ(cleaned, *PROVIDER) or not _has_secret(self.instance):
            self.add_error("new_secret", _("This kind of mailbox needs it."))
        elif self._differ(cleaned, *APPLICATION):
            words = _("Where the secret's tokens go has changed: type the secret again.")
            self.add_error("new_secret", words)

    def _clean_place(self, cleaned: dict[str, Any]) -> None:
        box = self.instance
        changed = [name for name in PLACE if name in cleaned and self._differ(cleaned, name)]
        read = box.pk and box.kind == Mailbox.Kind.IMAP and box.locations.exists()
        if read and changed:
            words = _(
                "Mails were read from the place as it is. Switch this mailbox off and add another "
                "one: mails that are known are not taken in twice."
            )
            self.add_error(changed[0], words)

    def _differ(self, cleaned: dict[str, Any], *names: str) -> bool:
        return any(cleaned.get(name, "") != self.was[name] for name in names)

    def save(self, commit: bool = True) -> Mailbox:
        """The mailbox; its password changes only where one was typed or the old one dropped."""
        mailbox: Mailbox = self.instance
        if self.cleaned_data.get("new_password"):
            mailbox.password = self.cleaned_data["new_password"]
        elif self.cleaned_data.get("forget_password"):
            mailbox.password = ""
        return super().save(commit)

    def store(self) -> None:
        """Write the row: of one that is there, only what was changed on this page.

        The poller moves the cursor, renews tokens and lowers `since` while an operator looks at it.
        """
        box: Mailbox = self.instance
        if box._state.adding:
            box.save()
        else:
            box.save(update_fields=self._to_write())
        # keys are for one provider and one server: another one must not be handed them
        alone = app_only(box) and self._changed(*APPLICATION)
        if alone or self._changed(*PROVIDER):
            oauth.forget(box, secret=True)
        elif self._changed(*CONSENT):
            oauth.forget(box, secret=False)
        if self.cleaned_data.get("new_secret"):
            oauth.set_client_secret(box, self.cleaned_data["new_secret"])

    def _to_write(self) -> list[str]:
        names = [name for name in FIELDS if getattr(self.instance, name) != self.stored[name]]
        if "since" not in self.changed_data and "since" in names:
            names.remove("since")
        typed = self.cleaned_data.get("new_password") or self.cleaned_data.get("forget_password")
        return [*names, "sealed_password"] if typed else names

    def _changed(self, *names: str) -> bool:
        return any(getattr(self.instance, name) != self.was[name] for name in names)


def _plain_host(host: str) -> str:
    return host.strip().strip("[]").lower()


def _without_controls(text: str) -> str:
    if has_controls(text):
        raise ValidationError(_("It has a character that cannot be typed, perhaps a line break."))
    return text


def _is_app_only(scope: Any) -> bool:
    return app_only(Mailbox(oauth_scope=str(scope or "")))


def _folder_key(name: Any) -> str:
    """INBOX is one folder however it is written; others are told apart by case."""
    return "INBOX" if str(name).upper() == "INBOX" else str(name)


def _has_secret(mailbox: Mailbox) -> bool:
    try:
        return bool(keys_of(mailbox).client_secret)
    except MailboxError:
        return False
