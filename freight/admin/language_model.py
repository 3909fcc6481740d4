"""What the language model was asked each day, as operators see it: for reading only."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from busybee.console import ModelAdmin, display
from freight.models import LanguageModelUse


@admin.register(LanguageModelUse)
class LanguageModelUseAdmin(ModelAdmin):
    list_display = ["day", "calls", "shown_tokens", "failures", "shown_pause"]
    list_per_page = 50

    @display(description=_("tokens"), ordering="tokens")
    def shown_tokens(self, row: LanguageModelUse) -> str:
        return f"{row.tokens:,}"

    @display(description=_("not asked until"), ordering="open_until")
    def shown_pause(self, row: LanguageModelUse) -> Any:
        return row.open_until

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
