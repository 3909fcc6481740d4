"""The mail side of the console, through its URLs."""

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from classifier.models import Example
from freight.fields import Evidence, evidence_as_json
from freight.tests.factories import ASKED, QuoteRequestFactory
from pipeline.mail_page import marked
from pipeline.models import Email, Mailbox, Step, StepName
from pipeline.tests.factories import AttachmentFactory, EmailFactory, MailboxFactory, StepFactory

pytestmark = pytest.mark.django_db
LIST = "/admin/pipeline/email/"


def page(client: Client, url: str) -> str:
    response = client.get(url, headers={"accept-language": "en"})
    assert response.status_code == 200
    return response.content.decode()


def change(email: Email) -> str:
    return reverse("admin:pipeline_email_change", args=[email.pk])


def quarantined(reason: str = "nested too deep") -> Email:
    email = EmailFactory.create(state=Email.State.QUARANTINED, quarantine_reason=reason, label="")
    StepFactory.create(email=email, name=StepName.EXTRACT)
    StepFactory.create(
        email=email,
        name=StepName.DECODE,
        state=Step.State.QUARANTINED,
        reason=reason,
        traceback="Traceback <b>",
    )
    return email


@pytest.mark.parametrize("number", [3, 40])
def test_mail_list_costs_the_same_for_few_and_many(
    admin_client: Client, django_assert_max_num_queries: DjangoAssertNumQueries, number: int
) -> None:
    for _index in range(number):
        EmailFactory.create(request=QuoteRequestFactory.create())
    with django_assert_max_num_queries(20):
        text = page(admin_client, LIST)
    assert text.count('name="_selected_action"') >= number


def test_step_list_costs_the_same_for_many(
    admin_client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _index in range(30):
        StepFactory.create()
    with django_assert_max_num_queries(15):
        page(admin_client, "/admin/pipeline/step/")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("label=order", "An order"),
        ("state__exact=quarantined", "A stopped one"),
        ("reason=too+deep", "A stopped one"),
        ("language__exact=th", "A Thai one"),
        ("q=emma%40customer.example", "From Emma"),
    ],
)
def test_mail_list_filters(admin_client: Client, query: str, found: str) -> None:
    EmailFactory.create(subject="An order", label="order")
    EmailFactory.create(
        subject="A stopped one", state=Email.State.QUARANTINED, quarantine_reason="too deep"
    )
    EmailFactory.create(subject="A Thai one", language="th")
    EmailFactory.create(subject="From Emma", from_address="emma@customer.example")
    text = page(admin_client, f"{LIST}?{query}")
    subjects = {"An order", "A stopped one", "A Thai one", "From Emma"}
    assert {subject for subject in subjects if f">{subject}<" in text} == {found}


def test_mailbox_filter(admin_client: Client) -> None:
    EmailFactory.create(subject="Here", mailbox=MailboxFactory.create(name="one"))
    other = EmailFactory.create(subject="There", mailbox=MailboxFactory.create(name="two"))
    text = page(admin_client, f"{LIST}?mailbox__id__exact={other.mailbox_id}")
    assert ">There<" in text
    assert ">Here<" not in text


def test_mail_page_escapes_and_marks_the_evidence(admin_client: Client) -> None:
    request = QuoteRequestFactory.create(complete=True)
    email = EmailFactory.create(request=request, text=ASKED + "<script>alert(1)</script>")
    text = page(admin_client, change(email))
    assert "<script>alert(1)" not in text
    assert '<mark title="Gross weight">총중량 18.5톤</mark>' in text
    assert reverse("admin:freight_quoterequest_change", args=[request.pk]) in text


def test_mail_page_says_why_an_attachment_was_refused(admin_client: Client) -> None:
    attachment = AttachmentFactory.create(filename="a.exe", refused="a program is not opened")
    assert "a program is not opened" in page(admin_client, change(attachment.email))


def test_mail_page_of_two_hundred_long_files_stays_small(admin_client: Client) -> None:
    email = EmailFactory.create()
    for number in range(200):
        AttachmentFactory.create(email=email, path=f"2/{number}.txt", text="<부산>" * 5000)
    text = page(admin_client, change(email))
    assert len(text) < 1_000_000
    assert text.count("only its beginning is shown") == 34
    assert text.count("The text is not shown") == 166
    assert text.count("&lt;부산&gt;") == 100_000 // 4


def test_mail_page_shows_a_file_as_far_as_facts_were_read_from_it(admin_client: Client) -> None:
    request = QuoteRequestFactory.create(complete=True)
    evidence = Evidence("18.5 tons", "attachment:9", 20_000, 20_009, "rules")
    request.evidence = evidence_as_json({"gross_weight_kg": evidence})
    request.save()
    email = EmailFactory.create(request=request)
    for number in range(60):
        AttachmentFactory.create(email=email, path=f"1/{number}", text="filler" * 1000)
    AttachmentFactory.create(email=email, path="9", text=" " * 20_000 + "18.5 tons" + "end" * 9000)
    text = page(admin_client, change(email))
    assert '<mark title="Gross weight">18.5 tons</mark>endend' in text
    assert len(text) < 1_000_000


def test_mail_page_gives_its_reasons_in_korean(admin_client: Client) -> None:
    email = quarantined("storage has no 0a1b2c")
    Email.objects.filter(pk=email.pk).update(warnings=["no-sender"])
    AttachmentFactory.create(email=email, refused="encrypted")
    response = admin_client.get(change(email), headers={"accept-language": "ko"})
    text = response.content.decode()
    assert text.count("보관된 원문이 없습니다 (0a1b2c)") == 2
    assert "암호가 걸린 파일입니다." in text
    assert "보낸 사람이 적혀 있지 않습니다" in text


def test_mail_page_shows_the_timeline_with_its_traceback_folded(admin_client: Client) -> None:
    text = page(admin_client, change(quarantined()))
    assert "nested too deep" in text
    assert "Traceback &lt;b&gt;" in text
    assert "<details open" not in text
    assert text.count("not reached") == 5


def test_mail_page_has_bounded_queries(
    admin_client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    email = EmailFactory.create(request=QuoteRequestFactory.create(complete=True))
    for _index in range(20):
        AttachmentFactory.create(email=email)
    with django_assert_max_num_queries(22):
        page(admin_client, change(email))


def test_mail_cannot_be_changed_by_hand(admin_client: Client) -> None:
    email = EmailFactory.create(subject="before")
    response = admin_client.post(change(email), {"subject": "after"})
    assert response.status_code == 403
    email.refresh_from_db()
    assert email.subject == "before"


def test_marks_lose_nothing_and_ignore_a_span_that_is_another_mails() -> None:
    good = Evidence("부산", "body", 7, 9, "rules")
    stray = Evidence("상하이", "body", 0, 3, "rules")
    pieces = marked(ASKED, {"origin": good, "destination": stray})
    assert "".join(piece.text for piece in pieces) == ASKED
    assert [piece.text for piece in pieces if piece.facts] == ["부산"]


def test_relabel_in_the_list_records_an_example(admin_client: Client) -> None:
    email = EmailFactory.create(label="inquiry")
    data = {"action": "relabel_quote", "_selected_action": [email.pk]}
    admin_client.post(LIST, data)
    email.refresh_from_db()
    assert (email.label, email.label_by) == ("quote", "admin")
    assert Example.objects.get().label == "quote"


def test_relabel_dialog_asks_first_and_a_get_changes_nothing(admin_client: Client) -> None:
    email = EmailFactory.create(label="inquiry")
    url = reverse("admin:pipeline_email_relabel", args=[email.pk])
    assert "csrfmiddlewaretoken" in page(admin_client, url)
    assert not Example.objects.exists()


def test_relabel_dialog_relabels_and_back_undoes_it(admin_client: Client) -> None:
    email = EmailFactory.create(label="inquiry")
    url = reverse("admin:pipeline_email_relabel", args=[email.pk])
    for label in ("spam", "inquiry"):
        data = {"label": label, "_form_submitted": "True"}
        response = admin_client.post(url, data, headers={"HX-Request": "true"})
        assert response.headers["HX-Redirect"] == change(email)
        email.refresh_from_db()
        assert email.label == label


def test_replay_dialog_makes_the_step_due_again(admin_client: Client) -> None:
    email = quarantined()
    url = reverse("admin:pipeline_email_replay", args=[email.pk])
    admin_client.post(url, {"step": "decode", "_form_submitted": "True"})
    assert email.steps.get(name="decode").state == Step.State.DUE
    email.refresh_from_db()
    assert email.state == Email.State.PROCESSING


def test_replay_of_a_step_never_reached_says_so(admin_client: Client) -> None:
    email = quarantined()
    url = reverse("admin:pipeline_email_replay", args=[email.pk])
    response = admin_client.post(url, {"step": "save", "_form_submitted": "True"}, follow=True)
    assert "has not come as far as" in response.content.decode()


def test_replay_all_of_a_reason_reaches_mails_that_were_not_chosen(admin_client: Client) -> None:
    chosen, same, other = quarantined("deep"), quarantined("deep"), quarantined("large")
    admin_client.post(LIST, {"action": "replay_reasons", "_selected_action": [chosen.pk]})
    states = [Email.objects.get(pk=email.pk).state for email in (chosen, same, other)]
    assert states == ["processing", "processing", "quarantined"]


def viewer(client: Client) -> Client:
    user = User.objects.create_user("viewer", password="viewer-pass-1", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_email"))
    client.force_login(user)
    return client


def test_who_may_only_look_is_refused_the_actions(client: Client) -> None:
    email = EmailFactory.create(label="inquiry")
    url = reverse("admin:pipeline_email_relabel", args=[email.pk])
    assert viewer(client).post(url, {"label": "spam", "_form_submitted": "True"}).status_code == 403
    viewing = page(client, LIST)
    client.post(LIST, {"action": "relabel_spam", "_selected_action": [email.pk]})
    email.refresh_from_db()
    assert email.label == "inquiry"
    assert "relabel_spam" not in viewing


LOGIN = {"login": "password", "after": "keep"}


def imap(**changes: object) -> dict[str, object]:
    fields = {"name": "export", "kind": "imap", "mode": "draft", "host": "imap.hana.example"}
    return {
        **fields,
        "port": 993,
        "tls": "on",
        "folder": "INBOX",
        "username": "export",
        **LOGIN,
        **changes,
    }


def test_mailbox_password_is_sealed_and_never_shown(admin_client: Client) -> None:
    data = imap(new_password="a secret of ours")
    response = admin_client.post("/admin/pipeline/mailbox/add/", data)
    assert response.status_code == 302
    mailbox = Mailbox.objects.get(name="export")
    assert mailbox.password == "a secret of ours"
    url = reverse("admin:pipeline_mailbox_change", args=[mailbox.pk])
    text = page(admin_client, url)
    assert "a secret of ours" not in text
    assert bytes(mailbox.sealed_password).decode() not in text


@pytest.mark.parametrize(
    ("changes", "kept"),
    [({}, "old"), ({"new_password": "new"}, "new"), ({"forget_password": "on"}, "")],
)
def test_mailbox_password_changes_only_when_it_is_meant(
    admin_client: Client, changes: dict[str, str], kept: str
) -> None:
    mailbox = Mailbox(name="export", kind="imap", host="imap.hana.example")
    mailbox.password = "old"
    mailbox.save()
    url = reverse("admin:pipeline_mailbox_change", args=[mailbox.pk])
    assert admin_client.post(url, imap(**changes)).status_code == 302
    mailbox.refresh_from_db()
    assert mailbox.password == kept


def test_mailbox_without_a_host_is_refused_with_words(admin_client: Client) -> None:
    response = admin_client.post("/admin/pipeline/mailbox/add/", imap(host=""))
    assert response.status_code == 200
    assert not Mailbox.objects.exists()


def test_refused_order_waits_until_an_operator_has_dealt_with_it(admin_client: Client) -> None:
    email = EmailFactory.create(label="order", outcome="review: no quotation with this number")
    assert str(email) in page(admin_client, "/admin/")

    form = {"action": "deal_with", "_selected_action": [email.pk]}
    admin_client.post(LIST, form)
    assert Email.objects.get().handled_by == "admin"
    assert str(email) not in page(admin_client, "/admin/")

    admin_client.post(LIST, {**form, "action": "open_again"})
    assert Email.objects.get().handled_by == ""
