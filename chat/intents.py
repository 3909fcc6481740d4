"""Whether a short message says yes, no, asks how far things are, or is in another language."""
# ruff: noqa: E501  # a sentence stays in one piece

import re
import unicodedata

_YES = {
    "ko": "네|예|넵|넹|네네|응|맞아요|맞습니다|맞아|네 ?맞(아요|습니다)|예 ?맞(아요|습니다)|그렇습니다|그래요|확인(했습니다|합니다|했어요)?"
    "|좋아요|좋습니다|동의합니다|ㅇㅇ|ㅇㅋ|오케이|진행해 ?(주세요|주십시오)|네 ?진행해 ?(주세요|주십시오)|정확합니다|이대로 ?(해|진행해) ?주세요",
    "en": "y|yes|yep|yeah|yup|ok|okay|sure|correct|right|confirm(ed)?|go ahead|exactly|perfect|fine|good"
    "|(yes )?(that'?s|that is|this is|it'?s|it is|all) (right|correct|fine|good)|yes please|yes correct|looks (good|right|fine)",
    "ja": "はい|ええ|うん|はい ?そうです|そうです|そのとおりです|その通りです|合っています|あっています|合ってます|あってます|はい ?合って(い)?ます"
    "|ok|オッケー|オーケー|大丈夫です|はい ?大丈夫です|よろしいです|正しいです|間違いありません|(それで|はい ?)?お願いします|了解(です|しました)?|問題ありません",
    "th": "ใช่|ใช่แล้ว|ถูกต้อง|ถูกต้องแล้ว|ถูก|ถูกแล้ว|โอเค|ตกลง|ยืนยัน|ได้เลย|ใช่ ?ถูกต้อง|เรียบร้อย",
}
_NO = {
    "ko": "아니|아니요|아니오|아뇨|아닙니다|아니에요|아니예요|틀렸(어요|습니다)|틀려요|틀립니다|잘못됐(어요|습니다)|잘못 ?되었습니다|노|ㄴㄴ"
    "|(아니(요|오) ?)?다시(요| ?할게요| ?하겠습니다)?|(아니(요|오) ?)?(틀렸|잘못됐)(어요|습니다)|맞지 ?않(아요|습니다)|안 ?맞(아요|습니다)",
    "en": "n|no|nope|nah|wrong|incorrect|not (right|correct)|no thanks|no (that'?s|that is|it'?s|it is) (wrong|not right|not correct|incorrect)"
    "|(that'?s|that is|it'?s|it is|this is) (wrong|not right|not correct|incorrect)|cancel|reset|start (again|over)",
    "ja": "いいえ|いえ|いや|違います|ちがいます|(いいえ|いえ) ?(違います|ちがいます)|間違っています|間違いです|違う|ちがう|ノー|やり直し(ます|たいです)?|正しくありません|合っていません",
    "th": "ไม่|ไม่ใช่|ไม่ถูก|ไม่ถูกต้อง|ผิด|ผิดแล้ว|ยังไม่ใช่|ยังไม่ถูก|ยกเลิก|เริ่มใหม่|ไม่ใช่ ?(ผิด|ไม่ถูกต้อง)",
}
_STATUS = {
    "ko": r"진행 ?(상황|상태)|(견적|처리|배송|운송|화물).{0,12}(언제|어떻게 ?되|상태|상황|어디)|어디까지 ?(됐|되었|왔|진행)|언제쯤? ?(오|받|나오|도착하나)|^상태",
    "en": r"\bstatus\b|how (far|long)|when (will|do|can|should) .*(quot|price|answer|hear|offer)|where is (my|our|the)|any (news|update)|\btrack",
    "ja": r"状況|ステータス|進捗|いつ.{0,12}(届|もらえ|いただけ|来|できますか)|どうなって|どこまで",
    "th": r"สถานะ|คืบหน้า|ถึงไหนแล้ว|(ใบเสนอราคา|ราคา).{0,15}(เมื่อไร|เมื่อไหร่|ตอนไหน)|เมื่อ(ไร|ไหร่).{0,20}(ได้|ส่ง)",
}
_HELLO = (
    r"(안녕(하세요|하십니까)?|반갑습니다|hi|hello|hey|good (morning|afternoon|evening)|dear \w+"
    r"|こんにちは|こんばんは|おはよう(ございます)?|お世話になって(います|おります)|สวัสดี)"
)
# what Thai and Japanese speakers add for courtesy, and a "please" here and there
_COURTESY = r"( ?(ค่ะ|คะ|ครับผม|ครับ|นะคะ|นะครับ|จ้า|ค่า|です|ですね|요|please|thanks|thank you|감사합니다|ขอบคุณ))*"

_WHOLE_YES = re.compile(rf"({'|'.join(_YES.values())}){_COURTESY}", re.IGNORECASE)
_WHOLE_NO = re.compile(rf"({'|'.join(_NO.values())}){_COURTESY}", re.IGNORECASE)
_ASKS_STATUS = re.compile("|".join(_STATUS.values()), re.IGNORECASE)
_WHOLE_HELLO = re.compile(rf"{_HELLO}{_COURTESY}", re.IGNORECASE)
_ENGLISH = re.compile(
    r"\b(the|is|are|from|please|we|our|you|it|should|will|need|want|hello|yes|thanks|and)\b",
    re.IGNORECASE,
)


def says_yes(text: str) -> bool:
    """Whether the whole message is a yes."""
    return _WHOLE_YES.fullmatch(_plain(text)) is not None


def says_no(text: str) -> bool:
    """Whether the whole message is a no."""
    return _WHOLE_NO.fullmatch(_plain(text)) is not None


def says_hello(text: str) -> bool:
    """Whether the message only greets."""
    return _WHOLE_HELLO.fullmatch(_plain(text)) is not None


def asks_status(text: str) -> bool:
    """Whether the message asks how far the request or the transport is."""
    return _ASKS_STATUS.search(text) is not None


def language_of(text: str, current: str) -> str:
    """The language the message is written in; `current` where it does not tell.

    Names and units are Latin in all four, so English needs two of its small words.
    """
    if re.search(r"[\u0e01-\u0e4e]", text):
        return "th"
    if re.search(r"[\uac00-\ud7a3]", text):
        return "ko"
    if re.search(r"[\u3041-\u30fa]", text):
        return "ja"
    if re.search(r"[\u3131-\u318e\u4e00-\u9fff]", text):
        return current
    return "en" if len(_ENGLISH.findall(text)) >= 2 else current


def _plain(text: str) -> str:
    """The words alone: no punctuation, no emoji, single blanks."""
    text = unicodedata.normalize("NFC", text).replace("’", "'")
    kept = (c if c == "'" or unicodedata.category(c)[0] in "LMN" else " " for c in text)
    return " ".join("".join(kept).split())
