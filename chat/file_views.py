"""Taking in a file that the customer drops into the conversation."""

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from chat import access, cards, limits, services, uploads
from chat.errors import (
    BadFrame,
    ChatError,
    Denied,
    FileEmpty,
    FileTooLarge,
    TooMany,
    TooManyFiles,
)
from chat.models import Session
from chat.spoken import spoken
from freight.models import ChatLink

# what stands around the file in a form
FORM_BYTES = 64 * 1024
_STATUS: dict[type[ChatError], int] = {
    Denied: 401,
    FileTooLarge: 413,
    TooManyFiles: 429,
    TooMany: 429,
}


@never_cache
@access.own_pages_only
@require_POST
def upload(request: HttpRequest, conversation: UUID) -> JsonResponse:
    """`ack` for the one part `file` of the form, stored under its `cid`; else an `error` frame."""
    language = ""
    try:
        link = _link(request, conversation)
        session, _fresh = services.begin(link.request)
        language = session.language
        limits.count(limits.FILES, access.address_of(request))
        return JsonResponse(_received(request, session))
    except ChatError as exc:
        language = language or settings.LANGUAGE_CODE
        return JsonResponse(_refusal(exc, language), status=_STATUS.get(type(exc), 400))


def _link(request: HttpRequest, conversation: UUID) -> ChatLink:
    """The open link that the call shows; raises Denied where it opens another conversation."""
    sealed = access.sealed_link(access.sealed_of(request, conversation))
    link = services.link_by_id(sealed, timezone.now())
    if link.request.public_id != conversation:
        raise Denied
    return link


def _received(request: HttpRequest, session: Session) -> dict[str, object]:
    if _announced_bytes(request) > uploads.limit_bytes() + FORM_BYTES:
        raise FileTooLarge  # before a byte of the form is read
    files = request.FILES.getlist("file")
    if len(files) > 1:
        raise BadFrame
    if not files or not files[0].size:
        raise FileEmpty
    if files[0].size > uploads.limit_bytes():
        raise FileTooLarge
    cid, name = request.POST.get("cid", ""), files[0].name or ""
    message = uploads.receive(
        session.pk, cid=cid, name=name, data=files[0].read(), now=timezone.now()
    )
    return {"type": "ack", "cid": cid, "seq": message.seq}


def _announced_bytes(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _refusal(error: ChatError, language: str) -> dict[str, object]:
    named = {"file_too_large": settings.BUSYBEE_CHAT_FILE_MB, "file_empty": 0}
    named["too_many_files"] = uploads.FILES_A_DAY
    if error.code not in named:
        return cards.refusal(error, language)
    text = spoken(language, error.code, limit=named[error.code])
    return {"type": "error", "code": error.code, "text": text}
