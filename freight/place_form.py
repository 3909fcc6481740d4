"""The form in which an operator enters a place or changes one."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from freight import own_places, places
from freight.models import Place
from freight.tariff import haversine_km

# Kiribati's islands lie about so far apart
FAR_KM = 3500.0
MAX_NAMES = 100
_LOCODE = re.compile(r"[A-Z]{2}[A-Z2-9]{3}")


class PlaceForm(forms.ModelForm):
    class Meta:
        model = Place
        fields = ["locode", "kind", "ko", "en", "ja", "th", "aliases", "latitude", "longitude"]

    def clean_locode(self) -> str:
        locode: str = self.cleaned_data["locode"].strip().upper()
        if not _LOCODE.fullmatch(locode):
            raise ValidationError(
                _("A UN/LOCODE has two letters for the country and three for the place.")
            )
        if not any(place.country == locode[:2] for place in places.all_places()):
            raise ValidationError(_("%(code)s is no country with places.") % {"code": locode[:2]})
        return locode

    def clean_aliases(self) -> str:
        """One name a line, each once."""
        lines = [line.strip() for line in self.cleaned_data["aliases"].splitlines()]
        kept = list(dict.fromkeys(line for line in lines if line.strip("- ")))
        if len(kept) > MAX_NAMES or any(len(line) > 120 for line in kept):
            raise ValidationError(_("At most 100 names of at most 120 letters."))
        return "\n".join(kept)

    def clean(self) -> dict[str, Any]:
        """The place; refused where it lies elsewhere or takes another place's name."""
        cleaned = super().clean() or {}
        locode = cleaned.get("locode") or self.instance.locode
        if locode and cleaned.get("latitude") is not None and cleaned.get("longitude") is not None:
            self._check_position(locode, cleaned["latitude"], cleaned["longitude"])
        for field in ("ko", "en", "ja", "th", "aliases"):
            for name in (cleaned.get(field) or "").splitlines():
                self._check_name(field, locode, name)
        return cleaned

    def _check_position(self, locode: str, latitude: float, longitude: float) -> None:
        if not (-90 <= latitude <= 90 and -180 <= longitude <= 180) or (latitude, longitude) == (
            0,
            0,
        ):
            self.add_error("latitude", _("No place has this position."))
            return
        others = [p for p in own_places.shipped_places().values() if p.country == locode[:2]]
        away = (haversine_km(latitude, longitude, p.latitude, p.longitude) for p in others)
        if min(away, default=0.0) > FAR_KM:
            self.add_error("latitude", _("This position is far away from that country."))

    def _check_name(self, field: str, locode: str, name: str) -> None:
        shipped = own_places.shipped_places().get(locode)
        if name.startswith("-") or (shipped and name in set(shipped.spellings())):
            return  # what ships is as it is, two places of one name included
        others = [place for place in places.owners(name) if place.locode != locode]
        if others:
            other = f"{others[0].names['en']} ({others[0].locode})"
            self.add_error(
                field,
                _("“%(name)s” is already a name of %(place)s.") % {"name": name, "place": other},
            )

    def common_words(self) -> list[str]:
        """Names that were added and are words, people or firms as well."""
        shipped = own_places.shipped_places().get(self.instance.locode)
        before = set(shipped.spellings()) if shipped else set()
        names = own_places.as_place(self.instance).spellings()
        return [name for name in names if name not in before and places.is_common(name)]
