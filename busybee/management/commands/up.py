from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from busybee import services
from busybee.installation import OPERATOR
from busybee.supervisor import AlreadyRunning, StartFailed


class Command(BaseCommand):
    help = (
        "Runs every process of BusyBee on this machine and keeps it running; Ctrl-C ends them all. "
        "Redis, mail sink and MQTT broker are started where no URL names another "
        "(BUSYBEE_REDIS_URL, BUSYBEE_SMTP_URL, BUSYBEE_MQTT_URL)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--demo", action="store_true", help="with a simulated device")
        parser.add_argument(
            "--only", nargs="+", default=[], metavar="NAME", help="these processes, no others"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            status = services.run(
                settings.BUSYBEE_HOME,
                demo=options["demo"],
                only=options["only"],
                console=self.stdout,  # type: ignore[arg-type]  # a stream in all but its class
                then=self._ready,
            )
        except (AlreadyRunning, StartFailed, services.NoRedis, services.NoSuchProcess) as exc:
            raise CommandError(str(exc)) from exc
        if status:
            raise SystemExit(status)

    async def _ready(self, made: services.Stack) -> int:
        """Say where to look, then stay until the signal to stop cancels us."""
        for name, url in made.addresses.items():
            self.stdout.write(f"{name:>10}  {url}")
        password = settings.BUSYBEE_HOME / "operator_password"
        if password.exists():
            self.stdout.write(f"{'log in as':>10}  {OPERATOR}, first password in {password}")
        self.stdout.flush()
        await services.forever()
        return 0
