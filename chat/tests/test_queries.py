"""How many queries a message costs: each is CPU that the customer waits for."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from chat import answering, services, tasks
from chat.models import Message, Session
from chat.rows import append, append_all
from chat.tests.factories import EmptyRequestFactory
from freight import links, own_places
from freight.models import ChatLink

pytestmark = pytest.mark.django_db

# each verb that changes rows has two more than it asks: in tests its transaction is a savepoint
TRANSACTION = 2


@pytest.fixture
def link() -> ChatLink:
    request = EmptyRequestFactory.create(language="en")
    own_places.refresh(at_once=True)  # else one query every ten seconds
    return services.link_of_token(links.issue(request, timezone.now()), timezone.now())


def heard(session: Session, link: ChatLink, text: str) -> Message:
    return services.hear(session.pk, link.pk, cid=text, text=text, address="", now=timezone.now())


def test_of_one_message(link: ChatLink, django_assert_num_queries: Any) -> None:
    session, _ = services.begin(link.request)
    heard(session, link, "From Busan to Shanghai")
    answering.answer_all(session.pk, timezone.now())

    # link, conversation locked, is the cid there, number, message
    with django_assert_num_queries(5 + TRANSACTION):
        message = heard(session, link, "The gross weight is 18,500 kg")
    # whose it is, conversation and request, what is unread, both locked, claim, the turn, replies
    with django_assert_num_queries(7 + TRANSACTION):
        tasks.answer(message.pk)
    # conversation by its link, messages, is one unread, files
    with django_assert_num_queries(4):
        news = services.look(session.pk, link.pk, message.seq, timezone.now())

    assert [each["author"] for each in news.messages] == ["bot"]


def test_several_replies_cost_what_one_does(link: ChatLink, django_assert_num_queries: Any) -> None:
    session, _ = services.begin(link.request)
    until = session.last_seq

    for count in (1, 5):
        with django_assert_num_queries(2):
            append_all(session, Message.Author.BOT, [f"{n}" for n in range(count)])

    rows = session.messages.filter(seq__gt=until).values_list("seq", "text")
    assert list(rows) == list(enumerate("001234", until + 1))


def test_numbers_go_on_where_others_have_left_off(link: ChatLink) -> None:
    mine, _ = services.begin(link.request)
    other = Session.objects.get(pk=mine.pk)
    append_all(other, Message.Author.BOT, ["a", "b"])

    message = append(mine, Message.Author.BOT, "c")
    append_all(other, Message.Author.BOT, ["d"], language="ja")

    assert message.seq == other.last_seq - 1
    stored = Session.objects.get(pk=mine.pk)
    assert (stored.last_seq, stored.language) == (other.last_seq, "ja")
    assert list(mine.messages.values_list("seq", flat=True)) == [*range(1, other.last_seq + 1)]


def test_a_round_of_which_one_is_answered_is_not_answered_in_part(link: ChatLink) -> None:
    session, _ = services.begin(link.request)
    said = tuple(heard(session, link, text) for text in ("18,500 kg", "40ft HC"))
    Message.objects.filter(pk=said[0].pk).update(answered_at=timezone.now())
    until = Session.objects.get(pk=session.pk).last_seq

    done = answering._answer(answering.Said(said, aside=True), timezone.now(), with_model=False)

    assert done is False
    assert session.messages.unanswered().get() == said[1]
    assert Session.objects.get(pk=session.pk).last_seq == until


def test_the_rate_counts_where_there_is_room_for_it(link: ChatLink) -> None:
    session, _ = services.begin(link.request)
    now = timezone.now()
    for n in range(services.MESSAGES_A_MINUTE):
        services.post(session.pk, cid=f"{n}", text="hi", now=now)

    with pytest.raises(services.TooMany):
        services.post(session.pk, cid="more", text="hi", now=now)
    services.post(session.pk, cid="later", text="hi", now=now + dt.timedelta(minutes=2))
