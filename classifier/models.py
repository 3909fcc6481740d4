"""What the classifier remembers: labels that people gave, models, training runs, figures."""

import hashlib
from pathlib import Path
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Max, Q
from django.utils.translation import gettext_lazy as _

from classifier.errors import StateConflict


class ExampleQuerySet(models.QuerySet["Example"]):
    def newest_of_each_source(self) -> Self:
        """One example a source: the label that was given last."""
        newest = self.values("source_key").annotate(newest=Max("pk")).values("newest")
        return self.filter(pk__in=newest).order_by("pk")


class Example(models.Model):
    """A label that a person gave to a text. Rows are only added: the newest of a source counts."""

    source_key = models.CharField(_("source"), max_length=200)
    sequence = models.PositiveIntegerField(_("sequence"))
    text = models.TextField(_("text"))
    text_sha256 = models.CharField(_("SHA-256 of the text"), max_length=64, db_index=True)
    label = models.CharField(_("label"), max_length=32)
    language = models.CharField(_("language"), max_length=8, blank=True)
    by = models.CharField(_("labelled by"), max_length=150)
    created = models.DateTimeField(_("created"), auto_now_add=True, db_index=True)

    objects = ExampleQuerySet.as_manager()

    class Meta:
        verbose_name = _("example")
        verbose_name_plural = _("examples")
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("source_key", "sequence"), name="example_once_a_sequence"
            ),
        )

    def __str__(self) -> str:
        return f"{self.source_key} #{self.sequence}: {self.label}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise StateConflict("examples are only added, never changed")
        self.text_sha256 = hashlib.sha256(self.text.encode("utf-8", "replace")).hexdigest()
        super().save(*args, **kwargs)


class ModelVersion(models.Model):
    """One trained model: a folder under BUSYBEE_MODELS_DIR. With none active the release serves."""

    class State(models.TextChoices):
        CANDIDATE = "candidate", _("candidate")
        ACTIVE = "active", _("active")
        RETIRED = "retired", _("retired")
        REJECTED = "rejected", _("rejected")

    # a rejected model may still be promoted: by a person, never by the gate
    MOVES = {
        State.CANDIDATE: {State.ACTIVE, State.REJECTED},
        State.ACTIVE: {State.RETIRED},
        State.RETIRED: {State.ACTIVE},
        State.REJECTED: {State.ACTIVE},
    }

    version = models.CharField(_("version"), max_length=80, unique=True)
    folder = models.CharField(_("folder"), max_length=200)
    sha256 = models.CharField(_("SHA-256 of the manifest"), max_length=64)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.CANDIDATE)
    parent = models.ForeignKey(
        "self",
        verbose_name=_("compared with"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="children",
    )
    replaced = models.ForeignKey(
        "self",
        verbose_name=_("replaced"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="replaced_by",
    )
    problem = models.TextField(_("problem"), blank=True)
    promoted_by = models.CharField(_("promoted by"), max_length=150, blank=True)
    promoted_at = models.DateTimeField(_("promoted at"), null=True, blank=True)
    created = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("model version")
        verbose_name_plural = _("model versions")
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("state",), condition=Q(state="active"), name="one_active_model"
            ),
        )

    def __str__(self) -> str:
        return self.version

    @property
    def path(self) -> Path:
        """The folder on this machine."""
        return Path(settings.BUSYBEE_MODELS_DIR) / self.folder

    def move(self, new: str, **also: Any) -> None:
        """Take the row from the state that was read to `new`; raises StateConflict if it moved."""
        if new not in self.MOVES[self.State(self.state)]:
            raise StateConflict(f"{self.version} is {self.state} and cannot become {new}")
        rows = type(self).objects.filter(pk=self.pk, state=self.state)
        if rows.update(state=new, **also) != 1:
            raise StateConflict(f"{self.version} is no longer {self.state}")
        self.refresh_from_db()


class TrainingRunQuerySet(models.QuerySet["TrainingRun"]):
    def running(self) -> Self:
        return self.filter(state=TrainingRun.State.RUNNING)

    def ended(self) -> Self:
        return self.exclude(state=TrainingRun.State.RUNNING)


class TrainingRun(models.Model):
    """One refit: what set it off, saw, ended in. The lease tells a killed run from a slow one."""

    class State(models.TextChoices):
        RUNNING = "running", _("running")
        PROMOTED = "promoted", _("promoted")
        REJECTED = "rejected", _("rejected")
        FAILED = "failed", _("failed")

    class Trigger(models.TextChoices):
        BATCH = "batch", _("enough new examples")
        AGE = "age", _("an example has waited")
        COMMAND = "command", _("by hand")

    state = models.CharField(_("state"), max_length=12, choices=State, default=State.RUNNING)
    trigger = models.CharField(_("set off by"), max_length=12, choices=Trigger)
    attempt = models.PositiveIntegerField(_("attempt"), default=1)
    lease_until = models.DateTimeField(_("lease until"))
    # a count, not an id: on PostgreSQL a smaller id may become visible later
    examples_seen = models.PositiveIntegerField(_("examples seen"), default=0)
    examples_new = models.PositiveIntegerField(_("new examples"), default=0)
    mails = models.PositiveIntegerField(_("mails trained on"), default=0)
    model = models.ForeignKey(
        ModelVersion, verbose_name=_("model"), null=True, blank=True, on_delete=models.SET_NULL
    )
    figures = models.JSONField(_("figures"), default=dict, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    started = models.DateTimeField(_("started"))
    finished = models.DateTimeField(_("finished"), null=True, blank=True)

    objects = TrainingRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("training run")
        verbose_name_plural = _("training runs")
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("state",), condition=Q(state="running"), name="one_training_run_at_a_time"
            ),
        )

    def __str__(self) -> str:
        return f"{self.pk} ({self.state})"

    def still_mine(self) -> models.QuerySet["TrainingRun"]:
        """This run as a query that finds nothing once another worker took it over."""
        return TrainingRun.objects.running().filter(pk=self.pk, attempt=self.attempt)


class Evaluation(models.Model):
    """Figures of one model on one set of mails."""

    # empty for the release, which has no row
    model = models.ForeignKey(
        ModelVersion,
        verbose_name=_("model"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="evaluations",
    )
    version = models.CharField(_("version"), max_length=80)
    dataset = models.CharField(_("set"), max_length=80)
    figures = models.JSONField(_("figures"))
    created = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("evaluation")
        verbose_name_plural = _("evaluations")
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.version} / {self.dataset}"
