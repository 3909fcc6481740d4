"""What must hold everywhere in the code, whoever adds to it."""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings

from busybee.celery import app
from busybee.queues import Queue

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("busybee", "pipeline", "chat", "iot", "freight", "classifier")
HEAVY = (
    "torch", "transformers", "onnxruntime", "onnx", "langchain", "openpyxl", "docx", "pypdfium2",
    "searoute", "networkx", "langchain_core", "langchain_openai", "openai", "fpdf",
)  # fmt: skip
# they make the environment of other processes, or choose the settings' module before there are any
MAY_READ_ENVIRONMENT = {
    "busybee/env.py", "busybee/celery.py", "busybee/asgi.py", "busybee/supervisor.py",
    "busybee/services.py",
    "busybee/throwaway.py",
    "busybee/management/commands/bench.py",
}  # fmt: skip
# in pieces: this file is searched as well
INDEX_HOSTS = re.compile(
    "|".join(["pypi" + r"\.org", "python" + r"hosted\.org", "npm" + r"js\.(org|com)",
              r"proxy\.go" + r"lang\.org", r"deb\.deb" + r"ian\.org", r"archive\.ubun" + "tu"])
)  # fmt: skip
TEXT = {
    ".py",
    ".md",
    ".toml",
    ".txt",
    ".in",
    ".yml",
    ".yaml",
    ".json",
    ".js",
    ".css",
    ".html",
    ".sh",
}
LONGEST_FILE = 600
SKIPPED = {
    ".venv",
    ".git",
    ".busybee",
    "__pycache__",
    "node_modules",
    "build",
    ".mypy_cache",
    ".ruff_cache",
    ".pytest_cache",
    ".hypothesis",
}


def sources(*, tests: bool = True) -> Iterator[Path]:
    """Our Python files, without migrations."""
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            if "migrations" not in path.parts and (tests or "tests" not in path.parts):
                yield path


def texts() -> Iterator[Path]:
    """Every file of ours that a person reads."""
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [f for f in folders if f not in SKIPPED]
        for path in (Path(folder) / file for file in files):
            if path.suffix in TEXT or not path.suffix:
                yield path


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def route_of(task: str) -> str | None:
    """The queue of the first route that names `task`, as Celery finds it."""
    for pattern, options in settings.CELERY_TASK_ROUTES.items():
        if fnmatch(task, pattern):
            return str(options["queue"])
    return None


def test_every_task_of_ours_has_a_route_to_a_queue_that_is_worked() -> None:
    app.loader.import_default_modules()
    ours = [name for name in app.tasks if name.split(".")[0] in PACKAGES]
    assert ours
    stray = {name: route_of(name) for name in ours if route_of(name) not in set(Queue)}
    assert not stray


def test_every_queue_has_a_worker(tmp_path: Path) -> None:
    from busybee.services import stack

    with stack(tmp_path) as made:
        argvs = [process.argv for process in made.processes if "-Q" in process.argv]
    served = {queue for argv in argvs for queue in argv[argv.index("-Q") + 1].split(",")}
    assert served == set(Queue)


def compose_commands() -> dict[str, str]:
    """The command of each service in docker-compose.yml."""
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]
    return {name: service.get("command", "") for name, service in services.items()}


def test_compose_runs_the_same_workers_as_up(tmp_path: Path) -> None:
    from busybee.services import stack

    with stack(tmp_path) as made:
        ours = {p.name: p.argv[p.argv.index("-Q") + 1] for p in made.processes if "-Q" in p.argv}
    found = ((name, re.search(r"-Q (\S+)", words)) for name, words in compose_commands().items())
    assert {name: match[1] for name, match in found if match} == ours


def test_compose_puts_no_secret_on_a_command_line() -> None:
    # "$$NAME" is expanded by the container's shell, "${NAME}" by Compose, into the command itself
    telling = re.compile(r"(?<!\$)\$\{\w*(?:PASSWORD|KEY|SECRET)|mosquitto_passwd -b")
    assert not [name for name, words in compose_commands().items() if telling.search(words)]


def test_ticks_of_beat_do_not_pile_up() -> None:
    ticks: dict[str, Any] = settings.CELERY_BEAT_SCHEDULE
    assert not [name for name, tick in ticks.items() if not tick["options"]["expires"]]


def test_setup_loads_nothing_heavy() -> None:
    code = (
        "import sys, django; django.setup(); import busybee.urls; "
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert done.stdout.strip() == "[]"


def settings_read() -> set[str]:
    """The names of all settings that our code asks busybee.env for."""
    asked = re.compile(r'env\.(?!is_set)\w+\(\s*"(BUSYBEE_\w+)"')
    return {name for path in sources(tests=False) for name in asked.findall(path.read_text())}


def test_every_setting_is_documented_and_no_other() -> None:
    text = (ROOT / "docs/configuration.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"^\| `(BUSYBEE_\w+)`", text, re.MULTILINE))
    assert len(documented) > 20
    assert documented == settings_read()


def test_only_env_reads_the_environment() -> None:
    def reads(path: Path) -> bool:
        tree = ast.parse(path.read_bytes())
        return any(
            isinstance(node, ast.Attribute)
            and node.attr in {"environ", "getenv"}
            and isinstance(node.value, ast.Name)
            and node.value.id == "os"
            for node in ast.walk(tree)
        )

    readers = {name_of(path) for path in sources(tests=False) if reads(path)}
    assert readers <= MAY_READ_ENVIRONMENT


def test_no_file_is_too_long() -> None:
    long = {name_of(p): len(p.read_text(encoding="utf-8").splitlines()) for p in sources()}
    assert not {name: lines for name, lines in long.items() if lines > LONGEST_FILE}


def test_no_file_names_a_package_index() -> None:
    named = [
        name_of(path)
        for path in texts()
        if INDEX_HOSTS.search(path.read_text(encoding="utf-8", errors="replace"))
    ]
    assert not named


def users_of(package: str) -> list[str]:
    pattern = re.compile(rf"^\s*(?:from|import) {package}\b", re.MULTILINE)
    return [
        name_of(path)
        for path in sources(tests=False)
        if pattern.search(path.read_text(encoding="utf-8"))
    ]


@pytest.mark.parametrize("package", ["unfold", "langchain", "smtplib"])
def test_a_library_has_one_adapter(package: str) -> None:
    """A library that reaches out of the house is known to few modules, or none can swap it."""
    assert len(users_of(package)) <= 2, users_of(package)


def test_imap_is_spoken_in_the_mailbox_package_only() -> None:
    users = users_of("imapclient")
    assert users
    assert all(name.startswith("pipeline/mailbox/") for name in users), users
