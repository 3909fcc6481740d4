"""Devices and what they report: readings, pictures, alarms, and one row of latest values each."""

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class DeviceQuerySet(models.QuerySet["Device"]):
    def unapproved(self) -> Self:
        """Devices that reported by themselves and that no operator has looked at yet."""
        return self.filter(approved=False)


class Device(models.Model):
    """A sensor box. It appears with its first message; an operator approves it."""

    name = models.SlugField(
        _("name"), max_length=40, unique=True, help_text=_("as in its MQTT topics")
    )
    title = models.CharField(_("title"), max_length=80, blank=True)
    kind = models.CharField(_("kind"), max_length=40, blank=True)
    approved = models.BooleanField(_("approved"), default=False)
    shipment = models.ForeignKey(
        "freight.Shipment",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="devices",
        verbose_name=_("shipment"),
    )
    temperature_min = models.FloatField(
        _("lowest temperature"), null=True, blank=True, help_text="°C"
    )
    temperature_max = models.FloatField(
        _("highest temperature"), null=True, blank=True, help_text="°C"
    )
    created_at = models.DateTimeField(_("first seen"), auto_now_add=True)
    last_seen = models.DateTimeField(_("last seen"), null=True, blank=True, editable=False)

    objects = DeviceQuerySet.as_manager()

    class Meta:
        verbose_name = _("device")
        verbose_name_plural = _("devices")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(temperature_min__isnull=True)
                | Q(temperature_max__isnull=True)
                | Q(temperature_min__lt=models.F("temperature_max")),
                name="iot_device_range_is_one",
            )
        ]

    def __str__(self) -> str:
        return self.title or self.name


class Values(models.Model):
    """The columns that a reading and the latest state share; null where the device did not say."""

    temperature = models.FloatField(_("temperature"), null=True, help_text="°C")
    humidity = models.FloatField(_("humidity"), null=True, help_text="%")
    is_open = models.BooleanField(_("door open"), null=True)
    distance_cm = models.FloatField(_("distance"), null=True, help_text="cm")
    status = models.PositiveSmallIntegerField(_("status"), null=True)
    lat = models.FloatField(_("latitude"), null=True)
    lon = models.FloatField(_("longitude"), null=True)
    accuracy = models.FloatField(_("accuracy"), null=True, help_text="m")
    boot = models.PositiveBigIntegerField(_("boot"), null=True)
    seq = models.PositiveBigIntegerField(_("sequence number"), null=True)

    class Meta:
        abstract = True


class DeviceState(Values):
    """The latest values of a device in one row: searching readings for them is too slow."""

    device = models.OneToOneField(Device, models.CASCADE, primary_key=True, related_name="state")
    online = models.BooleanField(_("online"), null=True)
    telemetry_at = models.DateTimeField(_("telemetry of"), null=True)
    position_at = models.DateTimeField(_("position of"), null=True)
    position_boot = models.PositiveBigIntegerField(null=True)
    position_seq = models.PositiveBigIntegerField(null=True)

    class Meta:
        verbose_name = _("device state")
        verbose_name_plural = _("device states")

    def __str__(self) -> str:
        return f"state of {self.device_id}"


class Reading(Values):
    """One telemetry or position message. `key` names the message, so a redelivery finds its row."""

    device = models.ForeignKey(Device, models.CASCADE, related_name="readings")
    key = models.CharField(max_length=80)
    taken_at = models.DateTimeField(_("taken"))
    received_at = models.DateTimeField(_("received"))

    class Meta:
        verbose_name = _("reading")
        verbose_name_plural = _("readings")
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["device", "key"], name="iot_reading_once")]
        indexes = [models.Index(fields=["device", "-taken_at"], name="iot_reading_latest")]

    def __str__(self) -> str:
        return f"{self.device_id} {self.taken_at:%Y-%m-%d %H:%M:%S}"


class Frame(models.Model):
    """A camera picture; its bytes lie under BUSYBEE_STORAGE by their sha256."""

    device = models.ForeignKey(Device, models.CASCADE, related_name="frames")
    sha256 = models.CharField(max_length=64)
    path = models.CharField(max_length=120)
    size = models.PositiveIntegerField(_("bytes"))
    received_at = models.DateTimeField(_("received"))

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["device", "sha256"], name="iot_frame_once")]

    def __str__(self) -> str:
        return self.sha256[:12]


class Alarm(models.Model):
    """Something that an operator should see, from its first reading to the one that ended it."""

    class Kind(models.TextChoices):
        DOOR = "door", _("door open in transit")
        COLD = "cold", _("too cold")
        HOT = "hot", _("too hot")

    device = models.ForeignKey(Device, models.CASCADE, related_name="alarms")
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    opened_at = models.DateTimeField(_("began"))
    closed_at = models.DateTimeField(_("ended"), null=True, blank=True)
    value = models.FloatField(_("value"), null=True)

    class Meta:
        verbose_name = _("alarm")
        verbose_name_plural = _("alarms")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["device", "kind"],
                condition=Q(closed_at__isnull=True),
                name="iot_alarm_open_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.opened_at:%Y-%m-%d %H:%M}"


def measured(row: Values) -> dict[str, Any]:
    """The measured columns of `row` by name."""
    names = (
        "temperature",
        "humidity",
        "is_open",
        "distance_cm",
        "status",
        "lat",
        "lon",
        "accuracy",
    )
    return {name: getattr(row, name) for name in names}
