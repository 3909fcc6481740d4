import datetime as dt
import threading
from dataclasses import replace
from decimal import Decimal
from typing import Any
from unittest import mock

import pytest
from django.db import OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chat import answering, cards, catalogue, dialogue, rows, services, tasks
from chat.addresses import Heard
from chat.dialogue import Turn
from chat.errors import BadFrame, Denied, EmptyText, TextTooLong, TooMany
from chat.models import Message, Session
from chat.rounds import Said
from chat.tests.factories import (
    CompleteRequestFactory,
    EmptyRequestFactory,
    QuoteRequestFactory,
    SessionFactory,
    a_day_ahead,
)
from freight import links, quotes
from freight.extraction import certainty
from freight.fields import FACT_NAMES, Evidence, Facts, evidence_as_json
from freight.models import Mode, OutgoingMail, Quotation, QuoteRequest, State
from freight.tests.factories import TariffFactory

pytestmark = pytest.mark.django_db
# to a greeting: one back, and the question that is open
ANSWERS = 2


def say(session: Session, text: str, cid: str = "") -> list[str]:
    """What is answered to `text`."""
    now = timezone.now()
    message = services.post(
        session.pk, cid=cid or f"c{session.messages.count()}", text=text, now=now
    )
    tasks.answer(message.pk)
    return [row.text for row in session.messages.after(message.seq)]


def test_begin_greets_once_and_numbers_what_is_missing() -> None:
    request = EmptyRequestFactory.create()

    first, fresh = services.begin(request)
    again, not_fresh = services.begin(request)

    assert (fresh, not_fresh, first.pk) == (True, False, again.pk)
    texts = list(first.messages.values_list("text", flat=True))
    assert len(texts) == 2
    assert "1. Gross weight\n2. Container" in texts[1]


def test_post_of_the_same_cid_is_stored_once() -> None:
    session = SessionFactory.create()

    first = services.post(session.pk, cid="a", text="hello", now=timezone.now())
    second = services.post(session.pk, cid="a", text="hello", now=timezone.now())

    assert first.pk == second.pk
    assert session.messages.count() == 1


def test_answer_twice_says_it_once() -> None:
    session = SessionFactory.create()
    message = services.post(session.pk, cid="a", text="hello", now=timezone.now())

    tasks.answer(message.pk)
    tasks.answer(message.pk)

    assert session.messages.filter(author=Message.Author.BOT).count() == ANSWERS


def test_two_workers_with_the_same_message_answer_it_once() -> None:
    session = SessionFactory.create()
    message = services.post(session.pk, cid="a", text="hello", now=timezone.now())

    outcomes = [
        answering._answer(Said((message,)), timezone.now(), with_model=False) for _ in range(2)
    ]

    assert outcomes == [True, False]
    assert session.messages.filter(author=Message.Author.BOT).count() == ANSWERS


def test_an_answer_thought_out_before_another_turn_is_thrown_away() -> None:
    session = SessionFactory.create()
    message = services.post(session.pk, cid="a", text="18500 kg", now=timezone.now())
    turn = dialogue.Turn(("stale",), "en", dialogue.Pending())
    Session.objects.filter(pk=session.pk).update(version=7)
    said, heard = Said((message,)), Heard(typed="", again=False, garbled=False, rest="18500 kg")

    assert answering._commit(said, session, turn, heard, timezone.now()) is None
    assert not session.messages.filter(author=Message.Author.BOT).exists()
    assert answering._answer(said, timezone.now(), with_model=False) is True


def mailed(session: Session, kilograms: int) -> None:
    """A mail changes the weight beside the conversation."""
    request = QuoteRequest.objects.get(pk=session.request_id)
    evidence = Evidence(f"{kilograms} kg", "body", 0, 8, "rules")
    facts = Facts(gross_weight_kg=Decimal(kilograms))
    quotes.record_facts(request, facts, {"gross_weight_kg": evidence}, timezone.now())


def test_a_yes_to_the_list_as_it_was_before_a_mail_lists_again() -> None:
    session, _ = services.begin(QuoteRequestFactory.create(gross_weight_kg=Decimal(18_500)))
    say(session, "change the arrival to " + f"{a_day_ahead(40):%Y-%m-%d}")
    mailed(session, 21_000)

    listed = say(session, "yes")

    request = QuoteRequest.objects.get(pk=session.request_id)
    assert "21,000 kg" in listed[-1]
    assert (request.state, request.eta) == (State.AWAITING_CUSTOMER, a_day_ahead(30))
    say(session, "yes")
    request.refresh_from_db()
    assert (request.state, request.eta) == (State.QUOTED, a_day_ahead(40))


def test_a_turn_thought_out_before_a_mail_changed_the_facts_is_thrown_away() -> None:
    session, _ = services.begin(QuoteRequestFactory.create(gross_weight_kg=Decimal(18_500)))
    message = services.post(session.pk, cid="y", text="yes", now=timezone.now())
    think = answering._turn
    thought: list[Turn] = []

    def slowly(*args: Any) -> Turn:
        turn = think(*args)
        if not thought:
            mailed(session, 21_000)
        thought.append(turn)
        return turn

    with mock.patch.object(answering, "_turn", slowly):
        tasks.answer(message.pk)

    request = QuoteRequest.objects.get(pk=session.request_id)
    assert [turn.agreed for turn in thought] == [True, True]
    assert request.state == State.AWAITING_CUSTOMER
    assert "21,000 kg" in session.messages.order_by("-seq")[0].text


def test_the_sixth_fact_confirmed_completes_and_quotes() -> None:
    session = SessionFactory.create()

    asked = say(session, "It is 18,500 kg in total")
    done = say(session, "yes")

    assert "18,500 kg" in asked[-1]
    assert "quotation comes to you by email" in done[-1]
    session.refresh_from_db()
    request = QuoteRequest.objects.get(pk=session.request_id)
    assert (session.state, request.state) == (Session.State.COMPLETED, State.QUOTED)
    assert OutgoingMail.objects.get().key == f"quotation:{request.number}:1"


def test_facts_are_stored_only_after_yes_and_with_the_words_that_said_them() -> None:
    session = SessionFactory.create()

    say(session, "weight 18,500 kg", cid="w")
    before = QuoteRequest.objects.get(pk=session.request_id)
    assert before.gross_weight_kg is None
    say(session, "yes")

    after = QuoteRequest.objects.get(pk=session.request_id)
    message = session.messages.get(cid="w")
    evidence = after.fact_evidence["gross_weight_kg"]
    assert evidence.source == f"chat:{message.pk}"
    assert message.text[evidence.start : evidence.end] == evidence.quote
    assert "18,500" in evidence.quote


def test_yes_to_all_six_makes_certain_what_mails_said_too() -> None:
    session = SessionFactory.create()
    read = Evidence("Busan", "body", 0, 5, "rules", manner="letter 3 2")
    stored = evidence_as_json({"origin": read})
    QuoteRequest.objects.filter(pk=session.request_id).update(evidence=stored)

    say(session, "weight 18,500 kg")
    say(session, "yes")

    evidence = QuoteRequest.objects.get(pk=session.request_id).fact_evidence
    assert evidence["gross_weight_kg"].manner == certainty.CONFIRMED
    assert evidence["origin"] == replace(read, manner=certainty.CONFIRMED)


def test_yes_in_between_stores_what_was_told_as_sure_as_it_was_read() -> None:
    session = SessionFactory.create(request__etd=None)
    read = Evidence("Busan", "body", 0, 5, "rules", manner="letter 3 2")
    stored = evidence_as_json({"origin": read})
    QuoteRequest.objects.filter(pk=session.request_id).update(evidence=stored)

    say(session, "weight 18,500 kg")
    say(session, "yes")

    request = QuoteRequest.objects.get(pk=session.request_id)
    evidence = request.fact_evidence
    assert request.gross_weight_kg == 18_500
    assert evidence["gross_weight_kg"].manner != certainty.CONFIRMED
    assert evidence["origin"] == read


def test_six_facts_of_a_mail_that_were_not_sure_are_certain_once_confirmed() -> None:
    request = CompleteRequestFactory.create(needs_lane_rate=True, mode=Mode.AUTO)
    names = (*FACT_NAMES,)
    guess = Evidence("?", "body", 0, 1, "rules", manner="letter 0 2")
    QuoteRequest.objects.filter(pk=request.pk).update(
        evidence=evidence_as_json(dict.fromkeys(names, guess))
    )
    session, _ = services.begin(QuoteRequest.objects.get(pk=request.pk))

    say(session, "yes")

    evidence = QuoteRequest.objects.get(pk=request.pk).fact_evidence
    assert certainty.of_facts(evidence) == 1
    session.refresh_from_db()
    assert session.memory["agreed"] is True


def test_no_takes_nothing_away_and_stores_nothing() -> None:
    session = SessionFactory.create()

    say(session, "weight 18,500 kg")
    answer = say(session, "no")

    session.refresh_from_db()
    assert session.pending["facts"]["gross_weight_kg"] == "18500"
    assert "What is not right?" in answer[0]
    assert QuoteRequest.objects.get(pk=session.request_id).gross_weight_kg is None


def test_changed_facts_after_a_quotation_make_a_new_revision() -> None:
    session = SessionFactory.create()
    say(session, "18,500 kg")
    say(session, "yes")

    asked = say(session, "change the weight to 9,000 kg")
    session.refresh_from_db()
    assert session.state == Session.State.IN_PROGRESS
    assert QuoteRequest.objects.get(pk=session.request_id).state == State.QUOTED
    done = say(session, "yes")

    request = QuoteRequest.objects.get(pk=session.request_id)
    newest = request.quotations.get(state=Quotation.State.ISSUED)
    assert "18,500 kg → 9,000 kg" in asked[0]
    assert "replaces the earlier one" in done[-1]
    assert (request.state, newest.revision) == (State.QUOTED, 2)
    assert request.gross_weight_kg == 9_000
    assert OutgoingMail.objects.filter(key=f"quotation:{request.number}:2").exists()
    session.refresh_from_db()
    assert session.state == Session.State.COMPLETED


def test_an_ordered_request_takes_no_changes() -> None:
    session = SessionFactory.create(request=CompleteRequestFactory.create(state=State.ORDERED))

    say(session, "change the weight to 9,000 kg")
    say(session, "yes")

    assert QuoteRequest.objects.get(pk=session.request_id).gross_weight_kg == 18_500


def test_a_wish_for_a_person_is_noted_once() -> None:
    session = SessionFactory.create()

    answer = say(session, "can I talk to a person please?")

    session.refresh_from_db()
    since = session.wants_person_at
    assert since is not None
    assert answer[0] == catalogue.say("en", "person")
    say(session, "a real person please")
    session.refresh_from_db()
    assert session.wants_person_at == since


def test_the_card_has_the_question_and_its_quick_replies() -> None:
    session = SessionFactory.create(request__container="", request__gross_weight_kg=9_000)
    card = cards.news_after(session.pk, 0).card
    assert (card["asked"], card["confirm"]) == ("container", False)
    assert [offer["text"] for offer in card["offers"]] == ["20ft", "40ft", "40ft HC", "45ft"]

    say(session, "40ft")

    card = cards.news_after(session.pk, 0).card
    raw = {field["name"]: field["raw"] for field in card["fields"]}
    assert (card["asked"], card["confirm"]) == ("", True)
    assert [offer["say"] for offer in card["offers"]] == ["Yes, that’s right", "No"]
    assert (raw["gross_weight_kg"], raw["container"], raw["origin"]) == ("9000", "40ft", "KRPUS")


def test_prices_are_told_from_the_active_tariff() -> None:
    session = SessionFactory.create()
    TariffFactory.create(active=True, base=7_654_321)

    assert "7,654,321 KRW" in say(session, "how is the price made up?")[0]


def test_a_request_of_a_real_mailbox_waits_for_a_colleague() -> None:
    session = SessionFactory.create(request=QuoteRequestFactory.create(mode=Mode.DRAFT))

    say(session, "18,500 kg")
    answer = say(session, "yes")

    assert "A colleague checks it" in answer[-1]
    assert not OutgoingMail.objects.filter(kind=OutgoingMail.Kind.QUOTATION).exists()


def test_a_finished_conversation_says_so() -> None:
    session = SessionFactory.create(request=QuoteRequestFactory.create(state=State.ORDERED))

    assert "ordered" in say(session, "18,500 kg")[0]


def test_the_language_is_switched_in_mid_conversation() -> None:
    session = SessionFactory.create()
    say(session, "18,500 kg")

    services.speak(session.pk, "th")

    last = session.messages.order_by("-seq").first()
    assert last is not None
    assert "ถูกต้องทั้งหมดไหมคะ" in last.text
    session.refresh_from_db()
    assert session.pending["facts"]["gross_weight_kg"] == "18500"


@pytest.mark.parametrize(
    ("text", "error"),
    [("", EmptyText), (" \n ", EmptyText), ("x" * 2001, TextTooLong), ("a\0b", BadFrame)],
)
def test_post_refuses(text: str, error: type[Exception]) -> None:
    session = SessionFactory.create()

    with pytest.raises(error):
        services.post(session.pk, cid="a", text=text, now=timezone.now())
    assert not session.messages.exists()


def test_post_refuses_the_thirty_first_message_within_a_minute() -> None:
    session = SessionFactory.create()
    now = timezone.now()
    for n in range(services.MESSAGES_A_MINUTE):
        services.post(session.pk, cid=f"{n}", text="hi", now=now)

    with pytest.raises(TooMany):
        services.post(session.pk, cid="one more", text="hi", now=now)
    services.post(session.pk, cid="later", text="hi", now=now + dt.timedelta(minutes=2))


def test_fewer_containers_are_priced_as_fewer() -> None:
    session = SessionFactory.create(request__containers=2)

    asked = say(session, "Please change to 1 x 20ft container, gross weight 8,000 kg")
    say(session, "yes")

    assert "20ft × 1" in asked[-1]
    request = QuoteRequest.objects.get(pk=session.request_id)
    assert (request.container, request.containers) == ("20ft", 1)
    assert request.quotations.get().snapshot["facts"]["containers"] == 1


def test_an_offer_issued_while_an_answer_was_thought_out_keeps_its_facts() -> None:
    session = SessionFactory.create()
    say(session, "18,500 kg")
    message = services.post(session.pk, cid="yes", text="yes", now=timezone.now())
    think = dialogue.turn

    def think_too_long(*args: object) -> Turn:
        request = QuoteRequest.objects.get(pk=session.request_id)
        if request.state != State.QUOTED:
            changes = {"gross_weight_kg": Decimal(9_000)}
            quotes.record_operator_facts(request, changes, by="kim", now=timezone.now())
            quotes.advance(request, timezone.now())
        return think(*args)  # type: ignore[arg-type]  # passed on as they came

    with mock.patch.object(dialogue, "turn", think_too_long):
        assert answering._answer(Said((message,)), timezone.now(), with_model=False) is True

    request = QuoteRequest.objects.get(pk=session.request_id)
    assert request.state == State.QUOTED
    assert request.gross_weight_kg == 9_000
    assert request.quotations.count() == 1


def test_an_answer_locks_the_request_before_the_conversation() -> None:
    session = SessionFactory.create()
    message = services.post(session.pk, cid="a", text="hello", now=timezone.now())

    with CaptureQueriesContext(connection) as queries:
        answering._locked(message.session_id)

    (query,) = queries.captured_queries
    assert '"freight_quoterequest"' in query["sql"]
    if connection.vendor == "postgresql":
        assert query["sql"].endswith('FOR UPDATE OF "freight_quoterequest", "chat_session"')


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one lock for all rows")
@pytest.mark.django_db(transaction=True)
def test_an_answer_that_waits_for_the_conversation_holds_the_request() -> None:
    session = SessionFactory.create()
    locked = QuoteRequest.objects.filter(pk=session.request_id).select_for_update(nowait=True)

    def answers() -> None:
        try:
            with transaction.atomic():
                answering._locked(session.pk)
        finally:
            connection.close()

    worker = threading.Thread(target=answers)
    with transaction.atomic():
        Session.objects.select_for_update().get(pk=session.pk)
        worker.start()
        with pytest.raises(OperationalError):  # noqa: PT012  # sooner or later, while it waits
            while worker.is_alive():
                with transaction.atomic():
                    locked.get()
                    transaction.set_rollback(True)  # gives the lock back
    worker.join()


@pytest.mark.parametrize("failure", [UnicodeEncodeError("ascii", "한", 0, 1, "no"), KeyError("x")])
def test_an_answer_that_always_fails_is_left_to_a_person(failure: Exception) -> None:
    session = SessionFactory.create()
    message = services.post(session.pk, cid="a", text="18,500 kg", now=timezone.now())

    with mock.patch.object(answering, "extract", side_effect=failure):
        for _ in range(answering.TRIES):
            with pytest.raises(type(failure)):
                tasks.answer(message.pk)
        tasks.answer(message.pk)

    assert not Message.objects.unanswered().exists()
    assert "A colleague will look at this" in session.messages.latest("seq").text
    assert QuoteRequest.objects.get(pk=session.request_id).review == ["chat"]
    assert "18,500 kg" in say(session, "It is 18,500 kg")[-1]


def test_revoking_closes_all_links_of_the_request_and_no_other() -> None:
    now, mine, other = timezone.now(), *QuoteRequestFactory.create_batch(2)
    tokens, kept = [links.issue(mine, now) for _ in range(2)], links.issue(other, now)

    assert services.revoke_links(mine, now) == 2

    for token in tokens:
        with pytest.raises(Denied):
            services.link_of_token(token, now)
    assert services.link_of_token(kept, now).request == other


def test_the_sweeper_finds_a_message_whose_task_was_lost() -> None:
    session = SessionFactory.create()
    services.post(session.pk, cid="a", text="hi", now=timezone.now())

    assert answering.republish_stuck(timezone.now()) == 0
    assert answering.republish_stuck(timezone.now() + dt.timedelta(minutes=1)) == 1


def test_pending_survives_its_json() -> None:
    pending = dialogue.Pending(
        Facts(origin="KRPUS", etd=dt.date(2030, 1, 2), containers=2),
        {"origin": Evidence("Busan", "chat:1", 0, 5, "rules")},
    )

    assert rows.pending_from_json(rows.pending_as_json(pending)) == pending
