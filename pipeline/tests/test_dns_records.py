"""TXT records over a real UDP socket: a small DNS server of our own on the loopback."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.rcode
import dns.resolver
import dns.rrset
import pytest

from pipeline.dns_records import MAX_NAMES, forget, txt_records


class Server:
    """Answers from `zone`: a TXT string, None for no such name, "silent" for no answer."""

    def __init__(self, zone: dict[str, str | None]) -> None:
        self.zone, self.asked = zone, list[str]()
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.settimeout(0.1)
        self.open = True

    def serve(self) -> None:
        while self.open:
            try:
                wire, peer = self.socket.recvfrom(4096)
            except TimeoutError:
                continue
            if answer := self._answer(dns.message.from_wire(wire)):
                self.socket.sendto(answer.to_wire(), peer)

    def _answer(self, query: dns.message.Message) -> dns.message.Message | None:
        name = query.question[0].name
        self.asked.append(str(name))
        text = self.zone.get(str(name).rstrip("."))
        if text == "silent":
            return None
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.RA
        if text is None:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        else:
            answer.answer.append(dns.rrset.from_text(name, 60, "IN", "TXT", text))
        return answer


@contextmanager
def serving(zone: dict[str, str | None]) -> Iterator[tuple[Server, dns.resolver.Resolver]]:
    server = Server(zone)
    thread = threading.Thread(target=server.serve)
    thread.start()
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers, resolver.port = ["127.0.0.1"], server.socket.getsockname()[1]
    try:
        yield server, resolver
    finally:
        server.open = False
        thread.join()
        server.socket.close()


@pytest.fixture(autouse=True)
def _fresh() -> None:
    forget()


def test_records_are_asked_once_and_joined() -> None:
    zone = {"s1._domainkey.trade.example": '"v=DKIM1; " "p=AAAA"', "_dmarc.trade.example": None}
    with serving(zone) as (server, resolver):
        for _ in range(2):
            assert txt_records(zone, resolver=resolver) == {
                "s1._domainkey.trade.example": ("v=DKIM1; p=AAAA",),
                "_dmarc.trade.example": (),
            }
        assert len(server.asked) == 2


def test_a_name_that_nobody_answers_for_is_missing_and_asked_again() -> None:
    with serving({"a.example": "silent"}) as (server, resolver):
        assert txt_records(["a.example"], resolver=resolver, seconds=0.5) == {}
        server.zone["a.example"] = '"now"'
        assert txt_records(["a.example"], resolver=resolver) == {"a.example": ("now",)}


def test_a_mail_gets_no_more_than_its_share_of_names() -> None:
    with serving({}) as (server, resolver):
        assert len(txt_records((f"{n}.example" for n in range(50)), resolver=resolver)) == MAX_NAMES
        assert len(server.asked) == MAX_NAMES


def test_a_name_that_is_none_raises_nothing() -> None:
    with serving({}) as (_, resolver):
        assert txt_records(["a..example", "x" * 300, "é.example"], resolver=resolver) is not None
