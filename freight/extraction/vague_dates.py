"""Patterns of what names a time but no day: early December, 12월 말, 来月上旬, 10th to 15th."""

# ruff: noqa: E501 - the alternatives of a pattern read best on one line

import re

from freight.extraction.calendar_words import ENGLISH_MONTH, ENGLISH_WEEKDAY, THAI_MONTH

_MONTH = ENGLISH_MONTH
_ORD = r"(?:st|nd|rd|th)?"
_PART = r"(?:early|mid(?:dle)?|late|end(?:ing)?|e/?o|beginning|start|first half|second half|1h|2h|first week|second week|third week|fourth week|last week|(?:1st|2nd|3rd|4th) (?:week|half)|sometime|some time|any ?time|first days?|last days?)"
_SPAN = rf"(?:(?:{_MONTH})(?![a-z])|next month|this month|next week|this week|the month|month|the year|next year|week|q[1-4])"

VAGUE = re.compile(
    rf"(?!mid[- ]?week(?!s? ?of)){_PART}(?:[ -]+(?:to|or|-) ?(?:early|mid|late))?[ -]*(?:of |in |the |during )*{_SPAN}(?! ?\d{{1,2}}(?![\d:]))(?:,? ?\d{{4}})?(?![a-z])"
    rf"|(?:week|wk|w/c) ?(?:of |commencing |beginning |starting |no\.? ?)+(?:the )?(?:{_MONTH}|\d{{1,2}}){_ORD}[ -]*(?:\d{{1,2}}|{_MONTH})?{_ORD}|(?<![a-z])w/?c (?:the )?(?:mon(?:day)? )?\d{{1,2}}{_ORD} ?(?:{_MONTH})?|(?<![a-z])(?:calendar week|week|wk|cw|kw) ?\d{{1,2}}(?!\d)"
    rf"|(?<![a-z\d])(?:in|during|by|for|around|about) (?:{_MONTH})(?![a-z])(?! ?\d{{1,2}}(?!\d))(?:,? ?\d{{4}})?|(?<!after )next week(?!,? (?:on )?{ENGLISH_WEEKDAY})|(?<!the )next month(?![,]? ?(?:on )?(?:the )?\d)|the week after next(?!,? (?:on )?{ENGLISH_WEEKDAY})|as soon as possible|(?<![a-z])asap(?![a-z])"
    rf"|(?:every|each) {ENGLISH_WEEKDAY}"
    r"|(?:(?:\d{2,4}년 ?)?\d{1,2} ?월|다다음 ?달|다음 ?달|담달|이번 ?달|내달|이달|금월|익월|당월|연|월|다다음 ?주|다음 ?주|담주|이번 ?주|차주|금주|내주|돌아오는 ?주)의? ?(?:초순|중순|하순|상순|말경|초반|중반|후반|주말|초|중|말)(?!일)(?![가-힣]{2}일)(?:경|쯤|에서|~|-)?(?: ?(?:초|중순|말))?"
    r"|\d{1,2} ?월 ?\d ?[~-] ?\d ?주(?:차|째)?|\d{1,2} ?월 ?(?:첫|둘|셋|넷|마지막|\d)(?:째)? ?주(?:차)?|\d{1,2} ?월 ?(?:경|쯤|중에|안에|내)(?![가-힣]*\d)|(?:다다음|다음|이번|차|금|담|내) ?주(?! ?\(?[월화수목금토일](?:요일|욜|(?![가-힣])))(?![가-힣 ]{0,3}[월화수목금토일]요일)(?:쯤|경)?|다음 ?달(?! ?\d)|조만간|최대한 ?빨리|(?:매주|격주) ?[월화수목금토일]요일"
    r"|(?:\d{4}年)?\d{1,2}月(?:の)?(?:上旬|初旬|初め|はじめ|中旬|下旬|末日?頃?|末日?ごろ|頃|ごろ|中|第\d週)|(?:来月|今月|再来月|翌月|来週|今週|再来週|翌週)(?:の)?(?:上旬|初旬|初め|はじめ|中旬|下旬|末|頃|ごろ|中|前半|後半|頭|あたま|半ば)|月末|年末|来週(?!の?[ (]?[月火水木金土日])(?!の?\d)|来月(?!の?\d)|なるべく早|毎週[月火水木金土日]曜日?"
    rf"|(?:ต้น|กลาง|ปลาย|สิ้น|ช่วง|ภายใน)(?:เดือน|สัปดาห์|อาทิตย์|ปี)(?: ?(?:{THAI_MONTH}))?(?:หน้า|นี้)?(?: ?\d{{4}})?|(?<!วัน)(?<!จันทร์)(?<!อังคาร)(?<!พุธ)(?<!พฤหัส)(?<!พฤหัสบดี)(?<!ศุกร์)(?<!เสาร์)(?:สัปดาห์|อาทิตย์)หน้า(?! ?วัน[^ที])|(?<!ที่ )เดือนหน้า(?! ?วันที่)(?! ?\d)|เร็วที่สุด|ทุกวัน(?:จันทร์|อังคาร|พุธ|พฤหัส(?:บดี)?|ศุกร์|เสาร์|อาทิตย์)"
    rf"|(?:ต้น|กลาง|ปลาย|สิ้น)(?: ?(?:{THAI_MONTH}))"
)
RANGE = re.compile(
    rf"(?P<r1>(?:{_MONTH})\.? ?\d{{1,2}}{_ORD} ?(?:-|~|/|to|or|and|through) ?\d{{1,2}}{_ORD}(?![\d:]|[-/]\d| ?(?:x|kg|t(?![a-z])|of|(?:{_MONTH})))(?:,? ?\d{{4}})?)"
    rf"|(?P<r2>(?<![\d/.])\d{{1,2}}{_ORD} ?(?:-|~|to|or|and|through|/) ?\d{{1,2}}{_ORD} (?:of )?(?:{_MONTH})(?![a-z])(?:,? ?\d{{4}})?)"
    r"|(?P<r3>(?:\d{4}년 ?)?\d{1,2}월 ?\d{1,2}일?(?: ?\([월화수목금토일]\))? ?(?:~|-|에서|또는|혹은|이나|나) ?(?:\d{1,2}월 ?)?\d{1,2}일(?! ?(?:도착|입항|로|으로))(?: ?사이)?)"
    r"|(?P<r4>\d{1,2}月\d{1,2}日?(?:\([月火水木金土日]\))?(?:~|-|から|か|または|もしくは)(?:\d{1,2}月)?\d{1,2}日(?:の間)?(?!(?:に)?(?:到着|着)|(?:に|へ)(?:変更|延期|ずら|後ろ|前倒)))"
    r"|(?P<r5>(?<![\d/])\d{1,2}/\d{1,2} ?~ ?\d{1,2}(?:/\d{1,2})?(?![\d/]))"
    rf"|(?P<r6>(?<!\d)(?:[12]?\d|3[01]) ?(?:-|~|ถึง|หรือ) ?\d{{1,2}} ?(?:{THAI_MONTH})(?: ?\d{{4}})?)"
    r"|(?P<r7>(?<![\d.-])20\d\d-\d{1,2}-\d{1,2} ?~ ?(?:20\d\d-)?(?:\d{1,2}-)?\d{1,2}(?![\d-]))"
)
