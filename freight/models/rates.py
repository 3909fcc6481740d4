"""What a price is made from: places, lane rates and tariffs."""

import datetime as dt
from decimal import Decimal
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from freight.fields import Container


class Place(models.Model):
    """A place as operators see and change it. `own` rows were entered or changed here and stand
    over what the gazetteer file says; degrees are WGS 84.
    """

    class Kind(models.TextChoices):
        # a port of a computer has the same English name
        PORT = "port", pgettext_lazy("place", "port")
        CITY = "city", _("city")
        AIRPORT = "airport", _("airport")
        STATION = "station", _("railway station")
        DEPOT = "depot", _("inland depot")

    locode = models.CharField(_("UN/LOCODE"), max_length=5, unique=True)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.PORT)
    ko = models.CharField(_("Korean name"), max_length=120, blank=True)
    en = models.CharField(_("English name"), max_length=120)
    ja = models.CharField(_("Japanese name"), max_length=120, blank=True)
    th = models.CharField(_("Thai name"), max_length=120, blank=True)
    aliases = models.TextField(_("other names"), blank=True, help_text=_("one a line"))
    latitude = models.FloatField(_("latitude"))
    longitude = models.FloatField(_("longitude"))
    own = models.BooleanField(_("entered here"), default=True, editable=False)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("place")
        verbose_name_plural = _("places")
        ordering = ["locode"]

    def __str__(self) -> str:
        return f"{self.en} ({self.locode})"


class LaneRateQuerySet(models.QuerySet["LaneRate"]):
    def of_lane(self, origin: str, destination: str, container: str) -> Self:
        """The rates of a lane, the one that wins first: valid from the latest day, then entered
        last.
        """
        lane = {"origin": origin, "destination": destination, "container": container}
        return self.filter(**lane).order_by("-valid_from", "-pk")

    def valid_on(self, day: dt.date) -> Self:
        """Rates for sailings of that day."""
        return self.filter(valid_from__lte=day, valid_to__gte=day)

    def overlapping(self, row: "LaneRate") -> Self:
        """Other rates of the same lane and container that are valid on some of the same days."""
        others = self.of_lane(row.origin, row.destination, row.container).exclude(pk=row.pk)
        return others.filter(valid_from__lte=row.valid_to, valid_to__gte=row.valid_from)


class LaneRate(models.Model):
    """What a container costs from one place to another, all in, without VAT, in won.

    As the trade has it, a rate is for sailings (ETD) from `valid_from` to `valid_to`. Where several
    apply, the one that is valid from the latest day wins, then the one that was entered last.
    """

    origin = models.CharField(_("origin"), max_length=5)
    destination = models.CharField(_("destination"), max_length=5)
    container = models.CharField(
        _("container"), max_length=8, choices=[(c.value, c.value) for c in Container]
    )
    amount = models.DecimalField(_("amount per container"), max_digits=14, decimal_places=0)
    currency = models.CharField(_("currency"), max_length=3, default="KRW", editable=False)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"))
    note = models.CharField(_("note"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = LaneRateQuerySet.as_manager()

    class Meta:
        verbose_name = _("lane rate")
        verbose_name_plural = _("lane rates")
        ordering = ["origin", "destination", "container", "-valid_from"]
        indexes = [
            models.Index(fields=["origin", "destination", "container"], name="lanerate_lane"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__gte=models.F("valid_from")), name="lanerate_valid_in_order"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="lanerate_costs_something"),
            # totals, the approval limit and our mails are in won
            models.CheckConstraint(condition=Q(currency="KRW"), name="lanerate_in_won"),
            models.UniqueConstraint(
                fields=["origin", "destination", "container", "valid_from", "valid_to"],
                name="lanerate_once",
                violation_error_message=_("This lane has a rate of just these days: change that."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.origin}-{self.destination} {self.container}"


class Tariff(models.Model):
    """A price list; the newest active one prices. Amounts in KRW without VAT."""

    class Distance(models.TextChoices):
        GREAT_CIRCLE = "great_circle", _("great circle")
        SEA = "sea", _("by sea")

    name = models.CharField(_("name"), max_length=80)
    active = models.BooleanField(_("active"), default=True)
    distance = models.CharField(
        _("distance"), max_length=12, choices=Distance, default=Distance.GREAT_CIRCLE
    )
    base = models.DecimalField(
        _("base amount"), max_digits=14, decimal_places=0, default=Decimal(1_000_000)
    )
    per_100km = models.DecimalField(
        _("amount per 100 km"), max_digits=14, decimal_places=0, default=Decimal(1_000_000)
    )
    per_kg = models.DecimalField(
        _("amount per kg"), max_digits=14, decimal_places=2, default=Decimal(100)
    )
    factor_20ft = models.DecimalField(
        _("factor 20ft"), max_digits=6, decimal_places=3, default=Decimal(1)
    )
    factor_40ft = models.DecimalField(
        _("factor 40ft"), max_digits=6, decimal_places=3, default=Decimal("1.5")
    )
    factor_40ft_hc = models.DecimalField(
        _("factor 40ft HC"), max_digits=6, decimal_places=3, default=Decimal("1.75")
    )
    factor_45ft = models.DecimalField(
        _("factor 45ft"), max_digits=6, decimal_places=3, default=Decimal(2)
    )
    express_days = models.PositiveSmallIntegerField(_("express up to days"), default=7)
    express_factor = models.DecimalField(
        _("express factor"), max_digits=6, decimal_places=3, default=Decimal("1.2")
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("tariff")
        verbose_name_plural = _("tariffs")
        ordering = ["-active", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(base__gte=0, per_100km__gte=0, per_kg__gte=0, express_factor__gte=1)
                & Q(factor_20ft__gt=0, factor_40ft__gt=0, factor_40ft_hc__gt=0, factor_45ft__gt=0),
                name="tariff_rates_make_sense",
                violation_error_message=_("No rate is negative, and express costs no less."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
