from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FreightConfig(AppConfig):
    name = "freight"
    verbose_name = _("Freight")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # importing registers them; needs the settings
        from freight import checks, llm_checks  # noqa: F401
