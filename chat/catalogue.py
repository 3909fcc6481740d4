"""What the chat says, in four languages. Replies are put together from these, never written freely."""
# ruff: noqa: E501  # a sentence stays in one piece

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

from freight import places
from freight.fields import FACT_NAMES, Facts

LANGUAGES = ("ko", "en", "ja", "th")

LABELS: dict[str, dict[str, str]] = {
    "gross_weight_kg": {"ko": "총중량", "en": "Gross weight", "ja": "総重量", "th": "น้ำหนักรวม"},
    "container": {"ko": "컨테이너", "en": "Container", "ja": "コンテナ", "th": "ตู้คอนเทนเนอร์"},
    "etd": {"ko": "출발일", "en": "Departure", "ja": "出発日", "th": "วันออกเดินทาง"},
    "eta": {"ko": "도착일", "en": "Arrival", "ja": "到着日", "th": "วันถึงปลายทาง"},
    "origin": {"ko": "출발지", "en": "Origin", "ja": "出発地", "th": "ต้นทาง"},
    "destination": {"ko": "도착지", "en": "Destination", "ja": "到着地", "th": "ปลายทาง"},
}

QUESTIONS: dict[str, dict[str, str]] = {
    "gross_weight_kg": {
        "ko": "화물의 총중량은 얼마입니까? (예: 18,500 kg)",
        "en": "What is the total gross weight? (for example 18,500 kg)",
        "ja": "貨物の総重量を教えてください。（例：18,500 kg）",
        "th": "น้ำหนักรวมทั้งหมดเท่าไรคะ (เช่น 18,500 กก.)",
    },
    "container": {
        "ko": "어떤 컨테이너가 필요하십니까? (20ft, 40ft, 40ft HC, 45ft)",
        "en": "Which container do you need? (20ft, 40ft, 40ft HC or 45ft)",
        "ja": "コンテナのサイズをお選びください。（20ft、40ft、40ft HC、45ft）",
        "th": "ต้องการตู้ขนาดใดคะ (20ft, 40ft, 40ft HC หรือ 45ft)",
    },
    "etd": {
        "ko": "출발 예정일은 언제입니까? (예: {example})",
        "en": "When should the cargo depart? (for example {example})",
        "ja": "出発予定日はいつでしょうか。（例：{example}）",
        "th": "ต้องการให้สินค้าออกเดินทางวันไหนคะ (เช่น {example})",
    },
    "eta": {
        "ko": "언제까지 도착해야 합니까? (예: {example})",
        "en": "When should it arrive? (for example {example})",
        "ja": "到着希望日はいつでしょうか。（例：{example}）",
        "th": "ต้องการให้สินค้าถึงวันไหนคะ (เช่น {example})",
    },
    "origin": {
        "ko": "어느 도시나 항구에서 출발합니까?",
        "en": "Which city or port does it leave from?",
        "ja": "出発地の都市名または港名を教えてください。",
        "th": "สินค้าออกจากเมืองหรือท่าเรือใดคะ",
    },
    "destination": {
        "ko": "어느 도시나 항구로 보내십니까?",
        "en": "Which city or port does it go to?",
        "ja": "到着地の都市名または港名を教えてください。",
        "th": "ส่งสินค้าไปที่เมืองหรือท่าเรือใดคะ",
    },
}

TEXTS: dict[str, dict[str, str]] = {
    "greeting": {
        "ko": "안녕하세요, BusyBee입니다. 견적을 요청해 주셔서 감사합니다. (접수 번호 {number})",
        "en": "Hello, this is BusyBee. Thank you for your quote request {number}.",
        "ja": "こんにちは、BusyBeeです。お見積りのご依頼（{number}）をありがとうございます。",
        "th": "สวัสดีค่ะ BusyBee ยินดีให้บริการ ขอบคุณสำหรับคำขอใบเสนอราคาค่ะ (เลขที่ {number})",
    },
    "needed": {
        "ko": "견적을 내려면 다음 정보가 더 필요합니다.",
        "en": "To work out the price we still need:",
        "ja": "お見積りには、あと次の情報が必要です。",
        "th": "เพื่อคำนวณราคา เรายังต้องการข้อมูลต่อไปนี้ค่ะ",
    },
    "several_at_once": {
        "ko": "한 번에 여러 가지를 적어 주셔도 됩니다.",
        "en": "You may answer several at once.",
        "ja": "まとめてお答えいただいても構いません。",
        "th": "ตอบหลายข้อพร้อมกันได้เลยค่ะ",
    },
    "understood": {
        "ko": "다음과 같이 이해했습니다.",
        "en": "This is what I understood:",
        "ja": "次のように承りました。",
        "th": "เข้าใจตามนี้นะคะ",
    },
    "is_this_right": {
        "ko": "맞습니까? (예 / 아니요)",
        "en": "Is this right? (yes / no)",
        "ja": "こちらでよろしいでしょうか。（はい / いいえ）",
        "th": "ถูกต้องไหมคะ (ใช่ / ไม่ใช่)",
    },
    "saved": {
        "ko": "감사합니다. 저장했습니다.",
        "en": "Thank you, noted.",
        "ja": "ありがとうございます。登録しました。",
        "th": "ขอบคุณค่ะ บันทึกเรียบร้อยแล้ว",
    },
    "quoted": {
        "ko": "감사합니다. 필요한 정보를 모두 받았습니다. 견적서를 이메일로 보내 드립니다.",
        "en": "Thank you, that is everything. Your quotation comes to you by email.",
        "ja": "ありがとうございます。必要な情報がすべてそろいました。お見積書をメールでお送りします。",
        "th": "ขอบคุณค่ะ ได้รับข้อมูลครบถ้วนแล้ว ใบเสนอราคาจะส่งถึงท่านทางอีเมลค่ะ",
    },
    "by_staff": {
        "ko": "감사합니다. 필요한 정보를 모두 받았습니다. 담당자가 확인한 뒤 견적서를 이메일로 보내 드립니다.",
        "en": "Thank you, that is everything. A colleague checks it, then your quotation comes to you by email.",
        "ja": "ありがとうございます。必要な情報がすべてそろいました。担当者が確認のうえ、お見積書をメールでお送りします。",
        "th": "ขอบคุณค่ะ ได้รับข้อมูลครบถ้วนแล้ว เจ้าหน้าที่จะตรวจสอบแล้วส่งใบเสนอราคาให้ท่านทางอีเมลค่ะ",
    },
    "reset": {
        "ko": "알겠습니다. 방금 말씀하신 내용은 지웠습니다. 다시 알려 주세요.",
        "en": "All right, I have dropped that. Please tell me again.",
        "ja": "承知しました。今回の内容は取り消しました。もう一度お知らせください。",
        "th": "รับทราบค่ะ ลบข้อมูลเมื่อสักครู่แล้ว กรุณาแจ้งใหม่อีกครั้งนะคะ",
    },
    "yes_or_no": {
        "ko": "죄송합니다, 잘 이해하지 못했습니다. 지금까지 받은 내용입니다.",
        "en": "Sorry, I did not understand that. So far I have:",
        "ja": "申し訳ありません、うまく読み取れませんでした。これまでの内容は次のとおりです。",
        "th": "ขออภัยค่ะ ยังไม่เข้าใจข้อความ ข้อมูลที่ได้รับจนถึงตอนนี้คือ",
    },
    "other": {
        "ko": "죄송합니다, 그 내용은 도와드리기 어렵습니다. 여기서는 이 견적에 필요한 정보만 받고 있습니다.",
        "en": "Sorry, I cannot help with that. Here I only collect what this quotation needs.",
        "ja": "申し訳ありません、その件はお答えできません。ここではお見積りに必要な情報のみ承っております。",
        "th": "ขออภัยค่ะ เรื่องนี้ไม่สามารถช่วยได้ ที่นี่รับเฉพาะข้อมูลที่จำเป็นสำหรับใบเสนอราคานี้ค่ะ",
    },
    "already": {
        "ko": "그 내용은 이미 받았습니다. 감사합니다.",
        "en": "Thank you, I already have that.",
        "ja": "その内容はすでに承っております。ありがとうございます。",
        "th": "ข้อมูลนี้ได้รับไว้แล้ว ขอบคุณค่ะ",
    },
    "unsupported_place": {
        "ko": "‘{place}’: 저희가 운송하는 지역에서 찾을 수 없습니다. 가까운 항구나 도시를 알려 주세요.",
        "en": "I cannot find “{place}” among the places we serve. Please name a port or city nearby.",
        "ja": "「{place}」は当社の取扱地に見つかりませんでした。近くの港または都市をお知らせください。",
        "th": "ไม่พบ “{place}” ในพื้นที่ให้บริการของเรา กรุณาแจ้งท่าเรือหรือเมืองใกล้เคียงค่ะ",
    },
    "by_colleague": {
        "ko": "이 부분은 담당자가 직접 확인하고 이메일로 연락드리겠습니다.",
        "en": "A colleague will look at this in person and write to you by email.",
        "ja": "この点は担当者が確認し、メールでご連絡いたします。",
        "th": "เรื่องนี้เจ้าหน้าที่จะตรวจสอบและติดต่อท่านทางอีเมลค่ะ",
    },
    "welcome_back": {
        "ko": "다시 오셨네요. {since}부터 아직 필요한 정보: {items}",
        "en": "Welcome back. Still open since {since}: {items}",
        "ja": "おかえりなさい。{since}より未回答の項目：{items}",
        "th": "ยินดีต้อนรับกลับมาค่ะ ข้อมูลที่ยังขาดตั้งแต่ {since}: {items}",
    },
    "welcome_back_confirm": {
        "ko": "다시 오셨네요. {since}에 받은 내용의 확인을 기다리고 있습니다.",
        "en": "Welcome back. Since {since} I am waiting for your “yes” or “no”.",
        "ja": "おかえりなさい。{since}の内容のご確認をお待ちしております。",
        "th": "ยินดีต้อนรับกลับมาค่ะ กำลังรอการยืนยันข้อมูลเมื่อ {since}",
    },
    "status_open": {
        "ko": "견적 요청 {number}: 접수되었습니다. 6가지 정보 중 {count}가지를 받았습니다.",
        "en": "Quote request {number}: received. I have {count} of the 6 facts.",
        "ja": "お見積り依頼 {number}：受付済みです。6項目のうち{count}項目を承りました。",
        "th": "คำขอใบเสนอราคา {number}: ได้รับแล้ว มีข้อมูล {count} จาก 6 รายการ",
    },
    "status_confirmed": {
        "ko": "견적 요청 {number}: 정보가 모두 모였습니다. 담당자가 확인하고 있으며 견적서는 이메일로 보내 드립니다.",
        "en": "Quote request {number}: complete. A colleague is checking it; the quotation comes by email.",
        "ja": "お見積り依頼 {number}：情報はすべてそろっています。担当者が確認中で、お見積書はメールでお送りします。",
        "th": "คำขอใบเสนอราคา {number}: ข้อมูลครบแล้ว เจ้าหน้าที่กำลังตรวจสอบ และจะส่งใบเสนอราคาทางอีเมลค่ะ",
    },
    "status_quoted": {
        "ko": "견적 요청 {number}: 견적이 완료되어 견적서를 이메일로 보내 드립니다. 변경이나 주문은 그 메일에 답장해 주세요.",
        "en": "Quote request {number}: quoted; the quotation goes to you by email. To change or order, please reply to that mail.",
        "ja": "お見積り依頼 {number}：お見積りが完了し、メールでお送りします。変更やご注文は、そのメールにご返信ください。",
        "th": "คำขอใบเสนอราคา {number}: เสนอราคาแล้ว และจะส่งให้ทางอีเมล หากต้องการแก้ไขหรือสั่งจอง กรุณาตอบกลับอีเมลนั้นค่ะ",
    },
    "status_ordered": {
        "ko": "견적 요청 {number}: 주문이 접수되었습니다.",
        "en": "Quote request {number}: ordered.",
        "ja": "お見積り依頼 {number}：ご注文を承りました。",
        "th": "คำขอใบเสนอราคา {number}: ได้รับคำสั่งจองแล้ว",
    },
    "status_closed": {
        "ko": "견적 요청 {number}: 종료되었습니다. 새로 필요하시면 이메일로 알려 주세요.",
        "en": "Quote request {number} is closed. Please write to us by email if you need a new one.",
        "ja": "お見積り依頼 {number} は終了しました。新しいご依頼はメールでお知らせください。",
        "th": "คำขอใบเสนอราคา {number} ปิดแล้ว หากต้องการใหม่ กรุณาแจ้งทางอีเมลค่ะ",
    },
}

PROBLEMS: dict[str, dict[str, str]] = {
    "not_positive": {
        "ko": "{label} 값은 0보다 커야 합니다. 다시 알려 주세요.",
        "en": "{label} must be more than zero. Please tell me again.",
        "ja": "{label}は0より大きい値でお知らせください。",
        "th": "{label}ต้องมากกว่าศูนย์ กรุณาแจ้งใหม่ค่ะ",
    },
    "too_heavy": {
        "ko": "{label}: 그 컨테이너에 실을 수 있는 무게를 넘습니다. 중량과 컨테이너 수량을 다시 알려 주세요.",
        "en": "{label}: that is more than the container can carry. Please tell me the weight and the number of containers again.",
        "ja": "{label}がコンテナの積載量を超えています。重量とコンテナの本数をもう一度お知らせください。",
        "th": "{label}เกินกว่าที่ตู้จะรับได้ กรุณาแจ้งน้ำหนักและจำนวนตู้อีกครั้งค่ะ",
    },
    "past": {
        "ko": "{label}: 이미 지난 날짜입니다. 다시 알려 주세요.",
        "en": "{label}: that date has already passed. Please give me another one.",
        "ja": "{label}が過去の日付になっています。もう一度お知らせください。",
        "th": "{label}เป็นวันที่ผ่านมาแล้ว กรุณาแจ้งใหม่ค่ะ",
    },
    "before_etd": {
        "ko": "도착일이 출발일보다 빠릅니다. 도착일을 다시 알려 주세요.",
        "en": "The arrival is before the departure. Please tell me the arrival date again.",
        "ja": "到着日が出発日より前になっています。到着日をもう一度お知らせください。",
        "th": "วันถึงปลายทางอยู่ก่อนวันออกเดินทาง กรุณาแจ้งวันถึงปลายทางใหม่ค่ะ",
    },
    "unknown_place": {
        "ko": "{label}: 저희가 운송하는 지역에서 찾을 수 없습니다. 가까운 항구나 도시를 알려 주세요.",
        "en": "{label}: I cannot find that among the places we serve. Please name a port or city nearby.",
        "ja": "{label}が当社の取扱地に見つかりません。近くの港または都市をお知らせください。",
        "th": "ไม่พบ{label}ในพื้นที่ให้บริการของเรา กรุณาแจ้งท่าเรือหรือเมืองใกล้เคียงค่ะ",
    },
    "same_as_origin": {
        "ko": "출발지와 도착지가 같습니다. 도착지를 다시 알려 주세요.",
        "en": "Origin and destination are the same. Please tell me the destination again.",
        "ja": "出発地と到着地が同じです。到着地をもう一度お知らせください。",
        "th": "ต้นทางและปลายทางเป็นที่เดียวกัน กรุณาแจ้งปลายทางใหม่ค่ะ",
    },
    "": {
        "ko": "{label} 값이 맞지 않는 것 같습니다. 다시 알려 주세요.",
        "en": "{label}: that value does not seem right. Please tell me again.",
        "ja": "{label}の値に誤りがあるようです。もう一度お知らせください。",
        "th": "{label}: ค่าที่แจ้งดูเหมือนไม่ถูกต้อง กรุณาแจ้งใหม่ค่ะ",
    },
}

REFUSALS: dict[str, dict[str, str]] = {
    "empty": {
        "ko": "내용을 입력해 주세요.",
        "en": "Please write something first.",
        "ja": "メッセージを入力してください。",
        "th": "กรุณาพิมพ์ข้อความก่อนค่ะ",
    },
    "too_long": {
        "ko": "한 번에 2,000자까지 보낼 수 있습니다.",
        "en": "A message can have up to 2,000 characters.",
        "ja": "メッセージは2,000文字までです。",
        "th": "ส่งข้อความได้ไม่เกิน 2,000 ตัวอักษรค่ะ",
    },
    "too_many": {
        "ko": "메시지가 너무 많습니다. 1분 뒤에 다시 보내 주세요.",
        "en": "That is a lot of messages. Please try again in a minute.",
        "ja": "メッセージが多すぎます。1分ほどしてからお送りください。",
        "th": "ส่งข้อความถี่เกินไป กรุณารอสักหนึ่งนาทีค่ะ",
    },
    "denied": {
        "ko": "링크가 잘못되었거나 만료되었습니다. 저희 메일에 답장해 주시면 새 링크를 보내 드립니다.",
        "en": "This link is wrong or has expired. Reply to our mail and we send you a new one.",
        "ja": "リンクが正しくないか、期限が切れています。メールにご返信いただければ新しいリンクをお送りします。",
        "th": "ลิงก์ไม่ถูกต้องหรือหมดอายุแล้ว กรุณาตอบกลับอีเมลของเราเพื่อขอลิงก์ใหม่ค่ะ",
    },
    "invalid": {
        "ko": "메시지를 처리할 수 없습니다. 페이지를 새로 고쳐 주세요.",
        "en": "That message could not be handled. Please reload the page.",
        "ja": "メッセージを処理できませんでした。ページを再読み込みしてください。",
        "th": "ไม่สามารถดำเนินการได้ กรุณาโหลดหน้าใหม่ค่ะ",
    },
}

_WEEKDAYS = {
    "ko": "월화수목금토일",
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    "ja": "月火水木金土日",
    "th": ("จ.", "อ.", "พ.", "พฤ.", "ศ.", "ส.", "อา."),
}
_MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTHS_TH = (
    "ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค.",
)  # fmt: skip


def say(language: str, key: str, **data: object) -> str:
    """The sentence `key` in `language`, with `data` filled in."""
    return TEXTS[key][language].format(**data)


def refusal(language: str, code: str) -> str:
    """Why a frame was refused, in words for the customer."""
    return REFUSALS.get(code, REFUSALS["invalid"])[language]


def problem(language: str, field: str, code: str) -> str:
    """What is wrong with the value of `field`, in words for the customer."""
    sentence = PROBLEMS.get(code, PROBLEMS[""])[language]
    return sentence.format(label=label(language, field))


def label(language: str, name: str) -> str:
    """The fact's name as customers call it."""
    return LABELS[name][language]


def question(language: str, name: str, today: dt.date) -> str:
    """The question for one fact; dates come with an example that lies ahead of `today`."""
    ahead = today + dt.timedelta(days=35 if name == "eta" else 14)
    return QUESTIONS[name][language].format(example=date(language, ahead, weekday=False))


def numbered(language: str, names: Iterable[str]) -> str:
    """The facts' names as a numbered list, one a line."""
    return "\n".join(f"{n}. {label(language, name)}" for n, name in enumerate(names, 1))


def listed(language: str, facts: Facts, names: Iterable[str] = FACT_NAMES) -> str:
    """The stated ones of `names` with their values, one a line."""
    stated = [(name, value(language, facts, name)) for name in names]
    return "\n".join(f"• {label(language, name)}: {text}" for name, text in stated if text)


def value(language: str, facts: Facts, name: str) -> str:
    """The value of one fact as customers read it; empty where it is not stated."""
    item = getattr(facts, name)
    if item is None:
        return ""
    if name == "gross_weight_kg":
        return weight(item)
    if name == "container":
        size = str(item).replace("HC", " HC")
        return f"{size} × {facts.boxes}"
    if name in ("etd", "eta"):
        return date(language, item)
    return places.display_name(item, language)


def weight(kg: Decimal) -> str:
    """Kilograms with thousands set apart and no idle zeros: `18,500 kg`."""
    text = f"{kg:,.2f}".rstrip("0").rstrip(".")
    return f"{text} kg"


def date(language: str, day: dt.date, *, weekday: bool = True) -> str:
    """The day as people of that language write it; Thai in the Buddhist era."""
    name = _WEEKDAYS[language][day.weekday()]
    if language == "ko":
        return f"{day.year}년 {day.month}월 {day.day}일" + (f" ({name})" if weekday else "")
    if language == "ja":
        return f"{day.year}年{day.month}月{day.day}日" + (f"（{name}）" if weekday else "")
    if language == "th":
        text = f"{day.day} {_MONTHS_TH[day.month - 1]} {day.year + 543}"
    else:
        text = f"{day.day} {_MONTHS_EN[day.month - 1]} {day.year}"
    return f"{name} {text}" if weekday else text
