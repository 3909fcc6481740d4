"""The console's building blocks: the only module that imports django-unfold."""

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from unfold.admin import ModelAdmin, StackedInline, TabularInline
from unfold.contrib.filters.admin import (
    ChoicesDropdownFilter,
    DropdownFilter,
    RangeDateFilter,
    RelatedDropdownFilter,
)
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm
from unfold.forms import BaseDialogForm as DialogForm
from unfold.widgets import UnfoldAdminPasswordToggleWidget as PasswordWidget
from unfold.widgets import UnfoldAdminSelectWidget as SelectWidget
from unfold.widgets import UnfoldAdminTextareaWidget as TextAreaWidget
from unfold.widgets import UnfoldAdminTextInputWidget as TextWidget
from unfold.widgets import UnfoldBooleanSwitchWidget as SwitchWidget

__all__ = [
    "ActionVariant",
    "ChoicesDropdownFilter",
    "DateWidget",
    "DialogForm",
    "DropdownFilter",
    "GroupAdmin",
    "ModelAdmin",
    "OwnPage",
    "PasswordWidget",
    "RangeDateFilter",
    "ReadOnlyAdmin",
    "RelatedDropdownFilter",
    "SelectWidget",
    "StackedInline",
    "SwitchWidget",
    "TabularInline",
    "TextAreaWidget",
    "TextWidget",
    "UserAdmin",
    "action",
    "choices_of",
    "dialog",
    "display",
    "done",
]


class DateWidget(TextWidget):
    """A day, chosen in the browser's own calendar."""

    input_type = "date"


class ReadOnlyAdmin(ModelAdmin):
    """Rows that the machine writes: operators look at them, and act on them by named actions only.

    Actions ask for the permission `operate`, which is Django's `change` permission of the model.
    """

    list_filter_submit = False
    actions_on_top = True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_view_permission(request, obj) or self.has_operate_permission(request)

    def has_operate_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether this user may act on these rows."""
        options = self.opts
        return bool(request.user.has_perm(f"{options.app_label}.change_{options.model_name}"))


class OwnPage:
    """Mixin for an admin whose template shows more than the form: what `page_context` returns."""

    get_object: Any  # of the ModelAdmin that this is mixed into

    def page_context(self, row: Any) -> dict[str, Any]:
        """What the template of one row's page needs besides Django's own."""
        raise NotImplementedError

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        page = {} if row is None else self.page_context(row)
        context = {**(extra_context or {}), **page}
        view: Any = super()
        answer: HttpResponse = view.change_view(request, object_id, form_url, context)
        return answer


class UserAdmin(DjangoUserAdmin, ModelAdmin):
    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm


class GroupAdmin(DjangoGroupAdmin, ModelAdmin):
    pass


def done(request: HttpRequest, url: str) -> HttpResponse:
    """The way on after a dialog's action: to `url`, for HTMX as well as for a plain form."""
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)


def dialog(
    title: Any, description: Any = "", *, form: type[DialogForm] | None = None, button: Any = ""
) -> dict[str, Any]:
    """A question that an action asks before it acts: what opens it is a GET without effect."""
    return {
        "title": title,
        "description": description,
        "form_class": form or DialogForm,
        "form_submit_text": button,
    }


def choices_of(values: Sequence[tuple[str, Any]], label: Any) -> dict[str, Any]:
    """Arguments of a form's choice field in the console's look."""
    return {"choices": values, "label": label, "widget": SelectWidget}
