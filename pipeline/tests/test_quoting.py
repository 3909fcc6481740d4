# ruff: noqa: E501  (mails in four languages are kept on their lines)
"""What is new in a mail: small mails of many clients in four languages, through the MIME parser."""

import re
import time
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import bodies, mime, quoting
from pipeline.quoting import new_text
from pipeline.signature import is_fact, without_signature

KO, EN, JA, TH = (
    "부산에서 함부르크까지 20ft 1대, 12월 10일 출항으로 변경합니다.",
    "Please change to 1 x 20ft from Busan to Hamburg, ETD 10 December.",
    "釜山からハンブルクまで20ft 1本、12月10日出港に変更お願いします。",
    "ขอเปลี่ยนเป็น 20ft 1 ตู้ จากแหลมฉบังไปฮัมบูร์ก ออกวันที่ 10 ธันวาคม",
)

# below each new text; all of it must go
BELOW = {
    "gmail ko": (
        KO,
        "2026년 11월 3일 (화) 오후 3:14, OLD <kim@trade.example>님이 작성:\n\n> OLD 11월 20일\n>\n> OLD",
    ),
    "gmail ko, folded": (
        KO,
        "2026년 11월 3일 (화) 오후 3:14, OLD\n<kim@trade.example>님이 작성:\n\n> OLD",
    ),
    "apple ko": (KO, "2026. 11. 3. 오후 3:14, OLD <kim@trade.example> 작성:\n\n> OLD 11월 20일"),
    "outlook ko": (
        KO,
        "보낸 사람: OLD <kim@trade.example>\n보낸 날짜: 2026년 11월 3일 화요일 오후 3:14\n받는 사람: 영업 <a@b.example>\n제목: 견적\n\nOLD 11월 20일",
    ),
    "outlook ko, rule": (
        KO,
        "________________________________\n보낸 사람: OLD <kim@trade.example>\n보낸 날짜: 2026년 11월 3일\n받는 사람: x\n제목: y\n\nOLD",
    ),
    "naver": (
        KO,
        '-----Original Message-----\nFrom: "OLD"<kim@naver.example>\nTo: <a@b.example>;\nCc:\nSent: 2026-11-03 (화) 15:14:00 (GMT+09:00)\nSubject: OLD\n\nOLD 11월 20일',
    ),
    "daum": (
        KO,
        "--------- 원본 메일 ---------\n보낸사람 : OLD <kim@daum.example>\n받는사람 : a@b.example\n날짜 : 2026-11-03 15:14\n제목 : OLD\n\nOLD",
    ),
    "hiworks": (
        KO,
        "----- 원본 메시지 -----\n보낸사람: OLD\n받는사람: x\n날짜: 2026-11-03\n제목: OLD\n\nOLD 11월 20일",
    ),
    "line works ko": (
        KO,
        "-----Original Message-----\nFrom: OLD <kim@works.example>\nTo: a@b.example\nSent: 2026. 11. 3. (화) 15:14\nSubject: OLD\n\nOLD",
    ),
    "daou office": (
        KO,
        "---------- 원본 메일 ----------\n보낸 사람 : OLD\n보낸 일시 : 2026-11-03 15:14\n받는 사람 : x\n제목 : y\n\nOLD",
    ),
    "원본메시지": (KO, "-----원본메시지-----\nOLD 11월 20일"),
    "quoted only": (KO, "> OLD 11월 20일\n>> OLD"),
    "ko, signature": (
        KO,
        "감사합니다.\nOLD 대리 드림\nTel. 051-123-4567\nOLD@trade.example\n(주)OLD무역 부산지점",
    ),
    "ko, rule signature": (
        KO,
        "==========================\nOLD 과장 / 해외영업팀\n(주)OLD무역\nTEL : 02-1234-5678 / FAX : 02-1234-5679\n서울특별시 강남구 테헤란로 12\nE-mail : old@trade.example\n==========================",
    ),
    "ko, iphone": (KO, "나의 iPhone에서 보냄"),
    "ko, signature and quote": (
        KO,
        "감사합니다.\nOLD 드림\n010-1234-5678\n\n2026년 11월 3일 (화) 오후 3:14, Kim <k@trade.example>님이 작성:\n\n> OLD",
    ),
    "ko, contacts in a paragraph": (
        KO,
        "\nOLD\nOLD무역(주)\nMobile: 010-1234-5678\nE: old@trade.example",
    ),
    "ko, disclaimer": (
        KO,
        "본 메일은 기밀 정보를 포함하고 있으며 OLD만 볼 수 있습니다.\n잘못 받았다면 지워 주십시오. OLD",
    ),
    "gmail en": (
        EN,
        "On Tue, Nov 3, 2026 at 3:14 PM OLD <kim@trade.example> wrote:\n\n> OLD 20 Nov",
    ),
    "gmail en, folded": (
        EN,
        "On Tue, Nov 3, 2026 at 3:14 PM OLD Very Long Name <kim@trade.example>\nwrote:\n\n> OLD",
    ),
    "gmail en-GB": (EN, "On Tue, 3 Nov 2026 at 15:14, OLD <kim@trade.example> wrote:\n\n> OLD"),
    "apple en": (EN, "On 3 Nov 2026, at 15:14, OLD <kim@trade.example> wrote:\n\nOLD 20 Nov"),
    "thunderbird en": (EN, "On 11/3/26 15:14, OLD wrote:\n> OLD 20 Nov"),
    "outlook en": (
        EN,
        "From: OLD <kim@trade.example>\nSent: Tuesday, November 3, 2026 3:14 PM\nTo: Sales <a@b.example>\nSubject: RE: rate\n\nOLD 20 Nov",
    ),
    "outlook en, 2003": (
        EN,
        "-----Original Message-----\nFrom: OLD [mailto:kim@trade.example]\nSent: Tuesday\nTo: x\nSubject: y\n\nOLD",
    ),
    "outlook en, mobile": (
        EN,
        "Get Outlook for Android\n________________________________\nFrom: OLD <kim@trade.example>\nSent: Tuesday, November 3, 2026 3:14:00 PM\nTo: x\nSubject: y\n\nOLD",
    ),
    "outlook en, bold": (
        EN,
        "*From:* OLD\n*Sent:* Tuesday, November 3, 2026\n*To:* x\n*Subject:* y\n\nOLD",
    ),
    "outlook, date": (
        EN,
        "From: OLD <kim@trade.example>\nDate: Tuesday, November 3, 2026 at 3:14 PM\nTo: x\nSubject: y\nOLD",
    ),
    "yahoo en": (
        EN,
        "On Tuesday, November 3, 2026 at 03:14:00 PM GMT+9, OLD <kim@trade.example> wrote:\n\nOLD",
    ),
    "lotus": (EN, "----- Original Message -----\nFrom: OLD\nOLD 20 Nov"),
    "unknown language": (EN, "El mar, 3 nov 2026 15:14 OLD (kim@trade.example) dijo:\n> OLD"),
    "unknown language, mark": (EN, "Dne 3. 11. 2026 v 15:14 OLD napsal(a):\n\n> OLD"),
    "en, signature": (
        EN,
        "Best regards,\nJohn OLD\nSales Manager\nOLD Trading Co., Ltd.\nBusan, Korea\nTel: +82-51-123-4567\nwww.old.example",
    ),
    "en, short signature": (EN, "Thanks,\nOLD\nBusan Office"),
    "en, dashes": (EN, "-- \nOLD\nOLD Logistics, Hamburg\n+49 40 1234 5678"),
    "en, dashes without space": (EN, "--\nOLD\nOLD Logistics, Hamburg"),
    "en, contacts": (
        EN,
        "\nJohn OLD\nOLD Inc.\nPhone: (02) 1234-5678 | Fax: (02) 1234-5679\n12 Harbour Road, Busan",
    ),
    "en, disclaimer": (
        EN,
        "This e-mail and any files with it are confidential and OLD.\nIf you are not OLD, delete it.",
    ),
    "en, iphone": (EN, "Sent from my iPhone\n\n> On Nov 3, 2026, at 3:14 PM, OLD wrote:\n> OLD"),
    "en, br": (EN, "B.rgds\nOLD / Manager\nM: 010-1234-5678"),
    "gmail ja": (JA, "2026年11月3日(火) 15:14 OLD <y@trade.example>:\n\n> OLD 11月20日"),
    "outlook ja": (
        JA,
        "差出人: OLD <y@trade.example>\n送信日時: 2026年11月3日 15:14\n宛先: x\n件名: 見積\n\nOLD 11月20日",
    ),
    "thunderbird ja": (JA, "2026/11/03 15:14、OLD さんは書きました:\n> OLD"),
    "thunderbird ja, new": (JA, "On 2026/11/03 15:14, OLD wrote:\n> OLD"),
    "apple ja": (JA, "2026/11/03 15:14、OLD <y@trade.example>のメール:\n\n> OLD"),
    "yahoo ja": (
        JA,
        "----- Original Message -----\nFrom: OLD <y@yahoo.example>\nTo: x\nDate: 2026/11/03 火 15:14\nSubject: y\n\nOLD 11月20日",
    ),
    "becky": (JA, "On Tue, 3 Nov 2026 15:14:00 +0900\nOLD <y@trade.example> wrote:\n\n> OLD"),
    "ja, mark": (JA, "-----元のメッセージ-----\nOLD"),
    "line works ja": (
        JA,
        "-----Original Message-----\nFrom: OLD\nTo: x\nSent: 2026-11-03 (火) 15:14\nSubject: y\nOLD",
    ),
    "ja, signature": (
        JA,
        "以上、よろしくお願いいたします。\n=====================\nOLD商事株式会社 大阪支店\n営業部 OLD太郎\n〒530-0001 大阪府大阪市北区梅田1-2-3\nTEL 06-1234-5678 FAX 06-1234-5679\nold@trade.example\n=====================",
    ),
    "ja, rule signature": (
        JA,
        "―――――――――――――\nOLD物産株式会社\n東京都港区芝1-2-3\nTEL：03-1234-5678\n―――――――――――――",
    ),
    "ja, iphone": (JA, "iPhoneから送信"),
    "gmail th": (
        TH,
        "เมื่อ อ. 3 พ.ย. 2026 เวลา 15:14 OLD <s@trade.example> เขียนว่า:\n\n> OLD 20 พ.ย.",
    ),
    "gmail th, พ.ศ.": (
        TH,
        "ในวันที่ อ. 3 พ.ย. 2569 เวลา 15:14 OLD <s@trade.example> เขียนว่า:\n\n> OLD",
    ),
    "outlook th": (
        TH,
        "จาก: OLD <s@trade.example>\nส่ง: 3 พฤศจิกายน 2569 15:14\nถึง: x\nเรื่อง: ราคา\n\nOLD 20 พ.ย.",
    ),
    "yahoo th": (
        TH,
        "ใน วันอังคารที่ 3 พฤศจิกายน 2569 15:14:00 GMT+7, OLD <s@trade.example> ได้เขียนว่า:\n\nOLD",
    ),
    "th, mark": (TH, "----- ข้อความต้นฉบับ -----\nOLD"),
    "th, signature": (
        TH,
        "ขอแสดงความนับถือ\nสมชาย OLD\nบริษัท OLD จำกัด\nโทร. 02-123-4567\nถนนสุขุมวิท เขตวัฒนา กรุงเทพฯ 10110",
    ),
    "th, short signature": (TH, "ขอแสดงความนับถือ\nOLD"),
    "th, a title": (TH, "ขอบคุณครับ\nคุณ OLD"),
    "ko, a title": (KO, "감사합니다.\nOLD 과장"),
    "ko, a company": (KO, "감사합니다.\n(주)OLD무역"),
    "en, a title": (EN, "Thank you\nOLD\nSales Manager"),
    "ja, a title": (JA, "よろしくお願いします。\nOLD 課長"),
    "th, iphone": (TH, "ส่งจาก iPhone ของฉัน"),
}
CLOSINGS = (
    "감사합니다.",
    "Thank you",
    "よろしくお願いします。",
    "Best regards,",
    "Thanks,",
    "B.rgds",
    "以上、よろしくお願いいたします。",
    "ขอแสดงความนับถือ",
    "ขอบคุณครับ",
)


def letter(body: str, *, subject: str = "RE: rate", html: bool = False) -> bodies.Texts:
    message = EmailMessage()
    message["Subject"] = subject
    message.set_content(body, subtype="html" if html else "plain", charset="utf-8", cte="base64")
    mail = mime.parse(message.as_bytes())
    return bodies.texts(mail.parts, mail.subject)


@pytest.mark.parametrize(("new", "below"), BELOW.values(), ids=BELOW.keys())
@pytest.mark.parametrize("html", [False, True], ids=["plain", "html"])
def test_only_what_is_new_is_new(new: str, below: str, html: bool) -> None:
    body = f"{new}\n\n{below}"
    if html:
        body = "".join(
            f"<div>{line.replace('<', '&lt;') or '<br>'}</div>" for line in body.split("\n")
        )
    found = letter(body, html=html)

    assert all(line.strip() in found.full for line in below.split("\n"))
    assert "OLD" not in found.new
    kept = [
        line.strip()
        for line in found.new.split("\n")
        if line.strip() and line.strip() not in CLOSINGS
    ]
    assert kept == [new]


# (html, what is new)
PAGES = {
    "gmail": (
        '<div dir="ltr">NEW</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">2026년 11월 3일에 OLD 말함:<br></div>'
        '<blockquote class="gmail_quote" style="margin:0 0 0 .8ex;border-left:1px solid">OLD<br>OLD 11월 20일</blockquote></div>'
    ),
    "gmail, answers between": (
        '<div class="gmail_quote"><div class="gmail_attr">On Tue OLD wrote:</div><blockquote class="gmail_quote">OLD weight?</blockquote>'
        '<div>NEW</div><blockquote class="gmail_quote">OLD port?</blockquote></div>'
    ),
    "apple": '<div>NEW</div><blockquote type="cite"><div>On 3 Nov 2026, at 15:14, OLD wrote:</div><div>OLD 20 Nov</div></blockquote>',
    "thunderbird": '<p>NEW</p><div class="moz-cite-prefix">Am 03.11.2026 um 15:14 OLD:<br></div><blockquote type="cite" cite="mid:x">OLD</blockquote>',
    "outlook web": '<div>NEW</div><hr><div id="divRplyFwdMsg" dir="ltr"><b>De :</b> OLD<br><b>Envoyé :</b> mardi 3 novembre 2026</div><div>OLD 20 Nov</div>',
    "outlook desktop": (
        '<p class="MsoNormal">NEW</p><div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0in 0in 0in">'
        "<p><b>Van:</b> OLD<br><b>Verzonden:</b> 3 november 2026</p></div></div><p>OLD 20 nov</p>"
    ),
    "outlook mac": '<div>NEW</div><span id="OLK_SRC_BODY_SECTION"><div>OLD</div></span>',
    "yahoo": '<div>NEW</div><div class="yahoo_quoted" id="y"><blockquote type="cite">OLD 20 Nov</blockquote></div>',
    "proton": '<div>NEW</div><div class="protonmail_quote">On Tuesday OLD wrote:<blockquote class="protonmail_quote" type="cite">OLD</blockquote></div>',
    "a bar": '<p>NEW</p><blockquote style="margin-left:5px;border-left:2px solid #ccc">OLD 11월 20일</blockquote>',
    "naver": '<p>NEW</p><p>-----Original Message-----<br><b>From:</b> "OLD"&lt;k@naver.example&gt;<br><b>To:</b> x<br><b>Sent:</b> 2026-11-03<br><b>Subject:</b> y<br><br>OLD</p>',
    "nested": '<p>NEW</p><blockquote type="cite">OLD<blockquote type="cite">OLD</blockquote>OLD</blockquote>',
}


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES.keys())
def test_the_structure_of_a_page_tells_what_is_quoted(page: str) -> None:
    found = letter(page.replace("NEW", "18톤으로 변경"), html=True)

    assert "OLD" in found.full
    assert not any(mark in found.full for mark in "\ufdd0\ufdd1\ufdd2")
    assert found.new.split() == ["18톤으로", "변경"]


def test_an_indented_paragraph_is_not_a_quote() -> None:
    page = '<p>Cargo:</p><blockquote style="margin:0 0 0 40px;border:none">18 t</blockquote>'
    assert letter(page, html=True).new.split() == ["Cargo:", "18", "t"]


FORWARDED = {
    "gmail": (
        "FYI\n\n---------- Forwarded message ---------\nFrom: A <a@b.example>\nDate: Tue, 3 Nov 2026\nSubject: x\nTo: y\n\n20ft Busan",
        "FYI\n\n20ft Busan",
    ),
    "outlook": (
        "아래 견적 부탁드립니다.\n\nFrom: A <a@b.example>\nSent: Tuesday, 3 Nov 2026\nTo: x\nSubject: y\n\n20ft 부산",
        "아래 견적 부탁드립니다.\n\n20ft 부산",
    ),
    "outlook, an older one below": (
        "봐 주세요.\n\nFrom: A <a@b.example>\nSent: x\nSubject: y\n\n20ft\n\nFrom: B <b@b.example>\nSent: x\nSubject: y\n\nOLD",
        "봐 주세요.\n\n20ft",
    ),
    "signature above": (
        "See below.\n\nBest regards,\nKim\nTel: 02-123-4567\n\n-----Original Message-----\nFrom: A\nSent: x\nTo: y\n\n20ft",
        "See below.\n\nBest regards,\n\n20ft",
    ),
    "apple ja": (
        "転送します。\n\n転送されたメッセージ:\n\n差出人: A <a@b.example>\n件名: x\n日付: 2026年11月3日\n宛先: y\n\n20ft 釜山",
        "転送します。\n\n20ft 釜山",
    ),
    "gmail th": (
        "ดูด้านล่าง\n\n---------- ข้อความที่ส่งต่อ ---------\nจาก: A <a@b.example>\nวันที่: อ. 3 พ.ย. 2026\nหัวเรื่อง: x\nถึง: y\n\n20ft",
        "ดูด้านล่าง\n\n20ft",
    ),
    "naver": (
        '전달드립니다.\n\n-----Original Message-----\nFrom: "A"<a@b.example>\nTo: x\nSent: 2026-11-03\nSubject: y\n\n40ft 1대',
        "전달드립니다.\n\n40ft 1대",
    ),
}


@pytest.mark.parametrize(("body", "new"), FORWARDED.values(), ids=FORWARDED.keys())
@pytest.mark.parametrize("subject", ["FW: rate", "Fwd: rate", "전달: 견적", "[FW] rate"])
def test_a_forwarded_mail_is_news(body: str, new: str, subject: str) -> None:
    assert letter(body, subject=subject).new == new


def test_a_forwarded_page_is_news() -> None:
    page = '<p>견적 부탁</p><blockquote type="cite"><div>Begin forwarded message:</div><br><div>From: A &lt;a@b.example&gt;</div><div>Subject: x</div><br><div>20ft</div></blockquote>'
    assert letter(page, html=True, subject="Fwd: x").new.split() == ["견적", "부탁", "20ft"]


# nothing of these is a quote or a signature
KEPT = {
    "a list that ends with a pick-up address": "견적 부탁드립니다.\n중량: 18톤\n주소: 부산시 강서구 녹산로 12\n연락처: 010-1234-5678",
    "facts after thanks": "견적 부탁드립니다.\n감사합니다.\n부산 - 함부르크\n20ft 1대",
    "a way after thanks": "Please quote.\nThanks\nBusan to Hamburg",
    "facts below dashes": "Please quote:\n--\nPOL Busan\nPOD Hamburg\n18 t, 3 Dec",
    "facts below a closing, with a phone": "Hello\nBest regards,\nKim\nETD 10 Dec\nTel: 02-123-4567",
    "a sentence after the closing": "견적 요청합니다.\n감사합니다.\n급하니 연락 주세요.",
    "a postscript": "Please quote.\nRegards,\nKim\nP.S. it is 18 t now",
    "a delivery address": "Quote please.\n\nDelivery address: 12 Harbour Road, Hamburg\nWeight 18 t",
    "a contact alone": "Tel: 02-123-4567\nkim@trade.example",
    "only names": "Busan\nHamburg",
    "ja facts": "見積をお願いします。\n釜山港→ハンブルク港\n18トン",
    "ja, a way below the closing": "見積依頼です。\nよろしくお願いします。\n釜山からハンブルク",
    "ko, a bare place below the closing": "견적 부탁드립니다. 출발지는\n감사합니다\n부산",
    "ko, two": "견적 부탁드립니다.\n감사합니다.\n부산\n함부르크",
    "ja, a bare place below the closing": "見積依頼です。\nよろしくお願いします。\n釜山",
    "th, a bare place below the closing": "ขอราคาครับ\nขอบคุณครับ\nกรุงเทพ",
    "en, a bare place below the closing": "Quote please, origin below.\nThank you\nBusan",
    "th facts": "ขอราคาครับ\nขอบคุณครับ\nจากแหลมฉบัง ไปฮัมบูร์ก",
    "from and to": "From: Busan\nTo: Hamburg\nDate: 3 Dec\n20ft",
    "wrote": "On Monday I wrote: please\nquote again",
    "a time and a colon": "Cut-off 3 Dec 15:00:\nplease confirm",
}


@pytest.mark.parametrize("text", KEPT.values(), ids=KEPT.keys())
def test_nothing_that_may_be_a_fact_is_cut(text: str) -> None:
    assert letter(text).new == text


@pytest.mark.parametrize(
    ("line", "fact"),
    [
        ("18,500 kg", True),
        ("12월 10일", True),
        ("Busan - Hamburg", True),
        ("40'HC x 2", True),
        ("Tel: +82-51-123-4567 / 010-1234-5678", False),
        ("홍길동 대리", False),
        ("www.trade.example", False),
        ("부산지점", False),
    ],
)
def test_is_fact(line: str, fact: bool) -> None:
    assert is_fact(line) is fact


PIECES = st.lists(
    st.sampled_from(
        [
            *(below for _, below in BELOW.values()),
            *(body for body, _ in FORWARDED.values()),
            *"\n - -- > : Tel 010-1234-5678 감사합니다. On wrote: From: 2026 @".split(" "),
            "\n",
            "-- \n",
        ]
    ),
    max_size=15,
).map("".join)


@settings(max_examples=60, deadline=None)
@given(st.one_of(PIECES, st.text(max_size=200)), st.booleans())
def test_new_text_is_total(text: str, forwarded: bool) -> None:
    new = new_text(text, forwarded=forwarded)
    # every line of it is one of the text's
    assert {line.rstrip() for line in new.split("\n")} <= {
        line.rstrip() for line in text.split("\n")
    } | {""}
    without_signature(text.split("\n"))


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                *PAGES.values(),
                "<div",
                ">",
                "</blockquote>",
                "<blockquote type=cite>",
                "<style>.a{display:none}",
                '<p class="a">',
                "&#xfdd0;",
                "x",
            ]
        ),
        max_size=8,
    ).map("".join)
)
def test_any_page_has_texts(page: str) -> None:
    found = letter(page, html=True)
    assert "\ufdd0" not in found.full + found.new


class Counted:
    """A pattern that counts how often it is tried."""

    def __init__(self, pattern: re.Pattern[str]) -> None:
        self.pattern = pattern
        self.tries = 0

    def match(self, line: str) -> re.Match[str] | None:
        self.tries += 1
        return self.pattern.match(line)


@pytest.mark.parametrize(
    ("line", "most"),
    [
        # no attribution ends so: the long pattern need not look
        ("On 1:11 <a@b.example> wrote 2026年が" * 9 + " indeed\n", 0),
        ("1:11 2026年が <a@b.example> wrote: " * 9 + "x:\n", quoting.MAX_TRIES),
    ],
)
def test_the_slow_pattern_is_tried_on_few_lines(
    monkeypatch: pytest.MonkeyPatch, line: str, most: int
) -> None:
    counted = Counted(quoting._WROTE)
    monkeypatch.setattr(quoting, "_WROTE", counted)
    # the pattern itself takes 13 ms on a line
    monkeypatch.setattr(counted, "pattern", re.compile("(?!)"))

    new_text(line * 1000)

    assert counted.tries == most


def test_an_attribution_below_many_lines_that_look_like_one_is_found() -> None:
    looks = "Cut-off by e-mail 15:00 of the line:\nplease confirm\n" * 150
    text = f"{looks}\nOn Tue, 3 Nov 2026 at 15:14, Kim <k@trade.example> wrote:\nOLD"
    assert "OLD" not in new_text(text)


@pytest.mark.parametrize(
    "mark",
    [
        "---- On Mon, 01 Sep 2025 15:12:00 +0900 BusyBee <sales@bbee.example> wrote ----",
        "---- On Mon, 01 Sep 2025 15:12:00 +0900 sales@bbee.example wrote ---",
        "---- Mon, 01 Sep 2025 15:12:00 +0900 에 sales@bbee.example 님이 작성하신 내용 ----",
        "---- 2025. 9. 1. 15:12, BusyBee 님이 보낸 메일 ----",
        "2025-09-01 오후 3:12에 BusyBee 이(가) 쓴 글:",
        "sales@bbee.example さんは書きました:",
    ],
)
def test_marks_without_quoted_lines_below(mark: str) -> None:
    assert new_text(f"40ft 18 t\n\n{mark}\nETD 2025-09-20 9,000 kg") == "40ft 18 t"


@pytest.mark.parametrize(
    "text",
    [
        "-- 18 t --\nBusan",
        "---- 11/20 Busan - Hamburg ----\n18 t",
        "담당자가 쓴 글:\n18 t",
        "ops@bbee.example へ送ってください:\n18 t",
    ],
)
def test_rules_and_colons_that_quote_nothing(text: str) -> None:
    assert new_text(text) == text


KEY = "\n".join(["mQENBF7tkg822t1T" * 4] * 20)


@pytest.mark.parametrize("kind", ["PGP PUBLIC KEY BLOCK", "PGP MESSAGE", "CERTIFICATE"])
def test_keys_and_cipher_text_are_not_new(kind: str) -> None:
    block = f"-----BEGIN {kind}-----\nVersion: X 2t\n\n{KEY}\n=7t22\n-----END {kind}-----"
    assert new_text(f"Busan 18 t\n{block}\n20ft") == "Busan 18 t\n20ft"


def test_a_text_signed_in_clear_is_read_without_its_signature() -> None:
    text = (
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nBusan to Hamburg 18 t\n- - 40ft\n"
        f"-----BEGIN PGP SIGNATURE-----\n\n{KEY}\n-----END PGP SIGNATURE-----\n"
    )
    assert new_text(text) == "Busan to Hamburg 18 t\n- 40ft"


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN ORDER-----\nBusan to Hamburg, 18 t\n-----END ORDER-----",
        "-----BEGIN PGP MESSAGE-----\nBusan\nHamburg",
        f"-----BEGIN PGP MESSAGE-----\n{KEY}\nBusan",
    ],
)
def test_words_beside_marks_of_armor_are_not_lost(text: str) -> None:
    assert "Busan" in new_text(text)
    assert "822t" not in new_text(text)


def test_armor_without_end_is_bounded() -> None:
    started = time.process_time()
    new_text("-----BEGIN PGP MESSAGE-----\n\n" * 15_000)
    assert time.process_time() - started < 8


@pytest.mark.parametrize(
    "signature",
    [
        "㈜대성 정다은 대리\n\n부산광역시 중구 중앙대로 1\n\nT. 051-555-1234",
        "정다은 대리 | 대성해운 부산지점 | T 051-555-1234",
        "Jane Doe, Sales Manager\n\nBusan Office\n\nTel: +82-51-555-1234\n\njane@trade.example",
    ],
)
def test_a_signature_with_empty_lines_or_strokes(signature: str) -> None:
    assert (
        new_text(f"상하이로 40ft 18톤 견적 요청합니다.\n\n{signature}")
        == "상하이로 40ft 18톤 견적 요청합니다."
    )


@pytest.mark.parametrize(
    "facts",
    [
        "상차지\n\n부산광역시 중구 중앙대로 1\n\nT. 051-555-1234",
        "부산항\n\n부산광역시 중구 중앙대로 1",
        "정다은 대리 18톤 | 부산 | T 051-555-1234",
    ],
)
def test_places_with_a_telephone_stay(facts: str) -> None:
    assert new_text(f"견적 요청합니다 40ft\n\n{facts}").endswith(facts)
