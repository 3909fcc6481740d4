"""The Uno's firmware, built with Debian's tools and run in a simulator that plays its sensors."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from iot.payloads import Telemetry, parse

FIRMWARE = Path(__file__).parents[2] / "firmware"

pytestmark = pytest.mark.needs(
    "make",
    "gcc",
    "avr-gcc",
    "/usr/share/arduino/hardware/arduino/avr",
    "/usr/include/simavr/sim_avr.h",
    "/usr/include/libelf.h",
)


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with uno_tracker.elf and the harness, freshly built."""
    folder = tmp_path_factory.mktemp("uno")
    command = ["make", "-C", str(FIRMWARE), f"BUILD={folder}", "all", "harness"]
    subprocess.run(command, check=True, capture_output=True, timeout=110)
    return folder


def lines(build: Path, *options: str, count: int = 2) -> list[dict[str, Any]]:
    """The telemetry lines that the simulated board prints; each is a valid message."""
    command = [str(build / "harness"), str(build / "uno_tracker.elf"), "--lines", str(count)]
    run = subprocess.run([*command, *options], check=True, capture_output=True, timeout=100)
    printed = [line for line in run.stdout.splitlines() if line.startswith(b"{")]
    assert len(printed) == count
    for line in printed:
        assert isinstance(parse("busybee/v1/uno/telemetry", line), Telemetry)
    return [json.loads(line) for line in printed]


def test_it_prints_what_its_sensors_say(build: Path) -> None:
    first, second = lines(build)
    values = {"temperature": 23.0, "humidity": 45.0, "isOpen": False, "distance_cm": 12.0}
    assert first.items() >= {**values, "status": 3, "seq": 1}.items()
    assert second["seq"] == 2
    assert second["uptime_ms"] - first["uptime_ms"] == pytest.approx(1500, abs=30)


@pytest.mark.parametrize(("distance", "is_open"), [("39.5", False), ("40.5", True)])
def test_the_door_opens_at_40_cm(build: Path, distance: str, is_open: bool) -> None:
    assert lines(build, "--distance", distance, count=1)[0]["isOpen"] is is_open


def test_no_echo_is_not_known(build: Path) -> None:
    (line,) = lines(build, "--distance", "0", count=1)
    assert (line["isOpen"], line["distance_cm"]) == (None, None)


@pytest.mark.parametrize("clock", ["0.8", "1.2"])
def test_a_sensor_with_a_slow_or_fast_clock_is_read(build: Path, clock: str) -> None:
    assert lines(build, "--clock", clock, count=1)[0]["temperature"] == 23.0


def test_below_zero(build: Path) -> None:
    assert lines(build, "--temperature", "-3.4", count=1)[0]["temperature"] == -3.4


@pytest.mark.parametrize("state", ["silent", "garbled"])
def test_a_failed_sensor_is_null_and_the_door_goes_on(build: Path, state: str) -> None:
    (line,) = lines(build, "--dht", state, count=1)
    assert (line["temperature"], line["humidity"], line["isOpen"]) == (None, None, False)


@pytest.mark.parametrize(
    ("command", "status"), [("status_4\n", 4), ("status_9\n", 3), ("xstatus_4\n", 3)]
)
def test_the_serial_line_sets_the_status(build: Path, command: str, status: int) -> None:
    assert lines(build, "--send", command)[1]["status"] == status


def test_it_fits_the_board(build: Path) -> None:
    assert shutil.which("avr-size")
    elf = str(build / "uno_tracker.elf")
    report = subprocess.run(["avr-size", elf], check=True, capture_output=True, text=True).stdout
    text, data, bss = (int(word) for word in re.findall(r"\d+", report.splitlines()[1])[:3])
    assert text + data <= 32_256  # the bootloader takes the last 512 bytes
    assert data + bss <= 1_536  # of 2,048: the stack needs the rest
