"""What a quotation says on paper, in its customer's language: one view model for the page, the PDF
and the mail, so that the three say the same.
"""
# ruff: noqa: E501  # a sentence stays in one piece

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone

from freight import letters, own_places
from freight.company import Company, company
from freight.fields import Container, Facts
from freight.letters import Line
from freight.mail_words import COMMON
from freight.models import Quotation

WORDS: dict[str, dict[str, str]] = {
    "ko": {
        "title": "운송 견적서",
        "to": "수신",
        "number": "견적번호",
        "revision": "개정",
        "date": "견적일",
        "valid_until": "유효기한",
        "item": "항목",
        "amount": "금액",
        "registration": "등록번호",
        "accept": "진행을 원하시면 견적 메일에 “{number} 진행 부탁드립니다”라고 답장해 주세요.",
        "basis": "위 운송 조건을 기준으로 산출한 금액이며, 조건이 달라지면 다시 견적해 드립니다.",
        "vat": "금액에 부가가치세는 포함되어 있지 않습니다.",
        "notes": "안내",
        "print": "인쇄",
        "pdf": "PDF 내려받기",
        "days": "{days}일",
        "draft": "초안 · 아직 발행되지 않은 견적입니다",
        "superseded": "새 개정으로 대체된 견적입니다",
        "refused": "발행되지 않은 견적입니다",
        "expired": "유효기한이 지난 견적입니다",
    },
    "en": {
        "title": "Freight quotation",
        "to": "To",
        "number": "Quotation no.",
        "revision": "Revision",
        "date": "Date",
        "valid_until": "Valid until",
        "item": "Item",
        "amount": "Amount",
        "registration": "Registration no.",
        "accept": "If you wish to go ahead, reply to the mail with this quotation: “Please proceed with {number}”.",
        "basis": "The price is for the shipment as described above; if any of it changes, we will quote again.",
        "vat": "Amounts do not include VAT.",
        "notes": "Notes",
        "print": "Print",
        "pdf": "Download PDF",
        "days": "{days} days",
        "draft": "Draft: this quotation has not been issued yet",
        "superseded": "This quotation has been replaced by a newer revision",
        "refused": "This quotation was not issued",
        "expired": "This quotation has expired",
    },
    "ja": {
        "title": "輸送お見積書",
        "to": "宛先",
        "number": "見積番号",
        "revision": "改訂",
        "date": "見積日",
        "valid_until": "有効期限",
        "item": "項目",
        "amount": "金額",
        "registration": "登録番号",
        "accept": "ご発注いただける場合は、お見積りのメールに「{number} で手配をお願いします」とご返信ください。",
        "basis": "上記の輸送条件に基づく金額です。条件に変更がある場合は改めてお見積りいたします。",
        "vat": "金額に付加価値税は含まれておりません。",
        "notes": "備考",
        "print": "印刷",
        "pdf": "PDF をダウンロード",
        "days": "{days}日間",
        "draft": "下書き：まだ発行されていないお見積りです",
        "superseded": "新しい改訂に差し替えられたお見積りです",
        "refused": "発行されなかったお見積りです",
        "expired": "有効期限を過ぎたお見積りです",
    },
    "th": {
        "title": "ใบเสนอราคาค่าขนส่ง",
        "to": "เรียน",
        "number": "เลขที่",
        "revision": "ฉบับแก้ไขครั้งที่",
        "date": "วันที่",
        "valid_until": "ใช้ได้ถึงวันที่",
        "item": "รายการ",
        "amount": "จำนวนเงิน",
        "registration": "เลขทะเบียน",
        "accept": "หากต้องการดำเนินการ กรุณาตอบกลับอีเมลใบเสนอราคาว่า “ยืนยันตามใบเสนอราคา {number}”",
        "basis": "ราคานี้คำนวณตามรายละเอียดการขนส่งข้างต้น หากมีการเปลี่ยนแปลง เราจะเสนอราคาให้ใหม่",
        "vat": "ราคาไม่รวมภาษีมูลค่าเพิ่ม",
        "notes": "หมายเหตุ",
        "print": "พิมพ์",
        "pdf": "ดาวน์โหลด PDF",
        "days": "{days} วัน",
        "draft": "ฉบับร่าง: ใบเสนอราคานี้ยังไม่ได้ออก",
        "superseded": "ใบเสนอราคานี้ถูกแทนที่ด้วยฉบับแก้ไขใหม่แล้ว",
        "refused": "ใบเสนอราคานี้ไม่ได้ออก",
        "expired": "ใบเสนอราคานี้หมดอายุแล้ว",
    },
}


@dataclass(frozen=True, slots=True)
class PriceRow:
    """A line of the price: what for, for how much of it, and the amount with its currency."""

    name: str
    detail: str
    amount: str


@dataclass(frozen=True, slots=True)
class QuotationDocument:
    """A quotation as its customer reads it: everything is text already, in `language`.

    `stamp` says that nobody may accept it (any more); empty on one that stands. `words` are the
    headings. `issued_on` is the day that its PDF is dated with.
    """

    language: str
    name: str
    number: str
    revision: int
    customer: str
    company: Company
    heads: tuple[Line, ...]
    facts: tuple[Line, ...]
    prices: tuple[PriceRow, ...]
    total: str
    valid_until: str
    accept: str
    notes: tuple[str, ...]
    stamp: str
    issued_on: dt.date
    words: Mapping[str, str]


def quoted_facts(quotation: Quotation) -> Facts:
    """The facts that the price was made of, whatever the request says by now."""
    told = quotation.snapshot["facts"]
    return Facts(
        gross_weight_kg=Decimal(told["gross_weight_kg"]),
        container=Container(told["container"]),
        etd=dt.date.fromisoformat(told["etd"]),
        eta=dt.date.fromisoformat(told["eta"]),
        origin=told["origin"],
        destination=told["destination"],
        containers=told["containers"],
    )


def document(quotation: Quotation, *, today: dt.date | None = None) -> QuotationDocument:
    """The quotation on paper; where `today` is given, one that has expired by then says so."""
    own_places.refresh()
    request, language = quotation.request, quotation.request.language
    words = {**COMMON[language], **WORDS[language]}
    number, stamp = str(request.number), _stamp(quotation, today)
    issued_on = quotation.issued_on or timezone.localtime(quotation.created_at).date()
    return QuotationDocument(
        language=language,
        name=f"{number}-r{quotation.revision}",
        number=number,
        revision=quotation.revision,
        customer=letters.plain(request.customer_name) or request.customer_address,
        company=company(),
        heads=_heads(quotation, issued_on, words),
        facts=tuple(letters.fact_lines(quoted_facts(quotation), language)),
        prices=_prices(quotation, words),
        total=letters.money(quotation.total, quotation.currency, language),
        valid_until=letters.day(quotation.valid_until, language),
        accept="" if stamp else words["accept"].format(number=number),
        notes=(words["vat"], words["basis"]),
        stamp=words.get(stamp, ""),
        issued_on=issued_on,
        words=words,
    )


def _stamp(quotation: Quotation, today: dt.date | None) -> str:
    if quotation.state != Quotation.State.ISSUED:
        return str(quotation.state)
    return "expired" if today and quotation.valid_until < today else ""


def _heads(quotation: Quotation, issued_on: dt.date, words: Mapping[str, str]) -> tuple[Line, ...]:
    language = quotation.request.language
    return (
        Line(words["number"], str(quotation.request.number)),
        Line(words["revision"], str(quotation.revision)),
        Line(words["date"], letters.day(issued_on, language)),
        Line(words["valid_until"], letters.day(quotation.valid_until, language)),
    )


def _prices(quotation: Quotation, words: Mapping[str, str]) -> tuple[PriceRow, ...]:
    language = quotation.request.language
    names = letters.price_lines(quotation.lines, language)
    return tuple(
        PriceRow(
            name=named["name"],
            detail=_detail(line.get("data") or {}, quotation.currency, language),
            amount=letters.money(Decimal(line["amount"]), quotation.currency, language),
        )
        for named, line in zip(names, quotation.lines, strict=True)
    )


def _detail(data: Mapping[str, Any], currency: str, language: str) -> str:
    """What a line is charged for, as far as its data tell."""
    told = []
    if "distance_km" in data:
        told.append(f"{Decimal(data['distance_km']):,.0f} km")
    if "gross_weight_kg" in data:
        told.append(f"{Decimal(data['gross_weight_kg']).normalize():,f} kg")
    if "days" in data:
        told.append(WORDS[language]["days"].format(days=data["days"]))
    if "container" in data:
        told.append(letters.container_name(Container(data["container"])))
    if "rate" in data:
        told.append(letters.money(Decimal(data["rate"]), currency, language))
    shown, boxes = " · ".join(told), data.get("containers", 1)
    return f"{shown} × {boxes}".strip() if boxes > 1 else shown
