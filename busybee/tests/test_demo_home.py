"""Whose folder and whose services the demo may take."""

from pathlib import Path

import pytest
from django.core.management import CommandError

from busybee.management.commands.demo import MARK, refuse_outside, wipe


def test_wipe_spares_a_strangers_folder(tmp_path: Path) -> None:
    (tmp_path / "thesis.doc").write_text("years of work")
    with pytest.raises(CommandError, match="no demo"):
        wipe(tmp_path)
    assert (tmp_path / "thesis.doc").exists()


def test_wipe_spares_an_installation(tmp_path: Path) -> None:
    for name in ("secret_key", "ports.json", "storage"):
        (tmp_path / name).touch()
    with pytest.raises(CommandError, match="no demo"):
        wipe(tmp_path)
    assert (tmp_path / "storage").exists()


def test_wipe_takes_an_empty_folder_and_its_own(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text("made by our settings")
    wipe(tmp_path)
    (tmp_path / "storage").mkdir()
    (tmp_path / "busybee.sqlite3").touch()
    wipe(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {MARK, "secret_key"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BUSYBEE_DATABASE_URL", "postgres://db.example/real"),
        ("BUSYBEE_SMTP_URL", "smtp://relay.example:587"),
        ("BUSYBEE_REDIS_URL_FILE", "/run/secrets/redis"),
        ("BUSYBEE_MQTT_URL", "mqtt://broker.example"),
        ("BUSYBEE_EMBEDDED", "0"),
    ],
)
def test_demo_refuses_services_that_are_not_its_own(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    for kind in ("DATABASE", "SMTP", "REDIS", "MQTT"):
        monkeypatch.delenv(f"BUSYBEE_{kind}_URL", raising=False)
    refuse_outside()
    monkeypatch.setenv(name, value)
    with pytest.raises(CommandError, match=name.removesuffix("_FILE")):
        refuse_outside()
