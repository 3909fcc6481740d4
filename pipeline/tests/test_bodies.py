# ruff: noqa: E501  (wire text in four languages is kept on its line)
import dataclasses
import time
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import bodies, charsets
from pipeline.bodies import language, new_text, texts
from pipeline.documents.html import Page
from pipeline.mime import Part, parse


def body_text(parts: Sequence[Part]) -> str:
    return texts(parts).full


def part(text: str, kind: str = "text/plain", **more: str) -> Part:
    return Part("1", kind, "utf-8", more.pop("filename", ""), "", text.encode(), True, **more)


def test_body_text_prefers_the_plain_text_of_an_alternative() -> None:
    parts = [
        part("평문입니다", alternative="1"),
        part("<p>평문입니다", "text/html", alternative="1"),
    ]
    assert body_text(parts) == "평문입니다"


def test_body_text_takes_the_html_beside_a_stub() -> None:
    html = "<p>" + "부산에서 함부르크까지 20ft 견적 " * 20
    parts = [part("HTML viewer needed", alternative="1"), part(html, "text/html", alternative="1")]
    assert body_text(parts).startswith("부산에서")


LONG = "안녕하세요. 아래 표와 같이 신규 선적 건이 있어 견적을 요청드리오니 검토 부탁드립니다. " * 3
STUB = "This message is in HTML format. View it in your browser: https://mail.example/view?id=1234 "


@pytest.mark.parametrize(
    ("plain", "html", "kept"),
    [
        (LONG, f"<p>{LONG}<table><tr><td>중량<td>18,500kg</table>", "html"),
        (LONG, f"<p>{LONG}<p>부산 함부르크 인천 상하이 도쿄 방콕 싱가포르", "html"),
        (STUB, "<p>부산에서 함부르크까지 40ft 18,500kg", "html"),
        (STUB, "<p>See attached file", "html"),
        ("", "<p>18 t", "html"),
        (LONG, f"<p>{LONG}", "plain"),
        (
            LONG,
            f"<style>p{{margin:12px}}</style><p style='margin:13px'>{LONG}<p>감사합니다",
            "plain",
        ),
        (LONG, f"<p>{LONG}<p style='display:none'>9,999 kg</p>", "plain"),
        (f"{LONG} 18,500kg", "<p>첨부 참조", "plain"),
        (f"{LONG} 18,500kg", "<p>", "plain"),
        (
            "重量は一万キロです。横浜か\nら釜山までです。",
            "<p>重量は一万キロです。横浜から釜山までです。",
            "plain",
        ),
        (
            f"{LONG} <https://a.example/?id=77>",
            f"<p>{LONG} <a href='https://a.example/?id=77'>here</a></p>",
            "plain",
        ),
        ("> 18 t was old", "<blockquote>18 t was old</blockquote>", "plain"),
    ],
)
def test_of_an_alternative_the_one_is_read_that_says_more(plain: str, html: str, kept: str) -> None:
    parts = [part(plain, alternative="1"), part(html, "text/html", alternative="1")]
    alone = parts[kept == "html"]
    assert body_text(parts) == body_text([dataclasses.replace(alone, alternative="")])


@pytest.mark.parametrize(
    "html", ["<style" * 80_000, "<!--" * 120_000, "<" * 500_000, "<a " * 160_000]
)
def test_a_hostile_page_beside_a_plain_text_is_bounded(html: str) -> None:
    parts = [part("20ft", alternative="1"), part(html, "text/html", alternative="1")]
    started = time.process_time()
    body_text(parts)
    assert time.process_time() - started < 8


def test_body_text_joins_what_stands_side_by_side() -> None:
    assert body_text([part("위"), part("<b>아래</b>", "text/html")]) == "위\n\n아래"


def test_body_text_leaves_attached_text_out() -> None:
    assert body_text([part("letter"), part("attached", filename="a.txt")]) == "letter"


def test_html_keeps_rows_and_leaves_hidden_elements_out() -> None:
    html = (
        '<style>p{}</style><p>보이는</p><div style="display: none">숨은</div><span style="font-size:0px">작은</span>'
        "<p hidden>없는</p><script>x()</script><table><tr><td>중량</td><td>18,500 kg</td></tr></table>"
    )
    text = body_text([part(html, "text/html")])

    assert text.split() == ["보이는", "중량", "18,500", "kg"]
    assert any("중량" in line and "18,500 kg" in line for line in text.split("\n"))


def test_flowed_lines_are_joined() -> None:
    assert (
        body_text([part("from Busan \nto Hamburg\n-- \nKim", flowed="flowed")])
        == "from Busan to Hamburg\n-- \nKim"
    )


REPLIES = {
    "gmail ko": "2026년 11월 3일 (화) 오후 3:14, 김철수 <kim@trade.example>님이 작성:\n\n> OLD 12월 1일\n> OLD",
    "gmail ko, html": "2026년 11월 3일 (화) 오후 3:14, 김철수 <kim@trade.example>님이 작성:\n\n  OLD 12월 1일",
    "gmail en, folded": "On Tue, Nov 3, 2026 at 3:14 PM Kim Chulsoo <kim@trade.example>\nwrote:\n\n> OLD",
    "apple en": "On 3 Nov 2026, at 15:14, Kim <kim@trade.example> wrote:\n\n> OLD",
    "outlook en": "-----Original Message-----\nFrom: Kim\nSent: Monday\n\nOLD",
    "outlook ko": "-----원본 메시지-----\n보낸 사람: 김철수\n\nOLD",
    "naver ko": '-----Original Message-----\nFrom: "김철수"<kim@trade.example>\nTo: <a@b.example>;\nOLD',
    "outlook ko, block": "보낸 사람: 김철수 <kim@trade.example>\n보낸 날짜: 2026년 11월 2일\n받는 사람: x\n제목: 견적\n\nOLD",
    "outlook en, block": "From: Kim <kim@trade.example>\nSent: Monday, November 2, 2026 9:00 AM\nSubject: x\n\nOLD",
    "outlook en, bold block": "*From:* Kim\n*Sent:* Monday, November 2, 2026\n*To:* x\n*Subject:* y\n\nOLD",
    "outlook ja": "差出人: 山田 <y@trade.example>\n送信日時: 2026年11月2日\n宛先: x\n件名: 見積\n\nOLD",
    "gmail ja": "2026年11月3日(火) 15:14 山田太郎 <y@trade.example>:\n\n> OLD",
    "thunderbird ja": "2026/11/03 15:14、山田太郎 さんは書きました:\n> OLD",
    "mark ja": "-----元のメッセージ-----\nOLD",
    "gmail th": "เมื่อ อ. 3 พ.ย. 2026 เวลา 15:14 สมชาย <s@trade.example> เขียนว่า:\n\n> OLD",
    "outlook th": "จาก: สมชาย <s@trade.example>\nส่ง: 2 พฤศจิกายน 2026\nถึง: x\nเรื่อง: ราคา\n\nOLD",
    "quoted lines": "> OLD\n>> OLD",
    "signature": "-- \nOLD\nOLD office, Busan",
}


@pytest.mark.parametrize("old", REPLIES.values(), ids=REPLIES.keys())
def test_new_text_leaves_the_old_mail_out(old: str) -> None:
    assert (
        new_text(f"부산-함부르크 20ft 12월 10일 출항\n\n{old}")
        == "부산-함부르크 20ft 12월 10일 출항"
    )


def test_new_text_keeps_answers_between_and_below_quotes() -> None:
    text = "On Tue, 3 Nov 2026 Kim wrote:\n> weight?\n18 t\n> from?\nBusan"
    assert new_text(text) == "18 t\nBusan"


@pytest.mark.parametrize(
    "text",
    [
        "From: Busan\nTo: Hamburg\nDate: 3 Dec\n20ft",
        "김과장님이 작성한 서류를 첨부합니다.\n18톤",
        "첨부는 박대리님이 보낸 파일:\n18톤",
        "On Monday I wrote: please\nquote again",
        "วันที่ 3 ธ.ค. ส่งของ:\nกรุงเทพ",
        "발신: 부산\n수신: 함부르크",
        "-----\n18 t\n-----",
    ],
)
def test_new_text_keeps_what_only_looks_like_a_quote(text: str) -> None:
    assert new_text(text) == text


def test_a_forwarded_request_stays_without_its_old_date() -> None:
    text = (
        "참고 바랍니다\n\n---------- Forwarded message ---------\nFrom: Kim <k@trade.example>\n"
        "Date: Mon, 2 Nov 2026\nSubject: rate\nTo: x\n\n20ft 부산\n\nOn Sun, 1 Nov 2026 Lee wrote:\nOLD"
    )
    assert new_text(text) == "참고 바랍니다\n\n20ft 부산"


def test_an_empty_reply_above_a_mail_is_that_mail() -> None:
    assert new_text("\n\nFrom: k@trade.example\nSent: x\nSubject: y\n\n20ft Busan") == "20ft Busan"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("안녕하세요 ETD Busan 40ft HC FOB please", "ko"),
        ("Dear all, please quote 40ft HC from Busan. (주)한국", "en"),
        ("お見積りをお願いします FOB Busan", "ja"),
        ("見積依頼", "ja"),
        ("ขอราคา FOB Laem Chabang", "th"),
        ("Preis für 20ft", "en"),
        ("견적 요청 https://trade.example/a/very/long/path/of/a/link?with=parameters", "ko"),
        ("見積 yamada.taro.export.department@trade.example.example", "ja"),
        ("ETD?", "en"),
        ("네", "ko"),
        ("はい", "ja"),
        ("ครับ", "th"),
        ("ขอราคา 20ft ครับ Best regards, Somchai", "th"),
        ("12345", "ko"),
    ],
)
def test_language(text: str, expected: str) -> None:
    assert language(text) == expected


@pytest.mark.parametrize(
    "line",
    [
        "On 1\n",
        "From: a@b\n",
        "1:11 님이 작성 wrote 2026年が" * 20 + "\n",
        "<a" * 300 + "\n",
        "> \n",
    ],
)
def test_new_text_is_bounded_on_hostile_lines(line: str) -> None:
    text = (line * (200_000 // len(line)))[:200_000]
    started = time.process_time()
    new_text(text)
    assert time.process_time() - started < 10


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 50_000,
        "<table><tr><td>" * 15_000,
        '<p style="margin-left:1000000000em;margin-bottom:99999999em">x</p>',
        '<table><tr><td colspan="100000000" rowspan="1000000">x</td></tr></table>',
        "<b>x" * 60_000,
        '<?xml version="1.0" encoding="utf-16"?><p>x',
    ],
)
def test_hostile_html_is_bounded(html: str) -> None:
    started = time.process_time()
    body_text([part(html, "text/html")])
    assert time.process_time() - started < 8


FRAGMENTS = st.lists(
    st.sampled_from(
        [
            *REPLIES.values(),
            "\n",
            "From:",
            "On ",
            " wrote:",
            "-- ",
            "> ",
            "님이 작성",
            "<",
            "가",
            ":",
        ]
    ),
    max_size=20,
).map("".join)


@settings(deadline=None)
@given(st.one_of(FRAGMENTS, st.text(max_size=200)))
def test_new_text_is_total(text: str) -> None:
    assert len(new_text(text)) <= len(text)
    assert language(text) in {"ko", "en", "ja", "th"}


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200))
def test_html_of_any_bytes_has_a_text(data: bytes) -> None:
    raw = b"Content-Type: text/html; charset=utf-16\n\n" + data
    body_text(parse(raw).parts)


def test_letters_are_read_until_the_text_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[bytes] = []

    def read_long(part: Part, guess: int) -> Page:
        read.append(part.payload)
        return Page(L, L)

    monkeypatch.setattr(bodies, "_plain", read_long)

    found = bodies.texts([part("x") for _ in range(300)])

    assert found.cut
    assert len(read) * len(L) < 2 * bodies.MAX_TEXT


L = "x" * 50_000


def test_pages_are_read_to_an_amount_and_the_plain_text_beside_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read: list[str] = []

    def read_page(html: str, *, quotes: bool) -> Page:
        read.append(html)
        return Page("a", "a")

    monkeypatch.setattr(bodies, "page_of", read_page)

    found = bodies.texts([*[part(f"<p>{L}", "text/html") for _ in range(100)], part("20ft")])

    assert found.cut
    assert sum(map(len, read)) < 2 * bodies.MAX_LETTER_HTML
    assert found.full.endswith("20ft")


def test_a_letter_of_a_few_parts_is_read_whole() -> None:
    found = bodies.texts([part("a"), part("<p>b", "text/html"), part("c")])
    assert (found.full, found.cut) == ("a\n\nb\n\nc", False)


def test_little_of_many_parts_is_shown_to_the_guesser(monkeypatch: pytest.MonkeyPatch) -> None:
    """Controls, of which no text is left that would end the reading."""
    seen: list[bytes] = []

    def guess(data: bytes) -> str:
        seen.append(data)
        return "latin-1"

    monkeypatch.setattr(charsets, "_detected", guess)
    noise = dataclasses.replace(part(""), payload=b"\x81\x82" * 40_000)

    bodies.texts([dataclasses.replace(noise, path=str(n)) for n in range(290)])

    assert 0 < sum(map(len, seen)) < 10 * charsets.DETECT_BYTES
