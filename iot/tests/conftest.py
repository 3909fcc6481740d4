from collections.abc import Iterator
from pathlib import Path

import pytest

from iot.tests.processes import Broker, running_broker


@pytest.fixture(
    params=["amqtt", pytest.param("mosquitto", marks=pytest.mark.needs("mosquitto"))],
)
def broker(
    request: pytest.FixtureRequest, tmp_path: Path, transactional_db: None
) -> Iterator[Broker]:
    """Each kind of embedded broker, started by its own command."""
    with running_broker(request.param, tmp_path) as running:
        yield running
