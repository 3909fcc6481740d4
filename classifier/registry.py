"""Which model is active: promotion and going back, each one transaction on rows it has read."""

import logging
import shutil
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from classifier.errors import BrokenModel, NoSuchModel, StateConflict
from classifier.inference import Classifier, file_sha256
from classifier.models import ModelVersion

logger = logging.getLogger(__name__)

State = ModelVersion.State
# model folders that stay on the disk beside the active one and the one before it
KEPT_FOLDERS = 10


def active() -> ModelVersion | None:
    """The promoted model; None means that the release serves."""
    return ModelVersion.objects.filter(state=State.ACTIVE).select_related("replaced").first()


def active_key() -> tuple[str, str] | None:
    """Folder and manifest hash of the promoted model, by one small query."""
    rows = ModelVersion.objects.filter(state=State.ACTIVE)
    return rows.values_list("folder", "sha256").first()


def find(version: str) -> ModelVersion:
    """The row of `version`; raises NoSuchModel."""
    row = ModelVersion.objects.filter(version=version).first()
    if row is None:
        raise NoSuchModel(f"there is no model {version}")
    return row


def open_version(folder: str, sha256: str) -> Classifier:
    """The model in `folder`, whose manifest has that hash; raises BrokenModel."""
    path = Path(settings.BUSYBEE_MODELS_DIR) / folder
    if file_sha256(path / "manifest.json") != sha256:
        raise BrokenModel(f"{folder}: the manifest is not the one that was registered")
    return Classifier(path)


def promote(version: str, by: str) -> ModelVersion:
    """The row of `version`, now active; workers follow within seconds.

    The files are verified and the model is opened first. Raises NoSuchModel, BrokenModel, or
    StateConflict where it is active already or someone else promotes at the same time.
    """
    row = find(version)
    open_version(row.folder, row.sha256).load()
    before = active()
    try:
        with transaction.atomic():
            if before is not None:
                before.move(State.RETIRED)
            row.move(
                State.ACTIVE,
                replaced=before,
                promoted_by=by,
                promoted_at=timezone.now(),
                problem="",
            )
    except IntegrityError as exc:
        raise StateConflict("another model became active at the same time") from exc
    logger.info("Model %s promoted by %s", row.version, by)
    return row


def rollback(by: str) -> ModelVersion | None:
    """The row that serves again: the one that the active model replaced; None is the release.

    Raises NoSuchModel where the release serves, BrokenModel where the earlier one is damaged.
    """
    current = active()
    if current is None:
        raise NoSuchModel("the release serves already")
    earlier = current.replaced
    if earlier is not None:
        open_version(earlier.folder, earlier.sha256).load()
    with transaction.atomic():
        current.move(State.RETIRED)
        if earlier is not None:
            earlier.move(State.ACTIVE, promoted_at=timezone.now(), promoted_by=by, problem="")
    logger.info("Rolled back from %s to %s by %s", current, earlier or "the release", by)
    return earlier


def note_problem(folder: str, problem: str) -> None:
    """Write on the row of `folder` why its model was set aside."""
    ModelVersion.objects.filter(folder=folder).update(problem=problem[:2000])


def prune() -> int:
    """How many model folders were deleted: all but the active chain and the newest KEPT_FOLDERS."""
    current = active()
    kept = {row.folder for row in (current, current and current.replaced) if row}
    rows = ModelVersion.objects.exclude(folder__in=kept).order_by("-pk")[KEPT_FOLDERS:]
    folders = [row.path for row in rows if row.path.is_dir()]
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
    return len(folders)
