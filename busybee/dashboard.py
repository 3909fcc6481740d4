"""The console's first page: today's figures, what needs an operator, how the mails come in."""

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Count, Model, Q, Sum
from django.db.models.functions import TruncDate, TruncHour
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from busybee.navigation import live_url, may_see
from chat.models import Session
from classifier import learning, registry
from classifier.labels import LABELS
from freight import mail_switch
from freight.fact_rows import review_labels, route
from freight.models import Order, OutgoingMail, Quotation, QuoteRequest, Sending, State
from freight.remarks import remark
from pipeline.models import Email
from pipeline.remarks import remark as stopped_because
from pipeline.unsure import WAITS

ROWS_EACH = 8
ROWS = 8
# readable on white and on slate
SHADES = {"spam": "#94a3b8", "order": "#16a34a", "quote": "#3b82f6", "inquiry": "#f59e0b"}
OTHER_SHADE = "#a855f7"


@dataclass(frozen=True, slots=True)
class Figure:
    """One card: its name, its value, where a click leads, whether somebody should look."""

    name: str
    value: str
    icon: str
    link: str
    note: str = ""
    alert: bool = False


@dataclass(frozen=True, slots=True)
class Need:
    """One row of what needs an operator now."""

    kind: str
    colour: str
    what: str
    why: str
    link: str
    since: dt.datetime


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """The index page's context with the figures that this user may see."""
    now = timezone.now()
    by_day = request.GET.get("chart") == "days"
    sees: dict[type[Model], bool] = {
        model: may_see(request, model)
        for model in (Email, QuoteRequest, Quotation, Order, OutgoingMail, Session)
    }
    return {
        **context,
        "title": _("Dashboard"),
        "stopped": mail_switch.stopped() if sees[OutgoingMail] else None,
        "figures": figures(now, sees),
        "chart": chart(now, by_day=by_day) if sees[Email] else None,
        "chart_by_day": by_day,
        "needs": needs(sees),
        "learning": training(),
        "links": links(),
    }


def figures(now: dt.datetime, sees: dict[type[Model], bool]) -> list[Figure]:
    """The cards in reading order."""
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    cards: list[Figure] = []
    if sees[Email]:
        cards += _mail_figures(midnight)
    if sees[QuoteRequest]:
        cards += _request_figures()
    if sees[Quotation]:
        cards.append(_quotation_figure(midnight))
    if sees[Order]:
        orders = Order.objects.filter(placed_at__gte=midnight).count()
        cards.append(Figure(_("Orders today"), _count(orders), "handshake", _list("freight_order")))
    if sees[OutgoingMail]:
        cards.append(_outbox_figure())
    if sees[Session]:
        cards.append(_conversation_figure())
    return cards


def _mail_figures(midnight: dt.datetime) -> list[Figure]:
    mails = _list("pipeline_email")
    today = Email.objects.filter(received_at__gte=midnight).order_by()
    labels = dict(today.values_list("label").annotate(Count("pk")))
    open_states = Count("pk", filter=Q(state__in=[Email.State.RECEIVED, Email.State.PROCESSING]))
    stopped = Count("pk", filter=Q(state=Email.State.QUARANTINED))
    states = Email.objects.aggregate(open=open_states, stopped=stopped)
    named = [f"{label_name(label)} {_count(labels[label])}" for label in _ordered(labels) if label]
    return [
        Figure(_("Mails today"), _count(sum(labels.values())), "mail", mails, " · ".join(named)),
        Figure(
            _("In progress"),
            _count(states["open"]),
            "hourglass_top",
            mails + "?state__exact=processing",
        ),
        Figure(
            _("Quarantined"),
            _count(states["stopped"]),
            "report",
            mails + "?state__exact=quarantined",
            alert=states["stopped"] > 0,
        ),
    ]


def _ordered(labels: Iterable[str]) -> list[str]:
    """Labels in their usual order, operators' own behind them."""
    own = sorted(label for label in labels if label not in LABELS)
    return [label for label in (*LABELS, *own) if label in {*labels}]


def label_name(label: str) -> str:
    """A label in the reader's language."""
    names = {"spam": _("spam"), "order": _("order"), "quote": _("quote"), "inquiry": _("inquiry")}
    return names.get(label, label)


def _request_figures() -> list[Figure]:
    requests = _list("freight_quoterequest")
    waiting = QuoteRequest.objects.filter(state=State.AWAITING_CUSTOMER).count()
    left = QuoteRequest.objects.for_operator().count()
    return [
        Figure(
            _("Awaiting the customer"),
            _count(waiting),
            "forum",
            requests + "?state__exact=awaiting_customer",
        ),
        Figure(
            _("For the operator"),
            _count(left),
            "front_hand",
            requests + "?for=operator",
            alert=left > 0,
        ),
    ]


def _quotation_figure(midnight: dt.datetime) -> Figure:
    """Quotations whose mail left today, and what they add up to."""
    mailed = OutgoingMail.objects.filter(
        kind=OutgoingMail.Kind.QUOTATION, state=Sending.SENT, sent_at__gte=midnight
    )
    issued = Quotation.objects.filter(
        state=Quotation.State.ISSUED, request__in=mailed.order_by().values("request")
    ).aggregate(count=Count("pk"), total=Sum("total"))
    total: Decimal = issued["total"] or Decimal(0)
    amount = _("sum %(amount)s KRW") % {"amount": number_format(total, 0, force_grouping=True)}
    return Figure(
        _("Quotations sent today"),
        _count(issued["count"]),
        "receipt_long",
        _list("freight_quotation"),
        amount,
    )


def _outbox_figure() -> Figure:
    problems = OutgoingMail.objects.for_operator().count()
    return Figure(
        _("Outbox problems"),
        _count(problems),
        "outbox",
        _list("freight_outgoingmail") + "?for=operator",
        alert=problems > 0,
    )


def _conversation_figure() -> Figure:
    """Conversations whose customer wants a person, and those left alone by the one who came."""
    wanted = Session.objects.for_person().count()
    alone = Session.objects.left_alone().count()
    note = _("%(count)s wait for their operator's words") % {"count": _count(alone)}
    return Figure(
        _("Conversations that want a person"),
        _count(wanted),
        "support_agent",
        _list("chat_session") + ("?for=person" if wanted else "?for=answer" if alone else ""),
        note if alone else "",
        alert=wanted + alone > 0,
    )


def _list(name: str) -> str:
    return reverse(f"admin:{name}_changelist")


def _count(number: int) -> str:
    return number_format(number, 0, force_grouping=True)


def chart(now: dt.datetime, *, by_day: bool) -> dict[str, Any]:
    """Mails by label of the last 24 hours or 14 days: for Chart.js and as a table."""
    slots = _slots(now, by_day=by_day)
    truncated = TruncDate("received_at") if by_day else TruncHour("received_at")
    counted = (
        Email.objects.filter(received_at__gte=slots[0])
        .order_by()
        .annotate(slot=truncated)
        .values_list("slot", "label")
        .annotate(Count("pk"))
    )
    cells = {(_key(slot, by_day=by_day), label): number for slot, label, number in counted}
    keys = [_key(slot, by_day=by_day) for slot in slots]
    labels = [*LABELS, *sorted({label for _slot, label in cells} - {*LABELS})]
    rows = [(label, [cells.get((key, label), 0) for key in keys]) for label in labels]
    titles = [date_format(timezone.localtime(slot), "m-d" if by_day else "H:i") for slot in slots]
    return {
        "data": json.dumps(_chart_data(titles, rows)),
        "options": json.dumps(CHART_OPTIONS),
        "heads": [label_name(label) if label else _("not read yet") for label, _numbers in rows],
        "table": list(
            zip(titles, zip(*(numbers for _label, numbers in rows), strict=True), strict=True)
        ),
        "empty": not cells,
    }


def _slots(now: dt.datetime, *, by_day: bool) -> list[dt.datetime]:
    hour = timezone.localtime(now).replace(minute=0, second=0, microsecond=0)
    if by_day:
        return [hour.replace(hour=0) - dt.timedelta(days=back) for back in range(13, -1, -1)]
    return [hour - dt.timedelta(hours=back) for back in range(23, -1, -1)]


def _key(slot: dt.datetime | dt.date, *, by_day: bool) -> str:
    if isinstance(slot, dt.datetime):
        slot = timezone.localtime(slot)
    return slot.strftime("%Y-%m-%d" if by_day else "%Y-%m-%d %H")


def _chart_data(titles: list[str], rows: list[tuple[str, list[int]]]) -> dict[str, Any]:
    return {
        "labels": titles,
        "datasets": [
            {
                "label": label_name(label) if label else _("not read yet"),
                "data": numbers,
                "backgroundColor": SHADES.get(label, OTHER_SHADE),
                "stack": "mails",
            }
            for label, numbers in rows
        ],
    }


CHART_OPTIONS = {
    "animation": False,
    "responsive": True,
    "maintainAspectRatio": False,
    "maxBarThickness": 22,
    "borderRadius": 3,
    "plugins": {
        "legend": {
            "position": "bottom",
            "labels": {"color": "#8b95a5", "boxWidth": 10, "boxHeight": 10, "padding": 16},
        }
    },
    "scales": {
        "x": {
            "stacked": True,
            "grid": {"display": False},
            "ticks": {"color": "#8b95a5", "maxRotation": 0, "autoSkipPadding": 12},
        },
        "y": {
            "stacked": True,
            "beginAtZero": True,
            "suggestedMax": 4,
            "border": {"display": False},
            "grid": {"lineWidth": 0.5},
            "ticks": {"color": "#8b95a5", "precision": 0},
        },
    },
}


def needs(sees: dict[type[Model], bool]) -> list[Need]:
    """What waits for an operator, the longest wait first; a few of each kind."""
    found: list[Need] = []
    if sees[OutgoingMail]:
        found += _outbox_needs()
    if sees[Quotation]:
        found += _draft_needs()
    if sees[QuoteRequest]:
        found += _review_needs()
    if sees[Email]:
        found += _order_needs()
        found += _quarantine_needs()
    if sees[Session]:
        found += _conversation_needs()
    return sorted(found, key=lambda need: need.since)[:ROWS]


def _outbox_needs() -> list[Need]:
    drafts = OutgoingMail.objects.filter(state=Sending.DRAFT)
    waiting = (OutgoingMail.objects.for_operator() | drafts).defer("sealed")
    return [
        Need(
            kind=f"{_('outgoing mail')}: {mail.get_state_display()}",
            colour="warning" if mail.state == Sending.DRAFT else "danger",
            what=mail.subject,
            why=remark(mail.last_error),
            link=reverse("admin:freight_outgoingmail_change", args=[mail.pk]),
            since=mail.updated_at,
        )
        for mail in waiting.order_by("updated_at")[:ROWS_EACH]
    ]


def _draft_needs() -> list[Need]:
    drafts = Quotation.objects.filter(state=Quotation.State.DRAFT).select_related("request")
    return [
        Need(
            kind=_("quotation to approve"),
            colour="warning",
            what=f"{row} · {number_format(row.total, 0, force_grouping=True)} {row.currency}",
            why=" · ".join(part for part in (route(row.request), remark(row.draft_reason)) if part),
            link=reverse("admin:freight_quoterequest_change", args=[row.request_id]),
            since=row.created_at,
        )
        for row in drafts.order_by("created_at")[:ROWS_EACH]
    ]


def _review_needs() -> list[Need]:
    return [
        Need(
            kind=_("request to look at"),
            colour="info",
            what=f"{row} · {row.customer_name or row.customer_address}",
            why=", ".join(review_labels(row)),
            link=reverse("admin:freight_quoterequest_change", args=[row.pk]),
            since=row.updated_at,
        )
        for row in QuoteRequest.objects.for_operator().order_by("updated_at")[:ROWS_EACH]
    ]


def _order_needs() -> list[Need]:
    """Mails that place an order which the machine may not take, or of which it is not sure."""
    return [
        Need(
            kind=_("mail to look at") if mail.outcome.startswith(WAITS) else _("order to look at"),
            colour="warning",
            what=str(mail),
            why=remark(mail.outcome),
            link=reverse("admin:pipeline_email_change", args=[mail.pk]),
            since=mail.received_at,
        )
        for mail in Email.objects.for_operator().order_by("received_at")[:ROWS_EACH]
    ]


def _quarantine_needs() -> list[Need]:
    stopped = Email.objects.quarantined().only("subject", "quarantine_reason", "received_at")
    return [
        Need(
            kind=_("quarantined mail"),
            colour="danger",
            what=str(mail),
            why=stopped_because(mail.quarantine_reason),
            link=reverse("admin:pipeline_email_change", args=[mail.pk]),
            since=mail.received_at,
        )
        for mail in stopped.order_by("received_at")[:ROWS_EACH]
    ]


def _conversation_needs() -> list[Need]:
    waiting = Session.objects.for_person().select_related("request").order_by("wants_person_at")
    return [
        Need(
            kind=_("conversation"),
            colour="danger",
            what=f"{row.request} · {row.request.customer_name or row.request.customer_address}",
            why=_("The customer wants to talk to a person"),
            link=reverse("admin:chat_session_change", args=[row.pk]),
            since=row.wants_person_at,
        )
        for row in waiting[:ROWS_EACH]
        if row.wants_person_at is not None
    ]


def training() -> dict[str, Any]:
    """The model that serves and how many examples wait for the next training."""
    active = registry.active()
    waiting = learning.new_examples()
    return {
        "model": active.version if active else "",
        "since": active.promoted_at if active else None,
        "waiting": waiting,
        "batch": settings.BUSYBEE_TRAIN_BATCH,
        "percent": min(100, round(100 * waiting / settings.BUSYBEE_TRAIN_BATCH)),
    }


def links() -> list[dict[str, str]]:
    """Ways to what lies beside the console."""
    found = [{"title": _("Sent mail (sink)"), "icon": "drafts", "url": reverse("sink")}]
    if live := live_url():
        found.append({"title": _("Live page"), "icon": "sensors", "url": live})
    if flower := getattr(settings, "BUSYBEE_FLOWER_URL", ""):
        found.append({"title": _("Workers (Flower)"), "icon": "local_florist", "url": flower})
    return found
