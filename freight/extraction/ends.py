"""Origin and destination of a whole mail: what remains where one end is told and one other place is named."""

# ruff: noqa: E501 - the alternatives of a pattern read best on one line

import re
from collections.abc import Sequence
from dataclasses import dataclass

from freight.extraction.found import Found
from freight.extraction.text import sentence
from freight.fields import Source

NAMES = ("origin", "destination")
# a forwarder's customers write in the language of the country that they ship from, or to
_HOME = {"ko": "KR", "ja": "JP", "th": "TH"}
_IMPORTS = re.compile(
    r"수입(?!신고|통관|상|업체|사(?:입|에))|들여오|들여올|들여옵|들어오|들어올|들어와|반입|輸入|取り寄せ|นำเข้า|(?<![a-z])import(?!ant|antly|er)"
)
_EXPORTS = re.compile(
    r"수출(?!입|신고|업)|보내|나가|내보|선적|輸出|出荷|送り|送る|ส่งออก|ส่งของ|ส่งสินค้า|(?<![a-z])(?:export(?!er)|ship|send)"
)

# a sentence with one of these speaks of freight, or of whom it comes from or goes to
_OF_FREIGHT = re.compile(
    r"운임|견적|컨테이너|피트|스페이스|선복|시세|스케줄|스케쥴|수출|수입|보내|나가|나갑|출항|선적|도착|배편|물류비|운송|해상|물량|화물|주문|거래처|바이어|공급사|쪽|이용|출품|전시|배로|배 |변경|맞습니다|맞아요|건(?=[ .,\n]|$)|\d ?(?:톤|대|t(?![a-z])|kg|ft|f(?![a-z])|')|\d0(?:hc|hq|gp|dc|dv|rf)"
    r"|輸出|輸入|出荷|運賃|見積|コンテナ|フィート|船便|船|本(?=[ 、。\n]|$)|貨物|積|揚|向け|送|納|お?客|レストラン|店|工場|倉庫|港(?!区)|変更|変え|料金|費用|値段|いくら"
    r"|ตู้|ฟุต|ราคา|ค่าระวาง|ค่าเรือ|ค่าส่ง|เรท|ส่ง|ลูกค้า|โรงงาน|เรือ|ขนส่ง|สินค้า|ของ|เส้นทาง|นำเข้า|เปลี่ยน|แก้|ใช่"
    r"|(?<![a-z])(?:freight|rates?|quot\w+|containers?|ship\w*|vessel|sail\w*|port|cargo|goods|load\w*|order\w*|buyers?|customers?|consignee|importer|dealer|distributor|shop|store|supplier|shipper|vendor|factory|plant|warehouse|deliver\w*|pick\w*|collect\w*|space|price|pricing|cost|route|lane|fcl|cntr|fob|fca|exw|cif|cfr|cpt|cip|dap|ddp|confirm\w*|chang\w*|correct|only|ex|go(?:es|ing)?|we(?:'re| are)|door|dates?|arriv\w*)(?![a-z])"
)
_OF_ELSE = re.compile(
    r"출장|지점|지사|사무실|파업|적체|예전|이미|결제|송금|은행|신용장|보험|세관|날씨|전시회 ?참가|본사|주소|혼잡|회의|미팅|방문|지난|작년|취소"
    r"|支払|支店|本社|出張|会議|銀行|保険|ストライキ|混雑|訪問|住所|事務所|昨年|以前"
    r"|บริษัทอยู่|สำนักงาน|ชำระ|โอนเงิน|ธนาคาร|ประกัน|ประท้วง|แออัด|ที่อยู่|ประชุม|เดินทาง"
    r"|(?<![a-z])(?:congest\w*|strikes?|l/c|bank|payment|pa(?:id|yable)|insur\w*|claims?|offices?|visit\w*|code|agents?|holidays?|weather|head ?quarters|address|meeting|usually|used to|competitors?|already|cancel\w*|office hours|registered|regards|sell)(?![a-z])"
)


@dataclass(frozen=True, slots=True)
class Named:
    """What one text of the mail names: both ends, where told, and places whose end it does not tell."""

    source: Source
    text: str
    language: str
    rest: tuple[Found[tuple[str, ...]], ...]


_Ends = dict[str, tuple[Source, Found[str]]]


def by_elimination(
    known: dict[str, str | None], open_ends: set[str], texts: Sequence[Named]
) -> _Ends:
    """Ends that nobody named as such: the one other place of the mail, by what is known of both.

    known: locodes of the ends told so far. open_ends: those that a text left open on purpose.
    texts: in the order of their precedence; the first that names a place decides.
    """
    wanted = [name for name in NAMES if not known[name] and name not in open_ends]
    told = {value for value in known.values() if value}
    for text in texts:
        places = _single(text, told)
        if not places:
            continue
        if len(wanted) == 1 and len(told) == 1 and len(places) == 1:
            code, found = next(iter(places.items()))
            # within a country nothing is shipped by sea, but one of two is where the writer sits
            return {} if code[:2] == next(iter(told))[:2] else {wanted[0]: (text.source, found)}
        if len(wanted) == 2:
            return _by_home(text, texts, places)
        return {}
    return {}


def _single(text: Named, told: set[str]) -> dict[str, Found[str]]:
    """Places by locode that no end has yet; empty where a name may mean several."""
    places: dict[str, Found[str]] = {}
    for found in text.rest:
        if not _is_of_freight(text, found):
            continue
        if len(found.value) > 1:
            return {}
        if found.value[0] not in told:
            places.setdefault(
                found.value[0], Found(found.value[0], found.start, found.end, found.rank)
            )
    return places


def _is_of_freight(text: Named, found: Found[tuple[str, ...]]) -> bool:
    first, last = sentence(text.text, found.start, found.end)
    around = text.text[max(first, found.start - 120) : min(last, found.end + 120)]
    if _OF_ELSE.search(around):
        return False
    return text.source.name == "subject" or bool(_OF_FREIGHT.search(around))


def _by_home(text: Named, texts: Sequence[Named], places: dict[str, Found[str]]) -> _Ends:
    """Ends by the writer's country: what is there is where an export begins and an import ends."""
    home = _HOME.get(text.language)
    if home is None or len(places) > 2:
        return {}
    words = "\n".join(each.text for each in texts)
    imports, exports = bool(_IMPORTS.search(words)), bool(_EXPORTS.search(words))
    inland = {code: found for code, found in places.items() if code.startswith(home)}
    abroad = {code: found for code, found in places.items() if not code.startswith(home)}
    if len(inland) > 1 or len(abroad) > 1 or (imports and exports):
        return {}
    far, near = ("origin", "destination") if imports else ("destination", "origin")
    sides = (
        [(far, abroad)] if not (imports or exports or abroad) else [(far, abroad), (near, inland)]
    )
    return {name: (text.source, next(iter(side.values()))) for name, side in sides if side}
