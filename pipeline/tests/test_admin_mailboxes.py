"""Mailboxes in the console: what the form takes, the way to a provider and back, tests of both."""

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from pipeline.mailbox.oauth import APP_ONLY_SCOPE, Keys, app_only, change_keys, keys_of
from pipeline.models import Mailbox
from pipeline.tests import dovecot, oauth_server
from pipeline.tests.factories import EmailFactory, MailboxFactory
from pipeline.tests.oauth_server import CLIENT, SECRET, OAuthServer

pytestmark = pytest.mark.django_db
ADD = "/admin/pipeline/mailbox/add/"
LIST = "/admin/pipeline/mailbox/"
ENGLISH = {"accept-language": "en"}


def change(box: Mailbox) -> str:
    return reverse("admin:pipeline_mailbox_change", args=[box.pk])


def imap(**changes: object) -> dict[str, object]:
    fields: dict[str, object] = {
        "name": "export",
        "kind": "imap",
        "active": "on",
        "mode": "draft",
        "host": "imap.hana.example",
        "port": 993,
        "tls": "on",
        "folder": "INBOX",
        "username": "export",
        "login": "password",
        "new_password": "pass-1",
        "after": "keep",
    }
    return {name: value for name, value in (fields | changes).items() if value is not None}


def oauth(login: str, **changes: object) -> dict[str, object]:
    fields = {"login": login, "new_password": None, "oauth_client_id": CLIENT}
    return imap(**{**fields, **changes})


def refusals(client: Client, data: dict[str, object], url: str = ADD) -> dict[str, str]:
    """The first complaint beside each field."""
    response = client.post(url, data, headers=ENGLISH)
    assert response.status_code == 200, "it was taken"
    form = response.context["adminform"].form
    return {name: errors[0] for name, errors in form.errors.items()}


NEEDS = "This kind of mailbox needs it."
CONTROL = "It has a character that cannot be typed, perhaps a line break."


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (imap(host=""), {"host": NEEDS}),
        (imap(username=""), {"username": NEEDS}),
        (imap(new_password=""), {"new_password": NEEDS}),
        (imap(host="imaps://imap.hana.example:993"),
         {"host": "A host name only: no address with //, no port."}),
        (imap(host="imap..example"), {"host": "A host name only: no address with //, no port."}),
        (imap(host=f"{'a' * 64}.example"),
         {"host": "A host name only: no address with //, no port."}),
        (imap(username="a\x01b"), {"username": CONTROL}),
        (imap(new_password="a\r\nb"), {"new_password": CONTROL}),
        (imap(tls=None, port=143), {"tls": "a password is sent over TLS only: switch it on"}),
        (oauth("other", oauth_authorize_url="https://login.example/a", oauth_scope="x/.default",
               oauth_token_url="https://login.example/t"), {"new_secret": NEEDS}),
        (imap(port=70000), {"port": "A number from 1 to 65535; mostly 993."}),
        (imap(after="move"), {"after_folder": NEEDS}),
        (imap(after="move", after_folder="inbox"),
         {"after_folder": "Another folder than the one that is read."}),
        (imap(kind="directory"), {"directory": NEEDS}),
        (imap(kind="directory", directory="/nowhere/at/all"),
         {"directory": "there is no such folder"}),
        (imap(kind="directory", directory="mails"), {"directory": "The full path, from / on."}),
        (oauth("google", oauth_client_id=""), {"oauth_client_id": NEEDS}),
        (oauth("google", tls=None), {"tls": "a token is sent over TLS only: switch it on"}),
        (oauth("microsoft", oauth_tenant="a/../b"),
         {"oauth_tenant": "the tenant is neither an ID nor a domain"}),
        (oauth("microsoft", app_only="on"), {"oauth_tenant": NEEDS, "new_secret": NEEDS}),
        (oauth("other"),
         {"oauth_authorize_url": NEEDS, "oauth_token_url": NEEDS, "oauth_scope": NEEDS}),
        (oauth("other", oauth_authorize_url="http://login.example/a", oauth_scope="imap",
               oauth_token_url="ftp://login.example/t"),
         {"oauth_authorize_url": "An address that begins with https://.",
          "oauth_token_url": "An address that begins with https://."}),
    ],
)  # fmt: skip
def test_what_is_missing_or_wrong_is_said_beside_its_field(
    admin_client: Client, data: dict[str, object], complaint: dict[str, str]
) -> None:
    assert refusals(admin_client, data) == complaint
    assert not Mailbox.objects.exists()


@pytest.mark.parametrize(
    ("login", "host"), [("google", "imap.gmail.com"), ("microsoft", "outlook.office365.com")]
)
def test_known_providers_need_no_host(admin_client: Client, login: str, host: str) -> None:
    assert admin_client.post(ADD, oauth(login, host="")).status_code == 302
    assert Mailbox.objects.get().host == host


def test_an_application_that_logs_in_as_itself(admin_client: Client) -> None:
    data = oauth("microsoft", app_only="on", oauth_tenant="hana.example", new_secret="s-1")
    assert admin_client.post(ADD, data).status_code == 302
    box = Mailbox.objects.get()
    assert box.oauth_scope == APP_ONLY_SCOPE
    assert keys_of(box).client_secret == "s-1"
    # the switch shows it, and saving once more keeps it so without typing the secret again
    page = admin_client.get(change(box)).content.decode()
    assert re.search(r'name="app_only"[^>]*checked', page)
    assert "s-1" not in page
    admin_client.post(change(box), data | {"new_secret": ""})
    assert app_only(Mailbox.objects.get())
    assert keys_of(Mailbox.objects.get()).client_secret == "s-1"


def test_a_folder_of_files_is_taken(admin_client: Client, tmp_path: Path) -> None:
    data = {"name": "drop", "kind": "directory", "active": "on", "mode": "draft",
            "directory": str(tmp_path), "folder": "INBOX", "port": 993, "login": "password",
            "after": "keep"}  # fmt: skip
    assert admin_client.post(ADD, data).status_code == 302


def stored(**fields: Any) -> Mailbox:
    values = {"name": "export", "host": "imap.hana.example", "username": "export"}
    box = Mailbox(**(values | fields))
    box.password = "pass-1"
    box.save()
    return box


@pytest.mark.parametrize("changes", [{"host": "imap.evil.example"}, {"port": 994}, {"tls": None}])
def test_a_stored_password_is_not_sent_to_another_server(
    admin_client: Client, changes: dict[str, object]
) -> None:
    box = stored(host="localhost")
    data = imap(host="localhost") | {name: value for name, value in changes.items() if value}
    data = {name: value for name, value in data.items() if changes.get(name, value)}
    found = refusals(admin_client, data | {"new_password": ""}, change(box))
    assert found == {"new_password": "The server is another one: type the password again."}
    assert admin_client.post(change(box), data).status_code == 302


@pytest.mark.parametrize(
    ("changes", "left"),
    [
        ({}, Keys(client_secret=SECRET, refresh_token="r")),
        ({"host": "imap.evil.example"}, Keys(client_secret=SECRET)),
        ({"username": "somebody"}, Keys(client_secret=SECRET)),
        ({"oauth_token_url": "https://evil.example/token"}, Keys()),
        ({"login": "google"}, Keys()),
        ({"new_secret": "s-2"}, Keys(client_secret="s-2", refresh_token="r")),
    ],
)
def test_keys_do_not_go_to_another_provider_or_server(
    admin_client: Client, changes: dict[str, object], left: Keys
) -> None:
    data = oauth(
        "other",
        oauth_authorize_url="https://login.hana.example/a",
        oauth_token_url="https://login.hana.example/t",
        oauth_scope="imap",
    )
    admin_client.post(ADD, data)
    box = Mailbox.objects.get()
    change_keys(box, lambda _: Keys(client_secret=SECRET, refresh_token="r"))
    assert admin_client.post(change(box), data | changes).status_code == 302
    assert keys_of(Mailbox.objects.get()) == left


SCOPE = "https://mail.hana.example/.default"


@pytest.mark.parametrize(
    ("login", "changes"),
    [
        ("microsoft", {"host": "evil.example"}),
        ("microsoft", {"port": 994}),
        ("other", {"host": "evil.example"}),
        ("other", {"oauth_scope": "https://evil.example/.default"}),
    ],
)
def test_an_applications_secret_does_not_follow_to_another_server(
    admin_client: Client, login: str, changes: dict[str, object]
) -> None:
    data = oauth(login, app_only="on", oauth_tenant="hana.example", new_secret="s-1",
                 oauth_authorize_url="https://login.hana.example/a", oauth_scope=SCOPE,
                 oauth_token_url="https://login.hana.example/t")  # fmt: skip
    assert admin_client.post(ADD, data).status_code == 302
    box = Mailbox.objects.get()
    found = refusals(admin_client, data | changes | {"new_secret": ""}, change(box))
    assert found == {
        "new_secret": "Where the secret's tokens go has changed: type the secret again."
    }
    change_keys(box, lambda keys: Keys(keys.client_secret, access_token="t", renew_at=9e9))
    admin_client.post(change(box), data | changes | {"new_secret": "s-2"})
    assert keys_of(Mailbox.objects.get()) == Keys("s-2")


def test_a_kept_secret_does_not_begin_to_log_in_by_itself(admin_client: Client) -> None:
    data = oauth("microsoft", oauth_tenant="hana.example", new_secret="s-1")
    admin_client.post(ADD, data)
    again = data | {"app_only": "on", "new_secret": ""}
    assert list(refusals(admin_client, again, change(Mailbox.objects.get()))) == ["new_secret"]


def test_a_host_in_capitals_is_the_same_place(admin_client: Client) -> None:
    box = stored(host="IMAP.Hana.example")
    box.locations.create(uidvalidity=1, uid="1", email=EmailFactory.create(mailbox=box))
    data = imap(host="IMAP.Hana.example", new_password="", mode="observe", active=None)
    assert admin_client.post(change(box), data).status_code == 302
    box.refresh_from_db()
    assert (box.mode, box.active, box.password) == ("observe", False, "pass-1")


def test_a_mailbox_without_tls_can_be_switched_off(admin_client: Client) -> None:
    box = stored(tls=False)
    data = imap(tls=None, new_password="")
    assert list(refusals(admin_client, data, change(box))) == ["tls"]
    data.pop("active")
    assert admin_client.post(change(box), data).status_code == 302


def values_on(page: str) -> dict[str, str]:
    """What a browser would send for the page's form as it is shown."""
    form = page[page.index('id="mailbox_form"') :]
    inputs = dict(
        (name, value)
        for tag in re.findall(r"<input[^>]*>", form)
        for name in re.findall(r'name="([^"]+)"', tag)
        for value in re.findall(r'value="([^"]*)"', tag)
        if name.endswith("since")
    )
    return inputs


@pytest.mark.parametrize(
    ("typed", "left"), [(None, dt.date(2025, 1, 1)), ("2026-02-02", dt.date(2026, 2, 2))]
)
def test_saving_does_not_take_back_what_a_backfill_reached(
    admin_client: Client, typed: str | None, left: dt.date
) -> None:
    box = stored(since=dt.date(2026, 1, 1))
    shown = values_on(admin_client.get(change(box), headers=ENGLISH).content.decode())
    assert shown == {"since": "2026-01-01", "initial-since": "2026-01-01"}
    Mailbox.objects.update(since=dt.date(2025, 1, 1))  # the backfill ends meanwhile
    data = imap(new_password="", mode="observe") | shown | ({"since": typed} if typed else {})
    assert admin_client.post(change(box), data).status_code == 302
    box.refresh_from_db()
    assert (box.mode, box.since) == ("observe", left)


def test_saving_does_not_undo_what_the_poller_wrote_meanwhile(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipeline.admin.mailbox_form import MailboxForm

    box = stored()
    real = MailboxForm.store

    def late(form: MailboxForm) -> None:
        change_keys(Mailbox.objects.get(), lambda _: Keys(refresh_token="rotated"))
        Mailbox.objects.update(last_uid=77, uidvalidity=5, last_error="", paused="")
        real(form)

    monkeypatch.setattr(MailboxForm, "store", late)
    admin_client.post(change(box), imap(name="renamed"))
    box.refresh_from_db()
    assert (box.name, box.last_uid, box.uidvalidity) == ("renamed", 77, 5)
    assert keys_of(box).refresh_token == "rotated"


@pytest.mark.parametrize("changes", [{"folder": "Orders"}, {"username": "other"}])
def test_the_place_of_mails_that_were_read_stays(
    admin_client: Client, changes: dict[str, object]
) -> None:
    box = stored()
    mail = EmailFactory.create(mailbox=box)
    box.locations.create(uidvalidity=1, uid="1", email=mail)
    (complaint,) = refusals(admin_client, imap(**changes), change(box)).values()
    assert "add another one" in complaint


@pytest.mark.parametrize(
    ("fields", "word", "said"),
    [
        ({"active": False}, "switched off", ""),
        ({"last_error": "the server refuses the login: no"}, "error", "refuses the login: no"),
        ({"paused": "too much"}, "paused", "too much"),
        ({}, "not read yet", ""),
        ({"heartbeat_at": timezone.now() - dt.timedelta(hours=1)}, "nobody reads it", "no sign"),
        ({"backfill_from": dt.date(2026, 1, 2), "backfill_uid": 40}, "not read yet", "number 40"),
    ],
)
def test_state_on_list_and_page(
    admin_client: Client, fields: dict[str, Any], word: str, said: str
) -> None:
    box = stored(**fields)
    listed = admin_client.get(LIST, headers=ENGLISH).content.decode()
    assert word in listed
    page = admin_client.get(change(box), headers=ENGLISH).content.decode()
    assert word in page
    assert said in page


# actions


def act(client: Client, box: Mailbox, name: str, **data: str) -> Any:
    url = reverse(f"admin:pipeline_mailbox_{name}", args=[box.pk])
    return client.post(
        url, {"_form_submitted": "True", **data}, headers={"HX-Request": "true", **ENGLISH}
    )


def told(client: Client, box: Mailbox) -> str:
    """The message on the mailbox's page after an action."""
    response = client.get(change(box), headers=ENGLISH)
    return " ".join(str(message) for message in response.context["messages"])


@pytest.fixture
def provider() -> Iterator[OAuthServer]:
    with oauth_server.running() as running:
        yield running


@pytest.fixture
def unconnected(provider: OAuthServer) -> Mailbox:
    box = Mailbox.objects.create(
        name="sales",
        host="127.0.0.1",
        tls=False,
        username=dovecot.USER,
        login=Mailbox.Login.OTHER,
        oauth_token_url=f"{provider.url}/token",
        oauth_authorize_url=f"{provider.url}/authorize",
        oauth_client_id=CLIENT,
        oauth_scope="imap",
    )
    change_keys(box, lambda _: Keys(client_secret=SECRET))
    return box


def back(client: Client, answer: dict[str, str]) -> Any:
    url = reverse("admin:pipeline_mailbox_connected")
    return client.get(f"{url}?{urlencode(answer)}", headers=ENGLISH)


def test_connect_leads_to_the_provider_and_back(
    admin_client: Client, provider: OAuthServer, unconnected: Mailbox
) -> None:
    page = admin_client.get(change(unconnected), headers=ENGLISH).content.decode()
    assert "Nobody has allowed BusyBee" in page
    there = act(admin_client, unconnected, "connect").headers["HX-Redirect"]
    assert there.startswith(f"{provider.url}/authorize?")
    response = back(admin_client, provider.consent(there))
    assert response.headers["Location"] == change(unconnected)
    assert "Connected" in told(admin_client, unconnected)
    assert keys_of(Mailbox.objects.get()).refresh_token == "refresh-1"


def test_connect_begins_with_a_question_only(admin_client: Client, unconnected: Mailbox) -> None:
    url = reverse("admin:pipeline_mailbox_connect", args=[unconnected.pk])
    admin_client.get(url)
    assert "mailbox_consent" not in admin_client.session


def test_a_refusal_at_the_provider_is_told(
    admin_client: Client, provider: OAuthServer, unconnected: Mailbox
) -> None:
    answer = provider.consent(act(admin_client, unconnected, "connect").headers["HX-Redirect"])
    back(admin_client, {"state": answer["state"], "error": "access_denied"})
    assert "the provider says no: access_denied" in told(admin_client, unconnected)


def test_an_answer_that_somebody_else_began_is_refused(
    admin_client: Client, provider: OAuthServer, unconnected: Mailbox
) -> None:
    answer = provider.consent(act(admin_client, unconnected, "connect").headers["HX-Redirect"])
    other = Client()
    other.force_login(User.objects.create_superuser("other", "", "other-pass-1"))
    back(other, answer)
    assert "another session" in told(other, unconnected)
    assert keys_of(Mailbox.objects.get()).refresh_token == ""
    assert back(other, {"state": "nonsense"}).headers["Location"] == LIST


def test_who_may_only_look_can_do_nothing(client: Client, unconnected: Mailbox) -> None:
    user = User.objects.create_user("viewer", password="viewer-pass-1", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_mailbox"))
    client.force_login(user)
    for name in ("connect", "test_connection", "backfill"):
        assert act(client, unconnected, name).status_code == 403
    page = client.get(change(unconnected), headers=ENGLISH).content.decode()
    assert "test_connection" not in page
    assert 'name="new_secret"' not in page


@pytest.mark.needs("dovecot")
def test_the_connection_is_really_tested(admin_client: Client) -> None:
    with dovecot.running() as server:
        server.append(b"Subject: one\r\n\r\n", b"Subject: two\r\n\r\n")
        box = Mailbox(name="x", host="127.0.0.1", port=server.port, tls=False, username="quote")
        box.password = dovecot.PASSWORD
        box.save()
        act(admin_client, box, "test_connection")
        words = told(admin_client, box)
        assert "It works: 2 mails lie there. The server knows: IDLE, MOVE, UIDPLUS." in words
        Mailbox.objects.update(after="move", after_folder="Taken")
        act(admin_client, box, "test_connection")
        assert "there is no mail folder Taken" in told(admin_client, box)
        box.password = "wrong"
        box.save()
        act(admin_client, box, "test_connection")
        assert "AUTHENTICATIONFAILED" in told(admin_client, box)


@pytest.mark.needs("dovecot")
def test_the_connection_of_a_connected_mailbox(
    admin_client: Client, provider: OAuthServer, unconnected: Mailbox
) -> None:
    back(
        admin_client,
        provider.consent(act(admin_client, unconnected, "connect").headers["HX-Redirect"]),
    )
    with dovecot.running(token_info=f"{provider.url}/info?access_token=") as server:
        Mailbox.objects.update(port=server.port)
        told(admin_client, unconnected)  # takes the message of the way back
        act(admin_client, unconnected, "test_connection")
        assert "It works: 0 mails lie there." in told(admin_client, unconnected)


def test_a_server_that_is_away_is_told_in_words(admin_client: Client) -> None:
    box = stored()
    Mailbox.objects.update(host="127.0.0.1", port=9, tls=False)
    act(admin_client, box, "test_connection")
    assert "Connection refused" in told(admin_client, box)


@pytest.mark.parametrize(
    "changes",
    [{"host": "imap..example"}, {"sealed_password": b"gAAAA"}, {"kind": "directory"}],
)
def test_a_test_of_the_connection_always_has_an_answer(
    admin_client: Client, changes: dict[str, Any]
) -> None:
    box = stored(directory=f"/{'x' * 300}")
    Mailbox.objects.update(**({"host": "127.0.0.1", "port": 9, "tls": False} | changes))
    assert act(admin_client, box, "test_connection").status_code < 400
    assert told(admin_client, box)


def test_a_folder_is_tested_too(admin_client: Client, tmp_path: Path) -> None:
    (tmp_path / "a.eml").touch()
    box = MailboxFactory.create(name="drop", directory=str(tmp_path))
    act(admin_client, box, "test_connection")
    assert "It works: 1 mail lies there." in told(admin_client, box)
    Mailbox.objects.update(directory=str(tmp_path / "gone"))
    act(admin_client, box, "test_connection")
    assert "there is no such folder" in told(admin_client, box)


def test_backfill_begins_at_a_day(admin_client: Client) -> None:
    box = stored(since=dt.date(2026, 3, 1), backfill_uid=9)
    act(admin_client, box, "backfill", day="2026-01-01")
    box.refresh_from_db()
    assert (box.backfill_from, box.backfill_uid) == (dt.date(2026, 1, 1), 0)


def test_backfill_from_the_future_is_refused(admin_client: Client) -> None:
    box = stored(since=dt.date(2026, 3, 1))
    response = act(admin_client, box, "backfill", day="2999-01-01")
    assert "A day that has come already." in response.content.decode()
    box.refresh_from_db()
    assert box.backfill_from is None


def test_actions_are_those_of_the_kind(admin_client: Client, unconnected: Mailbox) -> None:
    folder = MailboxFactory.create()
    page = admin_client.get(change(folder)).content.decode()
    assert "/test_connection" in page
    assert "/connect" not in page.replace("/connected", "")
    assert "/backfill" not in page
    assert f"/{unconnected.pk}/connect" in admin_client.get(change(unconnected)).content.decode()


# in a browser


@pytest.fixture
def page(live_server: LiveServer, admin_client: Client) -> Iterator[Page]:
    """A browser's page that is logged in."""
    arguments = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=arguments)
        context = browser.new_context(locale="en")
        value = admin_client.cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": value, "url": live_server.url}])
        yield context.new_page()
        browser.close()


@pytest.mark.needs("/usr/bin/chromium")
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("transactional_db")
def test_the_form_shows_what_the_choice_needs(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}{ADD}")

    def shown() -> set[str]:
        names = ("directory", "host", "new_password", "new_secret", "oauth_tenant", "after_folder")
        return {name for name in names if page.locator(f"[name={name}]").is_visible()}

    assert shown() == {"host", "new_password"}
    page.select_option("[name=login]", "microsoft")
    assert shown() == {"host", "new_secret", "oauth_tenant"}
    page.select_option("[name=after]", "move")
    assert shown() == {"host", "new_secret", "oauth_tenant", "after_folder"}
    page.select_option("[name=kind]", "directory")
    assert shown() == {"directory"}
