"""The console's pages of conversations: reading, joining, files, and who may do what."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Literal

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from chat import file_store, operators, services, tasks, uploads
from chat.models import Message, Session, Upload
from chat.tests import browser
from chat.tests.browser import judge
from chat.tests.factories import QuoteRequestFactory, SessionFactory
from chat.uploads import Document
from freight import links
from freight.models import ChatLink

pytestmark = pytest.mark.django_db
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
# the head of the page is django-unfold's, which gives it no landmark
UNFOLD = "#main > .border-b"
BAD = "<b>18,500 kg</b><script>alert(1)</script>"


def at(name: str, session: Session, *more: object) -> str:
    return reverse(f"admin:chat_session_{name}", args=[session.pk, *more])


@pytest.fixture
def session() -> Session:
    return SessionFactory.create()


@pytest.fixture
def viewer(client: Client) -> Client:
    """Somebody who may look at everything and change nothing."""
    user = User.objects.create_user("viewer", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    client.force_login(user)
    return client


def operator(name: str) -> User:
    user = User.objects.create_user(name, is_staff=True)
    names = ("view_session", "change_session")
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    return user


def say(session: Session, text: str, cid: str = "a") -> Message:
    return services.post(session.pk, cid=cid, text=text, now=timezone.now())


def drop(session: Session, name: str = "list.txt", data: bytes = b"<html>") -> Upload:
    now = timezone.now()
    message = uploads.receive(session.pk, cid=name, name=name, data=data, now=now)
    return Upload.objects.get(message=message)


def test_an_operator_reads_a_conversation_and_cannot_change_it(
    admin_client: Client, session: Session
) -> None:
    say(session, BAD)

    html = admin_client.get(at("change", session)).content.decode()

    assert "&lt;b&gt;18,500 kg&lt;/b&gt;" in html
    assert "<script>alert" not in html
    assert 'name="_save"' not in html
    assert admin_client.post(at("change", session), {"state": "completed"}).status_code == 403


@pytest.mark.parametrize("name", ["session", "message"])
def test_the_lists_show(admin_client: Client, name: str, session: Session) -> None:
    say(session, "hello")

    response = admin_client.get(reverse(f"admin:chat_{name}_changelist"))

    assert response.status_code == 200
    assert str(session.request) in response.content.decode()


def test_who_asked_for_a_person_comes_first_and_filters_find_who_waits(
    admin_client: Client, admin_user: User, session: Session
) -> None:
    wants = SessionFactory.create(
        request=QuoteRequestFactory.create(), wants_person_at=timezone.now()
    )
    say(session, "hello")
    mine = SessionFactory.create(request=QuoteRequestFactory.create(), operator=admin_user)

    def listed(query: str = "") -> list[int]:
        page = admin_client.get(reverse("admin:chat_session_changelist") + query)
        return [row.pk for row in page.context["cl"].result_list]

    assert listed()[0] == wants.pk
    assert listed("?for=person") == [wants.pk]
    assert listed("?for=answer") == [session.pk]
    assert listed("?for=mine") == [mine.pk]
    assert listed("?language__exact=ko") == []


def test_an_operator_takes_over_writes_and_hands_back(client: Client, session: Session) -> None:
    client.force_login(operator("kim"))

    client.post(at("take_over", session))
    page = client.post(at("write", session), {"text": "Hello!", "cid": "x"}, follow=True)
    client.post(at("write", session), {"text": "Hello!", "cid": "x"})
    assert "Hello!" in page.content.decode()
    client.post(at("hand_back", session))

    rows = session.messages.values_list("author", "by")
    assert list(rows) == [("bot", "kim"), ("operator", "kim"), ("bot", "kim"), ("bot", "")]


def test_the_second_operator_sees_who_has_it_and_must_mean_it(
    client: Client, session: Session
) -> None:
    kim, lee = operator("kim"), operator("lee")
    operators.take_over(session.pk, kim, instead_of=None)
    client.force_login(lee)

    page = client.post(at("take_over", session), follow=True).content.decode()
    assert "kim" in page
    assert f'name="instead_of" value="{kim.pk}"' in page
    session.refresh_from_db()
    assert session.operator == kim
    client.post(at("take_over", session), {"instead_of": kim.pk})

    session.refresh_from_db()
    assert session.operator == lee


def test_a_script_is_told_in_json_why_nothing_was_sent(client: Client, session: Session) -> None:
    client.force_login(operator("kim"))
    headers = {"accept": "application/json"}

    refused = client.post(at("write", session), {"text": "hi", "cid": "x"}, headers=headers)
    client.post(at("take_over", session))
    sent = client.post(at("write", session), {"text": "hi", "cid": "x"}, headers=headers)

    assert refused.status_code == 409
    assert refused.json()["error"]
    assert (sent.status_code, sent.json()) == (200, {"error": ""})


def test_a_wish_is_seen_to_and_taken_back(client: Client, session: Session) -> None:
    Session.objects.update(wants_person_at=timezone.now())
    client.force_login(operator("kim"))

    client.post(at("wish", session))
    assert not Session.objects.for_person().exists()
    client.post(at("wish", session), {"open": "1"})

    assert Session.objects.for_person().exists()


@pytest.mark.parametrize("name", ["take_over", "write", "hand_back", "wish"])
def test_who_may_only_look_does_nothing(viewer: Client, session: Session, name: str) -> None:
    before = Session.objects.values().get()

    assert viewer.post(at(name, session), {"text": "hi", "cid": "x"}).status_code == 403
    assert Session.objects.values().get() == before
    assert not session.messages.exists()
    assert "bc-write" not in viewer.get(at("change", session)).content.decode()


@pytest.mark.parametrize("name", ["take_over", "write", "hand_back", "wish"])
def test_a_get_does_nothing(admin_client: Client, session: Session, name: str) -> None:
    assert admin_client.get(at(name, session)).status_code == 405
    assert not session.messages.exists()


def test_forged_posts_are_refused(admin_user: User, session: Session) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(admin_user)

    assert client.post(at("take_over", session)).status_code == 403


@pytest.mark.parametrize("name", ["news", "file"])
def test_strangers_see_nothing(client: Client, session: Session, name: str) -> None:
    more = [drop(session).pk] if name == "file" else []
    address = at(name, session, *more)

    assert client.get(address).status_code == 302
    client.force_login(User.objects.create_user("staff", is_staff=True))
    assert client.get(address).status_code == 403


def test_news_are_what_is_new(viewer: Client, session: Session) -> None:
    first = say(session, "one")
    news = viewer.get(at("news", session), {"after": str(first.seq), "stamp": ""}).json()
    assert (news["seq"], news["bubbles"].strip()) == (first.seq, "")
    say(session, BAD, cid="b")

    later = viewer.get(at("news", session), {"after": news["seq"], "stamp": news["stamp"]}).json()
    quiet = viewer.get(at("news", session), {"after": later["seq"], "stamp": later["stamp"]}).json()

    assert "&lt;script&gt;" in later["bubbles"]
    assert "one" not in later["bubbles"]
    assert "panels" in later
    assert set(quiet) == {"seq", "bubbles", "stamp"}


@pytest.mark.parametrize("after", ["-1", "x", "9" * 30, "", "٣"])
def test_odd_numbers_are_no_error(viewer: Client, session: Session, after: str) -> None:
    assert viewer.get(at("news", session), {"after": after}).status_code == 200


def test_a_file_is_given_out_to_be_saved_and_never_to_be_shown(
    viewer: Client, session: Session
) -> None:
    upload = drop(session, 'лист "1".html', b"<script>alert(1)</script>")

    response = viewer.get(at("file", session, upload.pk))

    assert response.content == b"<script>alert(1)</script>"
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"].startswith("attachment; filename")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]


def test_another_conversations_file_is_not_given_out(viewer: Client, session: Session) -> None:
    other = SessionFactory.create(request=QuoteRequestFactory.create())
    upload = drop(other)

    assert viewer.get(at("file", session, upload.pk)).status_code == 404
    file_store.path_of(upload.sha256).unlink()
    assert viewer.get(at("file", other, upload.pk)).status_code == 404


def test_a_files_facts_and_reason_stand_on_the_page(viewer: Client, session: Session) -> None:
    read, refused = drop(session, "list.txt"), drop(session, "locked.xlsx", b"x")
    documents = [Document("list.txt", "Gross weight: 18,500 kg")]
    now = timezone.now()
    uploads.finish(read.pk, documents, kind="txt", reason="", now=now)
    uploads.finish(refused.pk, [], kind="xlsx", reason="encrypted", now=now)
    tasks.answer(read.message_id)

    page = viewer.get(at("change", session), headers={"accept-language": "en"}).content.decode()

    assert "attachment list.txt" in page
    assert "protected by a password" in page
    assert "to be confirmed" in page


def test_the_page_has_bounded_queries(
    viewer: Client, session: Session, django_assert_max_num_queries: Any
) -> None:
    for number in range(60):
        say_row = Message(session=session, seq=number + 1, author="customer", text="x")
        say_row.save()

    with django_assert_max_num_queries(40):
        viewer.get(at("change", session))


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
    viewer: Client, rows: dict[str, Session | ChatLink], name: str
) -> None:
    address = reverse(f"admin:{name}_revoke", args=[rows[name].pk])

    assert viewer.post(address, {"_form_submitted": "on"}).status_code == 403
    assert ChatLink.objects.filter(revoked_at=None).count() == 2


# in a browser


@pytest.fixture
def asking() -> Session:
    """A conversation whose customer wants a person; it stands before the browser's loop runs."""
    session = SessionFactory.create(wants_person_at=timezone.now())
    say(session, BAD)
    return session


def beside(act: Callable[[], Any]) -> Any:
    """What `act` returns in a thread of its own: the browser's loop runs in this one."""

    def acted() -> Any:
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(acted).result()


@pytest.fixture
def page(live_server: LiveServer, admin_client: Client) -> Iterator[Page]:
    """A browser's page that is logged in."""
    with browser.chromium() as running:
        context = running.new_context(locale="en")
        value = admin_client.cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": value, "url": live_server.url}])
        yield context.new_page()


@pytest.mark.needs("/usr/bin/chromium")
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("transactional_db", "empty_redis")
def test_a_conversation_is_joined_in_a_browser(
    asking: Session, page: Page, live_server: LiveServer
) -> None:
    session = asking
    page.goto(f"{live_server.url}{at('change', session)}")
    assert page.locator("#bc-write").is_hidden()
    page.get_by_role("button", name="Take over").click()

    page.locator("#bc-text").fill("Hello, how can I help?")
    page.get_by_role("button", name="Send").click()
    page.locator(".bc-operator").wait_for()
    beside(lambda: say(session, "one more question", cid="b"))
    page.locator(".bc-customer", has_text="one more question").wait_for(timeout=10_000)
    for theme in THEMES:
        page.emulate_media(color_scheme=theme)
        judge(page, f"taken over, {theme}", apart=UNFOLD)
    page.get_by_role("button", name="Hand back").click()
    page.locator("#bc-write").wait_for(state="hidden")
    judge(page, "handed back", apart=UNFOLD)

    written = beside(lambda: session.messages.filter(author="operator").count())
    assert written == 1
