"""Short messages: yes, no, courtesy, and the language that is spoken or asked for."""
# ruff: noqa: E501  # a list of messages stays in one piece

import pytest

from chat import catalogue, intents, wording

LANGUAGES = catalogue.LANGUAGES
YES = [
    "ㅇㅇ", "넹", "네네~", "네 맞아요!", "네ㅋㅋㅋ", "넵 알겠습니다", "네, 이대로 진행해 주세요", "아니요, 다 맞아요", "네 감사합니다^^",
    "ok thx", "yes plz", "Yesss!!", "That’s right", "ok👍", "no changes, all correct", "yes, everything is correct, thank you",
    "はーい", "はい、お願いします。", "はい、間違いありません", "変更はありません", "ครับผม", "ใช่ค่ะ ขอบคุณค่ะ", "ใช่ครับ ถูกต้อง", "ถูกต้องค่าาา", "ใช้ค่ะ",
]  # fmt: skip
NO = [
    "no", "nope!", "No that is wrong", "no thanks", "아니요ㅠㅠ", "아뇨", "ㄴㄴ", "いいえ、違います", "ちがいます", "ไม่ใช่ค่ะ", "ไม่ครับ",
]  # fmt: skip
NEITHER = [
    "yes but 2 containers", "네 근데 중량은 800", "no idea where", "네 그런데 다시요", "not sure", "ไม่แน่ใจ", "yes 900 kg", "Busan", "40ft",
    "555", ".", "👍", "thanks", "감사합니다", "ขอบคุณค่ะ", "สวัสดีค่ะ", "hmm", "no, Incheon", "", "네" * 3000,
]  # fmt: skip


@pytest.mark.parametrize("text", YES)
def test_yes(text: str) -> None:
    assert intents.says_yes(text)
    assert not intents.says_no(text)


@pytest.mark.parametrize("text", NO)
def test_no(text: str) -> None:
    assert intents.says_no(text)
    assert not intents.says_yes(text)


@pytest.mark.parametrize("text", NEITHER)
def test_what_says_more_or_less_is_neither(text: str) -> None:
    assert not intents.says_yes(text)
    assert not intents.says_no(text)


@pytest.mark.parametrize(
    ("meaning", "texts"),
    [
        ("hello", ["안녕하세요~", "hi there!", "こんにちは！", "สวัสดีค่ะ"]),
        ("thanks", ["네 감사합니다", "thx", "ありがとうございます", "ขอบคุณมากค่ะ"]),
        ("goodbye", ["안녕히 계세요", "bye", "では失礼します", "ลาก่อนค่ะ"]),
        (
            "goodbye",
            [
                "have to run, will come back later",
                "지금 회의 들어가야 해서 이따 다시 말씀드릴게요",
                "나중에 다시 올게요 ㅠㅠ",
                "残りは数字が出たらまた来ます",
                "明日改めて連絡します",
                "ขอคิดดูก่อนนะคะ เดี๋ยวกลับมาใหม่",
                "ไว้พรุ่งนี้ผมค่อยทักมาใหม่นะครับ",
                "I'll be back tomorrow",
                "gotta go, talk to you tomorrow",
            ],
        ),
        ("wait", ["잠시만요", "ok, let me check", "少々お待ちください", "รอสักครู่ค่ะ"]),
        (
            "wait",
            [
                "hang on, need to ask our warehouse guy first",
                "팀장님께 여쭤보고요 잠시만요",
                "ちょまって上司に聞く",
                "ここから海外営業の同僚に代わりますね",
                "เดี๋ยวขอถามหัวหน้าก่อนนะคะ",
                "let me ask my boss",
                "공장에 물어보고 알려 드릴게요",
            ],
        ),
        ("unknown", ["아직 모르겠어요", "don’t know yet", "まだ決まっていません", "ยังไม่ทราบค่ะ"]),
        (
            "unknown",
            [
                "重量はまだ工場から数字が上がってきてなくて…",
                "出港日も船社さんと調整中なんですよね",
                "날짜는 선사랑 아직 협의 중이에요",
                "still waiting for the packing list",
                "น้ำหนักยังรอโรงงานอยู่ค่ะ",
            ],
        ),
    ],
)
def test_courtesy_and_not_yet(meaning: str, texts: list[str]) -> None:
    assert all(getattr(intents, f"says_{meaning}")(text) for text in texts)


@pytest.mark.parametrize(
    "text",
    ["come by ship", "the goods have to go by 12 Dec", "내일 출발이요", "明日です", "พรุ่งนี้ออกครับ", "40ft", "shall I come back to Busan?"],
)  # fmt: skip
def test_what_takes_no_leave_and_asks_for_no_moment(text: str) -> None:
    assert not intents.says_goodbye(text)
    assert not intents.says_wait(text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_own_buttons_are_understood(language: str) -> None:
    for words in (wording.PAGE[language], {k: catalogue.say(language, k) for k in ("yes", "no")}):
        assert intents.says_yes(words["yes"])
        assert intents.says_no(words["no"])


@pytest.mark.parametrize(
    ("text", "current", "language"),
    [
        ("18,500 kg", "ko", "ko"),
        ("40ft HC", "ja", "ja"),
        ("OK", "ko", "ko"),
        ("Tokyo", "th", "th"),
        ("Busan to Shanghai", "ko", "ko"),
        ("부산 to Tokyo", "en", "ko"),
        ("Can we ship from Busan please", "ko", "en"),
        ("can we ship this from 부산", "ko", "en"),
        ("부산이요", "en", "ko"),
        ("はい", "ko", "ja"),
        ("釜山", "ja", "ja"),
        ("ใช่ค่ะ", "ko", "th"),
        ("English please", "ko", "en"),
        ("영어로 부탁드려요", "ko", "en"),
        ("한국어로 해주세요", "th", "ko"),
        ("日本語でお願いします", "en", "ja"),
        ("ขอภาษาไทย", "ko", "th"),
        ("Japanese", "en", "ja"),
        ("영어가 좀 불편해서 한국어로 할게요", "en", "ko"),
        ("죄송해요 한국어가 편하네요 ㅎㅎ", "en", "ko"),
        ("あ、やっぱり日本語で書きますね", "en", "ja"),
        ("Hello, my English is not so good. I will write in Thai.", "en", "th"),
        ("I will answer in English", "ko", "en"),
        ("ขอเป็นภาษาไทยดีกว่าค่ะ", "en", "th"),
        ("goods with Japanese labels in Thai packaging", "en", "en"),
        ("We ship Thai rice to our Japanese customer, is that ok?", "en", "en"),
    ],
)
def test_language_of(text: str, current: str, language: str) -> None:
    assert intents.language_of(text, current) == language


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("출발일이 틀렸어요", ("etd",)),
        ("the date is wrong", ("etd", "eta")),
        ("วันถึงปลายทางผิดค่ะ", ("eta",)),
        ("departure port", ("origin",)),
        ("到着地が違います", ("destination",)),
        ("yes", ()),
    ],
)
def test_facts_named(text: str, names: tuple[str, ...]) -> None:
    assert intents.facts_named(text) == names


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_fact_is_known_by_the_name_that_the_page_offers(language: str) -> None:
    for name in catalogue.LABELS:
        assert intents.facts_named(catalogue.label(language, name)) == (name,)


@pytest.mark.parametrize(
    ("text", "language", "left"),
    [("555+ 18 ตัน", "th", "     18 ตัน"), ("555 กก.", "th", "555 กก."), ("555", "ko", "555")],
)
def test_laughter_is_blanked_in_thai_alone(text: str, language: str, left: str) -> None:
    assert intents.without_laughter(text, language) == left
