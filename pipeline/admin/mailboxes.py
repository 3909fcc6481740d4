"""Mailboxes as operators see them: set up, connected, tested, and how each is doing."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from busybee.console import (
    ActionVariant,
    ChoicesDropdownFilter,
    DateWidget,
    DialogForm,
    ModelAdmin,
    OwnPage,
    action,
    dialog,
    display,
    done,
)
from pipeline.admin.mailbox_form import MailboxForm
from pipeline.errors import MailboxError
from pipeline.mailbox import backfill, oauth_flow
from pipeline.mailbox.health import Health, health
from pipeline.mailbox.oauth import app_only, keys_of
from pipeline.mailbox.probe import Findings, probe
from pipeline.mailbox.words import in_words
from pipeline.models import Mailbox
from pipeline.remarks import remark

HEALTH_COLOURS = {
    Health.OFF: "default",
    Health.ERROR: "danger",
    Health.SILENT: "danger",
    Health.PAUSED: "warning",
    Health.NEW: "info",
    Health.WELL: "success",
}
MODE_COLOURS = {"observe": "info", "draft": "warning", "auto": "success"}


class BackfillForm(DialogForm):
    day = forms.DateField(
        label=gettext_lazy("from this day on"),
        widget=DateWidget(),
    )

    def clean_day(self) -> dt.date:
        day: dt.date = self.cleaned_data["day"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("A day that has come already."))
        return day


@admin.register(Mailbox)
class MailboxAdmin(OwnPage, ModelAdmin):
    form = MailboxForm
    change_form_template = "console/mailbox.html"
    list_display = [
        "name",
        "shown_health",
        "kind",
        "shown_mode",
        "last_success",
        "shown_error",
    ]
    list_filter = [("kind", ChoicesDropdownFilter), ("mode", ChoicesDropdownFilter)]
    list_filter_submit = True
    search_fields = ["name", "host", "username"]
    warn_unsaved_form = True
    actions_detail = ["connect", "test_connection", "backfill"]
    fieldsets = [
        (None, {"fields": ["name", "kind", "active", "mode"]}),
        (gettext_lazy("Folder of .eml files"), {"fields": ["directory"]}),
        (
            gettext_lazy("Mail server (IMAP)"),
            {"fields": ["host", "port", "tls", "folder", "since"]},
        ),
        (
            gettext_lazy("Login"),
            {
                "fields": [
                    "login",
                    "username",
                    "new_password",
                    "forget_password",
                    "oauth_client_id",
                    "new_secret",
                    "oauth_tenant",
                    "app_only",
                    "oauth_authorize_url",
                    "oauth_token_url",
                    "oauth_scope",
                ]
            },
        ),
        (
            gettext_lazy("On the server, once a mail is taken in"),
            {"fields": ["after", "after_folder"]},
        ),
        (
            gettext_lazy("Answers"),
            {"fields": ["send_from", "relay", "sent_folder", "sent_by_server"]},
        ),
    ]

    class Media:
        js = ["pipeline/mailbox.js"]

    @display(description=gettext_lazy("mode"), ordering="mode", label=MODE_COLOURS)
    def shown_mode(self, mailbox: Mailbox) -> tuple[str, str]:
        return mailbox.mode, mailbox.get_mode_display()

    @display(description=gettext_lazy("state"), label=HEALTH_COLOURS)
    def shown_health(self, mailbox: Mailbox) -> tuple[str, str]:
        state = health(mailbox, timezone.now())
        return state, str(state.label)

    @display(description=gettext_lazy("problem"))
    def shown_error(self, mailbox: Mailbox) -> str:
        matter = remark(in_words(mailbox.last_error)) or remark(mailbox.paused)
        # two lines of it: the page has the rest
        return format_html('<span class="bb-clip" title="{}">{}</span>', matter, matter or "–")

    def page_context(self, mailbox: Mailbox) -> dict[str, Any]:
        now = timezone.now()
        state = health(mailbox, now)
        connected = _kept(mailbox, "refresh_token")
        return {
            "state": state.label,
            "state_colour": HEALTH_COLOURS[state],
            "silent": state == Health.SILENT,
            "error": remark(in_words(mailbox.last_error)),
            "paused": remark(mailbox.paused),
            "mails": mailbox.emails.count(),
            "since_success": _since(mailbox.last_success, now),
            "since_heartbeat": _since(mailbox.heartbeat_at, now),
            "by_consent": _by_consent(mailbox),
            "consent": _("stored, encrypted") if connected else _("not connected yet"),
            "unconnected": _by_consent(mailbox) and not connected and not mailbox.last_error,
            "callback": reverse("admin:pipeline_mailbox_connected"),
        }

    def save_model(
        self, request: HttpRequest, obj: Mailbox, form: MailboxForm, change: bool
    ) -> None:
        form.store()

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Only a mailbox that no mail came from: mails keep theirs."""
        allowed = super().has_delete_permission(request, obj)
        return allowed and not (isinstance(obj, Mailbox) and obj.emails.exists())

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """What this kind of mailbox can be asked to do."""
        mailbox = Mailbox.objects.filter(pk=object_id).first()
        idle = set()
        if mailbox is None or not _by_consent(mailbox):
            idle.add("connect")
        if mailbox is None or mailbox.kind != Mailbox.Kind.IMAP or mailbox.since is None:
            idle.add("backfill")
        offered = super().get_actions_detail(request, object_id)
        return [each for each in offered if each.method.original_function_name not in idle]

    def get_urls(self) -> list[URLPattern]:
        """Django's, and the page that providers lead the browser back to."""
        back = path(
            "connected/",
            self.admin_site.admin_view(self.connected),
            name="pipeline_mailbox_connected",
        )
        return [back, *super().get_urls()]

    @action(
        description=gettext_lazy("Test the connection"),
        permissions=["change"],
        icon="network_check",
        dialog=dialog(
            gettext_lazy("Test the connection"),
            gettext_lazy(
                "BusyBee connects, logs in and looks into the folder as it is stored now. No "
                "mail is read and nothing is changed."
            ),
            button=gettext_lazy("Test"),
        ),
    )
    def test_connection(
        self, request: HttpRequest, form: DialogForm, object_id: str
    ) -> HttpResponse:
        mailbox = self.get_object(request, object_id)
        if isinstance(mailbox, Mailbox):
            try:
                messages.success(request, _found(probe(mailbox)))
            except MailboxError as exc:
                messages.error(request, in_words(str(exc)))
        return done(request, _page(object_id))

    @action(
        description=gettext_lazy("Backfill"),
        permissions=["change"],
        icon="history",
        dialog=dialog(
            gettext_lazy("Take in older mails"),
            gettext_lazy(
                "Mails from this day on are taken in beside the new ones, newest first. It can "
                "be broken off and goes on where it was."
            ),
            form=BackfillForm,
            button=gettext_lazy("Begin"),
        ),
    )
    def backfill(self, request: HttpRequest, form: BackfillForm, object_id: str) -> HttpResponse:
        mailbox = self.get_object(request, object_id)
        if isinstance(mailbox, Mailbox):
            try:
                backfill.order(mailbox, form.cleaned_data["day"])
                messages.success(request, _("The backfill begins with the poller's next look."))
            except MailboxError as exc:
                messages.warning(request, in_words(str(exc)))
        return done(request, _page(object_id))

    @action(
        description=gettext_lazy("Connect"),
        permissions=["change"],
        icon="key",
        variant=ActionVariant.PRIMARY,
        dialog=dialog(
            gettext_lazy("Connect this mailbox"),
            gettext_lazy(
                "Your provider asks you to log in as the mailbox's user and to allow the reading "
                "of its mails. Then it leads you back here."
            ),
            button=gettext_lazy("Go to the provider"),
        ),
    )
    def connect(self, request: HttpRequest, form: DialogForm, object_id: str) -> HttpResponse:
        mailbox = self.get_object(request, object_id)
        if not isinstance(mailbox, Mailbox):
            return done(request, reverse("admin:pipeline_mailbox_changelist"))
        back = request.build_absolute_uri(reverse("admin:pipeline_mailbox_connected"))
        try:
            url = oauth_flow.begin(mailbox, redirect_uri=back, session=request.session)
        except MailboxError as exc:
            messages.error(request, in_words(str(exc)))
            url = _page(object_id)
        return done(request, url)

    def connected(self, request: HttpRequest) -> HttpResponse:
        """The end of the way through the provider: its answer is in the address."""
        answer = request.GET.dict()
        try:
            mailbox = self.get_object(request, str(oauth_flow.mailbox_of(answer.get("state", ""))))
            if not isinstance(mailbox, Mailbox):
                raise MailboxError("there is no such mailbox any more")
            if not self.has_change_permission(request, mailbox):
                raise MailboxError("you may not change this mailbox")
            oauth_flow.finish(mailbox, answer, session=request.session)
        except MailboxError as exc:
            messages.error(request, in_words(str(exc)))
            return redirect(_begun_page(request, answer))
        messages.success(request, _("Connected. Now test the connection."))
        return redirect(_page(mailbox.pk))


def _page(pk: Any) -> str:
    return reverse("admin:pipeline_mailbox_change", args=[pk])


def _begun_page(request: HttpRequest, answer: dict[str, str]) -> str:
    """The page of the mailbox that `answer` is about, or the list where that cannot be told."""
    try:
        return _page(oauth_flow.mailbox_of(answer.get("state", "")))
    except MailboxError:
        return reverse("admin:pipeline_mailbox_changelist")


def _since(at: dt.datetime | None, now: dt.datetime) -> str:
    """How long ago `at` was, in words."""
    if at is None:
        return ""
    if now - at < dt.timedelta(minutes=1):
        return _("just now")
    return _("%(time)s ago") % {"time": timesince(at, now, depth=1)}


def _by_consent(mailbox: Mailbox) -> bool:
    oauth = mailbox.login != Mailbox.Login.PASSWORD
    return mailbox.kind == Mailbox.Kind.IMAP and oauth and not app_only(mailbox)


def _kept(mailbox: Mailbox, name: str) -> bool:
    try:
        return bool(getattr(keys_of(mailbox), name))
    except MailboxError:
        return False


def _found(findings: Findings) -> str:
    """What a test of the connection found, in words."""
    mails = ngettext("It works: %(count)s mail lies there.", "It works: %(count)s mails lie there.",
                     findings.mails) % {"count": findings.mails}  # fmt: skip
    if findings.idle is None:
        return mails
    able = {"IDLE": findings.idle, "MOVE": findings.move, "UIDPLUS": findings.uidplus}
    has = ", ".join(name for name, there in able.items() if there) or _("none")
    lacks = ", ".join(name for name, there in able.items() if not there) or _("none")
    words = _("The server knows: %(has)s. It lacks: %(lacks)s.")
    return f"{mails} {words % {'has': has, 'lacks': lacks}}"
