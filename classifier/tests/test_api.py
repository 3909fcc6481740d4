import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from classifier import inference
from classifier.inference import release_folder

pytestmark = pytest.mark.django_db
KEY = "a-key-for-the-test"
URL = "/api/classify"


@pytest.fixture
def post(client: Client, settings: Any) -> Any:
    settings.BUSYBEE_API_KEY = KEY

    def send(body: Any, key: str | None = f"Bearer {KEY}") -> Any:
        data = body if isinstance(body, bytes) else json.dumps(body)
        headers = {} if key is None else {"Authorization": key}
        return client.post(URL, data, content_type="application/json", headers=headers)

    return send


def test_predictions(post: Any) -> None:
    answer = post({"inputs": ["견적 BB-2026-000123 진행해 주세요", ""]})
    assert answer.status_code == 200
    content = answer.json()
    assert content["labels"] == ["spam", "order", "quote", "inquiry"]
    assert content["model"] == release_folder().name
    assert [round(sum(row), 3) for row in content["predictions"]] == [1, 1]
    assert max(content["predictions"][0]) == content["predictions"][0][1]


@pytest.mark.parametrize(
    "key", [None, "", "Bearer", "Bearer wrong", f"Basic {KEY}", KEY, "Bearer 열쇠"]
)
def test_without_the_key(post: Any, key: str | None) -> None:
    answer = post({"inputs": ["a"]}, key)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Bearer"


def test_empty_key_in_the_settings_opens_nothing(post: Any, settings: Any) -> None:
    settings.BUSYBEE_API_KEY = ""
    assert post({"inputs": ["a"]}, "Bearer ").status_code == 401


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "JSON"),
        (b"{", "JSON"),
        (b"\xff\xfe", "JSON"),
        (b"[" * 100_000, "JSON"),
        ([], "inputs"),
        ({}, "inputs"),
        ({"inputs": "text"}, "inputs"),
        ({"inputs": []}, "at least one"),
        ({"inputs": ["a", 1]}, "input 1 is not a string"),
        ({"inputs": ["a"] * 257}, "257"),
        ({"inputs": ["a"] * 1000}, "1000 inputs, at most 256"),
        ({"inputs": ["a" * 1_000_001]}, "larger"),
    ],
)
def test_bad_input(post: Any, body: Any, reason: str) -> None:
    answer = post(body)
    assert answer.status_code == 422
    assert reason in answer.json()["error"]


def test_most_inputs_are_taken(post: Any) -> None:
    assert len(post({"inputs": ["운임 문의"] * 256}).json()["predictions"]) == 256


def test_damaged_model_is_a_clear_refusal(
    post: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = shutil.copytree(release_folder(), tmp_path / "release" / "wide-x")
    (folder / "wide.npz").write_bytes(b"")
    monkeypatch.setattr(inference, "RELEASE_DIR", tmp_path / "release")
    answer = post({"inputs": ["a"]})
    assert answer.status_code == 503
    assert "wide.npz is not the file" in answer.json()["error"]


def test_damaged_encoder_is_a_clear_refusal(
    post: Any, monkeypatch: pytest.MonkeyPatch, mixed_folder: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(mixed_folder, tmp_path / "release" / "mixed-x")
    (folder / "encoder.onnx").write_bytes(b"")
    monkeypatch.setattr(inference, "RELEASE_DIR", tmp_path / "release")
    answer = post({"inputs": ["BB-2026-000123 rate?", "운임"]})
    assert answer.status_code == 503
    assert "encoder.onnx is not the file" in answer.json()["error"]


@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_other_methods(client: Client, settings: Any, method: str) -> None:
    settings.BUSYBEE_API_KEY = KEY
    answer = getattr(client, method)(URL, headers={"Authorization": f"Bearer {KEY}"})
    assert answer.status_code == 405
    assert answer["Allow"] == "POST"


def test_lone_surrogate_in_json(post: Any) -> None:
    assert post(b'{"inputs": ["\\ud800"]}').status_code == 200
