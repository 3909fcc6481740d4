from django.apps import AppConfig


class BusybeeConfig(AppConfig):
    name = "busybee"
    verbose_name = "BusyBee"
