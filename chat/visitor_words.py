"""What is said around a visitor's mail address, in four languages, and the widget's own words."""
# ruff: noqa: E501  # a sentence stays in one piece

from freight.proofs import A_CONVERSATION

SAID: dict[str, dict[str, str]] = {
    "ask": {
        "ko": "견적서를 받으실 이메일 주소도 알려 주세요. (예: name@company.example)",
        "en": "Which email address should the quotation go to? (for example name@company.example)",
        "ja": "お見積書をお送りするメールアドレスもお知らせください。（例：name@company.example）",
        "th": "กรุณาแจ้งอีเมลที่ต้องการรับใบเสนอราคาด้วยนะคะ (เช่น name@company.example)",
    },
    "ask_last": {
        "ko": "운송 정보는 모두 받았습니다. 견적서를 받으실 이메일 주소만 알려 주시면 됩니다. (예: name@company.example)",
        "en": "That is all we need about the shipment. The one thing still missing is your email address, so that the quotation can be sent to you. (for example name@company.example)",
        "ja": "輸送の情報はすべて承りました。あとは、お見積書をお送りするメールアドレスをお知らせください。（例：name@company.example）",
        "th": "ได้รับข้อมูลการขนส่งครบแล้วค่ะ เหลือเพียงอีเมลสำหรับส่งใบเสนอราคา กรุณาแจ้งด้วยนะคะ (เช่น name@company.example)",
    },
    "sent": {
        "ko": "{address} 주소로 확인 메일을 보냈습니다. 메일의 링크를 열어 확인해 주시면 이 주소로 견적서를 보내 드립니다. 주소가 다르면 다시 적어 주세요.",
        "en": "We have mailed a link to {address}. Please open it to confirm the address: the quotation can be sent only then. If the address is not right, just write the correct one.",
        "ja": "{address} 宛てに確認メールをお送りしました。メール内のリンクを開いてご確認いただけましたら、こちらのアドレスにお見積書をお送りします。アドレスに誤りがあれば、正しいものをご入力ください。",
        "th": "ส่งลิงก์ยืนยันไปที่ {address} แล้วค่ะ กรุณาเปิดลิงก์ในอีเมลเพื่อยืนยัน แล้วเราจะส่งใบเสนอราคาไปที่อีเมลนี้ หากอีเมลไม่ถูกต้อง พิมพ์อีเมลที่ถูกต้องได้เลยค่ะ",
    },
    "already": {
        "ko": "{address} 주소로 이미 확인 메일을 보내 드렸습니다. 보이지 않으면 스팸함을 확인하시거나 “다시 보내 주세요”라고 적어 주세요.",
        "en": "A link has been mailed to {address} already. If you cannot find it, please look in the spam folder, or write “send it again”.",
        "ja": "{address} 宛てに確認メールをすでにお送りしております。見当たらない場合は迷惑メールフォルダーをご確認いただくか、「再送してください」とご入力ください。",
        "th": "ส่งลิงก์ไปที่ {address} แล้วค่ะ หากไม่พบ กรุณาตรวจสอบโฟลเดอร์สแปม หรือพิมพ์ว่า “ส่งอีกครั้ง”",
    },
    "unusable": {
        "ko": "이메일 주소를 읽지 못했습니다. name@company.example 과 같은 형식으로 다시 적어 주세요.",
        "en": "That does not look like an email address that we can write to. Please write it as in name@company.example.",
        "ja": "メールアドレスとして読み取れませんでした。name@company.example のような形でもう一度ご入力ください。",
        "th": "อีเมลนี้ยังไม่ถูกต้องค่ะ กรุณาพิมพ์ใหม่ในรูปแบบ name@company.example",
    },
    "own": {
        "ko": "저희 회사의 주소입니다. 고객님의 이메일 주소를 알려 주세요.",
        "en": "That is an address of ours. Please give us your own.",
        "ja": "こちらは当社のアドレスです。お客様のメールアドレスをお知らせください。",
        "th": "นี่คืออีเมลของบริษัทเราค่ะ กรุณาแจ้งอีเมลของท่าน",
    },
    "unread": {
        "ko": "이 주소는 메일을 받지 않는 주소로 보입니다. 직접 확인하시는 이메일 주소를 알려 주세요.",
        "en": "Nobody seems to read mail at that address. Please give us one that you read yourself.",
        "ja": "こちらは受信されていないアドレスのようです。ご自身で受信されているメールアドレスをお知らせください。",
        "th": "ดูเหมือนอีเมลนี้ไม่มีผู้อ่านค่ะ กรุณาแจ้งอีเมลที่ท่านใช้รับอีเมลเอง",
    },
    "enough": {
        "ko": f"이 대화에서는 확인 메일을 {A_CONVERSATION}번까지만 보낼 수 있습니다. 스팸함을 확인해 주세요. 메일이 없으면 담당자가 도와드리겠습니다.",
        "en": f"We can mail the link {A_CONVERSATION} times in a conversation, and have done so. Please look in the spam folder; if it is not there, a colleague will help you.",
        "ja": f"確認メールをお送りできるのは一つの会話につき{A_CONVERSATION}回までです。迷惑メールフォルダーをご確認ください。届いていない場合は担当者がご案内いたします。",
        "th": f"ในหนึ่งการสนทนาส่งลิงก์ได้ {A_CONVERSATION} ครั้ง และส่งครบแล้วค่ะ กรุณาตรวจสอบโฟลเดอร์สแปม หากไม่พบ เจ้าหน้าที่จะช่วยดูแลค่ะ",
    },
    "too_often": {
        "ko": "이 주소로 확인 메일을 여러 번 보냈습니다. 받은 메일함과 스팸함을 확인하시거나 잠시 뒤에 다시 시도해 주세요.",
        "en": "Several links have gone to that address already. Please look in its inbox and spam folder, or try again later.",
        "ja": "このアドレスには確認メールを何度かお送りしています。受信トレイと迷惑メールフォルダーをご確認いただくか、しばらくしてからお試しください。",
        "th": "ส่งลิงก์ไปที่อีเมลนี้หลายครั้งแล้วค่ะ กรุณาตรวจสอบกล่องจดหมายและสแปม หรือลองใหม่ภายหลัง",
    },
    "wait": {
        "ko": "운송 정보는 모두 받았습니다. {address} 주소로 보내 드린 메일의 링크를 열어 확인해 주시면 바로 견적을 진행합니다.",
        "en": "That is all we need about the shipment. As soon as you open the link that we mailed to {address}, we go on with your quotation.",
        "ja": "輸送の情報はすべて承りました。{address} 宛てのメールのリンクを開いていただければ、すぐにお見積りを進めます。",
        "th": "ได้รับข้อมูลการขนส่งครบแล้วค่ะ เมื่อท่านเปิดลิงก์ที่ส่งไปที่ {address} แล้ว เราจะดำเนินการเสนอราคาทันที",
    },
    "proven": {
        "ko": "이메일 주소가 확인되었습니다. 감사합니다.",
        "en": "Thank you, your email address is confirmed.",
        "ja": "メールアドレスの確認が取れました。ありがとうございます。",
        "th": "ยืนยันอีเมลเรียบร้อยแล้ว ขอบคุณค่ะ",
    },
    "bounced": {
        "ko": "{address} 주소로 메일을 전달하지 못했습니다. 주소를 다시 확인해 주세요.",
        "en": "Our mail to {address} could not be delivered. Please check the address and write it again.",
        "ja": "{address} 宛てのメールをお届けできませんでした。アドレスをご確認のうえ、もう一度ご入力ください。",
        "th": "ส่งอีเมลถึง {address} ไม่สำเร็จค่ะ กรุณาตรวจสอบและพิมพ์อีเมลอีกครั้ง",
    },
}

# the door behind the mailed link, where it proves an address
PROOF_DOOR: dict[str, dict[str, str]] = {
    "ko": {
        "title": "이메일 주소 확인",
        "lead": "버튼을 누르면 이 주소가 고객님의 주소로 확인되고 대화가 열립니다. 견적서는 이 주소로 보내 드립니다.",
        "button": "확인하고 대화 열기",
        "note": "견적을 요청하신 적이 없다면 이 창을 닫으셔도 됩니다. 아무 일도 일어나지 않습니다.",
    },
    "en": {
        "title": "Confirm your email address",
        "lead": "The button confirms that the address is yours and opens the conversation. Your quotation is sent to this address.",
        "button": "Confirm and open the conversation",
        "note": "If you did not ask for a quotation, just close this page: nothing happens.",
    },
    "ja": {
        "title": "メールアドレスの確認",
        "lead": "ボタンを押すと、お客様のアドレスとして確認され、会話が開きます。お見積書はこのアドレスにお送りします。",
        "button": "確認して会話を開く",
        "note": "お心当たりがない場合は、このページを閉じてください。何も行われません。",
    },
    "th": {
        "title": "ยืนยันอีเมลของท่าน",
        "lead": "เมื่อกดปุ่ม จะเป็นการยืนยันว่าอีเมลนี้เป็นของท่านและเปิดการสนทนา ใบเสนอราคาจะส่งไปที่อีเมลนี้",
        "button": "ยืนยันและเปิดการสนทนา",
        "note": "หากท่านไม่ได้ขอใบเสนอราคา ปิดหน้านี้ได้เลย จะไม่มีอะไรเกิดขึ้น",
    },
}

# the widget's page before anything was said; handed to its script as they stand
FRAME: dict[str, dict[str, str]] = {
    "ko": {
        "hello": "안녕하세요! 해상 운송 견적을 도와드립니다.",
        "how": "화물, 컨테이너, 출발지와 도착지, 일정을 편하게 적어 주세요. 한 번에 여러 가지를 적으셔도 됩니다.",
        "example": "부산에서 상하이까지 40ft HC 1대, 18톤, 다음 주 출발",
        "try": "예시로 시작하기",
        "mail": "견적서는 이메일로 보내 드립니다. 대화 중에 주소를 여쭙고 확인 링크를 메일로 보내 드리며, 그 링크로 언제든 이 대화에 다시 오실 수 있습니다.",
        "consent": "메시지를 보내면 입력하신 내용이 견적을 위해 저장됩니다. 보내기 전에는 아무것도 저장되지 않습니다.",
        "close": "닫기",
        "busy": "지금은 대화를 시작할 수 없습니다. 잠시 뒤에 다시 시도해 주세요.",
        "lost": "연결되지 않았습니다. 다시 시도해 주세요.",
        "gone": "링크가 잘못되었거나 만료되었습니다. 새로 대화를 시작하실 수 있습니다.",
    },
    "en": {
        "hello": "Hello! We help you get a sea freight quotation.",
        "how": "Tell us about the cargo, the container, from where to where and when. Several things in one message are fine.",
        "example": "Busan to Shanghai, one 40ft HC, 18 tons, leaving next week",
        "try": "Start with an example",
        "mail": "The quotation comes by email. We ask for your address on the way and mail you a link to confirm it; that link brings you back to this conversation at any time.",
        "consent": "When you send a message, what you write is stored to make your quotation. Before that nothing is stored.",
        "close": "Close",
        "busy": "A conversation cannot be started just now. Please try again a little later.",
        "lost": "There was no connection. Please try again.",
        "gone": "The link is wrong or has expired. You are welcome to start a new conversation.",
    },
    "ja": {
        "hello": "こんにちは。海上輸送のお見積りをお手伝いします。",
        "how": "貨物、コンテナ、出発地と到着地、日程をお気軽にご入力ください。まとめてお書きいただいても構いません。",
        "example": "釜山から上海まで、40ft HC 1本、18トン、来週出発",
        "try": "例文で始める",
        "mail": "お見積書はメールでお送りします。途中でアドレスをお伺いし、確認用のリンクをメールでお届けします。そのリンクから、いつでもこの会話にお戻りいただけます。",
        "consent": "メッセージを送信されると、お見積りのために内容が保存されます。送信前には何も保存されません。",
        "close": "閉じる",
        "busy": "ただいま会話を開始できません。しばらくしてからお試しください。",
        "lost": "接続できませんでした。もう一度お試しください。",
        "gone": "リンクが正しくないか、期限が切れています。新しい会話を始めていただけます。",
    },
    "th": {
        "hello": "สวัสดีค่ะ ยินดีช่วยขอใบเสนอราคาค่าขนส่งทางทะเล",
        "how": "แจ้งสินค้า ตู้คอนเทนเนอร์ ต้นทาง ปลายทาง และกำหนดการได้เลยค่ะ พิมพ์หลายอย่างในข้อความเดียวได้",
        "example": "จากปูซานไปเซี่ยงไฮ้ ตู้ 40ft HC 1 ตู้ 18 ตัน ออกสัปดาห์หน้า",
        "try": "เริ่มด้วยตัวอย่าง",
        "mail": "ใบเสนอราคาจะส่งทางอีเมล เราจะถามอีเมลของท่านและส่งลิงก์ยืนยันให้ ท่านกลับมาที่การสนทนานี้ได้ทุกเมื่อด้วยลิงก์นั้น",
        "consent": "เมื่อท่านส่งข้อความ เนื้อหาจะถูกเก็บไว้เพื่อจัดทำใบเสนอราคา ก่อนส่งจะไม่มีการเก็บข้อมูลใด ๆ",
        "close": "ปิด",
        "busy": "ขณะนี้ยังเริ่มการสนทนาไม่ได้ กรุณาลองใหม่อีกสักครู่",
        "lost": "เชื่อมต่อไม่ได้ กรุณาลองอีกครั้ง",
        "gone": "ลิงก์ไม่ถูกต้องหรือหมดอายุแล้ว ท่านเริ่มการสนทนาใหม่ได้ค่ะ",
    },
}


# the demo's page of a company that does not exist
DEMO_SITE: dict[str, dict[str, str]] = {
    "ko": {
        "company": "한바다로지스",
        "nav": "서비스|항로|회사 소개",
        "title": "화물이 가야 할 곳까지, 가장 곧은 바닷길로",
        "lead": "부산과 인천에서 아시아·유럽·미주까지 컨테이너 해상 운송을 예약부터 도착까지 책임집니다.",
        "ask": "오른쪽 아래 버튼을 누르면 몇 분 안에 견적을 받아 보실 수 있습니다.",
        "cards": "정기 항로 42개|매주 출항하는 정기편으로 일정을 지킵니다.|문전 운송|공장에서 창고까지 한 번에 맡기세요.|통관 대행|서류 준비와 신고를 도와드립니다.",
        "note": "데모용으로 지어낸 회사의 페이지입니다.",
    },
    "en": {
        "company": "Hanbada Logistics",
        "nav": "Services|Routes|About us",
        "title": "Straight across the sea to where your cargo is needed",
        "lead": "Container shipping from Busan and Incheon to Asia, Europe and the Americas, from booking to arrival in one hand.",
        "ask": "Press the button in the corner: a quotation takes a few minutes.",
        "cards": "42 regular routes|Weekly departures keep your schedule.|Door to door|From the factory to the warehouse in one booking.|Customs clearance|We prepare the papers and file them.",
        "note": "A page of a made-up company, for the demo.",
    },
    "ja": {
        "company": "ハンバダ物流",
        "nav": "サービス|航路|会社案内",
        "title": "貨物を、必要とされる場所へまっすぐに",
        "lead": "釜山・仁川からアジア、欧州、米州まで、コンテナ海上輸送をご予約から到着まで一貫してお引き受けします。",
        "ask": "画面隅のボタンから、数分でお見積りをご依頼いただけます。",
        "cards": "定期航路 42本|毎週の出航で日程を守ります。|ドアツードア|工場から倉庫まで一度のご予約で。|通関代行|書類の準備から申告までお任せください。",
        "note": "デモ用の架空の会社のページです。",
    },
    "th": {
        "company": "ฮันบาดา โลจิสติกส์",
        "nav": "บริการ|เส้นทาง|เกี่ยวกับเรา",
        "title": "ส่งสินค้าข้ามทะเลตรงถึงที่หมาย",
        "lead": "ขนส่งตู้คอนเทนเนอร์จากปูซานและอินชอนสู่เอเชีย ยุโรป และอเมริกา ดูแลตั้งแต่จองจนถึงปลายทาง",
        "ask": "กดปุ่มที่มุมจอ รับใบเสนอราคาได้ในไม่กี่นาที",
        "cards": "เส้นทางประจำ 42 เส้นทาง|ออกเดินทางทุกสัปดาห์ ตรงตามกำหนด|รับส่งถึงที่|จากโรงงานถึงคลังสินค้าในการจองครั้งเดียว|พิธีการศุลกากร|จัดเตรียมเอกสารและยื่นให้ครบ",
        "note": "หน้านี้เป็นของบริษัทสมมติสำหรับการสาธิต",
    },
}


def say(language: str, key: str, **values: str) -> str:
    return SAID[key][language].format(**values)
