"""Mails and their steps as operators see them."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from busybee.console import (
    ActionVariant,
    ChoicesDropdownFilter,
    DialogForm,
    DropdownFilter,
    OwnPage,
    RangeDateFilter,
    ReadOnlyAdmin,
    RelatedDropdownFilter,
    action,
    choices_of,
    dialog,
    display,
    done,
)
from classifier.labels import LABELS
from freight.remarks import remark as trade_remark
from pipeline import labels, replay, threads
from pipeline.errors import PipelineError
from pipeline.mail_page import mail_page, size_label
from pipeline.models import Email, Step, StepName
from pipeline.remarks import remark

LABEL_NAMES = {
    "spam": gettext_lazy("spam"),
    "order": gettext_lazy("order"),
    "quote": gettext_lazy("quote"),
    "inquiry": gettext_lazy("inquiry"),
}
LABEL_COLOURS = {"spam": "danger", "order": "success", "quote": "info", "inquiry": "primary"}
STATE_COLOURS = {
    Email.State.RECEIVED: "info",
    Email.State.PROCESSING: "info",
    Email.State.DONE: "success",
    Email.State.QUARANTINED: "danger",
}
STEP_COLOURS = {
    Step.State.DUE: "info",
    Step.State.RUNNING: "info",
    Step.State.DONE: "success",
    Step.State.FAILED: "warning",
    Step.State.QUARANTINED: "danger",
}


def label_name(label: str) -> str:
    """A label in the reader's language; an operator's own label is its own name."""
    return str(LABEL_NAMES.get(label, label))


def known_labels() -> list[tuple[str, str]]:
    """(label, name) of the shipped labels and of those that mails carry besides."""
    used = Email.objects.exclude(label__in=["", *LABELS]).order_by().values_list("label", flat=True)
    return [(label, label_name(label)) for label in (*LABELS, *used.distinct()[:50])]


class LabelFilter(DropdownFilter):
    title = gettext_lazy("label")
    parameter_name = "label"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return known_labels()

    def queryset(self, request: HttpRequest, queryset: QuerySet[Email]) -> QuerySet[Email]:
        return queryset.filter(label=self.value()) if self.value() else queryset


class MailboxFilter(RelatedDropdownFilter):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = _("mailbox")


class ReasonFilter(DropdownFilter):
    title = gettext_lazy("quarantine reason")
    parameter_name = "reason"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        reasons = Email.objects.quarantined().order_by().values_list("quarantine_reason", flat=True)
        return [(reason, remark(reason)[:80]) for reason in reasons.distinct()[:50] if reason]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Email]) -> QuerySet[Email]:
        if not self.value():
            return queryset
        return queryset.filter(state=Email.State.QUARANTINED, quarantine_reason=self.value())


class ThreadFilter(DropdownFilter):
    """The mails of one conversation: offered only where a link has named it."""

    title = gettext_lazy("conversation")
    parameter_name = "thread"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        root = _root_of(request.GET.get("thread", ""))
        return [(str(root.pk), str(root)[:80])] if root else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Email]) -> QuerySet[Email]:
        root = _root_of(self.value() or "")
        return queryset.filter(pk__in=threads.members(root)) if root else queryset


def _root_of(value: str) -> Email | None:
    number = int(value) if value.isascii() and value.isdigit() and len(value) < 19 else 0
    return Email.objects.filter(pk=number).only("subject", "thread").first() if number else None


class RelabelForm(DialogForm):
    label = forms.ChoiceField(**choices_of([*LABEL_NAMES.items()], gettext_lazy("label")))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        email = Email.objects.filter(pk=self.object_id).only("label").first()
        self.fields["label"].initial = email.label if email else ""


class ReplayForm(DialogForm):
    step = forms.ChoiceField(**choices_of(StepName.choices, gettext_lazy("from step")))


@admin.register(Email)
class EmailAdmin(OwnPage, ReadOnlyAdmin):
    change_form_template = "console/mail.html"
    list_display = [
        "shown_subject",
        "sender",
        "shown_label",
        "shown_state",
        "shown_language",
        "shown_outcome",
        "received_at",
    ]
    list_display_links = ["shown_subject"]
    list_filter = [
        ("state", ChoicesDropdownFilter),
        LabelFilter,
        ("language", ChoicesDropdownFilter),
        ("mailbox", MailboxFilter),
        ReasonFilter,
        ThreadFilter,
        ("received_at", RangeDateFilter),
    ]
    list_filter_submit = True
    list_per_page = 50
    show_full_result_count = False
    search_fields = ["subject", "from_name", "from_address", "request__number", "outcome"]
    search_help_text = gettext_lazy("Subject, sender, request number or outcome")
    actions = ["deal_with", "open_again", "replay_failed", "replay_all", "replay_reasons"]
    actions_detail = ["relabel", "replay"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Email]:
        rows = super().get_queryset(request)
        if (
            request.resolver_match
            and request.resolver_match.url_name == "pipeline_email_changelist"
        ):
            # a list of 50 must not carry 50 texts
            return rows.defer("text", "new_text", "references", "to", "probabilities")
        return rows.select_related("request", "mailbox", "bounce_of")

    @display(description=gettext_lazy("subject"), ordering="subject")
    def shown_subject(self, email: Email) -> str:
        subject = email.subject or _("(no subject)")
        return subject if len(subject) <= 90 else f"{subject[:89]}…"

    @display(description=gettext_lazy("sender"), ordering="from_address")
    def sender(self, email: Email) -> str:
        return email.from_name or email.from_address or "–"

    @display(description=gettext_lazy("label"), ordering="label", label=LABEL_COLOURS)
    def shown_label(self, email: Email) -> tuple[str, str]:
        return email.label, label_name(email.label)

    @display(description=gettext_lazy("state"), ordering="state", label=STATE_COLOURS)
    def shown_state(self, email: Email) -> tuple[str, str]:
        return email.state, email.get_state_display()

    @display(description=gettext_lazy("language"), ordering="language")
    def shown_language(self, email: Email) -> str:
        return email.get_language_display() or "–"

    @display(description=gettext_lazy("outcome"), ordering="outcome")
    def shown_outcome(self, email: Email) -> str:
        return trade_remark(email.outcome) or "–"

    def get_actions(self, request: HttpRequest) -> dict[str, tuple[Callable[..., Any], str, str]]:
        """Django's, plus one relabelling action for each known label."""
        actions = super().get_actions(request)
        if actions and self.has_operate_permission(request):
            for label, name in LABEL_NAMES.items():
                text = _("Relabel as “%(label)s”") % {"label": name}
                actions[f"relabel_{label}"] = (_relabeller(label), f"relabel_{label}", text)
        return actions

    @admin.action(
        description=gettext_lazy("Dealt with: take off the list of what waits"),
        permissions=["operate"],
    )
    def deal_with(self, request: HttpRequest, queryset: QuerySet[Email]) -> None:
        waiting = Email.objects.for_operator().filter(pk__in=queryset)
        _say(request, waiting.update(handled_by=request.user.get_username()))

    @admin.action(
        description=gettext_lazy("Not dealt with yet: back on the list"), permissions=["operate"]
    )
    def open_again(self, request: HttpRequest, queryset: QuerySet[Email]) -> None:
        _say(request, queryset.exclude(handled_by="").update(handled_by=""))

    @admin.action(
        description=gettext_lazy("Replay from the step that failed"), permissions=["operate"]
    )
    def replay_failed(self, request: HttpRequest, queryset: QuerySet[Email]) -> None:
        stopped = Step.objects.filter(email__in=queryset, state=Step.State.QUARANTINED)
        steps = dict(stopped.order_by("-pk").values_list("email_id", "name"))
        _each(
            request,
            [email for email in queryset if email.pk in steps],
            lambda email: _replay(email, steps[email.pk]),
        )

    @admin.action(description=gettext_lazy("Replay from the first step"), permissions=["operate"])
    def replay_all(self, request: HttpRequest, queryset: QuerySet[Email]) -> None:
        _each(request, list(queryset), lambda email: _replay(email, StepName.EXTRACT))

    @admin.action(
        description=gettext_lazy("Replay every mail that has the same quarantine reason"),
        permissions=["operate"],
    )
    def replay_reasons(self, request: HttpRequest, queryset: QuerySet[Email]) -> None:
        stopped = Email.objects.quarantined().filter(pk__in=queryset)
        reasons = set(stopped.values_list("quarantine_reason", flat=True))
        replayed = [replay.replay_reason(reason) for reason in sorted(reasons)]
        left = sum(each.header_only for each in replayed)
        if left:
            messages.warning(request, _left_out(left))
        _say(request, sum(each.count for each in replayed))

    @action(
        description=gettext_lazy("Relabel"),
        permissions=["operate"],
        icon="label",
        dialog=dialog(
            gettext_lazy("Relabel this mail"),
            gettext_lazy(
                "The classifier learns from it, and the mail goes the way of its new label. "
                "A request that it had opened is withdrawn if nothing has been sent for it yet; "
                "else the request goes on as it is. Orders stay."
            ),
            form=RelabelForm,
            button=gettext_lazy("Relabel"),
        ),
    )
    def relabel(self, request: HttpRequest, form: RelabelForm, object_id: str) -> HttpResponse:
        email = self.get_object(request, object_id)
        if isinstance(email, Email):
            label = form.cleaned_data["label"]
            _each(request, [email], lambda mail: _relabel(mail, label, request))
        return done(request, reverse("admin:pipeline_email_change", args=[object_id]))

    @action(
        description=gettext_lazy("Replay"),
        permissions=["operate"],
        icon="replay",
        variant=ActionVariant.DEFAULT,
        dialog=dialog(
            gettext_lazy("Replay this mail"),
            gettext_lazy(
                "The chosen step and all steps behind it run again on the kept raw bytes."
            ),
            form=ReplayForm,
            button=gettext_lazy("Replay"),
        ),
    )
    def replay(self, request: HttpRequest, form: ReplayForm, object_id: str) -> HttpResponse:
        email = self.get_object(request, object_id)
        if isinstance(email, Email):
            step = form.cleaned_data["step"]
            _each(request, [email], lambda mail: _replay(mail, step))
        return done(request, reverse("admin:pipeline_email_change", args=[object_id]))

    def page_context(self, email: Email) -> dict[str, Any]:
        page = mail_page(email)
        return {
            "page": page,
            "outcome": trade_remark(email.outcome),
            "machine": trade_remark(email.machine),
            "stopped": remark(email.quarantine_reason),
            "whole_size": size_label(email.size),
            "label_name": label_name(email.label) if email.label else "",
            "label_colour": LABEL_COLOURS.get(email.label, ""),
            "state_colour": STATE_COLOURS[Email.State(email.state)],
            "probabilities": [(label_name(name), share) for name, share in page.probabilities],
        }


def _relabeller(label: str) -> Callable[[EmailAdmin, HttpRequest, QuerySet[Email]], None]:
    def relabel_selected(
        model_admin: EmailAdmin, request: HttpRequest, queryset: QuerySet[Email]
    ) -> None:
        _each(request, list(queryset), lambda email: _relabel(email, label, request))

    return relabel_selected


def _relabel(email: Email, label: str, request: HttpRequest) -> None:
    labels.relabel(email, label, by=request.user.get_username())


def _replay(email: Email, step: str) -> None:
    replay.replay(email, step)


def _each(request: HttpRequest, emails: list[Email], act: Callable[[Email], None]) -> None:
    """Do `act` to each mail; one that cannot take it says why and does not stop the others."""
    count = 0
    for email in emails:
        try:
            act(email)
        except PipelineError as exc:
            messages.error(request, f"{email}: {remark(str(exc))}")
        else:
            count += 1
    _say(request, count)


def _left_out(count: int) -> str:
    text = ngettext(
        "%(count)s mail is left out: only its header was kept.",
        "%(count)s mails are left out: only their headers were kept.",
        count,
    )
    return text % {"count": count}


def _say(request: HttpRequest, count: int) -> None:
    if count:
        text = ngettext("Done for %(count)s mail.", "Done for %(count)s mails.", count)
        messages.success(request, text % {"count": count})
    else:
        messages.warning(request, _("Nothing was changed."))


@admin.register(Step)
class StepAdmin(ReadOnlyAdmin):
    list_display = [
        "mail",
        "name",
        "shown_state",
        "attempt",
        "failures",
        "next_at",
        "finished_at",
        "shown_reason",
    ]
    list_display_links = ["mail"]
    list_filter = [("state", ChoicesDropdownFilter), ("name", ChoicesDropdownFilter)]
    list_filter_submit = True
    list_per_page = 50
    list_select_related = ["email"]
    show_full_result_count = False
    search_fields = ["email__subject", "reason"]
    ordering = ["-pk"]
    fields = [
        "mail_link",
        "name",
        "shown_state",
        "attempt",
        "failures",
        "next_at",
        "started_at",
        "finished_at",
        "shown_reason",
        "shown_traceback",
    ]
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Step]:
        return super().get_queryset(request).defer("email__text", "email__new_text")

    @display(description=gettext_lazy("mail"))
    def mail_link(self, step: Step) -> SafeString:
        url = reverse("admin:pipeline_email_change", args=[step.email_id])
        return format_html('<a class="bb-link" href="{}">{}</a>', url, step.email)

    @display(description=gettext_lazy("mail"))
    def mail(self, step: Step) -> str:
        return str(step.email)[:90]

    @display(description=gettext_lazy("state"), ordering="state", label=STEP_COLOURS)
    def shown_state(self, step: Step) -> tuple[str, str]:
        return step.state, step.get_state_display()

    @display(description=gettext_lazy("reason"), ordering="reason")
    def shown_reason(self, step: Step) -> str:
        return remark(step.reason) or "–"

    @display(description=gettext_lazy("traceback"))
    def shown_traceback(self, step: Step) -> str:
        return step.traceback or "–"
