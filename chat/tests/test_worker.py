"""From the socket through the broker to a real worker and back."""

from collections.abc import Callable, Iterator

import pytest
from asgiref.sync import sync_to_async

from chat.tests.factories import QuoteRequestFactory
from chat.tests.test_consumers import say, tab, until
from freight.models import QuoteRequest, State


@pytest.fixture
def worker(transactional_db: None, empty_redis: str) -> Iterator[None]:
    """A Celery worker on queue `chat` in a thread of this process."""
    from celery import current_app as app
    from celery.contrib.testing.worker import start_worker

    with start_worker(
        app, pool="solo", perform_ping_check=False, queues=["chat"], loglevel="WARNING"
    ):
        yield


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("worker")
async def test_a_worker_answers_and_the_quotation_is_on_its_way(
    token_for: Callable[[QuoteRequest], str],
) -> None:
    request = await sync_to_async(QuoteRequestFactory.create)()
    token = await sync_to_async(token_for)(request)

    async with tab(token) as socket:
        await until(socket, "welcome")
        await say(socket, "a", "18,500 kg")
        while (frame := await until(socket, "message"))["author"] != "bot":
            pass
        assert "Is everything right?" in frame["text"]
        await say(socket, "b", "yes")
        while (await until(socket, "state"))["state"] != "completed":
            pass

    await sync_to_async(request.refresh_from_db)()
    assert request.state == State.QUOTED
