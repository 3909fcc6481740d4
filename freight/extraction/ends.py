"""Origin and destination of a whole mail: what remains where one end is told and one other place is named."""

# ruff: noqa: E501 - the alternatives of a pattern read best on one line

import re
from collections.abc import Sequence
from dataclasses import dataclass

from freight import places
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
# "멕시코 만사니요요": a sentence that ends with its place tells where to, whatever else it speaks of
_SAYS_IT_IS = re.compile(
    r"(?:항|시)? ?(?:이?요|입니다|이에요|예요|이고요|이구요|인데요?)(?=[ .,!?~\n]|$)"
)
# a place that the list of places lacks, told as an end: another one must not take its part
_TOLD_AS = {
    "origin": re.compile(
        r"(?:^|\n|[ (])(?:출발지?|출발항|선적항|선적지|출항지|pol|p\.o\.l\.?|port of loading|loading port|origin|積地|積み地|積港|船積港|出発地|ต้นทาง|ท่าต้นทาง)[ \t]{0,3}[:=][ \t]{0,3}(?P<name>[^\W\d_]{2,20})"
        r"|(?:^|[ \n])(?P<name2>[가-힣]{2,8})(?:항)?(?:에서 (?:출발|출항|선적)|발 )"
        r"|(?<![a-z])from (?P<name3>[a-z]{4,14}) to (?=[a-z])"
    ),
    "destination": re.compile(
        r"(?:^|\n|[ (])(?:도착지|도착항|목적지|목적항|양하항|양하지|pod|p\.o\.d\.?|port of discharge|discharge port|destination|最終仕向地|仕向地|揚地|揚げ地|揚港|目的地|ปลายทาง|ท่าปลายทาง)[ \t]{0,3}[:=][ \t]{0,3}(?P<name>[^\W\d_]{2,20})"
        r"|(?:에서|발|출발) ?(?P<name2>[가-힣]{2,8}?)(?:항)?(?:까지|행(?=[ 으.,]|$))"
        r"|から ?(?P<name3>[ァ-ヺー]{3,12}|[一-龥]{2,4})(?:港)?(?:まで|向け|行き)"
    ),
}
# what such words hold beside places
_NO_PLACE = re.compile(
    r"(?:tba|tbd|tbc|open|미정|아직|추후|협의|확정|현지|문전|도어|공장|창고|최종|오늘|내일|월요일|화요일|수요일|목요일|금요일|토요일|일요일|주말|월말|연말|초순|중순|하순|언제|어디|거기|여기|여기저기|도착|마감|未定|後日|工場|倉庫|現地|門|ยังไม่|here|there|your|our|the|china|korea|japan|thailand|vietnam|india|germany|usa|europe|asia|중국|일본|미국|독일|태국|베트남|인도|한국|유럽|동남아|中国|韓国|日本|米国)"
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
    if any(_names_another(name, texts) for name in wanted):
        return {}
    told = {value for value in known.values() if value}
    for text in texts:
        named = _single(text, told)
        if not named:
            continue
        if len(wanted) == 1 and len(told) == 1 and len(named) == 1:
            code, found = next(iter(named.items()))
            # within a country nothing is shipped by sea, but one of two is where the writer sits
            return {} if code[:2] == next(iter(told))[:2] else {wanted[0]: (text.source, found)}
        if len(wanted) == 2:
            return _by_home(text, texts, named)
        return {}
    return {}


def _names_another(name: str, texts: Sequence[Named]) -> bool:
    """Whether the mail tells an end by a name that is not in the list of places."""
    return any(
        not any(found.start <= match.start(match.lastgroup or 0) < found.end for found in text.rest)
        and not _NO_PLACE.match(word)
        and not places.lookup(word)
        for text in texts
        for match in _TOLD_AS[name].finditer(text.text)
        if (word := match.group(match.lastgroup or 0))
    )


def _single(text: Named, told: set[str]) -> dict[str, Found[str]]:
    """Places by locode that no end has yet; empty where a name may mean several."""
    single: dict[str, Found[str]] = {}
    for found in text.rest:
        if not _is_of_freight(text, found):
            continue
        if len(found.value) > 1:
            return {}
        if found.value[0] not in told:
            single.setdefault(
                found.value[0], Found(found.value[0], found.start, found.end, found.rank)
            )
    return single


def _is_of_freight(text: Named, found: Found[tuple[str, ...]]) -> bool:
    first, last = sentence(text.text, found.start, found.end)
    around = text.text[max(first, found.start - 120) : min(last, found.end + 120)]
    if _OF_ELSE.search(around):
        return False
    if _SAYS_IT_IS.match(text.text, found.end):
        return True
    return text.source.name == "subject" or bool(_OF_FREIGHT.search(around))


def _by_home(text: Named, texts: Sequence[Named], named: dict[str, Found[str]]) -> _Ends:
    """Ends by the writer's country: what is there is where an export begins and an import ends."""
    home = _HOME.get(text.language)
    if home is None or len(named) > 2:
        return {}
    words = "\n".join(each.text for each in texts)
    imports, exports = bool(_IMPORTS.search(words)), bool(_EXPORTS.search(words))
    inland = {code: found for code, found in named.items() if code.startswith(home)}
    abroad = {code: found for code, found in named.items() if not code.startswith(home)}
    if len(inland) > 1 or len(abroad) > 1 or (imports and exports):
        return {}
    far, near = ("origin", "destination") if imports else ("destination", "origin")
    sides = (
        [(far, abroad)] if not (imports or exports or abroad) else [(far, abroad), (near, inland)]
    )
    return {name: (text.source, next(iter(side.values()))) for name, side in sides if side}
