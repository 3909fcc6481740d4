from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from busybee.console import ModelAdmin, TabularInline
from chat.models import Message, Session


class ReadOnly:
    """Conversations are read here; they are made by customers and answered by tasks."""

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


class MessageInline(ReadOnly, TabularInline):
    model = Message
    fields = ["seq", "author", "text", "created_at"]
    readonly_fields = fields
    ordering = ["seq"]
    extra = 0
    tab = False


@admin.register(Session)
class SessionAdmin(ReadOnly, ModelAdmin):
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


@admin.register(Message)
class MessageAdmin(ReadOnly, ModelAdmin):
    list_display = ["session", "seq", "author", "text_start", "created_at"]
    list_filter = ["author"]
    search_fields = ["session__request__number", "text"]
    ordering = ["-created_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Message]:
        return super().get_queryset(request).select_related("session__request")

    @admin.display(description=_("text"))
    def text_start(self, message: Message) -> str:
        return message.text[:80]
