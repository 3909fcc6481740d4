# ruff: noqa: E501  (markup is kept on its line)
"""HTML to the text that a reader sees."""

import time

import pytest

from pipeline.bodies import texts
from pipeline.documents import html_layout
from pipeline.documents.html import page_of, read, text_of
from pipeline.mime import parse


@pytest.mark.parametrize(
    "hidden",
    [
        '<div style="display:none">X</div>',
        '<div style="DISPLAY : NONE !important">X</div>',
        '<p style="visibility:hidden">X</p>',
        '<span style="font-size:0">X</span>',
        '<span style="font-size:0.0px;line-height:0">X</span>',
        '<span style="mso-hide:all">X</span>',
        '<div style="opacity:0">X</div>',
        '<div style="opacity:.0;">X</div>',
        '<div style="max-height:0;overflow:hidden">X</div>',
        '<div style="height:0px;overflow:hidden">X</div>',
        '<div style="overflow:hidden;width:0">X</div>',
        '<div style="position:absolute;left:-9999px">X</div>',
        '<div style="text-indent:-9999px">X</div>',
        '<div style="clip:rect(0,0,0,0);position:absolute">X</div>',
        '<div style="transform:scale(0)">X</div>',
        '<span style="color:#fff;background-color:#FFFFFF">X</span>',
        '<span style="background:white; color: rgb(255, 255, 255)">X</span>',
        "<div hidden>X</div>",
        "<!-- X -->",
        "<script>X</script><style>X</style><noscript>X</noscript><template>X</template>",
        "<title>X</title>",
        '<style>.pre{display:none}</style><div class="a pre">X</div>',
        '<style>p{color:red} #h , td.h { font-size:9px; display : none }</style><i id="h">X</i><table><tr><td class="h">X</td></tr></table>',
        '<style>/* .k{} */ .k{mso-hide:all}</style><div class="k">X</div>',
        '<style>@media print{.z{color:red}} .k{display:none}</style><div class="k">X</div>',
        '<div style="font-size:0">X<b>X</b><!-- X --></div>',
        "<style>u{display:none}</style><u>X</u>",
        '<style>.a .b{display:none}</style><div class="a"><p><i class="b">X</i></p></div>',
        '<style>.a > .b{display:none}</style><div class="a"><i class="b">X</i></div>',
        "<style>@media all{.b{display:none}}</style><i class=b>X</i>",
        "<style>@media only screen{.b{display:none}}</style><i class=b>X</i>",
        '<style media="screen">.b{display:none}</style><i class=b>X</i>',
        '<style>[class="b"]{display:none}</style><i class=b>X</i>',
        "<style>.w{font-size:0}</style><span class=w>X</span>",
        "<style>.w{visibility:hidden}</style><span class=w>X</span>",
        "<style>.w{color:#fff;background:#fff}</style><span class=w>X</span>",
        "<style>" + ".a{color:red}" * 600 + ".h{display:none}</style><i class=h>X</i>",
        "<style>.b{display:none!important}</style><i class=b style='display:inline'>X</i>",
        "<i style='display:/**/none'>X</i>",
        "<i style='d\\69splay:none'>X</i>",
        "<i style='" + "color:red;" * 300 + "display:none'>X</i>",
        "<i style='font:0/0 a'>X</i>",
        "<i style='font:0px Arial'>X</i>",
        "<i style='font-size:1px;line-height:1px'>X</i>",
        "<i style='font-size:0.01em'>X</i>",
        "<div style='font-size:0'><b style='font-size:1em'>X</b></div>",
        "<div style='visibility:hidden'><b style='font-size:13px'>X</b></div>",
        "<i style='color:transparent'>X</i>",
        "<i style='color:rgba(0, 0, 0, 0)'>X</i>",
        "<i style='-webkit-text-fill-color:transparent'>X</i>",
        "<table bgcolor=white><tr><td><font color='#FFF'>X</font></td></tr></table>",
        "<div style='background:#fff url()'><div style='background-color:#fefefe;color:white'>X</div></div>",
        "<dialog>X</dialog><datalist><option>X</datalist><noframes>X</noframes><noembed>X</noembed>",
        "<i style='display:block;transform:translateX(-9999px)'>X</i>",
        "<i style='display:block;scale:0'>X</i>",
        "<i style='position:absolute;left:-99em'>X</i>",
        "<i style='opacity:.01'>X</i>",
        "<i style='filter:opacity(0)'>X</i>",
        "<div style='max-height:1px;overflow:hidden'>X</div>",
        "<div style='content-visibility:hidden'>X</div>",
        "<div style='position:absolute;clip-path:circle(0)'>X</div>",
        "<progress>X</progress>",
        "<s>X</s><strike>X</strike><del>X</del><p style='text-decoration:line-through'>X<b>X</b></p>",
        "<style>.gone{text-decoration: line-through red}</style><span class=gone>X</span>",
    ],
)
def test_hidden_text_is_gone(hidden: str) -> None:
    assert text_of(f"<html><body><p>18 t</p>{hidden}<p>20ft</p></body></html>").split() == ["18", "t", "20ft"]  # fmt: skip


@pytest.mark.parametrize(
    "shown",
    [
        '<div style="font-size:0"><span style="font-size:13px">X</span></div>',
        '<table style="font-size:0px"><tr><td style="font-size:0px"><div style="font:12px Arial">X</div></td></tr></table>',
        '<div style="visibility:hidden"><p style="visibility:visible">X</p></div>',
        '<div style="font-size:0.9em">X</div>',
        '<div style="font-size:10px">X</div>',
        '<div style="opacity:0.5">X</div>',
        '<div style="height:0">X</div>',
        '<div style="overflow:hidden;width:100%">X</div>',
        '<div style="overflow:hidden;height:0.5em">X</div>',
        '<div style="line-height:0;max-height:none">X</div>',
        '<div style="margin-left:-10px;left:-5px">X</div>',
        '<span style="color:#fff;background-color:#000">X</span>',
        '<span style="color:#fff">X</span>',
        '<div style="color:#fff;background:#fff"><b style="color:#000">X</b></div>',
        '<style>@media (max-width:600px){.d{display:none}}</style><div class="d">X</div>',
        '<style>.a .b{display:none}</style><div class="b">X</div>',
        '<style>.b:after{display:none}</style><div class="b">X</div>',
        '<style>td.b{display:none}</style><div class="b">X</div>',
        '<style>.b{display:none</style><div class="c">X</div>',
        '<div style="border:0;padding:0;margin:0">X</div>',
        "<style>.b{display:none}</style><i class=b style='display:block'>X</i>",
        "<style>.b{display:none} .b{display:block}</style><i class=b>X</i>",
        "<style>.b{display:none} .b:not(.c){display:block}</style><i class=b>X</i>",
        "<style>#o .b{display:none}</style><i class=b>X</i>",
        "<style>.a > .b{display:none}</style><div class=a><p><i class=b>X</i></div>",
        "<style>u + .a .b{display:none}</style><div class=a><i class=b>X</i></div>",
        "<style>.b{display:none} @media (min-width: 600px){.b{display:block}}</style><i class=b>X</i>",
        "<style>@media (min-width: 600px){.b{display:none}}</style><i class=b>X</i>",
        "<style media=print>.b{display:none}</style><i class=b>X</i>",
        "<style>@import url(x.css); .c{display:none}</style><i class=b>X</i>",
        "<div style='font-size:0'><b style='font:bold 12px/1.5 Arial'>X</b></div>",
        "<div style='font:italic 400 12px Arial'>X</div>",
        "<div style='font:menu'>X</div>",
        "<div style='font-size:2px'>X</div>",
        "<div style='font-size:1px'><font size=2>X</font></div>",
        "<div style='font-size:0'><table><tr><td>X</table></div>",
        "<div style='font-size:calc(0px + 1em)'>X</div>",
        "<p style='margin-left:120.0pt;text-indent:-120.0pt'>X</p>",
        "<p style='left:-9999px'>X</p>",
        "<td style='height:0;overflow:hidden'>X</td>",
        "<table><tr><td style='height:1px;overflow:hidden'>X</td></tr></table>",
        "<i style='color:transparent;text-shadow:0 0 0 #000'>X</i>",
        "<i style='-webkit-background-clip:text;background-clip:text;color:transparent'>X</i>",
        "<h1 style='background-clip:text;color:transparent'><b style='font-size:30px'>X</b></h1>",
        "<div style='background:#fff'><div style='background:url(d.png);color:#fff'>X</div></div>",
        "<table bgcolor=white><tr><td background=d.png><font color=white>X</font></table>",
        "<div style='background:#fff'><p style='background:#000;background-image:none;color:#fff'>X</div>",
        "<div style='background:#fff'><p style='background-color:var(--dark);color:#fff'>X</div>",
        "<div style='background:#fff;color:#fff'><a href='x:'>X</a></div>",
        "<style>.b:first-child{background:#fff}</style><i class=b style='color:#fff'>X</i>",
        "<div style='background:rgba(0,0,0,.5);color:#000'>X</div>",
        "<p style='mso-hide:none;opacity:1'>X</p>",
        "<div hidden style='display:block'>X</div>",
        "<details><summary></summary>X</details>",
        "<del style='text-decoration:none'>X</del>",
    ],
)
def test_shown_text_stays(shown: str) -> None:
    assert text_of(f"<p>18 t</p>{shown}").split() == ["18", "t", "X"]


def test_rows_of_a_table_stay_on_their_lines() -> None:
    html = "<table><tr><th>POL</th><td>Busan</td></tr><tr><th>Weight</th><td>18,500 kg</td></tr></table>"
    assert [line.split() for line in text_of(html).split("\n")] == [["POL", "Busan"], ["Weight", "18,500", "kg"]]  # fmt: skip


def test_cells_that_span_leave_the_others_in_their_columns() -> None:
    html = (
        "<table><tr><td rowspan=2>구간<td>출발항<td>부산<tr><td>도착항<td>함부르크"
        "<tr><td colspan=2>총중량<td>18,500 kg<tr><td><td><td></table>"
    )
    assert text_of(html).split("\n") == [
        "구간\t출발항\t부산",
        "\t도착항\t함부르크",
        "총중량\t\t18,500 kg",
    ]


def test_columns_without_any_text_are_none() -> None:
    assert text_of("<table><tr><td width=9><td>a<td><td>b<tr><td><td>c</table>") == "a\tb\nc"


def test_struck_text_stays_in_the_letter_but_is_not_new() -> None:
    html = (
        "<p>ETD: <span style='text-decoration:line-through'>2026-11-02 </span>2026-11-09</p>"
        "<table><tr><td>중량<td><s>18 t</s> 22 t<tr style='text-decoration:line-through'><td>ETA<td>12/1</table>"
    )
    found = texts(parse(b"Content-Type: text/html; charset=utf-8\n\n" + html.encode()).parts)

    assert found.full.split() == "ETD: 2026-11-02 2026-11-09 중량 18 t 22 t ETA 12/1".split()
    assert found.new.split() == "ETD: 2026-11-09 중량 22 t".split()


def test_struck_text_is_not_new_in_a_forwarded_mail_or_beside_a_quote() -> None:
    html = "<p><s>18 t</s> 22 t</p><blockquote type=cite>old <s>9 t</s></blockquote>"
    parts = parse(b"Content-Type: text/html\n\n" + html.encode()).parts

    assert texts(parts).new.strip() == "22 t"
    assert texts(parts, "Fwd: x").new.split() == ["22", "t", "old"]
    assert texts(parts).full.split() == "18 t 22 t old 9 t".split()


def test_nothing_is_new_where_all_is_struck() -> None:
    found = texts(parse(b"Content-Type: text/html\n\n<s>18 t</s>").parts)
    assert (found.full, found.new) == ("18 t", "")


def test_struck_text_of_a_document_is_left_out_with_a_note() -> None:
    found = read(b"<p><del>18 t</del> 22 t</p>")
    assert (found.text.strip(), found.notes) == ("22 t", ("struck-text",))
    assert read(b"<p>22 t</p>").notes == ()


@pytest.mark.parametrize("label", ["", "x-unknown", "utf-16"])
def test_the_charset_that_a_page_names_is_used_where_the_mail_names_none(label: str) -> None:
    page = '<meta http-equiv="Content-Type" content="text/html; charset=ks_c_5601-1987"><p>똠방각하 펲 햏'
    head = f"Content-Type: text/html; charset={label}\n\n".encode()
    assert texts(parse(head + page.encode("cp949")).parts).full.strip() == "똠방각하 펲 햏"
    assert read(page.encode("cp949")).text.strip() == "똠방각하 펲 햏"


def test_marks_of_ours_in_a_page_are_not_taken_for_quotes() -> None:
    for mark in ("\ufdd0", "&#xFDD0;", "&#64976;", "&#x0fdd2;", "\ufdd3", "&#64980;"):
        page = page_of(f"<p>a{mark}b</p><blockquote type=cite>c</blockquote>", quotes=True)
        assert page.text.split() == ["ab", "c"]


@pytest.mark.parametrize(
    "html",
    [
        '<div style="font-size:0">' * 3000 + "x",
        '<div style="font-size:0">x' * 20_000,
        "<style>" + ".a{display:none}" * 20_000 + "</style>" + '<p class="a b c">x' * 5000,
        "<style>" + "{" * 200_000,
        "<style>" * 60_000,
        "<style>" + "@media{" * 50_000,
        "<blockquote type=cite>x" * 15_000,
        '<div style="color:#fff;background:#fff">' * 10_000,
        '<p style="' + "overflow:" * 50_000 + '">x',
        "<p style='" + "-" * 400_000 + "'>x",
        '<p class="' + "a " * 200_000 + '">x',
        "<!--" * 100_000,
        "&#x" + "0" * 500_000,
        "<table><tr>" + "<td rowspan=100 colspan=100>x" * 5000 + "<tr><td>y" * 20_000,
        "<style>" + ".a .a .a .b{display:none}" * 2500 + "</style>" + "<div class=a>" * 200 + "<p class=b>x</p>" * 20_000,
        "<style>" + "".join(f".b.x{n}{{color:red}}" for n in range(3000)) + "</style>" + "<p class=b>x</p>" * 20_000,
        "<style>" + "p[class=" * 8000 + "{color:red}</style><p>x",
        "<style>" + "a:b(" * 12_000 + "{color:red}</style><p>x",
        "<p style='background:" + "url(" * 4000 + "'>x",
    ],
)  # fmt: skip
def test_hostile_pages_are_bounded(html: str) -> None:
    started = time.process_time()
    texts(parse(b"Content-Type: text/html\n\n" + html.encode()).parts)
    assert time.process_time() - started < 8


def test_a_wide_cell_does_not_widen_every_row() -> None:
    """Filled up, the column would be 250 MB of spaces."""
    rows = "".join(f"<tr><td>{n}<td>kg" for n in range(5000))
    text = text_of(f"<table><tr><td>{'w' * 50_000}<td>x{rows}</table>")

    assert len(text) < 200_000
    assert text.split("\n")[-1] == "4999\tkg"
    assert "w" * 50_000 in text


def test_a_high_cell_does_not_make_every_cell_high() -> None:
    text = text_of(f"<table><tr><td>{'1<br>' * 4000}{'<td>2' * 4000}</table>")

    assert len(text) < 100_000
    assert text.split() == ["1"] * 4000 + ["2"] * 4000


def test_many_tables_share_one_room() -> None:
    table = f"<table><tr><td>{'w' * 500}<td>2{'<tr><td>1<td>2' * 20}</table>"
    text = text_of(table * 600)

    assert text.count("2") == 600 * 21
    assert len(text) < html_layout.MAX_AREA + 600 * 700


def test_deep_lists_do_not_indent_without_end() -> None:
    text = text_of("<ul>" * 100 + "<div>" * 100 + "<li>x" * 2000)

    assert text.count("x") == 2000
    assert len(text) < 2000 * 4 * 50


def test_a_page_that_cannot_be_laid_out_loses_only_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: object) -> str:
        return str(int("x"))

    monkeypatch.setattr(html_layout, "text_of", fail)
    raw = (
        b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\n20ft Busan\n"
        b"--b\nContent-Type: text/html\n\n<p>x\n--b--"
    )

    assert texts(parse(raw).parts).full == "20ft Busan"
