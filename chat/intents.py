"""What a short message means beside facts: yes, no, not yet, courtesy, and in which language.

A message is a yes (a greeting, a thank-you ...) only if it is nothing else: "yes but 2 containers"
is a fact. Phrases are compared without punctuation, emoji and doubled letters, and may be strung
together: "ok thx", "네 맞아요~", "はーい".
"""
# ruff: noqa: E501  # a list of phrases stays in one piece

import re
import unicodedata
from functools import lru_cache
from itertools import groupby

# a message of more letters is no plain yes or no
SHORT = 80

_YES = """
네|예|넵|넹|넴|넨|네에|녜|옙|응|엉|웅|ㅇㅇ|ㅇㅋ|ㄱㄱ|오케이|오케|오키|콜|그래|그래요|그렇습니다|그렇죠|그럼요|물론이죠|물론입니다|맞아|맞아요|맞습니다|맞슴니다|맞습니당
|맞아여|맞네요|맞죠|맞어요|다맞아요|다맞습니다|모두맞습니다|모두맞아요|전부맞습니다|전부맞아요|확인|확인했습니다|확인합니다|확인했어요|확인요|확인이요|좋아|좋아요|좋습니다|좋네요|동의합니다|동의해요|진행|진행해주세요|진행해주십시오|진행부탁드립니다|진행할게요|정확합니다|정확해요|이대로해주세요|이대로진행해주세요|이대로부탁드립니다|이대로진행부탁드립니다|그대로진행해주세요|그대로해주세요|그대로갈게요|이대로갈게요|문제없어요|문제없습니다|이상없습니다|이상없어요|수정없습니다|수정없어요|수정사항없습니다|수정사항없어요|수정할것없습니다|수정할거없어요|수정할것없어요|변경없습니다|변경없어요|변경사항없습니다|변경사항없어요|변경은없습니다|틀린거없어요|틀린것없습니다|아니요다맞아요|아니요맞아요|아니요다맞습니다|아니요변경없습니다|아니요수정없습니다|아뇨다맞아요|아뇨맞아요|아니요없어요|아니요없습니다|아뇨없어요|저장해주세요|등록해주세요|견적주세요|견적부탁드립니다|틀림없습니다|괜찮아요|괜찮습니다|예스|맞음|다맞음|그걸로요|그걸로해주세요|그걸로할게요|그걸로부탁드립니다|이걸로요|이걸로해주세요|완벽합니다|완벽해요|알겠습니다|알겠어요|맞는것같아요|맞는거같아요|맞다|맞당|마자요|마자|마쟈요|그렇게해주세요|그렇게진행해주세요
|y|ye|yes|yse|yess|yeah|yea|yah|yep|yup|ya|yh|yas|aye|ok|okay|okey|okie|okk|oki|kk|k|sure|sure thing|of course|correct|corect|corret|right|rigth|all right|alright|confirm|confirmed|i confirm|confirming|go ahead|please proceed|proceed|exactly|exact|absolutely|definitely|perfect|fine|good|great|agreed|affirmative|indeed|true
|thats right|that is right|thats correct|that is correct|that's right|that's correct|that's fine|that's good|that is fine|that is good|this is right|this is correct|it's right|it's correct|it is right|it is correct|is right|is correct|all right|all correct|all good|all fine|all of it is correct|all is correct|all is right|everything is correct|everything is right|everything is fine|everything correct|everything's right|everything's correct|they are correct|they are right|those are correct|these are correct|you are right|looks good|looks right|looks fine|looks correct|looks good to me|lgtm|sounds good|that works|works for me|it is fine|it's fine|that's it|that's all right
|no changes|no change|no change needed|no changes needed|no corrections|no correction|no problem|no problems|no issues|no mistakes|no errors|nothing to change|nothing wrong|nothing is wrong|nothing to correct|no it's correct|no it is correct|no that's correct|no all correct|no all good|no objections|do it|send it|send it please|please send it|price it|yes please do
|はい|はぃ|ハイ|ええ|えぇ|うん|うんうん|そう|そうです|そうですね|そのとおり|その通り|そのとおりです|その通りです|合っています|あっています|合ってます|あってます|合ってる|全部合っています|全部合ってます|すべて合っています|全て合っています|全部あってます|はいそうです|おk|おkです|おkー|おkっす|オッケー|オーケー|オケ|おけ|おっけー|大丈夫|大丈夫です|だいじょうぶです|よろしい|よろしいです|よいです|良いです|いいです|いいですよ|結構です|けっこうです|正しい|正しいです|間違いありません|間違いないです|間違いございません|まちがいないです
|お願いします|おねがいします|お願いいたします|それでお願いします|これでお願いします|それでおねがいします|お願い致します|このままお願いします|進めてください|了解|了解です|了解しました|承知しました|問題ありません|問題ないです|問題なし|問題ございません|変更ありません|変更はありません|変更なし|変更なしです|修正ありません|修正はありません|修正なし|いいえ合っています|いえ合ってます|いいえ大丈夫です|いえ大丈夫です|確認しました|確認済みです|確定|確定です|確定でお願いします|それでいいです|これでいいです|それで大丈夫です|これで大丈夫です
|ใช่|ใช้|ชั่ย|ช่าย|ใช|ใช่แล้ว|ใช่เลย|ถูก|ถูกต้อง|ถุกต้อง|ถูกต้อ|ถูกต้องแล้ว|ถูกแล้ว|ถูกต้องทั้งหมด|ถูกต้องทุกอย่าง|ถูกทั้งหมด|ถูกหมด|โอเค|โอเช|โอเคเลย|โอเคร|โอ|ตกลง|ตกลงตามนี้|ยืนยัน|ยืนยันตามนี้|ตามนี้|ตามนี้เลย|ตามนั้น|ได้|ได้เลย|เรียบร้อย|เรียบร้อยแล้ว|แน่นอน|อือ|เออ|ดี|ดีแล้ว|เยี่ยม|รับทราบ|ดำเนินการได้เลย|ดำเนินการต่อ|ไม่มีแก้ไข|ไม่ต้องแก้|ไม่ต้องแก้ไข|ไม่มีอะไรแก้ไข|ไม่เปลี่ยน|ไม่มีการเปลี่ยนแปลง|ไม่มีปัญหา|ไม่มีอะไรผิด|ไม่ต้องเปลี่ยน|ครบถ้วน|ถูกต้องครบถ้วน|เยส|เอาตามนี้|เค|เคๆ|ถูกหมดละ|ไม่ผิด|ไม่มีผิด|ไม่มีที่ผิด
"""
_NO = """
아니|아니요|아니오|아뇨|아니여|아닙니다|아니에요|아니예요|아닌데요|아닌데|틀렸어요|틀렸습니다|틀려요|틀립니다|틀렸는데요|틀린데요|잘못됐어요|잘못됐습니다|잘못되었습니다|잘못되었어요|ㄴㄴ|노|노노|다시|다시요|다시할게요|다시하겠습니다|다시적을게요|안맞아요|안맞습니다|맞지않아요|맞지않습니다|수정할게요|수정필요해요|수정이필요합니다|수정하고싶어요|수정해주세요|변경할게요|변경하고싶어요|틀렸어|틀려|바꿀게요|바꾸고싶어요|이상해요|이상한데요
|n|no|nop|nope|nah|na|noo|nay|negative|wrong|wrng|incorrect|not right|not correct|not quite|not really|that's wrong|that is wrong|that's not right|that is not right|that's not correct|that is not correct|thats wrong|thats not right|thats incorrect|that's incorrect|that is incorrect|it's wrong|it is wrong|it's not right|it is not right|it is not correct|this is wrong|this is not right|something is wrong|something's wrong|there is a mistake|there's a mistake|there is an error|there's an error|mistake|cancel|reset|start again|start over|not yes|needs changes|need to change|i need to change something|i want to change something|change|changes|change it|please change it
|いいえ|いえ|いや|いいや|ううん|違います|ちがいます|違う|ちがう|違いますね|ちょっと違います|間違っています|間違ってます|まちがっています|間違いです|間違いがあります|間違いがある|ノー|やり直し|やり直します|やり直したいです|正しくありません|正しくないです|合っていません|合ってません|合ってないです|だめ|だめです|ダメです|修正します|修正したいです|修正があります|変更したいです|変更があります
|ไม่|ไม่ใช่|ไม่ใช้|มะใช่|ไม่ถูก|ไม่ถูกต้อง|ผิด|ผิดแล้ว|ผิดครับ|ยังไม่ใช่|ยังไม่ถูก|ยังไม่ถูกต้อง|ยกเลิก|เริ่มใหม่|แก้ไข|ขอแก้ไข|ขอแก้|ต้องแก้ไข|ไม่ตรง|ข้อมูลผิด|มีที่ผิด|มีผิด|ขอเปลี่ยน|โน|ไม่เอา
"""
_HELLO = """
안녕|안녕하세요|안녕하세용|안녕하십니까|안녕하세여|안뇽하세요|안녕하새요|반갑습니다|반가워요|하이|하이요|헬로|수고하십니다|수고많으십니다|좋은아침입니다|여보세요|저기요|계세요|계신가요|잘지내시죠|잘부탁드립니다|처음뵙겠습니다
|hi|hii|hello|helo|hallo|hey|hiya|hi there|how are you|how are you doing|how are you today|hows it going|how do you do|nice to meet you|hope you are well|hope you are doing well|hello there|hey there|good morning|good afternoon|good evening|good day|greetings|morning|dear team|dear sir|dear sir or madam|dear sirs|anyone there|anybody there|is anyone there|are you there
|こんにちは|こんにちわ|こんばんは|おはよう|おはようございます|はじめまして|初めまして|お世話になっております|お世話になります|お世話になっています|いつもお世話になっております|お疲れ様です|お疲れさまです|もしもし|どうも|ハロー|おつ|おっす|おつです|おつでーす|おつっす|お疲れっす|ちわ|ちわっす|ちわす|よろしくお願いします|よろしくお願いいたします
|สวัสดี|หวัดดี|ดีค่ะ|ดีครับ|ดีคับ|ดีจ้า|สวัดดี|ฮัลโหล|ฮาโหล|สวัสดีตอนเช้า|สวัสดีตอนบ่าย|อรุณสวัสดิ์|มีใครอยู่ไหม|สบายดีไหม|สบายดีมั้ย|เป็นไงบ้าง
"""
_THANKS = """
감사|감사합니다|감사합니당|감사해요|감사드립니다|감사드려요|고맙습니다|고마워요|고마워|땡큐|ㄱㅅ|ㄳ|감솨|감솨합니다|수고하셨습니다|수고많으셨습니다|감사함니다
|thanks|thx|thnx|tnx|thanx|thank you|thank u|thankyou|thank you very much|thank you so much|thanks a lot|many thanks|much appreciated|ty|tysm|cheers|appreciated|appreciate it
|ありがとう|ありがとうございます|ありがとうございました|どうもありがとうございます|感謝します|助かります|助かりました|サンキュー|あざす|あざっす
|ขอบคุณ|ขอบคุณมาก|ขอบคุณมากๆ|ขอบใจ|แต๊ง|แต้ง|แต๊งกิ้ว|แต้งกิ้ว|ขอบพระคุณ|ขอบพระคุณมาก|ขอบคุน
"""
_BYE = """
안녕히계세요|안녕히가세요|다음에올게요|나중에다시올게요|이만|이만요|바이|그럼이만|좋은하루되세요|끝|종료|나중에다시연락드릴게요|다시연락드리겠습니다
|bye|bye bye|byebye|goodbye|good bye|see you|see ya|see you later|cya|talk later|talk to you later|later|ttyl|have a nice day|have a good day|that's all|that is all|i come back later|i'll come back later|i will come back later|i'll be back|good night
|さようなら|さよなら|ではまた|また|またね|じゃあまた|失礼します|失礼いたします|失礼しました|また来ます|また後で|またあとで|また連絡します|また後ほど|では失礼します|以上です|バイバイ|おやすみなさい
|ลาก่อน|บาย|บ๊ายบาย|บายบาย|ไว้คุยกันใหม่|แล้วเจอกัน|เดี๋ยวมาใหม่|เดี๋ยวกลับมาใหม่|ไปก่อน|ไปก่อนนะ|ไว้มาใหม่
"""
_WAIT = """
잠시만|잠시만요|잠깐만|잠깐만요|잠깐|잠깐요|잠시|잠만|잠만요|잠시만기다려주세요|잠깐만기다려주세요|기다려주세요|확인해볼게요|확인하고올게요|찾아볼게요|알아볼게요|확인중입니다|물어볼게요|확인해보겠습니다|알아보겠습니다
|wait|wait a moment|wait a minute|wait a sec|one moment|one moment please|just a moment|a moment|moment|one minute|one sec|one second|just a sec|just a minute|just a second|hold on|hang on|give me a moment|give me a minute|give me a sec|brb|be right back|let me check|let me see|i will check|i'll check|i am checking|checking|let me look|let me find out|i'll find out
|ちょっと待って|ちょっと待ってください|ちょっと待って下さい|少々お待ちください|少々お待ち下さい|少しお待ちください|お待ちください|お待ち下さい|待って|待ってください|待って下さい|確認します|確認してみます|調べます|調べてみます|少し待ってください|確認中です|確認します少々お待ちください|ちょっと確認します|いま確認します|今確認します
|รอสักครู่|สักครู่|รอแป๊บ|แป๊บ|แป๊บนึง|แปบ|แปบนึง|รอแปบ|เดี๋ยว|เดี๋ยวก่อน|รอก่อน|รอเดี๋ยว|ขอเช็คก่อน|ขอตรวจสอบก่อน|ขอดูก่อน|ขอเวลาสักครู่|เดี๋ยวขอเช็คก่อน|เดี๋ยวเช็คให้|กำลังเช็ค
"""
# courtesy and small talk that changes no meaning
_FILL = """
요|용|여|욥|ㅋ|ㅎ|ㅠ|ㅜ|음|흠|아|오|그럼|그러면|일단|정말|진짜|수고하세요|부탁드려요|부탁드립니다|부탁합니다|부탁해요|담당자님
|please|plz|pls|pl|plz thx|thanks|sir|madam|mam|dear|then|well|so|oh|ah|haha|hehe|lol|hm|um|uh|very much|a lot|for now|team|and|all|busybee|bot|it|is
|です|ですね|ですよ|でーす|ね|よ|ます|www|笑|あ|えっと|では|じゃあ|お願いします|どうも|すみません|と|さん
|ค่ะ|คะ|ค่า|ค่าา|ครับ|คับ|ครัช|ครับผม|คร้าบ|คร้าบผม|จ้า|จ้ะ|จ๊ะ|จ้าา|นะ|น่ะ|นะคะ|นะครับ|นะค่ะ|เลย|แล้ว|มาก|มากๆ|ๆ|ฮ่า|อิอิ|งับ|ฮะ|ฮับ|ทุกอย่าง|ทั้งหมด|ก็|ผม
"""

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0x2019: 0x27}
_LATIN = re.compile(r"[a-z0-9]")


def plain(text: str) -> str:
    """The letters and digits alone, in lower case: no marks, emoji or repeated letters, and no
    blanks but those between Latin words.
    """
    text = unicodedata.normalize("NFKC", text.translate(_FULL_WIDTH)).lower().replace("'", "")
    text = re.sub("[ーｰ〜]", "", text)
    kept = "".join(c if unicodedata.category(c)[0] in "LMN" else " " for c in text)
    kept = "".join("".join(run) if c.isdigit() else c for c, run in groupby(kept))
    return re.sub(r"(?<![a-z0-9]) | (?![a-z0-9])", "", " ".join(kept.split()))


def _phrases(*blocks: str) -> dict[str, tuple[str, ...]]:
    """The phrases of `blocks` by their first letter, the longest first."""
    found = sorted({plain(phrase) for block in blocks for phrase in block.split("|")} - {""})
    by_letter: dict[str, tuple[str, ...]] = {}
    for phrase in sorted(found, key=len, reverse=True):
        by_letter[phrase[0]] = (*by_letter.get(phrase[0], ()), phrase)
    return by_letter


_POLITE = _phrases(_FILL, _THANKS, _HELLO)
# what is a yes only where nothing else is said
_BARE_YES = {plain(word) for word in "ครับ ครับผม คับ คับผม คร้าบ คร้าบผม ค่ะ คะ ค่า จ้า จ้ะ จ๊ะ".split()}
_MEANINGS = {
    "yes": (_phrases(_YES), _POLITE),
    "no": (_phrases(_NO), _POLITE),
    "hello": (_phrases(_HELLO), _phrases(_FILL)),
    "thanks": (_phrases(_THANKS), _phrases(_FILL, _YES, _HELLO)),
    "bye": (_phrases(_BYE), _phrases(_FILL, _THANKS, _YES)),
    "wait": (_phrases(_WAIT), _phrases(_FILL, _YES, _HELLO)),
}


def _made_of(
    text: str, meant: dict[str, tuple[str, ...]], beside: dict[str, tuple[str, ...]]
) -> bool:
    """Whether `text` is phrases of `meant`, one at least, and of `beside`, and nothing else."""
    with_meant, without = set[int](), {0}
    for at in range(len(text)):
        if at not in with_meant and at not in without:
            continue
        if text[at] == " ":
            ends, own_ends = {at + 1}, set[int]()
        else:
            ends, own_ends = _ends(text, at, beside), _ends(text, at, meant)
        with_meant |= own_ends | (ends if at in with_meant else set())
        without |= ends if at in without else set()
    return len(text) in with_meant


def _ends(text: str, start: int, phrases: dict[str, tuple[str, ...]]) -> set[int]:
    """Where the phrases end that `text` has at `start`; a Latin one ends with its word."""
    found = (p for p in phrases.get(text[start], ()) if text.startswith(p, start))
    ends = {start + len(phrase) for phrase in found}
    return {end for end in ends if not _LATIN.match(text[end - 1]) or not _LATIN.match(text[end:])}


@lru_cache(maxsize=256)
def _means(text: str, meaning: str) -> bool:
    said = plain(text[: 4 * SHORT])
    return 0 < len(said) <= SHORT and len(text) <= 4 * SHORT and _made_of(said, *_MEANINGS[meaning])


# made of words of a yes, and none: "네?", "oh right", "yeah right", "please check", "well..."
NO_YES = re.compile(
    r"[?？]|^\W*(?:아|앗|어|참)\W*맞(?:다|당)|일단|확인\s?(?:좀\s?)?부탁"
    r"|\byeah\W*right\b|\b(?:do|get) it right\b|\bfor now\b|(?<!that )(?<!this )(?<!it )\bis (?:it|that|this)\b"
    r"|うー+ん|もう(?:結構|けっこう|大丈夫|いい)|もしもし|といい(?:な|です)|ถูก(?:ดี|มาก)",
    re.IGNORECASE,
)


def says_yes(text: str) -> bool:
    """Whether the whole message is a yes, "no changes, all correct" included."""
    if NO_YES.search(text):
        return False
    return _means(text, "yes") or plain(text[:SHORT]) in _BARE_YES


def says_no(text: str) -> bool:
    """Whether the whole message is a no."""
    return _means(text, "no")


def says_hello(text: str) -> bool:
    """Whether the message only greets."""
    return _means(text, "hello")


def says_thanks(text: str) -> bool:
    """Whether the message only thanks."""
    return _means(text, "thanks")


_LEAVING = re.compile(
    r"(?:이따가?|나중에|내일|모레|다음에|다시|다음 ?주에?) ?(?:다시 ?)?(?:오겠|올게|올께|들를|들어올|들어오겠|말씀드리|말씀드릴|연락드리|연락드릴|뵐게|뵙겠|접속)|회의 ?(?:들어|가야)|퇴근"
    r"|\b(?:will|'ll|gonna|can) (?:come|be|get|check|message|write|text|call|talk|return)(?: you)?(?: right)? (?:back|again|later|tomorrow)|\b(?:have to|need to|gotta|got to|must) (?:(?:run|dash|head off)\b|(?:go|leave)(?= now| for now|[,.! ]*$|, | and ))|\b(?:talk|speak|back|continue) (?:to you )?(?:tomorrow|later|on monday|next week)\b"
    r"|また(?:来ま|明日|後日|来週|伺い|連絡し|ご?連絡|参り|お願い|書き)|出直|改めて(?:ご?連絡|来|伺|書)|(?:後|のち|あと)ほど(?:また|改めて|ご?連絡)|あとでまた|後でまた|今日はここまで"
    r"|(?:กลับ|เข้า|ทัก)มา(?:ใหม่|อีก)|(?:ค่อย|ไว้)(?:คุย|ทัก|มา|กลับมา)(?:กัน)?(?:ใหม่|อีก|ต่อ|ที?หลัง)|ไว้(?:พรุ่งนี้|วันหลัง|มะรืน|คราวหน้า)|(?:^|[\s,]|นะคะ|นะครับ)บ(?:า|๊าย|๊า)ย",
    re.IGNORECASE,
)
_ASKING_OTHERS = re.compile(
    r"잠시만|잠깐만|기다려|(?:물어|여쭤|여쭈어|알아|찾아|확인해) ?(?:보고|볼게|볼께|보겠)|(?:담당자|팀장|과장|부장|공장|창고|동료).{0,12}(?:물어|여쭤|확인|바꿔|넘길|넘기)"
    r"|\b(?:hang on|hold on|one (?:sec|moment|minute)|bear with me|give me a (?:sec|minute|moment|min)|(?:need|have|got|let me|gonna|must) (?:to )?(?:ask|check with|check|confirm with|look (?:it )?up))\b|\b(?:asking|checking with) (?:my|our|the)\b"
    r"|(?:ちょ|ちょっと|少し|少々|しばらく)(?:お)?(?:まって|待って|待ち|まち)|(?:上司|工場|倉庫|現場|担当|同僚|お客|客先|取引先).{0,12}(?:聞|きい|確認|代わ|かわり|交代)|聞いてき|確認してき|調べてき"
    r"|(?:แป๊?บ|สักครู่|รอแป|รอเดี๋ยว|รอก่อน)|(?:ขอ|เดี๋ยว|ต้อง).{0,12}(?:ถาม|เช็[คก]|ตรวจสอบ|ดู|คิดดู|ปรึกษา).{0,24}(?:ก่อน|แป|ให้)|เดี๋ยว.{0,6}วิ่งไปดู",
    re.IGNORECASE,
)


def _is_short(text: str) -> bool:
    return len(text) <= 2 * SHORT and not re.search(r"[?？]", text)


def says_goodbye(text: str) -> bool:
    """Whether the message only takes leave."""
    plain_text = text.replace("’", "'")
    return _means(text, "bye") or (_is_short(text) and _LEAVING.search(plain_text) is not None)


def says_wait(text: str) -> bool:
    """Whether the customer only asks for a moment, or asks somebody else first."""
    asks = _is_short(text) and _ASKING_OTHERS.search(text) is not None
    return _means(text, "wait") or (asks and not says_unknown(text))


_GREETING = re.compile(
    r"^\W*(?:안녕|반갑|수고|처음 ?뵙|hi|hello|hey|dear|good (?:morning|afternoon|evening|day)|greetings|こんにち[はわ]|こんばん[はわ]|おはよう|お世話に|いつも(?:大変)?お世話|はじめまして|初めまして|お疲れ|สวัสดี|หวัดดี|เรียน)(?![a-z])",
    re.IGNORECASE,
)


_QUOTES_HERE = re.compile(
    r"견적.{0,8}(?:받을 ?수|되나|되는|가능).{0,8}(?:나요|가요|요|까)|\b(?:can|could) (?:i|we|you) .{0,16}\bquot|見積.{0,8}でき(?:る|ます).{0,8}か|ขอ(?:ใบเสนอ)?ราคา.{0,10}ได้(?:ไหม|มั้ย|หรือ)",
    re.IGNORECASE,
)


def begins_with_greeting(text: str) -> bool:
    """Whether a message that tells nothing opens with a greeting: who is writing, and so on; or
    asks whether quotations are made here.
    """
    greets = _GREETING.match(text) or _QUOTES_HERE.search(text)
    return len(text) <= 400 and greets is not None


_UNKNOWN = re.compile(
    r"(?:아직|여전히).{0,12}(?:안 ?나|협의|조율|나오지|못 ?받)|(?:협의|조율) ?중|まだ.{0,24}(?:てな(?:い|くて)|ません|なくて|中)|調整中|検討中|確認中|相談中|(?:กำลัง|ยัง)(?:รอ|คุย|ตกลง|เช็[คก]).{0,16}(?:อยู่|เลย|ไม่)|\b(?:still|currently) (?:waiting|checking|negotiating|being (?:fixed|arranged|discussed))\b|모르|모릅|몰라|몰루|아직 ?(?:안|못|미|결정|정해|확정|없|요|이요|입니다|이에요|$)|미정|나중에|글쎄|정해지지|안 ?정해|못 ?정|확정 ?(?:전|안)|확실하지|확실치"
    r"|\b(?:(?:don'?t|do not|didn'?t|doesn'?t|not) (?:really |yet |exactly )?(?:know|sure|decided|certain|clear|fixed|have (?:it|that|the|an?|any))|dunno|idk|no idea|no clue|not yet|unknown|undecided|tbd|tba|tbc|(?:tell|let) you later|to be (?:decided|advised|confirmed)|have no idea|unsure|haven'?t (?:decided|got))\b"
    r"|まだ(?:です|未定|決|分|わ|不明|ない|$)|未定|わからない|分からない|分かりません|わかりません|分かりかね|不明|あとで|後ほど|後で|決まってい?ない|決まってい?ません|決めてい?ません|存じません"
    r"|ไม่ทราบ|ไม่รู้|ยังไม่|ไม่แน่|ไม่มั่นใจ|ยังค่ะ|ยังครับ|ยังเลย|เดี๋ยวแจ้ง|จะแจ้ง(?:อีกที|ภายหลัง)|แจ้งภายหลัง|บอกทีหลัง",
    re.IGNORECASE,
)


def says_unknown(text: str) -> bool:
    """Whether a short message says that something is not known yet."""
    if len(text) > 2 * SHORT or says_goodbye(text):
        return False
    return _UNKNOWN.search(text.replace("’", "'")) is not None


_STATUS = {
    "ko": r"진행 ?(상황|상태)|(견적|처리|배송|운송|화물|주문).{0,12}(언제|어떻게 ?되|상태|상황|어디)|어디까지 ?(됐|되었|왔|진행)|언제쯤? ?(오|받|나오|도착하나)|^상태",
    "en": r"\bstatus\b|how (far|long (will|does|until))|when (will|do|can|should) .*(quot|price|answer|hear|offer)|where is (my|our|the)|any (news|update)|\btrack",
    "ja": r"状況|ステータス|進捗|いつ.{0,12}(届|もらえ|いただけ|来|できますか)|どうなって|どこまで(進|来|できて)",
    "th": r"สถานะ|คืบหน้า|ถึงไหนแล้ว|(ใบเสนอราคา|ราคา).{0,15}(เมื่อไร|เมื่อไหร่|ตอนไหน)|เมื่อ(ไร|ไหร่).{0,20}(ได้|ส่ง)",
}
_ASKS_STATUS = re.compile("|".join(_STATUS.values()), re.IGNORECASE)


def asks_status(text: str) -> bool:
    """Whether the message asks how far the request or the transport is."""
    return _ASKS_STATUS.search(text) is not None


# the facts as customers call them, to say which one is wrong or to ask for it
_FACTS = {
    "gross_weight_kg": r"중량|무게|\bweight\b|\bkgs?\b.{0,3}(?:wrong|틀)|重量|重さ|น้ำหนัก",
    "container": r"컨테이너|사이즈|\bcontainers?\b|\bsize\b|コンテナ|サイズ|ตู้|คอนเทนเนอร์|ขนาด",
    "etd": r"출발 ?(?:예정)?일|출발 ?날짜|출항일|선적일|\b(?:departure|etd|departing|sailing)\b(?! (?:port|city|place))|出発日|出港日|出発の日|วัน(?:ที่)?ออก|วัน(?:ที่)?เดินทาง|วันส่งออก",
    "eta": r"도착 ?(?:예정|희망)?일|도착 ?날짜|입항일|납기|\b(?:arrival|eta|arriving)\b(?! (?:port|city|place))|到着(?:希望)?日|入港日|納期|วัน(?:ที่)?ถึง",
    "origin": r"출발 ?(?:지|항|도시)|선적항|\b(?:origin|pol|departure (?:port|city|place)|port of loading)\b|出発(?:地|港)|積み?港|ต้นทาง|ท่าเรือต้นทาง",
    "destination": r"도착 ?(?:지|항|도시)|목적지|양하항|\b(?:destination|pod|arrival (?:port|city|place)|port of discharge)\b|到着(?:地|港)|仕向け?地|目的地|ปลายทาง(?!.{0,3}วัน)",
}
_FACT_WORDS = {name: re.compile(words, re.IGNORECASE) for name, words in _FACTS.items()}
_BOTH_DATES = re.compile(
    r"날짜|일정|\bdates?\b|日付|日程|日にち|วันที่(?!ออก|ถึง|เดินทาง)", re.IGNORECASE
)
_WRONG = re.compile(
    r"틀|잘못|아니|안 ?맞|맞지 ?않|수정|변경|바꾸|바꿔|바꿀|고쳐|이상해|다르|달라"
    r"|\b(?:wrong|incorrect|not (?:right|correct)|isn'?t (?:right|correct)|change|correct the|mistake|fix|edit|update|different|off)\b"
    r"|違|ちが|間違|まちが|変更|修正|直し|訂正|ผิด|แก้|เปลี่ยน|ไม่ถูก|ไม่ใช่|ไม่ตรง",
    re.IGNORECASE,
)


def facts_named(text: str) -> tuple[str, ...]:
    """The facts that a short message calls by name, in their order."""
    if len(text) > 2 * SHORT:
        return ()
    named = [name for name, words in _FACT_WORDS.items() if words.search(text)]
    if not {"etd", "eta"} & set(named) and _BOTH_DATES.search(text):
        named += ["etd", "eta"]
    if "eta" in named and "destination" in named and "วัน" in text:
        named.remove("destination")  # วันถึงปลายทาง is the day
    return tuple(name for name in _FACTS if name in named)


def calls_wrong(text: str) -> bool:
    """Whether the message says that something is not right or should change."""
    return _WRONG.search(text.replace("’", "'")) is not None


_TONGUES = {
    "ko": r"한국어|한글|\bkorean\b|\bhangul\b|韓国語|ハングル|(?:ภาษา)เกาหลี",
    "en": r"영어|영문|\benglish\b|英語|英文|ภาษาอังกฤษ|อังกฤษ",
    "ja": r"일본어|일어|\bjapanese\b|日本語|にほんご|ภาษาญี่ปุ่น",
    "th": r"태국어|\bthai\b|タイ語|泰語|ภาษาไทย",
}
# what makes the name of a language a wish for it
_IN_IT = re.compile(
    r"어로|글로|문으로|해 ?주|부탁|가능|바꿔|변경|대화|말해|편하|편해|편합|\b(?:please|plz|pls|in|speak|switch|use|write|reply|answer|language|can you|could)\b"
    r"|語で|文で|お願い|語に|話|対応|できますか|切り?替え|ขอ|เป็น|พูด|ใช้|คุย|ตอบ|เปลี่ยน|ได้ไหม",
    re.IGNORECASE,
)
_WILL_USE = re.compile(
    r"할게|할께|하겠|쓸게|쓰겠|적을게|적겠|갈게|話します|書き|します|いたします|부탁|주세요|お願い|ください|\b(?:will|i'll|let me|continue|go on|easier|please|pls|can you|could you)\b|จะ|ดีกว่า|นะ|สะดวก|ขอ",
    re.IGNORECASE,
)
_NAME_ALONE = re.compile("|".join(_TONGUES.values()), re.IGNORECASE)


_INTO = {
    code: re.compile(
        rf"(?:{names})(?:으?로(?=\s|$|[가-힣])(?!는|도)|で(?!す|は|も)|にし|に切|に替|に変)|\b(?:in|into|to|use|speak|write) (?:{names})|(?:เป็น|ใช้|พิมพ์|คุย|พูด|ขอ|เขียน|ต่อ)(?:ภาษา)?(?:{names})",
        re.IGNORECASE,
    )
    for code, names in _TONGUES.items()
}


def asks_language(text: str) -> str:
    """The language that a short message asks to go on in; empty where it asks for none."""
    if len(text) > SHORT:
        return ""
    goals = [code for code, into in _INTO.items() if into.search(text)]
    if len(goals) == 1 and _WILL_USE.search(text):
        return goals[0]
    asked = [code for code, names in _TONGUES.items() if re.search(names, text, re.IGNORECASE)]
    alone = not re.sub(r"\W", "", _NAME_ALONE.sub("", text))
    return asked[0] if len(asked) == 1 and (alone or _IN_IT.search(text)) else ""


_ENGLISH = re.compile(
    r"\b(?:the|is|are|am|from|please|we|our|you|your|it|its|should|will|would|need|want|hello|hi|yes|thanks|thank|and|my|i|i'm|have|has|not|don't|do|does|know|what|when|how"
    r"|can|could|this|that|of|be|but|with|there|which|change|correct|right|wrong|okay|about|make|ship|shipping|leave|leaving|arrive|arriving|going)\b",
    re.IGNORECASE,
)
_SCRIPTS = {
    "ko": re.compile(r"[가-힣]"),
    "ja": re.compile(r"[\u3041-\u30fa\uff66-\uff9d]"),
    "th": re.compile(r"[\u0e01-\u0e4e]"),
}


def language_of(text: str, current: str) -> str:
    """The language the message asks for, else the one it is written in; `current` where neither
    tells: names, units and numbers are the same in all four.
    """
    text = text.replace("’", "'")
    asked = asks_language(text)
    if asked:
        return asked
    letters = {language: len(script.findall(text)) for language, script in _SCRIPTS.items()}
    most = max(letters, key=lambda language: letters[language])
    english = len(_ENGLISH.findall(text)) >= 2
    latin = len(re.findall(r"[A-Za-z]", text))
    if letters[most] and not (english and latin > 3 * letters[most]):
        return most
    if letters[most] or not english:
        return "en" if english else current
    han = len(re.findall(r"[\u4e00-\u9fff]", text))
    return "en" if latin > han else current


# 555 is how Thai writers laugh
_LAUGHTER = re.compile(
    r"(?<![\d.,])5{3,}\+?(?![\d.,]*\d|\s?(?:kgs?|กก|กิโล|โล|ตัน|tons?|t\b|ตู้|ft|ฟุต))", re.IGNORECASE
)


def without_laughter(text: str, language: str) -> str:
    """`text` with 555 blanked out where Thai is spoken; every other letter stays in its place."""
    if language != "th":
        return text
    return _LAUGHTER.sub(lambda match: " " * len(match[0]), text)
