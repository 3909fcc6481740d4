"""Numbers that no line end cuts in two."""

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def unbroken(sentence: str, number: str) -> SafeString:
    """`sentence` as HTML, each `number` in it kept on one line; everything is escaped."""
    # not in the standard any more, and known to every mail program, without a style
    kept = format_html("<nobr>{}</nobr>", number)
    return format_html_join(kept, "{}", ((part,) for part in sentence.split(number)))
