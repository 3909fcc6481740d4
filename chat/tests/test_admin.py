import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from chat import services
from chat.models import Session
from chat.tests.factories import SessionFactory
from freight import links
from freight.models import ChatLink

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


@pytest.fixture
def rows() -> dict[str, Session | ChatLink]:
    """A conversation and one of the two links to it, by the names of their admins."""
    session = SessionFactory.create()
    for _ in range(2):
        links.issue(session.request, timezone.now())
    return {"chat_session": session, "freight_chatlink": ChatLink.objects.latest("pk")}


@pytest.mark.parametrize("name", ["chat_session", "freight_chatlink"])
def test_an_operator_revokes_the_links(
    admin_client: Client, rows: dict[str, Session | ChatLink], name: str
) -> None:
    address = reverse(f"admin:{name}_revoke", args=[rows[name].pk])

    asked = admin_client.get(address)
    assert asked.status_code == 200
    assert ChatLink.objects.filter(revoked_at=None).count() == 2
    admin_client.post(address, {"_form_submitted": "on"})

    assert not ChatLink.objects.filter(revoked_at=None).exists()
    assert admin_client.get(reverse(f"admin:{name}_changelist")).status_code == 200


@pytest.mark.parametrize("name", ["chat_session", "freight_chatlink"])
def test_who_may_only_look_revokes_nothing(
    client: Client,
    django_user_model: type[User],
    rows: dict[str, Session | ChatLink],
    name: str,
) -> None:
    viewer = django_user_model.objects.create_user("viewer", is_staff=True)
    viewer.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    client.force_login(viewer)
    address = reverse(f"admin:{name}_revoke", args=[rows[name].pk])

    assert client.post(address, {"_form_submitted": "on"}).status_code == 403
    assert ChatLink.objects.filter(revoked_at=None).count() == 2
