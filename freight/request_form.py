"""The form in which an operator corrects the facts of a request."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from freight import own_places, places
from freight.fact_rows import place_name
from freight.models import QuoteRequest


class PlaceField(forms.CharField):
    """A place by UN/LOCODE or by one of its names."""

    def clean(self, value: Any) -> str:
        """The UN/LOCODE, or an empty string; ValidationError unless it is one known place."""
        text = super().clean(value).strip()
        if not text:
            return ""
        own_places.refresh()
        if known := places.get(text):
            return known.locode
        found = places.lookup(text)
        if len(found) == 1:
            return found[0].locode
        if found:
            codes = ", ".join(f"{place_name(place.locode)} ({place.locode})" for place in found[:5])
            raise forms.ValidationError(
                _("Several places have this name: %(places)s") % {"places": codes}
            )
        raise forms.ValidationError(_("This place is not known. Use its UN/LOCODE."))


class RequestForm(forms.ModelForm):
    origin = PlaceField(label=gettext_lazy("origin"), required=False)
    destination = PlaceField(label=gettext_lazy("destination"), required=False)

    class Meta:
        model = QuoteRequest
        fields = [
            "origin",
            "destination",
            "gross_weight_kg",
            "container",
            "containers",
            "etd",
            "eta",
        ]

    def clean_gross_weight_kg(self) -> Decimal | None:
        weight: Decimal | None = self.cleaned_data["gross_weight_kg"]
        if weight is not None and weight <= 0:
            raise forms.ValidationError(_("A weight is more than nothing."))
        return weight

    def clean(self) -> dict[str, Any]:
        """The facts; an arrival before the departure is refused."""
        cleaned = super().clean() or {}
        etd, eta = cleaned.get("etd"), cleaned.get("eta")
        if etd and eta and eta < etd:
            self.add_error("eta", _("The arrival lies before the departure."))
        return cleaned
