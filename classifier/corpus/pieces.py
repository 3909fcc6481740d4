"""What hand-written mails are recombined with: phrases, footers, quoted mails, by language.

None of them carries an order's number, asks for a price or gives a go-ahead in the sender's own
words: what is put into a mail must not change its label.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pieces:
    """The phrases of one language."""

    greetings: tuple[str, ...]
    closings: tuple[str, ...]
    signatures: tuple[str, ...]
    disclaimers: tuple[str, ...]
    phones: tuple[str, ...]
    # below these stands quoted old text; {name} wrote it
    reply_heads: tuple[str, ...]
    # what BusyBee or the customer wrote before; here numbers may stand
    old_mails: tuple[str, ...]
    # the note of whoever forwards, and the head of the forwarded mail
    forward_notes: tuple[str, ...]
    forward_heads: tuple[str, ...]
    names: tuple[str, ...]
    companies: tuple[str, ...]
    places: tuple[str, ...]
    # words of the trade and how some write them
    mixed: tuple[tuple[str, str], ...]


KOREAN = Pieces(
    greetings=(
        "안녕하세요.",
        "안녕하십니까.",
        "안녕하세요, 담당자님.",
        "담당자님 안녕하세요~",
        "항상 애써 주셔서 감사합니다.",
        "수고 많으십니다.",
        "수고하십니다",
        "비지비 귀중",
        "팀장님, 안녕하세요.",
        "",
    ),
    closings=(
        "감사합니다.",
        "고맙습니다.",
        "감사합니다!",
        "수고하세요.",
        "좋은 하루 되세요.",
        "이상입니다.",
        "감사드립니다",
        "",
    ),
    signatures=(
        "{name} 드림",
        "{company} {name}",
        "{company} 무역팀 {name} 과장",
        "{name}\n{company} | 해외영업부\nT. 02-000-0199 / F. 02-000-0198",
        "--\n{name} 대리\n{company}\nHP 010-0000-0142",
        "==========\n{company}\n물류담당 {name}\nTel: 031-000-0170\n==========",
        "{name} 배상",
    ),
    disclaimers=(
        (
            "※ 본 메일은 지정된 수신인만을 위한 것이며 기밀 정보를 포함할 수 있습니다. 잘못 "
            "받으신 경우 삭제해 주시기 바랍니다."
        ),
        (
            "이 전자우편과 첨부파일은 법률상 보호되는 내용을 담고 있을 수 있으므로 무단 복제와 "
            "배포를 금합니다."
        ),
        "환경을 위해 이 메일을 꼭 필요한 때에만 출력해 주세요.",
        "[대외비] 수신자 외 열람을 금함",
    ),
    phones=(
        "iPhone에서 보냄",
        "내 휴대전화에서 보냄",
        "갤럭시에서 보냈습니다",
        "모바일로 작성하여 오타가 있을 수 있습니다.",
    ),
    reply_heads=(
        "2026년 3월 9일 (월) 오전 10:12, {name} <quote@busybee.example>님이 작성:",
        "-----Original Message-----\nFrom: {name}\nSent: Monday, March 9, 2026 10:12 AM",
        "-----원본 메시지-----\n보낸 사람: {name}\n보낸 날짜: 2026년 5월 6일 수요일",
        "보낸사람: {name}\n받는사람: 수출팀\n날짜: 2026-07-14 16:20",
        "",
    ),
    old_mails=(
        (
            "안녕하세요, BusyBee입니다.\n견적 BB-2026-000512 보내드립니다. 합계 2,480,000원, "
            "유효기간 7일입니다.\n진행 여부를 알려 주세요."
        ),
        "문의 주셔서 감사합니다. 총중량과 출발 희망일을 알려 주시면 견적을 드리겠습니다.",
        "주문 BB-2026-000377 접수되었습니다. 선적 일정은 추후 안내드리겠습니다.",
        "요청하신 자료 첨부합니다. 확인 부탁드립니다.",
        "운임은 지난달과 같습니다. 추가로 궁금하신 점은 말씀해 주세요.\n비지비 영업팀",
    ),
    forward_notes=(
        "아래 메일 전달드립니다. 확인 부탁드려요.",
        "아래 건 담당자님께 전달합니다.",
        "참고하시라고 전달드립니다.",
        "아래 메일이 저한테 왔네요. 전달합니다.",
    ),
    forward_heads=(
        "---------- 전달된 메일 ----------\n보낸사람: {name}\n제목: {subject}",
        (
            "---------- Forwarded message ---------\n보낸사람: {name} "
            "<{name}@mail.example>\n제목: {subject}\n받는사람: 물류팀"
        ),
        "-------- 전달 메시지 --------\n발신: {name} ({company})\n제목: {subject}",
    ),
    names=(
        "김도윤",
        "박서연",
        "이준호",
        "최하늘",
        "정유진",
        "한지민",
        "오세훈",
        "서민재",
        "윤가람",
        "임보라",
    ),
    companies=(
        "한빛정밀",
        "(주)새론무역",
        "동해물산",
        "가온테크",
        "㈜누리상사",
        "태성기공",
        "미소푸드",
        "청솔케미칼",
    ),
    places=(
        "부산",
        "인천",
        "광양",
        "평택",
        "상하이",
        "도쿄",
        "오사카",
        "호치민",
        "하이퐁",
        "방콕",
        "싱가포르",
        "자카르타",
        "마닐라",
        "함부르크",
        "로테르담",
        "롱비치",
        "뉴욕",
        "시드니",
        "두바이",
        "뭄바이",
    ),
    mixed=(
        ("컨테이너", "CNTR"),
        ("컨테이너", "컨테이나"),
        ("견적", "quotation"),
        ("운임", "freight"),
        ("총중량", "G.W."),
        ("출발항", "POL"),
        ("도착항", "POD"),
        ("선적", "shipping"),
        ("통관", "customs clearance"),
        ("인보이스", "invoice"),
        ("부킹", "booking"),
        ("스케줄", "schedule"),
        ("피트", "ft"),
        ("담당자님", "담당자분"),
        ("첨부", "attach"),
    ),
)
ENGLISH = Pieces(
    greetings=(
        "Hi,",
        "Hello,",
        "Dear Sirs,",
        "Dear team,",
        "Good day,",
        "Hi there,",
        "Dear BusyBee,",
        "Good morning,",
        "To whom it may concern,",
        "",
    ),
    closings=(
        "Thanks",
        "Thank you.",
        "Best regards,",
        "Kind regards",
        "Many thanks and have a nice day",
        "Cheers",
        "BR",
        "Yours sincerely,",
        "",
    ),
    signatures=(
        "{name}",
        "{name}\n{company}",
        "{name} | Export Coordinator | {company}",
        "--\n{name}\n{company}\nTel +00 000 000 0142",
        "{name}\nLogistics Dept.\n{company}\nwww.company.example",
        "____________________\n{company}\n{name}, Purchasing\nPhone: +00 00 0000 0177",
    ),
    disclaimers=(
        (
            "This e-mail and any attachment are confidential and meant for the addressee only. "
            "If you received it in error, please delete it."
        ),
        "Please consider the environment before printing this e-mail.",
        (
            "All business is transacted subject to our standard trading conditions, a copy of "
            "which is available on request."
        ),
        "CONFIDENTIALITY NOTICE: the contents of this message may be privileged.",
    ),
    phones=(
        "Sent from my iPhone",
        "Sent from my phone, excuse typos",
        "Get Mail for Android",
        "sent from mobile",
    ),
    reply_heads=(
        "On Mon, 9 Mar 2026 at 10:12, {name} <quote@busybee.example> wrote:",
        (
            "-----Original Message-----\nFrom: {name}\nSent: Monday, March 9, 2026 10:12 AM\nTo: "
            "Export"
        ),
        "From: {name}\nSent: 6 May 2026 15:40\nTo: Shipping dept",
        "",
    ),
    old_mails=(
        (
            "Dear customer,\nplease find our quotation BB-2026-000512, total USD 2,480, valid "
            "for seven days.\nLet us know whether to go ahead."
        ),
        (
            "Thank you for your request. Please tell us the gross weight and the departure date "
            "so that we can quote."
        ),
        "Your order BB-2026-000377 has been received. The sailing schedule follows.",
        "Please find the documents attached and confirm receipt.",
        "The rate is the same as last month. Do ask if anything is unclear.\nBusyBee sales",
    ),
    forward_notes=(
        "Please see below.",
        "Forwarding this to you as discussed.",
        "FYI, below from our partner.",
        "This landed in my inbox, over to you.",
    ),
    forward_heads=(
        (
            "---------- Forwarded message ---------\nFrom: {name} "
            "<mail@partner.example>\nSubject: {subject}"
        ),
        "Begin forwarded message:\n\nFrom: {name}\nSubject: {subject}",
        "-------- Forwarded Message --------\nSubject: {subject}\nFrom: {name} ({company})",
    ),
    names=(
        "Anna Berger",
        "Tom Wilkins",
        "Priya Nair",
        "Luis Ortega",
        "Mei Chen",
        "Jonas Lind",
        "Sara Haddad",
        "Kofi Mensah",
        "Olga Petrova",
        "Grace Tan",
    ),
    companies=(
        "Northgate Trading Ltd",
        "Vogel Maschinen GmbH",
        "Sunrise Exports Pvt. Ltd.",
        "Alba Foods S.p.A.",
        "Kestrel Parts Inc.",
        "Blue Harbour Pty Ltd",
        "Oriental Star Co., Ltd.",
    ),
    places=(
        "Busan",
        "Incheon",
        "Shanghai",
        "Ningbo",
        "Yokohama",
        "Singapore",
        "Jakarta",
        "Bangkok",
        "Rotterdam",
        "Hamburg",
        "Antwerp",
        "Felixstowe",
        "Los Angeles",
        "Savannah",
        "Sydney",
        "Durban",
        "Santos",
        "Dubai",
        "Chennai",
        "Colombo",
    ),
    mixed=(
        ("please", "pls"),
        ("Please", "Pls"),
        ("container", "cntr"),
        ("shipment", "shpt"),
        ("thanks", "thx"),
        ("Thanks", "Thx"),
        ("you", "u"),
        ("are", "r"),
        ("regarding", "re"),
        ("weight", "wt"),
        ("documents", "docs"),
        ("approximately", "approx."),
        ("tomorrow", "tmrw"),
    ),
)
JAPANESE = Pieces(
    greetings=(
        "お世話になっております。",
        "いつもお世話になっております。",
        "お疲れ様です。",
        "ご担当者様",
        "初めてご連絡いたします。",
        "BusyBee 御中",
        "拝啓 時下ますますご清栄のこととお慶び申し上げます。",
        "",
    ),
    closings=(
        "よろしくお願いいたします。",
        "以上、よろしくお願い申し上げます。",
        "宜しくお願い致します",
        "どうぞよろしくお願いします。",
        "取り急ぎご連絡まで。",
        "敬具",
        "",
    ),
    signatures=(
        "{name}",
        "{company}　{name}",
        "{company}\n貿易部　{name}\nTEL 03-0000-0142",
        "--------------------\n{company}\n営業部 {name}\nFAX 06-0000-0143\n--------------------",
        "{name}（{company}）",
    ),
    disclaimers=(
        (
            "本メールには機密情報が含まれる場合があります。誤って受信された方は削除をお願いいたし"
            "ます。"
        ),
        "※このメールは宛先の方のみを対象としています。",
        "個人情報の取扱いについては弊社サイトをご覧ください。",
    ),
    phones=(
        "iPhoneから送信",
        "スマートフォンから送信しています",
        "Androidから送信",
        "外出先からのため短文で失礼します。",
    ),
    reply_heads=(
        "2026年3月9日(月) 10:12 {name} <quote@busybee.example>のメール:",
        "-----Original Message-----\nFrom: {name}\nSent: Monday, March 9, 2026 10:12 AM",
        "差出人: {name}\n送信日時: 2026年5月6日 15:40\n宛先: 輸出担当",
        "",
    ),
    old_mails=(
        (
            "お問い合わせありがとうございます。見積番号 BB-2026-000512、合計 "
            "248,000円です。有効期限は7日間です。\nご発注の可否をお知らせください。"
        ),
        "お見積りのため、総重量と出港希望日をお知らせください。",
        "ご注文 BB-2026-000377 を承りました。船積み予定は追ってご連絡いたします。",
        "ご依頼の資料を添付いたします。ご確認ください。",
    ),
    forward_notes=(
        "下記転送いたします。ご確認ください。",
        "取引先より下記のメールが届きましたので転送します。",
        "担当違いのようなので転送いたします。",
    ),
    forward_heads=(
        "---------- 転送メッセージ ----------\n差出人: {name}\n件名: {subject}",
        (
            "---------- Forwarded message ---------\nFrom: {name} "
            "<mail@partner.example>\nSubject: {subject}"
        ),
    ),
    names=("佐藤", "鈴木 健", "高橋 美咲", "田中", "伊藤 翔", "渡辺 由美", "山本", "中村 亮"),
    companies=(
        "株式会社みなと商会",
        "東和精機株式会社",
        "有限会社青葉物産",
        "さくら食品株式会社",
        "北斗化学工業",
    ),
    places=(
        "横浜",
        "神戸",
        "名古屋",
        "東京",
        "大阪",
        "釜山",
        "上海",
        "バンコク",
        "シンガポール",
        "ハンブルク",
        "ロッテルダム",
        "ロサンゼルス",
        "シドニー",
        "ハイフォン",
        "ジャカルタ",
    ),
    mixed=(
        ("見積", "quote"),
        ("コンテナ", "CNTR"),
        ("総重量", "G.W."),
        ("船積み", "shipment"),
        ("請求書", "invoice"),
        ("お願いいたします", "お願い致します"),
        ("ください", "下さい"),
        ("フィート", "ft"),
        ("運賃", "freight"),
    ),
)
THAI = Pieces(
    greetings=(
        "สวัสดีครับ",
        "สวัสดีค่ะ",
        "เรียน เจ้าหน้าที่",
        "เรียน ฝ่ายขาย",
        "เรียนทีมงานค่ะ",
        "ถึงทีมงาน BusyBee",
        "หวัดดีครับ",
        "",
    ),
    closings=(
        "ขอบคุณครับ",
        "ขอบคุณค่ะ",
        "ขอแสดงความนับถือ",
        "ขอบพระคุณอย่างสูง",
        "ขอบคุณมากค่ะ",
        "รบกวนด้วยนะครับ",
        "",
    ),
    signatures=(
        "{name}",
        "{name}\n{company}",
        "{name} / {company}\nโทร 02-000-0142",
        "--\nคุณ{name}\nฝ่ายส่งออก {company}",
        "({name})\n{company}\nโทรสาร 02-000-0143",
    ),
    disclaimers=(
        ("อีเมลฉบับนี้เป็นความลับและมีไว้สำหรับผู้รับที่ระบุเท่านั้น หากได้รับโดยไม่ตั้งใจโปรดลบทิ้ง"),
        "โปรดคำนึงถึงสิ่งแวดล้อมก่อนพิมพ์อีเมลฉบับนี้",
    ),
    phones=("ส่งจาก iPhone ของฉัน", "ส่งจากมือถือ", "ส่งจาก Android"),
    reply_heads=(
        "เมื่อ จ. 9 มี.ค. 2026 เวลา 10:12 {name} <quote@busybee.example> เขียนว่า:",
        "-----Original Message-----\nFrom: {name}\nSent: Monday, March 9, 2026 10:12 AM",
        "จาก: {name}\nส่งเมื่อ: 6 พฤษภาคม 2569\nถึง: ฝ่ายส่งออก",
        "",
    ),
    old_mails=(
        (
            "ขอบคุณที่สอบถาม ใบเสนอราคาเลขที่ BB-2026-000512 รวม 24,800 บาท ใช้ได้ 7 "
            "วัน\nกรุณาแจ้งว่าจะดำเนินการหรือไม่"
        ),
        "รบกวนแจ้งน้ำหนักรวมและวันที่ต้องการออกเดินทางเพื่อเสนอราคาค่ะ",
        "ได้รับคำสั่งซื้อ BB-2026-000377 แล้ว จะแจ้งตารางเรือให้ทราบต่อไป",
        "แนบเอกสารมาให้ตามที่ขอ รบกวนตรวจสอบค่ะ",
    ),
    forward_notes=("ส่งต่อเมลด้านล่างค่ะ", "รบกวนดูเมลข้างล่างครับ", "ลูกค้าส่งมาให้ เลยส่งต่อให้นะคะ"),
    forward_heads=(
        "---------- ข้อความที่ส่งต่อ ----------\nจาก: {name}\nเรื่อง: {subject}",
        (
            "---------- Forwarded message ---------\nFrom: {name} "
            "<mail@partner.example>\nSubject: {subject}"
        ),
    ),
    names=("สมชาย", "วิภาดา", "ณัฐพล", "กมลวรรณ", "ธีรเดช", "ปวีณา"),
    companies=("บริษัท สยามรุ่งเรือง จำกัด", "หจก. ทองเจริญ", "บจก. เอเชียพาร์ท", "บริษัท บ้านไม้งาม จำกัด"),
    places=(
        "แหลมฉบัง",
        "กรุงเทพ",
        "สงขลา",
        "ปูซาน",
        "เซี่ยงไฮ้",
        "โตเกียว",
        "โยโกฮามา",
        "สิงคโปร์",
        "ไฮฟอง",
        "ฮัมบูร์ก",
        "รอตเตอร์ดัม",
        "ดูไบ",
        "ซิดนีย์",
    ),
    mixed=(
        ("ตู้คอนเทนเนอร์", "container"),
        ("น้ำหนักรวม", "G.W."),
        ("ใบแจ้งหนี้", "invoice"),
        ("เอกสาร", "docs"),
        ("ค่าระวาง", "freight"),
        ("กิโลกรัม", "กก."),
        ("ราคา", "rate"),
        ("ครับ", "คับ"),
        ("นะคะ", "น้า"),
    ),
)
PIECES = {"ko": KOREAN, "en": ENGLISH, "ja": JAPANESE, "th": THAI}
