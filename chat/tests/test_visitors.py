"""Visitors of the company's site: their address is asked for, proven by a link, and then priced."""

import datetime as dt
import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from chat import addresses, answering, cards, operators, services, tasks, visitors
from chat.access import seal_link
from chat.errors import TooMany
from chat.models import Message, Session
from chat.tests.factories import a_day_ahead
from chat.visitor_words import FRAME, PROOF_DOOR, SAID
from freight import links, outbox
from freight.models import AddressProof, Mode, OutgoingMail, QuoteRequest, Sending, State
from freight.proofs import Asked

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_url")]
NOW = timezone.now()
OWN = {"origin": "http://testserver"}
HERS = "mina@customer.example"
KINDS = OutgoingMail.Kind


def facts() -> str:
    etd, eta = a_day_ahead(14), a_day_ahead(30)
    return (
        f"18,500 kg in one 40ft container from Busan to Shanghai, "
        f"departure {etd:%Y-%m-%d}, arrival {eta:%Y-%m-%d}"
    )


@pytest.fixture
def auto(settings: Any) -> None:
    settings.BUSYBEE_CHAT_MODE = "auto"


@pytest.fixture
def session() -> Session:
    """A conversation that a visitor has just begun."""
    link = visitors.start("en", NOW)
    return services.begin(link.request, "en")[0]


def told(session: Session, *texts: str) -> list[str]:
    """What was answered to the last of the texts."""
    heard = 0
    for text in texts:
        heard = services.post(session.pk, cid=f"c{timezone.now()}", text=text, now=NOW).seq
        answering.answer_all(session.pk, timezone.now())
    return [m.text for m in session.messages.after(heard) if m.author == Message.Author.BOT]


def request_of(session: Session) -> QuoteRequest:
    return QuoteRequest.objects.get(pk=session.request_id)


def proof_token() -> str:
    mail = OutgoingMail.objects.filter(kind=KINDS.PROOF).order_by("pk").last()
    assert mail is not None
    return outbox.readable(mail).split("/chat/")[1].split("/")[0]


def opened(token: str, origin: str = "http://testserver") -> Any:
    return Client().post(f"/chat/{token}/", headers={"origin": origin})


def card(session: Session) -> dict[str, Any]:
    return cards.news_after(session.pk, 0).card


def test_start_gives_a_bearer_and_mails_nothing(client: Client) -> None:
    response = client.post("/chat/start/", {"lang": "ja"}, "application/json", headers=OWN)
    request = QuoteRequest.objects.get()
    assert response.json() == {
        "bearer": seal_link(request.chat_links.get().pk),
        "conversation": str(request.public_id),
    }
    assert (request.customer_address, request.address_proof) == ("", AddressProof.TYPED)
    assert (request.language, request.mode, request.chat.language) == ("ja", Mode.DRAFT, "ja")
    assert not OutgoingMail.objects.exists()
    assert not response.cookies


@pytest.mark.parametrize("origin", ["null", "", "https://evil.example"])
def test_start_is_for_our_own_page_only(client: Client, origin: str) -> None:
    response = client.post("/chat/start/", {}, "application/json", headers={"origin": origin})
    assert response.status_code == 403
    assert client.get("/chat/start/").status_code == 405
    assert not QuoteRequest.objects.exists()


@pytest.mark.parametrize("body", ["[]", "{", '{"lang": 5}', '{"lang": "xx"}', "", '"' + "x" * 9000])
def test_start_takes_any_body(client: Client, body: str) -> None:
    response = client.post("/chat/start/", body, "application/json", headers=OWN)
    assert response.status_code in (200, 400)
    assert response.status_code == 400 or QuoteRequest.objects.get().language == "ko"


@pytest.mark.usefixtures("empty_redis")
def test_start_flood_of_one_address_is_stopped(client: Client) -> None:
    for _ in range(20):
        assert client.post("/chat/start/", {}, "application/json", headers=OWN).status_code == 200
    refused = client.post("/chat/start/", {}, "application/json", headers=OWN)
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) > 0
    other = client.post(
        "/chat/start/", {}, "application/json", headers=OWN, REMOTE_ADDR="192.0.2.7"
    )
    assert other.status_code == 200


def test_a_day_has_so_many_conversations(settings: Any) -> None:
    settings.BUSYBEE_CHAT_STARTS_A_DAY = 2
    visitors.start("en", NOW)
    visitors.start("en", NOW)
    with pytest.raises(TooMany):
        visitors.start("en", NOW)
    QuoteRequest.objects.update(created_at=NOW - dt.timedelta(hours=25))
    visitors.start("en", NOW)


def test_address_is_asked_for_once_the_first_facts_are_told(session: Session) -> None:
    ask = SAID["ask"]["en"]
    assert ask not in told(session, "hello")
    assert ask in told(session, "The gross weight is 18,500 kg")
    assert ask not in told(session, "yes", "a 40ft container")
    assert card(session)["address"] == "needed"


@pytest.mark.usefixtures("auto")
def test_from_the_first_word_to_the_quotation(session: Session) -> None:
    assert told(session, facts(), "yes")[-1] == SAID["ask_last"]["en"]
    request = request_of(session)
    assert request.state == State.AWAITING_CUSTOMER
    assert not request.quotations.exists()

    assert told(session, f"it is {HERS}") == [SAID["sent"]["en"].format(address=HERS)]
    assert card(session)["address"] == "sent"
    assert [mail.kind for mail in OutgoingMail.objects.all()] == [KINDS.PROOF]

    response = opened(proof_token())
    assert response.status_code == 302
    assert response["Location"] == f"/chat/request/{request.public_id}/"
    request.refresh_from_db()
    session.refresh_from_db()
    assert (request.state, request.address_proof) == (State.QUOTED, AddressProof.PROVEN)
    assert session.state == Session.State.COMPLETED
    mail = OutgoingMail.objects.get(kind=KINDS.QUOTATION)
    assert (mail.recipient, mail.state) == (HERS, Sending.QUEUED)
    assert card(session)["address"] == "proven"
    assert SAID["proven"]["en"] in [m.text for m in session.messages.all()]


@pytest.mark.usefixtures("auto")
def test_proof_before_the_facts_lets_the_last_yes_price(session: Session) -> None:
    told(session, f"my mail is {HERS}")
    opened(proof_token())
    told(session, facts(), "yes")
    assert request_of(session).state == State.QUOTED


@pytest.mark.usefixtures("auto")
def test_proof_amid_a_correction_waits_for_the_yes(session: Session) -> None:
    told(session, facts(), "yes", HERS, "change the weight to 12,000 kg")
    opened(proof_token())
    assert request_of(session).state == State.AWAITING_CUSTOMER
    told(session, "yes")
    request = request_of(session)
    assert (request.state, int(request.gross_weight_kg or 0)) == (State.QUOTED, 12_000)


def test_proof_while_an_operator_talks_is_said_and_nothing_asked(
    session: Session, django_user_model: Any
) -> None:
    told(session, f"my mail is {HERS}")
    kim = django_user_model.objects.create_user("kim")
    operators.take_over(session.pk, kim, instead_of=None)
    opened(proof_token())
    assert session.messages.order_by("-seq")[0].text == SAID["proven"]["en"]


def test_in_mode_draft_an_operator_approves_the_quotation(session: Session) -> None:
    told(session, facts(), "yes", HERS)
    opened(proof_token())
    assert request_of(session).quotations.get().state == "draft"
    assert not OutgoingMail.objects.filter(kind=KINDS.QUOTATION).exists()


@pytest.mark.usefixtures("auto")
def test_get_of_the_proof_changes_nothing(session: Session) -> None:
    told(session, facts(), "yes", HERS)
    token = proof_token()
    page = Client().get(f"/chat/{token}/")
    assert PROOF_DOOR["en"]["button"] in page.content.decode()
    assert not page.cookies
    assert request_of(session).address_proof == AddressProof.TYPED


def test_exchange_of_a_proof_does_not_prove(session: Session) -> None:
    told(session, HERS)
    Client().post("/chat/exchange/", {"token": proof_token()}, "application/json", headers=OWN)
    assert request_of(session).address_proof == AddressProof.TYPED


@pytest.mark.parametrize("origin", ["null", "https://evil.example"])
def test_foreign_page_cannot_press_the_button(session: Session, origin: str) -> None:
    told(session, HERS)
    assert opened(proof_token(), origin).status_code == 403
    assert request_of(session).address_proof == AddressProof.TYPED


@pytest.mark.usefixtures("auto")
def test_replayed_proof_opens_the_page_and_quotes_nothing_more(session: Session) -> None:
    told(session, facts(), "yes", HERS)
    token, count = proof_token(), OutgoingMail.objects.count()
    for _ in range(3):
        assert opened(token).status_code == 302
    assert OutgoingMail.objects.count() == count + 1
    said = [m.text for m in session.messages.all()]
    assert said.count(SAID["proven"]["en"]) == 1


def test_corrected_address_closes_the_old_link(session: Session) -> None:
    told(session, "mine@typo.example")
    old = proof_token()
    assert told(session, f"sorry, {HERS}") != []
    assert opened(old).status_code == 404
    assert request_of(session).address_proof == AddressProof.TYPED
    assert opened(proof_token()).status_code == 302
    assert request_of(session).address_proof == AddressProof.PROVEN


def test_proof_of_a_revoked_conversation_is_gone(session: Session) -> None:
    told(session, HERS)
    services.revoke_links(request_of(session), NOW)
    assert opened(proof_token()).status_code == 404
    assert request_of(session).address_proof == AddressProof.TYPED


@pytest.mark.usefixtures("auto")
def test_two_conversations_with_one_address_stay_apart(session: Session) -> None:
    other, _ = services.begin(visitors.start("en", NOW).request, "en")
    told(session, facts(), "yes", HERS)
    token = proof_token()
    told(other, facts(), "yes", HERS)
    opened(token)
    assert request_of(session).state == State.QUOTED
    assert request_of(other).state == State.AWAITING_CUSTOMER
    assert OutgoingMail.objects.filter(kind=KINDS.QUOTATION).count() == 1


def test_victim_gets_two_mails_an_hour_and_no_quotation() -> None:
    for _ in range(4):
        session, _ = services.begin(visitors.start("en", NOW).request, "en")
        told(session, facts(), "yes", HERS, "send it again", "send it again", "victim@x.example")
    mails = OutgoingMail.objects.filter(recipient=HERS)
    assert [mail.kind for mail in mails] == [KINDS.PROOF] * 2
    assert not QuoteRequest.objects.filter(state=State.QUOTED).exists()


def test_resend_is_capped_and_then_a_person_is_called(session: Session) -> None:
    told(session, HERS)
    told(session, "I did not get the mail")
    assert OutgoingMail.objects.count() == 2
    told(session, "other@customer2.example")
    assert told(session, "third@customer3.example")[0] == SAID["enough"]["en"]
    session.refresh_from_db()
    assert session.wants_person_at is not None
    assert OutgoingMail.objects.count() == 3


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("kim@localhost", Asked.UNUSABLE),
        ("quote@busybee.example", Asked.OWN),
        ("no-reply@customer.example", Asked.UNREAD),
    ],
)
def test_refused_address_is_said_so(session: Session, text: str, code: Asked) -> None:
    assert told(session, text)[0] == SAID[code.value]["en"]
    assert card(session)["address"] == "needed"


def test_address_and_facts_in_one_message(session: Session) -> None:
    replies = told(session, "18,500 kg, and my address is 2000kg@customer.example")
    assert replies[0] == SAID["sent"]["en"].format(address="2000kg@customer.example")
    stored = {**session.pending} if session.pending else {}
    session.refresh_from_db()
    weight = session.pending["facts"]["gross_weight_kg"]
    assert (weight, stored) == ("18500", {})


def test_message_that_is_only_an_address_goes_on_with_the_question(session: Session) -> None:
    replies = told(session, HERS)
    assert len(replies) == 2
    assert "sorry" not in " ".join(replies).lower()


def test_injected_header_is_no_address_of_anybody(session: Session) -> None:
    told(session, "kim@customer.example\r\nBcc: all@victims.example")
    (mail,) = OutgoingMail.objects.all()
    assert mail.recipient in ("all@victims.example", "kim@customer.example")
    head = outbox.unseal(bytes(mail.sealed)).split(b"\r\n\r\n")[0].lower()
    assert b"\r\nbcc:" not in head


def test_bounce_is_said_in_the_conversation_once(session: Session) -> None:
    told(session, HERS)
    token = proof_token()
    OutgoingMail.objects.update(state=Sending.UNDELIVERED)
    tasks.sweep()
    tasks.sweep()
    bounced = SAID["bounced"]["en"].format(address=HERS)
    assert [m.text for m in session.messages.all()].count(bounced) == 1
    assert card(session)["address"] == "needed"
    assert opened(token).status_code == 404


def test_address_of_who_wrote_a_mail_is_not_touched() -> None:
    request = QuoteRequest.objects.create(customer_address="lee@customer.example", language="en")
    session, _ = services.begin(request, "en")
    told(session, "send it to other@customer.example")
    assert request_of(session).customer_address == "lee@customer.example"
    assert not OutgoingMail.objects.filter(kind=KINDS.PROOF).exists()
    assert card(session)["address"] == ""


def test_proven_address_is_not_changed_by_a_message(session: Session) -> None:
    told(session, HERS)
    opened(proof_token())
    told(session, "no, use other@customer.example")
    assert request_of(session).customer_address == HERS


def test_ordinary_link_of_a_visitor_proves_nothing(session: Session) -> None:
    told(session, HERS)
    assert opened(links.issue(request_of(session), NOW)).status_code == 302
    assert request_of(session).address_proof == AddressProof.TYPED


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("메일은 kim@x.example입니다", "kim@x.example"),
        ("kim@x.example로 보내 주세요", "kim@x.example"),
        ("メールはkim@x.exampleです", "kim@x.example"),
        ("ｋｉｍ＠ｘ．ｅｘａｍｐｌｅ です", "kim@x.example"),
        ("ส่งไปที่ kim@x.exampleค่ะ", "kim@x.example"),
        ("<Kim.Lee+1@mail.x.example>.", "Kim.Lee+1@mail.x.example"),
        ("kim@회사.example", "kim@회사.example"),
        ("kim@회사.한국입니다", "kim@회사.한국"),
        ("not a@x.example, it is b@x.example", "b@x.example"),
        ("b@x.example instead of known@x.example", "b@x.example"),
        ("kim@x", ""),
        ("two @ 40ft", ""),
        ("kim @ x.example", ""),
    ],
)
def test_addresses_as_people_write_them(text: str, address: str) -> None:
    heard = addresses.hear(text, "known@x.example")
    assert heard.typed == address
    assert len(heard.rest) == len(text)
    assert not address or "@" not in heard.rest.replace("＠", "@")


@pytest.mark.parametrize(
    "text",
    ["please send it again", "I didn't get the mail", "메일이 안 왔어요", "다시 보내 주세요",
     "メールが届かないのですが", "再送してください", "ส่งอีกครั้งได้ไหมคะ", "ยังไม่ได้รับอีเมล"],
)  # fmt: skip
def test_wish_for_another_mail_in_four_languages(text: str) -> None:
    assert addresses.hear(text, HERS).again
    assert not addresses.hear(text, "").again


def test_words_are_complete() -> None:
    for spoken in (*map(set, SAID.values()), set(PROOF_DOOR), set(FRAME)):
        assert spoken == {"ko", "en", "ja", "th"}
    assert {code.value for code in Asked} <= set(SAID)
    for words_of in (PROOF_DOOR, FRAME):
        assert len({frozenset(each) for each in words_of.values()}) == 1
    assert json.dumps(FRAME)
