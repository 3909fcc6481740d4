import factory

from classifier.inference import file_sha256
from classifier.models import Example, ModelVersion


class ExampleFactory(factory.django.DjangoModelFactory[Example]):
    class Meta:
        model = Example

    source_key = factory.Sequence(lambda n: f"email:{n}")
    sequence = 1
    text = factory.Sequence(lambda n: f"화물 {n} 어디쯤 왔나요?")
    label = "inquiry"
    language = "ko"
    by = "operator"


class ModelVersionFactory(factory.django.DjangoModelFactory[ModelVersion]):
    """A row for a folder that lies under BUSYBEE_MODELS_DIR."""

    class Meta:
        model = ModelVersion

    folder = factory.SelfAttribute("version")
    sha256 = factory.LazyAttribute(
        lambda row: file_sha256(ModelVersion(folder=row.folder).path / "manifest.json")
    )
