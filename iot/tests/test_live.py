"""The live page and its socket, through the whole application."""

import json

import pytest
from asgiref.sync import sync_to_async
from channels.routing import get_default_application
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from iot.announce import Announcer
from iot.telemetry import Received, record
from iot.tests.factories import DeviceFactory

TOPIC = "busybee/v1/box-1/telemetry"


def report(seq: int, temperature: float) -> list[dict[str, object]]:
    """Store a reading of box-1; the states to announce."""
    payload = json.dumps({"boot": 1, "seq": seq, "temperature": temperature, "isOpen": True})
    return list(record([Received(TOPIC, payload.encode(), timezone.now())]).states)


@pytest.fixture
def staff(db: None) -> User:
    return User.objects.create_user("operator", password="x", is_staff=True)


@pytest.fixture
def client(staff: User) -> Client:
    client = Client()
    client.force_login(staff)
    return client


def test_the_page_shows_the_device_and_asks_for_no_foreign_file(client: Client) -> None:
    report(1, 21.5)
    page = client.get("/live/box-1/").content.decode()
    assert '"temperature": 21.5' in page
    assert "//" not in page.replace("<!doctype", "").split("<body>")[0]


def test_the_page_has_no_inline_script_or_style(client: Client) -> None:
    DeviceFactory(name="box-1")
    for address in ("/live/", "/live/box-1/"):
        page = client.get(address).content.decode()
        assert "style=" not in page
        assert "<style" not in page
        for opening in page.split("<script ")[1:]:
            assert opening.startswith(("src=", 'id="texts" type="application/json"', 'id="state"'))


def test_an_unapproved_device_is_shown_as_such(client: Client) -> None:
    report(1, 20)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    assert b"new, not approved" in client.get("/live/").content


def test_the_page_speaks_korean(client: Client) -> None:
    DeviceFactory(name="box-1")
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "ko"
    assert '<html lang="ko">' in client.get("/live/box-1/").content.decode()


def test_state_json_has_the_history_oldest_first(client: Client) -> None:
    for seq in (1, 2, 3):
        report(seq, 20 + seq)
    data = client.get("/live/box-1/state.json").json()
    assert [point["temperature"] for point in data["history"]] == [21, 22, 23]
    assert data["state"]["is_open"] is True


def test_the_newest_picture(client: Client) -> None:
    picture = b"\xff\xd8\xff picture \xff\xd9"
    record([Received("busybee/v1/box-1/frame", picture, timezone.now())])
    response = client.get("/live/box-1/frame.jpg")
    assert response.getvalue() == picture


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address",
    [
        "/live/",
        "/live/state.json",
        "/live/box-1/",
        "/live/box-1/state.json",
        "/live/box-1/frame.jpg",
    ],
)
def test_only_staff_sees_it(address: str) -> None:
    DeviceFactory(name="box-1")
    customer = Client()
    customer.force_login(User.objects.create_user("customer"))
    for visitor in (Client(), customer):
        assert visitor.get(address).status_code == 302


def test_an_unknown_device_is_not_found(client: Client) -> None:
    assert client.get("/live/nobody/").status_code == 404


def socket(session: str, origin: bytes = b"http://localhost") -> WebsocketCommunicator:
    headers = [(b"origin", origin), (b"host", b"localhost")]
    headers.append((b"cookie", f"{settings.SESSION_COOKIE_NAME}={session}".encode()))
    return WebsocketCommunicator(get_default_application(), "/ws/devices/box-1/", headers=headers)


@pytest.fixture
def session(transactional_db: None, redis_url: str) -> str:
    """The session of a logged-in operator; box-1 has reported once."""
    client = Client()
    client.force_login(User.objects.create_user("operator", is_staff=True))
    report(1, 20.0)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


async def test_the_socket_sends_the_state_and_each_new_one(session: str) -> None:
    visitor = socket(session)
    assert (await visitor.connect())[0]
    first = await visitor.receive_json_from(timeout=5)
    assert (first["type"], first["state"]["temperature"]) == ("state", 20.0)
    states = await sync_to_async(report)(2, 25.0)
    await sync_to_async(Announcer())(states)
    assert (await visitor.receive_json_from(timeout=5))["state"]["temperature"] == 25.0
    await visitor.disconnect()


async def test_the_socket_survives_what_a_page_sends(session: str) -> None:
    visitor = socket(session)
    assert (await visitor.connect())[0]
    await visitor.receive_json_from(timeout=5)
    await visitor.send_to(text_data="not JSON")
    await visitor.send_to(bytes_data=b"\0")
    assert await visitor.receive_nothing()
    await visitor.disconnect()


@pytest.mark.parametrize("origin", [b"https://elsewhere.example", b"null"])
async def test_the_socket_refuses_other_origins(session: str, origin: bytes) -> None:
    visitor = socket(session, origin)
    assert not (await visitor.connect())[0]


async def test_the_socket_refuses_who_is_not_staff(session: str) -> None:
    visitor = socket("nobody")
    assert not (await visitor.connect())[0]


@pytest.mark.django_db
def test_a_channel_layer_that_is_away_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    from channels_redis.pubsub import RedisPubSubChannelLayer

    away = RedisPubSubChannelLayer(hosts=["redis://127.0.0.1:9/0"])
    monkeypatch.setattr("iot.announce.get_channel_layer", lambda: away)
    announcer = Announcer()
    announcer(report(1, 20.0))
    assert announcer._silent_until > 0
