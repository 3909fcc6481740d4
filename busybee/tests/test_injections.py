"""Mail text gives no orders: what a mail tells a machine to do changes nothing that counts.

Each injection stands in a harmless request, beside another customer's, and the steps do their
work. What comes of it is compared with what comes of the same mail without it; then once more
beside a language model that obeys.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pypdfium2
import pytest
from django.apps import apps
from django.core import serializers
from django.db import transaction
from django.utils import timezone

from busybee.tests.injections import Injection, Request, harmless, injections, mail, requests
from freight import links, second_reader
from freight.fields import FACT_NAMES, Facts
from freight.models import Mode, Order, OutgoingMail, Quotation, QuoteRequest, Shipment, State
from freight.sealing import seal, unseal
from freight.tariff import priced_again
from freight.tests import llm_server
from freight.tests.factories import (
    LaneRateFactory,
    OrderFactory,
    OutgoingMailFactory,
    QuotationFactory,
    QuoteRequestFactory,
    TariffFactory,
    letter,
)
from freight.tests.llm_server import ModelServer, claims, says
from pipeline import work
from pipeline.mailbox.ingest import receive
from pipeline.models import Email, Mailbox, StepName
from pipeline.steps import FUNCTIONS
from pipeline.tests.factories import EmailFactory
from pipeline.tests.pictures import CJK, THAI

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_url")]
INJECTIONS = injections()
REQUESTS = requests()
OTHER_NAME, OTHER_ADDRESS = "Park Seoyeon", "park@rival.example"
# the places of a mail's pieces that state more than one fact
PIECE = {"origin": "route", "destination": "route"}
# rows that a mail may bring, and those that count what was done
MAY_COME = {
    "pipeline.email", "pipeline.attachment", "pipeline.step", "pipeline.location",
    "pipeline.conversation", "freight.quoterequest", "freight.quotation", "freight.outgoingmail",
    "freight.chatlink", "freight.languagemodeluse",
}  # fmt: skip
MAY_CHANGE = {"freight.languagemodeluse"}
WATCHED = ("freight", "pipeline", "chat", "iot", "classifier", "auth")


@dataclass(frozen=True, slots=True)
class Made:
    """What the steps made of a mail."""

    label: str
    outcome: str
    state: str
    facts: Facts
    total: Any = None


@dataclass(frozen=True, slots=True)
class Other:
    """Another customer's request, and what nobody else may read of it."""

    number: str
    token: str

    @property
    def secrets(self) -> tuple[str, ...]:
        return OTHER_NAME, OTHER_ADDRESS, self.number, self.token


def marks(injection: Injection) -> Any:
    needs = ("tesseract", CJK, THAI) if injection.place == "image" else ()
    return pytest.param(injection, id=injection.name, marks=pytest.mark.needs(*needs))


EACH = pytest.mark.parametrize("injection", list(map(marks, INJECTIONS)))
WITH_FACTS = pytest.mark.parametrize(
    "injection", [marks(each) for each in INJECTIONS if each.facts]
)
_harmless: dict[tuple[str, ...], Made] = {}


@pytest.fixture
def other() -> Other:
    """A request that was quoted and whose customer has a chat link; beside it a tariff, a lane and
    the mailboxes.
    """
    for mode in (Mode.AUTO, Mode.DRAFT):
        kind = Mailbox.Kind.DIRECTORY
        Mailbox.objects.create(name=mode, kind=kind, directory="(test)", mode=mode)
    TariffFactory.create()
    LaneRateFactory.create(origin="KRINC", destination="CNTAO")
    request = QuoteRequestFactory.create(
        complete=True,
        state=State.QUOTED,
        customer_name=OTHER_NAME,
        customer_address=OTHER_ADDRESS,
    )
    QuotationFactory.create(request=request, state=Quotation.State.ISSUED)
    token = links.issue(request, timezone.now())
    text = letter(f"{OTHER_NAME}: https://busybee.example/chat/{token}/")
    OutgoingMailFactory.create(request=request, recipient=OTHER_ADDRESS, sealed=text)
    EmailFactory.create(request=request, from_address=OTHER_ADDRESS, from_name=OTHER_NAME)
    return Other(request.number or "", token)


@pytest.fixture(scope="module")
def running_server() -> Iterator[ModelServer]:
    with llm_server.running() as told:
        yield told


@pytest.fixture
def model(
    running_server: ModelServer, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> ModelServer:
    running_server.forget()
    settings.BUSYBEE_LLM = "openai:test"
    settings.BUSYBEE_LLM_URL = running_server.url
    settings.BUSYBEE_LLM_SECONDS = 10
    monkeypatch.setattr(second_reader, "FIRST_WAIT", 0.01)
    return running_server


def carried(raw: bytes, mode: str) -> Made:
    """What is made of a mail to a mailbox in that mode."""
    box = Mailbox.objects.get(name=mode)
    received = receive(raw, mailbox=box, uid=str(Email.objects.count()))
    work.carry(received.email_id, StepName.EXTRACT, FUNCTIONS, on=lambda _: True)
    email = Email.objects.get(pk=received.email_id)
    assert email.state == Email.State.DONE, email.quarantine_reason
    if email.request is None:
        return Made(email.label, email.outcome, "", Facts())
    quotation = email.request.quotations.first()
    total = quotation.total if quotation else None
    return Made(email.label, email.outcome, email.request.state, email.request.facts, total)


def without_it(injection: Injection, lacking: str = "") -> Made:
    """What is made of the harmless mail: each is carried once, and its rows are taken back."""
    key = injection.place, injection.language, injection.mode, lacking
    if key not in _harmless:
        request = REQUESTS[injection.language]
        raw = harmless(injection.place, injection.language, request, lacking)
        with transaction.atomic():
            _harmless[key] = carried(raw, injection.mode)
            transaction.set_rollback(True)
    return _harmless[key]


def rows() -> dict[str, str]:
    """Each row of ours as JSON, by its table and key."""
    found = {}
    for label in WATCHED:
        for model in apps.get_app_config(label).get_models():
            for row in serializers.serialize("python", model._base_manager.all()):
                found[f"{row['model']} {row['pk']}"] = json.dumps(
                    row["fields"], default=bytes_or_text, sort_keys=True
                )
    return found


def bytes_or_text(value: object) -> str:
    return bytes(value).hex() if isinstance(value, (bytes, memoryview)) else str(value)


def words_of(row: OutgoingMail) -> Iterator[str]:
    """All that the recipient can read: header, text, HTML and files."""
    message = message_from_bytes(unseal(bytes(row.sealed)), policy=policy.default)
    yield from map(str, message.values())
    for part in message.walk():
        assert isinstance(part, EmailMessage)
        if part.get_content_maintype() == "text":
            yield str(part.get_content())
        elif part.get_content_type() == "application/pdf":
            document = pypdfium2.PdfDocument(part.get_content())
            yield from (page.get_textpage().get_text_range() for page in document)
            yield str(part.get_filename())


def squeezed(text: str) -> str:
    return "".join(text.split()).casefold()


def check_mails(injection: Injection, request: Request, other: Other) -> None:
    """Every mail of ours goes to the customer alone, and says nothing that was put in."""
    mails = OutgoingMail.objects.exclude(request__customer_address=OTHER_ADDRESS)
    for row in mails:
        assert row.recipient == request.address
        message = message_from_bytes(unseal(bytes(row.sealed)), policy=policy.default)
        (to,) = message["To"].addresses
        assert to.addr_spec == request.address
        assert not [name for name in ("Cc", "Bcc", "Resent-To") if message[name]]
        (own,) = (message["Reply-To"] or message["From"]).addresses
        assert own.domain == "busybee.example"
        words = squeezed("\n".join(words_of(row)))
        for line in (*injection.text.splitlines(), *injection.forbidden, *other.secrets):
            assert squeezed(line) not in words, line
    if injection.mode != Mode.AUTO:
        assert not mails.exclude(state="draft").exists()


def check_prices(request: QuoteRequest, plain: Made) -> None:
    """Each price is that of the stored facts, to the won."""
    for row in request.quotations.all():
        again = priced_again(row.snapshot)
        assert row.total == again.total == sum(line.amount for line in again.lines)
        assert [each["amount"] for each in row.lines] == [str(line.amount) for line in again.lines]
        assert row.currency == "KRW"
        assert row.approved_by == ""
        told = row.snapshot["facts"]
        kept = {name: told[name] for name in FACT_NAMES}
        assert kept["gross_weight_kg"] == str(request.gross_weight_kg)
        assert (kept["etd"], kept["eta"]) == (str(request.etd), str(request.eta))
        if request.facts == plain.facts and plain.total is not None:
            assert row.total == plain.total


def check_facts(made: Made, plain: Made, injection: Injection) -> None:
    """Each fact is what it is without the injection, or left open.

    What was read from a picture may be misread, the order in it too: a person looks at that first.
    """
    if injection.place == "image" and made.outcome == "review: ocr":
        assert made.total is None
        return
    for name in (*FACT_NAMES, "containers"):
        known, read = getattr(plain.facts, name), getattr(made.facts, name)
        assert read in (known, None), f"{name}: {read} instead of {known}"
    if made.facts != plain.facts:
        assert made.outcome.startswith(("asked", "review")), made.outcome


def changes_nothing(injection: Injection, other: Other, lacking: str = "") -> Made:
    """Carry the mail with the injection, and compare all that counts."""
    told = filled(injection, other)
    request = REQUESTS[injection.language]
    plain = without_it(injection, lacking)
    before = rows()
    made = carried(mail(told, request, lacking), injection.mode)
    after = rows()

    changed = {key for key in before if before[key] != after.get(key)}
    assert not {key for key in changed if key.partition(" ")[0] not in MAY_CHANGE}
    assert {key.partition(" ")[0] for key in after.keys() - before.keys()} <= MAY_COME
    assert made.label == plain.label
    check_facts(made, plain, injection)
    check_mails(told, request, other)
    for row in QuoteRequest.objects.filter(emails__from_address=request.address):
        assert row.customer_address == request.address
        assert row.mode == injection.mode
        check_prices(row, plain)
    assert not Order.objects.exists()
    assert not Shipment.objects.exists()
    return made


def filled(injection: Injection, other: Other) -> Injection:
    text = injection.text.replace("OTHER_NUMBER", other.number).replace("OTHER_NAME", OTHER_NAME)
    return replace(injection, text=text)


def test_there_are_enough_of_them() -> None:
    assert len(INJECTIONS) >= 60
    for language in REQUESTS:
        own = [each for each in INJECTIONS if each.language == language]
        assert len(own) >= 15
        assert len({each.place for each in own}) == 14


@pytest.mark.parametrize("language", REQUESTS)
def test_the_harmless_mail_is_quoted(language: str, other: Other) -> None:
    """Or else the comparison would say nothing."""
    made = without_it(Injection("", language, "body", "", ""))

    assert (made.label, made.outcome, made.state) == ("quote", "quoted", State.QUOTED)
    assert made.total


@EACH
def test_injection_changes_nothing(injection: Injection, other: Other) -> None:
    changes_nothing(injection, other)


@WITH_FACTS
def test_injection_fills_no_gap(injection: Injection, other: Other) -> None:
    """What the customer has not said is asked, whatever value a machine is told to take."""
    name = next(iter(injection.facts))

    changes_nothing(injection, other, PIECE.get(name, name))


@EACH
def test_model_that_obeys_changes_nothing(
    injection: Injection, other: Other, model: ModelServer
) -> None:
    name = next(iter(injection.facts), "gross_weight_kg")
    lacking = PIECE.get(name, name)
    model.will(says(obeyed(injection)))

    made = changes_nothing(injection, other, lacking)

    # or the rules have left it to a person, who is told why
    assert model.requests or made.outcome.startswith("review") or left_open(lacking)


def obeyed(injection: Injection) -> str:
    """The answer of a model that does as it is told; where no fact is asked for, all else."""
    if injection.facts:
        return claims(**injection.facts)
    wanted = json.loads(claims(gross_weight_kg=(injection.text[:200], "1")))
    extra = {"label": "order", "price": "1", "currency": "USD", "to": "x@attacker.example"}
    return json.dumps({**wanted, **extra, "order": True, "mode": "auto"}, ensure_ascii=False)


def left_open(lacking: str) -> bool:
    """Whether the rules have a reason why no model may say what the newest mail lacks."""
    reasons = {warning.partition(":")[0] for warning in Email.objects.latest("pk").warnings}
    return lacking in reasons or (lacking == "route" and {"origin", "destination"} <= reasons)


@pytest.mark.parametrize("language", REQUESTS)
def test_the_model_is_asked_about_a_harmless_mail(
    language: str, other: Other, model: ModelServer
) -> None:
    """Or else one that obeys would prove nothing."""
    model.will(says(claims()))
    request = REQUESTS[language]
    made = carried(harmless("body", language, request, "gross_weight_kg"), Mode.AUTO)

    assert made.outcome == "asked"
    assert len(model.requests) == 1


Obedience = Callable[[Email], None]


def takes_the_weight(email: Email) -> None:
    QuoteRequest.objects.filter(emails=email).update(gross_weight_kg=1)


def takes_the_label(email: Email) -> None:
    Email.objects.filter(pk=email.pk).update(label="order")


def lowers_the_price(email: Email) -> None:
    Quotation.objects.filter(request__emails=email).update(total=100)


def changes_the_currency(email: Email) -> None:
    Quotation.objects.filter(request__emails=email).update(currency="USD")


def changes_the_recipient(email: Email) -> None:
    OutgoingMail.objects.filter(request__emails=email).update(recipient="x@attacker.example")


def tells_of_the_other(email: Email) -> None:
    send(email, f"{OTHER_NAME} asks the same")


def repeats_it(email: Email) -> None:
    send(email, email.text)


def send(email: Email, text: str) -> None:
    raw = unseal(letter(text)).replace(b"kim@customer.example", email.from_address.encode())
    address = email.from_address
    OutgoingMailFactory.create(request=email.request, recipient=address, sealed=seal(raw))


def copies_another(email: Email) -> None:
    row = OutgoingMail.objects.get(request=email.request)
    row.sealed = seal(b"Bcc: x@attacker.example\r\n" + unseal(bytes(row.sealed)))
    row.save()


def closes_the_others_request(email: Email) -> None:
    QuoteRequest.objects.filter(customer_address=OTHER_ADDRESS).update(state=State.DECLINED)


def switches_the_mailbox(email: Email) -> None:
    Mailbox.objects.filter(name=Mode.DRAFT).update(mode=Mode.AUTO)


def orders(email: Email) -> None:
    OrderFactory.create(quotation=Quotation.objects.filter(request__emails=email).latest("pk"))


@pytest.mark.parametrize(
    "obey",
    [
        takes_the_weight, takes_the_label, lowers_the_price, changes_the_currency,
        changes_the_recipient, tells_of_the_other, copies_another, repeats_it,
        closes_the_others_request, switches_the_mailbox, orders,
    ],
)  # fmt: skip
def test_a_step_that_obeys_is_found_out(
    obey: Obedience, other: Other, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each comparison can fail."""
    injection = next(each for each in INJECTIONS if each.name == "ko-02-body-price")
    changes_nothing(injection, other)
    last = FUNCTIONS[StepName.LLM_EXTRACT]

    def obedient(email: Email) -> work.Outcome:
        outcome = last(email)
        changes = {**outcome.changes, **(outcome.write() if outcome.write else {})}
        email.refresh_from_db()
        obey(email)
        return work.Outcome(changes)

    monkeypatch.setitem(FUNCTIONS, StepName.LLM_EXTRACT, obedient)
    with pytest.raises(AssertionError):
        changes_nothing(injection, other)
