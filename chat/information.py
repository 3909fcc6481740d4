"""Intent 1: what customers ask about, and the answers, put together from rows and catalogues."""
# ruff: noqa: E501  # a list of words stays in one piece

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from chat import catalogue, intents
from freight import gazetteer, places
from freight.fields import Container
from freight.tariff import DEFAULT_TARIFF, Tariff

# a question has few words; a letter of many is about facts
LONGEST = 300
# one or two of each region
EXAMPLES = (
    "KRPUS", "KRINC", "CNSHA", "JPTYO", "JPOSA", "HKHKG", "SGSIN", "THBKK", "VNSGN", "DEHAM", "NLRTM", "USLAX", "USNYC", "AEDXB",
)  # fmt: skip
MOST_PLACES = 8
# punctuation; the marks of Thai vowels are none
_MARKS = re.compile(r"[!-/:-@\[-`{-~。、！？（）「」…]")
_REGIONS = tuple(
    (re.compile(words, re.IGNORECASE), codes)
    for words, codes in (
        (r"유럽|\beurope\b|欧州|ヨーロッパ|ยุโรป", "NL DE BE GB FR IT ES PL"),
        (r"동남 ?아시아|동남아|\bsouth ?east asia\b|東南アジア|อาเซียน|\basean\b|เอเชียตะวันออกเฉียงใต้", "SG TH VN MY ID PH KH"),
        (r"중동|\bmiddle east\b|中東|ตะวันออกกลาง", "AE SA QA KW OM"),
        (r"북미|\bnorth america\b|北米|อเมริกาเหนือ", "US CA MX"),
        (r"남미|중남미|\b(?:south|latin) america\b|南米|中南米|อเมริกาใต้", "BR CL PE AR CO"),
        (r"아프리카|\bafrica\b|アフリカ|แอฟริกา", "ZA EG KE NG MA TZ"),
        (r"오세아니아|\boceania\b|オセアニア|โอเชียเนีย", "AU NZ"),
    )
)  # fmt: skip
_IN_TRANSIT, _DELIVERED = 4, 5

_TOPICS = {
    "person": re.compile(
        r"상담원|상담사|(?:담당자|직원|사람|매니저).{0,8}(?:연결|상담|통화|바꿔|연락|말씀|이야기|얘기|불러|원해|원합|부탁|대화|직접)|전화.{0,8}(?:주세|주시|통화|부탁|가능|걸어|상담)|통화.{0,6}(?:가능|부탁|하고)"
        r"|\b(?:talk|speak|chat|connect(?: me)?) (?:to|with) (?:an? |the |some ?|your )?(?:real |live |actual )?(?:person|human|one|body|agent|colleague|operator|representative|rep|staff|people|manager|someone|somebody)|\bhuman\b|\breal person\b|\ba person\b.{0,10}$|\b(?:operator|agent|representative)\b,? (?:please|pls|plz)|\bcall me\b|customer service|\bphone call\b"
        r"|担当者(?!名).{0,10}(?:話|つな|繋|連絡|お願い|代わ|相談|対応)|人(?:間)?と(?:話|会話|チャット)|オペレーター|電話.{0,10}(?:ください|下さい|お願い|たい|可能|できます)|(?:スタッフ|社員|係の方|担当の方|人間|どなたか|誰か).{0,10}(?:話|お願い|つな|繋|相談|電話|対応して|問い合わせ)"
        r"|(?:คุย|ติดต่อ|พูด|สอบถาม|ขอสาย|ปรึกษา).{0,8}(?:เจ้าหน้าที่|พนักงาน|คนจริง|คน|แอดมิน)|ขอ(?:เจ้าหน้าที่|พนักงาน|แอดมิน)|คนจริง|โทร(?:กลับ|หา|มา)|ขอคุยสาย",
        re.IGNORECASE,
    ),
    "price": re.compile(
        r"(?:가격|운임|요금|비용|단가|견적).{0,14}(?:어떻게|산정|산출|계산|기준|구성|포함|얼마|내역|뭐|무엇|궁금)|얼마(?:예요|인가요|입니까|에요|죠|나|정도|쯤)|(?:운임|견적|가격|금액|비용|THC|서류비).{0,24}(?:포함|들어가|들어 ?있|별도|빠져)|부가세|부가가치세|\bVAT\b"
        r"|\b(?:how|what)\b.{0,30}\b(?:price|priced|prices|pricing|costs?|rates?|charges?|calculated?|fees?|tariff)\b|\bhow much (?:is|does|will|would|are|do|for)\b(?!.{0,25}(?:load|carry|hold|fit))|\bprice (?:breakdown|list|made|include)|\b(?:THC|BAF|CAF|fuel|docs?(?: fee)?|documentation|customs|duty|insurance|inland|handling|surcharges?)\b.{0,30}\b(?:included|extra|on top|separate)|\b(?:include|includes|including) (?:the )?(?:THC|BAF|CAF|fuel|docs?|documentation|customs|duty|insurance|inland|handling|surcharges?)\b|\b(?:tax|taxes|surcharge)\b"
        r"|(?:料金|運賃|価格|費用|値段|見積(?:り|もり)?).{0,14}(?:どう|いくら|計算|内訳|仕組み|含|基準|教え|決ま)|(?:THC|書類代|書類作成|BAF|サーチャージ|通関(?:料|費)|燃料|保険(?:料|代)|諸費用|諸チャージ).{0,16}(?:入って|含|込|別|かか)|(?:金額|見積(?:り|もり)?)(?:って|は).{0,16}だけ(?:です|でしょう)|いくら(?:です|ぐらい|くらい|になり|かかり)|内訳|消費税|税(?:込|別|抜)"
        r"|(?:ราคา|ค่าขนส่ง|ค่าบริการ|ค่าระวาง|ค่าใช้จ่าย).{0,16}(?:ยังไง|อย่างไร|ไง|เท่าไร|เท่าไหร่|เท่าไห|อะไรบ้าง|รวม|คิด|คำนวณ)|(?:THC|BAF|ค่าเอกสาร|ค่าประกัน|ค่าภาษี|ค่าเชื้อเพลิง|ค่าศุลกากร).{0,20}(?:รวม|แยก|ด้วย|ไหม|มั้ย|หรือ)|คิดราคา|คิดเงิน|ภาษี|กี่บาท|กี่วอน",
        re.IGNORECASE,
    ),
    "places": re.compile(
        r"어디(?:로|까지|에서|로도|든지|든)?.{0,12}(?:가능|운송 ?(?:하|되|해)|서비스|보낼 ?수|되나|되는|갑니까|가나요)|(?:어느|어떤|무슨) ?(?:지역|도시|항구|나라|국가|곳).{0,16}(?:가능|운송|서비스|있|되|취급|보낼)|(?:지역|도시|항구|나라|국가) ?(?:목록|리스트)|취급 ?지역"
        r"|\b(?:which|what) (?:[a-z]+ ){0,3}?(?:places|ports|cities|countries|destinations|locations|routes|areas|regions)\b|\bwhere (?:do|can|could|all do) you (?:ship|deliver|go|serve|send|transport|operate)|\b(?:list of|available) (?:places|ports|cities|countries|destinations)"
        r"|(?:どこ|どの(?:都市|港|国|地域|場所)|どちら).{0,10}(?:送れ|対応|配送|輸送でき|運べ|行け|可能|取り扱|取扱)|(?:どこの|どの|どんな|何の)港|(?:どこ|どの(?:都市|港|国)|どこの港).{0,12}(?:選べ|使え|あり|いけ|出せ)|港の?(?:一覧|リスト)|取扱(?:地|エリア)|対応(?:地域|エリア|都市|港)"
        r"|(?:ส่ง|ขนส่ง|ให้บริการ|ไป|บริการ).{0,12}(?:ที่ไหน|ประเทศไหน|ประเทศใด|เมืองไหน|เมืองใด|ท่าเรือไหน|ท่าเรือใด|ไหนบ้าง|ไหนได้)|(?:เมือง|ท่าเรือ|ประเทศ|ที่)(?:ไหน|ใด)(?:.{0,25})บ้าง|พื้นที่ให้บริการ",
        re.IGNORECASE,
    ),
    "containers": re.compile(
        r"(?:어떤|무슨|어느) ?(?:컨테이너|사이즈|크기).{0,10}(?:있|가능|되|인가|종류)|컨테이너.{0,6}(?:종류|차이|어떤 ?(?:게|것)|뭐가|크기는)|(?:얼마나|몇 ?(?:kg|톤|킬로)).{0,8}(?:실|적재|들어)|최대 ?(?:중량|적재|무게)|(?:피트|큐브|컨테이너|\bHC|\bHQ|ft).{0,20}(?:차이|(?:뭐가|무엇이|어떻게|뭐|무슨) ?(?:달라|다른|다르|다릅))"
        r"|\b(?:which|what) (?:kinds? of |types? of |sizes? of |other )?(?:containers?|sizes)\b|\bcontainer (?:types|sizes|options|kinds)\b|\bhow (?:much|many|heavy)\b.{0,30}\b(?:load|carry|hold|fit|take|go in)|\bmax(?:imum)? (?:load|weight|payload)|\bdifference between\b|\bwhat(?:'?s| is) the difference|\bhow (?:do|does|is|are) .{0,30}differ|\bpayload"
        r"|(?:どんな|どの(?:ような)?|何の)コンテナ|コンテナ(?:の|は|には).{0,4}(?:種類|違い|どんな|何が|どれ)|最大積載|積載(?:量|重量)|何(?:トン|キロ|kg)まで|(?:フィート|ft|キューブ|HC|HQ|背高).{0,16}(?:違い(?:は|が|って|を)?(?:何|なん|教え|どう|わか|分か|あり)|何が違|どう違)"
        r"|ตู้.{0,8}(?:แบบไหน|ขนาดไหน|ไหนบ้าง|อะไรบ้าง|กี่แบบ|กี่ขนาด|ต่างกัน|รับน้ำหนัก|บรรทุก|ใส่ได้)|(?:ตู้|ฟุต|ft|HC|HQ|คิว).{0,24}(?:ต่างกัน|ต่างจาก|แตกต่าง)|มีตู้(?:อะไร|ขนาด|แบบ)|ตู้(?:อะไร|ไหน|แบบไหน|ขนาดไหน).{0,20}(?:ดี|บ้าง|มั่ง|ไหม|มั้ย|ได้|เหมาะ|มี)|(?:ต้อง)?(?:ใช้|เลือก)ตู้(?:อะไร|ไหน|แบบ|ขนาด)|(?:บรรทุก|รับน้ำหนัก)ได้",
        re.IGNORECASE,
    ),
    "validity": re.compile(
        r"유효|언제까지 ?(?:가능|쓸)|\bvalid(?:ity)?\b|\bexpir(?:e|es|y|ation)\b|\bhow long .{0,20}(?:good|hold|last)|有効|いつまで(?:有効|使)|見積.{0,8}期限|期限は|มีผลถึง|มีผลกี่|หมดอายุ|ใช้ได้ถึง|ใช้ได้กี่|ยืนราคา|มีอายุ",
        re.IGNORECASE,
    ),
    "order": re.compile(
        r"주문|발주|부킹|예약.{0,6}(?:하|가능|부탁|되|할)|\b(?:place|make|can|could|to|want|will|would|i|we|how) (?:an? |the |i |we |do i |do we )?(?:order|book)\b|\border (?:here|now|it|this)\b|\bbook (?:it|this|now|here|the)\b|\bbooking\b(?! (?:no|number|ref))"
        r"|注文|発注|予約(?:でき|し|を|お願い)|ブッキング|สั่งซื้อ|สั่งจอง|จองเลย|จองตู้|จองได้|สั่งได้|สั่งเลย|ขอจอง",
        re.IGNORECASE,
    ),
}


# a question whether a place or country is served: it counts where one is named
_SERVED = re.compile(
    r"(?:취급|서비스|운송|배송|커버|운항) ?(?:하시|하나|되나|되는|가능|해요|합니까|하세요|할 ?수)|(?:도|로|까지) ?(?:가나요|갑니까|가요\?|되나요|되요|돼요|보낼 ?수|갈 ?수|가능)"
    r"|\b(?:do|can|could|would) you (?:guys |also |all )*(?:ship|deliver|serve|cover|go|handle|transport|sail|send)\b|\b(?:is|are) .{3,30} (?:possible|available|served|covered|on your list)\b"
    r"|(?:送れ|運べ|届け|対応|取り扱|取扱|配送|輸送|行け).{0,10}(?:か[。？?！]*$|可能|[?？])"
    r"|(?:ส่ง|ไป|บริการ|รับ).{0,30}(?:ไหม|มั้ย|มั๊ย|หรือเปล่า|รึเปล่า|หรือไม่)",
    re.IGNORECASE,
)
_DIFFERENCE = re.compile(r"차이|달라|다른|다르|다릅|differ|違い|違う|違え|ต่าง", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Background:
    """What rows say beside the facts: the rates, how long an offer stands, and the shipment's
    status (1 to 5, 0 where there is none).
    """

    rates: Tariff = DEFAULT_TARIFF
    days: int = 14
    valid_until: dt.date | None = None
    shipment: int = 0


def topics(text: str) -> tuple[str, ...]:
    """What a message asks about: `status`, or names of `_TOPICS`; nothing for a long letter."""
    if len(text) > LONGEST:
        return ()
    text = text.replace("’", "'")
    found = tuple(name for name, words in _TOPICS.items() if words.search(text))
    if "places" not in found and _SERVED.search(text) and _names_where(text):
        found += ("places",)
    if intents.asks_status(text) and "validity" not in found:
        return ("status", *(name for name in found if name not in ("price", "order")))
    return found


def is_question(text: str) -> bool:
    """Whether a message that states facts asks something as well."""
    return "?" in text or "？" in text


def answer(topic: str, language: str, status: str, background: Background, text: str = "") -> str:
    """The answer to one topic, but for `status`, which the dialogue tells; `text` is the question."""
    match topic:
        case "price":
            return "\n".join(_price(language, background.rates))
        case "places":
            return _places(language, text)
        case "containers":
            sizes = (
                f"{catalogue.size(c)} {catalogue.weight(Decimal(c.payload_kg))}" for c in Container
            )
            shown = catalogue.enumerated(language, sizes)
            told = catalogue.say(language, "containers", containers=shown)
            differs = _DIFFERENCE.search(text) is not None
            return f"{told}\n{catalogue.say(language, 'container_sizes')}" if differs else told
        case "validity":
            return _validity(language, background)
        case "person":
            return catalogue.say(language, "person")
    return catalogue.say(language, "order_by_reply" if status == "quoted" else "order_later")


def countries_named(text: str) -> set[str]:
    """The countries whose names stand in a short text, ISO 3166."""
    words = f" {' '.join(_MARKS.sub(' ', gazetteer.key(text)).split())} "
    names = [name for name in gazetteer.countries() if _has_name(words, name)]
    codes = [name for name in ("uk", "us", "uae") if re.search(rf"\b{name.upper()}\b", text)]
    # India is no part of Indonesia, in Korean either
    whole = [n for n in names if not any(n != other and n in other for other in names)]
    return {c for n in (*whole, *codes) for c in gazetteer.countries()[n] if len(c) == 2}


def _has_name(words: str, name: str) -> bool:
    return (
        len(name) > 2 and f" {name} " in words
        if name.isascii()
        else len(name) > 1 and name in words
    )


def _regions_named(text: str) -> list[str]:
    return [code for words, codes in _REGIONS if words.search(text) for code in codes.split()]


def _names_where(text: str) -> bool:
    return bool(countries_named(text) or _regions_named(text) or any(places.find(text)))


def _places(language: str, text: str) -> str:
    """Which places are served: the one asked about, those of a country or region, or examples."""
    lands = [*sorted(countries_named(text)), *_regions_named(text)]
    named = [m.locodes[0] for m in places.find(text) if m.known]
    key, codes = "places", [code for code in EXAMPLES if places.get(code)]
    if named:
        key, codes = "place_served", named
    elif lands and (there := _prominent(tuple(dict.fromkeys(lands)))):
        key, codes = "places_there", there
    names = dict.fromkeys(places.display_name(code, language) for code in codes)
    return catalogue.say(language, key, places=catalogue.enumerated(language, names))


def country_of(name: str) -> str:
    """The country that `name` is the name of, ISO 3166; empty where it is none, or of several."""
    codes = {code for code in gazetteer.countries().get(gazetteer.key(name), ()) if len(code) == 2}
    return codes.pop() if len(codes) == 1 else ""


def ports_of(country: str) -> list[str]:
    """Some well-known ports, else cities, of a country, UN/LOCODE."""
    return _prominent((country,))


def _prominent(lands: tuple[str, ...]) -> list[str]:
    """Some well-known ports, else cities, of these countries, UN/LOCODE; of several a few each."""
    each = max(1, MOST_PLACES // len(lands))
    found = list[str]()
    for land in lands:
        known = [p for p in gazetteer.hand_written().values() if p.country == land]
        if not known:
            wide = [p for p in gazetteer.wide().values() if p.country == land]
            known = sorted(wide, key=lambda place: -place.weight)[:each]
        ranked = sorted(known, key=lambda place: place.kind != "port")
        found += [place.locode for place in ranked[:each]]
    return found[:MOST_PLACES]


def shipment_status(background: Background) -> str:
    """The sentence for a transport that is on its way; empty where it has not left."""
    return {_IN_TRANSIT: "status_in_transit", _DELIVERED: "status_delivered"}.get(
        background.shipment, ""
    )


def _price(language: str, rates: Tariff) -> Iterator[str]:
    def money(amount: Decimal) -> str:
        return f"{catalogue.number(amount)} {rates.currency}"

    factors = (
        f"{catalogue.size(c)} × {factor.normalize():f}" for c, factor in rates.factors.items()
    )
    yield catalogue.say(language, "price_rate")
    yield catalogue.say(
        language,
        "price_formula",
        base=money(rates.base),
        per_100km=money(rates.per_100km),
        per_kg=money(rates.per_kg),
        factors=catalogue.enumerated(language, factors),
    )
    if rates.express_factor != 1:
        percent = catalogue.number((rates.express_factor - 1) * 100)
        yield catalogue.say(language, "price_express", days=rates.express_days, percent=percent)
    yield catalogue.say(language, "price_vat")


def _validity(language: str, background: Background) -> str:
    if background.valid_until:
        day = catalogue.date(language, background.valid_until)
        return catalogue.say(language, "valid_until", date=day)
    return catalogue.say(language, "valid_days", days=background.days)
