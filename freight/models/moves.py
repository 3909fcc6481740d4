"""What several rows share: a state that moves by compare-and-swap, the languages, the modes."""

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from freight.errors import StateConflict


class Moves(models.Model):
    """A row with a state that changes only along `MOVES`, by compare-and-swap."""

    MOVES: ClassVar[dict[str, tuple[str, ...]]] = {}

    class Meta:
        abstract = True

    def move(self, state: str, **changes: Any) -> None:
        """Go from the state as it was read to `state`; raises StateConflict if that has moved."""
        before: str = self.state  # type: ignore[attr-defined]  # every subclass has the column
        if state not in self.MOVES[before]:
            raise StateConflict(f"{self._meta.label} {self.pk}: {before} -> {state} is not a move")
        changes = {**changes, "state": state, "updated_at": timezone.now()}
        own = {"pk": self.pk, "state": before}  # a dict: the column is the subclass's
        rows = type(self)._default_manager.filter(**own).update(**changes)
        if rows != 1:
            raise StateConflict(f"{self._meta.label} {self.pk} is no longer {before}")
        for name, value in changes.items():
            setattr(self, name, value)


class Language(models.TextChoices):
    KO = "ko", "한국어"
    EN = "en", "English"
    JA = "ja", "日本語"
    TH = "th", "ไทย"


class Mode(models.TextChoices):
    """What the machine may send by itself in answer to a mailbox's mails."""

    OBSERVE = "observe", _("observe: nothing is sent")
    DRAFT = "draft", _("draft: an operator approves")
    AUTO = "auto", _("auto: sent by itself")
