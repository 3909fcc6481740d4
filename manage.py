#!/usr/bin/env python
"""BusyBee's command line: `manage.py help` lists the commands."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "busybee.settings")
    try:
        from django.core.management import execute_from_command_line

        from busybee.secret_files import keep_private
    except ImportError:
        sys.exit(
            "Django is not installed here. `make setup` builds .venv with it: .venv/bin/python"
        )
    keep_private()
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
