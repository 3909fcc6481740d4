"""The ground that conftest.py lays under every test, seen from a run of its own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = """
import os, socket, warnings
import pytest

@pytest.mark.needs("no-such-command", "sh")
def test_left_out(): pass

@pytest.mark.needs("sh", "/bin/sh", "module:json")
def test_run(): pass

@pytest.mark.soak
def test_long(): pass

def test_far():
    socket.create_connection(("192.0.2.1", 80), timeout=1)

def test_near():
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()

def test_warning():
    warnings.warn("old", DeprecationWarning)

def test_home():
    from django.conf import settings
    assert os.environ.get("BUSYBEE_LLM") is None
    assert settings.BUSYBEE_HOME.name.startswith("bb-")
"""


def outcomes(tmp_path: Path, **environment: str) -> str:
    """The output of a run over SAMPLE with this repository's conftest and configuration."""
    for name in ("conftest.py", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "test_sample.py").write_text(SAMPLE)
    inherited = {k: v for k, v in os.environ.items() if k not in {"CI", "DJANGO_SETTINGS_MODULE"}}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-v", "-p", "no:cacheprovider", "test_sample.py"],
        cwd=tmp_path,
        env={**inherited, "PYTHONPATH": str(ROOT), "BUSYBEE_LLM": "mine", **environment},
        capture_output=True,
        text=True,
    )
    return done.stdout


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> str:
    return outcomes(tmp_path_factory.mktemp("plain"))


@pytest.mark.parametrize(
    "line",
    [
        "::test_left_out SKIPPED",
        "::test_run PASSED",
        "::test_far FAILED",
        "::test_near PASSED",
        "::test_warning FAILED",
        "::test_home PASSED",
        "not on this machine: no-such-command (make test-deps brings it)",
        "1 deselected",
    ],
)
def test_ground_holds(plain: str, line: str) -> None:
    assert line in plain


def test_ground_of_ci_leaves_out_nothing_and_soak_runs_the_long(tmp_path: Path) -> None:
    said = outcomes(tmp_path, CI="true", BUSYBEE_TEST_SOAK="1")
    assert "::test_left_out ERROR" in said
    assert "::test_long PASSED" in said
