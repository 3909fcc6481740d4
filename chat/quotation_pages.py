"""The customer's quotation to print: as a page and as a PDF, to who may read the conversation."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from chat import access, quoted
from chat.api import link_of_call
from chat.errors import Denied
from chat.views import gone
from freight.models import Quotation
from freight.views import quotation_file, quotation_page


@never_cache
@access.own_pages_only
@require_safe
def page(request: HttpRequest, conversation: UUID) -> HttpResponse:
    """The newest issued quotation as a page; 404 where there is none, or nobody may see it."""
    quotation = _quotation(request, conversation)
    if quotation is None:
        return gone(request)
    pdf_url = reverse("chat:quotation-pdf", args=[conversation])
    return quotation_page(request, quotation, pdf_url=pdf_url)


@never_cache
@access.own_pages_only
@require_safe
def pdf(request: HttpRequest, conversation: UUID) -> HttpResponse:
    """The PDF that went with the mail; 404 where there is none, or nobody may see it."""
    quotation = _quotation(request, conversation)
    return gone(request) if quotation is None else quotation_file(quotation)


def _quotation(request: HttpRequest, conversation: UUID) -> Quotation | None:
    try:
        link = link_of_call(request, conversation, timezone.now())
    except Denied:
        return None
    return quoted.issued(link.request)
