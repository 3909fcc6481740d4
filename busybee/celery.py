"""The Celery application; its configuration is the `CELERY_*` part of the settings."""

import os

from celery import Celery

from busybee.secret_files import keep_private

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "busybee.settings")

keep_private()
app = Celery("busybee")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
