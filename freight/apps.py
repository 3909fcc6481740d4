from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FreightConfig(AppConfig):
    name = "freight"
    verbose_name = _("Freight")
    default_auto_field = "django.db.models.BigAutoField"
