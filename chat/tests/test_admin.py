import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from chat import services
from chat.tests.factories import SessionFactory

pytestmark = pytest.mark.django_db


def test_an_operator_reads_a_conversation_and_cannot_change_it(admin_client: Client) -> None:
    session = SessionFactory.create()
    services.post(session.pk, cid="a", text="<b>18,500 kg</b>", now=timezone.now())
    address = reverse("admin:chat_session_change", args=[session.pk])

    html = admin_client.get(address).content.decode()

    assert "&lt;b&gt;18,500 kg&lt;/b&gt;" in html
    assert 'name="_save"' not in html
    assert admin_client.post(address, {"state": "completed"}).status_code == 403


@pytest.mark.parametrize("name", ["session", "message"])
def test_the_lists_show(admin_client: Client, name: str) -> None:
    session = SessionFactory.create()
    services.post(session.pk, cid="a", text="hello", now=timezone.now())

    response = admin_client.get(reverse(f"admin:chat_{name}_changelist"))

    assert response.status_code == 200
    assert str(session.request) in response.content.decode()
