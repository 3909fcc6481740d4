"""A quotation to print: as a page and as a PDF, for operators."""

from django.contrib.admin.views.decorators import staff_member_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from freight import quotation_pdf
from freight.models import Quotation
from freight.quotation_document import document


def quotation_page(request: HttpRequest, quotation: Quotation, *, pdf_url: str) -> HttpResponse:
    """The quotation as a page to read and print. Whoever calls has checked who may see it."""
    told = document(quotation, today=timezone.localdate())
    context = {"document": told, "words": told.words, "pdf_url": pdf_url}
    return _private(render(request, "freight/quotation.html", context))


def quotation_file(quotation: Quotation) -> HttpResponse:
    """The PDF that goes with the mail. Whoever calls has checked who may see it."""
    told = document(quotation)
    answer = HttpResponse(quotation_pdf.pdf(told), content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{told.name}.pdf"'
    return _private(answer)


def _private(answer: HttpResponse) -> HttpResponse:
    """No cache on the way keeps the answer, no address of it is told to others."""
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


@staff_member_required(login_url="admin:login")
@never_cache
@require_safe
def operator_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The page, to operators who may see quotations."""
    quotation = _seen_by_operator(request, pk)
    return quotation_page(request, quotation, pdf_url=reverse("freight:quotation-pdf", args=[pk]))


@staff_member_required(login_url="admin:login")
@never_cache
@require_safe
def operator_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The PDF, to operators who may see quotations."""
    return quotation_file(_seen_by_operator(request, pk))


def _seen_by_operator(request: HttpRequest, pk: int) -> Quotation:
    allowed = ("freight.view_quotation", "freight.change_quotation")
    if not any(request.user.has_perm(name) for name in allowed):
        raise PermissionDenied
    return get_object_or_404(Quotation.objects.select_related("request"), pk=pk)
