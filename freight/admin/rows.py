"""What several of the trade's admins do with rows."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from freight import own_places
from freight.errors import FreightError
from freight.remarks import remark


class KnowsPlaces:
    """Mixin for an admin that shows places: their names as they are now, in whatever process."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        own_places.refresh()
        rows: QuerySet[Any] = super().get_queryset(request)  # type: ignore[misc]  # ModelAdmin's
        return rows


def each(request: HttpRequest, rows: list[Any], act: Callable[[Any], object]) -> None:
    """Do `act` to each row; one that cannot take it says why and does not stop the others."""
    count = 0
    for row in rows:
        try:
            act(row)
        except FreightError as exc:
            messages.error(request, f"{row}: {remark(str(exc))}")
        else:
            count += 1
    if count:
        text = ngettext("Done for %(count)s row.", "Done for %(count)s rows.", count)
        messages.success(request, text % {"count": count})
    elif not rows:
        messages.warning(request, _("Nothing was changed."))


def link_to(name: str, pk: int, text: object) -> SafeString:
    """A link to the row `pk` of the model that admin URLs call `name`."""
    url = reverse(f"admin:{name}_change", args=[pk])
    return format_html('<a class="bb-link" href="{}">{}</a>', url, text)
