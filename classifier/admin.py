"""The operator's view of what the classifier learned, and the two buttons that switch models."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from busybee.console import DialogForm, ReadOnlyAdmin, action, dialog, display, done
from classifier import registry
from classifier.errors import ClassifierError
from classifier.models import Evaluation, Example, ModelVersion, TrainingRun

_STATE_COLOURS = {
    "active": "success",
    "promoted": "success",
    "candidate": "info",
    "running": "info",
    "rejected": "warning",
    "failed": "danger",
}


@admin.register(Example)
class ExampleAdmin(ReadOnlyAdmin):
    list_display = ("source_key", "sequence", "shown_label", "language", "by", "created")
    list_filter = ("label", "language")
    search_fields = ("source_key", "by", "text")
    date_hierarchy = "created"

    @display(description=_("label"), label=True, ordering="label")
    def shown_label(self, row: Example) -> str:
        return row.label


@admin.register(ModelVersion)
class ModelVersionAdmin(ReadOnlyAdmin):
    list_display = (
        "version",
        "shown_state",
        "accuracy",
        "macro_f1",
        "promoted_by",
        "promoted_at",
        "created",
    )
    list_filter = ("state",)
    actions = ("promote",)
    actions_list = ("roll_back",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ModelVersion]:
        return super().get_queryset(request).prefetch_related("evaluations")

    @display(description=_("state"), label=_STATE_COLOURS, ordering="state")
    def shown_state(self, row: ModelVersion) -> tuple[str, str]:
        return row.state, row.get_state_display()

    @display(description=_("accuracy"))
    def accuracy(self, row: ModelVersion) -> str:
        return _figure(_newest(row), "accuracy")

    @display(description=_("macro F1"))
    def macro_f1(self, row: ModelVersion) -> str:
        return _figure(_newest(row), "macro_f1")

    @admin.action(description=_("Promote"), permissions=("operate",))
    def promote(self, request: HttpRequest, queryset: QuerySet[ModelVersion]) -> None:
        rows = list(queryset[:2])
        if len(rows) != 1:
            messages.error(request, _("Choose one model version."))
            return
        try:
            row = registry.promote(rows[0].version, request.user.get_username())
        except ClassifierError as exc:
            messages.error(request, str(exc))
            return
        messages.success(request, _("%(model)s serves now.") % {"model": row.version})

    @action(
        description=_("Roll back"),
        permissions=["operate"],
        icon="undo",
        dialog=dialog(
            _("Go back to the earlier model"),
            _("What the active model replaced serves again; without one, the model that ships."),
            button=_("Roll back"),
        ),
    )
    def roll_back(self, request: HttpRequest, form: DialogForm) -> HttpResponse:
        try:
            row = registry.rollback(request.user.get_username())
        except ClassifierError as exc:
            messages.error(request, str(exc))
        else:
            messages.success(
                request, _("%(model)s serves now.") % {"model": row or _("The release")}
            )
        return done(request, reverse("admin:classifier_modelversion_changelist"))


@admin.register(TrainingRun)
class TrainingRunAdmin(ReadOnlyAdmin):
    list_display = (
        "id",
        "shown_state",
        "trigger",
        "examples_new",
        "mails",
        "model",
        "macro_f1",
        "reason",
        "started",
        "finished",
    )
    list_filter = ("state", "trigger")
    list_select_related = ("model",)

    @display(description=_("state"), label=_STATE_COLOURS, ordering="state")
    def shown_state(self, row: TrainingRun) -> tuple[str, str]:
        return row.state, row.get_state_display()

    @display(description=_("macro F1"))
    def macro_f1(self, row: TrainingRun) -> str:
        return _figure(row.figures.get("candidate"), "macro_f1")


@admin.register(Evaluation)
class EvaluationAdmin(ReadOnlyAdmin):
    list_display = ("version", "dataset", "accuracy", "macro_f1", "created")
    list_filter = ("dataset",)
    fields = ("version", "dataset", "accuracy", "macro_f1", "confusion", "created")

    @display(description=_("accuracy"))
    def accuracy(self, row: Evaluation) -> str:
        return _figure(row.figures, "accuracy")

    @display(description=_("macro F1"))
    def macro_f1(self, row: Evaluation) -> str:
        return _figure(row.figures, "macro_f1")

    @display(description=_("confusion: rows are the truth, columns the answer"))
    def confusion(self, row: Evaluation) -> SafeString:
        labels = row.figures["labels"]
        head = format_html_join(
            "", '<th class="px-3 py-1 text-right">{}</th>', ((name,) for name in labels)
        )
        lines = (
            (
                label,
                format_html_join(
                    "", '<td class="px-3 py-1 text-right">{}</td>', ((n,) for n in counts)
                ),
            )
            for label, counts in zip(labels, row.figures["confusion"], strict=True)
        )
        body = format_html_join("", '<tr><th class="px-3 py-1 text-left">{}</th>{}</tr>', lines)
        return format_html("<table><tr><th></th>{}</tr>{}</table>", head, body)


def _newest(row: ModelVersion) -> dict[str, Any] | None:
    rows = list(row.evaluations.all())
    return rows[0].figures if rows else None


def _figure(figures: dict[str, Any] | None, name: str) -> str:
    return f"{figures[name]:.3f}" if figures else "–"
