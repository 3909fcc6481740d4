"""Pictures of text, as a scanner, a telephone or a screen would make them."""

import io
from collections.abc import Sequence
from typing import Any

from PIL import Image, ImageDraw, ImageFont

CJK = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"
THAI = "/usr/share/fonts/truetype/tlwg/Garuda.ttf"
LETTERS = {
    "ko": (
        "포장 명세서\n품명: 자동차 부품 볼트\n총중량 18,500 kg 포장 24 팔레트\n"
        "부산항에서 함부르크항까지 해상 운송\n출항 예정일 2026년 12월 3일\n컨테이너 20피트 1대"
    ),
    "en": (
        "PACKING LIST\nGoods: steel bolts and nuts for cars\nGross weight: 18,500 kg\n"
        "Port of loading: Busan, port of discharge: Hamburg\nETD 3 December 2026, 2 x 40HC"
    ),
    "ja": (
        "梱包明細書\n品名: 自動車用ボルト\n総重量 18,500 kg パレット 24 枚\n"
        "横浜港からロッテルダム港まで海上輸送\n出港予定日 2026年12月3日"
    ),
    "th": (
        "ใบรายการบรรจุหีบห่อ\nสินค้า: ชิ้นส่วนรถยนต์\nน้ำหนักรวม 18,500 กิโลกรัม\n"
        "จากท่าเรือแหลมฉบังไปยังท่าเรือฮัมบูร์ก\nวันที่ออกเรือ 3 ธันวาคม 2569"
    ),
}


def drawn(text: str, *, size: int = 30, width: int = 1000, font: str = "") -> Image.Image:
    """`text` in black on white, line by line; tabs stand 300 pixels apart."""
    thai = any("\u0e00" <= letter <= "\u0e7f" for letter in text)
    face = ImageFont.truetype(font or (THAI if thai else CJK), size)
    lines = text.split("\n")
    picture = Image.new("L", (width, 60 + len(lines) * size * 2), 255)
    pen = ImageDraw.Draw(picture)
    for number, line in enumerate(lines):
        for column, cell in enumerate(line.split("\t")):
            pen.text((40 + 300 * column, 30 + number * size * 2), cell, font=face, fill=0)
    return picture


def saved(picture: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def scanned_pdf(pictures: Sequence[Image.Image]) -> bytes:
    """A PDF whose pages are `pictures`, at 150 dots an inch, without any text."""
    first, *others = pictures
    return saved(first, "PDF", save_all=True, append_images=others, resolution=150)


def error_rate(truth: str, read: str) -> float:
    """The share of characters to change to come from `read` to `truth`; spaces do not count."""
    wanted, found = "".join(truth.split()), "".join(read.split())
    row = list(range(len(found) + 1))
    for number, letter in enumerate(wanted, start=1):
        above, row = row, [number]
        for column, other in enumerate(found, start=1):
            row.append(min(above[column] + 1, row[-1] + 1, above[column - 1] + (letter != other)))
    return row[-1] / len(wanted)
