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
    ],
)
def test_shown_text_stays(shown: str) -> None:
    assert text_of(f"<p>18 t</p>{shown}").split() == ["18", "t", "X"]


def test_rows_of_a_table_stay_on_their_lines() -> None:
    html = "<table><tr><th>POL</th><td>Busan</td></tr><tr><th>Weight</th><td>18,500 kg</td></tr></table>"
    assert [line.split() for line in text_of(html).split("\n")] == [["POL", "Busan"], ["Weight", "18,500", "kg"]]  # fmt: skip


@pytest.mark.parametrize("label", ["", "x-unknown", "utf-16"])
def test_the_charset_that_a_page_names_is_used_where_the_mail_names_none(label: str) -> None:
    page = '<meta http-equiv="Content-Type" content="text/html; charset=ks_c_5601-1987"><p>똠방각하 펲 햏'
    head = f"Content-Type: text/html; charset={label}\n\n".encode()
    assert texts(parse(head + page.encode("cp949")).parts).full.strip() == "똠방각하 펲 햏"
    assert read(page.encode("cp949")).text.strip() == "똠방각하 펲 햏"


def test_marks_of_ours_in_a_page_are_not_taken_for_quotes() -> None:
    for mark in ("\ufdd0", "&#xFDD0;", "&#64976;", "&#x0fdd2;"):
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
    assert text.split("\n")[-1] == "4999  kg"
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
