"""The answer to the full list: what is a yes or a no there, and what only looks like one."""
# ruff: noqa: E501  # a list of messages stays in one piece

import pytest

from chat import assent, catalogue, intents
from chat.tests.test_dialogue import ALL, converse, say, situation, without

YES = [
    "Yep, spot on", "ok now it's right", "Lovely, all correct", "Yes, this is all correct. Best regards, J. Brandt", "that's correct now", "Yes sir, now all ok", "you got it, that's right", "No changes, all correct from my end", "yes thats it", "Perfect, thanks, bye!", "👍", "👌", "✅", "ok👍", "looks good to me mate", "yes that's all fine, please send me the quotation", "I confirm all details above", "everything checks out, cheers", "nothing to change, thank you very much", "yea its all corect", "all good from our side, go ahead", "Confirmed. Kind regards, Maria Lopez, Export Dept.", "Yes, everything is in order, dear", "Right, that's the one", "double checked, all good", "yes everything matches our documents", "yess bro all good",
    "예 그대로 해주시면 됩니다", "네 이대로 진행하시면 돼요", "네 그렇게 하면 될 것 같습니다",
    "Yes, I confirm the above", "I confirm the details", "おk", "おkです",
    "맞음", "네 그걸로요", "네 이제 완벽합니다", "네 맞아요 견적서 메일로 보내주세요", "예스", "넵넵", "네 다 맞습니다", "네, 틀린 거 없어요.", "네 그렇게 해주세요", "네 이상 없습니다", "네네 다 맞아요 감사합니다", "확인했습니다. 모두 정확합니다. 견적 부탁드립니다", "ㅇㅋㅇㅋ 맞아여", "네 맞는 것 같습니다", "넵 문제 없습니다 수고하세요", "수정할 내용 없습니다. 그대로 진행해 주세요", "이제 맞네요", "네 과장님 다 맞습니다", "오키 ㄱㄱ", "옙 확인 완료입니다", "전부 맞고요 진행 부탁드려요", "네 사장님", "굿굿 👍",
    "はい、今度は合ってます", "はいはい、それで", "はい、すべて合っております。よろしくお願いいたします。", "内容確認いたしました。すべて正しいです。", "はい、これで確定で", "ﾊｲ､OKﾃﾞｽ", "それでおなしゃす", "これで問題ないです", "ではこの内容でお願いします、合っています", "はい、ありがとうございます。正しいです", "確認いたしました。上記の内容で相違ございません。何卒よろしくお願い申し上げます。", "間違いないっす", "ばっちりです", "おっけーでーす", "はい、こちらで進めていただけますか", "すみません、これで合っています", "大丈夫です！ありがとうございます", "全部OK👍", "はい、その通りでございます", "了解、それで頼みます", "記載の通りで問題ありません", "はい、正しいです。ご対応ありがとうございます", "はい、全て合っております。お見積書をお待ちしております", "はい、この内容で見積もりをお願いいたします",
    "เคๆ ถูกหมดละ", "ค่ะ ข้อมูลถูกต้องครบถ้วนค่ะ", "ตามนั้นเลยครับ", "อืม ใช่ค่ะ", "ถูกค่ะ ดำเนินการต่อได้เลย", "ช่ายค่า", "ใช่ครับผม เอาตามนี้", "ค่ะ ใช่ทั้งหมดค่ะ", "ตรวจสอบแล้ว ถูกต้องทุกอย่างครับ ขอบคุณครับ", "โอเคจ้า ตามนี้เลย", "ยืนยันตามนี้ค่ะ รอใบเสนอราคานะคะ", "ไม่มีอะไรต้องแก้ค่ะ", "ไม่ผิดครับ ใช่เลย", "ถูกต้องแล้วครับพี่", "เป๊ะเลยค่ะ", "ครบถ้วนค่ะ ขอบคุณมากนะคะ", "คอนเฟิร์มครับ", "ได้เลยครับ จัดไป", "ใช่ค่า 👍", "ข้อมูลตรงแล้วค่ะ", "ขอยืนยันค่ะ", "ถูกต้องครับ ส่งใบเสนอราคาได้เลย", "โอเคค่ะ ถูกต้องทั้งหมด รบกวนส่งราคาให้ด้วยค่ะ",
]  # fmt: skip
NEITHER = [
    "not right", "I'm not sure it's right", "let me check", "yes but 2 containers", "is that right?", "right, let me ask my boss", "ok wait", "ok later", "ok bye", "ok if my boss agrees", "almost right", "the weight is right but not the date", "correct the weight please", "everything except the date", "right now I'm busy", "ok I need to add one more box", "yes, maybe", "I will confirm tomorrow", "please confirm the rate", "ok cancel", "Is everything right", "good question", "nearly correct", "sounds good, but wait", "I guess so", "all right, I'll come back", "my boss will confirm", "it would be correct if", "fine, whatever you say about the price here I do not care", "hello", "thanks", "🤔", "some are correct", "only the weight is correct", "okay what is next", "yes I got your mail", "ok noted", "yes, speaking", "yeah right", "Fwd: Mr Tanaka: all correct", "my colleague says it's all correct", "I agree in principle", "approved by customs already", "the invoice is correct", "yes, the phone number is right", "please make sure it's all correct", "do it right", "so far so good", "roughly correct", "yes with insurance please", "yes, door to door", "good price please", "fine weather here", "sure?", "OK so is it confirmed", "rate confirmed", "I confirm receipt", "👍 for the speed", "I agree to the privacy policy", "it says 'reply yes'", "yes for now", "I thought that's right until yesterday",
    "그대로 두고 날짜만 바꿔주시면 됩니다", "확인해 주시면 됩니다", "please confirm the above", "맞지 않아요", "확인해볼게요", "안 맞는데요", "맞나요?", "맞는지 모르겠어요", "네 근데요", "네 하지만 날짜가", "확인 후 연락드릴게요", "잠시만요 확인 좀 하고요", "아 맞다 리퍼예요", "틀린 거 있어요", "이상 없는지 볼게요", "아직 확정 아니에요", "거의 맞아요 근데", "네 나중에요", "과장님께 여쭤보고 확정할게요", "감사합니다", "점심은 드셨어요? ㅎㅎ", "날짜 빼고 다 맞아요", "맞으면 연락드릴게요", "하나만 추가해주세요", "네 그런데 한 대 더요", "진행하면 얼마예요", "네 메일 확인했습니다", "네 접니다", "네 말씀하세요", "네 담당자 맞습니다", "이메일 주소는 맞아요", "참 잘도 맞네요", "네 보험도요", "네 냉동이에요", "대충 맞아요", "지금까지는 맞아요", "정확하게 부탁드려요", "확인 부탁드립니다", "[전달] 박과장: 네 맞습니다", "선사에서 확정했대요", "원칙적으로 동의합니다", "가격 좋네요", "입금 완료했습니다", "됐습니다", "네?", "네 내일 확정할게요", "아 맞다", "빨리 진행해주세요 급해요", "예산 맞춰서 진행해주세요",
    "違います", "確認します", "合っていません", "合っていますか", "正しくないです", "はい、ただ本数だけ", "合ってると思いますが、確認します", "少々お待ちください", "多分合ってます", "間違いないか確認します", "はい、少々お待ちください。釜山の担当に代わります。", "合っていれば進めます", "上司に確認してから確定します", "変更があります", "だいたい合ってますけど", "問題ないでしょうか", "これでいいのかな", "大丈夫ですか", "ありがとうございます", "日付だけ違います", "まだ確定ではありません", "お願いしたい件があります", "はい、今お電話大丈夫です", "はい、冷凍でお願いします", "保険もお願いします", "値段次第でOKです", "課長は合っていると言っています", "先方は了解済みです", "他社に確定しました", "メール確認しました", "入金確認しました", "はい、私です", "はい？", "おおむね合っています", "今のところ大丈夫です", "会社名は合っています", "正確にお願いします", "間違いないようにお願いします", "はい、FOBで", "値引きお願いします", "もう結構です", "条件付きで承認します", "うーん", "正しいといいですね",
    "ไม่ถูก", "ยังไม่แน่ใจ", "ถูกต้องไหมคะ", "ใช่หรือเปล่า", "เดี๋ยวเช็คก่อนนะ", "ใช่ แต่น้ำหนักผิด", "ยังไม่ยืนยันค่ะ", "รอหัวหน้ายืนยันก่อน", "ขอตรวจสอบก่อนค่ะ", "น่าจะถูกนะ", "ไม่ใช่", "ราคาถูกกว่านี้ได้ไหม", "ถูกบางส่วน", "ขอแก้ไขหน่อยค่ะ", "จะยืนยันพรุ่งนี้", "ถ้าถูกต้องจะแจ้ง", "ขอบคุณค่ะ", "หิวข้าวจัง เที่ยงนี้กินอะไรดีอะ", "ไม่ถูกต้องค่ะ", "ยังไม่ครบ", "ใช่ค่ะ ขอเพิ่มอีกตู้", "ต้องแก้วันที่", "ใช่ค่ะ ได้รับเมลแล้ว", "ใช่ครับ เอาประกันด้วย", "ราคาโอเคค่ะ", "ถูกมากค่ะ", "หัวหน้าบอกว่าถูกต้อง", "ลูกค้ายืนยันแล้วค่ะ", "ตกลงกับเจ้าอื่นแล้วค่ะ", "ใช่ค่ะ ฉันเอง", "คะ?", "ชื่อบริษัทถูกต้องค่ะ", "โอนเรียบร้อยแล้วค่ะ", "เกือบถูกแล้ว", "เบื้องต้นถูกต้องค่ะ", "ใช่ปะ", "FW: คุณสมชาย: ถูกต้องครับ", "ตกลงในหลักการค่ะ", "ใช่ค่ะ FOB", "บริการดีมากค่ะ", "คอนเฟิร์มเรือแล้ว",
]  # fmt: skip
NO = [
    "not right", "the list isn't right", "👎", "that's not what we asked for", "nope, something is wrong here", "no no this is incorrect", "sorry, there's an error in there", "❌",
    "맞지 않아요", "안 맞는데요", "틀린 거 있어요", "아닌 것 같아요", "뭔가 잘못됐네요", "내용이 다른데요", "수정할 게 있어요",
    "違います", "合っていません", "正しくないです", "ちょっと違うようです", "間違いがあります", "どこか違っています", "修正がございます",
    "ไม่ถูก", "ไม่ถูกต้องค่ะ", "ผิดครับ", "ข้อมูลไม่ตรงค่ะ", "มีบางอย่างผิดค่ะ", "ขอแก้ไขหน่อยค่ะ", "ไม่ใช่แบบนี้",
]  # fmt: skip
NO_NO = [
    "nothing wrong", "no problem at all", "is something wrong?", "I'm not sure it's right", "let me check if it is wrong", "ok", "no changes", "why, was something wrong",
    "틀린 거 없어요", "이상 없어요", "틀렸나요?", "확인해볼게요", "맞는지 모르겠어요", "아니 괜찮아요", "문제 없음",
    "間違いないです", "違いますか", "問題ありません", "確認します", "変更なし", "違うかもしれません",
    "ไม่ผิดค่ะ", "ผิดไหมคะ", "ไม่แน่ใจค่ะ", "ไม่มีปัญหา", "ไม่ต้องแก้แล้วค่ะ",
]  # fmt: skip


@pytest.mark.parametrize("text", YES)
def test_a_yes_to_the_list_in_any_words_stores_it(text: str) -> None:
    turn = say(situation("en", ALL), text)

    assert turn.agreed


@pytest.mark.parametrize("text", NEITHER)
def test_what_looks_like_a_yes_stores_nothing(text: str) -> None:
    turn = say(situation("en", ALL), text)

    assert not turn.agreed
    assert turn.confirmed is None


@pytest.mark.parametrize("text", NO)
def test_a_no_to_the_list_in_any_words_asks_what_is_wrong(text: str) -> None:
    where, turn = converse(situation("en", ALL), [text])

    assert where.memory.doubted
    assert not turn.agreed


@pytest.mark.parametrize("text", NO_NO)
def test_what_looks_like_a_no_is_none(text: str) -> None:
    assert intents.says_yes(text) or not intents.says_no(text)
    assert not assent.says_something_is_wrong(text)


@pytest.mark.parametrize(
    "text", ["Yep, spot on mate", "네 이제 그대로 다 맞네요 사장님", "今度は全部正しいです", "👍"]
)
def test_before_the_list_stands_there_no_such_yes_stores_anything(text: str) -> None:
    where, turn = converse(situation("en", without("etd", "gross_weight_kg")), ["900 kg", text])

    assert turn.confirmed is None
    assert where.pending.facts.gross_weight_kg == 900


@pytest.mark.parametrize("text", ["ok, Incheon", "yes, the weight is right", "ok 18,500 kg"])
def test_a_yes_of_one_thing_is_none_of_all(text: str) -> None:
    assert not say(situation("en", ALL), text).agreed


@pytest.mark.parametrize(
    "text",
    ["yes, 18.5 tons from Busan is correct", "yes that's right, Busan to Shanghai", "はい、釜山発で合っています", "はい、18.5トンで間違いありません", "네, 부산 출발 맞습니다", "네 18.5톤 맞아요", "ใช่ค่ะ ออกจากปูซาน ถูกต้องค่ะ", "ใช่ครับ 18.5 ตัน ถูกต้องครับ"],
)  # fmt: skip
def test_a_yes_that_repeats_what_is_listed_is_one(text: str) -> None:
    assert say(situation("en", ALL), text).agreed


@pytest.mark.parametrize(
    "text",
    ["18.5 tons", "ok 18.5 tons", "yes, 18.5 tons is right but not the date", "is 18.5 tons correct?", "はい、釜山発です", "釜山発で合っていますか", "네, 부산은 맞는데 날짜가 달라요", "ปูซานถูกต้องไหมคะ", "yes, 19 tons is correct", "はい、仁川発で合っています"],
)  # fmt: skip
def test_what_repeats_some_of_the_list_and_is_no_yes(text: str) -> None:
    assert not say(situation("en", ALL), text).agreed


def test_a_yes_after_a_no_lists_all_again_first() -> None:
    where, turn = converse(situation("en", ALL), ["no", "all correct now, sir"])
    assert not turn.agreed

    assert catalogue.say("en", "is_this_right") in say(where, "yes").replies[-1]
