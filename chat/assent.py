"""What the answer to the full list means: "Lovely, all correct, J. Brandt" is a yes.

Only for a message that states, asks and leaves open nothing else (the dialogue sees to that): it
is a yes if it holds an affirmation and nothing that speaks against one (negation, contrast, doubt,
a wish, a digit, a question). Names and courtesies beside it do not matter. Elsewhere `intents` is
strict.
"""
# ruff: noqa: E501  # a list of words stays in one piece

import re
import unicodedata

from chat import intents

# a letter beyond that is read by a person's eyes only
LONGEST = 200
# what may stand beside a clear yes ("all correct"), and beside one that is a courtesy as well
# ("ok"): letters, those of other scripts than Latin counted twice
BESIDE_CLEAR, BESIDE_PLAIN = 22, 6


def _any(*words: str) -> re.Pattern[str]:
    return re.compile("|".join(words))


_THUMBS_UP = re.compile("[👍👌✅✔☑🙆🆗💯⭕]")
_THUMBS_DOWN = re.compile("[👎❌🙅✖✗🚫]")
_PUZZLED = re.compile("[🤔😕❓⁉🤷]")
_CLOSING = re.compile(
    r"(?:[,.!\n]|^|\b(?:thanks|thank you) (?:and|&) )\s*(?:with )?(?:best |kind |warm(?:est)? |many )?(?:regards|rgds|wishes|sincerely|yours \w+|brgds|b\.?rgds|br)\b.{0,80}$",
    re.DOTALL,
)

# a negation that affirms: there is nothing to change
_NOTHING_WRONG = _any(
    r"(?<!\d)100\s?%",
    r"(?:수정|변경|정정|틀린|틀릴|잘못된|이상|고칠|바꿀|문제|빠진|누락|오류|다른|추가)\s?(?:할|된)?\s?(?:사항|것|거|건|게|점|데|부분|곳|내용)?\s?(?:은|는|이|가|도)?\s?(?:따로|전혀|하나도|특별히)?\s?없(?:습니다|슴니다|어요|어여|음|네요|네|다|고요|구요|어|죠)",
    r"틀림\s?없(?:습니다|어요|이)",
    r"(?:(?:그|이)대로|(?:그|이)걸로|그렇게|이렇게|위와\s?같이)\s?(?:해|진행해|가|하|진행하|보내)\s?(?:주)?(?:시)?면\s?(?:됩니다|돼요|되요|될\s?(?:것|거)\s?같습니다|되겠습니다|좋겠습니다|감사하겠습니다|됨)",
    r"\b(?:no|nothing|zero|without|(?:can'?t|don'?t|couldn'?t) (?:see|find|spot)(?: any(?:thing)?)?) (?:further |more |other |any |else |is |looks |needs )*(?:changes?|changing|corrections?|errors?|mistakes?|issues?|problems?|prob|objections?|amendments?|edits?|adjustments?|wrong|missing|off|incorrect|complaints?|remarks?|worries|doubt|to (?:be )?(?:changed?|correct(?:ed)?|fix(?:ed)?|amend(?:ed)?|add(?:ed)?|edit|modify))\b(?: (?:needed|necessary|required|at all|here|there))*",
    r"\bmatch(?:es)? (?:with )?(?:our|my|the) (?:documents?|docs|papers|records|invoice)\b",
    r"\bno need (?:to|for) (?:any )?(?:changes?|correct(?:ions?)?|edit|fix)(?: anything)?\b",
    r"(?<!not )\b(?:nothing|all|just|exactly|exactly what|what|everything) (?:i|we) (?:need|needed|want|wanted|asked for)\b",
    r"\bshould be (?=(?:right|correct|fine|ok|okay|good)\b)",
    r"(?:間違い|まちがい|誤り|相違|問題|もんだい|変更|修正|訂正|異存|異議|異論|不備|不足|漏れ|直すところ)(?:点|箇所|事項|等|など|の必要)?(?:は|も|が|とか)?(?:特に|とくに|全く|まったく|一切)?(?:ない(?!か|と困)|なし|無し|無い(?!か)|ありません(?!か)|ございません(?!か)|御座いません|なさそう|なく(?=合|正|て結構|て大丈夫))(?:です|でした)?",
    r"ไม่(?:มี|ต้อง)?(?:อะไร|ที่|ส่วน|จุด|ข้อ|การ|ตรงไหน|ไหน|ให้|ต้อง|จะ|เห็น|พบ)*(?:แก้ไข|แก้|เปลี่ยนแปลง|เปลี่ยน|ปรับ|ผิดพลาด|ผิด|ปัญหา|เพิ่มเติม|เพิ่ม|ติดขัด|ขาด|ตกหล่น)(?:อะไร|แล้ว|ตรงไหน|เลย|เพิ่มเติม)*",
)
# courtesy that looks like a negation, a question or a wish
_COURTESY = _any(
    r"すみません|すいません|申し訳(?:ございません|ありません)|恐れ入りますが|お手数(?:ですが|をおかけしますが)?",
    r"(?:お?送り|お?進め|手配|作成|お願い|お見積り?)(?:して|を|て)?(?:いただけ|頂け)(?:ますか|ますでしょうか|れば(?:幸い|と思|ありがた)\w*|ますと(?:幸い|助か)\w*)",
    r"(?:迅速な|早速の?|丁寧な)?ご?対応(?:を|いただき|頂き)?、?(?=ありがとう)|お?見積(?:もり|り)?書?(?:を|も)?(?:お待ちして(?:おり|い)ます|(?=(?:よろしく)?お願い))",
    r"(?:รบกวน|ช่วย)*ส่ง(?:ใบเสนอ)?ราคา(?:มา)?(?:ให้)?(?:ได้เลย|ด้วย|หน่อย)?|รอ(?:รับ)?(?:ใบเสนอ)?ราคา|รอใบเสนอ|ขอ(?:รับ)?ใบเสนอ(?:ราคา)?",
    r"\b(?:i|we)(?:'ll| will| shall)? (?:look forward|wait for|be waiting for|await)\b.*|\blooking forward\b.*|\bwaiting for (?:the|your)\b.*",
    r"\b(?:please |pls |plz |kindly |you can |now )*(?:send|issue|give|email)(?: me| us)?(?: the| your| a)? (?:quote|quotation|offer|price)\b",
    r"견적(?:서)?(?:를|을|은|는)?\s?(?:이?메일로\s?)?(?:기다리겠습니다|기다릴게요|부탁드립니다|부탁드려요|부탁해요|주세요|보내\s?주세요)",
)
_AGAINST = _any(
    r"\d|[?？]",
    # Korean
    r"아니|아닌|아님|아냐|아뇨|안\s?(?:맞|되|돼|됐|됩|좋)|않|못|틀|잘못|다르|다릅|달라|다른|이상(?:해|하|한)|수정|변경|정정|바꿔|바꾸|바꿀|바뀌|바뀐|고쳐|고칠|추가|빼|뺄|취소|중단",
    r"근데|그런데|그렇지만|하지만|다만|단[,\s]|지만|는데|은데|인데|한데|말고|대신|제외|외에|잠깐|잠시|잠만|기다려|기다리|확인해\s?(?:볼|보|봐|야|주|달)|확인(?:을)?\s?(?:후|하고|하러|할|해야|중|필요|부탁|좀|받|차)|물어|알아\s?[볼보]|여쭤|여쭙|생각|검토|상의|의논|나중|이따|아직|글쎄|모르|몰라|혹시|만약|면\s|면$|려면|아마|확실|덜\s|더\s|한\s?번\s?더|다시|까요|나요|가요|습니까|ㅂ니까|는지|은지|을지|건가|던데|싶|궁금|어떻게|얼마|언제|어디|뭐",
    # English
    r"\b(?:no|not|never|nope|nah|none|nothing|neither|nor|without|cannot|cant|dont|doesnt|didnt|isnt|arent|wasnt|wont|couldnt|shouldnt|havent|unsure|unclear|unconfirmed|incorrect|inaccurate|wrong|wrongly|false|bad|hardly|barely|nearly|almost|partly|partially|mostly|half|some|most)\b|n't\b",
    r"\b(?:but|except|excluding|however|though|although|tho|only|apart|besides|other|otherwise|yet|still|unless|until|till|if|once|after|before|when|whether|while|wait|waiting|hold|hang|hmm+|hm|erm|moment|minute|min|sec|second|let me|lemme|let us|lets|check|checking|verify|verifying|ask|asking|tell|call|talk|speak|later|tomorrow|tonight|soon|next|back|consider|discuss|review|reviewing|first)\b|let's",
    r"\b(?:(?:to|will|'ll|would|must|should|can|could|may|might|please|pls|plz|kindly|you|cannot|boss|manager|customer|they|he|she) (?:re)?confirm\w*|(?:re)?confirm (?:with|by|later|it with|the(?! (?:above|details?|list|data|same|information|info|summary)))|reconfirm\w*|awaiting|await)\b",
    r"\b(?:maybe|perhaps|probably|prob|possibly|guess|suppose|hope|hopefully|might|may|could|would|should|doubt\w*|seemingly|assume|presumably|idk|dunno)\b",
    r"\b(?:chang\w+|change|add|adding|remove|delete|edit|fix|update|updated?|modif\w+|amend\w*|adjust\w*|replace|switch|swap|make it|instead|different|another|more|less|extra|also|plus|cancel\w*|stop|abort|missing|forgot|forget|mistake\w*|error\w*|typo|issue\w*|problem\w*|question\w*|need|needs|want|wants|like to|urgent\w*|correct (?:the|it|my|our|weight|date|to|them)|correction\w*)\b",
    r"\b(?:what|which|where|why|how|who|whose)\b|^(?:is|are|was|were|does|do|did|can|will(?! do)|shall|have|has)\b|\bright(?=,? (?:now|away)\b)(?<!s right)(?<!is right)(?<!all right)(?<!are right)|\ball right,? (?:so|then|i|my)\b|\b(?:to|the|on|all) the right\b|\bright (?:side|hand|one|person)\b",
    # Japanese
    r"違|ちが|間違|まちが|誤|ない|なく|なけれ|なさ|ません|合わ|ぬ$|けど|けれど|ですが|ますが|したが|るが|いが|しかし|(?<!い)ただ(?!いま|き)|でも|のに|とはいえ|以外|除|確認(?:し(?:ます|て|たい|ないと)|いたします|致します|中|させ|する|が|後|お願い|ください|を|待ち|取)|調べ|聞い|聞き|きいて|相談|検討|考え|待|まって|少々|後ほど|のちほど|後で|あとで|まだ|また(?!よろし|お願い)|多分|たぶん|おそらく|恐らく|かも|もし(?!も)|なら|たら|れば|変更|修正|訂正|直し|直す|追加|キャンセル|取り?消|やめ|止め|やり直|減ら|増や|替え|変え|変わ|もう一|ほか|他に|どう(?!も)|何(?!卒)|なに(?!とぞ)|いつ(?!も)|どこ|どれ|どの|どちら|いくら|か[。！!、\s]*$|かな|でしょうか|ますか|ですか|かどうか|不明|不安|自信|だめ|ダメ|駄目|(?<!いた)だけ|いいえ|いや|教え|欲し|ほし|たい(?!へん)",
    # Thai
    r"ไม่|มิใช่|ยัง|ผิด|แก้|เปลี่ยน|ปรับ|เพิ่ม|ลด|ยกเลิก|แต่|ยกเว้น|เว้น|รอ(?!บ)|เดี๋ยว|เดียว|แป๊บ|แปบ|แปป|ก่อน|เช็ค|เช็ก|ตรวจ(?!สอบแล้ว|แล้ว|ดูแล้ว|ทานแล้ว)|ถาม|ปรึกษา|ทีหลัง|ภายหลัง|อาจ|น่าจะ|คง|มั้ง|ไหม|มั้ย|มั๊ย|มัย|หรือ|รึ|เหรอ|หรอ|ป่าว|เปล่า|ถ้า|หาก|อีก|จะ|ขอ(?!บ|ง|ยืนยัน|แสดง|คอน)|อยาก|ต้อง(?<!ถูกต้อง)(?<!ถุกต้อง)(?<!ถูกต่อง)|พรุ่งนี้|บางส่วน|บางอย่าง|แค่|เฉพาะ|อะไร|ยังไง|อย่างไร|ทำไม|เมื่อไ|เท่าไ|ไหน|ใคร|สงสัย|ถูกกว่า|ราคาถูก|ลืม|ขาด",
)
# a yes to something else than the list, of somebody else, by halves, in jest or in a quotation
_OF_OTHER_THINGS = _any(
    r"^\s*[>\[\"“「『]|^\s*(?:fwd?|re)\s?:|\b(?:fob|exw|fca|cfr|cif|dap|ddu|ddp)(?![a-z])",
    # Korean
    r"메일|연락처|번호|전화|통화|주소|이름|회사|물산|본인|담당자(?!님)|접니다|저[예에]요|개인\s?정보|약관|가격|금액|요금|운임|비용|예산|보험|통관|도어|리퍼|냉동|냉장|위험물|결제|입금|송금|서류|선사|운송사|화주|상대|저쪽|윗선|(?:사장|팀장|부장|과장)(?:님)?(?:이|께서|은|는)|결재",
    r"대요|(?<!그)래요|다네요|라네요|다고\s?하|라고|원칙|조건|빠르|빨라|빨리|급해|날씨|서비스|챗봇|받았|들었|듣고|말씀하세요|여기\s?있|여기까|지금까|대충|대체로|얼추|거의|일단|알기로|걸요|기도|어련|그러시겠|잘도|퍽이|야\s?(?:해|합|돼|됩)|내일|모레|다음\s?주|기다릴|질문|한\s?가지|하나만|[두세]\s?건|까지요|도요|있지|그만|접수|맞춰|수고하셨|하게\s?(?:해|부탁|좀)|^\W*(?:아|앗|어|참)\s?맞(?:다|당|네|아\s)|^(?:아|이제|그냥)?\s?됐(?:어요?|습니다|네요?.*)\W*$",
    # English
    r"\b(?:e?-?mails?|messages?|phone|number|name|address|invoice|payment|pay|paid|pric(?:es?|ing)|rates?|costs?|budget|fees?|insurance|insured|customs|privacy|policy|terms|vessel|ship|route|space|booking|documents?|docs|door|reefer|frozen|chilled|cooled|hazardous|dangerous|weather|service|reply|replies|replied|response|speed|receipt|receiv\w*|meeting|home|lunch|office|principle|tentatively|colleagues?|client|shipper|consignee|finance|carrier|forwarder|remark|thing|says?|said|funny|story|speaking|noted|see|seen|whatever|ltd|inc|gmbh|blah)\b",
    r"\b(?:so far|far|for now|as long as|looks about|about right|roughly|sort of|kind of|kinda|sorta|first glance|first sight|make sure|make it|(?:do|get) (?:it|this|that|them) right|like it|(?:i|we)(?:'m| am|'re| are) here|it(?:s|'s| is)? me|(?:well|fine|good) here|with me|it being|in general|(?:i|we)(?:'ll| will)(?! take)|we can)\b|\bon (?:mon|tues|wednes|thurs|fri|satur|sun)day\b|\bok(?:ay)?,? (?:so|understood|got it)\W*$|[a-z]+ box\b",
    # Japanese
    r"メール|電話|番号|住所|名前|会社名|アドレス|ポリシー|料金|価格|値段|値引|予算|運賃|費用|保険|通関|リーファー|冷凍|冷蔵|危険|着払|入金|送金|支払|書類|上司|課長|部長|社長|先方|他社|社内|ているそう|いわく|と言って|といって|とのこと|次第|条件付|原則|必要|早め|早く|早い|安く|別の|人で|人間|担当の|私です|聞こえ|^はい[、 ]?おります|もしもし|だいたい|大体|おおむね|概ね|ほぼ|一応|とりあえず|今のところ|ここまで|正しくお願い|正しくして|正確に|ようにお願い|ちゃんと|しっかり|確実に|質問|あと(?![ぁ-ん])|プラス|ところで|とい[いい](?:な|です)|困|もう(?:結構|大丈夫|いい|良い)|今回は|遠慮|すごい|天気|サービス|対応|なの\W*$|うー+ん",
    # Thai
    r"เมล|โทร|เบอร์|ที่อยู่|ชื่อ|บริษัท|ราคา|ประกัน|ศุลกากร|อันตราย|ตู้เย็น|แช่|จ่าย|โอนเ|เอกสาร|เงิน|หัวหน้า|เพื่อน|ลูกค้า|สายเรือ|เรือ|ที่นั่ง|เจ้าอื่น|บอกว่า|ติดต่อ|คุยได้|ได้ยิน|ได้รับ|ฉันเอง|ผมเอง|ว่าไง|เอาไง|อยู่|ให้(?:ถูก|เรียบร้อย)|กิน|เกือบ|ค่อนข้าง|ส่วนใหญ่|เบื้องต้น|ถึงตรงนี้|เท่าที่|ป่?ะ(?:\W|$)|หลักการ|เงื่อนไข|เก่ง|ล่ะ|บริการ|อือหือ|ชิป|แย่|ถูก(?:ดี|มาก|ใจ)|ไว(?!้)",
)
_CLEAR = _any(
    # Korean
    r"맞(?:습|슴|아|네|음|는\s?(?:것|거|듯)|죠|지요|고요|구요|당|어요|엉|다[요ㅋ~!.]*$)|마자여?|마쟈|정확(?:합|해|하네|하게|히)|완벽|확정|확인\s?(?:했|됐|되었|완료|하였|함|됨|끝)|동의(?:합|해|함)|진행(?:해|하시|하면|할|부탁|시켜|요|ㄱ)|(?:그|이)대로\s?(?:해|가|진행|부탁|하|요|갑|ㄱ)|오케|오키|ㅇㅋ|예스|옛썰|(?:그|이)걸로\s?(?:요|해|할|부탁|가|진행|하)?|그렇게\s?(?:해|부탁|진행)|좋(?:습|아|네)|됐(?:습|어|네)|되었습|완료",
    # English
    r"\b(?:correct|corect|corret|corrct|currect|correctly|crct|right|rigth|rite|righto|accurate|perfect|perfectly|prefect|confirmed|confirm(?:ing)?|agree|agreed|approved?|spot on|bang on|dead on|on point|all (?:is |looks |are |seems )?(?:good|ok|okay|fine|set|well|yes|clear|great|there)|(?:good|ready) to go|(?:looks?|seems?|sounds?) (?:good|right|fine|ok|okay|great|perfect)|go ahead|go for it|proceed|exactly|exact|precisely|absolutely|definitely|certainly|thats it|that is it|thats the one|you(?:'ve|ve| have)? got it|got it right|nailed it|lgtm|affirmative|(?:everything|it|they)(?: all)? (?:is |s |are |looks? |seems? )?(?:ok|okay|fine|good|great|matches|checks out|in order)|everythings (?:ok|okay|fine|good|great|in order)|in order|match(?:es)?|checks out|yes to (?:all|everything)|yes all|happy with (?:it|that|this|everything|all))\b|\ball ✓",
    # Japanese
    r"合って|合ってる|合ってま|(?<![かが])あって(?:い?ます|る|おり)|正しい|正しく|(?:その|この|上記の?|以上の?|記載の?)(?:通り|とおり)|(?:この|その|上記|以上|こちら|これ|それ)の?(?:内容|まま|条件|形|感じ|方向)?で\s?(?:お願い|おねがい|おなしゃす|おねしゃす|頼|進め|結構|けっこう|大丈夫|問題|ok|オッケ|オーケ|確定|いい|良い|よい|よろし|宜し|手配|どうぞ|いき|行き|頼み|✓)|確定|完璧|かんぺき|パーフェクト|ばっちり|バッチリ|ok(?=\s?[でだっ])|(?<=[ぁ-ん一-龥])ok|オーケ|オケ|オッケ|おっけ|おけ|大丈夫|だいじょうぶ|承認|承知|了解|りょうかい|りょ$|確認(?:いた|致)?しました|確認済|確認でき|拝見(?:いた)?しました|進めて|結構です|けっこうです|(?:で|も|は)?(?:いい|良い|よい)です|よろしい|宜しい|異論",
    # Thai
    r"ถูก(?:ต้อง|หมด|แล้ว|ทุก|ทั้ง|ครบ|ค่|คะ|ครั|คับ|จ้|ละ|เป๊ะ|ตาม|\s|$)|ถุก(?:ต้อง|หมด)|ถูกต่อง|ใช่|ช่าย|ชั่ย|ตรง(?:แล้ว|ตาม|กัน|หมด|ทุก|เป๊ะ|ค่|ครั|$)|(?:ตาม|แบบ)(?:นี้|นั้น|ที่แจ้ง)|ยืนยัน|คอนเฟิร์?ม|โอเค|โอเช|โอเคร|เค(?:ๆ|ครับ|ค่ะ|คับ|จ้า|นะ|เลย)|^เค$|ตกลง|เรียบร้อย|ครบ(?:ถ้วน|แล้ว|ทุก|หมด)|เป๊ะ|ดำเนินการ(?:ต่อ|ได้|เลย)|จัด(?:ไป|เลย|มา)|ลุย|ได้เลย|เพอร์เฟ|เยส",
    "✓",
)
_PLAIN = _any(
    r"(?<![가-힣])(?:네(?![고덜이트임])|[넵넹넴옙]|예(?![정약상전산시])|응(?!답)|그래(?![서도])|굿|콜)+|ㅇㅇ|ㄱㄱ|(?<![가-힣])확인(?=$|\s|요|이)|괜찮",
    r"\b(?:y|ye|yes+|yea|yeah|yeh|yep|yup|yah|ya|aye|yessir|ok+|okay|okey|okie|okeydokey|okidoki|k|kk|sure|fine|good|great|lovely|cool|nice|super|superb|excellent|brilliant|wonderful|awesome|alright|aight|indeed|of course|true|deal|done)\b",
    r"はい|はーい|ハイ|ええ|うん|そう(?:です|だ)|おねがい|お願い|おなしゃす|おねしゃす|いいよ|いいね|それで|これで",
    r"ได้|ดี(?:ค่|ครั|แล้ว|เลย|มาก)|อือ|เออ|เยี่ยม|^(?:ค่ะ|คะ|ครับ|คับ|จ้า|จ้ะ|ค่า)",
)
_BESIDE = _any(
    r"감사(?:합니다|해요|드립니다|드려요)?|고맙습니다|수고하세요|수고하십시오|부탁(?:드립니다|드려요|합니다|해요)|잘\s?부탁|담당자님|말씀하신|주신|이제|모두|전부|전체|내용|정보|다(?=\s|$)|요|ㅋ|ㅎ|ㅠ",
    r"\b(?:please|pls|plz|thanks|thank you|thx|ty|sir|madam|maam|mam|dear|mate|bro|buddy|friend|boss|team|now|so|then|it|its|is|that|thats|this|all|of|the|to|me|my|our|we|i|you|your|for|from|end|side|everything|and|very|much|details?|info|information|list|above|here|with|us|a|are|they|these|those|looks?|both|just|oh|ah|well|totally|completely|hello|hi)\b",
    r"(?:何卒)?よろしくお願い(?:いた|致)?(?:します|申し上げます)|上記の?|いたしました|(?:どうも)?ありがとうございま(?:す|した)|ありがとう|です|ます|内容|すべて|全て|全部|今度は|こちら|ね|よ",
    r"ขอบคุณ|มาก|ค่ะ|คะ|ค่า|ครับ|คับ|ผม|จ้า|จ้ะ|นะ|เลย|แล้ว|หมด|ละ|พี่|ข้อมูล|รายละเอียด|ทั้งหมด|ทุกอย่าง|ที่|น้อง|เจ้า|อืม|อ่า",
)
_WRONG = _any(
    r"맞지\s?않|안\s?맞|틀렸|틀린|틀려|틀립|틀리|잘못(?:됐|되|된|나|적)|아닙니다|아니에요|아니예요|아닌데|아닌\s?(?:것|거|듯)|이상(?:해|한데|하네)|(?:수정|변경)(?:할|이\s?필요|필요|해야|하고|이\s?있|사항\s?있)|달라요|다릅니다|다르네|다른데|땡",
    r"\bnot (?:\w+ )?(?:right|correct|accurate|ok|okay|good|true|fine|what (?:i|we))\b|\b(?:is|are)n'?t (?:\w+ )?(?:right|correct|accurate|ok)\b|\b(?:wrong|incorrect|inaccurate|nope|mistakes?|errors?|typo)\b|\bno way\b|^no\b",
    r"違い(?:ます|が|まし|そう)|違う|ちがい|ちがう|違って|間違(?:って|い(?:が|です|まし|ている)|え)|正しくな|正しくあり|合って(?:い)?(?:ない|ません|おりません)|誤り(?:が|です)|ミスが|修正(?:が|し|を)|いいえ",
    r"ไม่ถูก|ไม่ใช่|ไม่ตรง|ผิด|ต้องแก้|ขอแก้|อยากแก้",
)
# who says that is no way to a yes or a no
_UNSURE = _any(
    r"[?？]|확실|모르|글쎄|아마|확인해|확인\s?(?:후|하고|중)|잠[깐시]|나요|까요|는지|ㄹ지",
    r"\b(?:sure|certain|unsure|maybe|perhaps|probably|if|whether|check|verify|ask|let me|wait|don'?t know|might|could|idea|would|worry|worries|was|were)\b",
    r"確認|分から|わから|かも|もし|か[。！!\s]*$|たぶん|多分|なら|調べ",
    r"แน่ใจ|เช็[คก]|ตรวจ|ไหม|มั้ย|หรือ|เปล่า|ถ้า|อาจ|น่าจะ|ก่อน",
)


def says_all_is_right(text: str) -> bool:
    """Whether a message that states and asks nothing says yes to the full list."""
    said = _folded(text)
    if not said or len(said) > LONGEST or _THUMBS_DOWN.search(text) or _PUZZLED.search(text):
        return False
    said = _COURTESY.sub(" ", _NOTHING_WRONG.sub(" ✓ ", said))
    if intents.NO_YES.search(said) or _AGAINST.search(said) or _OF_OTHER_THINGS.search(said):
        return False
    if _CLEAR.search(said):
        return _weight(said) <= BESIDE_CLEAR
    busy = intents.says_goodbye(text) or intents.says_wait(text) or intents.says_unknown(text)
    return not busy and _PLAIN.search(said) is not None and _weight(said) <= BESIDE_PLAIN


def says_yes_and_right(text: str) -> bool:
    """Whether a message, without the facts that it repeats, begins with a yes and calls them right."""
    said = _NOTHING_WRONG.sub(" ✓ ", _folded(text)).lstrip(" ,.!、。")
    yes = _PLAIN.match(said) or _CLEAR.match(said)
    after = said[yes.end() :] if yes else ""
    return bool(yes) and _CLEAR.search(after) is not None and says_all_is_right(text)


def says_something_is_wrong(text: str) -> bool:
    """Whether a message that states and asks nothing says no to the full list."""
    said = _folded(text)
    if not said or len(said) > LONGEST or _PUZZLED.search(text) or _THUMBS_UP.search(text):
        return False
    if _THUMBS_DOWN.search(text):
        return True
    said = _NOTHING_WRONG.sub(" ", said)
    return _WRONG.search(said) is not None and _UNSURE.search(said) is None


def _folded(text: str) -> str:
    """`text` in small letters and plain width, emoji that agree as a tick, without its closing."""
    said = unicodedata.normalize("NFKC", _THUMBS_UP.sub(" ✓ ", text)).replace("ํา", "ำ")
    said = unicodedata.normalize("NFC", said).lower().replace("’", "'")
    said = re.sub(r"'s\b", "s", said)
    return re.sub(r"[ \t]+", " ", _CLOSING.sub(" ", said)).strip()


def _weight(said: str) -> int:
    """How much stands beside the yes and its courtesies: letters, other scripts' twice."""
    rest = said
    for words in (_CLEAR, _PLAIN, _BESIDE):
        rest = words.sub(" ", rest)
    return sum(1 if char.isascii() else 2 for char in rest if char.isalpha())
