"""Conversations as operators read and join them, and the way to close the links that open one."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import F, QuerySet
from django.forms import Media
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    JsonResponse,
)
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _

from busybee.console import (
    ActionVariant,
    ChoicesDropdownFilter,
    DialogForm,
    DropdownFilter,
    ReadOnlyAdmin,
    action,
    dialog,
    display,
    done,
)
from chat import console_page, file_store, operators, services
from chat.errors import ChatError, FileGone, NotYours
from chat.models import Message, Session, Upload
from freight.models import ChatLink

PARTS = "admin/chat/session"


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


class WaitsFilter(DropdownFilter):
    title = _("waits for")
    parameter_name = "for"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("person", _("a person")),
            ("answer", _("an answer")),
            ("mine", _("mine")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Session]) -> QuerySet[Session]:
        match self.value():
            case "person":
                return queryset.filter(pk__in=Session.objects.for_person())
            case "answer":
                return queryset.filter(pk__in=Session.objects.awaiting_answer())
            case "mine":
                return queryset.filter(operator=request.user.pk)
        return queryset


@admin.register(Session)
class SessionAdmin(RevokesLinks):
    list_display = [
        "request",
        "customer",
        "shown_person",
        "shown_state",
        "language",
        "last_seq",
        "updated_at",
    ]
    list_filter = [
        WaitsFilter,
        ("state", ChoicesDropdownFilter),
        ("language", ChoicesDropdownFilter),
    ]
    list_filter_submit = True
    list_per_page = 50
    search_fields = ["request__number", "request__customer_address", "request__customer_name"]
    search_help_text = _("Number or customer")
    # who asked for a person comes first, the longest wait before the others
    ordering = [F("wants_person_at").asc(nulls_last=True), "-updated_at"]
    fields = ["request", "state", "language", "created_at", "updated_at"]
    readonly_fields = fields

    @property
    def media(self) -> Media:
        own = Media(css={"all": ["chat/console-chat.css"]}, js=["chat/console-chat.js"])
        return super().media + own

    def get_queryset(self, request: HttpRequest) -> QuerySet[Session]:
        return super().get_queryset(request).select_related("request", "operator")

    @admin.display(description=_("customer"), ordering="request__customer_address")
    def customer(self, session: Session) -> str:
        return session.request.customer_name or session.request.customer_address or "–"

    @display(
        description=_("person"),
        ordering="wants_person_at",
        label={"wanted": "danger", "there": "success", "machine": "info"},
    )
    def shown_person(self, session: Session) -> tuple[str, str]:
        if session.operator_id:
            return "there", session.colleague
        if session.wants_person_at:
            return "wanted", str(_("wanted"))
        return "machine", "BusyBee"

    @display(description=_("state"), ordering="state", label=console_page.STATE_COLOURS)
    def shown_state(self, session: Session) -> tuple[str, str]:
        return session.state, session.get_state_display()

    def get_urls(self) -> list[URLPattern]:
        views: dict[str, Callable[..., HttpResponse]] = {
            "take-over": self.take_over,
            "write": self.write,
            "hand-back": self.hand_back,
            "wish": self.wish,
            "news": self.news,
        }
        own = [
            path(
                f"<int:pk>/{name}/",
                self.admin_site.admin_view(view),
                name=f"chat_session_{name.replace('-', '_')}",
            )
            for name, view in views.items()
        ]
        file = path(
            "<int:pk>/file/<int:upload_id>/",
            self.admin_site.admin_view(self.file),
            name="chat_session_file",
        )
        return [*own, file, *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        session = self.get_object(request, object_id)
        page: dict[str, Any] = {}
        if isinstance(session, Session):
            page = console_page.conversation_page(session, _user(request))
            page |= {"may_operate": self.has_operate_permission(request)}
            page |= {"cid": get_random_string(22), "title": str(session)}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **page})

    def news(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What is new after a number as HTML of our own making; panels only if they changed."""
        session = self._session(request, pk)
        after = request.GET.get("after", "")
        seq = int(after) if after.isdecimal() and len(after) < 10 else 0
        rows = list(session.messages.after(seq).select_related("upload")[: console_page.BUBBLES])
        context: dict[str, Any] = {"bubbles": console_page.bubbles(rows), "session": session}
        told: dict[str, Any] = {
            "seq": rows[-1].seq if rows else seq,
            "bubbles": render_to_string(f"{PARTS}/bubbles.html", context, request),
            "stamp": console_page.stamp(session),
        }
        if told["stamp"] != request.GET.get("stamp"):
            told |= self._changed(request, session)
        return _fresh(JsonResponse(told))

    def _changed(self, request: HttpRequest, session: Session) -> dict[str, Any]:
        """The panels, whether the conversation is this operator's, and the bubbles of its files."""
        context = console_page.panels(session, _user(request))
        context |= {"may_operate": self.has_operate_permission(request)}
        files = session.messages.filter(upload__isnull=False).select_related("upload")
        newest = console_page.bubbles(files.order_by("-seq")[:20])
        return {
            "mine": context["mine"],
            "panels": render_to_string(f"{PARTS}/panels.html", context, request),
            "files": render_to_string(
                f"{PARTS}/bubbles.html", {"bubbles": newest, "session": session}, request
            ),
        }

    def take_over(self, request: HttpRequest, pk: int) -> HttpResponse:
        seen = request.POST.get("instead_of", "")
        instead_of = int(seen) if seen.isdecimal() else None
        return self._act(
            request, pk, lambda: operators.take_over(pk, _user(request), instead_of=instead_of)
        )

    def hand_back(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._act(request, pk, lambda: operators.hand_back(pk, _user(request)))

    def wish(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Note that the wish for a person was seen to; with `open`, take that back."""
        if request.POST.get("open"):
            return self._act(request, pk, lambda: operators.open_wish(pk, timezone.now()))
        return self._act(request, pk, lambda: operators.close_wish(pk))

    def write(self, request: HttpRequest, pk: int) -> HttpResponse:
        text, cid = request.POST.get("text", ""), request.POST.get("cid", "")
        return self._act(
            request, pk, lambda: operators.write(pk, _user(request), text=text, cid=cid)
        )

    def _act(self, request: HttpRequest, pk: int, verb: Callable[[], object]) -> HttpResponse:
        """Do it, and go back to the page; a script that asks for JSON is told in JSON."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_operate_permission(request):
            raise PermissionDenied
        self._session(request, pk)
        why = ""
        try:
            verb()
        except ChatError as exc:
            holder = exc.holder if isinstance(exc, NotYours) else ""
            why = console_page.refusal(exc.code, holder)
        if request.headers.get("Accept") == "application/json":
            return _fresh(JsonResponse({"error": why}, status=409 if why else 200))
        if why:
            messages.error(request, why)
        return redirect("admin:chat_session_change", pk)

    def file(self, request: HttpRequest, pk: int, upload_id: int) -> HttpResponse:
        """The original of a customer's file: to be saved, never to be shown by the browser."""
        session = self._session(request, pk)
        upload = Upload.objects.filter(pk=upload_id, message__session=session).first()
        if upload is None:
            raise Http404
        try:
            data = file_store.get(upload.sha256)
        except FileGone as exc:
            raise Http404 from exc
        response = HttpResponse(data, content_type="application/octet-stream")
        disposition = content_disposition_header(as_attachment=True, filename=upload.name)
        response.headers["Content-Disposition"] = disposition or "attachment"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
        return response

    def _session(self, request: HttpRequest, pk: int) -> Session:
        """The conversation, for who may read it; raises PermissionDenied or Http404."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        session = self.get_queryset(request).filter(pk=pk).first()
        if session is None:
            raise Http404
        return session


def _user(request: HttpRequest) -> User:
    user = request.user
    if not isinstance(user, User):
        raise PermissionDenied
    return user


def _fresh(response: JsonResponse) -> JsonResponse:
    response.headers["Cache-Control"] = "no-store"
    return response


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
