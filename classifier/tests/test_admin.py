from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from classifier import learning, registry
from classifier.corpus import Sample
from classifier.evaluation import evaluate
from classifier.inference import release_classifier
from classifier.models import Evaluation, ModelVersion, TrainingRun
from classifier.training import LinearModel

from .conftest import write
from .factories import ExampleFactory, ModelVersionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def model(trained: LinearModel, frozen: list[Sample], settings: Any) -> ModelVersion:
    folder = write(trained, settings.BUSYBEE_MODELS_DIR, "a", frozen)
    row: ModelVersion = ModelVersionFactory.create(version=folder.name)
    return row


@pytest.fixture
def _figures(model: ModelVersion, frozen: list[Sample]) -> None:
    release = release_classifier()
    figures = evaluate(release.predict, release.labels, frozen).as_json()
    Evaluation.objects.create(model=model, version=model.version, dataset="frozen", figures=figures)
    now = timezone.now()
    TrainingRun.objects.create(
        state="promoted",
        trigger="batch",
        started=now,
        lease_until=now + learning.LEASE,
        model=model,
        figures={"candidate": figures},
    )


@pytest.mark.usefixtures("_figures")
@pytest.mark.parametrize("name", ["example", "modelversion", "trainingrun", "evaluation"])
def test_lists_and_pages_open(admin_client: Client, name: str) -> None:
    ExampleFactory()
    assert admin_client.get(reverse(f"admin:classifier_{name}_changelist")).status_code == 200
    rows = apps.get_model("classifier", name).objects
    page = admin_client.get(reverse(f"admin:classifier_{name}_change", args=[rows.get().pk]))
    assert page.status_code == 200


@pytest.mark.usefixtures("_figures")
def test_confusion_matrix_is_shown(admin_client: Client) -> None:
    row = Evaluation.objects.get()
    page = admin_client.get(reverse("admin:classifier_evaluation_change", args=[row.pk]))
    assert "<table><tr><th></th>" in page.content.decode()


def test_promote_and_roll_back(admin_client: Client, model: ModelVersion) -> None:
    changelist = reverse("admin:classifier_modelversion_changelist")
    admin_client.post(changelist, {"action": "promote", "_selected_action": [model.pk]})
    assert registry.active() == model
    admin_client.post(reverse("admin:classifier_modelversion_roll_back"), {"_form_submitted": "on"})
    assert registry.active() is None


def test_looking_at_the_rollback_changes_nothing(admin_client: Client, model: ModelVersion) -> None:
    registry.promote(model.version, "kim")
    admin_client.get(reverse("admin:classifier_modelversion_roll_back"))
    assert registry.active() == model


def test_examples_cannot_be_added_or_deleted(admin_client: Client) -> None:
    assert admin_client.get(reverse("admin:classifier_example_add")).status_code == 403
    row = ExampleFactory.create()
    url = reverse("admin:classifier_example_delete", args=[row.pk])
    assert admin_client.post(url, {"post": "yes"}).status_code == 403
