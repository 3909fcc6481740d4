"""A real OAuth 2 server on loopback for the tests: strict about grants, PKCE and rotation."""

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

CLIENT, SECRET, USER = "client-1", "secret-1", "quote"


@dataclass
class OAuthServer:
    """What it holds, what it was asked, and what it shall answer instead of a grant."""

    port: int = 0
    refresh_token: str = "refresh-0"
    valid: set[str] = field(default_factory=set)  # access tokens that an IMAP server may take
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)
    answers: list[tuple[int, Any]] = field(default_factory=list)
    rotates: bool = True
    life: Any = 3600
    made: int = 0
    slow: threading.Event | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def consent(self, url: str) -> dict[str, str]:
        """What the browser brings back from the authorization page `url`, once a person agreed."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        return {"code": code, "state": asked["state"]}

    def grant(self, form: dict[str, str]) -> tuple[int, Any]:
        """Status and answer of the token address."""
        with self.lock:
            self.asked.append(form)
            if self.answers:
                return self.answers.pop(0)
            if form.get("client_id") != CLIENT or form.get("client_secret", SECRET) != SECRET:
                return 401, {"error": "invalid_client"}
            refusal = getattr(self, f"_{form['grant_type']}")(form)
            return refusal or (200, self._issue(form["grant_type"]))

    def _refresh_token(self, form: dict[str, str]) -> tuple[int, Any] | None:
        if form["refresh_token"] == self.refresh_token:
            return None
        # as strict servers do: an old token that comes again ends the whole family
        self.refresh_token = "withdrawn"
        return 400, {"error": "invalid_grant", "error_description": "Token has been revoked."}

    def _authorization_code(self, form: dict[str, str]) -> tuple[int, Any] | None:
        asked = self.codes.pop(form["code"], None)
        if (
            asked is None
            or asked["redirect_uri"] != form["redirect_uri"]
            or asked["code_challenge"] != _s256(form["code_verifier"])
        ):
            return 400, {"error": "invalid_grant", "error_description": "bad code"}
        return None

    def _client_credentials(self, form: dict[str, str]) -> tuple[int, Any] | None:
        good = form.get("client_secret") and form["scope"].endswith("/.default")
        return None if good else (400, {"error": "invalid_scope"})

    def _issue(self, grant: str) -> dict[str, Any]:
        self.made += 1
        token = f"access-{self.made}"
        self.valid.add(token)
        answer = {"access_token": token, "token_type": "Bearer", "expires_in": self.life}
        if grant == "authorization_code" or (grant == "refresh_token" and self.rotates):
            self.refresh_token = f"refresh-{self.made}"
            answer["refresh_token"] = self.refresh_token
        return answer


def _s256(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).decode().replace("=", "")


@contextmanager
def running() -> Iterator[OAuthServer]:
    """A server on a free loopback port, ended on leaving."""
    state = OAuthServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            if state.slow:
                state.slow.wait(5)
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self._answer(*state.grant(form))

        def do_GET(self) -> None:
            token = parse_qs(urlsplit(self.path).query).get("access_token", [""])[0]
            if token in state.valid:
                self._answer(200, {"email": USER, "expires_in": 100})
            else:
                self._answer(401, {"error": "invalid_token"})

        def _answer(self, status: int, answer: Any) -> None:
            body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            if status == 302:
                self.send_header("Location", f"{state.url}/elsewhere")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
