"""What the chat says. Replies are put together from these sentences, never written freely.

The sentences stand here in English; chat/locale has the other three languages (context "chat").
"""
# ruff: noqa: E501  # a sentence stays in one piece

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

from django.utils import translation
from django.utils.translation import pgettext_lazy

from freight import places
from freight.fields import FACT_NAMES, Container, Facts

LANGUAGES = ("ko", "en", "ja", "th")
POUND = Decimal("0.45359237")

LABELS = {
    "gross_weight_kg": pgettext_lazy("chat", "Gross weight"),
    "container": pgettext_lazy("chat", "Container"),
    "etd": pgettext_lazy("chat", "Departure"),
    "eta": pgettext_lazy("chat", "Arrival"),
    "origin": pgettext_lazy("chat", "Origin"),
    "destination": pgettext_lazy("chat", "Destination"),
}

QUESTIONS = {
    "gross_weight_kg": pgettext_lazy(
        "chat", "What is the total gross weight? (for example 18,500 kg)"
    ),
    "container": pgettext_lazy(
        "chat", "Which container do you need? (20ft, 40ft, 40ft HC or 45ft)"
    ),
    "etd": pgettext_lazy("chat", "When should the cargo depart? (for example {example})"),
    "eta": pgettext_lazy("chat", "When should it arrive? (for example {example})"),
    "origin": pgettext_lazy("chat", "Which city or port does it leave from?"),
    "destination": pgettext_lazy("chat", "Which city or port does it go to?"),
}

# for who did not understand the question
EASIER = {
    "gross_weight_kg": pgettext_lazy(
        "chat", "Please write the weight of the whole cargo with its unit, like this: {example}"
    ),
    "container": pgettext_lazy("chat", "Please choose one size: 20ft, 40ft, 40ft HC or 45ft"),
    "etd": pgettext_lazy("chat", "Please write the day the cargo leaves, like this: {example}"),
    "eta": pgettext_lazy(
        "chat", "Please write the day the cargo should arrive, like this: {example}"
    ),
    "origin": pgettext_lazy(
        "chat", "Please write just the city or port the cargo leaves from, like this: {example}"
    ),
    "destination": pgettext_lazy(
        "chat", "Please write just the city or port the cargo goes to, like this: {example}"
    ),
}
_EXAMPLES = {"origin": "KRPUS", "destination": "USLAX"}

TEXTS = {
    "greeting": pgettext_lazy(
        "chat", "Hello, this is BusyBee. Thank you for your quote request {number}."
    ),
    "hello": pgettext_lazy("chat", "Hello! I am happy to help with your quotation."),
    "needed": pgettext_lazy("chat", "To work out the price I still need:"),
    "several_at_once": pgettext_lazy("chat", "You may answer several at once."),
    "noted": pgettext_lazy("chat", "Noted: {items}."),
    "summary": pgettext_lazy("chat", "These are the details of your quotation:"),
    "so_far": pgettext_lazy("chat", "So far I have:"),
    "is_this_right": pgettext_lazy("chat", "Is everything right? (yes / no)"),
    "saved": pgettext_lazy("chat", "Thank you, I have saved that."),
    "quoted": pgettext_lazy(
        "chat", "Thank you, that is everything. Your quotation comes to you by email."
    ),
    "quoted_again": pgettext_lazy(
        "chat",
        "Thank you. I have changed that; a new quotation, which replaces the earlier one, comes to you by email.",
    ),
    "by_staff": pgettext_lazy(
        "chat",
        "Thank you, that is everything. A colleague checks it, then your quotation comes to you by email.",
    ),
    "what_is_wrong": pgettext_lazy(
        "chat", "I see. What is not right? Please tell me the correct value."
    ),
    "nothing_changed": pgettext_lazy("chat", "All right, nothing has changed."),
    "not_understood": pgettext_lazy("chat", "Sorry, I did not understand that."),
    "other": pgettext_lazy(
        "chat",
        "Sorry, I cannot help with that here. If you would like to talk to a person, just say so.",
    ),
    "or_a_person": pgettext_lazy("chat", "If you would rather talk to a person, just say so."),
    "already": pgettext_lazy("chat", "Thank you, I already have that."),
    "later": pgettext_lazy("chat", "No problem, you can tell me that later."),
    "later_all": pgettext_lazy(
        "chat",
        "No problem. Without it I cannot work out the price, so please come back by the same link when you know: {items}.",
    ),
    "wait": pgettext_lazy("chat", "Of course, take your time."),
    "welcome": pgettext_lazy("chat", "You are welcome."),
    "goodbye": pgettext_lazy("chat", "Thank you, goodbye."),
    "come_back": pgettext_lazy("chat", "You can go on here at any time by the same link."),
    "go_on_in": pgettext_lazy("chat", "Of course, let us go on in English."),
    "unsupported_place": pgettext_lazy(
        "chat", "I cannot find “{place}” among the places we serve."
    ),
    "name_nearby": pgettext_lazy("chat", "Please name a port or city nearby."),
    "did_you_mean": pgettext_lazy(
        "chat", "Did you mean {places}? Or please name a port or city nearby."
    ),
    "which_place": pgettext_lazy(
        "chat", "There are several places of that name: {places}. Which one do you mean?"
    ),
    "which_port": pgettext_lazy("chat", "Which port or city in {country}? For example: {places}"),
    "which_date": pgettext_lazy("chat", "Is that the day of departure or of arrival?"),
    "which_fact": pgettext_lazy("chat", "Which of these do you mean: {items}?"),
    "or": pgettext_lazy("chat", "or"),
    "by_colleague": pgettext_lazy(
        "chat", "A colleague will look at this in person and write to you by email."
    ),
    "tell_colleague": pgettext_lazy(
        "chat", "Whatever you tell me here reaches my colleague as well."
    ),
    "person": pgettext_lazy(
        "chat",
        "I have told my colleagues that you would like to talk to a person. Somebody will answer here or by email.",
    ),
    "welcome_back": pgettext_lazy("chat", "Welcome back. Still open since {since}: {items}"),
    "welcome_back_confirm": pgettext_lazy(
        "chat", "Welcome back. Since {since} I am waiting for your “yes” or “no”."
    ),
    "status_open": pgettext_lazy(
        "chat", "Quote request {number}: received. I have {count} of the 6 details."
    ),
    "status_confirmed": pgettext_lazy(
        "chat",
        "Quote request {number}: complete. A colleague is checking it; the quotation comes by email.",
    ),
    "status_quoted": pgettext_lazy(
        "chat",
        "Quote request {number}: quoted; the quotation goes to you by email. If you would like a change, tell me here; to order, please reply to that mail.",
    ),
    "status_ordered": pgettext_lazy(
        "chat", "Quote request {number}: ordered. The transport is being prepared."
    ),
    "status_in_transit": pgettext_lazy("chat", "Shipment of {number}: in transit."),
    "status_delivered": pgettext_lazy("chat", "Shipment of {number}: delivered."),
    "status_closed": pgettext_lazy(
        "chat",
        "Quote request {number} is closed. Please write to us by email if you need a new one.",
    ),
    "price_rate": pgettext_lazy(
        "chat",
        "Where a rate has been agreed for your route, the price is that rate for each container.",
    ),
    "price_formula": pgettext_lazy(
        "chat",
        "Otherwise it is made of: a base charge of {base} for each container; the distance, at {per_100km} for every 100 km and times a factor by container ({factors}); and the weight, at {per_kg} a kg.",
    ),
    "price_express": pgettext_lazy(
        "chat", "Express transport of at most {days} days costs {percent} % more."
    ),
    "price_vat": pgettext_lazy(
        "chat", "VAT is not included. The exact amount comes in the quotation."
    ),
    "places": pgettext_lazy(
        "chat",
        "We serve, for example: {places}. Thousands more are known: just name a port or city.",
    ),
    "places_there": pgettext_lazy(
        "chat",
        "There we serve, for example: {places}. Others are known as well: just name a port or city.",
    ),
    "place_served": pgettext_lazy("chat", "Yes, we serve {places}."),
    "containers": pgettext_lazy(
        "chat", "These containers are available, with their largest cargo weight: {containers}."
    ),
    "container_sizes": pgettext_lazy(
        "chat",
        "A 40ft HC is as long as a 40ft and about 30 cm higher inside; a 45ft is as high as the HC and about 1.5 m longer.",
    ),
    "valid_until": pgettext_lazy("chat", "Your quotation is valid until {date}."),
    "valid_days": pgettext_lazy(
        "chat", "A quotation is valid for up to {days} days; the exact date stands in it."
    ),
    "order_by_reply": pgettext_lazy(
        "chat", "To order, please reply to the mail with the quotation. I cannot take orders here."
    ),
    "order_later": pgettext_lazy(
        "chat",
        "First I work out your quotation. To order, you then reply to the mail that carries it.",
    ),
    "yes": pgettext_lazy("chat", "Yes, that’s right"),
    "no": pgettext_lazy("chat", "No"),
}

PROBLEMS = {
    "not_positive": pgettext_lazy("chat", "{label} must be more than zero. Please tell me again."),
    "too_heavy": pgettext_lazy(
        "chat",
        "{label}: that is more than the container can carry. Please tell me the weight and the number of containers again.",
    ),
    "past": pgettext_lazy(
        "chat", "{label}: that date has already passed. Please give me another one."
    ),
    "before_etd": pgettext_lazy(
        "chat", "{label}: that is before the departure. Please tell me the arrival date again."
    ),
    "unknown_place": pgettext_lazy(
        "chat",
        "{label}: I cannot find that among the places we serve. Please name a port or city nearby.",
    ),
    "same_as_origin": pgettext_lazy(
        "chat", "{label}: that is the same as the origin. Please tell me the destination again."
    ),
    "": pgettext_lazy("chat", "{label}: that value does not seem right. Please tell me again."),
}

REFUSALS = {
    "empty": pgettext_lazy("chat", "Please write something first."),
    "too_long": pgettext_lazy("chat", "A message can have up to 2,000 characters."),
    "too_many": pgettext_lazy("chat", "That is a lot of messages. Please try again in a minute."),
    "denied": pgettext_lazy(
        "chat", "This link is wrong or has expired. Reply to our mail and we send you a new one."
    ),
    "invalid": pgettext_lazy("chat", "That message could not be handled. Please reload the page."),
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
    return _in(language, TEXTS[key]).format(**data)


def refusal(language: str, code: str) -> str:
    """Why a frame was refused, in words for the customer."""
    return _in(language, REFUSALS.get(code, REFUSALS["invalid"]))


def problem(language: str, field: str, code: str) -> str:
    """What is wrong with the value of `field`, in words for the customer."""
    return _in(language, PROBLEMS.get(code, PROBLEMS[""])).format(label=label(language, field))


def label(language: str, name: str) -> str:
    """The fact's name as customers call it."""
    return _in(language, LABELS[name])


def question(language: str, name: str, today: dt.date) -> str:
    """The question for one fact; dates come with an example that lies ahead of `today`."""
    return _in(language, QUESTIONS[name]).format(example=_day_ahead(language, name, today))


def easier(language: str, name: str, today: dt.date) -> str:
    """The question for one fact in easier words, with an example to copy."""
    example = _day_ahead(language, name, today)
    if name == "gross_weight_kg":
        example = weight(Decimal(18_500))
    elif name in _EXAMPLES:
        example = places.display_name(_EXAMPLES[name], language)
    return _in(language, EASIER[name]).format(example=example)


def _day_ahead(language: str, name: str, today: dt.date) -> str:
    ahead = today + dt.timedelta(days=35 if name == "eta" else 14)
    return date(language, ahead, weekday=False)


def _in(language: str, sentence: object) -> str:
    with translation.override(language):
        return str(sentence)


def numbered(language: str, names: Iterable[str]) -> str:
    """The facts' names as a numbered list, one a line."""
    return "\n".join(f"{n}. {label(language, name)}" for n, name in enumerate(names, 1))


def listed(language: str, facts: Facts, names: Iterable[str] = FACT_NAMES) -> str:
    """The stated ones of `names` with their values, one a line."""
    stated = [(name, value(language, facts, name)) for name in names]
    return "\n".join(f"• {label(language, name)}: {text}" for name, text in stated if text)


def noted(language: str, before: Facts, after: Facts, names: Iterable[str]) -> str:
    """One line that says what `names` are now, and for what has changed what it was."""
    items = [_change(language, before, after, name) for name in names]
    return say(language, "noted", items=enumerated(language, items))


def _change(language: str, before: Facts, after: Facts, name: str) -> str:
    was, now = value(language, before, name), value(language, after, name)
    shown = f"{was} → {now}" if was and was != now else now
    return f"{label(language, name)} {shown}"


def enumerated(language: str, items: Iterable[str]) -> str:
    """The items with what that language puts between them."""
    return {"ja": "、"}.get(language, ", ").join(items)


def either(language: str, items: Iterable[str]) -> str:
    """The items as alternatives: `A, B or C`."""
    shown = list(items)
    if len(shown) < 2:
        return "".join(shown)
    blank = "" if language == "ja" else " "
    word = f"{blank}{say(language, 'or')} "
    return enumerated(language, shown[:-1]) + word.rstrip() + blank + shown[-1]


def value(language: str, facts: Facts, name: str) -> str:
    """The value of one fact as customers read it; empty where it is not stated."""
    item = getattr(facts, name)
    if item is None:
        return ""
    if name == "gross_weight_kg":
        return weight(item)
    if name == "container":
        return f"{size(item)} × {facts.boxes}"
    if name in ("etd", "eta"):
        return date(language, item)
    return places.display_name(item, language)


def raw(facts: Facts, name: str) -> str:
    """The value as programs write it: kg without thousands, ISO dates, UN/LOCODEs; or empty."""
    item = getattr(facts, name)
    if item is None:
        return ""
    return f"{item.normalize():f}" if isinstance(item, Decimal) else str(item)


def size(container: Container) -> str:
    """The container as it is written: `40ft HC`."""
    return str(container).replace("HC", " HC")


def weight(kg: Decimal) -> str:
    """Kilograms with thousands set apart and no idle zeros: `18,500 kg`.

    What a customer told in pounds (18,143.69 kg) is shown in whole ones.
    """
    return f"{number(kg.quantize(Decimal(1)) if _is_of_pounds(kg) else kg)} kg"


def _is_of_pounds(kg: Decimal) -> bool:
    """Whether these are a whole number of pounds to the gram's tens, and not of kilograms."""
    pounds = (kg / POUND).to_integral_value()
    return kg != kg.to_integral_value() and abs(pounds * POUND - kg) <= Decimal("0.005")


def number(amount: Decimal) -> str:
    """The amount with thousands set apart and no idle zeros: `1,000,000`."""
    whole, _, part = f"{amount:,.2f}".partition(".")
    part = part.rstrip("0")
    return f"{whole}.{part}" if part else whole


def date(language: str, day: dt.date, *, weekday: bool = True) -> str:
    """The day as people of that language write it; years are AD, as in our mails."""
    name = _WEEKDAYS[language][day.weekday()]
    if language == "ko":
        return f"{day.year}년 {day.month}월 {day.day}일" + (f" ({name})" if weekday else "")
    if language == "ja":
        return f"{day.year}年{day.month}月{day.day}日" + (f"（{name}）" if weekday else "")
    if language == "th":
        text = f"{day.day} {_MONTHS_TH[day.month - 1]} {day.year}"
    else:
        text = f"{day.day} {_MONTHS_EN[day.month - 1]} {day.year}"
    return f"{name} {text}" if weekday else text
