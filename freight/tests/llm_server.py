"""A server on loopback that speaks OpenAI's protocol and says what a test tells it to."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from freight import second_reader

FACTS = ("gross_weight_kg", "container", "etd", "eta", "origin", "destination")
USAGE = {"prompt_tokens": 900, "completion_tokens": 100, "total_tokens": 1000}


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer: `body` as JSON, or as it is where it is bytes."""

    body: Any
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    # before the first byte; with `drip`, a blank is sent each 50 ms meanwhile
    stall: float = 0
    drip: bool = False


def claims(**stated: tuple[str, str]) -> str:
    """The JSON of a model's answer: fact=(quote, value), null for the others."""
    told: dict[str, Any] = dict.fromkeys(FACTS)
    told |= {name: {"quote": quote, "value": value} for name, (quote, value) in stated.items()}
    return json.dumps(told, ensure_ascii=False)


def says(content: str | None, *, finish: str = "stop", **message: Any) -> Answer:
    """An answer of the model in the protocol's form."""
    told = {"role": "assistant", "content": content, **message}
    choice = {"index": 0, "message": told, "finish_reason": finish}
    return Answer(
        {
            "id": "1",
            "object": "chat.completion",
            "created": 1,
            "model": "test",
            "choices": [choice],
            "usage": USAGE,
        }
    )


@dataclass(slots=True)
class ModelServer:
    """The server's address, what it was asked, and what it will say: the last answer for good."""

    url: str = ""
    answers: list[Answer] = field(default_factory=list)
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    on_request: Callable[[], None] | None = None
    closing: threading.Event = field(default_factory=threading.Event)

    def will(self, *answers: Answer) -> None:
        self.answers = list(answers)

    def forget(self) -> None:
        """Be as new, at the same address."""
        self.answers, self.requests, self.headers, self.on_request = [], [], [], None

    def next_answer(self) -> Answer:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def _handler(server: ModelServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            asked = self.rfile.read(int(self.headers["Content-Length"]))
            server.requests.append(json.loads(asked))
            server.headers.append({name.lower(): told for name, told in self.headers.items()})
            if server.on_request:
                server.on_request()
            answer = server.next_answer()
            try:
                self._send(answer)
            except OSError:
                self.close_connection = True  # the client did not wait

        def _send(self, answer: Answer) -> None:
            data = (
                answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
            )
            if not answer.drip:
                server.closing.wait(answer.stall)
            self.send_response(answer.status)
            self.send_header("Content-Type", "application/json")
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if answer.drip:
                self._drip(answer.stall)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def _drip(self, seconds: float) -> None:
            self.send_header("Connection", "close")
            self.end_headers()
            until = time.monotonic() + seconds
            while time.monotonic() < until and not server.closing.is_set():
                self.wfile.write(b" ")
                self.wfile.flush()
                server.closing.wait(0.05)
            raise OSError("enough")

        def log_message(self, *args: object) -> None:
            pass

    return Handler


@contextmanager
def running() -> Iterator[ModelServer]:
    """A server that ends with the block, its connections too."""
    told = ModelServer()
    http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(told))
    http.daemon_threads = True
    told.url = f"http://127.0.0.1:{http.server_address[1]}/v1"
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield told
    finally:
        told.closing.set()
        http.shutdown()
        http.server_close()
        thread.join()


def configure(server: ModelServer, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the second reader ask `server`, as new, without long waits between tries."""
    server.forget()
    settings.BUSYBEE_LLM = "openai:test"
    settings.BUSYBEE_LLM_URL = server.url
    settings.BUSYBEE_LLM_SECONDS = 5
    monkeypatch.setattr(second_reader, "FIRST_WAIT", 0.01)
