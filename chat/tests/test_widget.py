"""The widget's addresses: loader, page in its iframe, demo site, and who may frame what."""

import gzip
from typing import Any

import pytest
from django.test import Client

from chat.models import Session
from chat.visitor_words import DEMO_SITE
from freight.models import ChatLink, OutgoingMail, QuoteRequest

pytestmark = pytest.mark.django_db
LOADER_LIMIT = 6 * 1024
PAGES = ["/chat/x/", "/chat/request/2b0e0a3c-93a5-4a79-9d3a-6b8d0a4ec111/", "/chat/demo-site/"]


def ancestors(response: Any) -> str:
    policy = response["Content-Security-Policy"]
    return str(next(part for part in policy.split("; ") if part.startswith("frame-ancestors")))


def test_loader_is_small_cacheable_and_for_any_page(client: Client) -> None:
    response = client.get("/chat/widget.js", HTTP_ACCEPT_ENCODING="gzip")
    assert response["Content-Type"] == "text/javascript; charset=utf-8"
    assert response["Content-Encoding"] == "gzip"
    assert len(gzip.compress(gzip.decompress(response.content))) < LOADER_LIMIT
    assert "public" in response["Cache-Control"]
    assert response["Access-Control-Allow-Origin"] == "*"
    assert not response.cookies


def test_loader_that_has_not_changed_is_not_sent_again(client: Client) -> None:
    first = client.get("/chat/widget.js")
    again = client.get("/chat/widget.js", HTTP_IF_NONE_MATCH=first["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    assert client.post("/chat/widget.js").status_code == 405


def test_opening_the_frame_stores_nothing(client: Client) -> None:
    response = client.get("/chat/frame/?lang=th")
    assert response.status_code == 200
    assert 'lang="th"' in response.content.decode()
    assert not response.cookies
    rows = (QuoteRequest, Session, ChatLink, OutgoingMail)
    assert not any(model.objects.exists() for model in rows)


@pytest.mark.parametrize("lang", ["", "xx", "<script>", "ko" * 500])
def test_frame_in_no_language_of_ours_is_in_the_browsers(client: Client, lang: str) -> None:
    query = {"lang": lang}
    page = client.get("/chat/frame/", query, HTTP_ACCEPT_LANGUAGE="ja-JP,ja;q=0.9")
    assert '<html lang="ja">' in page.content.decode()
    assert "<script>ko" not in page.content.decode()


def test_only_our_own_pages_may_frame_it_by_default(client: Client) -> None:
    response = client.get("/chat/frame/")
    assert ancestors(response) == "frame-ancestors 'self'"
    assert "X-Frame-Options" not in response


def test_sites_of_the_setting_may_frame_it(client: Client, settings: Any) -> None:
    settings.BUSYBEE_CHAT_SITES = ["https://www.company.example", "https://shop.example:8443"]
    expected = "frame-ancestors 'self' https://www.company.example https://shop.example:8443"
    assert ancestors(client.get("/chat/frame/")) == expected
    assert "unsafe" not in client.get("/chat/frame/")["Content-Security-Policy"]


@pytest.mark.parametrize("path", PAGES)
def test_no_page_may_frame_the_others(client: Client, settings: Any, path: str) -> None:
    settings.BUSYBEE_CHAT_SITES = ["https://www.company.example"]
    response = client.get(path)
    assert ancestors(response) == "frame-ancestors 'none'"
    assert response["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize(
    ("site", "kept"),
    [
        ("http://testserver", "http://testserver"),
        ("https://www.company.example", "https://www.company.example"),
        ("https://evil.example", ""),
        ("null", ""),
        ("*", ""),
        ('"><script>', ""),
    ],
)
def test_frame_talks_to_sites_that_may_show_it(
    client: Client, settings: Any, site: str, kept: str
) -> None:
    settings.BUSYBEE_CHAT_SITES = ["https://www.company.example"]
    page = client.get("/chat/frame/", {"site": site}).content.decode()
    assert f'data-site="{kept}"' in page


@pytest.mark.parametrize("language", list(DEMO_SITE))
def test_demo_site_carries_the_script(client: Client, language: str) -> None:
    response = client.get("/chat/demo-site/", {"lang": language})
    page = response.content.decode()
    assert '<script src="/chat/widget.js" defer data-lang="auto"></script>' in page
    assert f'<html lang="{language}">' in page
    assert "frame-src 'self'" in response["Content-Security-Policy"]


def test_production_has_no_demo_site(client: Client, settings: Any) -> None:
    settings.BUSYBEE_EMBEDDED = False
    assert client.get("/chat/demo-site/", secure=True).status_code == 404
