import pytest

from busybee.bench import worker_memory
from classifier.footprint import unsure_texts
from classifier.inference import release_classifier


@pytest.mark.soak
@pytest.mark.timeout(400)
def test_mail_worker_stays_within_its_memory() -> None:
    texts = unsure_texts(release_classifier())
    found = worker_memory.measure(texts or ["Hello\n\nhow are you?"])
    assert {row["what"] for row in found["processes"]} == {"worker", "sandbox"}
    if texts:
        assert found["children_with_runtime"] >= 1
    assert 50 < found["pss_mib"] < found["target"]
