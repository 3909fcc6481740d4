"""Text that gives orders to a machine: it states nothing, and is read by no rule.

A mail is what it would be without such text (LABELS.md). So its lines are blanked, offsets stay.
The cues are narrower than those of `vetoes`: "please change the weight to 9 t" is a customer's own
word, and costs nothing but a question where a cue is too wide.
"""

# ruff: noqa: E501 - the alternatives of a pattern read best on one line

import re

from freight.extraction.text import sentence

_START = r"(?:^|[\[({<\"'])[ \t\W]{0,6}"
_CUE = re.compile(
    rf"{_START}system(?: (?:override|prompt|message|command|note|instructions?))?[ \t]*[:：]|{_START}assistant[ \t]*[,:：]"
    r"|(?<![a-z])system (?:override|prompts?|instructions?|command)(?![a-z])|(?:ignore|disregard|forget|override|bypass)[^\n.]{0,30}(?:instruction|prompt|rules)"
    r"|(?:previous|prior|new|hidden|secret) instructions? (?:for|to|from|above|below|are|is|:)|(?<![a-z])as an? (?:ai|language model)(?![a-z])|language model(?![a-z])|(?<![a-z])ai[ -](?:assistant|parser|model|agent|bot|reader)(?![a-z])|you are (?:now )?an? (?:\w+ ){0,2}(?:ai|assistant|chatbot|bot|language model)(?![a-z])"
    r"|<\|[a-z_]{2,20}\|>|</?(?:tool_calls?|tool_use|function_calls?|system|instructions?)>|(?<![a-z])function_calls?(?![a-z])|\[/?inst\]|<<sys>>|\{[ \t]*\"[^\"\n]{1,40}\"[ \t]*:"
    r"|(?:operator|admin(?:istrator)?) note[^\n]{0,20}(?:machine|busybee)|= ?(?:operator|admin|system) (?:note|message) ?="
    rf"|시스템 ?(?:명령|지시|메시지|프롬프트)|{_START}(?:시스템|프롬프트)[ \t]*[:：]|(?:이전|위의?|앞선?|모든) ?지시[^\n.]{{0,10}}무시|인공지능(?:은|아|에게|이)[ ,]|(?<![a-z])ai(?:에게|야|께)|에이아이(?:야|에게|는)|시스템(?:은|이) [^\n.]{{0,40}}(?:하라|할 ?것|한다)"
    rf"|システム ?(?:命令|指示|メッセージ|プロンプト)|{_START}(?:システム|プロンプト)[ \t]*[:：]|指示を?[^\n。]{{0,10}}無視|(?<![a-z])ai(?:へ|に告ぐ)|人工知能[はへよ]|(?:システム|機械)は[^\n。]{{0,50}}(?:せよ|すること|こと。)"
    r"|คำสั่ง(?:ระบบ|ใหม่ถึง|ก่อนหน้า)|ถึง ?(?:ai(?![a-z])|ระบบ)|ปัญญาประดิษฐ์|ระบบ(?:ต้อง|อัตโนมัติ ?:)|(?:ละเว้น|เพิกเฉย|ไม่ต้องสนใจ)[^\n]{0,10}คำสั่ง",
    re.IGNORECASE | re.MULTILINE,
)

_LETTER = re.compile(r"[^\n]")


def address_a_machine(text: str) -> bool:
    """Whether words of `text` are an order to whoever reads it by machine."""
    return _CUE.search(text) is not None


def without(text: str) -> str:
    """`text` with such orders blanked: the sentence of each, and all of the paragraph after a mark
    of a machine's own; offsets stay.
    """
    done, pieces = 0, []
    for found in _CUE.finditer(text):
        if found.end() <= done:
            continue
        first, last = sentence(text, found.start(), found.end())
        if found.group()[:1] in "<{[(=":
            last = _end_of_paragraph(text, found.end())
        first = max(first, done)
        pieces += [text[done:first], _LETTER.sub(" ", text[first:last])]
        done = last
    return "".join([*pieces, text[done:]])


def _end_of_paragraph(text: str, start: int) -> int:
    end = text.find("\n\n", start)
    return len(text) if end < 0 else end
