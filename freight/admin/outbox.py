"""The outbox as operators see it: what is released, tried again or settled by hand."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from busybee.console import (
    ActionVariant,
    ChoicesDropdownFilter,
    DialogForm,
    DropdownFilter,
    OwnPage,
    RangeDateFilter,
    ReadOnlyAdmin,
    TextWidget,
    action,
    dialog,
    display,
    done,
)
from freight import deliveries, mail_switch, outbox
from freight.admin.rows import each
from freight.models import OutgoingMail, Sending
from freight.pages import MAIL_COLOURS, reports_on
from freight.remarks import remark

# which action makes sense in which state
OUTBOX_ACTIONS = {
    "release": {Sending.DRAFT},
    "retry": {Sending.FAILED},
    "settle_sent": {Sending.UNCERTAIN},
    "settle_not_sent": {Sending.UNCERTAIN},
    "send_again": {Sending.UNDELIVERED},
    "settle_undelivered": {Sending.UNDELIVERED},
}


class NeedsFilter(DropdownFilter):
    title = gettext_lazy("for the operator")
    parameter_name = "for"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("operator", gettext_lazy("The customer may not have it"))]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[OutgoingMail]
    ) -> QuerySet[OutgoingMail]:
        if self.value() != "operator":
            return queryset
        return queryset.filter(pk__in=OutgoingMail.objects.for_operator())


class AddressForm(DialogForm):
    address = forms.EmailField(
        label=gettext_lazy("the customer's address"), max_length=254, widget=TextWidget
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mail = OutgoingMail.objects.filter(pk=self.object_id).only("recipient").first()
        self.fields["address"].initial = mail.recipient if mail else ""


@admin.register(OutgoingMail)
class OutgoingMailAdmin(OwnPage, ReadOnlyAdmin):
    change_form_template = "console/outgoing.html"
    list_display = [
        "shown_subject",
        "recipient",
        "shown_kind",
        "shown_state",
        "attempt",
        "shown_remark",
        "created_at",
        "sent_at",
    ]
    list_display_links = ["shown_subject"]
    list_filter = [
        ("state", ChoicesDropdownFilter),
        NeedsFilter,
        ("kind", ChoicesDropdownFilter),
        ("created_at", RangeDateFilter),
    ]
    list_filter_submit = True
    list_per_page = 50
    show_full_result_count = False
    search_fields = ["subject", "recipient", "key", "message_id"]
    actions = [
        "release_selected",
        "retry_selected",
        "settle_sent_selected",
        "settle_not_sent_selected",
        "settle_undelivered_selected",
    ]
    actions_list = ["stop_all_mail", "let_mail_go"]
    list_before_template = "console/mail_stopped.html"
    actions_detail = [
        "release",
        "retry",
        "settle_sent",
        "settle_not_sent",
        "send_again",
        "settle_undelivered",
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[OutgoingMail]:
        return super().get_queryset(request).defer("sealed")

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        stopped = {"stopped": mail_switch.stopped()}
        answer: HttpResponse = super().changelist_view(
            request, {**(extra_context or {}), **stopped}
        )
        return answer

    def get_actions_list(self, request: HttpRequest) -> list[Any]:
        """The one of the two that changes something; none while the machine's own switch is off."""
        stop = mail_switch.stopped()
        fitting = "let_mail_go" if stop and stop.by else "" if stop else "stop_all_mail"
        offered = super().get_actions_list(request)
        return [each for each in offered if each.action_name == f"freight_outgoingmail_{fitting}"]

    @action(
        description=gettext_lazy("Stop all mail"),
        permissions=["operate"],
        icon="block",
        variant=ActionVariant.DANGER,
        dialog=dialog(
            gettext_lazy("Stop all mail"),
            gettext_lazy(
                "From now on nothing leaves, whoever approved it. All mails wait in the outbox "
                "until somebody lets them go again. What a relay already has cannot be called back."
            ),
            button=gettext_lazy("Stop all mail"),
        ),
    )
    def stop_all_mail(self, request: HttpRequest, form: DialogForm) -> HttpResponse:
        return self._turn(request, on=False)

    @action(
        description=gettext_lazy("Let mail go again"),
        permissions=["operate"],
        icon="play_arrow",
        variant=ActionVariant.PRIMARY,
        dialog=dialog(
            gettext_lazy("Let mail go again"),
            gettext_lazy("All that waits in the outbox leaves within seconds."),
            button=gettext_lazy("Let mail go again"),
        ),
    )
    def let_mail_go(self, request: HttpRequest, form: DialogForm) -> HttpResponse:
        return self._turn(request, on=True)

    def _turn(self, request: HttpRequest, *, on: bool) -> HttpResponse:
        mail_switch.turn(on=on, by=request.user.get_username())
        return done(request, reverse("admin:freight_outgoingmail_changelist"))

    @display(description=gettext_lazy("subject"), ordering="subject")
    def shown_subject(self, row: OutgoingMail) -> str:
        return row.subject

    @display(description=gettext_lazy("kind"), ordering="kind")
    def shown_kind(self, row: OutgoingMail) -> str:
        return row.get_kind_display()

    @display(description=gettext_lazy("state"), ordering="state", label=MAIL_COLOURS)
    def shown_state(self, row: OutgoingMail) -> tuple[str, str]:
        return row.state, row.get_state_display()

    @display(description=gettext_lazy("remark"))
    def shown_remark(self, row: OutgoingMail) -> str:
        return remark(row.last_error) or "–"

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """The actions that the mail's state allows; none for one that an operator has seen to."""
        mail = OutgoingMail.objects.filter(pk=object_id).only("state", "last_error").first()
        state = mail.state if mail and not mail.seen_to else ""
        fitting = {
            f"freight_outgoingmail_{name}"
            for name, states in OUTBOX_ACTIONS.items()
            if state in states
        }
        return [
            item
            for item in super().get_actions_detail(request, object_id)
            if item.action_name in fitting
        ]

    @admin.action(description=gettext_lazy("Release held-back mails"), permissions=["operate"])
    def release_selected(self, request: HttpRequest, queryset: QuerySet[OutgoingMail]) -> None:
        self._act(request, queryset, "release")

    @admin.action(description=gettext_lazy("Try failed mails again"), permissions=["operate"])
    def retry_selected(self, request: HttpRequest, queryset: QuerySet[OutgoingMail]) -> None:
        self._act(request, queryset, "retry")

    @admin.action(description=gettext_lazy("Uncertain: it was sent"), permissions=["operate"])
    def settle_sent_selected(self, request: HttpRequest, queryset: QuerySet[OutgoingMail]) -> None:
        self._act(request, queryset, "settle_sent")

    @admin.action(description=gettext_lazy("Uncertain: it was not sent"), permissions=["operate"])
    def settle_not_sent_selected(
        self, request: HttpRequest, queryset: QuerySet[OutgoingMail]
    ) -> None:
        self._act(request, queryset, "settle_not_sent")

    @admin.action(description=gettext_lazy("Undelivered: seen to"), permissions=["operate"])
    def settle_undelivered_selected(
        self, request: HttpRequest, queryset: QuerySet[OutgoingMail]
    ) -> None:
        self._act(request, queryset, "settle_undelivered")

    def _act(self, request: HttpRequest, queryset: QuerySet[OutgoingMail], name: str) -> None:
        by = request.user.get_username()
        acts: dict[str, Callable[[OutgoingMail], None]] = {
            "release": lambda mail: outbox.release(mail, by=by),
            "retry": lambda mail: outbox.retry(mail, by=by),
            "settle_sent": lambda mail: outbox.settle(mail, sent=True, by=by),
            "settle_not_sent": lambda mail: outbox.settle(mail, sent=False, by=by),
            "settle_undelivered": lambda mail: deliveries.settle(mail, by=by),
        }
        # what is in another state is left alone: a selection of 50 rarely has one state
        each(request, list(queryset.filter(state__in=OUTBOX_ACTIONS[name])), acts[name])

    def _one(self, request: HttpRequest, object_id: str, name: str) -> HttpResponse:
        self._act(request, self.get_queryset(request).filter(pk=object_id), name)
        return done(request, reverse("admin:freight_outgoingmail_change", args=[object_id]))

    @action(
        description=gettext_lazy("Release"),
        permissions=["operate"],
        icon="send",
        variant=ActionVariant.PRIMARY,
        dialog=dialog(
            gettext_lazy("Release this mail"),
            gettext_lazy("It goes to the customer as it stands here."),
            button=gettext_lazy("Release"),
        ),
    )
    def release(self, request: HttpRequest, form: DialogForm, object_id: str) -> HttpResponse:
        return self._one(request, object_id, "release")

    @action(
        description=gettext_lazy("Try again"),
        permissions=["operate"],
        icon="refresh",
        dialog=dialog(
            gettext_lazy("Try this mail again"),
            gettext_lazy("The same bytes are offered to the relay again."),
            button=gettext_lazy("Try again"),
        ),
    )
    def retry(self, request: HttpRequest, form: DialogForm, object_id: str) -> HttpResponse:
        return self._one(request, object_id, "retry")

    @action(
        description=gettext_lazy("It was sent"),
        permissions=["operate"],
        icon="mark_email_read",
        dialog=dialog(
            gettext_lazy("This mail was sent"),
            gettext_lazy("You have seen it in the Sent folder, or the customer has it."),
            button=gettext_lazy("It was sent"),
        ),
    )
    def settle_sent(self, request: HttpRequest, form: DialogForm, object_id: str) -> HttpResponse:
        return self._one(request, object_id, "settle_sent")

    @action(
        description=gettext_lazy("It was not sent"),
        permissions=["operate"],
        icon="unsubscribe",
        dialog=dialog(
            gettext_lazy("This mail was not sent"),
            gettext_lazy("It counts as failed then and can be tried again."),
            button=gettext_lazy("It was not sent"),
        ),
    )
    def settle_not_sent(
        self, request: HttpRequest, form: DialogForm, object_id: str
    ) -> HttpResponse:
        return self._one(request, object_id, "settle_not_sent")

    @action(
        description=gettext_lazy("Send again"),
        permissions=["operate"],
        icon="forward_to_inbox",
        variant=ActionVariant.PRIMARY,
        dialog=dialog(
            gettext_lazy("Send this mail again"),
            gettext_lazy(
                "The same text goes out in a new mail. The address becomes the customer's: "
                "whatever is written to them from now on goes there."
            ),
            form=AddressForm,
            button=gettext_lazy("Send again"),
        ),
    )
    def send_again(self, request: HttpRequest, form: AddressForm, object_id: str) -> HttpResponse:
        mail = self.get_object(request, object_id)
        if isinstance(mail, OutgoingMail):
            to, by = form.cleaned_data["address"], request.user.get_username()
            each(
                request,
                [mail],
                lambda row: deliveries.send_again(row, to=to, by=by, now=timezone.now()),
            )
        return done(request, reverse("admin:freight_outgoingmail_change", args=[object_id]))

    @action(
        description=gettext_lazy("Seen to"),
        permissions=["operate"],
        icon="check",
        dialog=dialog(
            gettext_lazy("This mail needs nobody any more"),
            gettext_lazy("You have reached the customer in another way, or it does not matter."),
            button=gettext_lazy("Seen to"),
        ),
    )
    def settle_undelivered(
        self, request: HttpRequest, form: DialogForm, object_id: str
    ) -> HttpResponse:
        return self._one(request, object_id, "settle_undelivered")

    def page_context(self, row: OutgoingMail) -> dict[str, Any]:
        letter = outbox.letter_or_none(row)
        return {
            "text": letter.text if letter else "",
            "html": letter.html if letter else "",
            "files": [(file.name, len(file.data)) for file in letter.files] if letter else [],
            "undelivered": row.state == Sending.UNDELIVERED and not row.seen_to,
            "reports": [(mail, remark(mail.outcome)) for mail in reports_on(row)],
            "remark": remark(row.last_error),
            "state_colour": MAIL_COLOURS.get(Sending(row.state), ""),
            "has_link": row.kind in (OutgoingMail.Kind.QUESTION, OutgoingMail.Kind.REMINDER),
        }
