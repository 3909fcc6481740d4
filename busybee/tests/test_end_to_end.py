"""The whole way over real processes: mail in, question, chat over a WebSocket, quotation, order.

And what goes on beside it: learning from a correction, telemetry on the live page, Flower.
"""

import datetime as dt
import json
import re
from collections.abc import Iterator, Mapping
from email.message import EmailMessage
from urllib.parse import urlsplit

import pytest
import requests
from websockets.asyncio.client import connect

from busybee.demo.mails import order_reply
from busybee.tests.postgres import fresh_database
from busybee.throwaway import Installation, running

pytestmark = pytest.mark.timeout(300)
TODAY = dt.date.today()
ETD, ETA = TODAY + dt.timedelta(days=20), TODAY + dt.timedelta(days=26)


@pytest.fixture(scope="module")
def busybee() -> Iterator[Installation]:
    # one correction is a batch: the loop once round
    settings = {"BUSYBEE_TRAIN_BATCH": "1"}
    with running(settings, database_url=fresh_database()) as installation:
        yield installation


@pytest.fixture
def operator(busybee: Installation) -> Iterator[requests.Session]:
    """A browser's session of the first operator, logged in."""
    public = busybee.runtime()["BUSYBEE_PUBLIC_URL"]
    password = (busybee.home / "operator_password").read_text().strip()
    with requests.Session() as session:
        session.get(f"{public}/admin/login/", timeout=20)
        form = {"username": "operator", "password": password, "next": "/admin/"}
        answer = post(session, f"{public}/admin/login/", form)
        assert "sessionid" in session.cookies, answer.text[:500]
        yield session


def post(session: requests.Session, address: str, form: Mapping[str, str]) -> requests.Response:
    """The answer to a form, sent with its CSRF token."""
    token = session.cookies["csrftoken"]
    return session.post(address, {**form, "csrfmiddlewaretoken": token}, timeout=20)


def mail(sender: str, subject: str, text: str) -> bytes:
    message = EmailMessage()
    message["From"] = sender
    message["To"] = "quote@busybee.example"
    message["Subject"] = subject
    message["Date"] = dt.datetime.now(dt.UTC)
    message["Message-ID"] = f"<{sender.split('@')[0].split('<')[-1]}.1@shipper.example>"
    message.set_content(text)
    return message.as_bytes()


def plain(message: EmailMessage) -> str:
    """The text of a mail that has an HTML side and files as well."""
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


COMPLETE = f"""안녕하세요. 아래 건 해상 운임 견적 부탁드립니다.

출발지: 부산
도착지: 상하이
컨테이너: 40ft 1대
총중량: 18,500kg
출항일: {ETD}
도착일: {ETA}

감사합니다.
"""
WITHOUT_WEIGHT = f"""Hello, please quote the ocean freight for the shipment below.

Origin: Busan
Destination: Shanghai
Container: 1 x 20ft
ETD: {ETD}
ETA: {ETA}

Best regards
"""


def test_complete_mail_gets_its_quotation_and_a_reply_becomes_an_order(
    busybee: Installation,
) -> None:
    busybee.drop(
        "complete", mail("김하나 <hana@shipper.example>", "부산-상하이 견적 요청", COMPLETE)
    )
    busybee.wait(lambda: busybee.sent("quotation"), why="the quotation is in the sink")
    (quotation,) = busybee.sent("quotation")
    assert quotation["To"].addresses[0].addr_spec == "hana@shipper.example"
    assert "18,397,843" in plain(quotation)

    now = dt.datetime.now(dt.UTC).astimezone()
    busybee.drop("order", order_reply(quotation.as_bytes(), now))
    (confirmation,) = busybee.wait(lambda: busybee.sent("confirmation"), why="the confirmation")
    assert re.search(r"BB-\d{4}-\d{6}-S1", plain(confirmation))
    assert busybee.value("SELECT count(*) FROM freight_shipment") == 1


async def converse(address: str, token: str, lines: list[str]) -> list[dict[str, object]]:
    """What the server sends after each customer line, until it has answered the last."""
    origin = f"http://{urlsplit(address).netloc}"
    heard: list[dict[str, object]] = []
    async with connect(f"{address}/ws/chat/", origin=origin) as socket:  # type: ignore[arg-type]  # str is an Origin
        await socket.send(json.dumps({"type": "hello", "token": token, "last_seq": 0}))
        heard.append(json.loads(await socket.recv()))
        for number, line in enumerate(lines):
            await socket.send(json.dumps({"type": "message", "cid": f"c{number}", "text": line}))
            while True:
                heard.append(json.loads(await socket.recv()))
                if heard[-1]["type"] == "message" and heard[-1]["author"] == "bot":
                    break
    return heard


async def test_missing_fact_is_given_in_the_chat(busybee: Installation) -> None:
    busybee.drop(
        "missing", mail("Ann <ann@shipper.example>", "Quote Busan Shanghai", WITHOUT_WEIGHT)
    )
    questions = busybee.wait(
        lambda: [m for m in busybee.sent("question") if "ann@" in str(m["To"])], why="the question"
    )
    link = re.search(r"(http://\S+)/chat/([\w-]+)/", plain(questions[0]))
    assert link is not None

    address = link[1].replace("http://", "ws://")
    heard = await converse(address, link[2], ["The gross weight is 9,800 kg", "yes"])
    assert heard[0]["type"] == "welcome"
    quotations = busybee.wait(
        lambda: [m for m in busybee.sent("quotation") if "ann@" in str(m["To"])],
        why="the quotation",
    )
    assert len(quotations) == 1
    assert "9,800 kg" in plain(quotations[0])


def test_correction_becomes_a_model_that_had_to_prove_itself(
    busybee: Installation, operator: requests.Session
) -> None:
    text = "안녕하세요, 이번 주 금요일은 창립기념일로 휴무입니다. 업무에 참고 부탁드립니다."
    busybee.drop("notice", mail("Lee <lee@partner.example>", "휴무 안내", text))
    done = "SELECT id FROM pipeline_email WHERE subject = '휴무 안내' AND state = 'done'"
    ((email_id,),) = busybee.wait(lambda: busybee.rows(done), why="the notice is read")
    public = busybee.runtime()["BUSYBEE_PUBLIC_URL"]
    form = {"action": "relabel_spam", "_selected_action": str(email_id)}
    post(operator, f"{public}/admin/pipeline/email/", form)

    ended = "SELECT state, reason FROM classifier_trainingrun WHERE finished IS NOT NULL"
    ((state, reason),) = busybee.wait(lambda: busybee.rows(ended), 150, why="the run has ended")
    assert state in ("promoted", "rejected"), reason
    assert reason
    active = busybee.value("SELECT count(*) FROM classifier_modelversion WHERE state = 'active'")
    assert (active == 1) == (state == "promoted")


def test_simulated_device_shows_on_the_live_page(
    busybee: Installation, operator: requests.Session
) -> None:
    public = busybee.runtime()["BUSYBEE_PUBLIC_URL"]
    busybee.wait(lambda: busybee.value("SELECT count(*) FROM iot_reading") >= 2, why="readings")

    state = operator.get(f"{public}/live/demo-truck/state.json", timeout=20).json()
    assert "temperature" in json.dumps(state)
    assert requests.get(f"{public}/live/demo-truck/state.json", timeout=20).history


def test_flower_watches_behind_its_password(busybee: Installation) -> None:
    address = busybee.runtime()["BUSYBEE_FLOWER_URL"]
    password = (busybee.home / "flower_password").read_text().strip()

    assert requests.get(f"{address}/tasks", timeout=20).status_code == 401
    known = requests.get(f"{address}/tasks", auth=("operator", password), timeout=20)
    assert known.status_code == 200
