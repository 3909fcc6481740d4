import dataclasses
from collections.abc import Iterator
from uuid import uuid4

import pytest

from iot.tests.processes import Broker, running_broker


@pytest.fixture(
    scope="session",
    params=["amqtt", pytest.param("mosquitto", marks=pytest.mark.needs("mosquitto"))],
)
def shared_broker(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    django_db_setup: None,
) -> Iterator[Broker]:
    """Each kind of embedded broker, started by its own command."""
    with running_broker(request.param, tmp_path_factory.mktemp("broker")) as running:
        yield running


@pytest.fixture
def broker(shared_broker: Broker) -> Broker:
    """The broker with a client id of this test's own: what it keeps for others is not seen."""
    return dataclasses.replace(shared_broker, client_id=f"ingest-{uuid4().hex}")
