"""The Celery application; its configuration is the `CELERY_*` part of the settings."""

import os
from typing import Any

from celery import Celery, bootsteps

from busybee.queues import Queue
from busybee.secret_files import keep_private

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "busybee.settings")

keep_private()
app = Celery("busybee")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


class Warm(bootsteps.Step):
    """In the worker of queue `chat`, before it forks: the first customer does not wait for it."""

    def include_if(self, parent: Any) -> bool:
        return Queue.CHAT.value in parent.app.amqp.queues.consume_from

    def create(self, parent: Any) -> None:
        from chat import warming  # needs the loaded apps

        warming.warm()


app.steps["worker"].add(Warm)
