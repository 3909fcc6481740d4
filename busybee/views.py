"""The project's own pages: the way in, health, figures for Prometheus, the sink."""

import hmac
import ipaddress
import logging
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.views.decorators import staff_member_required
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseForbidden, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from busybee import sink as kept
from busybee.metrics import exposition
from busybee.security import CONSOLE

logger = logging.getLogger(__name__)


def home(request: HttpRequest) -> HttpResponse:
    """The way to the console."""
    return redirect("admin:index")


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 while the database answers, else 503; says nothing about why, the log does."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except DatabaseError:
        logger.exception("health check: the database does not answer")
        return JsonResponse({"status": "error", "database": "unreachable"}, status=503)
    return JsonResponse({"status": "ok", "database": "ok"})


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Figures for Prometheus: for this machine itself, and for who has the API key."""
    if not (_is_local(request) or _has_key(request)):
        return HttpResponseForbidden("the API key is missing or wrong\n", content_type="text/plain")
    return HttpResponse(exposition(), content_type=CONTENT_TYPE_LATEST)


def _is_local(request: HttpRequest) -> bool:
    """Whether the request comes from this machine, and not through a proxy on it.

    In production all requests come through a proxy, and not every proxy says for whom it asks.
    """
    proxied = ("Forwarded", "X-Forwarded-For", "X-Real-IP")
    if not settings.BUSYBEE_EMBEDDED or any(name in request.headers for name in proxied):
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR") or "").is_loopback
    except ValueError:
        return False


def _has_key(request: HttpRequest) -> bool:
    given = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    return bool(given) and hmac.compare_digest(given.encode(), settings.BUSYBEE_API_KEY.encode())


@staff_member_required(login_url="admin:login")
@require_safe
def sink(request: HttpRequest) -> HttpResponse:
    """The list of mails that the embedded SMTP sink kept."""
    context = {"title": _("Sent mail (sink)"), "mails": kept.newest(), "limit": kept.LISTED}
    return _console_page(request, "console/sink.html", context)


@staff_member_required(login_url="admin:login")
@require_safe
def sink_mail(request: HttpRequest, name: str) -> HttpResponse:
    """One kept mail as its recipient reads it."""
    mail = kept.find(name)
    if mail is None:
        raise Http404
    context = {"title": mail.subject or _("(no subject)"), "mail": mail}
    return _console_page(request, "console/sink_mail.html", context)


def _console_page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """A page in the console's frame, whose scripts need the console's policy."""
    page = TemplateResponse(request, template, {**admin.site.each_context(request), **context})
    page.headers["Content-Security-Policy"] = CONSOLE
    return page
