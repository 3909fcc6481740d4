"""The console's side bar, and the label that says which installation this is."""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from freight.models import OutgoingMail, Quotation, QuoteRequest, Sending
from pipeline.models import Email

Item = dict[str, Any]

ICONS = {
    "pipeline.email": "mail",
    "pipeline.step": "checklist",
    "pipeline.mailbox": "inbox",
    "freight.quoterequest": "request_quote",
    "freight.quotation": "receipt_long",
    "freight.order": "handshake",
    "freight.shipment": "local_shipping",
    "freight.outgoingmail": "outbox",
    "freight.tariff": "payments",
    "freight.lanerate": "price_change",
    "freight.place": "location_on",
    "freight.languagemodeluse": "psychology",
    "chat.session": "forum",
    "iot.device": "sensors",
    "iot.alarm": "notifications_active",
    "classifier.example": "school",
    "classifier.modelversion": "deployed_code",
    "classifier.trainingrun": "model_training",
    "classifier.evaluation": "monitoring",
    "auth.user": "person",
    "auth.group": "group",
}
GROUPS = (
    ("mail", ("pipeline.email", "pipeline.step", "pipeline.mailbox")),
    (
        "trade",
        (
            "freight.quoterequest",
            "freight.quotation",
            "freight.order",
            "freight.shipment",
            "freight.outgoingmail",
            "freight.lanerate",
            "freight.tariff",
            "freight.place",
        ),
    ),
)


def environment(request: HttpRequest) -> list[str]:
    """The label in the console's head and its colour: a demo must not be taken for the real one."""
    if settings.DEBUG:
        return [_("Development"), "danger"]
    if settings.BUSYBEE_EMBEDDED:
        return [_("Demo"), "warning"]
    return [_("Production"), "success"]


def sidebar(request: HttpRequest) -> list[Item]:
    """The groups of the side bar: what this user may see, with what waits as badges."""
    titles = {"mail": _("Mail"), "trade": _("Trade")}
    waiting = _waiting(request)
    groups: list[Item] = [
        {"items": [{"title": _("Dashboard"), "icon": "dashboard", "link": reverse("admin:index")}]},
        *(
            {"title": titles[key], "items": _items(request, labels, waiting)}
            for key, labels in GROUPS
        ),
        {"title": _("Devices"), "items": [*_of_app(request, "iot"), *_live()]},
        {"title": _("Chats"), "items": _of_app(request, "chat")},
        {"title": _("Learning"), "items": _of_app(request, "classifier")},
        {
            "title": _("Running"),
            "items": [
                *_of_app(request, "auth"),
                *_items(request, ("freight.languagemodeluse",), {}),
                *_watching(),
            ],
        },
    ]
    return [
        {"separator": position > 0, **group}
        for position, group in enumerate(groups)
        if group["items"]
    ]


def _waiting(request: HttpRequest) -> dict[str, int]:
    """How many rows of a model wait for an operator, by model label."""
    counts = {
        "pipeline.email": Email.objects.quarantined() | Email.objects.for_operator(),
        "freight.quoterequest": QuoteRequest.objects.for_operator(),
        "freight.quotation": Quotation.objects.filter(state=Quotation.State.DRAFT),
        "freight.outgoingmail": OutgoingMail.objects.filter(
            state__in=[Sending.DRAFT, Sending.FAILED, Sending.UNCERTAIN]
        ),
    }
    return {
        label: rows.count()
        for label, rows in counts.items()
        if may_see(request, apps.get_model(label))
    }


def may_see(request: HttpRequest, model: type[Model]) -> bool:
    """Whether the console has a list of `model` that this user may look at."""
    site = admin.site
    return site.is_registered(model) and site.get_model_admin(model).has_view_permission(request)


def _items(request: HttpRequest, labels: tuple[str, ...], waiting: dict[str, int]) -> list[Item]:
    models = [apps.get_model(label) for label in labels]
    return [
        _item(model, waiting.get(model._meta.label_lower, 0))
        for model in models
        if may_see(request, model)
    ]


def _of_app(request: HttpRequest, app: str) -> list[Item]:
    return [
        _item(model, 0)
        for model in apps.get_app_config(app).get_models()
        if may_see(request, model)
    ]


def _item(model: type[Model], waiting: int) -> Item:
    options = model._meta
    item: Item = {
        "title": capfirst(options.verbose_name_plural),
        "icon": ICONS.get(options.label_lower, "table_rows"),
        "link": reverse(f"admin:{options.app_label}_{options.model_name}_changelist"),
    }
    if waiting:
        item |= {"badge": str(waiting), "badge_variant": "warning"}
    return item


def _live() -> list[Item]:
    link = live_url()
    return [{"title": _("Live page"), "icon": "sensors", "link": link}] if link else []


def live_url() -> str:
    """The live page's address, or an empty string where there is none."""
    for name in ("iot:devices",):
        try:
            return reverse(name)
        except NoReverseMatch:
            continue
    return ""


def _watching() -> list[Item]:
    items = [{"title": _("Sent mail (sink)"), "icon": "drafts", "link": reverse("sink")}]
    if flower := getattr(settings, "BUSYBEE_FLOWER_URL", ""):
        items.append({"title": "Flower", "icon": "local_florist", "link": flower})
    return items
