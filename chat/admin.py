"""Conversations as operators read them, and the way to close the links that open one."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from busybee.console import (
    ActionVariant,
    DialogForm,
    ReadOnlyAdmin,
    TabularInline,
    action,
    dialog,
    display,
    done,
)
from chat import services
from chat.models import Message, Session
from freight.models import ChatLink


class MessageInline(TabularInline):
    model = Message
    fields = ["seq", "author", "text", "created_at"]
    readonly_fields = fields
    ordering = ["seq"]
    extra = 0
    tab = False
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


class RevokesLinks(ReadOnlyAdmin):
    """A page with the button that closes all links to the conversation about its request."""

    actions_detail = ("revoke",)

    @action(
        description=_("Revoke the links"),
        permissions=["operate"],
        icon="link_off",
        variant=ActionVariant.DANGER,
        dialog=dialog(
            _("Revoke the links"),
            _("No link that was mailed for this request opens it any more; open pages close."),
            button=_("Revoke the links"),
        ),
    )
    def revoke(self, request: HttpRequest, form: DialogForm, object_id: str) -> HttpResponse:
        row = self.get_object(request, object_id)
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}"
        if not isinstance(row, Session | ChatLink):
            return done(request, reverse(f"{name}_changelist"))
        count = services.revoke_links(row.request, timezone.now())
        messages.success(request, _("%(count)s links revoked.") % {"count": count})
        return done(request, reverse(f"{name}_change", args=[object_id]))


@admin.register(Session)
class SessionAdmin(RevokesLinks):
    list_display = ["request", "customer", "state", "language", "last_seq", "updated_at"]
    list_filter = ["state", "language"]
    search_fields = ["request__number", "request__customer_address"]
    fields = ["request", "state", "language", "created_at", "updated_at"]
    readonly_fields = fields
    inlines = [MessageInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Session]:
        return super().get_queryset(request).select_related("request")

    @admin.display(description=_("customer"), ordering="request__customer_address")
    def customer(self, session: Session) -> str:
        return session.request.customer_name or session.request.customer_address


@admin.register(ChatLink)
class ChatLinkAdmin(RevokesLinks):
    list_display = ["request", "shown_state", "created_at", "expires_at", "revoked_at"]
    search_fields = ["request__number", "request__customer_address"]
    fields = ["request", "created_at", "expires_at", "revoked_at"]
    readonly_fields = fields
    ordering = ["-created_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ChatLink]:
        return super().get_queryset(request).select_related("request")

    @display(
        description=_("state"),
        label={"open": "success", "expired": "info", "revoked": "danger"},
    )
    def shown_state(self, link: ChatLink) -> tuple[str, str]:
        if link.revoked_at is not None:
            return "revoked", str(_("revoked"))
        if link.expires_at <= timezone.now():
            return "expired", str(_("expired"))
        return "open", str(_("open"))


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin):
    list_display = ["session", "seq", "author", "text_start", "created_at"]
    list_filter = ["author"]
    search_fields = ["session__request__number", "text"]
    ordering = ["-created_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Message]:
        return super().get_queryset(request).select_related("session__request")

    @admin.display(description=_("text"))
    def text_start(self, message: Message) -> str:
        return message.text[:80]
