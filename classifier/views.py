"""POST /api/classify: labels for texts, for other systems of the company."""

import hmac
import json
import logging
from typing import Any

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from classifier.errors import BrokenModel
from classifier.inference import active_classifier

logger = logging.getLogger(__name__)

# some 3 seconds where the encoder is asked for each: a caller with more sends several requests
MOST_INPUTS = 256
MOST_BYTES = 1_000_000


class _BadInput(Exception):
    """The body is not what the contract says; the message is for the caller."""


@csrf_exempt
def classify(request: HttpRequest) -> JsonResponse:
    """`{"predictions": [[p, ...]], "labels": [...], "model": version}` for `{"inputs": [text]}`.

    401 without the key, 405 for other methods, 422 with a reason for a body that is not so, 503
    with a reason where the model's files are damaged.
    """
    if not _has_key(request):
        answer = _refusal(401, "send the API key as Authorization: Bearer <key>")
        answer["WWW-Authenticate"] = "Bearer"
        return answer
    if request.method != "POST":
        answer = _refusal(405, "use POST")
        answer["Allow"] = "POST"
        return answer
    try:
        inputs = _inputs(request)
    except _BadInput as exc:
        return _refusal(422, str(exc))
    try:
        model = active_classifier()
        answers = model.predict(inputs)
    except BrokenModel as exc:
        logger.error("No model answers: %s", exc)
        return _refusal(503, f"no model can answer now: {exc}")
    predictions = [[round(float(p), 6) for p in row] for row in answers]
    return JsonResponse(
        {"predictions": predictions, "labels": list(model.labels), "model": model.version}
    )


def _has_key(request: HttpRequest) -> bool:
    key = settings.BUSYBEE_API_KEY.encode()
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    same = hmac.compare_digest(given.strip().encode("utf-8", "replace"), key)
    return bool(key) and scheme.lower() == "bearer" and same


def _inputs(request: HttpRequest) -> list[str]:
    # read no more than is allowed, whatever Content-Length says
    body = request.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        raise _BadInput(f"the body is larger than {MOST_BYTES} bytes")
    try:
        content: Any = json.loads(body)
    except (ValueError, RecursionError) as exc:
        raise _BadInput("the body is not JSON in UTF-8") from exc
    inputs = content.get("inputs") if isinstance(content, dict) else None
    if not isinstance(inputs, list) or not inputs:
        raise _BadInput('the body must be {"inputs": [text, ...]} with at least one text')
    if len(inputs) > MOST_INPUTS:
        raise _BadInput(f"{len(inputs)} inputs, at most {MOST_INPUTS} are taken")
    wrong = next((i for i, text in enumerate(inputs) if not isinstance(text, str)), None)
    if wrong is not None:
        raise _BadInput(f"input {wrong} is not a string")
    return inputs


def _refusal(status: int, reason: str) -> JsonResponse:
    return JsonResponse({"error": reason}, status=status)
