"""People in the conversation: rows, the machine's silence, and what is read afterwards."""

import datetime as dt

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from chat import answering, cards, operators, services, tasks
from chat.errors import EmptyText, NotYours, TextTooLong
from chat.models import Message, Session, shown_name
from chat.spoken import TEXTS, spoken
from chat.tests.factories import EmptyRequestFactory, QuoteRequestFactory, SessionFactory
from freight.models import Language, State

pytestmark = pytest.mark.django_db


@pytest.fixture
def kim() -> User:
    return User.objects.create_user("kim", first_name="Minji", last_name="Kim")


@pytest.fixture
def lee() -> User:
    return User.objects.create_user("lee")


def said(session: Session, text: str) -> Message:
    """The customer's message, whose task has run."""
    cid = f"c{session.messages.count()}"
    message = services.post(session.pk, cid=cid, text=text, now=timezone.now())
    tasks.answer(message.pk)
    return message


def texts(session: Session, after: Message | None = None) -> list[tuple[str, str]]:
    rows = session.messages.after(after.seq if after else 0)
    return list(rows.values_list("author", "text"))


def test_who_takes_over_is_named_to_the_customer_and_the_wish_is_seen_to(kim: User) -> None:
    session = SessionFactory.create(wants_person_at=timezone.now())

    assert operators.take_over(session.pk, kim, instead_of=None)

    session.refresh_from_db()
    assert (session.operator, session.wants_person_at) == (kim, None)
    assert texts(session) == [
        ("bot", "Minji Kim has joined the conversation. You are now talking to a person.")
    ]
    assert cards.news_after(session.pk, 0).card["person"] == "Minji Kim"


@pytest.mark.parametrize(
    ("first", "last", "shown"),
    [
        ("민지", "김", "김민지"),
        ("Minji", "Kim", "Minji Kim"),
        ("", "", "op"),
        ("健", "佐藤", "佐藤健"),
    ],
)
def test_names_are_shown_as_their_language_has_them(first: str, last: str, shown: str) -> None:
    assert shown_name(User(username="op", first_name=first, last_name=last)) == shown


def test_who_takes_over_twice_joins_once(kim: User) -> None:
    session = SessionFactory.create()
    operators.take_over(session.pk, kim, instead_of=None)

    assert not operators.take_over(session.pk, kim, instead_of=None)

    assert session.messages.count() == 1


def test_nobody_is_pushed_aside_unseen(kim: User, lee: User) -> None:
    session = SessionFactory.create()
    operators.take_over(session.pk, kim, instead_of=None)

    with pytest.raises(NotYours) as refused:
        operators.take_over(session.pk, lee, instead_of=None)
    assert refused.value.holder == "Minji Kim"
    assert operators.take_over(session.pk, lee, instead_of=kim.pk)

    session.refresh_from_db()
    assert session.operator == lee
    with pytest.raises(NotYours):
        operators.write(session.pk, kim, text="I am still here", cid="a")


def test_the_machine_keeps_silent_while_an_operator_talks(kim: User) -> None:
    session = SessionFactory.create()
    operators.take_over(session.pk, kim, instead_of=None)

    message = said(session, "18,500 kg")
    answering.answer_all(session.pk, timezone.now())

    assert texts(session, message) == []
    card = cards.news_after(session.pk, 0).card
    assert card["waiting"] is False
    late = timezone.now() + dt.timedelta(minutes=10)
    assert not Message.objects.stuck(late).exists()


def test_an_answer_that_is_being_thought_out_is_thrown_away(
    kim: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = SessionFactory.create()
    message = services.post(session.pk, cid="a", text="18,500 kg", now=timezone.now())
    think = answering._turn

    def slowly(*args: object) -> object:
        operators.take_over(session.pk, kim, instead_of=None)
        return think(*args)  # type: ignore[arg-type]  # passed on as they came

    monkeypatch.setattr(answering, "_turn", slowly)
    tasks.answer(message.pk)

    assert [author for author, _ in texts(session, message)] == ["bot"]  # kim has joined
    message.refresh_from_db()
    assert message.answered_at is None


def test_an_operators_words_are_stored_once_and_only_theirs(kim: User, lee: User) -> None:
    session = SessionFactory.create()
    operators.take_over(session.pk, kim, instead_of=None)

    first = operators.write(session.pk, kim, text=" Hello \r\nthere ", cid="a")
    again = operators.write(session.pk, kim, text=" Hello \r\nthere ", cid="a")

    assert first.pk == again.pk
    assert (first.text, first.by, first.author) == ("Hello \nthere", "Minji Kim", "operator")
    frame = cards.news_after(session.pk, 1).messages[-1]
    assert (frame["by"], "cid" in frame) == ("Minji Kim", False)
    with pytest.raises(NotYours):
        operators.write(session.pk, lee, text="me too", cid="b")
    with pytest.raises(EmptyText):
        operators.write(session.pk, kim, text=" \n ", cid="c")
    with pytest.raises(TextTooLong):
        operators.write(session.pk, kim, text="x" * 2_001, cid="d")


def test_a_customers_name_for_a_message_hides_none_of_an_operators(kim: User) -> None:
    session = SessionFactory.create()
    services.post(session.pk, cid="a", text="hello", now=timezone.now())
    operators.take_over(session.pk, kim, instead_of=None)

    written = operators.write(session.pk, kim, text="Hello!", cid="a")

    assert written.text == "Hello!"


def test_nobody_writes_without_taking_over(kim: User) -> None:
    session = SessionFactory.create()

    with pytest.raises(NotYours) as refused:
        operators.write(session.pk, kim, text="hello", cid="a")

    assert refused.value.holder == ""


@pytest.mark.parametrize("language", Language.values)
def test_handed_back_the_machine_says_what_is_open(kim: User, language: str) -> None:
    session = SessionFactory.create(language=language)
    operators.take_over(session.pk, kim, instead_of=None)

    operators.hand_back(session.pk, kim)

    session.refresh_from_db()
    assert session.operator is None
    rows = texts(session)
    assert "Minji Kim" in rows[1][1]
    assert rows[2] == ("bot", rows[2][1])
    assert "18,500" in rows[2][1]  # the example in the question for the weight


def test_what_was_said_meanwhile_is_answered_as_one_round(kim: User) -> None:
    request = EmptyRequestFactory.create()
    session = SessionFactory.create(request=request)
    operators.take_over(session.pk, kim, instead_of=None)
    first = said(session, "We have 18,500 kg")
    said(session, "yes")
    second = said(session, "in a 40ft high cube")
    operators.hand_back(session.pk, kim)
    notice = session.messages.latest("seq")

    tasks.answer(second.pk)

    session.refresh_from_db()
    facts, evidence = session.pending["facts"], session.pending["evidence"]
    assert (facts["gross_weight_kg"], facts["container"]) == ("18500", "40ftHC")
    for name, message in (("gross_weight_kg", first), ("container", second)):
        seen = evidence[name]
        assert seen["source"] == f"chat:{message.pk}"
        assert message.text[seen["start"] : seen["end"]] == seen["quote"]
    assert {author for author, _ in texts(session, notice)} == {"bot"}
    assert not session.messages.unanswered().exists()
    answers = session.messages.after(notice.seq).count()
    tasks.answer(second.pk)
    assert session.messages.after(notice.seq).count() == answers


def test_a_yes_to_an_operator_confirms_nothing_that_the_machine_has_listed(kim: User) -> None:
    session = SessionFactory.create()
    said(session, "18,500 kg")  # all six are told now, and listed
    operators.take_over(session.pk, kim, instead_of=None)
    operators.write(session.pk, kim, text="Shall I call you?", cid="a")
    message = said(session, "yes")
    operators.hand_back(session.pk, kim)
    tasks.answer(message.pk)

    session.refresh_from_db()
    session.request.refresh_from_db()
    assert session.request.state == State.AWAITING_CUSTOMER
    assert session.request.gross_weight_kg is None
    assert session.pending["facts"]["gross_weight_kg"] == "18500"
    assert "18,500 kg" in texts(session)[-1][1]

    said(session, "yes")  # this one is for the machine

    session.request.refresh_from_db()
    assert session.request.gross_weight_kg == 18_500


def test_a_yes_to_an_operator_whose_account_is_removed_confirms_nothing(kim: User) -> None:
    session = SessionFactory.create()
    said(session, "18,500 kg")  # all six are told now, and listed
    operators.take_over(session.pk, kim, instead_of=None)
    operators.write(session.pk, kim, text="Shall I call you?", cid="a")
    message = said(session, "yes")
    kim.delete()
    tasks.answer(message.pk)

    session.request.refresh_from_db()
    assert session.request.state == State.AWAITING_CUSTOMER
    assert "18,500 kg" in texts(session)[-1][1]

    said(session, "yes")

    session.request.refresh_from_db()
    assert session.request.state == State.QUOTED


def test_only_who_has_it_hands_it_back(kim: User, lee: User) -> None:
    session = SessionFactory.create()
    operators.take_over(session.pk, kim, instead_of=None)

    with pytest.raises(NotYours):
        operators.hand_back(session.pk, lee)


def test_a_wish_is_closed_and_opened_again() -> None:
    session = SessionFactory.create(wants_person_at=timezone.now())

    assert operators.close_wish(session.pk)
    assert not operators.close_wish(session.pk)
    assert operators.open_wish(session.pk, timezone.now())
    assert not operators.open_wish(session.pk, timezone.now())

    session.refresh_from_db()
    assert session.wants_person_at is not None


def test_the_list_knows_who_waits(kim: User) -> None:
    wants = SessionFactory.create(wants_person_at=timezone.now())
    asks = SessionFactory.create(request=QuoteRequestFactory.create())
    services.post(asks.pk, cid="a", text="hello?", now=timezone.now())
    talks = SessionFactory.create(request=QuoteRequestFactory.create())
    operators.take_over(talks.pk, kim, instead_of=None)
    said(talks, "hello?")

    assert list(Session.objects.for_person()) == [wants]
    assert set(Session.objects.awaiting_answer()) == {asks, talks}
    assert list(Session.objects.left_alone()) == [talks]
    operators.write(talks.pk, kim, text="Hello!", cid="b")
    assert set(Session.objects.awaiting_answer()) == {asks}


def test_another_language_does_not_make_the_machine_speak(kim: User) -> None:
    session = SessionFactory.create()
    operators.take_over(session.pk, kim, instead_of=None)
    before = session.messages.count()

    services.speak(session.pk, "th")

    session.refresh_from_db()
    assert session.language == "th"
    assert session.messages.count() == before


@pytest.mark.parametrize("language", ["ko", "ja", "th"])
def test_every_word_about_people_and_files_is_translated(language: str) -> None:
    data = dict.fromkeys(("name", "why", "label", "value", "known", "limit"), "x")

    english = [key for key in TEXTS if spoken(language, key, **data) == spoken("en", key, **data)]

    assert not english
